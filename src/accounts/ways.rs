//! Which ways to sign in are open, for what is about to hand somebody one of them.

use crate::app::App;

/// Whether a password opens anything here.
#[must_use]
pub fn passwords(_app: &App) -> bool {
    true
}

/// Whether six digits by mail do, so that nobody needs a password.
#[must_use]
pub fn codes(_app: &App) -> bool {
    false
}

/// Whether an address may come in at all.
#[must_use]
pub fn allows(_app: &App, _email: &str) -> bool {
    true
}

/// What is wrong with an address that may not, if anything.
#[must_use]
pub fn address_fault(app: &App, email: &str) -> Option<&'static str> {
    (!allows(app, email)).then_some("is not in a domain that may sign in here")
}
