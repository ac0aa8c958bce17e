//! What a person's weeks depend on: working weeks and time off; and their skills.

use axum::extract::State;
use axum::response::Response;

use super::{back_to, find};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::WorkWeek;
use crate::db::DbError;
use crate::edit;
use crate::error::AppError;
use crate::people::rules::{read_skills, read_work_week, weekly_text};
use crate::people::time_off::handlers as leave;
use crate::people::time_off::pages::time_off_form;
use crate::people::{pages, store};
use crate::ui::{FormState, or_again, refused};
use crate::units::Day;
use crate::units::ids::{ChangeSetId, PersonId, SkillId, TimeOffId};
use crate::web::{Path, Reader};

/// `GET /people/{id}/work-weeks/new`: the form.
pub(crate) async fn new_work_week(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Result<Response, AppError> {
    let book = app.book();
    let person = find(&book, id)?;
    let state = FormState::with(&[("from", app.clock.today().to_string())]);
    Ok(pages::work_week_form(&visitor.frame(&app), person, &state))
}

/// `POST /people/{id}/work-weeks`: sets the working week from a day on.
pub(crate) async fn add_work_week(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let mut reader = Reader::new(&fields);
    let from = reader.day("from");
    if fields.text("from").trim().is_empty() {
        reader.fault("from", "say from which day on");
    }
    let week = read_work_week(&mut reader);
    match reader.finish((from, week)) {
        Ok((Some(from), week)) => {
            let written = put_week(&app, &visitor, id, from, week).await?;
            Ok(back_to(id, written))
        }
        Ok((None, _)) => Err(AppError::NotFound),
        Err(errors) => {
            let book = app.book();
            let state = FormState::again(fields, errors);
            Ok(refused(pages::work_week_form(
                &visitor.frame(&app),
                find(&book, id)?,
                &state,
            )))
        }
    }
}

/// Sets the working week of a person from a day on.
pub(in crate::people) async fn put_week(
    app: &App,
    visitor: &Visitor,
    id: PersonId,
    from: Day,
    week: WorkWeek,
) -> Result<Option<ChangeSetId>, AppError> {
    let book = app.book();
    let name = &find(&book, id)?.name;
    let label = format!("set {name} to {} from {}", weekly_text(&week), from.long());
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            store::put_work_week(tx, id, from, week)
        })
        .await?;
    Ok(written.change_set)
}

/// `POST /people/{id}/work-weeks/remove`: takes the one that begins on `from` away.
pub(crate) async fn remove_work_week(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let from = fields.text("from").parse().map_err(|_| AppError::NotFound)?;
    let change_set = remove_week(&app, &visitor, id, from).await?;
    Ok(back_to(id, change_set))
}

/// Takes a working week away; the one before it counts on.
pub(in crate::people) async fn remove_week(
    app: &App,
    visitor: &Visitor,
    id: PersonId,
    from: Day,
) -> Result<Option<ChangeSetId>, AppError> {
    let book = app.book();
    let name = &find(&book, id)?.name;
    let label = format!("removed the working week of {name} from {}", from.long());
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            store::remove_work_week(tx, id, from)
        })
        .await?;
    edit::found(&written)
}

/// `GET /people/{id}/time-off/new`: the form.
pub(crate) async fn new_time_off(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Result<Response, AppError> {
    let book = app.book();
    let person = find(&book, id)?;
    leave::refuse_unless_decider(&app, &visitor, person)?;
    Ok(time_off_form(&visitor.frame(&app), person, &FormState::default()))
}

/// `POST /people/{id}/time-off`: a manager grants it, so it counts at once.
pub(crate) async fn add_time_off_by_form(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(leave::enter(&app, &visitor, id, &fields).await, fields)? {
        Ok(written) => Ok(back_to(id, written.change_set)),
        Err(state) => {
            let book = app.book();
            Ok(refused(time_off_form(
                &visitor.frame(&app),
                find(&book, id)?,
                &state,
            )))
        }
    }
}

/// `POST /people/{id}/time-off/{time_off}/remove`: takes it away.
pub(crate) async fn remove_time_off(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, time_off)): Path<(PersonId, TimeOffId)>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let change_set = leave::remove(&app, &visitor, id, time_off).await?;
    Ok(back_to(id, change_set))
}

/// `GET /people/{id}/skills`: the form.
pub(crate) async fn edit_skills(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Result<Response, AppError> {
    let book = app.book();
    let person = find(&book, id)?;
    let mut state = FormState::default();
    for (skill, level) in &person.skills {
        state.values.add(format!("skill-{skill}"), level.to_string());
    }
    Ok(pages::skills_form(&visitor.frame(&app), &book, person, &state))
}

/// `POST /people/{id}/skills`: all that somebody can.
pub(crate) async fn set_skills(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let book = app.book();
    let person = find(&book, id)?;
    let mut reader = Reader::new(&fields);
    let skills = read_skills(&mut reader, &book.plan);
    match reader.finish(skills) {
        Ok(skills) => {
            let change_set = save_skills(&app, &visitor, id, skills).await?;
            Ok(back_to(id, change_set))
        }
        Err(errors) => {
            let state = FormState::again(fields, errors);
            Ok(refused(pages::skills_form(
                &visitor.frame(&app),
                &book,
                person,
                &state,
            )))
        }
    }
}

/// Makes `skills` be all that a person has.
pub(in crate::people) async fn save_skills(
    app: &App,
    visitor: &Visitor,
    id: PersonId,
    skills: Vec<(SkillId, u8)>,
) -> Result<Option<ChangeSetId>, AppError> {
    let book = app.book();
    let label = format!("set the skills of {}", find(&book, id)?.name);
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            store::set_skills(tx, id, &skills)
        })
        .await
        .map_err(|error| match error {
            // The skill was removed between the look at the book and the write.
            DbError::Constraint(_) => AppError::field("skills", "one of these skills has just been removed"),
            other => other.into(),
        })?;
    Ok(written.change_set)
}
