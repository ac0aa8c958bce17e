//! Playing: votes, the reveal, the next round, and what somebody may see meanwhile.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use crate::app::App;
use crate::error::AppError;
use crate::poker::rules::view::View;
use crate::poker::seat::{Seat, SeatForm};
use crate::poker::{live, store};
use crate::units::ids::RoundId;
use crate::web::{Fields, Path, Reader};

/// `GET /poker/{link}/view`: the room as the one who asks may see it.
pub(crate) async fn show_view(State(app): State<App>, seat: Seat) -> axum::Json<View> {
    axum::Json(live::view(&app, &seat.table, Some(seat.own)))
}

/// `GET /poker/{link}/events`: says that something changed.
pub(crate) async fn listen(State(app): State<App>, seat: Seat) -> Response {
    live::listen(&app, &seat.table, seat.own)
}

const NO_ROUND: &str = "must be a round of this room";

fn back(link: &str) -> Response {
    Redirect::to(&format!("/poker/{link}")).into_response()
}

fn round_in(fields: &Fields) -> Result<RoundId, AppError> {
    let mut reader = Reader::new(fields);
    let round = reader.required("roundId", NO_ROUND);
    reader.finish(()).map_err(AppError::Invalid)?;
    round.ok_or_else(|| AppError::field("roundId", NO_ROUND))
}

/// `POST /poker/{link}/vote`: `roundId`, and `card` as its place in the deck; a blank card takes the vote back.
pub(crate) async fn vote(
    State(app): State<App>,
    seat: Seat,
    Path(link): Path<String>,
    SeatForm(fields): SeatForm,
) -> Result<Response, AppError> {
    let round = round_in(&fields)?;
    let mut reader = Reader::new(&fields);
    let card = reader.optional("card", |text| {
        text.parse::<usize>()
            .map_err(|_| "must be a card of this round's deck")
    });
    reader.finish(()).map_err(AppError::Invalid)?;
    let (room, own) = (seat.table.id, seat.own);
    live::act(
        &app,
        &seat.table,
        seat.gesture(&app, "vote"),
        move |tx| match card {
            Some(card) => store::set_vote(tx, room, round, own, card),
            None => store::retract(tx, room, round, own),
        },
    )
    .await?;
    Ok(back(&link))
}

/// `POST /poker/{link}/reveal`: lays the cards of `roundId` open.
pub(crate) async fn reveal(
    State(app): State<App>,
    seat: Seat,
    Path(link): Path<String>,
    SeatForm(fields): SeatForm,
) -> Result<Response, AppError> {
    let round = round_in(&fields)?;
    must_run(&seat)?;
    let room = seat.table.id;
    let done = live::act(
        &app,
        &seat.table,
        seat.gesture(&app, "reveal a round"),
        move |tx| Ok(store::reveal(tx, room, round)?),
    )
    .await?;
    if done {
        Ok(back(&link))
    } else {
        Ok(StatusCode::CONFLICT.into_response())
    }
}

/// `POST /poker/{link}/rounds`: votes again, about the same thing.
pub(crate) async fn next_round(
    State(app): State<App>,
    seat: Seat,
    Path(link): Path<String>,
    SeatForm(_): SeatForm,
) -> Result<Response, AppError> {
    must_run(&seat)?;
    let room = seat.table.id;
    live::act(&app, &seat.table, seat.gesture(&app, "vote again"), move |tx| {
        let room = store::load(tx, room)?.ok_or(AppError::NotFound)?;
        let story = room.live_round().and_then(|round| round.story);
        store::close_live(tx, room.id)?;
        store::open_round(tx, &room, story)?;
        Ok(())
    })
    .await?;
    Ok(back(&link))
}

fn must_run(seat: &Seat) -> Result<(), AppError> {
    let room = seat.table.room();
    if room.participant(seat.own).is_some_and(|own| room.may_run(own)) {
        return Ok(());
    }
    Err(AppError::Forbidden("Only a facilitator does that in this room."))
}
