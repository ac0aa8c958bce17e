//! A forecast as it is read.

use std::collections::HashMap;

use maud::{Markup, html};

use super::chart::{chart, columns};
use super::handlers::{Now, Subject};
use super::rules::{Cause, day_of};
use super::rules_gather::{Apart, BackTest};
use super::store::{Kept, Scope};
use crate::book::Book;
use crate::clock::Clock;
use crate::poker::pace::Basis;
use crate::ui::{self, FormState, Frame, Place};
use crate::units::ids::{DepartmentId, StoryId};
use crate::units::text::counted;
use crate::units::{Day, Minutes, Week};

/// Everything that the page shows.
pub struct ForecastView<'a> {
    /// The plan.
    pub book: &'a Book,
    /// Whose stories.
    pub subject: &'a Subject,
    /// Whose hours; none where nobody said.
    pub team: Option<DepartmentId>,
    /// The forecast; none where none was made.
    pub kept: Option<&'a Kept>,
    /// What one would be made from now; none without a team.
    pub now: Option<&'a Now>,
    /// What its stories are called, with the links of their rooms.
    pub names: &'a HashMap<StoryId, (String, String)>,
    /// The form that makes one.
    pub form: FormState,
    /// Whether the visitor may make one.
    pub makes: bool,
    /// Whether they run the room.
    pub runs_room: bool,
    /// What time it is, and where.
    pub clock: &'a Clock,
}

/// The page.
pub fn forecast(frame: &Frame, view: &ForecastView<'_>) -> Markup {
    let subject = view.subject;
    let place = if matches!(subject.scope, Scope::Room(_)) {
        Place::Poker
    } else {
        Place::Projects
    };
    let above = subject.path.trim_end_matches("/forecast");
    ui::page(
        frame,
        place,
        &format!("Forecast of {}", subject.name),
        &html! {
            nav.crumbs aria-label="Where this is" {
                @if place == Place::Poker { a href="/poker" { "Planning poker" } } @else { a href="/projects" { "Projects" } }
                " / " a href=(above) { (subject.name) }
            }
            (ui::page_head("Forecast from the votes", &html! { span.muted { "of " (subject.name) } }, &actions(view, above)))
            @if let Some(kept) = view.kept { (told(frame, view, kept)) } @else { (nothing(view)) }
            (ask(frame, view))
        },
    )
}

fn actions(view: &ForecastView<'_>, above: &str) -> Markup {
    html! { @if matches!(view.subject.scope, Scope::Room(_)) { a.btn href=(format!("{above}/plan")) { "Plan the stories" } } }
}

fn nothing(view: &ForecastView<'_>) -> Markup {
    let obstacle = match view.now {
        Some(now) => now.inputs.obstacle(),
        None if matches!(view.subject.scope, Scope::Room(_)) => Some(
            "This room has no team. Choose one in its settings: its pace and its free hours make the dates.",
        ),
        None => Some(
            "No poker room belongs to this project yet, or none of them has a team. Both are chosen in a room’s settings.",
        ),
    };
    html! {
        section.card {
            (ui::empty(
                "No forecast yet",
                obstacle.unwrap_or("It plays all open stories through ten thousand times: each run draws a size from the votes, what a point takes from finished stories, and lays the hours into what the team has left."),
                &html! { @if view.now.is_none() && !matches!(view.subject.scope, Scope::Room(_)) { a.btn href="/poker" { "To the rooms" } } },
            ))
        }
    }
}

/// `by 12 June 2027`, or that it is not foreseen.
fn by(day: Option<Day>) -> String {
    day.map_or_else(
        || "not within two years".to_owned(),
        |day| format!("done by {}", day.long()),
    )
}

fn hours(minutes: i64) -> String {
    Minutes(u32::try_from(minutes).unwrap_or(u32::MAX)).rounded()
}

fn told(frame: &Frame, view: &ForecastView<'_>, kept: &Kept) -> Markup {
    let (answer, inputs) = (&kept.answer, &kept.inputs);
    let plan = &view.book.plan;
    let runs = inputs.question.runs;
    let changed = view.now.is_some_and(|now| !now.inputs.same_as(inputs));
    let usual = day_of(&inputs.question, inputs.plain);
    let all = columns(&answer.by_week, runs);
    let p85 = answer.p85.map(|day| plan.week_of(day));
    html! {
        section.card.forecast-card aria-label="The forecast" {
            p.forecast-sentence { b { "85 %: " } (by(answer.p85)) }
            p.muted {
                (counted(inputs.question.stories.len(), "open story", "open stories")) ", played through " (crate::units::grouped(u32::try_from(runs).unwrap_or(u32::MAX)))
                " times by " (kept.made.1) ", " (ui::ago(view.clock, kept.made.0)) "."
            }
            @if changed { p.note.warn role="status" { "Votes, finished stories, the pace, the plan or the day have changed since. Forecast anew to see what that makes of it." } }
            dl.facts {
                div { dt { "P50" } dd { (by(answer.p50)) small { (hours(answer.p50_minutes)) " h" } } }
                div { dt { "P85" } dd { (by(answer.p85)) small { (hours(answer.p85_minutes)) " h" } } }
                div { dt { "The plain sum" } dd { (by(usual)) small { (hours(inputs.plain)) " h, as if all means came true" } } }
            }
            @if !all.is_empty() {
                figure.runs-figure {
                    (chart(&all, plan.organisation.week_start, p85))
                    @if answer.beyond > 0 { figcaption.muted { (answer.beyond) " runs end in none of the next two years." } }
                }
                details.as-table { summary { "The figures as a table" } (table(view, &all)) }
            }
        }
        div.split {
            (causes(frame, view, kept))
            div.stack { (basis(view, kept)) (back(view.now.map(|now| now.back))) (apart(view)) }
        }
    }
}

fn table(view: &ForecastView<'_>, all: &[super::chart::Column]) -> Markup {
    let start = view.book.plan.organisation.week_start;
    let label = |week: Week| week.first_day(start).long();
    html! {
        div.scroll tabindex="0" role="region" aria-label="Runs by week" {
            table.list {
                thead { tr { th scope="col" { "Week of" } th.num scope="col" { "Runs that end" } th.num scope="col" { "Done by then" } } }
                tbody { @for one in all { tr { th scope="row" { (label(one.week)) } td.num { (one.runs) } td.num { (one.by_then) " %" } } } }
            }
        }
    }
}

fn causes(frame: &Frame, view: &ForecastView<'_>, kept: &Kept) -> Markup {
    let split: Vec<&Cause> = kept
        .answer
        .causes
        .iter()
        .filter(|cause| cause.split && view.names.contains_key(&cause.id))
        .collect();
    html! {
        section.card aria-labelledby="causes" {
            header { h2 #causes { "What makes it so wide" } span.muted { "parts of the whole spread" } }
            @if kept.answer.causes.is_empty() {
                p.muted { "Nothing: all votes agree, and the pace is the same in each run." }
            } @else {
                ol.plain-list.causes { @for cause in &kept.answer.causes { (cause_row(view, cause)) } }
                @if view.runs_room && !split.is_empty() {
                    form method="post" action=(format!("{}/discuss", view.subject.path.trim_end_matches("/forecast"))) {
                        (ui::form_key(&frame.form_key))
                        @for cause in &split { input type="hidden" name="stories" value=(cause.id); }
                        footer { button.btn type="submit" { "Discuss these again" } }
                    }
                    p.hint { "Marks those with split votes “discuss again”, and puts the first of them on the room’s table." }
                }
            }
        }
    }
}

fn cause_row(view: &ForecastView<'_>, cause: &Cause) -> Markup {
    html! {
        li {
            @match view.names.get(&cause.id) {
                Some((name, link)) => a href=(format!("/poker/{link}")) { (name) },
                None => span.muted { "a story that is gone, or in a room with a passcode" },
            }
            @if cause.split { " " (ui::chip("warn", "split votes")) }
            span.end { b { (cause.percent) " %" } }
        }
    }
}

fn basis(view: &ForecastView<'_>, kept: &Kept) -> Markup {
    let inputs = &kept.inputs;
    let free: i64 = inputs.question.free.iter().take(4).map(|(_, free)| *free).sum();
    let name = view.book.plan.department_path(kept.team);
    html! {
        section.card aria-labelledby="basis" {
            header { h2 #basis { "What it rests on" } }
            dl.basis-list {
                div { dt { "Team" } dd { a href=(format!("/poker/pace/{}", kept.team)) { (name) } } }
                div { dt { "Pace" } dd {
                    @match inputs.measured {
                        Some(count) => { "measured from " (count) " finished stories" },
                        None if inputs.question.pace.is_empty() => "not needed: all cards have hours of their own",
                        None => "assumed: not calibrated, each run believes some mix of the least, the middle and the most that the typed factor allows",
                    }
                } }
                div { dt { "Free in four weeks" } dd { (hours(free)) " h" @if inputs.share < 100 { ", " (inputs.share) " % of what is left" } } }
                div { dt { "Seed" } dd { (inputs.question.seed) small { "the same seed gives the same forecast" } } }
            }
        }
    }
}

/// How earlier dates of the team came out.
fn back(back: Option<BackTest>) -> Markup {
    let back = back.unwrap_or_default();
    html! {
        section.card aria-labelledby="back" {
            header { h2 #back { "How earlier ones came out" } }
            @if back.told == 0 && back.told_half == 0 {
                p.muted { "None of this team’s forecasts has all its stories finished yet. Once some have, it stands here how many of their dates held." }
            } @else {
                p { "Of " b { (counted(back.told, "past P85 date", "past P85 dates")) } ", " b { (back.held) } " held." }
                p.muted { "Of " (counted(back.told_half, "P50 date", "P50 dates")) ", " (back.held_half) " held. About 85 and 50 of a hundred are as it should be." }
            }
        }
    }
}

fn apart(view: &ForecastView<'_>) -> Markup {
    let all = view
        .now
        .map(|now| now.gathered.apart.as_slice())
        .unwrap_or_default();
    html! {
        @if !all.is_empty() {
            section.card aria-labelledby="apart" {
                header { h2 #apart { "Not in it" } }
                ul.plain-list { @for (name, why) in all {
                    li { (name) span.end.muted { @match why { Apart::NoVote => "no vote yet", Apart::NoHours => "its card has no hours" } } }
                } }
            }
        }
    }
}

/// The form that makes a forecast.
fn ask(frame: &Frame, view: &ForecastView<'_>) -> Markup {
    let Some(now) = view.now else { return html! {} };
    let typed = matches!(now.pace.basis(), Some(Basis::Typed(_)));
    let (wrong, general): (Vec<_>, Vec<_>) = view
        .form
        .errors
        .iter()
        .cloned()
        .partition(|one| one.field != "forecast");
    let teams: Vec<(String, String)> = view
        .subject
        .teams
        .iter()
        .map(|id| (id.to_string(), view.book.plan.department_path(*id)))
        .collect();
    let mut form = FormState::again(view.form.values.clone(), wrong);
    if let Some(team) = view.team.filter(|_| !form.values.has("team")) {
        form.values.set("team", &team.to_string());
    }
    html! {
        section.card aria-labelledby="ask" {
            header { h2 #ask { @if view.kept.is_some() { "Forecast anew" } @else { "Forecast" } } span.muted { (counted(now.inputs.question.stories.len(), "open story", "open stories")) } }
            (ui::errors_summary(&form))
            @for one in &general { div.errors role="alert" { p { (one.message) } } }
            @if typed { p.note { "This team is not calibrated yet: the dates rest on what somebody typed." } }
            @if !view.makes {
                p.muted { "Members make forecasts; what they made stands here." }
            } @else if now.inputs.obstacle().is_none() {
                form.form.forecast-form method="post" action=(view.subject.path) {
                    (ui::form_key(&frame.form_key))
                    div.plan-fields {
                        @if teams.len() > 1 { (ui::choice(&form, "team", "Team", None, &teams)) }
                        (ui::field(&form, "share", "% of the free hours", "number", "how much of what the team has left goes into these stories"))
                        (ui::field(&form, "seed", "Seed", "text", "leave it blank for a new one"))
                    }
                    div.actions { button.btn.primary type="submit" { "Forecast" } }
                }
            } @else if view.kept.is_some() {
                p.muted { (now.inputs.obstacle().unwrap_or_default()) }
            }
        }
    }
}
