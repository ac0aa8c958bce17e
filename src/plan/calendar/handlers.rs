//! The calendar's page.

use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::pages;
use super::rules::Asked;
use crate::accounts::Visitor;
use crate::app::App;
use crate::cache::Question;
use crate::error::AppError;
use crate::people;
use crate::units::Day;
use crate::units::ids::CalendarId;
use crate::web::{Fields, Taker};

/// `GET /calendar`: a month, or its days as a list.
pub(crate) async fn show_calendar(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    taker: Taker,
) -> Result<Response, AppError> {
    let book = app.book();
    let today = app.clock.today();
    let fields = Fields::from_form(query.unwrap_or_default().as_bytes());
    let asked = Asked::read(&fields, &book.plan, today);
    let question = Question {
        asked: format!("calendar|{today}|{}", asked.href()),
        revision: book.revision_of(None),
    };
    let holidays = holiday_names(&app, book.plan.organisation.calendar).await?;
    let make = || pages::calendar(&book, asked, today, &holidays).into_string();
    let inside = app.answers.get_or_make(question, make).await?;
    Ok(app
        .answers
        .page(&taker, &pages::calendar_page(&visitor.frame(&app)), &inside))
}

/// What the days of a calendar are called; the book knows only which days they are.
pub(super) async fn holiday_names(
    app: &App,
    calendar: Option<CalendarId>,
) -> Result<pages::Holidays, AppError> {
    let Some(id) = calendar else {
        return Ok(pages::Holidays::new());
    };
    let all = app.db.read(people::calendars).await?;
    let own = all.into_iter().filter(|one| one.id == id);
    let named = own.flat_map(|one| one.days_between(Day::MIN, Day::MAX));
    let named = named.map(|one| (one.day, one.name));
    Ok(named.collect())
}
