//! One story: what it says, and every round about it.

use maud::{Markup, html};

use super::panel::round_field;
use crate::clock::Clock;
use crate::poker::rules::view::{Hand, StoryView, Table, View};
use crate::poker::seat::Seat;
use crate::poker::stories::rules::RoundReport;
use crate::ui::{self, form_key};
use crate::units::text::counted;

/// One story with its rounds, the newest first.
pub fn story_page(seat: &Seat, view: &View, story: &StoryView, rounds: &[Table], clock: &Clock) -> Markup {
    let room = format!("/poker/{}", view.link);
    html! {
        section.card.narrow.story-page.wide {
            header {
                h1 {
                    @if !story.reference.is_empty() && story.reference != story.name { span.ref { (story.reference) } " " }
                    (story.name)
                }
                @if let Some(estimate) = &story.estimate { span.chip.good { (estimate) } }
                @if story.voting { span.chip { "voting" } }
                @if story.skipped { span.chip { "skipped" } }
                @for tag in &story.tags { span.chip { (tag) } }
            }
            (said(story, clock))
            h2 { "Rounds" }
            @if rounds.is_empty() {
                p.muted { "Nobody has voted on it yet." }
            } @else {
                ol.rounds { @for one in rounds { li { (round(one, clock)) } } }
            }
            footer.actions {
                @if view.may.run { (acts(seat, view, story, rounds.is_empty())) }
                a.btn.quiet href=(format!("{room}#s{}", story.id)) data-close { "Back to the room" }
            }
        }
    }
}

fn said(story: &StoryView, clock: &Clock) -> Markup {
    html! {
        @if !story.link.is_empty() {
            p { a href=(story.link) rel="noopener noreferrer" target="_blank" { (story.link) } }
        }
        @if let (Some(estimate), Some(by)) = (&story.estimate, &story.agreed_by) {
            p.note.good {
                "Agreed on " strong { (estimate) }
                @if !by.is_empty() { ", taken down by " (by) }
                @if let Some(at) = story.agreed_at { " " (ui::ago(clock, at)) }
                "."
                @if !story.note.is_empty() { " “" (story.note) "”" }
            }
        }
        @if !story.description.is_empty() { h2 { "Description" } div.prose { (story.description) } }
        @if !story.acceptance.is_empty() { h2 { "Acceptance criteria" } div.prose { (story.acceptance) } }
    }
}

/// What can be done about it, for who runs the room.
fn acts(seat: &Seat, view: &View, story: &StoryView, is_new: bool) -> Markup {
    let room = format!("/poker/{}", view.link);
    let own = format!("{room}/stories/{}", story.id);
    html! {
        form.actions method="post" action=(format!("{own}/skip")) {
            (form_key(&seat.form_key))
            (round_field(view))
            @if !story.voting {
                button.btn.primary type="submit" name="storyId" value=(story.id) formaction=(format!("{room}/story")) {
                    @if is_new { "Vote on it" } @else { "Vote on it again" }
                }
            }
            a.btn href=(format!("{own}/edit")) data-dialog { "Edit" }
            button.btn type="submit" name="skipped" value=(if story.skipped { "no" } else { "yes" }) {
                @if story.skipped { "Put back on the list" } @else { "Skip" }
            }
            @if is_new { button.btn.danger type="submit" formaction=(format!("{own}/remove")) data-confirm=(format!("Remove “{}” from the list?", story.name)) { "Remove" } }
        }
    }
}

fn round(round: &Table, clock: &Clock) -> Markup {
    let report = RoundReport::of(round);
    html! {
        article.round {
            header {
                h3 { "Round " (round.number) }
                span.muted { (ui::ago(clock, round.opened_at)) }
                @if round.anonymous { span.chip { "anonymous" } }
            }
            @if !round.revealed {
                p.muted {
                    (counted(round.voted, "vote", "votes"))
                    @if round.over { "; the cards were never laid open." } @else { " so far; the cards lie face down." }
                }
            } @else if round.too_few {
                p.muted { "Too few votes to stay anonymous, so nothing is told of them." }
            } @else {
                dl.facts {
                    @for (what, figure) in figures(&report) { div { dt { (what) } dd { (figure) } } }
                }
                (votes(round, &report))
            }
        }
    }
}

fn figures(report: &RoundReport) -> Vec<(&'static str, String)> {
    let agreement = report.agreement.map(|percent| format!("{percent} %"));
    let spread = Some(report.spread()).filter(|spread| !spread.is_empty());
    let all = [
        ("median", report.median.clone()),
        ("mean", report.mean.clone()),
        ("spread", spread),
        ("agreement", agreement),
    ];
    all.into_iter()
        .filter_map(|(what, figure)| Some((what, figure?)))
        .collect()
}

/// Who voted what; of an anonymous round how often each card was chosen.
fn votes(round: &Table, report: &RoundReport) -> Markup {
    let told = |hand: &&Hand| hand.card.is_some();
    html! {
        ul.votes {
            @if round.anonymous {
                @for bar in &report.cards { li { b { (bar.label) } span { (bar.count) " ×" } } }
            } @else {
                @for hand in round.hands.iter().filter(told) {
                    li.outlier[hand.outlier] title=[hand.outlier.then_some("Far from the others")] {
                        @if let Some(card) = &hand.card { b { (card) } }
                        span { (hand.name) }
                    }
                }
            }
        }
    }
}

/// The ways in which a room leaves the house.
pub fn export_page(view: &View) -> Markup {
    let room = format!("/poker/{}", view.link);
    let file = |ending: &str| format!("{room}/export/stories.{ending}");
    html! {
        section.card.narrow.story-export {
            header { h1 { "Export" } }
            p { "The stories of this room with what was agreed and every round that was revealed. What lies face down is in no file." }
            ul.plain-list {
                li { div { strong { "CSV" } p.hint { "A row for each story, for spreadsheets; Ballast reads it back." } } span.end { a.btn href=(file("csv")) download { "Download" } } }
                li { div { strong { "JSON" } p.hint { "Everything, with each vote of each round." } } span.end { a.btn href=(file("json")) download { "Download" } } }
                li {
                    div { strong { "Markdown" } p.hint { "A table for a ticket, a wiki or a chat." } }
                    span.end.chips {
                        button.btn.primary type="button" data-copy-text=(file("md")) { "Copy" }
                        a.btn href=(file("md")) download { "Download" }
                    }
                }
            }
            footer.actions { a.btn.quiet href=(room) data-close { "Back to the room" } }
        }
    }
}
