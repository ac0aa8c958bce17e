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
use crate::metrics;
use crate::units::ids::AccountId;
use crate::units::without_words;
use crate::web::Client;

pub(in crate::accounts) use pages::recent;
pub use store::note;
pub(in crate::accounts) use store::{AuditRow, rows_of};
pub use witness::witness;

/// Names everything that is written down, once: the variant, what it means, and its words.
macro_rules! happenings {
    ($($(#[$meaning:meta])+ $name:ident = $words:literal,)+) => {
        /// What happened. Its words stand in the log and on the page, and never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum What {
            $($(#[$meaning])+ $name,)+
        }

        impl What {
            /// Every one, as the filter of the page lists them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its words.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)+
                }
            }
        }
    };
}

happenings! {
    /// Somebody came in.
    SignedIn = "signed in",
    /// Somebody did not.
    SignInRefused = "sign-in refused",
    /// Somebody left.
    SignedOut = "signed out",
    /// An account was made.
    AccountAdded = "account added",
    /// An account was changed.
    AccountChanged = "account changed",
    /// What renews a program's access was shown a second time; its family ended.
    RenewalReused = "renewal reused",
    /// A key for a program was made.
    KeyMade = "program key made",
    /// A key for a program was taken back.
    KeyTakenBack = "program key taken back",
    /// A first proof was right, and the second was not.
    SecondStepRefused = "second step refused",
    /// Somebody took up an authenticator.
    AuthenticatorOn = "authenticator taken up",
    /// Somebody took their authenticator off.
    AuthenticatorOff = "authenticator taken off",
    /// An administrator took off what somebody had lost.
    SecondStepReset = "second step reset",
    /// Somebody made new recovery codes.
    RecoveryCodesMade = "recovery codes made",
    /// Somebody came in by a recovery code.
    RecoveryCodeUsed = "recovery code used",
    /// Somebody added a passkey.
    PasskeyAdded = "passkey added",
    /// Somebody removed a passkey.
    PasskeyRemoved = "passkey removed",
    /// Somebody signed in did not prove themselves again.
    ConfirmationRefused = "confirmation refused",
    /// Somebody changed the words that they sign in with.
    OwnProofChanged = "own sign-in changed",
    /// Somebody ended sessions of theirs.
    SessionsEnded = "sessions ended",
    /// An administrator changed what is demanded at sign-in.
    SignInRulesChanged = "sign-in rules changed",
    /// Somebody was asked to come in.
    Invited = "invited",
    /// An invitation was taken back.
    InvitationWithdrawn = "invitation withdrawn",
    /// Somebody came in by an invitation.
    InvitationAccepted = "invitation accepted",
    /// A link to replace a forgotten password was made.
    ResetLinkMade = "reset link made",
    /// One was asked for that was not made: nobody has the address, or too many were sent.
    ResetRefused = "reset link refused",
    /// One was used.
    ResetLinkUsed = "reset link used",
    /// An administrator began to look through somebody else's eyes.
    ImpersonationBegun = "impersonation begun",
    /// They ended it.
    ImpersonationEnded = "impersonation ended",
    /// Numbers left as a file.
    Exported = "exported",
    /// A backup was made by hand.
    BackupMade = "backup made",
    /// One was read through, brought in or thrown away.
    BackupsChanged = "backups changed",
    /// Everything was put back to a backup.
    BackupRestored = "backup restored",
    /// The house was closed, or opened again.
    Maintenance = "maintenance",
    /// A setting was changed.
    SettingsChanged = "settings changed",
    /// An account was linked to an identity.
    IdentityLinked = "identity linked",
    /// And parted from it.
    IdentityUnlinked = "identity unlinked",
    /// An identity provider was named.
    ProviderAdded = "identity provider added",
    /// It was changed, or switched on or off.
    ProviderChanged = "identity provider changed",
    /// It was forgotten.
    ProviderRemoved = "identity provider removed",
}

impl What {
    /// Whether strangers bring it about by knocking, as often as they like.
    const fn is_knock(self) -> bool {
        matches!(
            self,
            Self::SignInRefused
                | Self::SecondStepRefused
                | Self::ConfirmationRefused
                | Self::ResetRefused
                | Self::ResetLinkMade
        )
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
        let behind = without_words(behind);
        let (who, about) = (without_words(&self.who), without_words(&self.about));
        if self.what.is_knock() && self.what != What::ResetLinkMade {
            metrics::REFUSED.count();
        }
        tracing::info!(
            what = self.what.as_str(),
            %from,
            who = &*who,
            behind = &*behind,
            about = &*about,
            "audit"
        );
    }
}

/// Writes down what a stranger brought about, a few times a minute from one place; beyond that it stands in the log alone, so
/// that who knocks without pause fills no disk.
pub async fn keep_knock(app: &App, client: Client, happened: Note) {
    if app.throttle.may_note(client.address, app.clock.now()) {
        keep(app, happened).await;
    } else {
        happened.log();
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
