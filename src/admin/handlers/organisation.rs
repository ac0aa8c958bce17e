//! What the whole team shares, and what was changed.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::again;
use crate::accounts::{KeyedForm, Visitor};
use crate::admin::rules::{LIMITS, OrganisationDraft, Section, read_bands};
use crate::admin::{pages, store};
use crate::app::App;
use crate::book::{BandUnit, Book};
use crate::error::AppError;
use crate::people::{self, Done, WEEKDAYS};
use crate::ui::{FormState, Frame};
use crate::units::WeekStart;
use crate::units::ids::ChangeSetId;
use crate::web::{Fields, Query, Reader};

/// The organisation as a form and a partial change begin with it.
pub(in crate::admin) fn organisation_fields(book: &Book) -> Vec<(&'static str, String)> {
    let organisation = &book.plan.organisation;
    let start = match organisation.week_start {
        WeekStart::Monday => "monday",
        WeekStart::Sunday => "sunday",
    };
    let mut values = vec![
        ("name", organisation.name.clone()),
        ("weekStart", start.to_owned()),
        (
            "calendar",
            organisation.calendar.map(|id| id.to_string()).unwrap_or_default(),
        ),
    ];
    let days = WEEKDAYS.into_iter().zip(organisation.default_week.0);
    values.extend(days.map(|((field, _), minutes)| (field, people::day_hours(minutes))));
    values
}

fn bands_fields(book: &Book) -> Vec<(&'static str, String)> {
    let bands = book.plan.organisation.bands;
    let unit = match bands.unit {
        BandUnit::Percent => "percent",
        BandUnit::Hours => "hours",
    };
    let mut values = vec![("unit", unit.to_owned())];
    values.extend(
        LIMITS
            .into_iter()
            .zip(bands.limits.map(|limit| limit.to_string())),
    );
    values
}

/// `GET /settings`: name, week, default working week.
pub(crate) async fn show_organisation(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let frame = done.frame(&app, &visitor).await?;
    let state = FormState::with(&organisation_fields(&app.book()));
    Ok(organisation_page(&app, &frame, &state).await?.into_response())
}

async fn organisation_page(app: &App, frame: &Frame, state: &FormState) -> Result<maud::Markup, AppError> {
    let calendars = app.db.read(people::calendars).await?;
    let fixed = app.config.week_starts_on;
    Ok(pages::organisation(frame, &calendars, fixed, state))
}

/// `POST /settings/organisation`: changes them.
pub(crate) async fn change_organisation(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match save_organisation(&app, &visitor, &fields).await {
        Ok(change_set) => Ok(people::done_at(Section::Organisation.href(), change_set)),
        Err(AppError::Invalid(errors)) => {
            let state = FormState::again(fields, errors);
            organisation_page(&app, &visitor.frame(&app), &state)
                .await
                .map(again)
        }
        Err(error) => Err(error),
    }
}

/// Changes the organisation from the fields of a form or of JSON.
pub(in crate::admin) async fn save_organisation(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
) -> Result<Option<ChangeSetId>, AppError> {
    let mut reader = Reader::new(fields);
    let draft = OrganisationDraft::read(&mut reader, app.config.week_starts_on.is_some());
    let draft = reader.finish(draft).map_err(AppError::Invalid)?;
    let label = format!("changed the settings of {}", draft.name);
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            if let Some(calendar) = draft.calendar
                && !people::calendar_is_known(tx, calendar)?
            {
                return Err(AppError::field("calendar", "is not one of the calendars"));
            }
            people::change_organisation(
                tx,
                &draft.name,
                draft.week_start,
                draft.default_week,
                draft.calendar,
            )?;
            Ok(())
        })
        .await?;
    Ok(written.change_set)
}

/// `GET /settings/load`: where load cells change their colour.
pub(crate) async fn show_bands(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let frame = done.frame(&app, &visitor).await?;
    let state = FormState::with(&bands_fields(&app.book()));
    Ok(pages::bands(&frame, &state).into_response())
}

/// `POST /settings/load`: changes them.
pub(crate) async fn change_bands(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match save_bands(&app, &visitor, &fields).await {
        Ok(change_set) => Ok(people::done_at(Section::Load.href(), change_set)),
        Err(AppError::Invalid(errors)) => {
            let state = FormState::again(fields, errors);
            Ok(again(pages::bands(&visitor.frame(&app), &state)))
        }
        Err(error) => Err(error),
    }
}

/// Changes the load bands from the fields of a form or of JSON.
pub(in crate::admin) async fn save_bands(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
) -> Result<Option<ChangeSetId>, AppError> {
    let mut reader = Reader::new(fields);
    let bands = read_bands(&mut reader);
    let bands = reader.finish(bands).map_err(AppError::Invalid)?;
    let unit = match bands.unit {
        BandUnit::Percent => "%",
        BandUnit::Hours => "h",
    };
    let limits: Vec<String> = bands.limits.iter().map(u32::to_string).collect();
    let label = format!("set the load bands to {} {unit}", limits.join(", "));
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            people::change_bands(tx, &bands)
        })
        .await?;
    Ok(written.change_set)
}

/// `GET /settings/history`: who changed which setting.
pub(crate) async fn show_history(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let lines = app.db.read(store::settings_history).await?;
    Ok(pages::settings_history(&visitor.frame(&app), &app.clock, &lines).into_response())
}
