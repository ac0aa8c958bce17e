//! Clients, statuses and projects as they are kept.

use super::rules::{ProjectDraft, StatusDraft};
use crate::book::{Client, CountsAs, Parts, Project, Status};
use crate::db::{self, DbError, Entity, Key, RowKey, Select, Tx, Value, Which, WriteTx, params};
use crate::people::{HistoryLine, grouped};
use crate::units::fold;
use crate::units::ids::{ClientId, ProjectId, StatusId};

/// Whom a project is for.
pub static CLIENT: Entity = Entity {
    table: "client",
    topic: "projects",
    key: Key::Id,
    columns: &["name"],
};

/// Where a project stands.
pub static PROJECT_STATUS: Entity = Entity {
    table: "project_status",
    topic: "settings",
    key: Key::Id,
    columns: &["label", "colour", "counts_as", "position"],
};

/// What hours are booked on.
pub static PROJECT: Entity = Entity {
    table: "project",
    topic: "projects",
    key: Key::Id,
    columns: &[
        "name",
        "code",
        "client_id",
        "status_id",
        "department_id",
        "colour",
        "start_day",
        "end_day",
        "budget_minutes",
        "notes",
    ],
};

/// What can be taken back here.
pub static ENTITIES: [&Entity; 3] = [&CLIENT, &PROJECT_STATUS, &PROJECT];

/// Reads everything of this feature into the parts of a plan.
pub fn load_parts(tx: &Tx<'_>, parts: &mut Parts) -> Result<(), DbError> {
    parts.clients = tx.query("select id, name from client", &[], |row| {
        Ok(Client {
            id: row.get(0)?,
            name: row.get(1)?,
        })
    })?;
    parts.statuses = tx.query(
        "select id, label, colour, counts_as from project_status order by position, id",
        &[],
        |row| {
            let counts_as = CountsAs::parse(&row.get::<String>(3)?).unwrap_or(CountsAs::Closed);
            Ok(Status {
                id: row.get(0)?,
                label: row.get(1)?,
                colour: row.get(2)?,
                counts_as,
            })
        },
    )?;
    parts.projects = load_projects(tx, Which::All)?.into();
    Ok(())
}

/// Projects.
pub fn load_projects(tx: &Tx<'_>, which: Which<'_>) -> Result<Vec<Project>, DbError> {
    tx.select(
        &Select {
            rows: "select id, name, code, client_id, status_id, department_id, colour, start_day, end_day, \
                   budget_minutes from project where true",
            whose: "id",
            order: "",
        },
        which,
        |row| {
            Ok(Project {
                id: row.get(0)?,
                name: row.get(1)?,
                code: row.get(2)?,
                client: row.get(3)?,
                status: row.get(4)?,
                department: row.get(5)?,
                colour: row.get(6)?,
                start: row.get(7)?,
                end: row.get(8)?,
                budget: row.get(9)?,
            })
        },
    )
}

fn values(draft: &ProjectDraft) -> Vec<(&'static str, Value)> {
    vec![
        ("name", Value::from(&draft.name)),
        ("code", Value::from(&draft.code)),
        ("client_id", draft.client.into()),
        ("status_id", draft.status.into()),
        ("department_id", draft.department.into()),
        ("colour", draft.colour.into()),
        ("start_day", draft.start.into()),
        ("end_day", draft.end.into()),
        ("budget_minutes", draft.budget.into()),
        ("notes", Value::from(&draft.notes)),
    ]
}

/// Adds a project.
pub fn add_project(tx: &WriteTx<'_>, draft: &ProjectDraft) -> Result<ProjectId, DbError> {
    tx.insert(&PROJECT, &values(draft)).map(ProjectId)
}

/// Changes a project. Answers false where there is none.
pub fn change_project(tx: &WriteTx<'_>, id: ProjectId, draft: &ProjectDraft) -> Result<bool, DbError> {
    tx.update(&PROJECT, RowKey::id(id.0), &values(draft))
}

/// Changes only where a project stands. Answers false where there is none.
pub fn set_status(tx: &WriteTx<'_>, id: ProjectId, status: StatusId) -> Result<bool, DbError> {
    tx.update(&PROJECT, RowKey::id(id.0), &[("status_id", status.into())])
}

/// Whether another project than `own` has this code.
pub fn code_is_taken(tx: &Tx<'_>, code: &str, own: Option<ProjectId>) -> Result<bool, DbError> {
    let sql = "select count(*) from project where lower(code) = lower(?1) and code <> '' and id <> ?2";
    let count: Option<i64> = tx.first(sql, &params![code, own.map_or(0, |id| id.0)], |row| row.get(0))?;
    Ok(count.unwrap_or(0) > 0)
}

/// The notes of a project, which the plan in memory does not carry.
pub fn project_notes(tx: &Tx<'_>, id: ProjectId) -> Result<Option<String>, DbError> {
    tx.first("select notes from project where id = ?1", &params![id], |row| {
        row.get(0)
    })
}

/// The client called `name`, made where there is none; none for a blank name.
pub fn find_or_add_client(tx: &WriteTx<'_>, name: &str) -> Result<Option<ClientId>, DbError> {
    if name.is_empty() {
        return Ok(None);
    }
    let known: Vec<(ClientId, String)> = tx.query("select id, name from client", &[], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    match known.into_iter().find(|(_, own)| fold(own) == fold(name)) {
        Some((id, _)) => Ok(Some(id)),
        None => tx
            .insert(&CLIENT, &[("name", name.into())])
            .map(|id| Some(ClientId(id))),
    }
}

/// Adds a status at the end of the team's order.
pub fn add_status(tx: &WriteTx<'_>, draft: &StatusDraft) -> Result<StatusId, DbError> {
    let last: Option<i64> = tx.first(
        "select coalesce(max(position), 0) from project_status",
        &[],
        |row| row.get(0),
    )?;
    let mut values = status_values(draft);
    values.push(("position", (last.unwrap_or(0) + 10).into()));
    tx.insert(&PROJECT_STATUS, &values).map(StatusId)
}

/// Changes a status; its place in the order stays. Answers false where there is none.
pub fn change_status(tx: &WriteTx<'_>, id: StatusId, draft: &StatusDraft) -> Result<bool, DbError> {
    tx.update(&PROJECT_STATUS, RowKey::id(id.0), &status_values(draft))
}

fn status_values(draft: &StatusDraft) -> Vec<(&'static str, Value)> {
    vec![
        ("label", Value::from(&draft.label)),
        ("colour", draft.colour.into()),
        ("counts_as", draft.counts_as.as_str().into()),
    ]
}

/// Whether another status than `own` has this label, as people compare names.
pub fn label_is_taken(tx: &Tx<'_>, label: &str, own: Option<StatusId>) -> Result<bool, DbError> {
    let known: Vec<(StatusId, String)> = tx.query("select id, label from project_status", &[], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(known
        .iter()
        .any(|(id, other)| Some(*id) != own && fold(other) == fold(label)))
}

/// Puts the statuses into the order of `ids`; those that it does not name keep theirs, after them.
pub fn order_statuses(tx: &WriteTx<'_>, ids: &[StatusId]) -> Result<(), DbError> {
    let mut kept: Vec<StatusId> = tx.query(
        "select id from project_status order by position, id",
        &[],
        |row| row.get(0),
    )?;
    kept.sort_by_key(|id| ids.iter().position(|wanted| wanted == id).unwrap_or(usize::MAX));
    for (place, id) in (1_i64..).zip(kept) {
        tx.update(
            &PROJECT_STATUS,
            RowKey::id(id.0),
            &[("position", (place * 10).into())],
        )?;
    }
    Ok(())
}

/// Takes a status away. Answers false where there is none.
///
/// # Errors
/// `Constraint` where a project is in it.
pub fn remove_status(tx: &WriteTx<'_>, id: StatusId) -> Result<bool, DbError> {
    tx.delete(&PROJECT_STATUS, RowKey::id(id.0))
}

/// Whether no status is left.
pub fn has_no_status(tx: &Tx<'_>) -> Result<bool, DbError> {
    Ok(tx
        .first("select 1 from project_status limit 1", &[], |_| Ok(()))?
        .is_none())
}

/// Calls a client something else. Answers false where there is none.
pub fn rename_client(tx: &WriteTx<'_>, id: ClientId, name: &str) -> Result<bool, DbError> {
    tx.update(&CLIENT, RowKey::id(id.0), &[("name", name.into())])
}

/// How many gestures the history of a project shows.
const LINES: u32 = 30;

/// The newest change of each gesture that touched the project, a deliverable or an assignment of it, or their hours.
/// What is gone from its table is found by what was recorded when it was made.
const OF_PROJECT: &str = r#"c.id in (
    select max(h.id) from change h join (
        select 'project' as entity, ?1 as id
        union
        select 'assignment', id from assignment where project_id = ?1
        union
        select 'booking', id from assignment where project_id = ?1
        union
        select 'deliverable', id from deliverable where project_id = ?1
        union
        select m.entity, m.entity_id from change m where m.entity in ('assignment', 'deliverable')
            and (m.after like '%"project_id":' || cast(?1 as text) || ',%'
                or m.after like '%"project_id":' || cast(?1 as text) || '}%')
        union
        select 'booking', m.entity_id from change m where m.entity = 'assignment'
            and (m.after like '%"project_id":' || cast(?1 as text) || ',%'
                or m.after like '%"project_id":' || cast(?1 as text) || '}%')
    ) own on h.entity = own.entity and h.entity_id = own.id
    group by h.change_set_id)"#;

/// The newest gestures that changed something of a project.
pub fn project_history(tx: &Tx<'_>, id: ProjectId) -> Result<Vec<HistoryLine>, DbError> {
    Ok(grouped(db::history(tx, OF_PROJECT, id.0, LINES)?))
}
