//! Somebody's weeks side by side: what is free, on the colour of how full they are.

use maud::{Markup, html};

use crate::book::{Away, Book, Person, PersonWeek};
use crate::plan::finder::rules::{day, week_words};
use crate::units::{Day, Minutes, Week};

/// How many weeks a form shows of somebody who is chosen in it.
const NEXT: u16 = 8;

/// The weeks from `from` on: free hours, with everything about the week as a title.
pub fn strip(book: &Book, from: Week, weeks: &[PersonWeek]) -> Markup {
    let count = u16::try_from(weeks.len()).unwrap_or(u16::MAX);
    html! {
        ol.week-strip {
            @for (week, own) in from.span(count).zip(weeks) {
                @let label = day(&book.plan, week);
                li title=(format!("Week of {label}: {}", week_words(own))) {
                    b.(book.load(own).class()).out[own.away == Away::NotEmployed] {
                        @match own.away {
                            Away::NotEmployed => "–",
                            Away::AllWeek if own.booked.0 == 0 => "off",
                            Away::No | Away::AllWeek | Away::Partly => {
                                @if own.is_over() { "+" (own.booked.less(own.capacity)) } @else { (own.free()) }
                            },
                        }
                    }
                    small { (label) }
                }
            }
        }
    }
}

/// What somebody has free in the next weeks, for a form in which they are chosen.
pub fn free_weeks(book: &Book, person: &Person, today: Day) -> Markup {
    let from = book.plan.week_of(today);
    let weeks = book.person_weeks(person, from, NEXT);
    let free: Minutes = weeks.iter().map(PersonWeek::free).sum();
    html! {
        p.hint { b { (free) " h free" } " in the next " (NEXT) " weeks; a plus is what is too much" }
        (strip(book, from, &weeks))
    }
}
