//! Clients, the statuses a project can be in, and projects.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod rules_list;
mod store;

pub use rules::{ProjectDraft, StatusDraft};
pub use store::{
    CLIENT, ENTITIES, PROJECT, PROJECT_STATUS, add_project, change_project, code_is_taken,
    find_or_add_client, load_parts, project_notes,
};
