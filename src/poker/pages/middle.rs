//! The middle of the table: what is voted on, how far the vote is, what it says, and what can be done next.

use maud::{Markup, html};

use super::{Shown, words};
use crate::poker::rules::cards::Meaning;
use crate::poker::rules::statistics::Statistics;
use crate::poker::rules::view::{StoryView, Table};
use crate::ui::icon;

/// The middle of the table.
pub fn middle(shown: &Shown<'_>) -> Markup {
    let view = shown.view;
    html! {
        div.mid {
            @match &view.round {
                _ if view.ended => {
                    p.big { "Ended" }
                    @if !view.stories.is_empty() { p.calm { (words::estimated(view)) } }
                    p.muted { "This room is kept as it was. It can be read, and nothing in it changes any more." }
                },
                None => {
                    p.big.calm { "Nothing on the table" }
                    p.muted { @if view.may.run { "Begin a vote, or take a story from the list." } @else { "Whoever runs the room begins the next vote." } }
                    @if view.may.run { (again(shown, "Begin a vote", true)) }
                },
                Some(round) => {
                    (about(shown, round))
                    @match &round.result {
                        Some(result) => (opened(shown, round, result)),
                        None if round.over => (closed(shown, round)),
                        None => (voting(shown, round)),
                    }
                },
            }
            @if let Some(hours) = shown.hours { (hours) }
        }
    }
}

fn story_of<'a>(shown: &Shown<'a>, round: &Table) -> Option<&'a StoryView> {
    shown
        .view
        .stories
        .iter()
        .find(|story| Some(story.id) == round.story)
}

/// What the round is about.
fn about(shown: &Shown<'_>, round: &Table) -> Markup {
    let story = story_of(shown, round);
    html! {
        div.about {
            @match story {
                Some(story) => p.topic {
                    @if !story.reference.is_empty() {
                        @if story.link.is_empty() { span.faint { (story.reference) } } @else {
                            a href=(story.link) target="_blank" rel="noopener noreferrer" { (story.reference) }
                        }
                        " "
                    }
                    (story.name)
                },
                None => p.topic { "Quick vote" },
            }
            span.facts-line {
                @if round.number > 1 { span.faint { "Round " (round.number) } }
                @if round.anonymous { span.faint { "anonymous" } }
                (clock(shown, round))
            }
            @if let Some(story) = story.filter(|story| !story.description.is_empty() || !story.acceptance.is_empty()) {
                details.menu.details {
                    summary.btn.small.quiet { "What it is about" }
                    div {
                        @if !story.description.is_empty() { p.told { (story.description) } }
                        @if !story.acceptance.is_empty() { h3 { "Done when" } p.told { (story.acceptance) } }
                    }
                }
            }
        }
    }
}

/// The time that is left; a script counts it down.
fn clock(shown: &Shown<'_>, round: &Table) -> Markup {
    let Some(deadline) = round.deadline.filter(|_| !round.over) else {
        return html! {};
    };
    let now = shown.view.now;
    html! {
        span.chip.countdown role="timer" aria-label="Time left" data-deadline=(deadline) data-now=(now) {
            (words::left(deadline - now))
        }
    }
}

fn voting(shown: &Shown<'_>, round: &Table) -> Markup {
    let view = shown.view;
    let (voted, of) = words::count(view, round);
    let awaited = words::awaited(view, round);
    html! {
        p.big { (voted) " of " (of) }
        @if let Some(at) = round.reveals_at {
            p.soon data-deadline=(at) data-now=(view.now) data-bare { @if voted >= of { "Everybody has voted. " } "The cards open in a moment." }
        } @else if view.people.len() == 1 {
            p.muted { "You are alone so far. " a href=(shown.at("invite")) data-dialog { "Invite the others" } "." }
        } @else if awaited.is_empty() {
            p.muted { @if voted == 0 { "have voted" } @else { "have voted. That is everybody who is here." } }
        } @else {
            p.muted {
                @if voted == 0 { "have voted. Choose a card." }
                @else if awaited.len() <= 4 { "have voted. Waiting for " (words::list_of(&awaited)) "." }
                @else { "have voted." }
            }
        }
        @if view.may.run {
            div.acts {
                (shown.act("reveal", &shown.round_field(), &html! {
                    button #reveal.btn.primary type="submit" disabled[voted == 0] { "Reveal" }
                }))
                (timer(shown, round))
            }
        }
    }
}

/// How long the round takes from now on, for who sets it.
fn timer(shown: &Shown<'_>, round: &Table) -> Markup {
    const CHOICES: [(&str, &str); 5] = [
        ("30", "30 seconds"),
        ("60", "1 minute"),
        ("120", "2 minutes"),
        ("300", "5 minutes"),
        ("600", "10 minutes"),
    ];
    html! {
        details.menu.timer-menu {
            summary.btn { (icon("clock")) "Timer" }
            (shown.act("timer", &shown.round_field(), &html! {
                ul {
                    @for (seconds, label) in CHOICES { li { button type="submit" name="seconds" value=(seconds) { (label) } } }
                    @if round.deadline.is_some() { li { button type="submit" name="seconds" value="" { "No timer" } } }
                }
            }))
        }
    }
}

/// The cards stay closed for the viewer although the round is over.
fn closed(shown: &Shown<'_>, round: &Table) -> Markup {
    html! {
        @if round.too_few {
            p.big.calm { (round.voted) @if round.voted == 1 { " vote" } @else { " votes" } }
            p.muted { "Too few to stay anonymous, so the cards stay closed. Three are needed." }
        } @else {
            p.big.calm { "Over" }
            p.muted { "This round takes no more votes." }
        }
        @if shown.view.may.run { div.acts { (again(shown, "Vote again", true)) } }
    }
}

fn opened(shown: &Shown<'_>, round: &Table, result: &Statistics) -> Markup {
    let view = shown.view;
    html! {
        @if let Some(spread) = words::spread(round) { p.chip.warn.spread { (spread) } }
        @match &result.median {
            Some(median) => {
                p.big { (median) }
                p.muted { (words::figures(round)) }
            },
            None => p.muted.calm { @if round.voted == 0 { "Nobody has voted." } @else { "Nobody chose a size." } },
        }
        (histogram(result))
        @if let Some(second) = &round.second_thoughts { (reconsidered(second)) }
        @match story_of(shown, round).filter(|story| story.estimate.is_some()) {
            Some(story) => (agreed(shown, story)),
            None => {
                @if view.may.run {
                    div.acts {
                        (again(shown, "Vote again", result.proposed.is_none()))
                        (accept(shown, round, result))
                    }
                }
            },
        }
    }
}

/// What was agreed of the story on the table, and the way on.
fn agreed(shown: &Shown<'_>, story: &StoryView) -> Markup {
    let view = shown.view;
    let is_open = |one: &StoryView| one.estimate.is_none() && !one.skipped;
    let mut fields = shown.round_field();
    fields.push(("storyId", story.id.to_string()));
    html! {
        p.chip.good.agreed {
            (icon("check")) "Agreed: " (story.estimate.as_deref().unwrap_or_default())
            @if !story.note.is_empty() { " · " (story.note) }
        }
        @if view.may.run {
            div.acts {
                @if view.stories.iter().any(is_open) {
                    (shown.act("next", &shown.round_field(), &html! { button #next.btn.primary type="submit" { "Next story" } }))
                } @else {
                    span.muted { "That was the last story." }
                }
                (again(shown, "Vote again", false))
                (shown.act("reopen", &fields, &html! { button.btn.quiet type="submit" { "Take it back" } }))
            }
        }
    }
}

fn again(shown: &Shown<'_>, label: &str, is_first: bool) -> Markup {
    shown.act(
        "rounds",
        &shown.round_field(),
        &html! { button #again.btn.primary[is_first] type="submit" { (label) } },
    )
}

/// Accepting what is proposed by one press; anything else, with the reason, in a small form.
fn accept(shown: &Shown<'_>, round: &Table, result: &Statistics) -> Markup {
    let Some(story) = round.story else { return html! {} };
    let proposed = result.proposed.and_then(|place| round.cards.get(place));
    let mut fields = shown.round_field();
    fields.push(("storyId", story.to_string()));
    html! {
        @if let Some(card) = proposed {
            (shown.act("accept", &fields, &html! {
                button #accept.btn.primary type="submit" name="estimate" value=(card.label) { "Accept " (card.label) }
            }))
        }
        details.menu.accept-other {
            summary.btn { @if proposed.is_some() { "Other" } @else { "Accept" } }
            (shown.act("accept", &fields, &html! {
                label { "Card, or a number of points"
                    input name="estimate" list="sizes" required autocomplete="off" maxlength="12";
                }
                datalist #sizes {
                    @for card in round.cards.iter().filter(|card| card.meaning == Meaning::Size) { option value=(card.label) {} }
                }
                label { span { "Why " span.optional { "if you like" } } input name="note" autocomplete="off" maxlength="500"; }
                button.btn.primary type="submit" { "Accept" }
            }))
        }
    }
}

/// How often each card was chosen: bars for the eye, words for the ear.
fn histogram(result: &Statistics) -> Markup {
    let most = result.bars.iter().map(|bar| bar.count).max().unwrap_or(1).max(1);
    html! {
        ul.hist aria-label="How often each card was chosen" {
            @for bar in &result.bars {
                li title={ (bar.label) ": " (bar.count) } {
                    svg viewBox="0 0 26 44" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
                        rect.bar width="26" y=(44 - height(bar.count, most)) height=(height(bar.count, most)) rx="2" {}
                    }
                    span { (bar.label) }
                    span.visually-hidden { @if bar.count == 1 { " once" } @else { " " (bar.count) " times" } }
                }
            }
        }
    }
}

/// A bar among bars of which the tallest is 44 high.
fn height(count: usize, most: usize) -> usize {
    (count * 44).div_ceil(most)
}

fn reconsidered(second: &Statistics) -> Markup {
    let said: Vec<String> = second
        .bars
        .iter()
        .map(|bar| format!("{} × {}", bar.count, bar.label))
        .collect();
    html! { p.muted { (icon("undo")) " After the discussion: " (said.join(", ")) } }
}
