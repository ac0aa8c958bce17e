//! Where a change of hours would be too much for somebody.

use std::collections::BTreeMap;

use super::Book;
use crate::units::ids::PersonId;
use crate::units::{Minutes, Week};

/// A week in which somebody would be booked beyond what they can carry, and more than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overload {
    /// Who.
    pub person: PersonId,
    /// When.
    pub week: Week,
    /// What they would have, on whatever project.
    pub booked: Minutes,
    /// What they can carry.
    pub capacity: Minutes,
}

impl Book {
    /// The weeks in which people would be over if so many minutes more or less were theirs, by person and week. What
    /// several entries say of one week is taken together, and a week that only loses hours is not told: it was too much
    /// before.
    #[must_use]
    pub fn overloads(&self, changes: impl IntoIterator<Item = (PersonId, Week, i64)>) -> Vec<Overload> {
        let mut more: BTreeMap<PersonId, BTreeMap<Week, i64>> = BTreeMap::new();
        for (person, week, minutes) in changes {
            *more.entry(person).or_default().entry(week).or_default() += minutes;
        }
        let mut overloads = Vec::new();
        for (id, weeks) in more {
            let (Some(person), Some((first, _)), Some((last, _))) = (
                self.plan.person(id),
                weeks.first_key_value(),
                weeks.last_key_value(),
            ) else {
                continue;
            };
            let count = u16::try_from(last.0 - first.0 + 1).unwrap_or(u16::MAX);
            for (week, now) in first.span(count).zip(self.person_weeks(person, *first, count)) {
                let added = weeks.get(&week).copied().unwrap_or(0);
                let booked = i64::from(now.booked.0) + added;
                let booked = Minutes(u32::try_from(booked.max(0)).unwrap_or(u32::MAX));
                if added > 0 && booked > now.capacity {
                    overloads.push(Overload {
                        person: id,
                        week,
                        booked,
                        capacity: now.capacity,
                    });
                }
            }
        }
        overloads
    }
}
