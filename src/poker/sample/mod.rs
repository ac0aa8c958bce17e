//! Rooms as they look after some sprints of estimating, for an invented plan: two that are over, whose stories say what a
//! point takes the team, and the one in which it sits now.

mod scenes;

use std::sync::Arc;

use super::forecast;
use super::pace;
use super::rules::agree::estimate;
use super::rules::cards::Deck;
use super::rules::room::Options;
use super::store::{self, Agreement, NewRoom};
use super::stories::{StoryDraft, add_stories};
use crate::book::Book;
use crate::clock::Clock;
use crate::db::{Actor, Db, Gesture, WriteTx};
use crate::error::AppError;
use crate::units::Minutes;
use crate::units::ids::{AccountId, DepartmentId, ParticipantId, ProjectId, RoomId, StoryId};
use scenes::{BEFORE, LAST, NOW, Scene, Took};

/// Who sits at the table besides those with an account.
const GUESTS: [&str; 4] = ["Jonas", "Wren", "Luc", "Priya"];
/// How long the team talks about one round, in milliseconds.
const A_ROUND: i64 = 6 * 60_000;
const DAY: i64 = 86_400_000;
/// How many days ago the sprints that are over were estimated. The last one was foretold on the same day.
const BEFORE_DAYS: i64 = 72;
const LAST_DAYS: i64 = 28;
/// What the forecasts of the sample are drawn from.
const SEED: u64 = 24;

/// Whose rooms they are.
#[derive(Clone, Debug)]
pub struct Team {
    /// Whose pace counts.
    pub department: DepartmentId,
    /// Where the stories are planned.
    pub project: ProjectId,
    /// Who with an account is in the rooms; the first one runs them.
    pub people: Vec<(AccountId, String)>,
}

/// A room that is laid down.
#[derive(Clone, Copy, Debug)]
struct Sprint {
    /// What stands in its address. A demonstration is there for who sits before it, so nobody has to be kept from guessing.
    link: &'static str,
    name: &'static str,
    /// When it is over, in milliseconds.
    at: i64,
}

/// Lays down the rooms of a team; the live one has come to its last card by now.
///
/// # Errors
/// Whatever the database answers.
pub async fn lay(db: &Db, book: Arc<Book>, team: Team, clock: &Clock) -> Result<(), AppError> {
    let now = clock.now();
    let stage = Stage {
        db,
        book,
        team,
        clock,
    };
    let sprint = |link, name, at| Sprint { link, name, at };
    let before = sprint(
        "sprint-22-estimation",
        "Sprint 22 estimation",
        now - BEFORE_DAYS * DAY,
    );
    stage.finish(before, &BEFORE, now).await?;
    let last = sprint(
        "sprint-23-estimation",
        "Sprint 23 estimation",
        now - LAST_DAYS * DAY,
    );
    stage.finish(last, &LAST, now).await?;
    let live = sprint("sprint-24-estimation", "Sprint 24 estimation", now);
    let (room, _) = stage.play(live, &NOW).await?;
    stage.foretell(room, now).await
}

/// Where the rooms are laid down.
struct Stage<'a> {
    db: &'a Db,
    book: Arc<Book>,
    team: Team,
    clock: &'a Clock,
}

impl Stage<'_> {
    /// Plays a room: a round after the other, and what was agreed.
    async fn play(&self, sprint: Sprint, scenes: &[Scene]) -> Result<(RoomId, Vec<StoryId>), AppError> {
        let rounds: usize = scenes.iter().map(|scene| scene.rounds.len()).sum();
        let mut at = sprint.at - A_ROUND * i64::try_from(rounds + 1).unwrap_or_default();
        let team = self.team.clone();
        let drafts: Vec<StoryDraft> = scenes.iter().map(Scene::draft).collect();
        let begun = self
            .db
            .write(act(at), move |tx| begin(tx, sprint, &team, &drafts));
        let (room, seats, stories) = begun.await?.value;
        for (scene, story) in scenes.iter().copied().zip(&stories) {
            let story = *story;
            for cards in scene.rounds {
                at += A_ROUND;
                let seats = seats.clone();
                self.db
                    .write(act(at), move |tx| vote(tx, room, story, &seats, cards))
                    .await?;
            }
            if !scene.agreed.is_empty() {
                self.db
                    .write(act(at), move |tx| agree(tx, room, story, &scene))
                    .await?;
            }
        }
        Ok((room, stories))
    }

    /// Plays a room, foretells when its stories are done where the team knows its pace by then, and lets them be done.
    async fn finish(&self, sprint: Sprint, all: &[Took], now: i64) -> Result<(), AppError> {
        let scenes: Vec<Scene> = all.iter().map(|one| one.scene).collect();
        let (room, stories) = self.play(sprint, &scenes).await?;
        self.foretell(room, sprint.at).await?;
        self.db
            .write(act(sprint.at), move |tx| store::end_room(tx, room))
            .await?;
        for (one, story) in all.iter().copied().zip(stories) {
            let spent = Some(Minutes::from_hours(one.hours));
            self.db
                .write(act(now - one.days_ago * DAY), move |tx| {
                    pace::finish(tx, room, story, "Demo Planner", spent)
                })
                .await?;
        }
        Ok(())
    }

    /// Keeps what was foretold of a room at some moment, where anything can be.
    async fn foretell(&self, room: RoomId, at: i64) -> Result<(), AppError> {
        let (book, team) = (Arc::clone(&self.book), self.team.department);
        let today = self.clock.day_of(at);
        let drawn = self
            .db
            .read(move |tx| forecast::draw(tx, &book, (room, team), today, SEED))
            .await?;
        let Some(drawn) = drawn else { return Ok(()) };
        self.db
            .write(act(at), move |tx| drawn.keep(tx, room, "Demo Planner"))
            .await?;
        Ok(())
    }
}

fn act(at: i64) -> Gesture {
    Gesture {
        actor: Actor::program(),
        label: "invented a room of planning poker".to_owned(),
        at,
    }
}

type Begun = (RoomId, Vec<ParticipantId>, Vec<StoryId>);

fn begin(tx: &WriteTx<'_>, sprint: Sprint, team: &Team, drafts: &[StoryDraft]) -> Result<Begun, AppError> {
    let (owner, by) = team.people.first().ok_or(AppError::NotFound)?;
    let room = store::add_room(
        tx,
        &NewRoom {
            link: sprint.link.to_owned(),
            name: sprint.name.to_owned(),
            owner: *owner,
            deck: Deck::default(),
            department: Some(team.department),
            project: Some(team.project),
            options: Options::default(),
        },
    )?;
    let mut seats = Vec::new();
    for (account, name) in &team.people {
        let leads = account == owner;
        seats.push(store::add_participant(
            tx,
            room,
            Some(*account),
            (name, false, leads),
        )?);
    }
    for name in GUESTS {
        seats.push(store::add_participant(tx, room, None, (name, false, false))?);
    }
    // Who leads talks, and leaves the voting to the others.
    seats.remove(0);
    Ok((room, seats, add_stories(tx, room, drafts, by)?))
}

/// One round: everybody votes, then the cards lie open.
fn vote(
    tx: &WriteTx<'_>,
    room: RoomId,
    story: StoryId,
    seats: &[ParticipantId],
    cards: &str,
) -> Result<(), AppError> {
    let now = store::load(tx, room)?.ok_or(AppError::NotFound)?;
    let round = store::choose(tx, &now, Some(story))?;
    for (seat, label) in seats.iter().zip(cards.split(' ')) {
        let place = now.deck.cards.iter().position(|card| card.label == label);
        if let Some(place) = place {
            store::set_vote(tx, room, round, *seat, place)?;
        }
    }
    store::reveal(tx, room, round)?;
    Ok(())
}

fn agree(tx: &WriteTx<'_>, room: RoomId, story: StoryId, scene: &Scene) -> Result<(), AppError> {
    let now = store::load(tx, room)?.ok_or(AppError::NotFound)?;
    let (agreed, points) = estimate(&now.deck, scene.agreed).unwrap_or_default();
    let agreed = Agreement {
        estimate: agreed,
        points,
        note: scene.note.to_owned(),
        by: "Demo Planner".to_owned(),
    };
    let round = store::round_about(&now, story).map(|round| round.id);
    store::accept(tx, &now, (story, round), &agreed)
}
