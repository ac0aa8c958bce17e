//! Files between their preview and their import: in memory only, few of them, and not for long. And the gate
//! before them: how many may be taken in, read and compared at the same time.

mod weight;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::import::{Count, ImportPlan, Noun};
use super::read::Reading;
use super::table::Progress;
use crate::error::AppError;
use crate::units::ids::{AccountId, ChangeSetId};

/// How many files wait at most, of one account and of all.
const MOST_EACH: usize = 2;
const MOST: usize = 12;
/// How many bytes of memory they take at most, with what was read from them, unless one alone takes more.
const MOST_BYTES: usize = 256 << 20;
/// How long a file waits, in milliseconds: half an hour.
const LIVES: i64 = 1_800_000;
/// How many files are read and compared at the same time; the rest waits its turn.
const AT_ONCE: usize = 2;
/// How many wait for that at most, those that are still on their way in among them.
const IN_LINE: usize = 8;

/// What has become of a file.
#[derive(Clone)]
pub enum State {
    /// It is being read and compared.
    Reading,
    /// It cannot be read at all, and why.
    Failed(String),
    /// It can be looked at.
    Ready(Ready),
    /// It is being imported.
    Writing(Ready),
    /// It is imported.
    Done(Arc<Imported>),
}

/// A file that was read and compared with the plan.
#[derive(Clone)]
pub struct Ready {
    /// What it says.
    pub reading: Arc<Reading>,
    /// What it would do.
    pub planned: Arc<ImportPlan>,
    /// Why it is shown again, where it is.
    pub notice: Option<&'static str>,
}

/// What an import did.
#[derive(Clone, Debug)]
pub struct Imported {
    /// In words: `60 people`.
    pub summary: String,
    /// How much of each kind.
    pub counts: Vec<(Noun, Count)>,
    /// By which it can be undone; none where nothing changed.
    pub change_set: Option<ChangeSetId>,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
}

/// One file of one account.
pub struct Upload {
    /// By which its owner finds it: 128 random bits.
    pub key: String,
    /// Whose it is.
    pub account: AccountId,
    /// Its name, as it is shown.
    pub name: String,
    /// When it came, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// How far the work on it has come.
    pub progress: Progress,
    bytes: Mutex<Bytes>,
    state: watch::Sender<State>,
    /// What was read from it and what it would do, in bytes.
    weight: AtomicUsize,
}

impl Upload {
    /// A file that has just come.
    #[must_use]
    pub fn new(key: String, account: AccountId, name: String, at: i64, bytes: Bytes) -> Self {
        Self {
            key,
            account,
            name,
            at,
            progress: Progress::default(),
            bytes: Mutex::new(bytes),
            state: watch::Sender::new(State::Reading),
            weight: AtomicUsize::new(0),
        }
    }

    /// Its content.
    pub fn bytes(&self) -> Bytes {
        held(&self.bytes).clone()
    }

    /// What has become of it so far.
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// What has become of it, after waiting a moment for work that is quickly done.
    pub async fn settled(&self, patience: Duration) -> State {
        let mut states = self.state.subscribe();
        let busy = |state: &State| !matches!(state, State::Reading | State::Writing(_));
        // Either way the state is what it is; the page says so.
        let _ = tokio::time::timeout(patience, states.wait_for(busy)).await;
        self.state()
    }

    /// Says what has become of it. What is imported needs its content no more.
    pub fn set(&self, state: State) {
        if matches!(state, State::Done(_)) {
            *held(&self.bytes) = Bytes::new();
        }
        let weight = match &state {
            State::Ready(ready) | State::Writing(ready) => ready.weight(),
            State::Reading | State::Failed(_) | State::Done(_) => 0,
        };
        self.weight.store(weight, Ordering::Relaxed);
        self.state.send_replace(state);
    }

    /// Shows what was compared anew, unless it is at something else by now.
    pub fn renew(&self, newer: &Ready) {
        self.state.send_if_modified(|state| {
            if let State::Ready(ready) = state {
                *ready = newer.clone();
                self.weight.store(ready.weight(), Ordering::Relaxed);
            }
            false
        });
    }

    /// Goes from looking to reading again; false where it is at something else.
    pub fn begin_reading(&self) -> bool {
        self.state.send_if_modified(|state| {
            let may = matches!(state, State::Ready(_));
            if may {
                *state = State::Reading;
                self.weight.store(0, Ordering::Relaxed);
            }
            may
        })
    }

    /// Goes from looking to importing, once; nothing where it is at something else or something is refused.
    pub fn begin_writing(&self) -> Option<Ready> {
        let mut begun = None;
        self.state.send_if_modified(|state| {
            if let State::Ready(ready) = state
                && ready.planned.is_sound()
            {
                begun = Some(ready.clone());
                *state = State::Writing(ready.clone());
            }
            begun.is_some()
        });
        begun
    }

    /// Whether it is being imported: then it takes its memory whether it is kept or not.
    fn is_writing(&self) -> bool {
        matches!(*self.state.borrow(), State::Writing(_))
    }

    /// About how many bytes of memory it takes.
    fn weight(&self) -> usize {
        held(&self.bytes)
            .len()
            .saturating_add(self.weight.load(Ordering::Relaxed))
    }
}

/// A place at the gate, from before the first byte of a file is taken in until nothing is left of it but what
/// `Uploads` counts.
pub struct Place {
    gate: Arc<Semaphore>,
    place: OwnedSemaphorePermit,
}

impl Place {
    /// Waits for the turn to read a file.
    ///
    /// # Errors
    /// `Busy` where nothing is read any more.
    pub async fn turn(self) -> Result<Turn, AppError> {
        let turn = self.gate.acquire_owned().await.map_err(|_| AppError::Busy)?;
        Ok(Turn {
            _turn: turn,
            _place: self.place,
        })
    }
}

/// The turn to read a file. It goes with the work, not with whoever waits for that: the work goes on when they
/// have left, and takes its memory all the same.
pub struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

/// The files that wait. Cloning shares them.
#[derive(Clone)]
pub struct Uploads {
    waiting: Arc<Mutex<Vec<Arc<Upload>>>>,
    gate: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            waiting: Arc::default(),
            gate: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + IN_LINE)),
        }
    }
}

impl Uploads {
    /// Keeps a file; older ones make room for it.
    ///
    /// # Errors
    /// `Busy` where nothing can make room because all of it is being imported.
    pub fn keep(&self, upload: &Arc<Upload>) -> Result<(), AppError> {
        {
            let mut waiting = held(&self.waiting);
            waiting.retain(|one| one.at + LIVES > upload.at);
            let own = |one: &Upload| one.account == upload.account;
            while waiting.iter().filter(|one| own(one)).count() >= MOST_EACH {
                remove_oldest(&mut waiting, own).ok_or(AppError::Busy)?;
            }
            while waiting.len() >= MOST
                || (!waiting.is_empty() && weight(&waiting).saturating_add(upload.weight()) > MOST_BYTES)
            {
                remove_oldest(&mut waiting, |_| true).ok_or(AppError::Busy)?;
            }
            waiting.push(Arc::clone(upload));
        }
        self.forget_later(upload.key.clone());
        Ok(())
    }

    /// Older files make room for what was read from this one.
    pub fn make_room(&self, upload: &Upload) {
        let mut waiting = held(&self.waiting);
        while weight(&waiting) > MOST_BYTES
            && remove_oldest(&mut waiting, |one| one.key != upload.key).is_some()
        {}
    }

    /// Frees the memory of a file that nobody asks for again.
    fn forget_later(&self, key: String) {
        let waiting = Arc::downgrade(&self.waiting);
        tokio::spawn(async move {
            let lives = u64::try_from(LIVES).unwrap_or_default();
            tokio::time::sleep(Duration::from_millis(lives)).await;
            if let Some(waiting) = waiting.upgrade() {
                held(&waiting).retain(|one| one.key != key);
            }
        });
    }

    /// The file of this key, if it is `account`'s and has not waited too long.
    pub fn find(&self, key: &str, account: AccountId, now: i64) -> Option<Arc<Upload>> {
        let waiting = held(&self.waiting);
        waiting
            .iter()
            .find(|one| one.key == key && one.account == account && one.at + LIVES > now)
            .cloned()
    }

    /// Forgets a file.
    pub fn forget(&self, key: &str) {
        held(&self.waiting).retain(|one| one.key != key);
    }

    /// A place for one more file, before anything of it is taken in.
    ///
    /// # Errors
    /// `Busy` where too many wait already.
    pub fn place(&self) -> Result<Place, AppError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        Ok(Place {
            gate: Arc::clone(&self.gate),
            place: place.map_err(|_| AppError::Busy)?,
        })
    }
}

fn weight(waiting: &[Arc<Upload>]) -> usize {
    waiting.iter().map(|one| one.weight()).sum()
}

/// Removes the oldest of those that may go; nothing where there is none.
fn remove_oldest(waiting: &mut Vec<Arc<Upload>>, may: impl Fn(&Upload) -> bool) -> Option<Arc<Upload>> {
    let oldest = waiting.iter().position(|one| may(one) && !one.is_writing())?;
    Some(waiting.remove(oldest))
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::super::drafts::HoursDraft;
    use super::super::import::Steps;
    use super::super::problem::Problems;
    use super::super::read::{Options, read_file};
    use super::*;

    fn upload(key: &str, account: i64, at: i64) -> Arc<Upload> {
        let bytes = Bytes::from_static(b"Name\nAda");
        Arc::new(Upload::new(
            key.to_owned(),
            AccountId(account),
            "people.csv".to_owned(),
            at,
            bytes,
        ))
    }

    #[tokio::test]
    async fn a_file_is_its_owners_alone_and_waits_half_an_hour() {
        let uploads = Uploads::default();
        uploads.keep(&upload("a", 1, 1_000)).unwrap();
        let found = |account, now| uploads.find("a", AccountId(account), now).is_some();
        assert!(found(1, 1_000) && found(1, 1_000 + LIVES - 1));
        assert!(!found(2, 1_000) && !found(1, 1_000 + LIVES));
        uploads.forget("a");
        assert!(!found(1, 1_000));
    }

    #[tokio::test]
    async fn the_oldest_makes_room_its_owners_first() {
        let uploads = Uploads::default();
        uploads.keep(&upload("other", 9, 0)).unwrap();
        for number in 0..=MOST_EACH {
            uploads.keep(&upload(&number.to_string(), 1, 1)).unwrap();
        }
        assert!(uploads.find("0", AccountId(1), 1).is_none());
        assert!(uploads.find("1", AccountId(1), 1).is_some());
        assert!(uploads.find("other", AccountId(9), 1).is_some());
        for account in 2..8 {
            for number in 0..2 {
                uploads
                    .keep(&upload(&format!("{account}-{number}"), account, 2))
                    .unwrap();
            }
        }
        assert_eq!(held(&uploads.waiting).len(), MOST);
        assert!(uploads.find("other", AccountId(9), 1).is_none());
    }

    /// What a file of hours with so many cells becomes.
    fn ready(cells: usize) -> Ready {
        let text = b"Person,Project,2026-11-02\nAda,P-1,8\n";
        let mut reading = read_file("hours.csv", text, &Options::default()).unwrap();
        let draft = reading.drafts.hours[0].clone();
        reading.drafts.hours = vec![draft; cells];
        let planned = ImportPlan {
            what: reading.what,
            revision: 0,
            problems: Problems::default(),
            notes: Vec::new(),
            counts: Vec::new(),
            changes: Vec::new(),
            changed_rows: 0,
            minutes: 0,
            steps: Steps::default(),
        };
        Ready {
            reading: Arc::new(reading),
            planned: Arc::new(planned),
            notice: None,
        }
    }

    #[tokio::test]
    async fn what_was_read_counts_and_the_oldest_files_make_room_for_it() {
        let uploads = Uploads::default();
        let third = ready(MOST_BYTES / 3 / size_of::<HoursDraft>());
        let kept = || -> Vec<String> {
            let waiting = held(&uploads.waiting);
            waiting.iter().map(|one| one.key.clone()).collect()
        };
        let bring = |key: &str, account| {
            let one = upload(key, account, 0);
            uploads.keep(&one).unwrap();
            one.set(State::Ready(third.clone()));
            uploads.make_room(&one);
            one
        };
        let first = bring("a", 1);
        assert_eq!(first.weight() / (1 << 20), MOST_BYTES / 3 / (1 << 20));
        first.begin_writing().unwrap();
        bring("b", 2);
        assert_eq!(kept(), ["a", "b"]);
        bring("c", 3);
        // What is being imported takes its memory anyhow, so that it stays.
        assert_eq!(kept(), ["a", "c"]);
        // One alone may be larger than all may be together.
        let large = upload("d", 4, 0);
        uploads.keep(&large).unwrap();
        large.set(State::Ready(ready(MOST_BYTES / size_of::<HoursDraft>() + 1)));
        uploads.make_room(&large);
        assert_eq!(kept(), ["a", "d"]);
        large.begin_writing().unwrap();
        assert!(matches!(uploads.keep(&upload("e", 5, 0)), Err(AppError::Busy)));
        // Imported, it takes next to nothing.
        let done = Imported {
            summary: String::new(),
            counts: Vec::new(),
            change_set: None,
            at: 0,
        };
        large.set(State::Done(Arc::new(done)));
        assert_eq!(large.weight(), 0);
        uploads.keep(&upload("e", 5, 0)).unwrap();
    }

    #[tokio::test]
    async fn two_are_read_at_a_time_and_eight_wait() {
        let uploads = Uploads::default();
        let mut places: Vec<Place> = (0..10).map(|_| uploads.place().unwrap()).collect();
        assert!(matches!(uploads.place(), Err(AppError::Busy)));
        let mut next = || places.pop().unwrap().turn();
        let (first, second) = (next().await.unwrap(), next().await.unwrap());
        let mut third = Box::pin(next());
        assert!((&mut third).now_or_never().is_none());
        drop(first);
        let third = third.await.unwrap();
        drop((second, third));
        assert!((0..3).all(|_| uploads.place().is_ok()));
    }

    #[tokio::test]
    async fn nobody_waits_for_work_that_is_done() {
        let one = upload("a", 1, 0);
        let waiting = {
            let one = Arc::clone(&one);
            tokio::spawn(async move { one.settled(Duration::from_mins(1)).await })
        };
        one.set(State::Failed("empty".to_owned()));
        assert!(matches!(waiting.await.unwrap(), State::Failed(_)));
        assert!(!one.begin_reading() && one.begin_writing().is_none());
    }
}
