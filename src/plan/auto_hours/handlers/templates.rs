//! The templates: listed, named, and given lines.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::super::rules::{Line, LineDraft, MOST_LINES, MOST_TEMPLATES, Template};
use super::super::store::{LINE, SHARE, TEMPLATE};
use super::super::{pages, store};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::db::{DbError, Written};
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::people::Done;
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::{ChangeSetId, TemplateId, TemplateLineId};
use crate::web::{Fields, Path, Query, Reader, done_at};

const LIST: &str = "/auto-hours";

/// All templates, as they are kept now.
pub(in crate::plan::auto_hours) async fn all(app: &App) -> Result<Vec<Template>, AppError> {
    app.db.read(|tx| Ok::<_, AppError>(store::templates(tx)?)).await
}

/// The template with this id.
pub(in crate::plan::auto_hours) async fn template_of(
    app: &App,
    id: TemplateId,
) -> Result<Template, AppError> {
    let found = all(app).await?.into_iter().find(|one| one.id == id);
    found.ok_or(AppError::NotFound)
}

/// The line with this id, and its template.
pub(in crate::plan::auto_hours) async fn line_of(
    app: &App,
    id: TemplateLineId,
) -> Result<(Template, Line), AppError> {
    let found = all(app).await?.into_iter().find_map(|template| {
        let line = template.lines.iter().find(|line| line.id == id).cloned()?;
        Some((template, line))
    });
    found.ok_or(AppError::NotFound)
}

/// The fields of a line, as its form and its JSON name them.
pub(in crate::plan::auto_hours) fn line_fields(draft: &LineDraft) -> Fields {
    let mut fields = Fields::default();
    for (name, value) in [
        ("role", draft.role.to_string()),
        ("phase", draft.phase.clone()),
        ("heads", draft.heads.to_string()),
    ] {
        fields.add(name.to_owned(), value);
    }
    for percent in &draft.percents {
        fields.add("percents".to_owned(), percent.to_string());
    }
    fields
}

/// `GET /auto-hours`: the templates.
pub(crate) async fn show_templates(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let book = app.book();
    let shared = !visitor.reach(&book.plan).is_limited();
    let frame = done.frame(&app, &visitor).await?.editing(shared);
    Ok(pages::templates(&frame, &book, &all(&app).await?).into_response())
}

/// `GET /auto-hours/new`: the form for a name.
pub(crate) async fn new_template(State(app): State<App>, visitor: Visitor) -> Response {
    pages::template_form(&visitor.frame(&app), None, &FormState::default())
}

/// `GET /auto-hours/{id}/edit`: the same, with its name.
pub(crate) async fn edit_template(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateId>,
) -> Result<Response, AppError> {
    let template = template_of(&app, id).await?;
    let state = FormState::with(&[("name", template.name)]);
    Ok(pages::template_form(&visitor.frame(&app), Some(id), &state))
}

/// `POST /auto-hours`: adds one.
pub(crate) async fn add_template(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    answer_template(&app, &visitor, None, fields).await
}

/// `POST /auto-hours/{id}`: renames it.
pub(crate) async fn change_template(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    answer_template(&app, &visitor, Some(id), fields).await
}

async fn answer_template(
    app: &App,
    visitor: &Visitor,
    id: Option<TemplateId>,
    fields: Fields,
) -> Result<Response, AppError> {
    match or_again(
        save_template(app, visitor, id, &fields, Seen::nothing()).await,
        fields,
    )? {
        Ok(written) => Ok(done_at(LIST, written.change_set)),
        Err(state) => Ok(refused(pages::template_form(&visitor.frame(app), id, &state))),
    }
}

/// Adds a template, or renames the one with `id`.
pub(in crate::plan::auto_hours) async fn save_template(
    app: &App,
    visitor: &Visitor,
    id: Option<TemplateId>,
    fields: &Fields,
    seen: Seen,
) -> Result<Written<TemplateId>, AppError> {
    let before = match id {
        Some(id) => Some(template_of(app, id).await?.name),
        None => None,
    };
    let mut reader = Reader::new(fields);
    let name = reader.name("name");
    let name = reader.finish(name).map_err(AppError::Invalid)?;
    let label = match before {
        None => format!("added the auto-hours template {name}"),
        Some(before) => format!("renamed the auto-hours template {before} to {name}"),
    };
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            seen.check(tx)?;
            if store::name_is_taken(tx, &name, id)? {
                return Err(AppError::field(
                    "name",
                    "there is a template of this name already",
                ));
            }
            if id.is_none() && store::count_templates(tx)? >= MOST_TEMPLATES {
                let full = format!(
                    "cannot be added: there are {MOST_TEMPLATES} templates already; remove one first"
                );
                return Err(AppError::field("name", full));
            }
            match id {
                None => Ok(store::add_template(tx, &name)?),
                Some(id) if store::rename_template(tx, id, &name)? => Ok(id),
                Some(_) => Err(AppError::NotFound),
            }
        })
        .await
}

/// `POST /auto-hours/{id}/remove`: takes it away with its lines; undo brings both back.
pub(crate) async fn remove_template(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    Ok(done_at(LIST, remove_template_of(&app, &visitor, id).await?))
}

/// Takes a template away.
pub(in crate::plan::auto_hours) async fn remove_template_of(
    app: &App,
    visitor: &Visitor,
    id: TemplateId,
) -> Result<Option<ChangeSetId>, AppError> {
    let name = template_of(app, id).await?.name;
    let label = format!("removed the auto-hours template {name}");
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            store::remove_template(tx, id)
        })
        .await?;
    edit::found(&written)
}

/// `GET /auto-hours/{id}/lines/new`: the form of a new line.
pub(crate) async fn new_line(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateId>,
) -> Result<Response, AppError> {
    let template = template_of(&app, id).await?;
    let state = FormState::with(&[("heads", "1".to_owned())]);
    Ok(pages::line_form(
        &visitor.frame(&app),
        &app.book(),
        &template,
        None,
        &state,
    ))
}

/// `POST /auto-hours/{id}/lines`: adds it.
pub(crate) async fn add_line(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(save_line(&app, &visitor, id, &fields).await, fields)? {
        Ok(written) => Ok(done_at(LIST, written.change_set)),
        Err(state) => {
            let template = template_of(&app, id).await?;
            Ok(refused(pages::line_form(
                &visitor.frame(&app),
                &app.book(),
                &template,
                None,
                &state,
            )))
        }
    }
}

fn read_line(app: &App, fields: &Fields) -> Result<LineDraft, AppError> {
    let book = app.book();
    let mut reader = Reader::new(fields);
    let draft = LineDraft::read(&mut reader, &book.plan);
    let draft = reader.finish(draft).map_err(AppError::Invalid)?;
    draft.ok_or(AppError::NotFound)
}

fn role_name(app: &App, draft: &LineDraft) -> String {
    app.book().plan.role_name(Some(draft.role)).to_owned()
}

/// A role can be removed between the look at the book and the write.
fn role_is_gone(error: DbError) -> AppError {
    match error {
        DbError::Constraint(_) => AppError::field("role", "has just been removed; choose another one"),
        other => other.into(),
    }
}

/// Adds a line to a template.
pub(in crate::plan::auto_hours) async fn save_line(
    app: &App,
    visitor: &Visitor,
    id: TemplateId,
    fields: &Fields,
) -> Result<Written<TemplateLineId>, AppError> {
    let name = template_of(app, id).await?.name;
    let draft = read_line(app, fields)?;
    let label = format!(
        "added {} to the auto-hours template {name}",
        role_name(app, &draft)
    );
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            if store::count_lines(tx, id)? >= MOST_LINES {
                let full =
                    format!("cannot be added: the template has {MOST_LINES} lines already; remove one first");
                return Err(AppError::field("role", full));
            }
            store::add_line(tx, id, &draft).map_err(role_is_gone)
        })
        .await?;
    Ok(Written {
        value: written.value.ok_or(AppError::NotFound)?,
        change_set: written.change_set,
    })
}

/// `GET /auto-hours/lines/{id}/edit`: the form of a line.
pub(crate) async fn edit_line(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateLineId>,
) -> Result<Response, AppError> {
    let (template, line) = line_of(&app, id).await?;
    let state = FormState {
        values: line_fields(&line.draft),
        errors: Vec::new(),
    };
    Ok(pages::line_form(
        &visitor.frame(&app),
        &app.book(),
        &template,
        Some(id),
        &state,
    ))
}

/// `POST /auto-hours/lines/{id}`: changes it.
pub(crate) async fn change_line(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateLineId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(
        change_line_of(&app, &visitor, id, &fields, Seen::nothing()).await,
        fields,
    )? {
        Ok(change_set) => Ok(done_at(LIST, change_set)),
        Err(state) => {
            let (template, _) = line_of(&app, id).await?;
            Ok(refused(pages::line_form(
                &visitor.frame(&app),
                &app.book(),
                &template,
                Some(id),
                &state,
            )))
        }
    }
}

/// Changes a line.
pub(in crate::plan::auto_hours) async fn change_line_of(
    app: &App,
    visitor: &Visitor,
    id: TemplateLineId,
    fields: &Fields,
    seen: Seen,
) -> Result<Option<ChangeSetId>, AppError> {
    let (template, _) = line_of(app, id).await?;
    let draft = read_line(app, fields)?;
    let label = format!(
        "changed {} in the auto-hours template {}",
        role_name(app, &draft),
        template.name
    );
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            seen.check(tx)?;
            store::change_line(tx, id, &draft).map_err(role_is_gone)
        })
        .await?;
    edit::found(&written)
}

/// `POST /auto-hours/lines/{id}/remove`: takes it away.
pub(crate) async fn remove_line(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateLineId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    Ok(done_at(LIST, remove_line_of(&app, &visitor, id).await?))
}

/// Takes a line away.
pub(in crate::plan::auto_hours) async fn remove_line_of(
    app: &App,
    visitor: &Visitor,
    id: TemplateLineId,
) -> Result<Option<ChangeSetId>, AppError> {
    let (template, line) = line_of(app, id).await?;
    let label = format!(
        "removed {} from the auto-hours template {}",
        role_name(app, &line.draft),
        template.name
    );
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| store::remove_line(tx, id))
        .await?;
    edit::found(&written)
}

/// The rows of a template, for a write that was made in view of it.
pub(super) fn rows_of(template: &Template) -> Vec<(&'static crate::db::Entity, i64)> {
    let lines = template
        .lines
        .iter()
        .flat_map(|line| [(&LINE, line.id.0), (&SHARE, line.id.0)]);
    std::iter::once((&TEMPLATE, template.id.0)).chain(lines).collect()
}
