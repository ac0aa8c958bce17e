//! What is asked of invitations: by administrators, and by who follows one.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::store::{self, Invitation, NewLink};
use super::{pages, rules};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::{self, Knock, Proof};
use crate::accounts::handlers::{KeyedForm, email_taken, person_is_free, read_person, require_admin};
use crate::accounts::pages::link_once;
use crate::accounts::rules::{Access, AccountDraft, password_fault};
use crate::accounts::said::Said;
use crate::accounts::store as accounts;
use crate::accounts::visitor::{Visitor, hash_of};
use crate::accounts::{password, scope, ways};
use crate::app::App;
use crate::db::Gesture;
use crate::error::AppError;
use crate::mail::{self, Letter};
use crate::secret::Secret;
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::{AccountId, InvitationId};
use crate::web::outermost::random_key;
use crate::web::{Client, Fields, Path, Reader};

/// Who asks somebody in.
pub struct Asked {
    /// Their act in the history.
    pub gesture: Gesture,
    /// The administrator, who must be one still; none at the command line.
    pub by: Option<AccountId>,
    /// What is written down.
    pub note: Note,
    /// Whether a letter may leave; a command that ends at once must not leave one behind.
    pub mail: bool,
}

/// What became of an invitation.
pub struct Sent {
    /// Which one.
    pub id: InvitationId,
    /// To whom.
    pub email: String,
    /// Its link, where no letter took it there.
    pub link: Option<Secret>,
}

/// `GET /accounts/invitations`: who was asked, and a form for one more.
pub(crate) async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    page(&app, &visitor, &FormState::default()).await
}

async fn page(app: &App, visitor: &Visitor, state: &FormState) -> Result<Response, AppError> {
    let all = app.db.read(store::pending).await?;
    let book = app.book();
    let frame = visitor.frame(app);
    Ok(pages::invitations(&frame, &app.clock, &book, (&all, app.mail.works()), state).into_response())
}

/// `POST /accounts/invitations`: asks somebody in.
pub(crate) async fn invite(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(ask(&app, by(&app, &visitor, client), &fields).await, fields)? {
        Ok(sent) => Ok(told(&app, &visitor, &sent, Said::Invited)),
        Err(state) => Ok(refused(page(&app, &visitor, &state).await?)),
    }
}

/// An administrator who asks.
pub(super) fn by(app: &App, visitor: &Visitor, client: Client) -> Asked {
    Asked {
        gesture: app.gesture(visitor, "invited somebody"),
        by: Some(visitor.account),
        note: Note::of(What::Invited, visitor, client),
        mail: app.mail.works(),
    }
}

/// Back to the list, or the link itself where no letter took it there.
fn told(app: &App, visitor: &Visitor, sent: &Sent, said: Said) -> Response {
    let Some(link) = &sent.link else {
        return said.at("/accounts/invitations").into_response();
    };
    let text = format!(
        "Letters are not set up, so give this link to {} yourself. It is good once, and for seven days.",
        sent.email
    );
    let back = ("/accounts/invitations", "To the invitations");
    link_once(&visitor.frame(app), "Invitation", &text, link.expose(), back).into_response()
}

/// Asks somebody in, from the fields of a form, of JSON or of a command.
///
/// # Errors
/// `Invalid` where a field is wrong, or the address has an account or was asked already.
pub async fn ask(app: &App, asked: Asked, fields: &Fields) -> Result<Sent, AppError> {
    let mut reader = Reader::new(fields);
    let draft = AccountDraft::read(&mut reader);
    let person = read_person(app, &mut reader);
    let scope = scope::handlers::read(&mut reader, &app.book().plan);
    if scope != scope::Scope::All && draft.access != Access::Manager {
        reader.fault(
            "departments",
            "are for managers only; choose that level, or take the ticks away",
        );
    }
    if let Some(fault) = ways::address_fault(app, &draft.email) {
        reader.fault("email", fault);
    }
    let draft = reader.finish(draft).map_err(AppError::Invalid)?;
    let (key, link) = new_link(app, asked.mail)?;
    let by = asked.gesture.actor.name.clone();
    let happened = asked
        .note
        .about(format!("{}, {}", draft.email, draft.access.as_str()));
    let (noted, admin) = (happened.clone(), asked.by);
    let (kept, inviter) = (draft.clone(), by.clone());
    let made = app
        .db
        .write(asked.gesture, move |tx| {
            if let Some(admin) = admin {
                require_admin(tx, admin)?;
            }
            if accounts::account_by_email(tx, &kept.email)?.is_some() {
                return Err(email_taken());
            }
            if store::is_pending(tx, &kept.email)? {
                return Err(AppError::field(
                    "email",
                    "was invited already; send that invitation again, or withdraw it",
                ));
            }
            if let Some(person) = person {
                person_is_free(tx, person, None)?;
            }
            let id = store::add(tx, &kept, (person, &scope), &inviter, &link)?.ok_or(AppError::NotFound)?;
            audit::note(tx, &noted)?;
            Ok::<_, AppError>(id)
        })
        .await?;
    happened.log();
    Ok(handed_out(app, made.value, &draft, &by, (key, asked.mail)))
}

/// A key, and what is kept of it.
fn new_link(app: &App, mailed: bool) -> Result<(Secret, NewLink), AppError> {
    let key = random_key()?;
    let link = NewLink {
        key_hash: hash_of(&key),
        mailed,
        expires_at: app.clock.now() + rules::LIVES,
    };
    Ok((Secret::from(key), link))
}

/// Sends the letter, or answers with the link.
fn handed_out(
    app: &App,
    id: InvitationId,
    draft: &AccountDraft,
    by: &str,
    (key, mail): (Secret, bool),
) -> Sent {
    let link = format!("{}/invitation/{}", app.config.public_url, key.expose());
    let email = draft.email.clone();
    if !mail {
        let link = Some(Secret::from(link));
        return Sent { id, email, link };
    }
    let (subject, text) = rules::letter(by, &draft.name, draft.access, &link);
    mail::send(
        app,
        Letter {
            to: email.clone(),
            subject,
            text: Secret::from(text),
            until: None,
        },
    );
    Sent {
        id,
        email,
        link: None,
    }
}

/// `POST /accounts/invitations/{id}/send`: another link; the one before opens nothing any more.
pub(crate) async fn send_again(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<InvitationId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let sent = again(&app, by(&app, &visitor, client), id).await?;
    Ok(told(&app, &visitor, &sent, Said::InvitedAgain))
}

/// Hands out another link of an invitation that waits.
///
/// # Errors
/// `NotFound` where none waits.
pub async fn again(app: &App, asked: Asked, id: InvitationId) -> Result<Sent, AppError> {
    let (key, link) = new_link(app, asked.mail)?;
    let (by, happened, mail) = (asked.gesture.actor.name.clone(), asked.note, asked.mail);
    let (noted, admin) = (happened.clone(), asked.by);
    let mut gesture = asked.gesture;
    "sent an invitation again".clone_into(&mut gesture.label);
    let sent = app
        .db
        .write(gesture, move |tx| {
            if let Some(admin) = admin {
                require_admin(tx, admin)?;
            }
            let known = store::by_id(tx, id)?.ok_or(AppError::NotFound)?;
            store::renew(tx, id, &link)?;
            let about = format!("{}, again", known.draft.email);
            audit::note(tx, &noted.clone().about(about))?;
            Ok::<_, AppError>(known)
        })
        .await?;
    let draft = sent.value.draft;
    happened.about(format!("{}, again", draft.email)).log();
    Ok(handed_out(app, id, &draft, &by, (key, mail)))
}

/// `POST /accounts/invitations/{id}/withdraw`: its link opens nothing any more.
pub(crate) async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<InvitationId>,
    _form: KeyedForm,
) -> Result<Redirect, AppError> {
    take_back(&app, &visitor, client, id).await?;
    Ok(Said::Withdrawn.at("/accounts/invitations"))
}

pub(super) async fn take_back(
    app: &App,
    visitor: &Visitor,
    client: Client,
    id: InvitationId,
) -> Result<(), AppError> {
    let happened = Note::of(What::InvitationWithdrawn, visitor, client);
    let (noted, own) = (happened.clone(), visitor.account);
    let gone = app
        .db
        .write(app.gesture(visitor, "withdrew an invitation"), move |tx| {
            require_admin(tx, own)?;
            let known = store::by_id(tx, id)?.ok_or(AppError::NotFound)?;
            store::remove(tx, id)?;
            audit::note(tx, &noted.clone().about(known.draft.email.clone()))?;
            Ok::<_, AppError>(known.draft.email)
        })
        .await?;
    happened.about(gone.value).log();
    Ok(())
}

/// `GET /invitation/{key}`: the door for who was asked in. Looking at it uses nothing up: programs that check letters do.
pub(crate) async fn show(State(app): State<App>, Path(key): Path<String>) -> Result<Response, AppError> {
    let Some(found) = find(&app, &key).await? else {
        return Ok(gone());
    };
    let state = FormState::with(&[("name", found.draft.name.clone())]);
    Ok(pages::door(&found, &key, password_is(&app), &state).into_response())
}

async fn find(app: &App, key: &str) -> Result<Option<Invitation>, AppError> {
    let (key_hash, now) = (hash_of(key), app.clock.now());
    Ok(app
        .db
        .read(move |tx| store::by_key(tx, &key_hash, now))
        .await?
        .filter(|found| ways::allows(app, &found.draft.email)))
}

/// The same for a link that was used, withdrawn, too old, or never made.
fn gone() -> Response {
    (StatusCode::NOT_FOUND, pages::gone()).into_response()
}

fn password_is(app: &App) -> pages::Needs {
    match (ways::passwords(app), ways::codes(app)) {
        (false, _) => pages::Needs::No,
        (true, true) => pages::Needs::Perhaps,
        (true, false) => pages::Needs::Yes,
    }
}

/// `POST /invitation/{key}`: makes the account and lets them in. The link is used up.
pub(crate) async fn accept(
    State(app): State<App>,
    Path(key): Path<String>,
    knock: Knock,
    fields: Fields,
) -> Result<Response, AppError> {
    let Some(found) = find(&app, &key).await? else {
        return Ok(gone());
    };
    let needs = password_is(&app);
    let typed = Secret::from(fields.text("new-password").to_owned());
    let wanted = match needs {
        pages::Needs::No => false,
        pages::Needs::Perhaps => !typed.is_empty(),
        pages::Needs::Yes => true,
    };
    let mut reader = Reader::new(&fields);
    let name = reader.name("name");
    if let Some(fault) = password_fault(typed.expose(), &found.draft.email).filter(|_| wanted) {
        reader.fault("new-password", fault);
    }
    let name = match reader.finish(name) {
        Ok(name) => name,
        Err(errors) => {
            let page = pages::door(&found, &key, needs, &FormState::again(fields, errors));
            return Ok(refused(page));
        }
    };
    let hash = if wanted {
        Some(password::hash_password(typed.expose().to_owned()).await?)
    } else {
        None
    };
    match follow(&app, &key, &name, hash, &knock).await {
        Ok(account) => entry::admit(&app, &account, Proof::Link, &knock, "/").await,
        Err(AppError::NotFound) => Ok(gone()),
        Err(error) => Err(error),
    }
}

/// Makes the account of an invitation, which is gone with it: of two who follow one link at once, one is let in.
async fn follow(
    app: &App,
    key: &str,
    name: &str,
    hash: Option<String>,
    knock: &Knock,
) -> Result<accounts::Account, AppError> {
    let (key_hash, name, client) = (hash_of(key), name.to_owned(), knock.client);
    let made = app
        .db
        .write(app.own_gesture("let in whom somebody invited"), move |tx| {
            let found = store::by_key(tx, &key_hash, tx.now())?.ok_or(AppError::NotFound)?;
            let id = store::arrive(tx, &found, &name)?.ok_or(AppError::NotFound)?;
            if let Some(hash) = &hash {
                accounts::set_password(tx, id, hash)?;
            }
            if found.mailed {
                accounts::verify_address(tx, id, &found.draft.email)?;
            }
            let account = accounts::account_by_id(tx, id)?.ok_or(AppError::NotFound)?;
            let happened = Note::of_stranger(What::InvitationAccepted, &account.email, client)
                .account(id)
                .about(format!("{}, by {}", account.access.as_str(), found.by));
            audit::note(tx, &happened)?;
            Ok::<_, AppError>((account, happened))
        })
        .await?;
    let (account, happened) = made.value;
    happened.log();
    Ok(account)
}
