//! Sign-ins that are under way: what was asked, kept for the browser that asked, until the provider sends it back.

use std::sync::Arc;
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};

use super::rules::ProviderKey;
use crate::accounts::entry::Door;
use crate::secret::Secret;
use crate::units::ids::AccountId;

/// For how long a provider may keep somebody, in milliseconds.
const LIVES: i64 = 600_000;
/// How many may be under way at once; beyond that the ones that nobody comes back for give way.
const MOST: u64 = 20_000;

/// What is meant with a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// To come in.
    SignIn {
        /// Through which door; at that of the administration the provider must ask the person again.
        door: Door,
    },
    /// To link an account to it, in the session kept under this hash.
    Link { account: AccountId, session: Vec<u8> },
}

/// One sign-in that is under way.
pub(super) struct Asked {
    /// Whom.
    pub provider: ProviderKey,
    /// What the identity must carry.
    pub nonce: Secret,
    /// What proves that the code is ours (PKCE).
    pub verifier: Secret,
    /// What for.
    pub meaning: Meaning,
    /// Where they wanted to go.
    pub next: String,
    /// When, in milliseconds.
    pub at: i64,
}

/// Everything that is under way. Cloning shares it.
#[derive(Clone)]
pub(super) struct Pending(Cache<[u8; 32], Arc<Asked>>);

impl Default for Pending {
    fn default() -> Self {
        let cache = Cache::builder()
            .max_capacity(MOST)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(Duration::from_millis(LIVES.unsigned_abs()));
        Self(cache.build())
    }
}

impl Pending {
    /// Keeps what was asked, for a browser and the state that the provider will send back with it.
    pub fn keep(&self, browser: &str, state: &str, asked: Asked) {
        self.0.insert(place(browser, state), Arc::new(asked));
    }

    /// What this browser asked with this state, once: whoever comes a second time finds nothing.
    pub fn take(&self, browser: &str, state: &str, now: i64) -> Option<Arc<Asked>> {
        let asked = self.0.remove(&place(browser, state))?;
        (asked.at + LIVES > now).then_some(asked)
    }
}

/// Where it is kept. Neither part is found in memory, and a state is worth nothing in another browser.
fn place(browser: &str, state: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update((browser.len() as u64).to_be_bytes());
    hash.update(browser);
    hash.update(state);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(at: i64) -> Asked {
        Asked {
            provider: ProviderKey::Environment,
            nonce: Secret::default(),
            verifier: Secret::default(),
            meaning: Meaning::SignIn {
                door: Door::Everybody,
            },
            next: "/".to_owned(),
            at,
        }
    }

    #[test]
    fn an_answer_counts_once_in_its_own_browser_and_in_time() {
        let pending = Pending::default();
        pending.keep("mine", "state", asked(0));
        assert!(pending.take("yours", "state", 1).is_none());
        assert!(pending.take("mine", "other", 1).is_none());
        assert!(pending.take("minestate", "", 1).is_none());
        assert!(pending.take("mine", "state", 1).is_some());
        assert!(pending.take("mine", "state", 1).is_none());
        pending.keep("mine", "state", asked(0));
        assert!(pending.take("mine", "state", LIVES).is_none());
    }

    #[test]
    fn whoever_floods_pushes_out_the_oldest_and_never_the_newest() {
        let pending = Pending::default();
        for number in 0..MOST + 2_000 {
            pending.keep("flood", &number.to_string(), asked(0));
        }
        pending.keep("mine", "state", asked(0));
        pending.0.run_pending_tasks();
        assert!(pending.0.entry_count() <= MOST);
        assert!(pending.take("mine", "state", 1).is_some());
    }
}
