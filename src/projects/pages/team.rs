//! Who is on a project, and what they have in the next weeks.

use maud::{Markup, html};

use super::ProjectView;
use crate::book::Assignment;
use crate::projects::rules_list::AHEAD;
use crate::ui;
use crate::units::Minutes;

/// The team and the places that nobody fills yet.
pub fn team(view: &ProjectView<'_>) -> Markup {
    let id = view.project.id;
    let all = view.book.plan.assignments_of_project(id);
    html! {
        section.card aria-labelledby="team" {
            header {
                h2 #team { "Team" } span.muted { "next " (AHEAD) " weeks" }
                span.end.line {
                    a href=(format!("/schedule?view=projects&open={id}#j{id}")) { "Schedule →" }
                    @if view.staffs() { a.btn.small href=(format!("/assignments/new?project={id}")) data-dialog { "+ Assign" } }
                }
            }
            @if all.is_empty() {
                (ui::empty(
                    "Nobody is on this project yet",
                    "Assign people, or keep an open place for a role; then book their hours in the schedule.",
                    &html! { @if view.staffs() { a.btn href=(format!("/assignments/new?project={id}")) data-dialog { "+ Assign" } } },
                ))
            } @else {
                div.scroll tabindex="0" role="region" aria-label="Hours of the team" { (table(view, &all)) }
            }
        }
    }
}

fn table(view: &ProjectView<'_>, all: &[&Assignment]) -> Markup {
    let start = view.book.plan.organisation.week_start;
    let sums = view.book.project_weeks(view.project.id, view.this_week, AHEAD);
    html! {
        table.list.team {
            thead { tr {
                th scope="col" { "Person" } th scope="col" { "Role" }
                @for week in view.this_week.span(AHEAD) {
                    @let day = week.first_day(start);
                    th.num scope="col" title=(format!("Week of {}", day.long())) { (day.short()) }
                }
                th.num scope="col" { "In all" }
                @if view.staffs() { th scope="col" { span.visually-hidden { "Change" } } }
            } }
            tbody { @for assignment in all { (row(view, assignment)) } }
            tfoot { tr.total {
                th scope="row" { "Together" } td {}
                @for sum in &sums { td.num { (hours(*sum)) } }
                td.num { (view.figures.planned.rounded()) }
                @if view.staffs() { td {} }
            } }
        }
    }
}

fn row(view: &ProjectView<'_>, assignment: &Assignment) -> Markup {
    let (book, plan) = (view.book, &view.book.plan);
    let person = assignment.person.and_then(|id| plan.person(id));
    let who = person.map_or("the open place", |person| person.name.as_str());
    html! {
        tr.closed[person.is_some_and(|person| !person.active)] {
            th scope="row" {
                @match person {
                    Some(person) => a.nowrap href=(format!("/people/{}", person.id)) { (person.name) },
                    None => {
                        em.muted.nowrap { "Open role" }
                        " " a.who-fits.nowrap href=(format!("/finder?project={}#place-{}", assignment.project, assignment.id)) { "Who fits?" }
                    },
                }
            }
            td.muted { (plan.role_name(plan.role_on(assignment))) @if !assignment.note.is_empty() { " " small { (assignment.note) } } }
            @for minutes in book.hours().span(assignment.id, view.this_week, AHEAD) { td.num { (hours(minutes)) } }
            td.num { (book.hours().total(assignment.id).rounded()) }
            @if view.staffs() {
                td.num {
                    @if view.reach.staffs(plan, assignment) {
                        a.btn.quiet.small href=(format!("/assignments/{}/edit", assignment.id)) data-dialog aria-label=(format!("Change the assignment of {who}")) { (ui::icon("edit")) }
                    }
                }
            }
        }
    }
}

/// Hours of a week, a dot where there are none.
fn hours(minutes: Minutes) -> Markup {
    html! { @if minutes.0 == 0 { span.faint { "·" } } @else { (minutes) } }
}
