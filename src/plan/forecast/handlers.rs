//! What is asked of the forecast.

use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::rules::{Asked, AskedDetail};
use super::{pages, table};
use crate::accounts::Visitor;
use crate::app::App;
use crate::book::Book;
use crate::cache::Question;
use crate::error::AppError;
use crate::plan::share;
use crate::sheet::{FileKind, Separator};
use crate::ui::refused;
use crate::web::{Fields, Taker};

/// What a finished answer depends on: what is asked, and the plan. The week it is stands in what is asked.
pub(super) fn question(what: &str, asked: &Asked, extra: &str, book: &Book) -> Question {
    Question {
        asked: format!("forecast|{what}|{asked:?}|{extra}"),
        revision: book.revision_of(asked.outlook.department),
    }
}

/// `GET /forecast`: capacity against demand.
pub(crate) async fn show_forecast(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    taker: Taker,
) -> Result<Response, AppError> {
    let (book, today) = (app.book(), app.clock.today());
    let frame = visitor.frame(&app);
    match Asked::read(&Fields::from_query(query.as_deref()), &book, today) {
        Ok(asked) => {
            let may_edit = visitor.may_edit();
            let question = question("page", &asked, if may_edit { "edit" } else { "" }, &book);
            let make = || pages::forecast(&book, &asked, may_edit).into_string();
            let inside = app.answers.get_or_make(question, make).await?;
            Ok(app.answers.page(&taker, &pages::forecast_page(&frame), &inside))
        }
        Err(faults) => {
            let plain = Asked::plain(book.plan.week_of(today));
            let page = pages::refused(&frame, &book, &plain, &faults);
            Ok(refused(page))
        }
    }
}

/// `GET /forecast/detail?week=2026-11-16&by=role&group=3`: who and what stands behind one number.
pub(crate) async fn show_detail(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let book = app.book();
    let asked = AskedDetail::read(&Fields::from_query(query.as_deref()), &book, app.clock.today())
        .map_err(AppError::Invalid)?;
    let detail = book.forecast_detail(asked.asked.outlook, asked.group);
    Ok(pages::detail_page(&visitor.frame(&app), &book, &asked, &detail))
}

/// `GET /forecast/picture.svg`: the chart for a slide.
pub(crate) async fn show_picture(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_query(query.as_deref());
    let asked = Asked::read(&fields, &book, app.clock.today()).map_err(AppError::Invalid)?;
    let make = || table::svg(&book, &asked, &book.forecast(asked.outlook));
    let svg = app
        .answers
        .get_or_make(question("picture", &asked, "", &book), make)
        .await?;
    Ok(share::picture_file(&name(&book, &asked), &svg.text(), &fields))
}

/// `GET /forecast/export.csv`: the numbers as text.
pub(crate) async fn export_csv(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    export(&app, query.as_deref(), FileKind::Csv(Separator::Comma))
}

/// `GET /forecast/export.xlsx`: the numbers as a workbook.
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
    let view = book.forecast(asked.outlook);
    let table = table::table(&book, &asked, &view);
    share::table_file(&name(&book, &asked), kind, &table, &table::lines(&book, &asked))
}

fn name(book: &Book, asked: &Asked) -> String {
    let first = asked.outlook.from.first_day(book.plan.organisation.week_start);
    format!("forecast-{first}")
}
