//! Who is let in while the house is closed, and what is refused while a backup is restored.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::rules::{changes, stays_open};
use crate::accounts::{Access, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::web::health;

/// Lets through whoever may come in now. Health is asked as always: a closed house is no broken one.
pub async fn open_to(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if health::is_asked(path) {
        return next.run(request).await;
    }
    if app.upkeep.restoring().is_some() && changes(request.method(), path) {
        return AppError::ReadOnly.into_response();
    }
    let now = app.clock.now();
    let Some(closed) = app.upkeep.closed(now).filter(|_| !stays_open(path)) else {
        return next.run(request).await;
    };
    let visitor = request.extensions().get::<Visitor>();
    // Whoever looks through somebody's eyes sees what they see, and is let out again.
    let is_admin = visitor.is_some_and(|visitor| visitor.access == Access::Admin || visitor.behind.is_some());
    if is_admin {
        return next.run(request).await;
    }
    let until = closed.until.map(|until| {
        let clock = &app.clock;
        let day = clock.day_of(until);
        if day == clock.today() {
            clock.time_of(until)
        } else {
            format!("{} on {}", clock.time_of(until), day.short())
        }
    });
    AppError::Closed {
        words: closed.words(until.as_deref()),
        seconds: closed.seconds(now),
    }
    .into_response()
}
