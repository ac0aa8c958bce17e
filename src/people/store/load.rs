//! From the tables to the parts of a plan.

use std::collections::HashMap;

use crate::book::{BandUnit, Bands, Department, Organisation, Parts, Person, Role, Skill, WorkWeek};
use crate::db::{DbError, Row, Select, Tx, Which};
use crate::people::holidays;
use crate::people::time_off::store::absence;
use crate::units::WeekStart;
use crate::units::ids::{PersonId, SkillId};

/// Reads everything of this feature into the parts of a plan.
pub fn load_parts(tx: &Tx<'_>, week_start: Option<WeekStart>, parts: &mut Parts) -> Result<(), DbError> {
    parts.organisation = organisation(tx, week_start)?;
    (parts.holidays, parts.half_holidays) = holidays::days_by_calendar(tx)?;
    parts.departments = tx.query("select id, name, parent_id from department", &[], |row| {
        Ok(Department {
            id: row.get(0)?,
            name: row.get(1)?,
            parent: row.get(2)?,
            depth: 0,
        })
    })?;
    parts.roles = tx.query("select id, name from role", &[], |row| {
        Ok(Role {
            id: row.get(0)?,
            name: row.get(1)?,
        })
    })?;
    parts.skills = tx.query("select id, name from skill", &[], |row| {
        Ok(Skill {
            id: row.get(0)?,
            name: row.get(1)?,
        })
    })?;
    parts.people = load_people(tx, Which::All)?.into();
    Ok(())
}

fn organisation(tx: &Tx<'_>, week_start: Option<WeekStart>) -> Result<Organisation, DbError> {
    let found = tx.first(
        "select name, week_starts_on, band_unit, band_1, band_2, band_3, band_4, calendar_id, monday, tuesday, wednesday, \
         thursday, friday, saturday, sunday from organisation where id = 1",
        &[],
        |row| {
            let kept = if row.get::<String>(1)? == "sunday" { WeekStart::Sunday } else { WeekStart::Monday };
            let unit = if row.get::<String>(2)? == "hours" { BandUnit::Hours } else { BandUnit::Percent };
            Ok(Organisation {
                name: row.get(0)?,
                week_start: week_start.unwrap_or(kept),
                bands: Bands { unit, limits: [row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?] },
                calendar: row.get(7)?,
                default_week: work_week(row, 8)?,
            })
        },
    )?;
    Ok(found.unwrap_or_default())
}

fn work_week(row: &Row<'_>, first: usize) -> Result<WorkWeek, DbError> {
    let mut days = [0_u16; 7];
    for (offset, day) in days.iter_mut().enumerate() {
        *day = row.get(first + offset)?;
    }
    Ok(WorkWeek(days))
}

/// People with their skills, working weeks and approved time off.
pub fn load_people(tx: &Tx<'_>, which: Which<'_>) -> Result<Vec<Person>, DbError> {
    let mut people = tx.select(
        &Select {
            rows: "select id, name, email, location, department_id, role_id, calendar_id, start_day, \
                   last_day, active from person where true",
            whose: "id",
            order: "",
        },
        which,
        |row| {
            Ok(Person {
                id: row.get(0)?,
                name: row.get(1)?,
                email: row.get(2)?,
                location: row.get(3)?,
                department: row.get(4)?,
                role: row.get(5)?,
                calendar: row.get(6)?,
                start: row.get(7)?,
                last: row.get(8)?,
                active: row.get(9)?,
                skills: Vec::new(),
                work_weeks: Vec::new(),
                absences: Vec::new(),
            })
        },
    )?;
    add_terms(tx, &mut people, which)?;
    Ok(people)
}

/// Adds to each person their skills, working weeks and approved time off.
fn add_terms(tx: &Tx<'_>, people: &mut [Person], which: Which<'_>) -> Result<(), DbError> {
    let place: HashMap<PersonId, usize> = people
        .iter()
        .enumerate()
        .map(|(index, person)| (person.id, index))
        .collect();
    let mut of = |id: PersonId, add: &mut dyn FnMut(&mut Person)| {
        if let Some(person) = place.get(&id).and_then(|index| people.get_mut(*index)) {
            add(person);
        }
    };
    tx.select(
        &Select {
            rows: "select person_id, skill_id, level from person_skill where true",
            whose: "person_id",
            order: "order by level desc, skill_id",
        },
        which,
        |row| {
            let (skill, level): (SkillId, u16) = (row.get(1)?, row.get(2)?);
            of(row.get(0)?, &mut |person| {
                person.skills.push((skill, u8::try_from(level).unwrap_or(1)));
            });
            Ok(())
        },
    )?;
    tx.select(
        &Select {
            rows: "select person_id, from_day, monday, tuesday, wednesday, thursday, friday, \
                   saturday, sunday from work_week where true",
            whose: "person_id",
            order: "order by person_id, from_day",
        },
        which,
        |row| {
            let (from, week) = (row.get(1)?, work_week(row, 2)?);
            of(row.get(0)?, &mut |person| person.work_weeks.push((from, week)));
            Ok(())
        },
    )?;
    tx.select(
        &Select {
            rows: "select person_id, first_day, last_day, half, from_midday, until_midday \
                   from time_off where status = 'approved'",
            whose: "person_id",
            order: "order by first_day, id",
        },
        which,
        |row| {
            let absence = absence(row, 1)?;
            of(row.get(0)?, &mut |person| person.absences.push(absence));
            Ok(())
        },
    )?;
    Ok(())
}
