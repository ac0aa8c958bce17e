//! What somebody may see of a room. This is the one place where that is decided: pages, JSON, events and exports are made
//! from a [`View`], and nothing else of a room leaves the house.
//!
//! Before its reveal a round tells of others' votes whether they voted, and nothing that depends on what. After the reveal of
//! an anonymous round it tells how often each card was chosen, and not by whom; of fewer than three votes it tells nothing.
//! An asynchronous round opens to somebody once it is over and they have voted in it.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::cards::{Card, Deck};
use super::room::{Options, Participant, Room, Round, Story, Vote};
use super::statistics::{Statistics, outliers, statistics};
use crate::units::ids::{DepartmentId, ParticipantId, ProjectId, RoundId, StoryId};

/// So few votes of an anonymous round tell who gave them, so they are not told at all.
const TOO_FEW: usize = 3;

/// Who looks, and when.
#[derive(Clone, Copy)]
pub struct Viewer<'a> {
    /// Who they are in the room; none for who only reads, such as an export.
    pub participant: Option<ParticipantId>,
    /// Who is there at the moment.
    pub is_present: &'a dyn Fn(ParticipantId) -> bool,
    /// What time it is, in milliseconds.
    pub now: i64,
    /// The live round that reveals by itself soon, and when: everybody has voted.
    pub soon: Option<(RoundId, i64)>,
    /// Who may take over the room, since nobody who runs it is there.
    pub heir: Option<ParticipantId>,
}

impl Viewer<'_> {
    /// Somebody to whom it does not matter who is there, or when: an export, a history.
    #[must_use]
    pub fn reader(participant: Option<ParticipantId>) -> Self {
        Self {
            participant,
            is_present: &|_| false,
            now: 0,
            soon: None,
            heir: None,
        }
    }
}

/// A room as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// What stands in its address: `/poker/{link}`.
    pub link: String,
    /// What it is called.
    pub name: String,
    /// How often it was changed.
    pub seq: i64,
    /// Whether it was ended: then it is read and not played in.
    pub ended: bool,
    /// When it was ended, in milliseconds since 1970.
    pub ended_at: Option<i64>,
    /// What time it is at the server, in milliseconds since 1970: deadlines are in its terms.
    pub now: i64,
    /// Where its stories are planned.
    #[schema(value_type = Option<i64>)]
    pub project: Option<ProjectId>,
    /// The team whose pace turns points into hours.
    #[schema(value_type = Option<i64>)]
    pub department: Option<DepartmentId>,
    /// The cards of the next round. A round on the table has its own.
    #[schema(value_type = Object)]
    pub deck: Deck,
    /// How it plays; a round on the table keeps what held when it began.
    pub options: OptionsView,
    /// Who the viewer is in it; none for who only reads.
    #[schema(value_type = Option<i64>)]
    pub own: Option<ParticipantId>,
    /// Who is in it, in the order in which they first came.
    pub people: Vec<Seat>,
    /// The round that is played now; none while nothing is on the table.
    pub round: Option<Table>,
    /// Rounds that take votes over days, or were revealed and not yet put away.
    pub asynchronous: Vec<Table>,
    /// What is to be estimated, in its order.
    pub stories: Vec<StoryView>,
    /// What the viewer may do.
    pub may: May,
}

/// How a room plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of one form, none implied by another"
)]
pub struct OptionsView {
    /// Who may reveal, vote again, accept and change stories: `facilitators` or `everybody`.
    pub runs: &'static str,
    /// Whether a round reveals by itself, two seconds after everybody present has voted.
    pub auto_reveal: bool,
    /// Whether nobody learns who voted what.
    pub anonymous: bool,
    /// Whether who comes after a round has begun may vote in it.
    pub late_voters: bool,
    /// Whether people may say after the reveal what they would say now.
    pub open_discussion: bool,
    /// Whether people without an account may come in by the link.
    pub guests: bool,
    /// How long a round lasts, in seconds; none without a timer.
    pub timer: Option<u32>,
    /// Whether a passcode is asked for. Which one stands nowhere.
    pub passcode: bool,
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
    /// Whether it is theirs: they always run it, and are not put out.
    pub owner: bool,
    /// Whether they are there at the moment.
    pub present: bool,
    /// Whether it is the viewer: for pages. A program compares the id with the view's `own`, so that all get the same people.
    #[serde(skip)]
    pub own: bool,
}

/// What the viewer may do. In a room that was ended: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "answers to different questions, none implied by another"
)]
pub struct May {
    /// Vote in the live round, which is not revealed yet.
    pub vote: bool,
    /// Say after the reveal what they would say now; it is kept apart from their vote.
    pub reconsider: bool,
    /// Reveal, vote again, accept, change stories.
    pub run: bool,
    /// Change the room, put people out, say who runs it.
    pub facilitate: bool,
    /// Take over the room: nobody who runs it was there for a minute, and of those with an account they are there longest.
    pub claim: bool,
}

/// A round as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "answers to different questions, none implied by another"
)]
pub struct Table {
    /// The round's id: it goes with every vote.
    pub round_id: i64,
    /// 1, 2, 3 … of its story, or of the room's quick votes.
    pub number: i64,
    /// What it is about; none for a quick vote.
    #[schema(value_type = Option<i64>)]
    pub story: Option<StoryId>,
    /// The cards; a vote names one by its place here, from 0.
    #[schema(value_type = Vec<Object>)]
    pub cards: Vec<Card>,
    /// Whether nobody learns who voted what.
    pub anonymous: bool,
    /// Whether votes come in over days.
    pub asynchronous: bool,
    /// When it began, in milliseconds since 1970.
    pub opened_at: i64,
    /// When its time is up, in milliseconds since 1970: then it reveals by itself.
    pub deadline: Option<i64>,
    /// When it reveals by itself because everybody has voted, in milliseconds since 1970; a vote that changes puts it off.
    pub reveals_at: Option<i64>,
    /// Whether no more votes are taken.
    pub over: bool,
    /// When it was put away, in milliseconds since 1970; none while it is on the table.
    pub closed_at: Option<i64>,
    /// Whether the cards lie open to the viewer. Where a round is over and this is false, it was put away without a reveal, or
    /// it was asynchronous and the viewer has not voted.
    pub revealed: bool,
    /// Whether it was anonymous and had too few votes to tell anything of them: then there is no result.
    pub too_few: bool,
    /// Everybody who has voted or may, in the order of the room.
    pub hands: Vec<Hand>,
    /// How many have voted.
    pub voted: usize,
    /// What the viewer has voted: the place of the card.
    pub own: Option<usize>,
    /// What the viewer would say now, after the reveal: the place of the card.
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
    /// Their name: who was put out after the reveal is not among the people any more.
    pub name: String,
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
    /// What it is about; told of the story on the table, since all of five hundred would be megabytes for each who looks.
    pub description: String,
    /// When it is done; told of the story on the table.
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
    /// Who accepted it; none before.
    pub agreed_by: Option<String>,
    /// When, in milliseconds since 1970.
    pub agreed_at: Option<i64>,
}

/// What is somebody's own in a room; of everything else, all who are in it see the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Who they are in it; none for who only reads.
    pub participant: Option<ParticipantId>,
    /// What they may do.
    pub may: May,
    /// What they have voted in the live round: the place of the card.
    pub vote: Option<usize>,
    /// What they would say now, after its reveal.
    pub second: Option<usize>,
    /// Rounds over days open to who has voted in them.
    pub asynchronous: Vec<Table>,
}

/// What is `viewer`'s own in `room`.
#[must_use]
pub fn own(room: &Room, viewer: &Viewer<'_>) -> Own {
    let known = viewer.participant.and_then(|id| room.participant(id));
    let slow = room.rounds.iter().filter(|round| round.asynchronous);
    let live = room.live_round();
    Own {
        participant: viewer.participant,
        may: known.map_or_else(May::default, |own| may(room, own, viewer)),
        vote: live.and_then(|round| round.vote_of(viewer.participant?)),
        second: live.and_then(|round| second_of(round, viewer)),
        asynchronous: slow.map(|round| table(room, round, viewer)).collect(),
    }
}

fn second_of(round: &Round, viewer: &Viewer<'_>) -> Option<usize> {
    let mut seconds = round.second_thoughts.iter();
    let own = seconds.find(|vote| Some(vote.participant) == viewer.participant);
    own.map(|vote| vote.card)
}

/// What `viewer` may see of `room`.
#[must_use]
pub fn view(room: &Room, viewer: &Viewer<'_>) -> View {
    let own = own(room, viewer);
    let seats = room.people.iter().filter(|one| one.put_out.is_none());
    let live = room.live_round();
    View {
        link: room.link.clone(),
        name: room.name.clone(),
        seq: room.seq,
        ended: room.ended_at.is_some(),
        ended_at: room.ended_at,
        now: viewer.now,
        project: room.project,
        department: room.department,
        deck: room.deck.clone(),
        options: options(&room.options, room.has_passcode),
        own: viewer.participant,
        people: seats
            .map(|one| Seat {
                id: one.id,
                name: one.name.clone(),
                guest: one.account.is_none(),
                spectator: one.spectator,
                facilitator: one.facilitator,
                owner: one.account == Some(room.owner),
                present: (viewer.is_present)(one.id),
                own: Some(one.id) == viewer.participant,
            })
            .collect(),
        round: live.map(|round| table(room, round, viewer)),
        asynchronous: own.asynchronous,
        stories: room
            .stories
            .iter()
            .map(|one| story(one, live.is_some_and(|round| round.story == Some(one.id))))
            .collect(),
        may: own.may,
    }
}

/// The same with all that is written of every story, for who looks at one of them or takes them away.
#[must_use]
pub fn whole(room: &Room, viewer: &Viewer<'_>) -> View {
    let mut view = view(room, viewer);
    for (shown, story) in view.stories.iter_mut().zip(room.stories.iter()) {
        shown.description.clone_from(&story.description);
        shown.acceptance.clone_from(&story.acceptance);
    }
    view
}

/// What `viewer` may see of rounds of `room` that were put away, or of any other.
#[must_use]
pub fn past(room: &Room, rounds: &[Round], viewer: &Viewer<'_>) -> Vec<Table> {
    rounds.iter().map(|round| table(room, round, viewer)).collect()
}

const fn options(options: &Options, passcode: bool) -> OptionsView {
    OptionsView {
        runs: options.runs.as_str(),
        auto_reveal: options.auto_reveal,
        anonymous: options.anonymous,
        late_voters: options.late_voters,
        open_discussion: options.open_discussion,
        guests: options.guests,
        timer: options.timer,
        passcode,
    }
}

fn may(room: &Room, own: &Participant, viewer: &Viewer<'_>) -> May {
    let plays = room.ended_at.is_none() && own.put_out.is_none();
    let open = |revealed: bool| {
        let live = room.live_round();
        plays && live.is_some_and(|round| round.takes(own) && round.revealed_at.is_some() == revealed)
    };
    May {
        vote: open(false),
        reconsider: room.options.open_discussion && open(true),
        run: plays && room.may_run(own),
        facilitate: plays && own.facilitator,
        claim: plays && viewer.heir == Some(own.id),
    }
}

/// Whether the cards of `round` lie open to `viewer`. Of a round that takes votes over days nobody sees anything before it is
/// put away who has not voted in it, whatever they have become since; who runs the room has to see it to begin the talk.
fn lies_open(room: &Room, round: &Round, viewer: &Viewer<'_>) -> bool {
    let own = viewer.participant.and_then(|id| room.participant(id));
    let has_voted = own.is_some_and(|own| own.facilitator || round.vote_of(own.id).is_some());
    round.revealed_at.is_some() && (!round.asynchronous || round.closed_at.is_some() || has_voted)
}

fn table(room: &Room, round: &Round, viewer: &Viewer<'_>) -> Table {
    let revealed = lies_open(room, round, viewer);
    let told = |votes: &[Vote]| {
        let cards: Vec<usize> = votes.iter().map(|vote| vote.card).collect();
        let enough = !round.anonymous || cards.len() >= TOO_FEW;
        (revealed && enough).then(|| statistics(&round.deck, &cards))
    };
    Table {
        round_id: round.id.0,
        number: round.number,
        story: round.story,
        cards: round.deck.cards.clone(),
        anonymous: round.anonymous,
        asynchronous: round.asynchronous,
        opened_at: round.opened_at,
        deadline: round.deadline,
        reveals_at: viewer
            .soon
            .filter(|(soon, _)| *soon == round.id)
            .map(|(_, at)| at),
        over: round.revealed_at.is_some() || round.closed_at.is_some(),
        closed_at: round.closed_at,
        revealed,
        too_few: revealed && round.anonymous && round.votes.len() < TOO_FEW,
        hands: hands(room, round, revealed),
        voted: round.votes.len(),
        own: viewer.participant.and_then(|own| round.vote_of(own)),
        own_second: second_of(round, viewer),
        result: told(&round.votes),
        second_thoughts: told(&round.second_thoughts).filter(|_| !round.second_thoughts.is_empty()),
    }
}

fn hands(room: &Room, round: &Round, revealed: bool) -> Vec<Hand> {
    let open = revealed && !round.anonymous;
    let cards: Vec<usize> = round.votes.iter().map(|vote| vote.card).collect();
    let apart = outliers(&round.deck, &cards);
    let votes: HashMap<ParticipantId, (usize, bool)> = round
        .votes
        .iter()
        .zip(apart)
        .map(|(vote, apart)| (vote.participant, (vote.card, apart)))
        .collect();
    let hand = |one: &Participant| {
        let vote = votes.get(&one.id).copied();
        let may = one.put_out.is_none() && round.closed_at.is_none() && round.takes(one);
        let shown = vote.filter(|_| open);
        (vote.is_some() || may).then(|| Hand {
            participant: one.id,
            name: one.name.clone(),
            voted: vote.is_some(),
            card: shown
                .and_then(|(card, _)| round.deck.card(card))
                .map(|card| card.label.clone()),
            outlier: shown.is_some_and(|(_, apart)| apart),
        })
    };
    room.people.iter().filter_map(hand).collect()
}

fn story(story: &Story, voting: bool) -> StoryView {
    let agreed = story.agreed.as_ref();
    StoryView {
        id: story.id,
        name: story.name.clone(),
        reference: story.reference.clone(),
        link: story.link.clone(),
        description: if voting {
            story.description.clone()
        } else {
            String::new()
        },
        acceptance: if voting {
            story.acceptance.clone()
        } else {
            String::new()
        },
        tags: story.tags.clone(),
        skipped: story.skipped,
        voting,
        estimate: agreed.map(|agreed| agreed.estimate.clone()),
        points: agreed
            .and_then(|agreed| agreed.points)
            .map(super::points::Points::as_hundredths),
        note: agreed.map_or_else(String::new, |agreed| agreed.note.clone()),
        agreed_by: agreed.map(|agreed| agreed.by.clone()),
        agreed_at: agreed.map(|agreed| agreed.at),
    }
}
