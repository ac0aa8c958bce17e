//! Rooms in memory: their state as of the newest commit, who is there, and what happens when a time is up.
//!
//! The database is the truth. A [`Table`] is read anew after each change, before whoever made it is answered; what is
//! in memory alone is who is there. So a process that dies loses nothing that people would have to do again.

mod joins;
mod line;
mod presence;
mod table;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Notify;

use super::answer::Seen;
use super::{rules, store};
use crate::app::App;
use crate::clock::Clock;
use crate::db::{Actor, Db, DbError, Gesture, Once, WriteTx};
use crate::error::AppError;
use crate::units::ids::{ParticipantId, RoomId, RoundId};
use crate::web::edge::Whose;

pub use line::{Wanted, With, listen};
use table::Did;
pub use table::Table;

/// Nobody's clock is trusted for longer than this.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// Where somebody did something at the moment at which a time was up, it is looked at again after this, and not at once.
const SHORTEST_SLEEP: Duration = Duration::from_millis(20);
/// What the database refused is tried again after this: a full disk is not empty a moment later.
const AFTER_A_FAULT: Duration = Duration::from_secs(5);
const MINUTE: Duration = Duration::from_mins(1);
/// How many rooms stay in memory that nobody is in.
const IDLE: usize = 200;

/// Every room that was asked for lately. Cloning shares them.
#[derive(Clone)]
pub struct Tables {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Clock,
    by_link: Mutex<HashMap<String, Arc<Table>>>,
    /// Wakes who waits for the next time that is up.
    earlier: Notify,
    /// How many messages were not understood or not allowed.
    refused: AtomicU64,
    /// Wrong passcodes of the last minute, by room and address.
    tries: Tries,
    joins: joins::Joins,
}

/// How many passcodes somebody may try in a room within a minute.
const MOST_TRIES: u32 = 5;

/// Counts of tries. They are bounded, so that nobody fills the memory with addresses.
struct Tries(Cache<(RoomId, Whose), Arc<AtomicU32>>);

impl Default for Tries {
    fn default() -> Self {
        let kept = Cache::builder().max_capacity(20_000).time_to_live(MINUTE);
        Self(kept.build())
    }
}

/// A lock that a panic has poisoned is still a lock: what it guards is only ever replaced whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tables {
    /// No room is in memory yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let inner = Inner {
            clock,
            by_link: Mutex::default(),
            earlier: Notify::new(),
            refused: AtomicU64::new(0),
            tries: Tries::default(),
            joins: joins::Joins::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The room behind a link.
    ///
    /// # Errors
    /// `NotFound` where there is none.
    pub async fn at(&self, db: &Db, link: &str) -> Result<Arc<Table>, AppError> {
        if let Some(table) = lock(&self.inner.by_link).get(link) {
            return Ok(Arc::clone(table));
        }
        let wanted = link.to_owned();
        let room = db
            .read(move |tx| match store::room_by_link(tx, &wanted)? {
                Some(id) => store::load(tx, id),
                None => Ok::<_, DbError>(None),
            })
            .await?
            .ok_or(AppError::NotFound)?;
        let mut tables = lock(&self.inner.by_link);
        if tables.len() >= IDLE {
            // Whoever holds one is about to do something with it.
            tables.retain(|_, table| table.is_in_use() || Arc::strong_count(table) > 1);
        }
        let now = self.inner.clock.now();
        let table = tables
            .entry(link.to_owned())
            .or_insert_with(|| Arc::new(Table::new(room, now)));
        Ok(Arc::clone(table))
    }

    /// Counts a try at a room's passcode from an address.
    ///
    /// # Errors
    /// `TooMany` from the sixth within a minute.
    pub fn try_passcode(&self, room: RoomId, whose: Whose) -> Result<(), AppError> {
        let tries = self.inner.tries.0.get_with((room, whose), Arc::default);
        if tries.fetch_add(1, Ordering::Relaxed) < MOST_TRIES {
            return Ok(());
        }
        Err(AppError::TooMany {
            seconds: MINUTE.as_secs(),
        })
    }

    /// Counts a message that was not understood, or that its sender may not send.
    pub fn count_refused(&self) {
        self.inner.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// How many messages were refused since the start.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.inner.refused.load(Ordering::Relaxed)
    }

    /// Takes every room into memory in which a time runs, so that it is up when it was said to be, whether or not somebody
    /// comes back first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    async fn wake_timed(&self, db: &Db) -> Result<(), AppError> {
        for link in db.read(store::timed).await? {
            self.at(db, &link).await?;
        }
        Ok(())
    }

    /// How many are in the room behind a link; in a room that nobody has asked for lately there is nobody.
    #[must_use]
    pub fn here(&self, link: &str, now: i64) -> usize {
        let table = lock(&self.inner.by_link).get(link).cloned();
        table.map_or(0, |table| {
            table.with_presence(now, |room, is_present| {
                room.people.iter().filter(|one| is_present(one.id)).count()
            })
        })
    }

    /// In how many rooms somebody is.
    #[must_use]
    pub fn lively(&self) -> usize {
        lock(&self.inner.by_link)
            .values()
            .filter(|table| table.is_lively())
            .count()
    }

    fn all(&self) -> Vec<Arc<Table>> {
        lock(&self.inner.by_link).values().cloned().collect()
    }
}

/// Does something in a room that is played in: writes it, brings the table up to date, and tells everybody who is there.
/// Whoever asked may be gone before it is done; it is done all the same.
///
/// # Errors
/// `Conflict` where the room was ended, or whatever `work` answers, which then has changed nothing.
pub async fn act<T, W>(app: &App, table: &Arc<Table>, gesture: Gesture, work: W) -> Result<T, AppError>
where
    T: Send + 'static,
    W: Fn(&WriteTx<'_>) -> Result<T, AppError> + Send + 'static,
{
    let room = table.id;
    act_at_any_time(app, table, gesture, move |tx| {
        store::must_play(tx, room)?;
        work(tx)
    })
    .await
}

/// The same of a vote, which changes no stories.
///
/// # Errors
/// As of [`act`].
pub async fn play<T, W>(app: &App, table: &Arc<Table>, gesture: Gesture, work: W) -> Result<T, AppError>
where
    T: Send + 'static,
    W: Fn(&WriteTx<'_>) -> Result<T, AppError> + Send + 'static,
{
    let room = table.id;
    let work = move |tx: &WriteTx<'_>| {
        store::must_play(tx, room)?;
        work(tx)
    };
    perform(app, table, gesture, (Did::Vote, work)).await
}

/// The same in a room that may have been ended: who comes to read it is written down too.
///
/// # Errors
/// Whatever `work` answers, which then has changed nothing.
pub async fn act_at_any_time<T, W>(
    app: &App,
    table: &Arc<Table>,
    gesture: Gesture,
    work: W,
) -> Result<T, AppError>
where
    T: Send + 'static,
    W: Fn(&WriteTx<'_>) -> Result<T, AppError> + Send + 'static,
{
    perform(app, table, gesture, (Did::Anything, work)).await
}

async fn perform<T, W>(
    app: &App,
    table: &Arc<Table>,
    gesture: Gesture,
    (did, work): (Did, W),
) -> Result<T, AppError>
where
    T: Send + 'static,
    W: Fn(&WriteTx<'_>) -> Result<T, AppError> + Send + 'static,
{
    let (app, table) = (app.clone(), Arc::clone(table));
    let room = table.id;
    let done = tokio::spawn(Once::carried(async move {
        let written = app
            .db
            .write(gesture, move |tx| {
                let value = work(tx)?;
                Ok::<_, AppError>((value, store::touch(tx, room)?))
            })
            .await?;
        let (value, seq) = written.value;
        // It is done, whether or not the room can be read just now.
        if let Err(error) = table.catch_up(&app.db, (seq, did)).await {
            tracing::warn!(%error, "a room could not be read after a change, and is read again");
            tokio::spawn(read_later(app.clone(), Arc::clone(&table), (seq, did)));
        }
        settle(&app, &table);
        Ok(value)
    }));
    done.await
        .map_err(|error| AppError::Internal(error.to_string()))?
}

/// Reads a room that could not be read after a change, until it can be.
async fn read_later(app: App, table: Arc<Table>, change: (i64, Did)) {
    loop {
        tokio::time::sleep(AFTER_A_FAULT).await;
        match table.catch_up(&app.db, change).await {
            Ok(()) => return settle(&app, &table),
            Err(AppError::NotFound) => return,
            Err(_) => {}
        }
    }
}

/// Somebody answers a heartbeat: their line is not dead, whatever stands between us.
pub fn hear(app: &App, table: &Table, who: ParticipantId) {
    if table.hear(who, app.clock.now()) {
        settle(app, table);
    } else {
        // Their time is another one from now on.
        wake(app);
    }
}

/// Decides anew whether the live round reveals by itself soon, and tells everybody who is there.
pub fn settle(app: &App, table: &Table) {
    table.weigh(app.clock.now());
    table.tell();
    wake(app);
}

/// Lets whoever waits for the next time that is up look at it anew.
fn wake(app: &App) {
    app.poker.inner.earlier.notify_one();
}

/// Does everything whose time is up: rounds that reveal by themselves, people whose grace has passed. False where some of it could not
/// be done.
pub async fn tick(app: &App) -> bool {
    let now = app.clock.now();
    let mut is_done = true;
    for table in app.poker.all() {
        if table.forget_gone(now) | table.is_later(now) {
            settle(app, &table);
        }
        let (seq, due) = table.due(now);
        if due.is_empty() {
            continue;
        }
        match reveal(app, &table, (seq, due)).await {
            // Somebody did something at that moment: what is due then is looked at anew.
            Ok(()) | Err(AppError::Moved) => {}
            Err(error) => {
                tracing::warn!(%error, "a round could not be revealed at its time");
                is_done = false;
            }
        }
    }
    is_done
}

/// Lays the cards of rounds open because their time is up, unless the room has changed since that was found.
async fn reveal(app: &App, table: &Arc<Table>, (seq, due): (i64, Vec<RoundId>)) -> Result<(), AppError> {
    let room = table.id;
    let gesture = Gesture {
        actor: Actor::program(),
        label: "reveal a round".to_owned(),
        at: app.clock.now(),
    };
    act(app, table, gesture, move |tx| {
        if store::seq(tx, room)? != Some(seq) {
            return Err(AppError::Moved);
        }
        for round in &due {
            store::reveal(tx, room, *round)?;
        }
        Ok(())
    })
    .await
}

/// Loads every room in which a time runs, and does what is due, for as long as Ballast runs.
pub async fn keep_time(app: App) {
    if let Err(error) = app.poker.wake_timed(&app.db).await {
        tracing::warn!(%error, "rooms in which a time runs could not be read");
    }
    loop {
        let shortest = if tick(&app).await {
            SHORTEST_SLEEP
        } else {
            AFTER_A_FAULT
        };
        let now = app.clock.now();
        let next = app.poker.all().iter().filter_map(|table| table.next_due()).min();
        let wait = next.map_or(LONGEST_SLEEP, |next| {
            let wait = Duration::from_millis(u64::try_from(next - now).unwrap_or(0));
            wait.clamp(shortest, LONGEST_SLEEP)
        });
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = app.poker.inner.earlier.notified() => {}
        }
    }
}

/// What somebody may see of a table now.
#[must_use]
pub fn seen(app: &App, table: &Table, own: Option<ParticipantId>) -> Seen {
    let now = app.clock.now();
    let viewer = rules::view::Viewer {
        participant: own,
        now,
        heir: table.heir(now),
        ..rules::view::Viewer::reader(own)
    };
    Seen::new(table.shared(now), &viewer)
}

/// The same as one view.
#[must_use]
pub fn view(app: &App, table: &Table, own: Option<ParticipantId>) -> rules::view::View {
    seen(app, table, own).view()
}
