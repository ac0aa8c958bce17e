//! Small pieces.

use maud::{Markup, html};

use crate::clock::Clock;
use crate::units::{Colour, initials};
use crate::web::assets;

/// An icon from the sprite; it says nothing to screen readers, so its neighbour must.
#[must_use]
pub fn icon(name: &str) -> Markup {
    html! {
        svg.icon aria-hidden="true" focusable="false" { use href=(assets::url(&format!("icons/icons.svg#{name}"))) {} }
    }
}

/// The head of a page: its title, a word beside it, and what can be done.
#[must_use]
pub fn page_head(title: &str, beside: &Markup, actions: &Markup) -> Markup {
    html! {
        div.topbar { h1 { (title) } (beside) span.spacer {} (actions) }
    }
}

/// Initials in a circle; the name stands beside it.
#[must_use]
pub fn avatar(name: &str) -> Markup {
    html! { span.avatar aria-hidden="true" { (initials(name)) } }
}

/// A short word in a pill. `tone` is `good`, `warn`, `bad` or blank.
#[must_use]
pub fn chip(tone: &str, text: &str) -> Markup {
    html! { span.chip.(tone) { (text) } }
}

/// A project's status.
#[must_use]
pub fn status_chip(colour: Colour, label: &str) -> Markup {
    html! { span.chip { i.dot.(colour.class()) {} (label) } }
}

/// What stands where there is nothing yet: what belongs here, and how to begin.
#[must_use]
pub fn empty(title: &str, text: &str, action: &Markup) -> Markup {
    html! { div.empty { h2 { (title) } p.muted { (text) } (action) } }
}

/// A button for what cannot be waved away: the first press asks, the second does it. It needs no script.
#[must_use]
pub fn sure(form_key: &str, action: &str, (label, class): (&str, &str), question: &str, yes: &str) -> Markup {
    html! {
        details.sure {
            summary.btn.(class) { span.ask { (label) } span.leave { "Leave it" } }
            form method="post" action=(action) {
                input type="hidden" name="csrf" value=(form_key);
                p { (question) }
                button.btn.danger type="submit" { (yes) }
            }
        }
    }
}

/// `86 %`, or a dash where there is no capacity.
#[must_use]
pub fn percent_text(percent: Option<u32>) -> String {
    percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"))
}

/// A bar of load in `class`, full from 100 % on: how much more it is, the number beside it and its colour say.
#[must_use]
pub fn load_meter(percent: Option<u32>, class: &str) -> Markup {
    let percent = percent.unwrap_or(0);
    html! {
        svg.meter viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label=(format!("{percent} %")) {
            rect.track width="100" height="8" rx="4" {}
            rect.load.(class) width=(percent.min(100)) height="8" rx="4" {}
        }
    }
}

/// A text as part of an address.
#[must_use]
pub fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// How long ago something was: `2 min ago`, `14:05`, `yesterday`, `12 Nov`.
#[must_use]
pub fn ago(clock: &Clock, at: i64) -> String {
    let minutes = (clock.now() - at).max(0) / 60_000;
    let days = clock.today().number() - clock.day_of(at).number();
    match (days, minutes) {
        (0, 0) => "just now".to_owned(),
        (0, 1..60) => format!("{minutes} min ago"),
        (0, _) => clock.time_of(at),
        (1, _) => "yesterday".to_owned(),
        (..300, _) => clock.day_of(at).short(),
        _ => clock.day_of(at).long(),
    }
}

/// The pattern by which charts mark what is tentative; once on a page that draws one.
#[must_use]
pub fn hatch() -> Markup {
    html! {
        svg.hidden-defs width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                pattern #hatch patternUnits="userSpaceOnUse" width="5" height="5" patternTransform="rotate(45)" {
                    rect.hatch-ground width="5" height="5" {}
                    rect.hatch-line width="1.4" height="5" {}
                }
            }
        }
    }
}
