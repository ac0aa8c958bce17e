//! What is asked and kept beside the features' own stores.

use crate::db::{DbError, Tx, Value, WriteTx};
use crate::units::ids::AssignmentId;
use crate::units::{Minutes, Week};

/// How many weeks one statement books.
const WEEKS_AT_ONCE: usize = 26;

/// Whether anybody is planned already.
pub fn has_people(tx: &Tx<'_>) -> Result<bool, DbError> {
    let found = tx.first("select id from person limit 1", &[], |row| row.get::<i64>(0))?;
    Ok(found.is_some())
}

/// Books the weeks of a new assignment, those with something in them.
///
/// They are written without change rows: they are the state that the plan begins with and nobody's change, and a large
/// plan has 130,000 of them. The book is loaded after this, so nobody has to be told either.
pub fn put_bookings(
    tx: &WriteTx<'_>,
    assignment: AssignmentId,
    cells: &[(Week, Minutes)],
) -> Result<(), DbError> {
    let booked: Vec<(Week, Minutes)> = cells
        .iter()
        .copied()
        .filter(|(_, minutes)| minutes.0 > 0)
        .collect();
    for some in booked.chunks(WEEKS_AT_ONCE) {
        let rows: Vec<String> = (0..some.len())
            .map(|row| format!("(?1, ?{}, ?{})", 2 * row + 2, 2 * row + 3))
            .collect();
        let mut values = vec![Value::from(assignment)];
        for (week, minutes) in some {
            values.extend([Value::from(*week), Value::from(*minutes)]);
        }
        let sql = format!(
            "insert into booking (assignment_id, week, minutes) values {}",
            rows.join(", ")
        );
        tx.execute(&sql, &values)?;
    }
    Ok(())
}
