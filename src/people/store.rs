//! People and their surroundings as they are kept.

use std::collections::HashMap;

use super::rules::PersonDraft;
use crate::book::{Absence, BandUnit, Bands, Department, Organisation, Parts, Person, Role, Skill, WorkWeek};
use crate::db::{DbError, Entity, Key, Row, RowKey, Tx, Value, WriteTx, params};
use crate::units::ids::{CalendarId, DepartmentId, PersonId, RoleId, SkillId};
use crate::units::{Day, WeekStart, fold};

macro_rules! entity {
    ($(#[$doc:meta])* $name:ident, $table:literal, $topic:literal, $key:expr, [$($column:literal),+ $(,)?]) => {
        $(#[$doc])*
        pub static $name: Entity = Entity { table: $table, topic: $topic, key: $key, columns: &[$($column),+] };
    };
}

entity!(
    /// What the whole team shares: one row.
    ORGANISATION, "organisation", "settings", Key::Id,
    ["name", "week_starts_on", "band_unit", "band_1", "band_2", "band_3", "band_4", "monday", "tuesday", "wednesday",
     "thursday", "friday", "saturday", "sunday", "calendar_id"]
);
entity!(
    /// A list of public holidays.
    CALENDAR, "calendar", "settings", Key::Id, ["name"]
);
entity!(
    /// One public holiday.
    HOLIDAY, "holiday", "settings", Key::Pair("calendar_id", "day"), ["name"]
);
entity!(
    /// A part of the organisation.
    DEPARTMENT, "department", "people", Key::Id, ["name", "parent_id"]
);
entity!(
    /// What somebody does.
    ROLE, "role", "people", Key::Id, ["name"]
);
entity!(
    /// Something somebody is good at.
    SKILL, "skill", "people", Key::Id, ["name"]
);
entity!(
    /// Somebody whose weeks are planned.
    PERSON, "person", "people", Key::Id,
    ["name", "email", "phone", "location", "department_id", "role_id", "calendar_id", "start_day", "last_day", "notes",
     "active"]
);
entity!(
    /// How well somebody does something.
    PERSON_SKILL, "person_skill", "people", Key::Pair("person_id", "skill_id"), ["level"]
);
entity!(
    /// Somebody's working week from a day on.
    WORK_WEEK, "work_week", "people", Key::Pair("person_id", "from_day"),
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
);
entity!(
    /// Days on which somebody is away.
    TIME_OFF, "time_off", "people", Key::Id,
    ["person_id", "first_day", "last_day", "half", "kind", "status", "note"]
);

/// What can be taken back here.
pub static ENTITIES: [&Entity; 10] = [
    &ORGANISATION,
    &CALENDAR,
    &HOLIDAY,
    &DEPARTMENT,
    &ROLE,
    &SKILL,
    &PERSON,
    &PERSON_SKILL,
    &WORK_WEEK,
    &TIME_OFF,
];

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Reads everything of this feature into the parts of a plan.
pub fn load_parts(tx: &Tx<'_>, week_start: Option<WeekStart>, parts: &mut Parts) -> Result<(), DbError> {
    parts.organisation = organisation(tx, week_start)?;
    parts.holidays = holidays(tx)?;
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
    parts.people = people(tx)?;
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

fn holidays(tx: &Tx<'_>) -> Result<HashMap<CalendarId, Vec<Day>>, DbError> {
    let mut by_calendar: HashMap<CalendarId, Vec<Day>> = HashMap::new();
    tx.query(
        "select calendar_id, day from holiday order by calendar_id, day",
        &[],
        |row| {
            by_calendar.entry(row.get(0)?).or_default().push(row.get(1)?);
            Ok(())
        },
    )?;
    Ok(by_calendar)
}

fn people(tx: &Tx<'_>) -> Result<Vec<Person>, DbError> {
    let mut people = tx.query(
        "select id, name, email, location, department_id, role_id, calendar_id, start_day, last_day, active from person",
        &[],
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
    add_terms(tx, &mut people)?;
    Ok(people)
}

/// Adds to each person their skills, working weeks and approved time off.
fn add_terms(tx: &Tx<'_>, people: &mut [Person]) -> Result<(), DbError> {
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
    tx.query(
        "select person_id, skill_id, level from person_skill order by level desc, skill_id",
        &[],
        |row| {
            let (skill, level): (SkillId, u16) = (row.get(1)?, row.get(2)?);
            of(row.get(0)?, &mut |person| {
                person.skills.push((skill, u8::try_from(level).unwrap_or(1)));
            });
            Ok(())
        },
    )?;
    tx.query(
        "select person_id, from_day, monday, tuesday, wednesday, thursday, friday, saturday, sunday from work_week \
         order by person_id, from_day",
        &[],
        |row| {
            let (from, week) = (row.get(1)?, work_week(row, 2)?);
            of(row.get(0)?, &mut |person| person.work_weeks.push((from, week)));
            Ok(())
        },
    )?;
    tx.query(
        "select person_id, first_day, last_day, half from time_off where status = 'approved' order by first_day",
        &[],
        |row| {
            let absence = Absence { first: row.get(1)?, last: row.get(2)?, half: row.get(3)? };
            of(row.get(0)?, &mut |person| person.absences.push(absence));
            Ok(())
        },
    )?;
    Ok(())
}

fn person_values(draft: &PersonDraft) -> Vec<(&'static str, Value)> {
    vec![
        ("name", Value::from(&draft.name)),
        ("email", Value::from(&draft.email)),
        ("phone", Value::from(&draft.phone)),
        ("location", Value::from(&draft.location)),
        ("department_id", draft.department.into()),
        ("role_id", draft.role.into()),
        ("calendar_id", draft.calendar.into()),
        ("start_day", draft.start.into()),
        ("last_day", draft.last.into()),
        ("notes", Value::from(&draft.notes)),
        ("active", draft.active.into()),
    ]
}

/// Adds a person; their working week and skills are set apart.
pub fn add_person(tx: &WriteTx<'_>, draft: &PersonDraft) -> Result<PersonId, DbError> {
    tx.insert(&PERSON, &person_values(draft)).map(PersonId)
}

/// Changes a person. Answers false where there is none.
pub fn change_person(tx: &WriteTx<'_>, id: PersonId, draft: &PersonDraft) -> Result<bool, DbError> {
    tx.update(&PERSON, RowKey::id(id.0), &person_values(draft))
}

/// Whether another person than `own` has this address.
pub fn email_is_taken(tx: &Tx<'_>, email: &str, own: Option<PersonId>) -> Result<bool, DbError> {
    let sql = "select count(*) from person where lower(email) = lower(?1) and email <> '' and id <> ?2";
    let count: Option<i64> = tx.first(sql, &params![email, own.map_or(0, |id| id.0)], |row| row.get(0))?;
    Ok(count.unwrap_or(0) > 0)
}

/// The phone number and notes of a person, which the plan in memory does not carry.
pub fn person_notes(tx: &Tx<'_>, id: PersonId) -> Result<Option<(String, String)>, DbError> {
    tx.first(
        "select phone, notes from person where id = ?1",
        &params![id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Sets somebody's working week from a day on.
pub fn put_work_week(tx: &WriteTx<'_>, id: PersonId, from: Day, week: WorkWeek) -> Result<(), DbError> {
    let values: Vec<(&str, Value)> = WEEKDAYS
        .into_iter()
        .zip(week.0)
        .map(|(day, minutes)| (day, minutes.into()))
        .collect();
    tx.put(&WORK_WEEK, RowKey::pair(id.0, from.number().into()), &values)
}

/// Makes `skills` be all that a person has.
pub fn set_skills(tx: &WriteTx<'_>, id: PersonId, skills: &[(SkillId, u8)]) -> Result<(), DbError> {
    let kept: Vec<SkillId> = tx.query(
        "select skill_id from person_skill where person_id = ?1",
        &params![id],
        |row| row.get(0),
    )?;
    for gone in kept
        .iter()
        .filter(|skill| !skills.iter().any(|(own, _)| own == *skill))
    {
        tx.delete(&PERSON_SKILL, RowKey::pair(id.0, gone.0))?;
    }
    for (skill, level) in skills {
        tx.put(
            &PERSON_SKILL,
            RowKey::pair(id.0, skill.0),
            &[("level", (*level).into())],
        )?;
    }
    Ok(())
}

/// The role called `name`, made where there is none.
pub fn find_or_add_role(tx: &WriteTx<'_>, name: &str) -> Result<RoleId, DbError> {
    let known: Vec<(RoleId, String)> = tx.query("select id, name from role", &[], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    match known.into_iter().find(|(_, own)| fold(own) == fold(name)) {
        Some((id, _)) => Ok(id),
        None => tx.insert(&ROLE, &[("name", name.into())]).map(RoleId),
    }
}

/// The skill called `name`, made where there is none.
pub fn find_or_add_skill(tx: &WriteTx<'_>, name: &str) -> Result<SkillId, DbError> {
    let known: Vec<(SkillId, String)> = tx.query("select id, name from skill", &[], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    match known.into_iter().find(|(_, own)| fold(own) == fold(name)) {
        Some((id, _)) => Ok(id),
        None => tx.insert(&SKILL, &[("name", name.into())]).map(SkillId),
    }
}

/// The department called `name` under `parent`, made where there is none.
pub fn find_or_add_department(
    tx: &WriteTx<'_>,
    name: &str,
    parent: Option<DepartmentId>,
) -> Result<DepartmentId, DbError> {
    let known: Vec<(DepartmentId, String, Option<DepartmentId>)> =
        tx.query("select id, name, parent_id from department", &[], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    match known
        .into_iter()
        .find(|(_, own, above)| *above == parent && fold(own) == fold(name))
    {
        Some((id, ..)) => Ok(id),
        None => tx
            .insert(
                &DEPARTMENT,
                &[("name", name.into()), ("parent_id", parent.into())],
            )
            .map(DepartmentId),
    }
}
