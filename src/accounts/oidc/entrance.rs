//! Whose account an identity is, and what its groups make of it.

use super::rules::{Fault, Level, Person, Provider, level};
use super::store;
use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::Knock;
use crate::accounts::invitations;
use crate::accounts::rules::{Access, AccountChange, AccountDraft, name_from};
use crate::accounts::sign_in::newcomers;
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
    knock: &Knock,
) -> Result<Result<Settled, Fault>, AppError> {
    let client = knock.client;
    let welcome = Welcome {
        client,
        allowed: person
            .email
            .as_deref()
            .is_none_or(|email| app.config.sign_in.allows(email)),
        as_newcomer: person
            .email
            .as_deref()
            .and_then(|email| newcomers(app, knock.door, email)),
    };
    let (provider, person) = (provider.clone(), person.clone());
    let label = format!("sign in through {}", provider.name);
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
                None => first_time(tx, &provider, &person, welcome)?,
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

fn known(tx: &WriteTx<'_>, person: &Person) -> Result<Option<Account>, AppError> {
    match store::account_of(tx, person)? {
        Some(id) => Ok(accounts::account_by_id(tx, id)?),
        None => Ok(None),
    }
}

/// Who is welcome besides those who are linked already.
#[derive(Clone, Copy)]
struct Welcome {
    client: Client,
    /// Whether their address is in an allowed domain.
    allowed: bool,
    /// What they may do where they have no account yet; none where they need one first.
    as_newcomer: Option<Access>,
}

type Found = Result<(Account, Vec<Note>), Fault>;

/// Links an identity that nobody has to the account with its verified address.
fn first_time(
    tx: &WriteTx<'_>,
    provider: &Provider,
    person: &Person,
    welcome: Welcome,
) -> Result<Found, AppError> {
    if !provider.by_email {
        return Ok(Err(Fault::NotLinked));
    }
    let Some(email) = &person.email else {
        return Ok(Err(Fault::NotVerified));
    };
    // Whoever was invited too: an invitation is a way to an account, and the list says whose addresses have one.
    if !welcome.allowed {
        return Ok(Err(Fault::Domain));
    }
    let mut notes = Vec::new();
    let known = accounts::account_by_email(tx, email)?.map(|(account, _)| account);
    let account = match known {
        Some(account) => account,
        None => match newcomer(tx, email, provider, welcome)? {
            Some((account, note)) => {
                notes.push(note);
                account
            }
            None => return Ok(Err(Fault::NoAccount)),
        },
    };
    // An address that was given to somebody new must not open what was its former owner's.
    if store::is_linked_at(tx, account.id, &person.issuer)? {
        return Ok(Err(Fault::OtherIdentity));
    }
    if !account.active {
        return Ok(Err(Fault::NotAllowed));
    }
    store::link(tx, account.id, person, provider.key)?;
    let note = Note::of_stranger(What::IdentityLinked, email, welcome.client)
        .account(account.id)
        .about(provider.name.clone());
    audit::note(tx, &note)?;
    notes.push(note);
    Ok(Ok((account, notes)))
}

/// An account for somebody who has none: by an invitation to this very address, or where newcomers are welcome.
fn newcomer(
    tx: &WriteTx<'_>,
    email: &str,
    provider: &Provider,
    welcome: Welcome,
) -> Result<Option<(Account, Note)>, AppError> {
    let (id, what, about) = if let Some(found) = invitations::of_address(tx, email, tx.now())? {
        let name = match found.draft.name.as_str() {
            "" => name_from(email),
            name => name.to_owned(),
        };
        let about = format!(
            "{}, by {}, through {}",
            found.draft.access.as_str(),
            found.by,
            provider.name
        );
        let id = invitations::arrive(tx, &found, &name)?;
        (id, What::InvitationAccepted, about)
    } else if let Some(access) = welcome.as_newcomer {
        let draft = AccountDraft {
            email: email.to_owned(),
            name: name_from(email),
            access,
        };
        let about = format!("first sign-in through {}", provider.name);
        (accounts::make_account(tx, &draft)?, What::AccountAdded, about)
    } else {
        return Ok(None);
    };
    let Some(id) = id else { return Ok(None) };
    let note = Note::of_stranger(what, email, welcome.client)
        .account(id)
        .about(about);
    audit::note(tx, &note)?;
    Ok(accounts::account_by_id(tx, id)?.map(|account| (account, note)))
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
