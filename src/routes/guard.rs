//! Who may come to a line of the table, and what is done besides when they do.

use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use http::Method;
use tower::Service as _;

use super::{MANAGER, Route, Who, once};
use crate::accounts::audit::{What, witness};
use crate::accounts::{Access, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::plan::warden;
use crate::poker::seat;
use crate::web::{edge, outermost};

const OUT_OF_SCOPE: &str = "What this program was given does not reach so far.";

/// What a line of the table says of its handler.
#[derive(Clone)]
pub struct Line {
    pub method: Method,
    who: Who,
    path: &'static str,
    noted: Option<What>,
}

impl Line {
    pub fn of(route: &Route) -> Self {
        Self {
            method: route.method.clone(),
            who: route.who,
            path: route.path,
            noted: route.noted,
        }
    }
}

/// How a line's handler is run.
pub enum Runs {
    /// The router has found it.
    Routed(Next),
    /// It was found by its path alone.
    Exact(Arc<MethodRouter>),
}

/// The handler of a line, and what the audit says when it has done its work.
pub struct Handler {
    noted: Option<What>,
    runs: Runs,
}

impl Handler {
    /// Runs it; the audit knows of it where it is to.
    pub async fn run(self, app: &App, request: Request) -> Response {
        match self.noted {
            Some(what) => {
                let run = |request| self.runs.run(request);
                Box::pin(witness(app, what, request, run)).await
            }
            None => self.runs.run(request).await,
        }
    }
}

impl Runs {
    async fn run(self, request: Request) -> Response {
        match self {
            Self::Routed(next) => next.run(request).await,
            Self::Exact(handler) => {
                let answer = MethodRouter::clone(&handler).call(request).await;
                answer.unwrap_or_else(|never| match never {})
            }
        }
    }
}

/// Lets through who may ask; everybody else is told to sign in, or that they may not.
pub async fn guarded(app: &App, line: &Line, request: Request, runs: Runs) -> Response {
    let handler = Handler {
        noted: line.noted,
        runs,
    };
    let mut response = judged(app, line, request, handler).await;
    response.extensions_mut().insert(outermost::Matched(line.path));
    response
}

async fn judged(app: &App, line: &Line, request: Request, handler: Handler) -> Response {
    let Line { who, path, .. } = *line;
    let visitor = request.extensions().get::<Visitor>();
    if visitor.is_some_and(|visitor| !visitor.by.may_ask(request.method(), path)) {
        return AppError::Forbidden(OUT_OF_SCOPE).into_response();
    }
    if let Some(error) = refusal(who, visitor) {
        return error.into_response();
    }
    if who == Who::Room {
        return Box::pin(in_room(app, request, handler)).await;
    }
    if path.contains("/poker/{link}/")
        && speaks(request.method())
        && let Some(visitor) = visitor
        && let Err(seconds) = app
            .limiter
            .take(edge::Bucket::Messages, edge::Whose::Account(visitor.account.0))
    {
        return AppError::TooMany { seconds }.into_response();
    }
    if let (MANAGER, Some(visitor)) = (who, visitor)
        && let Err(error) = Box::pin(warden::at_the_door(app, visitor, path, request.uri().path())).await
    {
        return error.into_response();
    }
    once::done_once(app, request, handler).await
}

/// Why `visitor` may not ask, if they may not.
fn refusal(who: Who, visitor: Option<&Visitor>) -> Option<AppError> {
    let needed = match who {
        Who::Anybody | Who::Room => return None,
        Who::AtLeast(needed) => needed,
        Who::Administration => Access::Admin,
    };
    let administration = who == Who::Administration;
    match visitor {
        None if administration => Some(AppError::ProveAgain { signed_in: false }),
        None => Some(AppError::SignedOut),
        Some(visitor) if visitor.access < needed => Some(AppError::Forbidden(
            "Your account may not do this. Ask an administrator if you need it.",
        )),
        Some(visitor) if administration && !visitor.administers => {
            Some(AppError::ProveAgain { signed_in: true })
        }
        Some(_) => None,
    }
}

/// Whether a room is told something, and not only looked at.
fn speaks(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

/// Lets through who is in the room that the path names, and says so many things a second at most. What is refused of what a
/// room is told is counted.
async fn in_room(app: &App, mut request: Request, handler: Handler) -> Response {
    let speaks = speaks(request.method());
    let visitor = request.extensions().get::<Visitor>();
    let response = match seat(app, request.uri().path(), request.headers(), visitor).await {
        Ok(Some(seat)) => {
            let often = speaks.then(|| {
                app.limiter
                    .take(edge::Bucket::Messages, edge::Whose::Seat(seat.own.0))
            });
            if let Some(Err(seconds)) = often {
                AppError::TooMany { seconds }.into_response()
            } else {
                request.extensions_mut().insert(seat);
                once::done_once(app, request, handler).await
            }
        }
        Ok(None) => {
            AppError::Forbidden("You are not in this room, or not any more. Open its link to come in.")
                .into_response()
        }
        Err(error) => error.into_response(),
    };
    if speaks && response.status().is_client_error() {
        app.poker.count_refused();
        tracing::debug!(
            status = response.status().as_u16(),
            "a message to a room was refused"
        );
    }
    response
}
