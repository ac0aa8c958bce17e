//! The one thread that writes: it takes what waits, commits once, and answers everybody.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tokio::sync::oneshot;

use super::{Committed, DbError, Gesture, Hook, Tx, Warden, WriteTx, connection, ground};
use crate::units::ids::ChangeSetId;

/// How many writes may wait before the next one is told to come again.
const WAITING: usize = 2_048;
/// How many writes share one commit.
const BATCH: usize = 256;

/// What a write answers once it is durable.
#[derive(Clone, Debug)]
pub struct Written<T> {
    /// What the closure answered.
    pub value: T,
    /// The change set it made; none where nothing changed.
    pub change_set: Option<ChangeSetId>,
}

/// One waiting write.
trait Job: Send {
    /// Runs the closure in a savepoint that the caller opened. True asks for its release, false for its rollback.
    fn run(&mut self, connection: &Connection, warden: Option<&Warden>) -> bool;
    /// What it changed, once.
    fn committed(&mut self) -> Option<Committed>;
    /// Answers: with the result, or with `failure` where the whole batch failed.
    fn answer(self: Box<Self>, failure: Option<DbError>);
}

/// The writer's queue and whether its thread still serves.
pub struct Writer {
    /// None once it ends.
    queue: Option<SyncSender<Box<dyn Job>>>,
    alive: Arc<AtomicBool>,
    /// Whether nothing may be written.
    still: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Writer {
    /// Waits until the log is folded into the file: a process that ends right after this leaves nothing to be recovered.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self
            .thread
            .take()
            .filter(|thread| thread.thread().id() != std::thread::current().id())
        {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

impl Writer {
    pub fn start(
        (directory, path): (&Path, &Path),
        hook: Arc<OnceLock<Box<Hook>>>,
        warden: Arc<OnceLock<Box<Warden>>>,
        still: Arc<AtomicBool>,
    ) -> Result<Self, DbError> {
        let connection = connection::writer(path)?;
        let (queue, jobs) = sync_channel(WAITING);
        let alive = Arc::new(AtomicBool::new(true));
        let flag = Arc::clone(&alive);
        let directory = directory.to_owned();
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                serve(&connection, &jobs, &hook, &warden);
                flag.store(false, Ordering::Release);
                // The queue is gone: a clean stop. Fold the log into the file so that the next start has less to do.
                let _ = connection.pragma_update(None, "optimize", 0);
                let busy =
                    connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, i64>(0));
                if busy == Ok(0) {
                    ground::closed(&directory);
                } else {
                    // Somebody still reads: the log stays, as the mark that asks for it does.
                    let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
                }
            })
            .map_err(DbError::io("starting the writer thread"))?;
        Ok(Self {
            queue: Some(queue),
            alive,
            still,
            thread: Some(thread),
        })
    }

    pub fn is_alive(&self) -> bool {
        self.alive.load(Ordering::Acquire)
    }

    pub async fn run<T, E, W>(&self, gesture: Gesture, work: W) -> Result<Written<T>, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        W: Fn(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
    {
        if self.still.load(Ordering::Acquire) {
            return Err(DbError::ReadOnly.into());
        }
        let (reply, answer) = oneshot::channel();
        let job = Closure {
            gesture,
            work,
            outcome: None,
            committed: None,
            change_set: None,
            reply,
        };
        let queue = self.queue.as_ref().ok_or(DbError::Closed)?;
        queue.try_send(Box::new(job)).map_err(|error| match error {
            TrySendError::Full(_) => DbError::Busy,
            TrySendError::Disconnected(_) => DbError::Closed,
        })?;
        answer.await.unwrap_or_else(|_| Err(DbError::Closed.into()))
    }
}

struct Closure<T, E, W> {
    gesture: Gesture,
    work: W,
    outcome: Option<Result<T, E>>,
    committed: Option<Committed>,
    change_set: Option<ChangeSetId>,
    reply: oneshot::Sender<Result<Written<T>, E>>,
}

impl<T, E, W> Job for Closure<T, E, W>
where
    T: Send,
    E: From<DbError> + Send,
    W: Fn(&WriteTx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, connection: &Connection, warden: Option<&Warden>) -> bool {
        let tx = WriteTx::new(connection, &self.gesture);
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(&tx)))
            .unwrap_or_else(|_| Err(DbError::Panicked.into()));
        let (change_set, changes) = tx.finish();
        let outcome = outcome.and_then(|value| match warden {
            Some(judge) if !changes.is_empty() => {
                let judged = || judge(&Tx::new(connection), &self.gesture, &changes);
                catch_unwind(AssertUnwindSafe(judged))
                    .unwrap_or(Err(DbError::Panicked))
                    .map(|()| value)
                    .map_err(E::from)
            }
            _ => Ok(value),
        });
        let kept = outcome.is_ok();
        if kept {
            self.change_set = change_set;
            self.committed = change_set.map(|change_set| Committed { change_set, changes });
        }
        self.outcome = Some(outcome);
        kept
    }

    fn committed(&mut self) -> Option<Committed> {
        self.committed.take()
    }

    fn answer(self: Box<Self>, failure: Option<DbError>) {
        let result = match (failure, self.outcome) {
            (Some(error), _) => Err(error.into()),
            (None, Some(outcome)) => outcome.map(|value| Written {
                value,
                change_set: self.change_set,
            }),
            (None, None) => Err(DbError::Closed.into()),
        };
        // A visitor who left does not stop the writer.
        let _ = self.reply.send(result);
    }
}

fn serve(
    connection: &Connection,
    jobs: &Receiver<Box<dyn Job>>,
    hook: &OnceLock<Box<Hook>>,
    warden: &OnceLock<Box<Warden>>,
) {
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH {
            match jobs.try_recv() {
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        let failure = run_batch(connection, &mut batch, hook, warden.get().map(AsRef::as_ref)).err();
        answer_all(batch, failure);
    }
}

/// Runs the batch in one transaction. An error is that of every write in it: nothing was committed.
fn run_batch(
    connection: &Connection,
    batch: &mut [Box<dyn Job>],
    hook: &OnceLock<Box<Hook>>,
    warden: Option<&Warden>,
) -> Result<(), DbError> {
    connection.execute_batch("begin immediate")?;
    for job in batch.iter_mut() {
        if let Err(error) = run_in_savepoint(connection, job.as_mut(), warden) {
            roll_back(connection);
            return Err(error);
        }
    }
    if let Err(error) = connection.execute_batch("commit") {
        let error = DbError::from(error);
        if matches!(error, DbError::Full | DbError::Busy) {
            // Known not to be committed: the log could not grow, or the lock was never had.
            roll_back(connection);
            return Err(error);
        }
        stop(&format!(
            "a commit failed, and whether it is on the disk is not known: {error}"
        ));
    }
    let commits: Vec<Committed> = batch.iter_mut().filter_map(|job| job.committed()).collect();
    if let (Some(hook), false) = (hook.get(), commits.is_empty())
        && let Err(error) = hook(&Tx::new(connection), &commits)
    {
        stop(&format!(
            "what was committed could not be taken into memory: {error}"
        ));
    }
    Ok(())
}

fn run_in_savepoint(
    connection: &Connection,
    job: &mut dyn Job,
    warden: Option<&Warden>,
) -> Result<(), DbError> {
    connection.prepare_cached("savepoint job")?.execute([])?;
    if !job.run(connection, warden) {
        // A full disk may have ended the whole transaction; then there is no savepoint to go back to.
        if connection.is_autocommit() {
            return Err(DbError::Full);
        }
        connection.prepare_cached("rollback to job")?.execute([])?;
    }
    connection.prepare_cached("release job")?.execute([])?;
    Ok(())
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = connection.execute_batch("rollback")
    {
        stop(&format!("a transaction could not be rolled back: {error}"));
    }
}

/// Answers everybody; a failure of the batch is told to each in its own words.
fn answer_all(batch: Vec<Box<dyn Job>>, failure: Option<DbError>) {
    match failure {
        None => batch.into_iter().for_each(|job| job.answer(None)),
        Some(error) => {
            tracing::error!(%error, writes = batch.len(), "writes were not committed");
            for job in batch {
                job.answer(Some(match error {
                    DbError::Full => DbError::Full,
                    _ => DbError::Busy,
                }));
            }
        }
    }
}

/// Ends the process: going on could acknowledge what is not there.
fn stop(why: &str) -> ! {
    tracing::error!("{why}; Ballast stops so that it starts again from what is on the disk");
    std::process::exit(70)
}
