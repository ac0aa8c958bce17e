//! `ballast tls`: certificates.

use clap::Subcommand;

use super::exit::{self, Failure};
use crate::config::Config;
use crate::tls;

/// What to do with certificates.
#[derive(Subcommand)]
pub enum Action {
    /// Prints the certificate of the internal authority, which browsers and programs are to trust.
    Ca,
}

/// Runs it.
pub fn run(config: &Config, action: &Action) -> Result<(), Failure> {
    match action {
        Action::Ca => match tls::own_authority(&config.data_dir) {
            Ok(text) => exit::print(text.trim_end()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Failure::unavailable(format!(
                "there is no internal authority in {}; the first start with TLS=internal makes it",
                config.data_dir.display()
            ))),
            Err(error) => Err(Failure::unavailable(format!(
                "the internal authority cannot be read: {error}"
            ))),
        },
    }
}
