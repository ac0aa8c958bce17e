//! One room in memory.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::watch;

use super::lock;
use super::presence::{GRACE, Presence};
use crate::db::Db;
use crate::error::AppError;
use crate::poker::answer::{Shared, State};
use crate::poker::rules::room::{Room, Round, Vote};
use crate::poker::store;
use crate::units::ids::{ParticipantId, RoomId, RoundId};

/// How long everybody has to think again once all have voted, in milliseconds.
const SECOND_LOOK: i64 = 2_000;
/// For how long nobody who runs a room must have been there before somebody else may take it over, in milliseconds.
const LEFT_ALONE: i64 = 60_000;

/// What was done in a room, as far as it decides what must be read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    /// Cards were laid down or taken back, and nothing else.
    Vote,
    /// Anything.
    Anything,
}

/// A round that reveals by itself soon.
struct Soon {
    round: RoundId,
    at: i64,
    /// What was voted when it was decided: a changed vote begins the time anew.
    votes: Vec<Vote>,
}

/// One room in memory.
pub struct Table {
    /// Its id.
    pub id: RoomId,
    /// When it came into memory, in milliseconds: who was there before that has yet to come back.
    read_at: i64,
    room: RwLock<Arc<Room>>,
    /// One reads it anew at a time; whoever waited finds it new enough.
    reading: tokio::sync::Mutex<()>,
    presence: Mutex<Presence>,
    /// The live round that reveals by itself soon, and when.
    soon: Mutex<Option<Soon>>,
    /// Since when nobody who runs it is there, in milliseconds; none while somebody is.
    alone_since: Mutex<Option<i64>>,
    /// When a time was last found to be up that is told by the clock alone, in milliseconds.
    told_at: AtomicI64,
    /// Counts what those who are here should know of.
    version: watch::Sender<u64>,
    /// Whether something was done since they were read that may have changed the stories.
    has_other_stories: AtomicBool,
    /// What all who are here see, as it was asked for last.
    shared: Mutex<Option<Arc<Shared>>>,
}

impl Table {
    pub(super) fn new(room: Room, now: i64) -> Self {
        Self {
            read_at: now,
            id: room.id,
            room: RwLock::new(Arc::new(room)),
            reading: tokio::sync::Mutex::default(),
            presence: Mutex::default(),
            soon: Mutex::default(),
            alone_since: Mutex::default(),
            told_at: AtomicI64::new(0),
            version: watch::Sender::new(0),
            has_other_stories: AtomicBool::new(false),
            shared: Mutex::default(),
        }
    }

    /// The room as of the newest change.
    #[must_use]
    pub fn room(&self) -> Arc<Room> {
        Arc::clone(&self.room.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the room anew, unless somebody did since the change with the number `seq`. Whoever only voted does not read the
    /// stories again; whoever did anything else finds them read since, or reads them.
    pub(super) async fn catch_up(&self, db: &Db, (seq, did): (i64, Did)) -> Result<(), AppError> {
        if did == Did::Anything {
            self.has_other_stories.store(true, Ordering::SeqCst);
        }
        let _reading = self.reading.lock().await;
        let was = self.room();
        let reads_stories = self.has_other_stories.swap(false, Ordering::SeqCst);
        if was.seq >= seq && !reads_stories {
            return Ok(());
        }
        let id = self.id;
        let known = (!reads_stories).then(|| Arc::clone(&was.stories));
        let read = db.read(move |tx| store::load_with(tx, id, known)).await;
        if reads_stories && read.is_err() {
            self.has_other_stories.store(true, Ordering::SeqCst);
        }
        let room = read?;
        let room = room.ok_or(AppError::NotFound)?;
        *self.room.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(room);
        Ok(())
    }

    /// Tells everybody who is here that there is something to look at.
    pub(super) fn tell(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    pub(super) fn listen(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// A line begins. Answers whether somebody came who was not here.
    pub(super) fn enter(&self, who: ParticipantId, now: i64) -> bool {
        lock(&self.presence).enter(who, now)
    }

    pub(super) fn leave(&self, who: ParticipantId, now: i64) {
        lock(&self.presence).leave(who, now);
    }

    /// Somebody answers a heartbeat. Answers whether they had counted as gone.
    pub(super) fn hear(&self, who: ParticipantId, now: i64) -> bool {
        lock(&self.presence).hear(who, now)
    }

    /// Whether anybody is there.
    pub(super) fn is_lively(&self) -> bool {
        lock(&self.presence).has_lines()
    }

    pub(super) fn forget_gone(&self, now: i64) -> bool {
        lock(&self.presence).forget_gone(now)
    }

    /// Whether it must stay in memory.
    pub(super) fn is_in_use(&self) -> bool {
        lock(&self.presence).has_lines() || self.next_due().is_some()
    }

    /// The room, with who is here.
    pub(super) fn with_presence<T>(
        &self,
        now: i64,
        work: impl FnOnce(&Room, &dyn Fn(ParticipantId) -> bool) -> T,
    ) -> T {
        let room = self.room();
        let presence = lock(&self.presence);
        work(&room, &|who| presence.is_present(who, now))
    }

    /// What all who are here see now; made once, however many ask at the same time.
    pub(super) fn shared(&self, now: i64) -> Arc<Shared> {
        let (room, soon) = (self.room(), self.soon());
        let presence = lock(&self.presence);
        let ids = room.people.iter().map(|one| one.id);
        let present = ids.filter(|id| presence.is_present(*id, now)).collect();
        drop(presence);
        Shared::of(&mut lock(&self.shared), State { room, present, soon })
    }

    /// Whether a time was up that nothing but a look at the clock tells: somebody may take over the room, or nobody is waited
    /// for any longer after a start.
    pub(super) fn is_later(&self, now: i64) -> bool {
        let dues = [self.heir_due(), self.gathered_at(&self.room())];
        let is_due = dues.into_iter().flatten().any(|due| due <= now);
        if is_due {
            self.told_at.store(now, Ordering::Relaxed);
        }
        is_due
    }

    /// Decides anew whether the live round reveals by itself soon. Whoever is away is not waited for.
    pub(super) fn weigh(&self, now: i64) {
        let complete = self.with_presence(now, |room, is_present| {
            let round = room.live_round().filter(|round| round.revealed_at.is_none())?;
            if self.is_gathering(round, now) {
                return None;
            }
            let complete =
                room.options.auto_reveal && room.ended_at.is_none() && room.all_voted(round, is_present);
            complete.then(|| (round.id, round.votes.clone()))
        });
        self.watch_over(now);
        let mut soon = lock(&self.soon);
        *soon = match (complete, soon.take()) {
            (None, _) => None,
            (Some((round, votes)), Some(same)) if same.round == round && same.votes == votes => Some(same),
            (Some((round, votes)), _) => Some(Soon {
                round,
                at: now + SECOND_LOOK,
                votes,
            }),
        };
    }

    /// Whether the people of a round that is older than this process have not had the time to come back yet.
    const fn is_gathering(&self, round: &Round, now: i64) -> bool {
        round.opened_at < self.read_at && now < self.read_at + GRACE
    }

    /// Until when people of the live round may come back, as long as that lies ahead.
    fn gathered_at(&self, room: &Room) -> Option<i64> {
        let now_or_later = self.told_at.load(Ordering::Relaxed);
        let round = room.live_round().filter(|round| round.revealed_at.is_none())?;
        let at = self.read_at + GRACE;
        (self.is_gathering(round, now_or_later.max(self.read_at)) && at > now_or_later).then_some(at)
    }

    /// Notes since when nobody who runs the room is there.
    fn watch_over(&self, now: i64) {
        let is_led = self.with_presence(now, |room, is_present| {
            let mut leads = room
                .people
                .iter()
                .filter(|one| one.facilitator && room.admits(one));
            leads.any(|one| is_present(one.id))
        });
        let mut alone = lock(&self.alone_since);
        *alone = if is_led { None } else { alone.or(Some(now)) };
    }

    /// The live round that reveals by itself soon because everybody has voted, and when.
    pub(super) fn soon(&self) -> Option<(RoundId, i64)> {
        lock(&self.soon).as_ref().map(|soon| (soon.round, soon.at))
    }

    /// Who may take over the room: nobody who runs it was there for a minute, and of those with an account who are there they
    /// are there longest.
    pub(in crate::poker) fn heir(&self, now: i64) -> Option<ParticipantId> {
        let alone = (*lock(&self.alone_since))?;
        if alone + LEFT_ALONE > now {
            return None;
        }
        let room = self.room();
        let presence = lock(&self.presence);
        let heirs = room
            .people
            .iter()
            .filter(|one| one.may_take_over && room.admits(one));
        heirs
            .filter_map(|one| Some((presence.since(one.id, now)?, one.joined_at, one.id)))
            .min()
            .map(|(_, _, id)| id)
    }

    /// When somebody may take over the room, as long as that lies ahead.
    fn heir_due(&self) -> Option<i64> {
        let is_waited_for = lock(&self.presence).has_lines();
        lock(&self.alone_since)
            .map(|alone| alone + LEFT_ALONE)
            .filter(|due| is_waited_for && *due > self.told_at.load(Ordering::Relaxed))
    }

    /// The rounds that reveal by themselves now, and the number of the change as of which that is so.
    pub(super) fn due(&self, now: i64) -> (i64, Vec<RoundId>) {
        let room = self.room();
        let plays = room.ended_at.is_none();
        let open = || {
            room.rounds
                .iter()
                .filter(|round| plays && round.revealed_at.is_none())
        };
        let late = open().filter(|round| round.deadline.is_some_and(|deadline| deadline <= now));
        let mut due: Vec<RoundId> = late.map(|round| round.id).collect();
        if let Some((round, at)) = self.soon()
            && at <= now
            && open().any(|one| one.id == round)
        {
            due.push(round);
        }
        due.dedup();
        (room.seq, due)
    }

    /// When something happens next by itself, in milliseconds.
    pub(super) fn next_due(&self) -> Option<i64> {
        let room = self.room();
        let plays = room.ended_at.is_none();
        let open = room
            .rounds
            .iter()
            .filter(|round| plays && round.revealed_at.is_none());
        let deadline = open.filter_map(|round| round.deadline).min();
        let soon = self.soon().map(|(_, at)| at);
        let gone = lock(&self.presence).next_due();
        let later = self.heir_due().into_iter().chain(self.gathered_at(&room)).min();
        [deadline, soon, gone, later].into_iter().flatten().min()
    }
}
