//! The line of events to somebody in a room. It says that something changed; and to whoever wants it so, what they may see of the
//! room now, drawn by the one view as any answer is. What is long is never said: whoever hears of a change asks for it then, and
//! gets it packed.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, header};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::{Table, seen, settle, wake};
use crate::app::App;
use crate::error::AppError;
use crate::feed::{Listener, staggered, until};
use crate::poker::drawn;
use crate::poker::seat::Seat;
use crate::web::pieces::Piece;

/// How long a line lives at most. The browser opens the next one by itself, and is asked then whether it may.
const LIFE: Duration = Duration::from_mins(5);
/// After how long without a word there is a heartbeat at the latest.
const BEAT: Duration = Duration::from_secs(20);
/// What happens this soon after a word is told with the next one; longer where many are here, who would all ask at once.
const TOGETHER: Duration = Duration::from_millis(30);
const TOGETHER_EACH: Duration = Duration::from_millis(2);
/// In a room of more people than this, they are told in turns.
const CROWD: usize = 50;
const TURNS: u32 = 64;

/// A room that takes more bytes is asked for instead of being told.
const LONGEST: usize = 48 * 1_024;

/// What a line tells of the room besides that it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// Nothing.
    Nothing,
    /// The room as a piece of a page.
    Page,
    /// The room as JSON.
    View,
}

/// What somebody wants of a line.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// What it tells.
    pub with: With,
    /// The number of the room that they have already.
    pub after: Option<i64>,
}

/// Opens a line to whoever sits at a table.
pub fn listen(app: &App, seat: Seat, wanted: Wanted) -> Response {
    let line = Line::open(app.clone(), seat, wanted);
    let words = futures_util::stream::unfold(line, |mut line| async move {
        let word = line.next().await?;
        Some((Ok::<_, Infallible>(word), line))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(words)).into_response()
}

/// How far a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing was said.
    New,
    /// They have yet to be told of the room as it is.
    Behind,
    /// What changes is told.
    Even,
    /// Nothing is said any more.
    Over,
}

struct Line {
    app: App,
    seat: Seat,
    wanted: Wanted,
    stage: Stage,
    /// Whether they count as present: an administrator who sees through their eyes is not them.
    counts: bool,
    /// Comes to its end with the session, with a change of accounts, and when the server stops.
    ended: Pin<Box<dyn Future<Output = ()> + Send>>,
    told: watch::Receiver<u64>,
    last: Instant,
    over: Instant,
}

impl Line {
    fn open(app: App, seat: Seat, wanted: Wanted) -> Self {
        let table = &seat.table;
        let counts = seat.viewer().is_some();
        if counts && table.enter(seat.own, app.clock.now()) {
            settle(&app, table);
        }
        // Whoever opens a line looks at its first word, and need not be told that they came.
        let told = table.listen();
        let ended = ended(&app, &seat);
        let now = Instant::now();
        let over = now + staggered(LIFE, seat.own.0.unsigned_abs());
        Self {
            wanted,
            stage: Stage::New,
            app,
            seat,
            counts,
            ended,
            told,
            last: now,
            over,
        }
    }

    /// The next word, or none where the line is over.
    async fn next(&mut self) -> Option<Bytes> {
        match self.stage {
            Stage::Over => return None,
            Stage::New => {
                let knows =
                    self.wanted.with == With::Nothing || self.wanted.after == Some(self.table().room().seq);
                self.stage = if knows { Stage::Even } else { Stage::Behind };
                return Some(format!("retry: 1000\n{}", self.changed("hello")).into());
            }
            Stage::Behind => {
                self.stage = Stage::Even;
                return Some(self.news().await);
            }
            Stage::Even => {}
        }
        let beat_due = Instant::now() + staggered(BEAT, self.seat.own.0.unsigned_abs());
        tokio::select! {
            biased;
            () = &mut self.ended => None,
            () = sleep_until(self.over) => None,
            changed = self.told.changed() => {
                changed.ok()?;
                until((self.last + self.together()).max(Instant::now() + self.turn())).await;
                self.told.mark_unchanged();
                Some(self.news().await)
            }
            () = sleep_until(beat_due) => Some(Bytes::from_static(b"event: beat\ndata: 1\n\n")),
        }
    }

    fn together(&self) -> Duration {
        let people = u32::try_from(self.table().room().people.len()).unwrap_or(u32::MAX);
        TOGETHER.max(TOGETHER_EACH.saturating_mul(people).min(Duration::from_secs(1)))
    }

    /// In a large room not everybody is told at once, who would all ask at once and keep the others of this house waiting: each
    /// has a turn within the time in which words are told together.
    fn turn(&self) -> Duration {
        if !self.is_crowd() {
            return Duration::ZERO;
        }
        let turn = u32::try_from(self.seat.own.0.rem_euclid(i64::from(TURNS))).unwrap_or(0);
        self.together() / TURNS * turn
    }

    fn table(&self) -> &Table {
        &self.seat.table
    }

    fn is_crowd(&self) -> bool {
        self.table().room().people.len() > CROWD
    }

    async fn news(&mut self) -> Bytes {
        self.last = Instant::now();
        let room = self.table().room();
        if !room
            .participant(self.seat.own)
            .is_some_and(|one| room.admits(one))
        {
            self.stage = Stage::Over;
            return Bytes::from_static(b"event: bye\ndata: {\"reason\":\"out\"}\n\n");
        }
        // Whoever was told that it changed asks for it, and is told there what is wrong.
        let told = self.room().await.ok().flatten();
        told.unwrap_or_else(|| self.changed("changed").into())
    }

    /// The room as they may see it; none where they want none, or where it is too long. In a crowd it is, for all of them.
    async fn room(&mut self) -> Result<Option<Bytes>, AppError> {
        if self.is_crowd() {
            return Ok(None);
        }
        let seq = self.table().room().seq;
        let pieces = match self.wanted.with {
            With::Nothing => return Ok(None),
            With::Page => drawn::room(&self.app, &self.seat, true).await?,
            With::View => seen(&self.app, self.table(), self.seat.viewer())
                .json_pieces()?
                .to_vec(),
        };
        Ok(told(seq, &pieces))
    }

    fn changed(&self, event: &str) -> String {
        let seq = self.table().room().seq;
        format!("id: {seq}\nevent: {event}\ndata: {{\"seq\":{seq}}}\n\n")
    }
}

/// An event with the room in it, unless that is too long.
fn told(seq: i64, pieces: &[Arc<Piece>]) -> Option<Bytes> {
    let length: usize = pieces.iter().map(|piece| piece.length()).sum();
    if length > LONGEST {
        return None;
    }
    let mut event = format!("id: {seq}\nevent: room\ndata: ").into_bytes();
    event.reserve(length + 2);
    for byte in pieces.iter().flat_map(|piece| piece.bytes()) {
        match byte {
            // A line of an event is a line of its data; both signs end one.
            b'\n' | b'\r' => event.extend(b"\ndata: "),
            other => event.push(other),
        }
    }
    event.extend(b"\n\n");
    Some(event.into())
}

/// What ends a line from without. An account's is one of its lines in the feed, whose words are not passed on.
fn ended(app: &App, seat: &Seat) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let Some(visitor) = &seat.visitor else {
        let mut closed = app.feed.closed();
        return Box::pin(async move {
            let _ = closed.wait_for(|closed| *closed).await;
        });
    };
    let who = Listener {
        account: visitor.account,
        seen: (visitor.account, visitor.name.clone()),
        session: visitor.key_hash.clone(),
    };
    let mut line = app.feed.open(&who, None, None);
    Box::pin(async move { while line.next().await.is_some() {} })
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.counts {
            return;
        }
        self.table().leave(self.seat.own, self.app.clock.now());
        // For the others nothing has changed yet: their grace ends at a time that somebody must wait for.
        wake(&self.app);
    }
}
