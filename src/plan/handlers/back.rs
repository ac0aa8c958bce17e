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
    let (page, place) = back.split_at(back.find('#').unwrap_or(back.len()));
    // What was said there was said once.
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("done="))
        .collect();
    if kept.is_empty() {
        format!("{path}{place}")
    } else {
        format!("{path}?{}{place}", kept.join("&"))
    }
}

/// The pages that a form may lead back to, each with what lies below it.
const OURS: [&str; 11] = [
    "/auto-hours",
    "/calendar",
    "/finder",
    "/forecast",
    "/past",
    "/people",
    "/projects",
    "/reports",
    "/schedule",
    "/settings",
    "/time-off",
];

/// Whether `path` is one of those, whole: what only begins like it is another page. A path that a browser could take
/// for another server's (`//…`, or with a backslash) never is.
pub fn is_ours(path: &str) -> bool {
    let page = path.split(['?', '#']).next().unwrap_or_default();
    if page.contains("//") || path.contains(|c: char| c == '\\' || c.is_control() || !c.is_ascii()) {
        return false;
    }
    page == "/"
        || OURS.iter().any(|place| {
            page.strip_prefix(place)
                .is_some_and(|below| below.is_empty() || below.starts_with('/'))
        })
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
        _ => back_or(back, SCHEDULE),
    }
}

/// After an assignment was made or changed: the page it was opened from; in the schedule with its row in sight.
pub fn after_assignment(app: &App, id: AssignmentId, back: &str) -> String {
    let book = app.book();
    let Some(assignment) = book.plan.assignment(id) else {
        return SCHEDULE.to_owned();
    };
    if is_ours(back) && !back.starts_with(SCHEDULE) {
        return back_or(back, SCHEDULE);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_pages_of_ours_are_gone_back_to() {
        for path in [
            "/",
            "/?done=7",
            "/#today",
            "/schedule",
            "/schedule?view=projects#j4",
            "/people",
            "/people/4",
            "/projects?status=2",
            "/projects/4/auto-hours",
            "/auto-hours#templates",
            "/calendar?month=2026-11",
            "/calendar/feeds",
            "/forecast?group=role",
            "/reports/hours?next=//evil.example",
            "/finder?role=2",
            "/time-off/4/push",
            "/past",
            "/settings/holidays",
        ] {
            assert!(is_ours(path), "{path}");
            assert_eq!(back_or(path, "/other"), path.replace("?done=7", ""), "{path}");
        }
        for path in [
            "",
            "finder",
            "/finderx",
            "/peoples/4",
            "/schedule.html",
            "/time-offer",
            "/api/v1/people",
            "/logout",
            "//evil.example",
            "//evil.example/schedule",
            "/\\evil.example",
            "/finder\\..\\evil",
            "/\t/evil.example",
            "/schedule\r\nlocation: //evil.example",
            "https://evil.example/schedule",
            "javascript:alert(1)",
            "/people/..//evil.example",
            "/people/\u{e9}",
        ] {
            assert!(!is_ours(path), "{path}");
            assert_eq!(back_or(path, "/other"), "/other", "{path}");
        }
    }

    #[test]
    fn what_was_said_after_a_form_is_not_said_again() {
        for (back, place) in [
            ("/finder?done=7", "/finder"),
            (
                "/finder?role=2&done=7&from=2026-11-16",
                "/finder?role=2&from=2026-11-16",
            ),
            ("/?done=7", "/"),
            ("/schedule?view=projects&done=7#j4", "/schedule?view=projects#j4"),
        ] {
            assert_eq!(back_or(back, "/other"), place);
        }
    }
}
