//! The preview of hours that would be pushed, and pushing them.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::pages::{self, PushView};
use super::rules::{self, Changed, Preview};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Book, Person};
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::people::{self, TimeOff, TimeOffStatus};
use crate::plan::BOOKING;
use crate::plan::handlers::{back_or, page_before};
use crate::plan::{store as plan_store, warden};
use crate::units::ids::{ChangeSetId, TimeOffId};
use crate::web::{Fields, Path, done_at};

/// The leave `id`, where it counts, of somebody whom the visitor plans.
pub(super) async fn find(app: &App, visitor: &Visitor, id: TimeOffId) -> Result<TimeOff, AppError> {
    let row = app.db.read(move |tx| people::time_off_row(tx, id)).await?;
    if let Some(row) = &row {
        warden::person(app, visitor, person_of(&app.book(), row)?).await?;
    }
    row.filter(|row| row.status == TimeOffStatus::Approved)
        .ok_or(AppError::NotFound)
}

pub(super) fn person_of<'a>(book: &'a Book, row: &TimeOff) -> Result<&'a Person, AppError> {
    book.plan.person(row.person).ok_or(AppError::NotFound)
}

/// What pushing would do as the plan is in `book`.
pub(super) fn preview(app: &App, book: &Book, row: &TimeOff) -> Result<Preview, AppError> {
    let this_week = book.plan.week_of(app.clock.today());
    let person = person_of(book, row)?;
    Ok(rules::preview(book, person, &row.absence, this_week))
}

/// `GET /time-off/{id}/push`: what would go where.
pub(crate) async fn show_push(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TimeOffId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let row = find(&app, &visitor, id).await?;
    let book = app.book();
    let view = PushView {
        book: &book,
        person: person_of(&book, &row)?,
        row: &row,
        preview: preview(&app, &book, &row)?,
        changed: Vec::new(),
        back: page_before(&headers),
    };
    Ok(pages::push(&visitor.frame(&app), &view))
}

/// `POST /time-off/{id}/push`: does it, unless the plan is no longer what the preview was made from.
pub(crate) async fn push_by_form(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TimeOffId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match push(&app, &visitor, id, &fields).await? {
        Outcome::Done(change_set, _) => Ok(done_at(&back_or(fields.text("back"), "/time-off"), change_set)),
        Outcome::Stale(changed) => {
            let row = find(&app, &visitor, id).await?;
            let book = app.book();
            let view = PushView {
                book: &book,
                person: person_of(&book, &row)?,
                row: &row,
                preview: preview(&app, &book, &row)?,
                changed,
                back: fields.text("back").to_owned(),
            };
            let mut response = pages::push(&visitor.frame(&app), &view);
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
    }
}

/// What became of it.
pub(super) enum Outcome {
    /// It is done, as the preview said.
    Done(Option<ChangeSetId>, Preview),
    /// The plan has changed since the preview; nothing was moved.
    Stale(Vec<Changed>),
}

/// Pushes what the leave has no room for, as one change set.
pub(super) async fn push(
    app: &App,
    visitor: &Visitor,
    id: TimeOffId,
    fields: &Fields,
) -> Result<Outcome, AppError> {
    let row = find(app, visitor, id).await?;
    let seen = rules::read_seen(fields.text("seen"))
        .ok_or_else(|| AppError::field("seen", "must be what the preview answered"))?;
    edit::retry(|| async {
        let book = app.book();
        let person = person_of(&book, &row)?;
        let preview = preview(app, &book, &row)?;
        let now = rules::seen(&book, person, seen.keys().copied());
        let mut changed = rules::changed(&seen, &now);
        if changed.is_empty() && preview.seen != seen {
            // Nothing in the weeks is different, and yet something else follows: the leave itself has changed.
            changed = rules::changed(&seen, &preview.seen);
        }
        if !changed.is_empty() {
            return Ok(Outcome::Stale(changed));
        }
        let cells = rules::cells_after(&book, &preview.pushed.moves);
        let label = format!(
            "pushed {} h of {} past the leave {}",
            preview.pushed.total(),
            person.name,
            people::days_text(&row.absence)
        );
        let unchanged = rows_seen(&book, person);
        let written = app
            .db
            .write(app.gesture(visitor, &label), move |tx| {
                unchanged.check(tx)?;
                let cells = cells
                    .iter()
                    .map(|cell| (cell.assignment, cell.week, cell.minutes));
                Ok::<_, AppError>(plan_store::set_cells(tx, cells)?)
            })
            .await?;
        Ok(Outcome::Done(written.change_set, preview))
    })
    .await
}

/// What the answer follows from, so that nothing of it changes between the look and the write: whichever leave of theirs
/// it is, and every hour of theirs.
fn rows_seen(book: &Book, person: &Person) -> Seen {
    let own = book.plan.assignments_of_person(person.id);
    let rows = own.map(|assignment| (&BOOKING, assignment.id.0));
    people::capacity_seen(book.revision, person.id).and(rows)
}
