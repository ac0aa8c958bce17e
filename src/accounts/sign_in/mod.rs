//! Coming in with six digits by mail or with a password.
//!
//! Nobody learns from an answer, its status, its headers or its time whether an address has an account: whatever is asked is
//! asked of every address, a code that nobody gets is kept like one that somebody does, a password is worked on where there is
//! none, and letters leave after the answer.

mod letter;
mod prove;
mod rules;
mod step;
mod store;
mod throttle;

use crate::app::App;
use crate::error::AppError;

pub(in crate::accounts) use letter::minutes;
pub(in crate::accounts) use prove::{Refused, ask_for_code, by_code, by_password, code_pause};
pub(in crate::accounts) use step::Step;
pub(in crate::accounts) use store::{end_codes, know_browser};
pub use throttle::Throttle;
pub(in crate::accounts) use throttle::Wait;

use super::password;

/// Raises what one password costs to what the settings say, measured on this machine. Called once, before anybody is let in.
///
/// # Errors
/// Whatever reading the hashes or measuring answers.
pub async fn raise_password_work(app: &App) -> Result<(), AppError> {
    if let Some(target) = app.config.sign_in.password_work {
        let kept = app.db.read(store::hashes).await?;
        let chosen = password::raise_strength(target, kept).await?;
        tracing::info!("sign-ins are worked on with {chosen}");
    }
    Ok(())
}
