//! `ballast user`: accounts without a browser.

use std::io::BufRead as _;
use std::path::PathBuf;

use clap::Subcommand;

use super::exit::{self, Failure};
use crate::accounts::{self, AccountDraft};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Actor, Db, Gesture};
use crate::error::AppError;
use crate::web::{Fields, Reader};

/// What to do with accounts. A running server must be stopped first: one process has the database.
#[derive(Subcommand)]
pub enum Action {
    /// Makes an account; its password comes from standard input, or from a file.
    Create {
        /// Their e-mail address.
        email: String,
        /// viewer, member, manager or admin.
        #[arg(long)]
        access: String,
        /// Their name; else taken from the address.
        #[arg(long, default_value = "")]
        name: String,
        /// A file whose first line is the password.
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Lists the accounts.
    List,
}

/// Runs it.
pub async fn run(config: &Config, action: Action) -> Result<(), Failure> {
    let db = Db::open(&config.data_dir, config.migrate)?;
    match action {
        Action::List => {
            for account in db.read(accounts::accounts).await? {
                let state = if account.active { "" } else { "\tswitched off" };
                exit::print(&format!(
                    "{}\t{}\t{}{state}",
                    account.email,
                    account.access.as_str(),
                    account.name
                ))?;
            }
            Ok(())
        }
        Action::Create {
            email,
            access,
            name,
            password_file,
        } => {
            let draft = read_draft(&email, &access, &name)?;
            let password = match password_file {
                Some(path) => first_line(
                    &std::fs::read_to_string(&path)
                        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?,
                ),
                None => first_line(
                    &std::io::stdin()
                        .lock()
                        .lines()
                        .next()
                        .transpose()
                        .ok()
                        .flatten()
                        .unwrap_or_default(),
                ),
            };
            create(&db, Clock::system(config.time_zone.clone()), draft, password).await
        }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn read_draft(email: &str, access: &str, name: &str) -> Result<AccountDraft, Failure> {
    let mut fields = Fields::default();
    for (field, value) in [("email", email), ("access", access), ("name", name)] {
        fields.add(field.to_owned(), value.to_owned());
    }
    let mut reader = Reader::new(&fields);
    let draft = AccountDraft::read(&mut reader);
    Ok(reader.finish(draft).map_err(AppError::Invalid)?)
}

async fn create(db: &Db, clock: Clock, draft: AccountDraft, password: String) -> Result<(), Failure> {
    if let Some(fault) = accounts::password_fault(&password, &draft.email) {
        return Err(Failure::usage(format!("the password {fault}")));
    }
    let hash = accounts::hash_password(password).await?;
    let told = format!("Made {} ({}).", draft.email, draft.access.as_str());
    let gesture = Gesture {
        actor: Actor::program(),
        label: format!("made an account for {}", draft.name),
        at: clock.now(),
    };
    let made = db
        .write(gesture, move |tx| {
            let Some(id) = accounts::make_account(tx, &draft)? else {
                return Ok::<_, AppError>(false);
            };
            accounts::set_password(tx, id, &hash)?;
            Ok(true)
        })
        .await?;
    if made.value {
        exit::print(&told)
    } else {
        Err(Failure::usage("there is an account with this address already"))
    }
}
