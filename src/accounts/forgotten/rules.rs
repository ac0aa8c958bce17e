//! How long a link to a new password is good, how often one is sent, and what the letter says.

/// Within which letters are counted, in milliseconds: an hour.
const WINDOW: i64 = 3_600_000;

/// How often a link is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long it is good, in milliseconds.
    pub lives: i64,
    /// How many letters an hour.
    pub most: i64,
    /// How long before the next, in milliseconds.
    pub pause: i64,
}

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
    /// fills nobody's mailbox. Nor do they keep anybody from a link: where there were too many letters, the mailbox holds a
    /// link with half of its time left, or another one leaves.
    #[must_use]
    pub fn another(before: Option<Self>, limits: &Limits, now: i64) -> Option<Self> {
        let fresh = Self {
            since: now,
            count: 1,
            last: Some(now),
        };
        let Some(before) = before else { return Some(fresh) };
        let within = |span: i64| before.last.is_some_and(|last| last + span > now);
        if within(limits.pause) {
            None
        } else if before.since + WINDOW <= now {
            Some(fresh)
        } else if before.count < limits.most || !within(limits.lives / 2) {
            Some(Self {
                since: before.since,
                count: before.count.saturating_add(1),
                last: Some(now),
            })
        } else {
            None
        }
    }
}

/// The letter: its subject and its text.
#[must_use]
pub fn letter(name: &str, link: &str, lives: &str) -> (String, String) {
    (
        "A new password for Ballast".to_owned(),
        format!(
            "Hello {name},\n\n\
             somebody, probably you, wants a new password for your account. Choose it here:\n\n{link}\n\n\
             The link is good once, and for {lives}. All your browsers must sign in again afterwards.\n\
             If it was not you, leave this letter: nothing happens without the link.\n"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_gets_five_letters_an_hour_a_minute_apart_and_then_one_for_each_half_life() {
        let limits = Limits {
            lives: 1_800_000,
            most: 5,
            pause: 60_000,
        };
        let mut sent = None;
        let mut left = Vec::new();
        for minute in 0..130 {
            // Somebody asks every half minute.
            for half in 0..2 {
                let now = minute * 60_000 + half * 30_000;
                if let Some(after) = Letters::another(sent, &limits, now) {
                    sent = Some(after);
                    left.push(minute);
                }
            }
        }
        assert_eq!(
            left,
            [
                0, 1, 2, 3, 4, 19, 34, 49, 60, 61, 62, 63, 64, 79, 94, 109, 120, 121, 122, 123, 124
            ]
        );
    }

    #[test]
    fn the_letter_holds_the_link_on_a_line_of_its_own() {
        let (_, text) = letter("Bo", "https://plan.example.org/auth/reset/key", "30 minutes");
        assert!(
            text.contains("\nhttps://plan.example.org/auth/reset/key\n"),
            "{text}"
        );
    }
}
