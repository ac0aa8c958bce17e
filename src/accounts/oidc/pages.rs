//! To whom an account is linked, and the administrator's page of providers.

use maud::{Markup, html};

use super::handlers::Linked;
use super::rules::{Provider, ProviderKey, levels_text};
use crate::clock::Clock;
use crate::ui::{self, FormState, Frame};
use crate::units::ids::ProviderId;
use crate::units::text::counted;

/// What follows when somebody links their account: the browser leads on by itself, and a link stands by.
pub(super) fn onward(name: &str, address: &str) -> Markup {
    ui::bare_page(
        &format!("On to {name}"),
        &html! {
            div.brand { (ui::icon("brand")) "Ballast" }
            div.card {
                h1 { "On to " (name) }
                p.muted { "Sign in there, and your account is linked to it. If nothing happens, go on by yourself." }
                a.btn.primary href=(address) { "Go on to " (name) }
            }
        },
    )
}

/// The card of somebody's own account: to which providers it is linked.
pub(in crate::accounts) fn linked(frame: &Frame, clock: &Clock, all: &[Linked]) -> Markup {
    html! {
        @if !all.is_empty() {
            section.card.wide aria-labelledby="providers" {
                header { h2 #providers { "Sign in with another account" } }
                ul.plain-list.linked {
                    @for one in all {
                        li {
                            span { strong { (one.choice.name) } " "
                                @match one.seen_at {
                                    Some(at) => span.muted { "linked, last used " (ui::ago(clock, at)) },
                                    None => span.faint { "not linked" },
                                }
                            }
                            @let (word, label) = if one.seen_at.is_some() { ("unlink", "Unlink") } else { ("link", "Link") };
                            @if frame.behind.is_none() {
                                form method="post" action=(format!("/auth/oidc/{}/{word}", one.choice.key)) {
                                    (ui::form_key(&frame.form_key))
                                    button.btn.small type="submit" aria-label=(format!("{label} {}", one.choice.name)) { (label) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where these pages stand in the settings.
const HERE: (&str, &str) = ("Identity providers", "/settings/providers");

/// The head of one provider: the way back, and what it is called.
fn head(title: &str, beside: &Markup) -> Markup {
    html! {
        div.line.crumb {
            a.btn.quiet.only.back href=(HERE.1) aria-label="All providers" title="All providers" { (ui::icon("chevron-left")) }
            h2 { (title) }
            (beside)
        }
    }
}

/// A provider in the list.
pub(super) struct Row {
    pub provider: Provider,
    pub people: i64,
    pub callback: String,
}

fn chips(provider: &Provider) -> Markup {
    html! {
        @if provider.key == ProviderKey::Environment { " " (ui::chip("", "set by environment")) }
        @if !provider.active { " " (ui::chip("warn", "switched off")) }
    }
}

fn linked_count(people: i64) -> Markup {
    let people = usize::try_from(people).unwrap_or(0);
    html! { @if people == 0 { span.faint { "nobody yet" } } @else { (counted(people, "account", "accounts")) } }
}

/// Every provider.
pub(super) fn providers(frame: &Frame, rows: &[Row]) -> Markup {
    let add = html! { a.btn.primary href="/settings/providers/new" { (ui::icon("plus")) "Add a provider" } };
    ui::settings_page(
        frame,
        HERE,
        &html! {
            @if rows.is_empty() {
                section.card {
                    (ui::empty(
                        "No identity provider yet",
                        "With one, people sign in with the account they have at work: Entra ID, Google, Okta, Keycloak, or any other that speaks OpenID Connect.",
                        &add,
                    ))
                }
            } @else {
                section.card {
                    header { h2 { "Identity providers" } span.end { (add) } }
                    div.scroll role="region" tabindex="0" aria-label="Identity providers" {
                        table.list {
                            thead { tr {
                                th scope="col" { "Provider" }
                                th.phone-hide scope="col" { "Issuer" }
                                th scope="col" { "Linked" }
                            } }
                            tbody {
                                @for row in rows {
                                    tr {
                                        td {
                                            a href=(format!("/settings/providers/{}", row.provider.key)) { (row.provider.name) }
                                            (chips(&row.provider))
                                        }
                                        td.muted.phone-hide.breaks { (row.provider.issuer) }
                                        td { (linked_count(row.people)) }
                                    }
                                }
                            }
                        }
                    }
                }
                @for row in rows { (redirect_address(&row.callback, &format!("Redirect address of {}", row.provider.name), &row.provider.key.to_string())) }
            }
        },
    )
}

/// The address that the provider must be told, whole and to the letter, with a button that copies it.
fn redirect_address(callback: &str, title: &str, id: &str) -> Markup {
    let id = format!("redirect-{id}");
    html! {
        section.card.redirect {
            h3 { label for=(id) { (title) } }
            p.muted { "Register exactly this at the provider; it compares letter by letter." }
            div.copy-line {
                input.field.mono id=(id) type="text" readonly value=(callback);
                button.btn type="button" data-copy-from=(id) hidden { "Copy" }
            }
        }
    }
}

/// The form for one more, with the address that the provider must be told before it gives a client id.
///
/// * `number`: under which it will be kept.
/// * `callback`: its redirect address.
pub(super) fn new_provider(
    frame: &Frame,
    (number, callback): (ProviderId, &str),
    state: &FormState,
) -> Markup {
    ui::settings_page(
        frame,
        ("Add an identity provider", HERE.1),
        &html! {
            (head("Add an identity provider", &html! {}))
            section.card.narrow {
                ol.how {
                    li { "At the provider, register Ballast as a web application, with the redirect address below." }
                    li { "Copy here what it gives you: the issuer, the client id and the client secret." }
                    li { "Add it, and test the connection." }
                }
                p.muted { "The steps for Entra ID, Google, Okta and Keycloak stand in " code { "docs/oidc.md" } ", which comes with Ballast." }
            }
            (redirect_address(callback, "Redirect address", "own"))
            section.card.narrow {
                (ui::errors_summary(state))
                form.form method="post" action="/settings/providers" {
                    (ui::form_key(&frame.form_key))
                    // The address above holds this number, so the provider is kept under it or not at all.
                    input type="hidden" name="number" value=(number);
                    (fields(state, false))
                    div.actions { button.btn.primary type="submit" { "Add provider" } }
                }
            }
        },
    )
}

fn fields(state: &FormState, has_secret: bool) -> Markup {
    let kept = if has_secret {
        "One is kept. Blank leaves it as it is."
    } else {
        "Blank where the provider gives none."
    };
    html! {
        (ui::field(state, "name", "Name", "text", "What the sign-in page says: Sign in with Entra ID."))
        (ui::field(state, "issuer", "Issuer", "url", "How the provider names itself: https://login.microsoftonline.com/TENANT/v2.0, https://accounts.google.com."))
        (ui::field(state, "client-id", "Client id", "text", "Also called application id."))
        (ui::field(state, "client-secret", "Client secret", "password", kept))
        @if has_secret { (ui::check(state, "forget-secret", "Forget the client secret that is kept")) }
        (ui::field(state, "tenant", "Tenant", "text", "Entra ID only: the one tenant whose people may come in. Blank takes it from the issuer."))
        (ui::field(state, "scopes", "Scopes", "text", "openid profile email, and what your groups need."))
        (ui::check(state, "by-email", "The first time, find an account by its verified address"))
        (ui::field(state, "groups-claim", "Groups stand in", "text", "The claim with a person's groups: groups, roles, realm_access.roles. Blank: groups decide nothing."))
        (ui::area(state, "groups", "Access of groups", "One on each line: planners = manager. The highest counts, at each sign-in. “*” is everybody else; without it they stay outside."))
    }
}

/// What asking a provider found.
pub(super) enum Finding {
    /// It answered as it must.
    Answered {
        issuer: String,
        keys: usize,
        /// Scopes that it does not list.
        scopes: Vec<String>,
    },
    /// It did not.
    Fault(String),
}

/// One provider with all that can be done to it.
pub(super) struct Details<'a> {
    pub provider: &'a Provider,
    pub people: i64,
    pub callback: String,
    pub state: &'a FormState,
    pub finding: Option<&'a Finding>,
}

/// One provider.
pub(super) fn provider(frame: &Frame, details: &Details<'_>) -> Markup {
    let provider = details.provider;
    let base = format!("/settings/providers/{}", provider.key);
    let locked = provider.key == ProviderKey::Environment;
    let key = frame.form_key.as_str();
    ui::settings_page(
        frame,
        (&provider.name, HERE.1),
        &html! {
            (head(&provider.name, &chips(provider)))
            (redirect_address(&details.callback, "Redirect address", "own"))
            section.card.narrow.stack {
                @if locked { (as_given(provider)) } @else {
                    (ui::errors_summary(details.state))
                    form.form method="post" action=(base) {
                        (ui::form_key(key))
                        (fields(details.state, !provider.client_secret.is_empty()))
                        div.actions { button.btn.primary type="submit" { "Save" } }
                    }
                }
            }
            section.card.narrow.stack id="test" {
                header { h2 { "Connection" } span.muted { "linked: " (linked_count(details.people)) } }
                div.actions {
                    form method="post" action=(format!("{base}/test#test")) {
                        (ui::form_key(key))
                        button.btn type="submit" { "Test the connection" }
                    }
                    @if !locked { (fate(provider, &base, key, details.people)) }
                }
                @if let Some(finding) = details.finding { (found(&provider.issuer, finding)) }
            }
        },
    )
}

/// Switching off and removing.
fn fate(provider: &Provider, base: &str, key: &str, people: i64) -> Markup {
    let people = usize::try_from(people).unwrap_or(0);
    let question = format!(
        "Remove {}? {} will have to sign in another way. This cannot be undone.",
        provider.name,
        counted(people, "account", "accounts")
    );
    let remove = format!("{base}/remove");
    html! {
        form method="post" action=(format!("{base}/switch")) {
            (ui::form_key(key))
            input type="hidden" name="active" value=(if provider.active { "false" } else { "true" });
            button.btn type="submit" { @if provider.active { "Switch off" } @else { "Switch on" } }
        }
        (ui::sure(key, &remove, ("Remove", "danger"), &question, "Yes, remove it"))
    }
}

/// What asking found, beside the button that asked.
///
/// * `issuer`: who was asked.
fn found(issuer: &str, finding: &Finding) -> Markup {
    let host = issuer.parse::<http::Uri>().ok();
    let host = host.as_ref().and_then(http::Uri::host).unwrap_or(issuer);
    html! {
        @match finding {
            Finding::Answered { issuer, keys, scopes } => {
                p.note.good role="status" {
                    strong.breaks { (host) } " answers as " strong.breaks { (issuer) } " with " (counted(*keys, "key", "keys")) "."
                    @if !scopes.is_empty() { " It does not list " (scopes.join(", ")) " among its scopes." }
                }
            },
            Finding::Fault(fault) => {
                div.note.warn role="alert" {
                    p { strong.breaks { (host) } ": " (fault) "." }
                    p { "Check the issuer above, letter by letter, and that this server may ask " (host) ". What each provider needs stands in " code { "docs/oidc.md" } "." }
                }
            },
        }
    }
}

/// What the environment says, to read.
fn as_given(provider: &Provider) -> Markup {
    let levels = levels_text(&provider.levels);
    html! {
        p.muted { "The environment of the server sets this provider: OIDC_ISSUER and what belongs to it. It is changed there." }
        dl.facts.given {
            div { dt { "Issuer" } dd.breaks { (provider.issuer) } }
            div { dt { "Client id" } dd.breaks { (provider.client_id) } }
            div { dt { "Client secret" } dd { @if provider.client_secret.is_empty() { "none" } @else { "set" } } }
            @if !provider.tenant.is_empty() { div { dt { "Tenant" } dd.breaks { (provider.tenant) } } }
            div { dt { "Scopes" } dd { "openid " (provider.scopes.join(" ")) } }
            @if !provider.groups_claim.is_empty() {
                div { dt { "Groups stand in" } dd { (provider.groups_claim) } }
                div { dt { "Access of groups" } dd { @for line in levels.lines() { div { (line) } } } }
            }
        }
    }
}
