//! Public holidays.

use super::{CALENDAR, HOLIDAY};
use crate::db::{DbError, RowKey, Tx, WriteTx, params};
use crate::units::Day;
use crate::units::ids::CalendarId;

/// A list of public holidays that people share.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Its id.
    pub id: CalendarId,
    /// Its name.
    pub name: String,
    /// Its days, rising.
    pub holidays: Vec<Holiday>,
}

/// One public holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// When.
    pub day: Day,
    /// What it is called.
    pub name: String,
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
            })
        },
    )?;
    tx.query(
        "select calendar_id, day, name from holiday order by day",
        &[],
        |row| {
            let (id, holiday): (CalendarId, _) = (
                row.get(0)?,
                Holiday {
                    day: row.get(1)?,
                    name: row.get(2)?,
                },
            );
            if let Some(calendar) = all.iter_mut().find(|calendar| calendar.id == id) {
                calendar.holidays.push(holiday);
            }
            Ok(())
        },
    )?;
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
    tx.delete(&CALENDAR, RowKey::id(id.0))
}

/// Sets a public holiday.
pub fn put_holiday(tx: &WriteTx<'_>, id: CalendarId, holiday: &Holiday) -> Result<(), DbError> {
    let key = RowKey::pair(id.0, holiday.day.number().into());
    tx.put(&HOLIDAY, key, &[("name", (&holiday.name).into())])
}

/// Takes a public holiday away. Answers false where there is none on that day.
pub fn remove_holiday(tx: &WriteTx<'_>, id: CalendarId, day: Day) -> Result<bool, DbError> {
    tx.delete(&HOLIDAY, RowKey::pair(id.0, day.number().into()))
}
