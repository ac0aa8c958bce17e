//! One person.

use std::collections::HashSet;

use maud::{Markup, html};

use super::parts::history;
use crate::book::{Assignment, Away, Book, Deliverable, Person, PersonWeek, Project};
use crate::clock::Clock;
use crate::files::{self, Attachment, Panel};
use crate::people::rules::{SkillLevel, weekly_text};
use crate::people::store::{Calendar, HistoryLine, Particulars};
use crate::people::time_off::pages::{over_list, over_weeks, push_link};
use crate::people::time_off::{Decider, Status, TimeOff, days_text};
use crate::ui::{self, Frame, Place};
use crate::units::ids::ChangeSetId;
use crate::units::{Day, Minutes, Week};

/// How many weeks the person's own schedule shows.
const WEEKS: u16 = 16;
/// How many deliverables stand on the page.
const DELIVERABLES: usize = 8;
/// How many gestures stand in the history.
const GESTURES: usize = 12;

/// Everything that a person's page shows.
pub struct PersonView<'a> {
    /// The plan.
    pub book: &'a Book,
    /// Who.
    pub person: &'a Person,
    /// Their telephone and notes.
    pub particulars: Particulars,
    /// When they are away, newest first.
    pub time_off: Vec<TimeOff>,
    /// About whose leave the visitor decides.
    pub decider: Decider,
    /// Every calendar.
    pub calendars: Vec<Calendar>,
    /// What was changed about them, newest first.
    pub history: Vec<HistoryLine>,
    /// Their files, for those who may see them.
    pub files: Option<Vec<Attachment>>,
    /// What of it the visitor may take back.
    pub offered: HashSet<ChangeSetId>,
    /// What time it is.
    pub clock: &'a Clock,
}

/// The gestures that the page of a person tells.
pub fn newest(history: &[HistoryLine]) -> &[HistoryLine] {
    history.get(..GESTURES).unwrap_or(history)
}

impl PersonView<'_> {
    fn this_week(&self) -> Week {
        self.book.plan.week_of(self.clock.today())
    }

    fn href(&self) -> String {
        format!("/people/{}", self.person.id)
    }
}

/// The page of one person.
pub fn person(frame: &Frame, view: &PersonView<'_>) -> Markup {
    ui::page(
        frame,
        Place::People,
        &view.person.name,
        &html! {
            (head(frame, view))
            section.card { (facts(view)) }
            (schedule(frame, view))
            div.split {
                div.stack {
                    (deliverables(view))
                    (work_weeks(frame, view))
                    (time_off(frame, view))
                }
                div.stack {
                    (skills(frame, view))
                    @if !view.particulars.notes.is_empty() {
                        section.card { header { h2 { "Notes" } } p.pre { (view.particulars.notes) } }
                    }
                    @if let Some(files) = &view.files {
                        (files::panel(frame, &Panel {
                            files,
                            page: &view.href(),
                            purpose: "Certificates, agreements: only those who plan this person see them, and the person.",
                            plan: &view.book.plan,
                            clock: view.clock,
                        }))
                    }
                    section.card {
                        header { h2 { "History" } }
                        (history(frame, view.clock, newest(&view.history), &view.href(), frame.may_edit.then_some(&view.offered)))
                    }
                }
            }
        },
    )
}

fn head(frame: &Frame, view: &PersonView<'_>) -> Markup {
    let (plan, person) = (&view.book.plan, view.person);
    let weekly = plan.work_week_on(person, view.clock.today()).total();
    let part_time = weekly < plan.organisation.default_week.total();
    let href = view.href();
    html! {
        nav.crumbs aria-label="Where this is" { a href="/people" { "People" } }
        div.topbar {
            h1 { span.avatar.large aria-hidden="true" { (crate::units::initials(&person.name)) } (person.name) }
            span.muted { (subtitle(view)) }
            @if !person.active { (ui::chip("warn", "inactive")) }
            @if part_time && person.active { (ui::chip("", "part-time")) }
            span.spacer {}
            a.btn href=(format!("/schedule?open={}#p{}", person.id, person.id)) { "In the schedule" }
            @if frame.may_edit {
                @if person.active {
                    a.btn href=(format!("{href}/deactivate")) data-dialog { "Deactivate" }
                } @else {
                    form method="post" action=(format!("{href}/reactivate")) {
                        (ui::form_key(&frame.form_key))
                        button.btn type="submit" { "Plan again" }
                    }
                }
                a.btn.primary href=(format!("{href}/edit")) data-dialog { "Edit" }
            }
        }
    }
}

fn subtitle(view: &PersonView<'_>) -> String {
    let plan = &view.book.plan;
    let department = view.person.department.map(|id| plan.department_path(id));
    let parts = [
        plan.role_name(view.person.role).to_owned(),
        department.unwrap_or_default(),
    ];
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" · ")
}

fn facts(view: &PersonView<'_>) -> Markup {
    let (plan, person) = (&view.book.plan, view.person);
    let week = plan.work_week_on(person, view.clock.today());
    let calendar = person.calendar.or(plan.organisation.calendar);
    let calendar = calendar
        .and_then(|id| view.calendars.iter().find(|calendar| calendar.id == id))
        .map_or("none", |calendar| calendar.name.as_str());
    let day = |day: Option<Day>| day.map_or_else(|| "open".to_owned(), Day::long);
    html! {
        dl.facts {
            div { dt { "E-mail" } dd { @if person.email.is_empty() { "–" } @else { a href=(format!("mailto:{}", person.email)) { (person.email) } } } }
            div { dt { "Telephone" } dd { (dash(&view.particulars.phone)) } }
            div { dt { "Location" } dd { (dash(&person.location)) } }
            div { dt { "First day" } dd { (day(person.start)) } }
            div { dt { "Last day" } dd { (day(person.last)) } }
            div { dt { "Working week now" } dd { (weekly_text(&week)) } }
            div { dt { "Holidays" } dd { (calendar) @if person.calendar.is_none() && plan.organisation.calendar.is_some() { span { " (the team's)" } } } }
        }
    }
}

fn dash(text: &str) -> &str {
    if text.is_empty() { "–" } else { text }
}

fn schedule(frame: &Frame, view: &PersonView<'_>) -> Markup {
    let (book, person, from) = (view.book, view.person, view.this_week());
    let start = book.plan.organisation.week_start;
    let weeks = book.person_weeks(person, from, WEEKS);
    let assignments: Vec<(&Assignment, Vec<Minutes>)> = book
        .plan
        .assignments_of_person(person.id)
        .map(|assignment| {
            (
                assignment,
                book.hours().span(assignment.id, from, WEEKS).collect::<Vec<_>>(),
            )
        })
        .filter(|(_, hours)| hours.iter().any(|minutes| minutes.0 > 0))
        .collect();
    html! {
        section.card {
            header {
                h2 { "Own schedule" }
                span.muted { "hours a week, the next " (WEEKS) " weeks" }
                @if frame.may_edit && person.active {
                    a.end href=(format!("/assignments/new?person={}", person.id)) data-dialog { "+ Assign to a project" }
                }
            }
            div.scroll tabindex="0" role="region" aria-label="Own schedule" {
                table.list.own-weeks {
                    thead {
                        tr {
                            th scope="col" { "Project" }
                            @for week in from.span(WEEKS) { th.centre scope="col" { (week.first_day(start).short()) } }
                        }
                    }
                    tbody {
                        tr {
                            th scope="row" { "All together" }
                            @for week in &weeks { (load_cell(book, week)) }
                        }
                        @for (assignment, hours) in &assignments { (assignment_row(view, assignment, hours)) }
                    }
                }
            }
            @if assignments.is_empty() { p.muted { "Nothing is booked in these weeks." } }
        }
    }
}

fn load_cell(book: &Book, week: &PersonWeek) -> Markup {
    let text = match week.away {
        Away::AllWeek if week.booked.0 == 0 => "off".to_owned(),
        _ if week.booked.0 == 0 => "·".to_owned(),
        _ => week.booked.to_string(),
    };
    let title = match week.away {
        Away::NotEmployed => "not employed".to_owned(),
        _ => format!("{} h of {} h", week.booked, week.capacity),
    };
    html! { td.load.(book.load(week).class()) title=(title) { span { (text) } } }
}

fn assignment_row(view: &PersonView<'_>, assignment: &Assignment, hours: &[Minutes]) -> Markup {
    let plan = &view.book.plan;
    html! {
        tr {
            th scope="row" {
                @if let Some(project) = plan.project(assignment.project) {
                    span.who {
                        i.dot.(project.colour.class()) {}
                        span {
                            a href=(format!("/projects/{}", project.id)) { (project.name) }
                            @if assignment.role.is_some() { " " small.faint { (plan.role_name(assignment.role)) } }
                        }
                    }
                }
            }
            @for minutes in hours {
                td.centre { @if minutes.0 > 0 { (minutes) } @else { span.faint { "·" } } }
            }
        }
    }
}

fn deliverables(view: &PersonView<'_>) -> Markup {
    let (plan, today) = (&view.book.plan, view.clock.today());
    let mut projects: Vec<&Project> = plan
        .assignments_of_person(view.person.id)
        .filter(|_| view.person.active)
        .filter_map(|assignment| plan.project(assignment.project))
        .collect();
    projects.dedup_by_key(|project| project.id);
    let mut due: Vec<(Day, &Deliverable, &Project)> = projects
        .into_iter()
        .flat_map(|project| plan.deliverables_of(project.id).map(move |one| (one, project)))
        .filter(|(one, _)| !one.done)
        .filter_map(|(one, project)| one.due.map(|due| (due, one, project)))
        .filter(|(due, ..)| *due >= today)
        .collect();
    due.sort_by_key(|(due, one, _)| (*due, one.id));
    html! {
        section.card {
            header { h2 { "Coming up" } span.muted { "deliverables of their projects" } }
            @if due.is_empty() {
                p.muted { "Nothing is due." }
            } @else {
                table.list {
                    thead { tr { th scope="col" { "Due" } th scope="col" { "Project" } th scope="col" { "Deliverable" } } }
                    tbody {
                        @for (day, one, project) in due.iter().take(DELIVERABLES) {
                            tr {
                                td.muted.nowrap { (day.short()) }
                                td { a href=(format!("/projects/{}", project.id)) { (project.name) } }
                                td { (one.name) @if let Some(percent) = one.percent { " " (percent) " %" } }
                            }
                        }
                    }
                }
                @if due.len() > DELIVERABLES { p.faint { (due.len() - DELIVERABLES) " more later" } }
            }
        }
    }
}

fn skills(frame: &Frame, view: &PersonView<'_>) -> Markup {
    html! {
        section.card {
            header {
                h2 { "Skills" }
                @if frame.may_edit { a.end href=(format!("{}/skills", view.href())) data-dialog { "Change" } }
            }
            @if view.person.skills.is_empty() {
                p.muted { "None noted." }
            } @else {
                ul.chips {
                    @for (skill, level) in &view.person.skills {
                        li.chip { (view.book.plan.skill_name(*skill)) " " span.faint { (SkillLevel::from_number(*level).label()) } }
                    }
                }
            }
        }
    }
}

fn work_weeks(frame: &Frame, view: &PersonView<'_>) -> Markup {
    let (plan, person, today) = (&view.book.plan, view.person, view.clock.today());
    let now = person
        .work_weeks
        .iter()
        .rev()
        .map(|(from, _)| *from)
        .find(|from| *from <= today);
    html! {
        section.card {
            header {
                h2 { "Working weeks" }
                @if frame.may_edit { a.end href=(format!("{}/work-weeks/new", view.href())) data-dialog { "+ Working week" } }
            }
            ul.plain-list {
                @for (from, week) in person.work_weeks.iter().rev() {
                    li {
                        span { "from " (from.long()) }
                        b { (weekly_text(week)) }
                        @if now == Some(*from) { (ui::chip("good", "now")) }
                        @if frame.may_edit {
                            form.end method="post" action=(format!("{}/work-weeks/remove", view.href())) {
                                (ui::form_key(&frame.form_key))
                                input type="hidden" name="from" value=(from);
                                button.link type="submit" aria-label=(format!("Remove the working week from {}", from.long()))
                                    data-confirm=(format!("Remove the working week from {}? The one before counts on.", from.long())) { "Remove" }
                            }
                        }
                    }
                }
                li {
                    span { @if person.work_weeks.is_empty() { "throughout" } @else { "before" } }
                    b { (weekly_text(&plan.organisation.default_week)) }
                    span.faint { "as the whole team" }
                    @if now.is_none() { (ui::chip("good", "now")) }
                }
            }
        }
    }
}

fn time_off(frame: &Frame, view: &PersonView<'_>) -> Markup {
    let decides = view.decider.decides_for(view.person);
    html! {
        section.card {
            header {
                h2 { "Time off" }
                @if decides { a.end href=(format!("{}/time-off/new", view.href())) data-dialog { "+ Time off" } }
            }
            @if view.time_off.is_empty() {
                p.muted { "None noted." }
            } @else {
                ul.plain-list.leave-list { @for one in &view.time_off { (time_off_row(frame, view, one, decides)) } }
            }
        }
    }
}

fn time_off_row(frame: &Frame, view: &PersonView<'_>, one: &TimeOff, decides: bool) -> Markup {
    let today = view.clock.today();
    let days = days_text(&one.absence);
    let over = match one.status {
        Status::Approved if one.absence.last >= today => {
            over_weeks(view.book, view.person, one, view.this_week())
        }
        _ => Vec::new(),
    };
    html! {
        li {
            span.leave-days {
                span.(if one.absence.last < today { "faint" } else { "" }) { (days) }
                // Why somebody is away is between them and those who decide about it.
                @if view.decider.may_know(view.person) {
                    small.muted { (one.kind.label()) @if !one.note.is_empty() { ": " (one.note) } }
                } @else {
                    small.muted { "away" }
                }
                (over_list(view.book, &over))
            }
            @if one.status != Status::Approved { (ui::chip(one.status.tone(), one.status.label())) }
            span.end.line {
                @if frame.may_edit && !over.is_empty() { (push_link(one.id, view.person)) }
                @if decides {
                    form method="post" action=(format!("{}/time-off/{}/remove", view.href(), one.id)) {
                        (ui::form_key(&frame.form_key))
                        button.link type="submit" aria-label=(format!("Remove the time off {days}"))
                            data-confirm="Remove this time off? You can undo it." { "Remove" }
                    }
                }
            }
        }
    }
}
