//! The departments of limited managers as they are kept.

use std::collections::{BTreeSet, HashMap};

use super::rules::{Reach, Scope};
use crate::accounts::Access;
use crate::book::Department;
use crate::db::{DbError, Entity, Key, RowKey, Tx, WriteTx, params};
use crate::units::ids::{AccountId, DepartmentId};

/// That an account manages a department. Recorded with the account, and like it never taken back by a key stroke.
pub static ACCOUNT_DEPARTMENT: Entity = Entity {
    table: "account_department",
    topic: "accounts",
    key: Key::Pair("account_id", "department_id"),
    columns: &["since"],
};

/// What somebody may do at this moment, as it is kept.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Their level.
    pub access: Access,
    /// How far it goes.
    pub scope: Scope,
}

impl Standing {
    /// Whether they change everything, whatever the tree of departments is.
    #[must_use]
    pub fn is_unlimited(&self) -> bool {
        self.reach(&[]) == Reach::Everything
    }

    /// Whose rows they may change.
    #[must_use]
    pub fn reach(&self, departments: &[Department]) -> Reach {
        Reach::of(self.access, &self.scope, departments)
    }
}

/// The departments that each account was given; accounts without any are not here.
pub fn scopes(tx: &Tx<'_>) -> Result<HashMap<AccountId, BTreeSet<DepartmentId>>, DbError> {
    let mut all: HashMap<AccountId, BTreeSet<DepartmentId>> = HashMap::new();
    tx.query(
        "select account_id, department_id from account_department",
        &[],
        |row| {
            all.entry(row.get(0)?).or_default().insert(row.get(1)?);
            Ok(())
        },
    )?;
    Ok(all)
}

/// How far an account reaches.
pub fn scope_of(tx: &Tx<'_>, account: AccountId) -> Result<Scope, DbError> {
    let given = tx.query(
        "select department_id from account_department where account_id = ?1",
        &params![account],
        |row| row.get(0),
    )?;
    Ok(Scope::of(given))
}

/// What an account may do now; nothing where there is no such account, or it may not sign in.
pub fn standing(tx: &Tx<'_>, account: AccountId) -> Result<Option<Standing>, DbError> {
    let access = tx.first(
        "select access from account where id = ?1 and active = 1",
        &params![account],
        |row| row.get::<String>(0),
    )?;
    let Some(access) = access else { return Ok(None) };
    Ok(Some(Standing {
        access: access.parse().unwrap_or_default(),
        scope: scope_of(tx, account)?,
    }))
}

/// The names of managers who may sign in, each with a department that they manage; none where nothing limits them.
pub fn managers_by_department(tx: &Tx<'_>) -> Result<Vec<(String, Option<DepartmentId>)>, DbError> {
    tx.query(
        "select a.name, d.department_id from account a left join account_department d on d.account_id = a.id \
         where a.access = 'manager' and a.active = 1 order by a.name, a.id",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Makes `scope` be how far an account reaches. Answers whether that is something else than before.
pub fn set_scope(tx: &WriteTx<'_>, account: AccountId, scope: &Scope) -> Result<bool, DbError> {
    let before = scope_of(tx, account)?;
    for gone in before.departments() {
        if !scope.departments().any(|kept| kept == gone) {
            tx.delete(&ACCOUNT_DEPARTMENT, RowKey::pair(account.0, gone.0))?;
        }
    }
    for new in scope.departments() {
        if !before.departments().any(|known| known == new) {
            tx.put(
                &ACCOUNT_DEPARTMENT,
                RowKey::pair(account.0, new.0),
                &[("since", tx.now().into())],
            )?;
        }
    }
    Ok(before != *scope)
}
