//! How long a link to a new password is good, how often one is sent, and what the letter says.

/// How long it is good, in milliseconds: half an hour.
pub const LIVES: i64 = 30 * 60_000;
/// How long before an account is sent another, in milliseconds.
pub const PAUSE: i64 = 60_000;
/// How many an account is sent within [`WINDOW`].
pub const MOST: i64 = 5;
/// In milliseconds: an hour.
pub const WINDOW: i64 = 3_600_000;

/// The letters that an account was sent lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letters {
    /// When counting began, in milliseconds.
    pub since: i64,
    /// How many since.
    pub count: i64,
    /// When the last one left, in milliseconds; none where it has led somewhere.
    pub last: Option<i64>,
}

impl Letters {
    /// What is counted after another letter at `now`, or none where it may not be sent: a stranger who asks again and again
    /// fills nobody's mailbox.
    #[must_use]
    pub fn another(before: Option<Self>, now: i64) -> Option<Self> {
        let fresh = Self {
            since: now,
            count: 1,
            last: Some(now),
        };
        let Some(before) = before else { return Some(fresh) };
        if before.last.is_some_and(|last| last + PAUSE > now) {
            None
        } else if before.since + WINDOW <= now {
            Some(fresh)
        } else if before.count < MOST {
            Some(Self {
                since: before.since,
                count: before.count + 1,
                last: Some(now),
            })
        } else {
            None
        }
    }
}

/// The letter: its subject and its text.
#[must_use]
pub fn letter(name: &str, link: &str) -> (String, String) {
    (
        "A new password for Ballast".to_owned(),
        format!(
            "Hello {name},\n\n\
             somebody, probably you, wants a new password for your account. Choose it here:\n\n{link}\n\n\
             The link is good once, and for half an hour. All your browsers must sign in again afterwards.\n\
             If it was not you, leave this letter: nothing happens without the link.\n"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_gets_five_letters_an_hour_a_minute_apart() {
        let mut sent = None;
        let mut left = Vec::new();
        for minute in 0..130 {
            // Somebody asks every half minute.
            for half in 0..2 {
                let now = minute * 60_000 + half * 30_000;
                if let Some(after) = Letters::another(sent, now) {
                    sent = Some(after);
                    left.push(minute);
                }
            }
        }
        assert_eq!(left, [0, 1, 2, 3, 4, 60, 61, 62, 63, 64, 120, 121, 122, 123, 124]);
    }

    #[test]
    fn the_letter_holds_the_link_on_a_line_of_its_own() {
        let (_, text) = letter("Bo", "https://plan.example.org/auth/reset/key");
        assert!(
            text.contains("\nhttps://plan.example.org/auth/reset/key\n"),
            "{text}"
        );
    }
}
