//! What a room answers. What all who are in it see alike is made, written and packed once for each state of the room; what is
//! somebody's own is small and goes before it.
//!
//! The shared part comes from the one view, as somebody sees it who is nobody in the room, and so knows nothing hidden.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use super::pages::Crowd;
use super::rules::room::Room;
use super::rules::view::{self, May, Own, Table, View, Viewer};
use super::stories;
use crate::error::AppError;
use crate::units::ids::{ParticipantId, RoundId};
use crate::web::pieces::{Piece, answer};

/// What a room shows depends on this alone, apart from what is somebody's own and what time it is.
pub struct State {
    /// The room as of a change.
    pub room: Arc<Room>,
    /// Who is there, in the order of the room.
    pub present: Vec<ParticipantId>,
    /// The live round that reveals by itself soon, and when.
    pub soon: Option<(RoundId, i64)>,
}

impl State {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.room, &other.room) && self.present == other.present && self.soon == other.soon
    }
}

/// A state of a room as everybody in it sees it.
pub struct Shared {
    state: State,
    view: View,
    json: OnceLock<Result<Arc<Piece>, String>>,
    crowd: OnceLock<Option<Crowd>>,
    stories: OnceLock<Arc<Piece>>,
}

impl Shared {
    fn new(state: State) -> Self {
        let present: HashSet<ParticipantId> = state.present.iter().copied().collect();
        let nobody = Viewer {
            participant: None,
            is_present: &|who| present.contains(&who),
            now: 0,
            soon: state.soon,
            heir: None,
        };
        Self {
            view: view::view(&state.room, &nobody),
            state,
            json: OnceLock::new(),
            crowd: OnceLock::new(),
            stories: OnceLock::new(),
        }
    }

    /// What is made of `state`: what `kept` holds where that is of the same, and made anew where it is not.
    pub fn of(kept: &mut Option<Arc<Self>>, state: State) -> Arc<Self> {
        if let Some(shared) = kept.as_ref().filter(|shared| shared.state.is(&state)) {
            return Arc::clone(shared);
        }
        Arc::clone(kept.insert(Arc::new(Self::new(state))))
    }

    fn json(&self) -> Result<&Arc<Piece>, AppError> {
        let json = self.json.get_or_init(|| {
            common(&self.view)
                .map(Piece::new)
                .map_err(|error| error.to_string())
        });
        json.as_ref().map_err(|error| AppError::Internal(error.clone()))
    }
}

/// A room as somebody sees it now.
pub struct Seen {
    shared: Arc<Shared>,
    own: Own,
    now: i64,
}

impl Seen {
    /// Puts together what all see and what is `viewer`'s own.
    pub fn new(shared: Arc<Shared>, viewer: &Viewer<'_>) -> Self {
        Self {
            own: view::own(&shared.state.room, viewer),
            now: viewer.now,
            shared,
        }
    }

    /// The same as one view: what `rules::view::view` answers of it.
    pub fn view(&self) -> View {
        let mut view = self.shared.view.clone();
        view.now = self.now;
        view.own = self.own.participant;
        view.may = self.own.may;
        view.asynchronous.clone_from(&self.own.asynchronous);
        for seat in &mut view.people {
            seat.own = Some(seat.id) == self.own.participant;
        }
        if let Some(round) = &mut view.round {
            round.own = self.own.vote;
            round.own_second = self.own.second;
        }
        view
    }

    /// The view as JSON, as an answer.
    ///
    /// # Errors
    /// Where it cannot be written, which is a fault of ours.
    pub fn json(&self, packs: bool) -> Result<Response, AppError> {
        Ok(answer("application/json", &self.json_pieces()?, packs))
    }

    /// The view as JSON: what is somebody's own, and what all see.
    ///
    /// # Errors
    /// Where it cannot be written, which is a fault of ours.
    pub fn json_pieces(&self) -> Result<[Arc<Piece>; 2], AppError> {
        let fault = |error: serde_json::Error| AppError::Internal(error.to_string());
        let head = Head {
            now: self.now,
            own: self.own.participant,
            may: self.own.may,
            asynchronous: &self.own.asynchronous,
        };
        let mut head = serde_json::to_string(&head).map_err(fault)?;
        head.pop();
        head.push_str(",\"round\":");
        if self.shared.view.round.is_some() {
            let hand = HandOfOwn {
                own: self.own.vote,
                own_second: self.own.second,
            };
            head.push_str(&serde_json::to_string(&hand).map_err(fault)?);
            head.pop();
        } else {
            head.push_str("null");
        }
        head.push(',');
        Ok([Piece::new(head), Arc::clone(self.shared.json()?)])
    }

    /// The seats of a large room, with the viewer's own as theirs; none where few sit around the table, or where the viewer has
    /// no place there for anybody else.
    pub fn crowd(&self, view: &View) -> Option<Vec<Arc<Piece>>> {
        let crowd = self.shared.crowd.get_or_init(|| Crowd::of(&self.shared.view));
        crowd.as_ref()?.seats(view)
    }

    /// The lines of the stories, for who does not run the room.
    pub fn stories(&self) -> Option<Arc<Piece>> {
        let draw = || Piece::new(stories::lines(&self.shared.view).into_string());
        (!self.own.may.run).then(|| Arc::clone(self.shared.stories.get_or_init(draw)))
    }
}

/// The beginning of the JSON: what is somebody's own.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    now: i64,
    own: Option<ParticipantId>,
    may: May,
    asynchronous: &'a [Table],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HandOfOwn {
    own: Option<usize>,
    own_second: Option<usize>,
}

/// The rest of the JSON, from inside of the round on: what all see.
fn common(view: &View) -> Result<String, serde_json::Error> {
    let mut whole = serde_json::to_value(view)?;
    let mut text = String::new();
    if let Value::Object(fields) = &mut whole {
        for own in ["now", "own", "may", "asynchronous"] {
            fields.remove(own);
        }
        if let Some(Value::Object(mut round)) = fields.remove("round") {
            round.remove("own");
            round.remove("ownSecond");
            text.push_str(&serde_json::to_string(&round)?.split_off(1));
            text.push(',');
        }
        text.push_str(&serde_json::to_string(&fields)?.split_off(1));
    }
    Ok(text)
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
