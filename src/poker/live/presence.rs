//! Who is in a room: by open lines, each person once however many tabs they have.

use std::collections::HashMap;

use crate::units::ids::ParticipantId;

/// For how long somebody whose last line has ended still counts, in milliseconds: a reload is not a departure.
pub const GRACE: i64 = 20_000;

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
        !was_here
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
        here.is_some_and(|here| here.lines > 0 || here.left_at.is_some_and(|left| left + GRACE > now))
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
            .retain(|_, here| here.lines > 0 || here.left_at.is_some_and(|left| left + GRACE > now));
        self.by_participant.len() < before
    }

    /// When the next grace ends, in milliseconds.
    pub fn next_due(&self) -> Option<i64> {
        let left = self.by_participant.values().filter(|here| here.lines == 0);
        left.filter_map(|here| here.left_at)
            .map(|left| left + GRACE)
            .min()
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
    fn r12_a_reload_within_the_grace_is_no_departure() {
        let mut presence = Presence::default();
        presence.enter(ADA, 0);
        presence.leave(ADA, 100);
        assert!(!presence.enter(ADA, 5_000));
        assert_eq!(presence.next_due(), None);
    }
}
