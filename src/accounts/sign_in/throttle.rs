//! Who has to wait before they try again.
//!
//! Everything is counted by account and *lane*. A lane is a browser that signed in to this account before, or else a place in
//! the network. So strangers who try somebody's account without pause stand in lanes of their own: the one whose account it is
//! comes in from a browser of theirs at once, and from a new one, or from another place, after a short wait. Nothing is ever
//! locked. The counts are of what was typed, so they are the same for accounts that do not exist.
//!
//! They live in memory, in tables of bounded size, and begin anew with the process; the five tries of a code are counted in the
//! database.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};

use super::rules::{Ladder, Tries, Window};
use crate::clock::millis;
use crate::config::{SignIn, Waits};
use crate::error::AppError;

/// How many keys a table holds; beyond that, what was not asked for longest is forgotten. Nobody who is new goes uncounted.
const ROOM: u64 = 50_000;
/// After this long without use a key is forgotten, or later, where wrong tries last longer.
const UNUSED: Duration = Duration::from_hours(2);
const MINUTE: i64 = 60_000;
const QUARTER: i64 = 15 * MINUTE;
const HOUR: i64 = 60 * MINUTE;

/// In whose company somebody is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// A browser in which the one whose account it is signed in before.
    Known([u8; 32]),
    /// A place in the network: an address, or a /64 of IPv6, of which every customer has billions.
    Place([u8; 32]),
}

impl Lane {
    /// The lane of a browser that is known, by the hash of what it holds.
    #[must_use]
    pub fn known(browser: &[u8]) -> Self {
        Self::Known(digest(&[b"browser", browser]))
    }

    /// The lane of a place.
    #[must_use]
    pub fn place(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::Place(digest(&[b"4", &address.octets()])),
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                Self::Place(digest(&[b"6", &network.to_be_bytes()]))
            }
        }
    }

    /// As it is kept.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        match self {
            Self::Known(bytes) | Self::Place(bytes) => bytes,
        }
    }
}

/// For how long somebody has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// In whole seconds, at least one.
    pub seconds: u64,
}

impl From<Wait> for AppError {
    fn from(wait: Wait) -> Self {
        Self::TooMany {
            seconds: wait.seconds,
        }
    }
}

impl Wait {
    fn of(milliseconds: i64) -> Self {
        Self {
            seconds: u64::try_from(milliseconds).unwrap_or(0).div_ceil(1_000).max(1),
        }
    }
}

/// Why no digits are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Some were a moment ago, or too many letters are asked for from here.
    Wait(Wait),
    /// There are none left for this address, of this hour: from here, or from all unknown places together.
    UsedUp(Wait),
}

type Table<T> = Cache<[u8; 32], Arc<Mutex<T>>>;

/// The counts. Cloning shares them.
#[derive(Clone)]
pub struct Throttle {
    ladder: Ladder,
    tries_per_minute: usize,
    pressure: usize,
    codes_per_minute: usize,
    codes_per_hour: usize,
    codes_in_all: usize,
    begins_per_minute: usize,
    pause: i64,
    tries: Table<Tries>,
    windows: Table<Window>,
}

impl Throttle {
    /// Empty tables.
    #[must_use]
    pub fn new(settings: &SignIn, waits: &Waits) -> Self {
        let unused = UNUSED.max(waits.tries_last);
        Self {
            ladder: Ladder {
                free: settings.free_tries,
                longest: millis(settings.longest_wait),
                pressed: millis(settings.pressure_wait),
                last: millis(waits.tries_last),
            },
            tries_per_minute: settings.tries_per_minute,
            pressure: settings.pressure,
            codes_per_minute: settings.codes_per_minute,
            codes_per_hour: settings.codes_per_hour,
            codes_in_all: settings.codes_in_all,
            begins_per_minute: waits.begins_per_minute,
            pause: millis(settings.code_pause),
            tries: table(unused),
            windows: table(unused),
        }
    }

    /// Takes a try at anything: so many a minute from one lane.
    ///
    /// # Errors
    /// How long to wait.
    pub fn knock(&self, lane: Lane, now: i64) -> Result<(), Wait> {
        let window = self.window(&[b"knocks", lane.bytes()]);
        held(&window)
            .take(now, self.tries_per_minute, MINUTE)
            .map_err(Wait::of)
    }

    /// Whether what a stranger brings about is still written down: so many a minute of one place as may be tried from it.
    pub fn may_note(&self, address: IpAddr, now: i64) -> bool {
        let window = self.window(&[b"notes", Lane::place(address).bytes()]);
        held(&window).take(now, self.tries_per_minute, MINUTE).is_ok()
    }

    /// Takes the begin of a passkey or of a way through a provider, of which memory holds so many: some a second from one
    /// place, which is many people behind one address and no flood.
    ///
    /// # Errors
    /// How long to wait.
    pub fn begin(&self, address: IpAddr, now: i64) -> Result<(), Wait> {
        let window = self.window(&[b"begins", Lane::place(address).bytes()]);
        held(&window)
            .take(now, self.begins_per_minute, MINUTE)
            .map_err(Wait::of)
    }

    /// Takes a request for a letter about a forgotten password.
    ///
    /// # Errors
    /// How long to wait.
    pub fn ask_for_link(&self, address: IpAddr, now: i64) -> Result<(), Wait> {
        let window = self.window(&[b"letters", Lane::place(address).bytes()]);
        held(&window)
            .take(now, self.codes_per_minute, MINUTE)
            .map_err(Wait::of)
    }

    /// Takes a try at a password of the account of `email`, which counts as wrong until it is told to have been right. It is
    /// counted before it is judged, so a hundred at once count as a hundred.
    ///
    /// # Errors
    /// How long to wait.
    pub fn try_password(&self, email: &str, lane: Lane, now: i64) -> Result<(), Wait> {
        self.knock(lane, now)?;
        let strangers = self.strangers(email);
        let pressed = matches!(lane, Lane::Place(_)) && held(&strangers).count(now, QUARTER) >= self.pressure;
        let tries = self.tries_of(email, lane);
        held(&tries).begin(now, self.ladder, pressed).map_err(Wait::of)?;
        if matches!(lane, Lane::Place(_)) {
            // What is beyond the mark changes nothing, so no more than the mark is kept.
            let _ = held(&strangers).take(now, self.pressure, QUARTER);
        }
        Ok(())
    }

    /// The try was right.
    pub fn was_right(&self, email: &str, lane: Lane) {
        held(&self.tries_of(email, lane)).right();
        if matches!(lane, Lane::Place(_)) {
            held(&self.strangers(email)).give_back();
        }
    }

    /// Takes a request for six digits to `email`.
    ///
    /// # Errors
    /// Why none are sent, and how long to wait for some.
    pub fn ask_for_code(&self, email: &str, lane: Lane, now: i64) -> Result<(), Held> {
        // The place first: who is over its limit makes no window of their own for each address that they type.
        let place = self.window(&[b"letters", lane.bytes()]);
        let mut place = held(&place);
        place
            .take(now, self.codes_per_minute, MINUTE)
            .map_err(|wait| Held::Wait(Wait::of(wait)))?;
        let own = self.window(&[b"codes", email.as_bytes(), lane.bytes()]);
        let mut own = held(&own);
        if let Some(quiet) = own.quiet_for(now).filter(|quiet| *quiet < self.pause) {
            place.give_back();
            return Err(Held::Wait(Wait::of(self.pause - quiet)));
        }
        own.take(now, self.codes_per_hour, HOUR)
            .map_err(|wait| Held::UsedUp(Wait::of(wait)))?;
        if matches!(lane, Lane::Place(_)) {
            let all = self.window(&[b"all codes", email.as_bytes()]);
            let all = held(&all).take(now, self.codes_in_all, HOUR);
            all.map_err(|wait| {
                own.give_back();
                Held::UsedUp(Wait::of(wait))
            })?;
        }
        Ok(())
    }

    /// How many seconds until another code may be asked for, of one that was.
    #[must_use]
    pub fn code_pause(&self, email: &str, lane: Lane, now: i64) -> u64 {
        let own = self.window(&[b"codes", email.as_bytes(), lane.bytes()]);
        let quiet = held(&own).quiet_for(now);
        let rest = quiet.map_or(0, |quiet| (self.pause - quiet).max(0));
        u64::try_from(rest).unwrap_or(0).div_ceil(1_000)
    }

    fn tries_of(&self, email: &str, lane: Lane) -> Arc<Mutex<Tries>> {
        self.tries
            .get_with(digest(&[email.as_bytes(), lane.bytes()]), Arc::default)
    }

    fn strangers(&self, email: &str) -> Arc<Mutex<Window>> {
        self.window(&[b"strangers", email.as_bytes()])
    }

    fn window(&self, parts: &[&[u8]]) -> Arc<Mutex<Window>> {
        self.windows.get_with(digest(parts), Arc::default)
    }
}

fn table<T: Send + 'static>(unused: Duration) -> Table<T> {
    Cache::builder()
        .max_capacity(ROOM)
        .eviction_policy(EvictionPolicy::lru())
        .time_to_idle(unused)
        .build()
}

fn held<T>(one: &Mutex<T>) -> MutexGuard<'_, T> {
    one.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A key of one size, whatever somebody typed.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_address_or_what_one_home_gets_of_ipv6() {
        let place = |text: &str| Lane::place(text.parse().unwrap());
        assert_eq!(place("2001:db8:0:1::1"), place("2001:db8:0:1:ffff::9"));
        assert_ne!(place("2001:db8:0:1::1"), place("2001:db8:0:2::1"));
        assert_eq!(place("::ffff:203.0.113.9"), place("203.0.113.9"));
        assert_ne!(place("203.0.113.8"), place("203.0.113.9"));
        assert_ne!(place("203.0.113.9"), Lane::known(&[203, 0, 113, 9]));
    }

    #[test]
    fn a_table_has_an_end_and_counts_whoever_is_new() {
        let windows: Table<Window> = table(UNUSED);
        let key = |number: u64| digest(&[&number.to_be_bytes()]);
        for number in 0..ROOM + 5_000 {
            windows.get_with(key(number), Arc::default);
        }
        windows.run_pending_tasks();
        assert!(windows.entry_count() <= ROOM);
        let new = windows.get_with(key(u64::MAX), Arc::default);
        assert!(held(&new).take(1, 1, MINUTE).is_ok());
        windows.run_pending_tasks();
        let again = windows.get_with(key(u64::MAX), Arc::default);
        assert!(
            held(&again).take(1, 1, MINUTE).is_err(),
            "counted from the first try on"
        );
    }
}
