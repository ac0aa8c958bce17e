//! Playing: votes, the reveal, second thoughts, and what somebody may see meanwhile.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::error::AppError;
use crate::poker::live::{Wanted, With};
use crate::poker::rules::view::{self, Table, Viewer};
use crate::poker::seat::{Message, Seat};
use crate::poker::store::Past;
use crate::poker::{live, store};
use crate::units::ids::{RoundId, StoryId};
use crate::web::{Fields, Reader, Taker};

/// How many rounds of a history are told at once.
const ROUNDS: i64 = 50;

/// `GET /poker/{link}/view`: the room as the one who asks may see it.
pub(crate) async fn show_view(
    State(app): State<App>,
    seat: Seat,
    taker: Taker,
) -> Result<Response, AppError> {
    live::seen(&app, &seat.table, seat.viewer()).json(taker.packs())
}

/// `GET /poker/{link}/events`: says that something changed; `with=page` or `with=view` what there is to see then, from the
/// beginning on unless `after` is the number of the room as it is.
pub(crate) async fn listen(
    State(app): State<App>,
    seat: Seat,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let fields = Fields::from_query(query.as_deref());
    let mut reader = Reader::new(&fields);
    let with = reader.optional("with", |text| match text {
        "page" => Ok(With::Page),
        "view" => Ok(With::View),
        _ => Err("must be page or view"),
    });
    let after = reader.optional("after", |text| {
        text.parse().map_err(|_| "must be the number of a room")
    });
    let wanted = Wanted {
        with: with.unwrap_or(With::Nothing),
        after,
    };
    let wanted = reader.finish(wanted).map_err(AppError::Invalid)?;
    Ok(live::listen(&app, seat, wanted))
}

/// `POST /poker/{link}/here`: answers a heartbeat of the line.
pub(crate) async fn hear(State(app): State<App>, message: Message) -> StatusCode {
    live::hear(&app, &message.seat.table, message.seat.own);
    StatusCode::NO_CONTENT
}

/// Rounds of a room, the newest first.
#[derive(Serialize, ToSchema)]
pub struct RoundsJson {
    /// The rounds, each as the one who asks may see it.
    items: Vec<Table>,
    /// Ask with this as `before` for earlier ones; none where there are none.
    next: Option<i64>,
}

/// `GET /poker/{link}/rounds`: every round that there was, `story` only those about one, `before` those before a round.
pub(crate) async fn list_rounds(
    State(app): State<App>,
    seat: Seat,
    RawQuery(query): RawQuery,
) -> Result<axum::Json<RoundsJson>, AppError> {
    rounds(&app, &seat, query.as_deref()).await.map(axum::Json)
}

/// The rounds that a query asks for.
pub(crate) async fn rounds(app: &App, seat: &Seat, query: Option<&str>) -> Result<RoundsJson, AppError> {
    let fields = Fields::from_query(query);
    let mut reader = Reader::new(&fields);
    let story: Option<StoryId> = reader.id("story");
    let before: Option<RoundId> = reader.id("before");
    reader.finish(()).map_err(AppError::Invalid)?;
    let room = seat.table.room();
    let id = room.id;
    let past = Past {
        story,
        before,
        most: ROUNDS + 1,
    };
    let mut found = app.db.read(move |tx| store::past_rounds(tx, id, past)).await?;
    let most = usize::try_from(ROUNDS).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let items = view::past(&room, &found, &Viewer::reader(seat.viewer()));
    let next = items.last().filter(|_| more).map(|last| last.round_id);
    Ok(RoundsJson { items, next })
}

const NO_ROUND: &str = "must be a round of this room";
const NO_CARD: &str = "must be a card of this round's deck";

/// The round that a message is about.
pub(super) fn round_in(message: &Message) -> Result<RoundId, AppError> {
    expected_in(message)?.ok_or_else(|| AppError::field("roundId", NO_ROUND))
}

/// The round that whoever sent a message saw on the table; none where they saw none.
pub(super) fn expected_in(message: &Message) -> Result<Option<RoundId>, AppError> {
    let mut reader = Reader::new(&message.fields);
    let round = reader.optional("roundId", |text| text.parse::<RoundId>().map_err(|_| NO_ROUND));
    reader.finish(round).map_err(AppError::Invalid)
}

fn card_in(message: &Message) -> Result<Option<usize>, AppError> {
    let mut reader = Reader::new(&message.fields);
    let card = reader.optional("card", |text| text.parse::<usize>().map_err(|_| NO_CARD));
    reader.finish(card).map_err(AppError::Invalid)
}

/// `POST /poker/{link}/vote`: `roundId`, and `card` as its place in the deck; a blank card takes the vote back.
pub(crate) async fn vote(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let (round, card) = (round_in(&message)?, card_in(&message)?);
    let (room, own) = message.ids();
    message
        .play(&app, "vote", move |tx| match card {
            Some(card) => store::set_vote(tx, room, round, own, card),
            None => store::retract(tx, room, round, own),
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/second`: what somebody would say after the reveal of `roundId`: `card`, or blank for nothing.
pub(crate) async fn reconsider(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let (round, card) = (round_in(&message)?, card_in(&message)?);
    let (room, own) = message.ids();
    message
        .play(&app, "think again", move |tx| match card {
            Some(card) => store::second_thought(tx, room, round, own, card),
            None => store::forget_second_thought(tx, room, round, own),
        })
        .await?;
    Ok(message.done(&app))
}

const NOT_OPEN: &str =
    "This round lies open already, or is off the table. Look at the room, then decide again.";

/// `POST /poker/{link}/reveal`: lays the cards of `roundId` open.
pub(crate) async fn reveal(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let round = round_in(&message)?;
    let (room, own) = message.ids();
    message
        .act(&app, "reveal a round", move |tx| {
            store::must_run(tx, room, own)?;
            if store::reveal(tx, room, round)? {
                Ok(())
            } else {
                Err(AppError::conflict(NOT_OPEN))
            }
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/timer`: gives `roundId` so many `seconds` from now; blank lets it take as long as it needs.
pub(crate) async fn set_timer(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let round = round_in(&message)?;
    let mut reader = Reader::new(&message.fields);
    let seconds = reader.optional("seconds", super::settings::seconds);
    reader.finish(()).map_err(AppError::Invalid)?;
    let (room, own) = message.ids();
    message
        .act(&app, "set the timer of a round", move |tx| {
            store::must_run(tx, room, own)?;
            let deadline = seconds.map(|seconds| tx.now() + i64::from(seconds) * 1_000);
            if store::set_deadline(tx, room, round, deadline)? {
                Ok(())
            } else {
                Err(AppError::conflict(NOT_OPEN))
            }
        })
        .await?;
    Ok(message.done(&app))
}
