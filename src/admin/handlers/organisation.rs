//! What the whole team shares, and what was changed.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::accounts::{KeyedForm, Visitor};
use crate::admin::rules::{LIMITS, OrganisationDraft, Section, read_bands};
use crate::admin::{pages, store};
use crate::app::App;
use crate::book::{BandUnit, Bands, Book};
use crate::db::WriteTx;
use crate::edit::Seen;
use crate::error::AppError;
use crate::people::{self, Done, WEEKDAYS};
use crate::ui::{FormState, Frame, or_again, refused};
use crate::units::ids::ChangeSetId;
use crate::web::{Fields, Query, Reader, done_at};

/// The organisation as a form and a partial change begin with it.
pub(in crate::admin) fn organisation_fields(book: &Book) -> Vec<(&'static str, String)> {
    let organisation = &book.plan.organisation;
    let start = organisation.week_start.as_str();
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
    let parts = Parts {
        own: true,
        bands: false,
    };
    match or_again(
        save_organisation(&app, &visitor, &fields, parts, Seen::nothing()).await,
        fields,
    )? {
        Ok(change_set) => Ok(done_at(Section::Organisation.href(), change_set)),
        Err(state) => organisation_page(&app, &visitor.frame(&app), &state)
            .await
            .map(refused),
    }
}

/// Which parts of the organisation are sent.
#[derive(Clone, Copy)]
pub(in crate::admin) struct Parts {
    /// Name, week, default working week, holidays.
    pub own: bool,
    /// Where load cells change their colour.
    pub bands: bool,
}

/// Changes the organisation, its load bands, or both at once, from the fields of a form or of JSON.
pub(in crate::admin) async fn save_organisation(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
    parts: Parts,
    seen: Seen,
) -> Result<Option<ChangeSetId>, AppError> {
    let fixed = app.config.week_starts_on.is_some();
    let mut reader = Reader::new(fields);
    let draft = parts.own.then(|| OrganisationDraft::read(&mut reader, fixed));
    let bands = parts.bands.then(|| read_bands(&mut reader));
    let (draft, bands) = reader.finish((draft, bands)).map_err(AppError::Invalid)?;
    let own = draft
        .as_ref()
        .map(|draft| format!("changed the settings of {}", draft.name));
    let words: Vec<String> = own
        .into_iter()
        .chain(bands.as_ref().map(describe_bands))
        .collect();
    let label = words.join(" and ");
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            seen.check(tx)?;
            if let Some(draft) = &draft {
                write_own(tx, draft)?;
            }
            if let Some(bands) = &bands {
                people::change_bands(tx, bands)?;
            }
            Ok::<_, AppError>(())
        })
        .await?;
    Ok(written.change_set)
}

fn write_own(tx: &WriteTx<'_>, draft: &OrganisationDraft) -> Result<(), AppError> {
    if let Some(calendar) = draft.calendar
        && !people::calendar_is_known(tx, calendar)?
    {
        return Err(AppError::field("calendar", "is not one of the calendars"));
    }
    let (week, calendar) = (draft.default_week, draft.calendar);
    Ok(people::change_organisation(
        tx,
        &draft.name,
        draft.week_start,
        week,
        calendar,
    )?)
}

fn describe_bands(bands: &Bands) -> String {
    let unit = match bands.unit {
        BandUnit::Percent => "%",
        BandUnit::Hours => "h",
    };
    let limits: Vec<String> = bands.limits.iter().map(u32::to_string).collect();
    format!("set the load bands to {} {unit}", limits.join(", "))
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
    let parts = Parts {
        own: false,
        bands: true,
    };
    match or_again(
        save_organisation(&app, &visitor, &fields, parts, Seen::nothing()).await,
        fields,
    )? {
        Ok(change_set) => Ok(done_at(Section::Load.href(), change_set)),
        Err(state) => Ok(refused(pages::bands(&visitor.frame(&app), &state))),
    }
}

/// `GET /settings/history`: who changed which setting.
pub(crate) async fn show_history(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let lines = app.db.read(store::settings_history).await?;
    Ok(pages::settings_history(&visitor.frame(&app), &app.clock, &lines).into_response())
}
