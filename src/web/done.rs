//! The way back after something was done.

use axum::response::{IntoResponse, Redirect, Response};

use crate::units::ids::ChangeSetId;

/// Back to `place`, which says what was done where something was.
#[must_use]
pub fn done_at(place: &str, change_set: Option<ChangeSetId>) -> Response {
    let Some(id) = change_set else {
        return Redirect::to(place).into_response();
    };
    let (address, row) = place
        .split_once('#')
        .map_or((place, String::new()), |(address, row)| {
            (address, format!("#{row}"))
        });
    let joint = if address.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{address}{joint}done={id}{row}")).into_response()
}
