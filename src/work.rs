//! Every kind of work that is done in the background, in one table.

use futures_util::FutureExt as _;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::clock::millis;
use crate::db::{self, DbError};
use crate::error::AppError;
use crate::jobs::{self, Failure, Kind, Misfire, Regular, Table};
use crate::{accounts, backup, files, mail, plan, tls};

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
            name: mail::NOTICE,
            label: "Send a letter about a fault",
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
            label: "Restore the newest backup into a folder of its own, and compare",
            attempts: 3,
            run: |app, _| verify_backup(app).boxed(),
        },
        Kind {
            name: COPY,
            label: "Send backups to the storage elsewhere, and throw away there what need not be kept",
            attempts: 10,
            run: |app, _| copy_backups(app).boxed(),
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
        Kind {
            name: "certificate",
            label: "Tell administrators when the certificate is soon over",
            attempts: 3,
            run: |app, _| look_at_certificate(app).boxed(),
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
        Regular {
            kind: "certificate",
            cron: "20 7 * * *",
            misfire: Misfire::Once,
        },
    ],
};

/// The kind that sends copies elsewhere.
const COPY: &str = "copy-backups";

async fn back_up(app: App) -> Result<(), Failure> {
    let (directory, settings, now) = (
        app.config.data_dir.clone(),
        app.config.backup.clone(),
        app.clock.now(),
    );
    let made = tokio::task::spawn_blocking(move || {
        let at = backup::free_moment(&directory, now);
        let making = backup::Making {
            name: &backup::name_of(at),
            made_at: at,
            reason: "scheduled",
            recipients: &settings.recipients,
        };
        let (path, manifest) = backup::make(&directory, &making)?;
        let gone = backup::prune(&directory, settings.keep)?;
        Ok::<_, backup::Fault>((path, manifest.rows(), gone))
    });
    let (path, rows, gone) = joined(made).await?;
    tracing::info!(path = %path.display(), rows, gone, "made a backup");
    if app.config.backup.place.is_some()
        && let Some(kind) = app.jobs.table.kind(COPY)
    {
        // A job of its own: what is slow or broken elsewhere makes no second backup here.
        let gesture = app.own_gesture("send backups elsewhere");
        app.db.write(gesture, move |tx| jobs::add(tx, kind, b"")).await?;
        app.jobs.wake();
    }
    Ok(())
}

async fn copy_backups(app: App) -> Result<(), Failure> {
    let Some(place) = app.config.backup.place.clone() else {
        return Ok(());
    };
    let offsite = backup::offsite::Offsite::new(place, &app.egress);
    let (sent, gone) = offsite
        .follow(&app.config.data_dir, app.config.backup.keep)
        .await
        .map_err(|fault| failure(fault.to_string()))?;
    tracing::info!(sent, gone, "backups are elsewhere too");
    Ok(())
}

async fn verify_backup(app: App) -> Result<(), Failure> {
    let (directory, now) = (app.config.data_dir.clone(), app.clock.now());
    let identity = app.config.backup.identity.clone();
    let read = tokio::task::spawn_blocking(move || {
        let Some(kept) = backup::newest(&directory)? else {
            return Ok(None);
        };
        if identity.is_none() && backup::is_sealed(&kept.path)? {
            return Ok(Some((kept.path, None)));
        }
        let manifest = backup::rehearse(&directory, &kept, identity.as_deref(), now)?;
        Ok::<_, backup::Fault>(Some((kept.path, Some(manifest.rows()))))
    });
    match joined(read).await? {
        Some((path, Some(rows))) => {
            tracing::info!(path = %path.display(), rows, "a backup was restored for a test, and is whole");
        }
        Some((path, None)) => {
            tracing::warn!(path = %path.display(), "the newest backup is encrypted and its key is not here, so that it was not restored for a test");
        }
        None => {}
    }
    Ok(())
}

fn failure(words: String) -> Failure {
    Failure {
        words,
        for_good: false,
    }
}

/// What a thread of its own did with the disk.
async fn joined<T>(work: JoinHandle<Result<T, backup::Fault>>) -> Result<T, Failure> {
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
/// For how long what was there before a restore lies on.
const ASIDES_KEPT: std::time::Duration = std::time::Duration::from_hours(30 * 24);
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
    let directory = app.config.data_dir.clone();
    let swept =
        tokio::task::spawn_blocking(move || backup::sweep_asides(&directory, now - millis(ASIDES_KEPT)));
    let gone = joined(swept).await?;
    if gone > 0 {
        tracing::info!(gone, "removed what was there before restores of long ago");
    }
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
    let known: std::collections::BTreeSet<String> = known.value.into_iter().collect();
    let swept =
        tokio::task::spawn_blocking(move || files::sweep_folder(&directory, &known, (now, ARRIVING_FOR)))
            .await;
    match swept {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(failure(error.to_string())),
        Err(error) => Err(failure(error.to_string())),
    }
}

/// Whoever renews a certificate has had half of the time for it when this speaks up, each day anew.
async fn look_at_certificate(app: App) -> Result<(), Failure> {
    let Some(span) = app.tls.as_ref().map(|tls| tls.span()) else {
        return Ok(());
    };
    let now = app.clock.now();
    if !span.is_alarming(now) {
        return Ok(());
    }
    tracing::warn!(days = span.days_left(now), "the certificate is soon over");
    let all = app.db.read(accounts::accounts).await.map_err(AppError::from)?;
    for account in all {
        if account.active && account.access == accounts::Access::Admin {
            mail::send(
                &app,
                tls::letter(&app.config.public_url, &account.email, span, now),
            );
        }
    }
    Ok(())
}
