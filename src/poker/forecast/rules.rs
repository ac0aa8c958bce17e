//! When a list of stories is done: not from one number for each, but from all votes that were given.
//!
//! Each run draws a size for every story from the votes of its last round, and what a point takes from what finished stories
//! took. First a run draws which of those it believes in, so that a team that is slower than it thought is slower on every
//! story of that run; then each story draws its own from these. The sum is laid on the team's free weeks. Everything is in
//! whole minutes, and a seed gives the same forecast for ever.

use std::num::NonZeroU64;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use serde::{Deserialize, Serialize};

use crate::poker::pace::Took;
use crate::poker::rules::points::Points;
use crate::units::ids::StoryId;
use crate::units::{Day, Week};

/// How often the list is played through at least.
pub const LEAST_RUNS: usize = 10_000;
/// How many stories are named that cause most of the spread.
const NAMED: usize = 5;

/// What one voter thought a story takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Size {
    /// So many points: hours come from the team's pace.
    Points(Points),
    /// From so many to so many minutes, every one as likely: a card whose hours stand in the team's table.
    Minutes(i64, i64),
}

/// A story that is not done yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Its id.
    pub id: StoryId,
    /// What everybody thought; each as likely as the others. A story without any takes nothing, and is listed apart.
    pub sizes: Vec<Size>,
}

/// What a forecast is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The stories.
    pub stories: Vec<Open>,
    /// What finished stories took; one at least where any story is sized in points.
    pub pace: Vec<Took>,
    /// The day from which on anything is done: of its week only what is left counts.
    pub from: Day,
    /// What the team can still take, by week, from this week on.
    #[serde(with = "weeks")]
    pub free: Vec<(Week, i64)>,
    /// From which the runs are drawn.
    pub seed: u64,
    /// How many.
    pub runs: usize,
}

/// How much one story moves the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Which story.
    pub id: StoryId,
    /// How many of a hundred parts of the spread are its.
    pub percent: i64,
    /// Whether its voters were of different minds: then talking once more helps.
    pub split: bool,
}

/// When it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The minutes that half of the runs stay within.
    pub p50_minutes: i64,
    /// The minutes that 85 of a hundred runs stay within.
    pub p85_minutes: i64,
    /// The day by which half of the runs are done; none where the weeks that were looked at do not hold it.
    pub p50: Option<Day>,
    /// The day by which 85 of a hundred runs are done.
    pub p85: Option<Day>,
    /// How many runs end in each week.
    #[serde(with = "weeks")]
    pub by_week: Vec<(Week, usize)>,
    /// How many runs end in none of them.
    pub beyond: usize,
    /// The stories that cause most of the spread, the worst first.
    pub causes: Vec<Cause>,
}

/// Plays the list through.
#[must_use]
pub fn forecast(question: &Question) -> Answer {
    let mut dice = Dice::of(question.seed);
    let mut totals = Vec::with_capacity(question.runs);
    let mut sums = Sums::over(question.stories.len());
    let mut taken = vec![0_i64; question.stories.len()];
    let mut believed = Vec::with_capacity(question.pace.len());
    for _ in 0..question.runs {
        believed.clear();
        believed.extend(
            question
                .pace
                .iter()
                .filter_map(|_| dice.one_of(&question.pace))
                .copied(),
        );
        for (minutes, story) in taken.iter_mut().zip(&question.stories) {
            *minutes = dice
                .one_of(&story.sizes)
                .map_or(0, |size| dice.minutes(*size, &believed));
        }
        let total = taken.iter().sum();
        sums.add(&taken, total);
        totals.push(total);
    }
    totals.sort_unstable();
    answer(question, &totals, &sums)
}

/// What the same list takes where everybody is believed at once: the mean of each story's sizes at the mean pace. It is what
/// is usually promised, and stands beside the forecast.
#[must_use]
pub fn plain_sum(question: &Question) -> i64 {
    let (minutes, points) = question
        .pace
        .iter()
        .fold((0_i64, 0_i64), |(minutes, points), took| {
            (
                minutes + took.minutes,
                points + i64::from(took.points.as_hundredths()),
            )
        });
    let mean = |story: &Open| {
        let of = |size: &Size| match size {
            Size::Points(size) if points > 0 => i64::from(size.as_hundredths()) * minutes / points,
            Size::Points(_) => 0,
            Size::Minutes(from, to) => i64::midpoint(*from, *to),
        };
        let count = i64::try_from(story.sizes.len()).unwrap_or(i64::MAX).max(1);
        story.sizes.iter().map(of).sum::<i64>() / count
    };
    question.stories.iter().map(mean).sum()
}

fn answer(question: &Question, totals: &[i64], sums: &Sums) -> Answer {
    let within = |percent: usize| {
        let place = (totals.len() * percent).div_ceil(100).saturating_sub(1);
        totals.get(place).copied().unwrap_or(0)
    };
    let (p50_minutes, p85_minutes) = (within(50), within(85));
    let mut by_week: Vec<(Week, usize)> = question.free.iter().map(|(week, _)| (*week, 0)).collect();
    let mut beyond = 0;
    let mut place = 0;
    let mut room = question.free.first().map_or(0, |(_, free)| (*free).max(0));
    // Both rise, so that one pass finds each run's week.
    for total in totals {
        while place < question.free.len() && room < *total {
            place += 1;
            room += question.free.get(place).map_or(0, |(_, free)| (*free).max(0));
        }
        match by_week.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => beyond += 1,
        }
    }
    Answer {
        p50_minutes,
        p85_minutes,
        p50: day_of(question, p50_minutes),
        p85: day_of(question, p85_minutes),
        by_week,
        beyond,
        causes: sums.causes(&question.stories),
    }
}

/// The working day on which so many minutes are done, where a week's room is used up evenly by its Friday: the first week's
/// from the first day on.
#[must_use]
pub fn day_of(question: &Question, minutes: i64) -> Option<Day> {
    let mut left = minutes;
    for (week, room) in question.free.iter().map(|(week, room)| (week, (*room).max(0))) {
        let friday = week.monday().plus(4);
        let first = week.monday().max(question.from).min(friday);
        let working = i64::from(friday.number() - first.number() + 1);
        if left <= room {
            let days = if room == 0 {
                1
            } else {
                (left * working + room - 1) / room
            };
            let days = i32::try_from(days.clamp(1, working)).unwrap_or(1);
            return Some(first.plus(days - 1));
        }
        left -= room;
    }
    None
}

/// Weeks as numbers in what is kept.
mod weeks {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::units::Week;

    pub fn serialize<T: Serialize + Copy, S: Serializer>(
        all: &[(Week, T)],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(all.iter().map(|(week, value)| (week.0, *value)))
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<(Week, T)>, D::Error> {
        let all: Vec<(i32, T)> = Vec::deserialize(from)?;
        Ok(all.into_iter().map(|(week, value)| (Week(week), value)).collect())
    }
}

/// Draws, the same ones from the same seed on every machine.
struct Dice(ChaCha8Rng);

impl Dice {
    fn of(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `end`, each as likely.
    fn below(&mut self, end: NonZeroU64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(end.get());
        // The upper half is below `end`, whatever was drawn.
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let count = NonZeroU64::new(u64::try_from(all.len()).ok()?)?;
        all.get(usize::try_from(self.below(count)).ok()?)
    }

    fn minutes(&mut self, size: Size, believed: &[Took]) -> i64 {
        match size {
            Size::Points(points) => self.one_of(believed).map_or(0, |took| {
                let per = i64::from(took.points.as_hundredths()).max(1);
                (i64::from(points.as_hundredths()) * took.minutes * 2 + per) / (per * 2)
            }),
            Size::Minutes(from, to) => {
                let span = u64::try_from(to - from).unwrap_or(0).saturating_add(1);
                let drawn = NonZeroU64::new(span).map_or(0, |span| self.below(span));
                from + i64::try_from(drawn).unwrap_or(0)
            }
        }
    }
}

/// Sums from which the share of each story in the spread comes.
struct Sums {
    runs: i128,
    total: i128,
    squares: i128,
    by_story: Vec<(i128, i128)>,
}

impl Sums {
    fn over(stories: usize) -> Self {
        Self {
            runs: 0,
            total: 0,
            squares: 0,
            by_story: vec![(0, 0); stories],
        }
    }

    fn add(&mut self, taken: &[i64], total: i64) {
        let total = i128::from(total);
        self.runs += 1;
        self.total += total;
        self.squares += total * total;
        for ((sum, with_total), minutes) in self.by_story.iter_mut().zip(taken) {
            *sum += i128::from(*minutes);
            *with_total += i128::from(*minutes) * total;
        }
    }

    /// A story's share is its covariance with the whole: the shares of all stories make the whole spread.
    fn causes(&self, stories: &[Open]) -> Vec<Cause> {
        let spread = self.squares * self.runs - self.total * self.total;
        if spread <= 0 {
            return Vec::new();
        }
        let mut shares: Vec<(i128, &Open)> = self
            .by_story
            .iter()
            .zip(stories)
            .map(|((sum, with_total), story)| (with_total * self.runs - sum * self.total, story))
            .filter(|(share, _)| *share > 0)
            .collect();
        shares.sort_by_key(|(share, story)| (std::cmp::Reverse(*share), story.id));
        let cause = |(share, story): (i128, &Open)| Cause {
            id: story.id,
            percent: i64::try_from((share * 200 + spread) / (spread * 2)).unwrap_or(100),
            split: story.sizes.iter().any(|size| Some(size) != story.sizes.first()),
        };
        shares.into_iter().take(NAMED).map(cause).collect()
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
