//! Feeds: the page of links, making and taking back, and the file itself.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use sha2::{Digest as _, Sha256};

use super::pages;
use super::rules::{self, MOST_LINKS, Subject};
use super::store::{self, FeedLink};
use crate::accounts::{Access, KeyedForm, Visitor, hash_of};
use crate::app::App;
use crate::db::DbError;
use crate::error::{AppError, FieldError};
use crate::people;
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::{FeedLinkId, PersonId};
use crate::web::outermost::random_key;
use crate::web::{Fields, Path, Query, Reader, is_held, tag_of};

/// What is told under every address that opens nothing.
const NOTHING: &str =
    "There is no calendar at this address. The link may have been taken back; ask for a new one.\n";

/// What the address of the form begins with.
#[derive(serde::Deserialize)]
pub(crate) struct Begin {
    person: Option<String>,
    project: Option<String>,
    department: Option<String>,
}

impl Begin {
    /// The form as a page that is about one thing opens it.
    fn state(&self, own: Option<PersonId>) -> FormState {
        let given = |value: &Option<String>| value.clone().unwrap_or_default();
        let about = match (&self.person, &self.project, &self.department) {
            (Some(_), ..) => "person",
            (_, Some(_), _) => "project",
            (.., Some(_)) => "team",
            _ if own.is_some() => "own",
            _ => "team",
        };
        FormState::with(&[
            ("about", about.to_owned()),
            ("person", given(&self.person)),
            ("project", given(&self.project)),
            ("department", given(&self.department)),
        ])
    }
}

/// `GET /calendar/feeds`: the visitor's links; all of them for an administrator.
pub(crate) async fn list_feeds(
    State(app): State<App>,
    visitor: Visitor,
    Query(begin): Query<Begin>,
) -> Result<Response, AppError> {
    let book = app.book();
    let own = people::own_person(&book.plan, &visitor).map(|person| person.id);
    let links = visible(&app, &visitor).await?;
    let page = pages::feeds(&visitor, &app, &book.plan, own, &links, (&begin.state(own), None));
    Ok(page.into_response())
}

/// `POST /calendar/feeds`: a new link, whose address is shown this once.
pub(crate) async fn add_feed(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let book = app.book();
    let own = people::own_person(&book.plan, &visitor).map(|person| person.id);
    match or_again(make(&app, &visitor, &fields).await, fields)? {
        Ok((_, subject, key)) => {
            let links = visible(&app, &visitor).await?;
            let shown = pages::Made {
                name: subject.name(&book.plan).unwrap_or_default(),
                address: address(&app, &headers, &key),
            };
            let state = FormState::with(&[("about", "team".to_owned())]);
            let page = pages::feeds(&visitor, &app, &book.plan, own, &links, (&state, Some(&shown)));
            Ok(page.into_response())
        }
        Err(state) => {
            let links = visible(&app, &visitor).await?;
            Ok(refused(pages::feeds(
                &visitor,
                &app,
                &book.plan,
                own,
                &links,
                (&state, None),
            )))
        }
    }
}

/// `POST /calendar/feeds/{id}/remove`: takes a link back; it opens nothing from then on.
pub(crate) async fn remove_feed(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<FeedLinkId>,
    _form: KeyedForm,
) -> Result<Redirect, AppError> {
    remove(&app, &visitor, id).await?;
    Ok(Redirect::to("/calendar/feeds"))
}

/// `POST /calendar/feeds/{id}/renew`: the same link under a new address; the old one opens nothing from then on.
pub(crate) async fn renew_feed(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<FeedLinkId>,
    headers: HeaderMap,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let book = app.book();
    let own = people::own_person(&book.plan, &visitor).map(|person| person.id);
    let link = find(&app, &visitor, id).await?;
    // The address is shown to who asks for it, and nobody gets another's.
    if link.account != visitor.account {
        return Err(AppError::NotFound);
    }
    let name = link.subject.name(&book.plan).ok_or(AppError::NotFound)?;
    let key = random_key()?;
    let (key_hash, account) = (hash_of(&key), visitor.account);
    app.db
        .write(
            app.gesture(&visitor, &format!("renewed the calendar feed of {name}")),
            move |tx| {
                if !store::remove_link(tx, id)? {
                    return Err(AppError::NotFound);
                }
                Ok(store::add_link(tx, account, link.subject, &key_hash)?)
            },
        )
        .await?;
    let links = visible(&app, &visitor).await?;
    let shown = pages::Made {
        name,
        address: address(&app, &headers, &key),
    };
    let state = FormState::with(&[("about", "team".to_owned())]);
    Ok(pages::feeds(&visitor, &app, &book.plan, own, &links, (&state, Some(&shown))).into_response())
}

/// The links that the visitor may see: their own, or all.
pub(super) async fn visible(app: &App, visitor: &Visitor) -> Result<Vec<FeedLink>, AppError> {
    let of = (visitor.access < Access::Admin).then_some(visitor.account);
    Ok(app.db.read(move |tx| store::links(tx, of)).await?)
}

async fn find(app: &App, visitor: &Visitor, id: FeedLinkId) -> Result<FeedLink, AppError> {
    let found = app.db.read(move |tx| store::link_by_id(tx, id)).await?;
    let theirs = |link: &FeedLink| link.account == visitor.account || visitor.access == Access::Admin;
    found.filter(theirs).ok_or(AppError::NotFound)
}

/// Makes a link from the fields of a form or of JSON; answers its id, of what it is, and its key.
pub(super) async fn make(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
) -> Result<(FeedLinkId, Subject, String), AppError> {
    let book = app.book();
    let own = people::own_person(&book.plan, visitor).map(|person| person.id);
    let mut reader = Reader::new(fields);
    let subject = Subject::read(&mut reader, &book.plan, own);
    let subject = reader.finish(subject).map_err(AppError::Invalid)?;
    // A fault was noted wherever there is none.
    let subject = subject.ok_or_else(|| AppError::field("about", "must be own, person, project or team"))?;
    let name = subject.name(&book.plan).unwrap_or_default();
    let key = random_key()?;
    let (key_hash, account) = (hash_of(&key), visitor.account);
    let made = app
        .db
        .write(
            app.gesture(visitor, &format!("made a calendar feed of {name}")),
            move |tx| {
                if store::count_links(tx, account)? >= MOST_LINKS {
                    let full = format!("{MOST_LINKS} links at most; take one back that you no longer use");
                    return Err(AppError::Invalid(vec![FieldError::new("about", full)]));
                }
                Ok(store::add_link(tx, account, subject, &key_hash)?)
            },
        )
        .await?;
    Ok((made.value, subject, key))
}

/// Takes a link back: one's own, or anybody's for an administrator.
pub(super) async fn remove(app: &App, visitor: &Visitor, id: FeedLinkId) -> Result<(), AppError> {
    let link = find(app, visitor, id).await?;
    let name = link.subject.name(&app.book().plan).unwrap_or_default();
    let label = if link.account == visitor.account {
        format!("took back a calendar feed of {name}")
    } else {
        format!("took back the calendar feed of {name} that {} made", link.owner)
    };
    app.db
        .write(app.gesture(visitor, label.trim()), move |tx| {
            store::remove_link(tx, id)
        })
        .await?;
    Ok(())
}

/// The path under which a key opens its feed.
pub(super) fn path(key: &str) -> String {
    format!("/feeds/{key}.ics")
}

/// The whole address of a feed, as the visitor reached this server.
fn address(app: &App, headers: &HeaderMap, key: &str) -> String {
    // Where it is said how people reach this Ballast, that counts, whatever name somebody came by.
    let said = &app.config.public_url;
    if *said != app.config.own_url() {
        return format!("{said}{}", path(key));
    }
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("localhost");
    let local = host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
    let scheme = if app.config.tls.is_on() || app.config.secure_cookies && !local {
        "https"
    } else {
        "http"
    };
    format!("{scheme}://{host}{}", path(key))
}

/// `GET /feeds/{key}`: the file, for whoever has the link.
///
/// Whatever the address holds is hashed and looked up by the hash. Which address is tried decides neither how much is
/// hashed nor where in the index the search ends in any way that its sender could steer, so the time of an answer
/// tells nothing about the keys that are good. All addresses that open nothing get the same bytes.
pub(crate) async fn show_feed(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    // As it was sent: what cannot even be decoded is looked up like anything else.
    let name = uri.path().strip_prefix("/feeds/").unwrap_or_default();
    let key_hash = hash_of(name.strip_suffix(".ics").unwrap_or_default());
    let found = app
        .db
        .read(move |tx| {
            let link = store::link_by_key(tx, &key_hash)?;
            let stamps = link.as_ref().map(|_| store::stamps(tx)).transpose()?;
            Ok::<_, DbError>(link.zip(stamps))
        })
        .await?;
    let book = app.book();
    let named = found.and_then(|(link, stamps)| Some((link.subject.name(&book.plan)?, link, stamps)));
    let Some((name, link, stamps)) = named else {
        return Ok((StatusCode::NOT_FOUND, NOTHING).into_response());
    };
    let today = app.clock.today();
    let entries = rules::entries(&book, link.subject.scope(today), today, &stamps);
    let body = rules::written(&format!("Ballast: {name}"), &entries);
    if link.used != Some(today) {
        note_use(&app, link.id).await;
    }
    answer(body, &headers)
}

/// Notes the day of a use, once a day. A full disk must not keep anybody from their calendar.
async fn note_use(app: &App, id: FeedLinkId) {
    let day = app.clock.today();
    let noted = app
        .db
        .write(app.own_gesture("use a feed"), move |tx| {
            store::note_use(tx, id, day)
        })
        .await;
    if let Err(error) = noted {
        tracing::warn!(%error, "the use of a feed could not be noted");
    }
}

/// The file with its version; 304 where the reader has it already.
fn answer(body: String, headers: &HeaderMap) -> Result<Response, AppError> {
    let tag = tag_of(&Sha256::digest(body.as_bytes()))?;
    let is_seen = tag.to_str().is_ok_and(|tag| is_held(headers, tag));
    let kept = HeaderValue::from_static("private, no-cache");
    if is_seen {
        let headers = [(header::ETAG, tag), (header::CACHE_CONTROL, kept)];
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/calendar; charset=utf-8"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("inline; filename=\"ballast.ics\""),
        ),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, kept),
    ];
    Ok((headers, body).into_response())
}
