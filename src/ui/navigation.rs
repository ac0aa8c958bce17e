//! The ways to every page: beside it, and at the foot of a phone.

use maud::{Markup, html};

use super::{Frame, icon};

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

fn may_see(frame: &Frame, place: Place) -> bool {
    match place {
        Place::Accounts => frame.is_admin,
        Place::Exchange => frame.manages,
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

/// The navigation beside a page.
pub(super) fn rail(frame: &Frame, place: Place) -> Markup {
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
            @for entry in entries.iter().filter(|entry| may_see(frame, entry.place)) {
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
    let seen = all.filter(|entry| may_see(frame, entry.place));
    seen.map(|entry| (entry.label, entry.href)).chain(BESIDE)
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
            @for entry in all.filter(|entry| may_see(frame, entry.place)) {
                @if !matches!(entry.place, Place::Overview | Place::Schedule) {
                    li { a href=(entry.href) { (icon(entry.icon)) (entry.label) (icon("chevron-right")) } }
                }
            }
        }
    }
}

/// The phone's navigation at the foot of the screen.
pub(super) fn tabs(place: Place) -> Markup {
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
