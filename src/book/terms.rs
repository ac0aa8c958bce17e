//! What people can carry, by what the plan knows of them: their contract, their calendar, their leave.

use std::collections::HashMap;

use super::capacity::{Absence, Away, Terms};
use super::plan::{Person, Plan};
use crate::units::ids::CalendarId;
use crate::units::{Day, Minutes, Week};

impl Plan {
    /// What `person` can carry in `week`, and why it is less than usual.
    #[must_use]
    pub fn capacity(&self, person: &Person, week: Week) -> (Minutes, Away) {
        self.capacity_with(person, &person.absences, week)
    }

    /// The same for each of the `weeks` from `from` on.
    pub fn capacities<'a>(
        &'a self,
        person: &'a Person,
        from: Week,
        weeks: u16,
    ) -> impl Iterator<Item = (Minutes, Away)> + 'a {
        let (terms, start) = (self.terms(person, &person.absences), self.organisation.week_start);
        from.span(weeks).map(move |week| terms.capacity(week, start))
    }

    /// What `person` could carry in `week` if `absences` were all their time off.
    #[must_use]
    pub fn capacity_with(&self, person: &Person, absences: &[Absence], week: Week) -> (Minutes, Away) {
        self.terms(person, absences)
            .capacity(week, self.organisation.week_start)
    }

    /// How many half working days `absence` takes of `person` from `from` to `until`.
    #[must_use]
    pub fn half_days_of(&self, person: &Person, absence: &Absence, from: Day, until: Day) -> u32 {
        self.terms(person, &[]).half_days_of(absence, from, until)
    }

    fn terms<'a>(&'a self, person: &'a Person, absences: &'a [Absence]) -> Terms<'a> {
        let organisation = &self.organisation;
        let calendar = person.calendar.or(organisation.calendar);
        Terms {
            start: person.start,
            last: person.last,
            work_weeks: &person.work_weeks,
            default_week: organisation.default_week,
            holidays: days_in(&self.holidays, calendar),
            half_holidays: days_in(&self.half_holidays, calendar),
            absences,
        }
    }

    /// What somebody with the team's own working week and holidays can carry in `week`: that of a place that nobody
    /// fills yet.
    #[must_use]
    pub fn usual_capacity(&self, week: Week) -> Minutes {
        let organisation = &self.organisation;
        let terms = Terms {
            start: None,
            last: None,
            work_weeks: &[],
            default_week: organisation.default_week,
            holidays: days_in(&self.holidays, organisation.calendar),
            half_holidays: days_in(&self.half_holidays, organisation.calendar),
            absences: &[],
        };
        terms.capacity(week, organisation.week_start).0
    }
}

fn days_in(days: &HashMap<CalendarId, Vec<Day>>, calendar: Option<CalendarId>) -> &[Day] {
    calendar
        .and_then(|calendar| days.get(&calendar))
        .map_or(&[], Vec::as_slice)
}
