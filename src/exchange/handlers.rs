//! Import in three steps: choose a file, look at what it would do, import it; and exports.

mod exports;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::columns::{Field, What};
use super::pages;
use super::read::{Choice, Options};
use super::table::Cell;
use super::uploads::{Ready, State as Stage, Upload};
use super::work;
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::db;
use crate::error::{AppError, FieldError};
use crate::sheet::{Column, Separator, Shape, Table, to_csv};
use crate::ui::{self, FormState};
use crate::web::outermost::random_key;
use crate::web::{Fields, Json, Path, key_in, must_be_keyed};

pub(super) use exports::answer as answer_export;
pub(crate) use exports::export;

/// How long an answer waits for work that may be quickly done, before it shows progress instead.
const PATIENCE: Duration = Duration::from_millis(800);
/// And how long the page of a file waits on top, after a form has waited.
const GLANCE: Duration = Duration::from_millis(150);
/// For how long after an import its page offers Undo of itself, in milliseconds.
const JUST_NOW: i64 = 30_000;

/// `GET /import`: choose a file; and what can be exported.
pub(crate) async fn show_start(State(app): State<App>, visitor: Visitor) -> Response {
    start_page(&app, &visitor, &FormState::default()).into_response()
}

fn start_page(app: &App, visitor: &Visitor, state: &FormState) -> maud::Markup {
    let book = app.book();
    pages::start(
        &visitor.frame(app),
        state,
        app.config.upload_limit >> 20,
        book.plan.people.is_empty(),
        app.clock.today(),
    )
}

/// `POST /import`: takes a file and shows what it would do, or how far reading it has come.
pub(crate) async fn upload(
    State(app): State<App>,
    visitor: Visitor,
    request: Request,
) -> Result<Response, AppError> {
    let shown = key_in(request.headers()).map(str::to_owned);
    let (received, place) = work::take_in(&app, request).await?;
    must_be_keyed(shown.as_deref(), &received.fields, &visitor.form_key)?;
    let Some((name, bytes)) = received.file else {
        return Ok(refused(&app, &visitor, received.fields, "choose a file first"));
    };
    let name = super::file_label(&name);
    let upload = Upload::new(random_key()?, visitor.account, name, app.clock.now(), bytes);
    let upload = Arc::new(upload);
    app.uploads.keep(&upload)?;
    let options = Options {
        what: What::from_key(received.fields.text("what")),
        ..Options::default()
    };
    work::begin_reading(&app, place, &upload, options, &visitor);
    if let Stage::Failed(reason) = upload.settled(PATIENCE).await {
        app.uploads.forget(&upload.key);
        return Ok(refused(&app, &visitor, received.fields, &reason));
    }
    Ok(Redirect::to(&format!("/import/{}", upload.key)).into_response())
}

fn refused(app: &App, visitor: &Visitor, fields: Fields, reason: &str) -> Response {
    let state = FormState::again(fields, vec![FieldError::new("file", reason)]);
    let page = start_page(app, visitor, &state);
    ui::refused(page)
}

fn find(app: &App, visitor: &Visitor, key: &str) -> Result<Arc<Upload>, AppError> {
    let found = app.uploads.find(key, visitor.account, app.clock.now());
    found.ok_or(AppError::NotFound)
}

/// `GET /import/{key}`: what a file would do, how far the work on it has come, or what it did.
pub(crate) async fn show_upload(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, AppError> {
    let upload = find(&app, &visitor, &key)?;
    let mut frame = visitor.frame(&app);
    Ok(match upload.settled(GLANCE).await {
        busy @ (Stage::Reading | Stage::Writing(_)) => {
            let progress = progress_of(&upload, &busy);
            let page = pages::progress(&frame, &upload.name, &upload.key, &progress);
            // Without a script the page asks again by itself.
            let again = [(
                header::HeaderName::from_static("refresh"),
                HeaderValue::from_static("2"),
            )];
            (again, page).into_response()
        }
        Stage::Failed(reason) => {
            let state = FormState::again(Fields::default(), vec![FieldError::new("file", reason)]);
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                start_page(&app, &visitor, &state),
            )
                .into_response()
        }
        Stage::Ready(ready) => {
            let ready = newest(&app, &visitor, &upload, ready).await?;
            pages::preview(&frame, &upload.name, &upload.key, &ready).into_response()
        }
        Stage::Done(done) => {
            let undone = match done.change_set {
                Some(id) => app.db.read(move |tx| db::is_undone(tx, id)).await?,
                None => false,
            };
            if let Some(id) = done.change_set
                && !undone
                && app.clock.now() < done.at + JUST_NOW
            {
                frame.said = Some((format!("Imported {}.", done.summary), Some(id.0)));
            }
            pages::done(&frame, &upload.name, &done, undone).into_response()
        }
    })
}

/// What is shown is compared with the plan as it is now, not as it was when the file came.
async fn newest(app: &App, visitor: &Visitor, upload: &Upload, ready: Ready) -> Result<Ready, AppError> {
    if app.book().revision == ready.planned.revision {
        return Ok(ready);
    }
    let planned = Arc::new(work::compare(app, &ready.reading, visitor).await?);
    let ready = Ready {
        planned,
        notice: None,
        ..ready
    };
    upload.renew(&ready);
    Ok(ready)
}

/// How far the work on a file has come.
#[derive(Serialize)]
pub(crate) struct Progress {
    /// `reading`, `importing` or `ready`.
    pub(crate) state: &'static str,
    /// Rows so far.
    pub(crate) rows: u64,
    /// Of how many, where that is known.
    pub(crate) of: Option<u64>,
}

fn progress_of(upload: &Upload, state: &Stage) -> Progress {
    Progress {
        state: match state {
            Stage::Reading => "reading",
            Stage::Writing(_) => "importing",
            Stage::Failed(_) | Stage::Ready(_) | Stage::Done(_) => "ready",
        },
        rows: upload.progress.rows(),
        of: upload.progress.of(),
    }
}

/// `GET /import/{key}/progress`: the same for the page's script.
pub(crate) async fn show_progress(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Json<Progress>, AppError> {
    let upload = find(&app, &visitor, &key)?;
    Ok(Json(progress_of(&upload, &upload.state())))
}

/// `POST /import/{key}/columns`: reads the file again with columns as the visitor has put them right.
pub(crate) async fn choose_columns(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
    KeyedForm(fields): KeyedForm,
) -> Result<Redirect, AppError> {
    let upload = find(&app, &visitor, &key)?;
    let place = app.uploads.place()?;
    if let Stage::Ready(ready) = upload.state()
        && upload.begin_reading()
    {
        let what = What::from_key(fields.text("what")).unwrap_or(ready.reading.what);
        let choices = if what == ready.reading.what {
            choices(&fields)
        } else {
            // The choices were made among the fields of another kind of sheet.
            Vec::new()
        };
        // What was read before makes room for what is read now.
        drop(ready);
        let options = Options {
            what: Some(what),
            choices,
            ..Options::default()
        };
        work::begin_reading(&app, place, &upload, options, &visitor);
        upload.settled(PATIENCE).await;
    }
    Ok(Redirect::to(&format!("/import/{key}")))
}

/// `c-0-3=email`: the fourth column of the first sheet is the e-mail address; blank to leave it out.
fn choices(fields: &Fields) -> Vec<Choice> {
    let choice = |name: &str| {
        let (sheet, column) = name.strip_prefix("c-")?.split_once('-')?;
        Some(Choice {
            sheet: sheet.parse().ok()?,
            column: column.parse().ok()?,
            field: Field::from_key(fields.text(name)),
        })
    };
    fields.names().filter_map(choice).collect()
}

/// `POST /import/{key}`: imports what was looked at.
pub(crate) async fn import(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
    _form: KeyedForm,
) -> Result<Redirect, AppError> {
    let upload = find(&app, &visitor, &key)?;
    let place = app.uploads.place()?;
    if let Some(ready) = upload.begin_writing() {
        let gesture = app.gesture(&visitor, &ready.planned.label(&upload.name));
        work::begin_import(&app, place, (visitor, gesture), &upload, ready);
        upload.settled(PATIENCE).await;
    }
    Ok(Redirect::to(&format!("/import/{key}")))
}

/// `POST /import/{key}/remove`: forgets the file.
pub(crate) async fn remove_upload(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
    _form: KeyedForm,
) -> Result<Redirect, AppError> {
    let upload = find(&app, &visitor, &key)?;
    app.uploads.forget(&upload.key);
    Ok(Redirect::to("/import"))
}

/// `GET /import/{key}/refused.csv`: every row that is refused, to be worked through beside the file.
pub(crate) async fn show_refused(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, AppError> {
    let upload = find(&app, &visitor, &key)?;
    let Stage::Ready(ready) = upload.state() else {
        return Err(AppError::NotFound);
    };
    let titles = ["File", "Sheet", "Row", "Column", "Reason"];
    let row = |problem: &super::Problem| {
        vec![
            Cell::text(upload.name.as_str()),
            Cell::text(problem.sheet.as_deref().unwrap_or_default()),
            Cell::text(problem.line.to_string()),
            Cell::text(problem.column.as_deref().unwrap_or_default()),
            Cell::text(problem.reason.as_str()),
        ]
    };
    let table = Table {
        name: "Refused".to_owned(),
        columns: titles.map(|title| Column::titled(title, Shape::Text)).to_vec(),
        rows: ready.planned.problems.kept().iter().map(row).collect(),
    };
    let bytes = to_csv(&table, Separator::Comma).map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(crate::web::attachment(
        "refused.csv",
        "text/csv; charset=utf-8",
        bytes,
    ))
}
