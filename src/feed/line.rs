//! One line: what is told next to one open page.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};

use super::here::{Company, Seat};
use super::{Event, Feed, lock, staggered, until};
use crate::units::ids::AccountId;

/// How long a line lives at most. The browser opens the next one by itself, and is asked then whether it may.
const LIFE: Duration = Duration::from_mins(5);
/// After how long without a word there is a heartbeat at the latest.
const BEAT: Duration = Duration::from_secs(20);
/// What happens this soon after an event is told together with the next one.
const TOGETHER: Duration = Duration::from_millis(50);
/// How often at most a line is told who else is here.
const COMPANY_EVERY: Duration = Duration::from_secs(2);

/// The topic whose change ends every line.
const ACCOUNTS: &str = "accounts";

/// What a line is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The first word: the revision that the line begins at.
    Hello(i64),
    /// Something changed, once for each topic.
    Changed(Vec<Event>),
    /// Something was missed that is not known any more: everything is to be asked for anew.
    Resync(i64),
    /// Who else looks at the page.
    Here(Company),
    /// Nothing: the line still stands.
    Beat,
    /// The server ends; whoever comes back waits so many milliseconds, each others.
    Bye(u64),
}

/// A line to one open page. It keeps its place in the ring and no queue, so that it never grows.
#[derive(Debug)]
pub struct Line {
    feed: Feed,
    name: (AccountId, u64),
    stage: Stage,
    /// Everything before this place in the ring was told.
    place: u64,
    told: watch::Receiver<u64>,
    closed: watch::Receiver<bool>,
    end: Arc<Notify>,
    seat: Option<Seat>,
    /// When the line is told again who is here, where that has changed.
    company_due: Option<Instant>,
    company_told: Instant,
    last_change: Option<Instant>,
    beat_due: Instant,
    over: Instant,
}

#[derive(Debug)]
enum Stage {
    /// Nothing was said yet; of everything up to this revision the browser has heard before.
    New(Option<i64>),
    /// Said hello; this was missed and comes next.
    Missed(Vec<Event>),
    /// Tells what happens.
    Open,
    /// Has said its last word.
    Over,
}

impl Line {
    pub(super) fn new(
        feed: Feed,
        name: (AccountId, u64),
        end: Arc<Notify>,
        seat: Option<Seat>,
        after: Option<i64>,
    ) -> Self {
        let now = Instant::now();
        Self {
            stage: Stage::New(after),
            place: 0,
            told: feed.inner.told.subscribe(),
            closed: feed.inner.closed.subscribe(),
            feed,
            name,
            end,
            company_due: seat.as_ref().map(|_| now),
            seat,
            company_told: now,
            last_change: None,
            beat_due: now + staggered(BEAT, name.1),
            over: now + staggered(LIFE, name.1),
        }
    }

    /// The next word, or none where the line is over.
    pub async fn next(&mut self) -> Option<Told> {
        let word = match std::mem::replace(&mut self.stage, Stage::Open) {
            Stage::New(after) => Some(self.hello(after)),
            Stage::Missed(events) => Some(Told::Changed(events)),
            Stage::Open => self.wait().await,
            Stage::Over => None,
        };
        self.beat_due = Instant::now() + staggered(BEAT, self.name.1);
        word
    }

    /// Begins after what was heard before, or asks for everything where that is not known any more.
    fn hello(&mut self, after: Option<i64>) -> Told {
        let ring = lock(&self.feed.inner.ring);
        let newest = ring.newest();
        self.place = ring.end();
        let missed = match after {
            None => Some(Vec::new()),
            Some(after) => ring.place_after(after).and_then(|place| ring.from(place)),
        };
        drop(ring);
        let Some(mut missed) = missed else {
            return Told::Resync(newest);
        };
        // The accounts were asked for when this line was let in.
        missed.retain(|event| event.topic != ACCOUNTS);
        if missed.is_empty() {
            return Told::Hello(newest);
        }
        self.stage = Stage::Missed(missed);
        // What was missed is not told yet: a line that breaks now goes on from before it.
        Told::Hello(after.unwrap_or(newest))
    }

    async fn wait(&mut self) -> Option<Told> {
        loop {
            let company_at = self.company_due.unwrap_or(self.over);
            let is_due = self.company_due.is_some();
            tokio::select! {
                biased;
                () = self.end.notified() => return None,
                () = closed(&mut self.closed) => {
                    self.stage = Stage::Over;
                    return Some(Told::Bye(comes_back_after()));
                }
                () = sleep_until(self.over) => return None,
                changed = self.told.changed() => {
                    changed.ok()?;
                    let word = self.news().await;
                    if word.is_some() || matches!(self.stage, Stage::Over) {
                        return word;
                    }
                }
                () = changed(self.seat.as_mut()), if !is_due => {
                    self.company_due = Some(self.company_told + COMPANY_EVERY);
                }
                () = sleep_until(company_at), if is_due => {
                    self.company_due = None;
                    self.company_told = Instant::now();
                    return self.seat.as_ref().map(|seat| Told::Here(seat.company()));
                }
                () = sleep_until(self.beat_due) => return Some(Told::Beat),
            }
        }
    }

    /// What was told since the last look; a burst is waited for, so that it is one word.
    async fn news(&mut self) -> Option<Told> {
        if let Some(last) = self.last_change {
            until(last + TOGETHER).await;
        }
        self.last_change = Some(Instant::now());
        let ring = lock(&self.feed.inner.ring);
        let (events, newest) = (ring.from(self.place), ring.newest());
        self.place = ring.end();
        drop(ring);
        let Some(mut events) = events else {
            return Some(Told::Resync(newest));
        };
        // After a change of accounts every browser is asked anew whether it may listen.
        if events.iter().any(|event| event.topic == ACCOUNTS) {
            self.stage = Stage::Over;
            events.retain(|event| event.topic != ACCOUNTS);
        }
        (!events.is_empty()).then_some(Told::Changed(events))
    }
}

/// Between half a second and three: not all who come back come at once.
fn comes_back_after() -> u64 {
    let mut random = [0_u8; 2];
    // Without randomness all come at once, which is no reason not to say goodbye.
    let _ = getrandom::fill(&mut random);
    500 + u64::from(u16::from_be_bytes(random)) * 2_500 / 65_536
}

async fn closed(closed: &mut watch::Receiver<bool>) {
    // An error says that the feed itself is gone, which ends its lines just as well.
    let _ = closed.wait_for(|closed| *closed).await;
}

async fn changed(seat: Option<&mut Seat>) {
    match seat {
        Some(seat) => seat.changed().await,
        None => std::future::pending().await,
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.feed.leave(self.name.0, self.name.1);
    }
}
