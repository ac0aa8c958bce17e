//! Reading, comparing and importing, off the threads that answer requests.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use http_body_util::BodyExt as _;

use super::import::{ImportPlan, plan_import};
use super::problem::FileError;
use super::read::{Options, Reading, read_file};
use super::receive::{Received, receive};
use super::store;
use super::table::Progress;
use super::uploads::{Imported, Place, Ready, State, Turn, Upload};
use crate::accounts::Visitor;
use crate::app::App;
use crate::db::{DbError, Gesture};
use crate::error::AppError;

/// How long a file may be on its way in.
const ARRIVES: Duration = Duration::from_mins(5);

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

/// Takes a file in, once there is a place for it; so many bodies are in memory at most.
pub async fn take_in(app: &App, request: Request) -> Result<(Received, Place), AppError> {
    let taken = async {
        match app.uploads.place() {
            Ok(place) => Ok((receive(app, request).await?, place)),
            Err(busy) => {
                // Who is still sending does not hear an answer.
                pass_by(request.into_body(), app.config.upload_limit.saturating_mul(4)).await;
                Err(busy)
            }
        }
    };
    // Without an end, a few files that never arrive would keep everybody else's out.
    tokio::time::timeout(ARRIVES, taken).await.unwrap_or_else(|_| {
        Err(AppError::BadRequest(
            "The file did not arrive in time.".to_owned(),
        ))
    })
}

/// Reads a body to its end without keeping any of it, as far as is sensible.
async fn pass_by(mut body: Body, most: usize) {
    let mut length = 0_usize;
    while let (true, Some(Ok(frame))) = (length <= most, body.frame().await) {
        length = length.saturating_add(frame.data_ref().map_or(0, Bytes::len));
    }
}

/// Reads a file and compares it with the plan. The turn comes back with what was read, for whoever goes on
/// with that before it is counted anywhere.
pub async fn read_and_compare(
    app: &App,
    place: Place,
    name: String,
    bytes: Bytes,
    options: Options,
    who: Option<Visitor>,
) -> Result<(Arc<Reading>, ImportPlan, Turn), NotRead> {
    let turn = place.turn().await.map_err(NotRead::Us)?;
    let (reading, turn) = off_the_threads(move || (read_file(&name, &bytes, &options), turn))
        .await
        .map_err(NotRead::Us)?;
    let reading = Arc::new(reading.map_err(NotRead::File)?);
    let (planned, turn) = compare_in(app, &reading, who, turn).await.map_err(NotRead::Us)?;
    Ok((reading, planned, turn))
}

/// Compares a file with the plan as it is now.
pub async fn compare(app: &App, reading: &Arc<Reading>, who: &Visitor) -> Result<ImportPlan, AppError> {
    let turn = app.uploads.place()?.turn().await?;
    Ok(compare_in(app, reading, Some(who.clone()), turn).await?.0)
}

async fn compare_in(
    app: &App,
    reading: &Arc<Reading>,
    who: Option<Visitor>,
    turn: Turn,
) -> Result<(ImportPlan, Turn), AppError> {
    // The book first: should the rest be newer, the import finds another revision and compares again.
    let book = app.book();
    let (today, hours_follow) = (app.clock.today(), app.config.auto_reallocation);
    let plan = Arc::clone(&book.plan);
    let known = app
        .db
        .read(move |tx| store::known_to(tx, &plan, who.as_ref(), (today, hours_follow)))
        .await?;
    let reading = Arc::clone(reading);
    off_the_threads(move || {
        let planned = plan_import(&reading, &book, &known);
        drop(reading);
        (planned, turn)
    })
    .await
}

/// Does work where it may take long. What the work holds goes with it: it goes on though nobody waits for it.
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
    (who, gesture): (Visitor, Gesture),
    reading: Arc<Reading>,
    planned: Arc<ImportPlan>,
    progress: Progress,
    turn: Turn,
) -> Result<Imported, NotImported> {
    let (today, week_start) = (app.clock.today(), app.config.week_starts_on);
    let hours_follow = app.config.auto_reallocation;
    let at = gesture.at;
    let written = app
        .db
        .write(gesture, move |tx| {
            // What was read waits in the line of writes though the visitor may have left, and so the turn does.
            let _turn = &turn;
            let newer = store::newest(
                tx,
                &reading,
                &planned,
                Some(&who),
                (today, hours_follow),
                week_start,
            )?;
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
pub fn begin_reading(app: &App, place: Place, upload: &Arc<Upload>, options: Options, who: &Visitor) {
    let (app, upload, who) = (app.clone(), Arc::clone(upload), who.clone());
    upload.progress.begin(0);
    let options = Options {
        week_start: app.book().plan.organisation.week_start,
        progress: upload.progress.clone(),
        ..options
    };
    tokio::spawn(async move {
        let read = read_and_compare(
            &app,
            place,
            upload.name.clone(),
            upload.bytes(),
            options,
            Some(who),
        )
        .await;
        upload.set(match read {
            Ok((reading, planned, _turn)) => State::Ready(Ready {
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
        app.uploads.make_room(&upload);
    });
}

/// Begins to import a file; its state says when that is done. It goes on though the visitor has left.
pub fn begin_import(app: &App, place: Place, by: (Visitor, Gesture), upload: &Arc<Upload>, ready: Ready) {
    let (app, upload) = (app.clone(), Arc::clone(upload));
    upload.progress.begin(0);
    tokio::spawn(async move {
        let (reading, planned) = (Arc::clone(&ready.reading), Arc::clone(&ready.planned));
        let imported = match place.turn().await {
            Ok(turn) => import(&app, by, reading, planned, upload.progress.clone(), turn).await,
            Err(_) => Err(NotImported::Database(DbError::Closed)),
        };
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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use futures_util::FutureExt as _;

    use super::*;
    use crate::clock::Clock;
    use crate::config::{Config, Sources};
    use crate::db::{Db, Migrate};

    #[tokio::test]
    async fn who_leaves_while_a_file_is_read_does_not_make_way_for_another() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().display().to_string();
        let given = [("DATA_DIR".to_owned(), place)];
        let sources = Sources::read(directory.path(), std::iter::empty(), &given);
        let config = Config::from_sources(&sources).unwrap();
        let db = Db::open(directory.path(), Migrate::Auto).unwrap();
        let clock = Clock::fixed(config.time_zone.clone(), 0);
        let app = App::start(config, db, clock, false).await.unwrap();
        let mut text = String::from("Name\n");
        for number in 0..60_000 {
            let _ = writeln!(text, "Person {number}");
        }
        let bytes = Bytes::from(text);
        for _ in 0..2 {
            let place = app.uploads.place().unwrap();
            let read = read_and_compare(
                &app,
                place,
                "people.csv".to_owned(),
                bytes.clone(),
                Options::default(),
                None,
            );
            // Begun, and then nobody waits for it any more.
            assert!(read.now_or_never().is_none());
        }
        let mut third = Box::pin(app.uploads.place().unwrap().turn());
        assert!((&mut third).now_or_never().is_none(), "both files are still read");
        assert!(third.await.is_ok(), "until they are read");
    }
}
