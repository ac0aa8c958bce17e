//! Whether Ballast works: one real check behind every address that a monitor may ask, made at most once a second however many
//! ask. What other servers do (mail, identity providers) has no part in it: their fault must not take us out of service.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use tokio::sync::Mutex;

use crate::app::App;
use crate::metrics::{Disk, vitals};

/// Where monitors ask.
const ADDRESSES: [&str; 8] = [
    "/health",
    "/health/",
    "/readyz",
    "/readiness",
    "/api/health",
    "/api/health/",
    "/healthz",
    "/livez",
];

/// Whether a monitor asks: such requests are let through whatever host they name, are never too many, and are not logged.
#[must_use]
pub fn is_asked(path: &str) -> bool {
    ADDRESSES.contains(&path)
}

/// How long the database may take before it counts as not answering.
const WITHIN: Duration = Duration::from_secs(4);
/// How long what was found out is told again.
const KEPT: Duration = Duration::from_secs(1);
/// For how long the writer may say nothing.
const SILENCE: Duration = Duration::from_secs(5);
/// The longest log of the database, in bytes: beyond it somebody keeps it from being carried over.
const LONGEST_LOG: u64 = 512 * 1_048_576;
/// What must be free on the disk: more than this many bytes, or more than this part of it.
const LEAST_FREE: (u64, u64) = (200 * 1_048_576, 20);

/// Whether the server is about to end. Whoever shares requests out is told so before connections are refused.
#[derive(Clone, Debug, Default)]
pub struct Ending(Arc<AtomicBool>);

impl Ending {
    /// It ends from now on.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it ends.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Findings {
    database: bool,
    log: bool,
    disk: bool,
}

impl Findings {
    const fn are_good(self) -> bool {
        self.database && self.log && self.disk
    }
}

/// What was found out last, and when. Whoever asks while somebody finds out waits for that. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Mutex<Option<(Instant, Findings)>>>);

async fn findings(app: &App) -> Findings {
    let mut last = app.readiness.0.lock().await;
    if let Some((at, found)) = *last
        && at.elapsed() < KEPT
    {
        return found;
    }
    let database = tokio::time::timeout(WITHIN, app.db.check(app.clock.now())).await;
    let database = match database {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer as it must");
            false
        }
        Err(_) => {
            tracing::warn!("the database does not answer in time");
            false
        }
    };
    let found = Findings {
        database,
        log: app.db.log_bytes() < LONGEST_LOG,
        disk: Disk::of(&app.config.data_dir).is_none_or(has_room),
    };
    *last = Some((Instant::now(), found));
    found
}

fn has_room(disk: Disk) -> bool {
    let (bytes, part) = LEAST_FREE;
    disk.free > bytes || disk.free > disk.total / part
}

/// What a monitor is told: whether all is well, and whether the database is.
async fn verdict(app: &App) -> (bool, bool) {
    let found = findings(app).await;
    let stays = !app.ending.has_begun();
    (found.are_good() && stays, found.database)
}

/// On a request of somebody who may know more of how Ballast is.
#[derive(Clone, Copy, Debug)]
pub struct MayKnow;

/// `GET /health`, `/health/`, `/readyz`, `/readiness`: fixed words, whatever the fault. An administrator is told more.
pub async fn show_health(State(app): State<App>, may_know: Option<Extension<MayKnow>>) -> Response {
    let (healthy, database) = verdict(&app).await;
    if may_know.is_some() {
        return detail(&app, healthy, database).await;
    }
    match (healthy, database) {
        (true, _) => answer(StatusCode::OK, r#"{"status":"healthy","database":"ok"}"#),
        (false, true) => answer(
            StatusCode::SERVICE_UNAVAILABLE,
            r#"{"status":"unhealthy","database":"ok"}"#,
        ),
        (false, false) => answer(
            StatusCode::SERVICE_UNAVAILABLE,
            r#"{"status":"unhealthy","database":"unavailable"}"#,
        ),
    }
}

/// What an administrator is told besides: what it hangs on, and what will.
async fn detail(app: &App, healthy: bool, database: bool) -> Response {
    let now = app.clock.now();
    let found = findings(app).await;
    let vitals = vitals(app).await;
    let beat = app.jobs.last_beat();
    let seconds = |since: i64| (now - since).max(0) / 1_000;
    let word = |good: bool| if good { "ok" } else { "bad" };
    let whole = serde_json::json!({
        "status": if healthy { "healthy" } else { "unhealthy" },
        "database": if database { "ok" } else { "unavailable" },
        "ending": app.ending.has_begun(),
        "disk": {
            "status": word(found.disk),
            "freeBytes": vitals.disk.map(|disk| disk.free),
            "totalBytes": vitals.disk.map(|disk| disk.total),
        },
        "log": { "status": word(found.log), "bytes": vitals.log },
        "writer": { "silentMs": millis(app.db.pulse().silence()), "waiting": app.db.pulse().waiting() },
        "workers": { "silentSeconds": (beat > 0).then(|| seconds(beat)) },
        "jobs": {
            "waiting": vitals.jobs.waiting,
            "running": vitals.jobs.running,
            "givenUp": vitals.jobs.failed,
            "oldestSeconds": vitals.jobs.oldest.map(seconds),
        },
        "backup": {
            "ageSeconds": vitals.backup.map(seconds),
            "verifiedSeconds": vitals.verified.map(seconds),
        },
        "remarks": app.config.edge.strangers.warning(now).into_iter().collect::<Vec<_>>(),
    });
    let mut answer = super::Json(whole).into_response();
    if !healthy {
        *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    answer
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// `GET /api/health`, `/api/health/`: the same check in the words of the applications that Ballast replaces.
pub async fn show_api_health(State(app): State<App>) -> Response {
    if verdict(&app).await.0 {
        answer(StatusCode::OK, r#"{"status":"ok"}"#)
    } else {
        answer(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"error"}"#)
    }
}

/// `GET /healthz`: the same check in one word.
pub async fn show_plain_health(State(app): State<App>) -> Response {
    let (status, word) = if verdict(&app).await.0 {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    };
    (status, word).into_response()
}

/// `GET /livez`: the process turns and its writer has said so lately. Nothing is asked of the disk.
pub async fn show_life(State(app): State<App>) -> Response {
    if app.db.writer_is_alive() && app.db.pulse().silence() < SILENCE {
        "ok".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable").into_response()
    }
}

fn answer(status: StatusCode, body: &'static str) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        body,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_has_room_in_bytes_or_in_part() {
        let mib = 1_048_576;
        for (free, total, room) in [
            (300 * mib, 100_000 * mib, true),
            (150 * mib, 1_000 * mib, true),
            (150 * mib, 100_000 * mib, false),
            (0, 0, false),
        ] {
            assert_eq!(has_room(Disk { free, total }), room, "{free} of {total}");
        }
    }
}
