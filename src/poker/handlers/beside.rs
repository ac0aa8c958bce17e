//! Pages beside the table, which the room shows in dialogs: the way in, who is there, how it plays.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use crate::app::App;
use crate::error::AppError;
use crate::poker::drawn::drawn;
use crate::poker::rules::room::PutOut;
use crate::poker::seat::Seat;
use crate::poker::{live, pages};
use crate::ui::{FormState, refused};

/// `GET /poker/{link}/invite`: the link, and the link as a picture.
pub(crate) async fn show_invite(State(app): State<App>, seat: Seat, headers: HeaderMap) -> Response {
    let address = format!("{}/poker/{}", app.config.public_url, seat.table.room().link);
    drawn(&app, &seat, &headers, |shown| pages::invite(shown, &address))
}

/// `GET /poker/{link}/people`: who is there, and what can be done about it.
pub(crate) async fn show_people(State(app): State<App>, seat: Seat, headers: HeaderMap) -> Response {
    let room = seat.table.room();
    // Who was put out for good is told to those who can let them in again.
    let leads = room.participant(seat.own).is_some_and(|own| own.facilitator);
    let banned = room
        .people
        .iter()
        .filter(|one| one.put_out == Some(PutOut::Banned));
    let banned: Vec<_> = banned
        .filter(|_| leads)
        .map(|one| (one.id, one.name.as_str()))
        .collect();
    drawn(&app, &seat, &headers, |shown| pages::people(shown, &banned))
}

/// `GET /poker/{link}/settings`: how the room plays.
pub(crate) async fn show_settings(
    State(app): State<App>,
    seat: Seat,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let room = seat.table.room();
    if !room.participant(seat.own).is_some_and(|own| own.facilitator) {
        return Err(AppError::Forbidden("Only a facilitator does that in this room."));
    }
    let state = settings_state(&app, &seat);
    Ok(drawn(&app, &seat, &headers, |shown| {
        pages::settings(shown, &state, &belonging(&app, &seat))
    }))
}

/// How the room plays now, for its form.
pub(super) fn settings_state(app: &App, seat: &Seat) -> FormState {
    pages::settings_of(&live::view(app, &seat.table, seat.viewer()))
}

/// The form as it was typed, with what was wrong.
pub(super) fn settings_again(app: &App, seat: &Seat, headers: &HeaderMap, state: &FormState) -> Response {
    let page = drawn(app, seat, headers, |shown| {
        pages::settings(shown, state, &belonging(app, seat))
    });
    refused(page)
}

/// What the room can belong to, for who may see it: guests are told nothing of the plan.
fn belonging(app: &App, seat: &Seat) -> pages::Belonging {
    let Some(visitor) = &seat.visitor else {
        return pages::Belonging::default();
    };
    let book = app.book();
    let (reach, own) = (visitor.reach(&book.plan), seat.table.room().department);
    pages::Belonging {
        projects: book
            .plan
            .projects
            .iter()
            .map(|one| (one.id.to_string(), one.name.clone()))
            .collect(),
        departments: book
            .plan
            .departments
            .iter()
            // A team is chosen by who manages it; what is chosen already is shown to everybody.
            .filter(|one| own == Some(one.id) || reach.covers(Some(one.id)))
            .map(|one| (one.id.to_string(), one.name.clone()))
            .collect(),
    }
}

/// `GET /poker/{link}/days`: until when votes are taken.
pub(crate) async fn show_days(State(app): State<App>, seat: Seat, headers: HeaderMap) -> Response {
    drawn(&app, &seat, &headers, |shown| {
        pages::days(shown, &FormState::with(&[("hours", "48".to_owned())]))
    })
}
