//! Clients, the statuses a project can be in, and projects.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod rules_list;
mod store;

pub use rules::{ProjectDraft, StatusDraft};
pub use store::{
    CLIENT, ENTITIES, PROJECT, PROJECT_STATUS, add_project, add_status, change_project, change_status,
    code_is_taken, find_or_add_client, has_no_status, label_is_taken, load_parts, load_projects,
    order_statuses, project_notes, remove_status,
};
