//! Who is in a room, and as what.

use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::error::AppError;
use crate::poker::rules::room::PutOut;
use crate::poker::seat::Message;
use crate::poker::store;
use crate::units::ids::ParticipantId;
use crate::web::{Path, Reader};

/// How long a name is at most.
const NAME: usize = 80;

/// `POST /poker/{link}/role`: `role` is `voter` or `spectator`. It is remembered for this room.
pub(crate) async fn set_role(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let watches = match message.fields.text("role") {
        "voter" => false,
        "spectator" => true,
        _ => return Err(AppError::field("role", "must be voter or spectator")),
    };
    let (room, own) = message.ids();
    message
        .act(&app, "change between voting and watching", move |tx| {
            Ok(store::set_spectator(tx, room, own, watches)?)
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/name`: under which `name` others see one in this room.
pub(crate) async fn rename(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let mut reader = Reader::new(&message.fields);
    let name = reader.line("name", NAME);
    if name.is_empty() {
        reader.fault("name", "say under which name the others see you");
    }
    let name = reader.finish(name).map_err(AppError::Invalid)?;
    let (room, own) = message.ids();
    message
        .act(&app, "change a name in a poker room", move |tx| {
            Ok(store::rename(tx, room, own, &name)?)
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/people/{id}/out`: puts somebody out; with `ban` they may not come back.
pub(crate) async fn put_out(
    State(app): State<App>,
    Path((_, who)): Path<(String, ParticipantId)>,
    message: Message,
) -> Result<Response, AppError> {
    let how = if Reader::new(&message.fields).flag("ban") {
        PutOut::Banned
    } else {
        PutOut::Kicked
    };
    let (room, own) = message.ids();
    if who == own {
        return Err(AppError::Forbidden("You leave by closing the page."));
    }
    message
        .act(&app, "put somebody out of a poker room", move |tx| {
            store::must_facilitate(tx, room, own)?;
            store::put_out(tx, room, who, how)
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/people/{id}/back`: lets somebody come back who was put out for good.
pub(crate) async fn forgive(
    State(app): State<App>,
    Path((_, who)): Path<(String, ParticipantId)>,
    message: Message,
) -> Result<Response, AppError> {
    let (room, own) = message.ids();
    message
        .act(&app, "let somebody back into a poker room", move |tx| {
            store::must_facilitate(tx, room, own)?;
            store::forgive(tx, room, who)
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/people/{id}/facilitator`: somebody runs the room too, or with `on=no` not any more.
pub(crate) async fn set_facilitator(
    State(app): State<App>,
    Path((_, who)): Path<(String, ParticipantId)>,
    message: Message,
) -> Result<Response, AppError> {
    let facilitates = Reader::new(&message.fields).flag("on");
    let (room, own) = message.ids();
    message
        .act(&app, "say who runs a poker room", move |tx| {
            store::must_facilitate(tx, room, own)?;
            store::set_facilitator(tx, room, who, facilitates)
        })
        .await?;
    Ok(message.done(&app))
}

const NOT_YET: AppError = AppError::Forbidden(
    "The room is taken over by whoever with an account is there longest, a minute after the last facilitator has left.",
);

/// `POST /poker/{link}/claim`: takes over a room that nobody runs who is there. Whose room it is runs it all the same when they
/// come back.
pub(crate) async fn claim(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let (room, own) = message.ids();
    if message.seat.table.heir(app.clock.now()) != Some(own) {
        return Err(NOT_YET);
    }
    message
        .act(&app, "take over a poker room", move |tx| {
            store::set_facilitator(tx, room, own, true)
        })
        .await?;
    let account = message.seat.visitor.as_ref().map(|visitor| visitor.account.0);
    tracing::info!(
        room = room.0,
        account,
        "a poker room without a facilitator was taken over"
    );
    Ok(message.done(&app))
}
