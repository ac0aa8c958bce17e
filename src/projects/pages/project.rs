//! One project: facts, dates, team, notes, history.

use std::collections::HashSet;

use maud::{Markup, html};

use super::list::used_class;
use super::{team, timeline};
use crate::accounts::Reach;
use crate::book::{Book, CountsAs, Deliverable, Project, ProjectFigures, percent};
use crate::clock::Clock;
use crate::files::{self, Attachment, Panel};
use crate::people::{self, HistoryLine};
use crate::projects::rules::closing_status;
use crate::ui::{self, Frame, Place};
use crate::units::ids::ChangeSetId;
use crate::units::{Day, Minutes, Week};

/// A project with what is worked out about it.
pub struct ProjectView<'a> {
    /// The plan.
    pub book: &'a Book,
    /// The project.
    pub project: &'a Project,
    /// Its figures.
    pub figures: ProjectFigures<'a>,
    /// Whose rows the visitor may change.
    pub reach: &'a Reach,
    /// The day it is.
    pub today: Day,
    /// The week it is.
    pub this_week: Week,
}

impl<'a> ProjectView<'a> {
    /// Works out the figures of `project`.
    #[must_use]
    pub fn new(book: &'a Book, project: &'a Project, reach: &'a Reach, today: Day) -> Self {
        Self {
            book,
            project,
            figures: book.project_figures(project.id),
            reach,
            today,
            this_week: book.plan.week_of(today),
        }
    }

    /// Whether the visitor puts people on projects at all: their own on any.
    pub(super) fn staffs(&self) -> bool {
        *self.reach != Reach::Nothing
    }

    fn is_closed(&self) -> bool {
        self.book.plan.counts_as(self.project.id) == CountsAs::Closed
    }
}

/// The page of a project.
pub fn project(
    frame: &Frame,
    view: &ProjectView<'_>,
    notes: &str,
    files: &[Attachment],
    (lines, offered): (&[HistoryLine], &HashSet<ChangeSetId>),
    clock: &Clock,
) -> Markup {
    ui::page(
        frame,
        Place::Projects,
        &view.project.name,
        &html! {
            (head(frame, view))
            (facts(view))
            (deliverables(frame, view))
            div.split {
                (team::team(view))
                div.stack {
                    (files::panel(frame, &Panel {
                        files,
                        page: &format!("/projects/{}", view.project.id),
                        purpose: "Contracts, briefs, drawings: what the team looks up while it works. Everybody who sees the plan can read them.",
                        plan: &view.book.plan,
                        clock,
                    }))
                    @if !notes.is_empty() {
                        section.card aria-labelledby="notes" { header { h2 #notes { "Notes" } } p.notes { (notes) } }
                    }
                    section.card aria-labelledby="history" {
                        header { h2 #history { "History" } }
                        (people::history(frame, clock, lines, &format!("/projects/{}", view.project.id), frame.may_edit.then_some(offered)))
                    }
                }
            }
        },
    )
}

fn head(frame: &Frame, view: &ProjectView<'_>) -> Markup {
    let (plan, project) = (&view.book.plan, view.project);
    html! {
        div.topbar {
            h1 { i.dot.(project.colour.class()) {} (project.name) }
            @if let Some(status) = plan.status(project.status) { (ui::status_chip(status.colour, &status.label)) }
            @if !project.code.is_empty() { span.chip { (project.code) } }
            span.muted { (plan.client_name(project.client)) }
            span.spacer {}
            a.btn href=(format!("/projects/{}/forecast", project.id)) { "Forecast from votes" }
            @if frame.may_edit {
                @if !view.is_closed() && closing_status(plan).is_some() {
                    form method="post" action=(format!("/projects/{}/close", project.id)) {
                        (ui::form_key(&frame.form_key))
                        button.btn type="submit" { "Close project" }
                    }
                }
                @if !view.is_closed() { a.btn href=(format!("/projects/{}/auto-hours", project.id)) { "Auto-hours" } }
                a.btn href=(format!("/projects/{}/edit", project.id)) data-dialog { "Edit" }
                a.btn.primary href=(format!("/deliverables/new?project={}", project.id)) data-dialog { "+ Deliverable" }
            }
        }
    }
}

fn facts(view: &ProjectView<'_>) -> Markup {
    let (plan, project, figures) = (&view.book.plan, view.project, &view.figures);
    let (ahead_label, ahead) = from_here(view);
    html! {
        section.card aria-label="Facts" {
            dl.facts {
                div { dt { "Planned" } dd { (figures.planned.rounded()) " h" } }
                @if let Some(budget) = project.budget {
                    div {
                        dt { "Budget" }
                        dd.budget {
                            (budget.rounded()) " h"
                            @if let Some(used) = percent(figures.planned, budget) {
                                (ui::load_meter(Some(used), used_class(used))) span.muted { (used) " %" }
                            }
                        }
                    }
                }
                div { dt { (ahead_label) } dd { (ahead.rounded()) " h" } }
                div { dt { "People" } dd { (people(figures)) } }
                @if let Some((next, due)) = figures.next.filter(|_| !view.is_closed()).and_then(|next| next.due.map(|due| (next, due))) {
                    div {
                        dt { "Next" }
                        dd { (next.name) ", " (due.short()) @if due < view.today { " " span.chip.bad { "overdue" } } }
                    }
                }
                @if project.start.is_some() || project.end.is_some() {
                    div { dt { "Dates" } dd { (dates(project)) } }
                }
                @if let Some(department) = project.department { div { dt { "Led by" } dd { (plan.department_path(department)) } } }
            }
        }
    }
}

/// `5 + 1 open role`.
fn people(figures: &ProjectFigures<'_>) -> String {
    match figures.open_places {
        0 => figures.people.to_string(),
        1 => format!("{} + 1 open role", figures.people),
        open => format!("{} + {open} open roles", figures.people),
    }
}

fn dates(project: &Project) -> String {
    match (project.start, project.end) {
        (Some(start), Some(end)) => format!("{} to {}", start.long(), end.long()),
        (Some(start), None) => format!("from {}", start.long()),
        (None, Some(end)) => format!("to {}", end.long()),
        (None, None) => String::new(),
    }
}

/// What is booked from this week to the last date; without one ahead, everything from this week on.
fn from_here(view: &ProjectView<'_>) -> (String, Minutes) {
    let start = view.book.plan.organisation.week_start;
    let last = view
        .figures
        .last
        .and_then(|last| last.due.map(|due| (last, Week::of(due, start))));
    match last.filter(|(_, week)| *week >= view.this_week) {
        Some((last, week)) => (
            format!("From here to {}", last.name),
            view.book.project_between(view.project.id, view.this_week, week),
        ),
        None => (
            "From here on".to_owned(),
            view.book
                .project_between(view.project.id, view.this_week, Week(i32::MAX)),
        ),
    }
}

fn deliverables(frame: &Frame, view: &ProjectView<'_>) -> Markup {
    let all: Vec<&Deliverable> = view.book.plan.deliverables_of(view.project.id).collect();
    let last = all.len().saturating_sub(1);
    let picture = timeline::timeline(frame, view);
    html! {
        section.card #deliverables aria-labelledby="deliverables-title" {
            header {
                h2 #deliverables-title { "Deliverables" }
                @if !all.is_empty() { span.muted { (done(&all)) " of " (all.len()) " done" } }
                @if picture.is_some() { span.faint { @if frame.may_edit { "drag a flag to move its date; the hours follow" } } span.end.faint { "hours a week; the dashed line is today" } }
            }
            @if let Some(picture) = picture { (picture) }
            @if all.is_empty() {
                (ui::empty(
                    "No deliverables yet",
                    "A deliverable has a date; it stands as a flag in the schedule, and the hours before it lead up to it.",
                    &html! {
                        @if frame.may_edit { a.btn href=(format!("/deliverables/new?project={}", view.project.id)) data-dialog { "+ Deliverable" } }
                    },
                ))
            } @else {
                div.scroll {
                    table.list {
                        thead { tr {
                            th scope="col" { "Name" } th.num scope="col" { "Percent" } th.phone-hide scope="col" { "Phase" } th scope="col" { "Due" }
                            th.num.phone-hide scope="col" { "Hours towards it" }
                            @if frame.may_edit { th scope="col" { span.visually-hidden { "Change" } } }
                        } }
                        tbody { @for (index, one) in all.iter().enumerate() { (deliverable(frame, view, one, (index > 0, index < last))) } }
                    }
                }
            }
        }
    }
}

fn done(all: &[&Deliverable]) -> usize {
    all.iter().filter(|one| one.done).count()
}

/// One deliverable; `moves` says whether it can go up and down.
fn deliverable(frame: &Frame, view: &ProjectView<'_>, one: &Deliverable, moves: (bool, bool)) -> Markup {
    let towards = one.due.map(|due| {
        let lead_in = view.book.lead_in(one.project, due);
        view.book.lead_in_hours(one.project, lead_in).0
    });
    let overdue = !one.done && !view.is_closed() && one.due.is_some_and(|due| due < view.today);
    html! {
        tr.closed[one.done] {
            th scope="row" { (one.name) @if one.done { " " span.chip.good { "done" } } }
            td.num { @if let Some(percent) = one.percent { (percent) " %" } }
            td.muted.phone-hide { (one.phase) }
            td {
                @match one.due { Some(due) => span.nowrap { (due.long()) }, None => span.faint.nowrap { "no date" } }
                @if overdue { " " span.chip.bad { "overdue" } }
            }
            td.num.phone-hide { @if let Some(hours) = towards { (hours.rounded()) " h" } }
            @if frame.may_edit { td { (row_actions(frame, one, moves)) } }
        }
    }
}

fn row_actions(frame: &Frame, one: &Deliverable, (up, down): (bool, bool)) -> Markup {
    html! {
        div.row-actions {
            form method="post" action=(format!("/deliverables/{}/done", one.id)) {
                (ui::form_key(&frame.form_key))
                input type="hidden" name="done" value=(!one.done);
                button.btn.small type="submit" aria-label=(format!("{} {}", if one.done { "Reopen" } else { "Mark as done:" }, one.name)) {
                    @if one.done { "Reopen" } @else { "Done" }
                }
            }
            form.phone-hide method="post" action=(format!("/projects/{}/deliverables/order", one.project)) {
                (ui::form_key(&frame.form_key))
                input type="hidden" name="deliverable" value=(one.id);
                button.btn.quiet.small name="move" value="up" type="submit" disabled[!up] aria-label=(format!("Move {} up", one.name)) { "↑" }
                button.btn.quiet.small name="move" value="down" type="submit" disabled[!down] aria-label=(format!("Move {} down", one.name)) { "↓" }
            }
            a.btn.quiet.small href=(format!("/deliverables/{}/edit", one.id)) data-dialog aria-label=(format!("Edit {}", one.name)) { (ui::icon("edit")) }
        }
    }
}
