//! Every kind of work that is done in the background, in one table.

use futures_util::FutureExt as _;

use crate::app::App;
use crate::clock::millis;
use crate::db::DbError;
use crate::error::AppError;
use crate::jobs::{self, Failure, Kind, Misfire, Regular, Table};
use crate::{accounts, mail, plan};

/// For how long what was done can be looked at.
const DONE_KEPT: std::time::Duration = std::time::Duration::from_hours(14 * 24);

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

async fn keep_past_weeks(app: App) -> Result<(), Failure> {
    let book = app.book();
    let kept = plan::take_snapshots(&app.db, &book, &app.clock, None).await?;
    if kept != plan::KeptSnapshots::default() {
        tracing::info!(weeks = kept.weeks.len(), "kept what is past");
    }
    Ok(())
}

async fn clean_up(app: App) -> Result<(), Failure> {
    let now = app.clock.now();
    let (idle, most) = (millis(app.config.session_idle), millis(app.config.session_max));
    app.db
        .write(app.own_gesture("clean up"), move |tx| {
            accounts::forget_old(tx, now - idle, now - most)?;
            jobs::store::forget_done(tx, now - millis(DONE_KEPT))?;
            Ok::<_, DbError>(())
        })
        .await
        .map_err(AppError::from)?;
    Ok(())
}
