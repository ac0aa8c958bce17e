//! What is asked of backups and of maintenance.

use std::path::PathBuf;

use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::errands::{self, Asked, Errand, Outcome};
use super::rules::Closed;
use super::{pages, restoring, store};
use crate::accounts::audit::{Note, What, keep};
use crate::accounts::{KeyedForm, Said, Visitor};
use crate::app::App;
use crate::backup::{self, Fault, Kept, Restoring};
use crate::error::{AppError, FieldError};
use crate::ui::{FormState, or_again, refused};
use crate::web::outermost::random_key;
use crate::web::{Client, FORM_KEY, Fields, OUT_OF_DATE, Path, Reader, is_key};
use crate::{files, jobs};

/// Where all of it stands.
pub(super) const HERE: &str = "/settings/backups";
/// How large an archive may be that is brought from elsewhere, in bytes.
const LARGEST: u64 = 2 * 1_073_741_824;
/// After so many bytes that have come it is looked anew whether the disk has room.
const LOOK_EACH: usize = 64 * 1_048_576;
/// A file is read in pieces of this size on its way out.
const PIECE: usize = 65_536;

impl From<Fault> for AppError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged(words) | Fault::Refused(words) => Self::conflict(words),
            Fault::Database(error) => error.into(),
            io @ Fault::Io { .. } => Self::Internal(io.to_string()),
        }
    }
}

/// The archives, the newest first.
pub(super) async fn shelf(app: &App) -> Result<Vec<Kept>, AppError> {
    let directory = app.config.data_dir.clone();
    let mut all = blocking(move || backup::all(&directory)).await?;
    all.reverse();
    Ok(all)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, AppError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|error| AppError::Internal(error.to_string()))??)
}

async fn find(app: &App, name: &str) -> Result<Kept, AppError> {
    let all = shelf(app).await?;
    all.into_iter()
        .find(|kept| kept.name == name)
        .ok_or(AppError::NotFound)
}

/// `GET /settings/backups`: what there is, and whether the house is open.
pub(crate) async fn show_backups(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    Ok(page(&app, &visitor, &FormState::default()).await?.into_response())
}

async fn page(app: &App, visitor: &Visitor, state: &FormState) -> Result<maud::Markup, AppError> {
    let shelf = shelf(app).await?;
    let directory = app.config.data_dir.clone();
    let last = blocking(move || {
        let last = backup::last_restore(&directory);
        let before = last.as_ref().and_then(|last| last.aside.as_deref());
        let before = before.and_then(|name| backup::aside_in(&directory, name));
        Ok((last, before))
    });
    let (last, before) = last.await?;
    let shown = pages::Shown {
        shelf: &shelf,
        closed: app.upkeep.closed(app.clock.now()),
        restoring: app.upkeep.restoring(),
        last: last.filter(|_| app.upkeep.restoring().is_none()),
        before,
        errands: app.upkeep.errands(),
        work: work_under_way(app).await?,
        elsewhere: app.config.backup.place.is_some(),
        encrypted: !app.config.backup.recipients.is_empty(),
        largest: LARGEST >> 30,
    };
    Ok(pages::backups(&visitor.frame(app), &app.clock, &shown, state))
}

/// What of the regular work with backups is being done now, as people read it.
async fn work_under_way(app: &App) -> Result<Vec<&'static str>, AppError> {
    let running = app.db.read(jobs::store::running).await?;
    let of_backups = running.iter().filter(|kind| kind.contains("backup"));
    Ok(of_backups
        .filter_map(|kind| app.jobs.table.kind(kind))
        .map(|kind| kind.label)
        .collect())
}

/// Back to the page, which says what was done.
fn back(app: &App, said: Said) -> Response {
    jobs::tell(app);
    said.at(HERE).into_response()
}

/// The answer to whoever asked for something that takes a while: that it is done, that it goes on, or the page with the reason why
/// it came to nothing.
async fn answered(
    app: &App,
    visitor: &Visitor,
    outcome: Outcome,
    (done, under_way): (Said, Said),
) -> Result<Response, AppError> {
    match outcome {
        Outcome::Done => Ok(done.at(HERE).into_response()),
        Outcome::UnderWay => Ok(under_way.at(HERE).into_response()),
        Outcome::Failed => {
            let page = page(app, visitor, &FormState::default()).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}

/// `GET /settings/backups/{name}/restore`: what it would do, and the name to type.
pub(crate) async fn ask_restore(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    let kept = find(&app, &name).await?;
    Ok(pages::restore_form(
        &visitor.frame(&app),
        &app.clock,
        &kept,
        &FormState::default(),
    ))
}

/// `POST /settings/backups/{name}/restore`: puts it in place of what is there.
pub(crate) async fn restore(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(name): Path<String>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let kept = find(&app, &name).await?;
    if fields.text("typed").trim() != kept.name {
        let errors = vec![FieldError::new(
            "typed",
            "type the name exactly as it stands above",
        )];
        let state = FormState::again(fields, errors);
        let mut answer = pages::restore_form(&visitor.frame(&app), &app.clock, &kept, &state);
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(answer);
    }
    keep(
        &app,
        Note::of(What::BackupRestored, &visitor, client).about(kept.name.clone()),
    )
    .await;
    let restoring = Restoring {
        archive: kept.name,
        by: visitor.name.clone(),
        at: app.clock.now(),
    };
    restoring::begin(&app, restoring)?;
    Ok(Redirect::to(HERE).into_response())
}

/// `POST /settings/backups`: makes one now.
pub(crate) async fn make(
    State(app): State<App>,
    visitor: Visitor,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let (directory, settings, now) = (
        app.config.data_dir.clone(),
        app.config.backup.clone(),
        app.clock.now(),
    );
    let reason = format!("asked for by {}", visitor.name);
    let asked = asked(&app, &visitor, Errand::Make);
    let made = errands::run(&app, asked, move || {
        let free = backup::free_moment(&directory, now);
        let making = backup::Making {
            name: &backup::name_of(free),
            made_at: free,
            reason: &reason,
            recipients: &settings.recipients,
        };
        backup::make(&directory, &making).map(|_| ())
    });
    let outcome = made.await?;
    answered(&app, &visitor, outcome, (Said::BackupMade, Said::BackupBegun)).await
}

fn asked(app: &App, visitor: &Visitor, errand: Errand) -> Asked {
    Asked {
        errand,
        by: visitor.name.clone(),
        at: app.clock.now(),
        failed: None,
    }
}

/// `POST /settings/backups/{name}/check`: reads it through.
pub(crate) async fn check(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let kept = find(&app, &name).await?;
    let (identity, now) = (app.config.backup.identity.clone(), app.clock.now());
    let asked = asked(&app, &visitor, Errand::Check(name));
    let checked = errands::run(&app, asked, move || {
        let read = backup::check(&kept.path, identity.as_deref(), now).map(|_| ());
        // The page has said already which one it is.
        read.map_err(|fault| match fault {
            Fault::Damaged(words) => Fault::Damaged(without_path(&words)),
            other => other,
        })
    });
    let outcome = checked.await?;
    answered(&app, &visitor, outcome, (Said::BackupWhole, Said::BackupChecked)).await
}

/// What is wrong with an archive, without where it lies.
fn without_path(words: &str) -> String {
    words
        .split_once(": ")
        .map_or_else(|| words.to_owned(), |(_, rest)| rest.to_owned())
}

/// `POST /settings/backups/{name}/remove`: throws it away.
pub(crate) async fn remove(
    State(app): State<App>,
    Path(name): Path<String>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let kept = find(&app, &name).await?;
    blocking(move || backup::remove(&kept)).await?;
    app.upkeep.forget_checks_of(&name);
    Ok(back(&app, Said::BackupRemoved))
}

/// `GET /settings/backups/{name}/file`: the archive itself.
pub(crate) async fn download(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    let kept = find(&app, &name).await?;
    let file = tokio::fs::File::open(&kept.path)
        .await
        .map_err(|error| AppError::Internal(error.to_string()))?;
    keep(
        &app,
        Note::of(What::Exported, &visitor, client).about(kept.name.clone()),
    )
    .await;
    let pieces = futures_util::stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0_u8; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", kept.name))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_LENGTH, HeaderValue::from(kept.bytes)),
    ];
    Ok((head, Body::from_stream(pieces)).into_response())
}

/// `POST /settings/backups/upload`: takes an archive from elsewhere, on the disk as it comes, and reads it through. It is not
/// restored by that.
pub(crate) async fn upload(
    State(app): State<App>,
    visitor: Visitor,
    request: Request,
) -> Result<Response, AppError> {
    let _place = app.arrivals.enter(visitor.account)?;
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let too_large = || AppError::TooLarge(format!("a backup may have {} GiB", LARGEST >> 30));
    if announced.is_some_and(|length| length > LARGEST + 65_536) {
        return Err(too_large());
    }
    crate::db::make_room(&app.config.data_dir, announced.unwrap_or(0))?;
    let folder = crate::db::copies(&app.config.data_dir);
    let incoming = Incoming(folder.join(format!(".incoming-{}", random_key()?)));
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| unreadable())?;
    let mut is_keyed = false;
    while let Some(mut field) = form.next_field().await.map_err(|_| unreadable())? {
        match field.name() {
            Some(FORM_KEY) => {
                let key = files::short_field(&mut field).await?;
                is_keyed = is_key(&key, &visitor.form_key);
            }
            Some("file") if is_keyed => {
                let faulty = |error: std::io::Error| AppError::Internal(error.to_string());
                tokio::fs::create_dir_all(&folder).await.map_err(faulty)?;
                let mut file = tokio::fs::File::create(&incoming.0).await.map_err(faulty)?;
                let (mut length, mut unlooked) = (0_u64, 0_usize);
                while let Some(piece) = field.chunk().await.map_err(|_| unreadable())? {
                    length += piece.len() as u64;
                    if length > LARGEST {
                        return Err(too_large());
                    }
                    // Whoever did not say how much it would be finds the disk guarded all the same.
                    unlooked += piece.len();
                    if unlooked > LOOK_EACH {
                        unlooked = 0;
                        crate::db::make_room(&app.config.data_dir, 0)?;
                    }
                    file.write_all(&piece).await.map_err(faulty)?;
                }
                file.sync_all().await.map_err(faulty)?;
            }
            _ => break,
        }
    }
    if !is_keyed {
        return Err(OUT_OF_DATE);
    }
    match take_in(&app, incoming).await {
        Ok(()) => Ok(back(&app, Said::BackupBrought)),
        Err(AppError::Conflict { detail, .. }) => {
            let state = FormState::again(Fields::default(), vec![FieldError::new("file", detail)]);
            let page = page(&app, &visitor, &state).await?;
            Ok(refused(page))
        }
        Err(error) => Err(error),
    }
}

fn unreadable() -> AppError {
    AppError::BadRequest("The file did not arrive whole.".to_owned())
}

/// A file that is being received. It goes when it is dropped, unless it has its name by then.
struct Incoming(PathBuf);

impl Drop for Incoming {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Reads what was received through, and puts it on the shelf.
async fn take_in(app: &App, incoming: Incoming) -> Result<(), AppError> {
    if !incoming.0.exists() {
        return Err(AppError::conflict("choose a file first"));
    }
    let (identity, now) = (app.config.backup.identity.clone(), app.clock.now());
    let directory = app.config.data_dir.clone();
    let folder = crate::db::copies(&directory);
    blocking(move || {
        let manifest = backup::verify(&incoming.0, identity.as_deref()).map_err(|fault| match fault {
            // Its name is ours, and means nothing to whoever sent it.
            Fault::Damaged(words) | Fault::Refused(words) => {
                Fault::Refused(format!("the file {}", without_path(&words)))
            }
            other => other,
        })?;
        let sealed = backup::is_sealed(&incoming.0)?;
        let path = folder.join(backup::foreign_name(&directory, now, sealed));
        std::fs::rename(&incoming.0, &path).map_err(|source| Fault::Io {
            what: "naming the archive".to_owned(),
            source,
        })?;
        backup::note(&path, now, &manifest)
    })
    .await
}

/// Until when the house is closed, and with which words, as fields say it.
pub(super) fn read(app: &App, fields: &Fields) -> Result<Closed, AppError> {
    let mut reader = Reader::new(fields);
    let until = reader.line("until", 30);
    let message = reader.line("message", 300);
    let now = app.clock.now();
    let moment = (!until.is_empty()).then(|| app.clock.moment(&until));
    match moment {
        Some(None) => reader.fault("until", "must be a moment such as 2026-11-18T20:00"),
        Some(Some(moment)) if moment <= now => reader.fault("until", "must be later than now"),
        _ => {}
    }
    let closed = Closed {
        began_at: now,
        until: moment.flatten(),
        message,
    };
    reader.finish(closed).map_err(AppError::Invalid)
}

/// `POST /settings/maintenance`: closes the house.
pub(crate) async fn close(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let closed = match or_again(read(&app, &fields), fields)? {
        Ok(closed) => closed,
        Err(state) => {
            return Ok(refused(page(&app, &visitor, &state).await?));
        }
    };
    let (kept, by) = (closed.clone(), visitor.account);
    let gesture = app.gesture(&visitor, "close for maintenance");
    app.db
        .write(gesture, move |tx| store::close(tx, &kept, Some(by)))
        .await?;
    app.upkeep.set_closed(Some(closed));
    keep(&app, Note::of(What::Maintenance, &visitor, client).about("begun")).await;
    Ok(back(&app, Said::MaintenanceOn))
}

/// `POST /settings/maintenance/end`: opens it again.
pub(crate) async fn open(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    app.db
        .write(app.gesture(&visitor, "end the maintenance"), store::open)
        .await?;
    app.upkeep.set_closed(None);
    keep(&app, Note::of(What::Maintenance, &visitor, client).about("ended")).await;
    Ok(back(&app, Said::MaintenanceOff))
}
