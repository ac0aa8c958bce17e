//! The load of everybody for programs: one person after the other, so that whoever changes somebody's hours has one person told anew
//! and not all of them.

use std::ops::RangeInclusive;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::book::{Book, Filter, Person, PersonBalance, PersonWeek};
use crate::cache::{Items, Question};
use crate::error::AppError;
use crate::units::ids::DepartmentId;
use crate::units::{Day, Minutes, Tenths, Week};
use crate::web::{Query, Taker};

/// What a person carries, week by week.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonLoadJson {
    person: i64,
    name: String,
    #[schema(value_type = Vec<f64>)]
    booked: Vec<Minutes>,
    #[schema(value_type = Vec<f64>)]
    capacity: Vec<Minutes>,
    /// What they could still take.
    #[schema(value_type = Vec<f64>)]
    free: Vec<Minutes>,
    /// Booked of capacity with one decimal; none in weeks without capacity.
    #[schema(value_type = Vec<Option<f64>>)]
    percent_exact: Vec<Option<Tenths>>,
    /// The same over all the weeks.
    #[schema(value_type = Option<f64>)]
    average_percent_exact: Option<Tenths>,
    /// The same in the fullest week; none where they could carry nothing in it.
    #[schema(value_type = Option<f64>)]
    peak_percent_exact: Option<Tenths>,
    /// The first day of the first of the fullest weeks.
    #[schema(value_type = Option<String>)]
    peak_week: Option<Day>,
}

impl PersonLoadJson {
    fn of(book: &Book, person: &Person, from: Week, count: u16) -> Self {
        let start = book.plan.organisation.week_start;
        let weeks = book.person_weeks(person, from, count);
        let sum = PersonBalance::of(person, from, &weeks);
        Self {
            person: person.id.0,
            name: person.name.clone(),
            booked: weeks.iter().map(|week| week.booked).collect(),
            capacity: weeks.iter().map(|week| week.capacity).collect(),
            free: weeks.iter().map(PersonWeek::free).collect(),
            percent_exact: weeks.iter().map(PersonWeek::share).collect(),
            average_percent_exact: sum.average(),
            peak_percent_exact: sum.peak_share(),
            peak_week: sum.peak.map(|(week, _)| week.first_day(start)),
        }
    }
}

/// The load of everybody, for the weeks that are asked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UtilisationJson {
    revision: i64,
    /// First days of the weeks.
    #[schema(value_type = Vec<String>)]
    weeks: Vec<Day>,
    people: Vec<PersonLoadJson>,
}

#[derive(serde::Deserialize)]
pub(crate) struct UtilisationQuery {
    from: Option<Day>,
    weeks: Option<String>,
    department: Option<i64>,
}

/// Booked hours and capacity by person and week: the heat map in numbers.
#[utoipa::path(
    get, path = "/api/v1/utilisation", tag = "plan",
    params(("from" = Option<String>, Query), ("weeks" = Option<u16>, Query, description = "1 to 104; 12 where it is not given"), ("department" = Option<i64>, Query)),
    responses((status = 200, body = UtilisationJson))
)]
pub(crate) async fn show_utilisation(
    State(app): State<App>,
    Query(query): Query<UtilisationQuery>,
    taker: Taker,
) -> Result<Response, AppError> {
    let book = app.book();
    let start = book.plan.organisation.week_start;
    let from = Week::of(query.from.unwrap_or_else(|| app.clock.today()), start);
    let count = match query.weeks {
        None => 12,
        Some(text) => text
            .parse()
            .ok()
            .filter(|count| WEEKS.contains(count))
            .ok_or_else(|| AppError::field("weeks", "must be a whole number from 1 to 104"))?,
    };
    let filter = Filter {
        department: query.department.map(DepartmentId),
        ..Default::default()
    };
    let department = query.department.map_or_else(String::new, |id| id.to_string());
    let question = Question {
        asked: format!("utilisation json|{}|{count}|{department}", from.0),
        revision: book.revision_of(filter.department),
    };
    let revision = question.revision;
    let (book, filter) = (&*book, &filter);
    let make = || {
        let head = UtilisationJson {
            revision,
            weeks: from.span(count).map(|week| week.first_day(start)).collect(),
            people: Vec::new(),
        };
        let frame = serde_json::to_string(&head).map_err(|error| AppError::Internal(error.to_string()))?;
        let people = book.people(filter);
        Ok(Items {
            head: frame.strip_suffix(END).unwrap_or(&frame).to_owned(),
            between: ",",
            tail: END,
            revisions: people
                .iter()
                .map(|person| book.revision_of_person(person))
                .collect(),
            item: move |number, text: &mut Vec<u8>| {
                if let Some(person) = people.get(number).copied() {
                    // Numbers and texts can always be written.
                    let _ = serde_json::to_writer(text, &PersonLoadJson::of(book, person, from, count));
                }
            },
        })
    };
    app.answers.json_of_items(question, &taker, make).await
}

/// How many weeks may be asked for.
const WEEKS: RangeInclusive<u16> = 1..=104;
/// How the answer ends, after the people.
const END: &str = "]}";
