//! The list of stories beside the table.

use maud::{Markup, html};

use crate::poker::rules::points::Points;
use crate::poker::rules::view::{StoryView, View};
use crate::poker::seat::Seat;
use crate::ui::{finished, form_key, icon};
use crate::units::text::counted;

/// Where the lines of the stories are put into a finished page. What people type cannot look like it, since it is escaped.
pub const LINES: &str = "<!--stories-->";

/// The lines of the stories, for who does not run the room: they are the same for all of those.
#[must_use]
pub fn lines(view: &View) -> Markup {
    let list = List::of(view, "");
    html! { @for story in &view.stories { (list.line(story)) } }
}

/// The stories of a room, with what was agreed; for who runs it also how to add, order and choose them.
/// With `shares` the lines themselves are put in afterwards, where [`LINES`] stands.
#[must_use]
pub fn panel(seat: &Seat, view: &View, shares: bool) -> Markup {
    let list = List::of(view, &seat.form_key);
    html! {
        section.card.story-panel #stories aria-labelledby="stories-title" {
            header {
                h2 #stories-title { "Stories" }
                @if !view.stories.is_empty() { span.end.muted { (list.so_far()) } }
            }
            @if view.stories.is_empty() {
                (list.nothing_yet())
            } @else {
                ol.story-list data-stories=[view.may.run.then(|| format!("{}/stories", list.room))] data-key=[view.may.run.then_some(&seat.form_key)] {
                    @if shares { (finished(LINES)) } @else { @for story in &view.stories { (list.line(story)) } }
                }
                @if view.may.run { p.visually-hidden #stories-how { "Alt and an arrow key move a story up or down." } }
            }
            footer {
                @if view.may.run && !view.stories.is_empty() {
                    a.btn.small href=(format!("{}/stories/new", list.room)) data-dialog { (icon("plus")) "Add" }
                    a.btn.small href=(format!("{}/stories/import", list.room)) title="Paste lines, or bring a file" { (icon("upload")) "Import" }
                }
                @if !view.stories.is_empty() {
                    a.btn.small href=(format!("{}/export", list.room)) data-dialog { (icon("download")) "Export" }
                    // Planning is for accounts; a guest sees what is estimated.
                    @if seat.visitor.is_some() { a.btn.primary.plan href=(format!("{}/plan", list.room)) { "Plan estimated stories " span aria-hidden="true" { "→" } } }
                }
            }
        }
    }
}

/// The round on the table: who puts a story there in view of another one is told that the room has gone on.
pub(super) fn round_field(view: &View) -> Markup {
    html! { @if let Some(round) = &view.round { input type="hidden" name="roundId" value=(round.round_id); } }
}

struct List<'a> {
    view: &'a View,
    /// What forms must carry.
    key: &'a str,
    room: String,
}

impl<'a> List<'a> {
    fn of(view: &'a View, key: &'a str) -> Self {
        let room = format!("/poker/{}", view.link);
        Self { view, key, room }
    }

    /// `41 points so far`; where the cards have no numbers, `3 of 8 estimated`; before anything is, how many there are.
    fn so_far(&self) -> String {
        let points: Vec<i32> = self
            .view
            .stories
            .iter()
            .filter_map(|story| story.points)
            .collect();
        let agreed = self.view.stories.iter().filter(|story| story.estimate.is_some());
        let agreed = agreed.count();
        if agreed == 0 {
            return counted(self.view.stories.len(), "story", "stories");
        }
        if points.is_empty() {
            return format!("{agreed} of {} estimated", self.view.stories.len());
        }
        let sum = points
            .iter()
            .fold(0_i32, |sum, points| sum.saturating_add(*points));
        let far = if self.view.ended { "" } else { " so far" };
        match Points::hundredths(sum) {
            one if one == Points::whole(1) => format!("1 point{far}"),
            sum => format!("{sum} points{far}"),
        }
    }

    fn nothing_yet(&self) -> Markup {
        html! {
            div.empty.small {
                @if self.view.may.run {
                    p { "Vote on whatever you talk about, or bring a list: paste lines, a CSV, or an export of Jira as it comes." }
                    div.actions {
                        a.btn.primary href=(format!("{}/stories/new", self.room)) data-dialog { (icon("plus")) "Add a story" }
                        a.btn href=(format!("{}/stories/import", self.room)) { (icon("upload")) "Paste or import" }
                    }
                } @else if self.view.ended {
                    p { "Nothing was written down of what this room voted on." }
                } @else {
                    p { "No stories yet. Who runs the room can add some; voting works without." }
                }
            }
        }
    }

    fn line(&self, story: &StoryView) -> Markup {
        let state = match (story.voting, story.skipped) {
            (true, _) => "voting",
            (false, true) => "skipped",
            (false, false) => "",
        };
        html! {
            li.story.(state) id=(format!("s{}", story.id)) data-story=(story.id) aria-current=[story.voting.then_some("true")] {
                @if self.view.may.run { span.grip aria-hidden="true" title="Drag to move" {} }
                a.what href=(format!("{}/stories/{}", self.room, story.id)) data-dialog
                    aria-describedby=[self.view.may.run.then_some("stories-how")] {
                    @if !story.reference.is_empty() && story.reference != story.name { span.ref { (story.reference) } " " }
                    (story.name)
                }
                (self.estimate(story))
                @if self.view.may.run { (self.menu(story)) }
            }
        }
    }

    /// What stands at the end of a line: the estimate, `voting`, `skipped`, or a button that puts the story on the table.
    fn estimate(&self, story: &StoryView) -> Markup {
        // What was agreed before is not told while it is voted on again: it would decide the vote.
        let lies_open = self.view.round.as_ref().is_some_and(|round| round.revealed);
        let is_voted_on = story.voting && !(lies_open && story.estimate.is_some());
        html! {
            @if is_voted_on { span.estimate.faint { "voting" } }
            @else if let Some(estimate) = &story.estimate { span.estimate { (estimate) } }
            @else if story.skipped { span.estimate.faint { "skipped" } }
            @else if self.view.may.run {
                form.estimate data-act method="post" action=(format!("{}/story", self.room)) {
                    (form_key(self.key))
                    (round_field(self.view))
                    button.btn.small.quiet type="submit" name="storyId" value=(story.id) aria-label=(format!("Vote on {}", story.name)) { "Vote" }
                }
            }
            @else { span.estimate.faint title="Not estimated yet" { "–" } }
        }
    }

    fn menu(&self, story: &StoryView) -> Markup {
        let own = format!("{}/stories/{}", self.room, story.id);
        let to_vote = story.estimate.is_some() || story.skipped;
        html! {
            details.menu.story-menu {
                summary.btn.quiet.only aria-label=(format!("More for {}", story.name)) { (icon("more")) }
                form data-act method="post" action=(format!("{own}/move")) {
                    (form_key(self.key))
                    (round_field(self.view))
                    ul {
                        @if to_vote && !story.voting {
                            li { button type="submit" name="storyId" value=(story.id) formaction=(format!("{}/story", self.room)) { "Vote on it" } }
                        }
                        li { button type="submit" name="to" value="up" { "Move up" } }
                        li { button type="submit" name="to" value="down" { "Move down" } }
                        li { a href=(format!("{own}/edit")) data-dialog { "Edit" } }
                        li {
                            button type="submit" name="skipped" value=(if story.skipped { "no" } else { "yes" }) formaction=(format!("{own}/skip")) {
                                @if story.skipped { "Put back on the list" } @else { "Skip" }
                            }
                        }
                    }
                }
            }
        }
    }
}
