//! What is asked of the reports.

use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::rules::Asked;
use super::{pages, table, words};
use crate::accounts::Visitor;
use crate::app::App;
use crate::book::Book;
use crate::cache::Question;
use crate::error::AppError;
use crate::plan::share;
use crate::sheet::{FileKind, Separator};
use crate::ui::refused;
use crate::web::{Fields, Taker};

/// What a finished answer depends on: what is asked, and the plan. The weeks of the period stand in what is asked.
fn question(what: &str, asked: &Asked, book: &Book) -> Question {
    Question {
        asked: format!("reports|{what}|{asked:?}"),
        revision: book.revision_of(None),
    }
}

/// `GET /reports`: planned hours, capacity or utilisation over a period.
pub(crate) async fn show_reports(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    taker: Taker,
) -> Result<Response, AppError> {
    let (book, today) = (app.book(), app.clock.today());
    let frame = visitor.frame(&app);
    let fields = Fields::from_query(query.as_deref());
    match Asked::read(&fields, &book, today) {
        Ok(asked) => {
            let make = || pages::reports(&book, &asked).into_string();
            let inside = app
                .answers
                .get_or_make(question("page", &asked, &book), make)
                .await?;
            Ok(app.answers.page(&taker, &pages::reports_page(&frame), &inside))
        }
        Err(faults) => {
            let page = pages::refused(&frame, &book, &Asked::plain(&book, today), &fields, &faults);
            Ok(refused(page))
        }
    }
}

/// `GET /reports/picture.svg`: the bars for a slide.
pub(crate) async fn show_picture(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_query(query.as_deref());
    let asked = Asked::read(&fields, &book, app.clock.today()).map_err(AppError::Invalid)?;
    let make = || table::svg(&book, &asked);
    let svg = app
        .answers
        .get_or_make(question("picture", &asked, &book), make)
        .await?;
    Ok(share::picture_file(&name(&book, &asked), &svg.text(), &fields))
}

/// `GET /reports/export.csv`: the numbers as text.
pub(crate) async fn export_csv(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    export(&app, query.as_deref(), FileKind::Csv(Separator::Comma))
}

/// `GET /reports/export.xlsx`: the numbers as a workbook.
pub(crate) async fn export_xlsx(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    export(&app, query.as_deref(), FileKind::Xlsx)
}

fn export(app: &App, query: Option<&str>, kind: FileKind) -> Result<Response, AppError> {
    let book = app.book();
    let asked =
        Asked::read(&Fields::from_query(query), &book, app.clock.today()).map_err(AppError::Invalid)?;
    let lines = [words::title(&asked), words::under_title(&book, &asked)];
    share::table_file(
        &name(&book, &asked),
        kind,
        &table::table_of(&book, &asked),
        &lines,
    )
}

/// `report-client-2026-11-16`.
pub(super) fn name(book: &Book, asked: &Asked) -> String {
    let first = asked.query.from.first_day(book.plan.organisation.week_start);
    format!("report-{}-{first}", asked.by.as_str())
}
