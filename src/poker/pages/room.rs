//! A room, drawn from what its viewer may see of it.

use maud::{Markup, html};

use super::{Shown, deck, table, words};
use crate::poker::rules::view::Table;
use crate::poker::stories::panel;
use crate::ui::icon;

/// The room as somebody sees it.
pub fn room(shown: &Shown<'_>) -> Markup {
    let view = shown.view;
    let round = view.round.as_ref();
    let content = html! {
        div #poker.room.ended[view.ended] data-seq=(view.seq) data-events=(shown.at("events")) data-runs[view.may.run]
            data-revealed=[round.filter(|round| round.revealed).map(|round| round.round_id)] data-summary=(words::summary(view)) {
            (head(shown))
            div.room-grid {
                div.play {
                    @if view.may.claim { (claim(shown)) }
                    (table::table(shown))
                    (deck::deck(shown))
                    @if !view.asynchronous.is_empty() { (over_days(shown)) }
                }
                (panel(shown.seat, view, shown.shares_stories))
            }
        }
        p #said.visually-hidden role="status" data-keep {}
    };
    shown.room_page(&content)
}

fn head(shown: &Shown<'_>) -> Markup {
    let view = shown.view;
    let here = view.people.iter().filter(|one| one.present || one.own).count();
    html! {
        div.topbar {
            @if shown.frame.is_some() { a #all-rooms.btn.quiet.only.back.phone-only href="/poker" aria-label="All rooms" { (icon("chevron-left")) } }
            h1 { (view.name) }
            @if view.ended { span.chip { "ended" } } @else {
                a #here.chip.good.here-count href=(shown.at("people")) data-dialog { span aria-hidden="true" { "● " } (here) " here" }
            }
            span.chip.phone-hide { (view.deck.kind.label()) }
            @if view.options.anonymous { span.chip { "anonymous" } }
            span.spacer {}
            @if !view.ended { a #invite.btn.invite-others href=(shown.at("invite")) data-dialog { "Invite" } }
            (menu(shown))
        }
    }
}

/// Everything that one seldom wants.
fn menu(shown: &Shown<'_>) -> Markup {
    let view = shown.view;
    let watches = view.people.iter().any(|one| one.own && one.spectator);
    html! {
        details.menu.room-menu {
            summary.btn.quiet aria-label="More" { (icon("more")) }
            ul {
                li { a href=(shown.at("people")) data-dialog { (icon("people")) "People" } }
                @if shown.frame.is_some() {
                    li { a href=(shown.at("plan")) { (icon("schedule")) "Plan the stories" } }
                    li { a href=(shown.at("forecast")) { (icon("forecast")) "Forecast from the votes" } }
                }
                @if view.may.facilitate { li { a href=(shown.at("settings")) data-dialog { (icon("settings")) "Settings of the room" } } }
                @if view.may.run { (steps(shown)) }
                @if !view.ended {
                    li { (shown.act("role", &[("role", if watches { "voter" } else { "spectator" }.to_owned())], &html! {
                        button type="submit" { (icon("search")) @if watches { "Vote with the others" } @else { "Only watch" } }
                    })) }
                    li { button type="button" data-sound aria-pressed="false" hidden { (icon("alert")) span { "Sound" } } }
                    li { button type="button" data-keys hidden { (icon("poker")) "Keys" } }
                }
                li { a href={ "/poker/" (view.link) } { (icon("undo")) "Refresh" } }
                @if view.may.facilitate {
                    li { (shown.act("end", &[], &html! {
                        button.bad type="submit" data-confirm="End this room for everybody? It stays readable, and nothing in it changes any more." { (icon("close")) "End the room" }
                    })) }
                }
            }
        }
    }
}

/// Ways on that are taken seldom.
fn steps(shown: &Shown<'_>) -> Markup {
    let view = shown.view;
    let open = view
        .stories
        .iter()
        .any(|story| story.estimate.is_none() && !story.skipped && !story.voting);
    let on_story = view.round.as_ref().is_some_and(|round| round.story.is_some());
    let step = |act: &str, more: Option<(&'static str, String)>, name: &str, label: &str| {
        let mut fields = shown.round_field();
        fields.extend(more);
        html! { li { (shown.act(act, &fields, &html! { button type="submit" { (icon(name)) (label) } })) } }
    };
    html! {
        @if open { (step("next", None, "chevron-right", "Next story")) }
        @if on_story { (step("skip", None, "chevron-down", "Pass over this story")) }
        @if on_story { (step("story", Some(("storyId", String::new())), "plus", "Quick vote about something else")) }
        @if open { li { a href=(shown.at("days")) data-dialog { (icon("calendar")) "Ask over days" } } }
    }
}

/// Nobody who runs the room is there, and the viewer may take over.
fn claim(shown: &Shown<'_>) -> Markup {
    html! {
        div.note.warn.line {
            span { "Nobody who runs this room is here." }
            (shown.act("claim", &[], &html! { button.btn.small type="submit" { "Take over" } }))
        }
    }
}

fn over_days(shown: &Shown<'_>) -> Markup {
    let view = shown.view;
    html! {
        section.card.over-days aria-labelledby="over-days" {
            header { h2 #over-days { "Votes over days" } span.end.muted { "Nobody sees yours before it is over." } }
            @for round in &view.asynchronous {
                @let story = view.stories.iter().find(|story| Some(story.id) == round.story);
                article {
                    h3 { (story.map_or("Vote", |story| story.name.as_str())) }
                    @if round.revealed { p.muted { (over(round)) } } @else { (slow_vote(shown, round)) }
                }
            }
        }
    }
}

fn over(round: &Table) -> String {
    let result = round.result.as_ref();
    let said = result.and_then(|result| {
        Some((
            result.median.as_ref()?,
            result.lowest.as_ref()?,
            result.highest.as_ref()?,
        ))
    });
    match said {
        Some((median, lowest, highest)) => format!(
            "Median {median}, from {lowest} to {highest}, {} votes.",
            round.voted
        ),
        None if round.too_few => "Too few votes to stay anonymous, so the cards stay closed.".to_owned(),
        None => "Nobody chose a size.".to_owned(),
    }
}

fn slow_vote(shown: &Shown<'_>, round: &Table) -> Markup {
    let now = shown.view.now;
    html! {
        p.muted {
            (round.voted) " voted"
            @if let Some(deadline) = round.deadline.filter(|_| !round.over) { " · " (words::left(deadline - now)) " left" }
            @if round.over { " · over. You did not vote, so you see it when the team looks at it." }
        }
        @if !round.over && !shown.view.ended {
            div.slow-deck {
                @for (place, card) in round.cards.iter().enumerate() {
                    @let pressed = round.own == Some(place);
                    (shown.act("vote", &[("roundId", round.round_id.to_string()), ("card", if pressed { String::new() } else { place.to_string() })], &html! {
                        button.btn.small type="submit" aria-pressed=(pressed) { (card.label) }
                    }))
                }
            }
            @if shown.view.may.run {
                (shown.act("reveal", &[("roundId", round.round_id.to_string())], &html! { button.btn.small type="submit" { "Reveal now" } }))
            }
        }
    }
}
