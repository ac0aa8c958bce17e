//! Saved views as they are kept.

use super::rules::{MOST, View, ViewDraft};
use crate::db::{Change, DbError, Entity, Image, Key, Row, RowKey, Tx, Value, WriteTx, params};
use crate::units::ids::{AccountId, ViewId};

/// A saved view.
pub static SAVED_VIEW: Entity = Entity {
    table: "saved_view",
    topic: "views",
    key: Key::Id,
    columns: &["account_id", "name", "page", "query", "shared"],
};

/// What is recorded here.
pub static ENTITIES: [&Entity; 1] = [&SAVED_VIEW];

/// Whether `change` is to a view of `account`, or, for an administrator, to one that everybody saw all along.
#[must_use]
pub fn may_go_back(change: &Change, account: Option<AccountId>, is_admin: bool) -> bool {
    if !change.is_of(&SAVED_VIEW) {
        return true;
    }
    let number = |image: &Image, column| image.get(&SAVED_VIEW, column).and_then(Value::as_int);
    change.images().all(|image| {
        account.is_some_and(|own| number(image, "account_id") == Some(own.0))
            || is_admin && number(image, "shared") == Some(1)
    })
}

/// Refuses an undo that leaves whoever keeps one of `ids` with more views than anybody may keep.
pub fn check_numbers(tx: &Tx<'_>, ids: impl Iterator<Item = ViewId>) -> Result<(), DbError> {
    for id in ids {
        let sql = "select count(*) from saved_view where account_id = (select account_id from saved_view where id = ?1)";
        let kept: Option<i64> = tx.first(sql, &params![id], |row| row.get(0))?;
        if usize::try_from(kept.unwrap_or(0)).is_ok_and(|kept| kept > MOST) {
            return Err(DbError::Refused(format!(
                "this can no longer be undone: more than {MOST} views would be kept; remove one first"
            )));
        }
    }
    Ok(())
}

const COLUMNS: &str = "v.id, v.account_id, a.name, v.name, v.page, v.query, v.shared";

fn view(row: &Row<'_>) -> Result<View, DbError> {
    Ok(View {
        id: row.get(0)?,
        account: row.get(1)?,
        owner: row.get(2)?,
        draft: ViewDraft {
            name: row.get(3)?,
            page: row.get(4)?,
            query: row.get(5)?,
            shared: row.get(6)?,
        },
    })
}

/// The views of an account, and those that others share.
pub fn views_seen_by(tx: &Tx<'_>, account: AccountId) -> Result<Vec<View>, DbError> {
    tx.query(
        &format!(
            "select {COLUMNS} from saved_view v join account a on a.id = v.account_id \
             where v.account_id = ?1 or v.shared = 1 order by v.id"
        ),
        &params![account],
        view,
    )
}

/// One view.
pub fn view_by_id(tx: &Tx<'_>, id: ViewId) -> Result<Option<View>, DbError> {
    tx.first(
        &format!("select {COLUMNS} from saved_view v join account a on a.id = v.account_id where v.id = ?1"),
        &params![id],
        view,
    )
}

fn values(draft: &ViewDraft) -> Vec<(&'static str, Value)> {
    vec![
        ("name", Value::from(&draft.name)),
        ("page", Value::from(&draft.page)),
        ("query", Value::from(&draft.query)),
        ("shared", draft.shared.into()),
    ]
}

/// Keeps a view.
pub fn add_view(tx: &WriteTx<'_>, account: AccountId, draft: &ViewDraft) -> Result<ViewId, DbError> {
    let mut row = values(draft);
    row.push(("account_id", account.into()));
    tx.insert(&SAVED_VIEW, &row).map(ViewId)
}

/// Changes a view. Answers false where there is none.
pub fn change_view(tx: &WriteTx<'_>, id: ViewId, draft: &ViewDraft) -> Result<bool, DbError> {
    tx.update(&SAVED_VIEW, RowKey::id(id.0), &values(draft))
}

/// Removes a view. Answers false where there is none.
pub fn remove_view(tx: &WriteTx<'_>, id: ViewId) -> Result<bool, DbError> {
    tx.delete(&SAVED_VIEW, RowKey::id(id.0))
}
