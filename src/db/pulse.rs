//! How the database is: counted as it goes, for whoever watches.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;

use super::DbError;

/// Where times are cut, in seconds: a write is durable within a millisecond on a good disk, and within 20 on a bad one.
const CUTS: [f64; 12] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5,
];

/// What is counted. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Pulse {
    /// How long writes waited for their turn.
    pub waits: Histogram,
    /// How long it took to make what was written durable: the end of a transaction, which waits for the disk.
    pub commits: Histogram,
    /// How long it took to carry the log over into the file.
    pub checkpoints: Histogram,
    /// How often somebody who reads kept a part of the log from being carried over.
    pub held: Counter,
    /// How often somebody was told that the database has too much to do.
    pub busy: Counter,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    epoch: Instant,
    /// When the writer last said that it is there, in milliseconds since `epoch`.
    beat: AtomicU64,
    waiting: AtomicU64,
    /// How many pages stand in the log.
    log: AtomicU64,
    /// How often something was written to the log.
    written: AtomicU64,
    /// From how many milliseconds on a query is told of; 0 for none.
    slow: AtomicU64,
    /// How often something was committed that may decide who comes in.
    entries: AtomicU64,
}

impl Pulse {
    pub(super) fn new() -> Self {
        let times = || Histogram::new(CUTS);
        Self {
            waits: times(),
            commits: times(),
            checkpoints: times(),
            held: Counter::default(),
            busy: Counter::default(),
            inner: Arc::new(Inner {
                epoch: Instant::now(),
                beat: AtomicU64::new(0),
                waiting: AtomicU64::new(0),
                log: AtomicU64::new(0),
                written: AtomicU64::new(0),
                slow: AtomicU64::new(0),
                entries: AtomicU64::new(0),
            }),
        }
    }

    pub(super) fn entered(&self) {
        self.inner.entries.fetch_add(1, Ordering::SeqCst);
    }

    /// How often something was committed that may decide who comes in: sessions, accounts, and what they manage. Whoever
    /// remembers what they read of these reads it again once this is another number.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.inner.entries.load(Ordering::SeqCst)
    }

    pub(super) fn beat(&self) {
        let now = u64::try_from(self.inner.epoch.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.inner.beat.store(now, Ordering::Relaxed);
    }

    /// How long ago the writer said that it is there.
    #[must_use]
    pub fn silence(&self) -> Duration {
        let beat = Duration::from_millis(self.inner.beat.load(Ordering::Relaxed));
        self.inner.epoch.elapsed().saturating_sub(beat)
    }

    /// How many writes wait.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.inner.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn came(&self) {
        self.inner.waiting.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn went(&self) {
        self.inner.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn began(&self, came: Instant) {
        self.went();
        self.waits.observe(came.elapsed().as_secs_f64());
    }

    /// The log has this many pages now.
    pub(super) fn wrote(&self, pages: u64) {
        self.inner.log.store(pages, Ordering::Relaxed);
        self.inner.written.fetch_add(1, Ordering::Relaxed);
    }

    /// What a checkpoint left of it. Where it left nothing, the next page is the first of a new log.
    pub(super) fn left(&self, pages: u64) {
        self.inner.log.store(pages, Ordering::Relaxed);
    }

    pub(super) fn log(&self) -> u64 {
        self.inner.log.load(Ordering::Relaxed)
    }

    pub(super) fn written(&self) -> u64 {
        self.inner.written.load(Ordering::Relaxed)
    }

    pub(super) fn set_slow(&self, from: Duration) {
        let from = u64::try_from(from.as_millis()).unwrap_or(u64::MAX);
        self.inner.slow.store(from, Ordering::Relaxed);
    }

    pub(super) fn is_slow(&self, took: Duration) -> bool {
        let from = self.inner.slow.load(Ordering::Relaxed);
        from > 0 && took >= Duration::from_millis(from)
    }

    /// Counts an answer that says so.
    pub(super) fn answered<T>(&self, result: Result<T, DbError>) -> Result<T, DbError> {
        if matches!(result, Err(DbError::Busy)) {
            self.busy.inc();
        }
        result
    }
}
