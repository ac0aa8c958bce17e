//! Requests that are done once, however often they come: what a client sends again because it heard no answer.
//!
//! The request's key is kept by the transaction of its first write, so that either both are there or neither; a second request
//! under the same key is refused inside its own transaction, whatever else happens at the same moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::value::params;
use super::{DbError, Tx, WriteTx};
use crate::units::ids::ChangeSetId;

tokio::task_local! {
    static CURRENT: Once;
}

/// A request that its sender gave a key.
#[derive(Clone, Debug)]
pub struct Once {
    /// The hash of the key and of whose it is.
    key: Vec<u8>,
    /// The hash of what is asked, so that a key is not taken for two things.
    asked: Vec<u8>,
    /// Tells two requests under one key apart.
    request: String,
    wrote: Arc<AtomicBool>,
}

/// What is kept of a request.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The hash of what was asked.
    pub asked: Vec<u8>,
    /// Which request it was.
    pub request: String,
    /// What it changed.
    pub change_set: Option<ChangeSetId>,
    /// What was answered, sealed; none where that was not kept.
    pub answer: Option<Vec<u8>>,
}

impl Once {
    /// A request, told apart from others by the random `request`.
    #[must_use]
    pub fn new(key: Vec<u8>, asked: Vec<u8>, request: String) -> Self {
        Self {
            key,
            asked,
            request,
            wrote: Arc::default(),
        }
    }

    /// Runs `work` so that what it writes is written under this key.
    pub async fn scope<F: Future>(&self, work: F) -> F::Output {
        CURRENT.scope(self.clone(), work).await
    }

    /// Whether something was written under it.
    #[must_use]
    pub fn wrote(&self) -> bool {
        self.wrote.load(Ordering::Acquire)
    }

    /// `work`, which a task of its own does, as part of the request that this one works on.
    pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
        let once = Self::current();
        async move {
            match once {
                Some(once) => once.scope(work).await,
                None => work.await,
            }
        }
    }

    /// The request that this task works on.
    pub(super) fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Takes the key, in the transaction of the write.
    pub(super) fn begin(&self, tx: &WriteTx<'_>) -> Result<(), DbError> {
        let taken: Option<String> = tx.first(
            "insert into request_once (key, asked, request, made_at) values (?1, ?2, ?3, ?4) \
             on conflict (key) do update set key = excluded.key returning request",
            &params![&*self.key, &*self.asked, self.request.as_str(), tx.now()],
            |row| row.get(0),
        )?;
        if taken.as_ref() == Some(&self.request) {
            Ok(())
        } else {
            Err(DbError::Repeated)
        }
    }

    /// Notes what the write changed.
    pub(super) fn end(&self, tx: &WriteTx<'_>) -> Result<(), DbError> {
        if let Some(id) = tx.made() {
            tx.execute(
                "update request_once set change_set = ?2 where key = ?1",
                &params![&*self.key, id],
            )?;
        }
        Ok(())
    }

    /// Notes that it is durable.
    pub(super) fn done(&self) {
        self.wrote.store(true, Ordering::Release);
    }

    /// What is kept of a request under this key.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn kept(&self, tx: &Tx<'_>) -> Result<Option<Kept>, DbError> {
        tx.first(
            "select asked, request, change_set, answer from request_once where key = ?1",
            &params![&*self.key],
            |row| {
                Ok(Kept {
                    asked: row.get(0)?,
                    request: row.get(1)?,
                    change_set: row.get(2)?,
                    answer: row.get(3)?,
                })
            },
        )
    }

    /// Whether `kept` was asked the same.
    #[must_use]
    pub fn is_same(&self, kept: &Kept) -> bool {
        self.asked == kept.asked
    }

    /// Keeps what was answered; without an answer, and where nothing was changed, the key is free again.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn settle(&self, tx: &WriteTx<'_>, answer: Option<&[u8]>) -> Result<(), DbError> {
        let own = params![&*self.key, self.request.as_str()];
        match answer {
            Some(answer) => tx.execute(
                "update request_once set answer = ?3 where key = ?1 and request = ?2",
                &params![&*self.key, self.request.as_str(), answer],
            )?,
            None => tx.execute(
                "delete from request_once where key = ?1 and request = ?2 and change_set is null",
                &own,
            )?,
        };
        Ok(())
    }
}

/// Forgets the requests that came before `before`.
///
/// # Errors
/// Where the database cannot be written.
pub fn forget_requests(tx: &WriteTx<'_>, before: i64) -> Result<(), DbError> {
    tx.execute("delete from request_once where made_at < ?1", &params![before])?;
    Ok(())
}
