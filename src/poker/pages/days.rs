//! Asking over days.

use maud::{Markup, html};

use super::Shown;
use crate::ui::{self, FormState};

/// Until when votes on every open story are taken.
pub fn days(shown: &Shown<'_>, state: &FormState) -> Markup {
    let open = shown
        .view
        .stories
        .iter()
        .filter(|story| story.estimate.is_none() && !story.skipped)
        .count();
    let content = html! {
        h1 { "Ask over days" }
        p.muted {
            "Everybody votes on " @if open == 1 { "the open story" } @else { "the " (open) " open stories" }
            " when it suits them. Nobody sees what others voted before the time is up."
        }
        (ui::errors_summary(state))
        form.form method="post" action=(shown.at("asynchronous")) {
            (ui::form_key(&shown.seat.form_key))
            (ui::choice(state, "hours", "Votes are taken for", None, &[
                ("24".to_owned(), "1 day".to_owned()),
                ("48".to_owned(), "2 days".to_owned()),
                ("72".to_owned(), "3 days".to_owned()),
                ("168".to_owned(), "a week".to_owned()),
            ]))
            div.dialog-actions { button.btn.primary type="submit" { "Ask everybody" } }
        }
    };
    shown.beside("Ask over days", &content)
}
