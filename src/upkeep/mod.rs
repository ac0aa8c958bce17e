//! What is done to the house and not in it: closing it while somebody works on it, backups as an administrator sees them, and
//! putting one in place of what is there while the server runs.
//!
//! A restore never changes the database that is served. It locks all writing, keeps a backup of what is there, makes a new
//! database of our own from the rows of the archive, and lets the process begin anew, which puts it in place.

pub(crate) mod api;
pub(crate) mod command;
mod door;
mod errands;
pub(crate) mod handlers;
mod pages;
mod restoring;
mod rules;
mod store;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::watch;

use crate::backup::Restoring;
use errands::Asked;

pub use door::open_to;
pub use restoring::resume;
pub use rules::Closed;
pub use store::closed;

/// How the house stands. Cloning shares it.
#[derive(Clone)]
pub struct Upkeep {
    closed: Arc<RwLock<Option<Closed>>>,
    restoring: Arc<RwLock<Option<Restoring>>>,
    /// What was asked of backups and is not done.
    errands: Arc<Mutex<Vec<Asked>>>,
    /// True once the process is to begin anew.
    again: watch::Sender<bool>,
}

impl Upkeep {
    /// As the database has it.
    #[must_use]
    pub fn new(closed: Option<Closed>) -> Self {
        Self {
            closed: Arc::new(RwLock::new(closed)),
            restoring: Arc::default(),
            errands: Arc::default(),
            again: watch::Sender::new(false),
        }
    }

    /// The maintenance that is on at `now`, if any is.
    #[must_use]
    pub fn closed(&self, now: i64) -> Option<Closed> {
        let closed = self.closed.read().unwrap_or_else(PoisonError::into_inner).clone();
        closed.filter(|closed| closed.holds(now))
    }

    fn set_closed(&self, closed: Option<Closed>) {
        *self.closed.write().unwrap_or_else(PoisonError::into_inner) = closed;
    }

    /// The restore that is under way, if any is.
    #[must_use]
    pub fn restoring(&self) -> Option<Restoring> {
        self.restoring
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_restoring(&self, restoring: Option<Restoring>) {
        *self.restoring.write().unwrap_or_else(PoisonError::into_inner) = restoring;
    }

    fn lock_errands(&self) -> MutexGuard<'_, Vec<Asked>> {
        self.errands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the process end as on SIGTERM and begin anew.
    fn begin_anew(&self) {
        self.again.send_replace(true);
    }

    /// Waits until the process is to begin anew.
    pub async fn asked_to_begin_anew(&self) {
        let mut again = self.again.subscribe();
        if again.wait_for(|again| *again).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Whether the process is to begin anew once it has ended.
    #[must_use]
    pub fn begins_anew(&self) -> bool {
        *self.again.borrow()
    }

    /// What every page says above what stands in it.
    #[must_use]
    pub fn banner(&self, now: i64, is_admin: bool) -> Option<&'static str> {
        if self.restoring().is_some() {
            return Some(
                "A backup is being restored. Everything can be read, and nothing can be changed until that is done.",
            );
        }
        (is_admin && self.closed(now).is_some())
            .then_some("Maintenance is on: only administrators are let in.")
    }
}
