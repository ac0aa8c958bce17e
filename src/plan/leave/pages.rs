//! The preview of hours that would be pushed.

use axum::response::Response;
use maud::{Markup, html};

use super::rules::{Changed, HORIZON, Preview, seen_text};
use crate::book::{Book, Person};
use crate::people::{TimeOff, days_text};
use crate::ui::{self, Frame, Place};
use crate::units::ids::AssignmentId;
use crate::units::{Minutes, Week};

/// Everything that the preview shows.
pub struct PushView<'a> {
    /// The plan.
    pub book: &'a Book,
    /// Whose hours.
    pub person: &'a Person,
    /// Which leave they have to make room for.
    pub row: &'a TimeOff,
    /// What would go where.
    pub preview: Preview,
    /// What has changed since the last preview, where that is why this one is shown.
    pub changed: Vec<Changed>,
    /// Where one goes afterwards.
    pub back: String,
}

impl PushView<'_> {
    fn week(&self, week: Week) -> String {
        week.first_day(self.book.plan.organisation.week_start).short()
    }

    fn project(&self, assignment: AssignmentId) -> &str {
        self.book
            .plan
            .assignment(assignment)
            .and_then(|one| self.book.plan.project(one.project))
            .map_or("", |project| &project.name)
    }
}

/// What would go where, and the button.
pub fn push(frame: &Frame, view: &PushView<'_>) -> Response {
    let title = format!("Push hours of {}", view.person.name);
    let total = view.preview.pushed.total();
    ui::fragment_or_page(
        frame,
        Place::TimeOff,
        &title,
        &html! {
            section.card.narrow.wide {
                header { h1 { (title) } span.muted { "away " (days_text(&view.row.absence)) } }
                @if !view.changed.is_empty() { (what_changed(view)) }
                @if view.preview.weeks.is_empty() {
                    p { "Nothing more is booked than this leave leaves, so nothing has to move." }
                } @else {
                    div.pushes {
                        (moves(view))
                        (left(view))
                        form.form method="post" action=(format!("/time-off/{}/push", view.row.id)) {
                            (ui::form_key(&frame.form_key))
                            input type="hidden" name="seen" value=(seen_text(&view.preview.seen));
                            input type="hidden" name="back" value=(view.back);
                            p.muted { "Weeks before this one stay as they are. You can undo it." }
                            @if total.0 > 0 {
                                div.actions { button.btn.primary type="submit" { "Push " (total) " h" } }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn what_changed(view: &PushView<'_>) -> Markup {
    html! {
        div.errors role="alert" {
            p { strong { "The plan has changed since you looked." } " Nothing was moved. Below is what would go where now." }
            ul {
                @for one in &view.changed {
                    li {
                        @match one.assignment {
                            Some(id) => { (view.project(id)) },
                            None => { "Capacity" },
                        }
                        ", week of " (view.week(one.week)) ": " (one.seen) " h, now " (one.now) " h"
                    }
                }
            }
        }
    }
}

fn moves(view: &PushView<'_>) -> Markup {
    let moves = &view.preview.pushed.moves;
    html! {
        @if moves.is_empty() {
            p.note.warn { "No room was found in the " (HORIZON) " weeks after the leave." }
        } @else {
            table.list {
                caption.visually-hidden { "What would go where" }
                thead { tr { th scope="col" { "Project" } th scope="col" { "From week" } th scope="col" { "To week" } th.num scope="col" { "Hours" } } }
                tbody {
                    @for one in moves {
                        tr {
                            th scope="row" { (view.project(one.assignment)) }
                            td { (view.week(one.from)) }
                            td { (view.week(one.to)) }
                            td.num { (one.minutes) }
                        }
                    }
                }
            }
        }
    }
}

fn left(view: &PushView<'_>) -> Markup {
    let left = &view.preview.pushed.left;
    let total: Minutes = left.iter().map(|cell| cell.minutes).sum();
    html! {
        @if !left.is_empty() {
            div.note.warn {
                p { strong { (total) " h find no room" } " within " (HORIZON) " weeks and stay where they are:" }
                ul { @for cell in left { li { (view.project(cell.assignment)) ", week of " (view.week(cell.week)) ": " (cell.minutes) " h" } } }
            }
        }
    }
}
