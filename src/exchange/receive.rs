//! A file on its way in: the whole body up to the limit, then its parts.

use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart, Request};
use bytes::{Bytes, BytesMut};
use http::header;
use http_body_util::BodyExt as _;

use crate::app::App;
use crate::error::AppError;
use crate::web::Fields;

/// What stands in a form around its file.
const AROUND: usize = 64 * 1_024;

/// What was sent.
#[derive(Default)]
pub struct Received {
    /// The fields of the form beside the file.
    pub fields: Fields,
    /// The file with its name; none where none was chosen.
    pub file: Option<(String, Bytes)>,
}

/// Reads a form with a file, or a body that is the file itself and whose name stands in the address.
pub async fn receive(app: &App, request: Request) -> Result<Received, AppError> {
    receive_within(request, app.config.upload_limit).await
}

/// The same with a limit of its own, in bytes.
pub async fn receive_within(request: Request, limit: usize) -> Result<Received, AppError> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"));
    let (parts, body) = request.into_parts();
    let body = whole(body, limit + if is_form { AROUND } else { 0 }, limit).await?;
    if !is_form {
        let file = (!body.is_empty()).then(|| (String::new(), body));
        return Ok(Received {
            fields: Fields::default(),
            file,
        });
    }
    let request = Request::from_parts(parts, Body::from(body));
    let form = Multipart::from_request(request, &())
        .await
        .map_err(|_| unreadable())?;
    parts_of(form, limit).await
}

/// The whole of a body. One over the limit is read to its end without being kept, as far as is sensible: who
/// is still sending does not hear an answer.
async fn whole(mut body: Body, most: usize, told: usize) -> Result<Bytes, AppError> {
    let mut kept = BytesMut::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| AppError::BadRequest("The file did not arrive whole.".to_owned()))?;
        let Ok(data) = frame.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= most {
            kept.extend_from_slice(&data);
        } else if length > most.saturating_mul(4) {
            break;
        } else {
            kept = BytesMut::new();
        }
    }
    if length > most {
        Err(too_large(told))
    } else {
        Ok(kept.freeze())
    }
}

fn too_large(limit: usize) -> AppError {
    AppError::TooLarge(format!("a file may have {} MiB", limit >> 20))
}

fn unreadable() -> AppError {
    AppError::BadRequest("The form cannot be read. Reload the page and send it again.".to_owned())
}

async fn parts_of(mut form: Multipart, limit: usize) -> Result<Received, AppError> {
    let mut received = Received::default();
    while let Some(part) = form.next_field().await.map_err(|_| unreadable())? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let content = part.bytes().await.map_err(|_| unreadable())?;
        match file {
            Some(file) => {
                if content.len() > limit {
                    return Err(too_large(limit));
                }
                // A browser sends an empty part without a name where no file was chosen.
                if !(file.is_empty() && content.is_empty()) && received.file.is_none() {
                    received.file = Some((file, content));
                }
            }
            None => received
                .fields
                .add(name, String::from_utf8_lossy(&content).into_owned()),
        }
    }
    Ok(received)
}
