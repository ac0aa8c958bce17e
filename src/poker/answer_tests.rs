use std::io::Read as _;

use http_body_util::BodyExt as _;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use super::*;
use crate::poker::rules::cards::Deck;
use crate::poker::rules::room::{Options, Participant, Round, Vote};
use crate::units::ids::{AccountId, RoomId};

const PEOPLE: i64 = 30;

fn participant(number: i64) -> Participant {
    Participant {
        id: ParticipantId(number),
        account: (number == 1).then_some(AccountId(1)),
        name: format!("Guest \"{number}\""),
        spectator: number % 7 == 0,
        facilitator: number == 1,
        may_take_over: false,
        put_out: None,
        passcode: 0,
        joined_at: number,
    }
}

fn round(number: i64, votes: Vec<Vote>, (asynchronous, revealed): (bool, bool)) -> Round {
    Round {
        id: RoundId(number),
        story: None,
        number,
        deck: Deck::default(),
        anonymous: false,
        late_voters: true,
        asynchronous,
        opened_at: 1,
        deadline: Some(9),
        revealed_at: revealed.then_some(5),
        closed_at: None,
        second_thoughts: if revealed { votes.clone() } else { vec![] },
        votes,
    }
}

prop_compose! {
    fn votes()(cards in proptest::collection::vec(proptest::option::of(0_usize..9), 30)) -> Vec<Vote> {
        let who = (1..=PEOPLE).map(ParticipantId);
        who.zip(cards).filter_map(|(participant, card)| Some(Vote { participant, card: card? })).collect()
    }
}

prop_compose! {
    fn rooms()(live in votes(), slow in votes(), revealed in any::<(bool, bool)>(), on_table in any::<bool>()) -> Room {
        let mut rounds = vec![round(1, slow, (true, revealed.0))];
        if on_table {
            rounds.push(round(2, live, (false, revealed.1)));
        }
        Room {
            id: RoomId(1),
            link: "link".to_owned(),
            name: "Room".to_owned(),
            seq: 7,
            owner: AccountId(1),
            department: None,
            project: None,
            deck: Deck::default(),
            options: Options { open_discussion: true, ..Options::default() },
            has_passcode: false,
            passcode: 0,
            made_at: 0,
            ended_at: None,
            people: (1..=PEOPLE).map(participant).collect(),
            stories: Arc::default(),
            rounds,
        }
    }
}

fn text(response: Response) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = runtime.block_on(response.into_body().collect());
    body.unwrap().to_bytes().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_put_together_is_the_one_view_byte_for_byte_as_plain_and_as_packed(
        room in rooms(), who in proptest::option::of(1..=PEOPLE), here in proptest::collection::vec(any::<bool>(), 30)
    ) {
        let present: Vec<ParticipantId> =
            room.people.iter().zip(&here).filter(|(_, here)| **here).map(|(one, _)| one.id).collect();
        let viewer = Viewer {
            participant: who.map(ParticipantId),
            is_present: &|id| present.contains(&id),
            now: 12,
            soon: Some((RoundId(2), 3)),
            heir: Some(ParticipantId(3)),
        };
        let wanted = view::view(&room, &viewer);
        let state = State { room: Arc::new(room.clone()), present: present.clone(), soon: viewer.soon };
        let seen = Seen::new(Shared::of(&mut None, state), &viewer);
        prop_assert_eq!(&seen.view(), &wanted);
        let plain = text(seen.json(false).unwrap());
        let told: Value = serde_json::from_slice(&plain).unwrap();
        prop_assert_eq!(told, serde_json::to_value(&wanted).unwrap());
        let mut unpacked = Vec::new();
        let packed = text(seen.json(true).unwrap());
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
        prop_assert_eq!(unpacked, plain);
    }

    #[test]
    fn what_is_shared_is_the_same_whatever_lies_face_down(room in rooms(), other in votes()) {
        let open = |room: &Room| room.live_round().is_some_and(|round| round.revealed_at.is_some());
        prop_assume!(!open(&room));
        let mut changed = room.clone();
        for round in &mut changed.rounds {
            // The same people, other cards.
            for (vote, new) in round.votes.iter_mut().zip(&other) {
                vote.card = new.card;
            }
        }
        let shared = |room: Room| {
            let state = State { room: Arc::new(room), present: vec![], soon: None };
            let shared = Shared::of(&mut None, state);
            common(&shared.view).unwrap()
        };
        prop_assert_eq!(shared(room), shared(changed));
    }
}

#[test]
fn the_same_state_is_made_once() {
    let room = Arc::new(
        rooms()
            .new_tree(&mut proptest::test_runner::TestRunner::deterministic())
            .unwrap()
            .current(),
    );
    let state = |present: &[i64]| State {
        room: Arc::clone(&room),
        present: present.iter().copied().map(ParticipantId).collect(),
        soon: None,
    };
    let mut kept = None;
    let first = Shared::of(&mut kept, state(&[1]));
    assert!(Arc::ptr_eq(&first, &Shared::of(&mut kept, state(&[1]))));
    assert!(
        !Arc::ptr_eq(&first, &Shared::of(&mut kept, state(&[1, 2]))),
        "somebody came"
    );
}
