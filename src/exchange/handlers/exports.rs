//! The plan as files.

use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::super::export::{Subject, export_file};
use super::super::store;
use crate::app::App;
use crate::error::{AppError, FieldError};
use crate::sheet::FileKind;
use crate::units::{Day, Week};
use crate::web::{Fields, Path, attachment};

/// `GET /export/{file}`: `people.csv`, `projects.xlsx`, `deliverables.csv`, `hours.xlsx?shape=long&from=2026-11-16&weeks=26`;
/// from a form the format may stand in the query.
pub(crate) async fn export(
    State(app): State<App>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    answer(&app, &file, query.as_deref()).await
}

/// A file of the plan.
pub(in crate::exchange) async fn answer(
    app: &App,
    file: &str,
    query: Option<&str>,
) -> Result<Response, AppError> {
    let fields = Fields::from_query(query);
    let (what, ending) = file.split_once('.').unwrap_or((file, fields.text("format")));
    let subject = Subject::from_words(what, fields.text("shape")).ok_or(AppError::NotFound)?;
    let kind = FileKind::from_words(ending, fields.text("separator")).ok_or(AppError::NotFound)?;
    let book = app.book();
    let weeks = weeks(&fields, book.plan.organisation.week_start).map_err(AppError::Invalid)?;
    let today = app.clock.today();
    let known = app.db.read(move |tx| store::known(tx, today, false)).await?;
    let bytes = tokio::task::spawn_blocking(move || export_file(&book, &known, subject, kind, weeks))
        .await
        .map_err(|error| AppError::Internal(error.to_string()))?
        .map_err(|error| AppError::Internal(error.to_string()))?;
    let name = format!("{}-{today}.{}", subject.word(), kind.ending());
    Ok(attachment(&name, kind.media_type(), bytes))
}

/// The weeks that an address asks for; none for all that are booked.
fn weeks(fields: &Fields, start: crate::units::WeekStart) -> Result<Option<(Week, u16)>, Vec<FieldError>> {
    /// Ten years.
    const MOST: u16 = 520;
    let mut reader = crate::web::Reader::new(fields);
    let from: Option<Day> = reader.day("from");
    let count = reader.optional("weeks", |text| {
        text.parse()
            .ok()
            .filter(|weeks| (1..=MOST).contains(weeks))
            .ok_or("must be a whole number from 1 to 520")
    });
    if count.is_some() && from.is_none() && fields.text("from").trim().is_empty() {
        reader.fault("from", "say from which day the weeks are counted");
    }
    let weeks = from.map(|day| (Week::of(day, start), count.unwrap_or(MOST)));
    reader.finish(weeks)
}
