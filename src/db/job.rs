//! One waiting write. Everything about it but its closure is of one kind, whatever the closure answers: it is compiled once, and not
//! for each of some two hundred writes.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::deeds::Deed;
use super::{Committed, DbError, Gesture, Once, Tx, Warden, WriteTx};
use crate::units::ids::ChangeSetId;

/// The closure of a write, and what came of it.
pub trait Work: Send {
    /// Does it; answers whether it is to be kept.
    fn run(&mut self, tx: &WriteTx<'_>) -> bool;
    /// Nothing of it is kept, for this reason.
    fn fail(&mut self, error: DbError);
    /// Itself, for whoever knows of which kind it is.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// A closure with its outcome.
pub struct Closure<T, E, W> {
    work: W,
    outcome: Option<Result<T, E>>,
}

impl<T, E, W> Closure<T, E, W>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
    W: Fn(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
{
    pub const fn new(work: W) -> Self {
        Self { work, outcome: None }
    }

    /// What came of `done`, which is of this kind.
    pub fn outcome_of(done: Done) -> Result<T, E> {
        let own = done.work.into_any().downcast::<Self>().ok();
        own.and_then(|own| own.outcome)
            .unwrap_or_else(|| Err(DbError::Closed.into()))
    }
}

impl<T, E, W> Work for Closure<T, E, W>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
    W: Fn(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
{
    fn run(&mut self, tx: &WriteTx<'_>) -> bool {
        self.outcome.insert((self.work)(tx)).is_ok()
    }

    fn fail(&mut self, error: DbError) {
        self.outcome = Some(Err(error.into()));
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// A write in the queue, and what it came to.
pub struct Job {
    gesture: Gesture,
    /// The request that it belongs to, where that is done once.
    once: Option<Once>,
    deed: Option<Deed>,
    work: Box<dyn Work>,
    /// Whether its work is kept.
    kept: bool,
    /// What it changed, until the hook is told.
    committed: Option<Committed>,
    change_set: Option<ChangeSetId>,
    enters: bool,
    reply: oneshot::Sender<Done>,
}

/// A write that is over.
pub struct Done {
    work: Box<dyn Work>,
    /// Whether it is durable.
    pub kept: bool,
    /// The change set that it made; none where nothing changed.
    pub change_set: Option<ChangeSetId>,
}

impl Job {
    /// A write that is asked for now, and where its end is told.
    pub fn new(
        gesture: Gesture,
        (once, deed): (Option<Once>, Option<Deed>),
        work: Box<dyn Work>,
    ) -> (Box<Self>, oneshot::Receiver<Done>) {
        let (reply, answer) = oneshot::channel();
        let job = Self {
            gesture,
            once,
            deed,
            work,
            kept: false,
            committed: None,
            change_set: None,
            enters: false,
            reply,
        };
        (Box::new(job), answer)
    }

    /// Does the work in a savepoint that the caller opened. True asks for its release, false for its rollback.
    pub fn run(&mut self, connection: &Connection, warden: Option<&Warden>) -> bool {
        let tx = WriteTx::new(connection, &self.gesture);
        let (work, once) = (&mut self.work, self.once.as_ref());
        let mut done = caught(|| under_its_key(work.as_mut(), once, &tx));
        self.enters = tx.enters();
        let (change_set, changes) = tx.finish();
        if let (Ok(true), Some(judge), false) = (&done, warden, changes.is_empty()) {
            done = caught(|| judge(&Tx::new(connection), &self.gesture, &changes)).map(|()| true);
        }
        match done {
            Ok(kept) => self.kept = kept,
            Err(error) => self.fail(error),
        }
        if self.kept {
            self.change_set = change_set;
            self.committed = change_set.map(|change_set| Committed { change_set, changes });
        }
        self.kept
    }

    fn fail(&mut self, error: DbError) {
        self.work.fail(error);
        self.kept = false;
    }

    /// What it changed, once.
    pub fn committed(&mut self) -> Option<Committed> {
        self.committed.take()
    }

    /// Whether it may have changed who comes in.
    pub const fn enters(&self) -> bool {
        self.enters
    }

    /// What is noted of it where it changes something.
    pub const fn deed(&self) -> Option<&Deed> {
        self.deed.as_ref()
    }

    /// Tells whoever waits that it is over, or of the `failure` of its whole batch.
    pub fn answer(mut self, failure: Option<DbError>) {
        if let Some(error) = failure {
            self.fail(error);
        }
        let Self {
            work,
            kept,
            change_set,
            reply,
            ..
        } = self;
        // A visitor who left does not stop the writer.
        let _ = reply.send(Done {
            work,
            kept,
            change_set,
        });
    }
}

/// The work, and beside it the key of its request.
fn under_its_key(work: &mut dyn Work, once: Option<&Once>, tx: &WriteTx<'_>) -> Result<bool, DbError> {
    let Some(once) = once else {
        return Ok(work.run(tx));
    };
    once.begin(tx)?;
    let kept = work.run(tx);
    if kept {
        once.end(tx)?;
    }
    Ok(kept)
}

/// `work`, whose panic is an error like others.
pub fn caught<T>(work: impl FnOnce() -> Result<T, DbError>) -> Result<T, DbError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(DbError::Panicked))
}
