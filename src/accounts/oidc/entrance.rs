//! Whose account an identity is, and what its groups make of it.

use super::rules::{Fault, Level, Person, Provider, level};
use super::store;
use crate::accounts::audit::{self, Note, What};
use crate::accounts::rules::{Access, AccountChange};
use crate::accounts::store::{self as accounts, Account};
use crate::app::App;
use crate::db::WriteTx;
use crate::error::AppError;
use crate::web::Client;

/// Somebody whose account was found.
pub(super) struct Settled {
    /// As it is now.
    pub account: Account,
    /// Whether they may do something else than before, so that what they had open ends.
    pub changed: bool,
    /// What happened on the way.
    pub notes: Vec<Note>,
}

/// Finds the account of somebody who comes in, links it where that is due, and gives it the access of its groups.
pub(super) async fn settle(
    app: &App,
    provider: &Provider,
    person: &Person,
    client: Client,
) -> Result<Result<Settled, Fault>, AppError> {
    let (provider, person) = (provider.clone(), person.clone());
    let label = format!("sign in through {}", provider.name);
    let allowed = person.email.as_deref().is_none_or(|email| is_allowed(app, email));
    let wanted = match level(&person.groups, &provider.levels) {
        Level::Stays => None,
        Level::Is(access) => Some(access),
        Level::Outside => return Ok(Err(Fault::NoGroup)),
    };
    let settled = app
        .db
        .write(app.own_gesture(&label), move |tx| {
            let found = match known(tx, &person)? {
                Some(account) => {
                    store::touch(tx, &person)?;
                    Ok((account, Vec::new()))
                }
                None => first_time(tx, &provider, &person, (client, allowed))?,
            };
            match found {
                Ok(found) => level_given(tx, &provider, wanted, found, client).map(Ok),
                Err(fault) => Ok(Err(fault)),
            }
        })
        .await?
        .value;
    if let Ok(settled) = &settled {
        for note in &settled.notes {
            note.log();
        }
        if settled.changed {
            app.feed.end_account(settled.account.id);
        }
    }
    Ok(settled)
}

/// Whether people with addresses of this domain may sign in at all.
fn is_allowed(_app: &App, _email: &str) -> bool {
    true
}

fn known(tx: &WriteTx<'_>, person: &Person) -> Result<Option<Account>, AppError> {
    match store::account_of(tx, person)? {
        Some(id) => Ok(accounts::account_by_id(tx, id)?),
        None => Ok(None),
    }
}

type Found = Result<(Account, Vec<Note>), Fault>;

/// Links an identity that nobody has to the account with its verified address.
fn first_time(
    tx: &WriteTx<'_>,
    provider: &Provider,
    person: &Person,
    (client, allowed): (Client, bool),
) -> Result<Found, AppError> {
    if !provider.by_email {
        return Ok(Err(Fault::NotLinked));
    }
    let Some(email) = &person.email else {
        return Ok(Err(Fault::NotVerified));
    };
    if !allowed {
        return Ok(Err(Fault::Domain));
    }
    let Some((account, _)) = accounts::account_by_email(tx, email)? else {
        return Ok(Err(Fault::NoAccount));
    };
    // An address that was given to somebody new must not open what was its former owner's.
    if store::is_linked_at(tx, account.id, &person.issuer)? {
        return Ok(Err(Fault::OtherIdentity));
    }
    if !account.active {
        return Ok(Err(Fault::NotAllowed));
    }
    store::link(tx, account.id, person, provider.key)?;
    let note = Note::of_stranger(What::IdentityLinked, email, client)
        .account(account.id)
        .about(provider.name.clone());
    audit::note(tx, &note)?;
    Ok(Ok((account, vec![note])))
}

/// Gives an account the access of its groups. The last administrator stays one, whatever the groups say.
fn level_given(
    tx: &WriteTx<'_>,
    provider: &Provider,
    wanted: Option<Access>,
    (mut account, mut notes): (Account, Vec<Note>),
    client: Client,
) -> Result<Settled, AppError> {
    let wanted = wanted.unwrap_or(account.access);
    let is_last = account.access == Access::Admin
        && wanted != Access::Admin
        && accounts::other_admins(tx, account.id)? == 0;
    let changed = account.active && wanted != account.access && !is_last;
    if changed {
        let change = AccountChange {
            access: Some(wanted),
            ..AccountChange::default()
        };
        accounts::change_account(tx, &account, &change)?;
        let note = Note::of_stranger(What::AccountChanged, &account.email, client)
            .account(account.id)
            .about(format!("{}, by the groups of {}", wanted.as_str(), provider.name));
        audit::note(tx, &note)?;
        notes.push(note);
        account.access = wanted;
    }
    Ok(Settled {
        account,
        changed,
        notes,
    })
}
