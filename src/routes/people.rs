//! People.

use super::{MANAGER, Route, VIEWER};
use crate::people::{api as people_api, handlers as people};
use crate::plan::handlers as plan;

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    [pages(), programs()].into_iter().flatten().collect()
}

/// Pages and forms.
fn pages() -> Vec<Route> {
    vec![
        get!("/people", VIEWER, people::list_people),
        post!("/people", MANAGER, people::add_person),
        get!("/people/new", MANAGER, people::new_person),
        get!("/people/{id}", VIEWER, people::show_person),
        post!("/people/{id}", MANAGER, people::change_person),
        get!("/people/{id}/edit", MANAGER, people::edit_person),
        get!("/people/{id}/skills", MANAGER, people::edit_skills),
        post!("/people/{id}/skills", MANAGER, people::set_skills),
        get!("/people/{id}/work-weeks/new", MANAGER, people::new_work_week),
        post!("/people/{id}/work-weeks", MANAGER, people::add_work_week),
        post!(
            "/people/{id}/work-weeks/remove",
            MANAGER,
            people::remove_work_week
        ),
        get!("/people/{id}/deactivate", MANAGER, plan::ask_to_deactivate),
        post!("/people/{id}/deactivate", MANAGER, plan::deactivate_person),
        post!("/people/{id}/reactivate", MANAGER, plan::reactivate_person),
    ]
}

/// JSON.
fn programs() -> Vec<Route> {
    vec![
        get!("/api/v1/people", VIEWER, people_api::list_people),
        post!("/api/v1/people", MANAGER, people_api::add_person),
        get!("/api/v1/people/{id}", VIEWER, people_api::show_person),
        patch!("/api/v1/people/{id}", MANAGER, people_api::change_person),
        post!("/api/v1/people/{id}/deactivate", MANAGER, plan::deactivate_by_api),
        post!("/api/v1/people/{id}/reactivate", MANAGER, plan::reactivate_by_api),
        get!(
            "/api/v1/people/{id}/work-weeks",
            VIEWER,
            people_api::list_work_weeks
        ),
        put!(
            "/api/v1/people/{id}/work-weeks/{from}",
            MANAGER,
            people_api::put_work_week
        ),
        delete!(
            "/api/v1/people/{id}/work-weeks/{from}",
            MANAGER,
            people_api::remove_work_week
        ),
        put!("/api/v1/people/{id}/skills", MANAGER, people_api::set_skills),
        get!(
            "/api/v1/people/{id}/history",
            VIEWER,
            people_api::history::person_history
        ),
    ]
}
