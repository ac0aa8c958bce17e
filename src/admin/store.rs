//! What was changed in the settings.

use crate::db::{self, DbError, Tx};
use crate::people::{HistoryLine, grouped};

/// Rows of the settings. The id that a history is usually about is only the least row number here.
const SETTINGS: &str = "c.id >= ?1 and c.entity in ('organisation', 'calendar', 'holiday', 'holiday_rule', 'department', 'role', \
    'skill', 'client', 'project_status')";

/// How many changed rows are looked at.
const ROWS: u32 = 600;

/// The newest gestures that changed a setting.
pub fn settings_history(tx: &Tx<'_>) -> Result<Vec<HistoryLine>, DbError> {
    Ok(grouped(db::history(tx, SETTINGS, 0, ROWS)?))
}
