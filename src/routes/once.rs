//! `Idempotency-Key`: a request that a program sends again, because it heard no answer, is answered as it was and not done
//! again.

use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::BODY;
use crate::accounts::Visitor;
use crate::app::App;
use crate::db::{DbError, Kept, Once};
use crate::error::AppError;
use crate::keys::Purpose;
use crate::web::Json;
use crate::web::outermost::random_key;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The longest key, and the shortest: one that is guessed or counted would meet another's.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=128;
/// The longest answer that is kept.
const LONGEST: usize = 256 * 1_024;

/// Names this process among those before and after it: a request of another one is not being done any more.
static PROCESS: LazyLock<String> = LazyLock::new(|| random_key().unwrap_or_default());

/// What a request was answered.
#[derive(Serialize, Deserialize)]
struct Answer {
    status: u16,
    kind: String,
    body: Vec<u8>,
}

/// Does each request that carries a key once.
pub(super) async fn done_once(State(app): State<App>, request: Request, next: Next) -> Response {
    let asks = request.uri().path().starts_with("/api/v1/") && !is_safe(request.method());
    let visitor = request.extensions().get::<Visitor>().cloned();
    let (true, Some(visitor), Some(key)) = (asks, visitor, request.headers().get(KEY).cloned()) else {
        return next.run(request).await;
    };
    once(&app, &visitor, &key, (request, next))
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

async fn once(
    app: &App,
    visitor: &Visitor,
    key: &HeaderValue,
    (request, next): (Request, Next),
) -> Result<Response, AppError> {
    let fits = LENGTH.contains(&key.len()) && key.as_bytes().iter().all(u8::is_ascii_graphic);
    if !fits {
        let words = "An Idempotency-Key has 8 to 128 letters, digits or signs; a random UUID is a good one.";
        return Err(AppError::BadRequest(words.to_owned()));
    }
    let (asked, request) = read(request).await?;
    let account = visitor.account.0.to_be_bytes();
    let key = Sha256::new().chain_update(account).chain_update(key.as_bytes());
    let own = format!("{} {}", *PROCESS, random_key()?);
    let once = Once::new(key.finalize().to_vec(), asked, own);
    if let Some(kept) = kept(app, &once).await? {
        return replay(app, &once, kept);
    }
    let response = once.scope(next.run(request)).await;
    if !once.wrote() {
        // Another request under the same key may have been faster.
        return match kept(app, &once).await? {
            Some(kept) if !response.status().is_success() => replay(app, &once, kept),
            _ => Ok(response),
        };
    }
    keep(app, once, response).await
}

async fn kept(app: &App, once: &Once) -> Result<Option<Kept>, AppError> {
    let once = once.clone();
    Ok(app.db.read(move |tx| once.kept(tx)).await?)
}

/// What is asked, as a hash; the request with its body read. A body that is too large to be read whole is a file, and is
/// told by its length.
async fn read(request: Request) -> Result<(Vec<u8>, Request), AppError> {
    let (parts, body) = request.into_parts();
    let mut hash = Sha256::new();
    for part in [parts.method.as_str(), &parts.uri.to_string()] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let length = length_of(&parts.headers);
    if length.is_none_or(|length| length > BODY) {
        hash.update(length.unwrap_or(0).to_be_bytes());
        return Ok((hash.finalize().to_vec(), Request::from_parts(parts, body)));
    }
    let whole = Limited::new(body, BODY).collect().await;
    let whole = whole
        .map_err(|_| AppError::BadRequest("The request did not arrive whole.".to_owned()))?
        .to_bytes();
    hash.update(&whole);
    Ok((
        hash.finalize().to_vec(),
        Request::from_parts(parts, Body::from(whole)),
    ))
}

/// How long a body says it is; a request that says nothing and is not sent in pieces has none.
fn length_of(headers: &HeaderMap) -> Option<usize> {
    match headers.get(header::CONTENT_LENGTH) {
        Some(length) => length.to_str().ok()?.parse().ok(),
        None => (!headers.contains_key(header::TRANSFER_ENCODING)).then_some(0),
    }
}

/// The answer of the first request under this key.
fn replay(app: &App, once: &Once, kept: Kept) -> Result<Response, AppError> {
    if !once.is_same(&kept) {
        return Err(AppError::Invalid(vec![crate::error::FieldError::new(
            "Idempotency-Key",
            "was sent with another request; give each request a key of its own",
        )]));
    }
    let is_ours = kept.request.starts_with(&*PROCESS);
    let opened = kept
        .answer
        .and_then(|sealed| app.keys.open(Purpose::Repeat, b"", &sealed));
    let answer = opened.and_then(|plain| serde_json::from_slice::<Answer>(&plain).ok());
    let mut response = match (answer, kept.change_set) {
        (Some(answer), _) => {
            let mut response = Body::from(answer.body).into_response();
            *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
            if let Ok(kind) = HeaderValue::from_str(&answer.kind) {
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
            }
            response
        }
        // It was done, and the process was gone before the answer was kept.
        (None, Some(id)) if !is_ours => Json(serde_json::json!({ "changeSet": id.0 })).into_response(),
        (None, _) if is_ours => {
            return Err(AppError::conflict(
                "A request with this Idempotency-Key is being done. Ask again in a moment.",
            ));
        }
        (None, _) => {
            return Err(AppError::conflict(
                "A request with this Idempotency-Key was cut off. Look at what is there before you send it under a new key.",
            ));
        }
    };
    response
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// Keeps an answer beside its key. What was refused after all leaves the key free.
async fn keep(app: &App, once: Once, response: Response) -> Result<Response, AppError> {
    let (parts, body) = response.into_parts();
    let Ok(whole) = Limited::new(body, LONGEST).collect().await else {
        return Err(AppError::Internal(
            "an answer to a request with a key is too long to keep".to_owned(),
        ));
    };
    let whole = whole.to_bytes();
    let sealed = if parts.status.is_success() {
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let answer = Answer {
            status: parts.status.as_u16(),
            kind: kind
                .and_then(|kind| kind.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
            body: whole.to_vec(),
        };
        let plain = serde_json::to_vec(&answer).map_err(|error| AppError::Internal(error.to_string()))?;
        let sealed = app.keys.seal(Purpose::Repeat, b"", &plain);
        Some(sealed.map_err(|error| AppError::Internal(error.to_string()))?)
    } else {
        None
    };
    let settled = app
        .db
        .write(app.own_gesture("keep an answer"), move |tx| {
            once.settle(tx, sealed.as_deref())?;
            Ok::<_, DbError>(())
        })
        .await;
    if let Err(error) = settled {
        // It was done all the same; a repetition is told which change set it made.
        tracing::warn!(%error, "an answer could not be kept");
    }
    Ok(Response::from_parts(parts, Body::from(whole)))
}
