//! What browsers have been asked to sign and have not yet.

use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyRegistration};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::rules;
use crate::app::App;
use crate::config::{Config, Method};
use crate::error::AppError;

/// How long an answer is waited for, in milliseconds.
const WAITED_FOR: i64 = 300_000;
/// How many answers are waited for at once. A flood makes the oldest begin again, and takes no memory.
const MOST: u64 = 10_000;

#[derive(Clone)]
enum Asked {
    Make(Box<PasskeyRegistration>),
    Show(Box<DiscoverableAuthentication>),
}

/// What is waited for, each for one browser and once.
#[derive(Clone)]
pub struct Ceremonies(Cache<Vec<u8>, (Asked, i64)>);

impl Default for Ceremonies {
    fn default() -> Self {
        let lives = Duration::from_millis(WAITED_FOR.unsigned_abs());
        let cache = Cache::builder()
            .max_capacity(MOST)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(lives);
        Self(cache.build())
    }
}

impl Ceremonies {
    /// Waits for a new passkey from the browser that holds what `browser` is the hash of.
    pub(super) fn wait_for_new(&self, browser: &[u8], now: i64, asked: PasskeyRegistration) {
        self.0.insert(
            place(b'm', browser),
            (Asked::Make(Box::new(asked)), now + WAITED_FOR),
        );
    }

    /// Waits for a passkey that is known.
    pub(super) fn wait_for_known(&self, browser: &[u8], now: i64, asked: DiscoverableAuthentication) {
        self.0.insert(
            place(b's', browser),
            (Asked::Show(Box::new(asked)), now + WAITED_FOR),
        );
    }

    /// What a new passkey answers to; nobody answers to it again.
    pub(super) fn take_new(&self, browser: &[u8], now: i64) -> Option<PasskeyRegistration> {
        match self.0.remove(&place(b'm', browser)) {
            Some((Asked::Make(asked), until)) if until > now => Some(*asked),
            _ => None,
        }
    }

    /// What a known passkey answers to; nobody answers to it again.
    pub(super) fn take_known(&self, browser: &[u8], now: i64) -> Option<DiscoverableAuthentication> {
        match self.0.remove(&place(b's', browser)) {
            Some((Asked::Show(asked), until)) if until > now => Some(*asked),
            _ => None,
        }
    }
}

fn place(kind: u8, browser: &[u8]) -> Vec<u8> {
    [&[kind], browser].concat()
}

/// Whether the settings let people sign in by passkeys, and browsers keep them for the name that Ballast is reached by.
pub fn possible(config: &Config) -> bool {
    config.sign_in.methods.contains(&Method::Passkey) && rules::party(&config.public_url).is_some()
}

/// The library, for the name that this Ballast is reached by.
pub fn webauthn(app: &App) -> Result<Webauthn, AppError> {
    let party = rules::party(&app.config.public_url).filter(|_| possible(&app.config));
    let party = party.ok_or(AppError::Forbidden(
        "Passkeys are not used here, or Ballast is not reached by a name and an encrypted connection.",
    ))?;
    WebauthnBuilder::new(&party.name, &party.origin)
        .and_then(|builder| builder.rp_name("Ballast").allow_any_port(party.any_port).build())
        .map_err(|error| AppError::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_floods_pushes_out_the_oldest_and_never_the_newest() {
        let webauthn = WebauthnBuilder::new("plan.example.org", &"https://plan.example.org".parse().unwrap())
            .unwrap()
            .build()
            .unwrap();
        let (_, asked) = webauthn.start_discoverable_authentication().unwrap();
        let ceremonies = Ceremonies::default();
        for number in 0..MOST + 2_000 {
            ceremonies.wait_for_known(&number.to_be_bytes(), 0, asked.clone());
        }
        ceremonies.wait_for_known(b"mine", 0, asked);
        ceremonies.0.run_pending_tasks();
        assert!(ceremonies.0.entry_count() <= MOST);
        assert!(ceremonies.take_known(b"mine", 1).is_some());
    }
}
