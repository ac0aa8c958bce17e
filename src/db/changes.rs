//! What is recorded of each write: who changed which row from what to what.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::value::params;
use super::{DbError, Tx, Value};
use crate::units::ids::{AccountId, ChangeSetId, Id};

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

/// Stands in `part` where one recorded row tells of many rows with the same first number: its `before` and `after` are
/// objects of rows by second number. A moved date changes ten thousand cells, and so writes two hundred lines of history.
pub(super) const MANY: i64 = i64::MIN;

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
    fn from_json(entity: &Entity, text: &str) -> Option<Self> {
        Self::from_value(entity, &serde_json::from_str(text).ok()?)
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

    /// The id in `column`.
    #[must_use]
    pub fn id<T: Id>(&self, entity: &Entity, column: &str) -> Option<T> {
        self.get(entity, column).and_then(Value::as_int).map(T::from_raw)
    }

    fn from_value(entity: &Entity, value: &serde_json::Value) -> Option<Self> {
        let object = value.as_object()?;
        Some(Self(
            entity
                .columns
                .iter()
                .map(|name| object.get(*name).map_or(Value::Null, Value::from_json))
                .collect(),
        ))
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

impl Change {
    /// Whether it is one of a row of `entity`.
    #[must_use]
    pub fn is_of(&self, entity: &'static Entity) -> bool {
        std::ptr::eq(self.entity, entity)
    }

    /// The row as it was and as it is.
    pub fn images(&self) -> impl Iterator<Item = &Image> {
        self.before.iter().chain(&self.after)
    }

    /// The ids that stood and stand in `column`.
    pub fn ids<T: Id>(&self, column: &str) -> impl Iterator<Item = T> {
        self.images()
            .filter_map(move |image| image.id(self.entity, column))
    }
}

/// What one write committed, for the hook.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Its change set. Change sets are numbered in the order of their commits, so this is also the plan's revision.
    pub change_set: ChangeSetId,
    /// Its changes, in order.
    pub changes: Vec<Change>,
}

/// Which recorded changes are meant.
#[derive(Clone, Copy, Debug)]
pub enum Recorded {
    /// Those of one gesture.
    Of(ChangeSetId),
    /// Those from one number to another, both included.
    Between(i64, i64),
}

/// Recorded changes of `entities`, newest first.
///
/// # Errors
/// `Refused` where one of them is of something else.
pub fn recorded(tx: &Tx<'_>, which: Recorded, entities: &[&'static Entity]) -> Result<Vec<Change>, DbError> {
    let (place, bounds) = match which {
        Recorded::Of(change_set) => ("change_set_id = ?1 and id >= ?2", [change_set.0, 0]),
        Recorded::Between(first, last) => ("id >= ?1 and id <= ?2", [first, last]),
    };
    let sql =
        format!("select entity, entity_id, part, before, after from change where {place} order by id desc");
    let [first, second] = bounds;
    let rows = tx.query(&sql, &params![first, second], |row| {
        let table: String = row.get(0)?;
        let entity = *entities
            .iter()
            .find(|entity| entity.table == table)
            .ok_or_else(|| DbError::Refused("this change cannot be undone".to_owned()))?;
        let key = RowKey::pair(row.get(1)?, row.get(2)?);
        let (before, after): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
        if key.part == MANY {
            return Ok(many(entity, key.id, before.as_deref(), after.as_deref()));
        }
        let image = |text: Option<String>| text.and_then(|text| Image::from_json(entity, &text));
        Ok(vec![Change {
            entity,
            key,
            before: image(before),
            after: image(after),
        }])
    })?;
    Ok(rows.into_iter().flatten().collect())
}

/// What a row was before each of its recorded changes, the newest first.
pub fn earlier_images(tx: &Tx<'_>, entity: &'static Entity, key: RowKey) -> Result<Vec<Image>, DbError> {
    let texts = tx.query(
        "select before from change where entity = ?1 and entity_id = ?2 and part = ?3 and before is not null order by id desc",
        &params![entity.table, key.id, key.part],
        |row| row.get::<String>(0),
    )?;
    Ok(texts
        .iter()
        .filter_map(|text| Image::from_json(entity, text))
        .collect())
}

/// Whose gesture a row began with; none where no account's did.
pub fn maker(tx: &Tx<'_>, entity: &'static Entity, key: RowKey) -> Result<Option<AccountId>, DbError> {
    let found = tx.first(
        "select s.account_id from change c join change_set s on s.id = c.change_set_id \
         where c.entity = ?1 and c.entity_id = ?2 and c.part = ?3 and c.before is null order by c.id desc",
        &params![entity.table, key.id, key.part],
        |row| row.get(0),
    )?;
    Ok(found.flatten())
}

/// Whether the history tells of a row whose second number is `part`: taking a change back may bring it again.
pub fn tells_of_part(tx: &Tx<'_>, entity: &'static Entity, part: i64) -> Result<bool, DbError> {
    let found = tx.first(
        "select 1 from change where entity = ?1 and (part = ?2 or (part = ?3 \
         and (coalesce(before, '') like ?4 or coalesce(after, '') like ?4)))",
        &params![entity.table, part, MANY, format!("%\"{part}\":%")],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}

/// The changes that one recorded row tells of, by second number.
fn many(entity: &'static Entity, id: i64, before: Option<&str>, after: Option<&str>) -> Vec<Change> {
    let rows = |text: Option<&str>| -> BTreeMap<i64, Image> {
        let object: serde_json::Map<String, serde_json::Value> = text
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        object
            .iter()
            .filter_map(|(part, value)| Some((part.parse().ok()?, Image::from_value(entity, value)?)))
            .collect()
    };
    let (mut before, mut after) = (rows(before), rows(after));
    let parts: BTreeSet<i64> = before.keys().chain(after.keys()).copied().collect();
    parts
        .into_iter()
        .map(|part| Change {
            entity,
            key: RowKey::pair(id, part),
            before: before.remove(&part),
            after: after.remove(&part),
        })
        .collect()
}

/// Whether a text of many rows has one of this second number.
pub(super) fn tells_of(text: &str, part: i64) -> bool {
    text.contains(&format!("{{\"{part}\":")) || text.contains(&format!(",\"{part}\":"))
}

/// Many rows as one text: what `many` reads.
pub(super) fn many_to_json<'a>(
    entity: &Entity,
    rows: impl Iterator<Item = (i64, Option<&'a Image>)>,
) -> Option<String> {
    let mut text = String::new();
    for (part, image) in rows.filter_map(|(part, image)| Some((part, image?))) {
        text.push(if text.is_empty() { '{' } else { ',' });
        // Writing to a String does not fail.
        let _ = write!(text, "\"{part}\":{}", image.to_json(entity));
    }
    (!text.is_empty()).then(|| text + "}")
}
