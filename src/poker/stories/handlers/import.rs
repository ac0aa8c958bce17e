//! Bringing many stories at once: read, looked at, and added in one write.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::{back, must_run};
use crate::app::App;
use crate::error::{AppError, FieldError};
use crate::exchange::{read_text, receive_within};
use crate::poker::live;
use crate::poker::seat::Seat;
use crate::poker::stories::rules::{Field, Planned, plan, plan_table};
use crate::poker::stories::{pages, store};
use crate::ui::FormState;
use crate::units::{fold, text};
use crate::web::{Fields, Path};

/// How many bytes of stories are taken at once: five hundred with long descriptions are less.
const LIMIT: usize = 4 << 20;
const TITLE: &str = "Add stories";

/// `GET /poker/{link}/stories/import`: pasting, or choosing a file.
pub(crate) async fn show_import(
    State(app): State<App>,
    seat: Seat,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    must_run(&seat)?;
    let content = pages::import_start(&seat, &FormState::default());
    Ok(pages::shown(&app, &seat, &headers, TITLE, &content))
}

/// What was brought.
struct Given {
    fields: Fields,
    /// The name of the file; blank where it was pasted.
    name: String,
    text: String,
}

/// `POST /poker/{link}/stories/import`: `text` or `file`. Shows what that would do; adds it with `confirm=yes`. Plain lines
/// with which nothing is wrong are added at once.
pub(crate) async fn import(
    State(app): State<App>,
    seat: Seat,
    Path(link): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, AppError> {
    must_run(&seat)?;
    let given = match taken(&seat, &headers, request).await? {
        Ok(given) => given,
        Err(state) => return Ok(refused(&app, &seat, &headers, &state)),
    };
    let (fields, name, text) = (given.fields, given.name, given.text);
    if fields.has("again") {
        let state = FormState::with(&[("text", text)]);
        let content = pages::import_start(&seat, &state);
        return Ok(pages::shown(&app, &seat, &headers, TITLE, &content));
    }
    let is_file = !name.is_empty();
    let planned = plan_for(&seat, text.clone(), is_file, choices(&fields)).await?;
    let planned = match planned {
        Ok(planned) => planned,
        Err(reason) => {
            let field = if is_file { "file" } else { "text" };
            let kept = FormState::with(&[("text", if is_file { String::new() } else { text })]);
            let state = FormState::again(kept.values, vec![FieldError::new(field, reason)]);
            return Ok(refused(&app, &seat, &headers, &state));
        }
    };
    if fields.text("confirm") == "yes" && planned.counts().0 > 0 || is_plain(&planned) {
        add_new(&app, &seat, &planned).await?;
        return Ok(back(&link, None));
    }
    let content = pages::import_preview(&seat, &planned, (&name, &text));
    Ok(pages::shown(&app, &seat, &headers, TITLE, &content))
}

/// What a text would bring to the room.
///
/// # Errors
/// Whatever went wrong with us; inside is why nothing of it can come in.
pub(in crate::poker::stories) async fn plan_for(
    seat: &Seat,
    text: String,
    is_file: bool,
    choices: Vec<(usize, Option<Field>)>,
) -> Result<Result<Planned, String>, AppError> {
    let room = seat.table.room();
    let there: Vec<String> = room.stories.iter().map(|story| fold(&story.reference)).collect();
    // Thousands of lines take a while, and others are at the table.
    let planned = tokio::task::spawn_blocking(move || {
        if is_file {
            plan_table(&text, &choices, &there)
        } else {
            plan(&text, &choices, &there)
        }
    });
    planned
        .await
        .map_err(|error| AppError::Internal(error.to_string()))
}

/// Lines of which all come in, and nothing is to be said of any.
fn is_plain(planned: &Planned) -> bool {
    let (new, there, faulty) = planned.counts();
    planned.columns.is_none() && new > 0 && there + faulty == 0
}

/// Adds what comes in, in one write. What somebody else has added meanwhile is there already.
pub(in crate::poker::stories) async fn add_new(
    app: &App,
    seat: &Seat,
    planned: &Planned,
) -> Result<(), AppError> {
    let drafts = planned.drafts();
    let (room, own, by) = (seat.table.id, seat.own, seat.name.clone());
    live::act(app, &seat.table, seat.gesture(app, "add stories"), move |tx| {
        store::must_change(tx, room, own)?;
        let there = store::references(tx, room)?;
        let is_new = |reference: &str| reference.is_empty() || !there.contains(&fold(reference));
        let drafts: Vec<_> = drafts
            .iter()
            .filter(|draft| is_new(&draft.reference))
            .cloned()
            .collect();
        store::add_stories(tx, room, &drafts, &by)
    })
    .await?;
    Ok(())
}

/// What the request brings; or the form to show again, where it brings nothing that can be read.
async fn taken(
    seat: &Seat,
    headers: &HeaderMap,
    request: Request,
) -> Result<Result<Given, FormState>, AppError> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        return Err(AppError::UnsupportedType("a form as multipart/form-data"));
    }
    let received = receive_within(request, LIMIT).await?;
    seat.must_hold(headers, &received.fields)?;
    let pasted = received.fields.text("text").to_owned();
    let Some((name, bytes)) = received.file else {
        let name = received.fields.text("name").to_owned();
        return Ok(Ok(Given {
            name,
            text: pasted,
            fields: received.fields,
        }));
    };
    let name = text::line(&name, 200).unwrap_or_default();
    let name = if name.is_empty() {
        "The file".to_owned()
    } else {
        name
    };
    let read = match read_text(&name, &bytes) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err("is a workbook; save the table as CSV and bring that".to_owned()),
        Err(fault) => Err(fault.to_string()),
    };
    Ok(match read {
        Ok(text) => Ok(Given {
            fields: received.fields,
            name,
            text,
        }),
        Err(reason) => {
            let kept = FormState::with(&[("text", pasted)]);
            Err(FormState::again(
                kept.values,
                vec![FieldError::new("file", reason)],
            ))
        }
    })
}

/// What a person has said about the columns: `column-3=name`, and `-` for one that is not used.
fn choices(fields: &Fields) -> Vec<(usize, Option<Field>)> {
    let places = fields.names().filter_map(|name| {
        let place: usize = name.strip_prefix("column-")?.parse().ok()?;
        Some((place, Field::parse(fields.text(name))))
    });
    places.collect()
}

fn refused(app: &App, seat: &Seat, headers: &HeaderMap, state: &FormState) -> Response {
    let content = pages::import_start(seat, state);
    let mut response = pages::shown(app, seat, headers, TITLE, &content);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}
