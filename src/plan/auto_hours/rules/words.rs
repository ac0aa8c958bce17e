//! How skips and differences read. Pages and programs get the same words.

use super::moved::{Difference, SeenCell};
use super::preview::{Place, Skip};
use crate::book::{Book, Plan};
use crate::units::ids::RoleId;
use crate::units::text::counted;

/// `1 cell`, `4 cells`.
/// Why something is left alone.
#[must_use]
pub fn skip_words(plan: &Plan, skip: &Skip) -> String {
    let role = |id: RoleId| plan.role_name(Some(id)).to_owned();
    match skip {
        Skip::NothingMeant => "no deliverable is chosen, or the project has none that is not done".to_owned(),
        Skip::NoDate(name) => format!("{name} has no due date"),
        Skip::NoPhase(name, phase) if phase.is_empty() => {
            format!("{name} has no phase, and no line of the template is for every phase")
        }
        Skip::NoPhase(name, phase) => format!("{name}: no line of the template is for “{phase}”"),
        Skip::NoRole(name) => format!("{name} has no role"),
        Skip::OtherRole(id, count) => format!(
            "the template has no line for {} ({} on the project)",
            role(*id),
            counted(*count, "row", "rows")
        ),
        Skip::TooMany(id, heads, count) => format!(
            "the template asks for {heads} × {}, and {count} are on the project: the others keep their hours",
            role(*id)
        ),
        Skip::TooFew(id, heads, count) => format!(
            "the template asks for {heads} × {}, and {} on the project: open places are made only where nobody is",
            role(*id),
            if *count == 1 {
                "1 is".to_owned()
            } else {
                format!("{count} are")
            }
        ),
        Skip::Inactive(name) => format!("{name} is no longer active"),
        Skip::NotTheirs(name) => format!("{name} is planned by another department and keeps their hours"),
        Skip::NoCapacity(name, weeks) => format!(
            "{name} can carry nothing in {}: not employed, or away",
            counted(*weeks, "week", "weeks")
        ),
        Skip::Past(count) => format!("{} of past weeks", counted(*count, "cell", "cells")),
        Skip::Filled(count) => format!(
            "{} already; only empty ones are filled",
            counted(*count, "cell holds hours", "cells hold hours")
        ),
    }
}

/// Who stands in a row: a name, or `open Designer`.
#[must_use]
pub fn place_words(book: &Book, place: Place) -> String {
    let plan = &book.plan;
    let open = |role: Option<RoleId>| format!("open {}", plan.role_name(role)).trim_end().to_owned();
    match place {
        Place::New(role, 0) => format!("new {}", open(Some(role))),
        Place::New(role, number) => format!("new {} {}", open(Some(role)), number + 1),
        Place::Kept(id) => plan.assignment(id).map_or_else(
            || "a row that was removed".to_owned(),
            |one| {
                let person = one.person.and_then(|person| plan.person(person));
                person.map_or_else(|| open(one.role), |person| person.name.clone())
            },
        ),
    }
}

/// What is not as it was seen: `Ada Osei, 23 Nov: held 0 h and would get 18 h as you saw it; holds 8 h now`.
#[must_use]
pub fn difference_words(book: &Book, ((place, week), (was, is)): &Difference) -> String {
    let day = week.first_day(book.plan.organisation.week_start).short();
    let who = place_words(book, *place);
    let both = |cell: &SeenCell| format!("{} → {} h", cell.before, cell.after);
    match (was, is) {
        (Some(was), Some(is)) => format!("{who}, {day}: {} as you saw it, {} now", both(was), both(is)),
        (Some(was), None) => {
            let now = match place {
                Place::Kept(id) => book.hours().get(*id, *week),
                Place::New(..) => crate::units::Minutes(0),
            };
            format!(
                "{who}, {day}: {} as you saw it, no longer so (it holds {now} h)",
                both(was)
            )
        }
        (None, Some(is)) => format!("{who}, {day}: {} now, not so as you saw it", both(is)),
        (None, None) => String::new(),
    }
}
