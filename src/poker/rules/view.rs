//! What somebody may see of a room. This is the one place where that is decided: pages, JSON, events and exports are made
//! from a [`View`], and nothing else of a room leaves the house.
//!
//! Before its reveal a round tells of others' votes whether they voted, and nothing that depends on what. After the reveal of
//! an anonymous round it tells how often each card was chosen, and not by whom.

use serde::Serialize;
use utoipa::ToSchema;

use super::cards::Card;
use super::room::{Participant, Room, Round, Story};
use super::statistics::{Statistics, outliers, statistics};
use crate::units::ids::{ParticipantId, StoryId};

/// Who looks, and when.
#[derive(Clone, Copy)]
pub struct Viewer<'a> {
    /// Who they are in the room; none for who only reads, such as an export.
    pub participant: Option<ParticipantId>,
    /// Who is there at the moment.
    pub is_present: &'a dyn Fn(ParticipantId) -> bool,
    /// What time it is, in milliseconds.
    pub now: i64,
}

/// A room as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// What it is called.
    pub name: String,
    /// How often it was changed.
    pub seq: i64,
    /// Whether it was ended: then it is read and not played in.
    pub ended: bool,
    /// What time it is at the server, in milliseconds since 1970: deadlines are in its terms.
    pub now: i64,
    /// Who is in it.
    pub people: Vec<Seat>,
    /// The round that is played now.
    pub round: Option<Table>,
    /// Rounds that take votes over days, or were revealed and not yet put away.
    pub asynchronous: Vec<Table>,
    /// What is to be estimated, in its order.
    pub stories: Vec<StoryView>,
    /// What the viewer may do.
    pub may: May,
}

/// Somebody in a room, as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "answers to different questions, none implied by another"
)]
pub struct Seat {
    /// Their id, which is good for this room alone.
    #[schema(value_type = i64)]
    pub id: ParticipantId,
    /// Their name.
    pub name: String,
    /// Whether they have no account.
    pub guest: bool,
    /// Whether they only watch.
    pub spectator: bool,
    /// Whether they run the room.
    pub facilitator: bool,
    /// Whether they are there at the moment.
    pub present: bool,
    /// Whether it is the viewer.
    pub own: bool,
}

/// What the viewer may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct May {
    /// Vote in the live round.
    pub vote: bool,
    /// Reveal, vote again, accept, change stories.
    pub run: bool,
    /// Change the room, put people out.
    pub facilitate: bool,
}

/// A round as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    /// The round's id: it goes with every vote.
    pub round_id: i64,
    /// 1, 2, 3 … of its story.
    pub number: i64,
    /// What it is about; none for a quick vote.
    #[schema(value_type = Option<i64>)]
    pub story: Option<StoryId>,
    /// The cards; a vote names one by its place here, from 0.
    #[schema(value_type = Vec<Object>)]
    pub cards: Vec<Card>,
    /// Whether nobody learns who voted what.
    pub anonymous: bool,
    /// When it reveals by itself, in milliseconds since 1970.
    pub deadline: Option<i64>,
    /// Whether the cards lie open.
    pub revealed: bool,
    /// Everybody who has voted or may, in the order of the room.
    pub hands: Vec<Hand>,
    /// How many have voted.
    pub voted: usize,
    /// What the viewer has voted: the place of the card.
    pub own: Option<usize>,
    /// What the viewer would say now, after the reveal.
    pub own_second: Option<usize>,
    /// What the votes say together; none before the reveal.
    pub result: Option<Statistics>,
    /// What people would say after the discussion; none before the reveal, and where nobody said anything.
    pub second_thoughts: Option<Statistics>,
}

/// Somebody's hand in a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hand {
    /// Whose.
    #[schema(value_type = i64)]
    pub participant: ParticipantId,
    /// Whether they have voted.
    pub voted: bool,
    /// What stands on their card; none before the reveal, and in an anonymous round.
    pub card: Option<String>,
    /// Whether they should say why.
    pub outlier: bool,
}

/// A story as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoryView {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: StoryId,
    /// What it is called.
    pub name: String,
    /// Its number elsewhere, or empty.
    pub reference: String,
    /// Where it stands elsewhere, or empty.
    pub link: String,
    /// What it is about, or empty.
    pub description: String,
    /// When it is done, or empty.
    pub acceptance: String,
    /// Words that sort it.
    pub tags: Vec<String>,
    /// Whether the team passed over it.
    pub skipped: bool,
    /// Whether it is on the table in the live round.
    pub voting: bool,
    /// What was agreed.
    pub estimate: Option<String>,
    /// Its points in hundredths.
    pub points: Option<i32>,
    /// Why.
    pub note: String,
}

/// What `viewer` may see of `room`.
#[must_use]
pub fn view(room: &Room, viewer: &Viewer<'_>) -> View {
    let own = viewer.participant.and_then(|id| room.participant(id));
    let seats = room.people.iter().filter(|one| one.put_out.is_none());
    let live = room.live_round();
    View {
        name: room.name.clone(),
        seq: room.seq,
        ended: room.ended_at.is_some(),
        now: viewer.now,
        people: seats
            .map(|one| Seat {
                id: one.id,
                name: one.name.clone(),
                guest: one.account.is_none(),
                spectator: one.spectator,
                facilitator: one.facilitator,
                present: (viewer.is_present)(one.id),
                own: Some(one.id) == viewer.participant,
            })
            .collect(),
        round: live.map(|round| table(room, round, viewer)),
        asynchronous: room
            .rounds
            .iter()
            .filter(|round| round.asynchronous)
            .map(|round| table(room, round, viewer))
            .collect(),
        stories: room
            .stories
            .iter()
            .map(|one| story(one, live.is_some_and(|round| round.story == Some(one.id))))
            .collect(),
        may: own.map_or_else(May::default, |own| may(room, own)),
    }
}

fn may(room: &Room, own: &Participant) -> May {
    let plays = room.ended_at.is_none();
    let votes =
        |round: &Round| round.takes(own) && (round.revealed_at.is_none() || room.options.open_discussion);
    May {
        vote: plays && room.live_round().is_some_and(votes),
        run: plays && room.may_run(own),
        facilitate: plays && own.facilitator,
    }
}

fn table(room: &Room, round: &Round, viewer: &Viewer<'_>) -> Table {
    let revealed = round.revealed_at.is_some();
    let cards: Vec<usize> = round.votes.iter().map(|vote| vote.card).collect();
    let second: Vec<usize> = round.second_thoughts.iter().map(|vote| vote.card).collect();
    let own_second = round
        .second_thoughts
        .iter()
        .find(|vote| Some(vote.participant) == viewer.participant);
    Table {
        round_id: round.id.0,
        number: round.number,
        story: round.story,
        cards: round.deck.cards.clone(),
        anonymous: round.anonymous,
        deadline: round.deadline,
        revealed,
        hands: hands(room, round),
        voted: round.votes.len(),
        own: viewer.participant.and_then(|own| round.vote_of(own)),
        own_second: own_second.map(|vote| vote.card),
        result: revealed.then(|| statistics(&round.deck, &cards)),
        second_thoughts: (revealed && !second.is_empty()).then(|| statistics(&round.deck, &second)),
    }
}

fn hands(room: &Room, round: &Round) -> Vec<Hand> {
    let open = round.revealed_at.is_some() && !round.anonymous;
    let cards: Vec<usize> = round.votes.iter().map(|vote| vote.card).collect();
    let apart = outliers(&round.deck, &cards);
    let of = |one: &Participant| {
        let place = round.votes.iter().position(|vote| vote.participant == one.id);
        let vote = place.and_then(|place| round.votes.get(place)).filter(|_| open);
        Hand {
            participant: one.id,
            voted: place.is_some(),
            card: vote
                .and_then(|vote| round.deck.card(vote.card))
                .map(|card| card.label.clone()),
            outlier: open
                && place
                    .and_then(|place| apart.get(place))
                    .is_some_and(|apart| *apart),
        }
    };
    let seen = room.people.iter().filter(|one| one.put_out.is_none());
    seen.filter(|one| round.takes(one) || round.vote_of(one.id).is_some())
        .map(of)
        .collect()
}

fn story(story: &Story, voting: bool) -> StoryView {
    let agreed = story.agreed.as_ref();
    StoryView {
        id: story.id,
        name: story.name.clone(),
        reference: story.reference.clone(),
        link: story.link.clone(),
        description: story.description.clone(),
        acceptance: story.acceptance.clone(),
        tags: story.tags.clone(),
        skipped: story.skipped,
        voting,
        estimate: agreed.map(|agreed| agreed.estimate.clone()),
        points: agreed
            .and_then(|agreed| agreed.points)
            .map(super::points::Points::as_hundredths),
        note: agreed.map_or_else(String::new, |agreed| agreed.note.clone()),
    }
}
