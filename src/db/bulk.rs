//! Many rows of one entity, each read, changed and recorded by statements that are prepared once.

use std::collections::HashMap;

use rusqlite::{CachedStatement, Connection, params_from_iter};

use super::changes::{Entity, Image, MANY, RowKey, many_to_json};
use super::{DbError, Value, sql, value};
use crate::units::ids::ChangeSetId;

/// The statements for one entity, whose rows are named by a pair.
pub struct Bulk<'c> {
    entity: &'static Entity,
    /// All rows with one first number.
    select: CachedStatement<'c>,
    /// The first number that was read last, and its rows.
    read: (Option<i64>, HashMap<i64, Image>),
    /// What changed of the rows with that first number, to be written down together.
    run: Vec<(i64, Option<Image>, Option<Image>)>,
    insert: CachedStatement<'c>,
    update: CachedStatement<'c>,
    delete: CachedStatement<'c>,
    record: CachedStatement<'c>,
}

impl<'c> Bulk<'c> {
    /// Prepares them.
    pub fn prepare(connection: &'c Connection, entity: &'static Entity) -> Result<Self, DbError> {
        Ok(Self {
            entity,
            select: connection.prepare_cached(&sql::select_all(entity))?,
            read: (None, HashMap::new()),
            run: Vec::new(),
            insert: connection.prepare_cached(&sql::insert(entity))?,
            update: connection.prepare_cached(&sql::update(entity))?,
            delete: connection.prepare_cached(&sql::delete(entity))?,
            record: connection.prepare_cached(sql::RECORD)?,
        })
    }

    /// The row that `key` names, as it is now. Rows with the same first number are read together.
    pub fn image(&mut self, key: RowKey) -> Result<Option<Image>, DbError> {
        if self.read.0 != Some(key.id) {
            let count = self.entity.columns.len();
            self.read.1.clear();
            let mut rows = self.select.query([key.id])?;
            while let Some(row) = rows.next()? {
                let part: i64 = row.get(count)?;
                let values: Result<Vec<Value>, DbError> = (0..count)
                    .map(|index| value::read::<Value>(index, row.get_ref(index)?))
                    .collect();
                self.read.1.insert(part, Image(values?));
            }
            self.read.0 = Some(key.id);
        }
        Ok(self.read.1.get(&key.part).cloned())
    }

    /// Whether something is to be written down.
    pub const fn has_changed(&self) -> bool {
        !self.run.is_empty()
    }

    /// Whether the next row belongs to another first number, so that what changed so far is to be written down.
    pub fn ends_run(&self, key: RowKey) -> bool {
        self.has_changed() && self.read.0 != Some(key.id)
    }

    /// Makes the row be `after`; `write_down` tells the history.
    pub fn replace(
        &mut self,
        key: RowKey,
        before: Option<Image>,
        after: Option<&Image>,
    ) -> Result<(), DbError> {
        let keys = [Value::Int(key.id), Value::Int(key.part)];
        let columns = after.map_or(&[][..], |image| image.0.as_slice());
        let values = params_from_iter(keys.iter().chain(columns));
        match (&before, after) {
            (_, None) => self.delete.execute(values)?,
            (None, Some(_)) => self.insert.execute(values)?,
            (Some(_), Some(_)) => self.update.execute(values)?,
        };
        match after {
            Some(image) => self.read.1.insert(key.part, image.clone()),
            None => self.read.1.remove(&key.part),
        };
        self.run.push((key.part, before, after.cloned()));
        Ok(())
    }

    /// Writes down what changed of the rows with one first number: one line, however many they are.
    pub fn write_down(&mut self, change_set: ChangeSetId) -> Result<(), DbError> {
        let Some(id) = self.read.0 else { return Ok(()) };
        let run = std::mem::take(&mut self.run);
        let entity = self.entity;
        let (part, before, after) = match run.as_slice() {
            [] => return Ok(()),
            [(part, before, after)] => {
                let json = |image: &Option<Image>| image.as_ref().map(|image| image.to_json(entity));
                (*part, json(before), json(after))
            }
            rows => (
                MANY,
                many_to_json(
                    entity,
                    rows.iter().map(|(part, before, _)| (*part, before.as_ref())),
                ),
                many_to_json(
                    entity,
                    rows.iter().map(|(part, _, after)| (*part, after.as_ref())),
                ),
            ),
        };
        self.record
            .execute((change_set.0, entity.topic, entity.table, id, part, before, after))?;
        Ok(())
    }
}
