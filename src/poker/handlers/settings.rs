//! How a room plays.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::beside::{settings_again, settings_state};
use crate::accounts::hash_password;
use crate::app::App;
use crate::book::Plan;
use crate::error::{AppError, FieldError};
use crate::poker::pace;
use crate::poker::rules::cards::{Deck, DeckKind};
use crate::poker::rules::room::{Options, Room, Runs};
use crate::poker::seat::Message;
use crate::poker::store::{self, Settings};
use crate::ui::FormState;
use crate::web::{Fields, Reader};

/// A round lasts so long, in seconds.
const TIMER: std::ops::RangeInclusive<u32> = 5..=86_400;
/// How long a passcode is at least, and at most.
const PASSCODE: std::ops::RangeInclusive<usize> = 4..=64;

const OTHER_TEAM: &str =
    "Somebody has given the room to another team meanwhile. Open the settings again, then decide.";

pub(super) fn seconds(text: &str) -> Result<u32, &'static str> {
    let seconds = text.parse::<u32>().ok().filter(|seconds| TIMER.contains(seconds));
    seconds.ok_or("must be a number of seconds from 5 to 86400")
}

/// Who says how a room plays.
#[derive(Clone, Copy)]
pub(crate) struct Asker {
    /// Whether a page sends it, which sends all that it shows.
    pub is_form: bool,
    /// Whether they have an account.
    pub has_account: bool,
}

/// Reads how a room plays: `deck` and, for cards of one's own or sizes with points, `cards`; `runs`, `autoReveal`, `anonymous`,
/// `lateVoters`, `openDiscussion`, `guests`, `timer`, `project`, `department`. A page sends all of them; what a program does
/// not send stays as `usual` has it.
pub(crate) fn read(
    plan: &Plan,
    fields: &Fields,
    (usual, asker): (&Settings, Asker),
) -> Result<Settings, AppError> {
    let mut reader = Reader::new(fields);
    let sent = |name: &str| asker.is_form || fields.has(name);
    // A guest's page shows neither projects nor teams, and what is not shown is not chosen.
    let chosen = |name: &str| asker.has_account && sent(name);
    let flag =
        |reader: &Reader<'_>, name: &str, usual: bool| if sent(name) { reader.flag(name) } else { usual };
    let was = &usual.options;
    let options = Options {
        runs: reader
            .optional("runs", |text| {
                Runs::parse(text).ok_or("must be facilitators or everybody")
            })
            .unwrap_or(was.runs),
        auto_reveal: flag(&reader, "autoReveal", was.auto_reveal),
        anonymous: flag(&reader, "anonymous", was.anonymous),
        late_voters: flag(&reader, "lateVoters", was.late_voters),
        open_discussion: flag(&reader, "openDiscussion", was.open_discussion),
        guests: flag(&reader, "guests", was.guests),
        timer: if sent("timer") {
            reader.optional("timer", seconds)
        } else {
            was.timer
        },
    };
    let known = "is not in the list";
    let project = if chosen("project") {
        reader.id("project")
    } else {
        usual.project
    };
    if project.is_some_and(|id| plan.project(id).is_none()) {
        reader.fault("project", known);
    }
    let department = if chosen("department") {
        reader.id("department")
    } else {
        usual.department
    };
    if department.is_some_and(|id| plan.department(id).is_none()) {
        reader.fault("department", known);
    }
    let settings = Settings {
        name: if sent("name") {
            reader.name("name")
        } else {
            usual.name.clone()
        },
        deck: deck(&mut reader, &usual.deck),
        department,
        project,
        options,
    };
    reader.finish(settings).map_err(AppError::Invalid)
}

/// The cards that are asked for: those of a kind, or as they are typed; as before where nothing is said.
fn deck(reader: &mut Reader<'_>, usual: &Deck) -> Deck {
    let kind = reader.optional("deck", |text| DeckKind::parse(text).ok_or("is not in the list"));
    let typed = reader.fields().text("cards").to_owned();
    let kind = kind.unwrap_or(usual.kind);
    let own = matches!(kind, DeckKind::Custom | DeckKind::Sizes);
    if own && !typed.trim().is_empty() {
        return Deck::read(kind, &typed).unwrap_or_else(|fault| {
            reader.fault("cards", fault);
            usual.clone()
        });
    }
    if kind == usual.kind {
        usual.clone()
    } else {
        Deck::usual(kind)
    }
}

/// As a room plays now.
pub(crate) fn of(room: &Room) -> Settings {
    Settings {
        name: room.name.clone(),
        deck: room.deck.clone(),
        department: room.department,
        project: room.project,
        options: room.options.clone(),
    }
}

/// `POST /poker/{link}/settings`: changes how the room plays from the next round on. A round that nobody has voted in yet is
/// begun anew by that.
pub(crate) async fn save_settings(
    State(app): State<App>,
    headers: HeaderMap,
    message: Message,
) -> Result<Response, AppError> {
    let before = of(&message.seat.table.room());
    let asker = Asker {
        is_form: message.is_form(),
        has_account: message.seat.visitor.is_some(),
    };
    let wanted = match read(&app.book().plan, &message.fields, (&before, asker)) {
        Ok(wanted) => wanted,
        Err(AppError::Invalid(errors)) if message.is_form() => {
            app.poker.count_refused();
            let again = FormState::again(message.fields, errors);
            return Ok(settings_again(&app, &message.seat, &headers, &again));
        }
        Err(error) => return Err(error),
    };
    let teams = (before.department, wanted.department);
    pace::must_give(&app, message.seat.visitor.as_ref(), teams).await?;
    let (room, own) = message.ids();
    message
        .act(&app, "change a poker room", move |tx| {
            store::must_facilitate(tx, room, own)?;
            // Whether they may give and take the room was judged of the team that it had then.
            let now = store::load(tx, room)?.ok_or(AppError::NotFound)?;
            if now.department != teams.0 {
                return Err(AppError::conflict(OTHER_TEAM));
            }
            store::change_room(tx, room, &wanted)?;
            let room = store::load(tx, room)?.ok_or(AppError::NotFound)?;
            let untouched = room
                .live_round()
                .filter(|round| round.revealed_at.is_none() && round.votes.is_empty());
            if let Some(round) = untouched {
                store::choose(tx, &room, round.story)?;
            }
            Ok(())
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/passcode`: another `passcode`, or none where it is blank. Whoever was let in by an earlier one is asked
/// for the new one.
pub(crate) async fn set_passcode(
    State(app): State<App>,
    headers: HeaderMap,
    mut message: Message,
) -> Result<Response, AppError> {
    let typed = message.fields.take_secret("passcode");
    let length = typed.expose().chars().count();
    if length > 0 && !PASSCODE.contains(&length) {
        let fault = FieldError::new("passcode", "takes 4 to 64 characters; blank for none");
        if !message.is_form() {
            return Err(AppError::Invalid(vec![fault]));
        }
        app.poker.count_refused();
        let mut again = settings_state(&app, &message.seat);
        again.errors.push(fault);
        return Ok(settings_again(&app, &message.seat, &headers, &again));
    }
    let (room, own) = message.ids();
    // Before the work of a hash is done for somebody who may not.
    app.db
        .read(move |tx| store::must_facilitate(tx, room, own))
        .await?;
    let hash = match length {
        0 => None,
        _ => Some(hash_password(typed.expose().to_owned()).await?),
    };
    message
        .act(&app, "change the passcode of a poker room", move |tx| {
            store::must_facilitate(tx, room, own)?;
            Ok(store::set_passcode(tx, room, hash.as_deref(), own)?)
        })
        .await?;
    Ok(message.done(&app))
}

/// `POST /poker/{link}/end`: ends the room. From then on it is read, and nothing in it changes.
pub(crate) async fn end_room(State(app): State<App>, message: Message) -> Result<Response, AppError> {
    let (room, own) = message.ids();
    message
        .act(&app, "end a poker room", move |tx| {
            store::must_facilitate(tx, room, own)?;
            Ok(store::end_room(tx, room)?)
        })
        .await?;
    Ok(message.done(&app))
}
