//! Whose files are whose, as it is kept.

use super::rules::Owner;
use super::shelf::Shelved;
use crate::db::{DbError, Entity, Key, Row, RowKey, Tx, Value, WriteTx, params};
use crate::units::ids::{DeliverableId, FileId, PersonId, ProjectId};

/// A file of somebody or something.
pub static ATTACHMENT: Entity = Entity {
    table: "attachment",
    topic: "files",
    key: Key::Id,
    columns: &[
        "project_id",
        "deliverable_id",
        "person_id",
        "stored",
        "label",
        "added_at",
        "added_by",
    ],
};

/// What can be taken back here.
pub static ENTITIES: [&Entity; 1] = [&ATTACHMENT];

/// A file with all that is said about it.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its id.
    pub id: FileId,
    /// Whose it is.
    pub owner: Owner,
    /// As whoever added it called it.
    pub label: String,
    /// When it was added, in milliseconds.
    pub added_at: i64,
    /// By whom.
    pub added_by: String,
    /// Under which name its bytes lie.
    pub stored: String,
    /// How many they are.
    pub size: u64,
    /// Their hash, in hex.
    pub sha256: String,
    /// What they are.
    pub media_type: String,
}

const FILE: &str = "select a.id, a.project_id, a.deliverable_id, a.person_id, a.label, a.added_at, a.added_by, a.stored, \
     s.size, s.sha256, s.media_type from attachment a join stored_file s on s.name = a.stored";

fn file(row: &Row<'_>) -> Result<Option<Attachment>, DbError> {
    let (project, deliverable, person): (Option<ProjectId>, Option<DeliverableId>, Option<PersonId>) =
        (row.get(1)?, row.get(2)?, row.get(3)?);
    let owner = project
        .map(Owner::Project)
        .or(deliverable.map(Owner::Deliverable))
        .or(person.map(Owner::Person));
    let Some(owner) = owner else { return Ok(None) };
    Ok(Some(Attachment {
        id: row.get(0)?,
        owner,
        label: row.get(4)?,
        added_at: row.get(5)?,
        added_by: row.get(6)?,
        stored: row.get(7)?,
        size: u64::try_from(row.get::<i64>(8)?).unwrap_or(0),
        sha256: row.get(9)?,
        media_type: row.get(10)?,
    }))
}

/// The files of a project and of its deliverables, the newest first.
pub fn files_of_project(tx: &Tx<'_>, id: ProjectId) -> Result<Vec<Attachment>, DbError> {
    let sql = format!(
        "{FILE} where a.project_id = ?1 or a.deliverable_id in (select id from deliverable where project_id = ?1) \
         order by a.added_at desc, a.id desc"
    );
    Ok(tx
        .query(&sql, &params![id], file)?
        .into_iter()
        .flatten()
        .collect())
}

/// The files of a person, the newest first.
pub fn files_of_person(tx: &Tx<'_>, id: PersonId) -> Result<Vec<Attachment>, DbError> {
    let sql = format!("{FILE} where a.person_id = ?1 order by a.added_at desc, a.id desc");
    Ok(tx
        .query(&sql, &params![id], file)?
        .into_iter()
        .flatten()
        .collect())
}

/// One file.
pub fn find(tx: &Tx<'_>, id: FileId) -> Result<Option<Attachment>, DbError> {
    Ok(tx
        .first(&format!("{FILE} where a.id = ?1"), &params![id], file)?
        .flatten())
}

/// How many files stand where `owner`'s would: with a project stand those of its deliverables.
pub fn count_beside(tx: &Tx<'_>, owner: Owner) -> Result<usize, DbError> {
    let project = match owner {
        Owner::Person(person) => return Ok(files_of_person(tx, person)?.len()),
        Owner::Project(project) => Some(project),
        Owner::Deliverable(id) => tx.first(
            "select project_id from deliverable where id = ?1",
            &params![id],
            |row| row.get(0),
        )?,
    };
    Ok(match project {
        Some(project) => files_of_project(tx, project)?.len(),
        None => 0,
    })
}

/// Puts bytes that lie on the shelf to their owner.
pub fn add(
    tx: &WriteTx<'_>,
    owner: Owner,
    label: &str,
    shelved: &Shelved,
    by: &str,
) -> Result<FileId, DbError> {
    tx.execute(
        "insert into stored_file (name, size, sha256, media_type, made_at) values (?1, ?2, ?3, ?4, ?5)",
        &params![
            shelved.name.as_str(),
            i64::try_from(shelved.size).unwrap_or(i64::MAX),
            shelved.sha256.as_str(),
            shelved.media_type,
            tx.now()
        ],
    )?;
    let (column, id) = column_of(owner);
    let values = [
        (column, id),
        ("stored", Value::from(&shelved.name)),
        ("label", label.into()),
        ("added_at", tx.now().into()),
        ("added_by", by.into()),
    ];
    tx.insert(&ATTACHMENT, &values).map(FileId)
}

fn column_of(owner: Owner) -> (&'static str, Value) {
    match owner {
        Owner::Project(id) => ("project_id", id.into()),
        Owner::Deliverable(id) => ("deliverable_id", id.into()),
        Owner::Person(id) => ("person_id", id.into()),
    }
}

/// Takes a file away. Its bytes lie on for a while, for an undo.
pub fn remove(tx: &WriteTx<'_>, id: FileId) -> Result<bool, DbError> {
    tx.delete(&ATTACHMENT, RowKey::id(id.0))
}

/// Takes all files of `owner` away, before it goes itself.
pub fn remove_all_of(tx: &WriteTx<'_>, owner: Owner) -> Result<(), DbError> {
    let (column, id) = column_of(owner);
    let all: Vec<FileId> = tx.query(
        &format!("select id from attachment where {column} = ?1"),
        &[id],
        |row| row.get(0),
    )?;
    for id in all {
        remove(tx, id)?;
    }
    Ok(())
}

/// Marks what nothing refers to any more, and forgets what nothing has referred to since before `before`. Answers the names
/// of all that is still known.
pub fn sweep(tx: &WriteTx<'_>, before: i64) -> Result<Vec<String>, DbError> {
    tx.execute(
        "update stored_file set unused_since = ?1 where unused_since is null \
         and not exists (select 1 from attachment a where a.stored = stored_file.name)",
        &params![tx.now()],
    )?;
    tx.execute(
        "update stored_file set unused_since = null where unused_since is not null \
         and exists (select 1 from attachment a where a.stored = stored_file.name)",
        &[],
    )?;
    tx.execute(
        "delete from stored_file where unused_since < ?1",
        &params![before],
    )?;
    tx.query("select name from stored_file", &[], |row| row.get(0))
}
