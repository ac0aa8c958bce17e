//! Everybody, to search, narrow down and sort.

use maud::{Markup, html};

use crate::book::{Book, PersonWeek};
use crate::people::pages::indented;
use crate::people::rules::{PeopleQuery, PersonRow, Show, Sort};
use crate::ui::{self, Frame, Place};
use crate::units::ids::Id;

/// The list of people.
pub fn people(frame: &Frame, book: &Book, query: &PeopleQuery, rows: &[PersonRow<'_>]) -> Markup {
    let everybody = book.plan.people.len();
    let new = html! { a.btn.primary href="/people/new" data-dialog { "+ Person" } };
    ui::page(
        frame,
        Place::People,
        "People",
        &html! {
            div.topbar {
                h1 { "People" }
                span.muted { (count(query, rows.len(), query.among(book))) }
                span.spacer {}
                @if everybody > 0 {
                    form method="get" action="/people" role="search" {
                        (kept(query, &["department", "role", "skill", "show", "sort"]))
                        input type="search" name="q" value=(query.text) placeholder="Find a person, skill, available, <30" aria-label="Find a person, skill, project or load";
                    }
                    (filters(book, query))
                    (ui::views_menu("/people"))
                }
                @if frame.may_edit { (new) }
            }
            @if everybody == 0 {
                section.card { (nobody_yet(frame)) }
            } @else if rows.is_empty() {
                section.card {
                    (ui::empty("Nobody fits", "Nobody fits what you are looking for. Try fewer words or filters.", &html! {
                        a.btn href="/people" { "Show everybody" }
                    }))
                }
            } @else {
                section.card.flush { (table(book, query, rows)) }
            }
        },
    )
}

fn nobody_yet(frame: &Frame) -> Markup {
    let text = if frame.may_edit {
        "Add the first person by hand, or bring the whole team over from a spreadsheet."
    } else {
        "As soon as a manager has added people, they stand here."
    };
    ui::empty(
        "Nobody is planned yet",
        text,
        &html! {
            @if frame.may_edit {
                div.actions {
                    a.btn.primary href="/people/new" data-dialog { "Add a person" }
                    a.btn href="/import" { "Import a list" }
                }
            }
        },
    )
}

fn count(query: &PeopleQuery, shown: usize, everybody: usize) -> String {
    let word = if shown == 1 { "person" } else { "people" };
    if query.asks_for_all() || shown == everybody {
        format!("{shown} {word}")
    } else {
        format!("{shown} of {everybody}")
    }
}

/// The parts of the address that a form leaves as they are.
fn kept(query: &PeopleQuery, names: &[&str]) -> Markup {
    let text = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    let all = [
        ("q", query.text.clone()),
        ("department", text(query.department.map(Id::raw))),
        ("role", text(query.role.map(Id::raw))),
        ("skill", text(query.skill.map(Id::raw))),
        (
            "show",
            if query.show == Show::Active {
                String::new()
            } else {
                query.show.as_str().to_owned()
            },
        ),
        (
            "sort",
            if query.sort == Sort::Name && !query.down {
                String::new()
            } else {
                query.sort_word()
            },
        ),
    ];
    html! {
        @for (name, value) in all.iter().filter(|(name, value)| names.contains(name) && !value.is_empty()) {
            input type="hidden" name=(name) value=(value);
        }
    }
}

fn filters(book: &Book, query: &PeopleQuery) -> Markup {
    let plan = &book.plan;
    let departments: Vec<(i64, String)> = plan
        .departments
        .iter()
        .map(|one| (one.id.0, indented(one)))
        .collect();
    let roles: Vec<(i64, String)> = plan
        .roles
        .iter()
        .map(|one| (one.id.0, one.name.clone()))
        .collect();
    let skills: Vec<(i64, String)> = plan
        .skills
        .iter()
        .map(|one| (one.id.0, one.name.clone()))
        .collect();
    let set = query.filters();
    html! {
        details.menu {
            summary.btn {
                @match set { 0 => "Filter", 1 => "1 filter", _ => { (set) " filters" } }
            }
            form method="get" action="/people" data-autosubmit {
                (kept(query, &["q", "sort"]))
                (ui::filter_choice("department", "Department, with those below", &departments, query.department.map(Id::raw)))
                (ui::filter_choice("role", "Role", &roles, query.role.map(Id::raw)))
                (ui::filter_choice("skill", "Skill", &skills, query.skill.map(Id::raw)))
                label {
                    span { "Planned" }
                    select.field name="show" {
                        @for (show, label) in Show::ALL { option value=(show.as_str()) selected[show == query.show] { (label) } }
                    }
                }
                div.actions {
                    button.btn.primary type="submit" { "Show" }
                    @if set > 0 {
                        @let cleared = PeopleQuery { text: query.text.clone(), sort: query.sort, down: query.down, ..PeopleQuery::default() };
                        a.btn.quiet href=(cleared.href()) { "Clear" }
                    }
                }
            }
        }
    }
}

fn table(book: &Book, query: &PeopleQuery, rows: &[PersonRow<'_>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="People" {
            table.list.hover.people {
                thead {
                    tr {
                        (sortable(query, Sort::Name, "Name", ""))
                        (sortable(query, Sort::Role, "Role", "phone-hide"))
                        (sortable(query, Sort::Department, "Department", "phone-hide"))
                        th.phone-hide scope="col" { "Location" }
                        (sortable(query, Sort::Hours, "Hours a week", "num phone-hide"))
                        (sortable(query, Sort::Load, "This week", ""))
                        (sortable(query, Sort::Ahead, "Next 4 weeks", "phone-hide"))
                        th.phone-hide scope="col" { "Skills" }
                    }
                }
                tbody { @for row in rows { (person_row(book, row)) } }
            }
        }
    }
}

fn sortable(query: &PeopleQuery, sort: Sort, label: &str, class: &str) -> Markup {
    let order = match (query.sort == sort, query.down) {
        (false, _) => "none",
        (true, false) => "ascending",
        (true, true) => "descending",
    };
    html! {
        th.(class) scope="col" aria-sort=(order) { a href=(query.sorted_by(sort).href()) { (label) } }
    }
}

/// How many skills stand in a row before the rest is a number.
const SKILLS_SHOWN: usize = 3;

fn person_row(book: &Book, row: &PersonRow<'_>) -> Markup {
    let (plan, person) = (&book.plan, row.person);
    html! {
        tr.closed[!person.active] id=(format!("p{}", person.id)) {
            th scope="row" {
                div.who {
                    (ui::avatar(&person.name))
                    span {
                        a href=(format!("/people/{}", person.id)) { (person.name) }
                        @if !person.active { " " (ui::chip("", "inactive")) }
                        small.phone-only { (plan.role_name(person.role)) }
                    }
                }
            }
            td.muted.phone-hide { (plan.role_name(person.role)) }
            td.muted.phone-hide { @if let Some(id) = person.department { (plan.department_path(id)) } }
            td.muted.phone-hide { (person.location) }
            td.num.phone-hide { (row.weekly) }
            td { (load(book, &row.now)) }
            td.phone-hide { (load(book, &row.ahead)) }
            td.phone-hide {
                div.chips {
                    @for (skill, _) in person.skills.iter().take(SKILLS_SHOWN) { (ui::chip("", plan.skill_name(*skill))) }
                    @if person.skills.len() > SKILLS_SHOWN { span.faint { "+" (person.skills.len() - SKILLS_SHOWN) } }
                }
            }
        }
    }
}

/// A small bar with its number; away and not employed in words.
fn load(book: &Book, week: &PersonWeek) -> Markup {
    let class = book.load(week).class();
    html! {
        @match week.percent() {
            None if week.booked.0 > 0 => span.bad { (week.booked) " h, away" },
            None => span.faint { "–" },
            Some(percent) => {
                span.load-figure title=(format!("{} h of {} h", week.booked, week.capacity)) {
                    meter.load.(class) min="0" max="130" value=(percent.min(130)) aria-hidden="true" {}
                    span.(if week.is_over() { "warn" } else { "" }) { (percent) " %" }
                }
            }
        }
    }
}
