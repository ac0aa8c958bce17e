//! A few threads, each with a connection that cannot write.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection::{self, Deadline};
use super::pulse::Pulse;
use super::slow::Slow;
use super::{DbError, Tx};

/// A connection, when what runs on it is interrupted, and what it was slow with.
type Reader = (Connection, Deadline, Slow);
type Job = Box<dyn FnOnce(&Reader) + Send>;

/// How many reads may wait.
const WAITING: usize = 1_024;

/// The pool. Its threads end when it is dropped.
pub struct Readers {
    queue: SyncSender<Job>,
    pulse: Pulse,
}

impl Readers {
    /// As many threads as the machine has cores, from 2 to 8.
    pub fn start(path: &Path, pulse: &Pulse) -> Result<Self, DbError> {
        let (queue, jobs) = sync_channel::<Job>(WAITING);
        let jobs = Arc::new(Mutex::new(jobs));
        let count = std::thread::available_parallelism()
            .map_or(2, usize::from)
            .clamp(2, 8);
        for number in 0..count {
            let (mut connection, deadline) = connection::reader(path)?;
            let slow = Slow::watch(&mut connection, pulse)?;
            let reader = (connection, deadline, slow);
            let jobs = Arc::clone(&jobs);
            std::thread::Builder::new()
                .name(format!("reader-{number}"))
                .spawn(move || serve(&reader, &jobs))
                .map_err(DbError::io("starting a reader thread"))?;
        }
        Ok(Self {
            queue,
            pulse: pulse.clone(),
        })
    }

    pub async fn run<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        W: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |reader| {
            let result = catch_unwind(AssertUnwindSafe(|| snapshot(reader, work)))
                .unwrap_or_else(|_| Err(DbError::Panicked.into()));
            // The asker may have gone; nobody else waits for the answer.
            let _ = reply.send(result);
            reader.2.tell(&reader.0);
        });
        let sent = self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => DbError::Busy,
            TrySendError::Disconnected(_) => DbError::Closed,
        });
        self.pulse.answered(sent)?;
        answer.await.unwrap_or_else(|_| Err(DbError::Closed.into()))
    }
}

fn serve(reader: &Reader, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(reader),
            Err(_) => return,
        }
    }
}

fn snapshot<T, E: From<DbError>>(
    (connection, deadline, _): &Reader,
    work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    deadline.restart();
    // Dropping the transaction ends it, also when the work failed or panicked; nothing was written.
    let _transaction = connection.unchecked_transaction().map_err(DbError::from)?;
    work(&Tx::new(connection))
}
