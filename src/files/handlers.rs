//! What is asked of files: the form, adding, reading, removing.

use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use subtle::ConstantTimeEq as _;

use super::link::Link;
use super::rules::{self, MOST_FILES, Owner};
use super::shelf::{self, Arriving, Shelved, too_large};
use super::store::{self, Attachment};
use super::{pages, serve};
use crate::accounts::{self, KeyedForm, Visitor, own_person};
use crate::app::App;
use crate::book::{Book, Deliverable};
use crate::db::Written;
use crate::error::{AppError, FieldError};
use crate::ui::{FormState, Place};
use crate::units::ids::{AccountId, ChangeSetId, DeliverableId, FileId, PersonId, ProjectId};
use crate::web::form::FORM_KEY;
use crate::web::{Fields, Path, done_at};

/// How many files one form brings.
const AT_ONCE: usize = 20;
/// What stands in a form around its files.
const AROUND: u64 = 64 * 1_024;
/// A field beside the files, in bytes.
const FIELD: usize = 1_024;

const OUT_OF_DATE: AppError =
    AppError::Forbidden("This form is out of date. Go back, reload the page, and send it again.");

/// A file that lies on the shelf under the name it came with, and is nobody's yet.
pub(super) struct Brought {
    pub(super) label: String,
    pub(super) shelved: Shelved,
}

/// `GET /projects/{id}/files/new`: the form.
pub(crate) async fn new_project_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
) -> Result<Response, AppError> {
    form(&app, &visitor, Owner::Project(id), &FormState::default())
}

/// `GET /people/{id}/files/new`: the form.
pub(crate) async fn new_person_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Result<Response, AppError> {
    form(&app, &visitor, Owner::Person(id), &FormState::default())
}

fn form(app: &App, visitor: &Visitor, owner: Owner, state: &FormState) -> Result<Response, AppError> {
    let book = app.book();
    let name = name_of(&book, owner).ok_or(AppError::NotFound)?;
    let deliverables: Vec<&Deliverable> = match owner {
        Owner::Project(id) => book.plan.deliverables_of(id).collect(),
        Owner::Deliverable(_) | Owner::Person(_) => Vec::new(),
    };
    let place = match owner {
        Owner::Person(_) => Place::People,
        Owner::Project(_) | Owner::Deliverable(_) => Place::Projects,
    };
    let action = format!("{}/files", page_of(&book, owner));
    Ok(pages::form(
        &visitor.frame(app),
        (place, &name, &action),
        &deliverables,
        app.config.upload_max,
        state,
    ))
}

/// `POST /projects/{id}/files`: adds files to a project, or to the deliverable that the form names.
pub(crate) async fn add_to_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    request: Request,
) -> Result<Response, AppError> {
    add_by_form(&app, &visitor, Owner::Project(id), request).await
}

/// `POST /people/{id}/files`: adds files to somebody.
pub(crate) async fn add_to_person(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    request: Request,
) -> Result<Response, AppError> {
    add_by_form(&app, &visitor, Owner::Person(id), request).await
}

async fn add_by_form(
    app: &App,
    visitor: &Visitor,
    owner: Owner,
    request: Request,
) -> Result<Response, AppError> {
    let mut brought = Vec::new();
    let mut fields = Fields::default();
    let done = async {
        receive(app, visitor, request, (&mut fields, &mut brought)).await?;
        let owner = narrowed(&app.book(), owner, &fields)?;
        if brought.is_empty() {
            return Err(AppError::field("file", "choose a file first"));
        }
        add(app, visitor, owner, &brought).await
    };
    let done = done.await;
    let faults = match done {
        Ok(written) => return Ok(done_at(&page_of(&app.book(), owner), written.change_set)),
        Err(AppError::Invalid(faults)) => faults,
        Err(error @ AppError::TooLarge(_)) => vec![FieldError::new("file", error.to_string())],
        Err(error) => {
            discard(app, &brought).await;
            return Err(error);
        }
    };
    discard(app, &brought).await;
    let mut response = form(app, visitor, owner, &FormState::again(fields, faults))?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// Whose the files of a form are: a project's form may name one of its deliverables.
fn narrowed(book: &Book, owner: Owner, fields: &Fields) -> Result<Owner, AppError> {
    let named = fields.text("deliverable");
    let Owner::Project(project) = owner else {
        return Ok(owner);
    };
    if named.is_empty() {
        return Ok(owner);
    }
    let id = named.parse().ok();
    let found = book.plan.deliverables_of(project).find(|one| Some(one.id) == id);
    found
        .map(|one| Owner::Deliverable(one.id))
        .ok_or_else(|| AppError::field("deliverable", "is not one of this project's; choose another one"))
}

/// Puts files on the shelf as they come, whatever their number and length say.
async fn receive(
    app: &App,
    visitor: &Visitor,
    request: Request,
    (fields, brought): (&mut Fields, &mut Vec<Brought>),
) -> Result<(), AppError> {
    let _place = app.arrivals.enter(visitor.account)?;
    let most = app.config.upload_max;
    let request = not_too_long(request, most.saturating_add(AROUND)).await?;
    let shown = request.headers().get("x-csrf-token");
    let mut is_keyed = shown.is_some_and(|key| bool::from(key.as_bytes().ct_eq(visitor.form_key.as_bytes())));
    let unreadable = |_| {
        AppError::BadRequest("The form did not arrive whole. Reload the page and send it again.".to_owned())
    };
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| {
        tracing::debug!(%error, "a form of files cannot be read");
        AppError::BadRequest("The form cannot be read. Reload the page and send it again.".to_owned())
    })?;
    while let Some(mut part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(given) = part.file_name().map(str::to_owned) else {
            let mut text = Vec::new();
            while let Some(bytes) = part.chunk().await.map_err(unreadable)? {
                text.extend_from_slice(&bytes);
                if text.len() > FIELD {
                    return Err(AppError::BadRequest(
                        "A field of the form is too long.".to_owned(),
                    ));
                }
            }
            if name == FORM_KEY {
                is_keyed = bool::from(text.ct_eq(visitor.form_key.as_bytes()));
            } else {
                fields.add(name, String::from_utf8_lossy(&text).into_owned());
            }
            continue;
        };
        // Nothing is written for a form that is not ours.
        if !is_keyed {
            return Err(OUT_OF_DATE);
        }
        if brought.len() >= AT_ONCE {
            return Err(AppError::field(
                "file",
                format!("are more than {AT_ONCE}; send the rest with another form"),
            ));
        }
        let label = rules::label(&given);
        let mut arriving = Arriving::begin(&app.config.data_dir, &label, most).await?;
        let mut is_empty = true;
        while let Some(bytes) = part.chunk().await.map_err(unreadable)? {
            is_empty &= bytes.is_empty();
            arriving.take(&bytes).await?;
        }
        // A browser sends an empty part without a name where no file was chosen.
        if !(is_empty && given.is_empty()) {
            let shelved = arriving.finish().await?;
            brought.push(Brought { label, shelved });
        }
    }
    if is_keyed { Ok(()) } else { Err(OUT_OF_DATE) }
}

/// Refuses a body that says itself that it is too long. It is read to its end all the same, as far as is sensible: who is
/// still sending does not hear an answer.
async fn not_too_long(request: Request, most: u64) -> Result<Request, AppError> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length: u64 = length
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .unwrap_or(0);
    if length <= most {
        return Ok(request);
    }
    let mut body = request.into_body();
    let mut seen = 0_u64;
    while let (true, Some(Ok(frame))) = (seen <= most.saturating_mul(2), body.frame().await) {
        seen = seen.saturating_add(frame.data_ref().map_or(0, Bytes::len) as u64);
    }
    Err(too_large(most.saturating_sub(AROUND)))
}

/// Puts a body that is a file itself on the shelf.
pub(super) async fn receive_one(
    app: &App,
    account: AccountId,
    name: &str,
    request: Request,
) -> Result<Brought, AppError> {
    let _place = app.arrivals.enter(account)?;
    let most = app.config.upload_max;
    let request = not_too_long(request, most).await?;
    let label = rules::label(name);
    let mut arriving = Arriving::begin(&app.config.data_dir, &label, most).await?;
    let mut body: Body = request.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| AppError::BadRequest("The file did not arrive whole.".to_owned()))?;
        if let Ok(bytes) = frame.into_data() {
            arriving.take(&bytes).await?;
        }
    }
    let shelved = arriving.finish().await?;
    Ok(Brought { label, shelved })
}

/// Gives files that lie on the shelf to their owner, in one gesture.
pub(super) async fn add(
    app: &App,
    visitor: &Visitor,
    owner: Owner,
    brought: &[Brought],
) -> Result<Written<Vec<FileId>>, AppError> {
    let name = name_of(&app.book(), owner).ok_or(AppError::NotFound)?;
    // What stands in the history is read by everybody, and what somebody's file is called is not.
    let label = match (owner, brought) {
        (Owner::Person(_), _) => format!("added {} to {name}", counted(brought.len())),
        (_, [one]) => format!("added the file {} to {name}", one.label),
        _ => format!("added {} to {name}", counted(brought.len())),
    };
    let all: Vec<(String, Shelved)> = brought
        .iter()
        .map(|one| (one.label.clone(), one.shelved.clone()))
        .collect();
    let by = visitor.actor().name;
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            if store::count_beside(tx, owner)? + all.len() > MOST_FILES {
                return Err(AppError::field(
                    "file",
                    format!(
                        "would be more than {MOST_FILES} in one place; remove some that nobody needs first"
                    ),
                ));
            }
            let ids = all
                .iter()
                .map(|(label, shelved)| store::add(tx, owner, label, shelved, &by))
                .collect::<Result<Vec<FileId>, _>>()?;
            Ok::<_, AppError>(ids)
        })
        .await
}

fn counted(files: usize) -> String {
    match files {
        1 => "a file".to_owned(),
        many => format!("{many} files"),
    }
}

/// Takes files off the shelf that became nobody's.
pub(super) async fn discard(app: &App, brought: &[Brought]) {
    for one in brought {
        shelf::discard(&app.config.data_dir, &one.shelved.name).await;
    }
}

fn name_of(book: &Book, owner: Owner) -> Option<String> {
    match owner {
        Owner::Project(id) => book.plan.project(id).map(|one| one.name.clone()),
        Owner::Person(id) => book.plan.person(id).map(|one| one.name.clone()),
        Owner::Deliverable(id) => deliverable(book, id).map(|one| one.name.clone()),
    }
}

fn deliverable(book: &Book, id: DeliverableId) -> Option<&Deliverable> {
    book.plan.deliverables.iter().find(|one| one.id == id)
}

/// The page on which files of `owner` stand.
fn page_of(book: &Book, owner: Owner) -> String {
    match owner {
        Owner::Project(id) => format!("/projects/{id}"),
        Owner::Person(id) => format!("/people/{id}"),
        Owner::Deliverable(id) => match deliverable(book, id) {
            Some(one) => format!("/projects/{}", one.project),
            None => "/projects".to_owned(),
        },
    }
}

/// Whether somebody sees the files of `owner`: those of the plan whoever sees the plan, those of a person whoever plans them
/// and they themselves.
pub fn may_see(book: &Book, visitor: &Visitor, owner: Owner) -> bool {
    if visitor.is_stranger() {
        return false;
    }
    match owner {
        Owner::Project(_) | Owner::Deliverable(_) => name_of(book, owner).is_some(),
        Owner::Person(id) => book.plan.person(id).is_some_and(|person| {
            visitor.reach(&book.plan).person(person)
                || own_person(&book.plan, visitor).is_some_and(|own| own.id == id)
        }),
    }
}

/// The file with this id, for somebody who may see it; for all others there is none.
pub(super) async fn find(app: &App, visitor: &Visitor, id: FileId) -> Result<Attachment, AppError> {
    let found = app.db.read(move |tx| store::find(tx, id)).await?;
    found
        .filter(|one| may_see(&app.book(), visitor, one.owner))
        .ok_or(AppError::NotFound)
}

/// `GET /files/{id}`: the bytes.
pub(crate) async fn show_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<FileId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let one = find(&app, &visitor, id).await?;
    serve::answer(&app, &headers, &one).await
}

/// `GET /shared-files/{key}`: the bytes, for whoever holds a link that is not older than five minutes.
pub(crate) async fn show_shared_file(
    State(app): State<App>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    const OVER: AppError =
        AppError::Forbidden("This link is over. Whoever gave it to you can make a new one.");
    let link = Link::read(&app.keys, &key).ok_or(AppError::NotFound)?;
    if app.clock.now() > link.until {
        return Err(OVER);
    }
    let (standing, found) = app
        .db
        .read(move |tx| {
            Ok::<_, AppError>((accounts::standing(tx, link.account)?, store::find(tx, link.file)?))
        })
        .await?;
    if standing.is_none() {
        return Err(OVER);
    }
    serve::answer(&app, &headers, &found.ok_or(AppError::NotFound)?).await
}

/// `POST /files/{id}/remove`: takes it away.
pub(crate) async fn remove_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<FileId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let (owner, change_set) = remove(&app, &visitor, id).await?;
    Ok(done_at(&page_of(&app.book(), owner), change_set).into_response())
}

/// Takes a file away; answers whose it was, and by what it comes back.
pub(super) async fn remove(
    app: &App,
    visitor: &Visitor,
    id: FileId,
) -> Result<(Owner, Option<ChangeSetId>), AppError> {
    let one = find(app, visitor, id).await?;
    let name = name_of(&app.book(), one.owner).unwrap_or_default();
    let label = match one.owner {
        Owner::Person(_) => format!("removed a file of {name}"),
        Owner::Project(_) | Owner::Deliverable(_) => format!("removed the file {} of {name}", one.label),
    };
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| store::remove(tx, id))
        .await?;
    Ok((one.owner, written.change_set))
}
