//! Accounts without a browser: what `ballast user` does, whether it talks to a running server or opens the database itself.
//!
//! An act has a name and fields, read by the same rules as forms and JSON. Whoever may reach the directory of the data may do
//! all of it; all of it stands in the audit as done at the command line.

mod acts;
mod list;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::web::{Fields, Json, Path};

/// Whether the process goes on after the act, so that it may be left with a letter to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// The server.
    Stays,
    /// The command itself.
    Ends,
}

/// What a running server answers to the command.
#[derive(Debug, Serialize, Deserialize)]
pub struct Told {
    /// What to print.
    pub text: String,
}

/// Does one act, and says in a sentence or a table what became of it.
///
/// # Errors
/// `Invalid` where a field is wrong, and whatever the database says.
pub async fn perform(app: &App, act: &str, fields: &Fields, process: Process) -> Result<String, AppError> {
    match act {
        "list" => list::list(app).await,
        "create" => acts::create(app, fields).await,
        "set-password" => acts::set_password(app, fields).await,
        "disable" => acts::switch(app, fields, false).await,
        "enable" => acts::switch(app, fields, true).await,
        "set-access" => acts::set_access(app, fields).await,
        "rename" => acts::rename(app, fields).await,
        "departments" => acts::departments(app, fields).await,
        "reset-link" => acts::reset_link(app, fields).await,
        "resend-invitation" => acts::resend_invitation(app, fields, process).await,
        "withdraw-invitation" => acts::withdraw_invitation(app, fields).await,
        "link" => acts::link_person(app, fields).await,
        "invite" => acts::invite(app, fields, process).await,
        "end-sessions" => acts::end_sessions(app, fields).await,
        "reset-second-factor" => acts::reset_second_factor(app, fields).await,
        _ => Err(AppError::NotFound),
    }
}

/// `POST /user/{act}` of the control socket, which nobody but the owner of the data reaches.
pub(crate) async fn answer(State(app): State<App>, Path(act): Path<String>, fields: Fields) -> Response {
    told(perform(&app, &act, &fields, Process::Stays).await)
}

/// What the command hears of an act that a running server did.
pub fn told(done: Result<String, AppError>) -> Response {
    let (status, text) = match done {
        Ok(text) => (StatusCode::OK, text),
        Err(AppError::Invalid(faults)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            faults
                .iter()
                .map(|fault| format!("{}: {}", fault.field, fault.message))
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        Err(AppError::NotFound) => (
            StatusCode::NOT_FOUND,
            "the running server does not know this command; it may be older than this program".to_owned(),
        ),
        Err(error) => {
            if let AppError::Internal(cause) = &error {
                tracing::error!(%cause, "a command failed");
            }
            (error.status(), error.to_string())
        }
    };
    (status, Json(Told { text })).into_response()
}
