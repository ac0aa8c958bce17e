//! A due date that moves, with the hours that follow: preview, and the move itself.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};

use super::rules::{Follow, Move, Reallocation, Terms, reallocate, warnings};
use super::{pages, store};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Book, Deliverable};
use crate::db::Written;
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::plan::handlers::{back, deliverable_fields, find_deliverable, refused_form};
use crate::plan::rules::{outside_words, read_deliverable, read_due};
use crate::plan::store::{DELIVERABLE, DeliverableDraft, change_deliverable, deliverable_notes};
use crate::units::Day;
use crate::units::ids::DeliverableId;
use crate::web::{Fields, Path, Reader, done_at, hex};

/// `GET /deliverables/{id}/move?due=`: what would follow, with the question how.
pub(crate) async fn ask_to_move(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DeliverableId>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let mut fields = Fields::from_query(query.as_deref());
    fields.set("back", &back::page_before(&headers));
    if !fields.has("moveHours") {
        fields.add("moveHours".to_owned(), "true".to_owned());
    }
    preview(&app, &visitor, id, &fields, &[])
}

/// `POST /deliverables/{id}/move/preview`: the same after another answer to the question how. It changes nothing.
pub(crate) async fn ask_again(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DeliverableId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    preview(&app, &visitor, id, &fields, &[])
}

/// `POST /deliverables/{id}/move`: moves the date, and the hours where they are to follow.
pub(crate) async fn move_date(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DeliverableId>,
    KeyedForm(mut fields): KeyedForm,
) -> Result<Response, AppError> {
    if fields.text("only") == "date" {
        fields.set("moveHours", "false");
    } else if !fields.has("moveHours") {
        // A box that is not ticked is not sent.
        fields.add("moveHours".to_owned(), "false".to_owned());
    }
    let book = app.book();
    let project = find_deliverable(&book, id)?.project;
    match change_in_part(&app, &visitor, id, &HeaderMap::new(), &fields).await {
        Ok(written) => {
            let place = back::back_or(fields.text("back"), &format!("/projects/{project}"));
            Ok(done_at(&place, written.change_set))
        }
        Err(AppError::Conflict { extra, .. }) => {
            let told: Vec<String> = serde_json::from_value(extra).unwrap_or_default();
            let mut response = preview(&app, &visitor, id, &fields, &told)?;
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
        Err(AppError::Invalid(errors)) => {
            let project = book.plan.project(project).ok_or(AppError::NotFound)?;
            Ok(refused_form(&visitor.frame(&app), project, id, fields, errors))
        }
        Err(error) => Err(error),
    }
}

/// The page that asks. `changed` says what somebody did since the reader saw the last preview.
pub(in crate::plan) fn preview(
    app: &App,
    visitor: &Visitor,
    id: DeliverableId,
    fields: &Fields,
    changed: &[String],
) -> Result<Response, AppError> {
    let book = app.book();
    let deliverable = find_deliverable(&book, id)?;
    let project = book.plan.project(deliverable.project).ok_or(AppError::NotFound)?;
    let frame = visitor.frame(app);
    let mut reader = Reader::new(fields);
    let due = read_due(&mut reader, app.clock.today());
    let follow = Follow::read(&mut reader, false);
    let (due, follow) = match reader.finish((due, follow)) {
        Ok(read) => read,
        Err(errors) => {
            let own = deliverable_fields(deliverable, String::new());
            return Ok(refused_form(
                &frame,
                project,
                id,
                edit::merged(fields, own),
                errors,
            ));
        }
    };
    let Some(moved) = Move::of(deliverable, due) else {
        return Err(AppError::field(
            "due",
            "choose another day than the one it is due on",
        ));
    };
    let this_week = book.plan.week_of(app.clock.today());
    let reallocation = reallocate(&book, &[moved], follow.terms, this_week);
    let basis = basis(&book, &reallocation);
    Ok(pages::preview(
        &frame,
        &pages::Preview {
            book: &book,
            deliverable,
            moved,
            follow: &follow,
            reallocation: &reallocation,
            basis: &basis,
            fields,
            changed,
            back: back::back_or(fields.text("back"), &format!("/projects/{}", project.id)),
            warnings: warnings(&book, deliverable, due),
        },
    ))
}

/// Whether `fields` move a date in a way that is to be asked about first: hours would follow, or it passes another.
pub(in crate::plan) fn moves_hours(app: &App, book: &Book, before: &Deliverable, fields: &Fields) -> bool {
    let due: Option<Day> = fields.text("due").parse().ok();
    let Some(moved) = Move::of(before, due).filter(|_| !fields.has("moveHours")) else {
        return false;
    };
    let reallocation = reallocate(
        book,
        &[moved],
        Terms::default(),
        book.plan.week_of(app.clock.today()),
    );
    !reallocation.lines.is_empty()
        || !reallocation.skipped.is_empty()
        || !warnings(book, before, due).is_empty()
}

/// What a preview stands for: the revision it was made from, and a digest of what it showed. A later plan that gives the
/// same answer is as good.
pub(super) fn basis(book: &Book, reallocation: &Reallocation) -> String {
    let digest = Sha256::digest(format!("{reallocation:?}"));
    format!("{}-{}", book.revision, hex(digest.iter().take(8)))
}

/// A partial change, from JSON or from the preview: fields that were not sent stay. Others who are faster make it begin
/// anew, unless they changed what the preview had shown.
pub(in crate::plan) async fn change_in_part(
    app: &App,
    visitor: &Visitor,
    id: DeliverableId,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Written<Option<Reallocation>>, AppError> {
    edit::retry(|| async {
        let book = app.book();
        let seen = Seen::at(book.revision, &[(&DELIVERABLE, id.0)]);
        let current = find_deliverable(&book, id)?;
        crate::web::if_match(headers, &crate::plan::api::DeliverableJson::from(current))?;
        let notes = app.db.read(move |tx| deliverable_notes(tx, id)).await?;
        let own = deliverable_fields(current, notes.unwrap_or_default());
        change_from(app, visitor, &book, id, &edit::merged(fields, own), seen).await
    })
    .await
}

/// Changes a deliverable as `fields` say, whole.
pub(in crate::plan) async fn change_from(
    app: &App,
    visitor: &Visitor,
    book: &Book,
    id: DeliverableId,
    fields: &Fields,
    seen: Seen,
) -> Result<Written<Option<Reallocation>>, AppError> {
    let before = find_deliverable(book, id)?;
    let mut reader = Reader::new(fields);
    let mut draft = read_deliverable(&mut reader);
    if draft.due.is_some() && draft.due != before.due {
        draft.due = read_due(&mut reader, app.clock.today());
    }
    let follow = Follow::read(&mut reader, app.config.auto_reallocation);
    let (draft, follow) = reader.finish((draft, follow)).map_err(AppError::Invalid)?;
    let moved = Move::of(before, draft.due);
    let reallocation = moved
        .filter(|_| follow.hours)
        .map(|moved| reallocate(book, &[moved], follow.terms, book.plan.week_of(app.clock.today())));
    if let (Some(reallocation), Some(seen)) = (&reallocation, &follow.basis) {
        still_as_shown(app, book, before, reallocation, seen).await?;
    }
    let label = label(book, before, &draft, reallocation.as_ref());
    let plan_seen = reallocation
        .is_some()
        .then(|| store::plan_seen(book, before.project));
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            seen.check(tx)?;
            if let Some(plan_seen) = &plan_seen {
                plan_seen.check(tx)?;
            }
            if !change_deliverable(tx, id, &draft)? {
                return Err(AppError::NotFound);
            }
            if let (Some(moved), Some(reallocation)) = (&moved, &reallocation) {
                store::move_hours(tx, std::slice::from_ref(moved), reallocation)?;
            }
            Ok(reallocation.clone())
        })
        .await
}

/// Refuses a move whose preview showed something else, and says what was done since.
async fn still_as_shown(
    app: &App,
    book: &Book,
    deliverable: &Deliverable,
    reallocation: &Reallocation,
    seen: &str,
) -> Result<(), AppError> {
    let now = basis(book, reallocation);
    let digest = |basis: &str| basis.split_once('-').map(|(_, digest)| digest.to_owned());
    if digest(&now) == digest(seen) {
        return Ok(());
    }
    let revision = seen
        .split_once('-')
        .and_then(|(revision, _)| revision.parse().ok())
        .unwrap_or(0);
    let (snapshot, project) = (book.clone(), deliverable.project);
    let changed = app
        .db
        .read(move |tx| store::changes_since(tx, &snapshot, project, revision))
        .await?;
    let mut told: Vec<String> = changed
        .into_iter()
        .take(5)
        .map(|(actor, label)| format!("{actor} {label}"))
        .collect();
    if told.is_empty() {
        told.push("What people can carry, or what else they are booked on, has changed".to_owned());
    }
    Err(AppError::Conflict {
        detail: format!(
            "The plan has changed since you saw what would move: {}. Nothing was changed; look at it again.",
            told.join("; ")
        ),
        extra: serde_json::json!(told),
    })
}

/// The change in the history's words.
fn label(
    book: &Book,
    before: &Deliverable,
    draft: &DeliverableDraft,
    reallocation: Option<&Reallocation>,
) -> String {
    let name = &draft.name;
    if let Some(moved) = Move::of(before, draft.due) {
        let weeks = moved.weeks(book.plan.organisation.week_start);
        let by = match weeks {
            0 => format!("moved {name} from {} to {}", moved.from.short(), moved.to.short()),
            1 | -1 => format!("moved {name} by {weeks:+} week"),
            _ => format!("moved {name} by {weeks:+} weeks"),
        };
        let outside = outside_words(book.plan.project(before.project), draft.due);
        return match reallocation.map(Reallocation::minutes) {
            Some(minutes) if minutes.0 > 0 => format!("{by}{outside}, {minutes} h followed"),
            _ => format!("{by}{outside}"),
        };
    }
    if draft.done != before.done {
        return format!(
            "marked {name} as {}",
            if draft.done { "done" } else { "not done" }
        );
    }
    format!("changed {name}")
}
