//! What Cloudflare's answer means.

use crate::accounts::entry::Door;

/// Whether somebody may go on. The text is what they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::accounts) enum Ruling {
    /// They may.
    #[error("That is a person.")]
    Person,
    /// The widget has not answered.
    #[error(
        "Please wait until the check that you are a person is done, then send the form again. It needs JavaScript."
    )]
    Unanswered,
    /// It is no person, or the answer belongs to another page.
    #[error("The check that you are a person did not succeed. Go back, reload the page and try again.")]
    Refused,
    /// The answer was used already, or is too old.
    #[error("The check that you are a person is used up. Go back, reload the page and try again.")]
    Stale,
    /// Nobody could be asked.
    #[error(
        "Whether you are a person cannot be checked right now, so nobody can sign in here. Please try again in a few minutes; nothing was sent."
    )]
    Unreachable,
}

/// What the widget of a door calls what it guards.
pub(super) const fn action(door: Door) -> &'static str {
    match door {
        Door::Everybody => "sign-in",
        Door::Administration => "administration",
    }
}

#[derive(serde::Deserialize)]
struct Said {
    success: bool,
    #[serde(default)]
    hostname: String,
    #[serde(default)]
    action: String,
    #[serde(default, rename = "error-codes")]
    codes: Vec<String>,
}

/// What Cloudflare's answer means.
///
/// * `known`: whether a host is one of ours.
/// * `action`: what the answer must be for; none where the keys for trying are used, whose answers are for nothing.
pub(super) fn ruling(body: &[u8], known: impl Fn(&str) -> bool, action: Option<&str>) -> Ruling {
    let Ok(said) = serde_json::from_slice::<Said>(body) else {
        return Ruling::Unreachable;
    };
    let has = |code: &str| said.codes.iter().any(|said| said == code);
    if has("missing-input-secret")
        || has("invalid-input-secret")
        || has("internal-error")
        || has("bad-request")
    {
        Ruling::Unreachable
    } else if has("timeout-or-duplicate") {
        Ruling::Stale
    } else if said.success && known(&said.hostname) && action.is_none_or(|action| action == said.action) {
        Ruling::Person
    } else {
        Ruling::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_success_for_our_host_and_this_door_lets_in() {
        let known = |host: &str| host == "plan.example.org";
        for (body, expected) in [
            (
                r#"{"success":true,"hostname":"plan.example.org","action":"sign-in"}"#,
                Ruling::Person,
            ),
            (
                r#"{"success":true,"hostname":"evil.example","action":"sign-in"}"#,
                Ruling::Refused,
            ),
            (
                r#"{"success":true,"hostname":"plan.example.org","action":"administration"}"#,
                Ruling::Refused,
            ),
            (
                r#"{"success":true,"hostname":"plan.example.org"}"#,
                Ruling::Refused,
            ),
            (r#"{"success":true,"action":"sign-in"}"#, Ruling::Refused),
            (
                r#"{"success":false,"error-codes":["invalid-input-response"]}"#,
                Ruling::Refused,
            ),
            (
                r#"{"success":false,"error-codes":["timeout-or-duplicate"]}"#,
                Ruling::Stale,
            ),
            (
                r#"{"success":false,"error-codes":["invalid-input-secret"]}"#,
                Ruling::Unreachable,
            ),
            (
                r#"{"success":false,"error-codes":["internal-error"]}"#,
                Ruling::Unreachable,
            ),
            (r#"{"success":false}"#, Ruling::Refused),
            (r#"{"success":"true"}"#, Ruling::Unreachable),
            ("<html>", Ruling::Unreachable),
            ("", Ruling::Unreachable),
        ] {
            assert_eq!(
                ruling(body.as_bytes(), known, Some("sign-in")),
                expected,
                "{body}"
            );
        }
    }

    #[test]
    fn the_keys_for_trying_answer_for_no_host_and_nothing() {
        let body = br#"{"success":true,"error-codes":[],"hostname":"example.com"}"#;
        assert_eq!(ruling(body, |_| true, None), Ruling::Person);
    }
}
