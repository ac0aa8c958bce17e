//! From one story to the next, and what was agreed.
//!
//! Each message says as `roundId` which round its sender saw on the table; where another one lies there by now it is refused,
//! and nothing is done to what nobody meant.

use axum::extract::State;
use axum::response::Response;

use super::play::expected_in;
use crate::app::App;
use crate::error::AppError;
use crate::poker::rules::agree;
use crate::poker::rules::cards::Deck;
use crate::poker::seat::Message;
use crate::poker::store::{self, Agreement};
use crate::units::ids::StoryId;
use crate::web::Reader;

const NO_STORY: &str = "must be a story of this room";
/// How long the reason of an agreement is at most.
const NOTE: usize = 500;
/// For how long a room may ask over days, in hours.
const LONGEST: i64 = 60 * 24;

/// `POST /poker/{link}/rounds`: votes again about the same thing, in a round of its own. The earlier one stays as it is.
pub(crate) async fn vote_again(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let expected = expected_in(&message)?;
    let (room, own) = message.ids();
    message
        .act(&app, "vote again", move |tx| {
            store::must_run(tx, room, own)?;
            // A round over days is voted on again by everybody who is there now.
            let over_days = |room: &crate::poker::rules::room::Room| {
                let round = room.rounds.iter().find(|round| Some(round.id) == expected);
                round.filter(|round| round.asynchronous).map(|round| round.story)
            };
            let now = store::load(tx, room)?.ok_or(AppError::NotFound)?;
            let story = if let Some(story) = over_days(&now) {
                story
            } else {
                let room = store::room_at(tx, room, expected)?;
                room.live_round().and_then(|round| round.story)
            };
            store::choose(tx, &now, story)
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/story`: puts `storyId` on the table; a blank one asks for a vote about nothing that is written down.
pub(crate) async fn choose_story(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let expected = expected_in(&message)?;
    let mut reader = Reader::new(&message.fields);
    let story = reader.optional("storyId", |text| text.parse::<StoryId>().map_err(|_| NO_STORY));
    reader.finish(()).map_err(AppError::Invalid)?;
    let (room, own) = message.ids();
    message
        .act(&app, "choose a story", move |tx| {
            store::must_run(tx, room, own)?;
            let room = store::room_at(tx, room, expected)?;
            store::choose(tx, &room, story)
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/next`: goes on to the next story without an estimate.
pub(crate) async fn next_story(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let expected = expected_in(&message)?;
    let (room, own) = message.ids();
    message
        .act(&app, "go on to the next story", move |tx| {
            store::must_run(tx, room, own)?;
            let room = store::room_at(tx, room, expected)?;
            store::next(tx, &room)
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/skip`: passes over the story on the table, and goes on.
pub(crate) async fn skip_story(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let expected = expected_in(&message)?;
    let (room, own) = message.ids();
    message
        .act(&app, "pass over a story", move |tx| {
            store::must_run(tx, room, own)?;
            let room = store::room_at(tx, room, expected)?;
            store::skip(tx, &room)
        })
        .await?;
    Ok(message.done(&app))
}

fn story_in(reader: &mut Reader<'_>) -> StoryId {
    let story = reader.required("storyId", NO_STORY);
    story.unwrap_or(StoryId(0))
}

/// `POST /poker/{link}/accept`: keeps what was agreed about `storyId`: `estimate`, a card or a number, and a `note` why.
pub(crate) async fn accept(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let expected = expected_in(&message)?;
    let mut reader = Reader::new(&message.fields);
    let story = story_in(&mut reader);
    let note = reader.line("note", NOTE);
    let room = message.seat.table.room();
    // The cards of a round never change, so they may be read before the write.
    let deck: &Deck = store::round_about(&room, story).map_or(&room.deck, |round| &round.deck);
    let (estimate, points) = agree::estimate(deck, message.fields.text("estimate")).unwrap_or_else(|fault| {
        reader.fault("estimate", fault);
        (String::new(), None)
    });
    let agreed = Agreement {
        estimate,
        points,
        note,
        by: message.seat.name.clone(),
    };
    let agreed = reader.finish(agreed).map_err(AppError::Invalid)?;
    let (room, own) = message.ids();
    message
        .act(&app, "accept an estimate", move |tx| {
            store::must_run(tx, room, own)?;
            let room = store::load(tx, room)?.ok_or(AppError::NotFound)?;
            room.story(story)
                .ok_or_else(|| AppError::field("storyId", NO_STORY))?;
            store::accept(tx, &room, (story, expected), &agreed)
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/reopen`: takes back what was agreed about `storyId`, or that it was passed over.
pub(crate) async fn reopen(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let mut reader = Reader::new(&message.fields);
    let story = story_in(&mut reader);
    reader.finish(()).map_err(AppError::Invalid)?;
    let (room, own) = message.ids();
    message
        .act(&app, "take an estimate back", move |tx| {
            store::must_run(tx, room, own)?;
            store::reopen(tx, room, story)
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/asynchronous`: asks about every open story over days, `until` a moment such as `2026-11-20T17:00`, or
/// for so many `hours`.
pub(crate) async fn ask_over_days(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let mut reader = Reader::new(&message.fields);
    let now = app.clock.now();
    let hours = reader.optional("hours", |text| {
        let hours = text
            .parse::<i64>()
            .ok()
            .filter(|hours| (1..=LONGEST).contains(hours));
        hours.ok_or("must be a number of hours from 1 to 1440")
    });
    let until = reader.optional("until", |text| {
        let until = app.clock.moment(text);
        let ahead = until.filter(|until| *until > now && *until <= now + LONGEST * 3_600_000);
        ahead.ok_or("must be a moment within the next 60 days, such as 2026-11-20T17:00")
    });
    let until = until.or_else(|| hours.map(|hours| now + hours * 3_600_000));
    if until.is_none() && reader.fields().text("until").trim().is_empty() && !reader.fields().has("hours") {
        reader.fault("until", "say until when votes are taken");
    }
    reader.finish(()).map_err(AppError::Invalid)?;
    let until = until.ok_or_else(|| AppError::field("until", "say until when votes are taken"))?;
    let (room, own) = message.ids();
    message
        .act(&app, "ask over days", move |tx| {
            store::must_run(tx, room, own)?;
            let room = store::load(tx, room)?.ok_or(AppError::NotFound)?;
            store::ask_over_days(tx, &room, until)
        })
        .await?;
    Ok(message.done(&app))
}
