//! The calendar for programs.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::holiday_names;
use super::rules::{MOST_DAYS, parts};
use crate::accounts::Visitor;
use crate::app::App;
use crate::book::{CalendarScope, Plan};
use crate::error::AppError;
use crate::people::days_text;
use crate::units::Day;
use crate::web::{Fields, Reader, Versioned};

/// Something that is due.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryJson {
    deliverable: i64,
    project: i64,
    project_name: String,
    name: String,
    #[schema(value_type = String)]
    due: Day,
    percent: Option<u8>,
    phase: String,
    done: bool,
}

/// Days on which somebody is away; the kind of their leave is not told here.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwayJson {
    person: i64,
    person_name: String,
    /// May lie before the days that were asked for.
    #[schema(value_type = String)]
    first: Day,
    /// May lie after the days that were asked for.
    #[schema(value_type = String)]
    last: Day,
    /// Only half of each day.
    half: bool,
    /// The first day begins at midday.
    from_midday: bool,
    /// The last day ends at midday.
    until_midday: bool,
    /// The days in words, such as `18 Nov (from midday) to 20 Nov 2026`.
    text: String,
}

/// A holiday of the organisation's calendar.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FreeDayJson {
    #[schema(value_type = String)]
    day: Day,
    name: String,
    /// Only from midday on.
    half: bool,
}

/// What happens on some days.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarDaysJson {
    revision: i64,
    #[schema(value_type = String)]
    from: Day,
    #[schema(value_type = String)]
    to: Day,
    deliverables: Vec<DeliveryJson>,
    absences: Vec<AwayJson>,
    holidays: Vec<FreeDayJson>,
}

/// What is asked for: both days must be told, in order, at most 400 of them; and what is named must be there.
fn scope(fields: &Fields, plan: &Plan) -> Result<CalendarScope, AppError> {
    let mut reader = Reader::new(fields);
    let missing = "say which day, such as 2026-11-16";
    let from: Option<Day> = reader.day("from");
    let to: Option<Day> = reader.day("to");
    for (name, day) in [("from", from), ("to", to)] {
        if day.is_none() && fields.text(name).trim().is_empty() {
            reader.fault(name, missing);
        }
    }
    let days = from.zip(to).unwrap_or((Day::MIN, Day::MIN));
    if days.1 < days.0 {
        reader.fault("to", "must not lie before from");
    } else if days.1.number() - days.0.number() >= MOST_DAYS {
        reader.fault("to", format!("{MOST_DAYS} days at most can be asked for at once"));
    }
    let (department, project, person) = parts(fields, plan);
    for (name, found) in [
        ("department", department.is_some()),
        ("project", project.is_some()),
        ("person", person.is_some()),
    ] {
        if !found && !fields.text(name).trim().is_empty() {
            reader.fault(name, "is not in the list");
        }
    }
    let scope = CalendarScope {
        first: days.0,
        last: days.1,
        department,
        project,
        person,
    };
    reader.finish(scope).map_err(AppError::Invalid)
}

/// What is due and who is away from a day to a day.
#[utoipa::path(
    get, path = "/api/v1/calendar", tag = "plan",
    params(
        ("from" = String, Query, description = "The first day"),
        ("to" = String, Query, description = "The last day; 400 days at most"),
        ("department" = Option<i64>, Query), ("project" = Option<i64>, Query), ("person" = Option<i64>, Query)
    ),
    responses((status = 200, body = CalendarDaysJson), (status = 304), (status = 422))
)]
pub(crate) async fn show_calendar(
    State(app): State<App>,
    _visitor: Visitor,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_form(query.unwrap_or_default().as_bytes());
    let scope = scope(&fields, &book.plan)?;
    let calendar = book.calendar(scope);
    let names = holiday_names(&app, book.plan.organisation.calendar).await?;
    let json = CalendarDaysJson {
        revision: book.revision,
        from: scope.first,
        to: scope.last,
        deliverables: calendar
            .due
            .iter()
            .map(|one| DeliveryJson {
                deliverable: one.deliverable.id.0,
                project: one.project.id.0,
                project_name: one.project.name.clone(),
                name: one.deliverable.name.clone(),
                due: one.due,
                percent: one.deliverable.percent,
                phase: one.deliverable.phase.clone(),
                done: one.deliverable.done,
            })
            .collect(),
        absences: calendar
            .away
            .iter()
            .map(|span| AwayJson {
                person: span.person.id.0,
                person_name: span.person.name.clone(),
                first: span.days.first,
                last: span.days.last,
                half: span.days.half,
                from_midday: span.days.from_midday,
                until_midday: span.days.until_midday,
                text: days_text(&span.days),
            })
            .collect(),
        holidays: calendar
            .holidays
            .iter()
            .map(|free| FreeDayJson {
                day: free.day,
                name: names.get(&free.day).cloned().unwrap_or_default(),
                half: free.half,
            })
            .collect(),
    };
    Versioned(json).answer(&headers)
}
