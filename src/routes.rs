//! Every URL of the product in one table, each with who may ask; then the layers around them.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use http::{Method, StatusCode};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::accounts::{self, Access, Visitor, handlers as account};
use crate::admin::{api as admin_api, handlers as admin};
use crate::app::App;
use crate::error::AppError;
use crate::exchange::{api as files_api, handlers as files};
use crate::openapi;
use crate::people::{api as people_api, handlers as people};
use crate::plan::{api as plan_api, handlers as plan};
use crate::projects::{api as project_api, handlers as project};
use crate::web::{assets, csrf, events, health, outermost};

/// Who may ask: anybody, or somebody signed in with at least this access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody.
    Anybody,
    /// Somebody signed in.
    AtLeast(Access),
}

const VIEWER: Who = Who::AtLeast(Access::Viewer);
const MANAGER: Who = Who::AtLeast(Access::Manager);
const ADMIN: Who = Who::AtLeast(Access::Admin);

/// One line of the table.
pub struct Route {
    /// The method; `GET` answers `HEAD` too.
    pub method: Method,
    /// The path, with its variable parts in braces.
    pub path: &'static str,
    /// Who may ask.
    pub who: Who,
    handler: MethodRouter<App>,
}

macro_rules! route {
    ($method:ident, $make:ident, $path:literal, $who:expr, $handler:expr) => {
        Route {
            method: Method::$method,
            path: $path,
            who: $who,
            handler: axum::routing::$make($handler),
        }
    };
}

macro_rules! get {
    ($path:literal, $who:expr, $handler:expr) => {
        route!(GET, get, $path, $who, $handler)
    };
}

macro_rules! post {
    ($path:literal, $who:expr, $handler:expr) => {
        route!(POST, post, $path, $who, $handler)
    };
}

macro_rules! patch {
    ($path:literal, $who:expr, $handler:expr) => {
        route!(PATCH, patch, $path, $who, $handler)
    };
}

macro_rules! put {
    ($path:literal, $who:expr, $handler:expr) => {
        route!(PUT, put, $path, $who, $handler)
    };
}

macro_rules! delete {
    ($path:literal, $who:expr, $handler:expr) => {
        route!(DELETE, delete, $path, $who, $handler)
    };
}

/// A form or JSON body takes this many bytes.
const BODY: usize = 2 * 1_048_576;
/// For how long the next piece of a body is waited for.
const NEXT_PIECE: Duration = Duration::from_secs(30);
/// How long a request may take from its head to the head of its answer.
const WHOLE: Duration = Duration::from_mins(2);

/// A route that takes a file: its handler reads the body itself, up to the setting's limit.
fn takes_a_file(route: Route) -> Route {
    Route {
        handler: route.handler.layer(DefaultBodyLimit::disable()),
        ..route
    }
}

/// The table. What does not stand here does not exist.
#[must_use]
pub fn table() -> Vec<Route> {
    let mut all = public();
    all.extend(pages());
    all.extend(exchange());
    all.extend(people_pages());
    all.extend(settings_pages());
    all.extend(api());
    all.extend(people_for_programs());
    all.extend(settings_for_programs());
    all
}

/// What anybody may ask.
fn public() -> Vec<Route> {
    vec![
        get!("/health", Who::Anybody, health::show_health),
        get!("/health/", Who::Anybody, health::show_health),
        get!("/readyz", Who::Anybody, health::show_health),
        get!("/api/health", Who::Anybody, health::show_api_health),
        get!("/api/health/", Who::Anybody, health::show_api_health),
        get!("/healthz", Who::Anybody, health::show_plain_health),
        get!("/livez", Who::Anybody, health::show_life),
        get!("/assets/{tree}/{*name}", Who::Anybody, assets::show_asset),
        get!("/favicon.ico", Who::Anybody, assets::show_favicon),
        get!("/auth/login", Who::Anybody, account::show_sign_in),
        post!("/auth/login", Who::Anybody, account::sign_in),
        post!("/demo/sign-in", Who::Anybody, account::sign_in_to_demo),
        get!("/setup/{key}", Who::Anybody, account::show_setup),
        post!("/setup/{key}", Who::Anybody, account::set_up),
    ]
}

/// Pages and forms.
fn pages() -> Vec<Route> {
    vec![
        get!("/events", VIEWER, events::listen),
        post!("/auth/logout", VIEWER, account::sign_out),
        get!("/schedule", VIEWER, plan::show_schedule),
        get!("/schedule/rows", VIEWER, plan::show_rows),
        get!("/", VIEWER, plan::show_overview),
        get!("/more", VIEWER, plan::show_more),
        get!("/projects", VIEWER, project::list_projects),
        post!("/projects", MANAGER, project::add_project),
        get!("/projects/new", MANAGER, project::new_project),
        get!("/projects/{id}", VIEWER, project::show_project),
        post!("/projects/{id}", MANAGER, project::change_project),
        get!("/projects/{id}/edit", MANAGER, project::edit_project),
        post!("/projects/{id}/close", MANAGER, project::close_project),
        post!("/projects/{id}/remove", MANAGER, plan::remove_project),
        post!("/deliverables/{id}/done", MANAGER, plan::mark_deliverable),
        get!("/assignments/new", MANAGER, plan::new_assignment),
        post!("/assignments", MANAGER, plan::add_assignment),
        get!("/assignments/{id}/edit", MANAGER, plan::edit_assignment),
        post!("/assignments/{id}", MANAGER, plan::change_assignment),
        post!("/assignments/{id}/remove", MANAGER, plan::remove_assignment),
        get!("/assignments/{id}/hours", MANAGER, plan::edit_hours),
        post!("/assignments/{id}/hours", MANAGER, plan::set_hours_by_form),
        get!("/deliverables/new", MANAGER, plan::new_deliverable),
        post!("/deliverables", MANAGER, plan::add_deliverable),
        get!("/deliverables/{id}/edit", MANAGER, plan::edit_deliverable),
        post!("/deliverables/{id}", MANAGER, plan::change_deliverable),
        post!("/deliverables/{id}/remove", MANAGER, plan::remove_deliverable),
        post!(
            "/projects/{id}/deliverables/order",
            MANAGER,
            plan::order_deliverables
        ),
        post!("/change-sets/{id}/undo", MANAGER, plan::undo_by_form),
        get!("/accounts", ADMIN, account::list_accounts),
        post!("/accounts", ADMIN, account::add_account),
        post!("/accounts/{id}", ADMIN, account::change_account),
    ]
}

/// Pages and forms of people.
fn people_pages() -> Vec<Route> {
    vec![
        get!("/people", VIEWER, people::list_people),
        post!("/people", MANAGER, people::add_person),
        get!("/people/new", MANAGER, people::new_person),
        get!("/people/{id}", VIEWER, people::show_person),
        post!("/people/{id}", MANAGER, people::change_person),
        get!("/people/{id}/edit", MANAGER, people::edit_person),
        get!("/people/{id}/skills", MANAGER, people::edit_skills),
        post!("/people/{id}/skills", MANAGER, people::set_skills),
        get!("/people/{id}/work-weeks/new", MANAGER, people::new_work_week),
        post!("/people/{id}/work-weeks", MANAGER, people::add_work_week),
        post!(
            "/people/{id}/work-weeks/remove",
            MANAGER,
            people::remove_work_week
        ),
        get!("/people/{id}/time-off/new", MANAGER, people::new_time_off),
        post!("/people/{id}/time-off", MANAGER, people::add_time_off_by_form),
        post!(
            "/people/{id}/time-off/{time_off}/remove",
            MANAGER,
            people::remove_time_off
        ),
        get!("/people/{id}/deactivate", MANAGER, plan::ask_to_deactivate),
        post!("/people/{id}/deactivate", MANAGER, plan::deactivate_person),
        post!("/people/{id}/reactivate", MANAGER, plan::reactivate_person),
    ]
}

/// JSON of people.
fn people_for_programs() -> Vec<Route> {
    vec![
        get!("/api/v1/people", VIEWER, people_api::list_people),
        post!("/api/v1/people", MANAGER, people_api::add_person),
        get!("/api/v1/people/{id}", VIEWER, people_api::show_person),
        patch!("/api/v1/people/{id}", MANAGER, people_api::change_person),
        post!("/api/v1/people/{id}/deactivate", MANAGER, plan::deactivate_by_api),
        post!("/api/v1/people/{id}/reactivate", MANAGER, plan::reactivate_by_api),
        get!(
            "/api/v1/people/{id}/work-weeks",
            VIEWER,
            people_api::list_work_weeks
        ),
        put!(
            "/api/v1/people/{id}/work-weeks/{from}",
            MANAGER,
            people_api::put_work_week
        ),
        delete!(
            "/api/v1/people/{id}/work-weeks/{from}",
            MANAGER,
            people_api::remove_work_week
        ),
        get!("/api/v1/people/{id}/time-off", VIEWER, people_api::list_time_off),
        post!("/api/v1/people/{id}/time-off", MANAGER, people_api::add_time_off),
        delete!(
            "/api/v1/people/{id}/time-off/{time_off}",
            MANAGER,
            people_api::remove_time_off
        ),
        put!("/api/v1/people/{id}/skills", MANAGER, people_api::set_skills),
    ]
}

/// The settings: everybody reads them, administrators change them.
fn settings_pages() -> Vec<Route> {
    vec![
        get!("/settings", VIEWER, admin::show_organisation),
        post!("/settings/organisation", ADMIN, admin::change_organisation),
        get!("/settings/load", VIEWER, admin::show_bands),
        post!("/settings/load", ADMIN, admin::change_bands),
        get!("/settings/departments", VIEWER, admin::show_departments),
        post!("/settings/departments", ADMIN, admin::add_department),
        get!("/settings/departments/new", ADMIN, admin::new_department),
        post!("/settings/departments/{id}", ADMIN, admin::change_department),
        get!("/settings/departments/{id}/edit", ADMIN, admin::edit_department),
        post!(
            "/settings/departments/{id}/remove",
            ADMIN,
            admin::remove_department
        ),
        get!("/settings/lists/{list}", VIEWER, admin::show_list),
        post!("/settings/lists/{list}", ADMIN, admin::add_name),
        get!("/settings/lists/{list}/new", ADMIN, admin::new_name),
        post!("/settings/lists/{list}/{id}", ADMIN, admin::change_name),
        get!("/settings/lists/{list}/{id}/edit", ADMIN, admin::edit_name),
        post!("/settings/lists/{list}/{id}/remove", ADMIN, admin::remove_name),
        get!("/settings/statuses", VIEWER, admin::show_statuses),
        post!("/settings/statuses", ADMIN, admin::add_status),
        get!("/settings/statuses/new", ADMIN, admin::new_status),
        post!("/settings/statuses/{id}", ADMIN, admin::change_status),
        get!("/settings/statuses/{id}/edit", ADMIN, admin::edit_status),
        post!("/settings/statuses/{id}/move", ADMIN, admin::move_status),
        post!("/settings/statuses/{id}/remove", ADMIN, admin::remove_status),
        get!("/settings/calendars", VIEWER, admin::show_calendars),
        post!("/settings/calendars", ADMIN, admin::add_calendar),
        get!("/settings/calendars/new", ADMIN, admin::new_calendar),
        get!("/settings/calendars/{id}", VIEWER, admin::show_calendar),
        post!("/settings/calendars/{id}", ADMIN, admin::change_calendar),
        get!("/settings/calendars/{id}/edit", ADMIN, admin::edit_calendar),
        post!("/settings/calendars/{id}/remove", ADMIN, admin::remove_calendar),
        post!("/settings/calendars/{id}/days", ADMIN, admin::add_holidays),
        post!(
            "/settings/calendars/{id}/days/remove",
            ADMIN,
            admin::remove_holiday
        ),
        get!("/settings/history", VIEWER, admin::show_history),
    ]
}

/// JSON of the settings.
fn settings_for_programs() -> Vec<Route> {
    vec![
        get!("/api/v1/organisation", VIEWER, admin_api::show_organisation),
        patch!("/api/v1/organisation", ADMIN, admin_api::change_organisation),
        get!("/api/v1/departments", VIEWER, admin_api::list_departments),
        post!("/api/v1/departments", ADMIN, admin_api::add_department),
        patch!("/api/v1/departments/{id}", ADMIN, admin_api::change_department),
        delete!("/api/v1/departments/{id}", ADMIN, admin_api::remove_department),
        get!("/api/v1/roles", VIEWER, admin_api::list_roles),
        post!("/api/v1/roles", ADMIN, admin_api::add_role),
        patch!("/api/v1/roles/{id}", ADMIN, admin_api::change_role),
        delete!("/api/v1/roles/{id}", ADMIN, admin_api::remove_role),
        get!("/api/v1/skills", VIEWER, admin_api::list_skills),
        post!("/api/v1/skills", ADMIN, admin_api::add_skill),
        patch!("/api/v1/skills/{id}", ADMIN, admin_api::change_skill),
        delete!("/api/v1/skills/{id}", ADMIN, admin_api::remove_skill),
        get!("/api/v1/statuses", VIEWER, admin_api::list_statuses),
        post!("/api/v1/statuses", ADMIN, admin_api::add_status),
        patch!("/api/v1/statuses/{id}", ADMIN, admin_api::change_status),
        delete!("/api/v1/statuses/{id}", ADMIN, admin_api::remove_status),
        get!("/api/v1/calendars", VIEWER, admin_api::list_calendars),
        post!("/api/v1/calendars", ADMIN, admin_api::add_calendar),
        patch!("/api/v1/calendars/{id}", ADMIN, admin_api::change_calendar),
        delete!("/api/v1/calendars/{id}", ADMIN, admin_api::remove_calendar),
        post!("/api/v1/calendars/{id}/holidays", ADMIN, admin_api::add_holidays),
        delete!(
            "/api/v1/calendars/{id}/holidays/{day}",
            ADMIN,
            admin_api::remove_holiday
        ),
    ]
}

/// Import and export, for people and for programs.
fn exchange() -> Vec<Route> {
    vec![
        get!("/import", MANAGER, files::show_start),
        takes_a_file(post!("/import", MANAGER, files::upload)),
        get!("/import/{key}", MANAGER, files::show_upload),
        post!("/import/{key}", MANAGER, files::import),
        get!("/import/{key}/progress", MANAGER, files::show_progress),
        post!("/import/{key}/columns", MANAGER, files::choose_columns),
        get!("/import/{key}/refused.csv", MANAGER, files::show_refused),
        post!("/import/{key}/remove", MANAGER, files::remove_upload),
        get!("/export/{file}", MANAGER, files::export),
        takes_a_file(post!("/api/v1/imports", MANAGER, files_api::import)),
        get!("/api/v1/exports/{file}", MANAGER, files_api::export),
    ]
}

/// JSON for programs, and for our own scripts.
fn api() -> Vec<Route> {
    vec![
        get!("/api/v1/openapi.json", VIEWER, openapi::show_document),
        get!("/api/v1/me", VIEWER, accounts::api::show_me),
        get!("/api/v1/accounts", ADMIN, accounts::api::list_accounts),
        post!("/api/v1/accounts", ADMIN, accounts::api::add_account),
        patch!("/api/v1/accounts/{id}", ADMIN, accounts::api::change_account),
        post!("/api/v1/hours", MANAGER, plan_api::write_hours),
        post!(
            "/api/v1/change-sets/{id}/undo",
            MANAGER,
            plan_api::undo_change_set
        ),
        get!("/api/v1/assignments", VIEWER, plan_api::list_assignments),
        post!("/api/v1/assignments", MANAGER, plan_api::add_assignment),
        get!("/api/v1/assignments/{id}", VIEWER, plan_api::show_assignment),
        patch!("/api/v1/assignments/{id}", MANAGER, plan_api::change_assignment),
        delete!("/api/v1/assignments/{id}", MANAGER, plan_api::remove_assignment),
        get!(
            "/api/v1/projects/{id}/deliverables",
            VIEWER,
            plan_api::list_deliverables
        ),
        post!(
            "/api/v1/projects/{id}/deliverables",
            MANAGER,
            plan_api::add_deliverable
        ),
        get!(
            "/api/v1/people/{id}/history",
            VIEWER,
            people_api::history::person_history
        ),
        get!(
            "/api/v1/projects/{id}/history",
            VIEWER,
            project_api::project_history
        ),
        put!("/api/v1/statuses/order", ADMIN, admin_api::order_statuses),
        delete!("/api/v1/deliverables/{id}", MANAGER, plan_api::remove_deliverable),
        put!(
            "/api/v1/projects/{id}/deliverables/order",
            MANAGER,
            plan_api::order_deliverables
        ),
        patch!("/api/v1/deliverables/{id}", MANAGER, plan_api::change_deliverable),
        get!("/api/v1/projects", VIEWER, project_api::list_projects),
        post!("/api/v1/projects", MANAGER, project_api::add_project),
        get!("/api/v1/projects/{id}", VIEWER, project_api::show_project),
        patch!("/api/v1/projects/{id}", MANAGER, project_api::change_project),
        delete!("/api/v1/projects/{id}", MANAGER, plan::delete_project),
        get!("/api/v1/clients", VIEWER, project_api::list_clients),
        post!("/api/v1/clients", MANAGER, project_api::add_client),
        patch!("/api/v1/clients/{id}", MANAGER, project_api::change_client),
        get!("/api/v1/overview", VIEWER, plan::overview::json::show_overview),
        get!("/api/v1/utilisation", VIEWER, plan_api::show_utilisation),
    ]
}

/// The whole product over `app`.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in table() {
        router = router.route(
            route.path,
            route
                .handler
                .layer(from_fn_with_state((route.who, route.path), guard)),
        );
    }
    router
        .fallback(nothing_here)
        .layer(from_fn(csrf::require_same_origin))
        .layer(from_fn_with_state(app.clone(), accounts::recognise))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(RequestBodyTimeoutLayer::new(NEXT_PIECE))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, WHOLE))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(3)))
        .layer(from_fn_with_state(app.clone(), outermost::outermost))
        .with_state(app)
}

/// Lets through who may ask; everybody else is told to sign in, or that they may not.
async fn guard(State((who, path)): State<(Who, &'static str)>, request: Request, next: Next) -> Response {
    let mut response = guarded(who, request, next).await;
    response.extensions_mut().insert(outermost::Matched(path));
    response
}

async fn guarded(who: Who, request: Request, next: Next) -> Response {
    let Who::AtLeast(needed) = who else {
        return next.run(request).await;
    };
    match request.extensions().get::<Visitor>() {
        None => AppError::SignedOut.into_response(),
        Some(visitor) if visitor.access < needed => {
            AppError::Forbidden("Your account may not do this. Ask an administrator if you need it.")
                .into_response()
        }
        Some(_) => next.run(request).await,
    }
}

async fn nothing_here() -> AppError {
    AppError::NotFound
}
