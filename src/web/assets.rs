//! Styles, scripts, fonts and icons, embedded in the binary and named by what they hold.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::{Path, hex};
use crate::error::AppError;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Embedded;

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
pub async fn show_asset(Path((tree, name)): Path<(String, String)>) -> Result<Response, AppError> {
    let file = Embedded::get(&name)
        .filter(|_| tree == *TREE)
        .ok_or(AppError::NotFound)?;
    let kind = kind_of(&name).ok_or(AppError::NotFound)?;
    let mut response = file.data.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    Ok(response)
}

/// `GET /favicon.ico`: browsers ask for it whatever the page says.
///
/// # Errors
/// `NotFound` where the icon is not embedded.
pub async fn show_favicon() -> Result<Response, AppError> {
    let file = Embedded::get("icons/favicon.svg").ok_or(AppError::NotFound)?;
    let mut response = file.data.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=604800"),
    );
    Ok(response)
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
