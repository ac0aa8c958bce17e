//! Every URL of the product in one table, each with who may ask; then the layers around them.
//!
//! The lines stand in one file for each room; [`table`] puts them together.

macro_rules! route {
    ($method:ident, $make:ident, $path:literal, $who:expr, $handler:expr) => {
        $crate::routes::Route {
            method: http::Method::$method,
            path: $path,
            who: $who,
            noted: None,
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

mod accounts;
mod calendar;
mod exchange;
mod figures;
mod files;
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

use std::convert::Infallible;
use std::sync::LazyLock;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::MethodRouter;
use http::{Method, header};
use tower::util::option_layer;
use tower::{ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::accounts::audit::{What, witness};
use crate::accounts::impersonation::handlers::in_person as by_themselves;
use crate::accounts::{Access, Visitor, command, recognise};
use crate::admin::jobs;
use crate::app::App;
use crate::error::AppError;
use crate::plan::warden;
use crate::poker::seat;
use crate::tls;
use crate::upkeep as house;
use crate::web::{Client, Intake, Times, csrf, edge, health, outermost, packed};

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
    handler: MethodRouter<App>,
}

/// A form or JSON body takes this many bytes.
const BODY: usize = 2 * 1_048_576;
/// For how long the next piece of a body is waited for.
const NEXT_PIECE: Duration = Duration::from_secs(30);
/// How long a request may take to the head of its answer. A backup of two gibibytes is read through after it has come.
const TIMES: Times = Times {
    whole: Duration::from_mins(2),
    after_body: Duration::from_mins(10),
};

/// A route that takes a file: its handler reads the body itself, up to the setting's limit, and holds it in memory.
fn takes_a_file(route: Route) -> Route {
    Route {
        handler: route.handler.layer(DefaultBodyLimit::disable()),
        ..route
    }
}

/// A route that takes a file onto the disk as it comes: it may be larger than memory, and take longer than other requests.
fn stores_a_file(route: Route) -> Route {
    let route = takes_a_file(route);
    Route {
        handler: route.handler.layer(from_fn(passes_on)),
        ..route
    }
}

async fn passes_on(request: Request, next: Next) -> Response {
    if let Some(intake) = request.extensions().get::<Intake>() {
        intake.pass_on();
    }
    next.run(request).await
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
        handler: route.handler.layer(from_fn(by_themselves)),
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
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in table() {
        let line = Line {
            app: app.clone(),
            who: route.who,
            path: route.path,
            noted: route.noted,
        };
        router = router.route(route.path, route.handler.layer(from_fn_with_state(line, guard)));
    }
    around(router, app)
}

/// `router` within all that stands around every request. It stands there once and not around each route: a layer of a route is
/// copied for each request, with all that is in it.
pub fn around(router: Router<App>, app: App) -> Router {
    let inside = router
        .fallback(nothing_here)
        .method_not_allowed_fallback(back_to_the_page)
        .with_state(app.clone());
    let admitted = {
        let app = app.clone();
        service_fn(move |request| {
            let (app, inside) = (app.clone(), inside.clone());
            async move { Ok::<_, Infallible>(admit(&app, request, |request| inside.oneshot(request)).await) }
        })
    };
    let whole = ServiceBuilder::new()
        .layer(option_layer(edge::cors(&app)))
        .layer(TIMES)
        .layer(RequestBodyTimeoutLayer::new(NEXT_PIECE))
        .layer(DefaultBodyLimit::max(BODY))
        .map_request(|request: http::Request<_>| request.map(Body::new))
        .service(admitted);
    Router::new().fallback_service(service_fn(move |request| {
        let (app, whole) = (app.clone(), whole.clone());
        async move {
            let answered = async |request: Request| {
                let accepts = request.headers().get(header::ACCEPT_ENCODING).cloned();
                let answer = whole.oneshot(request).await;
                packed(accepts, answer.into_response()).await
            };
            Ok::<_, Infallible>(outermost::outermost(app, request, answered).await)
        }
    }))
}

/// Lets in whoever may come in, whatever they ask: under a name of ours, encrypted where that is asked for, not too often, while
/// the house is open, and from a page of ours.
async fn admit<F>(app: &App, mut request: Request, inside: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Result<Response, Infallible>>,
{
    let client = Client::of(request.extensions());
    if let Err(error) = edge::know_host(app, &request) {
        return error.into_response();
    }
    if let Some(answer) = tls::to_https(app, client, &request) {
        return answer;
    }
    let signed_in = match recognise(app, client, &mut request).await {
        Ok(signed_in) => signed_in,
        Err(error) => return error.into_response(),
    };
    if signed_in.is_some() {
        framed_for_them(&request);
    }
    let admitted = limits::not_too_often(app, client, &request)
        .and_then(|()| house::open_to(app, &request))
        .and_then(|()| csrf::require_same_origin(app, client, &request));
    let mut response = match admitted {
        Ok(()) => inside(request).await.unwrap_or_else(|never| match never {}),
        Err(error) => error.into_response(),
    };
    if let Some(signed_in) = signed_in {
        response.extensions_mut().insert(signed_in);
    }
    response
}

/// Where a page is asked for, an error stands within the same frame as every other page of theirs.
fn framed_for_them(request: &Request) {
    let extensions = request.extensions();
    if let (Some(reader), Some(visitor)) =
        (extensions.get::<outermost::Reader>(), extensions.get::<Visitor>())
    {
        let visitor = visitor.clone();
        reader.is(move |app| visitor.frame(app));
    }
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

const OUT_OF_SCOPE: &str = "What this program was given does not reach so far.";

/// What a line of the table says of its handler.
#[derive(Clone)]
struct Line {
    app: App,
    who: Who,
    path: &'static str,
    noted: Option<What>,
}

/// The handler of a line, and what the audit says when it has done its work.
struct Handler {
    noted: Option<What>,
    next: Next,
}

impl Handler {
    /// Runs it; the audit knows of it where it is to.
    async fn run(self, app: &App, request: Request) -> Response {
        match self.noted {
            Some(what) => witness(app, what, request, self.next).await,
            None => self.next.run(request).await,
        }
    }
}

/// Lets through who may ask; everybody else is told to sign in, or that they may not.
async fn guard(State(line): State<Line>, request: Request, next: Next) -> Response {
    let handler = Handler {
        noted: line.noted,
        next,
    };
    let mut response = guarded(&line.app, (line.who, line.path), request, handler).await;
    response.extensions_mut().insert(outermost::Matched(line.path));
    response
}

async fn guarded(
    app: &App,
    (who, path): (Who, &'static str),
    request: Request,
    handler: Handler,
) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    if visitor.is_some_and(|visitor| !visitor.by.may_ask(request.method(), path)) {
        return AppError::Forbidden(OUT_OF_SCOPE).into_response();
    }
    if let Some(error) = refusal(who, visitor) {
        return error.into_response();
    }
    if who == Who::Room {
        return in_room(app, request, handler).await;
    }
    if path.contains("/poker/{link}/")
        && speaks(request.method())
        && let Some(visitor) = visitor
        && let Err(seconds) = app
            .limiter
            .take(edge::Bucket::Messages, edge::Whose::Account(visitor.account.0))
    {
        return AppError::TooMany { seconds }.into_response();
    }
    if let (MANAGER, Some(visitor)) = (who, visitor)
        && let Err(error) = warden::at_the_door(app, visitor, path, request.uri().path()).await
    {
        return error.into_response();
    }
    once::done_once(app, request, handler).await
}

/// Why `visitor` may not ask, if they may not.
fn refusal(who: Who, visitor: Option<&Visitor>) -> Option<AppError> {
    let needed = match who {
        Who::Anybody | Who::Room => return None,
        Who::AtLeast(needed) => needed,
        Who::Administration => Access::Admin,
    };
    let administration = who == Who::Administration;
    match visitor {
        None if administration => Some(AppError::ProveAgain { signed_in: false }),
        None => Some(AppError::SignedOut),
        Some(visitor) if visitor.access < needed => Some(AppError::Forbidden(
            "Your account may not do this. Ask an administrator if you need it.",
        )),
        Some(visitor) if administration && !visitor.administers => {
            Some(AppError::ProveAgain { signed_in: true })
        }
        Some(_) => None,
    }
}

/// Whether a room is told something, and not only looked at.
fn speaks(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

/// Lets through who is in the room that the path names, and says so many things a second at most. What is refused of what a
/// room is told is counted.
async fn in_room(app: &App, mut request: Request, handler: Handler) -> Response {
    let speaks = speaks(request.method());
    let visitor = request.extensions().get::<Visitor>();
    let response = match seat(app, request.uri().path(), request.headers(), visitor).await {
        Ok(Some(seat)) => {
            let often = speaks.then(|| {
                app.limiter
                    .take(edge::Bucket::Messages, edge::Whose::Seat(seat.own.0))
            });
            if let Some(Err(seconds)) = often {
                AppError::TooMany { seconds }.into_response()
            } else {
                request.extensions_mut().insert(seat);
                once::done_once(app, request, handler).await
            }
        }
        Ok(None) => {
            AppError::Forbidden("You are not in this room, or not any more. Open its link to come in.")
                .into_response()
        }
        Err(error) => error.into_response(),
    };
    if speaks && response.status().is_client_error() {
        app.poker.count_refused();
        tracing::debug!(
            status = response.status().as_u16(),
            "a message to a room was refused"
        );
    }
    response
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
