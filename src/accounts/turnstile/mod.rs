//! Whether a person knocks: Cloudflare's Turnstile on both sign-in pages, where its two keys are set.
//!
//! The page shows its widget, which works without a script of ours; what it answers comes along with the form and is
//! looked at before anything else is done. Where nobody can be asked, nobody comes in.

mod pages;
mod rules;

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::entry::Door;
use crate::app::App;
use crate::web::edge::Allows;
use crate::web::{Client, Fields};

pub(in crate::accounts) use pages::widget;
pub(in crate::accounts) use rules::Ruling;
use rules::{action, ruling};

/// From where the widget comes.
const ORIGIN: &str = "https://challenges.cloudflare.com";
/// The field in which the widget puts its answer.
const FIELD: &str = "cf-turnstile-response";
/// How long an answer of the widget is at most.
const LONGEST: usize = 2_048;
/// How long Cloudflare may take.
const WITHIN: Duration = Duration::from_secs(5);
/// An answer is good for five minutes there; here it is remembered for longer.
const REMEMBERED: Duration = Duration::from_mins(10);
/// How many answers are remembered.
const MOST: u64 = 100_000;

/// The answers that were used already. Cloning shares it.
#[derive(Clone)]
pub struct Used(Cache<[u8; 32], Arc<()>>);

impl Default for Used {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(MOST)
                .time_to_live(REMEMBERED)
                .build(),
        )
    }
}

impl Used {
    /// Whether this answer comes for the first time; of several at once one is the first.
    fn is_first(&self, answer: &str) -> bool {
        let own = Arc::new(());
        let kept = self
            .0
            .get_with(Sha256::digest(answer).into(), || Arc::clone(&own));
        Arc::ptr_eq(&own, &kept)
    }
}

/// What the policy of a page with the widget allows.
pub(in crate::accounts) fn allows(app: &App) -> Allows {
    let origin = app.config.turnstile.keys.as_ref().map(|_| ORIGIN.to_owned());
    Allows {
        script: origin.clone(),
        frame: origin,
        ..Allows::default()
    }
}

/// Lets a person through, and everybody where the keys are blank.
///
/// # Errors
/// What the visitor reads of it: nothing was looked up, and nothing sent.
pub(in crate::accounts) async fn check(
    app: &App,
    fields: &Fields,
    client: Client,
    door: Door,
) -> Result<(), Ruling> {
    let Some(keys) = &app.config.turnstile.keys else {
        return Ok(());
    };
    let answer = fields.text(FIELD);
    if answer.is_empty() || answer.len() > LONGEST {
        return Err(Ruling::Unanswered);
    }
    // The keys for trying come with one answer for everybody.
    if !keys.sample && !app.turnstile.is_first(answer) {
        return Err(Ruling::Stale);
    }
    let address = client.address.to_string();
    let form = [
        ("secret", keys.own.expose()),
        ("response", answer),
        ("remoteip", &address),
    ];
    let asked = app.egress.within(WITHIN);
    let said = match asked.post_form(&app.config.turnstile.verify_url, &form).await {
        Ok(said) if !said.status.is_server_error() => said.body,
        Ok(said) => {
            tracing::warn!(
                status = said.status.as_u16(),
                "Turnstile did not answer as it must"
            );
            return Err(Ruling::Unreachable);
        }
        Err(error) => {
            tracing::warn!(%error, "Turnstile cannot be asked");
            return Err(Ruling::Unreachable);
        }
    };
    let known = |host: &str| keys.sample || app.config.edge.hosts.allow(host);
    match ruling(&said, known, (!keys.sample).then(|| action(door))) {
        Ruling::Person => Ok(()),
        other => {
            if other == Ruling::Unreachable {
                tracing::error!("Turnstile does not take our keys, or could not say");
            }
            Err(other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_good_once_even_if_it_comes_many_times_at_once() {
        let used = Used::default();
        let first = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8)
                .map(|_| {
                    let used = used.clone();
                    scope.spawn(move || usize::from(used.is_first("answer")))
                })
                .collect();
            all.into_iter().map(|one| one.join().unwrap()).sum::<usize>()
        });
        assert_eq!(first, 1);
        assert!(used.is_first("another"));
    }
}
