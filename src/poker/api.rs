//! Rooms for programs.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::{RoundsJson, rooms, rounds};
use super::live;
use super::rules::view::View;
use super::seat::Seat;
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::web::{Json, Page, PageOf, Taker};

/// A room in the list of all.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomJson {
    /// What stands in its address: `/poker/{link}`.
    link: String,
    name: String,
    /// Who made it.
    owner: String,
    owner_id: i64,
    /// In milliseconds since 1970.
    made_at: i64,
    /// In milliseconds since 1970; none while it is played in.
    ended_at: Option<i64>,
    /// How many stories it has.
    stories: i64,
    /// For how many of them something was agreed.
    agreed: i64,
}

/// Every room, those that are played in first, the newest first. Of what was voted it tells nothing.
#[utoipa::path(
    get,
    path = "/api/v1/poker",
    params(("after" = Option<i64>, Query), ("limit" = Option<i64>, Query)),
    responses((status = 200, body = Page<RoomJson>))
)]
pub(crate) async fn list_rooms(
    State(app): State<App>,
    page: PageOf,
) -> Result<Json<Page<RoomJson>>, AppError> {
    let found = rooms::find(&app, "", page).await?;
    Ok(Json(found.page.map(|room| RoomJson {
        link: room.link,
        name: room.name,
        owner: room.owner,
        owner_id: room.owner_id.0,
        made_at: room.made_at,
        ended_at: room.ended_at,
        stories: room.stories,
        agreed: room.agreed,
    })))
}

/// What stands in a new room's address.
#[derive(Serialize, ToSchema)]
pub struct MadeRoomJson {
    /// `/poker/{link}` is where people come in, `/api/v1/poker/{link}` what the room looks like to a program.
    link: String,
}

/// Makes a room. Every field of the settings may be sent, and none must be: `name`, `deck`, `cards`, `project`, `department`,
/// `runs`, `autoReveal`, `anonymous`, `lateVoters`, `openDiscussion`, `guests`, `timer`.
#[utoipa::path(
    post,
    path = "/api/v1/poker",
    request_body = Object,
    responses((status = 201, body = MadeRoomJson))
)]
pub(crate) async fn add_room(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let link = rooms::add(&app, &visitor, &fields).await?;
    let at = format!("/api/v1/poker/{link}");
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, at)],
        Json(MadeRoomJson { link }),
    )
        .into_response())
}

/// A room, as the account that asks may see it. It has to be in the room: opening its link comes in.
#[utoipa::path(
    get,
    path = "/api/v1/poker/{link}",
    params(("link" = String, Path)),
    responses((status = 200, body = View), (status = 403), (status = 404))
)]
pub(crate) async fn show_room(
    State(app): State<App>,
    seat: Seat,
    taker: Taker,
) -> Result<Response, AppError> {
    live::seen(&app, &seat.table, seat.viewer()).json(taker.packs())
}

/// Every round of a room, the newest first, with its votes where they lie open to the account that asks.
#[utoipa::path(
    get,
    path = "/api/v1/poker/{link}/rounds",
    params(
        ("link" = String, Path),
        ("story" = Option<i64>, Query, description = "Only rounds about this story"),
        ("before" = Option<i64>, Query, description = "What `next` said")
    ),
    responses((status = 200, body = RoundsJson), (status = 403), (status = 404))
)]
pub(crate) async fn list_rounds(
    State(app): State<App>,
    seat: Seat,
    RawQuery(query): RawQuery,
) -> Result<Json<RoundsJson>, AppError> {
    rounds(&app, &seat, query.as_deref()).await.map(Json)
}
