//! Templates as they are kept.

use super::rules::{Line, LineDraft, Template};
use crate::db::{DbError, Entity, Key, RowKey, Tx, Value, WriteTx, params};
use crate::units::ids::{RoleId, TemplateId, TemplateLineId};

/// How the hours before deliverables usually lie.
pub static TEMPLATE: Entity = Entity {
    table: "auto_template",
    topic: "templates",
    key: Key::Id,
    columns: &["name"],
};

/// What one role does before deliverables of one phase.
pub static LINE: Entity = Entity {
    table: "auto_line",
    topic: "templates",
    key: Key::Id,
    columns: &["template_id", "role_id", "phase", "heads"],
};

/// The percent of one week of a line.
pub static SHARE: Entity = Entity {
    table: "auto_share",
    topic: "templates",
    key: Key::Pair("line_id", "weeks_before"),
    columns: &["percent"],
};

/// What can be taken back here.
pub static ENTITIES: [&Entity; 3] = [&TEMPLATE, &LINE, &SHARE];

/// All templates by name, with their lines by role.
pub fn templates(tx: &Tx<'_>) -> Result<Vec<Template>, DbError> {
    let mut all: Vec<Template> = tx.query(
        "select id, name from auto_template order by lower(name), id",
        &[],
        |row| {
            Ok(Template {
                id: row.get(0)?,
                name: row.get(1)?,
                lines: Vec::new(),
            })
        },
    )?;
    let shares: Vec<(TemplateLineId, u16)> = tx.query(
        "select line_id, percent from auto_share order by line_id, weeks_before",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let lines: Vec<(TemplateId, Line)> = tx.query(
        "select l.template_id, l.id, l.role_id, l.phase, l.heads from auto_line l join role r on r.id = l.role_id \
         order by l.template_id, lower(r.name), l.phase, l.id",
        &[],
        |row| {
            let heads: u16 = row.get(4)?;
            let draft = LineDraft {
                role: row.get(2)?,
                phase: row.get(3)?,
                heads: u8::try_from(heads).unwrap_or(1),
                percents: Vec::new(),
            };
            Ok((row.get(0)?, Line { id: row.get(1)?, draft }))
        },
    )?;
    for (template, mut line) in lines {
        let own = shares.iter().filter(|(id, _)| *id == line.id);
        line.draft.percents = own
            .map(|(_, percent)| u8::try_from(*percent).unwrap_or(0))
            .collect();
        if let Some(template) = all.iter_mut().find(|one| one.id == template) {
            template.lines.push(line);
        }
    }
    Ok(all)
}

/// How many lines of templates are for a role.
pub fn lines_for(tx: &Tx<'_>, role: RoleId) -> Result<i64, DbError> {
    let count = tx.first(
        "select count(*) from auto_line where role_id = ?1",
        &params![role],
        |row| row.get(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Whether another template than `except` has this name, whatever its case.
pub fn name_is_taken(tx: &Tx<'_>, name: &str, except: Option<TemplateId>) -> Result<bool, DbError> {
    let names: Vec<(TemplateId, String)> = tx.query("select id, name from auto_template", &[], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let wanted = crate::units::fold(name);
    Ok(names
        .iter()
        .any(|(id, own)| Some(*id) != except && crate::units::fold(own) == wanted))
}

/// How many templates there are.
pub fn count_templates(tx: &Tx<'_>) -> Result<i64, DbError> {
    let count = tx.first("select count(*) from auto_template", &[], |row| row.get(0))?;
    Ok(count.unwrap_or(0))
}

/// How many lines a template has.
pub fn count_lines(tx: &Tx<'_>, template: TemplateId) -> Result<i64, DbError> {
    let sql = "select count(*) from auto_line where template_id = ?1";
    let count = tx.first(sql, &params![template], |row| row.get(0))?;
    Ok(count.unwrap_or(0))
}

/// Adds a template without lines.
pub fn add_template(tx: &WriteTx<'_>, name: &str) -> Result<TemplateId, DbError> {
    tx.insert(&TEMPLATE, &[("name", Value::from(name))])
        .map(TemplateId)
}

/// Renames a template. Answers false where there is none.
pub fn rename_template(tx: &WriteTx<'_>, id: TemplateId, name: &str) -> Result<bool, DbError> {
    tx.update(&TEMPLATE, RowKey::id(id.0), &[("name", Value::from(name))])
}

/// Takes a template away with its lines.
pub fn remove_template(tx: &WriteTx<'_>, id: TemplateId) -> Result<bool, DbError> {
    let lines: Vec<TemplateLineId> = tx.query(
        "select id from auto_line where template_id = ?1",
        &params![id],
        |row| row.get(0),
    )?;
    for line in lines {
        remove_line(tx, line)?;
    }
    tx.delete(&TEMPLATE, RowKey::id(id.0))
}

/// Adds a line. Nothing where there is no such template.
pub fn add_line(
    tx: &WriteTx<'_>,
    template: TemplateId,
    draft: &LineDraft,
) -> Result<Option<TemplateLineId>, DbError> {
    if tx.image(&TEMPLATE, RowKey::id(template.0))?.is_none() {
        return Ok(None);
    }
    let mut values = values(draft);
    values.push(("template_id", template.into()));
    let id = TemplateLineId(tx.insert(&LINE, &values)?);
    put_shares(tx, id, &draft.percents)?;
    Ok(Some(id))
}

/// Changes a line. Answers false where there is none.
pub fn change_line(tx: &WriteTx<'_>, id: TemplateLineId, draft: &LineDraft) -> Result<bool, DbError> {
    let known = tx.update(&LINE, RowKey::id(id.0), &values(draft))?;
    if known {
        put_shares(tx, id, &draft.percents)?;
    }
    Ok(known)
}

/// Takes a line away.
pub fn remove_line(tx: &WriteTx<'_>, id: TemplateLineId) -> Result<bool, DbError> {
    put_shares(tx, id, &[])?;
    tx.delete(&LINE, RowKey::id(id.0))
}

fn values(draft: &LineDraft) -> Vec<(&'static str, Value)> {
    vec![
        ("role_id", draft.role.into()),
        ("phase", Value::from(&draft.phase)),
        ("heads", i64::from(draft.heads).into()),
    ]
}

/// Makes the weeks of a line be `percents`, and no others.
fn put_shares(tx: &WriteTx<'_>, line: TemplateLineId, percents: &[u8]) -> Result<(), DbError> {
    let kept: Vec<i64> = tx.query(
        "select weeks_before from auto_share where line_id = ?1",
        &params![line],
        |row| row.get(0),
    )?;
    for (before, percent) in (0_i64..).zip(percents) {
        let value = [("percent", i64::from(*percent).into())];
        tx.put(&SHARE, RowKey::pair(line.0, before), &value)?;
    }
    let count = i64::try_from(percents.len()).unwrap_or(i64::MAX);
    for before in kept.into_iter().filter(|before| *before >= count) {
        tx.delete(&SHARE, RowKey::pair(line.0, before))?;
    }
    Ok(())
}
