//! The statements that every recorded row goes through, made from its entity.

use super::changes::{Entity, Key};

/// Writes down one change.
pub const RECORD: &str = "insert into change (change_set_id, topic, entity, entity_id, part, before, after) \
                          values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/// The columns of the row that a key names.
pub fn select(entity: &Entity) -> String {
    format!(
        "select {} from {} where {}",
        entity.columns.join(", "),
        entity.table,
        place(entity)
    )
}

/// The columns of every row with one first number of its key, and then the second number.
pub fn select_all(entity: &Entity) -> String {
    let keys = key_columns(entity);
    let (first, last) = (
        keys.first().copied().unwrap_or("id"),
        keys.last().copied().unwrap_or("id"),
    );
    format!(
        "select {}, {last} from {} where {first} = ?1",
        entity.columns.join(", "),
        entity.table
    )
}

/// Takes the row away.
pub fn delete(entity: &Entity) -> String {
    format!("delete from {} where {}", entity.table, place(entity))
}

/// Makes the row: its key first, then its columns.
pub fn insert(entity: &Entity) -> String {
    let keys = key_columns(entity);
    format!(
        "insert into {} ({}, {}) values ({})",
        entity.table,
        keys.join(", "),
        entity.columns.join(", "),
        marks(1, keys.len() + entity.columns.len())
    )
}

/// Changes the row: its key first, then its columns.
pub fn update(entity: &Entity) -> String {
    let first = key_columns(entity).len() + 1;
    let sets: Vec<String> = entity
        .columns
        .iter()
        .enumerate()
        .map(|(n, column)| format!("{column} = ?{}", first + n))
        .collect();
    format!(
        "update {} set {} where {}",
        entity.table,
        sets.join(", "),
        place(entity)
    )
}

/// `?1, ?2, ?3`.
pub fn marks(first: usize, count: usize) -> String {
    let marks: Vec<String> = (first..first + count)
        .map(|number| format!("?{number}"))
        .collect();
    marks.join(", ")
}

fn key_columns(entity: &Entity) -> Vec<&'static str> {
    match entity.key {
        Key::Id => vec!["id"],
        Key::Pair(first, second) => vec![first, second],
    }
}

fn place(entity: &Entity) -> String {
    match entity.key {
        Key::Id => "id = ?1".to_owned(),
        Key::Pair(first, second) => format!("{first} = ?1 and {second} = ?2"),
    }
}
