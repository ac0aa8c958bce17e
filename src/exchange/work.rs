//! Reading, comparing and importing, off the threads that answer requests.

use std::sync::Arc;

use bytes::Bytes;

use super::import::{ImportPlan, plan_import};
use super::problem::FileError;
use super::read::{Options, Reading, read_file};
use super::store;
use super::table::Progress;
use super::uploads::{Imported, Ready, State, Upload};
use crate::app::App;
use crate::db::{DbError, Gesture};
use crate::error::AppError;

/// Why a file was not compared.
pub enum NotRead {
    /// The file is to blame.
    File(FileError),
    /// We are.
    Us(AppError),
}

/// Why a file was not imported.
pub enum NotImported {
    /// Compared with the plan as it is by now, some rows are refused.
    Refused(Box<ImportPlan>),
    /// The database would not.
    Database(DbError),
}

impl From<DbError> for NotImported {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

/// Reads a file and compares it with the plan.
pub async fn read_and_compare(
    app: &App,
    name: String,
    bytes: Bytes,
    options: Options,
) -> Result<(Arc<Reading>, ImportPlan), NotRead> {
    let turn = app.uploads.turn().await;
    let reading = off_the_threads(move || read_file(&name, &bytes, &options))
        .await
        .map_err(NotRead::Us)?
        .map_err(NotRead::File)?;
    drop(turn);
    let reading = Arc::new(reading);
    let planned = compare(app, &reading).await.map_err(NotRead::Us)?;
    Ok((reading, planned))
}

/// Compares a file with the plan as it is now.
pub async fn compare(app: &App, reading: &Arc<Reading>) -> Result<ImportPlan, AppError> {
    // The book first: should the rest be newer, the import finds another revision and compares again.
    let book = app.book();
    let today = app.clock.today();
    let known = app.db.read(move |tx| store::known(tx, today)).await?;
    let reading = Arc::clone(reading);
    off_the_threads(move || plan_import(&reading, &book, &known)).await
}

async fn off_the_threads<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Internal(error.to_string()))
}

/// Imports a file as it was compared; where the plan has changed since, it is compared again inside the write.
pub async fn import(
    app: &App,
    gesture: Gesture,
    reading: Arc<Reading>,
    planned: Arc<ImportPlan>,
    progress: Progress,
) -> Result<Imported, NotImported> {
    let (today, week_start) = (app.clock.today(), app.config.week_starts_on);
    let at = gesture.at;
    let written = app
        .db
        .write(gesture, move |tx| {
            let newer = store::newest(tx, &reading, &planned, today, week_start)?;
            let newest = newer.as_ref().unwrap_or(&planned);
            if !newest.is_sound() {
                return Err(NotImported::Refused(Box::new(newest.clone())));
            }
            store::apply(tx, newest, &progress)?;
            Ok((newest.summary(), newest.counts.clone()))
        })
        .await?;
    let (summary, counts) = written.value;
    Ok(Imported {
        summary,
        counts,
        change_set: written.change_set,
        at,
    })
}

/// Begins to read a file; its state says when that is done.
pub fn begin_reading(app: &App, upload: &Arc<Upload>, options: Options) {
    let (app, upload) = (app.clone(), Arc::clone(upload));
    upload.progress.begin(0);
    let options = Options {
        week_start: app.book().plan.organisation.week_start,
        progress: upload.progress.clone(),
        ..options
    };
    tokio::spawn(async move {
        let read = read_and_compare(&app, upload.name.clone(), upload.bytes(), options).await;
        upload.set(match read {
            Ok((reading, planned)) => State::Ready(Ready {
                reading,
                planned: Arc::new(planned),
                notice: None,
            }),
            Err(NotRead::File(error)) => State::Failed(error.to_string()),
            Err(NotRead::Us(error)) => {
                tracing::error!(%error, cause = ?error, "a file could not be compared with the plan");
                State::Failed("Ballast could not read the file just now. Please bring it again.".to_owned())
            }
        });
    });
}

/// Begins to import a file; its state says when that is done. It goes on though the visitor has left.
pub fn begin_import(app: &App, gesture: Gesture, upload: &Arc<Upload>, ready: Ready) {
    let (app, upload) = (app.clone(), Arc::clone(upload));
    upload.progress.begin(0);
    tokio::spawn(async move {
        let (reading, planned) = (Arc::clone(&ready.reading), Arc::clone(&ready.planned));
        let imported = import(&app, gesture, reading, planned, upload.progress.clone()).await;
        let again = |planned: Arc<ImportPlan>, notice| {
            State::Ready(Ready {
                planned,
                notice: Some(notice),
                reading: Arc::clone(&ready.reading),
            })
        };
        upload.set(match imported {
            Ok(imported) => State::Done(Arc::new(imported)),
            Err(NotImported::Refused(planned)) => again(
                Arc::new(*planned),
                "The plan has changed since you looked at this. Nothing was imported; please look again.",
            ),
            Err(NotImported::Database(DbError::Full)) => again(
                ready.planned.clone(),
                "The disk of the server is full. Nothing was imported; please tell an administrator.",
            ),
            Err(NotImported::Database(error)) => {
                tracing::error!(%error, "a file was not imported");
                again(
                    ready.planned.clone(),
                    "Ballast could not import this just now. Nothing was changed; please try again.",
                )
            }
        });
    });
}
