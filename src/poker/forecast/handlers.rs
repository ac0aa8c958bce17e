//! Forecasts of rooms and projects: reading, making, and talking again about what they hang on.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::pages;
use super::rules::{Answer, forecast};
use super::rules_gather::{BackTest, Gathered, Inputs, Past, back_test, free, gather};
use super::store::{self, Kept, Scope};
use crate::accounts::{Access, KeyedForm, Visitor};
use crate::app::App;
use crate::book::Book;
use crate::db::DbError;
use crate::error::AppError;
use crate::poker::live::{self, Table};
use crate::poker::pace::{self, Pace};
use crate::poker::planned::handlers::{OUTSIDE, room_of};
use crate::poker::store as rooms;
use crate::ui::FormState;
use crate::units::ids::{DepartmentId, ProjectId, StoryId};
use crate::web::{Fields, Path, Query, Reader};

/// The largest seed: a whole number that every program reads exactly.
const MOST_SEED: u64 = 9_007_199_254_740_991;

/// Which forecast is wanted.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    /// The newest where none is named.
    pub(super) id: Option<i64>,
    /// Of a project: whose.
    pub(super) team: Option<DepartmentId>,
}

/// Whose stories, and whose hours.
pub(super) struct Subject {
    pub scope: Scope,
    /// None where the room has no team, or no room of the project has one.
    pub team: Option<DepartmentId>,
    /// All teams that may be chosen.
    pub teams: Vec<DepartmentId>,
    /// The page.
    pub path: String,
    /// What it is called.
    pub name: String,
    /// The room, where it is one.
    pub table: Option<Arc<Table>>,
}

/// The stories of a room.
pub(super) fn of_room(table: &Arc<Table>) -> Subject {
    let room = table.room();
    Subject {
        scope: Scope::Room(room.id),
        team: room.department,
        teams: room.department.into_iter().collect(),
        path: format!("/poker/{}/forecast", room.link),
        name: room.name.clone(),
        table: Some(Arc::clone(table)),
    }
}

/// The stories of all rooms of a project that one team has.
pub(super) async fn of_project(
    app: &App,
    id: ProjectId,
    wanted: Option<DepartmentId>,
) -> Result<Subject, AppError> {
    let book = app.book();
    let project = book.plan.project(id).ok_or(AppError::NotFound)?;
    let teams = app.db.read(move |tx| store::teams(tx, id)).await?;
    let known = wanted.filter(|team| teams.contains(team));
    if wanted.is_some() && known.is_none() {
        return Err(AppError::field("team", "has no room of this project"));
    }
    Ok(Subject {
        scope: Scope::Project(id),
        team: known.or_else(|| teams.first().copied()),
        teams,
        path: format!("/projects/{id}/forecast"),
        name: project.name.clone(),
        table: None,
    })
}

/// What a forecast would be made from now.
pub(super) struct Now {
    pub pace: Pace,
    pub gathered: Gathered,
    pub inputs: Inputs,
    pub back: BackTest,
}

pub(super) async fn now(
    app: &App,
    subject: &Subject,
    team: DepartmentId,
    share: u16,
) -> Result<Now, AppError> {
    let (book, today, scope) = (app.book(), app.clock.today(), subject.scope);
    let pace = pace::of_team(app, team).await?;
    let read = app.db.read(move |tx| {
        let undone = store::undone(tx, scope, team)?;
        let ids: Vec<StoryId> = undone.iter().map(|one| one.story).collect();
        let own = store::own_hours(tx, &ids)?;
        Ok::<_, DbError>((undone, own, store::past(tx, team)?))
    });
    let (undone, own, past) = read.await?;
    let past: Vec<Past> = past
        .into_iter()
        .map(|(p50, p85, at)| Past {
            p50,
            p85,
            done: app.clock.day_of(at),
        })
        .collect();
    let gathered = gather(&undone, &pace);
    let free = free(&book, team, today, &own, share);
    Ok(Now {
        inputs: Inputs::of(&gathered, &pace, free, today, share),
        pace,
        gathered,
        back: back_test(&past),
    })
}

/// The forecast that is asked for, or the newest.
pub(super) async fn kept(app: &App, scope: Scope, id: Option<i64>) -> Result<Option<Kept>, AppError> {
    let found = app.db.read(move |tx| store::forecast(tx, scope, id)).await?;
    if id.is_some() && found.is_none() {
        return Err(AppError::NotFound);
    }
    Ok(found)
}

/// `GET /poker/{link}/forecast`: the newest forecast of a room, or the one named `id`.
pub(crate) async fn show_room(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, AppError> {
    let Some(table) = room_of(&app, &link, &visitor).await? else {
        return Ok(Redirect::to(&format!("/poker/{link}")).into_response());
    };
    show(&app, &visitor, &of_room(&table), wanted.id, FormState::default()).await
}

/// `GET /projects/{id}/forecast`: the same of a project.
pub(crate) async fn show_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, AppError> {
    let subject = of_project(&app, id, wanted.team).await?;
    show(&app, &visitor, &subject, wanted.id, FormState::default()).await
}

async fn show(
    app: &App,
    visitor: &Visitor,
    subject: &Subject,
    id: Option<i64>,
    mut form: FormState,
) -> Result<Response, AppError> {
    let book: Arc<Book> = app.book();
    let kept = kept(app, subject.scope, id).await?;
    // A named forecast is shown with the team it was made for; a chosen team outranks a forecast for another one.
    let kept = kept.filter(|kept| id.is_some() || Some(kept.team) == subject.team);
    let team = kept.as_ref().map(|kept| kept.team).or(subject.team);
    let share = kept.as_ref().map_or(100, |kept| kept.inputs.share);
    let now = match team {
        Some(team) => Some(now(app, subject, team, share).await?),
        None => None,
    };
    let names = match &kept {
        Some(kept) => {
            let (scope, id) = (subject.scope, kept.id);
            app.db.read(move |tx| store::names(tx, scope, id)).await?
        }
        None => std::collections::HashMap::new(),
    };
    if !form.values.has("share") {
        form.values.set("share", &share.to_string());
    }
    let runs_room = subject.table.as_ref().is_some_and(|table| {
        let room = table.room();
        let own = room.by_account(visitor.account);
        room.ended_at.is_none() && own.is_some_and(|own| room.may_run(own))
    });
    let status = if form.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let view = pages::ForecastView {
        book: &book,
        subject,
        team,
        kept: kept.as_ref(),
        now: now.as_ref(),
        names: &names,
        form,
        makes: visitor.access >= Access::Member,
        runs_room,
        clock: &app.clock,
    };
    Ok((status, pages::forecast(&visitor.frame(app), &view)).into_response())
}

/// What a forecast is asked for with.
pub(super) struct Asked {
    seed: u64,
    share: u16,
}

/// Reads `seed` (drawn from the clock where it is blank) and `share`.
pub(super) fn read_asked(app: &App, fields: &Fields) -> Result<Asked, AppError> {
    let mut reader = Reader::new(fields);
    let seed = reader.optional("seed", |text| {
        let seed = text.parse::<u64>().ok().filter(|seed| *seed <= MOST_SEED);
        seed.ok_or_else(|| format!("must be a whole number from 0 to {MOST_SEED}"))
    });
    let share = reader.optional("share", |text| {
        let share = text.parse::<u16>().ok().filter(|share| (1..=100).contains(share));
        share.ok_or("must be a whole number from 1 to 100")
    });
    let drawn = u64::try_from(app.clock.now()).unwrap_or(0) % 1_000_000;
    let asked = Asked {
        seed: seed.unwrap_or(drawn),
        share: share.unwrap_or(100),
    };
    reader.finish(asked).map_err(AppError::Invalid)
}

/// Plays the stories through, and keeps what came out.
pub(super) async fn make(
    app: &App,
    visitor: &Visitor,
    subject: &Subject,
    asked: &Asked,
) -> Result<Kept, AppError> {
    let team = subject
        .team
        .ok_or_else(|| AppError::field("team", "is missing: choose the room’s team in its settings first"))?;
    // Held by the thread that plays: it goes on where nobody waits for it any more.
    let making = app.forecasts.enter(visitor.account).await?;
    let mut inputs = now(app, subject, team, asked.share).await?.inputs;
    if let Some(obstacle) = inputs.obstacle() {
        return Err(AppError::field("forecast", obstacle));
    }
    inputs.question.seed = asked.seed;
    let question = inputs.question.clone();
    // Ten thousand runs are too long for a thread that answers others.
    let played = tokio::task::spawn_blocking(move || (forecast(&question), making));
    let (answer, making): (Answer, _) = played
        .await
        .map_err(|error| AppError::Internal(error.to_string()))?;
    let (scope, by) = (subject.scope, visitor.name.clone());
    let written = app
        .db
        .write(app.gesture(visitor, "forecast stories"), move |tx| {
            store::keep(tx, (scope, team), &by, (&inputs, &answer))
        })
        .await?;
    drop(making);
    kept(app, scope, Some(written.value))
        .await?
        .ok_or(AppError::NotFound)
}

async fn made(app: &App, visitor: &Visitor, subject: &Subject, fields: Fields) -> Result<Response, AppError> {
    let done = match read_asked(app, &fields) {
        Ok(asked) => make(app, visitor, subject, &asked).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(kept) => Ok(Redirect::to(&format!("{}?id={}", subject.path, kept.id)).into_response()),
        Err(AppError::Invalid(errors)) => {
            show(app, visitor, subject, None, FormState::again(fields, errors)).await
        }
        Err(error) => Err(error),
    }
}

/// `POST /poker/{link}/forecast`: forecasts anew, with `seed` and `share`.
pub(crate) async fn make_room(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let table = room_of(&app, &link, &visitor).await?;
    let table = table.ok_or(AppError::Forbidden(OUTSIDE))?;
    made(&app, &visitor, &of_room(&table), fields).await
}

/// `POST /projects/{id}/forecast`: the same for a project, with its `team`.
pub(crate) async fn make_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let mut reader = Reader::new(&fields);
    let team: Option<DepartmentId> = reader.id("team");
    reader.finish(()).map_err(AppError::Invalid)?;
    let subject = of_project(&app, id, team).await?;
    made(&app, &visitor, &subject, fields).await
}

/// `POST /poker/{link}/discuss`: marks `stories` to be talked about again, and puts the first of them on the table where no
/// hidden cards lie there.
pub(crate) async fn discuss(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let table = room_of(&app, &link, &visitor).await?;
    let table = table.ok_or(AppError::Forbidden(OUTSIDE))?;
    let stories: Vec<StoryId> = fields
        .all("stories")
        .iter()
        .filter_map(|id| id.parse().ok())
        .map(StoryId)
        .collect();
    let first = *stories
        .first()
        .ok_or_else(|| AppError::field("stories", "name at least one story of this room"))?;
    let (room, account) = (table.id, visitor.account);
    let gesture = app.gesture(&visitor, "talk about stories again");
    live::act(&app, &table, gesture, move |tx| {
        let now = rooms::load(tx, room)?.ok_or(AppError::NotFound)?;
        let own = now.by_account(account).ok_or(AppError::Forbidden(OUTSIDE))?;
        rooms::must_run(tx, room, own.id)?;
        if now.ended_at.is_some() {
            return Err(AppError::Forbidden(
                "This room was ended. It can be read, and nothing in it changes any more.",
            ));
        }
        if store::mark(tx, room, &stories, rooms::AGAIN)? != stories.len() {
            return Err(AppError::field(
                "stories",
                "holds a story that is not of this room",
            ));
        }
        if now
            .live_round()
            .is_none_or(|round| round.revealed_at.is_some() || round.votes.is_empty())
        {
            rooms::choose(tx, &now, Some(first))?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&format!("/poker/{link}")).into_response())
}
