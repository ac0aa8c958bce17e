//! Every kind of work that is done in the background, in one table.

use futures_util::FutureExt as _;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::clock::millis;
use crate::db::{self, DbError};
use crate::error::AppError;
use crate::jobs::{self, Failure, Kind, Misfire, Regular, Table};
use crate::{accounts, backup, files, mail, plan};

/// For how long what was done can be looked at.
const DONE_KEPT: std::time::Duration = std::time::Duration::from_hours(14 * 24);

/// For how long a request that is sent again is known.
const REQUESTS_KEPT: std::time::Duration = std::time::Duration::from_hours(24);

/// All of it.
pub static TABLE: Table = Table {
    kinds: &[
        Kind {
            name: mail::KIND,
            label: "Send a letter",
            attempts: 10,
            run: |app, payload| mail::deliver(app, payload).boxed(),
        },
        Kind {
            name: "backup",
            label: "Make a backup, and throw away what need not be kept",
            attempts: 6,
            run: |app, _| back_up(app).boxed(),
        },
        Kind {
            name: "verify-backup",
            label: "Read the newest backup through, as a restore would",
            attempts: 3,
            run: |app, _| verify_backup(app).boxed(),
        },
        Kind {
            name: "past-weeks",
            label: "Keep past weeks as they were planned",
            attempts: 6,
            run: |app, _| keep_past_weeks(app).boxed(),
        },
        Kind {
            name: "clean-up",
            label: "Forget sessions, codes and jobs that are over",
            attempts: 6,
            run: |app, _| clean_up(app).boxed(),
        },
    ],
    regular: &[
        Regular {
            kind: "backup",
            cron: "30 1 * * *",
            misfire: Misfire::Once,
        },
        Regular {
            kind: "verify-backup",
            cron: "30 4 * * 0",
            misfire: Misfire::Once,
        },
        Regular {
            kind: "past-weeks",
            cron: "5 0 * * *",
            misfire: Misfire::Once,
        },
        Regular {
            kind: "clean-up",
            cron: "40 3 * * *",
            misfire: Misfire::Once,
        },
    ],
};

async fn back_up(app: App) -> Result<(), Failure> {
    let (directory, keep, now) = (
        app.config.data_dir.clone(),
        app.config.backup_keep,
        app.clock.now(),
    );
    let made = tokio::task::spawn_blocking(move || {
        let (path, manifest) = backup::make(&directory, &backup::name_of(now), now, "scheduled")?;
        let gone = backup::prune(&directory, keep)?;
        Ok::<_, backup::Fault>((path, manifest.rows(), gone))
    });
    let (path, rows, gone) = joined(made).await?;
    tracing::info!(path = %path.display(), rows, gone, "made a backup");
    Ok(())
}

async fn verify_backup(app: App) -> Result<(), Failure> {
    let directory = app.config.data_dir.clone();
    let read = tokio::task::spawn_blocking(move || match backup::newest(&directory)? {
        Some(kept) => backup::verify(&kept.path).map(|manifest| Some((kept.path, manifest.rows()))),
        None => Ok(None),
    });
    if let Some((path, rows)) = joined(read).await? {
        tracing::info!(path = %path.display(), rows, "a backup is whole");
    }
    Ok(())
}

/// What a thread of its own did with the disk.
async fn joined<T>(work: JoinHandle<Result<T, backup::Fault>>) -> Result<T, Failure> {
    let failure = |words: String| Failure {
        words,
        for_good: false,
    };
    match work.await {
        Ok(done) => done.map_err(|fault| failure(fault.to_string())),
        Err(error) => Err(failure(error.to_string())),
    }
}

async fn keep_past_weeks(app: App) -> Result<(), Failure> {
    let book = app.book();
    let kept = plan::take_snapshots(&app.db, &book, &app.clock, None).await?;
    if kept != plan::KeptSnapshots::default() {
        tracing::info!(weeks = kept.weeks.len(), "kept what is past");
    }
    Ok(())
}

/// For how long bytes lie on that nothing refers to, for an undo.
const BYTES_KEPT: std::time::Duration = std::time::Duration::from_hours(30 * 24);
/// How old a file without a row is before it is a leftover: younger ones may be on their way in.
const ARRIVING_FOR: std::time::Duration = std::time::Duration::from_hours(24);

async fn clean_up(app: App) -> Result<(), Failure> {
    let now = app.clock.now();
    let (idle, most) = (millis(app.config.session_idle), millis(app.config.session_max));
    app.db
        .write(app.own_gesture("clean up"), move |tx| {
            accounts::forget_old(tx, now - idle, now - most)?;
            jobs::store::forget_done(tx, now - millis(DONE_KEPT))?;
            db::forget_requests(tx, now - millis(REQUESTS_KEPT))?;
            Ok::<_, DbError>(())
        })
        .await
        .map_err(AppError::from)?;
    sweep_files(&app, now).await
}

async fn sweep_files(app: &App, now: i64) -> Result<(), Failure> {
    let known = app
        .db
        .write(app.own_gesture("clean up files"), move |tx| {
            files::sweep(tx, now - millis(BYTES_KEPT))
        })
        .await
        .map_err(AppError::from)?;
    let directory = app.config.data_dir.clone();
    let known: std::collections::HashSet<String> = known.value.into_iter().collect();
    let swept =
        tokio::task::spawn_blocking(move || files::sweep_folder(&directory, &known, (now, ARRIVING_FOR)))
            .await;
    let failure = |words: String| Failure {
        words,
        for_good: false,
    };
    match swept {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(failure(error.to_string())),
        Err(error) => Err(failure(error.to_string())),
    }
}
