//! The list of rooms, and a new one.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::settings;
use crate::accounts::{Access, KeyedForm, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::poker::pace;
use crate::poker::rules::cards::Deck;
use crate::poker::rules::room::Options;
use crate::poker::store::{NewRoom, Settings, Summary};
use crate::poker::{pages, store};
use crate::units::fold;
use crate::units::ids::RoomId;
use crate::web::outermost::random_key;
use crate::web::{Fields, Page, PageOf, Query};

/// What the list is asked for.
#[derive(serde::Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
}

/// Rooms of a list: a page of those that were found, and how many there are in all.
pub(crate) struct Found {
    /// The page, and after which room the next one begins.
    pub page: Page<Summary>,
    /// How many rooms there are, found or not.
    pub all: usize,
}

/// A page of the rooms whose names hold `q`.
pub(crate) async fn find(app: &App, q: &str, page: PageOf) -> Result<Found, AppError> {
    let wanted = fold(q);
    app.db
        .read(move |tx| {
            let mut names = store::names(tx)?;
            let all = names.len();
            names.retain(|room| fold(&room.name).contains(&wanted));
            let Page { items, next } = page.ordered(&names, |room| room.id.0)?;
            let ids: Vec<RoomId> = items.into_iter().map(|room| room.id).collect();
            let items = store::summaries(tx, &ids)?;
            Ok::<_, AppError>(Found {
                page: Page { items, next },
                all,
            })
        })
        .await
}

/// `GET /poker`: the rooms, ended ones among them, or those whose name holds what is asked for; `after` goes on where a page
/// ended.
pub(crate) async fn list_rooms(
    State(app): State<App>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    page: PageOf,
) -> Result<Response, AppError> {
    // Each link opens its room, so they are for those who have an account.
    if visitor.is_stranger() {
        return Err(AppError::SignedOut);
    }
    let q = asked.q.trim().to_owned();
    let found = find(&app, &q, page).await?;
    let shown = pages::Rooms {
        found: &found.page.items,
        next: found.page.next,
        goes_on: page.after.is_some(),
        all: found.all,
        here: &|link| app.poker.here(link, app.clock.now()),
        own: visitor.account,
        q: &q,
    };
    let may_make = visitor.access >= Access::Member;
    Ok(pages::list(&visitor.frame(&app), &app.clock, &shown, may_make).into_response())
}

/// `POST /poker`: makes a room with the usual cards and leads into it, with a round to vote in. Nothing has to be said, and
/// everything of the settings may be.
pub(crate) async fn add_room(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let link = add(&app, &visitor, &fields).await?;
    Ok(Redirect::to(&format!("/poker/{link}")).into_response())
}

/// Makes a room as `fields` say, as usual where they say nothing, and answers what stands in its address.
pub(crate) async fn add(app: &App, visitor: &Visitor, fields: &Fields) -> Result<String, AppError> {
    let usual = Settings {
        name: format!("{}’s room", visitor.name),
        deck: Deck::default(),
        department: None,
        project: None,
        options: Options::default(),
    };
    let asker = settings::Asker {
        is_form: false,
        has_account: true,
    };
    let wanted = settings::read(&app.book().plan, fields, (&usual, asker))?;
    pace::must_give(app, Some(visitor), (None, wanted.department)).await?;
    let room = NewRoom {
        link: random_key()?,
        name: wanted.name,
        owner: visitor.account,
        deck: wanted.deck,
        department: wanted.department,
        project: wanted.project,
        options: wanted.options,
    };
    let (link, name) = (room.link.clone(), visitor.name.clone());
    let owner = visitor.account;
    app.db
        .write(app.gesture(visitor, "make a poker room"), move |tx| {
            let id: RoomId = store::add_room(tx, &room)?;
            store::add_participant(tx, id, Some(owner), (&name, false, true))?;
            let made = store::load(tx, id)?.ok_or(AppError::NotFound)?;
            store::open_round(tx, &made, None)?;
            Ok::<_, AppError>(())
        })
        .await?;
    Ok(link)
}
