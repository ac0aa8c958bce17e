//! Who somebody is in a room: an account, or a guest by a cookie that is good for that room alone.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use super::live::{self, Table};
use super::rules::room::Room;
use crate::accounts::Visitor;
use crate::app::App;
use crate::db::{Actor, Gesture, WriteTx};
use crate::error::AppError;
use crate::keys::Purpose;
use crate::units::ids::{ParticipantId, RoomId};
use crate::web::{Cookie, Fields, Taker, is_json, key_in, must_be_keyed};

/// For how long a guest's browser keeps its seat.
const KEPT_FOR: u64 = 30 * 86_400;
const SEAT: Cookie = Cookie::of_path("ballast-seat");

/// Somebody in a room, as a request comes from them.
#[derive(Clone)]
pub struct Seat {
    /// The room.
    pub table: Arc<Table>,
    /// Who they are in it.
    pub own: ParticipantId,
    /// Under which name.
    pub name: String,
    /// Their account; none for a guest.
    pub visitor: Option<Visitor>,
    /// What their forms must carry.
    pub form_key: String,
}

impl Seat {
    /// As whom they see the room: nobody where an administrator looks through their eyes, since one's own vote is one's own.
    #[must_use]
    pub fn viewer(&self) -> Option<ParticipantId> {
        let behind = self
            .visitor
            .as_ref()
            .is_some_and(|visitor| visitor.behind.is_some());
        (!behind).then_some(self.own)
    }

    /// An act of theirs, begun now.
    #[must_use]
    pub fn gesture(&self, app: &App, label: &str) -> Gesture {
        let actor = self.visitor.as_ref().map_or_else(
            || Actor {
                account: None,
                name: format!("{} (guest)", self.name),
            },
            Visitor::actor,
        );
        Gesture {
            actor,
            label: label.to_owned(),
            at: app.clock.now(),
        }
    }

    /// Checks that a form came from a page of theirs, where its body was read by another hand.
    ///
    /// # Errors
    /// `Forbidden` where it does not carry their key.
    pub fn must_hold(&self, headers: &HeaderMap, fields: &Fields) -> Result<(), AppError> {
        must_be_keyed(key_in(headers), fields, &self.form_key)
    }
}

/// The link in the path of a room, as pages or as programs ask for it.
#[must_use]
pub fn link_in(path: &str) -> Option<&str> {
    path.strip_prefix("/api/v1")
        .unwrap_or(path)
        .strip_prefix("/poker/")?
        .split('/')
        .next()
        .filter(|link| !link.is_empty())
}

/// Who asks, in the room that the path names; none where they are not in it, or not any more.
///
/// # Errors
/// `NotFound` where there is no such room.
pub async fn seat(
    app: &App,
    path: &str,
    headers: &HeaderMap,
    visitor: Option<&Visitor>,
) -> Result<Option<Seat>, AppError> {
    let link = link_in(path).ok_or(AppError::NotFound)?;
    let table = app.poker.at(&app.db, link).await?;
    let room = table.room();
    let visitor = visitor.filter(|visitor| !visitor.is_stranger());
    let own = match visitor {
        Some(visitor) => room.by_account(visitor.account),
        None => guest_in(app, link, headers)
            .and_then(|own| room.participant(own))
            .filter(|one| one.account.is_none()),
    };
    let Some(own) = own.filter(|own| room.admits(own)) else {
        return Ok(None);
    };
    Ok(Some(Seat {
        own: own.id,
        name: own.name.clone(),
        form_key: visitor.map_or_else(
            || guest_key(app, link, own.id),
            |visitor| visitor.form_key.clone(),
        ),
        visitor: visitor.cloned(),
        table,
    }))
}

/// The guest that a cookie names, where we made it for this room.
#[must_use]
pub fn guest_in(app: &App, link: &str, headers: &HeaderMap) -> Option<ParticipantId> {
    let (id, tag) = SEAT.find(headers, app.config.secure_cookies)?.split_once('.')?;
    let own: i64 = id.parse().ok()?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    let parts: [&[u8]; 3] = [b"guest", link.as_bytes(), &own.to_be_bytes()];
    app.keys
        .made(Purpose::Seat, &parts, &tag)
        .then_some(ParticipantId(own))
}

/// The cookie of a guest. The browser sends it to this room alone.
#[must_use]
pub fn guest_cookie(app: &App, room: &Room, own: ParticipantId) -> Option<HeaderValue> {
    let parts: [&[u8]; 3] = [b"guest", room.link.as_bytes(), &own.0.to_be_bytes()];
    let tag = URL_SAFE_NO_PAD.encode(app.keys.tag(Purpose::Seat, &parts));
    let path = format!("/poker/{}", room.link);
    SEAT.set_at(
        &path,
        &format!("{own}.{tag}"),
        app.config.secure_cookies,
        Some(KEPT_FOR),
    )
}

fn guest_key(app: &App, link: &str, own: ParticipantId) -> String {
    let parts: [&[u8]; 3] = [b"form", link.as_bytes(), &own.0.to_be_bytes()];
    URL_SAFE_NO_PAD.encode(app.keys.tag(Purpose::Seat, &parts))
}

impl<S: Send + Sync> FromRequestParts<S> for Seat {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts.extensions.get::<Self>().cloned().ok_or(AppError::NotFound)
    }
}

/// The fields of a form that somebody in a room sent, with the form key checked; or a JSON object, which a form of another
/// site cannot send.
pub struct SeatForm(pub Fields);

fn text_of(request: &Request, name: &str) -> Option<String> {
    let value = request.headers().get(name)?;
    value.to_str().ok().map(str::to_owned)
}

impl<S: Send + Sync> FromRequest<S> for SeatForm {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let seat = request
            .extensions()
            .get::<Seat>()
            .cloned()
            .ok_or(AppError::NotFound)?;
        let shown = key_in(request.headers()).map(str::to_owned);
        let is_json = is_json(request.headers());
        let is_program = seat
            .visitor
            .as_ref()
            .is_some_and(|visitor| visitor.by.is_program());
        let fields = Fields::from_request(request, state).await?;
        if !is_json && !is_program {
            must_be_keyed(shown.as_deref(), &fields, &seat.form_key)?;
        }
        Ok(Self(fields))
    }
}

/// One message to a room is this many bytes at most.
pub const MESSAGE: usize = 8 * 1_024;

/// The limit of a short message, and what is told where it is longer.
pub(super) fn shortened(mut request: Request) -> Request {
    DefaultBodyLimit::max(MESSAGE).apply(&mut request);
    request
}

pub(super) fn too_long(error: AppError) -> AppError {
    match error {
        AppError::TooLarge(_) => AppError::TooLarge("a message to a room takes 8 KiB".to_owned()),
        other => other,
    }
}

/// A message to a room from somebody who is in it: short, with its fields.
pub struct Message {
    /// Who sends it.
    pub seat: Seat,
    /// What it says.
    pub fields: Fields,
    /// Whether a script asks, which is answered with what its reader may see now; a form is led back to the room.
    wants_json: bool,
    /// Whether it takes packed answers.
    packs: bool,
    is_form: bool,
}

impl<S: Send + Sync> FromRequest<S> for Message {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let seat = request.extensions().get::<Seat>().cloned();
        let wants_json = text_of(&request, "accept").is_some_and(|kind| kind.contains("application/json"));
        let packs = Taker::from(request.headers()).packs();
        let is_form = !is_json(request.headers());
        let SeatForm(fields) = SeatForm::from_request(shortened(request), state)
            .await
            .map_err(too_long)?;
        Ok(Self {
            seat: seat.ok_or(AppError::NotFound)?,
            fields,
            wants_json,
            packs,
            is_form,
        })
    }
}

impl Message {
    /// Does what it asks for, as `label` says; see [`live::act`].
    ///
    /// # Errors
    /// Whatever `work` answers, which then has changed nothing.
    pub async fn act<T, W>(&self, app: &App, label: &str, work: W) -> Result<T, AppError>
    where
        T: Send + 'static,
        W: Fn(&WriteTx<'_>) -> Result<T, AppError> + Send + 'static,
    {
        live::act(app, &self.seat.table, self.seat.gesture(app, label), work).await
    }

    /// The same of a vote; see [`live::play`].
    ///
    /// # Errors
    /// Whatever `work` answers, which then has changed nothing.
    pub async fn play<T, W>(&self, app: &App, label: &str, work: W) -> Result<T, AppError>
    where
        T: Send + 'static,
        W: Fn(&WriteTx<'_>) -> Result<T, AppError> + Send + 'static,
    {
        live::play(app, &self.seat.table, self.seat.gesture(app, label), work).await
    }

    /// Whether a page's form sent it, which says of a box that is not ticked nothing at all.
    #[must_use]
    pub const fn is_form(&self) -> bool {
        self.is_form
    }

    /// The room, and who sent this.
    #[must_use]
    pub fn ids(&self) -> (RoomId, ParticipantId) {
        (self.seat.table.id, self.seat.own)
    }

    /// The answer where it was done.
    #[must_use]
    pub fn done(&self, app: &App) -> Response {
        if self.wants_json {
            live::seen(app, &self.seat.table, self.seat.viewer())
                .json(self.packs)
                .into_response()
        } else {
            Redirect::to(&format!("/poker/{}", self.seat.table.room().link)).into_response()
        }
    }
}
