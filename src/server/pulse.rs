//! How one connection is: what came, what is under way, what its client leaves lying. Whoever serves it asks whether its
//! client is still to be waited for.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::limits::Limits;

/// Why a connection is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A head did not come to its end in time.
    SlowHead,
    /// No request came at all.
    NoRequest,
    /// No further request came.
    Idle,
    /// An answer is not taken.
    TakesNothing,
    /// Requests are begun and broken off, one after the other.
    Resets,
}

/// What is known of a connection.
pub struct Pulse {
    state: Mutex<State>,
    /// Somebody should look again at once.
    news: Notify,
}

struct State {
    opened: Instant,
    head_since: Option<Instant>,
    asked: bool,
    is_h2: bool,
    running: usize,
    quiet_since: Instant,
    /// When requests were broken off.
    resets: VecDeque<Instant>,
    /// Answers of which a piece was handed out and the next one not asked for, by number.
    handed: HashMap<u64, Instant>,
    next: u64,
}

impl Pulse {
    pub fn new() -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self {
            state: Mutex::new(State {
                opened: now,
                head_since: None,
                asked: false,
                is_h2: false,
                running: 0,
                quiet_since: now,
                resets: VecDeque::new(),
                handed: HashMap::new(),
                next: 0,
            }),
            news: Notify::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A head is being read, or none is. `anew` says that it is another one than before.
    pub fn heading(&self, in_head: bool, anew: bool) {
        let mut state = self.state();
        if !in_head {
            state.head_since = None;
        } else if anew || state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    /// The client speaks HTTP/2.
    pub fn speaks_h2(&self) {
        let mut state = self.state();
        state.is_h2 = true;
        state.head_since = None;
    }

    /// Whether it does.
    pub fn is_h2(&self) -> bool {
        self.state().is_h2
    }

    /// A request came. It is under way until what this answers is dropped.
    pub fn begin(self: &Arc<Self>) -> Running {
        let mut state = self.state();
        state.asked = true;
        state.running += 1;
        state.next += 1;
        Running {
            number: state.next,
            pulse: Arc::clone(self),
            finished: false,
        }
    }

    /// Whether the client is still to be waited for, and if so, when to look again.
    fn verdict(&self, limits: &Limits) -> Result<Duration, Why> {
        let mut state = self.state();
        let now = Instant::now();
        while state
            .resets
            .front()
            .is_some_and(|at| now - *at > limits.resets_within)
        {
            state.resets.pop_front();
        }
        if state.resets.len() > limits.resets {
            return Err(Why::Resets);
        }
        let mut again = limits.look();
        let mut hold = |since: Instant, limit: Duration, why: Why| {
            let left = limit.checked_sub(now - since).filter(|left| !left.is_zero());
            again = again.min(left.ok_or(why)?);
            Ok(())
        };
        if let Some(since) = state.head_since {
            hold(since, limits.head, Why::SlowHead)?;
        }
        if !state.asked {
            hold(state.opened, limits.first_request, Why::NoRequest)?;
        } else if state.running == 0 && state.head_since.is_none() {
            hold(state.quiet_since, limits.idle, Why::Idle)?;
        }
        if let Some(oldest) = state.handed.values().min() {
            hold(*oldest, limits.takes, Why::TakesNothing)?;
        }
        Ok(again)
    }

    /// Done when the client is not waited for any longer.
    pub async fn given_up(&self, limits: &Limits) -> Why {
        loop {
            match self.verdict(limits) {
                Err(why) => return why,
                Ok(again) => {
                    // Either is a reason to look again.
                    let _ = tokio::time::timeout(again, self.news.notified()).await;
                }
            }
        }
    }
}

/// A request under way: from its head until its answer is sent.
pub struct Running {
    pulse: Arc<Pulse>,
    number: u64,
    finished: bool,
}

impl Running {
    /// A piece of the answer was handed out; the client has the time to take it.
    pub fn handed(&self) {
        let number = self.number;
        self.pulse.state().handed.insert(number, Instant::now());
    }

    /// The next piece is asked for, so the client took the one before.
    pub fn taken(&self) {
        self.pulse.state().handed.remove(&self.number);
    }

    /// Nothing of the answer is left.
    pub const fn finish(&mut self) {
        self.finished = true;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.pulse.state();
        state.handed.remove(&self.number);
        state.running = state.running.saturating_sub(1);
        let now = Instant::now();
        if state.running == 0 {
            state.quiet_since = now;
        }
        // Over HTTP/1 whoever breaks off has gone.
        if !self.finished && state.is_h2 {
            state.resets.push_back(now);
            drop(state);
            self.pulse.news.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            resets: 2,
            head: Duration::from_millis(1),
            first_request: Duration::from_millis(1),
            idle: Duration::from_millis(1),
            takes: Duration::from_millis(1),
            ..Limits::default()
        }
    }

    #[tokio::test]
    async fn whoever_says_nothing_or_only_half_of_it_is_given_up() {
        let pulse = Pulse::new();
        assert_eq!(pulse.given_up(&limits()).await, Why::NoRequest);
        let late = Limits {
            first_request: Duration::from_mins(1),
            ..limits()
        };
        pulse.heading(true, true);
        assert_eq!(pulse.given_up(&late).await, Why::SlowHead);
    }

    #[tokio::test]
    async fn what_is_under_way_is_not_idle_and_what_lies_untaken_is_given_up() {
        let pulse = Pulse::new();
        let mut running = pulse.begin();
        let limits = limits();
        let patient = tokio::time::timeout(Duration::from_millis(20), pulse.given_up(&limits));
        assert!(patient.await.is_err());
        running.handed();
        assert_eq!(pulse.given_up(&limits).await, Why::TakesNothing);
        running.taken();
        running.finish();
        drop(running);
        assert_eq!(pulse.given_up(&limits).await, Why::Idle);
    }

    #[tokio::test]
    async fn requests_that_are_broken_off_are_counted_over_http2_alone() {
        let pulse = Pulse::new();
        (0..9).for_each(|_| drop(pulse.begin()));
        assert_eq!(pulse.given_up(&limits()).await, Why::Idle);
        pulse.speaks_h2();
        (0..3).for_each(|_| drop(pulse.begin()));
        assert_eq!(pulse.given_up(&limits()).await, Why::Resets);
    }
}
