//! Who is let in while the house is closed, and what is refused while a backup is restored.

use axum::extract::Request;

use super::rules::{changes, stays_open};
use crate::accounts::{Access, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::web::health;

/// Lets through whoever may come in now. Health is asked as always: a closed house is no broken one.
///
/// # Errors
/// Where they are not let in, or may change nothing now.
pub fn open_to(app: &App, request: &Request) -> Result<(), AppError> {
    let path = request.uri().path();
    if health::is_asked(path) {
        return Ok(());
    }
    if app.upkeep.restoring().is_some() && changes(request.method(), path) {
        return Err(AppError::ReadOnly);
    }
    let now = app.clock.now();
    let Some(closed) = app.upkeep.closed(now).filter(|_| !stays_open(path)) else {
        return Ok(());
    };
    let visitor = request.extensions().get::<Visitor>();
    // Whoever looks through somebody's eyes sees what they see, and is let out again.
    let is_admin = visitor.is_some_and(|visitor| visitor.access == Access::Admin || visitor.behind.is_some());
    if is_admin {
        return Ok(());
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
    Err(AppError::Closed {
        words: closed.words(until.as_deref()),
        seconds: closed.seconds(now),
    })
}
