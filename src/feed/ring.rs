//! The newest events, for those who were away for a moment.

use std::collections::VecDeque;

use super::Event;

/// How many events are kept.
const MOST: usize = 1_024;

/// The newest events by their place: a number that grows by one with each.
#[derive(Debug)]
pub struct Ring {
    events: VecDeque<Event>,
    /// The place that the next event gets.
    next: u64,
    /// The newest revision that is not in the ring any more: who knows it has missed nothing that is not kept.
    floor: i64,
    newest: i64,
}

impl Ring {
    /// An empty ring of a plan at `revision`: revisions outlive a restart, events do not.
    pub fn starting_at(revision: i64) -> Self {
        Self {
            events: VecDeque::new(),
            next: 0,
            floor: revision,
            newest: revision,
        }
    }

    /// Keeps `events` and answers the place after them.
    pub fn take(&mut self, events: &[Event]) -> u64 {
        for event in events {
            if self.events.len() == MOST
                && let Some(gone) = self.events.pop_front()
            {
                self.floor = self.floor.max(gone.revision);
            }
            self.events.push_back(*event);
            self.newest = self.newest.max(event.revision);
            self.next += 1;
        }
        self.next
    }

    /// The newest revision that anybody was told of.
    pub fn newest(&self) -> i64 {
        self.newest
    }

    /// The place after the newest event.
    pub fn end(&self) -> u64 {
        self.next
    }

    /// Where somebody goes on who has heard of everything up to `revision`; nothing where something that they have not
    /// heard of is not kept any more, or where the plan is older than they know it, because a copy was put back.
    pub fn place_after(&self, revision: i64) -> Option<u64> {
        if revision < self.floor || revision > self.newest {
            return None;
        }
        let heard = self.events.iter().take_while(|event| event.revision <= revision);
        self.first().checked_add(u64::try_from(heard.count()).ok()?)
    }

    /// What was told from `place` on, once for each topic with its newest revision; nothing where part of it is gone.
    pub fn from(&self, place: u64) -> Option<Vec<Event>> {
        let skip = usize::try_from(place.checked_sub(self.first())?).ok()?;
        let mut merged: Vec<Event> = Vec::new();
        for event in self.events.iter().skip(skip) {
            match merged.iter_mut().find(|other| other.topic == event.topic) {
                Some(other) => other.revision = other.revision.max(event.revision),
                None => merged.push(*event),
            }
        }
        merged.sort_by_key(|event| event.revision);
        Some(merged)
    }

    fn first(&self) -> u64 {
        self.next - u64::try_from(self.events.len()).unwrap_or(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(revision: i64, topic: &'static str) -> Event {
        Event { revision, topic }
    }

    #[test]
    fn who_was_away_goes_on_where_they_were_and_hears_each_topic_once() {
        let mut ring = Ring::starting_at(40);
        ring.take(&[event(41, "plan"), event(41, "people")]);
        ring.take(&[event(42, "plan"), event(43, "projects")]);
        let heard = |revision| ring.place_after(revision).and_then(|place| ring.from(place));
        assert_eq!(heard(43), Some(vec![]));
        assert_eq!(heard(42), Some(vec![event(43, "projects")]));
        assert_eq!(
            heard(40),
            Some(vec![
                event(41, "people"),
                event(42, "plan"),
                event(43, "projects")
            ])
        );
        assert_eq!(heard(39), None, "what came before the start is not known");
        assert_eq!(heard(44), None, "a plan that was put back to an older copy");
    }

    #[test]
    fn what_is_not_kept_any_more_is_a_gap() {
        let mut ring = Ring::starting_at(0);
        for revision in 1..=i64::try_from(MOST).unwrap() + 10 {
            ring.take(&[event(revision, "plan")]);
        }
        assert_eq!(ring.place_after(9), None);
        assert_eq!(
            ring.place_after(10).map(|place| ring.from(place).is_some()),
            Some(true)
        );
        assert_eq!(ring.from(9), None);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_between_two_looks(topics in prop::collection::vec(0usize..3, 0..200), cut in 0usize..200) {
            let names = ["plan", "people", "projects"];
            let mut ring = Ring::starting_at(0);
            let all: Vec<Event> = (1..).zip(&topics).map(|(revision, topic)| event(revision, names[*topic])).collect();
            let cut = cut.min(all.len());
            ring.take(&all[..cut]);
            let seen = ring.newest();
            ring.take(&all[cut..]);
            let heard = ring.from(ring.place_after(seen).unwrap()).unwrap();
            for event in &all[cut..] {
                prop_assert!(heard.iter().any(|one| one.topic == event.topic && one.revision >= event.revision));
            }
            prop_assert!(heard.len() <= 3);
        }
    }
}
