//! Agreed stories, the form that plans them, and what that would do.

use maud::{Markup, html};

use super::rules::{Agreed, Point, Wish, taker_text, taker_words};
use crate::accounts::Reach;
use crate::book::{Book, CountsAs};
use crate::plan::estimates::{Asked, Laid, LaidWeek, Taker};
use crate::poker::pace::{Basis, Pace, range_words};
use crate::poker::rules::room::Room;
use crate::ui::{self, FormState, Frame, Place};
use crate::units::ids::AssignmentId;
use crate::units::text::counted;
use crate::units::{Minutes, Week};

/// Everything that the page shows.
pub struct PlanView<'a> {
    /// The plan.
    pub book: &'a Book,
    /// The room.
    pub room: &'a Room,
    /// Its team's pace, and what it has agreed on.
    pub known: (&'a Pace, &'a [Agreed]),
    /// Whose rows the visitor may change.
    pub reach: &'a Reach,
    /// Whether they may say what a story took.
    pub finishes: bool,
    /// What is wanted.
    pub wish: &'a Wish,
    /// What that would do; none while something is missing.
    pub preview: Option<(Asked, Laid)>,
    /// What was sent, and what is wrong with it or has changed since.
    pub state: FormState,
}

/// The page.
pub fn plan(frame: &Frame, view: &PlanView<'_>) -> Markup {
    let (room, (_, all)) = (view.room, view.known);
    let link = &room.link;
    ui::page(
        frame,
        Place::Poker,
        &format!("Plan the stories of {}", room.name),
        &html! {
            nav.crumbs aria-label="Where this is" { a href="/poker" { "Planning poker" } " / " a href=(format!("/poker/{link}")) { (room.name) } }
            (ui::page_head("Plan the stories", &html! { span.muted { "of " (room.name) } }, &html! { a.btn href=(format!("/poker/{link}/forecast")) { "Forecast" } }))
            @if all.is_empty() {
                section.card {
                    (ui::empty(
                        "Nothing agreed yet",
                        "Stories stand here once the team has accepted an estimate for them, with the hours that this is at its pace. From here they go onto the schedule.",
                        &html! { a.btn.primary href=(format!("/poker/{link}")) { "Go to the room" } },
                    ))
                }
            } @else {
                (pace_line(view))
                (told(view))
                section.card aria-labelledby="stories" { (stories(frame, view)) }
                (how(view))
                (outcome(frame, view))
            }
        },
    )
}

fn pace_line(view: &PlanView<'_>) -> Markup {
    let (pace, _) = view.known;
    let team = view.room.department;
    let name = team
        .map(|team| view.book.plan.department_path(team))
        .unwrap_or_default();
    html! {
        p.pace-note {
            @match (team, pace.basis()) {
                (None, _) => { "This room has no team, so nobody knows what a point takes. Choose one in the room’s settings." },
                (Some(team), Some(Basis::Measured(count))) => {
                    (ui::chip("good", "calibrated")) " Hours are as " a href=(format!("/poker/pace/{team}")) { (name) } " really took them: the last " (count) " finished stories."
                },
                (Some(team), Some(Basis::Typed(factor))) => {
                    (ui::chip("warn", "not calibrated")) " Hours are what somebody typed for " a href=(format!("/poker/pace/{team}")) { (name) } ": " (Minutes(factor.minutes)) " h a point."
                },
                (Some(team), None) => {
                    (ui::chip("", "not calibrated")) " Nobody has said yet what a point takes " a href=(format!("/poker/pace/{team}")) { (name) } ". Type it there, or finish eight stories with their hours."
                },
            }
        }
    }
}

/// What was wrong, or what is no longer as it was seen.
fn told(view: &PlanView<'_>) -> Markup {
    let (moved, wrong): (Vec<_>, Vec<_>) = view
        .state
        .errors
        .iter()
        .cloned()
        .partition(|one| one.field == "preview");
    html! {
        (ui::errors_summary(&FormState::again(view.state.values.clone(), wrong)))
        @if !moved.is_empty() {
            div.errors role="alert" { p { strong { "The plan has changed since you saw this." } " Nothing was written; look at it once more." } }
        }
    }
}

fn stories(frame: &Frame, view: &PlanView<'_>) -> Markup {
    let (_, all) = view.known;
    let open = all.iter().filter(|one| one.obstacle().is_none()).count();
    html! {
        header { h2 #stories { "Agreed stories" } span.muted { (counted(open, "can be planned", "can be planned")) } }
        div.scroll #f-stories tabindex="0" role="region" aria-label="Table of agreed stories" {
            table.list.planned-stories {
                thead { tr { th scope="col" { "Plan" } th scope="col" { "Story" } th scope="col" { "Agreed" } th.num scope="col" { "Hours" } th scope="col" { "Planned" } th scope="col" { "Done" } } }
                tbody { @for one in all { (story(frame, view, one)) } }
            }
        }
    }
}

fn story(frame: &Frame, view: &PlanView<'_>, one: &Agreed) -> Markup {
    let obstacle = one.obstacle();
    let chosen = view.wish.stories.contains(&one.story);
    html! {
        tr id=(format!("s{}", one.story)) {
            td.tick { label { input type="checkbox" name="stories" value=(one.story) form="plan-form" checked[chosen] disabled[obstacle.is_some()] aria-label=(format!("Plan {}", one.name)) title=[obstacle]; } }
            th scope="row" { @if !one.reference.is_empty() { span.faint { (one.reference) " " } } (one.name) }
            td.nowrap { (one.estimate.words()) }
            td.num.nowrap {
                @if one.voting { span.faint { "voted on again" } }
                @else if let Some(hours) = &one.hours { (range_words(hours)) }
                @else { span.faint { "not known" } }
            }
            td { @for (assignment, minutes) in &one.booked { (booked(view.book, *assignment, *minutes)) } @if one.booked.is_empty() { span.faint { "–" } } }
            td { (done(frame, view, one)) }
        }
    }
}

/// Where a story is planned.
fn booked(book: &Book, assignment: AssignmentId, minutes: Minutes) -> Markup {
    let plan = &book.plan;
    let own = plan.assignment(assignment);
    let project = own.and_then(|own| plan.project(own.project));
    html! {
        @if let (Some(own), Some(project)) = (own, project) {
            @match own.person.and_then(|id| plan.person(id)) {
                Some(person) => a href=(format!("/schedule?open={0}#p{0}", person.id)) { (person.name) },
                None => a href=(format!("/schedule?view=projects&open={}", project.id)) { "an open " (plan.role_name(own.role)) },
            }
            " " small.faint { (project.name) ", " (minutes) " h" }
        }
    }
}

fn done(frame: &Frame, view: &PlanView<'_>, one: &Agreed) -> Markup {
    let post = |act: &str| format!("/poker/{}/{act}", view.room.link);
    html! {
        @if let Some((spent, _)) = &one.finished {
            span.nowrap { @match spent { Some(spent) => { (spent) " h" }, None => "as booked" } }
            @if view.finishes {
                form.inline-form method="post" action=(post("unfinished")) {
                    (ui::form_key(&frame.form_key))
                    input type="hidden" name="story" value=(one.story);
                    button.btn.quiet type="submit" aria-label=(format!("{} is not done after all", one.name)) { "Not done" }
                }
            }
        } @else if view.finishes && !one.voting {
            form.inline-form method="post" action=(post("finished")) {
                (ui::form_key(&frame.form_key))
                input type="hidden" name="story" value=(one.story);
                input.field.hours-field name="hours" inputmode="decimal" autocomplete="off" aria-label=(format!("Hours that {} took", one.name)) placeholder=(if one.booked.is_empty() { "hours" } else { "as booked" });
                button.btn type="submit" aria-label=(format!("{} is done", one.name)) { "Done" }
            }
        } @else { span.faint { "–" } }
    }
}

/// The form: project, who, weeks, end of the range.
fn how(view: &PlanView<'_>) -> Markup {
    let plan = &view.book.plan;
    let wish = view.wish;
    let start = plan.organisation.week_start;
    let open = plan
        .projects
        .iter()
        .filter(|one| plan.counts_as(one.id) != CountsAs::Closed);
    let people = plan
        .people
        .iter()
        .filter(|one| one.active && (*view.reach == Reach::Nothing || view.reach.person(one)));
    let typed = |name: &str, usual: String| {
        let text = view.state.values.text(name);
        if text.is_empty() { usual } else { text.to_owned() }
    };
    let last = wish.from.plus(i32::from(wish.weeks) - 1);
    html! {
        section.card aria-labelledby="how" {
            header { h2 #how { "Onto the schedule" } }
            form.form.plan-stories #plan-form method="get" action=(format!("/poker/{}/plan", view.room.link)) {
                input type="hidden" name="chosen" value="on";
                div.plan-fields {
                    div.form-row {
                        label for="f-project" { "Project" }
                        select.field #f-project name="project" {
                            option value="" selected[wish.project.is_none()] { "Choose a project" }
                            @for one in open { option value=(one.id) selected[wish.project == Some(one.id)] { (one.name) } }
                        }
                    }
                    div.form-row {
                        label for="f-who" { "Who takes them" }
                        select.field #f-who name="who" {
                            option value="" selected[wish.taker.is_none()] { "Choose somebody or a role" }
                            optgroup label="An open place for a role" {
                                @for role in &plan.roles { (who_option(wish, Taker::Role(role.id), &role.name)) }
                            }
                            optgroup label="Somebody" {
                                @for person in people { (who_option(wish, Taker::Person(person.id), &person.name)) }
                            }
                        }
                    }
                    div.form-row { label for="f-from" { "From the week of" } input.field #f-from type="date" name="from" value=(typed("from", wish.from.first_day(start).to_string())); }
                    div.form-row { label for="f-to" { "To the week of" } input.field #f-to type="date" name="to" value=(typed("to", last.first_day(start).to_string())); }
                    div.form-row {
                        label for="f-point" { "How sure" }
                        select.field #f-point name="point" {
                            option value="p50" selected[wish.point == Point::P50] { "P50: the middle" }
                            option value="p85" selected[wish.point == Point::P85] { "P85: rather safe" }
                        }
                    }
                }
                div.actions { button.btn type="submit" { "Preview" } }
            }
        }
    }
}

fn who_option(wish: &Wish, taker: Taker, name: &str) -> Markup {
    html! { option value=(taker_text(taker)) selected[wish.taker == Some(taker)] { (name) } }
}

/// What planning would do, and the button that does it.
fn outcome(frame: &Frame, view: &PlanView<'_>) -> Markup {
    let Some((asked, laid)) = &view.preview else {
        return html! {};
    };
    let plan = &view.book.plan;
    let over = laid.over();
    let who = taker_words(plan, asked.taker);
    html! {
        section.card.plan-preview aria-labelledby="preview" {
            header { h2 #preview { "Preview" } span.muted { "nothing is written yet" } }
            dl.facts {
                div { dt { "Stories" } dd { (asked.stories.len()) } }
                div { dt { "Hours" } dd { (asked.total()) " h" } }
                div { dt { "For" } dd { (who) } }
                div { dt { "Too much" } dd { (over) " h" } }
            }
            @if over.0 > 0 {
                p.note.warn role="status" {
                    b { (over) " h do not fit" } " into what remains of " (who) "’s weeks. They would lie on top of it; choose more weeks, fewer stories or somebody else to avoid that."
                }
            }
            (weeks(view.book, laid))
            @if frame.may_edit {
                form method="post" action=(format!("/poker/{}/plan", view.room.link)) {
                    (ui::form_key(&frame.form_key))
                    (carried(view, asked, laid))
                    footer { button.btn.primary type="submit" { "Book " (asked.total()) " h" } }
                }
            } @else {
                p.muted { "Managers book hours. Show this to one of them." }
            }
        }
    }
}

/// What is wanted, and the digest of what was shown, so that what is written is what was seen.
fn carried(view: &PlanView<'_>, asked: &Asked, laid: &Laid) -> Markup {
    let start = view.book.plan.organisation.week_start;
    let last = asked.from.plus(i32::from(asked.weeks) - 1);
    html! {
        input type="hidden" name="chosen" value="on";
        @for (story, _) in &asked.stories { input type="hidden" name="stories" value=(story); }
        input type="hidden" name="project" value=(asked.project);
        input type="hidden" name="who" value=(taker_text(asked.taker));
        input type="hidden" name="from" value=(asked.from.first_day(start));
        input type="hidden" name="to" value=(last.first_day(start));
        input type="hidden" name="point" value=(view.wish.point.as_str());
        input type="hidden" name="seen" value=(laid.digest(asked));
    }
}

fn weeks(book: &Book, laid: &Laid) -> Markup {
    let start = book.plan.organisation.week_start;
    let label = |week: Week| week.first_day(start).short();
    let person = laid.weeks.iter().any(|week| week.capacity.is_some());
    html! {
        div.scroll tabindex="0" role="region" aria-label="Hours by week" {
            table.list.laid-weeks {
                thead { tr { th scope="col" { "Week of" } @for week in &laid.weeks { th.centre scope="col" { (label(week.week)) } } } }
                tbody {
                    @if person { tr { th scope="row" { "Booked already" } @for week in &laid.weeks { td.centre { (week.booked) } } } }
                    tr.these { th scope="row" { "These stories" } @for week in &laid.weeks { td.centre { @if week.minutes.0 > 0 { b { "+" (week.minutes) } } @else { span.faint { "·" } } } } }
                    @if person { tr { th scope="row" { "Then, of what fits" } @for week in &laid.weeks { (then(book, week)) } } }
                }
            }
        }
    }
}

fn then(book: &Book, week: &LaidWeek) -> Markup {
    let capacity = week.capacity.unwrap_or_default();
    let sum = week.booked + week.minutes;
    let band = book.plan.organisation.bands.load(sum, capacity);
    html! { td.centre { span.laid-load.(band.class()) { (sum) " / " (capacity) @if week.over().0 > 0 { span.visually-hidden { ", " (week.over()) " h too much" } } } } }
}
