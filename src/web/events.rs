//! Server-sent events: how a line is written, and how one asks for it.

use std::convert::Infallible;
use std::fmt::Write as _;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, header};

use crate::feed::{Line, Told};

/// The pages that presence is counted for.
const PAGES: [&str; 8] = [
    "/",
    "/schedule",
    "/forecast",
    "/calendar",
    "/projects",
    "/people",
    "/finder",
    "/reports",
];
/// The lists whose every entry has such a page, under its id.
const ONE_OF: [&str; 2] = ["/projects", "/people"];
/// The digits of the longest id.
const LONGEST_ID: usize = 19;

/// What an address asks of a line.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Wanted {
    /// The page that is looked at.
    at: Option<String>,
    /// The newest revision that the page has heard of; what cannot be read is none.
    after: Option<String>,
}

impl Wanted {
    /// The path of the page, where it is one that everybody may open who is signed in: who asks for a seat is told who
    /// else sits there, and that is nobody's to hear of a page that is not theirs.
    #[must_use]
    pub fn page(&self) -> Option<String> {
        let path = self.at.as_deref()?.split(['?', '#']).next()?;
        let is_one = || {
            let (list, id) = path.rsplit_once('/')?;
            let is_id = (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
            (is_id && ONE_OF.contains(&list)).then_some(())
        };
        (PAGES.contains(&path) || is_one().is_some()).then(|| path.to_owned())
    }

    /// The newest revision that the browser has heard of. What it says by itself on coming back is newer than its address.
    #[must_use]
    pub fn after(&self, headers: &HeaderMap) -> Option<i64> {
        let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
        last.or(self.after.as_deref())?.trim().parse().ok()
    }
}

/// The answer that a line is sent as: never kept by anybody, never held back by a proxy.
#[must_use]
pub fn answer(line: Line) -> Response {
    let words = futures_util::stream::unfold(line, |mut line| async move {
        let told = line.next().await?;
        Some((Ok::<_, Infallible>(written(&told)), line))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(words)).into_response()
}

/// One word as the browser reads it. Only what has a revision has an id, so that the last id is always one to go on from.
fn written(told: &Told) -> Bytes {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = match told {
        Told::Hello(revision) => write!(
            text,
            "retry: 3000\nid: {revision}\nevent: hello\ndata: {{\"revision\":{revision}}}\n\n"
        ),
        Told::Resync(revision) => write!(
            text,
            "id: {revision}\nevent: resync\ndata: {{\"revision\":{revision}}}\n\n"
        ),
        Told::Here(company) => {
            let company = serde_json::to_string(company).unwrap_or_default();
            write!(text, "event: here\ndata: {company}\n\n")
        }
        Told::Bye(wait) => write!(text, "retry: {wait}\n\n"),
        Told::Beat => write!(text, "event: beat\ndata: 1\n\n"),
        Told::Changed(events) => events.iter().try_for_each(|event| {
            let data = serde_json::to_string(event).unwrap_or_default();
            write!(text, "id: {}\nevent: changed\ndata: {data}\n\n", event.revision)
        }),
    };
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::{Company, Event};

    fn page(at: &str) -> Option<String> {
        Wanted {
            at: Some(at.to_owned()),
            after: None,
        }
        .page()
    }

    #[test]
    fn a_page_is_a_path_of_ours_and_nothing_else() {
        assert_eq!(page("/schedule?from=2026-11-16").as_deref(), Some("/schedule"));
        assert_eq!(page("https://elsewhere.example/"), None);
        assert_eq!(page(&format!("/{}", "x".repeat(300))), None);
        assert_eq!(page("/a\nid: 9"), None);
        for at in ["/", "/people", "/people/12", "/projects/3#top"] {
            assert_eq!(page(at).as_deref(), at.split('#').next());
        }
    }

    #[test]
    fn nobody_is_watched_where_not_everybody_may_go() {
        for at in [
            "/accounts",
            "/accounts/1",
            "/settings",
            "/import/abc",
            "/time-off",
            "/people/1/edit",
            "/people/",
            "/people/1x",
            "/people/new",
        ] {
            assert_eq!(page(at), None, "{at}");
        }
    }

    #[test]
    fn a_name_cannot_write_an_event_of_its_own() {
        let company = Company {
            count: 1,
            names: vec!["Ada\n\nevent: resync".to_owned()],
        };
        let written = written(&Told::Here(company));
        assert_eq!(std::str::from_utf8(&written).unwrap().lines().count(), 3);
    }

    #[test]
    fn what_changed_carries_the_revision_as_its_id() {
        let event = Event {
            revision: 7,
            topic: "plan",
        };
        assert_eq!(
            written(&Told::Changed(vec![event])),
            "id: 7\nevent: changed\ndata: {\"revision\":7,\"topic\":\"plan\"}\n\n"
        );
    }
}
