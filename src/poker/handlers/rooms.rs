//! The list of rooms, and a new one.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::accounts::{Access, KeyedForm, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::poker::rules::cards::Deck;
use crate::poker::rules::room::Options;
use crate::poker::store::NewRoom;
use crate::poker::{pages, store};
use crate::units::ids::RoomId;
use crate::web::Query;
use crate::web::outermost::random_key;

/// What the list is asked for.
#[derive(serde::Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
}

/// `GET /poker`: every room, or those whose name holds what is asked for.
pub(crate) async fn list_rooms(
    State(app): State<App>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let mut rooms = app.db.read(store::summaries).await?;
    let (all, q) = (rooms.len(), asked.q.trim().to_owned());
    let wanted = q.to_lowercase();
    rooms.retain(|room| room.name.to_lowercase().contains(&wanted));
    let shown = pages::Rooms {
        rooms: &rooms,
        all,
        here: &|link| app.poker.here(link, app.clock.now()),
        q: &q,
    };
    let may_make = visitor.access >= Access::Member;
    Ok(pages::list(&visitor.frame(&app), &app.clock, &shown, may_make).into_response())
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
