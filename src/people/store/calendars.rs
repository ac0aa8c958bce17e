//! Public holidays.

use super::{CALENDAR, HOLIDAY};
use crate::db::{DbError, RowKey, Tx, WriteTx, params};
use crate::people::holidays::{self, HolidayRule, days_of};
use crate::units::Day;
use crate::units::ids::CalendarId;

/// A list of public holidays that people share.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Its id.
    pub id: CalendarId,
    /// Its name.
    pub name: String,
    /// Its single days, rising.
    pub holidays: Vec<Holiday>,
    /// The days that come again.
    pub rules: Vec<HolidayRule>,
}

impl Calendar {
    /// Its days from `first` to `last`, rising: single ones and those that come again, each day once.
    #[must_use]
    pub fn days_between(&self, first: Day, last: Day) -> Vec<Holiday> {
        let single = self
            .holidays
            .iter()
            .filter(|one| one.day >= first && one.day <= last);
        let mut days: Vec<Holiday> = single.cloned().collect();
        for rule in &self.rules {
            days.extend(
                days_of(&rule.draft, first, last)
                    .into_iter()
                    .map(|falls| Holiday {
                        day: falls.day,
                        name: if falls.instead {
                            format!("{} (observed)", rule.draft.name)
                        } else {
                            rule.draft.name.clone()
                        },
                        half: rule.draft.half,
                    }),
            );
        }
        days.sort_by_key(|one| (one.day, one.half));
        days.dedup_by_key(|one| one.day);
        days
    }
}

/// One public holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// When.
    pub day: Day,
    /// What it is called.
    pub name: String,
    /// Only from midday on.
    pub half: bool,
}

/// Every calendar by name, with its days.
pub fn calendars(tx: &Tx<'_>) -> Result<Vec<Calendar>, DbError> {
    let mut all = tx.query(
        "select id, name from calendar order by lower(name), id",
        &[],
        |row| {
            Ok(Calendar {
                id: row.get(0)?,
                name: row.get(1)?,
                holidays: Vec::new(),
                rules: Vec::new(),
            })
        },
    )?;
    tx.query(
        "select calendar_id, day, name, half from holiday order by day",
        &[],
        |row| {
            let (id, holiday): (CalendarId, _) = (
                row.get(0)?,
                Holiday {
                    day: row.get(1)?,
                    name: row.get(2)?,
                    half: row.get::<Option<bool>>(3)?.unwrap_or(false),
                },
            );
            if let Some(calendar) = all.iter_mut().find(|calendar| calendar.id == id) {
                calendar.holidays.push(holiday);
            }
            Ok(())
        },
    )?;
    for (id, rule) in holidays::rules(tx)? {
        if let Some(calendar) = all.iter_mut().find(|calendar| calendar.id == id) {
            calendar.rules.push(rule);
        }
    }
    Ok(all)
}

/// Adds an empty calendar.
pub fn add_calendar(tx: &WriteTx<'_>, name: &str) -> Result<CalendarId, DbError> {
    tx.insert(&CALENDAR, &[("name", name.into())]).map(CalendarId)
}

/// Takes a calendar away with its days; each is recorded, so that an undo brings all of them back.
///
/// # Errors
/// `Constraint` where somebody keeps its holidays.
pub fn remove_calendar(tx: &WriteTx<'_>, id: CalendarId) -> Result<bool, DbError> {
    let days: Vec<Day> = tx.query(
        "select day from holiday where calendar_id = ?1 order by day",
        &params![id],
        |row| row.get(0),
    )?;
    for day in days {
        remove_holiday(tx, id, day)?;
    }
    for (_, rule) in holidays::rules(tx)?.into_iter().filter(|(own, _)| *own == id) {
        holidays::remove_rule(tx, id, rule.id)?;
    }
    tx.delete(&CALENDAR, RowKey::id(id.0))
}

/// Sets a public holiday.
pub fn put_holiday(tx: &WriteTx<'_>, id: CalendarId, holiday: &Holiday) -> Result<(), DbError> {
    let key = RowKey::pair(id.0, holiday.day.number().into());
    // A whole day is null, as days were before there were half ones, so that an old change can still be undone.
    let half = holiday.half.then_some(true);
    tx.put(
        &HOLIDAY,
        key,
        &[("name", (&holiday.name).into()), ("half", half.into())],
    )
}

/// Takes a public holiday away. Answers false where there is none on that day.
pub fn remove_holiday(tx: &WriteTx<'_>, id: CalendarId, day: Day) -> Result<bool, DbError> {
    tx.delete(&HOLIDAY, RowKey::pair(id.0, day.number().into()))
}
