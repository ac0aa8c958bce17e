//! What the command changes.

use super::Process;
use crate::accounts::audit::{self, Note, What};
use crate::accounts::forgotten;
use crate::accounts::handlers::{apply, email_taken, link};
use crate::accounts::invitations::{self, Asked, Sent};
use crate::accounts::password::hash_password;
use crate::accounts::rules::{self, AccountChange, AccountDraft, Link, fold_email};
use crate::accounts::rules_list;
use crate::accounts::scope::{Scope, scope_words, set_scope};
use crate::accounts::second_factor;
use crate::accounts::sign_in::minutes;
use crate::accounts::store::{self, Account};
use crate::app::App;
use crate::db::{Tx, WriteTx};
use crate::error::AppError;
use crate::secret::Secret;
use crate::units::ids::{InvitationId, PersonId};
use crate::units::{Name, fold};
use crate::web::{Fields, Reader};

/// How the history and letters call whoever types a command.
const SOMEBODY: &str = "The command line";

pub async fn create(app: &App, fields: &Fields) -> Result<String, AppError> {
    let mut reader = Reader::new(fields);
    let draft = AccountDraft::read(&mut reader);
    let typed = Secret::from(fields.text("password").to_owned());
    if let Some(fault) = rules::password_fault(typed.expose(), &draft.email) {
        reader.fault("password", fault);
    }
    let person = named_person(app, &mut reader, "person");
    let draft = reader.finish(draft).map_err(AppError::Invalid)?;
    let hash = hash_password(typed.expose().to_owned()).await?;
    let told = format!("Made {} ({}).", draft.email, draft.access.as_str());
    let happened =
        Note::of_program(What::AccountAdded).about(format!("{}, {}", draft.email, draft.access.as_str()));
    let label = format!("made an account for {}", draft.name);
    write(app, &label, happened, move |tx| {
        let id = store::make_account(tx, &draft)?.ok_or_else(email_taken)?;
        link(tx, id, person)?;
        Ok(store::set_password(tx, id, &hash)?)
    })
    .await?;
    Ok(told)
}

pub async fn set_password(app: &App, fields: &Fields) -> Result<String, AppError> {
    let account = account(app, fields).await?;
    let typed = Secret::from(fields.text("password").to_owned());
    if let Some(fault) = rules::password_fault(typed.expose(), &account.email) {
        return Err(AppError::field("password", fault));
    }
    let hash = hash_password(typed.expose().to_owned()).await?;
    let (id, nothing) = (account.id, AccountChange::default());
    let about = rules_list::changes(&account, &nothing, true).unwrap_or_default();
    let label = format!("changed the account of {}, with a new password", account.name);
    write(
        app,
        &label,
        Note::of_program(What::AccountChanged).about(about),
        move |tx| Ok(store::set_password(tx, id, &hash)?),
    )
    .await?;
    app.feed.end_account(id);
    Ok(format!(
        "{} has a new password; all their sessions have ended.",
        account.email
    ))
}

pub async fn switch(app: &App, fields: &Fields, on: bool) -> Result<String, AppError> {
    let account = account(app, fields).await?;
    let change = AccountChange {
        active: Some(on),
        ..AccountChange::default()
    };
    changed(app, &account, change).await?;
    Ok(if on {
        format!("{} may sign in.", account.email)
    } else {
        format!(
            "{} may not sign in any more; all their sessions have ended.",
            account.email
        )
    })
}

pub async fn set_access(app: &App, fields: &Fields) -> Result<String, AppError> {
    let account = account(app, fields).await?;
    let mut reader = Reader::new(fields);
    let change = AccountChange {
        access: reader.required("access", "must be viewer, member, manager or admin"),
        ..AccountChange::default()
    };
    let change = reader.finish(change).map_err(AppError::Invalid)?;
    let level = change.access.unwrap_or(account.access).as_str();
    changed(app, &account, change).await?;
    Ok(format!("{} is {level}.", account.email))
}

pub async fn link_person(app: &App, fields: &Fields) -> Result<String, AppError> {
    let account = account(app, fields).await?;
    let mut reader = Reader::new(fields);
    let person = named_person(app, &mut reader, "person");
    let person = reader.finish(person).map_err(AppError::Invalid)?;
    let change = AccountChange {
        person: Link::of(person),
        ..AccountChange::default()
    };
    changed(app, &account, change).await?;
    let book = app.book();
    Ok(match person.and_then(|id| book.plan.person(id)) {
        Some(person) => format!("{} is {}.", account.email, person.name),
        None => format!("{} is whoever has the same address.", account.email),
    })
}

pub async fn invite(app: &App, fields: &Fields, process: Process) -> Result<String, AppError> {
    let mut fields = fields.clone();
    let mut reader = Reader::new(&fields);
    let person = named_person(app, &mut reader, "person");
    reader.finish(()).map_err(AppError::Invalid)?;
    fields.set("person", &person.map(|id| id.to_string()).unwrap_or_default());
    let mut gesture = app.own_gesture("invited somebody");
    SOMEBODY.clone_into(&mut gesture.actor.name);
    let asked = Asked {
        gesture,
        by: None,
        note: Note::of_program(What::Invited),
        mail: app.mail.works() && process == Process::Stays,
    };
    Ok(told(invitations::ask(app, asked, &fields).await?))
}

/// Another name or another address.
pub async fn rename(app: &App, fields: &Fields) -> Result<String, AppError> {
    let account = account(app, fields).await?;
    let mut reader = Reader::new(fields);
    let change = AccountChange {
        name: reader.optional("name", |text| Name::parse(text).map(String::from)),
        email: reader.optional("new-email", fold_email),
        ..AccountChange::default()
    };
    let change = reader.finish(change).map_err(AppError::Invalid)?;
    if change.name.is_none() && change.email.is_none() {
        return Err(AppError::field("name", "say another name or another address"));
    }
    let email = change.email.clone().unwrap_or_else(|| account.email.clone());
    let name = change.name.clone().unwrap_or_else(|| account.name.clone());
    changed(app, &account, change).await?;
    Ok(format!("{} is {name} ({email}).", account.email))
}

/// What a manager manages.
pub async fn departments(app: &App, fields: &Fields) -> Result<String, AppError> {
    let account = account(app, fields).await?;
    let book = app.book();
    let mut ids = Vec::new();
    for text in fields.all("departments") {
        let wanted = fold(text);
        let mut found = book
            .plan
            .departments
            .iter()
            .filter(|one| one.id.to_string() == *text || fold(&one.name) == wanted);
        match (found.next(), found.next()) {
            (Some(one), None) => ids.push(one.id),
            (None, _) => {
                return Err(AppError::field(
                    "departments",
                    "no department has this name or id",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(AppError::field(
                    "departments",
                    "several have this name; say the id",
                ));
            }
        }
    }
    let (id, wanted) = (account.id, Scope::of(ids));
    let words = scope_words(&book.plan, &wanted);
    let happened = Note::of_program(What::AccountChanged).about(format!("{} manages {words}", account.email));
    let label = format!("let {} manage {words}", account.name);
    write(app, &label, happened, move |tx| {
        if set_scope(tx, id, &wanted)? {
            store::end_sessions(tx, id)?;
        }
        Ok(())
    })
    .await?;
    app.feed.end_account(id);
    Ok(format!(
        "{} manages {words}, while they are a manager.",
        account.email
    ))
}

/// A link to a new password, printed.
pub async fn reset_link(app: &App, fields: &Fields) -> Result<String, AppError> {
    let account = account(app, fields).await?;
    let (key_hash, link) = forgotten::new_link(app, &account)?;
    let (id, limits) = (account.id, app.config.waits.reset);
    let happened = Note::of_program(What::ResetLinkMade).about(account.email.clone());
    write(app, "made a link to a new password", happened, move |tx| {
        Ok(forgotten::keep_link(tx, &limits, id, (&key_hash, false))?)
    })
    .await?;
    Ok(format!(
        "{} can choose a new password here, once, within {}:\n{}",
        account.email,
        minutes(limits.lives.unsigned_abs() / 1_000),
        link.expose()
    ))
}

/// Another link for somebody who was asked in.
pub async fn resend_invitation(app: &App, fields: &Fields, process: Process) -> Result<String, AppError> {
    let mut gesture = app.own_gesture("sent an invitation again");
    SOMEBODY.clone_into(&mut gesture.actor.name);
    let asked = Asked {
        gesture,
        by: None,
        note: Note::of_program(What::Invited),
        mail: app.mail.works() && process == Process::Stays,
    };
    let id = invitation(app, fields).await?;
    Ok(told(invitations::again(app, asked, id).await?))
}

/// Takes an invitation back.
pub async fn withdraw_invitation(app: &App, fields: &Fields) -> Result<String, AppError> {
    let id = invitation(app, fields).await?;
    let email = fields.text("email").to_owned();
    let happened = Note::of_program(What::InvitationWithdrawn).about(email.clone());
    write(app, "withdrew an invitation", happened, move |tx| {
        if invitations::remove(tx, id)? {
            Ok(())
        } else {
            Err(AppError::NotFound)
        }
    })
    .await?;
    Ok(format!("The invitation of {email} opens nothing any more."))
}

/// The invitation that waits at the address that `email` names.
async fn invitation(app: &App, fields: &Fields) -> Result<InvitationId, AppError> {
    let email = fold_email(fields.text("email")).map_err(|fault| AppError::field("email", fault))?;
    let all = app.db.read(invitations::pending).await?;
    let found = all.into_iter().find(|one| one.draft.email == email);
    found
        .map(|one| one.id)
        .ok_or_else(|| AppError::field("email", "no invitation waits at this address"))
}

fn told(sent: Sent) -> String {
    match sent.link {
        Some(link) => format!(
            "{} can come in here, once, within seven days:\n{}",
            sent.email,
            link.expose()
        ),
        None => format!("A letter is on its way to {}.", sent.email),
    }
}

pub async fn end_sessions(app: &App, fields: &Fields) -> Result<String, AppError> {
    let account = account(app, fields).await?;
    let id = account.id;
    let happened = Note::of_program(What::SessionsEnded).about(account.email.clone());
    let label = format!("ended the sessions of {}", account.name);
    write(app, &label, happened, move |tx| Ok(store::end_sessions(tx, id)?)).await?;
    app.feed.end_account(id);
    Ok(format!("All sessions of {} have ended.", account.email))
}

pub async fn reset_second_factor(app: &App, fields: &Fields) -> Result<String, AppError> {
    let account = account(app, fields).await?;
    let id = account.id;
    let happened = Note::of_program(What::SecondStepReset).about(account.email.clone());
    let label = format!("reset the second step of {}", account.name);
    write(app, &label, happened, move |tx| {
        second_factor::reset_in(tx, id)?;
        Ok(())
    })
    .await?;
    app.feed.end_account(id);
    Ok(format!(
        "The authenticator, recovery codes and passkeys of {} are gone; all their sessions have ended.",
        account.email
    ))
}

async fn changed(app: &App, account: &Account, change: AccountChange) -> Result<(), AppError> {
    let id = account.id;
    let Some(about) = rules_list::changes(account, &change, false) else {
        return Ok(());
    };
    let happened = Note::of_program(What::AccountChanged).about(about);
    let label = format!("changed the account of {}", account.name);
    let ends = change.person == Link::Stays;
    write(app, &label, happened, move |tx| apply(tx, id, &change, None)).await?;
    if ends {
        app.feed.end_account(id);
    }
    Ok(())
}

/// One write with its row in the audit.
async fn write(
    app: &App,
    label: &str,
    happened: Note,
    work: impl Fn(&WriteTx<'_>) -> Result<(), AppError> + Send + 'static,
) -> Result<(), AppError> {
    let noted = happened.clone();
    let mut gesture = app.own_gesture(label);
    SOMEBODY.clone_into(&mut gesture.actor.name);
    app.db
        .write(gesture, move |tx| {
            work(tx)?;
            Ok::<_, AppError>(audit::note(tx, &noted)?)
        })
        .await?;
    happened.log();
    Ok(())
}

/// The account that `email` names.
async fn account(app: &App, fields: &Fields) -> Result<Account, AppError> {
    let email = fold_email(fields.text("email")).map_err(|fault| AppError::field("email", fault))?;
    let find = move |tx: &Tx<'_>| Ok::<_, AppError>(store::account_by_email(tx, &email)?);
    app.db
        .read(find)
        .await?
        .map(|(account, _)| account)
        .ok_or_else(|| AppError::field("email", "there is no account with this address"))
}

/// The person whom somebody names by id, address or whole name; none where nothing is said.
fn named_person(app: &App, reader: &mut Reader<'_>, field: &str) -> Option<PersonId> {
    let book = app.book();
    reader.optional(field, |text| {
        let wanted = fold(text);
        let mut found = book.plan.people.iter().filter(|person| {
            person.id.to_string() == text || fold(&person.email) == wanted || fold(&person.name) == wanted
        });
        match (found.next(), found.next()) {
            (Some(person), None) => Ok(person.id),
            (None, _) => Err("nobody in the plan has this name, address or id"),
            (Some(_), Some(_)) => Err("several people have this name; say the address or the id"),
        }
    })
}
