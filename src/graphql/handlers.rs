//! The one address, and what is checked before a query runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::{Request, Response as Answer, ServerError, Variables};
use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};

use super::nodes::Reading;
use super::rules::{self, Refusal};
use super::schema::{CLOSED, OPEN};
use crate::accounts::Visitor;
use crate::accounts::entry::Knock;
use crate::app::App;
use crate::config::Environment;
use crate::error::AppError;
use crate::web::is_json;

/// Bytes of a whole request, variables and all.
const LONGEST: usize = 64 * 1024;
/// For how long an answer is worked on.
const TIME: Duration = Duration::from_secs(5);

/// A query as it is sent. What else stands beside is not looked at.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    query: String,
    #[serde(default)]
    variables: Option<serde_json::Value>,
    #[serde(default)]
    operation_name: Option<String>,
}

/// `POST /graphql`: one query, from somebody who may read the plan; or one sign-in, from anybody.
pub(crate) async fn answer(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    knock: Knock,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, AppError> {
    let sent = read(&headers, &body)?;
    let open = app.config.environment != Environment::Production;
    let weighed = match rules::weighed(&sent.query, open) {
        Ok(weighed) => weighed,
        Err(refusal) => return json(&refused(refusal)),
    };
    if visitor.is_none() && !weighed.only_signs_in {
        let refusal = Refusal::new("NOT_SIGNED_IN", AppError::SignedOut.to_string());
        return json(&refused(refusal));
    }
    let mut request = Request::new(sent.query)
        .variables(sent.variables.map(Variables::from_json).unwrap_or_default())
        .data(knock)
        .data(app.clone());
    request.operation_name = sent.operation_name;
    request.set_parsed_query(weighed.document);
    if visitor.is_some() {
        request = request.data(Arc::new(Reading {
            book: app.book(),
            today: app.clock.today(),
            until: Instant::now() + TIME,
        }));
    }
    let schema = if open { &*OPEN } else { &*CLOSED };
    let answer = tokio::time::timeout(TIME * 2, schema.execute(request)).await;
    let mut answer = answer.map_err(|_| AppError::Busy)?;
    for error in &mut answer.errors {
        name(error);
    }
    json(&answer)
}

/// The one query of a request.
fn read(headers: &HeaderMap, body: &[u8]) -> Result<Sent, AppError> {
    if !is_json(headers) {
        return Err(AppError::UnsupportedType("application/json"));
    }
    if body.len() > LONGEST {
        return Err(AppError::TooLarge("a query takes 64 KiB".to_owned()));
    }
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(AppError::BadRequest(
            "One query at a time: send an object, not a list.".to_owned(),
        ));
    }
    // The library's words could repeat what was sent, and that may hold a password.
    serde_json::from_slice(body).map_err(|_| {
        AppError::BadRequest(
            "The body must be a JSON object with `query`, and perhaps `variables`.".to_owned(),
        )
    })
}

/// Gives the library's own refusals the name that ours have.
fn name(error: &mut ServerError) {
    let code = match error.message.as_str() {
        "Query is too complex." => "TOO_HEAVY",
        _ if error.path.is_empty() => "NOT_IN_SCHEMA",
        _ => return,
    };
    error.extensions.get_or_insert_default().set("code", code);
}

fn refused(refusal: Refusal) -> Answer {
    let mut error = ServerError::new(refusal.message, None);
    let mut more = async_graphql::ErrorExtensionValues::default();
    more.set("code", refusal.code);
    error.extensions = Some(more);
    Answer::from_errors(vec![error])
}

fn json(answer: &Answer) -> Result<Response, AppError> {
    let body = serde_json::to_vec(answer).map_err(|error| AppError::Internal(error.to_string()))?;
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.extend(answer.http_headers.clone());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
