//! The plan itself: who is booked on what in which week, what is due when, and the pages that show it.
//!
//! This room loads the book, and owns every write to assignments, hours and deliverables.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

use crate::db::Entity;

pub use rules::{
    CellWrite, MOST_CELLS, View, Window, describe_cells, read_assignment, read_deliverable, refused_week,
};
pub use store::{
    ASSIGNMENT, BOOKING, DELIVERABLE, DeliverableDraft, add_assignment, add_deliverable, change_deliverable,
    load_book, next_book, set_minutes,
};

/// Every kind of row that an undo may give back: settings only to who may change them.
#[must_use]
pub fn undoable(access: crate::accounts::Access) -> Vec<&'static Entity> {
    let people = crate::people::ENTITIES.iter();
    people
        .chain(&crate::projects::ENTITIES)
        .chain(&store::ENTITIES)
        .copied()
        .filter(|entity| entity.topic != "settings" || access >= crate::accounts::Access::Admin)
        .collect()
}
