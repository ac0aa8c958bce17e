//! Where a phone finds what its tabs do not hold.

use maud::{Markup, html};

use crate::ui::{self, Frame, Place};

/// A list of every other place, the theme, and the way out.
pub fn more(frame: &Frame) -> Markup {
    ui::page(
        frame,
        Place::More,
        "More",
        &html! {
            (ui::page_head("More", &html! { span.muted { (frame.name) } }, &html! {}))
            nav.card.places aria-label="More" {
                (ui::more_places(frame))
            }
            div.card.places {
                ul {
                    li { button type="button" data-theme-switch { (ui::icon("theme")) span { "Theme: " span data-theme-name { (frame.theme) } } } }
                    li {
                        form method="post" action="/auth/logout" {
                            (ui::form_key(&frame.form_key))
                            button type="submit" { (ui::icon("sign-out")) span { "Sign out" } }
                        }
                    }
                }
            }
        },
    )
}
