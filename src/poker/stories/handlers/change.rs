//! Adding, changing, skipping, removing and moving stories.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::{back, find, must_run};
use crate::app::App;
use crate::error::AppError;
use crate::poker::live;
use crate::poker::seat::{Seat, SeatForm};
use crate::poker::stories::rules::order::To;
use crate::poker::stories::rules::{StoryDraft, read_draft};
use crate::poker::stories::{pages, store};
use crate::ui::FormState;
use crate::units::ids::StoryId;
use crate::web::{Fields, Path, Reader, is_fragment};

/// `GET /poker/{link}/stories/new`: the form of a new story.
pub(crate) async fn new_story(
    State(app): State<App>,
    seat: Seat,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    must_run(&seat)?;
    let (title, content) = pages::story_form(&seat, None, &FormState::default());
    Ok(pages::shown(&app, &seat, &headers, title, &content))
}

/// `POST /poker/{link}/stories`: adds one at the end.
pub(crate) async fn add_story(
    State(app): State<App>,
    seat: Seat,
    Path(link): Path<String>,
    headers: HeaderMap,
    SeatForm(fields): SeatForm,
) -> Result<Response, AppError> {
    must_run(&seat)?;
    let draft = match drafted(&fields) {
        Ok(draft) => draft,
        Err(errors) => {
            return Ok(refused(
                &app,
                &seat,
                &headers,
                None,
                &FormState::again(fields, errors),
            ));
        }
    };
    add(&app, &seat, "add a story", vec![draft]).await?;
    if fields.has("another") && is_fragment(&headers) {
        // The dialog stays, and is empty again.
        let (title, content) = pages::story_form(&seat, None, &FormState::default());
        return Ok(pages::shown(&app, &seat, &headers, title, &content));
    }
    if fields.has("another") {
        return Ok(Redirect::to(&format!("/poker/{link}/stories/new")).into_response());
    }
    Ok(back(&link, None))
}

/// `GET /poker/{link}/stories/{id}/edit`: the form of a story.
pub(crate) async fn edit_story(
    State(app): State<App>,
    seat: Seat,
    Path((_, id)): Path<(String, StoryId)>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    must_run(&seat)?;
    let state = FormState::with(&StoryDraft::values(find(&seat.table.room(), id)?));
    let (title, content) = pages::story_form(&seat, Some(id), &state);
    Ok(pages::shown(&app, &seat, &headers, title, &content))
}

/// `POST /poker/{link}/stories/{id}`: makes a story say something else.
pub(crate) async fn change_story(
    State(app): State<App>,
    seat: Seat,
    Path((link, id)): Path<(String, StoryId)>,
    headers: HeaderMap,
    SeatForm(fields): SeatForm,
) -> Result<Response, AppError> {
    must_run(&seat)?;
    find(&seat.table.room(), id)?;
    let draft = match drafted(&fields) {
        Ok(draft) => draft,
        Err(errors) => {
            let state = FormState::again(fields, errors);
            return Ok(refused(&app, &seat, &headers, Some(id), &state));
        }
    };
    let (room, own) = (seat.table.id, seat.own);
    live::act(
        &app,
        &seat.table,
        seat.gesture(&app, "change a story"),
        move |tx| {
            store::must_change(tx, room, own)?;
            store::change_story(tx, room, id, &draft)
        },
    )
    .await?;
    Ok(back(&link, Some(id)))
}

/// Adds stories at the end, in one write.
pub(in crate::poker::stories) async fn add(
    app: &App,
    seat: &Seat,
    label: &str,
    drafts: Vec<StoryDraft>,
) -> Result<Vec<StoryId>, AppError> {
    let (room, own, by) = (seat.table.id, seat.own, seat.name.clone());
    live::act(app, &seat.table, seat.gesture(app, label), move |tx| {
        store::must_change(tx, room, own)?;
        store::add_stories(tx, room, &drafts, &by)
    })
    .await
}

/// What was sent of a story, or what is wrong with it.
pub(in crate::poker::stories) fn drafted(
    fields: &Fields,
) -> Result<StoryDraft, Vec<crate::error::FieldError>> {
    let mut reader = Reader::new(fields);
    let draft = read_draft(&mut reader);
    reader.finish(draft)
}

fn refused(
    app: &App,
    seat: &Seat,
    headers: &HeaderMap,
    existing: Option<StoryId>,
    state: &FormState,
) -> Response {
    let (title, content) = pages::story_form(seat, existing, state);
    let mut response = pages::shown(app, seat, headers, title, &content);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

/// `POST /poker/{link}/stories/{id}/skip`: passes over a story, or with `skipped=no` puts it back.
pub(crate) async fn skip_story(
    State(app): State<App>,
    seat: Seat,
    Path((link, id)): Path<(String, StoryId)>,
    SeatForm(fields): SeatForm,
) -> Result<Response, AppError> {
    let skipped = fields.text("skipped") != "no";
    let (room, own) = (seat.table.id, seat.own);
    live::act(&app, &seat.table, seat.gesture(&app, "skip a story"), move |tx| {
        store::must_change(tx, room, own)?;
        store::skip_story(tx, room, id, skipped)
    })
    .await?;
    Ok(back(&link, Some(id)))
}

/// `POST /poker/{link}/stories/{id}/remove`: takes a story off the list; one that was voted on is skipped instead.
pub(crate) async fn remove_story(
    State(app): State<App>,
    seat: Seat,
    Path((link, id)): Path<(String, StoryId)>,
    SeatForm(_): SeatForm,
) -> Result<Response, AppError> {
    let (room, own) = (seat.table.id, seat.own);
    live::act(
        &app,
        &seat.table,
        seat.gesture(&app, "remove a story"),
        move |tx| {
            store::must_change(tx, room, own)?;
            store::remove_story(tx, room, id)
        },
    )
    .await?;
    Ok(back(&link, None))
}

/// `POST /poker/{link}/stories/{id}/move`: `to` is `up`, `down` or `end`; or `before` names a story of the room.
pub(crate) async fn move_story(
    State(app): State<App>,
    seat: Seat,
    Path((link, id)): Path<(String, StoryId)>,
    SeatForm(fields): SeatForm,
) -> Result<Response, AppError> {
    let mut reader = Reader::new(&fields);
    let before = reader.id::<StoryId>("before");
    let to = match (before, fields.text("to")) {
        (Some(before), _) => Some(To::Before(before)),
        (None, "up") => Some(To::Up),
        (None, "down") => Some(To::Down),
        (None, "end") => Some(To::End),
        (None, _) => {
            reader.fault("to", "must be up, down or end");
            None
        }
    };
    let to = reader.finish(to).map_err(AppError::Invalid)?;
    let to = to.ok_or(AppError::NotFound)?;
    let (room, own) = (seat.table.id, seat.own);
    live::act(&app, &seat.table, seat.gesture(&app, "move a story"), move |tx| {
        store::must_change(tx, room, own)?;
        store::move_story(tx, room, id, to)
    })
    .await?;
    Ok(back(&link, Some(id)))
}
