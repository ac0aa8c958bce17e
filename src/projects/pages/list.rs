//! The list of projects.

use maud::{Markup, html};

use crate::book::Book;
use crate::people::department_options;
use crate::projects::rules_list::{AHEAD, ListedProject, PAGE, ProjectList, SortBy};
use crate::ui::{self, Frame, Place};
use crate::units::{Day, Minutes};

/// The list.
pub fn projects(frame: &Frame, book: &Book, list: &ProjectList, today: Day) -> Markup {
    let rows = list.arrange(book, today);
    let total = book.plan.projects.len();
    let pages = rows.len().div_ceil(PAGE).max(1);
    let page = list.page.min(pages - 1);
    let beside = html! {
        span.muted { @if rows.len() == total { (total) } @else { (rows.len()) " of " (total) } }
    };
    let actions = html! {
        (search(list))
        (ui::views_menu("/projects"))
        @if frame.may_edit { a.btn.primary href="/projects/new" data-dialog { "+ Project" } }
    };
    let content = html! {
        (ui::page_head("Projects", &beside, &actions))
        @if total > 0 { (filters(book, list)) }
        section.card.flush aria-label="Projects" {
            @if total == 0 { (none_yet(frame)) }
            @else if rows.is_empty() {
                (ui::empty("No project fits", "Nothing has all of what you look for.", &html! { a.btn href="/projects" { "Show all projects" } }))
            } @else {
                div.scroll { (table(book, list, rows.iter().skip(page * PAGE).take(PAGE), today)) }
            }
        }
        @if pages > 1 { (pager(list, page, pages)) }
    };
    ui::page(frame, Place::Projects, "Projects", &content)
}

fn none_yet(frame: &Frame) -> Markup {
    ui::empty(
        "There are no projects yet",
        "A project is what hours are booked on. Add one, or import them with their deliverables from a spreadsheet.",
        &html! {
            @if frame.may_edit {
                div.actions {
                    a.btn.primary href="/projects/new" data-dialog { "+ Project" }
                    a.btn href="/import" { "Import a spreadsheet" }
                }
            }
        },
    )
}

fn search(list: &ProjectList) -> Markup {
    html! {
        form method="get" action="/projects" role="search" {
            (kept(list, true))
            input.field type="search" name="q" value=(list.filter.text) placeholder="Find a project, client or person" aria-label="Find a project, client or person";
        }
    }
}

/// What a form does not ask for itself.
fn kept(list: &ProjectList, filters: bool) -> Markup {
    let id = |id: Option<String>| id.unwrap_or_default();
    html! {
        @if filters {
            @for (name, value) in [
                ("status", list.status_text()),
                ("client", id(list.filter.client.map(|id| id.to_string()))),
                ("department", id(list.filter.department.map(|id| id.to_string()))),
            ] {
                @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
            }
        } @else if !list.filter.text.is_empty() {
            input type="hidden" name="q" value=(list.filter.text);
        }
        @if list.sort_text() != "name" { input type="hidden" name="sort" value=(list.sort_text()); }
    }
}

fn filters(book: &Book, list: &ProjectList) -> Markup {
    let plan = &book.plan;
    let status = list.status_text();
    html! {
        form.filters method="get" action="/projects" data-autosubmit {
            (kept(list, false))
            select.field name="status" aria-label="Status" {
                option value="" { "Every status" }
                option value="open" selected[status == "open"] { "All but closed" }
                @for one in &plan.statuses { option value=(one.id) selected[status == one.id.to_string()] { (one.label) } }
            }
            @if !plan.clients.is_empty() {
                select.field name="client" aria-label="Client" {
                    option value="" { "Every client" }
                    @for one in &plan.clients { option value=(one.id) selected[list.filter.client == Some(one.id)] { (one.name) } }
                }
            }
            @if !plan.departments.is_empty() {
                select.field name="department" aria-label="Department" {
                    option value="" { "Every department" }
                    (department_options(plan, list.filter.department))
                }
            }
            noscript { button.btn type="submit" { "Show" } }
            @if list.is_filtered() { a.btn.quiet href="/projects" { "Clear" } }
        }
    }
}

fn table<'a>(
    book: &Book,
    list: &ProjectList,
    rows: impl Iterator<Item = &'a ListedProject<'a>>,
    today: Day,
) -> Markup {
    let head = |sort: SortBy, label: &str, class: &str| {
        let order = match (list.sort == sort, list.falling) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        };
        html! { th.(class) scope="col" aria-sort=(order) { a href=(list.sorted_by(sort).href()) { (label) } } }
    };
    html! {
        table.list.hover.projects {
            thead { tr {
                (head(SortBy::Name, "Project", ""))
                (head(SortBy::Code, "Code", "phone-hide"))
                (head(SortBy::Client, "Client", "phone-hide"))
                (head(SortBy::Status, "Status", "phone-hide"))
                (head(SortBy::Due, "Next due", ""))
                th.phone-hide scope="col" { "People" }
                (head(SortBy::Hours, "Planned", "num"))
                (head(SortBy::Budget, "Of budget", "after-num phone-hide"))
                th.phone-hide scope="col" { "Next " (AHEAD) " weeks" }
            } }
            tbody { @for row in rows { (line(book, row, today)) } }
        }
    }
}

fn line(book: &Book, row: &ListedProject<'_>, today: Day) -> Markup {
    let (project, figures) = (row.project, &row.figures);
    html! {
        tr.closed[row.closed] {
            th scope="row" {
                span.who { i.dot.(project.colour.class()) {} a href=(format!("/projects/{}", project.id)) { (project.name) } }
            }
            td.muted.phone-hide { (project.code) }
            td.muted.phone-hide { (book.plan.client_name(project.client)) }
            td.phone-hide { @if let Some(status) = book.plan.status(project.status) { (ui::status_chip(status.colour, &status.label)) } }
            td { @if let Some(next) = figures.next { (due(&next.name, next.due, today)) } }
            td.phone-hide { (people(figures.people, figures.open_places)) }
            td.num { (figures.planned.rounded()) " h" }
            td.after-num.phone-hide { (budget(row)) }
            td.phone-hide { (sparkline(&row.ahead)) }
        }
    }
}

/// A deliverable with its date; one that has gone by says so in words and colour.
fn due(name: &str, day: Option<Day>, today: Day) -> Markup {
    html! {
        @if let Some(day) = day {
            span.muted { (day.short()) } " " (name)
            @if day < today { " " span.chip.bad { "overdue" } }
        }
    }
}

/// `5 + 1 open`.
fn people(people: usize, open: usize) -> Markup {
    html! {
        @match (people, open) {
            (0, 0) => span.faint { "nobody" },
            (people, 0) => (people),
            (people, open) => { (people) " " span.warn { "+ " (open) " open" } }
        }
    }
}

fn budget(row: &ListedProject<'_>) -> Markup {
    html! {
        @match (row.used, row.project.budget) {
            (Some(used), Some(budget)) => span.budget title=(format!("{} h of {} h", row.figures.planned.rounded(), budget.rounded())) {
                (ui::load_meter(Some(used), used_class(used))) (used) " %"
            },
            _ => span.faint { "no budget" },
        }
    }
}

/// How a used budget is painted: within it, over it, far over it.
pub(super) const fn used_class(used: u32) -> &'static str {
    match used {
        0..=100 => "u3",
        101..=115 => "u4",
        _ => "u5",
    }
}

/// The hours of the next weeks as bars against their own largest.
fn sparkline(weeks: &[Minutes]) -> Markup {
    let most = weeks.iter().map(|minutes| minutes.0).max().unwrap_or(0).max(1);
    let told: Vec<String> = weeks.iter().map(|minutes| minutes.rounded()).collect();
    let told = format!("Hours a week: {}", told.join(", "));
    html! {
        svg.sparkline viewBox="0 0 80 20" role="img" aria-label=(told) {
            title { (told) }
            @for (index, minutes) in (0_u32..).zip(weeks) {
                @let height = (minutes.0 * 20).div_ceil(most).clamp(1, 20);
                rect.spark.none[minutes.0 == 0] x=(index * 10) y=(20 - height) width="8" height=(height) rx="1.5" {}
            }
        }
    }
}

fn pager(list: &ProjectList, page: usize, pages: usize) -> Markup {
    html! {
        nav.pager aria-label="Pages" {
            @if page > 0 { a.btn href=(list.at_page(page - 1).href()) rel="prev" { "‹ Before" } } @else { span {} }
            span { "Page " (page + 1) " of " (pages) }
            @if page + 1 < pages { a.btn href=(list.at_page(page + 1).href()) rel="next" { "After ›" } } @else { span {} }
        }
    }
}
