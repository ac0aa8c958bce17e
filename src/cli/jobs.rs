//! `ballast jobs`: the work in the background, with or without a running server.

use clap::Subcommand;

use super::control;
use super::exit::{self, Failure};
use crate::accounts::command::Process;
use crate::admin::jobs::command;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::web::Fields;

/// What to do with the work in the background.
#[derive(Subcommand)]
pub enum Action {
    /// Lists what is done when, and what became of it.
    List,
    /// Does regular work now, besides its moments.
    Run {
        /// Which, as `list` calls it.
        kind: String,
    },
}

/// Runs it: through the server that has the directory, or on the directory itself where none has.
pub async fn run(config: Config, action: Action) -> Result<(), Failure> {
    let mut fields = Fields::default();
    let act = match action {
        Action::List => "list",
        Action::Run { kind } => {
            fields.set("kind", &kind);
            "run"
        }
    };
    let told = match control::ask(&config.data_dir, &format!("jobs/{act}"), &fields).await? {
        Some(told) => told,
        None => alone(config, act, &fields).await?,
    };
    exit::print(&told)
}

async fn alone(config: Config, act: &str, fields: &Fields) -> Result<String, Failure> {
    let db = Db::open(&config.data_dir, config.migrate)?;
    let clock = Clock::system(config.time_zone.clone());
    let app = App::start(config, db, clock, false).await?;
    Ok(command::perform(&app, act, fields, Process::Ends).await?)
}
