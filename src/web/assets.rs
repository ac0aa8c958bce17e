//! Styles, scripts, fonts and icons, embedded in the binary as browsers take them, packed when it was built, and named by what they
//! hold.

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::Path;
use super::encoding::{self, Encoding};
use crate::error::AppError;

struct Asset {
    name: &'static str,
    /// What it holds, as a hash.
    hash: &'static str,
    body: Body,
}

enum Body {
    Plain(&'static [u8]),
    /// In the order of [`Encoding::PACKED`]. Who takes none of them gets it unpacked.
    Packed([&'static [u8]; 3]),
}

/// One name for the whole tree, so that a module finds its neighbours by relative paths and each release has new addresses; and
/// what is in it. `build.rs` makes them.
static EMBEDDED: (&str, &[Asset]) = {
    let (tree, assets) = &include!(concat!(env!("OUT_DIR"), "/assets.rs"));
    (tree, assets)
};

/// What an address that holds a hash stands for never changes.
const HASHED: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What stands at a name of its own.
const NAMED: HeaderValue = HeaderValue::from_static("public, max-age=604800");
/// What programs read that nobody signs in to.
const PUBLIC: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The address of an asset: `url("css/app.css")`.
#[must_use]
pub fn url(name: &str) -> String {
    format!("/assets/{}/{name}", EMBEDDED.0)
}

/// `GET /assets/{tree}/{name}`: one asset of this release; of another release there is none.
///
/// # Errors
/// `NotFound` for any other name: the lookup is by exact key, so no path leads out of the tree.
pub async fn show_asset(
    Path((tree, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    if tree != EMBEDDED.0 {
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
    let asset = EMBEDDED.1.iter().find(|asset| asset.name == name);
    let asset = asset.ok_or(AppError::NotFound)?;
    let kind = kind_of(name).ok_or(AppError::NotFound)?;
    let chosen = match asset.body {
        Body::Packed(_) => encoding::chosen(asked, &Encoding::PACKED),
        Body::Plain(_) => Encoding::Identity,
    };
    // What is packed otherwise is something else, as HTTP reckons.
    let tag = format!("\"{}-{}\"", asset.hash, chosen.as_str());
    let mut response = if encoding::is_held(asked, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = body(asset, chosen)?.into_response();
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

/// Its bytes as they were chosen.
fn body(asset: &Asset, chosen: Encoding) -> Result<Bytes, AppError> {
    let all = match &asset.body {
        Body::Plain(bytes) => return Ok(Bytes::from_static(bytes)),
        Body::Packed(all) => all,
    };
    let place = Encoding::PACKED.iter().position(|one| *one == chosen);
    if let Some(packed) = place.and_then(|place| all.get(place).copied()) {
        return Ok(Bytes::from_static(packed));
    }
    let [_, packed, _] = all;
    let plain = zstd::decode_all(*packed).map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(plain.into())
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
