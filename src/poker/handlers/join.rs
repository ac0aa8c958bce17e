//! Coming in: somebody with an account is let in by the link, a guest says a name first.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Uri, header};

use super::beside::drawn;
use crate::accounts::Visitor;
use crate::app::App;
use crate::db::{Actor, Gesture};
use crate::error::AppError;
use crate::poker::rules::room::Room;
use crate::poker::seat::{guest_cookie, seat};
use crate::poker::{live, pages, store};
use crate::ui::FormState;
use crate::web::{Fields, Path, Reader};

/// `GET /poker/{link}`: the room, or the door to it.
pub(crate) async fn show_room(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let visitor = visitor.map(|Extension(visitor)| visitor);
    if let Some(seat) = seat(&app, uri.path(), &headers, visitor.as_ref()).await? {
        return Ok(drawn(&app, &seat, &headers, pages::room));
    }
    let link = crate::poker::link_in(uri.path()).ok_or(AppError::NotFound)?;
    let table = app.poker.at(&app.db, link).await?;
    let room = table.room();
    let Some(visitor) = visitor.filter(|visitor| !visitor.is_stranger()) else {
        return Ok(door_of(&room, None).into_response());
    };
    if room.has_passcode || room.by_account(visitor.account).is_some() {
        return Ok(door_of(&room, Some(&visitor.form_key)).into_response());
    }
    let (id, name, account) = (room.id, visitor.name.clone(), visitor.account);
    let gesture = app.gesture(&visitor, "come into a poker room");
    live::act(&app, &table, gesture, move |tx| {
        store::add_participant(tx, id, Some(account), (&name, false, false))
    })
    .await?;
    let seat = seat(&app, uri.path(), &headers, Some(&visitor)).await?;
    seat.map_or(Err(AppError::NotFound), |seat| {
        Ok(drawn(&app, &seat, &headers, pages::room))
    })
}

fn door_of(room: &Room, key: Option<&str>) -> maud::Markup {
    let shut = if room.ended_at.is_some() {
        Some("This room has ended.")
    } else if key.is_none() && !room.options.guests {
        Some("This room takes no guests. Sign in first, then open its link again.")
    } else {
        None
    };
    let door = pages::Door {
        link: &room.link,
        name: &room.name,
        key,
        passcode: room.has_passcode,
        shut,
    };
    pages::door(&door, &FormState::default())
}

/// `POST /poker/{link}/join`: a guest comes in under a name.
pub(crate) async fn join(
    State(app): State<App>,
    Path(link): Path<String>,
    fields: Fields,
) -> Result<Response, AppError> {
    let table = app.poker.at(&app.db, &link).await?;
    let room = table.room();
    if !room.options.guests || room.has_passcode || room.ended_at.is_some() {
        return Err(AppError::Forbidden(
            "This room takes no guests. Sign in first, then open its link again.",
        ));
    }
    let mut reader = Reader::new(&fields);
    let watches = reader.flag("spectator");
    let name = reader.name("name");
    let name = reader.finish(name).map_err(AppError::Invalid)?;
    let id = room.id;
    let gesture = Gesture {
        actor: Actor {
            account: None,
            name: format!("{name} (guest)"),
        },
        label: "come into a poker room".to_owned(),
        at: app.clock.now(),
    };
    let own = live::act(&app, &table, gesture, move |tx| {
        store::add_participant(tx, id, None, (&name, watches, false))
    })
    .await?;
    let mut response = Redirect::to(&format!("/poker/{link}")).into_response();
    if let Some(cookie) = guest_cookie(&app, &room, own) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
