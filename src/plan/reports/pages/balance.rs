//! The people who have too much, and those who have too little.

use maud::{Markup, html};

use super::{chart, nothing};
use crate::book::{Balances, Book, PersonBalance};
use crate::plan::reports::rules::{Asked, Value};
use crate::plan::reports::{table, words};
use crate::units::Tenths;

/// Two lists, and a chart of the averages.
pub fn balance(book: &Book, asked: &Asked) -> Markup {
    if book.plan.people.is_empty() {
        return nothing(book);
    }
    let found = book.balances(asked.query);
    let (bars, mark) = table::drawn_balance(book, &found);
    html! {
        (over(book, asked, &found))
        (under(book, asked, &found))
        @if !bars.is_empty() {
            section.card aria-labelledby="chart" {
                header { h2 #chart { "Averages of those who stand out" } span.muted.end { "the line is all of their capacity" } }
                (chart("Average utilisation", &bars, mark))
            }
        }
    }
}

fn share(share: Option<Tenths>) -> String {
    words::value(Value::Share(share))
}

fn over(book: &Book, asked: &Asked, found: &Balances<'_>) -> Markup {
    html! {
        section.card aria-labelledby="over" {
            header { h2 #over { "Over" } span.muted.end { "more than they can carry in some week" } }
            @if found.over.is_empty() {
                p.muted { "Nobody has more than they can carry in any of the " (asked.query.weeks) " weeks." }
            } @else {
                div.scroll role="region" aria-label="Who is over, in numbers" tabindex="0" {
                    table.list.hover.heat {
                        thead { tr {
                            th scope="col" { "Person" } th.num scope="col" { "Hours over" } th.num scope="col" { "Weeks over" }
                            th.num scope="col" { "Peak" } th scope="col" { "In the week of" } th.num scope="col" { "Average" }
                        } }
                        tbody { @for one in &found.over { (over_row(book, one)) } }
                    }
                }
            }
        }
    }
}

fn over_row(book: &Book, one: &PersonBalance<'_>) -> Markup {
    let start = book.plan.organisation.week_start;
    html! {
        tr {
            (person(one))
            td.num.bad { (one.over) " h" } td.num { (one.weeks_over) }
            td.num {
                @match (one.peak_share(), one.peak) {
                    (Some(peak), _) => { (peak) " %" },
                    (None, Some((_, week))) => { (week.booked) " h while away" },
                    (None, None) => "–",
                }
            }
            td { @if let Some((week, _)) = one.peak { (week.first_day(start).short()) } }
            td.num { (share(one.average())) }
        }
    }
}

fn under(book: &Book, asked: &Asked, found: &Balances<'_>) -> Markup {
    let start = book.plan.organisation.week_start;
    html! {
        section.card aria-labelledby="under" {
            header { h2 #under { "Under" } span.muted.end { "below " (found.limit) " % on average" } }
            @if found.under.is_empty() {
                p.muted { "Everybody has at least " (found.limit) " % of their capacity planned over the " (asked.query.weeks) " weeks." }
            } @else {
                div.scroll role="region" aria-label="Who is under, in numbers" tabindex="0" {
                    table.list.hover.heat {
                        thead { tr {
                            th scope="col" { "Person" } th.num scope="col" { "Hours free" } th.num scope="col" { "Average" }
                            th.num scope="col" { "Booked" } th.num scope="col" { "Capacity" } th.num scope="col" { "Peak" } th scope="col" { "In the week of" }
                        } }
                        tbody {
                            @for one in &found.under {
                                tr {
                                    (person(one))
                                    td.num { b { (one.free) " h" } } td.num { (share(one.average())) }
                                    td.num { (one.booked) " h" } td.num { (one.capacity) " h" } td.num { (share(one.peak_share())) }
                                    td { @if let Some((week, _)) = one.peak { (week.first_day(start).short()) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn person(one: &PersonBalance<'_>) -> Markup {
    html! { th scope="row" { a href=(format!("/schedule?open={0}#p{0}", one.person.id)) { (one.person.name) } } }
}
