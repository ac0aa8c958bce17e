//! Who may come to a line of the table, and what is done besides when they do.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::Method;

use super::{MANAGER, Route, Who, once};
use crate::accounts::{Access, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::plan::warden;
use crate::poker::seat;
use crate::web::edge;

const OUT_OF_SCOPE: &str = "What this program was given does not reach so far.";

/// Lets through to a line of the table who may ask; everybody else is told to sign in, or that they may not.
pub async fn guarded(app: &App, route: &Arc<Route>, request: &mut Request) -> Response {
    let Route { who, path, .. } = **route;
    let visitor = request.extensions().get::<Visitor>();
    if visitor.is_some_and(|visitor| !visitor.by.may_ask(request.method(), path)) {
        return AppError::Forbidden(OUT_OF_SCOPE).into_response();
    }
    if let Some(error) = refusal(who, visitor) {
        return error.into_response();
    }
    if who == Who::Room {
        return Box::pin(in_room(app, request, route)).await;
    }
    if speaks(request.method())
        && path.contains("/poker/{link}/")
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
    once::done_once(app, request, route).await
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
async fn in_room(app: &App, request: &mut Request, route: &Arc<Route>) -> Response {
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
                once::done_once(app, request, route).await
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
