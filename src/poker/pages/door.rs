//! The door to a room, for who is not in it yet.

use maud::{Markup, html};

use crate::ui::{FormState, bare_page, errors_summary, field, icon};

/// What the door asks for.
#[derive(Clone, Copy, Debug)]
pub struct Door<'a> {
    /// The room's link.
    pub link: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// The form key of somebody with an account; they are known by their own name.
    pub key: Option<&'a str>,
    /// Whether a passcode is asked for.
    pub passcode: bool,
    /// Why nobody comes in here, where that is so.
    pub shut: Option<&'a str>,
}

/// Asks a guest for a name, and anybody for the passcode where there is one.
pub fn door(door: &Door<'_>, state: &FormState) -> Markup {
    bare_page(
        door.name,
        &html! {
            div.brand { (icon("brand")) "Ballast" }
            div.card {
                h1 { (door.name) }
                @if let Some(shut) = door.shut { p.note.warn { (shut) } } @else { (form(door, state)) }
            }
            @if door.key.is_none() {
                p.below { "Have an account? " a href={ "/auth/login?next=%2Fpoker%2F" (door.link) } { "Sign in" } " and come in as yourself." }
            }
        },
    )
}

fn form(door: &Door<'_>, state: &FormState) -> Markup {
    html! {
        p.muted { "Planning poker: everybody votes in secret, and the cards open together." }
        (errors_summary(state))
        form.form method="post" action={ "/poker/" (door.link) "/join" } {
            @if let Some(key) = door.key { input type="hidden" name="csrf" value=(key); }
            @if door.key.is_none() { (field(state, "name", "Your name", "text", "As the others will see it.")) }
            @if door.passcode { (field(state, "passcode", "Passcode", "text", "Whoever invited you knows it.")) }
            label.check { input type="checkbox" name="spectator" value="on" checked[!state.values.text("spectator").is_empty()]; "Only watch" }
            button.btn.primary type="submit" { "Come in" }
        }
    }
}
