//! What every request passes before somebody answers it, and who that is.
//!
//! It stands there once and not around each route, as functions and not as layers: a layer is copied for each request, with all that
//! is in it. Most requests ask for a path without variable parts, which is looked up and answered without a router.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use foldhash::fast::RandomState;
use http::header;
use hyper::body::Body as _;
use tower::{Layer as _, Service as _, ServiceExt as _, service_fn};
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutBody;

use super::guard::{Line, Runs, guarded};
use super::{Route, back_to_the_page, limits, nothing_here};
use crate::accounts::{Visitor, recognise};
use crate::app::App;
use crate::server::Front;
use crate::tls;
use crate::upkeep as house;
use crate::web::{Client, Intake, Times, csrf, edge, outermost, packed};

/// A form or JSON body takes this many bytes.
pub(super) const BODY: usize = 2 * 1_048_576;
/// For how long the next piece of a body is waited for.
const NEXT_PIECE: Duration = Duration::from_secs(30);
/// How long a request may take to the head of its answer. A backup of two gibibytes is read through after it has come.
const TIMES: Times = Times {
    whole: Duration::from_mins(2),
    after_body: Duration::from_mins(10),
};

/// The handler of a line whose path has no variable parts.
type Exact = (Line, Arc<MethodRouter>);

struct Entrance {
    app: App,
    /// Lines by their paths.
    exact: HashMap<&'static str, Vec<Exact>, RandomState>,
    /// All lines, and what becomes of everything else.
    all: Router,
    /// Which pages of others may ask, where some may.
    shared: Option<CorsLayer>,
}

/// The entrance to the lines of `table`.
pub fn open(app: App, table: Vec<Route>) -> Front {
    let mut exact: HashMap<_, Vec<Exact>, _> = HashMap::default();
    let mut all = Router::new();
    for route in table {
        let line = Line::of(&route);
        if !route.path.contains('{') {
            let handler = Arc::new(route.handler.clone().with_state(app.clone()));
            exact.entry(route.path).or_default().push((line.clone(), handler));
        }
        let guard = from_fn_with_state((app.clone(), line), guard_routed);
        all = all.route(route.path, route.handler.layer(guard));
    }
    front(app, exact, all)
}

/// `router` behind the same entrance.
pub fn around(router: Router<App>, app: App) -> Front {
    front(app, HashMap::default(), router)
}

fn front(app: App, exact: HashMap<&'static str, Vec<Exact>, RandomState>, all: Router<App>) -> Front {
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
    Front::new(move |request| {
        let entrance = Arc::clone(&entrance);
        Box::pin(async move { entrance.answer(request).await })
    })
}

async fn guard_routed(State((app, line)): State<(App, Line)>, request: Request, next: Next) -> Response {
    guarded(&app, &line, request, Runs::Routed(next)).await
}

impl Entrance {
    async fn answer(&self, request: Request) -> Response {
        outermost::outermost(&self.app, request, async |request: Request| {
            let accepts = request.headers().get(header::ACCEPT_ENCODING).cloned();
            let answer = match &self.shared {
                None => self.in_time(request).await,
                Some(layer) => {
                    let inside = service_fn(async |request| Ok::<_, Infallible>(self.in_time(request).await));
                    let answer = Box::pin(layer.layer(inside).oneshot(request)).await;
                    answer.unwrap_or_else(|never| match never {})
                }
            };
            packed(accepts, answer).await
        })
        .await
    }

    /// Answers within what a request may take: of time, and of bytes where it has a body.
    async fn in_time(&self, mut request: Request) -> Response {
        let mut intake = None;
        if !request.body().is_end_stream() {
            intake = request.extensions().get::<Intake>().cloned();
            DefaultBodyLimit::max(BODY).apply(&mut request);
            request = request.map(|body| Body::new(TimeoutBody::new(NEXT_PIECE, body)));
        }
        TIMES.within(intake, Box::pin(self.admit(request))).await
    }

    /// Lets in whoever may come in, whatever they ask: under a name of ours, encrypted where that is asked for, not too often, while
    /// the house is open, and from a page of ours.
    async fn admit(&self, mut request: Request) -> Response {
        let app = &self.app;
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
            Ok(()) => self.inside(request).await,
            Err(error) => error.into_response(),
        };
        if let Some(signed_in) = signed_in {
            response.extensions_mut().insert(signed_in);
        }
        response
    }

    /// Answers whoever was let in.
    async fn inside(&self, request: Request) -> Response {
        let lines = self.exact.get(request.uri().path());
        let exact = lines.and_then(|lines| lines.iter().find(|(line, _)| line.method == *request.method()));
        if let Some((line, handler)) = exact {
            let runs = Runs::Exact(Arc::clone(handler));
            return guarded(&self.app, line, request, runs).await;
        }
        // With variable parts, or no line at all.
        let answer = self.all.clone().call(request).await;
        answer.unwrap_or_else(|never| match never {})
    }
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
