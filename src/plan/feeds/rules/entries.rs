//! The events of a feed.

use std::collections::HashMap;

use super::MOST_EVENTS;
use crate::book::{AwaySpan, Book, CalendarScope, CountsAs, Delivery};
use crate::people::days_text;
use crate::units::Day;
use crate::units::ids::{DeliverableId, PersonId, ProjectId};

/// When rows were last changed, in milliseconds; a row that is not here was never changed by anybody.
#[derive(Clone, Debug, Default)]
pub struct Stamps {
    /// Deliverables.
    pub deliverables: HashMap<DeliverableId, i64>,
    /// Projects, whose names and statuses stand in their events.
    pub projects: HashMap<ProjectId, i64>,
    /// People, by the newest change to their time off.
    pub time_off: HashMap<PersonId, i64>,
}

/// Whether what an event tells is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// It is agreed, or has happened.
    Confirmed,
    /// Its project may come.
    Tentative,
}

/// One event of whole days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The same each time for the same thing.
    pub uid: String,
    /// Its first day.
    pub first: Day,
    /// Its last day.
    pub last: Day,
    /// Its title.
    pub summary: String,
    /// More, or empty.
    pub description: String,
    /// Whether it is certain.
    pub certainty: Certainty,
    /// When it was last changed, in milliseconds.
    pub changed_at: i64,
}

/// The events of a scope by day, as seen on `today`. What a closed project has not handed over will not come, and is
/// left out.
pub fn entries(book: &Book, scope: CalendarScope, today: Day, stamps: &Stamps) -> Vec<Entry> {
    let calendar = book.calendar(scope);
    let due = calendar
        .due
        .iter()
        .filter(|one| one.deliverable.done || book.plan.counts_as(one.project.id) != CountsAs::Closed);
    let mut all: Vec<Entry> = due.map(|one| delivery(book, one, stamps)).collect();
    all.extend(calendar.away.iter().map(|span| away(span, stamps)));
    if all.len() > MOST_EVENTS {
        all.sort_by_key(|entry| entry.first.number().abs_diff(today.number()));
        all.truncate(MOST_EVENTS);
    }
    all.sort_by(|one, other| (one.first, &one.uid).cmp(&(other.first, &other.uid)));
    all
}

fn delivery(book: &Book, one: &Delivery<'_>, stamps: &Stamps) -> Entry {
    let Delivery {
        due,
        project,
        deliverable,
    } = *one;
    let percent = deliverable.percent.map(|percent| format!(" ({percent} %)"));
    let summary = format!(
        "{} — {}{}",
        project.name,
        deliverable.name,
        percent.unwrap_or_default()
    );
    let phase = (!deliverable.phase.is_empty()).then(|| format!("Phase: {}", deliverable.phase));
    let done = deliverable.done.then(|| "Done".to_owned());
    let lines: Vec<String> = phase.into_iter().chain(done).collect();
    let tentative = !deliverable.done && book.plan.counts_as(project.id) == CountsAs::Tentative;
    let changes = [
        stamps.deliverables.get(&deliverable.id),
        stamps.projects.get(&project.id),
    ];
    Entry {
        uid: format!("deliverable-{}@ballast", deliverable.id),
        first: due,
        last: due,
        summary,
        description: lines.join("\n"),
        certainty: if tentative {
            Certainty::Tentative
        } else {
            Certainty::Confirmed
        },
        changed_at: changes.into_iter().flatten().copied().max().unwrap_or(0),
    }
}

fn away(span: &AwaySpan<'_>, stamps: &Stamps) -> Entry {
    let AwaySpan { person, days } = span;
    // Events are of whole days, so that which halves are meant can stand in words only.
    let halves = (!days.is_whole()).then(|| format!(", {}", days_text(days)));
    Entry {
        // Leave that meets is taken together, and no two events of one person are on one day.
        uid: format!("away-{}-{}@ballast", person.id, days.first),
        first: days.first,
        last: days.last,
        summary: format!("{} away{}", person.name, halves.unwrap_or_default()),
        description: String::new(),
        certainty: Certainty::Confirmed,
        changed_at: stamps.time_off.get(&person.id).copied().unwrap_or(0),
    }
}
