//! What administrators see of the audit.

use maud::{Markup, html};

use super::What;
use super::rules::{AuditQuery, KEPT_DAYS};
use super::store::AuditRow;
use crate::accounts::pages::{Section, section};
use crate::clock::Clock;
use crate::ui::{self, Frame};

/// What happened, with what narrows it down.
pub(super) fn audit(
    frame: &Frame,
    clock: &Clock,
    query: &AuditQuery,
    rows: &[AuditRow],
    more: bool,
) -> Markup {
    let file = address("/accounts/audit.csv", query, None);
    let actions = html! { a.btn href=(file) download { (ui::icon("download")) "CSV" } };
    section(
        frame,
        Section::Audit,
        &html! { span.muted { "kept for " (KEPT_DAYS) " days" } },
        &actions,
        &html! {
            section.card { (filters(query)) }
            @if rows.is_empty() {
                section.card { (nothing(query)) }
            } @else {
                section.card.flush {
                    div.scroll tabindex="0" role="region" aria-label="What happened" { (table(clock, rows)) }
                }
                nav.pager aria-label="Pages" {
                    @if query.before.is_some() { a.btn href=(address("/accounts/audit", query, None)) { "Newest" } } @else { span {} }
                    @if let Some(last) = rows.last().filter(|_| more) { a.btn href=(address("/accounts/audit", query, Some(last.id))) rel="next" { "Earlier" } }
                }
            }
        },
    )
}

fn nothing(query: &AuditQuery) -> Markup {
    if query.is_narrow() || query.before.is_some() {
        ui::empty(
            "Nothing like that happened",
            "Try fewer words, another kind, or more days.",
            &html! { a.btn href="/accounts/audit" { "Show everything" } },
        )
    } else {
        ui::empty(
            "Nothing has happened yet",
            "Who signs in, who is refused, who changes accounts and settings, and who takes numbers out stands here.",
            &html! {},
        )
    }
}

fn filters(query: &AuditQuery) -> Markup {
    let day = |day: Option<crate::units::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    html! {
        form.filters method="get" action="/accounts/audit" role="search" {
            label { "Who or about" input.field type="search" name="who" value=(query.who) placeholder="Name or address" maxlength="254"; }
            label {
                "What"
                select.field name="what" {
                    option value="" { "Everything" }
                    @for what in What::ALL {
                        option value=(what.as_str()) selected[query.what == Some(*what)] { (capital(what.as_str())) }
                    }
                }
            }
            label { "From day" input.field type="date" name="from" value=(day(query.from)); }
            label { "Until day" input.field type="date" name="until" value=(day(query.until)); }
            label { "IP address" input.field type="search" name="address" value=(query.address) placeholder="203.0.113." maxlength="45"; }
            button.btn type="submit" { "Show" }
            @if query.is_narrow() { a.btn.quiet href="/accounts/audit" { "Clear" } }
        }
    }
}

fn table(clock: &Clock, rows: &[AuditRow]) -> Markup {
    html! {
        table.list.audit.stacked {
            thead { tr {
                th scope="col" { "When" } th scope="col" { "What" } th scope="col" { "Who" } th scope="col" { "About" } th scope="col" { "IP address" }
            } }
            tbody { @for row in rows { (line(clock, row)) } }
        }
    }
}

fn line(clock: &Clock, row: &AuditRow) -> Markup {
    let (day, time) = (clock.day_of(row.at), clock.time_of(row.at));
    html! {
        tr {
            td.when { (day.long()) " " (time) }
            td { span.chip.(tone(&row.what)) { (capital(&row.what)) } }
            th scope="row" {
                @if row.actor.is_empty() { span.faint { "unknown" } }
                @else if let Some(id) = row.account { a href=(format!("/accounts/{id}")) { (row.actor) } } @else { (row.actor) }
                @if !row.behind.is_empty() { " " small { "through " (row.behind) } }
            }
            td.muted { (row.about) }
            td.muted { (row.address) }
        }
    }
}

/// The newest of one account, for its page. Who else did it is named.
pub(in crate::accounts) fn recent(clock: &Clock, own: &str, rows: &[AuditRow]) -> Markup {
    html! {
        ul.history {
            @for row in rows {
                li {
                    span.when { (ui::ago(clock, row.at)) }
                    span {
                        (capital(&row.what))
                        @if !row.about.is_empty() { span.muted { ": " (row.about) } }
                        @if row.actor != own { small { " by " (row.actor) } }
                        @if !row.behind.is_empty() { small { " through " (row.behind) } }
                    }
                    span.faint { (row.address) }
                }
            }
        }
    }
}

fn tone(what: &str) -> &'static str {
    if what == What::SignInRefused.as_str() {
        "bad"
    } else if what == What::ImpersonationBegun.as_str() || what == What::ImpersonationEnded.as_str() {
        "warn"
    } else {
        ""
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn address(path: &str, query: &AuditQuery, before: Option<i64>) -> String {
    let mut pairs = query.pairs();
    pairs.extend(before.map(|id| ("before", id.to_string())));
    if pairs.is_empty() {
        return path.to_owned();
    }
    let text: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", ui::encoded(value)))
        .collect();
    format!("{path}?{}", text.join("&"))
}
