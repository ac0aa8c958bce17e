//! Who is in a room: by open lines, each person once however many tabs they have.

use std::collections::HashMap;

use crate::units::ids::ParticipantId;

/// For how long somebody whose last line has ended still counts, in milliseconds: a reload is not a departure.
pub const GRACE: i64 = 20_000;
/// Who has answered a heartbeat once answers each; after two that were not answered their line is dead, whatever a proxy between
/// us keeps open. In milliseconds.
pub const UNHEARD: i64 = 45_000;

/// Everybody who is here, or was a moment ago.
#[derive(Debug, Default)]
pub struct Presence {
    by_participant: HashMap<ParticipantId, Here>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Here {
    lines: usize,
    /// Since when they are here, in milliseconds; a reload begins nothing anew.
    since: i64,
    /// When the last line ended, in milliseconds.
    left_at: Option<i64>,
    /// When they last said that they are there, in milliseconds; programs that only listen never do.
    heard_at: Option<i64>,
    /// Whether the others were told that nothing is heard of them.
    told_gone: bool,
}

impl Here {
    /// Until when they count as being there, in milliseconds; none where only the end of their lines tells.
    fn until(&self) -> Option<i64> {
        if self.lines == 0 {
            return Some(self.left_at.unwrap_or_default() + GRACE);
        }
        self.heard_at.map(|heard| heard + UNHEARD)
    }

    fn is_present(&self, now: i64) -> bool {
        self.until().is_none_or(|until| until > now)
    }
}

impl Presence {
    /// A line begins. Answers whether somebody came who was not here.
    pub fn enter(&mut self, who: ParticipantId, now: i64) -> bool {
        let was_here = self.is_present(who, now);
        let here = self.by_participant.entry(who).or_default();
        here.lines += 1;
        if !was_here {
            here.since = now;
        }
        here.left_at = None;
        // The tab that is opened now has its own time to be heard of.
        here.heard_at = here.heard_at.map(|_| now);
        here.told_gone = false;
        !was_here
    }

    /// Somebody with a line says that they are there. Answers whether they had counted as gone.
    pub fn hear(&mut self, who: ParticipantId, now: i64) -> bool {
        let Some(here) = self.by_participant.get_mut(&who).filter(|here| here.lines > 0) else {
            return false;
        };
        let was_gone = !here.is_present(now);
        if was_gone {
            here.since = now;
        }
        here.heard_at = Some(now);
        here.told_gone = false;
        was_gone
    }

    /// A line ends.
    pub fn leave(&mut self, who: ParticipantId, now: i64) {
        if let Some(here) = self.by_participant.get_mut(&who) {
            here.lines = here.lines.saturating_sub(1);
            if here.lines == 0 {
                here.left_at = Some(now);
            }
        }
    }

    /// Whether somebody is here.
    pub fn is_present(&self, who: ParticipantId, now: i64) -> bool {
        let here = self.by_participant.get(&who);
        here.is_some_and(|here| here.is_present(now))
    }

    /// Since when somebody is here; none where they are not.
    pub fn since(&self, who: ParticipantId, now: i64) -> Option<i64> {
        let here = self.by_participant.get(&who)?;
        self.is_present(who, now).then_some(here.since)
    }

    /// Forgets who is gone for good. Answers whether anybody was.
    pub fn forget_gone(&mut self, now: i64) -> bool {
        let before = self.by_participant.len();
        self.by_participant
            .retain(|_, here| here.lines > 0 || here.is_present(now));
        let mut is_news = self.by_participant.len() < before;
        for here in self
            .by_participant
            .values_mut()
            .filter(|here| !here.is_present(now))
        {
            is_news |= !here.told_gone;
            here.told_gone = true;
        }
        is_news
    }

    /// When the next grace ends, in milliseconds.
    pub fn next_due(&self) -> Option<i64> {
        let untold = self.by_participant.values().filter(|here| !here.told_gone);
        untold.filter_map(Here::until).min()
    }

    /// Whether any line is open.
    pub fn has_lines(&self) -> bool {
        self.by_participant.values().any(|here| here.lines > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: ParticipantId = ParticipantId(1);

    #[test]
    fn r12_several_tabs_are_one_person_who_leaves_with_the_last_of_them_and_a_grace() {
        let mut presence = Presence::default();
        assert!(presence.enter(ADA, 0));
        assert!(!presence.enter(ADA, 10));
        presence.leave(ADA, 20);
        assert!(presence.is_present(ADA, 99_000));
        presence.leave(ADA, 100_000);
        assert!(presence.is_present(ADA, 119_999));
        assert_eq!(presence.next_due(), Some(120_000));
        assert!(!presence.forget_gone(119_999));
        assert!(!presence.is_present(ADA, 120_000));
        assert!(presence.forget_gone(120_000));
    }

    #[test]
    fn r13_who_has_answered_beats_and_misses_two_of_them_is_gone_until_they_answer_again() {
        let mut presence = Presence::default();
        presence.enter(ADA, 0);
        assert_eq!(
            presence.next_due(),
            None,
            "who only listens is there as long as the line"
        );
        assert!(!presence.hear(ADA, 20_000));
        assert_eq!(presence.next_due(), Some(65_000));
        assert!(presence.is_present(ADA, 64_999) && !presence.forget_gone(64_999));
        assert!(!presence.is_present(ADA, 65_000));
        assert!(presence.forget_gone(65_000), "the others are told");
        assert!(!presence.forget_gone(65_001), "once");
        assert_eq!(presence.next_due(), None);
        assert!(presence.hear(ADA, 90_000), "the computer has slept");
        assert_eq!(presence.since(ADA, 90_000), Some(90_000));
        presence.leave(ADA, 91_000);
        assert!(!presence.hear(ADA, 92_000), "without a line nobody is there");
        assert!(!presence.is_present(ADA, 111_000));
    }

    #[test]
    fn r12_a_reload_within_the_grace_is_no_departure() {
        let mut presence = Presence::default();
        presence.enter(ADA, 0);
        presence.leave(ADA, 100);
        assert!(!presence.enter(ADA, 5_000));
        assert_eq!(presence.next_due(), None);
    }
}
