//! Looking back: then and now, and experience.

use std::collections::HashMap;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};

use super::rules::{self, Asked, Experience, Scope, ThenCell, WeekCompared};
use super::{pages, store};
use crate::accounts::Visitor;
use crate::app::App;
use crate::book::{Book, Plan};
use crate::db::DbError;
use crate::error::AppError;
use crate::units::ids::{ClientId, PersonId};
use crate::units::{Minutes, Week};
use crate::web::{Fields, Reader};

/// Then and now, in figures.
pub(super) struct Comparison {
    /// Each week.
    pub weeks: Vec<WeekCompared>,
    /// What people could carry then, in the weeks that were kept as they ended.
    pub capacities: HashMap<Week, Minutes>,
    /// The weeks from which on the plan was kept, the newest first.
    pub outlooks: Vec<Week>,
}

/// `GET /past`: planned then, and now.
pub(crate) async fn show_past(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_query(query.as_deref());
    let asked = Asked::read(&mut Reader::new(&fields), &book.plan, this_week(&app, &book));
    let comparison = compared(&app, &book, asked).await?;
    Ok(pages::past_page(&visitor.frame(&app), &book.plan, asked, &comparison).into_response())
}

/// `GET /past/experience`: who worked on what for which client.
pub(crate) async fn show_experience(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_query(query.as_deref());
    let of = Of::read(&mut Reader::new(&fields), &book.plan);
    let found = match of {
        Some(of) => experience(&app, of).await?,
        None => Vec::new(),
    };
    Ok(pages::experience_page(&visitor.frame(&app), &book.plan, of, &found).into_response())
}

pub(super) fn this_week(app: &App, book: &Book) -> Week {
    book.plan.week_of(app.clock.today())
}

/// What was planned then, beside what the plan says now.
pub(super) async fn compared(app: &App, book: &Book, asked: Asked) -> Result<Comparison, AppError> {
    let Asked {
        scope,
        first,
        last,
        as_of,
    } = asked;
    let departments = scope.departments(book);
    let read = app.db.read(move |tx| {
        let kept = store::kept_weeks(tx)?;
        let outlooks = store::kept_outlooks(tx)?;
        let weeks = (first, last);
        let (rows, outlook, capacities) = match as_of {
            Some(week) => (
                Vec::new(),
                store::outlook(tx, week, scope, &departments)?,
                Vec::new(),
            ),
            None => (
                store::rows(tx, weeks, scope, &departments)?,
                Vec::new(),
                store::capacities(tx, weeks, scope, &departments)?,
            ),
        };
        Ok::<_, DbError>((kept, outlooks, rows, outlook, capacities))
    });
    let (kept, outlooks, rows, outlook, capacities) = read.await?;
    let mut then: Vec<ThenCell> = rows.into_iter().map(ThenCell::from).collect();
    then.extend(
        outlook
            .iter()
            .flat_map(|one| rules::planned(&book.plan, one, first)),
    );
    let known = |week: Week| match as_of {
        Some(as_of) => outlooks.contains(&as_of),
        None => kept.contains(&week),
    };
    // What a person can carry is nobody's part of a project or client.
    let of_people = scope.project.is_none() && scope.client.is_none();
    Ok(Comparison {
        weeks: rules::compare(then, book, scope, &asked.weeks(), known),
        capacities: capacities.into_iter().filter(|_| of_people).collect(),
        outlooks: outlooks.into_iter().rev().collect(),
    })
}

/// Whose experience is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// Who worked for a client.
    Client(ClientId),
    /// For whom a person worked.
    Person(PersonId),
}

impl Of {
    /// Reads `client` or `person`; none where neither is named.
    pub(super) fn read(reader: &mut Reader<'_>, plan: &Plan) -> Option<Self> {
        let scope = Scope::read(reader, plan);
        scope.client.map(Self::Client).or(scope.person.map(Self::Person))
    }
}

/// From all weeks that are kept.
pub(super) async fn experience(app: &App, of: Of) -> Result<Vec<Experience>, AppError> {
    let scope = match of {
        Of::Client(id) => Scope {
            client: Some(id),
            ..Scope::default()
        },
        Of::Person(id) => Scope {
            person: Some(id),
            ..Scope::default()
        },
    };
    let ever = (Week(i32::MIN), Week(i32::MAX));
    let rows = app.db.read(move |tx| store::rows(tx, ever, scope, &[])).await?;
    Ok(match of {
        Of::Client(_) => rules::by_client(&rows),
        Of::Person(_) => rules::by_person(&rows),
    })
}
