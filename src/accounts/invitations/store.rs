//! Invitations as they are kept.

use crate::accounts::rules::{Access, AccountDraft};
use crate::accounts::scope::{self, Scope};
use crate::accounts::store as accounts;
use crate::db::{DbError, Row, Tx, WriteTx, params};
use crate::units::ids::{AccountId, DepartmentId, InvitationId, PersonId};

/// Somebody who was asked to come in.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// What their account will be.
    pub draft: AccountDraft,
    /// Whose weeks will be theirs.
    pub person: Option<PersonId>,
    /// What they will manage.
    pub scope: Scope,
    /// Who asked.
    pub by: String,
    /// Whether the link left as a letter to the address.
    pub mailed: bool,
    /// When, in milliseconds.
    pub sent_at: i64,
    /// Until when it is good, in milliseconds.
    pub expires_at: i64,
}

/// A link that is about to be handed out.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Under which it is kept.
    pub key_hash: Vec<u8>,
    /// Whether it leaves as a letter.
    pub mailed: bool,
    /// Until when it is good, in milliseconds.
    pub expires_at: i64,
}

const COLUMNS: &str = "i.id, i.email, i.name, i.access, i.person_id, i.invited_by, i.mailed, i.sent_at, i.expires_at, i.departments";

fn invitation(row: &Row<'_>) -> Result<Invitation, DbError> {
    let access: String = row.get(3)?;
    let departments: String = row.get(9)?;
    let ids = departments.split(',').filter_map(|id| id.parse().ok());
    Ok(Invitation {
        id: row.get(0)?,
        draft: AccountDraft {
            email: row.get(1)?,
            name: row.get(2)?,
            access: access.parse::<Access>().unwrap_or_default(),
        },
        person: row.get(4)?,
        scope: Scope::of(ids.map(DepartmentId)),
        by: row.get(5)?,
        mailed: row.get(6)?,
        sent_at: row.get(7)?,
        expires_at: row.get(8)?,
    })
}

/// Everybody who was asked and has not come, the newest first.
pub fn pending(tx: &Tx<'_>) -> Result<Vec<Invitation>, DbError> {
    tx.query(
        &format!("select {COLUMNS} from invitation i order by i.sent_at desc, i.id desc"),
        &[],
        invitation,
    )
}

/// One of them.
pub fn by_id(tx: &Tx<'_>, id: InvitationId) -> Result<Option<Invitation>, DbError> {
    tx.first(
        &format!("select {COLUMNS} from invitation i where i.id = ?1"),
        &params![id],
        invitation,
    )
}

/// The one whose link this is, while it is good and the address has no account yet.
pub fn by_key(tx: &Tx<'_>, key_hash: &[u8], now: i64) -> Result<Option<Invitation>, DbError> {
    tx.first(
        &format!(
            "select {COLUMNS} from invitation i where i.key_hash = ?1 and i.expires_at > ?2 \
             and not exists (select 1 from account a where a.email = i.email)"
        ),
        &params![key_hash, now],
        invitation,
    )
}

/// Whether this address was asked already.
pub fn is_pending(tx: &Tx<'_>, email: &str) -> Result<bool, DbError> {
    let found: Option<i64> = tx.first(
        "select id from invitation where email = ?1",
        &params![email],
        |row| row.get(0),
    )?;
    Ok(found.is_some())
}

/// Keeps an invitation.
pub fn add(
    tx: &WriteTx<'_>,
    draft: &AccountDraft,
    (person, scope): (Option<PersonId>, &Scope),
    by: &str,
    link: &NewLink,
) -> Result<Option<InvitationId>, DbError> {
    let departments: Vec<String> = scope.departments().map(|id| id.to_string()).collect();
    tx.first(
        "insert into invitation (email, name, access, person_id, invited_by, key_hash, mailed, sent_at, expires_at, departments) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) returning id",
        &params![
            &draft.email,
            &draft.name,
            draft.access.as_str(),
            person,
            by,
            link.key_hash.as_slice(),
            link.mailed,
            tx.now(),
            link.expires_at,
            departments.join(",")
        ],
        |row| row.get(0),
    )
}

/// Gives an invitation another link; the earlier one opens nothing any more.
pub fn renew(tx: &WriteTx<'_>, id: InvitationId, link: &NewLink) -> Result<bool, DbError> {
    let changed = tx.execute(
        "update invitation set key_hash = ?2, mailed = ?3, sent_at = ?4, expires_at = ?5 where id = ?1",
        &params![
            id,
            link.key_hash.as_slice(),
            link.mailed,
            tx.now(),
            link.expires_at
        ],
    )?;
    Ok(changed == 1)
}

/// Lets go of an invitation: it was taken back, or followed.
pub fn remove(tx: &WriteTx<'_>, id: InvitationId) -> Result<bool, DbError> {
    Ok(tx.execute("delete from invitation where id = ?1", &params![id])? == 1)
}

/// The invitation of this folded address, while it is good: for whoever has proved in another way that the address is theirs.
pub fn of_address(tx: &Tx<'_>, email: &str, now: i64) -> Result<Option<Invitation>, DbError> {
    tx.first(
        &format!("select {COLUMNS} from invitation i where i.email = ?1 and i.expires_at > ?2"),
        &params![email, now],
        invitation,
    )
}

/// Makes the account that an invitation promised, which is used up by it. None where there is such an account already.
///
/// Whoever was linked to the person meanwhile keeps them, and departments that are gone are left out; nobody is kept out for
/// that. But who was to manage some departments, all of which are gone, does not come to manage everything.
pub fn arrive(tx: &WriteTx<'_>, found: &Invitation, name: &str) -> Result<Option<AccountId>, DbError> {
    remove(tx, found.id)?;
    let mut left = Vec::new();
    for id in found.scope.departments() {
        let there = tx.first("select id from department where id = ?1", &params![id], |row| {
            row.get::<i64>(0)
        })?;
        left.extend(there.map(|_| id));
    }
    let lost_all = found.scope != Scope::All && left.is_empty();
    let draft = AccountDraft {
        name: name.to_owned(),
        access: if lost_all {
            found.draft.access.min(Access::Member)
        } else {
            found.draft.access
        },
        ..found.draft.clone()
    };
    let Some(id) = accounts::make_account(tx, &draft)? else {
        return Ok(None);
    };
    scope::set_scope(tx, id, &Scope::of(left))?;
    if let Some(person) = found.person
        && accounts::other_account_of(tx, person, Some(id))?.is_none()
    {
        accounts::link_person(tx, id, person)?;
    }
    Ok(Some(id))
}
