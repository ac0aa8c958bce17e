//! Files between their preview and their import: in memory only, few of them, and not for long.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, watch};

use super::import::{Count, ImportPlan, Noun};
use super::read::Reading;
use super::table::Progress;
use crate::units::ids::{AccountId, ChangeSetId};

/// How many files wait at most, of one account and of all.
const MOST_EACH: usize = 4;
const MOST: usize = 12;
/// How many bytes of files wait at most, unless one alone is larger.
const MOST_BYTES: usize = 128 << 20;
/// How long a file waits, in milliseconds: half an hour.
const LIVES: i64 = 1_800_000;
/// How many files are read at the same time; the rest waits its turn.
const AT_ONCE: usize = 2;

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
        self.state.send_replace(state);
    }

    /// Shows what was compared anew, unless it is at something else by now.
    pub fn renew(&self, newer: &Ready) {
        self.state.send_if_modified(|state| {
            if let State::Ready(ready) = state {
                *ready = newer.clone();
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

    fn length(&self) -> usize {
        held(&self.bytes).len()
    }
}

/// The files that wait. Cloning shares them.
#[derive(Clone)]
pub struct Uploads {
    waiting: Arc<Mutex<Vec<Arc<Upload>>>>,
    gate: Arc<Semaphore>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            waiting: Arc::default(),
            gate: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Uploads {
    /// Keeps a file; older ones make room for it.
    pub fn keep(&self, upload: &Arc<Upload>) {
        {
            let mut waiting = held(&self.waiting);
            waiting.retain(|one| one.at + LIVES > upload.at);
            let own = |one: &Arc<Upload>| one.account == upload.account;
            while waiting.iter().filter(|one| own(one)).count() >= MOST_EACH {
                let oldest = waiting.iter().position(own);
                oldest.map(|oldest| waiting.remove(oldest));
            }
            let bytes = |waiting: &[Arc<Upload>]| waiting.iter().map(|one| one.length()).sum::<usize>();
            while waiting.len() >= MOST
                || (!waiting.is_empty() && bytes(&waiting) + upload.length() > MOST_BYTES)
            {
                waiting.remove(0);
            }
            waiting.push(Arc::clone(upload));
        }
        self.forget_later(upload.key.clone());
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

    /// Waits for a turn to read a file.
    pub async fn turn(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        Arc::clone(&self.gate).acquire_owned().await.ok()
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
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
        uploads.keep(&upload("a", 1, 1_000));
        let found = |account, now| uploads.find("a", AccountId(account), now).is_some();
        assert!(found(1, 1_000) && found(1, 1_000 + LIVES - 1));
        assert!(!found(2, 1_000) && !found(1, 1_000 + LIVES));
        uploads.forget("a");
        assert!(!found(1, 1_000));
    }

    #[tokio::test]
    async fn the_oldest_makes_room_its_owners_first() {
        let uploads = Uploads::default();
        uploads.keep(&upload("other", 9, 0));
        for number in 0..=MOST_EACH {
            uploads.keep(&upload(&number.to_string(), 1, 1));
        }
        assert!(uploads.find("0", AccountId(1), 1).is_none());
        assert!(uploads.find("1", AccountId(1), 1).is_some());
        assert!(uploads.find("other", AccountId(9), 1).is_some());
        for account in 2..8 {
            for number in 0..2 {
                uploads.keep(&upload(&format!("{account}-{number}"), account, 2));
            }
        }
        assert_eq!(held(&uploads.waiting).len(), MOST);
        assert!(uploads.find("other", AccountId(9), 1).is_none());
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
