//! What a forecast is made from: the stories that are not done, what everybody voted, and what the team can still take.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::rules::{LEAST_RUNS, Open, Question, Size, plain_sum};
use crate::book::Book;
use crate::poker::pace::{Basis, Estimate, Pace};
use crate::poker::rules::cards::{Deck, DeckKind, Meaning};
use crate::poker::rules::points::Points;
use crate::units::ids::{AssignmentId, DepartmentId, StoryId};
use crate::units::{Day, Week};

/// How far a forecast looks ahead.
pub const WEEKS: u16 = 104;
/// So few votes of an anonymous round are not used: what they make of the figures would tell who gave them.
const TOO_FEW: usize = 3;

/// The hours of assignments that are there for some stories: of each its own part, and the whole.
pub type OwnHours = HashMap<AssignmentId, (i64, i64)>;

/// A story that is not done.
#[derive(Clone, Debug)]
pub struct Undone {
    /// Which.
    pub story: StoryId,
    /// What it is called.
    pub name: String,
    /// What was agreed; none before.
    pub agreed: Option<Estimate>,
    /// What was voted in its last revealed round, with the deck and whether that was anonymous.
    pub round: Option<(Deck, bool, Vec<usize>)>,
}

/// Why a story has no part in a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// Nobody voted on it, or all cards were no sizes.
    NoVote,
    /// The team's table does not say what its card takes.
    NoHours,
}

/// The stories of a forecast, and those that have no part in it.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// With their sizes.
    pub open: Vec<Open>,
    /// Without.
    pub apart: Vec<(String, Apart)>,
}

/// Turns votes into sizes: of each story all of its last revealed round; where these say nothing, what was agreed.
#[must_use]
pub fn gather(stories: &[Undone], pace: &Pace) -> Gathered {
    let mut gathered = Gathered::default();
    for one in stories {
        let mut unknown = false;
        let mut of = |deck: DeckKind, label: &str, points: Option<Points>| {
            let size = size(pace, deck, label, points);
            unknown |= size.is_none() && deck != DeckKind::Trust;
            size
        };
        let used = one
            .round
            .iter()
            .filter(|(_, anonymous, votes)| !anonymous || votes.len() >= TOO_FEW);
        let mut sizes: Vec<Size> = Vec::new();
        for (deck, _, votes) in used {
            let cards = votes.iter().filter_map(|vote| deck.card(*vote));
            let cards = cards.filter(|card| card.meaning == Meaning::Size);
            sizes.extend(cards.filter_map(|card| of(deck.kind, &card.label, card.points)));
        }
        if let (true, Some(agreed)) = (sizes.is_empty(), &one.agreed) {
            sizes.extend(of(agreed.deck, &agreed.label, agreed.points));
        }
        if sizes.is_empty() {
            let why = if unknown { Apart::NoHours } else { Apart::NoVote };
            gathered.apart.push((one.name.clone(), why));
        } else {
            gathered.open.push(Open { id: one.story, sizes });
        }
    }
    gathered
}

fn size(pace: &Pace, deck: DeckKind, label: &str, points: Option<Points>) -> Option<Size> {
    match (deck, points) {
        (DeckKind::Trust, _) => None,
        (DeckKind::Hours, Some(points)) => {
            let minutes = i64::from(points.as_hundredths()) * 60 / 100;
            Some(Size::Minutes(minutes, minutes))
        }
        (_, Some(points)) => Some(Size::Points(points)),
        (_, None) => {
            let own = pace.of_card(label)?;
            Some(Size::Minutes(i64::from(own.low.0), i64::from(own.high.0)))
        }
    }
}

/// What a team can still take: of each of its people what remains of a week, summed; one's overload is nobody else's. Hours
/// that are booked for the very stories of the forecast do not stand in their way. Of this week the days from `today` on
/// count.
#[must_use]
pub fn free(book: &Book, team: DepartmentId, today: Day, own: &OwnHours, share: u16) -> Vec<(Week, i64)> {
    let plan = &book.plan;
    let teams: Vec<DepartmentId> = plan
        .department_with_children(team)
        .iter()
        .map(|one| one.id)
        .collect();
    let in_team = |department: Option<DepartmentId>| department.is_some_and(|id| teams.contains(&id));
    let first = plan.week_of(today);
    let mut free: Vec<(Week, i64)> = first.span(WEEKS).map(|week| (week, 0)).collect();
    for person in plan
        .people
        .iter()
        .filter(|one| one.active && in_team(one.department))
    {
        let weeks = book.person_weeks(person, first, WEEKS);
        for ((week, sum), now) in free.iter_mut().zip(weeks) {
            let theirs = plan
                .assignments_of_person(person.id)
                .filter_map(|one| Some((one.id, own.get(&one.id)?)));
            let theirs: i64 = theirs
                .map(|(id, (part, all))| i64::from(book.hours().get(id, *week).0) * part / (*all).max(1))
                .sum();
            *sum += (i64::from(now.capacity.0) - i64::from(now.booked.0) + theirs).max(0);
        }
    }
    let gone = i64::from(today.number() - first.monday().number()).clamp(0, 5);
    if let Some((_, this_week)) = free.first_mut() {
        *this_week = *this_week * (5 - gone) / 5;
    }
    for (_, sum) in &mut free {
        *sum = *sum * i64::from(share) / 100;
    }
    free
}

/// All that a forecast was made from, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// What was played through.
    pub question: Question,
    /// How many percent of what the team can still take go into these stories.
    pub share: u16,
    /// How many finished stories the pace was measured from; none where it was typed.
    pub measured: Option<usize>,
    /// How many stories have no part in it.
    pub apart: usize,
    /// What the same list takes where everybody is believed at once.
    pub plain: i64,
}

impl Inputs {
    /// Puts together what was found.
    #[must_use]
    pub fn of(gathered: &Gathered, pace: &Pace, free: Vec<(Week, i64)>, today: Day, share: u16) -> Self {
        let question = Question {
            stories: gathered.open.clone(),
            pace: pace.believed(),
            from: today,
            free,
            seed: 0,
            runs: LEAST_RUNS,
        };
        Self {
            plain: plain_sum(&question),
            share,
            measured: match pace.basis() {
                Some(Basis::Measured(count)) => Some(count),
                Some(Basis::Typed(_)) | None => None,
            },
            apart: gathered.apart.len(),
            question,
        }
    }

    /// Why nothing can be foretold from it, if nothing can.
    #[must_use]
    pub fn obstacle(&self) -> Option<&'static str> {
        let question = &self.question;
        let sizes = || question.stories.iter().flat_map(|story| &story.sizes);
        if question.stories.is_empty() {
            Some("There is no open story with a vote or an estimate.")
        } else if question.pace.is_empty() && sizes().any(|size| matches!(size, Size::Points(_))) {
            Some(
                "Nobody knows yet what a point takes this team: finish eight stories with their hours, or type it on the page of its pace.",
            )
        } else if question.free.iter().all(|(_, free)| *free <= 0) {
            Some(
                "The team has no hours left in the next two years: nobody active is in it, or all of them are booked.",
            )
        } else {
            None
        }
    }

    /// Whether `other` was made from the same, whatever was drawn and on whichever day.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let bare = |own: &Self| {
            let mut own = own.clone();
            own.question.seed = 0;
            own
        };
        bare(self) == bare(other)
    }
}

/// How earlier forecasts came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackTest {
    /// How many P85 dates are past, with all their stories done.
    pub told: usize,
    /// How many of them held.
    pub held: usize,
    /// How many P50 dates are.
    pub told_half: usize,
    /// How many of these held.
    pub held_half: usize,
}

/// An earlier forecast whose stories are all done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// The two dates that it told.
    pub p50: Option<Day>,
    /// The later of them.
    pub p85: Option<Day>,
    /// When the last of its stories was done.
    pub done: Day,
}

/// Holds earlier forecasts against what happened.
#[must_use]
pub fn back_test(all: &[Past]) -> BackTest {
    let count = |date: fn(&Past) -> Option<Day>| {
        let told = all
            .iter()
            .filter_map(|one| date(one).map(|date| one.done <= date));
        told.fold((0, 0), |(told, held), kept| (told + 1, held + usize::from(kept)))
    };
    let ((told, held), (told_half, held_half)) = (count(|one| one.p85), count(|one| one.p50));
    BackTest {
        told,
        held,
        told_half,
        held_half,
    }
}

#[cfg(test)]
#[path = "gather_tests.rs"]
mod tests;
