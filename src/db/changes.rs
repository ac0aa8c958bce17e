//! What is recorded of each write: who changed which row from what to what.

use std::fmt::Write as _;

use super::Value;
use crate::units::ids::{AccountId, ChangeSetId};

/// A kind of row whose every change is recorded, and can be taken back.
#[derive(Debug)]
pub struct Entity {
    /// Its table, and its name in the change table.
    pub table: &'static str,
    /// Whose business it is: `plan`, `people`, `settings`, `accounts`. The feed says no more than this.
    pub topic: &'static str,
    /// How one row is named.
    pub key: Key,
    /// Its other columns, each a whole number or a text.
    pub columns: &'static [&'static str],
}

/// How one row of an entity is named.
#[derive(Debug)]
pub enum Key {
    /// By `id`, which the database gives.
    Id,
    /// By two whole numbers: their columns.
    Pair(&'static str, &'static str),
}

/// The name of one row: its id, and the second number where its key is a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowKey {
    /// The id, or the first number of the pair.
    pub id: i64,
    /// The second number of the pair; 0 where the key is an id.
    pub part: i64,
}

impl RowKey {
    /// A row named by its id.
    pub const fn id(id: i64) -> Self {
        Self { id, part: 0 }
    }

    /// A row named by two numbers.
    pub const fn pair(id: i64, part: i64) -> Self {
        Self { id, part }
    }
}

/// The values of one row, in the order of its entity's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image(pub Vec<Value>);

impl Image {
    /// As a JSON object, for the change table.
    pub(super) fn to_json(&self, entity: &Entity) -> String {
        let mut text = String::with_capacity(16 * entity.columns.len());
        for (name, value) in entity.columns.iter().zip(&self.0) {
            text.push(if text.is_empty() { '{' } else { ',' });
            // Writing to a String does not fail; the names of columns need no escaping.
            let _ = write!(text, "\"{name}\":");
            let _ = match value {
                Value::Int(number) => write!(text, "{number}"),
                other => write!(text, "{}", other.to_json()),
            };
        }
        text.push('}');
        text
    }

    /// Back from JSON; a column that was added since then is nothing.
    pub fn from_json(entity: &Entity, text: &str) -> Option<Self> {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
        Some(Self(
            entity
                .columns
                .iter()
                .map(|name| object.get(*name).map_or(Value::Null, Value::from_json))
                .collect(),
        ))
    }

    /// The value of `column`.
    #[must_use]
    pub fn get(&self, entity: &Entity, column: &str) -> Option<&Value> {
        entity
            .columns
            .iter()
            .position(|name| *name == column)
            .and_then(|index| self.0.get(index))
    }

    /// Sets `column`; a name that the entity does not have is a fault of the program and changes nothing.
    pub(super) fn set(&mut self, entity: &Entity, column: &str, value: Value) {
        debug_assert!(
            entity.columns.contains(&column),
            "{} has no column {column}",
            entity.table
        );
        if let Some(place) = entity
            .columns
            .iter()
            .position(|name| *name == column)
            .and_then(|index| self.0.get_mut(index))
        {
            *place = value;
        }
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Their account, or none for the program itself and the command line.
    pub account: Option<AccountId>,
    /// The name under which the history shows them.
    pub name: String,
}

impl Actor {
    /// Ballast itself, or somebody at its command line.
    #[must_use]
    pub fn program() -> Self {
        Self {
            account: None,
            name: "Ballast".to_owned(),
        }
    }
}

/// One act of one person, before it is done: all it changes becomes one change set.
#[derive(Clone, Debug)]
pub struct Gesture {
    /// Who acts.
    pub actor: Actor,
    /// What they do, in the history's words: `set hours`.
    pub label: String,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
}

/// One row that one write changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// What kind of row.
    pub entity: &'static Entity,
    /// Which one.
    pub key: RowKey,
    /// What it was; nothing where it is new.
    pub before: Option<Image>,
    /// What it is; nothing where it is gone.
    pub after: Option<Image>,
}

/// What one write committed, for the hook.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Its change set. Change sets are numbered in the order of their commits, so this is also the plan's revision.
    pub change_set: ChangeSetId,
    /// Its changes, in order.
    pub changes: Vec<Change>,
}
