//! What is asked of the weeks that were kept.

use super::{AHEAD, MOST_WEEKS, Scope};
use crate::book::Plan;
use crate::units::ids::{ClientId, DepartmentId, Id, PersonId, ProjectId};
use crate::units::{Day, Week};
use crate::web::Reader;

/// How many weeks are shown where nobody asks.
const WEEKS: i32 = 12;

/// Which weeks of which part of the plan, and as of when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Of what.
    pub scope: Scope,
    /// The first week.
    pub first: Week,
    /// The last week.
    pub last: Week,
    /// As planned when this week began; none for each week as it ended.
    pub as_of: Option<Week>,
}

impl Asked {
    /// Reads `project`, `person`, `client`, `department`, `from`, `to` and `asOf`. Every fault is noted, and a default
    /// stands for what is at fault: programs are told, an old link still opens.
    pub fn read(reader: &mut Reader<'_>, plan: &Plan, this_week: Week) -> Self {
        let start = plan.organisation.week_start;
        let scope = Scope::read(reader, plan);
        let mut week = |field: &str| {
            let day: Option<Day> = reader.day(field);
            day.map(|day| Week::of(day, start))
        };
        if let Some(as_of) = week("asOf") {
            return Self {
                scope,
                first: as_of,
                last: as_of.plus(i32::from(AHEAD) - 1),
                as_of: Some(as_of),
            };
        }
        let (from, to) = (week("from"), week("to"));
        let last = to.unwrap_or_else(|| this_week.plus(-1));
        let first = from.unwrap_or_else(|| last.plus(1 - WEEKS));
        let fault = if first > last {
            Some("must not lie after to".to_owned())
        } else if last.0 - first.0 >= MOST_WEEKS {
            Some(format!("{MOST_WEEKS} weeks at most can be asked for at once"))
        } else {
            None
        };
        let first = fault.as_ref().map_or(first, |_| last.plus(1 - WEEKS));
        if let Some(fault) = fault {
            reader.fault("from", fault);
        }
        Self {
            scope,
            first,
            last,
            as_of: None,
        }
    }

    /// The weeks from the first to the last.
    pub fn weeks(&self) -> Vec<Week> {
        (self.first.0..=self.last.0).map(Week).collect()
    }
}

impl Scope {
    /// Reads `project`, `person`, `client` and `department`.
    pub fn read(reader: &mut Reader<'_>, plan: &Plan) -> Self {
        Self {
            project: known(reader, "project", |id: ProjectId| plan.project(id).is_some()),
            person: known(reader, "person", |id: PersonId| plan.person(id).is_some()),
            client: known(reader, "client", |id: ClientId| {
                plan.clients.iter().any(|client| client.id == id)
            }),
            department: known(reader, "department", |id: DepartmentId| {
                plan.department(id).is_some()
            }),
        }
    }

    /// Whether it is all of the plan.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }
}

fn known<T: Id>(reader: &mut Reader<'_>, field: &str, is_known: impl Fn(T) -> bool) -> Option<T> {
    let id = reader.id(field)?;
    if is_known(id) {
        return Some(id);
    }
    reader.fault(field, "is not in the list");
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::WeekStart;
    use crate::web::Fields;

    fn read(query: &str) -> (Asked, Vec<String>) {
        let fields = Fields::from_form(query.as_bytes());
        let mut reader = Reader::new(&fields);
        let this_week = Week::of("2026-11-18".parse().unwrap(), WeekStart::Monday);
        let asked = Asked::read(&mut reader, &Plan::default(), this_week);
        let faults = reader.finish(()).err().unwrap_or_default();
        (asked, faults.into_iter().map(|fault| fault.field).collect())
    }

    #[test]
    fn weeks_are_read_as_asked_or_as_the_last_twelve() {
        for (query, first, last, faults) in [
            ("", "2026-08-24", "2026-11-09", vec![]),
            (
                "from=2026-12-28&to=2027-01-03",
                "2026-12-28",
                "2026-12-28",
                vec![],
            ),
            (
                "from=2026-12-27&to=2027-01-04",
                "2026-12-21",
                "2027-01-04",
                vec![],
            ),
            ("to=2026-10-04", "2026-07-13", "2026-09-28", vec![]),
            (
                "asOf=2026-11-04&from=2026-01-01",
                "2026-11-02",
                "2027-01-18",
                vec![],
            ),
            (
                "from=2026-11-30&to=2026-11-01",
                "2026-08-10",
                "2026-10-26",
                vec!["from"],
            ),
            ("from=2020-01-01", "2026-08-24", "2026-11-09", vec!["from"]),
            (
                "from=x&project=9&client=y",
                "2026-08-24",
                "2026-11-09",
                vec!["project", "client", "from"],
            ),
        ] {
            let (asked, found) = read(query);
            assert_eq!(
                (asked.first.to_string().as_str(), asked.last.to_string().as_str()),
                (first, last),
                "{query}"
            );
            assert_eq!(found, faults, "{query}");
        }
    }
}
