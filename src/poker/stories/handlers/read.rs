//! Reading: one story with its rounds, and the room as a file.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::accounts::audit::{Note, What, keep};
use crate::app::App;
use crate::error::AppError;
use crate::poker::rules::view::{Table, View, Viewer, past, whole};
use crate::poker::seat::Seat;
use crate::poker::store::{Past, past_rounds};
use crate::poker::stories::pages;
use crate::poker::stories::rules::Report;
use crate::poker::{live, store};
use crate::sheet::{Separator, to_csv};
use crate::units::ids::{ParticipantId, StoryId};
use crate::web::{Client, Path, attachment};

/// How many rounds of one story are shown, the newest first.
const OF_A_STORY: i64 = 50;
/// How many rounds of a room leave it as a file.
const OF_A_ROOM: i64 = 5_000;

/// `GET /poker/{link}/stories/{id}`: what a story says, and every round about it.
pub(crate) async fn show_story(
    State(app): State<App>,
    seat: Seat,
    Path((_, id)): Path<(String, StoryId)>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let asked = Past {
        story: Some(id),
        before: None,
        most: OF_A_STORY,
    };
    let (view, rounds) = looked_back(&app, &seat, seat.viewer(), asked).await?;
    let mut stories = view.stories.iter();
    let story = stories.find(|story| story.id == id).ok_or(AppError::NotFound)?;
    let content = pages::story_page(&seat, &view, story, &rounds, &app.clock);
    Ok(pages::shown(&app, &seat, &headers, &story.name, &content))
}

/// A room and rounds of it as somebody may see them, both of one moment.
async fn looked_back(
    app: &App,
    seat: &Seat,
    own: Option<ParticipantId>,
    asked: Past,
) -> Result<(View, Vec<Table>), AppError> {
    let id = seat.table.id;
    let (room, rounds) = app
        .db
        .read(move |tx| {
            let room = store::load(tx, id)?.ok_or(AppError::NotFound)?;
            Ok::<_, AppError>((room, past_rounds(tx, id, asked)?))
        })
        .await?;
    let reader = Viewer::reader(own);
    Ok((whole(&room, &reader), past(&room, &rounds, &reader)))
}

/// `GET /poker/{link}/export`: the ways in which a room leaves the house.
pub(crate) async fn show_export(State(app): State<App>, seat: Seat, headers: HeaderMap) -> Response {
    let view = live::view(&app, &seat.table, seat.viewer());
    pages::shown(&app, &seat, &headers, "Export", &pages::export_page(&view))
}

/// `GET /poker/{link}/export/{file}`: `stories.csv`, `stories.json` or `stories.md`.
pub(crate) async fn export(
    State(app): State<App>,
    seat: Seat,
    client: Client,
    Path((_, file)): Path<(String, String)>,
) -> Result<Response, AppError> {
    let report = report(&app, &seat).await?;
    let answer = written(&app, &report, &file)?;
    // Written down here and not by the table of routes, which would write the address down: it opens the room.
    if let Some(visitor) = &seat.visitor {
        let about = format!("{file} of the poker room {}", seat.table.room().name);
        keep(&app, Note::of(What::Exported, visitor, client).about(about)).await;
    }
    Ok(answer)
}

/// What a room tells, as the file that is asked for.
fn written(app: &App, report: &Report, file: &str) -> Result<Response, AppError> {
    let name = |ending: &str| format!("stories-{}.{ending}", app.clock.today());
    let fault = |error: &dyn std::error::Error| AppError::Internal(error.to_string());
    match file {
        "stories.csv" => {
            let bytes = to_csv(&report.table(), Separator::Comma).map_err(|error| fault(&error))?;
            Ok(attachment(&name("csv"), "text/csv; charset=utf-8", bytes))
        }
        "stories.json" => {
            let bytes = serde_json::to_vec_pretty(report).map_err(|error| fault(&error))?;
            Ok(attachment(&name("json"), "application/json", bytes))
        }
        "stories.md" => Ok(attachment(
            &name("md"),
            "text/markdown; charset=utf-8",
            report.markdown().into_bytes(),
        )),
        _ => Err(AppError::NotFound),
    }
}

/// What of the room goes into a file: as somebody sees it who only reads, so that not even one's own open vote is in it.
pub(in crate::poker::stories) async fn report(app: &App, seat: &Seat) -> Result<Report, AppError> {
    let asked = Past {
        story: None,
        before: None,
        most: OF_A_ROOM,
    };
    let (view, rounds) = looked_back(app, seat, None, asked).await?;
    Ok(Report::of(&view, &rounds))
}
