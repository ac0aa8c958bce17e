//! A room, drawn from what its viewer may see of it.

use maud::{Markup, html};

use crate::book::Plan;
use crate::poker::rules::view::View;
use crate::poker::seat::Seat;
use crate::ui::{Frame, Place, bare_page, page};

/// The room as `seat` sees it.
///
/// * `plan`: names projects and departments.
pub fn room(frame: Option<&Frame>, seat: &Seat, view: &View, plan: &Plan) -> Markup {
    let project = view.project.and_then(|id| plan.project(id));
    let link = seat.table.room().link.clone();
    let content = html! {
        div.topbar { h1 { (view.name) } @if let Some(project) = project { span { (project.name) } } }
        @if let Some(round) = &view.round {
            form method="post" action={ "/poker/" (link) "/vote" } {
                input type="hidden" name="csrf" value=(seat.form_key);
                input type="hidden" name="roundId" value=(round.round_id);
                @for (place, card) in round.cards.iter().enumerate() {
                    button type="submit" name="card" value=(place) aria-pressed=(round.own == Some(place)) { (card.label) }
                }
            }
        }
    };
    match frame {
        Some(frame) => page(frame, Place::Poker, &view.name, &content),
        None => bare_page(&view.name, &content),
    }
}
