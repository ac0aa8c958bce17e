//! Letters that wait to leave: jobs, sealed so that nobody reads them in the file.

use serde::{Deserialize, Serialize};

use super::Letter;
use crate::app::App;
use crate::jobs::{self, Failure};
use crate::keys::Purpose;
use crate::secret::Secret;

/// By which the queue knows letters.
pub const KIND: &str = "letter";
/// By which it knows letters about faults.
pub const NOTICE: &str = "notice";

/// A letter as it is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    to: String,
    subject: String,
    text: String,
    until: Option<i64>,
}

/// Takes a letter and returns at once. It is tried again where the server is not well, and given up in the end, which the log
/// and the page of jobs say.
pub fn send(app: &App, letter: Letter) {
    send_as(KIND, app, letter);
}

/// The same for a letter about a fault. Where it does not arrive nobody is written to about that.
pub fn send_notice(app: &App, letter: Letter) {
    send_as(NOTICE, app, letter);
}

fn send_as(kind: &'static str, app: &App, letter: Letter) {
    if app.mail.keeps(&letter) {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(failure) = keep(kind, &app, letter).await {
            tracing::error!(fault = failure.words, "a letter could not be kept");
        }
    });
}

async fn keep(kind: &'static str, app: &App, letter: Letter) -> Result<(), Failure> {
    let sealed = Sealed {
        to: letter.to,
        subject: letter.subject,
        text: letter.text.expose().to_owned(),
        until: letter.until,
    };
    let plain = serde_json::to_vec(&sealed).map_err(|error| broken(&error))?;
    let payload = app
        .keys
        .seal(Purpose::Letter, KIND.as_bytes(), &plain)
        .map_err(|error| broken(&error))?;
    app.db
        .write(app.own_gesture("keep a letter"), move |tx| {
            jobs::store::add(tx, kind, &payload, tx.now())
        })
        .await?;
    app.jobs.wake();
    Ok(())
}

fn broken(error: &dyn std::fmt::Display) -> Failure {
    Failure {
        words: error.to_string(),
        for_good: true,
    }
}

/// Brings a letter to the server.
///
/// # Errors
/// Why it did not leave.
pub async fn deliver(app: App, payload: Vec<u8>) -> Result<(), Failure> {
    let plain = app
        .keys
        .open(Purpose::Letter, KIND.as_bytes(), &payload)
        .ok_or_else(|| broken(&"it was sealed with a key that is not ours any more"))?;
    let sealed: Sealed = serde_json::from_slice(&plain).map_err(|error| broken(&error))?;
    if sealed.until.is_some_and(|until| until <= app.clock.now()) {
        return Err(broken(&"it came too late to be of use"));
    }
    let letter = Letter {
        to: sealed.to,
        subject: sealed.subject,
        text: Secret::from(sealed.text),
        until: sealed.until,
    };
    app.mail.deliver(&letter).await
}
