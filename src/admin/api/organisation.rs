//! The organisation for programs.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{KeyedForm, Visitor};
use crate::admin::handlers::{Parts, organisation_fields, save_organisation};
use crate::admin::rules::LIMITS;
use crate::app::App;
use crate::book::{BandUnit, Book};
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::people::ORGANISATION;
use crate::units::Minutes;
use crate::web::{Versioned, if_match};

/// What the whole team shares.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganisationJson {
    name: String,
    /// `monday` or `sunday`.
    week_start: &'static str,
    /// The working week of people who have none of their own, Monday to Sunday.
    #[schema(value_type = Vec<f64>)]
    days: [Minutes; 7],
    /// The holidays of people who have no calendar of their own.
    calendar: Option<i64>,
    /// `percent` or `hours`.
    unit: &'static str,
    /// Four rising limits.
    limits: [u32; 4],
}

impl OrganisationJson {
    fn of(book: &Book) -> Self {
        let organisation = &book.plan.organisation;
        Self {
            name: organisation.name.clone(),
            week_start: organisation.week_start.as_str(),
            days: organisation
                .default_week
                .0
                .map(|minutes| Minutes(u32::from(minutes))),
            calendar: organisation.calendar.map(|id| id.0),
            unit: match organisation.bands.unit {
                BandUnit::Percent => "percent",
                BandUnit::Hours => "hours",
            },
            limits: organisation.bands.limits,
        }
    }
}

/// What somebody sends to change it; fields that are not sent stay. The load bands are sent as a whole.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct OrganisationInput {
    name: Option<String>,
    /// `monday` or `sunday`; without effect where the server's settings decide it.
    week_start: Option<String>,
    calendar: Option<i64>,
    /// Hours.
    monday: Option<f64>,
    tuesday: Option<f64>,
    wednesday: Option<f64>,
    thursday: Option<f64>,
    friday: Option<f64>,
    saturday: Option<f64>,
    sunday: Option<f64>,
    /// `percent` or `hours`.
    unit: Option<String>,
    light: Option<u32>,
    good: Option<u32>,
    full: Option<u32>,
    over: Option<u32>,
}

/// What the whole team shares.
#[utoipa::path(get, path = "/api/v1/organisation", tag = "settings", responses((status = 200, body = OrganisationJson)))]
pub(crate) async fn show_organisation(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    Versioned(OrganisationJson::of(&app.book())).answer(&headers)
}

/// Changes what the whole team shares.
#[utoipa::path(patch, path = "/api/v1/organisation", tag = "settings", request_body = OrganisationInput, responses((status = 200, body = OrganisationJson), (status = 412), (status = 422)))]
pub(crate) async fn change_organisation(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    edit::retry(|| async {
        let book = app.book();
        let seen = Seen::at(book.revision, &[(&ORGANISATION, 1)]);
        if_match(&headers, &OrganisationJson::of(&book))?;
        let own = organisation_fields(&book);
        let parts = Parts {
            own: own.iter().any(|(name, _)| fields.has(name)),
            bands: fields.has("unit") || LIMITS.iter().any(|field| fields.has(field)),
        };
        save_organisation(&app, &visitor, &edit::merged(&fields, own), parts, seen).await
    })
    .await?;
    Versioned(OrganisationJson::of(&app.book())).answer(&HeaderMap::new())
}
