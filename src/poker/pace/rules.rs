//! From points to hours.
//!
//! The method: of the newest 40 finished stories of a team that have points and hours, each is a rate (hours ÷ points) with
//! its points as its weight, since a large story tells more of a point than a small one. The rates are put in order; P15 is
//! the smallest rate below or at which 15 % of all points lie, P50 and P85 likewise. Hours of so many points are that many
//! times the rate. Everything is in whole minutes and hundredths of points; a rate is kept as the two numbers it came from,
//! and compared by crosswise products, so that nothing is rounded before the end. Fewer than eight stories say nothing: then
//! a factor that somebody of the team typed counts, with its margins, and it is said so.

use crate::plan::estimates::{Factor, SizeHours};
use crate::poker::rules::cards::{Deck, DeckKind};
use crate::poker::rules::points::Points;
use crate::poker::rules::room::{Room, Story};
use crate::poker::rules::view::{Table, View};
use crate::units::Minutes;
use crate::units::ids::StoryId;

/// From how many finished stories on a pace is measured.
pub const ENOUGH: usize = 8;
/// Of how many it is measured at most: the newest.
pub const NEWEST: usize = 40;
/// The margins of a factor where nobody says others, in percent.
pub const MARGINS: (u16, u16) = (30, 50);

/// What a finished story took: so many minutes for so many points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Took {
    /// Its minutes.
    pub minutes: i64,
    /// Its points, more than none.
    pub points: Points,
}

/// What was agreed of a story, with the deck that says what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Which deck it came from.
    pub deck: DeckKind,
    /// What was agreed, as it stands on the card or was typed.
    pub label: String,
    /// Its points.
    pub points: Option<Points>,
}

impl Estimate {
    /// What was agreed of a story; none before.
    #[must_use]
    pub fn of(story: &Story, deck: &Deck) -> Option<Self> {
        let agreed = story.agreed.as_ref()?;
        Some(Self {
            deck: deck.kind,
            label: agreed.estimate.clone(),
            points: agreed.points,
        })
    }

    /// As people say it: `5 points`, `1 point`, `M`.
    #[must_use]
    pub fn words(&self) -> String {
        match self.points {
            Some(points) if self.deck == DeckKind::Hours => format!("{points} h"),
            Some(points) if points == Points::whole(1) => "1 point".to_owned(),
            Some(points) => format!("{} points", points.label()),
            None => self.label.clone(),
        }
    }
}

/// A finished story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Which.
    pub story: StoryId,
    /// What it is called.
    pub name: String,
    /// Where it was estimated: link and name of the room; none where a passcode is asked for, and then nothing of it is
    /// told by itself.
    pub room: Option<(String, String)>,
    /// What was agreed.
    pub estimate: Estimate,
    /// What it took; none where nothing was typed, and what was booked is gone.
    pub took: Option<Minutes>,
    /// Whether that was typed, and not taken from what was booked.
    pub typed: bool,
    /// When it was done, in milliseconds.
    pub at: i64,
}

impl Finished {
    /// What it says of a point; none where it has no points or no hours, or where its card is hours or trust.
    #[must_use]
    pub fn sample(&self) -> Option<Took> {
        let counts = !matches!(self.estimate.deck, DeckKind::Hours | DeckKind::Trust);
        let points = self
            .estimate
            .points
            .filter(|points| counts && points.as_hundredths() > 0)?;
        let minutes = i64::from(self.took?.0);
        (minutes > 0).then_some(Took { minutes, points })
    }
}

/// From so many to so many hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// P15, or the least.
    pub low: Minutes,
    /// P50.
    pub middle: Minutes,
    /// P85, or the most.
    pub high: Minutes,
}

/// On what hours rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// On so many finished stories.
    Measured(usize),
    /// On what somebody typed.
    Typed(Factor),
}

/// What a team's points and cards take it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Its finished stories, the newest first.
    pub finished: Vec<Finished>,
    /// What was typed.
    pub factor: Option<Factor>,
    /// What cards without a number take.
    pub sizes: Vec<SizeHours>,
}

impl Pace {
    /// What finished stories say of a point, the newest first.
    #[must_use]
    pub fn samples(&self) -> Vec<Took> {
        let all = self.finished.iter().filter_map(Finished::sample);
        all.take(NEWEST).collect()
    }

    /// On what hours of points rest; none where there is nothing yet.
    #[must_use]
    pub fn basis(&self) -> Option<Basis> {
        let count = self.samples().len();
        if count >= ENOUGH {
            return Some(Basis::Measured(count));
        }
        self.factor.map(Basis::Typed)
    }

    /// What forecasts draw from. Where nothing is measured these are three stories that nobody finished: one at the least
    /// that the factor allows, one at it, one at the most; so few that a whole run may well believe in one of them.
    #[must_use]
    pub fn believed(&self) -> Vec<Took> {
        match self.basis() {
            Some(Basis::Measured(_)) => self.samples(),
            Some(Basis::Typed(_)) => {
                let points = Points::whole(1);
                let three = self.of_points(points);
                let three = three.iter().flat_map(|own| [own.low, own.middle, own.high]);
                three
                    .map(|minutes| Took {
                        minutes: i64::from(minutes.0.max(1)),
                        points,
                    })
                    .collect()
            }
            None => Vec::new(),
        }
    }

    /// What so many points take.
    #[must_use]
    pub fn of_points(&self, points: Points) -> Option<Hours> {
        match self.basis()? {
            Basis::Measured(_) => {
                let samples = self.samples();
                let at = |percent| at_rate(points, quantile(&samples, percent)?);
                Some(Hours {
                    low: at(15)?,
                    middle: at(50)?,
                    high: at(85)?,
                })
            }
            Basis::Typed(factor) => {
                let middle = i64::from(factor.minutes) * i64::from(points.as_hundredths());
                let of = |percent: i64| rounded(middle * percent, 10_000);
                Some(Hours {
                    low: of(100 - i64::from(factor.less))?,
                    middle: of(100)?,
                    high: of(100 + i64::from(factor.more))?,
                })
            }
        }
    }

    /// What an estimate takes: points by the pace, a card without a number by the team's table, hours as they stand there.
    #[must_use]
    pub fn of(&self, estimate: &Estimate) -> Option<Hours> {
        match (estimate.deck, estimate.points) {
            (DeckKind::Trust, _) => None,
            (DeckKind::Hours, Some(points)) => {
                let exact = rounded(i64::from(points.as_hundredths()) * 60, 100)?;
                Some(Hours {
                    low: exact,
                    middle: exact,
                    high: exact,
                })
            }
            (_, Some(points)) => self.of_points(points),
            (_, None) => self.of_card(&estimate.label),
        }
    }

    /// What a card without a number takes by the team's table.
    #[must_use]
    pub fn of_card(&self, label: &str) -> Option<Hours> {
        let own = self.sizes.iter().find(|one| one.label == label)?;
        Some(Hours {
            low: own.low,
            middle: Minutes(own.low.0.midpoint(own.high.0)),
            high: own.high,
        })
    }

    /// Its finished stories that may be named one by one, the newest first: those of rooms that ask for no passcode. The
    /// others count for the pace, where nobody can tell one from another.
    pub fn open(&self) -> impl Iterator<Item = &Finished> {
        self.finished.iter().filter(|one| one.room.is_some())
    }

    /// What finished stories with the same estimate took, the quickest first: “5s took 18, 29, 44 h”.
    #[must_use]
    pub fn alike(&self, estimate: &Estimate) -> Vec<Minutes> {
        let same = |one: &&Finished| match (one.estimate.points, estimate.points) {
            (Some(own), Some(points)) => own == points && one.sample().is_some(),
            (None, None) => one.estimate.label == estimate.label,
            _ => false,
        };
        let all = self.open().filter(same);
        let mut took: Vec<Minutes> = all.filter_map(|one| one.took).take(NEWEST).collect();
        took.sort_unstable();
        took
    }
}

/// The sample at whose rate `percent` of all points lie, or fewer; none without samples.
fn quantile(samples: &[Took], percent: i64) -> Option<Took> {
    let weight = |took: &Took| i64::from(took.points.as_hundredths());
    let mut sorted = samples.to_vec();
    sorted.sort_by(|one, other| {
        let (left, right) = (one.minutes * weight(other), other.minutes * weight(one));
        left.cmp(&right).then(one.points.cmp(&other.points))
    });
    let all: i64 = sorted.iter().map(weight).sum();
    let mut below = 0;
    sorted.into_iter().find(|took| {
        below += weight(took);
        below * 100 >= all * percent
    })
}

fn at_rate(points: Points, rate: Took) -> Option<Minutes> {
    let minutes = i64::from(points.as_hundredths()) * rate.minutes;
    rounded(minutes, i64::from(rate.points.as_hundredths()))
}

/// A quotient to the nearest minute, halves up.
fn rounded(part: i64, whole: i64) -> Option<Minutes> {
    let minutes = (part * 2 + whole) / (whole.max(1) * 2);
    u32::try_from(minutes).ok().map(Minutes)
}

/// Hours as they are told where they are only about right: whole ones from ten on, halves below, and never none.
#[must_use]
pub fn about(minutes: Minutes) -> Minutes {
    let step = if minutes.0 >= 600 { 60 } else { 30 };
    Minutes(((minutes.0 + step / 2) / step * step).max(step.min(30)))
}

/// `14–22 h`, `8 h` where both are the same.
#[must_use]
pub fn range_words(hours: &Hours) -> String {
    let (low, high) = (about(hours.low), about(hours.high));
    if low == high {
        format!("{low} h")
    } else {
        format!("{low}–{high} h")
    }
}

/// What the room may say hours of: the story on the table, once its cards lie open and something was agreed.
#[must_use]
pub fn agreed_now(room: &Room, view: &View) -> Option<Estimate> {
    let round = view.round.as_ref().filter(|round| round.revealed)?;
    let story = room.story(round.story?)?;
    let hidden = |one: &Table| one.story == Some(story.id) && !one.revealed;
    if view.asynchronous.iter().any(hidden) {
        return None;
    }
    let live = room.live_round().filter(|round| round.story == Some(story.id));
    Estimate::of(story, live.map_or(&room.deck, |round| &round.deck))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
