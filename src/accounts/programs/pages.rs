//! The page of one's programs.

use maud::{Markup, html};

use super::rules::{Grant, LIVES, ProgramKey};
use super::store::{Family, KeptKey};
use crate::accounts::visitor::Visitor;
use crate::app::App;
use crate::ui::{self, FormState, Frame, Place};

/// What is signed in as the visitor, their keys, a form for one more, and the one that was just made.
pub fn programs(
    visitor: &Visitor,
    app: &App,
    (families, keys): (&[Family], &[KeptKey]),
    state: &FormState,
    made: Option<&ProgramKey>,
) -> Markup {
    let frame = visitor.frame(app);
    ui::page(
        &frame,
        Place::Own,
        "Your programs",
        &html! {
            (ui::page_head("Your programs", &html! {}, &html! { a.btn href="/account" { "Your account" } }))
            @if let Some(key) = made { (just_made(key)) }
            div.split {
                div.stack {
                    (key_list(app, &frame, keys))
                    @if !families.is_empty() { (signed_in(app, &frame, families)) }
                }
                section.card aria-labelledby="new" {
                    header { h2 #new { "A new key" } }
                    @if frame.behind.is_some() { p { "You see this as somebody else: keys are theirs alone to make and to take back. Stop seeing Ballast as them first." } }
                    @else { (form(visitor, &frame, state)) }
                }
            }
            p.note { "A program shows its key with each request, as " code { "Authorization: Bearer blst_…" } ". It acts as you, as far as its scope and your own access reach; when your account is switched off, so are its keys." }
        },
    )
}

/// The whole key, this once. It stands where it is while the page renews itself.
fn just_made(key: &ProgramKey) -> Markup {
    html! {
        section.card.program-key aria-labelledby="made" data-keep {
            h2 #made { "The key is ready" }
            p role="status" { "Put it where your program keeps what nobody else may read. " strong { "It is shown only now." } " If it gets lost, take it back and make another." }
            div.copy-line {
                input.field #new-key type="text" readonly value=(key.whole.expose()) aria-label="The new key" autocomplete="off" spellcheck="false";
                button.btn type="button" data-copy-from="new-key" hidden { "Copy" }
                button.btn type="button" data-download-from="new-key" data-name="ballast-key.txt" hidden { "Download" }
            }
        }
    }
}

fn key_list(app: &App, frame: &Frame, keys: &[KeptKey]) -> Markup {
    html! {
        section.card aria-labelledby="keys" {
            header { h2 #keys { "Your keys" } }
            @if keys.is_empty() {
                (ui::empty("No keys yet", "A key lets a program of yours read the plan, or change it, without your password: a script, a spreadsheet, a dashboard.", &html! {}))
            } @else {
                div.scroll role="group" tabindex="0" aria-label="All your keys" {
                    table.list.stacked {
                        thead { tr {
                            th scope="col" { "For" }
                            th scope="col" { "Ends" }
                            th.phone-hide scope="col" { "Last used" }
                            th scope="col" { span.visually-hidden { "Actions" } }
                        } }
                        tbody { @for key in keys { (key_row(app, frame, key)) } }
                    }
                }
            }
        }
    }
}

fn key_row(app: &App, frame: &Frame, key: &KeptKey) -> Markup {
    let over = key.ends_at <= app.clock.now();
    html! {
        tr {
            td { (key.name) br; span.faint { (key.scope.as_str()) " · " code { (key.public) "…" } } }
            td.muted.nowrap {
                @if over { (ui::chip("warn", "ended")) } @else { span.phone-only { "Ends: " } (app.clock.day_of(key.ends_at).long()) }
            }
            td.muted.nowrap.phone-hide {
                @match key.used_at { Some(at) => (ui::ago(&app.clock, at)), None => span.faint { "never" } }
            }
            td {
                (button(frame, &format!("/account/programs/{}/remove", key.id), "Take back", "programs that use this key will no longer be let in.", &key.name))
            }
        }
    }
}

fn signed_in(app: &App, frame: &Frame, families: &[Family]) -> Markup {
    html! {
        section.card aria-labelledby="signed-in" {
            header { h2 #signed-in { "Signed in as you" } }
            div.scroll role="group" tabindex="0" aria-label="All that is signed in as you" {
                table.list.stacked {
                    thead { tr {
                        th scope="col" { "Program" }
                        th.phone-hide scope="col" { "From" }
                        th scope="col" { "Last renewed" }
                        th scope="col" { span.visually-hidden { "Actions" } }
                    } }
                    tbody {
                        @for family in families {
                            @let agent = if family.agent.is_empty() { "A program without a name" } else { &family.agent };
                            tr {
                                td { (agent) }
                                td.muted.nowrap.phone-hide { (family.address) }
                                td.muted.nowrap { span.phone-only { "Last renewed: " } (ui::ago(&app.clock, family.renewed_at)) }
                                td {
                                    (button(frame, &format!("/account/programs/signed-in/{}/end", family.id), "Sign out", "it will have to sign in again with your password.", agent))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn button(frame: &Frame, action: &str, label: &str, confirm: &str, of: &str) -> Markup {
    html! {
        @if frame.behind.is_none() {
            (ui::sure(
                &frame.form_key,
                action,
                (label, "small"),
                &format!("{of}: {confirm}"),
                &format!("Yes, {}", label.to_lowercase()),
            ))
        }
    }
}

fn form(visitor: &Visitor, frame: &Frame, state: &FormState) -> Markup {
    let scopes: Vec<(String, String)> = Grant::of(visitor.access)
        .map(|scope| (scope.as_str().to_owned(), scope.explained().to_owned()))
        .collect();
    let lives: Vec<(String, String)> = LIVES
        .iter()
        .map(|days| (days.to_string(), format!("{days} days")))
        .collect();
    html! {
        (ui::errors_summary(state))
        form.form method="post" action="/account/programs" {
            (ui::form_key(&frame.form_key))
            (ui::field(state, "name", "For", "text", "Such as “Nightly report”, so that you know it again."))
            (ui::choice(state, "scope", "Allowed to", None, &scopes))
            (ui::choice(state, "days", "Good for", None, &lives))
            div.actions { button.btn.primary type="submit" { "Make a key" } }
        }
    }
}
