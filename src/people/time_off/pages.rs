//! One's own leave, what waits for an answer, and who is away soon.

mod forms;
mod waiting;

pub use forms::{ask_form, decline_form, time_off_form};

use maud::{Markup, html};

use super::handlers::first_of_the_year;
use super::rules::{Decider, Status, days_text, half_days_text};
use super::store::TimeOff;
use crate::accounts::Reach;
use crate::book::{Book, LeaveWeek, Person};
use crate::clock::Clock;
use crate::people::department_options;
use crate::ui::{self, Frame, Place};
use crate::units::ids::{DepartmentId, TimeOffId};
use crate::units::{Day, Week};

/// How many coming absences stand in the list; the others come on request.
const ABSENCES: usize = 14;

/// Everything that the page shows.
pub struct TimeOffView<'a> {
    /// The plan.
    pub book: &'a Book,
    /// What time it is.
    pub clock: &'a Clock,
    /// The visitor's own person.
    pub own: Option<&'a Person>,
    /// Whether the visitor's access lets them ask.
    pub may_ask: bool,
    /// Whose absences are listed, with the departments below; everybody's without one.
    pub department: Option<DepartmentId>,
    /// About whose leave the visitor decides.
    pub decider: Decider,
    /// Whose hours the visitor plans.
    pub reach: Reach,
    /// Leave that waits, that is not over, and the visitor's own of this year; by first day.
    pub rows: Vec<TimeOff>,
}

impl TimeOffView<'_> {
    fn this_week(&self) -> Week {
        self.book.plan.week_of(self.clock.today())
    }

    fn person(&self, row: &TimeOff) -> Option<&Person> {
        self.book.plan.person(row.person)
    }

    fn own_rows(&self) -> impl Iterator<Item = &TimeOff> + Clone {
        let own = self.own.map(|person| person.id);
        self.rows.iter().filter(move |row| own == Some(row.person))
    }

    fn waiting(&self) -> Vec<(&TimeOff, &Person)> {
        let mut waiting: Vec<(&TimeOff, &Person)> = self
            .rows
            .iter()
            .filter(|row| row.status == Status::Requested)
            .filter_map(|row| Some((row, self.person(row)?)))
            .filter(|(_, person)| self.decider.decides_for(person))
            .collect();
        waiting.sort_by_key(|(row, _)| (row.asked_at, row.id));
        waiting
    }

    fn approved(&self) -> impl Iterator<Item = (&TimeOff, &Person)> {
        let today = self.clock.today();
        self.rows
            .iter()
            .filter(move |row| row.status == Status::Approved && row.absence.last >= today)
            .filter_map(|row| Some((row, self.person(row)?)))
            .filter(|(_, person)| person.active)
    }
}

/// The page of leave.
pub fn time_off(frame: &Frame, view: &TimeOffView<'_>) -> Markup {
    let ask = html! {
        @if view.may_ask && view.own.is_some() {
            a.btn.primary href="/time-off/new" data-dialog { "+ Ask for time off" }
        }
    };
    ui::page(
        frame,
        Place::TimeOff,
        "Time off",
        &html! {
            (ui::page_head("Time off", &html! { span.muted { "leave lowers what somebody can carry once it is approved" } }, &ask))
            @let waiting = view.waiting();
            @if view.decider.is_one() { (waiting::waiting(frame, view, &waiting)) }
            div.split {
                div.stack {
                    @if frame.may_edit { (in_the_way(view)) }
                    (own(frame, view))
                }
                (absences(view))
            }
        },
    )
}

/// Says that an account is nobody's of the plan, what that means, and what whoever sees it can do about it.
fn not_linked(frame: &Frame, so: &str) -> Markup {
    html! {
        p.note {
            "Your account is not linked to a person of the plan, so " (so) ". "
            @if frame.may_edit { a href="/people/new" data-dialog { "Add yourself as a person" } " with the e-mail address of your account." }
            @else { "Ask an administrator to give your person the e-mail address of your account." }
        }
    }
}

/// The visitor's own leave: how much this year, and each.
fn own(frame: &Frame, view: &TimeOffView<'_>) -> Markup {
    html! {
        section.card #own {
            header { h2 { "Your time off" } span.muted { (view.clock.today().ymd().0) } }
            @match view.own {
                None => (not_linked(frame, "there is nothing of yours here and you cannot ask for leave")),
                Some(person) => {
                    (this_year(view, person))
                    @let rows: Vec<&TimeOff> = view.own_rows().collect();
                    @if rows.is_empty() {
                        (ui::empty("Nothing yet", "Here stands what you ask for, and what becomes of it. The plan stays as it is until somebody approves.", &html! {
                            @if view.may_ask { a.btn.primary href="/time-off/new" data-dialog { "+ Ask for time off" } }
                        }))
                    } @else {
                        ul.plain-list.leave-list { @for row in rows.iter().rev() { (own_row(frame, view, person, row)) } }
                    }
                },
            }
        }
    }
}

fn this_year(view: &TimeOffView<'_>, person: &Person) -> Markup {
    let today = view.clock.today();
    let year = today.ymd().0;
    let (first, last) = (
        first_of_the_year(today),
        Day::from_ymd(year, 12, 31).unwrap_or(today),
    );
    let sum = |status: Status, from: Day, until: Day| -> u32 {
        view.own_rows()
            .filter(|row| row.status == status)
            .map(|row| view.book.plan.half_days_of(person, &row.absence, from, until))
            .sum()
    };
    html! {
        dl.facts.leave-year {
            div { dt { "Taken" } dd { (half_days_text(sum(Status::Approved, first, today.plus(-1)))) } }
            div { dt { "Planned" } dd { (half_days_text(sum(Status::Approved, today, last))) } }
            div { dt { "Waiting" } dd { (half_days_text(sum(Status::Requested, first, last))) } }
        }
    }
}

fn own_row(frame: &Frame, view: &TimeOffView<'_>, person: &Person, row: &TimeOff) -> Markup {
    let counted = view
        .book
        .plan
        .half_days_of(person, &row.absence, Day::MIN, Day::MAX);
    let past = row.absence.last < view.clock.today();
    let over = if row.status == Status::Approved && !past {
        over_weeks(view.book, person, row, view.this_week())
    } else {
        Vec::new()
    };
    html! {
        li {
            span.leave-days {
                b.(if past { "faint" } else { "" }) { (days_text(&row.absence)) }
                small.muted { (half_days_text(counted)) " · " (row.kind.label()) @if !row.note.is_empty() { ": " (row.note) } }
                // Who plans sees this above, with what can be done about it.
                @if !view.reach.person(person) { (over_list(view.book, &over)) }
                @if !row.answer.is_empty() {
                    small.bad-text { @if let Some(by) = &row.answered_by { (by) ": " } (row.answer) }
                }
            }
            span.end { (ui::chip(row.status.tone(), row.status.label())) }
            @if row.status == Status::Requested && view.may_ask {
                form method="post" action=(format!("/time-off/{}/withdraw", row.id)) {
                    (ui::form_key(&frame.form_key))
                    button.link type="submit" aria-label=(format!("Withdraw {}", days_text(&row.absence))) { "Withdraw" }
                }
            }
        }
    }
}

/// Approved leave in whose weeks more is booked than it leaves.
fn in_the_way(view: &TimeOffView<'_>) -> Markup {
    let found: Vec<(&TimeOff, &Person, Vec<LeaveWeek>)> = view
        .approved()
        .filter(|(_, person)| view.reach.person(person))
        .map(|(row, person)| (row, person, over_weeks(view.book, person, row, view.this_week())))
        .filter(|(_, _, weeks)| !weeks.is_empty())
        .collect();
    html! {
        @if !found.is_empty() {
            section.card #booked {
                header { h2 { "Booked while away" } span.muted { "more hours than the leave leaves" } }
                ul.plain-list.leave-list {
                    @for (row, person, weeks) in &found {
                        li {
                            span.leave-days {
                                span { a href=(format!("/people/{}", person.id)) { b { (person.name) } } " " span.muted { (days_text(&row.absence)) } }
                                (over_list(view.book, weeks))
                            }
                            (push_link(row.id, person))
                        }
                    }
                }
            }
        }
    }
}

/// The weeks from `from` on in which more is booked than this leave leaves.
pub fn over_weeks(book: &Book, person: &Person, row: &TimeOff, from: Week) -> Vec<LeaveWeek> {
    let mut weeks = book.leave_weeks(person, &row.absence, from);
    weeks.retain(|week| week.excess().0 > 0);
    weeks
}

/// How many weeks of one leave are told of.
const WEEKS: usize = 4;

/// `32 h too much in the week of 7 Dec: 20 h of Harbour Substation, 12 h of Tower Retrofit`, a line for each week.
pub fn over_list(book: &Book, weeks: &[LeaveWeek]) -> Markup {
    let start = book.plan.organisation.week_start;
    html! {
        @for week in weeks.iter().take(WEEKS) {
            small.over {
                b { (week.excess()) " h too much" } " in the week of " (week.week.first_day(start).short()) ": "
                (over_rows(book, week).join(", "))
            }
        }
        @if weeks.len() > WEEKS { small.muted { "and " (weeks.len() - WEEKS) " weeks more" } }
    }
}

fn over_rows(book: &Book, week: &LeaveWeek) -> Vec<String> {
    let plan = &book.plan;
    let rows = week.over.iter().map(|row| {
        let project = plan
            .assignment(row.assignment)
            .and_then(|one| plan.project(one.project));
        format!(
            "{} h of {}",
            row.excess,
            project.map_or("", |project| &project.name)
        )
    });
    rows.collect()
}

/// The way to the preview that moves those hours.
pub fn push_link(id: TimeOffId, person: &Person) -> Markup {
    html! {
        a.btn.small.end href=(format!("/time-off/{id}/push")) data-dialog aria-label=(format!("Push to free weeks: the hours of {}", person.name)) {
            "Push to free weeks"
        }
    }
}

/// Who is away in the coming weeks.
fn absences(view: &TimeOffView<'_>) -> Markup {
    let plan = &view.book.plan;
    let shown: Option<Vec<DepartmentId>> = view.department.map(|id| {
        plan.department_with_children(id)
            .iter()
            .map(|one| one.id)
            .collect()
    });
    let rows: Vec<(&TimeOff, &Person)> = view
        .approved()
        .filter(|(_, person)| {
            shown
                .as_ref()
                .is_none_or(|ids| person.department.is_some_and(|id| ids.contains(&id)))
        })
        .collect();
    html! {
        section.card #away {
            header {
                h2 { "Away soon" }
                @if !plan.departments.is_empty() {
                    form.filters.end method="get" action="/time-off" data-autosubmit {
                        label { span.visually-hidden { "Department" }
                            select.field name="department" {
                                option value="" { "Everybody" }
                                (department_options(plan, view.department))
                            }
                        }
                        noscript { button.btn type="submit" { "Show" } }
                    }
                }
            }
            @if rows.is_empty() {
                p.muted { "Nobody is away, as far as it is known." }
            } @else {
                @let (soon, later) = rows.split_at(rows.len().min(ABSENCES));
                ul.plain-list.leave-list { @for (row, person) in soon { (absence_row(view, row, person)) } }
                @if !later.is_empty() {
                    details {
                        summary.muted { (later.len()) " later" }
                        ul.plain-list.leave-list { @for (row, person) in later { (absence_row(view, row, person)) } }
                    }
                }
            }
        }
    }
}

fn absence_row(view: &TimeOffView<'_>, row: &TimeOff, person: &Person) -> Markup {
    let now = row.absence.first <= view.clock.today();
    html! {
        li {
            (ui::avatar(&person.name))
            span.leave-days {
                a href=(format!("/people/{}", person.id)) { (person.name) }
                small.muted { (days_text(&row.absence)) }
            }
            span.end.line {
                @if now { (ui::chip("warn", "away now")) }
                // Why somebody is away is between them and those who decide about it.
                span.muted { @if view.decider.may_know(person) { (row.kind.label()) } @else { "away" } }
            }
        }
    }
}
