//! Laying a template on a project: which one and how, and what that would do.

use maud::{Markup, html};

use super::grid::grid;
use crate::book::{Book, Deliverable, Project};
use crate::plan::auto_hours::rules::{
    Lay, Mode, Place as Row, Preview, Template, Verdict, place_words, seen_of, skip_words,
};
use crate::ui::{self, FormState, Frame, Place};

/// Everything that the page shows.
pub struct LayView<'a> {
    /// The plan.
    pub book: &'a Book,
    /// On what it would be laid.
    pub project: &'a Project,
    /// All templates.
    pub templates: &'a [Template],
    /// How it would be laid.
    pub lay: &'a Lay,
    /// The chosen template and what it would do; none where there is none.
    pub found: Option<(&'a Template, Preview<'a>)>,
    /// What was sent, and what was wrong with it or has changed since.
    pub state: FormState,
}

/// The page.
pub fn lay_page(frame: &Frame, view: &LayView<'_>) -> Markup {
    let project = view.project;
    ui::page(
        frame,
        Place::Projects,
        &format!("Auto-hours on {}", project.name),
        &html! {
            nav.crumbs aria-label="Where this is" { a href="/projects" { "Projects" } " / " a href=(format!("/projects/{}", project.id)) { (project.name) } }
            (ui::page_head("Auto-hours", &html! { span.muted { "on " (project.name) } }, &html! { a.btn href="/auto-hours" { "Templates" } }))
            @if view.templates.is_empty() {
                section.card {
                    (ui::empty(
                        "No templates yet",
                        "A template says what percent of a full week each role is needed in the weeks before a deliverable. Make one first; then it can be laid on this project.",
                        &html! { a.btn.primary href="/auto-hours" { "Make a template" } },
                    ))
                }
            } @else {
                section.card aria-label="How" { (told(view)) (how(view)) }
                @if let Some((template, preview)) = &view.found { (outcome(frame, view, template, preview)) }
            }
        },
    )
}

/// What was wrong, or what is no longer as it was seen.
fn told(view: &LayView<'_>) -> Markup {
    let (moved, wrong): (Vec<_>, Vec<_>) = view
        .state
        .errors
        .iter()
        .cloned()
        .partition(|one| one.field == "preview");
    html! {
        (ui::errors_summary(&FormState::again(view.state.values.clone(), wrong)))
        @if !moved.is_empty() {
            div.errors role="alert" {
                p { strong { "The plan has changed since you saw this." } " Nothing was written; look at it once more." }
                ul { @for one in &moved { li { (one.message) } } }
            }
        }
    }
}

fn how(view: &LayView<'_>) -> Markup {
    let all: Vec<&Deliverable> = view.book.plan.deliverables_of(view.project.id).collect();
    let chosen = view.found.as_ref().map(|(template, _)| template.id);
    let mode = |mode: Mode, value: &str, label: &str, hint: &str| {
        html! {
            label.check { input type="radio" name="mode" value=(value) checked[view.lay.mode == mode]; span { b { (label) } " " span.muted { (hint) } } }
        }
    };
    html! {
        form.form.lay-how method="get" action=(format!("/projects/{}/auto-hours", view.project.id)) data-autosubmit {
            div.lay-columns {
                div.form-row {
                    label for="f-template" { "Template" }
                    select.field #f-template name="template" {
                        @for one in view.templates { option value=(one.id) selected[Some(one.id) == chosen] { (one.name) } }
                    }
                }
                fieldset #f-mode {
                    legend { "What is there already" }
                    (mode(Mode::Fill, "fill", "Fill empty", "weeks with hours stay as they are"))
                    (mode(Mode::Replace, "replace", "Replace", "people's hours only where you tick them"))
                    label.check { input type="checkbox" name="past" value="on" checked[view.lay.past]; "Also weeks that are past" }
                }
                fieldset #f-deliverables {
                    legend { "Before which deliverables" }
                    input type="hidden" name="chosen" value="on";
                    @if all.is_empty() { p.muted { "This project has none yet. " a href=(format!("/deliverables/new?project={}", view.project.id)) data-dialog { "+ Deliverable" } } }
                    @for one in all { (deliverable(view, one)) }
                }
            }
            div.actions { button.btn type="submit" { "Preview" } }
        }
    }
}

fn deliverable(view: &LayView<'_>, one: &Deliverable) -> Markup {
    let on = match &view.lay.deliverables {
        None => !one.done,
        Some(ids) => ids.contains(&one.id),
    };
    html! {
        label.check {
            input type="checkbox" name="deliverables" value=(one.id) checked[on];
            span {
                (one.name)
                span.muted {
                    @if !one.phase.is_empty() { " · " (one.phase) }
                    @match one.due { Some(due) => { " · " (due.long()) }, None => " · no date" }
                    @if one.done { " · done" }
                }
            }
        }
    }
}

fn outcome(frame: &Frame, view: &LayView<'_>, template: &Template, preview: &Preview<'_>) -> Markup {
    let (before, after) = preview.totals();
    let writes = preview.writes();
    let unticked = preview
        .overwrites()
        .any(|(_, cell)| cell.verdict == Verdict::Unticked);
    html! {
        form.stack.preview-form method="post" action=(format!("/projects/{}/auto-hours", view.project.id)) {
            (ui::form_key(&frame.form_key))
            (carried(view, template, preview))
            section.card aria-labelledby="preview" {
                header { h2 #preview { "Preview" } span.muted { (said(preview)) } }
                @if writes == 0 && !unticked {
                    (ui::empty(
                        "Nothing would change",
                        "The template's weeks hold its hours already, or nothing in it is for this project. What was left alone stands below.",
                        &html! {},
                    ))
                }
                @if !preview.rows.is_empty() {
                    dl.facts {
                        div { dt { "Cells" } dd { (writes) } }
                        div { dt { "Hours in them" } dd { (before) " → " (after) " h" } }
                        div { dt { "New open places" } dd { (preview.added()) } }
                        div { dt { "Overloads" } dd { (preview.overloads.len()) } }
                    }
                    (grid(view.book, preview))
                }
                (overwrites(view, preview))
                @if writes > 0 || unticked {
                    footer {
                        button.btn.primary type="submit" { "Lay these hours" }
                        @if preview.overwrites().next().is_some() { button.btn type="submit" name="check" value="on" { "Preview with the ticks" } }
                    }
                }
            }
            (overloads(view.book, preview))
            (skips(view.book, preview))
        }
    }
}

/// How it is laid, and the cells as they are shown, so that what is written is what was seen.
fn carried(view: &LayView<'_>, template: &Template, preview: &Preview<'_>) -> Markup {
    html! {
        input type="hidden" name="template" value=(template.id);
        input type="hidden" name="mode" value=(match view.lay.mode { Mode::Fill => "fill", Mode::Replace => "replace" });
        @if view.lay.past { input type="hidden" name="past" value="on"; }
        @if let Some(ids) = &view.lay.deliverables {
            input type="hidden" name="chosen" value="on";
            @for id in ids { input type="hidden" name="deliverables" value=(id); }
        }
        input type="hidden" name="seen" value="";
        @for cell in seen_of(preview) { input type="hidden" name="seen" value=(cell.text()); }
    }
}

fn said(preview: &Preview<'_>) -> String {
    let rows = preview
        .rows
        .iter()
        .filter(|row| row.writes().next().is_some())
        .count();
    match rows {
        0 => "nothing is written yet".to_owned(),
        1 => "1 row changes; nothing is written yet".to_owned(),
        _ => format!("{rows} rows change; nothing is written yet"),
    }
}

/// The hours that people are booked for and that would be written over, one by one.
fn overwrites(view: &LayView<'_>, preview: &Preview<'_>) -> Markup {
    let all: Vec<_> = preview.overwrites().collect();
    let start = view.book.plan.organisation.week_start;
    html! {
        @if !all.is_empty() {
            fieldset.overwrites #f-overwrite {
                legend { "These people are booked already. Tick what may be written over; the rest stays." }
                label.check { input type="checkbox" name="overwriteAll" value="on" checked[view.lay.overwrite_all]; b { "All " (all.len()) } }
                ul {
                    @for (row, cell) in &all {
                        @if let Row::Kept(id) = row.place {
                            @let day = cell.week.first_day(start);
                            li {
                                label.check {
                                    input type="checkbox" name="overwrite" value=(format!("{id}:{day}")) checked[view.lay.overwrite.contains(&(id, cell.week))];
                                    span { (place_words(view.book, row.place)) ", " (day.short()) ": " b { (cell.before) " → " (cell.after) " h" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn overloads(book: &Book, preview: &Preview<'_>) -> Markup {
    let start = book.plan.organisation.week_start;
    html! {
        @if !preview.overloads.is_empty() {
            section.card aria-labelledby="overloads" {
                header { h2 #overloads { "More than fits" } span.muted { "you can lay the hours all the same" } }
                ul.plain-list {
                    @for one in &preview.overloads {
                        li {
                            a href=(format!("/schedule?open={0}#p{0}", one.person)) { @if let Some(person) = book.plan.person(one.person) { (person.name) } }
                            span.end { (ui::chip("bad", &format!(
                                "{} of {} h in the week of {}, {} h over",
                                one.booked, one.capacity, one.week.first_day(start).short(), one.booked.less(one.capacity)
                            ))) }
                        }
                    }
                }
            }
        }
    }
}

fn skips(book: &Book, preview: &Preview<'_>) -> Markup {
    html! {
        @if !preview.skips.is_empty() {
            section.card aria-labelledby="skips" {
                header { h2 #skips { "Left alone" } }
                ul.skips { @for skip in &preview.skips { li { (skip_words(&book.plan, skip)) } } }
            }
        }
    }
}
