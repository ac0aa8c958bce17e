//! The overview for programs.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Visitor;
use crate::app::App;
use crate::book::{Attention, Book, Due, Overview, Scope, WeekDemand, percent, total};
use crate::cache::Question;
use crate::error::AppError;
use crate::units::{Day, Minutes, Week};
use crate::web::{Fields, Taker};

/// Capacity and demand of one week, in hours.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WeekDemandJson {
    /// The first day of the week.
    #[schema(value_type = String)]
    week: Day,
    #[schema(value_type = f64)]
    capacity: Minutes,
    #[schema(value_type = f64)]
    confirmed: Minutes,
    #[schema(value_type = f64)]
    tentative: Minutes,
    /// Hours of places that nobody fills yet.
    #[schema(value_type = f64)]
    open: Minutes,
}

/// Something that somebody should look at.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttentionJson {
    /// `over`, `overdue`, `noHours` or `openPlace`.
    kind: &'static str,
    person: Option<i64>,
    project: Option<i64>,
    deliverable: Option<i64>,
    assignment: Option<i64>,
    /// The first day of the first week that it is about, or the date that is due.
    #[schema(value_type = String)]
    on: Day,
    /// Of somebody with too much: the worst week, in percent; none where they are away.
    percent: Option<u32>,
    /// Of somebody with too much: in how many of the next four weeks.
    weeks: Option<usize>,
}

/// A deliverable that comes up.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DueJson {
    project: i64,
    deliverable: i64,
    name: String,
    #[schema(value_type = String)]
    due: Day,
    /// What is booked in the weeks that lead up to it.
    #[schema(value_type = f64)]
    lead_in_hours: Minutes,
    /// Who has most of that.
    lead: Option<i64>,
}

/// One department, with all below it, over the weeks that were asked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepartmentLoadJson {
    /// None for the people who are in none.
    department: Option<i64>,
    people: usize,
    #[schema(value_type = f64)]
    booked: Minutes,
    #[schema(value_type = f64)]
    capacity: Minutes,
    percent: Option<u32>,
}

/// How the team stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverviewJson {
    revision: i64,
    /// This week's utilisation in percent; none where there is no capacity.
    utilisation: Option<u32>,
    utilisation_last_week: Option<u32>,
    #[schema(value_type = f64)]
    booked: Minutes,
    #[schema(value_type = f64)]
    capacity: Minutes,
    /// How many people have more than they can carry in some of the next four weeks.
    overallocated: usize,
    /// How many people could take work in the next four weeks, and how many hours.
    free_people: usize,
    #[schema(value_type = f64)]
    free_hours: Minutes,
    weeks: Vec<WeekDemandJson>,
    attention: Vec<AttentionJson>,
    departments: Vec<DepartmentLoadJson>,
    /// What is due within 14 days.
    due_soon: Vec<DueJson>,
}

impl OverviewJson {
    fn of(book: &Book, scope: Scope, view: &Overview<'_>) -> Self {
        let start = book.plan.organisation.week_start;
        let day = |week: Week| week.first_day(start);
        let sum = total(&view.weeks);
        Self {
            revision: book.revision_of_overview(scope.department),
            utilisation: view.weeks.first().and_then(WeekDemand::percent),
            utilisation_last_week: view.last_week.percent(),
            booked: sum.booked(),
            capacity: sum.capacity,
            overallocated: view.over.len(),
            free_people: view.free.len(),
            free_hours: view.free.iter().map(|(_, minutes)| *minutes).sum(),
            weeks: view
                .this_week
                .span(scope.weeks)
                .zip(&view.weeks)
                .map(|(week, demand)| WeekDemandJson {
                    week: day(week),
                    capacity: demand.capacity,
                    confirmed: demand.confirmed,
                    tentative: demand.tentative,
                    open: demand.open,
                })
                .collect(),
            attention: view.attention.iter().map(|one| attention(one, day)).collect(),
            departments: view.departments.iter().map(department).collect(),
            due_soon: view.due_soon(scope.today).map(due).collect(),
        }
    }
}

fn department(load: &crate::book::DepartmentLoad<'_>) -> DepartmentLoadJson {
    let sum = total(&load.weeks);
    DepartmentLoadJson {
        department: load.department.map(|one| one.id.0),
        people: load.people,
        booked: sum.booked(),
        capacity: sum.capacity,
        percent: percent(sum.booked(), sum.capacity),
    }
}

fn due(due: &Due<'_>) -> DueJson {
    DueJson {
        project: due.project.id.0,
        deliverable: due.deliverable.id.0,
        name: due.deliverable.name.clone(),
        due: due.due,
        lead_in_hours: due.lead_in,
        lead: due.lead.map(|person| person.id.0),
    }
}

fn attention(item: &Attention<'_>, day: impl Fn(Week) -> Day) -> AttentionJson {
    let blank = |kind, on| AttentionJson {
        kind,
        person: None,
        project: None,
        deliverable: None,
        assignment: None,
        on,
        percent: None,
        weeks: None,
    };
    let dated = |kind, due: &Due<'_>| AttentionJson {
        project: Some(due.project.id.0),
        deliverable: Some(due.deliverable.id.0),
        ..blank(kind, due.due)
    };
    match item {
        Attention::Over(one) => AttentionJson {
            person: Some(one.person.id.0),
            percent: one.worst.percent(),
            weeks: Some(one.weeks),
            ..blank("over", day(one.first))
        },
        Attention::Overdue(one) => dated("overdue", one),
        Attention::NoHours(one) => dated("noHours", one),
        Attention::Open(one) => AttentionJson {
            project: Some(one.project.id.0),
            assignment: Some(one.assignment.id.0),
            ..blank("openPlace", day(one.first))
        },
    }
}

/// How the team stands: utilisation, capacity and demand, and what needs a look.
#[utoipa::path(
    get, path = "/api/v1/overview", tag = "plan",
    params(("department" = Option<i64>, Query), ("weeks" = Option<u16>, Query, description = "8, 12 or 26; 12 where it is not given")),
    responses((status = 200, body = OverviewJson), (status = 304))
)]
pub(crate) async fn show_overview(
    State(app): State<App>,
    _visitor: Visitor,
    RawQuery(query): RawQuery,
    taker: Taker,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_query(query.as_deref());
    let scope = super::scope(&fields, &book, app.clock.today());
    let question = Question {
        asked: format!(
            "overview json|{}|{:?}|{}",
            scope.today, scope.department, scope.weeks
        ),
        revision: book.revision_of_overview(scope.department),
    };
    let make = || OverviewJson::of(&book, scope, &book.overview(scope));
    app.answers.json(question, &taker, make).await
}
