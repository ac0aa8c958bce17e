//! The one layer around everything: request ids, security headers, panics, and errors told as the visitor reads.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::access::{self, AccessLine};
use super::edge::{Allows, host_of, may_share};
use super::{REQUEST_ID, health, is_fragment, know};
use crate::app::App;
use crate::crash;
use crate::error::{AppError, FieldError, Raised};
use crate::ui;
use crate::units::without_words;

/// What is found out about a request while it is answered, for the log and for how an error is told.
#[derive(Default)]
pub struct Found {
    route: OnceLock<Met>,
    account: OnceLock<i64>,
}

/// A path of the table that a request met. The log names this one: what stands in its braces may be a key.
#[derive(Clone, Copy, Debug)]
pub struct Met {
    path: &'static str,
    /// Whether the log has it as it is.
    plain: bool,
}

impl Met {
    const NOTHING: Self = Self {
        path: "(none)",
        plain: true,
    };

    /// What is met at `path`.
    #[must_use]
    pub fn at(path: &'static str) -> Self {
        let plain = without_words(path) == path;
        Self { path, plain }
    }

    /// As the log has it.
    #[must_use]
    pub fn logged(self) -> Cow<'static, str> {
        if self.plain {
            self.path.into()
        } else {
            without_words(self.path)
        }
    }
}

impl Found {
    /// It met this one.
    pub fn meets(&self, route: Met) {
        // The first word counts.
        let _ = self.route.set(route);
    }

    /// The account with this number asks: a refusal offers them no way to sign in, and the log knows whose the request was.
    pub fn is_asked_by(&self, account: i64) {
        let _ = self.account.set(account);
    }
}

/// Who reads the page that a browser asked for. Whoever recognises them says how their frame is made, and it is made only where an
/// error is told, so that it costs nothing but its place.
#[derive(Clone, Default)]
pub struct Reader(Arc<OnceLock<Framer>>);

type Framer = Box<dyn Fn(&App) -> ui::Frame + Send + Sync>;

impl Reader {
    /// Says how the frame around their pages is made.
    pub fn is(&self, framer: impl Fn(&App) -> ui::Frame + Send + Sync + 'static) {
        // Whoever reads a page is one; the first word counts.
        let _ = self.0.set(Box::new(framer));
    }

    fn frame(&self, app: &App) -> Option<ui::Frame> {
        self.0.get().map(|framer| framer(app))
    }
}

/// Wraps every request, which `inside` answers.
pub async fn outermost(
    app: &App,
    request: &mut Request,
    found: &Found,
    inside: impl AsyncFnOnce(&mut Request) -> Response,
) -> Response {
    let begun = Instant::now();
    let client = know(app, request);
    let reader = Visit::of(request);
    let quiet = health::is_asked(reader.address.path());
    let secure = client.secure && !is_a_desk(request.headers());
    let id = client.request;
    let mut response = AssertUnwindSafe(crash::of_request(client.request, inside(request)))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| AppError::Internal("a handler panicked".to_owned()).into_response());
    if response.status() == StatusCode::METHOD_NOT_ALLOWED && response.extensions().get::<Raised>().is_none()
    {
        response = AppError::MethodNotAllowed.into_response();
    }
    let met = found.route.get().copied().unwrap_or(Met::NOTHING);
    let path = met.path;
    let account = found.account.get().copied();
    if let Some(Raised(error)) = response.extensions_mut().remove::<Raised>() {
        if let AppError::Internal(cause) = &*error {
            tracing::error!(request_id = %id, route = %met.logged(), cause = %without_words(cause), "a request failed");
            app.crash.failed(path, cause, client.request);
        }
        response = keeping(
            told(app, &reader, &error, (id.as_str(), account.is_some())),
            &response,
        );
    }
    let allows = response.extensions_mut().remove::<Allows>().unwrap_or_default();
    let keyed = path.contains("{key");
    let headers = response.headers_mut();
    app.config.headers.put(headers, &allows, secure, keyed);
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID, value);
    }
    let took = begun.elapsed();
    if quiet {
        return response;
    }
    let line = AccessLine {
        id: client.request,
        method: reader.method,
        route: met,
        status: response.status().as_u16(),
        took,
        address: client.address,
        account,
    };
    noted(app, response, line)
}

/// The same answer, counted, and with its line in the log.
fn noted(app: &App, response: Response, line: AccessLine) -> Response {
    let path = line.route.path;
    app.metrics.answered(&line.method, path, line.status, line.took);
    if is_static(path) && !app.config.watch.access_log_static {
        return response;
    }
    access::logged(response, line)
}

fn is_static(path: &str) -> bool {
    path.starts_with("/assets/") || matches!(path, "/favicon.ico" | "/robots.txt")
}

/// Whether the browser came to `localhost`: who insists on https there would lock out every other program at this desk.
fn is_a_desk(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.and_then(host_of)
        .is_some_and(|(host, _)| host == "localhost" || host.ends_with(".localhost"))
}

/// `told`, with what the response before it told the browser besides: cookies, and who else may read it.
fn keeping(mut told: Response, before: &Response) -> Response {
    for (name, value) in before.headers() {
        let kept = *name == header::SET_COOKIE
            || *name == header::VARY
            || *name == header::RETRY_AFTER
            || name.as_str().starts_with("access-control-");
        if kept {
            told.headers_mut().append(name, value.clone());
        }
    }
    told
}

/// What of a request decides how an error is told.
struct Visit {
    method: http::Method,
    address: http::Uri,
    wants_json: bool,
    is_fragment: bool,
    /// The page of ours that led here, where the browser says so.
    from: Option<String>,
    /// Who reads the answer, where it is a page.
    reader: Option<Reader>,
}

impl Visit {
    fn of(request: &mut Request) -> Self {
        let shares = may_share(request.uri().path());
        let accepts = |headers: &HeaderMap, kind: &str| {
            headers
                .get(header::ACCEPT)
                .and_then(|value| value.to_str().ok())
                .is_some_and(|value| value.contains(kind))
        };
        let is_fragment = is_fragment(request.headers());
        let is_page = accepts(request.headers(), "text/html") && !is_fragment && !shares;
        let reader = is_page.then(Reader::default);
        if let Some(reader) = &reader {
            request.extensions_mut().insert(reader.clone());
        }
        Self {
            from: reader.as_ref().and_then(|_| led_here(request)),
            reader,
            method: request.method().clone(),
            address: request.uri().clone(),
            wants_json: shares
                || (accepts(request.headers(), "application/json")
                    && !accepts(request.headers(), "text/html")),
            is_fragment,
        }
    }
}

/// The address, on this server, of another page that led to a request.
fn led_here(request: &Request) -> Option<String> {
    let header = |name| request.headers().get(name)?.to_str().ok();
    let from: http::Uri = header(header::REFERER)?.parse().ok()?;
    // The second version of HTTP names the host in the address.
    let own = header(header::HOST).or_else(|| request.uri().authority().map(http::uri::Authority::as_str))?;
    let is_ours = from.authority()?.as_str() == own;
    // Neither may lead to another host: browsers read a backslash as a slash.
    let leads_on = from.path().starts_with("//") || from.path().contains('\\');
    let is_other = from.path() != request.uri().path() && !leads_on;
    (is_ours && is_other).then(|| from.path_and_query().map(ToString::to_string))?
}

#[derive(serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
/// What went wrong, as RFC 9457 says it.
pub struct Problem {
    /// `about:blank` where the title says it all; else `urn:ballast:problem:` and the name of the problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short name of the fault.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// Every field, cell or row at fault.
    pub errors: Vec<FieldError>,
    /// By which the log names this request.
    pub request_id: String,
    /// More, where there is more: both sides of a conflict.
    #[serde(flatten)]
    #[schema(ignore)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

fn told(app: &App, visit: &Visit, error: &Arc<AppError>, (id, signed_in): (&str, bool)) -> Response {
    if visit.wants_json || matches!(**error, AppError::Unproven { .. }) {
        return problem(error, id);
    }
    let door = match **error {
        AppError::SignedOut => Some("/auth/login"),
        AppError::ProveAgain { .. } => Some("/admin/login"),
        _ => None,
    };
    if let Some(door) = door.filter(|_| visit.method == http::Method::GET && !visit.is_fragment) {
        let asked = visit.address.path_and_query().map_or("/", |asked| asked.as_str());
        let back =
            percent_encoding::utf8_percent_encode(asked, percent_encoding::NON_ALPHANUMERIC).to_string();
        return axum::response::Redirect::to(&format!("{door}?next={back}")).into_response();
    }
    let frame = visit.reader.as_ref().and_then(|reader| reader.frame(app));
    let page = match frame {
        Some(frame) => ui::error_within(&frame, error, id, visit.from.as_deref()),
        None => ui::error_page(error, id, signed_in),
    };
    let mut response = (error.status(), page).into_response();
    retry_after(error, response.headers_mut());
    response
}

fn problem(error: &AppError, id: &str) -> Response {
    let mut extra = serde_json::Map::new();
    let mut errors = Vec::new();
    match error {
        AppError::Invalid(fields) | AppError::OutOfReach { errors: fields, .. } => errors.clone_from(fields),
        AppError::Conflict {
            extra: serde_json::Value::Object(more),
            ..
        } => extra.clone_from(more),
        AppError::Stale { current } => {
            extra.insert("current".to_owned(), current.clone());
        }
        _ => {}
    }
    let problem = Problem {
        kind: match error {
            AppError::Unproven { problem, .. } => format!("urn:ballast:problem:{problem}"),
            _ => "about:blank".to_owned(),
        },
        title: error.title().to_owned(),
        status: error.status().as_u16(),
        detail: error.to_string(),
        errors,
        request_id: id.to_owned(),
        extra,
    };
    let mut response = super::Json(problem).into_response();
    *response.status_mut() = error.status();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if error.status() == StatusCode::UNAUTHORIZED {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge(error)),
        );
    }
    retry_after(error, headers);
    response
}

/// How a program comes in, and that what it showed was looked at.
const fn challenge(error: &AppError) -> &'static str {
    match error {
        AppError::Unproven { shown: true, .. } => "Bearer realm=\"Ballast\", error=\"invalid_token\"",
        _ => "Bearer realm=\"Ballast\"",
    }
}

/// When it is worth trying again.
fn retry_after(error: &AppError, headers: &mut HeaderMap) {
    let seconds = match error {
        AppError::Busy => 2,
        AppError::ReadOnly => 10,
        AppError::TooMany { seconds } | AppError::Closed { seconds, .. } => *seconds,
        _ => return,
    };
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
}

/// 128 random bits as 22 characters that stand in an address or a cookie as they are.
///
/// # Errors
/// `Internal` where the machine gives no randomness.
pub fn random_key() -> Result<String, AppError> {
    use base64::Engine as _;
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}
