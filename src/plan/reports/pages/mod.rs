//! Reports: what is asked, a chart, and the table it is drawn from.

mod balance;
mod form;
mod rows;

use maud::{Markup, html};

use super::handlers::name;
use super::rules::{Asked, By};
use super::{table, words};
use crate::book::{Book, Report};
use crate::error::FieldError;
use crate::plan::share;
use crate::ui::chart::{Bar, Place as Box, bars};
use crate::ui::{self, Frame, Place};
use crate::web::Fields;

/// Where bars lie in their picture, which is 760 wide and as high as they are many.
const CHART: Box = Box {
    left: 200,
    right: 660,
    top: 4,
    bottom: 4,
};

/// How high one bar is with the room around it.
const BAR: u32 = 24;

/// The whole page around a finished inside.
pub fn reports_page(frame: &Frame) -> Markup {
    ui::page_with_script(frame, Place::Reports, "Reports", &ui::inside(), "js/share.js")
}

/// Everything between the page's frame.
pub fn reports(book: &Book, asked: &Asked) -> Markup {
    let links = share::Links {
        room: "/reports",
        query: asked.query(book),
        name: name(book, asked),
    };
    html! {
        (ui::page_head(
            "Reports",
            &html! { span.muted { (words::under_title(book, asked)) } },
            &html! { a.btn href="/past" { "Looking back" } (ui::views_menu("/reports")) (share::menu(&links)) },
        ))
        (form::tabs(book, asked))
        (form::filters(book, asked, None))
        @match asked.by {
            By::Dimension(_) => (rows::report(book, asked)),
            By::Balance => (balance::balance(book, asked)),
        }
    }
}

/// The page for an address that asks for what is not there.
pub fn refused(frame: &Frame, book: &Book, plain: &Asked, fields: &Fields, faults: &[FieldError]) -> Markup {
    let inside = html! {
        (ui::page_head("Reports", &html! {}, &html! {}))
        (form::tabs(book, plain))
        (form::filters(book, plain, Some(fields)))
        div.errors role="alert" {
            p { strong { "This report cannot be shown." } }
            ul { @for fault in faults { li { strong { (fault.field) } " " (fault.message) } } }
            p { a href="/reports" { "Show the utilisation of all departments" } }
        }
    };
    ui::page(frame, Place::Reports, "Reports", &inside)
}

/// The picture of bars on the page.
fn chart(title: &str, found: &[Bar], mark: Option<u64>) -> Markup {
    let height = BAR * u32::try_from(found.len()).unwrap_or(1);
    let place = Box {
        bottom: CHART.top + height,
        ..CHART
    };
    html! {
        svg.chart.bars viewBox=(format!("0 0 760 {}", height + 8)) role="img" aria-label=(format!("{title}; the numbers are in the table below.")) {
            (bars(place, found, mark))
        }
    }
}

/// What stands where a period holds nothing.
fn nothing(book: &Book) -> Markup {
    let action = html! {
        @if book.plan.people.is_empty() { a.btn href="/people" { "People" } }
        @else { a.btn href="/schedule" { "Schedule" } }
    };
    html! {
        section.card {
            (ui::empty(
                "Nothing is planned in this period",
                "As soon as people have working weeks and hours on projects, this page sums them. Try another period, or take a filter away.",
                &action,
            ))
        }
    }
}

fn is_blank(report: &Report) -> bool {
    report.rows.is_empty() || table::sums(report) == Default::default()
}
