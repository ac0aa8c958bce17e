//! The templates and their forms.

use axum::response::Response;
use maud::{Markup, html};

use crate::book::{Book, Plan};
use crate::plan::auto_hours::rules::{Line, MOST_HEADS, MOST_WEEKS, Template};
use crate::ui::{self, FormState, Frame, Place};
use crate::units::ids::{TemplateId, TemplateLineId};

/// The page of all templates.
pub fn templates(frame: &Frame, book: &Book, all: &[Template]) -> Markup {
    let new = html! { a.btn.primary href="/auto-hours/new" data-dialog { "+ Template" } };
    ui::page(
        frame,
        Place::Settings,
        "Auto-hours",
        &html! {
            nav.crumbs aria-label="Where this is" { a href="/settings" { "Settings" } }
            (ui::page_head("Auto-hours", &html! { span.muted { "how hours usually lie before a deliverable" } }, &html! { @if frame.may_edit { (new) } }))
            @if all.is_empty() {
                section.card {
                    (ui::empty(
                        "No templates yet",
                        "A template says for each role what percent of a full week it is needed in the weeks before a deliverable. Lay it on a project from the project's page: you see every change before it is made.",
                        &html! { @if frame.may_edit { (new) } },
                    ))
                }
            }
            @for one in all { (template(frame, &book.plan, one)) }
        },
    )
}

fn template(frame: &Frame, plan: &Plan, one: &Template) -> Markup {
    let weeks = one
        .lines
        .iter()
        .map(|line| line.draft.percents.len())
        .max()
        .unwrap_or(0);
    let add =
        html! { a.btn.small href=(format!("/auto-hours/{}/lines/new", one.id)) data-dialog { "+ Line" } };
    html! {
        section.card id=(format!("t{}", one.id)) aria-labelledby=(format!("t{}-name", one.id)) {
            header {
                h2 id=(format!("t{}-name", one.id)) { (one.name) }
                span.muted { "percent of a full week" }
                @if frame.may_edit {
                    span.end.line {
                        (add)
                        a.btn.quiet.small href=(format!("/auto-hours/{}/edit", one.id)) data-dialog aria-label=(format!("Rename or remove {}", one.name)) { (ui::icon("edit")) }
                    }
                }
            }
            @if one.lines.is_empty() {
                (ui::empty(
                    "No lines yet",
                    "A line is a role with its percents: 100 in the week of the deliverable, 60 in the week before, and so on.",
                    &html! { @if frame.may_edit { (add) } },
                ))
            } @else {
                div.scroll tabindex="0" role="region" aria-label=(format!("Lines of {}", one.name)) {
                    table.list.shares {
                        thead { tr {
                            th scope="col" { "Role" } th scope="col" { "Phase" } th.num scope="col" { "People" }
                            @for before in (0..weeks).rev() { th.centre scope="col" title=(weeks_before(before)) { (short_before(before)) } }
                            @if frame.may_edit { th scope="col" { span.visually-hidden { "Change" } } }
                        } }
                        tbody { @for line in &one.lines { (row(frame, plan, line, weeks)) } }
                    }
                }
            }
        }
    }
}

fn row(frame: &Frame, plan: &Plan, line: &Line, weeks: usize) -> Markup {
    let draft = &line.draft;
    let role = plan.role_name(Some(draft.role));
    html! {
        tr {
            th scope="row" { (role) }
            td.muted.nowrap { @if draft.phase.is_empty() { "every phase" } @else { (draft.phase) } }
            td.num { (draft.heads) }
            @for before in (0..weeks).rev() {
                td.load.(tint(draft.percents.get(before).copied())) {
                    @if let Some(percent) = draft.percents.get(before) { span { (percent) } }
                }
            }
            @if frame.may_edit {
                td.num {
                    a.btn.quiet.small href=(format!("/auto-hours/lines/{}/edit", line.id)) data-dialog aria-label=(format!("Change {role}")) { (ui::icon("edit")) }
                }
            }
        }
    }
}

/// The more of a week, the darker; always with its number.
const fn tint(percent: Option<u8>) -> &'static str {
    match percent {
        None | Some(0) => "u0",
        Some(1..=39) => "u1",
        Some(40..=79) => "u2",
        Some(_) => "u3",
    }
}

fn short_before(before: usize) -> String {
    if before == 0 {
        "due".to_owned()
    } else {
        format!("−{before}")
    }
}

fn weeks_before(before: usize) -> String {
    match before {
        0 => "The week it is due".to_owned(),
        1 => "1 week before".to_owned(),
        _ => format!("{before} weeks before"),
    }
}

/// The name of a template: a new one, or one that is to be renamed or removed.
pub fn template_form(frame: &Frame, existing: Option<TemplateId>, state: &FormState) -> Response {
    let title = if existing.is_some() {
        "Template"
    } else {
        "New template"
    };
    let action = existing.map_or_else(|| "/auto-hours".to_owned(), |id| format!("/auto-hours/{id}"));
    ui::fragment_or_page(
        frame,
        Place::Settings,
        title,
        &html! {
            section.card.narrow {
                header { h1 { (title) } }
                (ui::errors_summary(state))
                form.form method="post" action=(action) {
                    (ui::form_key(&frame.form_key))
                    (ui::field(state, "name", "Name", "text", ""))
                    div.actions { button.btn.primary type="submit" { @if existing.is_some() { "Save" } @else { "Add template" } } }
                }
                @if let Some(id) = existing {
                    form.form.removal method="post" action=(format!("/auto-hours/{id}/remove")) {
                        (ui::form_key(&frame.form_key))
                        button.btn type="submit" data-confirm="Remove this template with its lines? Hours stay, and you can undo it." { "Remove" }
                    }
                }
            }
        },
    )
}

/// A line of a template: a new one, or one that is to change.
pub fn line_form(
    frame: &Frame,
    book: &Book,
    template: &Template,
    existing: Option<TemplateLineId>,
    state: &FormState,
) -> Response {
    let plan = &book.plan;
    let roles: Vec<(String, String)> = plan
        .roles
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect();
    let title = format!(
        "{} of {}",
        if existing.is_some() { "Line" } else { "New line" },
        template.name
    );
    let action = existing.map_or_else(
        || format!("/auto-hours/{}/lines", template.id),
        |id| format!("/auto-hours/lines/{id}"),
    );
    ui::fragment_or_page(
        frame,
        Place::Settings,
        &title,
        &html! {
            section.card.wide {
                header { h1 { (title) } }
                (ui::errors_summary(state))
                form.form method="post" action=(action) {
                    (ui::form_key(&frame.form_key))
                    div.cols {
                        (ui::choice(state, "role", "Role", Some("Choose a role"), &roles))
                        (ui::field(state, "phase", "Phase", "text", "As deliverables name it; blank for every phase."))
                        (ui::field(state, "heads", "People", "number", &format!("How many in this role, 1 to {MOST_HEADS}.")))
                    }
                    (percents(state))
                    (phases(plan))
                    div.actions { button.btn.primary type="submit" { @if existing.is_some() { "Save" } @else { "Add line" } } }
                }
                @if let Some(id) = existing {
                    form.form.removal method="post" action=(format!("/auto-hours/lines/{id}/remove")) {
                        (ui::form_key(&frame.form_key))
                        button.btn type="submit" data-confirm="Remove this line? You can undo it." { "Remove the line" }
                    }
                }
            }
        },
    )
}

fn percents(state: &FormState) -> Markup {
    let typed = state.values.all("percents");
    let fault = state.errors.iter().find(|error| error.field == "percents");
    html! {
        fieldset.percents #f-percents {
            legend { "Percent of a full week" }
            p.hint { "From the week of the deliverable back. Blank weeks at the end are left alone; a 0 asks for none." }
            @if let Some(fault) = fault { p.error { (fault.message) } }
            div.week-fields {
                @for before in 0..MOST_WEEKS {
                    div.form-row {
                        label for=(format!("f-percent-{before}")) { (weeks_before(before)) }
                        input.field id=(format!("f-percent-{before}")) name="percents" inputmode="numeric" autocomplete="off"
                            value=(typed.get(before).map_or("", String::as_str)) aria-invalid=[fault.map(|_| "true")];
                    }
                }
            }
        }
    }
}

/// The phases that deliverables have, for whoever wonders what to write.
fn phases(plan: &Plan) -> Markup {
    let mut known: Vec<&str> = plan
        .deliverables
        .iter()
        .map(|one| one.phase.as_str())
        .filter(|phase| !phase.is_empty())
        .collect();
    known.sort_unstable();
    known.dedup();
    html! {
        @if !known.is_empty() { p.hint { "Phases in use: " (known.join(", ")) "." } }
    }
}
