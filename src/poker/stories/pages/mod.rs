//! What is shown of stories: the list beside the table, their forms, and each of them.

mod form;
mod import;
mod panel;
mod story;

pub use form::story_form;
pub use import::{preview as import_preview, start as import_start};
pub use panel::{LINES, lines, panel};
pub use story::{export_page, story_page};

use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use crate::app::App;
use crate::poker::seat::Seat;
use crate::ui::{self, Place};
use crate::web::is_fragment;

const SCRIPT: &str = "js/poker-stories.js";

/// A page of a room, for who has an account and for a guest; only its inside where a dialog asks.
pub fn shown(app: &App, seat: &Seat, headers: &HeaderMap, title: &str, content: &Markup) -> Response {
    if is_fragment(headers) {
        return html! { (content) }.into_response();
    }
    match &seat.visitor {
        Some(visitor) => {
            ui::page_with_script(&visitor.frame(app), Place::Poker, title, content, SCRIPT).into_response()
        }
        None => ui::guest_page(title, &seat.form_key, Some(SCRIPT), content).into_response(),
    }
}
