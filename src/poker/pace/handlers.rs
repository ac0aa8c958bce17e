//! The pages of paces, and what is typed there.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::rules::{MARGINS, Pace};
use super::{pages, store};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::db::{DbError, Written};
use crate::error::AppError;
use crate::people::Done;
use crate::plan::estimates::{self, Factor, SizeHours};
use crate::plan::warden;
use crate::poker::rules::cards::{CARDS, LABEL};
use crate::ui::{FormState, Frame, or_again};
use crate::units::Minutes;
use crate::units::ids::DepartmentId;
use crate::web::{Fields, Path, Query, Reader, done_at};

/// What a point takes at most.
const MOST_A_POINT: Minutes = Minutes::from_hours(1_000);
/// What a card takes at most.
const MOST_A_CARD: Minutes = Minutes::from_hours(10_000);

/// `GET /poker/pace`: every team.
pub(crate) async fn list_paces(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let book = app.book();
    let plan = std::sync::Arc::clone(&book.plan);
    let read = std::sync::Arc::clone(&book);
    let (paces, mut finished) = app
        .db
        .read(move |tx| {
            let teams = read.plan.departments.iter();
            let paces: Result<Vec<Pace>, DbError> =
                teams.map(|team| store::pace(tx, &read, team.id)).collect();
            Ok::<_, DbError>((paces?, store::finished_by_team(tx)?))
        })
        .await?;
    let rows: Vec<pages::Row<'_>> = plan
        .departments
        .iter()
        .zip(paces)
        .map(|(team, pace)| pages::Row {
            team,
            path: plan.department_path(team.id),
            pace,
            finished: finished.remove(&team.id).unwrap_or_default(),
        })
        .collect();
    Ok(pages::list(&visitor.frame(&app), &rows).into_response())
}

/// `GET /poker/pace/{department}`: one team.
pub(crate) async fn show_pace(
    State(app): State<App>,
    visitor: Visitor,
    Path(team): Path<DepartmentId>,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let frame = done.frame(&app, &visitor).await?;
    show(&app, &visitor, &frame, team, (None, None)).await
}

async fn show(
    app: &App,
    visitor: &Visitor,
    frame: &Frame,
    team: DepartmentId,
    (factor, sizes): (Option<FormState>, Option<FormState>),
) -> Result<Response, AppError> {
    let book = app.book();
    let read = std::sync::Arc::clone(&book);
    if book.plan.department(team).is_none() {
        return Err(AppError::NotFound);
    }
    let (pace, labels) = app
        .db
        .read(move |tx| Ok::<_, DbError>((store::pace(tx, &read, team)?, store::labels(tx, team)?)))
        .await?;
    let is_again = factor.is_some() || sizes.is_some();
    let view = pages::TeamView {
        team,
        path: &book.plan.department_path(team),
        labels: &labels,
        manages: visitor.reach(&book.plan).covers(Some(team)),
        factor: factor.unwrap_or_else(|| kept(&pace)),
        sizes: sizes.unwrap_or_default(),
        pace: &pace,
        clock: &app.clock,
    };
    let status = if is_again {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok((status, pages::team(frame, &view)).into_response())
}

/// The factor's form as it is kept.
fn kept(pace: &Pace) -> FormState {
    let text = |value: Option<String>, none: String| value.unwrap_or(none);
    let own = pace.factor;
    FormState::with(&[
        (
            "hours",
            text(own.map(|own| Minutes(own.minutes).to_string()), String::new()),
        ),
        (
            "less",
            text(own.map(|own| own.less.to_string()), MARGINS.0.to_string()),
        ),
        (
            "more",
            text(own.map(|own| own.more.to_string()), MARGINS.1.to_string()),
        ),
    ])
}

/// `POST /poker/pace/{department}`: what a point takes, until it is measured.
pub(crate) async fn set_factor(
    State(app): State<App>,
    visitor: Visitor,
    Path(team): Path<DepartmentId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(put_factor(&app, &visitor, team, &fields).await, fields)? {
        Ok(written) => Ok(done_at(&format!("/poker/pace/{team}"), written.change_set)),
        Err(state) => show(&app, &visitor, &visitor.frame(&app), team, (Some(state), None)).await,
    }
}

/// Reads and keeps a factor; blank hours forget it.
pub(super) async fn put_factor(
    app: &App,
    visitor: &Visitor,
    team: DepartmentId,
    fields: &Fields,
) -> Result<Written<()>, AppError> {
    let book = app.book();
    let name = book.plan.department(team).ok_or(AppError::NotFound)?.name.clone();
    warden::team(app, visitor, team).await?;
    let mut reader = Reader::new(fields);
    let hours = reader.hours("hours", MOST_A_POINT);
    if hours.is_some_and(|hours| hours.0 == 0) {
        reader.fault("hours", "must be more than 0; leave it blank to forget it");
    }
    let less = percent(&mut reader, "less", MARGINS.0, 95);
    let more = percent(&mut reader, "more", MARGINS.1, 900);
    reader.finish(()).map_err(AppError::Invalid)?;
    let factor = hours.map(|minutes| Factor {
        minutes: minutes.0,
        less,
        more,
    });
    let label = match hours {
        Some(hours) => format!("said that a point takes {name} {hours} h"),
        None => format!("forgot what a point takes {name}"),
    };
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            Ok::<_, AppError>(estimates::set_factor(tx, team, factor)?)
        })
        .await
}

fn percent(reader: &mut Reader<'_>, field: &str, usual: u16, most: u16) -> u16 {
    let read = reader.optional(field, |text| {
        let number = text.parse::<u16>().ok().filter(|number| *number <= most);
        number.ok_or_else(|| format!("must be a whole number from 0 to {most}"))
    });
    read.unwrap_or(usual)
}

/// `POST /poker/pace/{department}/sizes`: what cards without a number take.
pub(crate) async fn set_sizes(
    State(app): State<App>,
    visitor: Visitor,
    Path(team): Path<DepartmentId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let book = app.book();
    let name = book.plan.department(team).ok_or(AppError::NotFound)?.name.clone();
    warden::team(&app, &visitor, team).await?;
    let mut reader = Reader::new(&fields);
    let sizes = read_sizes(&mut reader);
    if let Err(errors) = reader.finish(()) {
        let state = FormState::again(fields, errors);
        return show(&app, &visitor, &visitor.frame(&app), team, (None, Some(state))).await;
    }
    let label = format!("said what cards without a number take {name}");
    let written = app
        .db
        .write(app.gesture(&visitor, &label), move |tx| {
            Ok::<_, AppError>(estimates::set_sizes(tx, team, &sizes)?)
        })
        .await?;
    Ok(done_at(&format!("/poker/pace/{team}"), written.change_set))
}

/// The rows `card`, `from`, `to`; one without hours is none.
fn read_sizes(reader: &mut Reader<'_>) -> Vec<SizeHours> {
    let fields = reader.fields();
    let mut all: Vec<SizeHours> = Vec::new();
    if fields.all("card").len() > *CARDS.end() * 2 {
        reader.fault("sizes", "are too many rows");
        return all;
    }
    for (place, label) in fields.all("card").iter().enumerate() {
        let label = label.trim();
        let text = |name: &str| fields.all(name).get(place).map_or("", |text| text.trim());
        let (from, to) = (text("from"), text("to"));
        if from.is_empty() && to.is_empty() {
            continue;
        }
        let mut fault = |words: String| reader.fault("sizes", format!("row {}: {words}", place + 1));
        if label.is_empty() || label.chars().count() > LABEL {
            fault(format!("a card has 1 to {LABEL} characters"));
            continue;
        }
        if all.iter().any(|one| one.label == label) {
            fault(format!("{label} stands here twice"));
            continue;
        }
        let read = |text: &str| Minutes::parse_hours(text, MOST_A_CARD);
        match (read(from), read(if to.is_empty() { from } else { to })) {
            (Ok(low), Ok(high)) if low.0 > 0 && low <= high => all.push(SizeHours {
                label: label.to_owned(),
                low,
                high,
            }),
            (Ok(_), Ok(_)) => fault(format!(
                "{label} takes from more than 0 hours to at least as many"
            )),
            (Err(error), _) | (_, Err(error)) => fault(error.to_string()),
        }
    }
    all
}
