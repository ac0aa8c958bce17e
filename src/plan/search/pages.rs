//! The page of a search.

use maud::{Markup, html};

use super::rules::{Asked, Group, Hit};
use crate::ui::{self, Frame, Place};

/// Everything that was found, kind by kind.
pub fn results(frame: &Frame, asked: &Asked, groups: &[Group]) -> Markup {
    ui::page(
        frame,
        Place::Search,
        "Search",
        &html! {
            div.topbar {
                h1 { "Search" }
                span.spacer {}
                form method="get" action="/search" role="search" {
                    input.field type="search" name="q" value=(asked.text) placeholder="A name, a client, available, <30" aria-label="Search" autofocus[asked.text.is_empty()];
                    button.btn type="submit" { "Search" }
                }
            }
            @if groups.is_empty() {
                section.card {
                    (ui::empty("Nothing found", "Nothing has all of these words. Try fewer of them, or OR between two.", &html! { (hints()) }))
                }
            } @else {
                div.found { @for group in groups { (section(group)) } }
                @if asked.text.is_empty() { section.card { (hints()) } }
            }
        },
    )
}

fn section(group: &Group) -> Markup {
    html! {
        section.card aria-label=(group.kind.title()) {
            header { h2 { (group.kind.title()) } @if group.total > group.hits.len() { span.muted { (group.hits.len()) " of " (group.total) } } }
            ul.hits { @for hit in &group.hits { li { (line(hit)) } } }
        }
    }
}

fn line(hit: &Hit) -> Markup {
    html! {
        a href=(hit.href) data-dialog[hit.is_dialog] {
            span.title { (hit.title) }
            @if !hit.detail.is_empty() { span.detail { (hit.detail) } }
            @if let Some(tag) = &hit.tag { span.tag.(tag.class) { (tag.text) } }
        }
    }
}

/// What can be asked for besides names.
fn hints() -> Markup {
    let rows = [
        (
            "available",
            "people who have room in one of the next four weeks; also optimal, full, overloaded",
        ),
        (
            "<30, >14",
            "people with more than 14 and fewer than 30 hours in one week; also 10\u{2011}20",
        ),
        (
            "engineer NOT overloaded",
            "words beside each other must all fit; NOT leaves out",
        ),
        ("Digital OR Marine", "one of the two; quotes keep words together"),
    ];
    html! {
        dl.keys {
            @for (text, meaning) in rows {
                dt { a href=(format!("/search?q={}", ui::encoded(text))) { code { (text) } } }
                dd { (meaning) }
            }
        }
    }
}
