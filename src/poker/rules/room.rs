//! A room as it stands: who is in it, what is to be estimated, and the rounds on the table, with their votes.
//!
//! Nothing of this leaves the house as it is. What somebody may see of it is made in [`super::view`] and nowhere else.

use std::collections::HashSet;
use std::sync::Arc;

use super::cards::Deck;
use super::points::Points;
use crate::units::ids::{AccountId, DepartmentId, ParticipantId, ProjectId, RoomId, RoundId, StoryId};

/// Who may reveal, vote again, accept and change stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Runs {
    /// Facilitators.
    #[default]
    Facilitators,
    /// Whoever is in the room with an account or as a voter.
    Everybody,
}

impl Runs {
    /// As forms, JSON and the database write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Facilitators => "facilitators",
            Self::Everybody => "everybody",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Facilitators, Self::Everybody]
            .into_iter()
            .find(|runs| runs.as_str() == text)
    }
}

/// How a room plays.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "five switches of one form, none implied by another"
)]
pub struct Options {
    /// Who may reveal.
    pub runs: Runs,
    /// Whether a round reveals by itself once everybody present has voted.
    pub auto_reveal: bool,
    /// Whether nobody learns who voted what.
    pub anonymous: bool,
    /// Whether who comes after a round has begun may vote in it.
    pub late_voters: bool,
    /// Whether people may say after the reveal what they would say now.
    pub open_discussion: bool,
    /// Whether people without an account may come in by the link.
    pub guests: bool,
    /// How long a round lasts, in seconds.
    pub timer: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            runs: Runs::default(),
            auto_reveal: true,
            anonymous: false,
            late_voters: true,
            open_discussion: false,
            guests: true,
            timer: None,
        }
    }
}

/// How somebody was put out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOut {
    /// They may come back.
    Kicked,
    /// They may not.
    Banned,
}

impl PutOut {
    /// As the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kicked => "kicked",
            Self::Banned => "banned",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Kicked, Self::Banned]
            .into_iter()
            .find(|out| out.as_str() == text)
    }
}

/// Somebody in a room.
#[derive(Clone, Debug)]
pub struct Participant {
    /// Their id, which is good for this room alone.
    pub id: ParticipantId,
    /// Their account; none for a guest.
    pub account: Option<AccountId>,
    /// Under which name others see them.
    pub name: String,
    /// Whether they only watch.
    pub spectator: bool,
    /// Whether they run the room.
    pub facilitator: bool,
    /// Whether they may take the room over: their account takes part, and does not only look on.
    pub may_take_over: bool,
    /// Whether they were put out.
    pub put_out: Option<PutOut>,
    /// Which passcode they knew.
    pub passcode: i64,
    /// When they first came, in milliseconds.
    pub joined_at: i64,
}

/// What was agreed of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The label of a card, or a number as it was typed.
    pub estimate: String,
    /// Its points, where it has any.
    pub points: Option<Points>,
    /// Why, in the words of who accepted.
    pub note: String,
    /// Who accepted.
    pub by: String,
    /// When, in milliseconds.
    pub at: i64,
}

/// Something to estimate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its id.
    pub id: StoryId,
    /// What it is called.
    pub name: String,
    /// Its number elsewhere, or empty: BAL-124.
    pub reference: String,
    /// Where it stands elsewhere, or empty; http or https only.
    pub link: String,
    /// What it is about, or empty.
    pub description: String,
    /// When it is done, or empty.
    pub acceptance: String,
    /// Words that sort it.
    pub tags: Vec<String>,
    /// Whether the team passed over it.
    pub skipped: bool,
    /// What was agreed; none before.
    pub agreed: Option<Agreed>,
}

/// What somebody voted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Whose it is.
    pub participant: ParticipantId,
    /// The place of the card in the round's deck.
    pub card: usize,
}

/// One vote of everybody on one thing.
#[derive(Clone, Debug)]
pub struct Round {
    /// Its id.
    pub id: RoundId,
    /// What it is about; none for a quick vote.
    pub story: Option<StoryId>,
    /// 1, 2, 3 … of its story, or of the room's quick votes.
    pub number: i64,
    /// The cards as they were when it began.
    pub deck: Deck,
    /// Whether nobody learns who voted what.
    pub anonymous: bool,
    /// Whether who came after it began may vote.
    pub late_voters: bool,
    /// Whether votes come in over days.
    pub asynchronous: bool,
    /// When it began, in milliseconds.
    pub opened_at: i64,
    /// When it reveals by itself, in milliseconds.
    pub deadline: Option<i64>,
    /// When it was revealed.
    pub revealed_at: Option<i64>,
    /// When it was put away; none while it is on the table.
    pub closed_at: Option<i64>,
    /// What was voted.
    pub votes: Vec<Vote>,
    /// What people would say after the discussion.
    pub second_thoughts: Vec<Vote>,
}

impl Round {
    /// What `participant` voted.
    #[must_use]
    pub fn vote_of(&self, participant: ParticipantId) -> Option<usize> {
        let vote = self.votes.iter().find(|vote| vote.participant == participant);
        vote.map(|vote| vote.card)
    }

    /// Whether `participant` may vote in it.
    #[must_use]
    pub fn takes(&self, participant: &Participant) -> bool {
        let in_time = self.late_voters || participant.joined_at <= self.opened_at;
        !participant.spectator && participant.put_out.is_none() && in_time
    }
}

/// A room.
#[derive(Clone, Debug)]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// What stands in its address.
    pub link: String,
    /// What it is called.
    pub name: String,
    /// How often it was changed.
    pub seq: i64,
    /// Who made it.
    pub owner: AccountId,
    /// The team whose pace turns points into hours.
    pub department: Option<DepartmentId>,
    /// Where its stories are planned.
    pub project: Option<ProjectId>,
    /// The cards of the next round.
    pub deck: Deck,
    /// How it plays.
    pub options: Options,
    /// Whether a passcode is asked for.
    pub has_passcode: bool,
    /// Which passcode that is.
    pub passcode: i64,
    /// When it was made, in milliseconds.
    pub made_at: i64,
    /// When it was ended; none while it is played in.
    pub ended_at: Option<i64>,
    /// Everybody who ever came, in that order.
    pub people: Vec<Participant>,
    /// What is to be estimated, in its order.
    /// Shared by one state of a room and the next, as long as only votes differ: their texts may be long.
    pub stories: Arc<Vec<Story>>,
    /// The rounds on the table, the newest last: one live round at most, and any number of asynchronous ones.
    pub rounds: Vec<Round>,
}

impl Room {
    /// Somebody of the room.
    #[must_use]
    pub fn participant(&self, id: ParticipantId) -> Option<&Participant> {
        self.people.iter().find(|one| one.id == id)
    }

    /// Somebody of the room by their account.
    #[must_use]
    pub fn by_account(&self, account: AccountId) -> Option<&Participant> {
        self.people.iter().find(|one| one.account == Some(account))
    }

    /// The round that is played now; none while nothing is on the table.
    #[must_use]
    pub fn live_round(&self) -> Option<&Round> {
        self.rounds.iter().rev().find(|round| !round.asynchronous)
    }

    /// A round on the table.
    #[must_use]
    pub fn round(&self, id: RoundId) -> Option<&Round> {
        self.rounds.iter().find(|round| round.id == id)
    }

    /// A story of the room.
    #[must_use]
    pub fn story(&self, id: StoryId) -> Option<&Story> {
        self.stories.iter().find(|story| story.id == id)
    }

    /// Whether somebody may come in without being asked for the passcode again.
    #[must_use]
    pub fn admits(&self, participant: &Participant) -> bool {
        let guest_may = participant.account.is_some() || self.options.guests;
        let knows = !self.has_passcode
            || participant.passcode == self.passcode
            || participant.account == Some(self.owner);
        participant.put_out.is_none() && guest_may && knows
    }

    /// Whether `participant` may reveal, vote again, accept and change stories.
    #[must_use]
    pub fn may_run(&self, participant: &Participant) -> bool {
        let takes_part = participant.account.is_some() || !participant.spectator;
        participant.facilitator || (takes_part && self.options.runs == Runs::Everybody)
    }

    /// Whether everybody who is present and may vote in `round` has. Nobody waits for who is away; a round that nobody
    /// has voted in is not over, and nothing is laid open in an empty room.
    #[must_use]
    pub fn all_voted(&self, round: &Round, is_present: impl Fn(ParticipantId) -> bool) -> bool {
        let voted: HashSet<ParticipantId> = round.votes.iter().map(|vote| vote.participant).collect();
        let mut awaited = self
            .people
            .iter()
            .filter(|one| round.takes(one) && self.admits(one) && is_present(one.id));
        let somebody_is_here = self.people.iter().any(|one| is_present(one.id));
        !round.votes.is_empty() && somebody_is_here && awaited.all(|one| voted.contains(&one.id))
    }
}
