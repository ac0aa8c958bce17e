//! Import step by step, and what can be exported.

mod columns;
mod preview;
mod start;

use maud::{Markup, html};

use super::handlers::Progress;
use super::import::{Count, Noun};
use super::uploads::Imported;
use crate::ui::{self, Frame, Place};
use crate::units::grouped;

pub use preview::preview;
pub use start::start;

const SCRIPT: &str = "js/import.js";

fn page(frame: &Frame, title: &str, content: &Markup) -> Markup {
    ui::page_with_script(frame, Place::Exchange, title, content, SCRIPT)
}

/// The three steps, the one that is on marked.
fn steps(on: usize) -> Markup {
    let names = ["Choose a file", "Look at what it would do", "Import it"];
    html! {
        ol.steps {
            @for (number, name) in (1..).zip(names) {
                li class=[(number < on).then_some("done")] aria-current=[(number == on).then_some("step")] { (name) }
            }
        }
    }
}

fn number(count: usize) -> String {
    grouped(u32::try_from(count).unwrap_or(u32::MAX))
}

/// How far the work on a file has come; the page's script asks on, and without one the page itself does.
pub fn progress(frame: &Frame, name: &str, key: &str, progress: &Progress) -> Markup {
    let importing = progress.state == "importing";
    let title = if importing { "Importing" } else { "Reading" };
    page(
        frame,
        title,
        &html! {
            (ui::page_head(name, &html! {}, &html! {}))
            (steps(if importing { 3 } else { 2 }))
            section.card.narrow.waiting data-progress=(format!("/import/{key}/progress")) {
                header { h2 { (title) " …" } }
                progress value=[progress.of.map(|_| progress.rows)] max=[progress.of] aria-label=(title) {}
                p.muted { span data-rows="" { (number(usize::try_from(progress.rows).unwrap_or(usize::MAX))) } " rows so far" }
                footer { a.btn href=(format!("/import/{key}")) { "Look again" } }
            }
        },
    )
}

/// How much of each kind is new, changed and as it was.
fn counts(counts: &[(Noun, Count)]) -> Markup {
    html! {
        div.scroll {
            table.list.counts {
                thead { tr { th scope="col" { "Kind" } th.num scope="col" { "New" } th.num scope="col" { "Changed" } th.num scope="col" { "Unchanged" } } }
                tbody {
                    @for (noun, count) in counts {
                        tr {
                            th scope="row" { (capital(noun.word(2))) }
                            @for count in [count.created, count.changed, count.unchanged] {
                                td.num.faint[count == 0] { (number(count)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What an import did, with its Undo.
pub fn done(frame: &Frame, name: &str, done: &Imported, undone: bool) -> Markup {
    let said = if undone {
        format!("The import of {} from {name} was taken back.", done.summary)
    } else {
        format!("Imported {} from {name}.", done.summary)
    };
    page(
        frame,
        "Imported",
        &html! {
            (ui::page_head(name, &html! {}, &html! {}))
            (steps(4))
            section.card.narrow {
                p.note.(if undone { "warn" } else { "good" }) { (said) }
                (counts(&done.counts))
                footer {
                    a.btn.primary href="/schedule" { "To the schedule" }
                    a.btn href="/import" { "Import another file" }
                    @if let (Some(id), false) = (done.change_set, undone) {
                        form method="post" action=(format!("/change-sets/{id}/undo")) {
                            (ui::form_key(&frame.form_key))
                            button.btn.quiet type="submit" { (ui::icon("undo")) "Undo this import" }
                        }
                    }
                }
            }
        },
    )
}
