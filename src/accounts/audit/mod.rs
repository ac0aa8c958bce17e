//! What is written down of who came in and of what they may do: a row for administrators, and a line in the log.
//!
//! The line is stable, so that other programs can read it: `audit what="sign-in refused" from=203.0.113.9 who="a@example.org"`.
//! The address stands before anything that a stranger typed, and what they typed is quoted with its quotes and line ends
//! escaped, so that nobody writes a line for somebody else.

pub(crate) mod handlers;
mod pages;
mod rules;
mod store;
mod witness;

use std::net::IpAddr;

use super::visitor::Visitor;
use crate::app::App;
use crate::units::ids::AccountId;
use crate::web::Client;

pub(in crate::accounts) use pages::recent;
pub use store::note;
pub(in crate::accounts) use store::{AuditRow, rows_of};
pub use witness::witness;

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
    /// All sessions of an account were ended.
    SessionsEnded,
    /// Somebody was asked to come in.
    Invited,
    /// An invitation was taken back.
    InvitationWithdrawn,
    /// Somebody came in by an invitation.
    InvitationAccepted,
    /// A link to replace a forgotten password was made.
    ResetLinkMade,
    /// One was asked for that was not made: nobody has the address, or too many were sent.
    ResetRefused,
    /// One was used.
    ResetLinkUsed,
    /// An administrator began to look through somebody else's eyes.
    ImpersonationBegun,
    /// They ended it.
    ImpersonationEnded,
    /// Numbers left as a file.
    Exported,
    /// A setting was changed.
    SettingsChanged,
    /// What renews a program's access was shown a second time; its family ended.
    RenewalReused,
    /// A key for a program was made.
    KeyMade,
    /// A key for a program was taken back.
    KeyTakenBack,
}

impl What {
    /// Every one, as the filter of the page lists them.
    pub const ALL: &[Self] = &[
        Self::SignedIn,
        Self::SignInRefused,
        Self::SignedOut,
        Self::AccountAdded,
        Self::AccountChanged,
        Self::SessionsEnded,
        Self::Invited,
        Self::InvitationWithdrawn,
        Self::InvitationAccepted,
        Self::ResetLinkMade,
        Self::ResetRefused,
        Self::ResetLinkUsed,
        Self::ImpersonationBegun,
        Self::ImpersonationEnded,
        Self::Exported,
        Self::SettingsChanged,
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
            Self::SessionsEnded => "sessions ended",
            Self::Invited => "invited",
            Self::InvitationWithdrawn => "invitation withdrawn",
            Self::InvitationAccepted => "invitation accepted",
            Self::ResetLinkMade => "reset link made",
            Self::ResetRefused => "reset link refused",
            Self::ResetLinkUsed => "reset link used",
            Self::ImpersonationBegun => "impersonation begun",
            Self::ImpersonationEnded => "impersonation ended",
            Self::Exported => "exported",
            Self::SettingsChanged => "settings changed",
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
        if visitor.is_stranger() {
            return Self::of_stranger(what, "a stranger", client);
        }
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
        let behind = self.behind.as_ref().map_or("", |(_, name)| name.as_str());
        tracing::info!(
            what = self.what.as_str(),
            %from,
            who = self.who.as_str(),
            behind,
            about = rules::logged(&self.about).as_str(),
            "audit"
        );
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
