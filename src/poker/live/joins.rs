//! How many strangers come into a room from one address.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use moka::sync::Cache;

use super::Tables;
use crate::error::AppError;
use crate::units::ids::RoomId;
use crate::web::edge::Whose;

/// How many guests come into a room from one address within the time below: all of a large office at once, and not one
/// machine that fills the room again and again. Everybody who is there is told of each who comes.
const MOST: u32 = 100;
const WITHIN: Duration = Duration::from_hours(1);

/// Counts of guests who came for the first time. They are bounded, so that nobody fills the memory with addresses.
pub(super) struct Joins(Cache<(RoomId, Whose), Arc<AtomicU32>>);

impl Default for Joins {
    fn default() -> Self {
        let kept = Cache::builder().max_capacity(20_000).time_to_live(WITHIN);
        Self(kept.build())
    }
}

impl Tables {
    /// Counts a guest who comes into a room for the first time from an address.
    ///
    /// # Errors
    /// `TooMany` from the hundred and first within an hour.
    pub fn try_join(&self, room: RoomId, whose: Whose) -> Result<(), AppError> {
        let joins = self.inner.joins.0.get_with((room, whose), Arc::default);
        if joins.fetch_add(1, Ordering::Relaxed) < MOST {
            return Ok(());
        }
        Err(AppError::TooMany {
            seconds: WITHIN.as_secs(),
        })
    }
}
