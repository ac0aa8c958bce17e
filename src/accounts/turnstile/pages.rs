//! The widget.

use maud::{Markup, html};

use super::ORIGIN;
use super::rules::action;
use crate::accounts::entry::Door;
use crate::app::App;

/// The widget within a form, none where the keys are blank. It draws itself; no script of ours takes part.
pub(in crate::accounts) fn widget(app: &App, door: Door) -> Option<Markup> {
    let keys = app.config.turnstile.keys.as_ref()?;
    Some(html! {
        div.cf-turnstile data-sitekey=(keys.site) data-action=(action(door)) data-size="flexible" {}
        noscript { p.note.warn { "This page checks that you are a person, and needs JavaScript for it." } }
        script src=(format!("{ORIGIN}/turnstile/v0/api.js")) async defer {}
    })
}
