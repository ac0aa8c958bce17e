//! Somebody is about to leave the plan.

use axum::response::Response;
use maud::html;

use crate::book::{Book, Person};
use crate::plan::handlers::people::Freed;
use crate::ui::{self, Frame, Place};

/// What deactivating somebody would free, and the button.
pub fn deactivate_form(frame: &Frame, book: &Book, person: &Person, freed: &Freed) -> Response {
    let start = book.plan.organisation.week_start;
    let from = freed
        .from
        .map(|week| week.first_day(start).long())
        .unwrap_or_default();
    let weeks = if freed.weeks == 1 { "week" } else { "weeks" };
    let title = format!("Deactivate {}", person.name);
    ui::fragment_or_page(
        frame,
        Place::People,
        &title,
        &html! {
            section.card.narrow {
                header { h1 { (title) } }
                form.form method="post" action=(format!("/people/{}/deactivate", person.id)) {
                    (ui::form_key(&frame.form_key))
                    @if freed.minutes.0 == 0 {
                        p { "Nothing is booked for them from " (from) " on." }
                    } @else {
                        p.note.warn {
                            b { (freed.minutes) " h in " (freed.weeks) " " (weeks) } " from " (from) " on will be freed: "
                            (freed.projects.join(", ")) "."
                        }
                    }
                    p.muted {
                        "Hours up to and with this week stay, and so does everything else about them. "
                        "They no longer count as capacity. You can undo it."
                    }
                    div.actions {
                        button.btn.danger type="submit" { "Deactivate" }
                        a.btn.quiet href=(format!("/people/{}", person.id)) { "Keep" }
                    }
                }
            }
        },
    )
}
