//! The frame around every page.

use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::navigation::{rail, tabs};
use super::{Place, icon};
use crate::web::assets;

/// What the frame says of the visitor and the plan.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "five answers to five questions, none implied by another"
)]
pub struct Frame {
    /// The visitor's name.
    pub name: String,
    /// The administrator who looks through their eyes, if one does.
    pub behind: Option<String>,
    /// What their forms must carry.
    pub form_key: String,
    /// Whether they may change what this page shows.
    pub may_edit: bool,
    /// Whether they may change the plan, or a part of it.
    pub manages: bool,
    /// Whether they may change settings and accounts.
    pub is_admin: bool,
    /// How many projects there are.
    pub projects: usize,
    /// How many people are planned.
    pub people: usize,
    /// In how many poker rooms somebody is.
    pub lively: usize,
    /// The revision of the plan that the page shows, or an earlier one.
    pub revision: i64,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// Whether only the inside is wanted, for a dialog.
    pub is_fragment: bool,
    /// An invented plan: said at the foot of the navigation.
    pub demo: bool,
    /// How the house stands, where that is worth a word.
    pub house: Option<&'static str>,
    /// What a saved view named that is gone, as its address says it: `department,role`.
    pub gone: Option<String>,
    /// What the visitor has just done, and the change set that takes it back, where one does.
    pub said: Option<(String, Option<i64>)>,
    /// What of the work in the background does not go as it should; said to administrators only.
    pub troubles: Vec<String>,
}

impl Frame {
    /// The frame of a page about something that is theirs to change, or not.
    #[must_use]
    pub const fn editing(mut self, may: bool) -> Self {
        self.may_edit = self.may_edit && may;
        self
    }
}

/// A whole page, or only its inside where the browser asked for a fragment.
#[must_use]
pub fn fragment_or_page(frame: &Frame, place: Place, title: &str, content: &Markup) -> Response {
    if frame.is_fragment {
        html! { (content) }.into_response()
    } else {
        page(frame, place, title, content).into_response()
    }
}

/// A whole page.
#[must_use]
pub fn page(frame: &Frame, place: Place, title: &str, content: &Markup) -> Markup {
    framed(frame, place, title, content, None)
}

/// A whole page with a script of its own.
#[must_use]
pub fn page_with_script(frame: &Frame, place: Place, title: &str, content: &Markup, script: &str) -> Markup {
    framed(frame, place, title, content, Some(script))
}

/// Where a finished inside is put into a page. What people type cannot look like it, since it is escaped.
pub const INSIDE: &str = "<!--inside-->";

/// The place of a finished inside.
#[must_use]
pub fn inside() -> Markup {
    finished(INSIDE)
}

/// Markup that was made before and kept as text.
#[must_use]
pub fn finished(markup: &str) -> Markup {
    PreEscaped(markup.to_owned())
}

fn framed(frame: &Frame, place: Place, title: &str, content: &Markup, script: Option<&str>) -> Markup {
    document(
        frame.theme,
        title,
        Some(&frame.form_key),
        script,
        &html! {
            a.skip href="#main" { "Skip to content" }
            (rail(frame, place))
            main #main tabindex="-1" data-revision=(frame.revision) data-still[matches!(place, Place::Exchange | Place::Own | Place::Nowhere)] {
                @if let Some(behind) = &frame.behind { (behind_banner(frame, behind)) }
                @if frame.is_admin && !frame.troubles.is_empty() { (troubles_banner(&frame.troubles)) }
                @if let Some(house) = frame.house {
                    p.note.warn.house role="status" {
                        (house)
                        @if frame.is_admin { " " a href="/settings/backups" { "Settings → Backups" } }
                    }
                }
                @if let Some(note) = frame.gone.as_deref().and_then(gone_note) { p.note.warn role="status" { (note) } }
                (content)
            }
            (tabs(place))
            div #status.toast role="status" data-change-set=[frame.said.as_ref().filter(|_| frame.manages).and_then(|(_, id)| *id)] hidden[frame.said.is_none()] {
                @if let Some((text, _)) = &frame.said { (text) }
            }
        },
    )
}

/// Says whose eyes one looks through, on every page, with the way back.
fn behind_banner(frame: &Frame, behind: &str) -> Markup {
    html! {
        div.eyes role="region" aria-label="Seeing as somebody else" {
            p { strong { (behind) ", you see Ballast as " (frame.name) "." } " What you do is written down under both names." }
            form method="post" action="/impersonation/stop" {
                input type="hidden" name="csrf" value=(frame.form_key);
                button.btn type="submit" { "Stop" }
            }
        }
    }
}

/// What does not go as it should, with the way to where it is seen to.
fn troubles_banner(troubles: &[String]) -> Markup {
    html! {
        div.note.warn.house role="region" aria-label="Work in the background" {
            @for trouble in troubles { (trouble) " " }
            a href="/settings/jobs" { "Look at the jobs" }
        }
    }
}

/// A page without navigation: sign-in, set-up, errors.
#[must_use]
pub fn bare_page(title: &str, content: &Markup) -> Markup {
    bare(title, None, content)
}

/// A page for somebody who is not signed in, with a script of its own.
#[must_use]
pub fn bare_page_with_script(title: &str, script: &str, content: &Markup) -> Markup {
    bare(title, Some(script), content)
}

fn bare(title: &str, script: Option<&str>, content: &Markup) -> Markup {
    document(
        "auto",
        title,
        None,
        script,
        &html! {
            main.signin #main { (content) }
        },
    )
}

/// A page as wide as others for somebody without an account, who has no navigation and yet forms to send.
#[must_use]
pub fn guest_page(title: &str, form_key: &str, script: Option<&str>, content: &Markup) -> Markup {
    document(
        "auto",
        title,
        Some(form_key),
        script,
        &html! {
            a.skip href="#main" { "Skip to content" }
            main.guest #main tabindex="-1" data-still { (content) }
            div #status.toast role="status" hidden {}
        },
    )
}

fn document(theme: &str, title: &str, form_key: Option<&str>, script: Option<&str>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme=(theme) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if let Some(key) = form_key { meta name="csrf" content=(key); }
                title { (title) " · Ballast" }
                link rel="icon" type="image/svg+xml" href=(assets::url("icons/favicon.svg"));
                link rel="stylesheet" href=(assets::url("css/app.css"));
                script type="module" src=(assets::url("js/app.js")) {}
                @if let Some(script) = script { script type="module" src=(assets::url(script)) {} }
            }
            body { (body) }
        }
    }
}

/// The menu of a page's saved views. It is the same for everybody, so that a page that holds it can be kept; who has a script
/// finds their views in it.
#[must_use]
pub fn views_menu(page: &str) -> Markup {
    html! {
        details.menu.views data-views=(page) {
            summary.btn { "Views" }
            ul {
                li { a href="/views/new" data-dialog { (icon("plus")) "Save this view" } }
                li { a href="/views" { (icon("settings")) "All saved views" } }
            }
        }
    }
}

/// What a saved view named and is no more, as a sentence; only words that name something.
fn gone_note(words: &str) -> Option<String> {
    const KNOWN: [&str; 7] = [
        "department",
        "client",
        "status",
        "role",
        "skill",
        "person",
        "project",
    ];
    let gone: Vec<&str> = words.split(',').filter(|word| KNOWN.contains(word)).collect();
    let (last, others) = gone.split_last()?;
    let named = if others.is_empty() {
        (*last).to_owned()
    } else {
        format!("{} and the {last}", others.join(", the "))
    };
    let are = if others.is_empty() { "is" } else { "are" };
    Some(format!(
        "The {named} that this view named {are} gone. It opens without, and shows all of them."
    ))
}
