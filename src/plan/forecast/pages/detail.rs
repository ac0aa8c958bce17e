//! Who and what stands behind one number of the forecast.

use axum::response::Response;
use maud::{Markup, html};

use crate::book::{Book, CountsAs, DetailPart, DetailPerson, ForecastDetail};
use crate::plan::forecast::rules::{AskedDetail, group_name, scope_words};
use crate::ui::{self, Frame, Place};
use crate::units::Minutes;

/// A dialog, or the page where there is no script.
pub fn detail_page(frame: &Frame, book: &Book, asked: &AskedDetail, detail: &ForecastDetail<'_>) -> Response {
    let outlook = asked.asked.outlook;
    let first = outlook.from.first_day(book.plan.organisation.week_start);
    let tentative = asked.asked.tentative;
    let sum = &detail.sum;
    let title = format!("{}, week of {}", group_name(book, asked.group), first.short());
    let inside = html! {
        section.card.wide.behind-number {
            h1 { (title) }
            p.muted { (scope_words(book, &asked.asked)) }
            dl.facts {
                div { dt { "Capacity" } dd { (sum.capacity) " h" } }
                div { dt { "Confirmed" } dd { (sum.confirmed) " h" } }
                div { dt { "Tentative" } dd { (sum.tentative) " h" } }
                div { dt { "Open places" } dd { (sum.open()) " h" } }
                @if sum.gap(tentative).0 > 0 { div { dt { "Gap" } dd.bad { (sum.gap(tentative)) " h" } } }
                @else { div { dt { "Idle" } dd { (sum.idle(tentative)) " h" } } }
            }
            (people(book, detail))
            (open_places(book, detail, tentative))
            @if !frame.is_fragment { p { a.btn href=(format!("/forecast?{}", asked.asked.query(book))) { "Back to the forecast" } } }
        }
    };
    ui::fragment_or_page(frame, Place::Forecast, &title, &inside)
}

fn people(book: &Book, detail: &ForecastDetail<'_>) -> Markup {
    html! {
        h2 { "People" }
        @if detail.people.is_empty() {
            p.muted { "Nobody who is planned belongs here." }
        } @else {
            div.scroll role="region" aria-label="People" tabindex="0" {
                table.list {
                    thead { tr {
                        th scope="col" { "Person" } th.num scope="col" { "Capacity" } th.num scope="col" { "Booked" }
                        th.num scope="col" { "Left" } th scope="col" { "On" }
                    } }
                    tbody { @for one in &detail.people { (person_row(book, one)) } }
                }
            }
        }
    }
}

fn person_row(book: &Book, one: &DetailPerson<'_>) -> Markup {
    let over = one.booked.less(one.capacity);
    html! {
        tr {
            th scope="row" { a href=(format!("/schedule?open={0}#p{0}", one.person.id)) { (one.person.name) } }
            td.num { (one.capacity) " h" } td.num { (one.booked) " h" }
            td.num.bad[over.0 > 0] { @if over.0 > 0 { "−" (over) } @else { (one.capacity.less(one.booked)) } " h" }
            td {
                @if one.parts.is_empty() { span.faint { "nothing" } }
                ul.on { @for part in &one.parts { li { (part_words(book, part)) } } }
            }
        }
    }
}

fn part_words(book: &Book, part: &DetailPart<'_>) -> Markup {
    let project = part.assignment.project;
    let name = book.plan.project(project).map_or("", |one| one.name.as_str());
    html! {
        a href=(format!("/projects/{project}")) { (name) } " " span.nowrap { (part.minutes) " h" }
        @match part.counts_as {
            CountsAs::Confirmed => {},
            CountsAs::Tentative => span.faint { " tentative" },
            CountsAs::Closed => span.faint { " closed, not counted" },
        }
    }
}

fn open_places(book: &Book, detail: &ForecastDetail<'_>, tentative: bool) -> Markup {
    let counted = |part: &&DetailPart<'_>| tentative || part.counts_as == CountsAs::Confirmed;
    let shown: Vec<&DetailPart<'_>> = detail.open.iter().filter(counted).collect();
    let sum: Minutes = shown.iter().map(|part| part.minutes).sum();
    html! {
        h2 { "Open places" }
        @if shown.is_empty() {
            p.muted { "No open place asks for hours in this week." }
        } @else {
            table.list {
                thead { tr { th scope="col" { "Role" } th scope="col" { "Project" } th.num scope="col" { "Hours" } } }
                tbody {
                    @for part in &shown {
                        @let role = book.plan.role_name(part.assignment.role);
                        tr {
                            th scope="row" { @if role.is_empty() { "No role" } @else { (role) } }
                            td { (part_words_of_place(book, part)) } td.num { (part.minutes) " h" }
                        }
                    }
                }
                tfoot { tr.total { th scope="row" { "Sum" } td {} td.num { (sum) " h" } } }
            }
        }
    }
}

fn part_words_of_place(book: &Book, part: &DetailPart<'_>) -> Markup {
    let project = part.assignment.project;
    let name = book.plan.project(project).map_or("", |one| one.name.as_str());
    html! {
        a href=(format!("/schedule?view=projects&open={project}#j{project}")) { (name) }
        @if part.counts_as == CountsAs::Tentative { span.faint { " tentative" } }
    }
}
