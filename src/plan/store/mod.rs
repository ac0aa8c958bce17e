//! Assignments, hours and deliverables as they are kept, and the plan in memory made from what is kept.

mod assignments;
mod deliverables;
mod load;

pub(in crate::plan) use assignments::minutes_of;
pub use assignments::{
    add_assignment, change_assignment, free_the_future, minutes, remove_assignment, remove_project,
    set_cells, set_minutes, writers_of,
};
pub use deliverables::{
    DeliverableDraft, add_deliverable, change_deliverable, deliverable_notes, order_deliverables,
    remove_deliverable, set_due,
};
pub use load::{load_book, next_book};

use crate::db::{Entity, Key};

/// A person, or nobody yet, in a role on a project.
pub static ASSIGNMENT: Entity = Entity {
    table: "assignment",
    topic: "plan",
    key: Key::Id,
    columns: &["project_id", "person_id", "role_id", "note"],
};

/// Minutes of an assignment in a week.
pub static BOOKING: Entity = Entity {
    table: "booking",
    topic: "plan",
    key: Key::Pair("assignment_id", "week"),
    columns: &["minutes"],
};

/// Something a project hands over.
pub static DELIVERABLE: Entity = Entity {
    table: "deliverable",
    topic: "plan",
    key: Key::Id,
    columns: &[
        "project_id",
        "name",
        "percent",
        "phase",
        "due_day",
        "done",
        "notes",
        "position",
    ],
};

/// What can be taken back here.
pub static ENTITIES: [&Entity; 3] = [&ASSIGNMENT, &BOOKING, &DELIVERABLE];
