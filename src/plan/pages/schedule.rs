//! The schedule's page: what stands around the grid.

use maud::{Markup, html};

use super::grid::{self, Grid, Section};
use super::project_grid::{self, Run};
use crate::accounts::Reach;
use crate::book::{BandUnit, Book};
use crate::people::indented;
use crate::plan::rules::{View, Window};
use crate::ui::{self, Frame, Place};
use crate::units::ids::Id;
use crate::units::{Day, Week};

/// What stands around the finished inside.
pub fn schedule_page(frame: &Frame) -> Markup {
    ui::page_with_script(
        frame,
        Place::Schedule,
        "Schedule",
        &ui::inside(),
        "js/grid/grid.js",
    )
}

/// A part of the schedule's inside, in the order in which they stand.
pub enum Part<'a> {
    /// It is drawn with each change.
    Drawn(String),
    /// It is drawn when something that it shows has changed: rows of the grid.
    Kept {
        /// By which it is told from the others of the same window.
        key: String,
        /// The newest change that it shows.
        revision: i64,
        /// Draws it.
        draw: Box<dyn Fn() -> String + 'a>,
    },
}

/// Everything between the page's frame: bar, legend, grid. It depends on the plan and the window alone, so it is kept; `take` is
/// given its parts.
pub fn schedule(book: &Book, window: &Window, today: Day, reach: &Reach, mut take: impl FnMut(Part<'_>)) {
    let grid = Grid::new(book, window, today, reach);
    let whole = around(&grid, today).into_string();
    let (before, after) = whole.split_once(ui::INSIDE).unwrap_or((&whole, ""));
    take(Part::Drawn(before.to_owned()));
    match window.view {
        View::People => {
            for section in Section::all(&grid) {
                take(Part::Kept {
                    key: section.key().to_string(),
                    revision: section.revision(&grid),
                    draw: Box::new(|| section.rows(&grid, None).into_string()),
                });
            }
        }
        View::Projects => {
            for run in Run::all(&grid) {
                take(Part::Kept {
                    key: run.key(),
                    revision: run.revision(&grid),
                    draw: Box::new(|| run.rows(&grid, None).into_string()),
                });
            }
        }
    }
    take(Part::Drawn(after.to_owned()));
}

/// Everything but the rows, which stand where its inside is.
fn around(grid: &Grid<'_>, today: Day) -> Markup {
    let (book, window) = (grid.book, grid.window);
    let may_edit = *grid.reach != Reach::Nothing;
    html! {
        (bar(book, window, today, may_edit))
        (legend(book, window.view))
        div.sched #schedule data-view=(window.view.as_str()) data-from=(grid.first_days.first().map(Day::to_string).unwrap_or_default())
            data-weeks=(window.weeks) data-revision=(book.revision) data-edit=(may_edit)
            data-bands=(bands(book)) data-band-unit=(band_unit(book))
            data-rows=(format!("/schedule/rows?{}", window.query(&book.plan))) {
            table.grid.(format!("weeks-{}", window.weeks)) role="grid" aria-label=(match window.view {
                View::People => "Schedule: people by week",
                View::Projects => "Schedule: projects by week",
            }) {
                (grid::head(grid))
                tbody role="rowgroup" { (ui::inside()) (nothing(grid)) }
                (foot(grid))
            }
        }
        div.gridstatus role="status" {}
        (ui::hatch())
    }
}

/// The rows of the grid, or those of some owners and all departments, with the foot.
pub fn rows_fragment(
    book: &Book,
    window: &Window,
    today: Day,
    reach: &Reach,
    only: Option<&[&str]>,
) -> Markup {
    let grid = Grid::new(book, window, today, reach);
    html! {
        table data-revision=(book.revision) {
            tbody { (rows(&grid, only)) (nothing(&grid)) }
            (foot(&grid))
        }
    }
}

fn rows(grid: &Grid<'_>, only: Option<&[&str]>) -> Markup {
    match grid.window.view {
        View::People => html! { @for section in Section::all(grid) { (section.rows(grid, only)) } },
        View::Projects => html! { @for run in Run::all(grid) { (run.rows(grid, only)) } },
    }
}

/// In place of rows where there are none.
fn nothing(grid: &Grid<'_>) -> Markup {
    let filter = &grid.window.filter;
    html! {
        @match grid.window.view {
            View::People => @if grid.book.people(filter).is_empty() { (grid::nobody(grid)) },
            View::Projects => @if grid.book.projects(filter).is_empty() { (project_grid::nothing(grid)) },
        }
    }
}

fn foot(grid: &Grid<'_>) -> Markup {
    match grid.window.view {
        View::People => grid::people_foot(grid),
        View::Projects => project_grid::projects_foot(grid),
    }
}

fn bands(book: &Book) -> String {
    let limits: Vec<String> = book
        .plan
        .organisation
        .bands
        .limits
        .iter()
        .map(u32::to_string)
        .collect();
    limits.join(" ")
}

fn band_unit(book: &Book) -> &'static str {
    match book.plan.organisation.bands.unit {
        BandUnit::Percent => "percent",
        BandUnit::Hours => "hours",
    }
}

fn bar(book: &Book, window: &Window, today: Day, may_edit: bool) -> Markup {
    let plan = &book.plan;
    let this_week = plan.week_of(today);
    let at = |change: &dyn Fn(&mut Window)| window.with(|other| change(other)).href(plan);
    // Whoever looks at an opened row goes on looking at it.
    let row = window
        .open
        .first()
        .map_or_else(String::new, |id| match window.view {
            View::People => format!("#p{id}"),
            View::Projects => format!("#j{id}"),
        });
    let moved_to = |week: Week| {
        let there = at(&|other: &mut Window| {
            other.from = week;
            other.moved = week != this_week;
        });
        there + &row
    };
    let step = i32::from(window.weeks) / 2;
    html! {
        div.topbar {
            h1 { "Schedule" }
            div.seg role="group" aria-label="By" {
                @for (view, label) in [(View::People, "People"), (View::Projects, "Projects")] {
                    a href=(at(&|other: &mut Window| { other.view = view; other.open.clear(); })) aria-current=[(window.view == view).then_some("true")] { (label) }
                }
            }
            span.spacer {}
            form method="get" action="/schedule" role="search" {
                (hidden(book, window, &["q", "open"]))
                input.field type="search" name="q" value=(window.filter.text) placeholder="Find a person, project, available, <30" aria-label="Find a person, project, skill or load";
            }
            (filters(book, window))
            (ui::views_menu("/schedule"))
            div.seg role="group" aria-label="Move" {
                a href=(moved_to(window.from.plus(-step))) aria-label=(format!("{step} weeks earlier")) { "‹" }
                a href=(moved_to(this_week)) aria-current=[(!window.moved).then_some("true")] { "Today" }
                a href=(moved_to(window.from.plus(step))) aria-label=(format!("{step} weeks later")) { "›" }
            }
            div.seg role="group" aria-label="Weeks" {
                @for weeks in Window::LENGTHS {
                    a href=(at(&|other: &mut Window| other.weeks = weeks)) aria-current=[(window.weeks == weeks).then_some("true")]
                        title=(format!("{weeks} weeks")) { (weeks) " w" }
                }
            }
            @if may_edit { a.btn.primary href="/assignments/new" data-dialog { "+ Assign" } }
        }
    }
}

/// The window as hidden fields of a form, without those that the form asks for itself.
fn hidden(book: &Book, window: &Window, without: &[&str]) -> Markup {
    let query = window.query(&book.plan);
    let fields = crate::web::Fields::from_form(query.as_bytes());
    html! {
        @for name in fields.names().filter(|name| !without.contains(name)) {
            input type="hidden" name=(name) value=(fields.text(name));
        }
    }
}

fn filters(book: &Book, window: &Window) -> Markup {
    let (plan, filter) = (&book.plan, &window.filter);
    let departments: Vec<(i64, String)> = plan
        .departments
        .iter()
        .map(|one| (one.id.0, indented(one)))
        .collect();
    let clients: Vec<(i64, String)> = plan
        .clients
        .iter()
        .map(|one| (one.id.0, one.name.clone()))
        .collect();
    let statuses: Vec<(i64, String)> = plan
        .statuses
        .iter()
        .map(|one| (one.id.0, one.label.clone()))
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
    let set = [
        filter.department.map(Id::raw),
        filter.client.map(Id::raw),
        filter.status.map(Id::raw),
        filter.role.map(Id::raw),
        filter.skill.map(Id::raw),
    ];
    let count = set.iter().flatten().count();
    let [department, client, status, role, skill] = set;
    html! {
        details.menu {
            summary.btn {
                @match (count, filter.department.and_then(|id| plan.department(id))) {
                    (0, _) => "Filter",
                    (1, Some(department)) => (department.name),
                    (count, _) => { (count) @if count == 1 { " filter" } @else { " filters" } },
                }
            }
            form method="get" action="/schedule" data-autosubmit {
                (hidden(book, window, &["department", "client", "status", "role", "skill", "open"]))
                (ui::filter_choice("department", "Department, with those below", &departments, department))
                (ui::filter_choice("client", "Client", &clients, client))
                (ui::filter_choice("status", "Status", &statuses, status))
                (ui::filter_choice("role", "Role", &roles, role))
                (ui::filter_choice("skill", "Skill", &skills, skill))
                div.actions {
                    button.btn.primary type="submit" { "Show" }
                    @if count > 0 {
                        a.btn.quiet href=(window.with(|other| other.filter = crate::book::Filter { text: filter.text.clone(), ..Default::default() }).href(plan)) { "Clear" }
                    }
                }
            }
        }
    }
}

fn legend(book: &Book, view: View) -> Markup {
    let [light, good, full, over] = book.plan.organisation.bands.limits;
    let unit = match book.plan.organisation.bands.unit {
        BandUnit::Percent => "%",
        BandUnit::Hours => "h",
    };
    html! {
        div.legend {
            @match view {
                View::People => {
                    span { i.u1 {} (format!("under {light} {unit}")) }
                    span { i.u2 {} (format!("to {good} {unit}")) }
                    span { i.u3 {} (format!("to {full} {unit}")) }
                    span { i.u4 {} "over" }
                    span { i.u5 {} (format!("past {over} {unit}")) }
                    span { i.tent {} "tentative" }
                    span { i.off {} "away" }
                }
                View::Projects => { span { i.tent {} "tentative" } }
            }
            span.spacer {}
            span { "hours a week · " span.live-mark data-live="off" { "live" } }
        }
    }
}
