//! The grid of projects: their hours by week, and under an opened project its people and open places.

use maud::{Markup, html};

use super::grid::{Grid, add_row, assignment_row, foot_row};
use crate::accounts::Reach;
use crate::book::{CountsAs, Filter, Project, WeekDemand};
use crate::ui;
use crate::units::Minutes;

/// So many projects in a row are drawn and kept together.
const RUN: usize = 32;

/// Some projects in a row.
pub struct Run<'a>(Vec<&'a Project>);

impl<'a> Run<'a> {
    /// Projects by name.
    pub fn all(grid: &Grid<'a>) -> Vec<Self> {
        let projects = grid.book.projects(&grid.window.filter);
        projects.chunks(RUN).map(|run| Self(run.to_vec())).collect()
    }

    /// By which it is told from the other runs of a grid.
    pub fn key(&self) -> String {
        let ids: Vec<String> = self.0.iter().map(|project| project.id.to_string()).collect();
        ids.join(",")
    }

    /// The newest change that it shows.
    pub fn revision(&self, grid: &Grid<'_>) -> i64 {
        grid.book.revision_of_projects(&self.0)
    }

    /// Its rows, of those projects that are wanted.
    pub fn rows(&self, grid: &Grid<'_>, only: Option<&[&str]>) -> Markup {
        html! {
            @for project in &self.0 {
                @if Grid::wanted(only, &format!("j{}", project.id)) { (one_project(grid, project)) }
            }
        }
    }
}

/// In place of projects where there are none to show.
pub fn nothing(grid: &Grid<'_>) -> Markup {
    html! {
        tr.none role="row" {
            td role="gridcell" {
                @if grid.window.filter.is_empty() {
                    "There are no projects yet. " a href="/import" { "Import a spreadsheet" } " or " a href="/projects/new" data-dialog { "add a project" } "."
                } @else {
                    "No project fits these filters. " a href=(grid.window.with(|other| other.filter = Filter::default()).href(&grid.book.plan)) { "Show all" } "."
                }
            }
        }
    }
}

fn one_project(grid: &Grid<'_>, project: &Project) -> Markup {
    let plan = &grid.book.plan;
    let owner = format!("j{}", project.id);
    let open = grid.is_open(project.id.0);
    let weeks = grid
        .book
        .project_weeks(project.id, grid.window.from, grid.window.weeks);
    let status = plan.status(project.status);
    let tentative = status.is_some_and(|status| status.counts_as == CountsAs::Tentative);
    html! {
        tr.project id=(owner) data-project=(project.id) role="row" {
            th.who role="rowheader" {
                div.row {
                    a.toggle aria-expanded=(open) href=(grid.toggled(project.id.0)) {
                        i.dot.(project.colour.class()) {}
                        span.name { span { (project.name) } " " small { (project.code) } }
                    }
                    span.cap { (status.map_or("", |status| status.label.as_str())) }
                }
            }
            @for ((week, day), minutes) in grid.weeks.iter().zip(&grid.days_below).zip(&weeks) {
                @let due = grid.due(project.id, *week);
                @let flags = due.filter(|_| grid.reach.project(project)).map(|due| due.flags.as_str());
                td.sum.plain.u0[minutes.0 == 0].tent[tentative && minutes.0 > 0].flag[due.is_some()].(project.colour.class())[due.is_some()] role="gridcell"
                    data-minutes=(minutes.0) data-label=(day) data-due=[flags] title=(due.map_or_else(|| format!("{minutes} h"), |due| format!("{minutes} h; {}", due.title))) {
                    span { @if minutes.0 == 0 { "·" } @else { (minutes.rounded()) } }
                }
            }
        }
        @if open {
            @for assignment in plan.assignments_of_project(project.id) {
                (assignment_row(grid, assignment, &owner, &html! {
                    @match assignment.person.and_then(|id| plan.person(id)) {
                        Some(person) => {
                            (ui::avatar(&person.name))
                            a href=(format!("/people/{}", person.id)) { (person.name) }
                        },
                        None => { span.avatar.open aria-hidden="true" { "?" } em { "Open place" } },
                    }
                    small { (plan.role_name(plan.role_on(assignment))) }
                }, project))
            }
            @if *grid.reach != Reach::Nothing { (add_row(grid, &owner, &format!("/assignments/new?project={}", project.id), "+ Assign somebody")) }
        }
    }
}

/// The hours of all projects shown, by what they count as.
pub fn projects_foot(grid: &Grid<'_>) -> Markup {
    let mut sums = vec![WeekDemand::default(); grid.weeks.len()];
    for project in grid.book.projects(&grid.window.filter) {
        let tentative = grid.book.plan.counts_as(project.id) == CountsAs::Tentative;
        let weeks = grid
            .book
            .project_weeks(project.id, grid.window.from, grid.window.weeks);
        for (sum, minutes) in sums.iter_mut().zip(weeks) {
            let of: &mut Minutes = if tentative {
                &mut sum.tentative
            } else {
                &mut sum.confirmed
            };
            *of += minutes;
        }
    }
    if grid.window.filter.is_empty() {
        let people = grid.book.people(&Filter::default());
        for (sum, week) in sums
            .iter_mut()
            .zip(grid.book.demand(&people, grid.window.from, grid.window.weeks))
        {
            sum.capacity = week.capacity;
        }
    }
    foot_row(&sums, "All projects shown", "hatched: tentative · line: capacity")
}
