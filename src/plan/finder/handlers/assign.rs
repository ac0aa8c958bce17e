//! From an answer of the finder to an assignment with its hours, in one change set.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;

use super::super::rules::{Draft, Moved, Question, Seen};
use super::super::{pages, store};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Ask, Assignment, Book, Person, PersonWeek};
use crate::db::{WriteTx, Written};
use crate::edit;
use crate::error::{AppError, FieldError};
use crate::people::capacity_seen;
use crate::plan::handlers::back_or;
use crate::plan::{store as plan_store, warden};
use crate::ui::FormState;
use crate::units::Minutes;
use crate::units::ids::{AssignmentId, PersonId};
use crate::web::{Fields, Reader, done_at};

/// `GET /finder/assign?person=…`: the form, with hours proposed for what was asked, or for the open place `place=`.
pub(crate) async fn new_assignment(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_form(query.unwrap_or_default().as_bytes());
    let mut reader = Reader::new(&fields);
    let question = Question::read(&mut reader, &book.plan, app.clock.today());
    let person: Option<PersonId> = reader.id("person");
    let place: Option<AssignmentId> = reader.id("place");
    reader.finish(()).map_err(AppError::Invalid)?;
    let person = person
        .and_then(|id| book.plan.person(id))
        .filter(|person| person.active)
        .ok_or(AppError::NotFound)?;
    warden::person(&app, &visitor, person).await?;
    let place = match place {
        None => None,
        Some(id) => {
            let found = book.plan.assignment(id).filter(|one| one.person.is_none());
            Some(found.ok_or(AppError::NotFound)?)
        }
    };
    let this_week = book.plan.week_of(app.clock.today());
    let ask = place
        .and_then(|place| book.ask_of(place, this_week))
        .unwrap_or_else(|| question.wanted().ask);
    let state = FormState {
        values: first_values(&book, &question, person, place, &ask),
        errors: Vec::new(),
    };
    Ok(pages::assign_form(&visitor.frame(&app), &book, person, &state))
}

/// The form as it opens: who, where, and the proposed hours with what they were proposed in view of.
fn first_values(
    book: &Book,
    question: &Question,
    person: &Person,
    place: Option<&Assignment>,
    ask: &Ask,
) -> Fields {
    let mut fields = Fields::default();
    let text = |id: Option<String>| id.unwrap_or_default();
    let project = place.map(|place| place.project).or(question.project);
    let role = match place {
        Some(place) => place.role,
        None => question.role.filter(|role| person.role != Some(*role)),
    };
    for (name, value) in [
        ("person", person.id.to_string()),
        ("place", text(place.map(|one| one.id.to_string()))),
        ("project", text(project.map(|id| id.to_string()))),
        ("role", text(role.map(|id| id.to_string()))),
        ("note", place.map(|one| one.note.clone()).unwrap_or_default()),
        ("back", question.href(&book.plan)),
    ] {
        fields.add(name.to_owned(), value);
    }
    let weeks = book.person_weeks(person, ask.from, ask.weeks());
    let proposed = crate::book::proposal(ask, &weeks);
    for ((week, now), minutes) in ask.from.span(ask.weeks()).zip(&weeks).zip(proposed) {
        let held = place.map_or(Minutes(0), |place| book.hours().get(place.id, week));
        fields.add(format!("seen-{week}"), seen(now, held).text());
        let typed = if minutes.0 == 0 {
            String::new()
        } else {
            minutes.to_string()
        };
        fields.add(format!("week-{week}"), typed);
    }
    fields
}

const fn seen(now: &PersonWeek, place: Minutes) -> Seen {
    Seen {
        booked: now.booked,
        capacity: now.capacity,
        place,
    }
}

/// `POST /finder/assign`: puts somebody there, or shows what would be left (`check`), or says what was wrong.
pub(crate) async fn assign(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let book = app.book();
    let mut reader = Reader::new(&fields);
    let draft = Draft::read(&mut reader, &book);
    let errors = reader.finish(()).err().unwrap_or_default();
    let Some(draft) = draft.filter(|_| errors.is_empty() && !fields.has("check")) else {
        let status = if errors.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        return again(&app, &visitor, FormState::again(fields, errors), status);
    };
    let person = book.plan.person(draft.person).ok_or(AppError::NotFound)?;
    warden::person(&app, &visitor, person).await?;
    let written = edit::retry(|| write(&app, &visitor, &draft)).await?;
    match written.value {
        Outcome::Done => Ok(done_at(
            &back_or(fields.text("back"), "/finder"),
            written.change_set,
        )),
        Outcome::Taken => {
            let gone = FieldError::new(
                "place",
                "somebody else has filled or removed this place meanwhile; look for another one",
            );
            again(
                &app,
                &visitor,
                FormState::again(fields, vec![gone]),
                StatusCode::CONFLICT,
            )
        }
        Outcome::Moved(moved) => {
            let errors = moved
                .iter()
                .map(|one| FieldError::new(format!("week-{}", one.week), &one.text))
                .collect();
            let fields = seen_anew(&app.book(), &fields);
            again(
                &app,
                &visitor,
                FormState::again(fields, errors),
                StatusCode::CONFLICT,
            )
        }
    }
}

fn again(app: &App, visitor: &Visitor, state: FormState, status: StatusCode) -> Result<Response, AppError> {
    let book = app.book();
    let person = state.values.text("person").parse().ok().map(PersonId);
    let Some(person) = person.and_then(|id| book.plan.person(id)) else {
        // Without somebody there is no form to show again.
        return Err(AppError::Invalid(state.errors));
    };
    let mut response = pages::assign_form(&visitor.frame(app), &book, person, &state);
    *response.status_mut() = status;
    Ok(response)
}

/// The fields as they were typed, over what is there now.
fn seen_anew(book: &Book, fields: &Fields) -> Fields {
    let person = fields.text("person").parse().ok().map(PersonId);
    let person = person.and_then(|id| book.plan.person(id));
    let place = fields.text("place").parse().ok().map(AssignmentId);
    let mut anew = Fields::default();
    for name in fields.names() {
        let day = name.strip_prefix("seen-").and_then(|text| text.parse().ok());
        let (Some(person), Some(day)) = (person, day) else {
            anew.add(name.to_owned(), fields.text(name).to_owned());
            continue;
        };
        let week = book.plan.week_of(day);
        let now = book.person_weeks(person, week, 1);
        let held = place.map_or(Minutes(0), |place| book.hours().get(place, week));
        let text = now.first().map(|now| seen(now, held).text());
        anew.add(name.to_owned(), text.unwrap_or_default());
    }
    anew
}

/// What became of a write.
enum Outcome {
    Done,
    /// The open place is not open any more.
    Taken,
    /// Something that was seen has changed.
    Moved(Vec<Moved>),
}

/// Compares what was seen with the newest plan, and writes in view of exactly that: what is booked is asked in the write
/// itself, and what the person can carry is as in the book that it was worked out from.
async fn write(app: &App, visitor: &Visitor, draft: &Draft) -> Result<Written<Outcome>, AppError> {
    let book = app.book();
    let person = book.plan.person(draft.person).ok_or(AppError::NotFound)?;
    let project = book.plan.project(draft.project).ok_or(AppError::NotFound)?;
    let hours: Minutes = draft.weeks.iter().map(|week| week.minutes).sum();
    let label = match draft.place {
        None => format!("assigned {} to {} with {hours} h", person.name, project.name),
        Some(_) => format!(
            "put {} in an open place of {} with {hours} h",
            person.name, project.name
        ),
    };
    let name = person.name.clone();
    let capacities: Vec<Minutes> = draft
        .weeks
        .iter()
        .map(|week| book.plan.capacity(person, week.week).0)
        .collect();
    let unchanged = capacity_seen(book.revision, draft.person);
    let draft = draft.clone();
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            unchanged.check(tx)?;
            if let Some(place) = draft.place
                && !store::is_open(tx, place)?
            {
                return Ok(Outcome::Taken);
            }
            let moved = moved(tx, &draft, &name, &capacities)?;
            if !moved.is_empty() {
                return Ok(Outcome::Moved(moved));
            }
            lay_down(tx, &draft)?;
            Ok::<_, AppError>(Outcome::Done)
        })
        .await
}

/// What has changed of the person's weeks and the place's hours since they were seen.
fn moved(
    tx: &WriteTx<'_>,
    draft: &Draft,
    name: &str,
    capacities: &[Minutes],
) -> Result<Vec<Moved>, AppError> {
    let (Some(first), Some(last)) = (draft.weeks.first(), draft.weeks.last()) else {
        return Ok(Vec::new());
    };
    let booked = store::booked(tx, draft.person, first.week, last.week)?;
    let mut moved = Vec::new();
    for (week, capacity) in draft.weeks.iter().zip(capacities) {
        let own = booked.iter().find(|(own, _)| *own == week.week);
        let now = PersonWeek {
            booked: own.map_or(Minutes(0), |(_, minutes)| *minutes),
            capacity: *capacity,
            ..PersonWeek::default()
        };
        let held = match draft.place {
            Some(place) => plan_store::minutes(tx, place, week.week)?,
            None => Minutes(0),
        };
        moved.extend(week.moved(name, &now, held));
    }
    Ok(moved)
}

fn lay_down(tx: &WriteTx<'_>, draft: &Draft) -> Result<(), AppError> {
    let (person, note) = (Some(draft.person), draft.note.as_str());
    let assignment = match draft.place {
        Some(place) => {
            plan_store::change_assignment(tx, place, person, draft.role, note)?;
            place
        }
        None => plan_store::add_assignment(tx, draft.project, person, draft.role, note)?,
    };
    let cells = draft.weeks.iter().map(|one| (assignment, one.week, one.minutes));
    Ok(plan_store::set_cells(tx, cells)?)
}
