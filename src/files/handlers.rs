//! What is asked of files: the form, adding, reading, removing.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use super::link::Link;
use super::pages::{self, Taken};
use super::receive::{Brought, Received, discard, receive};
use super::rules::{MOST_FILES, Owner};
use super::serve;
use super::shelf::Shelved;
use super::store::{self, Attachment};
use crate::accounts::{self, KeyedForm, Reach, Visitor, own_person};
use crate::app::App;
use crate::book::{Book, Deliverable};
use crate::db::Written;
use crate::edit;
use crate::error::{AppError, FieldError};
use crate::ui::{FormState, Place};
use crate::units::ids::{ChangeSetId, DeliverableId, FileId, PersonId, ProjectId};
use crate::web::{Fields, Path, done_at};

/// `GET /projects/{id}/files/new`: the form.
pub(crate) async fn new_project_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
) -> Result<Response, AppError> {
    form(&app, &visitor, Owner::Project(id), (&FormState::default(), None))
}

/// `GET /people/{id}/files/new`: the form.
pub(crate) async fn new_person_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Result<Response, AppError> {
    form(&app, &visitor, Owner::Person(id), (&FormState::default(), None))
}

fn form(
    app: &App,
    visitor: &Visitor,
    owner: Owner,
    state: (&FormState, Option<&Taken>),
) -> Result<Response, AppError> {
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
    let mut received = Received::default();
    let done = async {
        receive(app, visitor, request, &mut received).await?;
        let owner = narrowed(&app.book(), owner, &received.fields)?;
        if received.brought.is_empty() {
            if received.refused.is_empty() {
                return Err(AppError::field("file", "choose a file first"));
            }
            return Err(AppError::Invalid(std::mem::take(&mut received.refused)));
        }
        add(app, visitor, owner, &received.brought).await
    };
    let done = done.await;
    let (state, taken) = match done {
        Ok(written) => {
            let page = page_of(&app.book(), owner);
            if received.refused.is_empty() {
                return Ok(done_at(&page, written.change_set));
            }
            let names = received.brought.into_iter().map(|one| one.label).collect();
            let taken = Taken {
                names,
                page: match written.change_set {
                    Some(id) => format!("{page}?done={id}"),
                    None => page,
                },
            };
            (FormState::again(received.fields, received.refused), Some(taken))
        }
        Err(error) => {
            discard(app, &received.brought).await;
            let faults = match error {
                AppError::Invalid(faults) => faults,
                AppError::TooLarge(_) => vec![FieldError::new("file", error.to_string())],
                error => return Err(error),
            };
            (FormState::again(received.fields, faults), None)
        }
    };
    let mut response = form(app, visitor, owner, (&state, taken.as_ref()))?;
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
    let own = own_person(&book.plan, visitor).map(|own| own.id);
    is_open_to(book, (&visitor.reach(&book.plan), own), owner)
}

/// The same for whoever reaches so far, and is this person.
fn is_open_to(book: &Book, (reach, own): (&Reach, Option<PersonId>), owner: Owner) -> bool {
    match owner {
        Owner::Project(_) | Owner::Deliverable(_) => name_of(book, owner).is_some(),
        Owner::Person(id) => book
            .plan
            .person(id)
            .is_some_and(|person| reach.person(person) || own == Some(id)),
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
    let (maker, found) = app
        .db
        .read(move |tx| {
            let maker = accounts::account_by_id(tx, link.account)?;
            let standing = accounts::standing(tx, link.account)?;
            Ok::<_, AppError>((maker.zip(standing), store::find(tx, link.file)?))
        })
        .await?;
    let Some((maker, standing)) = maker else {
        return Err(OVER);
    };
    let one = found.ok_or(AppError::NotFound)?;
    // Whoever made it may have lost since what they could read then.
    let book = app.book();
    let reach = Reach::of(standing.access, &standing.scope, &book.plan.departments);
    let own = maker.own_person(&book.plan).map(|own| own.id);
    if !is_open_to(&book, (&reach, own), one.owner) {
        return Err(OVER);
    }
    serve::answer(&app, &headers, &one).await
}

/// `GET /files/{id}/remove`: asks once more, for whoever came by the address.
pub(crate) async fn ask_remove_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<FileId>,
) -> Result<Response, AppError> {
    let one = find(&app, &visitor, id).await?;
    let book = app.book();
    let name = name_of(&book, one.owner).ok_or(AppError::NotFound)?;
    let page = page_of(&book, one.owner);
    Ok(pages::removal(
        &visitor.frame(&app),
        &app.clock,
        (&one, &name),
        &page,
    ))
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
    Ok((one.owner, edit::found(&written)?))
}
