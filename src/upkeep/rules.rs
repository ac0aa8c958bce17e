//! When the house is closed, and what is said meanwhile.

/// For how long somebody is told to wait where nobody said until when.
const WAIT: i64 = 300;

/// The house is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Since when, in milliseconds.
    pub began_at: i64,
    /// Until when; none until somebody opens it.
    pub until: Option<i64>,
    /// What those who come read, or empty.
    pub message: String,
}

impl Closed {
    /// Whether it still is at `now`.
    #[must_use]
    pub fn holds(&self, now: i64) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// After how many seconds it is worth trying again.
    #[must_use]
    pub fn seconds(&self, now: i64) -> u64 {
        let seconds = self.until.map_or(WAIT, |until| (until - now + 999) / 1_000);
        u64::try_from(seconds.max(1)).unwrap_or(1)
    }

    /// What those who come read.
    ///
    /// * `until`: as they read the moment.
    #[must_use]
    pub fn words(&self, until: Option<&str>) -> String {
        let message = self.message.trim();
        let first = if message.is_empty() {
            "Somebody is working on this Ballast, and it is closed for a while. Nothing is lost."
        } else {
            message
        };
        match until {
            Some(until) => format!("{first} It opens again at {until}."),
            None => first.to_owned(),
        }
    }
}

/// Whether a path is open while the house is closed: health, what pages are made of, and the ways in for administrators.
pub(super) fn stays_open(path: &str) -> bool {
    ["/assets/", "/auth/", "/admin/login", "/setup/"]
        .iter()
        .any(|start| path.starts_with(start))
        || ["/favicon.ico", "/csp-report/"].contains(&path)
}

/// Whether a request to this path may change something, by its method. Queries are asked by POST too.
pub(super) fn changes(method: &http::Method, path: &str) -> bool {
    let reads = matches!(
        *method,
        http::Method::GET | http::Method::HEAD | http::Method::OPTIONS
    );
    !reads && !["/graphql", "/csp-report/"].contains(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(until: Option<i64>) -> Closed {
        Closed {
            began_at: 0,
            until,
            message: String::new(),
        }
    }

    #[test]
    fn it_opens_by_itself_when_it_was_said_when() {
        assert!(until(None).holds(i64::MAX));
        assert!(until(Some(1_000)).holds(999));
        assert!(!until(Some(1_000)).holds(1_000));
        for (end, now, seconds) in [
            (Some(10_000), 0, 10),
            (Some(10_001), 0, 11),
            (Some(5), 4, 1),
            (None, 0, 300),
        ] {
            assert_eq!(until(end).seconds(now), seconds);
        }
    }

    #[test]
    fn what_is_said_is_a_sentence_and_the_moment() {
        let mut closed = until(None);
        assert!(closed.words(None).starts_with("Somebody is working"));
        closed.message = " We move to a new disk. ".to_owned();
        assert_eq!(
            closed.words(Some("20:00")),
            "We move to a new disk. It opens again at 20:00."
        );
    }

    #[test]
    fn ways_in_stay_open_and_the_plan_does_not() {
        for path in [
            "/assets/1/css/app.css",
            "/auth/login",
            "/admin/login",
            "/admin/login/code",
            "/favicon.ico",
        ] {
            assert!(stays_open(path), "{path}");
        }
        for path in [
            "/",
            "/schedule",
            "/api/v1/people",
            "/graphql",
            "/authors",
            "/events",
        ] {
            assert!(!stays_open(path), "{path}");
        }
    }

    #[test]
    fn questions_change_nothing() {
        use http::Method;
        assert!(changes(&Method::POST, "/people"));
        assert!(changes(&Method::DELETE, "/api/v1/people/1"));
        assert!(!changes(&Method::POST, "/graphql"));
        assert!(!changes(&Method::GET, "/people"));
    }
}
