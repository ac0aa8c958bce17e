//! The finder for programs.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::BEST;
use super::rules::{Question, obstacle_words, reason_words};
use crate::accounts::Visitor;
use crate::app::App;
use crate::book::{Ask, Book, Candidate, Fit, PlaceFits};
use crate::error::AppError;
use crate::units::ids::ProjectId;
use crate::units::{Day, Minutes};
use crate::web::{Fields, PageOf, Query, Reader, Versioned};

/// Something that speaks for somebody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReasonJson {
    /// In words, as the page says it.
    text: String,
    points: u32,
}

/// One week of somebody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FreeWeekJson {
    /// The first day of the week.
    #[schema(value_type = String)]
    week: Day,
    #[schema(value_type = f64)]
    capacity: Minutes,
    #[schema(value_type = f64)]
    booked: Minutes,
    #[schema(value_type = f64)]
    free: Minutes,
    /// What the finder would book here.
    #[schema(value_type = f64)]
    proposed: Minutes,
}

/// Somebody against what is asked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CandidateJson {
    person: i64,
    name: String,
    role: Option<i64>,
    department: Option<i64>,
    #[schema(value_type = f64)]
    capacity: Minutes,
    #[schema(value_type = f64)]
    booked: Minutes,
    /// The sum of what is free in each week.
    #[schema(value_type = f64)]
    free: Minutes,
    /// `asAsked`, `spread`, `partly` or `nothing`: how the hours lie in their weeks.
    fit: &'static str,
    /// The sum of the reasons' points.
    score: u32,
    reasons: Vec<ReasonJson>,
    /// Why they cannot; none where they can.
    obstacle: Option<String>,
    weeks: Vec<FreeWeekJson>,
}

impl CandidateJson {
    fn of(book: &Book, ask: &Ask, one: &Candidate<'_>) -> Self {
        let plan = &book.plan;
        let start = plan.organisation.week_start;
        let weeks = ask
            .from
            .span(ask.weeks())
            .zip(&one.weeks)
            .zip(one.proposal(ask))
            .map(|((week, own), proposed)| FreeWeekJson {
                week: week.first_day(start),
                capacity: own.capacity,
                booked: own.booked,
                free: own.free(),
                proposed,
            });
        let reasons = one.reasons.iter().map(|reason| ReasonJson {
            text: reason_words(plan, reason),
            points: reason.points(),
        });
        Self {
            person: one.person.id.0,
            name: one.person.name.clone(),
            role: one.person.role.map(|id| id.0),
            department: one.person.department.map(|id| id.0),
            capacity: one.capacity,
            booked: one.booked,
            free: one.free,
            fit: match one.fit {
                Fit::AsAsked => "asAsked",
                Fit::Spread => "spread",
                Fit::Partly => "partly",
                Fit::Nothing => "nothing",
            },
            score: one.score(),
            reasons: reasons.collect(),
            obstacle: one
                .obstacle
                .map(|obstacle| obstacle_words(plan, one, obstacle, ask)),
            weeks: weeks.collect(),
        }
    }
}

/// Who is free, a page of them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityJson {
    revision: i64,
    /// Who fits, the best first; then who cannot, by name.
    items: Vec<CandidateJson>,
    /// Ask with this as `after` for the next page; none where this is the last.
    next: Option<i64>,
}

/// Who is free for hours, with role and skills, the best fit first with the reasons; then who cannot, and why.
#[utoipa::path(
    get, path = "/api/v1/availability", tag = "plan",
    params(
        ("from" = Option<String>, Query, description = "any day of the first week; this week where it is not given"),
        ("to" = Option<String>, Query, description = "any day of the last week; four weeks where it is not given"),
        ("hours" = Option<f64>, Query), ("per" = Option<String>, Query, description = "`all` (all weeks together) or `week`"),
        ("role" = Option<i64>, Query), ("skill" = Option<Vec<i64>>, Query, description = "several, each with its `level`"),
        ("level" = Option<Vec<u8>>, Query, description = "1 to 3, in the order of the skills"),
        ("department" = Option<i64>, Query, description = "with all below it"), ("project" = Option<i64>, Query),
        ("partly" = Option<bool>, Query, description = "also who has only some of the hours"),
        ("after" = Option<i64>, Query), ("limit" = Option<usize>, Query, description = "1 to 500; 100 where it is not given")
    ),
    responses((status = 200, body = AvailabilityJson), (status = 304), (status = 422))
)]
pub(crate) async fn list_availability(
    State(app): State<App>,
    _visitor: Visitor,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_query(query.as_deref());
    let mut reader = Reader::new(&fields);
    let question = Question::read(&mut reader, &book.plan, app.clock.today());
    let page = PageOf::read(&mut reader);
    reader.finish(()).map_err(AppError::Invalid)?;
    let wanted = question.wanted();
    let found = book.find(&wanted);
    let mut all = found.fitting;
    all.extend(found.others);
    let page = page.ordered(&all, |one| one.person.id.0)?;
    Versioned(AvailabilityJson {
        revision: book.revision,
        next: page.next,
        items: page.map(|one| CandidateJson::of(&book, &wanted.ask, one)).items,
    })
    .answer(&headers)
}

/// A place that nobody fills yet.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaceholderJson {
    assignment: i64,
    project: i64,
    role: Option<i64>,
    note: String,
    /// What is booked on it from this week on.
    #[schema(value_type = f64)]
    total: Minutes,
    /// Its hours from this week on, by the first day of their week.
    #[schema(value_type = std::collections::BTreeMap<String, f64>)]
    hours: std::collections::BTreeMap<Day, Minutes>,
    /// Who fits best, five at most.
    best: Vec<CandidateJson>,
}

impl PlaceholderJson {
    fn of(book: &Book, one: &PlaceFits<'_>) -> Self {
        let start = book.plan.organisation.week_start;
        let (place, ask) = (&one.place, one.place.ask.as_ref());
        let cells = ask
            .into_iter()
            .flat_map(|ask| ask.from.span(ask.weeks()).zip(&ask.shares));
        let best = ask.into_iter().flat_map(|ask| {
            one.best
                .iter()
                .map(move |candidate| CandidateJson::of(book, ask, candidate))
        });
        Self {
            assignment: place.assignment.id.0,
            project: place.project.id.0,
            role: place.assignment.role.map(|id| id.0),
            note: place.assignment.note.clone(),
            total: place.minutes(),
            hours: cells
                .filter(|(_, minutes)| minutes.0 > 0)
                .map(|(week, minutes)| (week.first_day(start), *minutes))
                .collect(),
            best: best.collect(),
        }
    }
}

/// Places that nobody fills yet, a page of them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaceholdersJson {
    revision: i64,
    /// By their first booked week; those with nothing booked last.
    items: Vec<PlaceholderJson>,
    next: Option<i64>,
}

#[derive(serde::Deserialize)]
pub(crate) struct PlacesQuery {
    project: Option<ProjectId>,
}

/// Places that nobody fills yet, with their hours and who fits them best.
#[utoipa::path(
    get, path = "/api/v1/placeholders", tag = "plan",
    params(("project" = Option<i64>, Query), ("after" = Option<i64>, Query), ("limit" = Option<usize>, Query, description = "1 to 500; 100 where it is not given")),
    responses((status = 200, body = PlaceholdersJson), (status = 304), (status = 422))
)]
pub(crate) async fn list_placeholders(
    State(app): State<App>,
    _visitor: Visitor,
    Query(query): Query<PlacesQuery>,
    page: PageOf,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let book = app.book();
    let this_week = book.plan.week_of(app.clock.today());
    let places = book.places(query.project, this_week);
    let shown = page.ordered(&places, |place| place.assignment.id.0)?;
    let items = book.fill_places(shown.items.into_iter().cloned().collect(), BEST);
    Versioned(PlaceholdersJson {
        revision: book.revision,
        items: items.iter().map(|one| PlaceholderJson::of(&book, one)).collect(),
        next: shown.next,
    })
    .answer(&headers)
}
