//! The settings' own navigation: every section beside what stands in it, whichever room draws that.

use maud::{Markup, html};

use super::{Frame, Place, page};

/// Each section by its title and address, and whether only administrators see it.
pub const SECTIONS: [(&str, &str, bool); 14] = [
    ("Organisation", "/settings", false),
    ("Load bands", "/settings/load", false),
    ("Departments", "/settings/departments", false),
    ("Roles", "/settings/lists/roles", false),
    ("Skills", "/settings/lists/skills", false),
    ("Clients", "/settings/lists/clients", false),
    ("Project statuses", "/settings/statuses", false),
    ("Holidays", "/settings/calendars", false),
    ("Sign-in", "/settings/sign-in", true),
    ("Identity providers", "/settings/providers", true),
    ("Jobs", "/settings/jobs", true),
    ("Backups", "/settings/backups", true),
    ("History", "/settings/history", false),
    // Templates are managers', and stand on a page of their own.
    ("Auto-hours", "/auto-hours", false),
];

/// A page of the settings.
///
/// * `here`: the address of its section.
#[must_use]
pub fn settings_page(frame: &Frame, (title, here): (&str, &str), inside: &Markup) -> Markup {
    page(
        frame,
        Place::Settings,
        &format!("{title} · Settings"),
        &settings_around(frame, here, inside),
    )
}

/// The list of sections, and what stands in one of them.
#[must_use]
pub fn settings_around(frame: &Frame, here: &str, inside: &Markup) -> Markup {
    html! {
        div.topbar {
            h1 { "Settings" }
            @if !frame.is_admin { span.muted { "Administrators change these." } }
            span.spacer {}
            @if frame.is_admin { a.btn href="/accounts" { "Accounts" } }
        }
        div.sections {
            nav.side aria-label="Settings" {
                ul {
                    @for (title, href, _) in SECTIONS.iter().filter(|(_, _, hidden)| frame.is_admin || !hidden) {
                        li { a href=(href) aria-current=[(*href == here).then_some("page")] { (title) } }
                    }
                }
            }
            div.stack { (inside) }
        }
    }
}
