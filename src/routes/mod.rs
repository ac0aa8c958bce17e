//! Every URL of the product in one table, each with who may ask; then the entrance before them.
//!
//! The lines stand in one file for each room; [`table`] puts them together.

macro_rules! route {
    ($method:ident, $path:literal, $who:expr, $handler:expr) => {
        $crate::routes::Route {
            method: http::Method::$method,
            filter: axum::routing::MethodFilter::$method,
            path: $path,
            who: $who,
            noted: None,
            met: $crate::web::outermost::Met::at($path),
            takes: $crate::routes::Takes::Usual,
            in_person: false,
            work: $crate::routes::Work::of($handler),
        }
    };
}

macro_rules! get {
    ($path:literal, $who:expr, $handler:expr) => {
        route!(GET, $path, $who, $handler)
    };
}

macro_rules! post {
    ($path:literal, $who:expr, $handler:expr) => {
        route!(POST, $path, $who, $handler)
    };
}

macro_rules! patch {
    ($path:literal, $who:expr, $handler:expr) => {
        route!(PATCH, $path, $who, $handler)
    };
}

macro_rules! put {
    ($path:literal, $who:expr, $handler:expr) => {
        route!(PUT, $path, $who, $handler)
    };
}

macro_rules! delete {
    ($path:literal, $who:expr, $handler:expr) => {
        route!(DELETE, $path, $who, $handler)
    };
}

mod accounts;
mod calendar;
mod entrance;
mod exchange;
mod figures;
mod files;
mod guard;
mod holidays;
mod hours;
mod leave;
mod limits;
mod oidc;
mod once;
mod own;
#[cfg(test)]
mod panics;
mod people;
mod plan;
mod poker;
mod programs;
mod projects;
mod public;
mod search;
mod settings;
mod upkeep;
mod work;

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::MethodFilter;
use http::{Method, header};

use crate::accounts::audit::What;
use crate::accounts::{Access, command};
use crate::admin::jobs;
use crate::app::App;
use crate::error::AppError;
use crate::server::Front;
use crate::upkeep as house;
use crate::web::health;
use crate::web::outermost::Met;

pub use entrance::around;
use work::{Takes, Work};

/// Who may ask: anybody, or somebody signed in with at least this access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody.
    Anybody,
    /// Somebody signed in.
    AtLeast(Access),
    /// An administrator who proved at `/admin/login` that it is them, not long ago.
    Administration,
    /// Whoever is in the poker room that the path names, with an account or as its guest.
    Room,
}

const MEMBER: Who = Who::AtLeast(Access::Member);
const VIEWER: Who = Who::AtLeast(Access::Viewer);
const MANAGER: Who = Who::AtLeast(Access::Manager);
const ADMIN: Who = Who::AtLeast(Access::Admin);
const ADMINISTRATION: Who = Who::Administration;

/// One line of the table.
pub struct Route {
    /// The method; `GET` answers `HEAD` too.
    pub method: Method,
    /// The path, with its variable parts in braces.
    pub path: &'static str,
    /// Who may ask.
    pub who: Who,
    /// What the audit says when it was done.
    pub noted: Option<What>,
    /// The method, as the router has it.
    filter: MethodFilter,
    met: Met,
    takes: Takes,
    /// Whether it belongs to a person alone.
    in_person: bool,
    work: Work,
}

/// A route that takes a file in memory.
fn takes_a_file(route: Route) -> Route {
    Route {
        takes: Takes::File,
        ..route
    }
}

/// A route that takes a file onto the disk.
fn stores_a_file(route: Route) -> Route {
    Route {
        takes: Takes::StoredFile,
        ..route
    }
}

/// A route whose use is written down in the audit.
fn noted(what: What, route: Route) -> Route {
    Route {
        noted: Some(what),
        ..route
    }
}

/// A route by which numbers leave as a file.
fn exported(route: Route) -> Route {
    noted(What::Exported, route)
}

/// Routes of settings: whatever changes one is written down.
fn noted_changes(routes: impl Iterator<Item = Route>) -> Vec<Route> {
    let changes = |route: Route| match route.method {
        Method::GET => route,
        _ => noted(What::SettingsChanged, route),
    };
    routes.map(changes).collect()
}

/// A route to what belongs to a person alone: an administrator who sees through their eyes is refused.
fn in_person(route: Route) -> Route {
    Route {
        in_person: true,
        ..route
    }
}

/// The table. What does not stand in one of these files does not exist.
#[must_use]
pub fn table() -> Vec<Route> {
    let mut all = public::routes();
    all.extend(accounts::routes());
    all.extend(programs::routes());
    all.extend(own::routes());
    all.extend(plan::routes());
    all.extend(calendar::routes());
    all.extend(figures::routes());
    all.extend(search::routes());
    all.extend(projects::routes());
    all.extend(people::routes());
    all.extend(leave::routes());
    all.extend(files::routes());
    all.extend(exchange::routes());
    all.extend(poker::routes());
    all.extend(hours::routes());
    all.extend(settings::routes());
    all.extend(upkeep::routes());
    all.extend(oidc::routes());
    all.extend(holidays::routes());
    all
}

/// The whole product over `app`.
#[must_use]
pub fn front(app: App) -> Front {
    entrance::open(app, table())
}

/// What the control socket answers: commands of whoever has the data.
pub fn control(app: App) -> Router {
    Router::new()
        .route("/user/{act}", axum::routing::post(command::answer))
        .route("/maintenance/{act}", axum::routing::post(house::command::answer))
        .route("/jobs/{act}", axum::routing::post(jobs::command::answer))
        .route("/health", axum::routing::get(health::show_health))
        .with_state(app)
}

async fn nothing_here() -> AppError {
    AppError::NotFound
}

/// Paths that show a page.
static PAGES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let shown = table().into_iter().filter(|route| route.method == Method::GET);
    shown.map(|route| route.path).collect()
});

/// Somebody who presses Enter in the address bar where only forms lead (`/accounts/3/end-sessions`) comes to the page that the
/// form stands on. Programs, which ask for no page, are told that this is not how the address is used.
async fn back_to_the_page(request: Request) -> Response {
    let wants_page = request
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|kinds| kinds.to_str().is_ok_and(|kinds| kinds.contains("text/html")));
    let path = request.uri().path();
    if request.method() != Method::GET || !wants_page || path.starts_with("/api/") {
        return AppError::MethodNotAllowed.into_response();
    }
    let page = path
        .char_indices()
        .rev()
        .filter(|(_, letter)| *letter == '/')
        .filter_map(|(at, _)| path.get(..at))
        .find(|shorter| PAGES.iter().any(|page| stands_for(page, shorter)));
    Redirect::to(page.filter(|page| !page.is_empty()).unwrap_or("/")).into_response()
}

/// Whether a path of the table, with its braces, is met by `path`.
fn stands_for(known: &str, path: &str) -> bool {
    let parts = known.split('/').count();
    parts == path.split('/').count()
        && known
            .split('/')
            .zip(path.split('/'))
            .all(|(known, part)| known == part || known.starts_with('{'))
}
