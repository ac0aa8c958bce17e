//! `ballast undo-reallocation`: gives hours back that followed a due date.

use clap::Args;

use super::exit::{self, Failure};
use crate::book::Book;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Actor, Db, DbError, Gesture};
use crate::plan::reallocation::Left;
use crate::plan::{self, reallocation};
use crate::units::Day;
use crate::units::ids::DeliverableId;

/// Whose hours. A running server must be stopped first: one process has the database.
#[derive(Args)]
pub struct Options {
    /// The number of the deliverable; it stands in the addresses of its pages.
    deliverable: i64,
    /// Also gives the date back.
    #[arg(long)]
    revert_date: bool,
}

/// Takes back the newest reallocation of the deliverable that has not been taken back yet; asked again, the one before.
/// Cells that were changed since are left alone and named, and make the command end with a failure.
pub async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let db = Db::open(&config.data_dir, config.migrate)?;
    let week_start = config.week_starts_on;
    let book = db.read(move |tx| plan::load_book(tx, week_start)).await?;
    let id = DeliverableId(options.deliverable);
    let deliverable = book.plan.deliverables.iter().find(|one| one.id == id);
    let deliverable = deliverable
        .ok_or_else(|| Failure::usage(format!("there is no deliverable {}", options.deliverable)))?;
    let found = db
        .read(move |tx| {
            let Some(noted) = reallocation::newest(tx, id)? else {
                return Ok::<_, DbError>(None);
            };
            let moves = reallocation::moves_of(tx, &noted)?;
            Ok(Some((noted, moves)))
        })
        .await?;
    let name = deliverable.name.clone();
    let (noted, moves) =
        found.ok_or_else(|| Failure::data(format!("no hours have followed {name}: nothing to undo")))?;
    let dates = if options.revert_date {
        moves.clone()
    } else {
        Vec::new()
    };
    for (id, _, to) in &dates {
        let own = book.plan.deliverables.iter().find(|one| one.id == *id);
        if own.and_then(|one| one.due) != Some(*to) {
            let name = own.map_or("a removed deliverable", |one| one.name.as_str());
            return Err(Failure::data(format!(
                "{name} is no longer due on {to}, where these hours followed it; without --revert-date the hours alone come back"
            )));
        }
    }
    let gesture = Gesture {
        actor: Actor::program(),
        label: format!("gave back the hours that followed {name}"),
        at: Clock::system(config.time_zone.clone()).now(),
    };
    let reverted = dates.clone();
    let written = db
        .write(gesture, move |tx| {
            let outcome = reallocation::take_hours_back(tx, &noted)?;
            for (id, from, _) in &reverted {
                plan::set_due(tx, *id, *from)?;
            }
            Ok::<_, DbError>(outcome)
        })
        .await?;
    let (back, left) = written.value;
    exit::print(&told(&book, id, back, &moves, !dates.is_empty()))?;
    if left.is_empty() {
        return Ok(());
    }
    Err(Failure::data(left_alone(&book, &left)))
}

/// What came back: the cells, and the hours or dates of what moved together.
fn told(
    book: &Book,
    id: DeliverableId,
    cells: usize,
    moves: &[(DeliverableId, Day, Day)],
    with_dates: bool,
) -> String {
    let named = |id: DeliverableId| {
        let own = book.plan.deliverables.iter().find(|one| one.id == id);
        own.map_or("a removed deliverable", |one| one.name.as_str())
    };
    let mut lines = vec![format!(
        "{cells} cells hold again what they held before {} moved.",
        named(id)
    )];
    for (other, from, _) in moves {
        if with_dates {
            lines.push(format!("{} is due on {from} again.", named(*other)));
        } else if *other != id {
            lines.push(format!(
                "The hours of {} moved with it and are back too.",
                named(*other)
            ));
        }
    }
    lines.join("\n")
}

/// The cells that were changed since, a line each.
fn left_alone(book: &Book, left: &[Left]) -> String {
    let start = book.plan.organisation.week_start;
    let lines: Vec<String> = left
        .iter()
        .map(|cell| {
            let assignment = book.plan.assignment(cell.assignment);
            let whose =
                assignment.map_or_else(|| "a removed row".to_owned(), |one| reallocation::who(book, one));
            format!(
                "  {whose}, week of {}: {} h now, {} h when it moved",
                cell.week.first_day(start),
                cell.now,
                cell.made
            )
        })
        .collect();
    format!(
        "{} cells were changed since and are left alone:\n{}",
        left.len(),
        lines.join("\n")
    )
}
