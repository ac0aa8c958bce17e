//! What a page says once something was done: `said=` in its address, of which only these words count, so that no link makes
//! a page of ours say anything else.

use axum::response::Redirect;

/// Names everything that is said, once: the variant, its word in an address, and what people read.
macro_rules! sayings {
    ($($name:ident = $word:literal, $text:literal;)+) => {
        /// Something that was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Said {
            $(#[doc = $text] $name,)+
        }

        impl Said {
            /// All of them.
            const ALL: &[Self] = &[$(Self::$name),+];

            /// As an address says it.
            const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// As people read it.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

sayings! {
    Saved = "saved", "Saved.";
    Unchanged = "unchanged", "Nothing was different, so nothing was changed.";
    AccountAdded = "account-added", "The account is made.";
    DepartmentsSaved = "departments-saved", "Saved what they manage. They sign in anew.";
    SessionsEnded = "sessions-ended", "All their sessions have ended.";
    SecondStepOff = "second-step-off", "Their second step is taken off, and their sessions have ended.";
    LinkSent = "link-sent", "The letter with a link for a new password is on its way.";
    Invited = "invited", "The invitation is on its way.";
    InvitedAgain = "invited-again", "The invitation was sent again. The link before opens nothing any more.";
    Withdrawn = "withdrawn", "The invitation is withdrawn. Its link opens nothing any more.";
    YourselfAgain = "yourself-again", "You see Ballast as yourself again.";
    PasswordChanged = "new-words", "Your new password is set. Your other sessions have ended.";
    SessionEnded = "session-ended", "That session has ended.";
    OthersEnded = "others-ended", "All your other sessions have ended.";
    AuthenticatorOff = "authenticator-off", "Your authenticator is taken off.";
    PasskeyRemoved = "passkey-removed", "The passkey is removed.";
    KeyRemoved = "key-removed", "The key is taken back. It opens nothing any more.";
    ProgramOut = "program-out", "The program is signed out.";
    Linked = "linked", "Your account is linked.";
    Unlinked = "unlinked", "Your account is not linked any more.";
    ProviderAdded = "provider-added", "The provider is added. Test the connection next.";
    ProviderOn = "provider-on", "People can sign in through it again.";
    ProviderOff = "provider-off", "Nobody signs in through it until it is switched on again.";
    ProviderRemoved = "provider-removed", "The provider is removed.";
    WorkBegun = "work-begun", "It is begun. The list of jobs says what becomes of it.";
    ScheduleSaved = "schedule-saved", "Saved. The list says when it is done next.";
    SchedulePaused = "schedule-paused", "Paused. It is not begun by itself until you let it go on.";
    ScheduleResumed = "schedule-resumed", "It goes on. The list says when it is done next.";
    JobAgain = "job-again", "It is tried again now.";
    JobForgotten = "job-forgotten", "It is taken out of the queue, and not done.";
    BackupMade = "backup-made", "The backup is made, and was read back from the disk.";
    BackupBegun = "backup-begun", "The backup is being made. The page says when it is there.";
    BackupWhole = "backup-whole", "The backup was read through: it is whole.";
    BackupChecked = "backup-checked", "The backup is being read through. The page says what came of it.";
    BackupRemoved = "backup-removed", "The backup is thrown away.";
    BackupBrought = "backup-brought", "The backup is here, and was read through. Nothing was restored by that.";
    BackupFailed = "backup-failed", "That came to nothing. The page says why.";
    MaintenanceOn = "maintenance-on", "Ballast is closed to everybody but administrators.";
    MaintenanceOff = "maintenance-off", "Everybody is let in again.";
}

impl Said {
    /// What the query of an address says was done.
    #[must_use]
    pub fn of(query: &str) -> Option<Self> {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, word) = pairs.find(|(name, _)| *name == "said")?;
        Self::ALL.iter().copied().find(|one| one.word() == word)
    }

    /// Back to `place`, which says it.
    pub fn at(self, place: &str) -> Redirect {
        let (address, part) = match place.split_once('#') {
            Some((address, part)) => (address, format!("#{part}")),
            None => (place, String::new()),
        };
        let joint = if address.contains('?') { '&' } else { '?' };
        Redirect::to(&format!("{address}{joint}said={}{part}", self.word()))
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    #[test]
    fn an_address_says_only_what_was_written_here() {
        for said in Said::ALL {
            assert_eq!(Said::of(&format!("a=b&said={}", said.word())), Some(*said));
        }
        for query in ["", "said=", "said=%3Cb%3Eyou+won", "sad=saved"] {
            assert_eq!(Said::of(query), None, "{query}");
        }
    }

    #[test]
    fn it_stands_before_the_part_of_the_page() {
        let response = Said::SessionEnded.at("/account?x=1#sessions").into_response();
        let place = response.headers().get("location").unwrap();
        assert_eq!(place, "/account?x=1&said=session-ended#sessions");
    }
}
