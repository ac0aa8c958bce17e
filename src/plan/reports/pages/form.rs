//! What is asked: by what, which measure, which weeks, which part of the plan.

use maud::{Markup, html};

use crate::book::{Book, CountsAs, Dimension, Query, Slices};
use crate::plan::forecast::{department_choice, role_choice};
use crate::plan::reports::period::Period;
use crate::plan::reports::rules::{Asked, By, Measure};
use crate::plan::reports::words;
use crate::web::Fields;

/// By what the report is cut; each tab keeps the period and the filters.
pub fn tabs(book: &Book, asked: &Asked) -> Markup {
    html! {
        nav.tabs-row aria-label="Reports" {
            @for by in By::ALL {
                @let link = format!("/reports?{}", asked.cut(by).query(book));
                a href=(link) aria-current=[(by == asked.by).then_some("page")] { (words::tab(by)) }
            }
        }
    }
}

/// The form; `typed` are the dates as they were typed where they could not be read.
pub fn filters(book: &Book, asked: &Asked, typed: Option<&Fields>) -> Markup {
    let Query {
        from, weeks, slices, ..
    } = asked.query;
    let start = book.plan.organisation.week_start;
    let balance = asked.by == By::Balance;
    let (first, last) = (
        from.first_day(start),
        from.plus(i32::from(weeks) - 1).last_day(start),
    );
    let date = |name: &str, own: String| typed.map_or(own, |fields| fields.text(name).to_owned());
    let chosen =
        asked.period == Period::Chosen || typed.is_some_and(|fields| fields.text("period") == "custom");
    html! {
        form.filters.many method="get" action="/reports" data-autosubmit {
            input type="hidden" name="by" value=(asked.by.as_str());
            @if !balance {
                label { "Show"
                    select name="measure" {
                        @for measure in Measure::ALL {
                            @if measure.fits(asked.by) {
                                option value=(measure.as_str()) selected[measure == asked.measure] { (words::measure(&Asked { measure, ..*asked })) }
                            }
                        }
                    }
                }
            }
            label { "Period"
                select name="period" {
                    @for period in Period::ALL {
                        option value=(period.as_str()) selected[if chosen { period == Period::Chosen } else { period == asked.period }] { (period.label()) }
                    }
                }
            }
            @if chosen {
                label { "From" input type="date" name="from" value=(date("from", first.to_string())); }
                label { "To" input type="date" name="to" value=(date("to", last.to_string())); }
            }
            @if !balance {
                label { "Columns"
                    select name="columns" {
                        @for one in Slices::ALL { option value=(one.as_str()) selected[one == slices] { (column_words(one)) } }
                    }
                }
                label { "Order"
                    select name="order" {
                        option value="value" selected[!asked.by_name] { "Largest first" }
                        option value="name" selected[asked.by_name] { "As in the plan" }
                    }
                }
            }
            (department_choice(book, asked.query.department))
            (role_choice(book, asked.query.role))
            @if !balance { (work_choices(book, &asked.query)) }
            noscript { button.btn type="submit" { "Show" } }
        }
    }
}

const fn column_words(slices: Slices) -> &'static str {
    match slices {
        Slices::Total => "The whole period",
        Slices::Week => "Weeks",
        Slices::Month => "Months",
        Slices::Quarter => "Quarters",
    }
}

fn work_choices(book: &Book, query: &Query) -> Markup {
    let plan = &book.plan;
    html! {
        @if !plan.clients.is_empty() && query.dimension != Dimension::Client {
            label { "Client"
                select name="client" {
                    option value="" { "All clients" }
                    @for one in &plan.clients { option value=(one.id) selected[query.client == Some(one.id)] { (one.name) } }
                }
            }
        } @else if let Some(client) = query.client { input type="hidden" name="client" value=(client); }
        label { "Status"
            select name="status" {
                option value="" { "All statuses" }
                @for one in &plan.statuses { option value=(one.id) selected[query.status == Some(one.id)] { (one.label) } }
            }
        }
        label { "Counts as"
            select name="countsAs" {
                option value="" { "All work" }
                @for one in CountsAs::ALL {
                    option value=(one.as_str()) selected[query.counts_as == Some(one)] {
                        @match one { CountsAs::Tentative => "Tentative", CountsAs::Confirmed => "Confirmed", CountsAs::Closed => "Closed" }
                    }
                }
            }
        }
    }
}
