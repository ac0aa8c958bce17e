//! Backups and maintenance, shown.

use std::path::{Path, PathBuf};

use axum::response::Response;
use maud::{Markup, html};

use super::errands::{Asked, Errand};
use super::handlers::HERE;
use super::rules::Closed;
use crate::backup::{Kept, Restored, Restoring};
use crate::clock::Clock;
use crate::ui::{self, FormState, Frame, Place};

/// What the page shows.
pub struct Shown<'a> {
    /// The archives, the newest first.
    pub shelf: &'a [Kept],
    /// Whether the house is closed.
    pub closed: Option<Closed>,
    /// What is being restored.
    pub restoring: Option<Restoring>,
    /// What became of the last restore.
    pub last: Option<Restored>,
    /// Where what was there before it lies, as long as it does.
    pub before: Option<PathBuf>,
    /// What administrators have asked for that is under way, or came to nothing.
    pub errands: Vec<Asked>,
    /// Regular work with backups that is being done now.
    pub work: Vec<&'static str>,
    /// Whether copies go elsewhere.
    pub elsewhere: bool,
    /// Whether they are encrypted.
    pub encrypted: bool,
    /// How large an archive may be that is brought, in GiB.
    pub largest: u64,
}

/// The page.
pub fn backups(frame: &Frame, clock: &Clock, shown: &Shown<'_>, state: &FormState) -> Markup {
    let inside = html! {
        @if let Some(restoring) = &shown.restoring {
            p.note.warn role="status" {
                (restoring.by) " restores " (restoring.archive) ". A backup of what is here now is made first; then Ballast begins anew, and everybody signs in again."
            }
        }
        @if let Some(last) = &shown.last { (last_restore(clock, last, shown.before.as_deref())) }
        (archives(frame, clock, shown))
        (bring(frame, shown, state))
        (maintenance(frame, clock, shown.closed.as_ref(), state))
    };
    ui::settings_page(frame, ("Backups", HERE), &inside)
}

/// `Wed 18 Nov, 12:00`
fn moment(clock: &Clock, at: i64) -> String {
    format!("{}, {}", clock.day_of(at).short(), clock.time_of(at))
}

/// What became of the last restore: for whoever comes back after it, and for whoever wonders later.
fn last_restore(clock: &Clock, last: &Restored, before: Option<&Path>) -> Markup {
    let by = if last.by.is_empty() { "somebody" } else { &last.by };
    if let Some(why) = &last.failed {
        return html! {
            p.note.bad role="alert" {
                "Restoring " code.name { (last.archive) } ", as " (by) " asked, came to nothing on " (moment(clock, last.at))
                ", and everything is as it was: " (why) "."
            }
        };
    }
    // News for a week, and a fact from then on.
    let is_news = clock.today().number() - clock.day_of(last.at).number() < 7;
    html! {
        div.note.good[is_news] role="status" {
            p { strong { "Restored: " } code.name { (last.archive) } " was put in place on " (moment(clock, last.at)) ", by " (by) "." }
            @if let Some(before) = before {
                p { "What was there before lies in " code.name { (before.display()) } " on the server." }
            } @else if last.aside.is_some() {
                p { "What was there before was thrown away since." }
            }
        }
    }
}

/// What is under way, and what was asked for and came to nothing.
fn errands(shown: &Shown<'_>, clock: &Clock) -> Markup {
    let what = |errand: &Errand| match errand {
        Errand::Make => html! { "A backup is being made" },
        Errand::Check(name) => html! { code.name { (name) } " is being read through" },
    };
    let under_way = shown.errands.iter().filter(|one| one.failed.is_none());
    let busy = !shown.work.is_empty() || shown.errands.iter().any(|one| one.failed.is_none());
    html! {
        @if busy {
            div.note role="status" {
                @for one in under_way { p { (what(&one.errand)) ", as " (one.by) " asked " (ui::ago(clock, one.at)) "." } }
                @for label in &shown.work { p { "Being done now: " (label) "." } }
                noscript { p { a href=(HERE) { "Refresh" } } }
            }
        }
        @for one in &shown.errands {
            @if let Some(why) = &one.failed {
                p.note.bad role="alert" {
                    @match &one.errand {
                        Errand::Make => { "The backup that " (one.by) " asked for (" (ui::ago(clock, one.at)) ") was not made: " }
                        Errand::Check(name) => { code.name { (name) } " is not whole: " }
                    }
                    (why) "."
                }
            }
        }
    }
}

fn archives(frame: &Frame, clock: &Clock, shown: &Shown<'_>) -> Markup {
    html! {
        section.card data-follows="jobs" {
            header {
                h2 { "Backups" }
                span.muted {
                    @if shown.encrypted { "encrypted, " }
                    @if shown.elsewhere { "copies go to the storage elsewhere" } @else { "kept on this machine alone" }
                }
                span.spacer {}
                form method="post" action=(HERE) {
                    (ui::form_key(&frame.form_key))
                    button.btn.primary type="submit" { "Make one now" }
                }
            }
            (errands(shown, clock))
            @if shown.shelf.is_empty() {
                (ui::empty("No backup yet", "One is made every night, while people go on working. Settings → Jobs says when.", &html! {}))
            } @else {
                div.scroll role="region" tabindex="0" aria-label="Backups" {
                    table.list.stacked {
                        thead { tr {
                            th scope="col" { "Made" } th scope="col" { "Name" } th.num scope="col" { "Size" } th scope="col" { "Read through" }
                            th scope="col" { span.visually-hidden { "What to do with it" } }
                        } }
                        tbody { @for one in shown.shelf { (archive(frame, clock, one, shown)) } }
                    }
                }
            }
        }
    }
}

fn archive(frame: &Frame, clock: &Clock, one: &Kept, shown: &Shown<'_>) -> Markup {
    let own = |asked: &&Asked| matches!(&asked.errand, Errand::Check(name) if *name == one.name);
    let check = shown.errands.iter().find(own);
    let at = format!("{HERE}/{}", one.name);
    html! {
        tr {
            td {
                (moment(clock, one.made_at))
                // Of what is older the day is all that there is to say, and stands there.
                @if clock.today().number() - clock.day_of(one.made_at).number() <= 1 { " " span.muted { (ui::ago(clock, one.made_at)) } }
                @if one.foreign { " " span title=(format!("Uploaded on {}", moment(clock, one.named_at))) { (ui::chip("", "uploaded")) } }
            }
            td { code.name { (one.name) } }
            td.num { (size(one.bytes)) }
            td {
                @match (one.verified_at, check) {
                    (_, Some(Asked { failed: None, .. })) => { (ui::chip("", "being read")) }
                    (_, Some(_)) => { (ui::chip("bad", "not whole")) }
                    (Some(at), None) => { (ui::chip("good", "whole")) " " span.muted { (ui::ago(clock, at)) } }
                    (None, None) => { (ui::chip("warn", "not yet")) }
                }
            }
            td.end {
                div.buttons {
                    a.btn.small href=(format!("{at}/file")) download=(one.name) aria-label=(format!("Download {}", one.name)) { "Download" }
                    form method="post" action=(format!("{at}/check")) {
                        (ui::form_key(&frame.form_key))
                        button.btn.small type="submit" title="Reads it through, as a restore would" aria-label=(format!("Check {}", one.name)) { "Check" }
                    }
                    a.btn.small href=(format!("{at}/restore")) data-dialog aria-label=(format!("Restore {}", one.name)) { "Restore" }
                    form method="post" action=(format!("{at}/remove")) {
                        (ui::form_key(&frame.form_key))
                        button.btn.small.quiet type="submit" aria-label=(format!("Remove {}", one.name))
                            data-confirm=(format!("Throw {} away? It cannot be fetched back.", one.name)) { "Remove" }
                    }
                }
            }
        }
    }
}

/// Whether what was wrong is wrong in one of these fields.
fn is_about(state: &FormState, fields: &[&str]) -> bool {
    state
        .errors
        .iter()
        .any(|error| fields.contains(&error.field.as_str()))
}

/// `1.4 MiB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes / 1_024),
        _ => format!("{}.{} MiB", bytes >> 20, (bytes % 1_048_576) * 10 / 1_048_576),
    }
}

fn bring(frame: &Frame, shown: &Shown<'_>, state: &FormState) -> Markup {
    html! {
        section.card {
            header { h2 { "Bring one from elsewhere" } }
            @if is_about(state, &["file"]) { (ui::errors_summary(state)) }
            form.form.narrow method="post" action=(format!("{HERE}/upload")) enctype="multipart/form-data" {
                (ui::form_key(&frame.form_key))
                div {
                    label for="f-file" { "Archive" }
                    input #f-file type="file" name="file" required accept=".zst,.age";
                    p.hint { "At most " (shown.largest) " GiB. It is read through and listed above; nothing is restored by that." }
                }
                div.actions { button.btn type="submit" { "Upload" } }
            }
        }
    }
}

fn maintenance(frame: &Frame, clock: &Clock, closed: Option<&Closed>, state: &FormState) -> Markup {
    html! {
        section.card {
            header {
                h2 { "Maintenance" }
                @if closed.is_some() { (ui::chip("warn", "on")) } @else { (ui::chip("", "off")) }
            }
            @if let Some(closed) = closed {
                p {
                    "Everybody but administrators is told to come back later"
                    @if let Some(until) = closed.until { ", until " (clock.day_of(until).short()) ", " (clock.time_of(until)) }
                    "."
                }
                @if !closed.message.is_empty() { p.muted { "They read: " (closed.message) } }
                form.form method="post" action="/settings/maintenance/end" {
                    (ui::form_key(&frame.form_key))
                    div.actions { button.btn.primary type="submit" { "Let everybody in again" } }
                }
            } @else {
                p.muted { "Closes Ballast to everybody but administrators: who comes reads why and until when, and nothing is lost." }
                @if is_about(state, &["until", "message"]) { (ui::errors_summary(state)) }
                form.form.narrow method="post" action="/settings/maintenance" {
                    (ui::form_key(&frame.form_key))
                    (ui::field(state, "until", "Until", "datetime-local", "Left empty, it lasts until it is ended here."))
                    (ui::field(state, "message", "What people read", "text", "Such as: We move to a new disk."))
                    div.actions { button.btn type="submit" data-confirm="Close Ballast to everybody but administrators?" { "Close for maintenance" } }
                }
            }
        }
    }
}

/// What a restore does, and the name to type.
pub fn restore_form(frame: &Frame, clock: &Clock, kept: &Kept, state: &FormState) -> Response {
    ui::fragment_or_page(
        frame,
        Place::Settings,
        "Restore a backup · Backups",
        &html! {
            section.card.narrow {
                header { h1 { "Restore a backup" } }
                (ui::errors_summary(state))
                p {
                    "Everything in Ballast becomes what it was "
                    strong { "on " (moment(clock, kept.made_at)) } ", when this backup was made"
                    @if kept.foreign { " elsewhere; it was uploaded on " (moment(clock, kept.named_at)) }
                    ":"
                }
                p { code.name { (kept.name) } }
                ul.notes {
                    li { "What was entered since is gone from the plan. A backup of it is made first." }
                    li { "Until it is done everything can be read and nothing can be changed." }
                    li { "Then Ballast begins anew, and everybody signs in again. Accounts and passwords are those of that time." }
                }
                form.form method="post" action=(format!("{HERE}/{}/restore", kept.name)) {
                    (ui::form_key(&frame.form_key))
                    (ui::field(state, "typed", "Type its name", "text", "Exactly as it stands above."))
                    div.actions {
                        button.btn.danger type="submit" { "Restore it" }
                        a.btn href=(HERE) data-close { "Cancel" }
                    }
                }
            }
        },
    )
}
