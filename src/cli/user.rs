//! `ballast user`: accounts without a browser, with or without a running server.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::control;
use super::exit::{self, Failure};
use crate::accounts::command::{self, Process};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::keys;
use crate::web::Fields;

/// What to do with accounts. A running server does it at once and need not be stopped.
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
        /// Whose weeks are theirs: a person's name, address or id.
        #[arg(long, default_value = "")]
        person: String,
        #[command(flatten)]
        password: Password,
    },
    /// Lists the accounts.
    List,
    /// Gives an account another password, from standard input or from a file; their sessions end.
    SetPassword {
        /// Their e-mail address.
        email: String,
        #[command(flatten)]
        password: Password,
    },
    /// Lets somebody in no longer; their sessions end, the history keeps their name.
    Disable {
        /// Their e-mail address.
        email: String,
    },
    /// Lets somebody in again.
    Enable {
        /// Their e-mail address.
        email: String,
    },
    /// Changes what somebody may do; their sessions end.
    SetAccess {
        /// Their e-mail address.
        email: String,
        /// viewer, member, manager or admin.
        access: String,
    },
    /// Asks somebody in: a running server that sends letters sends one, else the link is printed.
    Invite {
        /// Their e-mail address.
        email: String,
        /// viewer, member, manager or admin.
        #[arg(long)]
        access: String,
        /// Their name; else taken from the address.
        #[arg(long, default_value = "")]
        name: String,
        /// Whose weeks are theirs: a person's name, address or id.
        #[arg(long, default_value = "")]
        person: String,
    },
    /// Says whose weeks somebody's are.
    Link {
        /// Their e-mail address.
        email: String,
        /// A person's name, address or id; nothing for whoever has the same address.
        #[arg(default_value = "")]
        person: String,
    },
    /// Gives somebody another name or another address.
    Rename {
        /// Their e-mail address.
        email: String,
        /// Their name from now on.
        #[arg(long, default_value = "")]
        name: String,
        /// Their e-mail address from now on.
        #[arg(long, default_value = "")]
        new_email: String,
    },
    /// Says what a manager manages; their sessions end.
    Departments {
        /// Their e-mail address.
        email: String,
        /// Names or ids of departments, each with what is below it; none for everything.
        departments: Vec<String>,
    },
    /// Prints a link under which somebody chooses a new password; it is good once, for `RESET_LINK_SECONDS`.
    ResetLink {
        /// Their e-mail address.
        email: String,
    },
    /// Hands out another link of an invitation that waits, as `invite` does.
    ResendInvitation {
        /// The e-mail address that was invited.
        email: String,
    },
    /// Takes an invitation back: its link opens nothing any more.
    WithdrawInvitation {
        /// The e-mail address that was invited.
        email: String,
    },
    /// Ends all sessions of somebody.
    EndSessions {
        /// Their e-mail address.
        email: String,
    },
    /// Takes off what somebody has lost: authenticator, recovery codes and passkeys; their sessions end.
    ResetSecondFactor {
        /// Their e-mail address.
        email: String,
    },
}

/// Where a password comes from: never the command line, which others on the machine can read.
#[derive(Args)]
pub struct Password {
    /// A file whose first line is the password.
    #[arg(long)]
    password_file: Option<PathBuf>,
}

impl Password {
    fn read(&self) -> Result<String, Failure> {
        match &self.password_file {
            Some(path) => in_file(path),
            None => typed(),
        }
    }
}

fn in_file(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn typed() -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        // It is seen while it is typed; who minds gives a file.
        let _ = write!(std::io::stderr(), "Password: ");
    }
    let line = std::io::stdin().lock().lines().next().transpose();
    line.map(Option::unwrap_or_default)
        .map_err(|error| Failure::usage(format!("standard input: {error}")))
}

/// Runs it: through the server that has the directory, or on the directory itself where none has.
pub async fn run(config: Config, action: Action) -> Result<(), Failure> {
    let (act, fields) = asked(&action)?;
    let told = match control::ask(&config.data_dir, &format!("user/{act}"), &fields).await? {
        Some(told) => told,
        None => alone(config, act, &fields).await?,
    };
    if told.is_empty() {
        return Ok(());
    }
    exit::print(&told)
}

async fn alone(config: Config, act: &str, fields: &Fields) -> Result<String, Failure> {
    if let Some(fault) = keys::fault(&config.secrets, &config.data_dir) {
        return Err(Failure::configuration(&[fault]));
    }
    let db = Db::open(&config.data_dir, config.migrate)?;
    let clock = Clock::system(config.time_zone.clone());
    let app = App::start(config, db, clock, false).await?;
    Ok(command::perform(&app, act, fields, Process::Ends).await?)
}

/// The name of the act, and its fields.
fn asked(action: &Action) -> Result<(&'static str, Fields), Failure> {
    let mut fields = Fields::default();
    let mut set = |pairs: &[(&str, &String)]| {
        for (name, value) in pairs {
            fields.set(name, value);
        }
    };
    let act = match action {
        Action::Create {
            email,
            access,
            name,
            person,
            password,
        } => {
            set(&[("email", email), ("access", access), ("name", name)]);
            set(&[("person", person), ("password", &password.read()?)]);
            "create"
        }
        Action::SetPassword { email, password } => {
            set(&[("email", email), ("password", &password.read()?)]);
            "set-password"
        }
        Action::Invite {
            email,
            access,
            name,
            person,
        } => {
            set(&[("email", email), ("access", access), ("name", name)]);
            set(&[("person", person)]);
            "invite"
        }
        Action::Rename {
            email,
            name,
            new_email,
        } => {
            set(&[("email", email), ("name", name), ("new-email", new_email)]);
            "rename"
        }
        Action::Departments { email, departments } => {
            set(&[("email", email)]);
            for one in departments {
                fields.add("departments".to_owned(), one.clone());
            }
            "departments"
        }
        other => {
            let (act, email, more) = of_one(other);
            set(&[("email", email)]);
            set(more.as_slice());
            act
        }
    };
    Ok((act, fields))
}

/// The acts that want an address, and one thing more at most.
fn of_one(action: &Action) -> (&'static str, &String, Option<(&str, &String)>) {
    static NOBODY: String = String::new();
    let (act, email) = match action {
        Action::SetAccess { email, access } => return ("set-access", email, Some(("access", access))),
        Action::Link { email, person } => return ("link", email, Some(("person", person))),
        Action::Disable { email } => ("disable", email),
        Action::Enable { email } => ("enable", email),
        Action::EndSessions { email } => ("end-sessions", email),
        Action::ResetSecondFactor { email } => ("reset-second-factor", email),
        Action::ResetLink { email } => ("reset-link", email),
        Action::ResendInvitation { email } => ("resend-invitation", email),
        Action::WithdrawInvitation { email } => ("withdraw-invitation", email),
        _ => ("list", &NOBODY),
    };
    (act, email, None)
}
