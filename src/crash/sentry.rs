//! A report to a collector of Sentry's kind: one envelope with one event.

use http::{Method, Request, Uri, header};
use serde_json::json;

use super::Crash;
use crate::app::App;
use crate::config::Environment;
use crate::units::hex;

/// Where reports go: `https://KEY@host/project`.
#[derive(Clone)]
pub struct Dsn {
    place: String,
    key: String,
}

impl Dsn {
    /// Reads one; none where it is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once("://")?;
        let (key, rest) = rest.split_once('@')?;
        // An older kind has a second key behind a colon, which nobody wants any more.
        let key = key.split(':').next()?;
        let (front, project) = rest.trim_end_matches('/').rsplit_once('/')?;
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric());
        if !matches!(scheme, "https" | "http") || !plain(key) || !plain(project) || front.is_empty() {
            return None;
        }
        let place = format!("{scheme}://{}", front_of(front, project));
        place.parse::<Uri>().ok()?.host()?;
        Some(Self {
            place,
            key: key.to_owned(),
        })
    }
}

/// `host/path` and the project, as envelopes are taken: `host/path/api/1/envelope/`.
fn front_of(front: &str, project: &str) -> String {
    format!("{front}/api/{project}/envelope/")
}

/// Sends one report.
pub(super) async fn report(app: &App, dsn: &Dsn, crash: &Crash) -> Result<(), String> {
    let body = envelope(app, crash).ok_or("it could not be written")?;
    let auth = format!(
        "Sentry sentry_version=7, sentry_client=ballast/{}, sentry_key={}",
        env!("CARGO_PKG_VERSION"),
        dsn.key
    );
    let request = Request::builder()
        .method(Method::POST)
        .uri(&dsn.place)
        .header(header::CONTENT_TYPE, "application/x-sentry-envelope")
        .header("x-sentry-auth", auth)
        .body(body)
        .map_err(|error| error.to_string())?;
    let answer = app
        .egress
        .send(request)
        .await
        .map_err(|error| error.to_string())?;
    if answer.status.is_success() {
        Ok(())
    } else {
        Err(format!("the collector answers {}", answer.status.as_u16()))
    }
}

fn envelope(app: &App, crash: &Crash) -> Option<Vec<u8>> {
    let mut id = [0_u8; 16];
    getrandom::fill(&mut id).ok()?;
    let id = hex(&id);
    let sent = jiff::Timestamp::from_millisecond(crash.at).ok()?;
    let environment = match app.config.environment {
        Environment::Development => "development",
        Environment::Staging => "staging",
        Environment::Production => "production",
    };
    let mut parts = crash.place.rsplitn(3, ':');
    let (_, line, file) = (parts.next(), parts.next(), parts.next());
    let frame = match (file, line.and_then(|line| line.parse::<u32>().ok())) {
        (Some(file), Some(line)) => json!({ "filename": file, "lineno": line, "in_app": true }),
        _ => json!({ "function": crash.place, "in_app": true }),
    };
    let event = json!({
        "event_id": id,
        "timestamp": sent.to_string(),
        "platform": "other",
        "level": "error",
        "logger": "ballast",
        "release": concat!("ballast@", env!("CARGO_PKG_VERSION")),
        "environment": environment,
        "fingerprint": [crash.place, crash.shape],
        "tags": { "request_id": crash.request.map(|id| id.to_string()) },
        "exception": { "values": [{
            "type": crash.kind.as_str(),
            "value": crash.shape,
            "stacktrace": { "frames": [frame] },
        }] },
    });
    let head = json!({ "event_id": id, "sent_at": sent.to_string() });
    let item = json!({ "type": "event", "content_type": "application/json" });
    Some(format!("{head}\n{item}\n{event}\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dsn_says_where_and_with_which_key() {
        for (text, place) in [
            (
                "https://abc123@o1.ingest.example.org/42",
                Some("https://o1.ingest.example.org/api/42/envelope/"),
            ),
            (
                "https://abc:old@sentry.example.org/path/7",
                Some("https://sentry.example.org/path/api/7/envelope/"),
            ),
            (
                "http://abc@127.0.0.1:9000/1",
                Some("http://127.0.0.1:9000/api/1/envelope/"),
            ),
            ("https://sentry.example.org/1", None),
            ("abc@sentry.example.org/1", None),
            ("ftp://abc@sentry.example.org/1", None),
            ("https://a b@sentry.example.org/1", None),
            ("https://abc@/1", None),
            ("", None),
        ] {
            let read = Dsn::read(text);
            assert_eq!(read.map(|dsn| dsn.place).as_deref(), place, "{text}");
        }
    }
}
