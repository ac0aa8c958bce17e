//! Coming in: somebody with an account is let in by the link, a guest says a name first, and a passcode is asked of everybody
//! but whose room it is.

use axum::Extension;
use axum::extract::{FromRequest as _, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, Uri, header};

use crate::accounts::{Access, PasswordLine, Visitor, judge_password};
use crate::app::App;
use crate::db::{Actor, Gesture};
use crate::error::{AppError, FieldError};
use crate::poker::drawn::room_page;
use crate::poker::pages::Entry;
use crate::poker::rules::room::{Participant, PutOut, Room};
use crate::poker::seat::{guest_cookie, guest_in, seat, shortened, too_long};
use crate::poker::{link_in, live, pages, store};
use crate::ui::FormState;
use crate::units::ids::RoomId;
use crate::web::edge::{Bucket, Whose};
use crate::web::{Client, Fields, Reader};

/// How long a guest's name is at most.
const NAME: usize = 80;
const BANNED: &str = "You were put out of this room for good. Ask a facilitator if that was a mistake.";

/// Who stands at the door of a room.
struct Arrival {
    /// Their account; none for a guest, and for who reads without being asked to sign in.
    visitor: Option<Visitor>,
    /// As whom they were in the room before.
    known: Option<Participant>,
}

impl Arrival {
    fn of(app: &App, room: &Room, headers: &HeaderMap, visitor: Option<Visitor>) -> Self {
        let visitor = visitor.filter(|visitor| !visitor.is_stranger());
        let known = match &visitor {
            Some(visitor) => room.by_account(visitor.account),
            None => guest_in(app, &room.link, headers)
                .and_then(|own| room.participant(own))
                .filter(|one| one.account.is_none()),
        };
        Self {
            known: known.cloned(),
            visitor,
        }
    }

    /// Why they may not come in, whatever they say.
    fn refusal(&self, room: &Room) -> Option<&'static str> {
        let out = self.known.as_ref().and_then(|known| known.put_out);
        let is_guest = self.visitor.is_none();
        let behind = self
            .visitor
            .as_ref()
            .is_some_and(|visitor| visitor.behind.is_some());
        match out {
            Some(PutOut::Banned) => Some(BANNED),
            _ if behind => Some("Stop seeing Ballast through their eyes first: a room is entered in person."),
            _ if is_guest && !room.options.guests => {
                Some("This room takes no guests. Sign in first, then open its link again.")
            }
            _ if is_guest && room.ended_at.is_some() => {
                Some("This room was ended. Sign in to read what was agreed in it.")
            }
            _ => None,
        }
    }

    /// Counts that they come in: everybody in the room is told of it.
    fn not_too_often(&self, app: &App, room: &Room, client: Client) -> Result<(), AppError> {
        match (&self.known, &self.visitor) {
            (None, None) => app.poker.try_join(room.id, Whose::stranger(client.address)),
            (None, Some(_)) => Ok(()),
            (Some(known), _) => {
                let often = app.limiter.take(Bucket::Messages, Whose::Seat(known.id.0));
                often.map_err(|seconds| AppError::TooMany { seconds })
            }
        }
    }

    fn asks_passcode(&self, room: &Room) -> bool {
        let is_owner = self
            .visitor
            .as_ref()
            .is_some_and(|visitor| visitor.account == room.owner);
        let knows = self
            .known
            .as_ref()
            .is_some_and(|known| known.passcode == room.passcode);
        room.has_passcode && !is_owner && !knows
    }

    fn entry<'a>(&self, room: &'a Room) -> Entry<'a> {
        Entry {
            room,
            asks_name: self.visitor.is_none(),
            asks_passcode: self.asks_passcode(room),
            was_put_out: self.known.as_ref().is_some_and(|known| known.put_out.is_some()),
            refusal: self.refusal(room),
        }
    }

    fn door(&self, room: &Room, state: &FormState) -> Response {
        let frame = state;
        let page = pages::door(&self.entry(room), frame);
        let status = match (self.refusal(room), state.errors.is_empty()) {
            (Some(_), _) => StatusCode::FORBIDDEN,
            (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
            (None, true) => StatusCode::OK,
        };
        (status, page).into_response()
    }
}

/// `GET /poker/{link}`: the room, or the door to it.
pub(crate) async fn show_room(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let visitor = visitor.map(|Extension(visitor)| visitor);
    if let Some(seat) = seat(&app, uri.path(), &headers, visitor.as_ref()).await? {
        return room_page(&app, &seat, &headers).await;
    }
    let link = link_in(uri.path()).ok_or(AppError::NotFound)?;
    let table = app.poker.at(&app.db, link).await?;
    let room = table.room();
    let arrival = Arrival::of(&app, &room, &headers, visitor);
    let Some(visitor) = arrival.visitor.as_ref() else {
        return Ok(arrival.door(&room, &FormState::default()));
    };
    let comes_by_itself = arrival.known.is_none() && !arrival.asks_passcode(&room);
    if !comes_by_itself || arrival.refusal(&room).is_some() {
        return Ok(arrival.door(&room, &FormState::default()));
    }
    if visitor.by.is_program() {
        return Err(AppError::Forbidden(
            "You are not in this room yet. Come in by `POST /poker/{link}/join` first.",
        ));
    }
    enter_by_account(&app, &table, visitor).await?;
    let seat = seat(&app, uri.path(), &headers, Some(visitor)).await?;
    room_page(&app, &seat.ok_or(AppError::NotFound)?, &headers).await
}

/// Lets an account in that was not there before. Who only reads the plan only watches, until they say otherwise.
pub(super) async fn enter_by_account(
    app: &App,
    table: &std::sync::Arc<live::Table>,
    visitor: &Visitor,
) -> Result<(), AppError> {
    let (id, name, account) = (table.id, visitor.name.clone(), visitor.account);
    let watches = visitor.access < Access::Member;
    let passcode = known_passcode(&table.room());
    let gesture = app.gesture(visitor, "come into a poker room");
    live::act_at_any_time(app, table, gesture, move |tx| {
        same_passcode(tx, id, passcode)?;
        // Two tabs that are opened at once are one person.
        let room = store::load(tx, id)?.ok_or(AppError::NotFound)?;
        if room.by_account(account).is_none() {
            store::add_participant(tx, id, Some(account), (&name, watches, false))?;
        }
        Ok(())
    })
    .await
}

/// `POST /poker/{link}/join`: somebody comes in: `name` of a guest, `passcode` where one is asked for, `spectator` who only
/// watches.
pub(crate) async fn join(
    State(app): State<App>,
    client: Client,
    visitor: Option<Extension<Visitor>>,
    request: Request,
) -> Result<Response, AppError> {
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let link = link_in(uri.path()).ok_or(AppError::NotFound)?;
    let table = app.poker.at(&app.db, link).await?;
    let room = table.room();
    let fields = Fields::from_request(shortened(request), &app)
        .await
        .map_err(too_long)?;
    let arrival = Arrival::of(&app, &room, &headers, visitor.map(|Extension(visitor)| visitor));
    if arrival.refusal(&room).is_some() {
        app.poker.count_refused();
        return Ok(arrival.door(&room, &FormState::default()));
    }
    let entering = match read(&app, &room, &arrival, (client, fields.clone())).await {
        Ok(entering) => entering,
        Err(AppError::Invalid(errors)) => {
            app.poker.count_refused();
            let mut typed = fields;
            drop(typed.take_secret("passcode"));
            return Ok(arrival.door(&room, &FormState::again(typed, errors)));
        }
        Err(error) => {
            app.poker.count_refused();
            return Err(error);
        }
    };
    arrival
        .not_too_often(&app, &room, client)
        .inspect_err(|_| app.poker.count_refused())?;
    let actor = arrival.visitor.as_ref().map_or_else(
        || Actor {
            account: None,
            name: format!("{} (guest)", entering.name),
        },
        Visitor::actor,
    );
    let gesture = Gesture {
        actor,
        label: "come into a poker room".to_owned(),
        at: app.clock.now(),
    };
    let (id, known) = (room.id, arrival.known.as_ref().map(|known| known.id));
    let account = arrival.visitor.as_ref().map(|visitor| visitor.account);
    let own = live::act_at_any_time(&app, &table, gesture, move |tx| {
        entering.write(tx, id, (known, account))
    })
    .await?;
    let mut response = Redirect::to(&format!("/poker/{link}")).into_response();
    if account.is_none()
        && let Some(cookie) = guest_cookie(&app, &room, own)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Which passcode a room asks for.
fn known_passcode(room: &Room) -> Option<i64> {
    room.has_passcode.then_some(room.passcode)
}

/// Refuses who comes in while the passcode is changed: they were asked for another one, or for none.
fn same_passcode(tx: &crate::db::WriteTx<'_>, room: RoomId, asked: Option<i64>) -> Result<(), AppError> {
    let now = store::passcode(tx, room)?.map(|(_, number)| number);
    if now == asked {
        return Ok(());
    }
    Err(AppError::field(
        "passcode",
        "was changed a moment ago; ask for the new one",
    ))
}

/// Somebody who may come in, as they will be seen.
struct Entering {
    name: String,
    watches: bool,
    /// Whether they said if they watch; who comes back does not have to.
    says: bool,
    /// The number of the passcode that was asked for, or none: it must be the same when they come in.
    passcode: Option<i64>,
}

impl Entering {
    fn write(
        &self,
        tx: &crate::db::WriteTx<'_>,
        room: RoomId,
        (known, account): (
            Option<crate::units::ids::ParticipantId>,
            Option<crate::units::ids::AccountId>,
        ),
    ) -> Result<crate::units::ids::ParticipantId, AppError> {
        same_passcode(tx, room, self.passcode)?;
        let again = match (known, account) {
            (Some(known), _) => Some(known),
            (None, Some(account)) => {
                let room = store::load(tx, room)?.ok_or(AppError::NotFound)?;
                room.by_account(account).map(|one| one.id)
            }
            (None, None) => None,
        };
        let Some(again) = again else {
            return store::add_participant(tx, room, account, (&self.name, self.watches, false));
        };
        if !store::put_in(tx, room, again)? {
            return Err(AppError::Forbidden(BANNED));
        }
        if account.is_none() {
            store::rename(tx, room, again, &self.name)?;
        }
        if self.says {
            store::set_spectator(tx, room, again, self.watches)?;
        }
        Ok(again)
    }
}

/// Reads who comes in, and holds the passcode against the room's.
async fn read(
    app: &App,
    room: &Room,
    arrival: &Arrival,
    (client, mut fields): (Client, Fields),
) -> Result<Entering, AppError> {
    let typed = fields.take_secret("passcode");
    let mut reader = Reader::new(&fields);
    let watches = reader.flag("spectator");
    let name = match &arrival.visitor {
        Some(visitor) => visitor.name.clone(),
        None => reader.parsed("name", |text| match crate::units::text::line(text, NAME) {
            Ok(name) if name.is_empty() => Err("say under which name the others see you".to_owned()),
            Ok(name) => Ok(name),
            Err(fault) => Err(fault.to_string()),
        }),
    };
    let mut entering = reader
        .finish(Entering {
            name,
            watches,
            says: fields.has("spectator") || arrival.visitor.is_none(),
            passcode: known_passcode(room),
        })
        .map_err(AppError::Invalid)?;
    if !arrival.asks_passcode(room) {
        return Ok(entering);
    }
    app.poker.try_passcode(room.id, Whose::stranger(client.address))?;
    let id = room.id;
    let Some((hash, number)) = app.db.read(move |tx| store::passcode(tx, id)).await? else {
        return Ok(entering);
    };
    if judge_password(PasswordLine::Strangers, typed, Some(hash))
        .await?
        .right
    {
        entering.passcode = Some(number);
        return Ok(entering);
    }
    Err(AppError::Invalid(vec![FieldError::new(
        "passcode",
        "is not the passcode of this room",
    )]))
}
