//! What leaves a room, and what does not.

use super::*;
use crate::poker::rules::cards::Deck;
use crate::poker::rules::room::{Agreed, Options, Participant, Room, Round, Story, Vote};
use crate::poker::rules::view::{Viewer, past, view, whole};
use crate::sheet::{Separator, to_csv};
use crate::units::ids::{AccountId, ParticipantId, RoomId, RoundId, StoryId};

fn participant(id: i64, name: &str) -> Participant {
    Participant {
        id: ParticipantId(id),
        account: Some(AccountId(id)),
        name: name.to_owned(),
        spectator: false,
        may_take_over: false,
        facilitator: id == 1,
        put_out: None,
        passcode: 0,
        joined_at: 0,
    }
}

fn story(id: i64, reference: &str, name: &str) -> Story {
    Story {
        id: StoryId(id),
        name: name.to_owned(),
        reference: reference.to_owned(),
        link: String::new(),
        description: String::new(),
        acceptance: String::new(),
        tags: Vec::new(),
        skipped: false,
        agreed: None,
    }
}

fn round(id: i64, story: Option<i64>, votes: &[(i64, usize)]) -> Round {
    Round {
        id: RoundId(id),
        story: story.map(StoryId),
        number: id,
        deck: Deck::default(),
        anonymous: false,
        late_voters: true,
        asynchronous: false,
        opened_at: id,
        deadline: None,
        revealed_at: Some(id),
        closed_at: Some(id),
        votes: votes
            .iter()
            .map(|(who, card)| Vote {
                participant: ParticipantId(*who),
                card: *card,
            })
            .collect(),
        second_thoughts: Vec::new(),
    }
}

fn room() -> Room {
    let mut first = story(1, "BAL-1", "Relay | layout");
    first.agreed = Some(Agreed {
        estimate: "5".to_owned(),
        points: Some(Points::whole(5)),
        note: "with *doors*".to_owned(),
        by: "Mina".to_owned(),
        at: 1,
    });
    first.link = "https://x.example/1".to_owned();
    let mut second = story(2, "", "=HYPERLINK(\"https://evil.example\")");
    second.description = "+cmd|' /C calc'!A0".to_owned();
    Room {
        id: RoomId(1),
        link: "x".to_owned(),
        name: "Sprint 24".to_owned(),
        seq: 1,
        owner: AccountId(1),
        department: None,
        project: None,
        deck: Deck::default(),
        options: Options::default(),
        has_passcode: false,
        passcode: 0,
        made_at: 0,
        ended_at: None,
        people: vec![
            participant(1, "Mina"),
            participant(2, "Jonas"),
            participant(3, "Ada"),
        ],
        stories: std::sync::Arc::new(vec![first, second]),
        rounds: Vec::new(),
    }
}

fn report(room: &Room, rounds: &[Round]) -> Report {
    let reader = Viewer::reader(None);
    Report::of(&whole(room, &reader), &past(room, rounds, &reader))
}

fn csv(report: &Report) -> String {
    String::from_utf8(to_csv(&report.table(), Separator::Comma).unwrap()).unwrap()
}

#[test]
fn every_round_of_a_story_is_told_the_last_revealed_one_in_the_table() {
    let rounds = [
        round(3, Some(1), &[(1, 4), (2, 6)]),
        round(2, Some(1), &[(1, 2), (2, 7), (3, 4)]),
        round(1, None, &[(1, 1)]),
    ];
    let report = report(&room(), &rounds);
    let told: Vec<String> = report.stories[0].rounds.iter().map(RoundReport::told).collect();
    assert_eq!(told, ["Mina 2, Jonas 21, Ada 5", "Mina 5, Jonas 13"]);
    assert_eq!(report.quick_votes.len(), 1);
    assert_eq!(report.points, "5");
    assert!(
        csv(&report).contains("BAL-1,Relay | layout,5,5,9,9,5 to 13,2,\"Mina 5, Jonas 13\",with *doors*"),
        "{}",
        csv(&report)
    );
}

#[test]
fn r2_a_round_that_was_not_revealed_exports_no_value() {
    for card in 0..9 {
        let mut open = round(5, Some(2), &[(1, card), (2, card)]);
        open.revealed_at = None;
        open.closed_at = None;
        let mut put_away = round(6, None, &[(1, card)]);
        put_away.revealed_at = None;
        let mut room = room();
        room.rounds = vec![open.clone()];
        let report = report(&room, &[open, put_away]);
        let written = serde_json::to_string(&report).unwrap() + &csv(&report) + &report.markdown();
        let silent = {
            let mut open = round(5, Some(2), &[(1, 0), (2, 0)]);
            open.revealed_at = None;
            open.closed_at = None;
            let mut put_away = round(6, None, &[(1, 0)]);
            put_away.revealed_at = None;
            let report = self::report(&room, &[open, put_away]);
            serde_json::to_string(&report).unwrap() + &csv(&report) + &report.markdown()
        };
        assert_eq!(written, silent, "the card must make no difference");
        assert_eq!(
            (
                report.stories[1].rounds[0].voted,
                report.stories[1].rounds[0].votes.len()
            ),
            (2, 0)
        );
    }
}

#[test]
fn of_an_anonymous_round_no_name_leaves() {
    let mut anonymous = round(2, Some(2), &[(1, 2), (2, 4), (3, 4)]);
    anonymous.anonymous = true;
    let report = report(&room(), &[anonymous.clone()]);
    assert_eq!(report.stories[1].rounds[0].told(), "1 × 2, 2 × 5");
    let written = serde_json::to_string(&report.stories[1]).unwrap();
    assert!(!["Mina", "Jonas", "Ada"].iter().any(|name| written.contains(name)));
    anonymous.votes.truncate(2);
    let few = self::report(&room(), &[anonymous]);
    assert_eq!(
        few.stories[1].rounds[0].told(),
        "",
        "two votes would tell who gave them"
    );
}

#[test]
fn what_everybody_is_told_of_a_room_holds_the_long_texts_of_the_story_on_the_table_alone() {
    let mut room = room();
    let reader = Viewer::reader(None);
    let told = |room: &Room| -> Vec<bool> {
        let view = view(room, &reader);
        view.stories
            .iter()
            .map(|story| !story.description.is_empty())
            .collect()
    };
    assert_eq!(told(&room), [false, false]);
    let mut open = round(5, Some(2), &[]);
    open.closed_at = None;
    room.rounds = vec![open];
    assert_eq!(told(&room), [false, true]);
    assert!(!whole(&room, &reader).stories[1].description.is_empty());
}

#[test]
fn nothing_in_an_export_runs_as_a_formula() {
    let csv = csv(&report(&room(), &[]));
    assert!(
        csv.contains("\"'=HYPERLINK(\"\"https://evil.example\"\")\""),
        "{csv}"
    );
    assert!(csv.contains("'+cmd|"), "{csv}");
}

#[test]
fn markdown_holds_texts_that_look_like_it() {
    let report = report(&room(), &[round(2, Some(1), &[(1, 4), (2, 4), (3, 6)])]);
    assert_eq!(
        report.markdown(),
        "# Sprint 24\n\n| Story | Estimate | Votes | Note |\n| --- | ---: | --- | --- |\n\
         | [BAL-1 Relay \\| layout](<https://x.example/1>) | 5 | Mina 5, Jonas 5, Ada 13 | with \\*doors\\* |\n\
         | =HYPERLINK(\"https://evil.example\") | – |  |  |\n\n5 points\n"
    );
}
