//! The frame around every page.

use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::icon;
use crate::error::AppError;
use crate::web::assets;

/// Where in the product a page stands, for the marked entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The five figures.
    Overview,
    /// The grid.
    Schedule,
    /// Capacity against demand.
    Forecast,
    /// Deliverables and absences by day.
    Calendar,
    /// The list of projects and each of them.
    Projects,
    /// The list of people and each of them.
    People,
    /// Who is free, and open places.
    Finder,
    /// Leave, asked for and approved.
    TimeOff,
    /// Rooms in which the team estimates.
    Poker,
    /// Utilisation and planned hours, for reading and for slides.
    Reports,
    /// Import and export.
    Exchange,
    /// Settings.
    Settings,
    /// Accounts.
    Accounts,
    /// The visitor's own account.
    Own,
    /// What a search has found.
    Search,
    /// Addresses with names.
    Views,
    /// The phone's list of everything else.
    More,
    /// None of them: what was asked for was not done.
    Nowhere,
}

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

struct Entry {
    place: Place,
    href: &'static str,
    icon: &'static str,
    label: &'static str,
}

const PLAN: [Entry; 4] = [
    Entry {
        place: Place::Overview,
        href: "/",
        icon: "overview",
        label: "Overview",
    },
    Entry {
        place: Place::Schedule,
        href: "/schedule",
        icon: "schedule",
        label: "Schedule",
    },
    Entry {
        place: Place::Forecast,
        href: "/forecast",
        icon: "forecast",
        label: "Forecast",
    },
    Entry {
        place: Place::Calendar,
        href: "/calendar",
        icon: "calendar",
        label: "Calendar",
    },
];
const WORK: [Entry; 4] = [
    Entry {
        place: Place::Projects,
        href: "/projects",
        icon: "projects",
        label: "Projects",
    },
    Entry {
        place: Place::People,
        href: "/people",
        icon: "people",
        label: "People",
    },
    Entry {
        place: Place::Finder,
        href: "/finder",
        icon: "finder",
        label: "Who is free",
    },
    Entry {
        place: Place::TimeOff,
        href: "/time-off",
        icon: "time-off",
        label: "Time off",
    },
];
const TEAM: [Entry; 5] = [
    Entry {
        place: Place::Poker,
        href: "/poker",
        icon: "poker",
        label: "Planning poker",
    },
    Entry {
        place: Place::Reports,
        href: "/reports",
        icon: "reports",
        label: "Reports",
    },
    Entry {
        place: Place::Exchange,
        href: "/import",
        icon: "upload",
        label: "Import and export",
    },
    Entry {
        place: Place::Settings,
        href: "/settings",
        icon: "settings",
        label: "Settings",
    },
    Entry {
        place: Place::Accounts,
        href: "/accounts",
        icon: "accounts",
        label: "Accounts",
    },
];

impl Frame {
    /// The frame of a page about something that is theirs to change, or not.
    #[must_use]
    pub const fn editing(mut self, may: bool) -> Self {
        self.may_edit = self.may_edit && may;
        self
    }

    fn may_see(&self, place: Place) -> bool {
        match place {
            Place::Accounts => self.is_admin,
            Place::Exchange => self.manages,
            Place::Overview
            | Place::Schedule
            | Place::Forecast
            | Place::Calendar
            | Place::Projects
            | Place::People
            | Place::Finder
            | Place::TimeOff
            | Place::Poker
            | Place::Reports
            | Place::Settings
            | Place::Own
            | Place::Search
            | Place::Views
            | Place::More
            | Place::Nowhere => true,
        }
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

fn rail(frame: &Frame, place: Place) -> Markup {
    html! {
        aside.rail {
            a.brand href="/" { (icon("brand")) "Ballast" }
            a.find href="/search" data-palette aria-current=[(place == Place::Search).then_some("page")] { (icon("search")) span { "Search" } kbd { "/" } }
            nav aria-label="Main" {
                (group(frame, place, "Plan", &PLAN))
                (group(frame, place, "Work", &WORK))
                (group(frame, place, "Team", &TEAM))
            }
            div.me {
                a.own href="/account" title="Your account" aria-current=[(place == Place::Own).then_some("page")] {
                    span.avatar aria-hidden="true" { (crate::units::initials(&frame.name)) }
                    span.name { (frame.name) @if frame.demo { small { "demo" } } }
                }
                button.btn.quiet type="button" data-theme-switch title="Light or dark" aria-label="Light or dark" hidden { (icon("theme")) }
                @if frame.form_key.is_empty() {
                    a.btn.quiet href="/auth/login" { "Sign in" }
                } @else {
                    form method="post" action="/auth/logout" {
                        input type="hidden" name="csrf" value=(frame.form_key);
                        button.btn.quiet type="submit" title="Sign out" aria-label="Sign out" { (icon("sign-out")) }
                    }
                }
            }
        }
    }
}

fn group(frame: &Frame, place: Place, title: &str, entries: &[Entry]) -> Markup {
    html! {
        h2 { (title) }
        ul {
            @for entry in entries.iter().filter(|entry| frame.may_see(entry.place)) {
                li {
                    a href=(entry.href) aria-current=[(entry.place == place).then_some("page")] {
                        (icon(entry.icon)) (entry.label)
                        @match entry.place {
                            Place::Projects => span.count { (frame.projects) },
                            Place::People => span.count { (frame.people) },
                            Place::Poker if frame.lively > 0 => span.count { (frame.lively) " live" },
                            _ => {},
                        }
                    }
                }
            }
        }
    }
}

/// Pages that no line of the navigation leads to.
const BESIDE: [(&str, &str); 10] = [
    ("Your account", "/account"),
    ("Saved views", "/views"),
    ("Looking back", "/past"),
    ("Who worked for whom", "/past/experience"),
    ("Calendar feeds", "/calendar/feeds"),
    ("Auto-hours templates", "/auto-hours"),
    ("Open places", "/finder?view=places"),
    ("Holidays", "/settings/calendars"),
    ("Departments", "/settings/departments"),
    ("History", "/settings/history"),
];

/// Every page that the visitor may see, by its label and address.
pub fn places(frame: &Frame) -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = PLAN.iter().chain(&WORK).chain(&TEAM);
    let seen = all.filter(|entry| frame.may_see(entry.place));
    seen.map(|entry| (entry.label, entry.href)).chain(BESIDE)
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

/// Every place that the phone's tabs do not hold, as a list of links.
#[must_use]
pub fn more_places(frame: &Frame) -> Markup {
    let all = PLAN.iter().chain(&WORK).chain(&TEAM);
    html! {
        ul {
            li { a href="/search" data-palette { (icon("search")) "Search" (icon("chevron-right")) } }
            li { a href="/views" { (icon("flag")) "Saved views" (icon("chevron-right")) } }
            li { a href="/account" { (icon("people")) "Your account" (icon("chevron-right")) } }
            @for entry in all.filter(|entry| frame.may_see(entry.place)) {
                @if !matches!(entry.place, Place::Overview | Place::Schedule) {
                    li { a href=(entry.href) { (icon(entry.icon)) (entry.label) (icon("chevron-right")) } }
                }
            }
        }
    }
}

/// The phone's navigation at the foot of the screen.
fn tabs(place: Place) -> Markup {
    let entries = [&PLAN[0], &PLAN[1], &WORK[0], &WORK[1]];
    let more = place != Place::Nowhere && !entries.iter().any(|entry| entry.place == place);
    html! {
        nav.tabs aria-label="Main, short" {
            @for entry in entries {
                a href=(entry.href) aria-current=[(entry.place == place).then_some("page")] { (icon(entry.icon)) (entry.label) }
            }
            a href="/more" aria-current=[more.then_some("page")] { (icon("more")) "More" }
        }
    }
}

/// What a visitor reads when something was not done.
///
/// * `signed_in`: whether they are somebody already, who needs no way to sign in.
#[must_use]
pub fn error_page(error: &AppError, request_id: &str, signed_in: bool) -> Markup {
    bare_page(
        error.title(),
        &html! {
            div.brand { (icon("brand")) "Ballast" }
            div.card {
                (what_happened(error))
                @match error {
                    // Whoever was on their way in goes back to where the other ways are.
                    AppError::OtherServer(_) | AppError::SignInFailed(_) if !signed_in => a.btn.primary href="/auth/login" { "Back to sign-in" },
                    AppError::Closed { .. } => {
                        a.btn href="" { "Try again" }
                        p.faint { "Administrators " a href="/admin/login" { "sign in here" } "." }
                    }
                    _ if signed_in => a.btn href="/" { "To the overview" },
                    _ => { a.btn href="/auth/login" { "Sign in" } },
                }
                p.faint { "Request " (request_id) }
            }
        },
    )
}

fn what_happened(error: &AppError) -> Markup {
    html! {
        h1 { (error.title()) }
        p { (error) }
        @if let AppError::Invalid(fields) | AppError::OutOfReach { errors: fields, .. } = error {
            @if !fields.is_empty() {
                ul.errors { @for field in fields { li { strong { (field.field) } " " (field.message) } } }
            }
        }
    }
}

/// The same for somebody who is signed in: with the way to everywhere else beside it, and the one back.
///
/// * `from`: the page of ours that led here.
#[must_use]
pub fn error_within(frame: &Frame, error: &AppError, request_id: &str, from: Option<&str>) -> Markup {
    // A closed house has nowhere to go to.
    if matches!(error, AppError::Closed { .. }) {
        return error_page(error, request_id, true);
    }
    let frame = Frame {
        said: None,
        gone: None,
        ..frame.clone()
    };
    let passes = matches!(
        error,
        AppError::Busy | AppError::ReadOnly | AppError::TooMany { .. } | AppError::Internal(_)
    );
    page(
        &frame,
        Place::Nowhere,
        error.title(),
        &html! {
            section.card.narrow.told {
                (what_happened(error))
                div.actions {
                    @if matches!(error, AppError::ProveAgain { .. }) { a.btn.primary href="/admin/login" { "Prove that it is you" } }
                    @if let Some(from) = from { a.btn href=(from) { "Back" } }
                    @else if passes { a.btn href="" { "Try again" } }
                    a.btn href="/" { "To the overview" }
                    a.btn.quiet href="/search" { "Search" }
                }
                p.faint { "Request " (request_id) }
            }
        },
    )
}
