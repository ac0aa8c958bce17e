//! What a closure holds while it reads or writes.

use std::cell::{Cell, RefCell};

use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::bulk::Bulk;
use super::changes::{Change, Entity, Gesture, Image, Key, RowKey};
use super::value::{self, params};
use super::{Column, DbError, Value, sql};
use crate::units::ids::ChangeSetId;

/// One row of an answer.
pub struct Row<'a> {
    row: &'a rusqlite::Row<'a>,
}

impl Row<'_> {
    /// Column `index`, from 0, as `T`.
    pub fn get<T: Column>(&self, index: usize) -> Result<T, DbError> {
        value::read(index, self.row.get_ref(index)?)
    }
}

/// The rows of a table, which are read all at once or by some ids.
pub struct Select {
    /// From `select` to the end of the conditions, of which there is one at least.
    pub rows: &'static str,
    /// The column that holds the ids.
    pub whose: &'static str,
    /// From `order by` on, or nothing where the order is of no consequence.
    pub order: &'static str,
}

/// Which rows of many are wanted.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// All.
    All,
    /// Those of some ids.
    Of(&'a [i64]),
}

/// One snapshot of the committed state.
pub struct Tx<'a> {
    connection: &'a Connection,
}

impl<'a> Tx<'a> {
    pub(super) const fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    /// All rows of a query, each through `read`.
    pub fn query<T>(
        &self,
        sql: &str,
        params: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read(&Row { row })?);
        }
        Ok(all)
    }

    /// The rows that `select` names: all of them, or those of each of some ids.
    pub fn select<T>(
        &self,
        select: &Select,
        which: Which<'_>,
        mut read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        let Select { rows, whose, order } = select;
        let Which::Of(ids) = which else {
            return self.query(&format!("{rows} {order}"), &[], read);
        };
        let sql = format!("{rows} and {whose} = ?1 {order}");
        let mut all = Vec::new();
        for id in ids {
            all.append(&mut self.query(&sql, &params![*id], &mut read)?);
        }
        Ok(all)
    }

    /// The first row of a query, if there is one.
    pub fn first<T>(
        &self,
        sql: &str,
        params: &[Value],
        read: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        rows.next()?.map(|row| read(&Row { row })).transpose()
    }

    /// The row of `entity` that `key` names, as it is now.
    pub fn image(&self, entity: &Entity, key: RowKey) -> Result<Option<Image>, DbError> {
        let mut statement = self.connection.prepare_cached(&sql::select(entity))?;
        let read = |row: &rusqlite::Row<'_>| {
            (0..entity.columns.len())
                .map(|index| Ok(value::read::<Value>(index, row.get_ref(index)?)))
                .collect()
        };
        let row: Option<Vec<Result<Value, DbError>>> = statement
            .query_row(params_from_iter(key_values(entity, key)), read)
            .optional()?;
        row.map(|values| values.into_iter().collect::<Result<_, _>>().map(Image))
            .transpose()
    }

    /// The change set that last changed a row of `entity` with this id; where the key is a pair, with this first number.
    /// Writes that wait for the same commit count.
    pub fn newest_change(&self, entity: &Entity, id: i64) -> Result<Option<ChangeSetId>, DbError> {
        self.first(
            "select change_set_id from change where entity = ?1 and entity_id = ?2 order by id desc limit 1",
            &params![entity.table, id],
            |row| row.get(0),
        )
    }

    /// The tables of which rows have changed after `revision`, once for each change. Writes that wait for the same commit
    /// count.
    pub fn tables_changed_since(&self, revision: i64) -> Result<Vec<String>, DbError> {
        self.query(
            "select distinct entity from change where change_set_id > ?1",
            &params![revision],
            |row| row.get(0),
        )
    }
}

/// A write in progress: a [`Tx`] that may also change rows, and records each change.
pub struct WriteTx<'a> {
    tx: Tx<'a>,
    gesture: &'a Gesture,
    undoes: Cell<Option<ChangeSetId>>,
    change_set: Cell<Option<ChangeSetId>>,
    changes: RefCell<Vec<Change>>,
    /// Whether it may change who comes in.
    enters: Cell<bool>,
}

/// What decides who comes in. A statement that names one of these may change that.
const ENTRIES: [&str; 3] = ["session", "account", "account_department"];

fn names_entries(sql: &str) -> bool {
    let names = |c: char| c.is_ascii_alphanumeric() || c == '_';
    sql.split(|c| !names(c)).any(|word| ENTRIES.contains(&word))
}

impl<'a> std::ops::Deref for WriteTx<'a> {
    type Target = Tx<'a>;

    fn deref(&self) -> &Tx<'a> {
        &self.tx
    }
}

impl<'a> WriteTx<'a> {
    pub(super) fn new(connection: &'a Connection, gesture: &'a Gesture) -> Self {
        Self {
            tx: Tx::new(connection),
            gesture,
            undoes: Cell::new(None),
            change_set: Cell::new(None),
            changes: RefCell::default(),
            enters: Cell::new(false),
        }
    }

    /// Whether something of what was done may change who comes in.
    pub(super) fn enters(&self) -> bool {
        let recorded = self.changes.borrow();
        self.enters.get() || recorded.iter().any(|change| names_entries(change.entity.table))
    }

    pub(super) fn finish(self) -> (Option<ChangeSetId>, Vec<Change>) {
        (self.change_set.get(), self.changes.into_inner())
    }

    pub(super) fn mark_as_undoing(&self, change_set: ChangeSetId) {
        self.undoes.set(Some(change_set));
    }

    /// When this write was asked for, in milliseconds since 1970-01-01 UTC.
    pub const fn now(&self) -> i64 {
        self.gesture.at
    }

    /// Runs a statement on a table whose changes are not recorded: sessions and the like.
    pub fn execute(&self, sql: &str, params: &[Value]) -> Result<usize, DbError> {
        if !self.enters.get() && names_entries(sql) {
            self.enters.set(true);
        }
        Ok(self
            .connection()
            .prepare_cached(sql)?
            .execute(params_from_iter(params))?)
    }

    /// Adds a row of an entity that is named by its id, and answers that id. A column that is not given is null.
    pub fn insert(&self, entity: &'static Entity, values: &[(&str, Value)]) -> Result<i64, DbError> {
        let mut image = Image(vec![Value::Null; entity.columns.len()]);
        for (column, value) in values {
            image.set(entity, column, value.clone());
        }
        let sql = format!(
            "insert into {} ({}) values ({}) returning id",
            entity.table,
            entity.columns.join(", "),
            sql::marks(1, entity.columns.len())
        );
        let id: i64 = self
            .connection()
            .prepare_cached(&sql)?
            .query_row(params_from_iter(&image.0), |row| row.get(0))?;
        self.record(entity, RowKey::id(id), None, Some(image))?;
        Ok(id)
    }

    /// Changes some columns of a row. Answers false where there is no such row; what is the same already is not recorded.
    pub fn update(
        &self,
        entity: &'static Entity,
        key: RowKey,
        values: &[(&str, Value)],
    ) -> Result<bool, DbError> {
        let Some(mut image) = self.image(entity, key)? else {
            return Ok(false);
        };
        for (column, value) in values {
            image.set(entity, column, value.clone());
        }
        self.replace(entity, key, Some(image))?;
        Ok(true)
    }

    /// Sets a row of an entity that is named by a pair, whether it is there already or not.
    pub fn put(&self, entity: &'static Entity, key: RowKey, values: &[(&str, Value)]) -> Result<(), DbError> {
        let mut image = self
            .image(entity, key)?
            .unwrap_or_else(|| Image(vec![Value::Null; entity.columns.len()]));
        for (column, value) in values {
            image.set(entity, column, value.clone());
        }
        self.replace(entity, key, Some(image)).map(|_| ())
    }

    /// Takes a row away. Answers false where there is no such row.
    pub fn delete(&self, entity: &'static Entity, key: RowKey) -> Result<bool, DbError> {
        Ok(self.replace(entity, key, None)?.is_some())
    }

    /// Makes a row be `after`, or be gone, and answers what it was. The one way in which recorded rows change.
    pub fn replace(
        &self,
        entity: &'static Entity,
        key: RowKey,
        after: Option<Image>,
    ) -> Result<Option<Image>, DbError> {
        let before = self.image(entity, key)?;
        if before == after {
            return Ok(before);
        }
        match (&before, &after) {
            (None, None) => return Ok(None),
            (Some(_), None) => self.run(&sql::delete(entity), &key_values(entity, key))?,
            (None, Some(image)) => {
                self.run(
                    &sql::insert(entity),
                    &[key_values(entity, key).as_slice(), &image.0].concat(),
                )?;
            }
            (Some(_), Some(image)) => {
                self.run(
                    &sql::update(entity),
                    &[key_values(entity, key).as_slice(), &image.0].concat(),
                )?;
            }
        }
        self.record(entity, key, before.clone(), after)?;
        Ok(before)
    }

    /// Makes many rows of an entity that is named by a pair be what they shall be: `replace` for each, with each
    /// statement prepared once. A moved date changes ten thousand cells.
    pub fn replace_all(
        &self,
        entity: &'static Entity,
        rows: impl IntoIterator<Item = (RowKey, Option<Image>)>,
    ) -> Result<(), DbError> {
        let mut bulk = Bulk::prepare(self.connection(), entity)?;
        for (key, after) in rows {
            if bulk.ends_run(key) {
                bulk.write_down(self.change_set()?)?;
            }
            let before = bulk.image(key)?;
            if before == after {
                continue;
            }
            bulk.replace(key, before.clone(), after.as_ref())?;
            self.changes.borrow_mut().push(Change {
                entity,
                key,
                before,
                after,
            });
        }
        if bulk.has_changed() {
            bulk.write_down(self.change_set()?)?;
        }
        Ok(())
    }

    /// The change set of this write, made where nothing has been changed yet.
    pub fn own_change_set(&self) -> Result<ChangeSetId, DbError> {
        self.change_set()
    }

    fn record(
        &self,
        entity: &'static Entity,
        key: RowKey,
        before: Option<Image>,
        after: Option<Image>,
    ) -> Result<(), DbError> {
        let change_set = self.change_set()?;
        self.execute(
            sql::RECORD,
            &params![
                change_set,
                entity.topic,
                entity.table,
                key.id,
                key.part,
                before.as_ref().map(|image| image.to_json(entity)),
                after.as_ref().map(|image| image.to_json(entity)),
            ],
        )?;
        self.changes.borrow_mut().push(Change {
            entity,
            key,
            before,
            after,
        });
        Ok(())
    }

    /// The change set that this write has made so far.
    pub(super) fn made(&self) -> Option<ChangeSetId> {
        self.change_set.get()
    }

    /// The change set of this write; its row is made with the first change, so that a write without one leaves none.
    fn change_set(&self) -> Result<ChangeSetId, DbError> {
        if let Some(id) = self.change_set.get() {
            return Ok(id);
        }
        let Gesture { actor, label, at } = self.gesture;
        let id = self
            .first(
                "insert into change_set (at, account_id, actor, label, undoes) values (?1, ?2, ?3, ?4, ?5) returning id",
                &params![*at, actor.account, &actor.name, label, self.undoes.get()],
                |row| row.get(0),
            )?
            .ok_or(DbError::Closed)?;
        self.change_set.set(Some(id));
        Ok(id)
    }

    fn run(&self, sql: &str, values: &[Value]) -> Result<(), DbError> {
        self.connection()
            .prepare_cached(sql)?
            .execute(params_from_iter(values))?;
        Ok(())
    }

    const fn connection(&self) -> &Connection {
        self.tx.connection
    }
}

fn key_values(entity: &Entity, key: RowKey) -> Vec<Value> {
    match entity.key {
        Key::Id => vec![Value::Int(key.id)],
        Key::Pair(..) => vec![Value::Int(key.id), Value::Int(key.part)],
    }
}

#[cfg(test)]
mod tests {
    use super::names_entries;

    #[test]
    fn a_statement_that_may_change_who_comes_in_is_known_by_its_words() {
        for (sql, enters) in [
            ("delete from session where key_hash = ?1", true),
            ("update account set active = 0 where id = ?1", true),
            (
                "insert into account_department (account_id, department_id) values (?1, ?2)",
                true,
            ),
            (
                "delete from poker_vote where id in (select id from account)",
                true,
            ),
            ("update hours set minutes = ?1", false),
            ("insert into poker_participant (account_id) values (?1)", false),
            (
                "update account_password set hash = ?2 where account_id = ?1",
                false,
            ),
        ] {
            assert_eq!(names_entries(sql), enters, "{sql}");
        }
    }
}
