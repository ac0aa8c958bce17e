//! When somebody is away, of all their leave together.

use super::calendar::CalendarScope;
use super::capacity::{Absence, Taken};
use super::plan::Person;
use crate::units::Day;

/// Days on which somebody is away; why is nobody's business here.
#[derive(Clone, Copy, Debug)]
pub struct AwaySpan<'a> {
    /// Who.
    pub person: &'a Person,
    /// When, and which halves of it. It may begin before the days that were asked for and end after them.
    pub days: Absence,
}

impl AwaySpan<'_> {
    /// Whether `day` is one of them.
    #[must_use]
    pub fn contains(&self, day: Day) -> bool {
        (self.days.first..=self.days.last).contains(&day)
    }
}

/// When somebody is away: their leave by first day, what meets on a day taken together so that nobody is away twice at
/// once, and nothing told of a day that no leave takes.
pub(super) fn spans(person: &Person, scope: CalendarScope) -> Vec<AwaySpan<'_>> {
    let mut spans = Vec::new();
    for together in meeting(&person.absences) {
        spans.extend(told(&together).into_iter().map(|days| AwaySpan { person, days }));
    }
    spans.retain(|span| span.days.first <= scope.last && span.days.last >= scope.first);
    spans
}

/// Leave, which is by first day, in groups without a day in common.
fn meeting(absences: &[Absence]) -> Vec<Vec<Absence>> {
    let mut groups: Vec<Vec<Absence>> = Vec::new();
    let mut until = Day::MIN;
    for absence in absences {
        match groups.last_mut() {
            Some(group) if absence.first <= until => group.push(*absence),
            _ => groups.push(vec![*absence]),
        }
        until = until.max(absence.last);
    }
    groups
}

/// The same days and halves as `together` takes, in as few absences as can say it, none of which meet.
fn told(together: &[Absence]) -> Vec<Absence> {
    if let [alone] = together {
        return vec![*alone];
    }
    let first = together.iter().map(|absence| absence.first).min();
    let last = together.iter().map(|absence| absence.last).max();
    let Some((first, last)) = first.zip(last) else {
        return Vec::new();
    };
    let mut told: Vec<Absence> = Vec::new();
    for day in (first.number()..=last.number()).map(Day::from_number) {
        let taken = together
            .iter()
            .fold(Taken::default(), |taken, absence| taken.and(absence.taken(day)));
        let today = taken.alone(day);
        match told.last_mut() {
            Some(before) if goes_on(before, &today) => {
                before.last = today.last;
                before.until_midday = today.until_midday;
            }
            _ => told.push(today),
        }
    }
    told
}

/// Whether `next`, which is the day after `before`, can be said with it: half days go on with half days, others where no
/// half is free between the two.
const fn goes_on(before: &Absence, next: &Absence) -> bool {
    before.half == next.half && !before.until_midday && !next.from_midday
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(number: i32) -> Day {
        Day::from_number(20_750 + number)
    }

    /// `3-5` whole days, `>` from midday, `<` until midday, `/` half of each.
    fn leave(text: &str) -> Absence {
        let (days, sign) = text.split_at(text.find(['<', '>', '/']).unwrap_or(text.len()));
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let day = |text: &str| day(text.parse().unwrap());
        Absence {
            first: day(first),
            last: day(last),
            half: sign.contains('/'),
            from_midday: sign.contains('>'),
            until_midday: sign.contains('<'),
        }
    }

    fn all_told(absences: &[Absence]) -> Vec<Absence> {
        meeting(absences).iter().flat_map(|group| told(group)).collect()
    }

    #[test]
    fn leave_that_meets_is_told_once_with_its_halves() {
        for (taken, expected) in [
            (vec!["1-5><"], vec!["1-5><"]),
            (vec!["1-5/"], vec!["1-5/"]),
            (vec!["1-2", "3-4"], vec!["1-2", "3-4"]),
            // A morning and an afternoon are a day.
            (vec!["3>", "3<"], vec!["3"]),
            (vec!["3/", "3/"], vec!["3"]),
            (vec!["3/", "3<"], vec!["3"]),
            // The first says when it begins, the last when it ends.
            (vec!["1-3><", "3-6><"], vec!["1-6><"]),
            (vec!["1-3<", "3>"], vec!["1-3"]),
            (vec!["3<", "3-5>"], vec!["3-5"]),
            (vec!["3-5>", "5-8<"], vec!["3-8><"]),
            // What is whole on one day only does not make the others whole.
            (vec!["1-5/", "5/"], vec!["1-4/", "5"]),
            (vec!["1-5/", "1<"], vec!["1", "2-5/"]),
            (vec!["1-5/", "3>", "5>"], vec!["1-2/", "3", "4/", "5"]),
            (vec!["1-5/", "5-6>"], vec!["1-4/", "5-6"]),
            (vec!["1-9", "2", "4-5/"], vec!["1-9"]),
        ] {
            let taken: Vec<Absence> = taken.into_iter().map(leave).collect();
            let expected: Vec<Absence> = expected.into_iter().map(leave).collect();
            assert_eq!(all_told(&taken), expected, "{taken:?}");
        }
    }

    fn any_leave() -> impl Strategy<Value = Absence> {
        (0_i32..30, 0_i32..8, 0_u8..5).prop_map(|(first, more, how)| Absence {
            first: day(first),
            last: day(first + more),
            half: how == 1,
            from_midday: how == 2 || (how == 4 && more > 0),
            until_midday: how == 3 || (how == 4 && more > 0),
        })
    }

    proptest! {
        #[test]
        fn what_is_told_takes_exactly_what_the_leave_takes(mut absences in proptest::collection::vec(any_leave(), 0..8)) {
            absences.sort_by_key(|absence| absence.first);
            let told = all_told(&absences);
            for day in (-1..40).map(day) {
                let halves = |all: &[Absence]| {
                    all.iter().fold(Taken::default(), |taken, absence| taken.and(absence.taken(day))).halves()
                };
                prop_assert_eq!(halves(&told), halves(&absences), "{}", day);
                prop_assert!(told.iter().filter(|one| one.first <= day && day <= one.last).count() <= 1);
            }
        }
    }
}
