//! The workers, and the clock that lays regular work in the queue.

use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::rules::{Times, pause};
use super::store::{self, Attempt, Job, Schedule};
use super::{Failure, Regular};
use crate::app::App;
use crate::clock::millis;
use crate::db::{DbError, WriteTx};
use crate::error::AppError;
use crate::mail;

/// How long a job counts as being worked on without a word of its worker.
const LEASE: Duration = Duration::from_mins(1);
/// How often a worker says so.
const WORD: Duration = Duration::from_secs(20);
/// How long nothing is tried after the database refused it: a full disk is not empty a moment later.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// How long the workers sleep at most: a machine that slept, or whose clock was set, is noticed soon after.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Works until it is told to stop: what is under way then goes back to the queue.
pub async fn serve(app: App, mut stop: watch::Receiver<bool>) {
    if let Err(error) = begin(&app).await {
        tracing::error!(%error, "the queue of jobs could not be opened; nothing regular is done");
        return;
    }
    let mut hands = JoinSet::new();
    for _ in 0..app.config.workers {
        hands.spawn(work(app.clone(), stop.clone()));
    }
    hands.spawn(keep_time(app.clone()));
    // An error says that whoever could tell us to stop is gone.
    let _ = stop.wait_for(|stop| *stop).await;
    hands.shutdown().await;
    let back = app.db.write(app.own_gesture("give jobs back"), store::give_back);
    if let Err(error) = back.await {
        tracing::warn!(%error, "jobs under way are begun again after their time");
    }
}

/// Takes back what an earlier process had in its hands, and makes the schedules that are not there yet.
async fn begin(app: &App) -> Result<(), AppError> {
    let (table, now) = (app.jobs.table, app.clock.now());
    let zone = app.clock.zone_name();
    app.db
        .write(app.own_gesture("begin working"), move |tx| {
            store::take_over(tx)?;
            for regular in table.regular {
                store::add_schedule(tx, &usual(regular, &zone, now)?)?;
            }
            Ok::<_, AppError>(())
        })
        .await?;
    super::look_for_trouble(app).await;
    Ok(())
}

/// The schedule of regular work that nobody has changed.
fn usual(regular: &Regular, zone: &str, now: i64) -> Result<Schedule, AppError> {
    Times::read(regular.cron, zone)
        .map_err(|fault| AppError::Internal(format!("the schedule of {}: {fault}", regular.kind)))?;
    Ok(Schedule {
        name: regular.kind.to_owned(),
        cron: regular.cron.to_owned(),
        zone: zone.to_owned(),
        misfire: regular.misfire,
        paused: false,
        // The first start does it at once.
        next_at: now,
    })
}

async fn keep_time(app: App) {
    loop {
        if let Err(error) = tick(&app).await {
            tracing::warn!(%error, "the schedules could not be looked at");
            tokio::time::sleep(AFTER_A_FAULT).await;
        }
        let news = app.jobs.inner.news.notified();
        let next = app.db.read(store::schedules).await.unwrap_or_default();
        let next = next.iter().filter(|one| !one.paused).map(|one| one.next_at).min();
        tokio::select! {
            () = tokio::time::sleep(until(next, app.clock.now())) => {}
            () = news => {}
        }
    }
}

fn until(next: Option<i64>, now: i64) -> Duration {
    let wait = next.map_or(LONGEST_SLEEP, |next| {
        Duration::from_millis(u64::try_from(next.saturating_sub(now)).unwrap_or(0))
    });
    wait.clamp(Duration::from_millis(50), LONGEST_SLEEP)
}

/// Lays what is due by the schedules in the queue.
///
/// # Errors
/// Whatever the database says.
pub async fn tick(app: &App) -> Result<(), AppError> {
    let now = app.clock.now();
    let due = app
        .db
        .read(store::schedules)
        .await?
        .iter()
        .any(|one| !one.paused && one.next_at <= now);
    if due {
        let table = app.jobs.table;
        app.db
            .write(app.own_gesture("begin regular work"), move |tx| {
                for schedule in store::schedules(tx)? {
                    if table.kind(&schedule.name).is_some() {
                        fire(tx, &schedule)?;
                    }
                }
                Ok::<_, DbError>(())
            })
            .await?;
        app.jobs.wake();
    }
    Ok(())
}

/// One schedule, in the write that moves it on: so each of its moments is worked on once, whoever asks.
fn fire(tx: &WriteTx<'_>, schedule: &Schedule) -> Result<(), DbError> {
    if schedule.paused || schedule.next_at > tx.now() {
        return Ok(());
    }
    let Ok(times) = Times::read(&schedule.cron, &schedule.zone) else {
        // Nobody can have written it through Ballast. It rests instead of being tried for ever.
        return store::set_next(tx, &schedule.name, i64::MAX);
    };
    let due = times.due(schedule.next_at, tx.now(), schedule.misfire);
    if let Some(slot) = due.run {
        store::add_for_slot(tx, (&schedule.name, slot), &schedule.name)?;
    }
    store::set_next(tx, &schedule.name, due.next.unwrap_or(i64::MAX))
}

async fn work(app: App, stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        // Listened for before the look, so that what comes in between is not missed.
        let news = app.jobs.inner.news.notified();
        app.jobs.beat(app.clock.now());
        match take(&app).await {
            Ok(Some(job)) => {
                do_job(&app, job).await;
                continue;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "the queue of jobs could not be looked at");
                tokio::time::sleep(AFTER_A_FAULT).await;
            }
        }
        let next = app.db.read(store::next_due).await.unwrap_or_default();
        tokio::select! {
            () = tokio::time::sleep(until(next, app.clock.now())) => {}
            () = news => {}
        }
    }
}

/// Does everything that is due, one job after the other, and answers how many there were.
///
/// # Errors
/// Whatever the database says.
pub async fn run_due(app: &App) -> Result<usize, AppError> {
    let mut done = 0;
    while let Some(job) = take(app).await? {
        do_job(app, job).await;
        done += 1;
    }
    Ok(done)
}

async fn take(app: &App) -> Result<Option<Job>, AppError> {
    let now = app.clock.now();
    // Looking costs no write.
    let due = app.db.read(store::next_due).await?;
    if due.is_none_or(|due| due > now) {
        return Ok(None);
    }
    let until = now + millis(LEASE);
    let claimed = app
        .db
        .write(app.own_gesture("begin a job"), move |tx| store::claim(tx, until))
        .await?;
    if claimed.value.is_some() {
        super::tell(app);
    }
    Ok(claimed.value)
}

/// One job, from its beginning to what became of it.
async fn do_job(app: &App, job: Job) {
    let (attempt, id, attempts) = (job.attempt(), job.id, job.attempts);
    let Some(kind) = app.jobs.table.kind(&job.kind) else {
        tracing::warn!(job = id, kind = job.kind, "nobody knows this kind of job");
        close(
            app,
            attempt,
            Err(("nobody knows this kind of job".to_owned(), None)),
        )
        .await;
        return;
    };
    let outcome = if attempts > kind.attempts {
        Err(Failure {
            words: "Ballast ended each time while it was being worked on".to_owned(),
            for_good: true,
        })
    } else {
        let work = std::panic::AssertUnwindSafe((kind.run)(app.clone(), job.payload)).catch_unwind();
        held(app, attempt, work).await.unwrap_or_else(|_| {
            Err(Failure {
                words: "it panicked".to_owned(),
                for_good: false,
            })
        })
    };
    let result = outcome.map_err(|failure| {
        let wait = pause(attempts, kind.attempts).filter(|_| !failure.for_good);
        if let Some(wait) = wait {
            let seconds = wait.as_secs();
            tracing::warn!(
                job = id,
                kind = kind.name,
                attempts,
                fault = failure.words,
                "a job is tried again in {seconds} s"
            );
        } else {
            tracing::error!(
                job = id,
                kind = kind.name,
                attempts,
                fault = failure.words,
                "a job was given up"
            );
            if kind.name != mail::NOTICE {
                app.crash.given_up(kind.label, &failure.words);
            }
        }
        (failure.words, wait.map(|wait| app.clock.now() + millis(wait)))
    });
    close(app, attempt, result).await;
}

/// Works while saying every now and then that somebody does.
async fn held<T>(app: &App, attempt: Attempt, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            outcome = &mut work => return outcome,
            () = tokio::time::sleep(WORD) => {
                app.jobs.beat(app.clock.now());
                let until = app.clock.now() + millis(LEASE);
                let said = app.db.write(app.own_gesture("hold a job"), move |tx| store::hold(tx, attempt, until)).await;
                if let Err(error) = said {
                    tracing::warn!(%error, job = attempt.job, "it could not be said that a job is worked on");
                }
            }
        }
    }
}

async fn close(app: &App, attempt: Attempt, result: Result<(), (String, Option<i64>)>) {
    let went_well = result.is_ok();
    let written = app
        .db
        .write(app.own_gesture("end a job"), move |tx| match &result {
            Ok(()) => store::finish(tx, attempt),
            Err((words, again)) => store::fail(tx, attempt, words, *again),
        })
        .await;
    let id = attempt.job;
    match written {
        Ok(written) if written.value => {}
        Ok(_) => tracing::warn!(
            job = id,
            "a job took so long without a word that it was begun again"
        ),
        Err(error) => {
            tracing::warn!(%error, job = id, "what became of a job could not be written; it is begun again after its time");
        }
    }
    // Looking costs a read, and most of the time there is nothing to see.
    if !went_well || !app.jobs.troubles().is_empty() {
        super::look_for_trouble(app).await;
    }
    super::tell(app);
}
