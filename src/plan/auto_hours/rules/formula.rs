//! The one formula.

use crate::book::{Person, Plan};
use crate::units::{Minutes, Week};

/// A full week: what the person can carry in that very week, so that part-time, holidays and leave are exact; of a place
/// that nobody fills yet, the team's working week less the team's holidays.
#[must_use]
pub fn full_week(plan: &Plan, person: Option<&Person>, week: Week) -> Minutes {
    person.map_or_else(
        || plan.usual_capacity(week),
        |person| plan.capacity(person, week).0,
    )
}

/// `percent` of a full week, to the nearest minute. The percents of deliverables whose weeks overlap add up, to 100 at
/// most: nobody works more than a full week by a template.
#[must_use]
pub fn hours_of(full_week: Minutes, percent: u32) -> Minutes {
    Minutes((full_week.0 * percent.min(100) * 2 + 100) / 200)
}
