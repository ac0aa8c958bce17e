//! A room as it looks after an hour of estimating, for an invented plan.

use super::rules::agree::estimate;
use super::rules::cards::Deck;
use super::rules::room::Options;
use super::store::{self, Agreement, NewRoom};
use super::stories::{StoryDraft, add_stories};
use crate::db::{Actor, Db, Gesture, WriteTx};
use crate::error::AppError;
use crate::units::ids::{AccountId, ParticipantId, RoomId, StoryId};

/// Who sits at the table besides those with an account.
const GUESTS: [&str; 4] = ["Jonas", "Wren", "Luc", "Priya"];
/// How long the team talks about one round, in milliseconds.
const A_ROUND: i64 = 6 * 60_000;

/// A story, what was agreed of it, and the cards of each round by the seats at the table; `-` for who did not vote.
struct Scene {
    reference: &'static str,
    name: &'static str,
    tags: &'static str,
    agreed: &'static str,
    note: &'static str,
    rounds: &'static [&'static str],
}

const fn scene(
    (reference, name, tags): (&'static str, &'static str, &'static str),
    (agreed, note): (&'static str, &'static str),
    rounds: &'static [&'static str],
) -> Scene {
    Scene {
        reference,
        name,
        tags,
        agreed,
        note,
        rounds,
    }
}

const SCENES: [Scene; 10] = [
    scene(
        ("BAL-104", "Fault current study", "electrical"),
        ("13", "with the neighbour’s feeder"),
        &["8 13 13 21 13 8 13 13", "13 13 13 13 13 8 13 13"],
    ),
    scene(
        ("BAL-109", "Trench crossing drawings", "civil"),
        ("8", ""),
        &["8 8 5 8 8 8 13 8"],
    ),
    scene(
        ("BAL-112", "Cooling of the relay room", "building"),
        ("5", ""),
        &["5 5 5 3 5 5 5 8"],
    ),
    scene(
        ("BAL-115", "Cable tag list", "electrical, drawings"),
        ("2", ""),
        &["2 2 1 2 2 3 2 2"],
    ),
    scene(
        ("BAL-118", "Relay cabinet layout", "electrical, drawings"),
        ("8", "doors on both sides"),
        &["5 8 3 21 8 8 5 13", "8 8 8 8 8 5 8 8"],
    ),
    scene(
        ("BAL-121", "Earthing study", "electrical"),
        ("5", ""),
        &["5 5 5 5 8 5 5 5"],
    ),
    scene(
        ("BAL-124", "Cable schedule export", "software"),
        ("", ""),
        &["5 5 - 5 13 3 5 8"],
    ),
    scene(("BAL-127", "Lighting calc review", "electrical"), ("", ""), &[]),
    scene(("BAL-130", "Vendor drawings", "drawings"), ("", ""), &[]),
    scene(("BAL-131", "As-built mark-ups", "drawings"), ("", ""), &[]),
];

/// Lays down the room: `people` with an account are in it, the first one's it is. It ends at `now`, in milliseconds.
///
/// # Errors
/// Whatever the database answers.
pub async fn lay(db: &Db, link: String, people: Vec<(AccountId, String)>, now: i64) -> Result<(), AppError> {
    let rounds: usize = SCENES.iter().map(|scene| scene.rounds.len()).sum();
    let mut at = now - A_ROUND * i64::try_from(rounds + 1).unwrap_or_default();
    let begun = db.write(act(at), move |tx| begin(tx, &link, &people)).await?;
    let (room, seats, stories) = begun.value;
    for (scene, story) in SCENES.iter().zip(stories) {
        for cards in scene.rounds {
            at += A_ROUND;
            let seats = seats.clone();
            db.write(act(at), move |tx| vote(tx, room, story, &seats, cards))
                .await?;
        }
        if !scene.agreed.is_empty() {
            db.write(act(at), move |tx| agree(tx, room, story, scene)).await?;
        }
    }
    Ok(())
}

fn act(at: i64) -> Gesture {
    Gesture {
        actor: Actor::program(),
        label: "invented a room of planning poker".to_owned(),
        at,
    }
}

type Begun = (RoomId, Vec<ParticipantId>, Vec<StoryId>);

fn begin(tx: &WriteTx<'_>, link: &str, people: &[(AccountId, String)]) -> Result<Begun, AppError> {
    let (owner, by) = people.first().ok_or(AppError::NotFound)?;
    let room = store::add_room(
        tx,
        &NewRoom {
            link: link.to_owned(),
            name: "Sprint 24 estimation".to_owned(),
            owner: *owner,
            deck: Deck::default(),
            department: None,
            project: None,
            options: Options::default(),
        },
    )?;
    let mut seats = Vec::new();
    for (account, name) in people {
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
    let drafts: Vec<StoryDraft> = SCENES.iter().map(Scene::draft).collect();
    Ok((room, seats, add_stories(tx, room, &drafts, by)?))
}

impl Scene {
    fn draft(&self) -> StoryDraft {
        StoryDraft {
            name: self.name.to_owned(),
            reference: self.reference.to_owned(),
            tags: self.tags.split(", ").map(str::to_owned).collect(),
            ..StoryDraft::default()
        }
    }
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
