//! What is asked of the audit.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};

use super::rules::{AuditQuery, KEPT_KNOCKS, KEPT_ROWS, PAGE};
use super::store::{self, AuditRow};
use super::{Note, What, keep, pages};
use crate::accounts::visitor::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::sheet::{Cell, Column, Separator, Shape, Table, to_csv};
use crate::web::{Client, Fields, attachment};

/// `GET /accounts/audit`: what happened, newest first, as far as the address asks for it.
pub(crate) async fn show_audit(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let query = AuditQuery::read(&Fields::from_query(query.as_deref()));
    let mut rows = found(&app, query.clone(), PAGE + 1).await?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let frame = visitor.frame(&app);
    Ok(pages::audit(&frame, &app.clock, &query, &rows, more).into_response())
}

/// `GET /accounts/audit.csv`: all of it as a file.
pub(crate) async fn export_audit(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let query = AuditQuery {
        before: None,
        ..AuditQuery::read(&Fields::from_query(query.as_deref()))
    };
    let rows = found(
        &app,
        query,
        u32::try_from(KEPT_ROWS + KEPT_KNOCKS).unwrap_or(u32::MAX),
    )
    .await?;
    let table = table(&app, &rows);
    let bytes = to_csv(&table, Separator::Comma).map_err(|error| AppError::Internal(error.to_string()))?;
    let about = format!("audit, {} rows", rows.len());
    keep(&app, Note::of(What::Exported, &visitor, client).about(about)).await;
    let name = format!("ballast-audit-{}.csv", app.clock.today());
    Ok(attachment(&name, "text/csv; charset=utf-8", bytes))
}

async fn found(app: &App, query: AuditQuery, most: u32) -> Result<Vec<AuditRow>, AppError> {
    let from = query.from.map_or(i64::MIN, |day| app.clock.start_of(day));
    let until = query
        .until
        .map_or(i64::MAX, |day| app.clock.start_of(day.plus(1)));
    app.db
        .read(move |tx| Ok::<_, AppError>(store::rows(tx, &query, (from, until), most)?))
        .await
}

fn table(app: &App, rows: &[AuditRow]) -> Table {
    let titles = ["Day", "Time", "What", "Who", "Through", "From", "About"];
    let row = |row: &AuditRow| {
        vec![
            Cell::text(app.clock.day_of(row.at).to_string()),
            Cell::text(app.clock.time_of(row.at)),
            Cell::text(row.what.as_str()),
            Cell::text(row.actor.as_str()),
            Cell::text(row.behind.as_str()),
            Cell::text(row.address.as_str()),
            Cell::text(row.about.as_str()),
        ]
    };
    Table {
        name: "Audit".to_owned(),
        columns: titles
            .iter()
            .map(|title| Column::titled(title, Shape::Text))
            .collect(),
        rows: rows.iter().map(row).collect(),
    }
}
