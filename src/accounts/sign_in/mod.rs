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
pub(in crate::accounts) use prove::{
    Refused, ask_for_code, by_code, by_long_code, by_password, code_left, code_pause, may_enter, newcomers,
};
pub(in crate::accounts) use rules::Left;
pub(in crate::accounts) use step::Step;
pub(in crate::accounts) use store::{end_codes, know_browser, lane_of};
pub use throttle::Throttle;
pub(in crate::accounts) use throttle::{Lane, Wait};

use super::password;

/// Raises what one password costs to what the settings say, measured on this machine. The first sign-ins wait for the measuring
/// where there is one thread for both; the start waits for nothing.
///
/// # Errors
/// Whatever reading the hashes answers.
pub async fn raise_password_work(app: &App) -> Result<(), AppError> {
    let Some(target) = app.config.sign_in.password_work else {
        return Ok(());
    };
    let kept = app.db.read(store::hashes).await?;
    tokio::spawn(async move {
        match password::raise_strength(target, kept).await {
            Ok(chosen) => tracing::info!("sign-ins are worked on with {chosen}"),
            Err(error) => tracing::warn!(%error, "sign-ins are worked on with the least that is safe"),
        }
    });
    Ok(())
}
