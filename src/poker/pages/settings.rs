//! How a room plays.

use maud::{Markup, html};

use super::Shown;
use crate::poker::rules::cards::{Deck, DeckKind, Meaning};
use crate::poker::rules::view::View;
use crate::ui::{self, FormState};

/// What a room can belong to, as values and labels of a list.
#[derive(Default)]
pub struct Belonging {
    /// Where its stories are planned.
    pub projects: Vec<(String, String)>,
    /// Whose pace turns its points into hours.
    pub departments: Vec<(String, String)>,
}

/// What the form says of a room as it plays now.
pub fn settings_of(view: &View) -> FormState {
    let options = &view.options;
    let tick = |on: bool| if on { "on".to_owned() } else { String::new() };
    let id = |id: Option<i64>| id.map_or_else(String::new, |id| id.to_string());
    FormState::with(&[
        ("name", view.name.clone()),
        ("deck", view.deck.kind.as_str().to_owned()),
        ("cards", view.deck.typed()),
        ("runs", options.runs.to_owned()),
        ("autoReveal", tick(options.auto_reveal)),
        ("anonymous", tick(options.anonymous)),
        ("lateVoters", tick(options.late_voters)),
        ("openDiscussion", tick(options.open_discussion)),
        ("guests", tick(options.guests)),
        (
            "timer",
            options
                .timer
                .map_or_else(String::new, |seconds| seconds.to_string()),
        ),
        ("project", id(view.project.map(|project| project.0))),
        ("department", id(view.department.map(|department| department.0))),
    ])
}

/// The settings of a room, as kept or as typed.
pub fn settings(shown: &Shown<'_>, state: &FormState, belonging: &Belonging) -> Markup {
    let content = html! {
        h1 { "Settings of the room" }
        (ui::errors_summary(state))
        form.form.wide method="post" action=(shown.at("settings")) {
            (ui::form_key(&shown.seat.form_key))
            div.cols {
                (ui::field(state, "name", "Name", "text", ""))
                (ui::field(state, "timer", "Timer", "number", "Seconds a round takes; blank for no timer."))
            }
            (decks(state))
            fieldset {
                legend { "Rounds" }
                (ui::check(state, "autoReveal", "Open the cards by themselves once everybody who is here has voted"))
                (ui::check(state, "anonymous", "Anonymous: nobody learns who voted what (from three votes on)"))
                (ui::check(state, "lateVoters", "Who comes after a round has begun may vote in it"))
                (ui::check(state, "openDiscussion", "After the reveal, people may say what they would say now; their votes stay"))
            }
            fieldset {
                legend { "Who" }
                (ui::choice(state, "runs", "Who may reveal, vote again, accept and change stories", None, &[
                    ("facilitators".to_owned(), "Facilitators".to_owned()),
                    ("everybody".to_owned(), "Everybody in the room".to_owned()),
                ]))
                (ui::check(state, "guests", "Guests without an account may come in by the link"))
            }
            @if !belonging.projects.is_empty() || !belonging.departments.is_empty() {
                fieldset {
                    legend { "Where estimates go" }
                    div.cols {
                        (ui::choice(state, "project", "Project", Some("none"), &belonging.projects))
                        (ui::choice(state, "department", "Team whose pace counts", Some("none"), &belonging.departments))
                    }
                }
            }
            div.dialog-actions { button.btn.primary type="submit" { "Save" } }
        }
        hr;
        (passcode(shown, state))
    };
    shown.beside("Settings of the room", &content)
}

/// The passcode is sent by itself: it is shown nowhere, so it cannot be sent again with the rest.
fn passcode(shown: &Shown<'_>, state: &FormState) -> Markup {
    let has = shown.view.options.passcode;
    html! {
        form.form.passcode-form method="post" action=(shown.at("passcode")) {
            (ui::form_key(&shown.seat.form_key))
            (ui::field(state, "passcode", "Passcode", "text", if has {
                "One is set, and shown nowhere. Another one, or none where this is blank, sends everybody back to the door who knew the old one."
            } else {
                "None is set. With one, the link alone lets nobody in: 4 to 64 characters."
            }))
            div.dialog-actions { button.btn type="submit" { @if has { "Change the passcode" } @else { "Set the passcode" } } }
        }
    }
}

fn decks(state: &FormState) -> Markup {
    let kinds: Vec<(String, String)> = DeckKind::ALL
        .into_iter()
        .map(|kind| (kind.as_str().to_owned(), described(kind)))
        .collect();
    html! {
        fieldset {
            legend { "Cards" }
            (ui::choice(state, "deck", "Deck of the next round", None, &kinds))
            details.own-cards open[state.values.text("deck") == DeckKind::Custom.as_str()] {
                summary { "Own cards" }
                (ui::area(state, "cards", "Cards, one a line", "2 to 30, at most 12 characters each, the smallest first. A number after = counts as its points: “M=5”. ?, ∞ and ☕ never count. Used where the deck is “Own cards”, and for the points of T-shirt sizes."))
            }
        }
    }
}

/// `Powers of two: 1, 2, 4 … 64`
fn described(kind: DeckKind) -> String {
    if kind == DeckKind::Custom {
        return kind.label().to_owned();
    }
    let deck = Deck::usual(kind);
    let sizes: Vec<&str> = deck
        .cards
        .iter()
        .filter(|card| card.meaning == Meaning::Size)
        .map(|card| card.label.as_str())
        .collect();
    match sizes.as_slice() {
        [first, second, third, .., last] if sizes.len() > 5 => {
            format!("{}: {first}, {second}, {third} … {last}", kind.label())
        }
        _ => format!("{}: {}", kind.label(), sizes.join(", ")),
    }
}
