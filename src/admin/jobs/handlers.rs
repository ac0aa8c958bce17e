//! What is asked of the work in the background.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::pages;
use crate::accounts::{KeyedForm, Said, Visitor};
use crate::admin::rules::Section;
use crate::app::App;
use crate::db::{DbError, WriteTx};
use crate::edit;
use crate::error::AppError;
use crate::jobs::store::{self, Line, Schedule};
use crate::jobs::{self, Misfire, Times};
use crate::ui::{FormState, or_again, refused};
use crate::web::{Fields, Path, Reader};

/// How many jobs are shown.
const SHOWN: u32 = 200;

/// Jobs and schedules as they stand.
pub(super) async fn all(app: &App) -> Result<(Vec<Schedule>, Vec<Line>), AppError> {
    let read = app
        .db
        .read(|tx| Ok::<_, DbError>((store::schedules(tx)?, store::list(tx, SHOWN)?)));
    Ok(read.await?)
}

/// `GET /settings/jobs`: what is done when, and what became of it.
pub(crate) async fn show_jobs(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let (schedules, jobs) = all(&app).await?;
    Ok(pages::jobs(&visitor.frame(&app), &app, &schedules, &jobs).into_response())
}

/// Back to the list, which says what was done; whoever else has it open sees it too.
fn back(app: &App, said: Said) -> Response {
    jobs::tell(app);
    said.at(Section::Jobs.href()).into_response()
}

async fn schedule(app: &App, name: &str) -> Result<Schedule, AppError> {
    let all = app.db.read(store::schedules).await?;
    all.into_iter()
        .find(|one| one.name == name)
        .ok_or(AppError::NotFound)
}

/// `GET /settings/jobs/schedules/{name}/edit`: the form.
pub(crate) async fn edit_schedule(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    let one = schedule(&app, &name).await?;
    let state = FormState::with(&[
        ("cron", one.cron.clone()),
        ("zone", one.zone.clone()),
        ("misfire", one.misfire.as_str().to_owned()),
        ("paused", one.paused.to_string()),
    ]);
    Ok(pages::schedule_form(&visitor.frame(&app), &app, &one, &state))
}

/// `POST /settings/jobs/schedules/{name}`: changes when it is done.
pub(crate) async fn change_schedule(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let before = schedule(&app, &name).await?;
    let changed = match or_again(read(&app, before.clone(), &fields), fields)? {
        Ok(changed) => changed,
        Err(state) => {
            return Ok(refused(pages::schedule_form(
                &visitor.frame(&app),
                &app,
                &before,
                &state,
            )));
        }
    };
    let said = match (before.paused, changed.paused) {
        (false, true) => Said::SchedulePaused,
        (true, false) => Said::ScheduleResumed,
        _ => Said::ScheduleSaved,
    };
    let gesture = app.gesture(&visitor, &format!("changed when {name} is done"));
    let write = move |tx: &WriteTx<'_>| store::change_schedule(tx, &changed);
    edit::found(&app.db.write(gesture, write).await?)?;
    app.jobs.wake();
    Ok(back(&app, said))
}

/// A schedule as the fields say it.
pub(super) fn read(app: &App, mut schedule: Schedule, fields: &Fields) -> Result<Schedule, AppError> {
    let mut reader = Reader::new(fields);
    let cron = reader.line("cron", 100);
    let zone = reader.line("zone", 60);
    schedule.misfire = reader.parsed("misfire", |text| {
        Misfire::parse(text).ok_or("must be once or skip")
    });
    schedule.paused = reader.flag("paused");
    match Times::read(&cron, &zone) {
        Ok(times) => match times.next_after(app.clock.now()) {
            Some(next) => schedule.next_at = next,
            None => reader.fault("cron", "names a day that never comes"),
        },
        Err(fault) if fault.contains("time zone") => reader.fault("zone", fault),
        Err(fault) => reader.fault("cron", fault),
    }
    (schedule.cron, schedule.zone) = (cron, zone);
    reader.finish(schedule).map_err(AppError::Invalid)
}

/// `POST /settings/jobs/schedules/{name}/run`: does it now, besides its moments.
pub(crate) async fn run_now(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let kind = app.jobs.table.kind(&name).ok_or(AppError::NotFound)?;
    app.db
        .write(
            app.gesture(&visitor, &format!("asked for {name} now")),
            move |tx| crate::jobs::add(tx, kind, b""),
        )
        .await?;
    app.jobs.wake();
    Ok(back(&app, Said::WorkBegun))
}

/// `POST /settings/jobs/{id}/again`: tries a job at once.
pub(crate) async fn try_again(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<i64>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let gesture = app.gesture(&visitor, &format!("tried job {id} again"));
    let written = app.db.write(gesture, move |tx| store::try_again(tx, id)).await?;
    jobs::look_for_trouble(&app).await;
    if !written.value {
        return Err(AppError::NotFound);
    }
    app.jobs.wake();
    Ok(back(&app, Said::JobAgain))
}

/// `POST /settings/jobs/{id}/forget`: takes a job out of the queue.
pub(crate) async fn forget(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<i64>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let gesture = app.gesture(&visitor, &format!("forgot job {id}"));
    let written = app.db.write(gesture, move |tx| store::forget(tx, id)).await?;
    jobs::look_for_trouble(&app).await;
    if written.value {
        Ok(back(&app, Said::JobForgotten))
    } else {
        Err(AppError::NotFound)
    }
}
