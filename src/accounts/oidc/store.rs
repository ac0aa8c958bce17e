//! Providers and identities as they are kept.

use std::collections::HashMap;

use super::rules::{Draft, Person, Provider, ProviderKey};
use crate::accounts::rules::Access;
use crate::db::{DbError, Tx, WriteTx, params};
use crate::error::AppError;
use crate::keys::{Keys, Purpose};
use crate::secret::Secret;
use crate::units::ids::{AccountId, ProviderId};

/// Every provider that is kept, by name.
pub fn providers(tx: &Tx<'_>, keys: &Keys) -> Result<Vec<Provider>, DbError> {
    let mut levels: HashMap<ProviderId, Vec<(String, Access)>> = HashMap::new();
    let groups = tx.query(
        "select provider_id, name, access from provider_group order by name",
        &[],
        |row| Ok((row.get(0)?, row.get::<String>(1)?, row.get::<String>(2)?)),
    )?;
    for (provider, name, access) in groups {
        let level = access.parse().unwrap_or_default();
        levels.entry(provider).or_default().push((name, level));
    }
    tx.query(
        "select id, name, issuer, client_id, client_key, tenant, scopes, groups_claim, by_email, active \
         from provider order by name, id",
        &[],
        |row| {
            let id: ProviderId = row.get(0)?;
            let sealed: Option<Vec<u8>> = row.get(4)?;
            let scopes: String = row.get(6)?;
            Ok(Provider {
                key: ProviderKey::Kept(id),
                name: row.get(1)?,
                issuer: row.get(2)?,
                client_id: row.get(3)?,
                client_secret: sealed.map(|sealed| opened(keys, id, &sealed)).unwrap_or_default(),
                tenant: row.get(5)?,
                scopes: scopes
                    .split(' ')
                    .filter(|one| !one.is_empty())
                    .map(str::to_owned)
                    .collect(),
                groups_claim: row.get(7)?,
                levels: levels.remove(&id).unwrap_or_default(),
                by_email: row.get(8)?,
                active: row.get(9)?,
            })
        },
    )
}

/// What was sealed about a provider; nothing where the key it was sealed with is gone, so that it is asked for anew.
fn opened(keys: &Keys, id: ProviderId, sealed: &[u8]) -> Secret {
    keys.open(Purpose::Provider, &about(id), sealed)
        .and_then(|plain| String::from_utf8(plain.to_vec()).ok())
        .map(Secret::from)
        .unwrap_or_default()
}

fn about(id: ProviderId) -> [u8; 8] {
    id.0.to_be_bytes()
}

/// Under which number the next provider will be kept.
pub fn next_number(tx: &Tx<'_>) -> Result<ProviderId, DbError> {
    let last: Option<i64> = tx.first("select coalesce(max(id), 0) from provider", &[], |row| row.get(0))?;
    Ok(ProviderId(last.unwrap_or_default().saturating_add(1)))
}

/// Keeps a new provider.
///
/// * `number`: under which it is to be kept, since the redirect address that was shown holds it. Where another one has been
///   added meanwhile it is refused, so that nobody registers an address that is somebody else's.
pub fn add_provider(
    tx: &WriteTx<'_>,
    keys: &Keys,
    number: Option<ProviderId>,
    draft: &Draft,
) -> Result<ProviderId, AppError> {
    let next = next_number(tx)?;
    if number.is_some_and(|number| number != next) {
        return Err(AppError::field(
            "name",
            "was to be kept under a number that another provider has taken meanwhile; register the redirect address that is shown now, then add it again",
        ));
    }
    let id: Option<ProviderId> = tx.first(
        "insert into provider (id, name, issuer, client_id, tenant, scopes, groups_claim, by_email, active) \
         values (?8, ?1, ?2, ?3, ?4, ?5, ?6, ?7, 1) returning id",
        &params![
            &draft.name,
            &draft.issuer,
            &draft.client_id,
            &draft.tenant,
            draft.scopes.join(" "),
            &draft.groups_claim,
            draft.by_email,
            next
        ],
        |row| row.get(0),
    )?;
    let id = id.ok_or(DbError::Closed)?;
    keep_rest(tx, keys, id, draft)?;
    Ok(id)
}

/// Changes a provider. Answers false where it is gone.
pub fn change_provider(
    tx: &WriteTx<'_>,
    keys: &Keys,
    id: ProviderId,
    draft: &Draft,
) -> Result<bool, AppError> {
    let changed = tx.execute(
        "update provider set name = ?2, issuer = ?3, client_id = ?4, tenant = ?5, scopes = ?6, groups_claim = ?7, \
         by_email = ?8 where id = ?1",
        &params![
            id,
            &draft.name,
            &draft.issuer,
            &draft.client_id,
            &draft.tenant,
            draft.scopes.join(" "),
            &draft.groups_claim,
            draft.by_email
        ],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    keep_rest(tx, keys, id, draft)?;
    Ok(true)
}

/// What we prove ourselves with, and the groups.
fn keep_rest(tx: &WriteTx<'_>, keys: &Keys, id: ProviderId, draft: &Draft) -> Result<(), AppError> {
    if let Some(secret) = &draft.client_secret {
        let sealed = if secret.is_empty() {
            None
        } else {
            let sealed = keys.seal(Purpose::Provider, &about(id), secret.expose().as_bytes());
            Some(sealed.map_err(|error| AppError::Internal(error.to_string()))?)
        };
        tx.execute(
            "update provider set client_key = ?2 where id = ?1",
            &params![id, sealed.as_deref()],
        )?;
    }
    tx.execute("delete from provider_group where provider_id = ?1", &params![id])?;
    for (name, access) in &draft.levels {
        tx.execute(
            "insert into provider_group (provider_id, name, access) values (?1, ?2, ?3)",
            &params![id, name, access.as_str()],
        )?;
    }
    Ok(())
}

/// Lets people sign in through a provider, or not. Answers false where it is gone.
pub fn switch_provider(tx: &WriteTx<'_>, id: ProviderId, active: bool) -> Result<bool, DbError> {
    let changed = tx.execute(
        "update provider set active = ?2 where id = ?1",
        &params![id, active],
    )?;
    Ok(changed > 0)
}

/// Forgets a provider and who was linked through it. Answers false where it is gone.
pub fn remove_provider(tx: &WriteTx<'_>, id: ProviderId) -> Result<bool, DbError> {
    tx.execute(
        "delete from identity where provider = ?1",
        &params![ProviderKey::Kept(id).to_string()],
    )?;
    Ok(tx.execute("delete from provider where id = ?1", &params![id])? > 0)
}

/// How many people are linked through each provider.
pub fn counts(tx: &Tx<'_>) -> Result<HashMap<String, i64>, DbError> {
    let all = tx.query(
        "select provider, count(*) from identity group by provider",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(all.into_iter().collect())
}

/// Whose identity this is.
pub fn account_of(tx: &Tx<'_>, person: &Person) -> Result<Option<AccountId>, DbError> {
    tx.first(
        "select account_id from identity where issuer = ?1 and subject = ?2",
        &params![&person.issuer, &person.subject],
        |row| row.get(0),
    )
}

/// Whether an account is linked to somebody at this issuer.
pub fn is_linked_at(tx: &Tx<'_>, account: AccountId, issuer: &str) -> Result<bool, DbError> {
    let count: Option<i64> = tx.first(
        "select count(*) from identity where account_id = ?1 and issuer = ?2",
        &params![account, issuer],
        |row| row.get(0),
    )?;
    Ok(count.unwrap_or(0) > 0)
}

/// Links an account to an identity that nobody has.
pub fn link(
    tx: &WriteTx<'_>,
    account: AccountId,
    person: &Person,
    provider: ProviderKey,
) -> Result<(), DbError> {
    tx.execute(
        "insert into identity (account_id, issuer, subject, provider, linked_at, seen_at) values (?1, ?2, ?3, ?4, ?5, ?5)",
        &params![
            account,
            &person.issuer,
            &person.subject,
            provider.to_string(),
            tx.now()
        ],
    )?;
    Ok(())
}

/// Notes that an identity was used.
pub fn touch(tx: &WriteTx<'_>, person: &Person) -> Result<(), DbError> {
    tx.execute(
        "update identity set seen_at = ?3 where issuer = ?1 and subject = ?2",
        &params![&person.issuer, &person.subject, tx.now()],
    )?;
    Ok(())
}

/// Parts an account from whom it was linked to through a provider. Answers how many they were.
pub fn unlink(tx: &WriteTx<'_>, account: AccountId, provider: ProviderKey) -> Result<usize, DbError> {
    tx.execute(
        "delete from identity where account_id = ?1 and provider = ?2",
        &params![account, provider.to_string()],
    )
}

/// Through which providers an account is linked, and when it last came in by each, in milliseconds.
pub fn links(tx: &Tx<'_>, account: AccountId) -> Result<HashMap<String, i64>, DbError> {
    let all = tx.query(
        "select provider, max(seen_at) from identity where account_id = ?1 group by provider",
        &params![account],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(all.into_iter().collect())
}
