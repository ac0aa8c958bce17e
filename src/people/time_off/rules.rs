//! What is true of leave: when it is, why, how far it has come, and who decides about whose.

use crate::accounts::own_person;
use crate::accounts::{Access, Reach, Visitor};
use crate::book::{Absence, Person, Plan};
use crate::error::FieldError;
use crate::units::Day;
use crate::units::ids::{DepartmentId, PersonId};
use crate::web::Reader;

/// How long leave may be at once, in days: three years.
const LONGEST: i32 = 3 * 366;

/// Why somebody is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeOffKind {
    /// Vacation.
    #[default]
    Holiday,
    /// Ill.
    Sick,
    /// With a new child, or caring for somebody.
    Family,
    /// Learning.
    Training,
    /// Anything else.
    Other,
}

impl TimeOffKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Holiday,
        Self::Sick,
        Self::Family,
        Self::Training,
        Self::Other,
    ];

    /// As the database, JSON and forms write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holiday => "holiday",
            Self::Sick => "sick",
            Self::Family => "family",
            Self::Training => "training",
            Self::Other => "other",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Holiday => "Vacation",
            Self::Sick => "Sick leave",
            Self::Family => "Family leave",
            Self::Training => "Training",
            Self::Other => "Other leave",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How far leave has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Asked for; the plan is as before.
    Requested,
    /// It counts.
    Approved,
    /// It does not.
    Declined,
    /// Who asked did not want it any more.
    Withdrawn,
}

impl Status {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Requested, Self::Approved, Self::Declined, Self::Withdrawn];

    /// As the database and JSON write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// As people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Requested => "waiting",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The colour of its chip.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Requested => "warn",
            Self::Approved => "good",
            Self::Declined => "bad",
            Self::Withdrawn => "",
        }
    }

    /// Whether nothing else may lie on its days.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Requested | Self::Approved)
    }
}

/// Leave as somebody wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeOffDraft {
    /// When.
    pub absence: Absence,
    /// Why.
    pub kind: TimeOffKind,
    /// A remark, or blank.
    pub note: String,
}

impl TimeOffDraft {
    /// Reads `first`, `last` (blank for a single day), `fromMidday`, `untilMidday`, `half`, `kind` and `note`.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let first = reader.day("first");
        if reader.fields().text("first").trim().is_empty() {
            reader.fault("first", "say on which day it begins");
        }
        let last = reader.day("last").or(first);
        let kind = reader.fields().text("kind").trim();
        let read = TimeOffKind::parse(kind);
        if read.is_none() && !kind.is_empty() {
            reader.fault("kind", "must be holiday, sick, family, training or other");
        }
        let absence = Absence {
            first: first.unwrap_or(Day::MIN),
            last: last.unwrap_or(Day::MIN),
            half: reader.flag("half"),
            from_midday: reader.flag("fromMidday"),
            until_midday: reader.flag("untilMidday"),
        };
        if first.is_some()
            && last.is_some()
            && let Some(fault) = span_fault(&absence)
        {
            reader.fault(fault.0, fault.1);
        }
        Self {
            absence,
            kind: read.unwrap_or_default(),
            note: reader.line("note", 200),
        }
    }
}

/// What is wrong with the days of leave, if anything.
fn span_fault(absence: &Absence) -> Option<(&'static str, &'static str)> {
    let length = absence.last.number() - absence.first.number();
    if length < 0 {
        return Some(("last", "must not be before the first day"));
    }
    if length > LONGEST {
        return Some(("last", "leave goes over three years at most"));
    }
    let midday = absence.from_midday || absence.until_midday;
    if absence.half && midday {
        return Some(("half", "choose either half of each day or a midday, not both"));
    }
    (length == 0 && absence.from_midday && absence.until_midday).then_some((
        "untilMidday",
        "from midday until midday of one day is nothing; choose one of the two",
    ))
}

/// What is wrong with leave that lies wholly outside somebody's employment.
pub fn employment_fault(person: &Person, absence: &Absence) -> Option<FieldError> {
    if let Some(start) = person.start.filter(|start| absence.last < *start) {
        let text = format!("lies before the first day at work, {}", start.long());
        return Some(FieldError::new("first", text));
    }
    let last = person.last.filter(|last| absence.first > *last)?;
    let text = format!("lies after the last day at work, {}", last.long());
    Some(FieldError::new("first", text))
}

/// `18 Nov (from midday) to 20 Nov 2026`, `the morning of 18 Nov 2026`, `16 Nov to 20 Nov 2026, half days`.
#[must_use]
pub fn days_text(absence: &Absence) -> String {
    let Absence { first, last, .. } = *absence;
    let with_year = |day: Day| format!("{} {}", day.short(), day.ymd().0);
    if first == last {
        let day = with_year(first);
        return match (absence.half, absence.from_midday, absence.until_midday) {
            (true, ..) => format!("{day}, half a day"),
            (_, true, _) => format!("the afternoon of {day}"),
            (_, _, true) => format!("the morning of {day}"),
            _ => day,
        };
    }
    let same_year = first.ymd().0 == last.ymd().0;
    let begin = if same_year {
        first.short()
    } else {
        with_year(first)
    };
    let begin_at = if absence.from_midday { " (from midday)" } else { "" };
    let end_at = if absence.until_midday {
        " (until midday)"
    } else {
        ""
    };
    let half = if absence.half { ", half days" } else { "" };
    format!("{begin}{begin_at} to {}{end_at}{half}", with_year(last))
}

/// `half`, `from midday`, `until midday`: which part of `day` leave takes, where it does not take all of it.
#[must_use]
pub fn part_text(absence: &Absence, day: Day) -> Option<&'static str> {
    let taken = absence.taken(day);
    let one = taken.alone(day);
    match (taken.halves(), one.half, one.from_midday) {
        (1, true, _) => Some("half"),
        (1, _, true) => Some("from midday"),
        (1, ..) => Some("until midday"),
        _ => None,
    }
}

/// `4 days`, `half a day`, `1.5 days`, of a number of half days.
#[must_use]
pub fn half_days_text(halves: u32) -> String {
    match (halves / 2, halves % 2) {
        (0, 1) => "half a day".to_owned(),
        (1, 0) => "1 day".to_owned(),
        (whole, 0) => format!("{whole} days"),
        (whole, _) => format!("{whole}.5 days"),
    }
}

/// About whose leave a visitor decides.
///
/// * Administrators: everybody's, their own too.
/// * Managers: that of the departments they manage, where an administrator has given them some. Else that of their own
///   department and of those below it; everybody's where they are not linked to a person, or to one without a
///   department. Never their own: somebody else looks at that.
/// * Others: nobody's.
#[derive(Clone, Debug)]
pub struct Decider {
    access: Access,
    own: Option<PersonId>,
    /// None for every department.
    departments: Option<Vec<DepartmentId>>,
}

impl Decider {
    /// What `visitor` decides.
    #[must_use]
    pub fn of(plan: &Plan, visitor: &Visitor) -> Self {
        Self::with(
            plan,
            visitor.access,
            own_person(plan, visitor),
            &visitor.reach(plan),
        )
    }

    fn with(plan: &Plan, access: Access, own: Option<&Person>, reach: &Reach) -> Self {
        let department = own.and_then(|person| person.department);
        let below = |id| {
            plan.department_with_children(id)
                .iter()
                .map(|one| one.id)
                .collect()
        };
        Self {
            access,
            own: own.map(|person| person.id),
            departments: match reach {
                Reach::Within(given) => Some(given.iter().copied().collect()),
                Reach::Everything if access == Access::Admin => None,
                Reach::Everything | Reach::Nothing => department.map(below),
            },
        }
    }

    /// The visitor's own person.
    #[must_use]
    pub const fn own(&self) -> Option<PersonId> {
        self.own
    }

    /// Whether they decide about anybody's.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.access >= Access::Manager
    }

    /// Whether no department bounds whom they decide about.
    #[must_use]
    pub fn decides_everywhere(&self) -> bool {
        self.is_one() && self.departments.is_none()
    }

    /// Whether they decide about the people of `department`.
    #[must_use]
    pub fn decides_in(&self, department: Option<DepartmentId>) -> bool {
        let covered =
            |departments: &Vec<DepartmentId>| department.is_some_and(|id| departments.contains(&id));
        self.is_one() && self.departments.as_ref().is_none_or(covered)
    }

    fn covers(&self, person: &Person) -> bool {
        self.decides_in(person.department)
    }

    /// Whether they approve, decline, enter and remove the leave of `person`.
    #[must_use]
    pub fn decides_for(&self, person: &Person) -> bool {
        self.covers(person) && (self.access == Access::Admin || self.own != Some(person.id))
    }

    /// Whether they are told why `person` is away, and of what is only asked for.
    #[must_use]
    pub fn may_know(&self, person: &Person) -> bool {
        self.own == Some(person.id) || self.covers(person)
    }

    /// Why they do not decide about the leave of `person`.
    #[must_use]
    pub fn refusal(&self, person: &Person) -> &'static str {
        if self.own == Some(person.id) {
            "Your own leave is decided by somebody else: ask for it under “Time off”."
        } else {
            "Leave is decided by the managers of the person’s department, of those above it, or by an administrator."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Scope;
    use crate::book::{Department, Parts};
    use crate::web::Fields;

    fn read(form: &str) -> Result<TimeOffDraft, Vec<String>> {
        let fields = Fields::from_form(form.as_bytes());
        let mut reader = Reader::new(&fields);
        let draft = TimeOffDraft::read(&mut reader);
        reader
            .finish(draft)
            .map_err(|errors| errors.into_iter().map(|error| error.field).collect())
    }

    #[test]
    fn leave_reads_as_whole_days_half_days_and_from_midday() {
        for (form, text) in [
            ("first=2026-12-24", "24 Dec 2026"),
            ("first=2026-12-24&last=&half=on&kind=", "24 Dec 2026, half a day"),
            ("first=2026-12-24&untilMidday=on", "the morning of 24 Dec 2026"),
            (
                "first=2026-12-24&last=2026-12-24&fromMidday=true",
                "the afternoon of 24 Dec 2026",
            ),
            (
                "first=2026-11-18&last=2026-11-20&fromMidday=on",
                "18 Nov (from midday) to 20 Nov 2026",
            ),
            (
                "first=2026-12-24&last=2027-01-04&untilMidday=on",
                "24 Dec 2026 to 4 Jan 2027 (until midday)",
            ),
            (
                "first=2026-11-16&last=2026-11-20&half=on",
                "16 Nov to 20 Nov 2026, half days",
            ),
            (
                "first=2026-11-18&last=2026-11-20&fromMidday=on&untilMidday=on",
                "18 Nov (from midday) to 20 Nov 2026 (until midday)",
            ),
        ] {
            assert_eq!(days_text(&read(form).unwrap().absence), text, "{form}");
        }
    }

    #[test]
    fn a_day_of_leave_says_which_part_of_it_is_taken() {
        let (before, after) = ("2026-11-17".parse().unwrap(), "2026-11-21".parse().unwrap());
        for (form, expected) in [
            ("last=2026-11-20", [None, None, None]),
            (
                "last=2026-11-20&fromMidday=on&untilMidday=on",
                [Some("from midday"), None, Some("until midday")],
            ),
            ("last=2026-11-20&half=on", [Some("half"); 3]),
            ("fromMidday=on", [Some("from midday"), None, None]),
            ("untilMidday=on", [Some("until midday"), None, None]),
            ("half=on", [Some("half"), None, None]),
        ] {
            let absence = read(&format!("first=2026-11-18&{form}")).unwrap().absence;
            let days = ["2026-11-18", "2026-11-19", "2026-11-20"];
            let told = days.map(|day| part_text(&absence, day.parse().unwrap()));
            assert_eq!(told, expected, "{form}");
            assert_eq!(
                [before, after].map(|day| part_text(&absence, day)),
                [None; 2],
                "{form}"
            );
        }
    }

    #[test]
    fn leave_that_ends_before_it_begins_or_is_nothing_is_refused() {
        for (form, field) in [
            ("first=2026-12-24&last=2026-12-23", "last"),
            ("first=&last=2026-12-23", "first"),
            ("first=2026-02-30", "first"),
            ("first=2026-12-24&kind=gardening", "kind"),
            ("first=2026-12-24&fromMidday=on&untilMidday=on", "untilMidday"),
            ("first=2026-12-24&last=2026-12-28&half=on&fromMidday=on", "half"),
            ("first=2026-12-24&last=2036-12-28", "last"),
        ] {
            assert_eq!(read(form).unwrap_err(), [field], "{form}");
        }
    }

    #[test]
    fn half_days_are_told_as_people_count_them() {
        let texts = [0, 1, 2, 3, 4, 21].map(half_days_text);
        assert_eq!(
            texts,
            ["0 days", "half a day", "1 day", "1.5 days", "2 days", "10.5 days"]
        );
    }

    fn person(id: i64, department: Option<i64>) -> Person {
        Person {
            id: PersonId(id),
            name: format!("Person {id}"),
            email: String::new(),
            location: String::new(),
            department: department.map(DepartmentId),
            role: None,
            calendar: None,
            start: "2026-11-18".parse().ok(),
            last: "2026-12-16".parse().ok(),
            active: true,
            skills: Vec::new(),
            work_weeks: Vec::new(),
            absences: Vec::new(),
        }
    }

    /// Engineering (1) with Electrical (2) below it, and Delivery (3).
    fn plan() -> Plan {
        let department = |id, parent: Option<i64>| Department {
            id: DepartmentId(id),
            name: format!("D{id}"),
            parent: parent.map(DepartmentId),
            depth: 0,
        };
        Plan::new(Parts {
            departments: vec![department(1, None), department(2, Some(1)), department(3, None)],
            ..Parts::default()
        })
    }

    fn unlimited(access: Access) -> Reach {
        Reach::of(access, &Scope::All, &plan().departments)
    }

    #[test]
    fn the_departments_that_a_manager_was_given_outrank_their_own() {
        let plan = plan();
        let all = [
            person(1, Some(1)),
            person(2, Some(2)),
            person(3, Some(3)),
            person(4, None),
        ];
        for (given, own, decided) in [
            (&[3][..], Some(person(9, Some(1))), [false, false, true, false]),
            (&[1], Some(person(1, Some(1))), [false, true, false, false]),
            (&[2, 3], None, [false, true, true, false]),
        ] {
            let scope = Scope::of(given.iter().copied().map(DepartmentId));
            let reach = Reach::of(Access::Manager, &scope, &plan.departments);
            let decider = Decider::with(&plan, Access::Manager, own.as_ref(), &reach);
            let found = [0, 1, 2, 3].map(|index| decider.decides_for(&all[index]));
            assert_eq!(found, decided, "{given:?} {own:?}");
            assert!(!decider.decides_everywhere());
        }
    }

    #[test]
    fn managers_decide_for_their_department_and_those_below_and_never_for_themselves() {
        let plan = plan();
        let all = [
            person(1, Some(1)),
            person(2, Some(2)),
            person(3, Some(3)),
            person(4, None),
        ];
        for (access, own, decided) in [
            (
                Access::Manager,
                Some(person(1, Some(1))),
                [false, true, false, false],
            ),
            (
                Access::Manager,
                Some(person(9, Some(1))),
                [true, true, false, false],
            ),
            (
                Access::Manager,
                Some(person(9, Some(2))),
                [false, true, false, false],
            ),
            (Access::Manager, Some(person(9, None)), [true; 4]),
            (Access::Manager, None, [true; 4]),
            (Access::Admin, Some(person(1, Some(1))), [true; 4]),
            (Access::Member, Some(person(1, Some(1))), [false; 4]),
            (Access::Viewer, None, [false; 4]),
        ] {
            let decider = Decider::with(&plan, access, own.as_ref(), &unlimited(access));
            let found = [0, 1, 2, 3].map(|index| decider.decides_for(&all[index]));
            assert_eq!(found, decided, "{access:?} {own:?}");
        }
    }

    #[test]
    fn why_somebody_is_away_is_told_to_them_and_to_those_who_decide() {
        let plan = plan();
        let (ada, bo) = (person(1, Some(2)), person(2, Some(2)));
        for (access, own, ada_told, bo_told) in [
            (Access::Member, Some(&ada), true, false),
            (Access::Viewer, Some(&ada), true, false),
            (Access::Manager, Some(&ada), true, true),
            (Access::Member, None, false, false),
            (Access::Admin, None, true, true),
        ] {
            let decider = Decider::with(&plan, access, own, &unlimited(access));
            assert_eq!(
                (decider.may_know(&ada), decider.may_know(&bo)),
                (ada_told, bo_told),
                "{access:?}"
            );
        }
    }

    #[test]
    fn leave_lies_at_least_partly_in_the_time_of_employment() {
        let ada = person(1, None);
        for (form, refused) in [
            ("first=2026-11-16&last=2026-11-17", true),
            ("first=2026-11-16&last=2026-11-18", false),
            ("first=2026-12-16&last=2027-01-04", false),
            ("first=2026-12-17&last=2027-01-04", true),
        ] {
            let fault = employment_fault(&ada, &read(form).unwrap().absence);
            assert_eq!(fault.is_some(), refused, "{form}");
        }
    }
}
