//! Pieces that the pages here share with the settings.

use std::collections::HashSet;

use maud::{Markup, html};

use crate::accounts::Reach;
use crate::book::{Department, Plan};
use crate::clock::Clock;
use crate::people::rules::WEEKDAYS;
use crate::people::store::HistoryLine;
use crate::ui::{self, FormState, Frame};
use crate::units::ids::{ChangeSetId, DepartmentId};

/// A field for the hours of each weekday.
pub fn weekday_fields(state: &FormState, legend: &str, hint: &str) -> Markup {
    html! {
        fieldset {
            legend { (legend) }
            div.weekdays {
                @for (field, label) in WEEKDAYS {
                    @let fault = state.errors.iter().find(|error| error.field == field);
                    label {
                        (label)
                        input.field #(format!("f-{field}")) name=(field) type="text" inputmode="decimal" autocomplete="off"
                            value=(state.values.text(field)) aria-invalid=[fault.map(|_| "true")]
                            aria-describedby=[fault.map(|_| format!("e-{field}"))];
                        @if let Some(fault) = fault { span.error #(format!("e-{field}")) { (fault.message) } }
                    }
                }
            }
            @if !hint.is_empty() { p.hint { (hint) } }
        }
    }
}

/// Who did what when; what may be taken back has a button for it.
///
/// * `offered`: what the visitor may take back; none where they take back nothing at all here.
pub fn history(
    frame: &Frame,
    clock: &Clock,
    lines: &[HistoryLine],
    back: &str,
    offered: Option<&HashSet<ChangeSetId>>,
) -> Markup {
    html! {
        @if lines.is_empty() {
            p.muted { "Nothing has been changed yet." }
        } @else {
            ol.history {
                @for line in lines {
                    li {
                        span.when { (ui::ago(clock, line.at)) }
                        span { b { (line.actor) } " " (line.label) }
                        @if line.taken_back {
                            span.faint { "undone" }
                        // What Ballast itself did, such as filling a whole plan, is not taken back from here.
                        } @else if let Some(offered) = offered.filter(|_| line.actor != "Ballast") {
                          @if offered.contains(&line.change_set) {
                            form method="post" action=(format!("/change-sets/{}/undo", line.change_set)) {
                                (ui::form_key(&frame.form_key))
                                input type="hidden" name="back" value=(back);
                                button.link type="submit" data-confirm=(format!("Undo this: {} {}?", line.actor, line.label)) aria-label=(format!("Undo: {}", line.label)) { "Undo" }
                            }
                          } @else {
                            span.faint title="It was changed since, or touched what you do not manage: ask who manages that." { "not yours to undo" }
                          }
                        }
                    }
                }
            }
        }
    }
}

/// A department's name, set in as deep as it lies below others.
pub fn indented(department: &Department) -> String {
    format!("{}{}", "\u{2003}".repeat(department.depth), department.name)
}

/// The departments that somebody may put people and projects into, with their paths, and how none of them is called;
/// nothing where none is no choice of theirs.
pub fn department_choices(
    plan: &Plan,
    reach: &Reach,
    none: &'static str,
) -> (Vec<(String, String)>, Option<&'static str>) {
    let own = plan.departments.iter().filter(|one| reach.covers(Some(one.id)));
    let choices = own.map(|one| (one.id.to_string(), plan.department_path(one.id)));
    (choices.collect(), reach.covers(None).then_some(none))
}

/// The departments as the options of a choice.
pub fn department_options(plan: &Plan, chosen: Option<DepartmentId>) -> Markup {
    html! {
        @for one in &plan.departments {
            option value=(one.id) selected[chosen == Some(one.id)] { (indented(one)) }
        }
    }
}
