//! The schedule: the page, and its rows alone for a browser that has the page already.

use axum::extract::{RawQuery, State};
use axum::response::Response;

use crate::accounts::{Reach, Visitor};
use crate::app::App;
use crate::book::Book;
use crate::cache::Question;
use crate::error::AppError;
use crate::people::Done;
use crate::plan::pages::{self, Part};
use crate::plan::rules::{View, Window};
use crate::units::Day;
use crate::web::pieces::Piece;
use crate::web::{Fields, Query, Taker};

fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    let fields = Fields::from_query(query);
    fields
        .names()
        .map(|name| (name.to_owned(), fields.text(name).to_owned()))
        .collect()
}

/// What an answer depends on besides the plan: the window, the day it is, and whose cells can be edited.
fn question(what: &str, query: &str, today: Day, reach: &Reach, revision: i64) -> Question {
    Question {
        asked: format!("{what}|{today}|{}|{query}", reach.key()),
        revision,
    }
}

/// The newest change that a window shows. Projects count the hours of whoever works on them, of any department.
fn revision(book: &Book, window: &Window) -> i64 {
    book.revision_of(match window.view {
        View::People => window.filter.department,
        View::Projects => None,
    })
}

/// `GET /schedule`: the grid. Everything about it stands in the address.
pub(crate) async fn show_schedule(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
    RawQuery(query): RawQuery,
    taker: Taker,
) -> Result<Response, AppError> {
    let book = app.book();
    let today = app.clock.today();
    let window = Window::read(&pairs(query.as_deref()), &book, today);
    let reach = visitor.reach(&book.plan);
    let question = question(
        "schedule",
        &window.query(&book.plan),
        today,
        &reach,
        revision(&book, &window),
    );
    let draw = || {
        let mut pieces = Vec::new();
        pages::schedule(&book, &window, today, &reach, |part| {
            pieces.push(match part {
                Part::Drawn(text) => Piece::new(text),
                Part::Kept { key, revision, draw } => {
                    let asked = format!("{}|{key}", question.asked);
                    app.answers.part(Question { asked, revision }, draw)
                }
            });
        });
        pieces
    };
    let inside = app.answers.get_or_join(question.clone(), draw).await?;
    let frame = done.frame(&app, &visitor).await?;
    Ok(app.answers.page(&taker, &pages::schedule_page(&frame), &inside))
}

/// `GET /schedule/rows`: the rows of the same window as a fragment; of some people or projects only where `only` names them.
pub(crate) async fn show_rows(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    taker: Taker,
) -> Result<Response, AppError> {
    let book = app.book();
    let today = app.clock.today();
    let pairs = pairs(query.as_deref());
    let window = Window::read(&pairs, &book, today);
    let only = pairs
        .iter()
        .find(|(name, _)| name == "only")
        .map(|(_, value)| value.clone());
    let reach = visitor.reach(&book.plan);
    let asked = format!("{}|{}", window.query(&book.plan), only.as_deref().unwrap_or("*"));
    let question = question("rows", &asked, today, &reach, revision(&book, &window));
    let draw = || {
        let only: Option<Vec<&str>> = only.as_deref().map(|list| list.split(',').collect());
        pages::rows_fragment(&book, &window, today, &reach, only.as_deref()).into_string()
    };
    let rows = app.answers.get_or_make(question, draw).await?;
    Ok(app.answers.fragment(&taker, &rows))
}
