//! Keeps each week once it is past.

use super::{rules, store};
use crate::book::Book;
use crate::clock::Clock;
use crate::db::{Actor, Db, DbError, Gesture};
use crate::units::Week;

/// What was kept by one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The past weeks, earliest first.
    pub weeks: Vec<Week>,
    /// The week from which on the plan was kept, if it was.
    pub outlook: Option<Week>,
}

/// Keeps every past week that was not kept yet, or only `wanted`; and what is planned from this week on. Whatever was
/// kept before stays as it is, so that it does not matter how often this is called.
///
/// # Errors
/// Whatever the database says; what was kept until then stays kept.
pub async fn take(db: &Db, book: &Book, clock: &Clock, wanted: Option<Week>) -> Result<Kept, DbError> {
    let (today, start) = (clock.today(), book.plan.organisation.week_start);
    let this_week = Week::of(today, start);
    let (weeks, outlooks) = db
        .read(|tx| Ok::<_, DbError>((store::kept_weeks(tx)?, store::kept_outlooks(tx)?)))
        .await?;
    let mut kept = Kept::default();
    let gesture = || Gesture {
        actor: Actor::program(),
        label: "kept a week".to_owned(),
        at: clock.now(),
    };
    let missing = rules::missing(&rules::booked_weeks(book), &weeks, this_week);
    for week in missing
        .into_iter()
        .filter(|week| wanted.is_none_or(|wanted| wanted == *week))
    {
        let late = today > week.plus(1).first_day(start);
        let (rows, capacities) = (rules::rows_of(book, week), rules::capacities_of(book, week));
        let written = db
            .write(gesture(), move |tx| {
                store::keep_week(tx, week, late, &rows, &capacities)
            })
            .await?;
        if written.value {
            kept.weeks.push(week);
        }
    }
    if wanted.is_none() && !outlooks.contains(&this_week) {
        let rows = rules::outlook_of(book, this_week);
        if !rows.is_empty() {
            let late = today > this_week.first_day(start);
            let written = db
                .write(gesture(), move |tx| {
                    store::keep_outlook(tx, this_week, late, &rows)
                })
                .await?;
            kept.outlook = written.value.then_some(this_week);
        }
    }
    Ok(kept)
}
