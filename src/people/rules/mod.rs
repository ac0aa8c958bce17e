//! What is true of people and departments.

mod identity;
mod list;
mod weeks;

pub use identity::{Guard, Identity};
pub use list::{PeopleQuery, PersonRow, Show, Sort};
pub use weeks::{WEEKDAYS, read_skills, read_work_week, weekly_text};

use crate::book::{Department, Plan, WorkWeek};
use crate::units::ids::{CalendarId, DepartmentId, RoleId};
use crate::units::{Day, Minutes};
use crate::web::Reader;

/// How many departments may stand one above the other.
pub const MOST_DEPARTMENT_LEVELS: usize = 10;

/// A person as somebody wants them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonDraft {
    /// Their name.
    pub name: String,
    /// Their address, or blank.
    pub email: String,
    /// Their telephone, or blank.
    pub phone: String,
    /// Their place, or blank.
    pub location: String,
    /// Their department.
    pub department: Option<DepartmentId>,
    /// Their role.
    pub role: Option<RoleId>,
    /// Whose holidays they keep; none for the organisation's.
    pub calendar: Option<CalendarId>,
    /// Their first day.
    pub start: Option<Day>,
    /// Their last day.
    pub last: Option<Day>,
    /// Notes.
    pub notes: String,
    /// Whether they are planned.
    pub active: bool,
}

/// How well somebody does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkillLevel {
    /// On the way.
    Learning,
    /// Does it alone.
    Able,
    /// Others ask them.
    Expert,
}

impl SkillLevel {
    /// All levels, rising.
    pub const ALL: [Self; 3] = [Self::Learning, Self::Able, Self::Expert];

    /// As the database keeps it.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Learning => 1,
            Self::Able => 2,
            Self::Expert => 3,
        }
    }

    /// The level kept as `number`; an unknown one is the lowest.
    #[must_use]
    pub fn from_number(number: u8) -> Self {
        Self::ALL
            .into_iter()
            .find(|level| level.number() == number)
            .unwrap_or(Self::Learning)
    }

    /// Its name.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Learning => "learning",
            Self::Able => "able",
            Self::Expert => "expert",
        }
    }
}

impl PersonDraft {
    /// Reads a person's fields; `known` is the plan that ids must be found in.
    pub fn read(reader: &mut Reader<'_>, known: &Plan) -> Self {
        let draft = Self {
            name: reader.name("name"),
            email: reader
                .optional("email", crate::accounts::fold_email)
                .unwrap_or_default(),
            phone: reader.line("phone", 60),
            location: reader.line("location", 100),
            department: reader.id("department"),
            role: reader.id("role"),
            calendar: reader.id("calendar"),
            start: reader.day("start"),
            last: reader.day("last"),
            notes: reader.notes("notes"),
            active: !reader.fields().has("active") || reader.flag("active"),
        };
        if draft.department.is_some_and(|id| known.department(id).is_none()) {
            reader.fault("department", "is not one of the departments");
        }
        if draft
            .role
            .is_some_and(|id| !known.roles.iter().any(|role| role.id == id))
        {
            reader.fault("role", "is not one of the roles");
        }
        if let (Some(start), Some(last)) = (draft.start, draft.last)
            && last < start
        {
            reader.fault("last", "must not be before the first day");
        }
        draft
    }
}

/// Hours a week as the short way of a working week: even from Monday to Friday, 120 at most (24 a day).
pub fn read_weekly_hours(reader: &mut Reader<'_>, field: &str) -> Option<WorkWeek> {
    reader.hours(field, Minutes::from_hours(120)).map(WorkWeek::even)
}

/// What is wrong with putting `own` (or a new department) below `parent`, if anything: no cycles, at most ten levels.
pub fn department_fault(
    all: &[Department],
    own: Option<DepartmentId>,
    parent: Option<DepartmentId>,
) -> Option<&'static str> {
    let parent_of = |id: DepartmentId| all.iter().find(|one| one.id == id).map(|one| one.parent);
    let mut above = 0;
    let mut next = parent;
    while let Some(id) = next {
        if Some(id) == own {
            return Some("would stand below itself; choose another department above it");
        }
        match parent_of(id) {
            None => return Some("is not one of the departments"),
            Some(further) => next = further,
        }
        above += 1;
        if above > MOST_DEPARTMENT_LEVELS {
            break;
        }
    }
    let below = own.map_or(0, |own| height(all, own, 0));
    (above + 1 + below > MOST_DEPARTMENT_LEVELS)
        .then_some("departments go ten levels deep at most; choose one higher up")
}

/// How many levels stand below `id`; never deeper than the limit, so a damaged tree ends too.
fn height(all: &[Department], id: DepartmentId, depth: usize) -> usize {
    if depth > MOST_DEPARTMENT_LEVELS {
        return 0;
    }
    let children = all.iter().filter(|one| one.parent == Some(id));
    children
        .map(|child| 1 + height(all, child.id, depth + 1))
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: i64) -> Vec<Department> {
        (1..=length)
            .map(|id| Department {
                id: DepartmentId(id),
                name: format!("D{id}"),
                parent: (id > 1).then(|| DepartmentId(id - 1)),
                depth: 0,
            })
            .collect()
    }

    #[test]
    fn a_department_never_stands_below_itself() {
        let all = chain(3);
        assert!(department_fault(&all, Some(DepartmentId(1)), Some(DepartmentId(3))).is_some());
        assert!(department_fault(&all, Some(DepartmentId(1)), Some(DepartmentId(1))).is_some());
        assert_eq!(
            department_fault(&all, Some(DepartmentId(3)), Some(DepartmentId(1))),
            None
        );
        assert_eq!(department_fault(&all, Some(DepartmentId(3)), None), None);
    }

    #[test]
    fn ten_levels_are_the_most() {
        assert_eq!(department_fault(&chain(9), None, Some(DepartmentId(9))), None);
        assert!(department_fault(&chain(10), None, Some(DepartmentId(10))).is_some());
        // Moving a tree of three below the eighth would make eleven.
        let mut all = chain(8);
        all.extend((0..3).map(|step| Department {
            id: DepartmentId(20 + step),
            name: "more".to_owned(),
            parent: (step > 0).then(|| DepartmentId(19 + step)),
            depth: 0,
        }));
        assert!(department_fault(&all, Some(DepartmentId(20)), Some(DepartmentId(8))).is_some());
        assert_eq!(
            department_fault(&all, Some(DepartmentId(20)), Some(DepartmentId(7))),
            None
        );
    }

    #[test]
    fn an_unknown_department_is_refused() {
        assert!(department_fault(&chain(2), None, Some(DepartmentId(99))).is_some());
    }
}
