//! What is shown of invitations.

use maud::{Markup, html};

use super::store::Invitation;
use crate::accounts::pages::{Section, level_word, levels, section};
use crate::accounts::scope::{Scope, scope_words};
use crate::book::Book;
use crate::clock::Clock;
use crate::ui::{self, FormState, Frame};

/// Whether somebody who comes in must choose a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// None is used here.
    No,
    /// They may; six digits by mail open as well.
    Perhaps,
    /// Nothing else opens.
    Yes,
}

/// Who was asked, and the form for one more.
pub fn invitations(
    frame: &Frame,
    clock: &Clock,
    book: &Book,
    (all, mail): (&[Invitation], bool),
    state: &FormState,
) -> Markup {
    section(
        frame,
        Section::Invitations,
        &html! { span.muted { (all.len()) " waiting" } },
        &html! {},
        &html! {
            div.split {
                @if all.is_empty() {
                    section.card {
                        (ui::empty("Nobody is waiting", "Who was invited and has not come yet stands here, until they follow their link.", &html! {}))
                    }
                } @else {
                    section.card.flush {
                        div.scroll tabindex="0" role="region" aria-label="Invitations" {
                            table.list.stacked {
                                thead { tr { th scope="col" { "Who" } th scope="col" { "Will be" } th scope="col" { "Sent" } th scope="col" { span.visually-hidden { "Actions" } } } }
                                tbody { @for one in all { (line(frame, clock, book, one)) } }
                            }
                        }
                    }
                }
                section.card { (form(frame, book, mail, state)) }
            }
        },
    )
}

fn line(frame: &Frame, clock: &Clock, book: &Book, one: &Invitation) -> Markup {
    let person = one.person.and_then(|id| book.plan.person(id));
    let expired = one.expires_at <= clock.now();
    let path = |act: &str| format!("/accounts/invitations/{}/{act}", one.id);
    html! {
        tr {
            th scope="row" {
                (one.draft.name) " " @if expired { (ui::chip("warn", "expired")) } @else if !one.mailed { (ui::chip("", "link given by hand")) }
                div.muted { (one.draft.email) }
            }
            td {
                (level_word(one.draft.access))
                @if one.scope != Scope::All { div.muted { "of " (scope_words(&book.plan, &one.scope)) } }
                @if let Some(person) = person { div.muted { "as " (person.name) } }
            }
            td.muted { (ui::ago(clock, one.sent_at)) div { "by " (one.by) } }
            td {
                div.actions {
                    form method="post" action=(path("send")) { (ui::form_key(&frame.form_key)) button.btn.small type="submit" { "Send again" } }
                    (ui::sure(
                        &frame.form_key,
                        &path("withdraw"),
                        ("Withdraw", "small quiet"),
                        &format!("Withdraw the invitation of {}? Its link opens nothing any more.", one.draft.name),
                        "Yes, withdraw it",
                    ))
                }
            }
        }
    }
}

fn form(frame: &Frame, book: &Book, mail: bool, state: &FormState) -> Markup {
    let mut people: Vec<(String, String)> = book
        .plan
        .people
        .iter()
        .filter(|person| person.active)
        .map(|person| (person.id.to_string(), person.name.clone()))
        .collect();
    people.sort_by(|(_, one), (_, other)| one.cmp(other));
    html! {
        header { h2 { "Invite somebody" } }
        (ui::errors_summary(state))
        form.form method="post" action="/accounts/invitations" {
            (ui::form_key(&frame.form_key))
            (ui::field(state, "email", "E-mail", "email", ""))
            (ui::field(state, "name", "Name", "text", "Blank takes it from the address; they may change it."))
            (ui::choice(state, "access", "Level", None, &levels()))
            (ui::choice(state, "person", "Person in the plan", Some("Whoever has the same address"), &people))
            @if !book.plan.departments.is_empty() {
                details.only-managers open[!state.values.all("departments").is_empty()] {
                    summary { "A manager of some departments only" }
                    fieldset {
                        legend.visually-hidden { "Departments" }
                        @for one in &book.plan.departments {
                            @let id = one.id.to_string();
                            label.check {
                                input type="checkbox" name="departments" value=(id) checked[state.values.all("departments").contains(&id)];
                                (book.plan.department_path(one.id))
                            }
                        }
                        p.hint { "Only for the level Manager. Without a tick they manage everything." }
                    }
                }
            }
            p.hint {
                @if mail { "They get a letter with a link, good once and for seven days." }
                @else { "Letters are not set up, so you are shown a link, good once and for seven days. Give it to them yourself." }
            }
            button.btn.primary type="submit" { @if mail { "Send invitation" } @else { "Make invitation" } }
        }
    }
}

/// The door for who was asked in.
pub fn door(found: &Invitation, key: &str, needs: Needs, state: &FormState) -> Markup {
    let hint = match needs {
        Needs::Perhaps => {
            "At least 12 characters. Blank if you would rather get six digits by mail each time."
        }
        Needs::No | Needs::Yes => "At least 12 characters; a few words in a row are easy to keep.",
    };
    ui::bare_page(
        "Invitation",
        &html! {
            div.brand { (ui::icon("brand")) "Ballast" }
            div.card {
                h1 { "Welcome" }
                p.muted { (found.by) " invites you to plan with the team. You sign in as " strong { (found.draft.email) } "." }
                (ui::errors_summary(state))
                form.form method="post" action=(format!("/invitation/{key}")) {
                    // Password managers keep the address with what is chosen below.
                    input type="hidden" name="username" autocomplete="username" value=(found.draft.email);
                    (ui::field(state, "name", "Your name", "text", ""))
                    @if needs != Needs::No { (ui::field(state, "new-password", "Password", "password", hint)) }
                    button.btn.primary type="submit" { "Come in" }
                }
            }
        },
    )
}

/// A link that opens nothing.
pub fn gone() -> Markup {
    ui::bare_page(
        "Invitation",
        &html! {
            div.brand { (ui::icon("brand")) "Ballast" }
            div.card {
                h1 { "This link opens nothing" }
                p { "It may have been used already, be older than seven days, or not be complete. Whoever invited you can send another." }
                p { a.btn href="/auth/login" { "Sign in" } }
            }
        },
    )
}
