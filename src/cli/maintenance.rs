//! `ballast maintenance`: closes the house while somebody works on it, with or without a running server.

use clap::Subcommand;

use super::control;
use super::exit::{self, Failure};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::upkeep::command;
use crate::web::Fields;

/// What to do.
#[derive(Subcommand)]
pub enum Action {
    /// Closes it to everybody but administrators.
    On {
        /// Until when, in the organisation's time zone: `2026-11-18T20:00`. Without it, until it is opened again.
        #[arg(long)]
        until: Option<String>,
        /// What those who come read.
        #[arg(long)]
        message: Option<String>,
    },
    /// Opens it again.
    Off,
    /// Says which of the two it is.
    Status,
}

/// Runs it: through the server that has the directory, or on the directory itself where none has.
pub async fn run(config: Config, action: Action) -> Result<(), Failure> {
    let mut fields = Fields::default();
    let act = match action {
        Action::On { until, message } => {
            fields.set("until", &until.unwrap_or_default());
            fields.set("message", &message.unwrap_or_default());
            "on"
        }
        Action::Off => "off",
        Action::Status => "status",
    };
    let told = match control::ask(&config.data_dir, &format!("maintenance/{act}"), &fields).await? {
        Some(told) => told,
        None => alone(config, act, &fields).await?,
    };
    exit::print(&told)
}

async fn alone(config: Config, act: &str, fields: &Fields) -> Result<String, Failure> {
    let db = Db::open(&config.data_dir, config.migrate)?;
    let clock = Clock::system(config.time_zone.clone());
    let app = App::start(config, db, clock, false).await?;
    Ok(command::perform(&app, act, fields).await?)
}
