//! The overview: five figures, capacity and demand, what needs a look, departments, dates.

mod cards;
mod chart;
mod more;

use maud::{Markup, html};

use crate::book::{Book, Scope};
use crate::people::department_options;
use crate::ui::{self, Frame, Place};

pub use more::more;

/// The whole page around a finished inside.
pub fn overview_page(frame: &Frame) -> Markup {
    ui::page(frame, Place::Overview, "Overview", &ui::inside())
}

/// Everything between the page's frame; `all` shows everything that needs a look, and not only the first of it.
pub fn overview(book: &Book, scope: Scope, all: bool, may_edit: bool) -> Markup {
    if book.plan.people.is_empty() && book.plan.projects.is_empty() {
        return beginning(may_edit);
    }
    let view = book.overview(scope);
    let start = book.plan.organisation.week_start;
    html! {
        (ui::page_head(
            "Overview",
            &html! { span.muted { "week of " (view.this_week.first_day(start).long()) } },
            &filters(book, scope),
        ))
        (cards::figures(&view, scope))
        div.split.stretch {
            section.card aria-labelledby="demand" {
                header { h2 #demand { "Capacity and demand" } a href=(forecast_link(scope)) { "Forecast →" } }
                (chart::demand_chart(&view, start))
            }
            (cards::attention(book, &view, scope, all))
        }
        div.split {
            (cards::departments(book, &view, scope))
            (cards::coming(&view, scope))
        }
        (ui::hatch())
    }
}

/// The address of this page with another choice for what needs a look.
fn href(scope: Scope, all: bool) -> String {
    let mut query = vec![format!("weeks={}", scope.weeks)];
    query.extend(scope.department.map(|id| format!("department={id}")));
    query.extend(all.then(|| "attention=all".to_owned()));
    format!("/?{}#attention", query.join("&"))
}

/// The same weeks of the same department, in the forecast.
fn forecast_link(scope: Scope) -> String {
    format!("/forecast?weeks={}{}", scope.weeks, of_department(scope))
}

/// The same weeks of the same department, as a report.
fn report_link(scope: Scope) -> String {
    let last = scope.today.plus(7 * (i32::from(scope.weeks) - 1));
    let department = of_department(scope);
    format!(
        "/reports?by=department&from={}&to={last}{department}",
        scope.today
    )
}

fn of_department(scope: Scope) -> String {
    scope
        .department
        .map_or_else(String::new, |id| format!("&department={id}"))
}

fn schedule_link(scope: Scope) -> String {
    scope.department.map_or_else(
        || "/schedule".to_owned(),
        |id| format!("/schedule?department={id}"),
    )
}

fn filters(book: &Book, scope: Scope) -> Markup {
    html! {
        form method="get" action="/" data-autosubmit {
            @if !book.plan.departments.is_empty() {
                select.field name="department" aria-label="Department" {
                    option value="" { "All departments" }
                    (department_options(&book.plan, scope.department))
                }
            }
            select.field name="weeks" aria-label="Weeks" {
                @for weeks in Scope::LENGTHS { option value=(weeks) selected[weeks == scope.weeks] { "Next " (weeks) " weeks" } }
            }
            noscript { button.btn type="submit" { "Show" } }
        }
    }
}

/// Where there is no plan yet: how to begin.
fn beginning(may_edit: bool) -> Markup {
    let steps = [
        (
            "Import what you have",
            "People, projects and hours from a spreadsheet. You see what will happen before anything is saved.",
            "/import",
            "Import a spreadsheet",
            false,
        ),
        (
            "Add people",
            "Who is on the team, and how many hours a week each of them has.",
            "/people/new",
            "Add a person",
            true,
        ),
        (
            "Add projects",
            "What the team works on. Then put people on projects in the schedule.",
            "/projects/new",
            "Add a project",
            true,
        ),
    ];
    html! {
        (ui::page_head("Overview", &html! {}, &html! {}))
        section.card.beginning {
            h2 { "There is no plan here yet" }
            @if may_edit {
                p.muted { "Start with whichever is nearest to hand; everything can be undone." }
                ol {
                    @for (index, (title, text, href, action, dialog)) in steps.iter().enumerate() {
                        li {
                            h3 { (title) }
                            p.muted { (text) }
                            a.btn.primary[index == 0] href=(href) data-dialog[*dialog] { (action) }
                        }
                    }
                }
            } @else {
                p.muted { "As soon as a planner has added people and projects, this page shows how the team stands." }
            }
        }
    }
}
