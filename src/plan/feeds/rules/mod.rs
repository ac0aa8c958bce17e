//! Of what a feed is, over which days, and which events are in it.

mod entries;
mod ical;

use crate::book::{CalendarScope, Plan};
use crate::units::Day;
use crate::units::ids::{DepartmentId, PersonId, ProjectId};
use crate::web::Reader;

pub use entries::{Stamps, entries};
pub use ical::written;

/// How many links one account may have.
pub const MOST_LINKS: i64 = 50;

/// How many events a feed holds at most; those farthest from today are left out first.
pub const MOST_EVENTS: usize = 10_000;

/// How many months before this one a feed begins, and how many after this one it ends.
const MONTHS: (i32, i32) = (3, 18);

/// Of what a feed is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Of a person: the deliverables of their projects, and their own time off.
    Person(PersonId),
    /// Of a project: its deliverables, and the time off of the people on it.
    Project(ProjectId),
    /// Of everybody, or of a department with all below it.
    Team(Option<DepartmentId>),
}

impl Subject {
    /// As the database and JSON write its kind.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Project(_) => "project",
            Self::Team(_) => "team",
        }
    }

    /// The id beside its kind.
    pub fn id(self) -> Option<i64> {
        match self {
            Self::Person(id) => Some(id.0),
            Self::Project(id) => Some(id.0),
            Self::Team(id) => id.map(|id| id.0),
        }
    }

    /// Back from the database.
    pub fn from_parts(kind: &str, id: Option<i64>) -> Option<Self> {
        match (kind, id) {
            ("person", Some(id)) => Some(Self::Person(PersonId(id))),
            ("project", Some(id)) => Some(Self::Project(ProjectId(id))),
            ("team", id) => Some(Self::Team(id.map(DepartmentId))),
            _ => None,
        }
    }

    /// What it is called; none where it is no longer there, or where the person has left.
    pub fn name(self, plan: &Plan) -> Option<String> {
        match self {
            Self::Person(id) => Some(plan.person(id).filter(|person| person.active)?.name.clone()),
            Self::Project(id) => Some(plan.project(id)?.name.clone()),
            Self::Team(None) => Some(plan.organisation.name.clone()),
            Self::Team(Some(id)) => plan.department(id).map(|_| plan.department_path(id)),
        }
    }

    /// What of the plan is in it on `today`.
    pub fn scope(self, today: Day) -> CalendarScope {
        let (first, last) = window(today);
        let all = CalendarScope::days(first, last);
        match self {
            Self::Person(id) => CalendarScope {
                person: Some(id),
                ..all
            },
            Self::Project(id) => CalendarScope {
                project: Some(id),
                ..all
            },
            Self::Team(id) => CalendarScope {
                department: id,
                ..all
            },
        }
    }

    /// Reads `about`: `own`, or `person`, `project`, `team` with the field of that name; a team may have a `department`.
    pub fn read(reader: &mut Reader<'_>, plan: &Plan, own: Option<PersonId>) -> Option<Self> {
        let unknown = "is not in the list";
        let subject = match reader.fields().text("about") {
            "own" if own.is_none() => {
                reader.fault(
                    "about",
                    "your account belongs to nobody in the plan; an administrator can link it to a person",
                );
                None
            }
            "own" => own.map(Self::Person),
            "person" => reader.id("person").map(Self::Person),
            "project" => reader.id("project").map(Self::Project),
            "team" => Some(Self::Team(reader.id("department"))),
            _ => {
                reader.fault("about", "must be own, person, project or team");
                return None;
            }
        };
        let field = match subject {
            Some(Self::Team(_)) => "department",
            Some(other) => other.kind(),
            None => {
                let about = reader.fields().text("about");
                if about != "own" && reader.fields().text(about).trim().is_empty() {
                    reader.fault(about, "must be chosen");
                }
                return None;
            }
        };
        if subject.is_some_and(|subject| subject.name(plan).is_none()) {
            reader.fault(field, unknown);
            return None;
        }
        subject
    }
}

/// The days of a feed on `today`: whole months, so that a feed changes its ends once a month and not every day.
fn window(today: Day) -> (Day, Day) {
    let (year, month, _) = today.ymd();
    let months = year * 12 + i32::try_from(month).unwrap_or(1) - 1;
    let first_of = |months: i32| {
        let month = u32::try_from(months.rem_euclid(12)).unwrap_or(0) + 1;
        Day::from_ymd(months.div_euclid(12), month, 1)
    };
    let first = first_of(months - MONTHS.0).unwrap_or(Day::MIN);
    let after = first_of(months + MONTHS.1 + 1).unwrap_or(Day::MAX);
    (first, after.plus(-1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_goes_from_three_months_ago_to_eighteen_months_ahead() {
        for (today, first, last) in [
            ("2026-11-18", "2026-08-01", "2028-05-31"),
            ("2026-11-01", "2026-08-01", "2028-05-31"),
            ("2027-01-31", "2026-10-01", "2028-07-31"),
            ("2026-08-31", "2026-05-01", "2028-02-29"),
            ("2026-12-31", "2026-09-01", "2028-06-30"),
        ] {
            let day = |text: &str| text.parse::<Day>().unwrap();
            assert_eq!(window(day(today)), (day(first), day(last)), "{today}");
        }
    }

    #[test]
    fn a_subject_comes_back_as_it_was_kept() {
        for subject in [
            Subject::Person(PersonId(7)),
            Subject::Project(ProjectId(8)),
            Subject::Team(None),
            Subject::Team(Some(DepartmentId(9))),
        ] {
            assert_eq!(Subject::from_parts(subject.kind(), subject.id()), Some(subject));
        }
        assert_eq!(Subject::from_parts("person", None), None);
        assert_eq!(Subject::from_parts("everything", Some(1)), None);
    }
}
