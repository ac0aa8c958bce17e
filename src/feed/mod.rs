//! Who is told that something changed: a topic and a revision, never what.
//!
//! A ring keeps the newest events, so that a browser which was away for a moment goes on where it was; one
//! [`Line`] leads to each open page and holds nothing but its place in the ring, so that a slow reader makes no queue grow.

mod here;
mod line;
mod ring;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};

use crate::units::ids::AccountId;
use here::Here;
use ring::Ring;

pub use here::Company;
pub use line::{Line, Told};

/// How many lines one account may have open; a further one ends the oldest.
pub const LINES_EACH: usize = 20;

/// `most`, or up to half less, by the number of a line: lines that were opened together, or told of the same change, do not all beat
/// or end at once, while others wait for their own words.
#[must_use]
pub fn staggered(most: Duration, number: u64) -> Duration {
    const STEPS: u32 = 256;
    let step = u32::try_from(number % u64::from(STEPS)).unwrap_or(0);
    most / (2 * STEPS) * (2 * STEPS - step)
}

/// Waits until `at`, and not at all where that is past: a timer takes up to two milliseconds to see it.
pub async fn until(at: Instant) {
    if at > Instant::now() {
        sleep_until(at).await;
    }
}

/// Something of `topic` changed; the plan is at `revision` now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Event {
    /// The number of the newest change set.
    pub revision: i64,
    /// `plan`, `people`, `projects`, `settings`, `accounts`, `views`; `jobs` of the work in the background.
    pub topic: &'static str,
}

/// Somebody who listens.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Their account.
    pub account: AccountId,
    /// As whom others on the page see them.
    pub seen: (AccountId, String),
    /// What names their session: the line ends with it.
    pub session: Vec<u8>,
}

/// The lines to every open page.
#[derive(Clone, Debug)]
pub struct Feed {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    ring: Mutex<Ring>,
    /// How many events there were. Waking every line costs no memory for each of them.
    told: watch::Sender<u64>,
    closed: watch::Sender<bool>,
    lines: Mutex<Lines>,
    here: Here,
}

/// The open lines of each account, the oldest first.
#[derive(Debug, Default)]
struct Lines {
    next: u64,
    open: HashMap<AccountId, VecDeque<Open>>,
}

#[derive(Debug)]
struct Open {
    number: u64,
    session: Vec<u8>,
    end: Arc<Notify>,
}

/// A lock that a panic has poisoned is still a lock: what it guards is only ever replaced whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Feed {
    /// A feed of a plan that stands at `revision`.
    #[must_use]
    pub fn starting_at(revision: i64) -> Self {
        Self {
            inner: Arc::new(Inner {
                ring: Mutex::new(Ring::starting_at(revision)),
                told: watch::Sender::new(0),
                closed: watch::Sender::new(false),
                lines: Mutex::default(),
                here: Here::default(),
            }),
        }
    }

    /// Tells everybody who listens. What one commit changed is told in one call, so that nobody hears half of it.
    pub fn publish(&self, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        let next = lock(&self.inner.ring).take(events);
        self.inner.told.send_replace(next);
    }

    /// Tells of something that is no part of the plan, so that its revision is the newest that anybody was told of: who asks for
    /// everything after a revision does not hear of it again.
    pub fn tell(&self, topic: &'static str) {
        let mut ring = lock(&self.inner.ring);
        let revision = ring.newest();
        let next = ring.take(&[Event { revision, topic }]);
        drop(ring);
        self.inner.told.send_replace(next);
    }

    /// Opens a line to `who`, who looks at `page` and has heard of everything up to `after`.
    #[must_use]
    pub fn open(&self, who: &Listener, page: Option<String>, after: Option<i64>) -> Line {
        let end = Arc::new(Notify::new());
        let number = self.enter(who, Arc::clone(&end));
        let seat = page.map(|page| self.inner.here.enter(page, who.seen.0, &who.seen.1));
        Line::new(self.clone(), (who.account, number), end, seat, after)
    }

    fn enter(&self, who: &Listener, end: Arc<Notify>) -> u64 {
        let mut lines = lock(&self.inner.lines);
        lines.next += 1;
        let number = lines.next;
        let own = lines.open.entry(who.account).or_default();
        while own.len() >= LINES_EACH {
            if let Some(oldest) = own.pop_front() {
                oldest.end.notify_one();
            }
        }
        own.push_back(Open {
            number,
            session: who.session.clone(),
            end,
        });
        number
    }

    fn leave(&self, account: AccountId, number: u64) {
        let mut lines = lock(&self.inner.lines);
        if let Some(own) = lines.open.get_mut(&account) {
            own.retain(|line| line.number != number);
            if own.is_empty() {
                lines.open.remove(&account);
            }
        }
    }

    /// Ends the lines of one session: whoever has signed out hears nothing more.
    pub fn end_session(&self, account: AccountId, session: &[u8]) {
        self.end(account, |line| line.session == session);
    }

    /// Ends every line of an account, whose sessions may have ended.
    pub fn end_account(&self, account: AccountId) {
        self.end(account, |_| true);
    }

    fn end(&self, account: AccountId, which: impl Fn(&Open) -> bool) {
        let lines = lock(&self.inner.lines);
        let own = lines.open.get(&account).into_iter().flatten();
        for line in own.filter(|line| which(line)) {
            line.end.notify_one();
        }
    }

    /// How many lines are open.
    #[must_use]
    pub fn lines(&self) -> usize {
        lock(&self.inner.lines).open.values().map(VecDeque::len).sum()
    }

    /// Says when every line must end, for lines of other kinds.
    #[must_use]
    pub fn closed(&self) -> watch::Receiver<bool> {
        self.inner.closed.subscribe()
    }

    /// Ends every line: the server stops, and a line that never ends would hold it up.
    pub fn close(&self) {
        self.inner.closed.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_were_opened_together_are_spread_over_the_later_half() {
        let most = Duration::from_secs(20);
        let mut all: Vec<Duration> = (0..1_000).map(|number| staggered(most, number)).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 256);
        assert!(all.first() > Some(&(most / 2)) && all.last() == Some(&most));
    }
}
