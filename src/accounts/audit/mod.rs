//! What is written down of who came in and of what they may do: a row for administrators, and a line in the log.
//!
//! The line is stable, so that other programs can read it: `audit what="sign-in refused" who="a@example.org" from=203.0.113.9`.

mod store;

use std::net::IpAddr;

use super::visitor::Visitor;
use crate::app::App;
use crate::units::ids::AccountId;
use crate::web::Client;

pub use store::note;

/// What happened. Its words stand in the log and on the page, and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Somebody came in.
    SignedIn,
    /// Somebody did not.
    SignInRefused,
    /// Somebody left.
    SignedOut,
    /// An account was made.
    AccountAdded,
    /// An account was changed.
    AccountChanged,
    /// A first proof was right, and the second was not.
    SecondStepRefused,
    /// Somebody took up an authenticator.
    AuthenticatorOn,
    /// Somebody took their authenticator off.
    AuthenticatorOff,
    /// An administrator took off what somebody had lost.
    SecondStepReset,
    /// Somebody made new recovery codes.
    RecoveryCodesMade,
    /// Somebody came in by a recovery code.
    RecoveryCodeUsed,
    /// Somebody added a passkey.
    PasskeyAdded,
    /// Somebody removed a passkey.
    PasskeyRemoved,
    /// Somebody signed in did not prove themselves again.
    ConfirmationRefused,
    /// Somebody changed the words that they sign in with.
    OwnProofChanged,
    /// Somebody ended sessions of theirs.
    SessionsEnded,
    /// An administrator changed what is demanded at sign-in.
    SignInRulesChanged,
    /// What renews a program's access was shown a second time; its family ended.
    RenewalReused,
    /// A key for a program was made.
    KeyMade,
    /// A key for a program was taken back.
    KeyTakenBack,
}

impl What {
    /// Every one, as the filter of the page lists them.
    pub const ALL: [Self; 20] = [
        Self::SignedIn,
        Self::SignInRefused,
        Self::SignedOut,
        Self::AccountAdded,
        Self::AccountChanged,
        Self::SecondStepRefused,
        Self::AuthenticatorOn,
        Self::AuthenticatorOff,
        Self::SecondStepReset,
        Self::RecoveryCodesMade,
        Self::RecoveryCodeUsed,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::ConfirmationRefused,
        Self::OwnProofChanged,
        Self::SessionsEnded,
        Self::SignInRulesChanged,
        Self::RenewalReused,
        Self::KeyMade,
        Self::KeyTakenBack,
    ];

    /// Its words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed in",
            Self::SignInRefused => "sign-in refused",
            Self::SignedOut => "signed out",
            Self::AccountAdded => "account added",
            Self::AccountChanged => "account changed",
            Self::SecondStepRefused => "second step refused",
            Self::AuthenticatorOn => "authenticator taken up",
            Self::AuthenticatorOff => "authenticator taken off",
            Self::SecondStepReset => "second step reset",
            Self::RecoveryCodesMade => "recovery codes made",
            Self::RecoveryCodeUsed => "recovery code used",
            Self::PasskeyAdded => "passkey added",
            Self::PasskeyRemoved => "passkey removed",
            Self::ConfirmationRefused => "confirmation refused",
            Self::OwnProofChanged => "own sign-in changed",
            Self::SessionsEnded => "sessions ended",
            Self::SignInRulesChanged => "sign-in rules changed",
            Self::RenewalReused => "renewal reused",
            Self::KeyMade => "program key made",
            Self::KeyTakenBack => "program key taken back",
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Note {
    what: What,
    account: Option<AccountId>,
    /// A name, or the address that somebody typed.
    who: String,
    behind: Option<(AccountId, String)>,
    address: Option<IpAddr>,
    about: String,
}

impl Note {
    /// Something that somebody did who is not signed in, or not yet.
    ///
    /// * `who`: the address that they gave, folded.
    #[must_use]
    pub fn of_stranger(what: What, who: &str, client: Client) -> Self {
        Self {
            what,
            account: None,
            who: who.chars().take(254).collect(),
            behind: None,
            address: Some(client.address),
            about: String::new(),
        }
    }

    /// Something that `visitor` did.
    #[must_use]
    pub fn of(what: What, visitor: &Visitor, client: Client) -> Self {
        Self {
            what,
            account: Some(visitor.account),
            who: visitor.email.clone(),
            behind: visitor.behind.clone(),
            address: Some(client.address),
            about: String::new(),
        }
    }

    /// Something that was done at the command line.
    #[must_use]
    pub fn of_program(what: What) -> Self {
        Self {
            what,
            account: None,
            who: "the command line".to_owned(),
            behind: None,
            address: None,
            about: String::new(),
        }
    }

    /// The account that it is about, where the one who acts has none yet.
    #[must_use]
    pub fn account(mut self, id: AccountId) -> Self {
        self.account = Some(id);
        self
    }

    /// Of whom or what, in words that hold no secret.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }

    /// Writes the line in the log. Called once, after what happened is certain.
    pub fn log(&self) {
        let from = self
            .address
            .map_or_else(|| "-".to_owned(), |address| address.to_string());
        let behind = self.behind.as_ref().map(|(_, name)| name.as_str());
        tracing::info!(what = self.what.as_str(), who = ?self.who, %from, behind, about = ?self.about, "audit");
    }
}

/// Writes the row and the line of something that changes nothing else. A full disk does not hide it from the log.
pub async fn keep(app: &App, happened: Note) {
    happened.log();
    let written = app
        .db
        .write(app.own_gesture("write down what happened"), move |tx| {
            note(tx, &happened)
        })
        .await;
    if let Err(error) = written {
        tracing::warn!(%error, "what happened could not be written down");
    }
}
