//! When work is due: moments of a schedule, and how long a job that failed waits.

use std::time::Duration;

use cronexpr::Crontab;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What becomes of moments that passed while nothing ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Misfire {
    /// One run makes up for all of them.
    #[default]
    Once,
    /// They are left out.
    Skip,
}

impl Misfire {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Once, Self::Skip];

    /// As forms and the database write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Skip => "skip",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|misfire| misfire.as_str() == text)
    }
}

/// How many moments an hour has at most.
const MOST_REPEATED: usize = 61;

/// How late a moment may be and still counts as kept: a worker that was busy is no missed moment.
const LATE: i64 = 60_000;

/// When work comes again.
#[derive(Debug)]
pub struct Times {
    /// In UTC: it reckons with the hands of the clock, wherever that hangs.
    hands: Crontab,
    zone: TimeZone,
    /// Whether it comes in every hour, or every few: then hours count as they pass, and not as they are called.
    is_frequent: bool,
}

const WANTED: &str =
    "must be five fields of cron: minute, hour, day of the month, month, day of the week, such as 30 2 * * 1";

impl Times {
    /// Reads five fields of cron and the name of a time zone.
    ///
    /// # Errors
    /// What would be right, where one of them cannot be read.
    pub fn read(cron: &str, zone: &str) -> Result<Self, &'static str> {
        let fields: Vec<&str> = cron.split_whitespace().collect();
        let [_, hour, _, _, _] = fields.as_slice() else {
            return Err(WANTED);
        };
        let is_frequent = hour.starts_with('*');
        let zone = TimeZone::get(zone).map_err(|_| "must name a time zone, such as Europe/Amsterdam")?;
        let hands = cronexpr::parse_crontab(&format!("{} UTC", fields.join(" "))).map_err(|_| WANTED)?;
        Ok(Self {
            hands,
            zone,
            is_frequent,
        })
    }

    /// The first moment after `milliseconds`; none where there never is one, such as on the 30th of February.
    ///
    /// Where the clocks skip the hour it comes right after; where they repeat one it comes once.
    #[must_use]
    pub fn next_after(&self, milliseconds: i64) -> Option<i64> {
        let after = Timestamp::from_millisecond(milliseconds).ok()?;
        if self.is_frequent {
            let offset = self.zone.to_offset(after);
            let shown = offset
                .to_datetime(after)
                .to_zoned(TimeZone::UTC)
                .ok()?
                .timestamp();
            let next = self.hands.find_next(shown).ok()?.timestamp();
            let next = offset
                .to_timestamp(next.to_zoned(TimeZone::UTC).datetime())
                .ok()?;
            return Some(next.as_millisecond());
        }
        let mut shown = after
            .to_zoned(self.zone.clone())
            .datetime()
            .to_zoned(TimeZone::UTC)
            .ok()?
            .timestamp();
        // In an hour that comes twice the hands show what has been already.
        for _ in 0..MOST_REPEATED {
            shown = self.hands.find_next(shown).ok()?.timestamp();
            let hands = shown.to_zoned(TimeZone::UTC).datetime();
            let moment = hands.to_zoned(self.zone.clone()).ok()?.timestamp();
            if moment > after {
                return Some(moment.as_millisecond());
            }
        }
        None
    }

    /// What is to be done of a schedule whose next moment was `next`, now that it is `now`: the moment to run for, if any,
    /// and the next one.
    #[must_use]
    pub fn due(&self, next: i64, now: i64, misfire: Misfire) -> Due {
        if next > now {
            return Due {
                run: None,
                next: Some(next),
            };
        }
        // The newest moment that has passed stands for all before it.
        let mut newest = next;
        let mut following = self.next_after(next);
        while let Some(moment) = following.filter(|moment| *moment <= now && now - newest > LATE) {
            newest = moment;
            following = self.next_after(moment);
        }
        let kept = misfire == Misfire::Once || now - newest <= LATE;
        Due {
            run: kept.then_some(newest),
            next: self.next_after(now),
        }
    }
}

/// What is to be done of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The moment to run for.
    pub run: Option<i64>,
    /// The next moment; none where there never is one.
    pub next: Option<i64>,
}

/// How long a job waits after its first, second, third … failure.
const AGAIN: [Duration; 6] = [
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_hours(1),
    Duration::from_hours(3),
    Duration::from_hours(6),
];

/// How long a job waits that was begun `attempts` times and failed; none where it is given up.
#[must_use]
pub fn pause(attempts: u32, most: u32) -> Option<Duration> {
    let place = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX);
    let last = AGAIN.last().copied().unwrap_or_default();
    (attempts < most).then(|| AGAIN.get(place).copied().unwrap_or(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn times(cron: &str, zone: &str) -> Times {
        Times::read(cron, zone).unwrap()
    }

    #[test]
    fn moments_are_of_the_time_zone_and_live_through_both_changes_of_the_clocks() {
        let nightly = times("30 2 * * *", "Europe/Amsterdam");
        for (after, next) in [
            ("2026-11-18T12:00:00Z", "2026-11-19T01:30:00Z"),
            // In the night of 29 March 2026 there is no half past two.
            ("2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"),
            // In that of 25 October there are two, and one of them counts.
            ("2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
            ("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
            ("2026-10-25T01:15:00Z", "2026-10-26T01:30:00Z"),
        ] {
            assert_eq!(nightly.next_after(at(after)), Some(at(next)), "after {after}");
        }
        assert_eq!(
            times("0 3 * * 1", "UTC").next_after(at("2026-11-18T12:00:00Z")),
            Some(at("2026-11-23T03:00:00Z"))
        );
    }

    #[test]
    fn what_comes_every_hour_comes_in_an_hour_that_is_repeated_too() {
        let hourly = times("0 * * * *", "Europe/Amsterdam");
        for (after, next) in [
            ("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"),
            ("2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"),
            ("2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
        ] {
            assert_eq!(hourly.next_after(at(after)), Some(at(next)), "after {after}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_what_would_be_right() {
        for (cron, zone) in [
            ("", "UTC"),
            ("* * * *", "UTC"),
            ("* * * * * *", "UTC"),
            ("61 * * * *", "UTC"),
            ("0 3 * * * UTC", ""),
            ("0 3 * * *", "Mars/Olympus"),
        ] {
            assert!(Times::read(cron, zone).is_err(), "{cron} {zone}");
        }
    }

    #[test]
    fn missed_moments_are_made_up_for_once_or_not_at_all() {
        let hourly = times("0 * * * *", "UTC");
        let next = at("2026-11-18T01:00:00Z");
        for (now, misfire, run, then) in [
            (
                "2026-11-18T00:59:00Z",
                Misfire::Once,
                None,
                "2026-11-18T01:00:00Z",
            ),
            (
                "2026-11-18T01:00:02Z",
                Misfire::Skip,
                Some("2026-11-18T01:00:00Z"),
                "2026-11-18T02:00:00Z",
            ),
            (
                "2026-11-18T05:20:00Z",
                Misfire::Once,
                Some("2026-11-18T05:00:00Z"),
                "2026-11-18T06:00:00Z",
            ),
            (
                "2026-11-18T05:20:00Z",
                Misfire::Skip,
                None,
                "2026-11-18T06:00:00Z",
            ),
            (
                "2026-11-18T05:00:30Z",
                Misfire::Skip,
                Some("2026-11-18T05:00:00Z"),
                "2026-11-18T06:00:00Z",
            ),
        ] {
            let due = hourly.due(next, at(now), misfire);
            assert_eq!(
                (due.run, due.next),
                (run.map(at), Some(at(then))),
                "{now} {misfire:?}"
            );
        }
    }

    #[test]
    fn a_year_of_missed_minutes_is_one_run() {
        let due = times("* * * * *", "UTC").due(
            at("2025-11-18T00:00:00Z"),
            at("2026-11-18T00:00:30Z"),
            Misfire::Once,
        );
        assert_eq!(due.run, Some(at("2026-11-18T00:00:00Z")));
    }

    #[test]
    fn a_job_that_fails_waits_longer_each_time_and_is_given_up() {
        let waits: Vec<Option<u64>> = (1..=8)
            .map(|attempts| pause(attempts, 8).map(|wait| wait.as_secs()))
            .collect();
        let hour = 3_600;
        assert_eq!(
            waits,
            [
                Some(60),
                Some(300),
                Some(900),
                Some(hour),
                Some(3 * hour),
                Some(6 * hour),
                Some(6 * hour),
                None
            ]
        );
        assert_eq!(pause(1, 1), None);
    }
}
