//! The work in the background, shown.

use axum::response::Response;
use maud::{Markup, html};

use crate::admin::pages::settings;
use crate::admin::rules::Section;
use crate::app::App;
use crate::clock::Clock;
use crate::jobs::Misfire;
use crate::jobs::store::{Line, Schedule};
use crate::ui::{self, FormState, Frame, Place};

/// What is done when, and what became of it.
pub fn jobs(frame: &Frame, app: &App, schedules: &[Schedule], lines: &[Line]) -> Markup {
    let count = |state: &str| lines.iter().filter(|line| line.state == state).count();
    let (failed, running) = (count("failed"), count("running"));
    let inside = html! {
        section.card {
            header { h2 { "Regular work" } span.muted { "times are those of " (app.clock.zone_name()) " unless a line says otherwise" } }
            div.scroll role="region" tabindex="0" aria-label="Regular work" {
                table.list.stacked {
                    thead { tr {
                        th scope="col" { "What" } th scope="col" { "When" } th scope="col" { "Next" }
                        th scope="col" { span.visually-hidden { "Change" } }
                    } }
                    tbody { @for one in schedules { (schedule_row(frame, app, one)) } }
                }
            }
        }
        section.card data-follows="jobs" {
            header {
                h2 { "Jobs" }
                @if running > 0 { (ui::chip("", &format!("{running} under way"))) }
                @if running + count("waiting") > 0 { noscript { a href="/settings/jobs" { "Refresh" } } }
                @if failed > 0 { (ui::chip("bad", &format!("{failed} given up"))) }
            }
            @if lines.is_empty() {
                (ui::empty("Nothing was done yet", "Letters and regular work stand here with what became of them.", &html! {}))
            } @else {
                div.scroll role="region" tabindex="0" aria-label="Jobs" {
                    table.list.stacked {
                        thead { tr {
                            th scope="col" { "What" } th scope="col" { "State" } th scope="col" { "When" } th.num scope="col" { "Tries" }
                            th scope="col" { span.visually-hidden { "Steer" } }
                        } }
                        tbody { @for line in lines { (job_row(frame, app, line)) } }
                    }
                }
            }
        }
    };
    settings(frame, Section::Jobs, &inside)
}

fn label<'a>(app: &App, kind: &'a str) -> &'a str {
    app.jobs.table.kind(kind).map_or(kind, |kind| kind.label)
}

/// `19 Nov, 03:40`
fn moment(clock: &Clock, at: i64) -> String {
    if at == i64::MAX {
        return "never".to_owned();
    }
    format!("{}, {}", clock.day_of(at).short(), clock.time_of(at))
}

/// The schedules that most have, as people say them: once a day, or once a week.
fn in_words(cron: &str) -> Option<String> {
    let parts: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hour, "*", "*", day] = parts.as_slice() else {
        return None;
    };
    let (minute, hour) = (minute.parse::<u8>().ok()?, hour.parse::<u8>().ok()?);
    let day = match *day {
        "*" => "every day",
        "0" | "7" => "on Sundays",
        "1" => "on Mondays",
        "2" => "on Tuesdays",
        "3" => "on Wednesdays",
        "4" => "on Thursdays",
        "5" => "on Fridays",
        "6" => "on Saturdays",
        _ => return None,
    };
    Some(format!("{day} at {hour:02}:{minute:02}"))
}

fn schedule_row(frame: &Frame, app: &App, one: &Schedule) -> Markup {
    let what = label(app, &one.name);
    html! {
        tr {
            td { (what) }
            td {
                @match in_words(&one.cron) { Some(words) => { (words) } None => { code { (one.cron) } } }
                @if one.zone != app.clock.zone_name() { " " span.muted { (one.zone) } }
            }
            td { @if one.paused { (ui::chip("", "paused")) } @else { span.muted.phone-only { "next: " } (moment(&app.clock, one.next_at)) } }
            td.end {
                div.buttons {
                    form method="post" action=(format!("/settings/jobs/schedules/{}/run", one.name)) {
                        (ui::form_key(&frame.form_key))
                        button.btn.small type="submit" aria-label=(format!("Run now: {what}")) { "Run now" }
                    }
                    a.btn.small href=(format!("/settings/jobs/schedules/{}/edit", one.name)) data-dialog aria-label=(format!("Change: {what}")) { "Change" }
                }
            }
        }
    }
}

fn job_row(frame: &Frame, app: &App, line: &Line) -> Markup {
    let what = label(app, &line.kind);
    let (tone, word) = match line.state.as_str() {
        "failed" => ("bad", "given up"),
        "done" => ("good", "done"),
        "running" => ("", "under way"),
        _ if line.attempts > 0 => ("warn", "tried again"),
        _ => ("", "waits"),
    };
    let steers = matches!(line.state.as_str(), "failed" | "waiting");
    html! {
        tr {
            td { (what) @if !line.fault.is_empty() { div.fault { (line.fault) } } }
            td { (ui::chip(tone, word)) }
            td.nowrap { @if line.state == "waiting" { span.muted { "next: " } } (moment(&app.clock, line.ended_at.unwrap_or(line.run_at))) }
            td.num { span.muted.phone-only { "tries: " } (line.attempts) }
            td.end {
                @if steers {
                    div.buttons {
                        form method="post" action=(format!("/settings/jobs/{}/again", line.id)) {
                            (ui::form_key(&frame.form_key))
                            button.btn.small type="submit" aria-label=(format!("Try now: {what}")) { "Try now" }
                        }
                        form method="post" action=(format!("/settings/jobs/{}/forget", line.id)) {
                            (ui::form_key(&frame.form_key))
                            button.btn.small.quiet type="submit" aria-label=(format!("Forget: {what}"))
                                data-confirm="Take this out of the queue? It is not done then." { "Forget" }
                        }
                    }
                }
            }
        }
    }
}

/// When regular work is done.
pub fn schedule_form(frame: &Frame, app: &App, schedule: &Schedule, state: &FormState) -> Response {
    let what = label(app, &schedule.name);
    let misfires = Misfire::ALL.map(|one| {
        let words = match one {
            Misfire::Once => "done once, as soon as Ballast runs again",
            Misfire::Skip => "left out",
        };
        (one.as_str().to_owned(), words.to_owned())
    });
    ui::fragment_or_page(
        frame,
        Place::Settings,
        &format!("{what} · Jobs"),
        &html! {
            section.card.narrow {
                header { h1 { (what) } }
                (ui::errors_summary(state))
                form.form method="post" action=(format!("/settings/jobs/schedules/{}", schedule.name)) {
                    (ui::form_key(&frame.form_key))
                    (ui::field(state, "cron", "When", "text", "Minute, hour, day of the month, month, day of the week: 30 2 * * 1 is half past two on Mondays."))
                    (ui::field(state, "zone", "Time zone", "text", "Such as Europe/Amsterdam."))
                    (ui::choice(state, "misfire", "Missed moments are", None, &misfires))
                    (ui::check(state, "paused", "Paused"))
                    div.actions {
                        button.btn.primary type="submit" { "Save" }
                        a.btn href="/settings/jobs" data-close { "Cancel" }
                    }
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn a_schedule_is_said_in_words_where_people_have_some() {
        for (cron, words) in [
            ("30 1 * * *", Some("every day at 01:30")),
            ("5 0 * * 7", Some("on Sundays at 00:05")),
            ("0 18 * * 5", Some("on Fridays at 18:00")),
            ("*/5 * * * *", None),
            ("0 6 1 * *", None),
            ("0 6 * * 1-5", None),
            ("", None),
        ] {
            assert_eq!(in_words(cron).as_deref(), words, "{cron}");
        }
    }
}
