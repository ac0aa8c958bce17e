//! What happens on which day: what is due, who is away, and which days are holidays.

use std::collections::HashMap;

use super::Book;
use super::away::{AwaySpan, spans};
use super::filter::Filter;
use super::plan::{Deliverable, Person, Project};
use crate::units::Day;
use crate::units::ids::{CalendarId, DepartmentId, PersonId, ProjectId};

/// Which days of which part of the plan are looked at; a part that is not named is everybody and everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CalendarScope {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// People of a department and all below it, and the projects that it leads or works on.
    pub department: Option<DepartmentId>,
    /// One project and the people on it.
    pub project: Option<ProjectId>,
    /// One person and the projects that they are on.
    pub person: Option<PersonId>,
}

impl CalendarScope {
    /// Everything from `first` to `last`.
    #[must_use]
    pub const fn days(first: Day, last: Day) -> Self {
        Self {
            first,
            last,
            department: None,
            project: None,
            person: None,
        }
    }
}

/// A deliverable on its day.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Its day.
    pub due: Day,
    /// Its project.
    pub project: &'a Project,
    /// The deliverable.
    pub deliverable: &'a Deliverable,
}

/// A holiday of the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeDay {
    /// Its day.
    pub day: Day,
    /// Only from midday on.
    pub half: bool,
}

/// What happens on the days that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Calendar<'a> {
    /// By day, then by project.
    pub due: Vec<Delivery<'a>>,
    /// By first day, then by name. Nobody is in it twice for one day.
    pub away: Vec<AwaySpan<'a>>,
    /// The organisation's holidays, rising.
    pub holidays: Vec<FreeDay>,
}

impl Calendar<'_> {
    /// The holiday on `day`, if it is one.
    #[must_use]
    pub fn holiday(&self, day: Day) -> Option<FreeDay> {
        self.holidays.iter().find(|free| free.day == day).copied()
    }

    /// Whether nothing is due and nobody is away.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.due.is_empty() && self.away.is_empty()
    }
}

impl Book {
    /// What happens on the days of `scope`.
    #[must_use]
    pub fn calendar(&self, scope: CalendarScope) -> Calendar<'_> {
        let plan = &self.plan;
        let mut due: Vec<Delivery<'_>> = self
            .projects_of(scope)
            .into_iter()
            .flat_map(|project| {
                let all = plan.deliverables_of(project.id);
                all.filter_map(move |deliverable| {
                    let due = deliverable
                        .due
                        .filter(|day| (scope.first..=scope.last).contains(day))?;
                    Some(Delivery {
                        due,
                        project,
                        deliverable,
                    })
                })
            })
            .collect();
        // Sorting keeps the order of names, and of a project's own list, on one day.
        due.sort_by_key(|one| one.due);
        let mut away: Vec<AwaySpan<'_>> = self
            .people_of(scope)
            .into_iter()
            .flat_map(|person| spans(person, scope))
            .collect();
        away.sort_by_key(|span| span.days.first);
        Calendar {
            due,
            away,
            holidays: self.free_days(scope),
        }
    }

    /// The holidays of the organisation; a day that is one from morning on is not told once more as half of one.
    fn free_days(&self, scope: CalendarScope) -> Vec<FreeDay> {
        let plan = &self.plan;
        let of = |days: &HashMap<CalendarId, Vec<Day>>, half: bool| -> Vec<FreeDay> {
            let own = plan.organisation.calendar.and_then(|id| days.get(&id));
            own.into_iter()
                .flatten()
                .filter(|day| (scope.first..=scope.last).contains(*day))
                .map(|day| FreeDay { day: *day, half })
                .collect()
        };
        let mut days = of(&plan.holidays, false);
        days.extend(of(&plan.half_holidays, true));
        days.sort_by_key(|free| (free.day, free.half));
        days.dedup_by_key(|free| free.day);
        days
    }

    /// The projects of a scope, by name.
    #[must_use]
    pub fn projects_of(&self, scope: CalendarScope) -> Vec<&Project> {
        let filter = Filter {
            department: scope.department,
            ..Filter::default()
        };
        let mut projects = self.projects(&filter);
        projects.retain(|project| {
            scope.project.is_none_or(|wanted| project.id == wanted)
                && scope
                    .person
                    .is_none_or(|person| self.works_on(person, project.id))
        });
        projects
    }

    /// The active people of a scope, by name.
    #[must_use]
    pub fn people_of(&self, scope: CalendarScope) -> Vec<&Person> {
        let filter = Filter {
            department: scope.department,
            ..Filter::default()
        };
        let mut people = self.people(&filter);
        people.retain(|person| {
            scope.person.is_none_or(|wanted| person.id == wanted)
                && scope
                    .project
                    .is_none_or(|project| self.works_on(person.id, project))
        });
        people
    }

    fn works_on(&self, person: PersonId, project: ProjectId) -> bool {
        self.plan
            .assignments_of_person(person)
            .any(|assignment| assignment.project == project)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::tests::{self as any, day};
    use crate::book::{Absence, Assignment, CountsAs, Department, Organisation, Parts, Status};
    use crate::units::Colour;
    use crate::units::ids::StatusId;

    fn absence(first: &str, last: &str, half: bool) -> Absence {
        Absence {
            first: day(first),
            last: day(last),
            half,
            from_midday: false,
            until_midday: false,
        }
    }

    fn person(id: i64, department: i64, absences: Vec<Absence>) -> Person {
        Person {
            active: id != 4,
            absences,
            ..any::person(id, 40, Some(department), None)
        }
    }

    fn project(id: i64, department: i64) -> Project {
        any::project(id, 1, None, Some(department))
    }

    fn deliverable(id: i64, project: i64, due: Option<&str>) -> Deliverable {
        any::deliverable(id, project, "", due)
    }

    fn assignment(id: i64, project: i64, person: i64) -> Assignment {
        any::assignment(id, project, Some(person), None)
    }

    fn department(id: i64, parent: Option<i64>) -> Department {
        Department {
            id: DepartmentId(id),
            name: format!("Department {id}"),
            parent: parent.map(DepartmentId),
            depth: 0,
        }
    }

    fn people() -> Vec<Person> {
        let overlapping = vec![
            absence("2026-11-28", "2026-12-02", true),
            absence("2026-12-01", "2026-12-04", false),
        ];
        vec![
            person(1, 2, overlapping),
            person(2, 3, vec![absence("2026-12-31", "2027-01-08", false)]),
            person(3, 3, vec![absence("2026-10-01", "2026-11-30", false)]),
            person(4, 3, vec![absence("2026-12-01", "2026-12-31", false)]),
        ]
    }

    fn book() -> Book {
        let parts = Parts {
            organisation: Organisation {
                calendar: Some(CalendarId(1)),
                ..Organisation::default()
            },
            holidays: [
                (CalendarId(1), vec![day("2026-12-25"), day("2027-01-01")]),
                (CalendarId(2), vec![day("2026-12-24")]),
            ]
            .into(),
            half_holidays: [(
                CalendarId(1),
                vec![day("2026-11-30"), day("2026-12-24"), day("2026-12-25")],
            )]
            .into(),
            departments: vec![department(1, None), department(2, Some(1)), department(3, None)],
            statuses: vec![Status {
                id: StatusId(1),
                label: String::new(),
                colour: Colour::default(),
                counts_as: CountsAs::Confirmed,
            }],
            people: people().into(),
            projects: vec![project(1, 1), project(2, 3)].into(),
            deliverables: vec![
                deliverable(1, 1, Some("2026-12-31")),
                deliverable(2, 1, Some("2027-01-01")),
                deliverable(3, 2, Some("2026-12-01")),
                deliverable(4, 2, None),
            ]
            .into(),
            assignments: vec![assignment(1, 1, 1), assignment(2, 2, 2)].into(),
            ..Parts::default()
        };
        Book::new(1, parts)
    }

    fn december() -> CalendarScope {
        CalendarScope::days(day("2026-12-01"), day("2026-12-31"))
    }

    /// Who, from when to when, and whether for half of each day.
    type Away = (i64, String, String, bool);

    fn seen(scope: CalendarScope) -> (Vec<i64>, Vec<Away>) {
        let book = book();
        let calendar = book.calendar(scope);
        let due = calendar.due.iter().map(|one| one.deliverable.id.0).collect();
        let away = calendar.away.iter();
        let away = away.map(|span| {
            (
                span.person.id.0,
                span.days.first.to_string(),
                span.days.last.to_string(),
                span.days.half,
            )
        });
        (due, away.collect())
    }

    #[test]
    fn a_month_holds_its_own_days_and_whatever_reaches_into_it() {
        let (due, away) = seen(december());
        assert_eq!(due, [3, 1], "by day, and the first of January is another month");
        let expected = [
            (1, "2026-12-01".to_owned(), "2026-12-04".to_owned(), false),
            (2, "2026-12-31".to_owned(), "2027-01-08".to_owned(), false),
        ];
        assert_eq!(
            away, expected,
            "nobody is away twice at once; who has left is not shown"
        );
        let free = |text: &str, half: bool| FreeDay { day: day(text), half };
        assert_eq!(
            book().calendar(december()).holidays,
            [free("2026-12-24", true), free("2026-12-25", false)],
            "a whole holiday is not half of one as well"
        );
    }

    #[test]
    fn a_narrow_scope_keeps_what_belongs_together() {
        let people = |scope| seen(scope).1.iter().map(|away| away.0).collect::<Vec<_>>();
        for (scope, due, away) in [
            (
                CalendarScope {
                    department: Some(DepartmentId(1)),
                    ..december()
                },
                vec![1],
                vec![1],
            ),
            (
                CalendarScope {
                    project: Some(ProjectId(2)),
                    ..december()
                },
                vec![3],
                vec![2],
            ),
            (
                CalendarScope {
                    person: Some(PersonId(1)),
                    ..december()
                },
                vec![1],
                vec![1],
            ),
            (
                CalendarScope {
                    person: Some(PersonId(1)),
                    project: Some(ProjectId(2)),
                    ..december()
                },
                vec![],
                vec![],
            ),
        ] {
            assert_eq!((seen(scope).0, people(scope)), (due, away), "{scope:?}");
        }
    }
}
