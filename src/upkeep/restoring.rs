//! Restoring a backup while the server runs: from the lock to the new beginning.

use crate::app::App;
use crate::backup::{self, Fault, Restored, Restoring};
use crate::jobs;

/// Begins: from here on nothing is written, and the rest goes on by itself.
///
/// # Errors
/// `Refused` where one is under way already.
pub(super) fn begin(app: &App, restoring: Restoring) -> Result<(), Fault> {
    backup::lock(&app.config.data_dir, &restoring)?;
    hold(app, &restoring);
    tracing::info!(
        archive = restoring.archive,
        "a backup is being restored; nothing is written meanwhile"
    );
    tokio::spawn(go_on(app.clone(), restoring, After::Failing));
    Ok(())
}

/// What follows where it comes to nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// The server goes on as it was.
    Failing,
    /// It begins anew, since it was started only to read.
    Resuming,
}

/// Goes on with what an earlier process was at when it ended.
pub fn resume(app: &App) {
    if let Some(restoring) = backup::locked(&app.config.data_dir) {
        hold(app, &restoring);
        tracing::warn!(
            archive = restoring.archive,
            "a restore was cut off and is done now"
        );
        tokio::spawn(go_on(app.clone(), restoring, After::Resuming));
    }
}

fn hold(app: &App, restoring: &Restoring) {
    app.upkeep.set_restoring(Some(restoring.clone()));
    app.db.hold_still(true);
}

async fn go_on(app: App, restoring: Restoring, after: After) {
    let (directory, settings) = (app.config.data_dir.clone(), app.config.backup.clone());
    // Of the moment at which it was asked for, so that going on with it is the same one.
    let at = restoring.at;
    let asked = restoring.clone();
    let work = tokio::task::spawn_blocking(move || {
        let free = backup::free_moment(&directory, at);
        let making = backup::Making {
            name: &backup::name_of(free),
            made_at: free,
            reason: "before a restore",
            recipients: &settings.recipients,
        };
        let (kept, _) = backup::make(&directory, &making)?;
        tracing::info!(path = %kept.display(), "kept a backup of what is there");
        let found = backup::all(&directory)?
            .into_iter()
            .find(|kept| kept.name == restoring.archive);
        let found = found.ok_or_else(|| Fault::Refused("the archive is not there any more".to_owned()))?;
        let aside = backup::aside(at);
        backup::stage(&found.path, &directory, &aside, settings.identity.as_deref())
    });
    let done = match work.await {
        Ok(done) => done.map_err(|fault| fault.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match done {
        Ok(manifest) => {
            tracing::info!(
                rows = manifest.rows(),
                "the backup is ready; Ballast begins anew with it"
            );
            app.upkeep.begin_anew();
        }
        Err(why) => give_up(&app, asked, why, after),
    }
}

fn give_up(app: &App, asked: Restoring, why: String, after: After) {
    tracing::error!(why, "the restore came to nothing; everything is as it was");
    let directory = &app.config.data_dir;
    if let Err(fault) = backup::unlock(directory) {
        tracing::error!(%fault, "the lock of the restore could not be removed");
    }
    // On the disk, since the process that tells of it may be the next one.
    let told = Restored {
        archive: asked.archive,
        by: asked.by,
        aside: None,
        at: app.clock.now(),
        failed: Some(why),
    };
    if let Err(fault) = backup::remember(directory, &told) {
        tracing::error!(%fault, "that the restore came to nothing could not be noted");
    }
    app.upkeep.set_restoring(None);
    app.db.hold_still(false);
    jobs::tell(app);
    if after == After::Resuming {
        app.upkeep.begin_anew();
    }
}
