//! The forecast: figures, chart, who is short when, and the numbers.

mod cards;
mod detail;

use maud::{Markup, html};

use super::rules::{Asked, period_words};
use super::table;
use crate::book::{Book, Forecast, Grouping, Outlook};
use crate::error::FieldError;
use crate::people::department_options;
use crate::plan::share;
use crate::ui::chart::{Place as Box, areas};
use crate::ui::{self, Frame, Place};
use crate::units::ids::{DepartmentId, RoleId};

pub use detail::detail_page;

/// Where the chart lies in its picture of 760 by 262.
const CHART: Box = Box {
    left: 66,
    right: 748,
    top: 14,
    bottom: 238,
};

/// The whole page around a finished inside.
pub fn forecast_page(frame: &Frame) -> Markup {
    ui::page_with_script(frame, Place::Forecast, "Forecast", &ui::inside(), "js/share.js")
}

/// Everything between the page's frame.
pub fn forecast(book: &Book, asked: &Asked, may_edit: bool) -> Markup {
    let outlook = asked.outlook;
    let view = book.forecast(outlook);
    let links = share::Links {
        room: "/forecast",
        query: asked.query(book),
        name: format!(
            "forecast-{}",
            outlook.from.first_day(book.plan.organisation.week_start)
        ),
    };
    let empty = view.groups.is_empty();
    html! {
        (ui::page_head(
            "Forecast",
            &html! { span.muted { (period_words(book, outlook.from, outlook.weeks)) } },
            &html! { (ui::views_menu("/forecast")) @if !empty { (share::menu(&links)) } },
        ))
        (filters(book, asked))
        @if empty {
            (nobody(book, asked, may_edit))
        } @else {
            @let cut = cards::Cut::of(book, asked, &view);
            (cards::figures(book, asked, &view, &cut))
            div.split.stretch {
                (chart(book, asked, &view))
                (cards::shortest(book, asked, &cut))
            }
            (cards::heat(book, asked, &view))
            (ui::hatch())
        }
    }
}

/// The page for an address that asks for what is not there.
pub fn refused(frame: &Frame, book: &Book, asked: &Asked, faults: &[FieldError]) -> Markup {
    let inside = html! {
        (ui::page_head("Forecast", &html! {}, &html! {}))
        (filters(book, asked))
        div.errors role="alert" {
            p { strong { "This forecast cannot be shown." } }
            ul { @for fault in faults { li { strong { (fault.field) } " " (fault.message) } } }
            p { a href="/forecast" { "Show the forecast of everybody" } }
        }
    };
    ui::page(frame, Place::Forecast, "Forecast", &inside)
}

fn filters(book: &Book, asked: &Asked) -> Markup {
    let Outlook {
        from,
        weeks,
        grouping,
        department,
        role,
        ..
    } = asked.outlook;
    let others = !Outlook::LENGTHS.contains(&weeks);
    html! {
        form.filters method="get" action="/forecast" data-autosubmit {
            @if asked.moved { input type="hidden" name="from" value=(from.first_day(book.plan.organisation.week_start)); }
            label { "Weeks"
                select name="weeks" {
                    @if others { option value=(weeks) selected { "Next " (weeks) " weeks" } }
                    @for length in Outlook::LENGTHS { option value=(length) selected[length == weeks] { "Next " (length) " weeks" } }
                }
            }
            label { "By"
                select name="by" {
                    @for one in Grouping::ALL { option value=(one.as_str()) selected[one == grouping] { (by_words(one)) } }
                }
            }
            (department_choice(book, department))
            (role_choice(book, role))
            label { "Demand"
                select name="tentative" {
                    option value="1" selected[asked.tentative] { "Confirmed and tentative" }
                    option value="0" selected[!asked.tentative] { "Confirmed only" }
                }
            }
            noscript { button.btn type="submit" { "Show" } }
        }
    }
}

/// The choice of a department, all below it included.
pub fn department_choice(book: &Book, chosen: Option<DepartmentId>) -> Markup {
    html! {
        @if !book.plan.departments.is_empty() {
            label { "Department"
                select name="department" {
                    option value="" { "All departments" }
                    (department_options(&book.plan, chosen))
                }
            }
        }
    }
}

/// The choice of a role.
pub fn role_choice(book: &Book, chosen: Option<RoleId>) -> Markup {
    html! {
        @if !book.plan.roles.is_empty() {
            label { "Role"
                select name="role" {
                    option value="" { "All roles" }
                    @for one in &book.plan.roles { option value=(one.id) selected[chosen == Some(one.id)] { (one.name) } }
                }
            }
        }
    }
}

const fn by_words(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::Whole => "All together",
        Grouping::Department => "Department",
        Grouping::Role => "Role",
    }
}

fn nobody(book: &Book, asked: &Asked, may_edit: bool) -> Markup {
    let whole = asked.outlook.department.is_none() && asked.outlook.role.is_none();
    let action = html! {
        @if !whole { a.btn href="/forecast" { "Show everybody" } }
        @else if may_edit && book.plan.people.is_empty() { a.btn.primary href="/people/new" data-dialog { "Add a person" } }
    };
    let text = if whole {
        "As soon as there are people with working weeks and projects with hours, this page shows where the team will be short and where it has room."
    } else {
        "Nobody who is planned belongs to this choice, and no open place asks for them."
    };
    html! { section.card { (ui::empty("There is nobody to look ahead for", text, &action)) } }
}

fn chart(book: &Book, asked: &Asked, view: &Forecast) -> Markup {
    html! {
        section.card aria-labelledby="demand" {
            header { h2 #demand { (table::TITLE) } }
            svg.chart viewBox="0 0 760 262" role="img"
                aria-label=(format!("Capacity and demand over {} weeks; the numbers are in the table below.", asked.outlook.weeks)) {
                (areas(CHART, &table::drawn(book, asked, view)))
            }
            div.legend {
                span { i.capacity {} "capacity" } span { i.u3 {} "confirmed" } span { i.u2 {} "open places" }
                @if asked.tentative { span { i.tent {} "tentative, its open places included" } }
            }
            (cards::numbers(book, asked, view))
        }
    }
}
