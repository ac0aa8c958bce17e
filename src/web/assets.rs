//! Styles, scripts, fonts and icons, embedded in the binary as they are and as they were packed when it was built, and named
//! by what they hold.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

use super::encoding::{self, Encoding};
use super::{Path, hex};
use crate::error::AppError;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Embedded;

type Packed = (&'static str, [&'static [u8]; 3]);

/// By name, in the order of [`Encoding::PACKED`]. `build.rs` makes it.
static PACKED: &[Packed] = &include!(concat!(env!("OUT_DIR"), "/packed.rs"));

/// What an address that holds a hash stands for never changes.
const HASHED: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What stands at a name of its own.
const NAMED: HeaderValue = HeaderValue::from_static("public, max-age=604800");
/// What programs read that nobody signs in to.
const PUBLIC: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// One name for the whole tree, so that a module finds its neighbours by relative paths and each release has new addresses.
static TREE: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for name in Embedded::iter() {
        if let Some(file) = Embedded::get(&name) {
            hash.update(name.as_bytes());
            hash.update(file.metadata.sha256_hash());
        }
    }
    hex(hash.finalize().iter().take(8))
});

/// The address of an asset: `url("css/app.css")`.
#[must_use]
pub fn url(name: &str) -> String {
    format!("/assets/{}/{name}", *TREE)
}

/// `GET /assets/{tree}/{name}`: one asset of this release; of another release there is none.
///
/// # Errors
/// `NotFound` for any other name: the lookup is by exact key, so no path leads out of the tree.
pub async fn show_asset(
    Path((tree, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    if tree != *TREE {
        return Err(AppError::NotFound);
    }
    show(&name, &headers, HASHED)
}

/// `GET /favicon.ico`: browsers ask for it whatever the page says.
///
/// # Errors
/// `NotFound` where the icon is not embedded.
pub async fn show_favicon(headers: HeaderMap) -> Result<Response, AppError> {
    show("icons/favicon.svg", &headers, NAMED)
}

/// `GET /robots.txt`: nothing here is for those who search the web.
pub async fn show_robots() -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, PUBLIC),
    ];
    (headers, "User-agent: *\nDisallow: /\n").into_response()
}

/// An asset as the browser takes it best, or that it has it already.
fn show(name: &str, asked: &HeaderMap, keep: HeaderValue) -> Result<Response, AppError> {
    let file = Embedded::get(name).ok_or(AppError::NotFound)?;
    let kind = kind_of(name).ok_or(AppError::NotFound)?;
    let packed = PACKED.iter().find(|(own, _)| *own == name).map(|(_, all)| all);
    let chosen = match packed {
        Some(_) => encoding::chosen(asked, &Encoding::PACKED),
        None => Encoding::Identity,
    };
    let tag = tag(&file, chosen);
    let mut response = if encoding::is_held(asked, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let place = Encoding::PACKED.iter().position(|one| *one == chosen);
        let body = packed.zip(place).and_then(|(all, place)| all.get(place).copied());
        let mut response = body.map_or_else(|| file.data.into_response(), IntoResponse::into_response);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if chosen != Encoding::Identity {
            headers.insert(
                header::CONTENT_ENCODING,
                HeaderValue::from_static(chosen.as_str()),
            );
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, keep);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// What is packed otherwise is something else, as HTTP reckons.
fn tag(file: &EmbeddedFile, chosen: Encoding) -> String {
    let hash = hex(file.metadata.sha256_hash().iter().take(8));
    format!("\"{hash}-{}\"", chosen.as_str())
}

fn kind_of(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}
