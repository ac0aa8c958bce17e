//! Working weeks, time off and skills as somebody enters them.

use super::{SkillLevel, read_weekly_hours};
use crate::book::{Plan, WorkWeek};
use crate::units::ids::SkillId;
use crate::units::{Day, Minutes};
use crate::web::Reader;

/// The weekdays as fields and their short labels, Monday first.
pub const WEEKDAYS: [(&str, &str); 7] = [
    ("monday", "Mon"),
    ("tuesday", "Tue"),
    ("wednesday", "Wed"),
    ("thursday", "Thu"),
    ("friday", "Fri"),
    ("saturday", "Sat"),
    ("sunday", "Sun"),
];

/// A working week: hours of each weekday where any is given, else `hours` a week, even from Monday to Friday.
pub fn read_work_week(reader: &mut Reader<'_>) -> WorkWeek {
    let by_day = WEEKDAYS
        .iter()
        .any(|(field, _)| !reader.fields().text(field).trim().is_empty());
    if !by_day {
        return read_weekly_hours(reader, "hours").unwrap_or_else(|| {
            if reader.fields().text("hours").trim().is_empty() {
                reader.fault("hours", "say how many hours a week, or the hours of each day");
            }
            WorkWeek::default()
        });
    }
    WorkWeek(WEEKDAYS.map(|(field, _)| {
        let minutes = reader.hours(field, Minutes::from_hours(24));
        minutes.map_or(0, |minutes| u16::try_from(minutes.0).unwrap_or(0))
    }))
}

/// A working week as people say it: `36 h a week`, with the days where they differ.
#[must_use]
pub fn weekly_text(week: &WorkWeek) -> String {
    let total = format!("{} h a week", week.total());
    if *week == WorkWeek::even(week.total()) {
        return total;
    }
    let days: Vec<String> = WEEKDAYS
        .iter()
        .zip(week.0)
        .filter(|(_, minutes)| *minutes > 0)
        .map(|((_, label), minutes)| format!("{label} {}", Minutes(u32::from(minutes))))
        .collect();
    format!("{total}: {}", days.join(", "))
}

/// Why somebody is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeOffKind {
    /// Holiday.
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
            Self::Holiday => "Holiday",
            Self::Sick => "Sick leave",
            Self::Family => "Family leave",
            Self::Training => "Training",
            Self::Other => "Other",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Time off as somebody wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeOffDraft {
    /// The first of the days.
    pub first: Day,
    /// The last of them.
    pub last: Day,
    /// Only half of each.
    pub half: bool,
    /// Why.
    pub kind: TimeOffKind,
    /// A remark, or blank.
    pub note: String,
}

impl TimeOffDraft {
    /// Reads `first`, `last` (blank for a single day), `half`, `kind` and `note`.
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
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            reader.fault("last", "must not be before the first day");
        }
        Self {
            first: first.unwrap_or(Day::MIN),
            last: last.unwrap_or(Day::MIN),
            half: reader.flag("half"),
            kind: read.unwrap_or_default(),
            note: reader.line("note", 200),
        }
    }
}

/// Skills from fields called `skill-7`, whose value is a level from 1 to 3, or blank for none.
pub fn read_skills(reader: &mut Reader<'_>, plan: &Plan) -> Vec<(SkillId, u8)> {
    let mut skills = Vec::new();
    for skill in &plan.skills {
        let field = format!("skill-{}", skill.id);
        let level = reader.optional(&field, |text| {
            let level = SkillLevel::ALL
                .iter()
                .find(|level| level.number().to_string() == text);
            level
                .map(|level| level.number())
                .ok_or("must be a level from 1 to 3")
        });
        skills.extend(level.map(|level| (skill.id, level)));
    }
    skills
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Fields;

    fn week(form: &str) -> Result<WorkWeek, Vec<String>> {
        let fields = Fields::from_form(form.as_bytes());
        let mut reader = Reader::new(&fields);
        let week = read_work_week(&mut reader);
        reader
            .finish(week)
            .map_err(|errors| errors.into_iter().map(|error| error.field).collect())
    }

    #[test]
    fn a_working_week_is_even_or_by_day() {
        assert_eq!(week("hours=36").unwrap(), WorkWeek::even(Minutes::from_hours(36)));
        let by_day = week("hours=&monday=8&tuesday=7%2C5&friday=4:30").unwrap();
        assert_eq!(by_day.0, [480, 450, 0, 0, 270, 0, 0]);
        assert_eq!(weekly_text(&by_day), "20 h a week: Mon 8, Tue 7.5, Fri 4.5");
        assert_eq!(weekly_text(&week("hours=36").unwrap()), "36 h a week");
        assert_eq!(week("hours=0").unwrap().total(), Minutes(0));
        assert_eq!(week("").unwrap_err(), ["hours"]);
        assert_eq!(week("hours=eight").unwrap_err(), ["hours"]);
        assert_eq!(week("hours=121").unwrap_err(), ["hours"]);
        assert_eq!(week("monday=25&sunday=-1").unwrap_err(), ["monday", "sunday"]);
    }

    #[test]
    fn time_off_of_one_day_needs_no_last_day_and_never_ends_before_it_begins() {
        let read = |form: &str| {
            let fields = Fields::from_form(form.as_bytes());
            let mut reader = Reader::new(&fields);
            let draft = TimeOffDraft::read(&mut reader);
            reader
                .finish(draft)
                .map_err(|errors| errors.into_iter().map(|error| error.field).collect::<Vec<_>>())
        };
        let one = read("first=2026-12-24&last=&half=on&kind=").unwrap();
        assert!(one.first == one.last && one.half && one.kind == TimeOffKind::Holiday);
        assert_eq!(read("first=2026-12-24&last=2026-12-23").unwrap_err(), ["last"]);
        assert_eq!(read("first=&last=2026-12-23").unwrap_err(), ["first"]);
        assert_eq!(read("first=2026-02-30").unwrap_err(), ["first"]);
        assert_eq!(read("first=2026-12-24&kind=gardening").unwrap_err(), ["kind"]);
    }
}
