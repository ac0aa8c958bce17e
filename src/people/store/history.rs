//! Who changed what about somebody.

use std::collections::HashSet;

use crate::db::{self, DbError, HistoryEntry, Tx, params};
use crate::units::ids::{AccountId, ChangeSetId, PersonId};

/// One gesture, in the history's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    /// By which it can be undone.
    pub change_set: ChangeSetId,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What they did.
    pub label: String,
    /// Whether it has been taken back since.
    pub taken_back: bool,
}

/// The rows of a person: their own, those that hang on it, what they are assigned to, and their hours; and their leave.
macro_rules! about_a_person {
    ($with_leave:literal) => {
        concat!(
            "(c.entity in ('person', 'person_skill', 'work_week') and c.entity_id = ?1) or (c.entity in (",
            $with_leave,
            "'assignment') and (c.before like '%\"person_id\":' || cast(?1 as text) || ',%' \
              or c.after like '%\"person_id\":' || cast(?1 as text) || ',%')) \
              or (c.entity = 'booking' and c.entity_id in (select a.id from assignment a where a.person_id = ?1))"
        )
    };
}

/// How many changed rows are looked at: a paste or an import changes many in one gesture.
const ROWS: u32 = 600;

/// The newest gestures that changed something about a person. What they asked for and what was answered is only in it
/// for whom `told` holds.
pub fn person_history(tx: &Tx<'_>, id: PersonId, told: bool) -> Result<Vec<HistoryLine>, DbError> {
    let about = if told {
        about_a_person!("'time_off', ")
    } else {
        about_a_person!("")
    };
    Ok(grouped(db::history(tx, about, id.0, ROWS)?))
}

/// What `account` did in this change set, where that was after `since` and still holds: somebody else's is not theirs
/// to be told of.
pub fn own_gesture(
    tx: &Tx<'_>,
    change_set: ChangeSetId,
    account: AccountId,
    since: i64,
) -> Result<Option<String>, DbError> {
    if db::is_undone(tx, change_set)? {
        return Ok(None);
    }
    tx.first(
        "select label from change_set where id = ?1 and account_id = ?2 and at >= ?3",
        &params![change_set, account, since],
        |row| row.get(0),
    )
}

/// Changed rows, newest first, as the gestures they belong to.
#[must_use]
pub fn grouped(entries: Vec<HistoryEntry>) -> Vec<HistoryLine> {
    let mut lines: Vec<HistoryLine> = Vec::new();
    let mut undone: HashSet<ChangeSetId> = HashSet::new();
    for entry in entries {
        if lines
            .last()
            .is_some_and(|line| line.change_set == entry.change_set)
        {
            continue;
        }
        let taken_back = undone.contains(&entry.change_set);
        // An undo that was itself undone takes nothing back any more.
        if let Some(earlier) = entry.undoes.filter(|_| !taken_back) {
            undone.insert(earlier);
        }
        lines.push(HistoryLine {
            change_set: entry.change_set,
            at: entry.at,
            actor: entry.actor,
            label: entry.label,
            taken_back,
        });
    }
    lines
}
