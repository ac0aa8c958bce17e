//! Which ways to sign in are open, for what is about to hand somebody one of them.

use crate::app::App;
use crate::config::Method;

/// Whether a password opens anything here.
#[must_use]
pub fn passwords(app: &App) -> bool {
    app.config.sign_in.has(Method::Password)
}

/// Whether six digits by mail do, so that nobody needs a password.
#[must_use]
pub fn codes(app: &App) -> bool {
    app.config.sign_in.has(Method::Code) && app.mail.works()
}

/// Whether an address may come in at all.
#[must_use]
pub fn allows(app: &App, email: &str) -> bool {
    app.config.sign_in.allows(email)
}

/// What is wrong with an address that may not, if anything.
#[must_use]
pub fn address_fault(app: &App, email: &str) -> Option<&'static str> {
    (!allows(app, email)).then_some("is not in a domain that may sign in here")
}
