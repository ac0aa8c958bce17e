//! The list of rooms, and a new one.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::poker::rules::cards::Deck;
use crate::poker::rules::room::Options;
use crate::poker::store::NewRoom;
use crate::poker::{pages, store};
use crate::units::ids::RoomId;
use crate::web::outermost::random_key;

/// `GET /poker`: every room.
pub(crate) async fn list_rooms(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let rooms = app.db.read(store::summaries).await?;
    Ok(pages::list(&visitor.frame(&app), &app.clock, &rooms).into_response())
}

/// `POST /poker`: makes a room with the usual cards and leads into it, with a round to vote in.
pub(crate) async fn add_room(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(_): KeyedForm,
) -> Result<Response, AppError> {
    let room = NewRoom {
        link: random_key()?,
        name: format!("{}’s room", visitor.name),
        owner: visitor.account,
        deck: Deck::default(),
        options: Options::default(),
    };
    let (link, name) = (room.link.clone(), visitor.name.clone());
    let owner = visitor.account;
    app.db
        .write(app.gesture(&visitor, "make a poker room"), move |tx| {
            let id: RoomId = store::add_room(tx, &room)?;
            store::add_participant(tx, id, Some(owner), (&name, false, true))?;
            let made = store::load(tx, id)?.ok_or(AppError::NotFound)?;
            store::open_round(tx, &made, None)?;
            Ok::<_, AppError>(())
        })
        .await?;
    Ok(Redirect::to(&format!("/poker/{link}")).into_response())
}
