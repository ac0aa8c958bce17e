//! Rules of holidays as they are kept, and the days that capacity is worked out with.

use std::collections::HashMap;

use super::rules::{HolidayRule, RuleDraft, days_of};
use crate::db::{DbError, Entity, Key, RowKey, Tx, Value, WriteTx, params};
use crate::units::Day;
use crate::units::ids::CalendarId;

/// A holiday that comes again.
pub static HOLIDAY_RULE: Entity = Entity {
    table: "holiday_rule",
    topic: "settings",
    key: Key::Id,
    columns: &["calendar_id", "name", "rule", "half", "first_year", "last_year"],
};

/// Every rule with its calendar. One that cannot be read any more is left out; nothing writes such a one.
pub fn rules(tx: &Tx<'_>) -> Result<Vec<(CalendarId, HolidayRule)>, DbError> {
    let all = tx.query(
        "select calendar_id, id, name, rule, half, first_year, last_year from holiday_rule order by calendar_id, id",
        &[],
        |row| {
            let rule: String = row.get(3)?;
            let (name, half) = (row.get(2)?, row.get(4)?);
            let (calendar, id) = (row.get(0)?, row.get(1)?);
            let (first_year, last_year) = (row.get(5)?, row.get(6)?);
            Ok(rule.parse().ok().map(|rule| {
                let draft = RuleDraft { name, rule, half, first_year, last_year };
                (calendar, HolidayRule { id, draft })
            }))
        },
    )?;
    Ok(all.into_iter().flatten().collect())
}

type Days = HashMap<CalendarId, Vec<Day>>;

/// The whole holidays and the half ones of each calendar, those that come again worked out.
pub fn days_by_calendar(tx: &Tx<'_>) -> Result<(Days, Days), DbError> {
    let (mut whole, mut half) = (Days::new(), Days::new());
    tx.query("select calendar_id, day, half from holiday", &[], |row| {
        let is_half = row.get::<Option<bool>>(2)?.unwrap_or(false);
        let days = if is_half { &mut half } else { &mut whole };
        days.entry(row.get(0)?).or_default().push(row.get(1)?);
        Ok(())
    })?;
    for (calendar, rule) in rules(tx)? {
        let days = if rule.draft.half { &mut half } else { &mut whole };
        let falls = days_of(&rule.draft, Day::MIN, Day::MAX);
        days.entry(calendar)
            .or_default()
            .extend(falls.into_iter().map(|falls| falls.day));
    }
    Ok((whole, half))
}

/// Adds those of `drafts` that the calendar does not have yet, and answers how many.
pub fn add_rules(tx: &WriteTx<'_>, calendar: CalendarId, drafts: &[RuleDraft]) -> Result<usize, DbError> {
    let known = rules(tx)?;
    let mut added = 0;
    for draft in drafts {
        let same = |rule: &HolidayRule| {
            RuleDraft {
                name: draft.name.clone(),
                ..rule.draft.clone()
            } == *draft
        };
        if known.iter().any(|(own, rule)| *own == calendar && same(rule)) {
            continue;
        }
        let values = [
            ("calendar_id", calendar.into()),
            ("name", Value::from(&draft.name)),
            ("rule", draft.rule.to_string().into()),
            ("half", draft.half.into()),
            ("first_year", draft.first_year.into()),
            ("last_year", draft.last_year.into()),
        ];
        tx.insert(&HOLIDAY_RULE, &values)?;
        added += 1;
    }
    Ok(added)
}

/// Takes a rule of this calendar away. Answers false where there is none.
pub fn remove_rule(tx: &WriteTx<'_>, calendar: CalendarId, id: i64) -> Result<bool, DbError> {
    let owner: Option<CalendarId> = tx.first(
        "select calendar_id from holiday_rule where id = ?1",
        &params![id],
        |row| row.get(0),
    )?;
    if owner != Some(calendar) {
        return Ok(false);
    }
    tx.delete(&HOLIDAY_RULE, RowKey::id(id))
}
