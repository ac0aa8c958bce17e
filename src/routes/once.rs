//! `Idempotency-Key`: a request that a program sends again, because it heard no answer, is answered as it was and not done
//! again.

use std::mem::take;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use sha2::{Digest as _, Sha256};

use super::Route;
use super::entrance::BODY;
use crate::accounts::Visitor;
use crate::app::App;
use crate::crash;
use crate::db::{DbError, Kept, Once};
use crate::error::AppError;
use crate::keys::Purpose;
use crate::web::outermost::random_key;
use crate::web::{Client, Json};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The longest key, and the shortest: one that is guessed or counted would meet another's.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=128;
/// The longest answer that is kept.
const LONGEST: usize = 64 * 1_024;

/// Names this process among those before and after it: a request of another one is not being done any more.
static PROCESS: LazyLock<String> = LazyLock::new(|| random_key().unwrap_or_default());

/// What a request was answered.
struct Answer {
    status: StatusCode,
    kind: Vec<u8>,
    body: Vec<u8>,
}

impl Answer {
    /// As bytes: the status, how long the kind is, the kind, the body.
    fn written(&self) -> Vec<u8> {
        let length = u16::try_from(self.kind.len()).unwrap_or(0);
        let head = [self.status.as_u16().to_be_bytes(), length.to_be_bytes()];
        [head.as_flattened(), &self.kind, &self.body].concat()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (status, rest) = bytes.split_first_chunk::<2>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (kind, body) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        Some(Self {
            status: StatusCode::from_u16(u16::from_be_bytes(*status)).ok()?,
            kind: kind.to_vec(),
            body: body.to_vec(),
        })
    }
}

/// Does each request that carries a key once.
pub(super) async fn done_once(app: &App, request: &mut Request, route: &Arc<Route>) -> Response {
    let asks = !is_safe(request.method()) && request.uri().path().starts_with("/api/v1/");
    let key = asks.then(|| request.headers().get(KEY).cloned()).flatten();
    let visitor = request.extensions().get::<Visitor>();
    let Some((key, visitor)) = key.zip(visitor).map(|(key, visitor)| (key, visitor.clone())) else {
        return route.run(app, request).await;
    };
    let asked = (take(request), Arc::clone(route));
    Box::pin(once(app, &visitor, &key, asked))
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
    (request, route): (Request, Arc<Route>),
) -> Result<Response, AppError> {
    let fits = LENGTH.contains(&key.len()) && key.as_bytes().iter().all(u8::is_ascii_graphic);
    if !fits {
        let words = "An Idempotency-Key has 8 to 128 letters, digits or signs; a random UUID is a good one.";
        return Err(AppError::BadRequest(words.to_owned()));
    }
    let id = request.extensions().get::<Client>().map(|client| client.request);
    let (asked, request) = read(request).await?;
    let own = format!("{} {}", *PROCESS, random_key()?);
    let once = Once::new(whose(visitor, key), asked, own);
    if let Some(kept) = kept(app, &once).await? {
        return replay(app, &once, kept);
    }
    // What is done is done to its end, and its answer kept, whether or not its sender waits for it.
    let (app, own) = (app.clone(), once.clone());
    let work = async move { answered(&app, own, (request, route)).await };
    let done = match id {
        Some(id) => tokio::spawn(crash::of_request(id, work)).await,
        None => tokio::spawn(work).await,
    };
    match done {
        Ok(answer) => answer,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(AppError::Internal(error.to_string())),
        },
    }
}

/// Under which a request is kept: another account, the same one seen through somebody's eyes, and the same one with less
/// access have others.
fn whose(visitor: &Visitor, key: &HeaderValue) -> Vec<u8> {
    let behind = visitor.behind.as_ref().map_or(0, |(id, _)| id.0);
    let mut hash = Sha256::new();
    hash.update(visitor.account.0.to_be_bytes());
    hash.update(behind.to_be_bytes());
    hash.update([u8::from(visitor.administers)]);
    hash.update(visitor.access.as_str());
    hash.update([0]);
    hash.update(key.as_bytes());
    hash.finalize().to_vec()
}

/// Does the request and keeps its answer.
async fn answered(
    app: &App,
    once: Once,
    (mut request, route): (Request, Arc<Route>),
) -> Result<Response, AppError> {
    let response = once.scope(route.run(app, &mut request)).await;
    if once.wrote() {
        return keep(app, once, response).await;
    }
    // Another request under the same key may have been faster.
    match kept(app, &once).await? {
        Some(kept) if !response.status().is_success() => replay(app, &once, kept),
        _ => Ok(response),
    }
}

async fn kept(app: &App, once: &Once) -> Result<Option<Kept>, AppError> {
    let once = once.clone();
    Ok(app.db.read(move |tx| once.kept(tx)).await?)
}

/// What is asked, as a hash; the request with its body read.
async fn read(request: Request) -> Result<(Vec<u8>, Request), AppError> {
    let (parts, body) = request.into_parts();
    let mut hash = Sha256::new();
    for part in [parts.method.as_str(), &parts.uri.to_string()] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let whole = Limited::new(body, BODY).collect().await;
    let whole = whole.map_err(|error| {
        if error.is::<LengthLimitError>() {
            AppError::TooLarge(
                "with an Idempotency-Key a body may have 2 MiB; send a larger file without one".to_owned(),
            )
        } else {
            AppError::BadRequest("The request did not arrive whole.".to_owned())
        }
    })?;
    let whole = whole.to_bytes();
    hash.update(&whole);
    Ok((
        hash.finalize().to_vec(),
        Request::from_parts(parts, Body::from(whole)),
    ))
}

/// The answer of the first request under this key.
fn replay(app: &App, once: &Once, kept: Kept) -> Result<Response, AppError> {
    if !once.is_same(&kept) {
        return Err(AppError::Invalid(vec![crate::error::FieldError::new(
            "Idempotency-Key",
            "was sent with another request; give each request a key of its own",
        )]));
    }
    // An answer that was too long to keep is kept as nothing.
    let is_done = kept.answer.as_ref().is_some_and(Vec::is_empty);
    let is_ours = kept.request.starts_with(&*PROCESS) && !is_done;
    let opened = kept
        .answer
        .and_then(|sealed| app.keys.open(Purpose::Repeat, b"", &sealed));
    let answer = opened.and_then(|plain| Answer::read(&plain));
    let mut response = match (answer, kept.change_set) {
        (Some(answer), _) => {
            let mut response = Body::from(answer.body).into_response();
            *response.status_mut() = answer.status;
            if let Ok(kind) = HeaderValue::from_bytes(&answer.kind) {
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
            }
            response
        }
        // It was done, and its answer is not there: it was too long, or the process was gone before it was kept.
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
    let whole = body.collect().await;
    let whole = whole
        .map_err(|error| AppError::Internal(error.to_string()))?
        .to_bytes();
    let sealed = if !parts.status.is_success() {
        None
    } else if whole.len() > LONGEST {
        Some(Vec::new())
    } else {
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let answer = Answer {
            status: parts.status,
            kind: kind.map(|kind| kind.as_bytes().to_vec()).unwrap_or_default(),
            body: whole.to_vec(),
        };
        let sealed = app.keys.seal(Purpose::Repeat, b"", &answer.written());
        Some(sealed.map_err(|error| AppError::Internal(error.to_string()))?)
    };
    let settled = app
        .db
        .write(app.own_gesture("keep an answer"), move |tx| {
            once.settle(tx, sealed.as_deref())?;
            Ok::<_, DbError>(())
        })
        .await;
    if let Err(error) = settled {
        // It was done all the same; after the next start a repetition is told which change set it made.
        tracing::warn!(%error, "an answer could not be kept");
    }
    Ok(Response::from_parts(parts, Body::from(whole)))
}
