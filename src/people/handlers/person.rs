//! One person: their page, and the form that adds or changes them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::{Done, back_to, find};
use crate::accounts::{self, KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Person, Plan};
use crate::db::{Tx, Written};
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::files::{self, Owner};
use crate::people::pages::{self, PersonView};
use crate::people::rules::{Guard, Identity, PersonDraft, read_weekly_hours};
use crate::people::store::{self, HOLIDAY, ORGANISATION, PERSON, PERSON_SKILL, Particulars, WORK_WEEK};
use crate::people::time_off::{Decider, Status, time_off_of};
use crate::people::{HOLIDAY_RULE, TIME_OFF};
use crate::ui::{FormState, or_again, refused};
use crate::units::Week;
use crate::units::ids::{ChangeSetId, PersonId};
use crate::web::{Fields, Path, Query, Reader, done_at};

/// `GET /people/{id}`: everything about one person.
pub(crate) async fn show_person(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let book = app.book();
    let person = find(&book, id)?;
    let decider = Decider::of(&book.plan, &visitor);
    let told = decider.may_know(person);
    let sees_files = files::may_see(&book, &visitor, Owner::Person(id));
    let (particulars, time_off, files, calendars, history) = app
        .db
        .read(move |tx| {
            let (phone, notes) = store::person_notes(tx, id)?.unwrap_or_default();
            Ok::<_, AppError>((
                Particulars { phone, notes },
                time_off_of(tx, id)?,
                sees_files.then(|| files::files_of_person(tx, id)).transpose()?,
                store::calendars(tx)?,
                store::person_history(tx, id, told)?,
            ))
        })
        .await?;
    let offered = app.offered_undos(&visitor, pages::newest(&history)).await?;
    let view = PersonView {
        book: &book,
        person,
        particulars,
        time_off: time_off
            .into_iter()
            .filter(|one| told || one.status == Status::Approved)
            .collect(),
        decider,
        calendars,
        history,
        files,
        offered,
        clock: &app.clock,
    };
    let frame = done.frame(&app, &visitor).await?;
    let frame = frame.editing(visitor.reach(&book.plan).person(person));
    Ok(pages::person(&frame, &view).into_response())
}

/// `GET /people/new`: the form.
pub(crate) async fn new_person(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    form(&app, &visitor, None, &FormState::default()).await
}

/// `GET /people/{id}/edit`: the same form with what is known.
pub(crate) async fn edit_person(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Result<Response, AppError> {
    let values = own_fields(&app, id).await?;
    let values: Vec<(&str, String)> = values.into_iter().collect();
    form(&app, &visitor, Some(id), &FormState::with(&values)).await
}

async fn form(
    app: &App,
    visitor: &Visitor,
    id: Option<PersonId>,
    state: &FormState,
) -> Result<Response, AppError> {
    let book = app.book();
    let person = id.map(|id| find(&book, id)).transpose()?;
    let calendars = app.db.read(store::calendars).await?;
    Ok(pages::person_form(
        &visitor.frame(app),
        (&book, &visitor.reach(&book.plan)),
        person,
        &calendars,
        state,
    ))
}

/// What a form and a partial change begin with: a person's fields as texts.
pub(in crate::people) async fn own_fields(
    app: &App,
    id: PersonId,
) -> Result<Vec<(&'static str, String)>, AppError> {
    let book = app.book();
    let person = find(&book, id)?;
    let (phone, notes) = app
        .db
        .read(move |tx| store::person_notes(tx, id))
        .await?
        .unwrap_or_default();
    let text = |value: Option<String>| value.unwrap_or_default();
    Ok(vec![
        ("name", person.name.clone()),
        ("email", person.email.clone()),
        ("phone", phone),
        ("location", person.location.clone()),
        ("department", text(person.department.map(|id| id.to_string()))),
        ("role", text(person.role.map(|id| id.to_string()))),
        ("calendar", text(person.calendar.map(|id| id.to_string()))),
        ("start", text(person.start.map(|day| day.to_string()))),
        ("last", text(person.last.map(|day| day.to_string()))),
        ("notes", notes),
    ])
}

/// All that is told of a person, as of `revision`.
pub(in crate::people) fn own_rows(revision: i64, id: PersonId) -> Seen {
    Seen::at(
        revision,
        &[(&PERSON, id.0), (&PERSON_SKILL, id.0), (&WORK_WEEK, id.0)],
    )
}

/// All that decides what somebody can carry, as of `revision`: also leave and holidays that come or go as whole rows.
#[must_use]
pub fn capacity_seen(revision: i64, id: PersonId) -> Seen {
    Seen::at(
        revision,
        &[(&PERSON, id.0), (&WORK_WEEK, id.0), (&ORGANISATION, 1)],
    )
    .and_all(&[&TIME_OFF, &HOLIDAY, &HOLIDAY_RULE])
}

/// `POST /people`: somebody more.
pub(crate) async fn add_person(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(add(&app, &visitor, &fields).await, fields)? {
        Ok(written) => Ok(back_to(written.value, written.change_set)),
        Err(state) => form(&app, &visitor, None, &state).await.map(refused),
    }
}

/// Adds a person from the fields of a form or of JSON; `hours` a week where they are not the team's.
pub(in crate::people) async fn add(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
) -> Result<Written<PersonId>, AppError> {
    let book = app.book();
    let mut reader = Reader::new(fields);
    let mut draft = PersonDraft::read(&mut reader, &book.plan);
    let week = read_weekly_hours(&mut reader, "hours");
    draft = reader.finish(draft).map_err(AppError::Invalid)?;
    draft.active = true;
    let start = book.plan.organisation.week_start;
    let from = draft
        .start
        .unwrap_or_else(|| Week::of(app.clock.today(), start).first_day(start));
    let label = format!("added {}", draft.name);
    let (plan, who) = (Arc::clone(&book.plan), visitor.clone());
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            check(tx, &draft, None)?;
            guarded(tx, &plan, &who, None, &draft)?;
            let id = store::add_person(tx, &draft)?;
            if let Some(week) = week {
                store::put_work_week(tx, id, from, week)?;
            }
            Ok::<_, AppError>(id)
        })
        .await
}

/// What only the database knows to be wrong.
fn check(tx: &Tx<'_>, draft: &PersonDraft, own: Option<PersonId>) -> Result<(), AppError> {
    if store::email_is_taken(tx, &draft.email, own)? {
        return Err(AppError::field("email", "belongs to somebody else already"));
    }
    if let Some(calendar) = draft.calendar
        && !store::calendar_is_known(tx, calendar)?
    {
        return Err(AppError::field("calendar", "is not one of the calendars"));
    }
    Ok(())
}

/// Refuses an e-mail address or a department that is not for `who` to say. What they decide themselves is as it was when
/// they asked: no act of theirs changes it.
fn guarded(
    tx: &Tx<'_>,
    plan: &Plan,
    who: &Visitor,
    id: Option<PersonId>,
    draft: &PersonDraft,
) -> Result<(), AppError> {
    let Some(guard) = Guard::of(plan, who, accounts::addresses(tx)?) else {
        return Ok(());
    };
    let before = id.map(|id| store::person_identity(tx, id)).transpose()?.flatten();
    let before = before.as_ref().map(|(email, department)| Identity {
        email,
        department: *department,
    });
    let after = Identity {
        email: &draft.email,
        department: draft.department,
    };
    match guard.fault(id, before, Some(after)) {
        Some((field, why)) => Err(AppError::field(field, why)),
        None => Ok(()),
    }
}

/// `POST /people/{id}`: changes somebody.
pub(crate) async fn change_person(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    // The form does not say whether they are planned, so that is taken from what was seen.
    let saved = edit::retry(|| async {
        let seen = own_rows(app.book().revision, id);
        change(&app, &visitor, id, &fields, seen).await
    });
    match or_again(saved.await, fields)? {
        Ok(change_set) => Ok(done_at(&format!("/people/{id}"), change_set)),
        Err(state) => form(&app, &visitor, Some(id), &state).await.map(refused),
    }
}

/// Changes a person from the fields of a form or of JSON. Whether they are planned stays: that frees hours, and is asked apart.
pub(in crate::people) async fn change(
    app: &App,
    visitor: &Visitor,
    id: PersonId,
    fields: &Fields,
    seen: Seen,
) -> Result<Option<ChangeSetId>, AppError> {
    let book = app.book();
    let before = find(&book, id)?;
    let mut reader = Reader::new(fields);
    let mut draft = PersonDraft::read(&mut reader, &book.plan);
    draft = reader.finish(draft).map_err(AppError::Invalid)?;
    draft.active = before.active;
    let label = describe(&book.plan, before, &draft);
    let (plan, who) = (Arc::clone(&book.plan), visitor.clone());
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            seen.check(tx)?;
            check(tx, &draft, Some(id))?;
            guarded(tx, &plan, &who, Some(id), &draft)?;
            Ok::<_, AppError>(store::change_person(tx, id, &draft)?)
        })
        .await?;
    edit::found(&written)
}

/// What changed about a person, in the history's words.
fn describe(plan: &Plan, before: &Person, after: &PersonDraft) -> String {
    if before.name != after.name {
        return format!("renamed {} to {}", before.name, after.name);
    }
    if before.role != after.role && after.role.is_some() {
        return format!("made {} {}", after.name, plan.role_name(after.role));
    }
    let differs = [
        ("e-mail", before.email != after.email),
        ("location", before.location != after.location),
        ("department", before.department != after.department),
        ("role", before.role != after.role),
        ("holidays", before.calendar != after.calendar),
        ("first day", before.start != after.start),
        ("last day", before.last != after.last),
    ];
    let words: Vec<&str> = differs
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(word, _)| word)
        .collect();
    match words.as_slice() {
        [] => format!("changed the details of {}", after.name),
        words => format!("changed {} of {}", words.join(", "), after.name),
    }
}
