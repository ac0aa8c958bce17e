//! What time it is: the machine's, or a fixed one where a test says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::units::Day;

/// A clock with a time zone.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
    fixed: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system(zone: TimeZone) -> Self {
        Self { zone, fixed: None }
    }

    /// A clock that stands until it is set.
    #[must_use]
    pub fn fixed(zone: TimeZone, milliseconds: i64) -> Self {
        Self {
            zone,
            fixed: Some(Arc::new(AtomicI64::new(milliseconds))),
        }
    }

    /// A clock of the same zone that stands at a moment.
    #[must_use]
    pub fn standing_at(&self, milliseconds: i64) -> Self {
        Self::fixed(self.zone.clone(), milliseconds)
    }

    /// Sets a fixed clock; the machine's goes on as it does.
    pub fn set(&self, milliseconds: i64) {
        if let Some(fixed) = &self.fixed {
            fixed.store(milliseconds, Ordering::Relaxed);
        }
    }

    /// Milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.fixed.as_ref().map_or_else(
            || Timestamp::now().as_millisecond(),
            |fixed| fixed.load(Ordering::Relaxed),
        )
    }

    /// The day it is in the clock's zone.
    #[must_use]
    pub fn today(&self) -> Day {
        self.day_of(self.now())
    }

    /// The day of a moment in the clock's zone.
    #[must_use]
    pub fn day_of(&self, milliseconds: i64) -> Day {
        Day::from(self.zoned(milliseconds).date())
    }

    /// The moment at which a day begins in the clock's zone, in milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn start_of(&self, day: Day) -> i64 {
        // Where the clocks are set at midnight, a day begins later than at 0:00.
        let begins = day.date().to_zoned(self.zone.clone());
        begins.map_or(0, |begins| begins.timestamp().as_millisecond())
    }

    /// `14:05` in the clock's zone.
    #[must_use]
    pub fn time_of(&self, milliseconds: i64) -> String {
        let time = self.zoned(milliseconds);
        format!("{:02}:{:02}", time.hour(), time.minute())
    }

    /// The moment that `2026-11-20T17:00` names in the clock's zone, in milliseconds since 1970-01-01 UTC; none where it names
    /// none.
    #[must_use]
    pub fn moment(&self, text: &str) -> Option<i64> {
        let time: jiff::civil::DateTime = text.trim().parse().ok()?;
        let moment = time.to_zoned(self.zone.clone()).ok()?;
        Some(moment.timestamp().as_millisecond())
    }

    /// The name of the clock's zone; UTC where it has none.
    #[must_use]
    pub fn zone_name(&self) -> String {
        self.zone.iana_name().unwrap_or("UTC").to_owned()
    }

    fn zoned(&self, milliseconds: i64) -> jiff::Zoned {
        Timestamp::from_millisecond(milliseconds)
            .unwrap_or_default()
            .to_zoned(self.zone.clone())
    }
}

/// A length of time as what is kept counts it, in milliseconds.
#[must_use]
pub fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
