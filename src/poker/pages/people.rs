//! Who is in a room, and what can be done about it.

use maud::{Markup, html};

use super::Shown;
use crate::poker::rules::view::Seat;
use crate::ui::{avatar, icon};
use crate::units::ids::ParticipantId;

/// Everybody in the room; for who runs it also those who were put out for good.
pub fn people(shown: &Shown<'_>, banned: &[(ParticipantId, &str)]) -> Markup {
    let view = shown.view;
    let here = view.people.iter().filter(|one| one.present || one.own).count();
    let content = html! {
        h1 { "People" }
        p.muted { (here) " here, " (view.people.len()) " in all." }
        ul.room-people.wide {
            @for seat in &view.people {
                li {
                    (avatar(&seat.name))
                    span.name { (seat.name) @if seat.own { " (you)" }
                        small { (said(seat)) }
                    }
                    span.doings { (doings(shown, seat)) }
                }
            }
        }
        @if !banned.is_empty() { (put_out(shown, banned)) }
    };
    shown.beside("People", &content)
}

/// Those who may not come back, with a way to let them.
fn put_out(shown: &Shown<'_>, banned: &[(ParticipantId, &str)]) -> Markup {
    html! {
        h2 { "Put out for good" }
        ul.room-people.wide #banned {
            @for (id, name) in banned {
                li {
                    (avatar(name))
                    span.name { (name) }
                    span.doings { (shown.act(&format!("people/{id}/back"), &[], &html! {
                        button.btn.small type="submit" { "Let in again" span.visually-hidden { ": " (name) } }
                    })) }
                }
            }
        }
    }
}

/// `runs the room · guest · away`
fn said(seat: &Seat) -> String {
    let words = [
        (seat.owner, "owner"),
        (seat.facilitator && !seat.owner, "runs the room"),
        (seat.guest, "guest"),
        (seat.spectator, "watching"),
        (!seat.present && !seat.own, "away"),
    ];
    let words: Vec<&str> = words
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| word)
        .collect();
    words.join(" · ")
}

fn doings(shown: &Shown<'_>, seat: &Seat) -> Markup {
    let may = shown.view.may;
    let button = |act: &str, fields: &[(&str, String)], label: &str| {
        shown.act(
            &format!("people/{}/{act}", seat.id),
            fields,
            &html! { button.btn.small type="submit" { (label) } },
        )
    };
    let rest = html! {
        details.menu {
            summary.btn.small.quiet aria-label=(format!("More about {}", seat.name)) { (icon("more")) }
            ul {
                li { (button("out", &[], "Put out; may come back")) }
                li { (button("out", &[("ban", "yes".to_owned())], "Put out for good")) }
            }
        }
    };
    html! {
        @if may.facilitate && !seat.own && !seat.owner {
            @if seat.facilitator {
                (button("facilitator", &[("on", "no".to_owned())], "Runs it no more"))
            } @else if !seat.guest {
                (button("facilitator", &[("on", "yes".to_owned())], "Let run it too"))
            }
            (rest)
        }
    }
}
