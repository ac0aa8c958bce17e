//! Where somebody goes after a form: back to where they were, if that is a page of ours that is still there.

use http::{HeaderMap, header};

use crate::app::App;
use crate::plan::rules::Window;
use crate::units::ids::{AssignmentId, Id, PersonId, ProjectId};
use crate::web::Fields;

const SCHEDULE: &str = "/schedule";

/// The page from which a form was opened, as the browser says it: a path of ours, or blank.
pub fn page_before(headers: &HeaderMap) -> String {
    let referer = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let path = referer
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .map_or("", |(_, path)| path);
    let path = format!("/{path}");
    if is_ours(&path) { path } else { String::new() }
}

/// The page of ours that a form says it was opened from, else `other`.
pub fn back_or(back: &str, other: &str) -> String {
    if !is_ours(back) {
        return other.to_owned();
    }
    // What was said there was said once.
    let (path, query) = back.split_once('?').unwrap_or((back, ""));
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("done="))
        .collect();
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
    }
}

pub fn is_ours(path: &str) -> bool {
    !path.contains(|c: char| c == '\\' || c.is_control() || !c.is_ascii())
        && [
            "/schedule",
            "/people/",
            "/projects/",
            "/settings",
            "/finder",
            "/time-off",
        ]
        .iter()
        .any(|place| path.starts_with(place))
}

/// After an undo: the page it was asked from, unless the undo has taken away what that page shows.
pub fn after_undo(app: &App, back: &str) -> String {
    let book = app.book();
    let id_after = |prefix: &str| {
        back.strip_prefix(prefix)
            .and_then(|rest| rest.split(['/', '?', '#']).next()?.parse().ok())
    };
    let person_is_gone =
        id_after("/people/").is_some_and(|id| book.plan.person(PersonId::from_raw(id)).is_none());
    let project_is_gone =
        id_after("/projects/").is_some_and(|id| book.plan.project(ProjectId::from_raw(id)).is_none());
    match (person_is_gone, project_is_gone) {
        (true, _) => "/people".to_owned(),
        (_, true) => "/projects".to_owned(),
        _ if is_ours(back) => back.to_owned(),
        _ => SCHEDULE.to_owned(),
    }
}

/// After an assignment was made or changed: the page it was opened from; in the schedule with its row in sight.
pub fn after_assignment(app: &App, id: AssignmentId, back: &str) -> String {
    let book = app.book();
    let Some(assignment) = book.plan.assignment(id) else {
        return SCHEDULE.to_owned();
    };
    if is_ours(back) && !back.starts_with(SCHEDULE) {
        return back.to_owned();
    }
    let query = back.split_once('?').map_or("", |(_, query)| query);
    let by_projects = query.contains("view=projects") || assignment.person.is_none();
    let (owner, letter) = match assignment.person {
        Some(person) if !by_projects => (person.raw(), 'p'),
        _ => (assignment.project.raw(), 'j'),
    };
    let fields = Fields::from_form(query.split('#').next().unwrap_or_default().as_bytes());
    let mut pairs: Vec<(String, String)> = fields
        .names()
        .map(|name| (name.to_owned(), fields.text(name).to_owned()))
        .collect();
    if by_projects && !query.contains("view=projects") {
        // The ids of opened rows are those of the other view.
        pairs.retain(|(name, _)| name != "open");
        pairs.push(("view".to_owned(), "projects".to_owned()));
    }
    let mut window = Window::read(&pairs, &book, app.clock.today());
    if !window.open.contains(&owner) {
        window.open.push(owner);
    }
    format!("{}#{letter}{owner}", window.href(&book.plan))
}
