//! The one thread that writes: it takes what waits, commits once, and answers everybody.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::deeds::Deed;
use super::job::{Closure, Done, Job, Work, caught};
use super::pulse::Pulse;
use super::slow::Slow;
use super::{Committed, DbError, Gesture, Hook, Once, Tx, Warden, WriteTx, ground};
use crate::units::ids::ChangeSetId;

/// How many writes may wait before the next one is told to come again.
const WAITING: usize = 2_048;
/// How many writes share one commit.
const BATCH: usize = 256;
/// How often the writer says that it is there while nobody wants anything.
const BEAT: Duration = Duration::from_secs(1);
/// From how many pages on the log is carried over into the file.
const LOG: u64 = 1_000;

/// What a write answers once it is durable.
#[derive(Clone, Debug)]
pub struct Written<T> {
    /// What the closure answered.
    pub value: T,
    /// The change set it made; none where nothing changed.
    pub change_set: Option<ChangeSetId>,
}

/// What lies in the queue.
enum Order {
    /// A write, and when it came.
    Write(Box<Job>, Instant),
    /// Nothing after this is taken.
    Stop,
}

/// How far the writer is, for whoever watches whether it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whether its thread is there.
    pub alive: bool,
    /// Whether it works on something.
    pub busy: bool,
    /// How many transactions it has begun.
    pub begun: u64,
}

#[derive(Default)]
struct State {
    alive: AtomicBool,
    busy: AtomicBool,
    begun: AtomicU64,
}

/// The life of the writer's thread; a panic ends it too.
struct Life(Arc<State>);

impl Drop for Life {
    fn drop(&mut self) {
        self.0.alive.store(false, Ordering::Release);
    }
}

/// The writer's queue and whether its thread still serves.
pub struct Writer {
    queue: SyncSender<Order>,
    state: Arc<State>,
    /// Whether nothing may be written.
    still: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
    pulse: Pulse,
}

impl Drop for Writer {
    /// Waits until the log is folded into the file: a process that ends right after this leaves nothing to be recovered.
    fn drop(&mut self) {
        self.close();
    }
}

impl Writer {
    pub fn start(
        (directory, mut connection): (&Path, Connection),
        hook: Arc<OnceLock<Box<Hook>>>,
        warden: Arc<OnceLock<Box<Warden>>>,
        still: Arc<AtomicBool>,
        pulse: &Pulse,
    ) -> Result<Self, DbError> {
        let slow = Slow::watch(&mut connection, pulse)?;
        let seen = pulse.clone();
        // In place of the engine's own habit, which would let whoever waits for an answer wait for this too.
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            seen.wrote(u64::try_from(pages).unwrap_or(0));
            Ok(())
        }))?;
        let (queue, jobs) = sync_channel(WAITING);
        let state = Arc::new(State::default());
        state.alive.store(true, Ordering::Release);
        let (own, counted) = (Arc::clone(&state), pulse.clone());
        let directory = directory.to_owned();
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                let life = Life(own);
                let desk = Desk {
                    connection: &connection,
                    hook: &hook,
                    warden: &warden,
                    pulse: &counted,
                    slow,
                };
                desk.serve(&jobs, &life.0);
                drop(life);
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
            queue,
            state,
            still,
            thread: Mutex::new(Some(thread)),
            pulse: pulse.clone(),
        })
    }

    pub fn is_alive(&self) -> bool {
        self.state.alive.load(Ordering::Acquire)
    }

    pub fn progress(&self) -> Progress {
        Progress {
            alive: self.is_alive(),
            busy: self.state.busy.load(Ordering::Acquire),
            begun: self.state.begun.load(Ordering::Acquire),
        }
    }

    /// Lets the writer do what waits, and waits for its end.
    pub fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Neither an end that came by itself nor a second call has anything left to do.
        let _ = self.queue.send(Order::Stop);
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }

    pub async fn run<T, E, W>(&self, gesture: Gesture, work: W) -> Result<Written<T>, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        W: Fn(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
    {
        let done = self
            .submit(gesture, Box::new(Closure::<T, E, W>::new(work)))
            .await?;
        let change_set = done.change_set;
        Closure::<T, E, W>::outcome_of(done).map(|value| Written { value, change_set })
    }

    async fn submit(&self, gesture: Gesture, work: Box<dyn Work>) -> Result<Done, DbError> {
        if self.still.load(Ordering::Acquire) {
            return Err(DbError::ReadOnly);
        }
        let (once, deed) = (Once::current(), Deed::of(&gesture));
        let (job, answer) = Job::new(gesture, (once.clone(), deed.clone()), work);
        self.pulse.came();
        let sent = self.queue.try_send(Order::Write(job, Instant::now()));
        let sent = sent.map_err(|error| {
            self.pulse.went();
            match error {
                TrySendError::Full(_) => DbError::Busy,
                TrySendError::Disconnected(_) => DbError::Closed,
            }
        });
        self.pulse.answered(sent)?;
        let done = answer.await.map_err(|_| DbError::Closed)?;
        if done.kept {
            if let Some(once) = once {
                once.done();
            }
            if let Some(deed) = deed {
                deed.done();
            }
        }
        Ok(done)
    }
}

/// What the thread works with.
struct Desk<'a> {
    connection: &'a Connection,
    hook: &'a OnceLock<Box<Hook>>,
    warden: &'a OnceLock<Box<Warden>>,
    pulse: &'a Pulse,
    slow: Slow,
}

impl Desk<'_> {
    fn serve(&self, jobs: &Receiver<Order>, state: &State) {
        let mut stopped = false;
        while !stopped {
            self.pulse.beat();
            let first = match jobs.recv_timeout(BEAT) {
                Ok(Order::Write(first, came)) => self.taken(first, came),
                Err(RecvTimeoutError::Timeout) => continue,
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            };
            state.begun.fetch_add(1, Ordering::AcqRel);
            state.busy.store(true, Ordering::Release);
            let mut batch = vec![first];
            while batch.len() < BATCH {
                match jobs.try_recv() {
                    Ok(Order::Write(job, came)) => batch.push(self.taken(job, came)),
                    Ok(Order::Stop) => {
                        stopped = true;
                        break;
                    }
                    Err(_) => break,
                }
            }
            let failure = self.run_batch(&mut batch).err();
            self.answer_all(batch, failure);
            self.slow.tell(self.connection);
            self.carry_over();
            state.busy.store(false, Ordering::Release);
        }
    }

    fn taken(&self, job: Box<Job>, came: Instant) -> Job {
        self.pulse.began(came);
        *job
    }

    /// Runs the batch in one transaction. An error is that of every write in it: nothing was committed.
    fn run_batch(&self, batch: &mut [Job]) -> Result<(), DbError> {
        let warden = self.warden.get().map(AsRef::as_ref);
        self.connection.execute_batch("begin immediate")?;
        for job in batch.iter_mut() {
            self.pulse.beat();
            if let Err(error) = run_in_savepoint(self.connection, job, warden) {
                roll_back(self.connection);
                return Err(error);
            }
        }
        self.commit()?;
        if batch.iter().any(Job::enters) {
            self.pulse.entered();
        }
        let commits: Vec<Committed> = batch.iter_mut().filter_map(Job::committed).collect();
        if let (Some(hook), false) = (self.hook.get(), commits.is_empty())
            && let Err(error) = caught(|| hook(&Tx::new(self.connection), &commits))
        {
            stop(&format!(
                "what was committed could not be taken into memory: {error}"
            ));
        }
        Ok(())
    }

    fn commit(&self) -> Result<(), DbError> {
        let (begun, written) = (Instant::now(), self.pulse.written());
        if let Err(error) = self.connection.execute_batch("commit") {
            let error = DbError::from(error);
            if matches!(error, DbError::Full | DbError::Busy) {
                // Known not to be committed: the log could not grow, or the lock was never had.
                roll_back(self.connection);
                return Err(error);
            }
            stop(&format!(
                "a commit failed, and whether it is on the disk is not known: {error}"
            ));
        }
        // Where nothing was changed the disk was not asked.
        if self.pulse.written() != written {
            self.pulse.commits.observe(begun.elapsed().as_secs_f64());
        }
        Ok(())
    }

    /// Carries a long log over into the file, as far as nobody reads what was before; waits for nobody.
    fn carry_over(&self) {
        if self.pulse.log() < LOG {
            return;
        }
        let begun = Instant::now();
        let done = self
            .connection
            .query_row("pragma wal_checkpoint(passive)", [], |row| {
                Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
            });
        match done {
            Ok((all, carried)) => {
                self.pulse.checkpoints.observe(begun.elapsed().as_secs_f64());
                if carried < all {
                    self.pulse.held.inc();
                }
                let left = u64::try_from(all.saturating_sub(carried)).unwrap_or(0);
                self.pulse.left(left);
            }
            Err(error) => tracing::warn!(%error, "the log of the database could not be carried over"),
        }
    }

    /// Answers everybody; a failure of the batch is told to each in its own words.
    fn answer_all(&self, batch: Vec<Job>, failure: Option<DbError>) {
        let Some(error) = failure else {
            for job in batch {
                job.answer(None);
            }
            return;
        };
        tracing::error!(%error, writes = batch.len(), "writes were not committed");
        for job in batch {
            job.answer(Some(if matches!(error, DbError::Full) {
                DbError::Full
            } else {
                self.pulse.busy.inc();
                DbError::Busy
            }));
        }
    }
}

fn run_in_savepoint(connection: &Connection, job: &mut Job, warden: Option<&Warden>) -> Result<(), DbError> {
    connection.prepare_cached("savepoint job")?.execute([])?;
    let before = connection.total_changes();
    let keeps = job.run(connection, warden);
    if let (Some(deed), true) = (job.deed(), connection.total_changes() != before) {
        deed.wrote();
    }
    if !keeps {
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

/// Ends the process: going on could acknowledge what is not there.
fn stop(why: &str) -> ! {
    tracing::error!("{why}; Ballast stops so that it starts again from what is on the disk");
    std::process::exit(70)
}
