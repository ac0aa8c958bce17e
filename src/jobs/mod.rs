//! Work in the background: a queue and schedules in the database, so that what was asked for is done even where the process
//! ends in between, and each moment of a schedule is worked on once.
//!
//! What kinds of work there are stands in one table, [`crate::work`]; this room knows none of them.

mod rules;
mod run;
pub mod store;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use crate::app::App;
use crate::db::{DbError, WriteTx};
use crate::error::AppError;

pub use rules::{Misfire, Times};
pub use run::{run_due, serve, tick};

/// Why a job came to nothing. The words stand in the log and on the page of jobs, so they hold nothing that it worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What happened.
    pub words: String,
    /// Whether trying again would change nothing.
    pub for_good: bool,
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let words = match error {
            AppError::Internal(cause) => cause,
            other => other.to_string(),
        };
        Self {
            words,
            for_good: false,
        }
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        AppError::from(error).into()
    }
}

/// What a kind of work does with what it is given.
pub type Run = fn(App, Vec<u8>) -> BoxFuture<'static, Result<(), Failure>>;

/// A kind of work.
pub struct Kind {
    /// By which the database knows it.
    pub name: &'static str,
    /// As people read it.
    pub label: &'static str,
    /// How often it is begun before it is given up.
    pub attempts: u32,
    /// What it does.
    pub run: Run,
}

/// A kind of work that comes again by itself.
pub struct Regular {
    /// The kind, whose name is also the schedule's.
    pub kind: &'static str,
    /// When, as five fields of cron in the organisation's time zone, until an administrator changes it.
    pub cron: &'static str,
    /// What becomes of missed moments.
    pub misfire: Misfire,
}

/// All work that there is.
pub struct Table {
    /// Every kind.
    pub kinds: &'static [Kind],
    /// Those that come again.
    pub regular: &'static [Regular],
}

impl Table {
    /// The kind with this name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }
}

/// The queue, as the rest of Ballast sees it. Cloning shares it.
#[derive(Clone)]
pub struct Jobs {
    /// What work there is.
    pub table: &'static Table,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Wakes the workers.
    news: Notify,
    /// When a worker last looked into the queue, in milliseconds.
    beat: AtomicI64,
    /// What does not go as it should, in sentences.
    troubles: RwLock<Vec<String>>,
}

impl Jobs {
    /// A queue of the work in `table`.
    #[must_use]
    pub fn new(table: &'static Table) -> Self {
        Self {
            table,
            inner: Arc::default(),
        }
    }

    /// Tells the workers that something may be due.
    pub fn wake(&self) {
        self.inner.news.notify_waiters();
    }

    /// When a worker last looked into the queue, in milliseconds; 0 where none has.
    #[must_use]
    pub fn last_beat(&self) -> i64 {
        self.inner.beat.load(Ordering::Relaxed)
    }

    /// What of the work in the background does not go as it should, in sentences for administrators.
    #[must_use]
    pub fn troubles(&self) -> Vec<String> {
        self.inner
            .troubles
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn beat(&self, now: i64) {
        self.inner.beat.store(now, Ordering::Relaxed);
    }
}

/// The topic of the work in the background.
const TOPIC: &str = "jobs";

/// Tells open pages that something of the work in the background is not as they show it.
pub fn tell(app: &App) {
    app.feed.tell(TOPIC);
}

/// Looks whether all goes as it should, for [`Jobs::troubles`]. Called after what may have changed it.
pub async fn look_for_trouble(app: &App) {
    let trouble = match app.db.read(store::trouble).await {
        Ok(trouble) => trouble,
        Err(error) => {
            tracing::warn!(%error, "it could not be looked whether the work in the background goes as it should");
            return;
        }
    };
    let label = |kind: &str| {
        app.jobs
            .table
            .kind(kind)
            .map_or(kind.to_owned(), |kind| kind.label.to_owned())
    };
    let given_up = trouble.given_up.iter().map(|(kind, count)| match count {
        1 => format!("“{}” was given up.", label(kind)),
        count => format!("“{}” was given up {count} times.", label(kind)),
    });
    let again = trouble.tried_again.iter().map(|(kind, count)| match count {
        1 => format!("“{}” failed and is tried again.", label(kind)),
        count => format!("“{}” failed {count} times and is tried again.", label(kind)),
    });
    let all = given_up.chain(again).collect();
    *app.jobs
        .inner
        .troubles
        .write()
        .unwrap_or_else(PoisonError::into_inner) = all;
}

/// Lays a job in the queue as part of a write: it is done if that is committed, and not otherwise. The workers are woken
/// by [`Jobs::wake`] after it.
pub fn add(tx: &WriteTx<'_>, kind: &Kind, payload: &[u8]) -> Result<i64, DbError> {
    store::add(tx, kind.name, payload, tx.now())
}
