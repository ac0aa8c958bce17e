//! The project's side: places that nobody fills yet, and who fits them best.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::{Ask, Candidate, Wanted};
use crate::book::Book;
use crate::book::plan::{Assignment, CountsAs, Person, Project};
use crate::book::utilisation::PersonWeek;
use crate::units::ids::{PersonId, ProjectId, RoleId};
use crate::units::{Minutes, Week};

/// A place that nobody fills yet, with what is booked on it from some week on.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The assignment without a person.
    pub assignment: &'a Assignment,
    /// Its project.
    pub project: &'a Project,
    /// Its weeks from the first booked one to the last; none where nothing is booked ahead.
    pub ask: Option<Ask>,
}

impl Place<'_> {
    /// What is booked on it.
    #[must_use]
    pub fn minutes(&self) -> Minutes {
        self.ask.as_ref().map_or(Minutes(0), Ask::total)
    }
}

/// A place with the people who fit it best.
#[derive(Clone, Debug)]
pub struct PlaceFits<'a> {
    /// The place.
    pub place: Place<'a>,
    /// Who fits, the best first.
    pub best: Vec<Candidate<'a>>,
}

impl Book {
    /// The open places of one project, or of all that are not over, by their first booked week from `from` on; those
    /// with nothing booked last.
    #[must_use]
    pub fn places(&self, project: Option<ProjectId>, from: Week) -> Vec<Place<'_>> {
        let open = self.plan.assignments.iter().filter(|one| one.person.is_none());
        let mut places: Vec<Place<'_>> = open
            .filter(|one| project.is_none_or(|id| one.project == id))
            .filter(|one| project.is_some() || self.plan.counts_as(one.project) != CountsAs::Closed)
            .filter_map(|assignment| {
                Some(Place {
                    assignment,
                    project: self.plan.project(assignment.project)?,
                    ask: self.ask_of(assignment, from),
                })
            })
            .collect();
        places.sort_by_key(|place| place.ask.as_ref().map_or(Week(i32::MAX), |ask| ask.from));
        places
    }

    /// The hours of an assignment from `from` on, as they lie.
    #[must_use]
    pub fn ask_of(&self, assignment: &Assignment, from: Week) -> Option<Ask> {
        let ahead: Vec<(Week, Minutes)> = self
            .hours
            .booked(assignment.id)
            .filter(|(week, _)| *week >= from)
            .collect();
        let ((first, _), (last, _)) = (ahead.first()?, ahead.last()?);
        let weeks = u16::try_from(last.0 - first.0 + 1).unwrap_or(u16::MAX);
        Some(Ask {
            from: *first,
            shares: self.hours.span(assignment.id, *first, weeks).collect(),
            movable: false,
        })
    }

    /// What is looked for to fill a place.
    #[must_use]
    pub fn wanted_for(&self, place: &Place<'_>) -> Option<Wanted> {
        Some(Wanted {
            ask: place.ask.clone()?,
            role: place.assignment.role,
            skills: Vec::new(),
            department: None,
            project: Some(place.project.id),
            partly: true,
        })
    }

    /// The first `most` people for each of `places`.
    #[must_use]
    pub fn fill_places<'a>(&'a self, places: Vec<Place<'a>>, most: usize) -> Vec<PlaceFits<'a>> {
        // Each person's weeks are worked out once, for the span of all places together; and once for each role, who
        // has it.
        let asks = || places.iter().filter_map(|place| place.ask.as_ref());
        let first = asks().map(|ask| ask.from).min().unwrap_or(Week(0));
        let end = asks().map(|ask| ask.from.0 + i32::from(ask.weeks())).max();
        let count = end.and_then(|end| u16::try_from(end - first.0).ok()).unwrap_or(0);
        let active = || self.plan.people.iter().filter(|person| person.active);
        let weeks: HashMap<PersonId, Vec<PersonWeek>> = active()
            .map(|person| (person.id, self.person_weeks(person, first, count)))
            .collect();
        let mut in_role: HashMap<Option<RoleId>, Vec<&Person>> = HashMap::new();
        for role in places.iter().map(|place| place.assignment.role) {
            in_role.entry(role).or_insert_with(|| {
                let has = |person: &&Person| role.is_none_or(|role| self.role_reason(person, role).is_some());
                active().filter(has).collect()
            });
        }
        let best_for = |place: &Place<'_>| {
            let people = in_role.get(&place.assignment.role).map_or(&[][..], Vec::as_slice);
            let wanted = self.wanted_for(place)?;
            let skip = usize::try_from(wanted.ask.from.0 - first.0).ok()?;
            let until = skip + wanted.ask.shares.len();
            let mut best: Vec<Candidate<'a>> = people
                .iter()
                .filter_map(|person| {
                    let own = weeks.get(&person.id)?.get(skip..until)?.to_vec();
                    Some(self.weigh(&wanted, person, own))
                })
                .filter(|one| one.obstacle.is_none())
                .collect();
            best.sort_by_key(|one| (Reverse(one.score()), one.fit, Reverse(one.free)));
            best.truncate(most);
            Some(best)
        };
        places
            .into_iter()
            .map(|place| PlaceFits {
                best: best_for(&place).unwrap_or_default(),
                place,
            })
            .collect()
    }
}
