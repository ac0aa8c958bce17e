//! Leave that came after the hours were planned: some waits for an answer, and some lies on booked hours.

use super::super::Moment;
use crate::book::Book;
use crate::db::{DbError, Value, WriteTx};
use crate::people;
use crate::units::Day;

/// Whose time off the visitor of the demonstration has.
pub const VISITOR: &str = "Solveig Brandt";
/// Those of whom more is told here.
pub const PEOPLE: [&str; 7] = [
    VISITOR,
    "Jonas Lindqvist",
    "Leila Haddad",
    "Tomás Rivera",
    "Viktor Horvat",
    "Noor van Dijk",
    "Rahul Menon",
];

struct Leave {
    name: &'static str,
    first: Day,
    last: Day,
    /// The first day begins, or the last one ends, at midday.
    midday: (bool, bool),
    kind: &'static str,
    note: &'static str,
    /// How many days ago it was asked for; none where it is approved.
    asked: Option<i64>,
}

/// Adds leave to a plan whose hours are there.
pub fn add(tx: &WriteTx<'_>, book: &Book, moment: &Moment) -> Result<(), DbError> {
    for leave in leaves(moment) {
        let Some(person) = book.plan.people.iter().find(|one| one.name == leave.name) else {
            continue;
        };
        let status = if leave.asked.is_some() {
            "requested"
        } else {
            "approved"
        };
        let values = [
            ("person_id", Value::from(person.id)),
            ("first_day", leave.first.into()),
            ("last_day", leave.last.into()),
            ("half", false.into()),
            ("from_midday", leave.midday.0.into()),
            ("until_midday", leave.midday.1.into()),
            ("kind", leave.kind.into()),
            ("status", status.into()),
            ("note", leave.note.into()),
            (
                "asked_at",
                leave.asked.map(|days| moment.now - days * 86_400_000).into(),
            ),
        ];
        tx.insert(&people::TIME_OFF, &values)?;
    }
    Ok(())
}

fn leaves(moment: &Moment) -> Vec<Leave> {
    let leave = |name, first, last, kind, asked| Leave {
        name,
        first,
        last,
        midday: (false, false),
        kind,
        note: "",
        asked,
    };
    let day = |weeks, weekday| moment.day(weeks, weekday);
    vec![
        leave(VISITOR, day(-9, 0), day(-8, 4), "holiday", None),
        leave(VISITOR, day(5, 0), day(5, 4), "holiday", None),
        Leave {
            midday: (true, false),
            ..leave(VISITOR, day(3, 4), day(3, 4), "other", Some(1))
        },
        Leave {
            note: "A week in the mountains, booked with friends.",
            ..leave("Jonas Lindqvist", day(4, 0), day(4, 4), "holiday", Some(3))
        },
        Leave {
            midday: (true, false),
            note: "Moving house.",
            ..leave("Noor van Dijk", day(1, 2), day(1, 4), "family", Some(2))
        },
        leave("Rahul Menon", day(2, 0), day(3, 4), "holiday", Some(1)),
        leave("Leila Haddad", day(2, 0), day(2, 4), "holiday", None),
        leave("Tomás Rivera", day(4, 2), day(5, 4), "family", None),
        leave("Viktor Horvat", day(1, 0), day(1, 2), "training", None),
    ]
}
