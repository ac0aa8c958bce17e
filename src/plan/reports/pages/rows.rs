//! Sums by whom or by what: the chart, the figures in short, and the table.

use maud::{Markup, html};

use super::{chart, is_blank, nothing};
use crate::book::{Book, Dimension, Figures, Report, ReportRow, Slices, Subject};
use crate::plan::reports::rules::{Asked, By, Measure, Value};
use crate::plan::reports::{table, words};
use crate::ui;
use crate::units::Tenths;

/// Chart, figures and table.
pub fn report(book: &Book, asked: &Asked) -> Markup {
    let report = book.report(asked.query);
    if is_blank(&report) {
        return nothing(book);
    }
    let (bars, mark) = table::drawn(book, asked, &report);
    let title = words::title(asked);
    html! {
        div.split.stretch {
            section.card aria-labelledby="chart" {
                header {
                    h2 #chart { (title) }
                    @if report.rows.len() > bars.len() { span.muted.end { (bars.len()) " of " (report.rows.len()) } }
                }
                @if bars.is_empty() { p.muted { "There is nothing to compare in this period." } }
                @else { (chart(&title, &bars, mark)) }
                @if mark.is_some() { p.hint { "The line is all of the capacity." } }
            }
            (in_short(book, asked, &report))
        }
        (numbers(book, asked, &report))
        (ui::hatch())
    }
}

fn in_short(book: &Book, asked: &Asked, report: &Report) -> Markup {
    let (planned, open, capacity) = table::sums(report);
    let people = asked.query.dimension.is_of_people();
    let largest = asked
        .ordered(report)
        .into_iter()
        .max_by_key(|row| asked.size(&row.total));
    html! {
        section.card aria-labelledby="short" {
            header { h2 #short { "In short" } }
            dl.facts.in-short {
                div { dt { "Planned" } dd { (planned.rounded()) " h" } }
                div { dt { "Of it in open places" } dd { (open.rounded()) " h" } }
                @if people {
                    div { dt { "Capacity" } dd { (capacity.rounded()) " h" } }
                    div { dt { "Utilisation" } dd { (share(report.total.utilisation())) } }
                }
                @if let Some(row) = largest {
                    div { dt { "Most" } dd { (words::subject(book, &row.subject)) ", " (words::value(asked.value(&row.total, &report.total))) } }
                }
            }
            p.hint { (how_counted(asked)) }
        }
    }
}

fn share(share: Option<Tenths>) -> String {
    words::value(Value::Share(share))
}

/// The rules by which the numbers are what they are.
fn how_counted(asked: &Asked) -> String {
    let mut text = match asked.query.dimension {
        Dimension::Person | Dimension::Department | Dimension::Role => {
            "Utilisation is booked hours of capacity; open places are nobody’s load. "
        }
        Dimension::Phase => "A week belongs to the phase of the deliverable that its project has due next. ",
        Dimension::Client | Dimension::Project | Dimension::Status => "Open places count as planned. ",
    }
    .to_owned();
    if matches!(asked.query.slices, Slices::Month | Slices::Quarter) {
        text.push_str(
            "Hours are planned by week, and a week counts in the month and quarter of its Thursday.",
        );
    }
    text
}

fn numbers(book: &Book, asked: &Asked, report: &Report) -> Markup {
    let whole = asked.query.slices == Slices::Total;
    html! {
        section.card.flush aria-labelledby="numbers" {
            h2.visually-hidden #numbers { "The numbers" }
            div.scroll role="region" aria-label="The report in numbers" tabindex="0" {
                table.list.hover.heat {
                    @if whole { (whole_table(book, asked, report)) } @else { (cut_table(book, asked, report)) }
                }
            }
        }
    }
}

/// Every figure of the whole period.
fn whole_table(book: &Book, asked: &Asked, report: &Report) -> Markup {
    let people = asked.query.dimension.is_of_people();
    let line = |figures: &Figures| {
        html! {
            td.num { (words::exact(figures.planned())) " h" } td.num.phone-hide { (words::exact(figures.open)) " h" }
            @if people { td.num.phone-hide { (words::exact(figures.capacity)) " h" } td.num { (share(figures.utilisation())) } }
            @else { td.num { (share(figures.share(&report.total))) } }
        }
    };
    html! {
        thead { tr {
            th scope="col" { (words::noun(asked.by)) } th.num scope="col" { "Planned" } th.num.phone-hide scope="col" { "In open places" }
            @if people { th.num.phone-hide scope="col" { "Capacity" } th.num scope="col" { "Utilisation" } } @else { th.num scope="col" { "Share" } }
        } }
        tbody { @for row in asked.ordered(report) { tr { (row_head(book, asked, row)) (line(&row.total)) } } }
        tfoot { tr.total { th scope="row" { "Total" } (line(&report.total)) } }
    }
}

/// The measure in each column of the period.
fn cut_table(book: &Book, asked: &Asked, report: &Report) -> Markup {
    html! {
        thead { tr {
            th scope="col" { (words::noun(asked.by)) }
            @for slice in &report.slices { th.centre scope="col" { (words::slice(book, *slice)) } }
            th.num scope="col" { "Total" }
        } }
        tbody {
            @for row in asked.shown(report) {
                tr {
                    (row_head(book, asked, row))
                    @for (figures, all) in row.cells.iter().zip(&report.totals) { (cell(book, asked, figures, all)) }
                    td.num { b { (words::value(asked.value(&row.total, &report.total))) } }
                }
            }
        }
        tfoot {
            tr.total {
                th scope="row" { "Total" }
                @for total in &report.totals { td.centre { (plain(asked.value(total, total))) } }
                td.num { (words::value(asked.value(&report.total, &report.total))) }
            }
        }
    }
}

/// One number of many: its unit stands at the total.
fn plain(value: Value) -> String {
    match value {
        Value::Hours(minutes) if minutes.0 == 0 => "·".to_owned(),
        Value::Hours(minutes) => words::exact(minutes),
        Value::Share(share) => share.map_or_else(|| "–".to_owned(), |share| share.to_string()),
    }
}

fn cell(book: &Book, asked: &Asked, figures: &Figures, all: &Figures) -> Markup {
    let text = plain(asked.value(figures, all));
    if asked.measure == Measure::Utilisation && asked.query.dimension.is_of_people() {
        let class = table::bands(book).load(figures.booked, figures.capacity).class();
        return html! { td.load.(class) { span { (text) } } };
    }
    html! { td.centre { (text) } }
}

/// A row's name, which leads to what it is made of.
fn row_head(book: &Book, asked: &Asked, row: &ReportRow) -> Markup {
    let name = words::subject(book, &row.subject);
    html! {
        th scope="row" {
            @match further(book, asked, &row.subject) { Some(link) => a href=(link) { (name) }, None => (name) }
        }
    }
}

fn further(book: &Book, asked: &Asked, subject: &Subject) -> Option<String> {
    let into = |by: Dimension, change: &dyn Fn(&mut Asked)| {
        let mut other = asked.cut(By::Dimension(by));
        change(&mut other);
        Some(format!("/reports?{}", other.query(book)))
    };
    match subject {
        Subject::Person(id) => Some(format!("/people/{id}")),
        Subject::Project(id) => Some(format!("/projects/{id}")),
        Subject::Department(Some(id)) => into(Dimension::Person, &|other| other.query.department = Some(*id)),
        Subject::Role(Some(id)) => into(Dimension::Person, &|other| other.query.role = Some(*id)),
        Subject::Client(Some(id)) => into(Dimension::Project, &|other| other.query.client = Some(*id)),
        Subject::Status(id) => into(Dimension::Project, &|other| other.query.status = Some(*id)),
        Subject::OpenPlaces
        | Subject::Phase(_)
        | Subject::Department(None)
        | Subject::Role(None)
        | Subject::Client(None) => None,
    }
}
