//! Files on their way in: a form with several, or a body that is one itself.

use axum::body::Body;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest as _, Request};
use bytes::Bytes;
use http::header;
use http_body_util::BodyExt as _;

use super::rules;
use super::shelf::{self, Arriving, Shelved, too_large};
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::{AppError, FieldError};
use crate::units::ids::AccountId;
use crate::web::{FORM_KEY, Fields, OUT_OF_DATE, is_key};

/// How many files one form brings.
const AT_ONCE: usize = 20;
/// What stands in a form around its files.
const AROUND: u64 = 64 * 1_024;
/// A field beside the files, in bytes.
const FIELD: usize = 1_024;

/// A file that lies on the shelf under the name it came with, and is nobody's yet.
pub(super) struct Brought {
    pub(super) label: String,
    pub(super) shelved: Shelved,
}

/// What a form has brought so far.
#[derive(Default)]
pub(super) struct Received {
    /// Its fields beside the files.
    pub(super) fields: Fields,
    /// The files that were taken.
    pub(super) brought: Vec<Brought>,
    /// Those that were not, each with its name and the reason.
    pub(super) refused: Vec<FieldError>,
}

fn unreadable(_: MultipartError) -> AppError {
    AppError::BadRequest("The form did not arrive whole. Reload the page and send it again.".to_owned())
}

/// Puts files on the shelf as they come, whatever their number and length say. One that is refused keeps no other out.
pub(super) async fn receive(
    app: &App,
    visitor: &Visitor,
    request: Request,
    received: &mut Received,
) -> Result<(), AppError> {
    let _place = app.arrivals.enter(visitor.account)?;
    let most = app.config.upload_max;
    let mut left = most.saturating_mul(AT_ONCE as u64).saturating_add(AROUND);
    let request = not_too_long(request, left, most).await?;
    let shown = request.headers().get("x-csrf-token");
    let mut is_keyed = shown.is_some_and(|key| is_key(key.as_bytes(), &visitor.form_key));
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| {
        tracing::debug!(%error, "a form of files cannot be read");
        AppError::BadRequest("The form cannot be read. Reload the page and send it again.".to_owned())
    })?;
    while let Some(mut part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(given) = part.file_name().map(str::to_owned) else {
            let text = short_field(&mut part).await?;
            if name == FORM_KEY {
                is_keyed = is_key(&text, &visitor.form_key);
            } else {
                received
                    .fields
                    .add(name, String::from_utf8_lossy(&text).into_owned());
            }
            continue;
        };
        // Nothing is written for a form that is not ours.
        if !is_keyed {
            return Err(OUT_OF_DATE);
        }
        let label = rules::label(&given);
        if received.brought.len() < AT_ONCE {
            match take(app, &label, (&mut part, &mut left)).await {
                // A browser sends an empty part without a name where no file was chosen.
                Ok(Some(shelved)) if shelved.size == 0 && given.is_empty() => {
                    shelf::discard(&app.config.data_dir, &shelved.name).await;
                }
                Ok(Some(shelved)) => received.brought.push(Brought { label, shelved }),
                Ok(None) => {
                    let limit = rules::limit_text(most);
                    let why = format!("{label} is too large; a file may have {limit} at most");
                    received.refused.push(FieldError::new("file", why));
                }
                Err(AppError::Invalid(faults)) => received.refused.extend(faults),
                Err(error) => return Err(error),
            }
        } else {
            let why =
                format!("{label} was left out: a form brings {AT_ONCE} at most; send it with another one");
            received.refused.push(FieldError::new("file", why));
        }
        // What is left of one that was not taken stands before the next one.
        while next(&mut part, &mut left).await?.is_some() {}
    }
    if is_keyed { Ok(()) } else { Err(OUT_OF_DATE) }
}

/// The next bytes of a part. A form that says nothing of its length is as long as it may be and no longer.
async fn next(part: &mut Field<'_>, left: &mut u64) -> Result<Option<Bytes>, AppError> {
    let bytes = part.chunk().await.map_err(unreadable)?;
    let length = bytes.as_ref().map_or(0, Bytes::len) as u64;
    *left = left
        .checked_sub(length)
        .ok_or_else(|| AppError::TooLarge("send the files with several forms".to_owned()))?;
    Ok(bytes)
}

/// Puts one part on the shelf; none where it is too large.
async fn take(
    app: &App,
    label: &str,
    (part, left): (&mut Field<'_>, &mut u64),
) -> Result<Option<Shelved>, AppError> {
    let mut arriving = Arriving::begin(&app.config.data_dir, label, app.config.upload_max).await?;
    while let Some(bytes) = next(part, left).await? {
        match arriving.take(&bytes).await {
            Ok(()) => {}
            Err(AppError::TooLarge(_)) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    arriving.finish().await.map(Some)
}

/// A field beside the files.
///
/// # Errors
/// `BadRequest` where it is too long or cannot be read.
pub async fn short_field(part: &mut Field<'_>) -> Result<Vec<u8>, AppError> {
    let mut text = Vec::new();
    while let Some(bytes) = part.chunk().await.map_err(unreadable)? {
        text.extend_from_slice(&bytes);
        if text.len() > FIELD {
            return Err(AppError::BadRequest(
                "A field of the form is too long.".to_owned(),
            ));
        }
    }
    Ok(text)
}

/// Refuses a body that says itself that it is too long. It is read to its end all the same, as far as is sensible: who is
/// still sending does not hear an answer.
async fn not_too_long(request: Request, most: u64, told: u64) -> Result<Request, AppError> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length: u64 = length
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .unwrap_or(0);
    if length <= most {
        return Ok(request);
    }
    let mut body = request.into_body();
    let mut seen = 0_u64;
    while let (true, Some(Ok(frame))) = (seen <= most.saturating_mul(2), body.frame().await) {
        seen = seen.saturating_add(frame.data_ref().map_or(0, Bytes::len) as u64);
    }
    Err(too_large(told))
}

/// Puts a body that is a file itself on the shelf.
pub(super) async fn receive_one(
    app: &App,
    account: AccountId,
    name: &str,
    request: Request,
) -> Result<Brought, AppError> {
    let _place = app.arrivals.enter(account)?;
    let most = app.config.upload_max;
    let request = not_too_long(request, most, most).await?;
    let label = rules::label(name);
    let mut arriving = Arriving::begin(&app.config.data_dir, &label, most).await?;
    let mut body: Body = request.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| AppError::BadRequest("The file did not arrive whole.".to_owned()))?;
        if let Ok(bytes) = frame.into_data() {
            arriving.take(&bytes).await?;
        }
    }
    let shelved = arriving.finish().await?;
    Ok(Brought { label, shelved })
}

/// Takes files off the shelf that became nobody's.
pub(super) async fn discard(app: &App, brought: &[Brought]) {
    for one in brought {
        shelf::discard(&app.config.data_dir, &one.shelved.name).await;
    }
}
