//! Figures over the plan: the forecast and the reports.

use super::{Route, VIEWER, exported};
use crate::plan::forecast::{api as forecast_api, handlers as forecast};
use crate::plan::reports::{api as reports_api, handlers as reports};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/forecast", VIEWER, forecast::show_forecast),
        get!("/forecast/detail", VIEWER, forecast::show_detail),
        exported(get!("/forecast/picture.svg", VIEWER, forecast::show_picture)),
        exported(get!("/forecast/export.csv", VIEWER, forecast::export_csv)),
        exported(get!("/forecast/export.xlsx", VIEWER, forecast::export_xlsx)),
        get!("/reports", VIEWER, reports::show_reports),
        exported(get!("/reports/picture.svg", VIEWER, reports::show_picture)),
        exported(get!("/reports/export.csv", VIEWER, reports::export_csv)),
        exported(get!("/reports/export.xlsx", VIEWER, reports::export_xlsx)),
        get!("/api/v1/forecast", VIEWER, forecast_api::show_forecast),
        get!("/api/v1/forecast/detail", VIEWER, forecast_api::show_detail),
        get!("/api/v1/reports", VIEWER, reports_api::show_report),
    ]
}
