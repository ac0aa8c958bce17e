//! The plan itself: who is booked on what in which week, what is due when, and the pages that show it.
//!
//! This room loads the book, and owns every write to assignments, hours and deliverables.

pub(crate) mod api;
pub(crate) mod auto_hours;
pub(crate) mod calendar;
pub(crate) mod estimates;
pub(crate) mod feeds;
pub(crate) mod finder;
pub(crate) mod forecast;
pub(crate) mod handlers;
pub(crate) mod leave;
pub(crate) mod normalise;
mod pages;
pub(crate) mod reallocation;
pub(crate) mod reports;
mod rules;
pub(crate) mod search;
mod share;
pub(crate) mod snapshots;
mod store;
pub(crate) mod views;
pub(crate) mod warden;

use crate::accounts::Access;
use crate::db::{self, Change, DbError, Entity, Gesture, Tx, Undone, WriteTx};
use crate::units::ids::{AccountId, ChangeSetId, TimeOffId, ViewId};
use crate::{files, people, projects};

pub use handlers::undo::offered as offered_undos;
pub use reallocation::{Move, Reallocation, Terms, move_hours, reallocate};
pub use rules::{
    CellWrite, MOST_CELLS, View, Window, describe_cells, due_fault, outside_project, read_assignment,
    read_deliverable, refused_week,
};
pub use snapshots::{Kept as KeptSnapshots, take as take_snapshots};
pub use store::{
    ASSIGNMENT, BOOKING, DELIVERABLE, DeliverableDraft, add_assignment, add_deliverable, change_deliverable,
    load_book, next_book, set_due, set_minutes,
};
pub use views::{ViewDraft, add_view};

/// Takes a change set back for `account`, which has `access`, and leaves the plan as its rules want it. `is_theirs` says
/// whether a manager may take back this change: leave is decided by those of the department. A saved view is its owner's.
///
/// # Errors
/// `Refused` where the change is not theirs to take back, or where what comes back would break a rule.
pub fn take_back(
    tx: &WriteTx<'_>,
    change_set: ChangeSetId,
    (account, access): (Option<AccountId>, Access),
    is_theirs: impl Fn(&Change) -> bool,
) -> Result<Undone, DbError> {
    let undone = db::undo(tx, change_set, &undoable(), |change| {
        goes_back(change, (account, access), &is_theirs)
    })?;
    let leave = undone
        .rows
        .iter()
        .filter(|(entity, _)| entity.table == people::TIME_OFF.table);
    people::check_clashes(tx, leave.map(|(_, key)| TimeOffId(key.id)))?;
    let kept = undone
        .rows
        .iter()
        .filter(|(entity, _)| entity.table == views::SAVED_VIEW.table);
    views::check_numbers(tx, kept.map(|(_, key)| ViewId(key.id)))?;
    if undone
        .rows
        .iter()
        .any(|(entity, _)| entity.table == people::DEPARTMENT.table)
    {
        people::check_departments(tx)?;
    }
    Ok(undone)
}

/// Whether [`take_back`] would do something and be let, as far as a page can tell that offers it: the write judges again.
///
/// # Errors
/// Where the database cannot be read.
pub fn may_take_back(
    tx: &Tx<'_>,
    change_set: ChangeSetId,
    gesture: &Gesture,
    access: Access,
    is_theirs: impl Fn(&Change) -> bool,
) -> Result<bool, DbError> {
    let who = (gesture.actor.account, access);
    let back = db::would_undo(tx, change_set, &undoable(), |change| {
        goes_back(change, who, &is_theirs)
    });
    let judged = match back {
        Ok(back) if back.is_empty() => return Ok(false),
        Ok(back) => warden::judge(tx, gesture, &back),
        Err(error) => Err(error),
    };
    match judged {
        Ok(()) => Ok(true),
        Err(DbError::Refused(_) | DbError::Forbidden(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn goes_back(
    change: &Change,
    (account, access): (Option<AccountId>, Access),
    is_theirs: &impl Fn(&Change) -> bool,
) -> bool {
    let is_admin = access >= Access::Admin;
    views::may_go_back(change, account, is_admin)
        && (is_admin || (is_a_managers(change) && is_theirs(change)))
}

/// Everything whose changes can be taken back.
fn undoable() -> Vec<&'static Entity> {
    let people = people::ENTITIES.iter();
    people
        .chain(&files::ENTITIES)
        .chain(&projects::ENTITIES)
        .chain(&store::ENTITIES)
        .chain(&auto_hours::ENTITIES)
        .chain(&estimates::ENTITIES)
        .chain(&views::ENTITIES)
        .copied()
        .collect()
}

/// Settings are an administrator's. A manager's import may add departments, roles and skills, so adding them, and
/// taking that back, is a manager's too; changing them is not.
fn is_a_managers(change: &Change) -> bool {
    let lists = [people::DEPARTMENT.table, people::ROLE.table, people::SKILL.table];
    let changed = change.before.is_some() && change.after.is_some();
    change.entity.topic != "settings" && !(changed && lists.contains(&change.entity.table))
}
