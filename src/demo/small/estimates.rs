//! What the invented team has estimated: a finished sprint that says what a point takes it, and the next release, with its
//! votes.

use super::super::store_poker::{Room, add_room, add_round, add_story, finish};
use super::super::{Moment, email_of};
use crate::accounts::{DEMO_PLANNER, account_by_email};
use crate::book::Plan;
use crate::db::{DbError, WriteTx};
use crate::plan::estimates::{Factor, SizeHours, set_factor, set_sizes};
use crate::poker::Deck;
use crate::units::Minutes;
use crate::units::ids::{AccountId, DepartmentId};

const DAY: i64 = 86_400_000;
/// The team, and its project.
const TEAM: &str = "Digital";
const PROJECT: &str = "Survey data platform";
/// Who estimates beside the planner.
const VOTERS: [&str; 3] = ["Amara Osei", "Mina Park", "Oskar Nowak"];
/// Their account, where they have one, and their name.
type Voter = (Option<AccountId>, String);
const GUEST: &str = "Ines, Metro Lines";

/// What was done lately: number, name, points, hours, how many days ago.
const DONE: [(&str, &str, i32, i64, i64); 14] = [
    ("SDP-11", "Read survey files as the crews send them", 5, 22, 41),
    ("SDP-12", "Map view of all control points", 8, 39, 38),
    ("SDP-13", "Sign in with the client’s accounts", 3, 11, 36),
    ("SDP-14", "Reject points outside of the corridor", 2, 7, 34),
    ("SDP-15", "Show who changed a point", 3, 14, 30),
    ("SDP-16", "Export to the drawing office", 5, 29, 27),
    ("SDP-17", "Nightly copy of all surveys", 2, 6, 25),
    ("SDP-18", "Compare two epochs of one section", 13, 71, 20),
    ("SDP-19", "Find a point by its number", 1, 3, 17),
    ("SDP-20", "Settlement over time as a curve", 5, 18, 14),
    ("SDP-21", "Warn when a limit is passed", 5, 44, 12),
    ("SDP-22", "Print a section for the site office", 3, 16, 9),
    ("SDP-23", "Units of the client’s old tables", 1, 5, 8),
    ("SDP-24", "Photos beside points", 3, 9, 7),
];

/// What is voted on for the next release: number, name, what was agreed, and the cards of everybody in points.
const NEXT: [(&str, &str, Option<i32>, &[i32]); 9] = [
    (
        "SDP-31",
        "Point clouds come in by themselves",
        Some(8),
        &[8, 8, 5, 8, 8],
    ),
    (
        "SDP-32",
        "Crews see their next section",
        Some(3),
        &[3, 3, 3, 2, 3],
    ),
    (
        "SDP-33",
        "Limits by kind of structure",
        Some(5),
        &[3, 5, 5, 13, 5],
    ),
    (
        "SDP-34",
        "Work without a connection",
        Some(13),
        &[5, 13, 21, 34, 13],
    ),
    (
        "SDP-35",
        "Reports in the client’s layout",
        Some(5),
        &[5, 5, 5, 5, 5],
    ),
    (
        "SDP-36",
        "Hand points over to the twin",
        Some(8),
        &[5, 8, 8, 13, 8],
    ),
    ("SDP-37", "Archive old epochs", None, &[2, 3, 8, 3, 5]),
    ("SDP-38", "Alarm by text message", None, &[]),
    ("SDP-39", "Colours for who cannot tell red from green", None, &[]),
];

/// Adds both rooms, and what other teams think of their points.
pub fn add(tx: &WriteTx<'_>, plan: &Plan, moment: &Moment) -> Result<(), DbError> {
    add_paces(tx, plan)?;
    let Some((planner, _)) = account_by_email(tx, DEMO_PLANNER)? else {
        return Ok(());
    };
    let project = plan.projects.iter().find(|one| one.name == PROJECT);
    let (Some(team), Some(project)) = (team(plan, TEAM), project) else {
        return Ok(());
    };
    let mut people: Vec<Voter> = vec![(Some(planner.id), planner.name)];
    for name in VOTERS {
        let account = account_by_email(tx, &email_of(name))?;
        people.push((account.map(|(account, _)| account.id), name.to_owned()));
    }
    people.push((None, GUEST.to_owned()));
    let deck = serde_json::to_string(&Deck::default()).unwrap_or_default();
    let room = Room {
        link: "survey-platform-sprint-12",
        name: "Survey platform, sprint 12",
        owner: planner.id,
        team,
        project: project.id,
        deck: &deck,
        made_at: moment.now - 45 * DAY,
        ended_at: Some(moment.now - 44 * DAY),
    };
    add_done(tx, &room, &people, moment)?;
    let room = Room {
        link: "survey-platform-next-release",
        name: "Survey platform, next release",
        made_at: moment.now - 2 * DAY,
        ended_at: None,
        ..room
    };
    add_next(tx, &room, &people)
}

fn team(plan: &Plan, name: &str) -> Option<DepartmentId> {
    let found = plan.departments.iter().find(|one| one.name == name);
    found.map(|one| one.id)
}

/// One team has typed what a point takes it, another what its T-shirts take.
fn add_paces(tx: &WriteTx<'_>, plan: &Plan) -> Result<(), DbError> {
    if let Some(team) = team(plan, "Structural") {
        let factor = Factor {
            minutes: 240,
            less: 30,
            more: 50,
        };
        set_factor(tx, team, Some(factor))?;
    }
    if let Some(team) = team(plan, "Delivery") {
        let size = |(label, low, high): (&str, u32, u32)| SizeHours {
            label: label.to_owned(),
            low: Minutes::from_hours(low),
            high: Minutes::from_hours(high),
        };
        let all = [("S", 2, 6), ("M", 6, 14), ("L", 12, 30), ("XL", 30, 80)].map(size);
        set_sizes(tx, team, &all)?;
    }
    Ok(())
}

/// The sprint that is over, with what its stories took.
fn add_done(tx: &WriteTx<'_>, room: &Room<'_>, people: &[Voter], moment: &Moment) -> Result<(), DbError> {
    let (id, _) = add_room(tx, room, people)?;
    for (reference, name, points, hours, ago) in DONE {
        let story = add_story(tx, id, (reference, name), Some(points), room.made_at)?;
        finish(tx, story, hours * 60, moment.now - ago * DAY)?;
    }
    Ok(())
}

/// The release to come, with its votes.
fn add_next(tx: &WriteTx<'_>, room: &Room<'_>, people: &[Voter]) -> Result<(), DbError> {
    let (id, all) = add_room(tx, room, people)?;
    for (reference, name, points, votes) in NEXT {
        let story = add_story(tx, id, (reference, name), points, room.made_at)?;
        if !votes.is_empty() {
            let cards = votes.iter().map(|points| place_of(*points));
            let cards = all.iter().copied().zip(cards);
            add_round(tx, (id, story), room.deck, cards, room.made_at)?;
        }
    }
    Ok(())
}

/// Where the card of so many points lies in the usual deck.
fn place_of(points: i32) -> i64 {
    let all = [0, 1, 2, 3, 5, 8, 13, 21, 34];
    let place = all.iter().position(|own| *own == points);
    place.and_then(|place| i64::try_from(place).ok()).unwrap_or(0)
}
