//! Sign-in and set-up.

use maud::{Markup, html};

use crate::accounts::entry::Door;
use crate::accounts::passkeys;
use crate::accounts::sign_in::Wait;
use crate::ui::{self, FormState};

/// The ways in that are open at a door.
#[expect(
    clippy::struct_excessive_bools,
    reason = "five answers to five questions, none implied by another"
)]
#[derive(Clone)]
pub(in crate::accounts) struct Ways {
    /// Which.
    pub door: Door,
    /// Whether digits are sent as soon as the address is known.
    pub code_first: bool,
    /// Whether six digits by mail are one.
    pub code: bool,
    /// Whether a password is one.
    pub password: bool,
    /// Whether a passkey is one.
    pub passkey: bool,
    /// Others, as addresses and what stands on their links: `Sign in with Entra ID`.
    pub others: Vec<(String, String)>,
    /// Whether one click is.
    pub demo: bool,
    /// What asks whether a person knocks, where somebody does.
    pub person: Option<Markup>,
    /// Whether nobody has an account yet.
    pub first: bool,
    /// After how many seconds they may try again, where they have to wait.
    pub wait: Option<u64>,
}

impl Ways {
    /// The same, to somebody who has to wait.
    pub fn waiting(&self, wait: Option<Wait>) -> Self {
        Self {
            wait: wait.map(|wait| wait.seconds),
            ..self.clone()
        }
    }
}

/// The first step: the address, with the password where that is asked for first.
pub(in crate::accounts) fn first_step(ways: &Ways, state: &FormState, next: &str) -> Markup {
    if ways.code_first {
        with_address(ways, state, next)
    } else {
        with_password(ways, state, next)
    }
}

fn with_address(ways: &Ways, state: &FormState, next: &str) -> Markup {
    framed(
        ways,
        ways.password.then(|| beside(ways.door, "phrase", next)),
        ways.door.title(),
        Some("js/sign-in.js"),
        &html! {
            (heading(ways.door))
            (nobody_yet(ways))
            (faults(state, ways.wait))
            form.form method="post" action=(ways.door.path()) {
                input type="hidden" name="next" value=(next);
                (ui::first_field(state, ("email", true), "E-mail", "email"))
                @if let Some(person) = &ways.person { (person) }
                button.btn.primary type="submit" { "Continue" }
            }
        },
    )
}

/// The address and the password on one page, which is what password managers fill in.
pub(in crate::accounts) fn with_password(ways: &Ways, state: &FormState, next: &str) -> Markup {
    let knows =
        !state.values.text("email").is_empty() && !state.errors.iter().any(|error| error.field == "email");
    framed(
        ways,
        None,
        ways.door.title(),
        Some("js/sign-in.js"),
        &html! {
            (heading(ways.door))
            (nobody_yet(ways))
            (faults(state, ways.wait))
            @if ways.password {
                form.form method="post" action=(ways.door.path()) {
                    input type="hidden" name="next" value=(next);
                    (ui::first_field(state, ("email", !knows), "E-mail", "email"))
                    (ui::first_field(state, ("password", knows), "Password", "password"))
                    @if let Some(person) = &ways.person { (person) }
                    button.btn.primary type="submit" name="by" value="password" { "Sign in" }
                    @if ways.code {
                        button.btn.quiet type="submit" name="by" value="code" { "Mail me six digits instead" }
                    }
                }
                p.below { a href="/auth/forgotten" { "Forgotten your password?" } }
            } @else {
                p.muted { "Passwords are not used here." }
            }
        },
    )
}

/// What somebody is told who finds an installation that nobody has begun to use.
fn nobody_yet(ways: &Ways) -> Markup {
    html! {
        @if ways.first {
            p.note { "Nobody has an account here yet. Open the link that Ballast printed when it started; starting it again prints a new one." }
        }
    }
}

/// What the page for the digits says.
pub(in crate::accounts) struct Sent<'a> {
    /// To whom.
    pub email: &'a str,
    /// Where they wanted to go.
    pub next: &'a str,
    /// For how long they are good: `10 minutes`.
    pub lives: &'a str,
    /// Seconds until they may be sent again.
    pub pause: u64,
    /// What is wrong, if something is.
    pub fault: Option<&'a str>,
    /// What has just been done, if something was.
    pub note: Option<&'a str>,
    /// Whether these digits can open nothing any more.
    pub closed: bool,
}

/// Where the digits are typed. It is one field; the script paints six boxes under it.
pub(in crate::accounts) fn code(ways: &Ways, sent: &Sent<'_>) -> Markup {
    let door = ways.door.path();
    framed(
        ways,
        ways.password.then(|| beside(ways.door, "phrase", sent.next)),
        "Check your mail",
        Some("js/sign-in.js"),
        &html! {
            h1 { "Check your mail" }
            p.muted { "We sent six digits to " b { (sent.email) } ". They work for " (sent.lives) ", in this browser only." }
            @if let Some(note) = sent.note { p.note.good role="status" { (note) } }
            @if let Some(fault) = sent.fault { div.errors role="alert" { p #e-code data-wait=[ways.wait] { (fault) } } }
            @if sent.closed {
                form.form method="post" action=(format!("{door}/code/again")) data-again=(sent.pause) data-word="Send new digits" {
                    button.btn.primary type="submit" { "Send new digits" }
                    span.faint hidden { }
                }
            } @else {
                form.form method="post" action=(format!("{door}/code")) data-code {
                    input type="hidden" name="next" value=(sent.next);
                    (code_boxes("Six digits", sent.fault.map(|_| "e-code")))
                    button.btn.primary type="submit" { "Sign in" }
                }
            }
            div.below {
                @if !sent.closed {
                    form method="post" action=(format!("{door}/code/again")) data-again=(sent.pause) data-word="Send again" {
                        button.link type="submit" { "Send again" }
                        span.faint hidden { }
                    }
                    span.faint aria-hidden="true" { " · " }
                }
                a href=(format!("{door}?next={}", ui::encoded(sent.next))) data-swap[ways.person.is_none()] { "Use another address" }
            }
        },
    )
}

/// Where a long code is typed.
///
/// * `half`: how old the newest letter is at most, or another is on its way: `10 minutes`.
pub(in crate::accounts) fn long_code(ways: &Ways, sent: &Sent<'_>, half: &str) -> Markup {
    let door = ways.door.path();
    framed(
        ways,
        ways.password.then(|| beside(ways.door, "phrase", sent.next)),
        "Check your mail",
        Some("js/sign-in.js"),
        &html! {
            h1 { "Check your mail" }
            p.muted {
                "Digits were asked for " b { (sent.email) } " very often lately, so letters carry a long code now. "
                "One is on its way, or came within the last " (half) ". It works for " (sent.lives) ", once."
            }
            @if let Some(note) = sent.note { p.note.good role="status" { (note) } }
            @if let Some(fault) = sent.fault { div.errors role="alert" { p #e-code data-wait=[ways.wait] { (fault) } } }
            form.form method="post" action=(format!("{door}/code")) {
                div {
                    label for="f-code" { "Code from the letter" }
                    input.field #f-code name="code" type="text" autocomplete="one-time-code" autocapitalize="none" spellcheck="false"
                        maxlength="64" placeholder="xxxxx-xxxxx-xxxxx-xxxxx" required autofocus
                        aria-invalid=[sent.fault.map(|_| "true")] aria-describedby=[sent.fault.map(|_| "e-code")];
                }
                button.btn.primary type="submit" { "Sign in" }
            }
            div.below {
                form method="post" action=(format!("{door}/code/again")) data-again=(sent.pause) data-word="Send again" {
                    button.link type="submit" { "Send again" }
                    span.faint hidden { }
                }
                span.faint aria-hidden="true" { " · " }
                a href=(format!("{door}?next={}", ui::encoded(sent.next))) data-swap[ways.person.is_none()] { "Use another address" }
            }
        },
    )
}

/// One field for six digits; the script paints six boxes under it.
///
/// * `fault`: the element that says what is wrong with it.
pub(in crate::accounts) fn code_boxes(label: &str, fault: Option<&str>) -> Markup {
    html! {
        div {
            label.visually-hidden for="f-code" { (label) }
            div.code-boxes {
                input.field #f-code name="code" type="text" inputmode="numeric" autocomplete="one-time-code"
                    maxlength="12" required autofocus aria-invalid=[fault.map(|_| "true")] aria-describedby=[fault];
            }
        }
    }
}

fn heading(door: Door) -> Markup {
    html! {
        @match door {
            Door::Everybody => h1 { "Sign in" },
            Door::Administration => {
                h1 { "Administration" }
                p.muted { "Prove that it is you, even if you are signed in already." }
            }
        }
    }
}

/// What is wrong with the whole. What is wrong with one field stands at that field, and is not said twice.
///
/// * `wait`: the seconds that it speaks of, which the script counts down.
fn faults(state: &FormState, wait: Option<u64>) -> Markup {
    let whole = |field: &str| !matches!(field, "email" | "password");
    html! {
        @if state.errors.iter().any(|error| whole(&error.field)) {
            div.errors role="alert" {
                @for error in state.errors.iter().filter(|error| whole(&error.field)) { p data-wait=[wait] { (error.message) } }
            }
        }
    }
}

fn beside(door: Door, step: &str, next: &str) -> String {
    format!("{}/{step}?next={}", door.path(), ui::encoded(next))
}

/// The mark above the card, and the other ways below it.
///
/// * `password`: where a password is taken, where that is another way than this page's.
fn framed(ways: &Ways, password: Option<String>, title: &str, script: Option<&str>, card: &Markup) -> Markup {
    let password = password.map(|href| (href, "Use a password".to_owned()));
    let others: Vec<&(String, String)> = ways.others.iter().chain(&password).collect();
    let content = html! {
        div.brand { (ui::icon("brand")) "Ballast" }
        div.card {
            (card)
            @if ways.demo {
                form.form method="post" action="/demo/sign-in" {
                    p.muted { "This is a demonstration with an invented team." }
                    button.btn type="submit" { "Look around as the planner" }
                }
            }
        }
        @if ways.passkey || !others.is_empty() {
            div.faint.others {
                @for (at, (href, text)) in others.iter().enumerate() {
                    @if at > 0 { " · " }
                    a href=(href) { (text) }
                }
                @if ways.passkey {
                    @if !others.is_empty() { " · " }
                    (passkeys::sign_in_link(ways.door))
                }
            }
        }
        @if ways.door == Door::Administration { div.faint.others { a href="/" { "← Back to the plan" } } }
    };
    // The script of the passkeys stands alone; that of the digits brings it along.
    ui::bare_page_with_script(title, script.unwrap_or("js/passkey.js"), &content)
}

/// The form for the first account.
pub(in crate::accounts) fn setup(state: &FormState, key: &str) -> Markup {
    ui::bare_page(
        "Welcome",
        &html! {
            div.brand { (ui::icon("brand")) "Ballast" }
            div.card {
                h1 { "Welcome" }
                p.muted { "Make the first account. It is an administrator, and this link is used up with it." }
                (ui::errors_summary(state))
                form.form method="post" action=(format!("/setup/{key}")) {
                    (ui::field(state, "name", "Your name", "text", ""))
                    (ui::field(state, "email", "E-mail", "email", ""))
                    (ui::field(state, "new-password", "Password", "password", "At least 12 characters; a few words in a row are easy to keep."))
                    button.btn.primary type="submit" { "Make the account" }
                }
            }
        },
    )
}
