//! Working weeks and skills as somebody enters them.

use super::{SkillLevel, read_weekly_hours};
use crate::book::{Plan, WorkWeek};
use crate::units::Minutes;
use crate::units::ids::SkillId;
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
}
