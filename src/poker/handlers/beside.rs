//! Pages beside the table, which the room shows in dialogs: the way in, who is there, how it plays.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use crate::app::App;
use crate::error::AppError;
use crate::poker::seat::Seat;
use crate::poker::{live, pages};
use crate::ui::FormState;

/// Draws something of a room for whoever asks.
pub(super) fn drawn(
    app: &App,
    seat: &Seat,
    headers: &HeaderMap,
    draw: impl FnOnce(&pages::Shown<'_>) -> maud::Markup,
) -> Response {
    let view = live::view(app, &seat.table, seat.viewer());
    let frame = seat.visitor.as_ref().map(|visitor| visitor.frame(app));
    let shown = pages::Shown {
        frame: frame.as_ref(),
        seat,
        view: &view,
        is_fragment: headers.contains_key("x-fragment"),
        hours: None,
    };
    draw(&shown).into_response()
}

/// `GET /poker/{link}/invite`: the link, and the link as a picture.
pub(crate) async fn show_invite(State(app): State<App>, seat: Seat, headers: HeaderMap) -> Response {
    let address = format!("{}/poker/{}", app.config.public_url, seat.table.room().link);
    drawn(&app, &seat, &headers, |shown| pages::invite(shown, &address))
}

/// `GET /poker/{link}/people`: who is there, and what can be done about it.
pub(crate) async fn show_people(State(app): State<App>, seat: Seat, headers: HeaderMap) -> Response {
    drawn(&app, &seat, &headers, pages::people)
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
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
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
