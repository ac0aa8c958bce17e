//! Asking for leave, answering, and entering it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::pages::{self, TimeOffView};
use super::rules::{Decider, Status, TimeOffDraft, days_text, employment_fault};
use super::store;
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Absence, Person};
use crate::db::{Tx, Written};
use crate::edit;
use crate::error::{AppError, FieldError};
use crate::people::handlers::Done;
use crate::ui::{FormState, or_again, refused};
use crate::units::Day;
use crate::units::ids::{ChangeSetId, DepartmentId, PersonId, TimeOffId};
use crate::web::{Fields, Path, Query, Reader, done_at};

/// What the address of the page asks for.
#[derive(serde::Deserialize)]
pub(crate) struct Asked {
    /// Whose absences are listed; with the departments below.
    department: Option<String>,
}

/// `GET /time-off`: one's own leave, what waits for an answer, and who is away soon.
pub(crate) async fn show_time_off(
    State(app): State<App>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let book = app.book();
    let decider = Decider::of(&book.plan, &visitor);
    let today = app.clock.today();
    let (own, year) = (decider.own(), first_of_the_year(today));
    let rows = app
        .db
        .read(move |tx| store::current(tx, today, own, year))
        .await?;
    let department = asked
        .department
        .and_then(|text| text.parse().ok())
        .map(DepartmentId);
    let view = TimeOffView {
        book: &book,
        clock: &app.clock,
        own: own.and_then(|id| book.plan.person(id)),
        may_ask: visitor.access >= crate::accounts::Access::Member,
        department: department.filter(|id| book.plan.department(*id).is_some()),
        decider,
        reach: visitor.reach(&book.plan),
        rows,
    };
    let frame = done.frame(&app, &visitor).await?;
    Ok(pages::time_off(&frame, &view).into_response())
}

/// 1 January of the year of `day`.
pub(super) fn first_of_the_year(day: Day) -> Day {
    Day::from_ymd(day.ymd().0, 1, 1).unwrap_or(day)
}

/// `GET /time-off/new`: the form in which people ask for leave for themselves.
pub(crate) async fn new_request(State(app): State<App>, visitor: Visitor) -> Response {
    let book = app.book();
    let own = Decider::of(&book.plan, &visitor).own();
    pages::ask_form(
        &visitor.frame(&app),
        own.and_then(|id| book.plan.person(id)),
        &FormState::default(),
    )
}

/// `POST /time-off`: asks for leave.
pub(crate) async fn ask_by_form(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(ask(&app, &visitor, &fields).await, fields)? {
        Ok(written) => Ok(done_at("/time-off", written.change_set)),
        Err(state) => {
            let book = app.book();
            let own = Decider::of(&book.plan, &visitor).own();
            Ok(refused(pages::ask_form(
                &visitor.frame(&app),
                own.and_then(|id| book.plan.person(id)),
                &state,
            )))
        }
    }
}

/// Asks for leave for the visitor's own person. The plan is as before until somebody approves it.
pub(super) async fn ask(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
) -> Result<Written<TimeOffId>, AppError> {
    let book = app.book();
    let own = Decider::of(&book.plan, visitor).own();
    let Some(person) = own.and_then(|id| book.plan.person(id)) else {
        return Err(AppError::field("first", UNLINKED));
    };
    let draft = read(fields, person)?;
    let id = person.id;
    let label = format!("asked to be away {}", on(&draft.absence));
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            refuse_clash(tx, id, &draft.absence, None)?;
            Ok::<_, AppError>(store::request(tx, id, &draft)?)
        })
        .await
}

/// What somebody is told whose account belongs to nobody in the plan.
const UNLINKED: &str = "your account is not linked to a person of the plan; ask an administrator to give \
    your person the e-mail address of your account";

fn read(fields: &Fields, person: &Person) -> Result<TimeOffDraft, AppError> {
    let mut reader = Reader::new(fields);
    let draft = TimeOffDraft::read(&mut reader);
    let draft = reader.finish(draft).map_err(AppError::Invalid)?;
    match employment_fault(person, &draft.absence) {
        Some(fault) => Err(AppError::Invalid(vec![fault])),
        None => Ok(draft),
    }
}

/// `from 18 Nov to 20 Nov 2026`, `on 18 Nov 2026`.
fn on(absence: &Absence) -> String {
    let word = if absence.first == absence.last {
        "on"
    } else {
        "from"
    };
    format!("{word} {}", days_text(absence))
}

/// Refuses leave that lies on other leave of the same person, and says on which.
fn refuse_clash(
    tx: &Tx<'_>,
    person: PersonId,
    absence: &Absence,
    own: Option<TimeOffId>,
) -> Result<(), AppError> {
    let Some(other) = store::clash(tx, person, absence, own)? else {
        return Ok(());
    };
    let word = match other.status {
        Status::Requested => "asked for",
        Status::Approved | Status::Declined | Status::Withdrawn => "approved",
    };
    let text = format!(
        "overlaps the leave {} ({}), which is already {word}",
        on(&other.absence),
        other.kind.label().to_lowercase()
    );
    Err(AppError::Invalid(vec![FieldError::new("first", text)]))
}

/// The leave `id` with its person, where the visitor decides about it.
async fn to_decide(
    app: &App,
    visitor: &Visitor,
    id: TimeOffId,
) -> Result<(store::TimeOff, Person), AppError> {
    let book = app.book();
    let row = app.db.read(move |tx| store::time_off_row(tx, id)).await?;
    let row = row.ok_or(AppError::NotFound)?;
    let person = book.plan.person(row.person).ok_or(AppError::NotFound)?;
    let decider = Decider::of(&book.plan, visitor);
    if decider.decides_for(person) {
        Ok((row, person.clone()))
    } else {
        Err(AppError::Forbidden(decider.refusal(person)))
    }
}

/// Whether the visitor enters and removes the leave of `person`.
pub(in crate::people) fn refuse_unless_decider(
    app: &App,
    visitor: &Visitor,
    person: &Person,
) -> Result<(), AppError> {
    let decider = Decider::of(&app.book().plan, visitor);
    if decider.decides_for(person) {
        Ok(())
    } else {
        Err(AppError::Forbidden(decider.refusal(person)))
    }
}

fn refuse_unless_waiting(tx: &Tx<'_>, id: TimeOffId) -> Result<store::TimeOff, AppError> {
    let row = store::time_off_row(tx, id)?.ok_or(AppError::NotFound)?;
    if row.status == Status::Requested {
        return Ok(row);
    }
    let by = row
        .answered_by
        .as_deref()
        .map(|by| format!(" by {by}"))
        .unwrap_or_default();
    Err(AppError::Conflict {
        detail: format!(
            "This leave has been {}{by} already. Nothing was changed.",
            row.status.label()
        ),
        extra: serde_json::json!({ "state": row.status.as_str() }),
    })
}

/// `POST /time-off/{id}/approve`: from now on it counts.
pub(crate) async fn approve_by_form(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TimeOffId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let change_set = approve(&app, &visitor, id).await?;
    Ok(done_at("/time-off", change_set))
}

/// Approves leave that was asked for.
pub(super) async fn approve(
    app: &App,
    visitor: &Visitor,
    id: TimeOffId,
) -> Result<Option<ChangeSetId>, AppError> {
    let (row, person) = to_decide(app, visitor, id).await?;
    let label = format!("approved that {} is away {}", person.name, on(&row.absence));
    let by = visitor.name.clone();
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            let row = refuse_unless_waiting(tx, id)?;
            refuse_clash(tx, row.person, &row.absence, Some(id))?;
            Ok::<_, AppError>(store::set_status(tx, id, Status::Approved, Some(&by), "")?)
        })
        .await?;
    Ok(written.change_set)
}

/// `GET /time-off/{id}/decline`: asks why.
pub(crate) async fn ask_why_declined(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TimeOffId>,
) -> Result<Response, AppError> {
    let (row, person) = to_decide(&app, &visitor, id).await?;
    Ok(pages::decline_form(
        &visitor.frame(&app),
        &person,
        &row,
        &FormState::default(),
    ))
}

/// `POST /time-off/{id}/decline`: says no, and why.
pub(crate) async fn decline_by_form(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TimeOffId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(decline(&app, &visitor, id, &fields).await, fields)? {
        Ok(change_set) => Ok(done_at("/time-off", change_set)),
        Err(state) => {
            let (row, person) = to_decide(&app, &visitor, id).await?;
            Ok(refused(pages::decline_form(
                &visitor.frame(&app),
                &person,
                &row,
                &state,
            )))
        }
    }
}

/// Declines leave that was asked for, with a reason for who asked.
pub(super) async fn decline(
    app: &App,
    visitor: &Visitor,
    id: TimeOffId,
    fields: &Fields,
) -> Result<Option<ChangeSetId>, AppError> {
    let (row, person) = to_decide(app, visitor, id).await?;
    let mut reader = Reader::new(fields);
    let reason = reader.line("reason", 200);
    if fields.text("reason").trim().is_empty() {
        reader.fault("reason", "say why, so that they can ask for other days");
    }
    let reason = reader.finish(reason).map_err(AppError::Invalid)?;
    let label = format!("declined that {} is away {}", person.name, on(&row.absence));
    let by = visitor.name.clone();
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            refuse_unless_waiting(tx, id)?;
            Ok::<_, AppError>(store::set_status(tx, id, Status::Declined, Some(&by), &reason)?)
        })
        .await?;
    Ok(written.change_set)
}

/// `POST /time-off/{id}/withdraw`: who asked does not want it any more.
pub(crate) async fn withdraw_by_form(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TimeOffId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let change_set = withdraw(&app, &visitor, id).await?;
    Ok(done_at("/time-off", change_set))
}

/// Withdraws the visitor's own request. That of somebody else is not there for them.
pub(super) async fn withdraw(
    app: &App,
    visitor: &Visitor,
    id: TimeOffId,
) -> Result<Option<ChangeSetId>, AppError> {
    let own = Decider::of(&app.book().plan, visitor).own();
    let row = app.db.read(move |tx| store::time_off_row(tx, id)).await?;
    let row = row
        .filter(|row| own == Some(row.person))
        .ok_or(AppError::NotFound)?;
    let label = format!("no longer asks to be away {}", on(&row.absence));
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            refuse_unless_waiting(tx, id)?;
            Ok::<_, AppError>(store::set_status(tx, id, Status::Withdrawn, None, "")?)
        })
        .await?;
    Ok(written.change_set)
}

/// Adds leave that counts at once, from the fields of a form or of JSON.
pub(in crate::people) async fn enter(
    app: &App,
    visitor: &Visitor,
    id: PersonId,
    fields: &Fields,
) -> Result<Written<TimeOffId>, AppError> {
    let book = app.book();
    let person = book.plan.person(id).ok_or(AppError::NotFound)?;
    refuse_unless_decider(app, visitor, person)?;
    let draft = read(fields, person)?;
    let label = format!("noted that {} is away {}", person.name, on(&draft.absence));
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            refuse_clash(tx, id, &draft.absence, None)?;
            Ok::<_, AppError>(store::add_approved(tx, id, &draft)?)
        })
        .await
}

/// Takes leave of a person away.
pub(in crate::people) async fn remove(
    app: &App,
    visitor: &Visitor,
    id: PersonId,
    time_off: TimeOffId,
) -> Result<Option<ChangeSetId>, AppError> {
    let book = app.book();
    let person = book.plan.person(id).ok_or(AppError::NotFound)?;
    refuse_unless_decider(app, visitor, person)?;
    let label = format!("removed time off of {}", person.name);
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            store::remove(tx, id, time_off)
        })
        .await?;
    edit::found(&written)
}
