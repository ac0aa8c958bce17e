//! The grid of people: departments, people's load, and under an opened person their assignments.

use std::collections::HashMap;
use std::fmt::Write as _;

use maud::{Markup, html};

use crate::accounts::Reach;
use crate::book::{
    Assignment, Away, Book, CountsAs, DepartmentLoad, Filter, Person, PersonWeek, Project, SearchQuery,
    WeekDemand, percent,
};
use crate::plan::rules::{View, Window, refused_week};
use crate::ui;
use crate::units::ids::ProjectId;
use crate::units::{Day, Minutes, Week, grouped};

/// What is due of a project in a week.
#[derive(Default)]
pub struct DueThen {
    /// In words.
    pub title: String,
    /// For the script that moves flags: number, day and name of each, a line each.
    pub flags: String,
}

/// What every row of one grid is drawn from.
pub struct Grid<'a> {
    pub book: &'a Book,
    pub window: &'a Window,
    /// Whose rows can be changed.
    pub reach: &'a Reach,
    /// The weeks shown.
    pub weeks: Vec<Week>,
    /// Their first days, as the team counts.
    pub first_days: Vec<Day>,
    /// What stands below each week on a phone, which has no head: its day, with the month where one begins.
    pub days_below: Vec<String>,
    /// Their first days as cells carry them.
    pub labels: Vec<String>,
    this_week: Week,
    /// What is due, by project and week.
    due: HashMap<(ProjectId, Week), DueThen>,
}

impl<'a> Grid<'a> {
    pub fn new(book: &'a Book, window: &'a Window, today: Day, reach: &'a Reach) -> Self {
        let start = book.plan.organisation.week_start;
        let weeks: Vec<Week> = window.from.span(window.weeks).collect();
        let first_days: Vec<Day> = weeks.iter().map(|week| week.first_day(start)).collect();
        let mut due: HashMap<(ProjectId, Week), DueThen> = HashMap::new();
        for deliverable in &book.plan.deliverables {
            let Some(day) = deliverable.due else { continue };
            let then = due
                .entry((deliverable.project, Week::of(day, start)))
                .or_default();
            let (joint, line) = if then.title.is_empty() {
                ("", "")
            } else {
                ("; ", "\n")
            };
            // Writing to a String does not fail.
            let _ = write!(then.title, "{joint}{} due {}", deliverable.name, day.short());
            let _ = write!(then.flags, "{line}{} {day} {}", deliverable.id, deliverable.name);
        }
        Self {
            book,
            window,
            reach,
            labels: first_days.iter().map(Day::to_string).collect(),
            this_week: Week::of(today, start),
            weeks,
            days_below: days_below(&first_days),
            first_days,
            due,
        }
    }

    /// What is due of a project in a week.
    pub fn due(&self, project: ProjectId, week: Week) -> Option<&DueThen> {
        self.due.get(&(project, week))
    }

    /// Whether the dates of a project can be moved.
    pub fn moves(&self, project: ProjectId) -> bool {
        let project = self.book.plan.project(project);
        project.is_some_and(|project| self.reach.project(project))
    }

    /// Whether a row is asked for.
    pub fn wanted(only: Option<&[&str]>, id: &str) -> bool {
        only.is_none_or(|only| only.contains(&id))
    }

    /// Whether the assignments of a person or project are shown.
    pub fn is_open(&self, id: i64) -> bool {
        self.window.open.contains(&id)
    }

    /// The address of this window with one row opened or closed.
    pub fn toggled(&self, id: i64) -> String {
        let toggled = self.window.with(|other| flip(&mut other.open, id));
        toggled.href(&self.book.plan)
    }
}

fn days_below(first_days: &[Day]) -> Vec<String> {
    let mut before = None;
    let days = first_days.iter().map(|first| {
        let (_, month, day) = first.ymd();
        if before.replace(month) == Some(month) {
            day.to_string()
        } else {
            first.short()
        }
    });
    days.collect()
}

fn flip(list: &mut Vec<i64>, id: i64) {
    match list.iter().position(|own| *own == id) {
        Some(place) => {
            list.remove(place);
        }
        None => list.push(id),
    }
}

/// Months over weeks.
pub fn head(grid: &Grid<'_>) -> Markup {
    let mut months: Vec<(&str, usize)> = Vec::new();
    for day in &grid.first_days {
        match months.last_mut() {
            Some((name, count)) if *name == day.month_name() => *count += 1,
            _ => months.push((day.month_name(), 1)),
        }
    }
    html! {
        thead role="rowgroup" {
            tr.months role="row" {
                td.who role="gridcell" {}
                @for (name, count) in months {
                    th.(format!("span-{count}")) role="columnheader" aria-colspan=(count) { (name) }
                }
            }
            tr.weeks role="row" {
                th.who role="columnheader" { (count_of_rows(grid)) }
                @for ((week, day), label) in grid.weeks.iter().zip(&grid.first_days).zip(&grid.labels) {
                    th.week.now[*week == grid.this_week] role="columnheader" data-week=(label) title=(format!("Week of {}", day.long())) { (day.ymd().2) }
                }
            }
        }
    }
}

fn count_of_rows(grid: &Grid<'_>) -> Markup {
    let (word, shown, all) = match grid.window.view {
        View::People => (
            "People",
            grid.book.people(&grid.window.filter).len(),
            grid.book.people(&Filter::default()).len(),
        ),
        View::Projects => (
            "Projects",
            grid.book.projects(&grid.window.filter).len(),
            grid.book.plan.projects.len(),
        ),
    };
    // Words about load mean the weeks that are looked at.
    let by_load = SearchQuery::parse(&grid.window.filter.text).asks_for_load();
    html! {
        (word) " " span.faint {
            "· " (shown) @if shown != all { " of " (all) } @if by_load { ", in any of " (grid.window.weeks) " weeks" }
        }
    }
}

/// A department's row, and the people in it where it is not shut.
pub struct Section<'a> {
    load: DepartmentLoad<'a>,
    shut: bool,
    people: Vec<&'a Person>,
}

impl<'a> Section<'a> {
    /// Departments in the tree's order, each with its people; people without one at the end.
    pub fn all(grid: &Grid<'a>) -> Vec<Self> {
        let people = grid.book.people(&grid.window.filter);
        let loads = grid
            .book
            .department_loads(&people, grid.window.from, grid.window.weeks);
        let section = |(load, shut): (DepartmentLoad<'a>, bool)| {
            let own = load.department.map(|department| department.id);
            let inside = |person: &&&Person| !shut && person.department == own;
            let people = people.iter().filter(inside).copied().collect();
            Self { load, shut, people }
        };
        not_hidden(loads, &grid.window.shut)
            .into_iter()
            .map(section)
            .collect()
    }

    /// By which it is told from the other sections of a grid.
    pub fn key(&self) -> i64 {
        self.load.department.map_or(0, |department| department.id.0)
    }

    /// The newest change that it shows.
    pub fn revision(&self, grid: &Grid<'_>) -> i64 {
        match self.load.department {
            Some(department) => grid.book.revision_of(Some(department.id)),
            // Who stands here is no department's business, and may depend on what anybody does.
            None => grid.book.revision_of(None),
        }
    }

    /// Its rows, of those people who are wanted.
    pub fn rows(&self, grid: &Grid<'_>, only: Option<&[&str]>) -> Markup {
        html! {
            (department_row(grid, self.key(), &self.load, self.shut))
            @for person in &self.people {
                @if Grid::wanted(only, &format!("p{}", person.id)) { (person_rows(grid, person)) }
            }
        }
    }
}

/// The departments that do not stand below a shut one, each with whether it is shut itself.
fn not_hidden<'b>(loads: Vec<DepartmentLoad<'b>>, shut: &[i64]) -> Vec<(DepartmentLoad<'b>, bool)> {
    let mut shown = Vec::new();
    let mut shut_at: Option<usize> = None;
    for load in loads {
        let depth = load.department.map_or(0, |department| department.depth);
        if shut_at.is_some_and(|level| depth > level) {
            continue;
        }
        let is_shut = shut.contains(&load.department.map_or(0, |department| department.id.0));
        shut_at = is_shut.then_some(depth);
        shown.push((load, is_shut));
    }
    shown
}

/// In place of people where there are none to show.
pub fn nobody(grid: &Grid<'_>) -> Markup {
    html! {
        tr.none role="row" {
            td role="gridcell" {
                @if grid.window.filter.is_empty() {
                    "Nobody is planned yet. " a href="/import" { "Import a spreadsheet" } " or " a href="/people/new" data-dialog { "add a person" } "."
                } @else {
                    "Nobody fits these filters. " a href=(grid.window.with(|other| other.filter = Filter::default()).href(&grid.book.plan)) { "Show everybody" } "."
                }
            }
        }
    }
}

fn department_row(grid: &Grid<'_>, id: i64, load: &DepartmentLoad<'_>, shut: bool) -> Markup {
    let depth = load.department.map_or(0, |department| department.depth);
    let name = load
        .department
        .map_or("No department", |department| department.name.as_str());
    let href = grid
        .window
        .with(|other| flip(&mut other.shut, id))
        .href(&grid.book.plan);
    html! {
        tr.dept.(format!("depth-{depth}")) id=(format!("d{id}")) role="row" {
            th.who role="rowheader" {
                a.toggle aria-expanded=(!shut) href=(href) { (name) }
                span.faint { " · " (load.people) @if load.people == 1 { " person, " } @else { " people, " } (load.usual.rounded()) " h" }
            }
            @for week in &load.weeks { td.pct role="gridcell" { (ui::percent_text(week.percent())) } }
        }
    }
}

fn person_rows(grid: &Grid<'_>, person: &Person) -> Markup {
    let plan = &grid.book.plan;
    let open = grid.is_open(person.id.0);
    let weeks = grid
        .book
        .person_weeks(person, grid.window.from, grid.window.weeks);
    let usual = plan.work_week_on(person, grid.window.from.monday()).total();
    html! {
        tr.person id=(format!("p{}", person.id)) data-person=(person.id) role="row" {
            th.who role="rowheader" {
                div.row {
                    a.toggle aria-expanded=(open) href=(grid.toggled(person.id.0)) {
                        (ui::avatar(&person.name))
                        span.name { (person.name) " " small { (plan.role_name(person.role)) } }
                    }
                    span.cap { (usual) " h" }
                    (fullness(&weeks))
                }
            }
            @for (week, day) in weeks.iter().zip(&grid.days_below) { (load_cell(grid.book, week, day)) }
        }
        @if open {
            @for assignment in plan.assignments_of_person(person.id) {
                @if let Some(project) = plan.project(assignment.project) {
                    (assignment_row(grid, assignment, &format!("p{}", person.id), &html! {
                        i.dot.(project.colour.class()) {}
                        a href=(format!("/projects/{}", project.id)) { (project.name) }
                        small { (plan.role_name(plan.role_on(assignment))) }
                    }, project))
                }
            }
            @if grid.reach.person(person) { (add_row(grid, &format!("p{}", person.id), &format!("/assignments/new?person={}", person.id), "+ Assign to a project")) }
        }
    }
}

/// As many weeks as a phone shows.
const ON_A_PHONE: usize = 8;

/// What stands beside a name on a phone: in how many of these weeks somebody is over, or how full they are.
fn fullness(weeks: &[PersonWeek]) -> Markup {
    let seen = || weeks.iter().take(ON_A_PHONE);
    let over = seen().filter(|week| week.booked > week.capacity).count();
    let booked = seen().map(|week| week.booked).sum();
    let capacity = seen().map(|week| week.capacity).sum();
    html! {
        @match over {
            0 => span.chip.fullness { (ui::percent_text(percent(booked, capacity))) },
            1 => span.chip.bad.fullness { "over 1 week" },
            _ => span.chip.bad.fullness { "over " (over) " weeks" },
        }
    }
}

fn load_cell(book: &Book, week: &PersonWeek, day: &str) -> Markup {
    let class = book.load(week).class();
    let all_tentative = week.booked.0 > 0 && week.tentative == week.booked;
    let title = cell_title(week);
    html! {
        @match week.away {
            Away::NotEmployed if week.booked.0 == 0 => {
                td.sum.out role="gridcell" data-minutes="0" data-capacity="0" data-label=(day) title="not employed" { span {} }
            },
            Away::AllWeek if week.booked.0 == 0 => {
                td.sum.u0.off role="gridcell" data-minutes="0" data-capacity="0" data-label=(day) title="away all week" { span { "off" } }
            },
            _ => {
                td.sum.(class).tent[all_tentative] role="gridcell" data-minutes=(week.booked.0) data-capacity=(week.capacity.0) data-label=(day) title=(title) {
                    span { @if week.booked.0 == 0 { "·" } @else { (week.booked) } }
                }
            },
        }
    }
}

fn cell_title(week: &PersonWeek) -> String {
    let mut title = format!("{} h of {} h", week.booked, week.capacity);
    if week.tentative.0 > 0 {
        let _ = write!(title, ", {} h of it tentative", week.tentative);
    }
    if week.away == Away::Partly {
        title.push_str(", away on some days");
    }
    title
}

/// One assignment with its cells. `label` says who or what it is, as the view needs it.
pub fn assignment_row(
    grid: &Grid<'_>,
    assignment: &Assignment,
    owner: &str,
    label: &Markup,
    project: &Project,
) -> Markup {
    let plan = &grid.book.plan;
    let tentative = plan.counts_as(project.id) == CountsAs::Tentative;
    let theirs = *grid.reach != Reach::Nothing && !grid.reach.hours(plan, assignment);
    let minutes = grid
        .book
        .hours()
        .span(assignment.id, grid.window.from, grid.window.weeks);
    html! {
        tr.assign id=(format!("a{}", assignment.id)) data-assignment=(assignment.id) data-owner=(owner) role="row" {
            th.who role="rowheader" {
                div.row {
                    (label)
                    @if grid.reach.staffs(plan, assignment) {
                        a.rowmenu href=(format!("/assignments/{}/edit", assignment.id)) data-dialog
                            aria-label=(format!("Change this assignment on {}", project.name)) { "…" }
                    }
                }
            }
            @for (((week, day), below), minutes) in grid.weeks.iter().zip(&grid.labels).zip(&grid.days_below).zip(minutes) {
                @let due = grid.due(project.id, *week);
                @let refused = refused_week(plan, assignment.id, *week);
                @let title = refused.as_deref().or(due.map(|due| due.title.as_str()));
                @let flags = due.filter(|_| grid.moves(project.id)).map(|due| due.flags.as_str());
                td.cell[refused.is_none() && !theirs].theirs[refused.is_none() && theirs].locked[refused.is_some()].flag[due.is_some()].(project.colour.class())[due.is_some()].tent[tentative && minutes.0 > 0] role="gridcell"
                    data-week=(day) data-minutes=(minutes.0) data-label=(below) data-due=[flags] title=[title] {
                    span { @if minutes.0 > 0 { (minutes) } }
                }
            }
        }
    }
}

/// The line below opened assignments that adds one more.
pub fn add_row(grid: &Grid<'_>, owner: &str, href: &str, label: &str) -> Markup {
    html! {
        tr.add data-owner=(owner) role="row" {
            th.who role="rowheader" { a data-dialog href=(href) { (label) } }
            @for _ in &grid.weeks { td.blank role="gridcell" {} }
        }
    }
}

/// Capacity and demand of everybody shown.
pub fn people_foot(grid: &Grid<'_>) -> Markup {
    let people = grid.book.people(&grid.window.filter);
    let weeks = grid.book.demand(&people, grid.window.from, grid.window.weeks);
    foot_row(
        &weeks,
        "Capacity and demand",
        "line: capacity · hatched: tentative",
    )
}

/// A foot with a small chart for each week, all to one scale.
pub fn foot_row(weeks: &[WeekDemand], title: &str, hint: &str) -> Markup {
    let highest = weeks
        .iter()
        .map(|week| week.capacity.max(week.booked() + week.open).0)
        .max()
        .unwrap_or(0)
        .max(1);
    html! {
        tfoot role="rowgroup" {
            tr.foot #foot role="row" {
                th.who role="rowheader" { (title) br; span.faint { (hint) } }
                @for week in weeks { (foot_cell(week, highest)) }
            }
        }
    }
}

const BAR_HEIGHT: u32 = 44;

fn foot_cell(week: &WeekDemand, highest: u32) -> Markup {
    // Tenths of a unit, so that small weeks still show; integers all the way.
    let scale = |minutes: Minutes| u64::from(minutes.0) * u64::from(BAR_HEIGHT - 2) * 10 / u64::from(highest);
    let tenths = |value: u64| format!("{}.{}", value / 10, value % 10);
    let full = u64::from(BAR_HEIGHT) * 10;
    let (confirmed, hatched, capacity) = (
        scale(week.confirmed),
        scale(week.tentative + week.open),
        scale(week.capacity),
    );
    let mut title = format!(
        "{} h booked of {} h",
        grouped_hours(week.booked()),
        grouped_hours(week.capacity)
    );
    if let Some(percent) = percent(week.booked(), week.capacity) {
        let _ = write!(title, ", {percent} %");
    }
    if week.open.0 > 0 {
        let _ = write!(title, "; {} h in open places", grouped_hours(week.open));
    }
    html! {
        td role="gridcell" title=(title) {
            svg.bar viewBox=(format!("0 0 40 {BAR_HEIGHT}")) preserveAspectRatio="none" role="img" aria-label=(title) {
                rect.confirmed x="3" width="34" y=(tenths(full - confirmed)) height=(tenths(confirmed)) {}
                rect.tentative x="3" width="34" y=(tenths(full - confirmed - hatched)) height=(tenths(hatched)) {}
                @if week.capacity.0 > 0 { path.capacity d=(format!("M0 {}H40", tenths(full - capacity))) {} }
            }
        }
    }
}

fn grouped_hours(minutes: Minutes) -> String {
    grouped((minutes.0 + 30) / 60)
}
