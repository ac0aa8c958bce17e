//! Many rows of one entity, each read, changed and recorded by statements that are prepared once.

use rusqlite::{CachedStatement, Connection, params_from_iter};

use super::changes::{Entity, Image, Key, RowKey};
use super::{DbError, Value, sql, value};
use crate::units::ids::ChangeSetId;

/// The statements for one entity.
pub struct Bulk<'c> {
    entity: &'static Entity,
    select: CachedStatement<'c>,
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
            select: connection.prepare_cached(&sql::select(entity))?,
            insert: connection.prepare_cached(&sql::insert(entity))?,
            update: connection.prepare_cached(&sql::update(entity))?,
            delete: connection.prepare_cached(&sql::delete(entity))?,
            record: connection.prepare_cached(sql::RECORD)?,
        })
    }

    /// The row that `key` names, as it is now.
    pub fn image(&mut self, key: RowKey) -> Result<Option<Image>, DbError> {
        let count = self.entity.columns.len();
        let mut rows = match self.entity.key {
            Key::Id => self.select.query([key.id])?,
            Key::Pair(..) => self.select.query([key.id, key.part])?,
        };
        rows.next()?
            .map(|row| {
                (0..count)
                    .map(|index| value::read::<Value>(index, row.get_ref(index)?))
                    .collect::<Result<_, _>>()
                    .map(Image)
            })
            .transpose()
    }

    /// Makes the row be `after`, and writes down that it was `before`.
    pub fn replace(
        &mut self,
        change_set: ChangeSetId,
        key: RowKey,
        before: Option<&Image>,
        after: Option<&Image>,
    ) -> Result<(), DbError> {
        let keys = [Value::Int(key.id), Value::Int(key.part)];
        let count = match self.entity.key {
            Key::Id => 1,
            Key::Pair(..) => 2,
        };
        let columns = after.map_or(&[][..], |image| image.0.as_slice());
        let values = params_from_iter(keys.iter().take(count).chain(columns));
        match (before, after) {
            (_, None) => self.delete.execute(values)?,
            (None, Some(_)) => self.insert.execute(values)?,
            (Some(_), Some(_)) => self.update.execute(values)?,
        };
        let json = |image: Option<&Image>| image.map(|image| image.to_json(self.entity));
        self.record.execute((
            change_set.0,
            self.entity.topic,
            self.entity.table,
            key.id,
            key.part,
            json(before),
            json(after),
        ))?;
        Ok(())
    }
}
