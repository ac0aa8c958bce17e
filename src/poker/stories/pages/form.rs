//! The form of a story.

use maud::{Markup, html};

use crate::poker::seat::Seat;
use crate::ui::{self, FormState, form_key};
use crate::units::ids::StoryId;

/// A new story, or one that is there already.
pub fn story_form(seat: &Seat, existing: Option<StoryId>, state: &FormState) -> (&'static str, Markup) {
    let room = format!("/poker/{}", seat.table.room().link);
    let (title, action) = match existing {
        None => ("Add a story", format!("{room}/stories")),
        Some(id) => ("Edit the story", format!("{room}/stories/{id}")),
    };
    let content = html! {
        section.card.narrow {
            header { h1 { (title) } }
            (ui::errors_summary(state))
            form.form method="post" action=(action) {
                (form_key(&seat.form_key))
                (ui::field(state, "name", "Name", "text", ""))
                div.cols {
                    (ui::field(state, "reference", "Reference", "text", "Its number elsewhere: BAL-124."))
                    (ui::field(state, "tags", "Tags", "text", "Between commas."))
                }
                (ui::field(state, "link", "Link", "url", ""))
                (ui::area(state, "description", "Description", ""))
                (ui::area(state, "acceptance", "Acceptance criteria", "How the team will know that it is done."))
                div.actions {
                    button.btn.primary type="submit" { "Save" }
                    @if existing.is_none() { button.btn type="submit" name="another" value="yes" { "Save and add another" } }
                    a.btn.quiet href=(room) data-close { "Cancel" }
                }
            }
        }
    };
    (title, content)
}
