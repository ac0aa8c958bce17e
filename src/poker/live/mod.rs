//! Rooms in memory: their state as of the newest commit, who is there, and what happens when a time is up.
//!
//! The database is the truth. A [`Table`] is read anew after each change, before whoever made it is answered; what is
//! in memory alone is who is there. So a process that dies loses nothing that people would have to do again.

mod line;
mod presence;
mod table;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::{rules, store};
use crate::app::App;
use crate::db::{Actor, Db, DbError, Gesture, WriteTx};
use crate::error::AppError;
use crate::units::ids::RoomId;

pub use line::listen;
pub use table::Table;

/// Nobody's clock is trusted for longer than this.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// What could not be done at its time is tried again after this, and not at once.
const SHORTEST_SLEEP: Duration = Duration::from_millis(20);
/// How many rooms stay in memory that nobody is in.
const IDLE: usize = 200;

/// Every room that was asked for lately. Cloning shares them.
#[derive(Clone, Default)]
pub struct Tables {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    by_link: Mutex<HashMap<String, Arc<Table>>>,
    /// Wakes who waits for the next time that is up.
    earlier: Notify,
}

/// A lock that a panic has poisoned is still a lock: what it guards is only ever replaced whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tables {
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
            tables.retain(|_, table| table.is_in_use());
        }
        let table = tables
            .entry(link.to_owned())
            .or_insert_with(|| Arc::new(Table::new(room)));
        Ok(Arc::clone(table))
    }

    /// How many are in the room behind a link; of a room that nobody has asked for lately that is nobody.
    #[must_use]
    pub fn here(&self, link: &str, now: i64) -> usize {
        let table = lock(&self.inner.by_link).get(link).cloned();
        table.map_or(0, |table| {
            table.with_presence(now, |room, is_present| {
                room.people.iter().filter(|one| is_present(one.id)).count()
            })
        })
    }

    fn all(&self) -> Vec<Arc<Table>> {
        lock(&self.inner.by_link).values().cloned().collect()
    }
}

/// Does something in a room: writes it, brings the table up to date, and tells everybody who is there. Whoever asked may be
/// gone before it is done; it is done all the same.
///
/// # Errors
/// Whatever `work` answers, which then has changed nothing.
pub async fn act<T, W>(app: &App, table: &Arc<Table>, gesture: Gesture, work: W) -> Result<T, AppError>
where
    T: Send + 'static,
    W: Fn(&WriteTx<'_>) -> Result<T, AppError> + Send + 'static,
{
    let (app, table) = (app.clone(), Arc::clone(table));
    let room = table.id;
    let done = tokio::spawn(async move {
        let written = app
            .db
            .write(gesture, move |tx| {
                let value = work(tx)?;
                Ok::<_, AppError>((value, store::touch(tx, room)?))
            })
            .await?;
        let (value, seq) = written.value;
        table.catch_up(&app.db, seq).await?;
        settle(&app, &table);
        Ok(value)
    });
    done.await
        .map_err(|error| AppError::Internal(error.to_string()))?
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

/// Does everything whose time is up: rounds that reveal by themselves, people whose grace has passed.
pub async fn tick(app: &App) {
    let now = app.clock.now();
    for table in app.poker.all() {
        if table.forget_gone(now) || table.is_left_alone(now) {
            settle(app, &table);
        }
        for round in table.due(now) {
            if let Err(error) = reveal(app, &table, round).await {
                tracing::warn!(%error, "a round could not be revealed at its time");
            }
        }
    }
}

/// Lays the cards of a round open because its time is up.
async fn reveal(app: &App, table: &Arc<Table>, round: crate::units::ids::RoundId) -> Result<(), AppError> {
    let room: RoomId = table.id;
    let gesture = Gesture {
        actor: Actor::program(),
        label: "reveal a round".to_owned(),
        at: app.clock.now(),
    };
    act(app, table, gesture, move |tx| Ok(store::reveal(tx, room, round)?)).await?;
    Ok(())
}

/// Loads every room in which a time runs, and does what is due, for as long as Ballast runs.
pub async fn keep_time(app: App) {
    loop {
        tick(&app).await;
        let now = app.clock.now();
        let next = app.poker.all().iter().filter_map(|table| table.next_due()).min();
        let wait = next.map_or(LONGEST_SLEEP, |next| {
            let wait = Duration::from_millis(u64::try_from(next - now).unwrap_or(0));
            wait.clamp(SHORTEST_SLEEP, LONGEST_SLEEP)
        });
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = app.poker.inner.earlier.notified() => {}
        }
    }
}

/// What somebody may see of a table now.
#[must_use]
pub fn view(app: &App, table: &Table, own: Option<crate::units::ids::ParticipantId>) -> rules::view::View {
    let now = app.clock.now();
    table.with_presence(now, |room, is_present| {
        rules::view::view(
            room,
            &rules::view::Viewer {
                participant: own,
                is_present,
                now,
                soon: table.soon(),
                heir: table.heir(now),
            },
        )
    })
}
