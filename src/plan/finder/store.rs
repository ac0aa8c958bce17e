//! What somebody has booked, as the writer sees it.

use crate::db::{DbError, Tx, params};
use crate::units::ids::{AssignmentId, PersonId};
use crate::units::{Minutes, Week};

/// What `person` has booked on everything, by week, from `first` to `last`.
pub fn booked(
    tx: &Tx<'_>,
    person: PersonId,
    first: Week,
    last: Week,
) -> Result<Vec<(Week, Minutes)>, DbError> {
    tx.query(
        "select b.week, sum(b.minutes) from booking b join assignment a on a.id = b.assignment_id \
         where a.person_id = ?1 and b.week between ?2 and ?3 group by b.week order by b.week",
        &params![person, first, last],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Whether an assignment is there and nobody has it.
pub fn is_open(tx: &Tx<'_>, assignment: AssignmentId) -> Result<bool, DbError> {
    let found = tx.first(
        "select id from assignment where id = ?1 and person_id is null",
        &params![assignment],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}
