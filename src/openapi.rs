//! The `OpenAPI` document, made from the code.

use std::sync::LazyLock;

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::accounts::api as accounts;
use crate::admin::api::{calendars, lists, organisation};
use crate::error::FieldError;
use crate::people::api as people;
use crate::people::time_off::api as leave;
use crate::plan::api as plan;
use crate::plan::handlers::people as leavers;
use crate::projects::api as projects;
use crate::web::embedded;
use crate::web::outermost::Problem;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ballast",
        description = "Who works on what, week by week. A program shows `Authorization: Bearer …`: an access that it signed in for at `/api/v1/token`, or a key that somebody made for it. Pages of Ballast itself use their cookie. Errors are problem documents (RFC 9457)."
    ),
    modifiers(&HowToComeIn),
    security(("bearer" = []), ("session" = [])),
    paths(
        crate::accounts::own::api::list_sessions,
        crate::accounts::own::api::end_session,
        crate::accounts::passkeys::api::list_passkeys,
        crate::accounts::passkeys::api::remove_passkey,
        crate::accounts::oidc::api::list_providers,
        crate::accounts::programs::api::sign_in,
        crate::accounts::programs::api::renew,
        crate::accounts::programs::api::leave,
        crate::accounts::programs::api::list_keys,
        crate::accounts::programs::api::add_key,
        crate::accounts::programs::api::remove_key,
        accounts::show_me,
        accounts::list_accounts,
        accounts::show_account,
        accounts::add_account,
        accounts::change_account,
        crate::accounts::invitations::api::list_invitations,
        crate::accounts::invitations::api::invite,
        crate::accounts::invitations::api::send_again,
        crate::accounts::invitations::api::withdraw,
        crate::accounts::scope::api::show_scope,
        crate::accounts::scope::api::set_scope,
        crate::plan::handlers::hours::write_hours,
        crate::plan::handlers::undo::undo_change_set,
        crate::poker::api::list_rooms,
        crate::poker::api::add_room,
        crate::poker::api::show_room,
        crate::poker::api::list_rounds,
        crate::poker::stories::api::list_stories,
        crate::poker::stories::api::add_story,
        crate::poker::stories::api::import,
        crate::plan::finder::api::list_availability,
        crate::plan::finder::api::list_placeholders,
        crate::plan::auto_hours::api::list_templates,
        crate::plan::auto_hours::api::show_template,
        crate::plan::auto_hours::api::add_template,
        crate::plan::auto_hours::api::change_template,
        crate::plan::auto_hours::api::remove_template,
        crate::plan::auto_hours::api::add_line,
        crate::plan::auto_hours::api::change_line,
        crate::plan::auto_hours::api::remove_line,
        crate::plan::auto_hours::api::preview,
        crate::plan::auto_hours::api::apply_preview,
        plan::list_assignments,
        plan::show_assignment,
        plan::add_assignment,
        plan::change_assignment,
        plan::remove_assignment,
        plan::list_deliverables,
        plan::add_deliverable,
        plan::change_deliverable,
        crate::plan::reallocation::api::preview_reallocation,
        plan::remove_deliverable,
        plan::order_deliverables,
        people::history::person_history,
        projects::project_history,
        lists::order_statuses,
        plan::utilisation::show_utilisation,
        crate::plan::calendar::api::show_calendar,
        crate::plan::feeds::api::list_feeds,
        crate::plan::feeds::api::add_feed,
        crate::plan::feeds::api::remove_feed,
        crate::files::api::list_project_files,
        crate::files::api::add_project_file,
        crate::files::api::list_person_files,
        crate::files::api::add_person_file,
        crate::files::api::show_file,
        crate::files::api::show_content,
        crate::files::api::make_link,
        crate::files::api::remove_file,
        crate::plan::snapshots::api::list_weeks,
        crate::plan::snapshots::api::compare,
        crate::plan::snapshots::api::show_experience,
        crate::plan::forecast::api::show_forecast,
        crate::plan::forecast::api::show_detail,
        crate::plan::reports::api::show_report,
        crate::plan::search::api::search,
        crate::plan::views::api::list_views,
        crate::plan::views::api::show_view,
        crate::plan::views::api::add_view,
        crate::plan::views::api::change_view,
        crate::plan::views::api::remove_view,
        crate::poker::pace::api::show_pace,
        crate::poker::pace::api::set_factor,
        crate::poker::planned::api::preview,
        crate::poker::planned::api::book,
        crate::poker::forecast::api::show_room,
        crate::poker::forecast::api::make_room,
        crate::poker::forecast::api::show_project,
        crate::poker::forecast::api::make_project,
        crate::exchange::api::import,
        crate::exchange::api::export,
        crate::plan::handlers::overview::json::show_overview,
        people::list_people,
        people::show_person,
        people::add_person,
        people::change_person,
        leavers::deactivate_by_api,
        leavers::reactivate_by_api,
        people::weeks::list_work_weeks,
        people::weeks::put_work_week,
        people::weeks::remove_work_week,
        leave::list_time_off_of,
        leave::add_time_off,
        leave::remove_time_off,
        leave::list_time_off,
        leave::ask,
        leave::approve,
        leave::decline,
        leave::withdraw,
        crate::plan::leave::api::preview,
        crate::plan::leave::api::push,
        people::weeks::set_skills,
        crate::admin::jobs::api::list_jobs,
        crate::upkeep::api::list_backups,
        organisation::show_organisation,
        organisation::change_organisation,
        lists::list_departments,
        lists::add_department,
        lists::change_department,
        lists::remove_department,
        lists::list_roles,
        lists::add_role,
        lists::change_role,
        lists::remove_role,
        lists::list_skills,
        lists::add_skill,
        lists::change_skill,
        lists::remove_skill,
        lists::list_statuses,
        lists::add_status,
        lists::change_status,
        lists::remove_status,
        calendars::list_calendars,
        calendars::add_calendar,
        calendars::change_calendar,
        calendars::remove_calendar,
        calendars::add_holidays,
        calendars::remove_holiday,
        calendars::list_days,
        calendars::add_rules,
        calendars::remove_rule,
        calendars::import_ics,
        calendars::list_countries,
        projects::list_projects,
        projects::show_project,
        projects::add_project,
        projects::change_project,
        crate::plan::handlers::projects::delete_project,
        projects::list_clients,
        projects::add_client,
        projects::change_client,
    ),
    components(schemas(Problem, FieldError))
)]
struct Document;

/// The ways to be recognised.
struct HowToComeIn;

impl Modify for HowToComeIn {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let cookie = |name: &str, about: &str| {
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(name, about)))
        };
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "An access from `POST /api/v1/token`, or a key `blst_…`. Needs no `Origin`.",
            ))
            .build();
        let schemes = document.components.get_or_insert_default();
        schemes.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        schemes.add_security_scheme(
            "session",
            cookie("__Host-ballast", "Of somebody signed in with a browser. What changes something needs an `Origin` of this Ballast."),
        );
        schemes.add_security_scheme(
            "renewal",
            cookie(
                "__Secure-ballast-refresh",
                "What renews a program's access; sent to `/api/v1/token` only, and good once.",
            ),
        );
    }
}

/// What was made of the code when it was last written down: making it anew takes a twentieth of the whole binary.
static JSON: LazyLock<String> =
    LazyLock::new(|| embedded::text(include_bytes!(concat!(env!("OUT_DIR"), "/openapi.zst"))));

/// The document as JSON.
#[must_use]
pub fn document_json() -> &'static str {
    &JSON
}

/// The document as the code has it now, for whoever writes it down.
#[must_use]
pub fn made_anew() -> String {
    Document::openapi().to_pretty_json().unwrap_or_default()
}

/// `GET /api/v1/openapi.json`.
pub async fn show_document() -> impl axum::response::IntoResponse {
    (
        [(http::header::CONTENT_TYPE, "application/json")],
        document_json(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_what_the_code_answers() {
        let (path, anew) = (
            concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json"),
            made_anew(),
        );
        if std::env::var_os("WRITE_OPENAPI").is_some() {
            std::fs::write(path, format!("{anew}\n")).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap();
        assert!(
            written.trim_end() == anew,
            "docs/openapi.json is not what the code answers: WRITE_OPENAPI=1 cargo test --lib openapi writes it anew"
        );
        if std::env::var_os("WRITE_OPENAPI").is_none() {
            assert_eq!(document_json(), anew);
        }
    }
}
