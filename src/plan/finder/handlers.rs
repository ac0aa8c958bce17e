//! What is asked of the finder.

mod assign;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};

use super::pages;
use super::rules::{Question, View};
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::people::Done;
use crate::ui::{FormState, refused};
use crate::units::ids::PersonId;
use crate::web::{Fields, Query, Reader};

pub(crate) use assign::{assign, new_assignment};

/// How many people are named for each open place.
pub(super) const BEST: usize = 5;

/// How many open places are shown at first.
const PLACES: usize = 20;

/// `GET /finder`: the question and its answer. Everything about it stands in the address.
pub(crate) async fn show_finder(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_query(query.as_deref());
    let mut reader = Reader::new(&fields);
    let question = Question::read(&mut reader, &book.plan, app.clock.today());
    let frame = done.frame(&app, &visitor).await?;
    if let Err(errors) = reader.finish(()) {
        let state = FormState::again(fields, errors);
        let page = pages::refused(&frame, &book, &question, &state);
        return Ok(refused(page));
    }
    let reach = visitor.reach(&book.plan);
    let page = match question.view {
        View::People => pages::people(&frame, (&book, &reach), &question, &book.find(&question.wanted())),
        View::Places => {
            let this_week = book.plan.week_of(app.clock.today());
            let mut places = book.places(question.project, this_week);
            let count = places.len();
            if !question.all {
                places.truncate(PLACES);
            }
            let filled = book.fill_places(places, BEST);
            pages::places(&frame, (&book, &reach), &question, &filled, count)
        }
    };
    Ok(page.into_response())
}

#[derive(serde::Deserialize)]
pub(crate) struct Whose {
    person: Option<PersonId>,
}

/// `GET /finder/free?person=`: somebody's next weeks as a piece of a form.
pub(crate) async fn show_free(
    State(app): State<App>,
    _visitor: Visitor,
    Query(whose): Query<Whose>,
) -> Result<Response, AppError> {
    let book = app.book();
    let person = whose.person.and_then(|id| book.plan.person(id));
    let person = person.ok_or(AppError::NotFound)?;
    Ok(pages::free_weeks(&book, person, app.clock.today()).into_response())
}
