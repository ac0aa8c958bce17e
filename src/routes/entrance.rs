//! What every request passes before somebody answers it, and who that is.
//!
//! It stands there once and not around each route, as functions and not as layers: a layer is copied for each request, with all that
//! is in it. Until somebody answers it, a request stays where it is and is looked at: each step that took it would keep a place for
//! it. Most requests ask for a path without variable parts, which is looked up and answered without a router.

use std::collections::HashMap;
use std::convert::Infallible;
use std::mem::take;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::on;
use foldhash::fast::RandomState;
use http::header;
use hyper::body::Body as _;
use tower::{Layer as _, Service as _, ServiceExt as _, service_fn};
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutBody;

use super::guard::guarded;
use super::{Route, back_to_the_page, limits, nothing_here};
use crate::accounts::{Visitor, recognise};
use crate::app::App;
use crate::server::Front;
use crate::tls;
use crate::upkeep as house;
use crate::web::outermost::{Found, Met, Reader, outermost};
use crate::web::{Client, Intake, Times, csrf, edge, packed};

/// A form or JSON body takes this many bytes.
pub(super) const BODY: usize = 2 * 1_048_576;
/// For how long the next piece of a body is waited for.
const NEXT_PIECE: Duration = Duration::from_secs(30);
/// How long a request may take to the head of its answer. A backup of two gibibytes is read through after it has come.
const TIMES: Times = Times {
    whole: Duration::from_mins(2),
    after_body: Duration::from_mins(10),
};

/// Lines by their paths, where these have no variable parts.
type Exact = HashMap<&'static str, Vec<Arc<Route>>, RandomState>;

struct Entrance {
    app: App,
    exact: Exact,
    /// All lines, and what becomes of everything else.
    all: Router,
    /// Which pages of others may ask, where some may.
    shared: Option<CorsLayer>,
}

/// The entrance to the lines of `table`.
pub fn open(app: App, table: Vec<Route>) -> Front {
    let mut exact = Exact::default();
    let mut all = Router::new();
    for route in table.into_iter().map(Arc::new) {
        if !route.path.contains('{') {
            exact.entry(route.path).or_default().push(Arc::clone(&route));
        }
        let (path, filter) = (route.path, route.filter);
        let answer = async move |State(app): State<App>, mut request: Request| {
            let mut answer = guarded(&app, &route, &mut request).await;
            answer.extensions_mut().insert(route.met);
            answer
        };
        all = all.route(path, on(filter, answer));
    }
    front(app, exact, all)
}

/// `router` behind the same entrance.
pub fn around(router: Router<App>, app: App) -> Front {
    front(app, Exact::default(), router)
}

fn front(app: App, exact: Exact, all: Router<App>) -> Front {
    let all = all
        .fallback(nothing_here)
        .method_not_allowed_fallback(back_to_the_page)
        .with_state(app.clone());
    let entrance = Arc::new(Entrance {
        shared: edge::cors(&app),
        app,
        exact,
        all,
    });
    Front::new(move |request| Box::pin(Arc::clone(&entrance).answer(request)))
}

impl Entrance {
    async fn answer(self: Arc<Self>, mut request: Request) -> Response {
        let found = Found::default();
        outermost(&self.app, &mut request, &found, async |request: &mut Request| {
            let accepts = request.headers().get(header::ACCEPT_ENCODING).cloned();
            let answer = match &self.shared {
                None => self.in_time(request, &found).await,
                Some(layer) => {
                    let inside = service_fn(async |mut request| {
                        Ok::<_, Infallible>(self.in_time(&mut request, &found).await)
                    });
                    let answer = Box::pin(layer.layer(inside).oneshot(take(request))).await;
                    answer.unwrap_or_else(|never| match never {})
                }
            };
            packed(accepts, answer).await
        })
        .await
    }

    /// Answers within what a request may take: of time, and of bytes where it has a body.
    async fn in_time(&self, request: &mut Request, found: &Found) -> Response {
        let mut intake = None;
        if !request.body().is_end_stream() {
            intake = request.extensions().get::<Intake>().cloned();
            DefaultBodyLimit::max(BODY).apply(request);
            let body = Body::new(TimeoutBody::new(NEXT_PIECE, take(request.body_mut())));
            *request.body_mut() = body;
        }
        TIMES.within(intake, pin!(self.admit(request, found))).await
    }

    /// Lets in whoever may come in, whatever they ask: under a name of ours, encrypted where that is asked for, not too often, while
    /// the house is open, and from a page of ours.
    async fn admit(&self, request: &mut Request, found: &Found) -> Response {
        let app = &self.app;
        let client = Client::of(request.extensions());
        if let Err(error) = edge::know_host(app, request) {
            return error.into_response();
        }
        if let Some(answer) = tls::to_https(app, client, request) {
            return answer;
        }
        match recognise(app, client, request).await {
            Ok(Some(account)) => {
                found.is_asked_by(account.0);
                framed_for_them(request);
            }
            Ok(None) => {}
            Err(error) => return error.into_response(),
        }
        let admitted = limits::not_too_often(app, client, request)
            .and_then(|()| house::open_to(app, request))
            .and_then(|()| csrf::require_same_origin(app, client, request));
        match admitted {
            Ok(()) => self.inside(request, found).await,
            Err(error) => error.into_response(),
        }
    }

    /// Answers whoever was let in.
    async fn inside(&self, request: &mut Request, found: &Found) -> Response {
        let lines = self.exact.get(request.uri().path());
        let exact = lines.and_then(|lines| lines.iter().find(|route| route.method == *request.method()));
        if let Some(route) = exact {
            found.meets(route.met);
            return guarded(&self.app, route, request).await;
        }
        // With variable parts, or no line at all.
        let answer = Box::pin(self.all.clone().call(take(request))).await;
        let mut answer = answer.unwrap_or_else(|never| match never {});
        if let Some(met) = answer.extensions_mut().remove::<Met>() {
            found.meets(met);
        }
        answer
    }
}

/// Where a page is asked for, an error stands within the same frame as every other page of theirs.
fn framed_for_them(request: &Request) {
    let extensions = request.extensions();
    if let (Some(reader), Some(visitor)) = (extensions.get::<Reader>(), extensions.get::<Visitor>()) {
        let visitor = visitor.clone();
        reader.is(move |app| visitor.frame(app));
    }
}
