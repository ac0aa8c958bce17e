//! `ballast mail`: whether letters leave.

use clap::Subcommand;

use super::exit::{self, Failure};
use crate::config::{Backend, Config};
use crate::mail;

/// What to do with mail.
#[derive(Subcommand)]
pub enum Action {
    /// Sends one letter to an address now, and says what the server said.
    Test {
        /// To whom.
        address: String,
    },
}

/// Sends it without the queue, so that what the server says is seen.
pub async fn run(config: &Config, action: Action) -> Result<(), Failure> {
    let Action::Test { address } = action;
    let how = match config.mail.backend {
        Backend::Smtp => format!("{}:{}", config.mail.host, config.mail.port),
        Backend::Nothing => {
            return Err(Failure::unavailable(
                "no mail server is set; name one in EMAIL_HOST",
            ));
        }
        Backend::Console | Backend::Capture => {
            return Err(Failure::unavailable(
                "letters stay on this machine (EMAIL_BACKEND, MAIL_CAPTURE); there is no server to try",
            ));
        }
    };
    match mail::try_out(config, &address).await {
        Ok(said) => exit::print(&format!("{how} took it: {said}")),
        Err(why) => Err(Failure::unavailable(format!("{how} did not take it: {why}"))),
    }
}
