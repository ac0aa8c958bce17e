//! Who is told when something went wrong on our side: panics wherever they are, requests that failed, and work in the
//! background that came to nothing.
//!
//! Every fault goes into one bounded queue and is told of by one task ([`tell`]): as a letter, and to a collector of Sentry's
//! kind. What is told is where it was and the shape of what it said, no value, no head and no body of anything.

mod rules;
mod sentry;

use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::app::App;
use crate::clock::Clock;
use crate::db::{DbError, Tx};
use crate::mail::{self, Letter};
use crate::metrics;
use crate::secret::Secret;
use crate::units::without_words;
use crate::web::RequestId;
use rules::{Fingerprint, Throttle, shape};

pub use sentry::Dsn;

/// How many faults wait to be told of.
const WAITING: usize = 64;
/// How often it is looked whether something that was held back is to be told.
const LOOK: Duration = Duration::from_secs(30);

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Code of ours broke off.
    Panic,
    /// A request failed.
    Request,
    /// Work in the background was given up.
    Job,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Panic => "a crash",
            Self::Request => "a failed request",
            Self::Job => "work that was given up",
        }
    }
}

/// One fault.
#[derive(Clone, Debug)]
pub struct Crash {
    kind: Kind,
    /// Where: a line of the code, a path of the table, a kind of work.
    place: String,
    /// The shape of what it said.
    shape: String,
    /// Of which request.
    request: Option<RequestId>,
    /// When it was handed in, in milliseconds.
    at: i64,
}

impl Crash {
    fn fingerprint(&self) -> Fingerprint {
        (self.place.clone(), self.shape.clone())
    }
}

/// Who gets letters where the settings name nobody: the addresses of administrators.
pub type Administrators = fn(&Tx<'_>) -> Result<Vec<String>, DbError>;

/// Where faults are handed in. Cloning shares it.
#[derive(Clone)]
pub struct Crashes {
    queue: mpsc::Sender<Crash>,
    taken: Arc<Mutex<Option<mpsc::Receiver<Crash>>>>,
    lost: Arc<AtomicU64>,
    clock: Clock,
    administrators: Administrators,
}

impl Crashes {
    /// An empty queue.
    #[must_use]
    pub fn new(clock: Clock, administrators: Administrators) -> Self {
        let (queue, taken) = mpsc::channel(WAITING);
        Self {
            queue,
            taken: Arc::new(Mutex::new(Some(taken))),
            lost: Arc::default(),
            clock,
            administrators,
        }
    }

    fn hand_in(&self, mut crash: Crash) {
        crash.at = self.clock.now();
        if self.queue.try_send(crash).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A request failed by a fault of ours. Where that was a panic it is told of already.
    pub(crate) fn failed(&self, route: &'static str, cause: &str, request: RequestId) {
        if !cause.ends_with("panicked") {
            self.hand_in(Crash {
                kind: Kind::Request,
                place: route.to_owned(),
                shape: shape(cause),
                request: Some(request),
                at: 0,
            });
        }
    }

    /// Work in the background was given up.
    pub(crate) fn given_up(&self, label: &str, fault: &str) {
        self.hand_in(Crash {
            kind: Kind::Job,
            place: label.to_owned(),
            shape: shape(fault),
            request: None,
            at: 0,
        });
    }
}

tokio::task_local! {
    /// The request that is being answered.
    static REQUEST: RequestId;
}

/// Answers a request; a panic meanwhile is told of with its number.
pub(crate) fn of_request<T>(id: RequestId, answer: impl Future<Output = T>) -> impl Future<Output = T> {
    REQUEST.scope(id, answer)
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// Where panics are handed in.
static QUEUE: OnceLock<Mutex<Vec<Crashes>>> = OnceLock::new();

/// From now on every panic of this process is logged as one line, counted, and told of by `crashes`.
///
/// * `then`: what is done besides; a test wants to see its own.
pub fn watch(crashes: &Crashes, then: Option<Hook>) {
    let mut known = QUEUE
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if known.is_empty() {
        std::panic::set_hook(Box::new(move |info| {
            note(info);
            if let Some(then) = &then {
                then(info);
            }
        }));
    }
    known.push(crashes.clone());
}

fn note(info: &PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or("something that is no text");
    let place = info.location().map_or_else(
        || "nowhere".to_owned(),
        |at| format!("{}:{}:{}", at.file(), at.line(), at.column()),
    );
    let crash = Crash {
        kind: Kind::Panic,
        place,
        shape: shape(message),
        request: REQUEST.try_with(|id| *id).ok(),
        at: 0,
    };
    metrics::PANICS.count();
    let request = crash.request.map(|id| id.to_string());
    let thread = std::thread::current();
    tracing::error!(
        place = crash.place,
        shape = %without_words(&crash.shape),
        request_id = request,
        thread = thread.name(),
        "a panic"
    );
    if let Some(known) = QUEUE.get() {
        // Whoever holds it panicked themselves: then the line of the log has to do.
        if let Ok(known) = known.try_lock() {
            known.iter().for_each(|crashes| crashes.hand_in(crash.clone()));
        }
    }
}

/// Tells of faults for as long as it is polled. The first one who calls it does.
pub async fn tell(app: App) {
    let taken = app
        .crash
        .taken
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let Some(mut queue) = taken else { return };
    let collector = app.config.watch.sentry_dsn.as_ref().and_then(|dsn| {
        let read = Dsn::read(dsn.expose());
        if read.is_none() {
            tracing::warn!(
                "SENTRY_DSN is none, such as https://KEY@sentry.example.org/1; crashes are not reported there"
            );
        }
        read
    });
    let mut throttle = Throttle::default();
    loop {
        tokio::select! {
            crash = queue.recv() => {
                let Some(crash) = crash else { return };
                if let Some(held) = throttle.note(&crash.fingerprint(), crash.at) {
                    tell_of(&app, collector.as_ref(), &crash, held).await;
                }
            }
            () = tokio::time::sleep(LOOK) => {
                let now = app.clock.now();
                for ((place, shape), held) in throttle.due(now) {
                    let crash = Crash { kind: Kind::Panic, place, shape, request: None, at: now };
                    write(&app, &crash, &format!("It has happened {held} more times since.")).await;
                }
            }
        }
    }
}

async fn tell_of(app: &App, collector: Option<&Dsn>, crash: &Crash, held: u32) {
    let more = match held {
        0 => String::new(),
        held => format!("It had happened {held} more times before, which were held back."),
    };
    write(app, crash, &more).await;
    if let Some(dsn) = collector
        && let Err(why) = sentry::report(app, dsn, crash).await
    {
        tracing::warn!(%why, "a crash could not be reported");
    }
}

/// A letter to whoever looks after this Ballast.
async fn write(app: &App, crash: &Crash, more: &str) {
    let mut readers = app.config.watch.report_to.clone();
    if readers.is_empty() && crash.kind == Kind::Job {
        let administrators = app.crash.administrators;
        readers = app.db.read(administrators).await.unwrap_or_default();
    }
    let request = crash
        .request
        .map_or_else(String::new, |id| format!("Request: {id}\n"));
    let lost = match app.crash.lost.swap(0, Ordering::Relaxed) {
        0 => String::new(),
        lost => format!("{lost} faults besides were too many to be told of; the log has them.\n"),
    };
    let text = format!(
        "Ballast at {} had {}.\n\nWhere: {}\nWhat: {}\n{request}When: {} {}\nVersion: {}\n\n{more}\n{lost}The log says more. \
         Of the same fault you are told again in ten minutes at the earliest.\n",
        app.config.public_url,
        crash.kind.as_str(),
        crash.place,
        crash.shape,
        app.clock.day_of(crash.at),
        app.clock.time_of(crash.at),
        env!("CARGO_PKG_VERSION"),
    );
    for to in readers {
        mail::send_notice(
            app,
            Letter {
                to,
                subject: format!("Ballast: {}", crash.kind.as_str()),
                text: Secret::from(text.clone()),
                until: None,
            },
        );
    }
}
