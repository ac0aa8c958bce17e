//! The page of links.

use maud::{Markup, html};

use super::store::FeedLink;
use crate::accounts::{Access, Visitor};
use crate::app::App;
use crate::book::Plan;
use crate::ui::{self, FormState, Frame, Place};
use crate::units::ids::PersonId;

/// A link that was just made.
pub struct Made {
    /// Of what it is.
    pub name: String,
    /// Where a calendar program finds it. It is not kept, so it can be shown this once.
    pub address: String,
}

/// The visitor's links, a form for one more, and the one that was just made.
pub fn feeds(
    visitor: &Visitor,
    app: &App,
    plan: &Plan,
    own: Option<PersonId>,
    links: &[FeedLink],
    (state, made): (&FormState, Option<&Made>),
) -> Markup {
    let frame = visitor.frame(app);
    let is_admin = visitor.access == Access::Admin;
    ui::page(
        &frame,
        Place::Calendar,
        "Calendar feeds",
        &html! {
            (ui::page_head("Calendar feeds", &html! {}, &html! { a.btn href="/calendar" { "To the calendar" } }))
            @if let Some(made) = made { (just_made(made)) }
            div.split {
                section.card aria-labelledby="links" {
                    header { h2 #links { @if is_admin { "Everybody’s links" } @else { "Your links" } } }
                    @if links.is_empty() {
                        (ui::empty("No links yet", "A link brings dates and absences into the calendar on your phone or computer, and keeps them up to date.", &html! {}))
                    } @else {
                        div.scroll {
                            table.list {
                                thead { tr {
                                    th scope="col" { "Of" }
                                    @if is_admin { th scope="col" { "Made by" } }
                                    th.phone-hide scope="col" { "Made" }
                                    th scope="col" { "Last used" }
                                    th scope="col" { span.visually-hidden { "Actions" } }
                                } }
                                tbody { @for link in links { (row(visitor, app, &frame, plan, link, is_admin)) } }
                            }
                        }
                    }
                }
                section.card aria-labelledby="new" {
                    header { h2 #new { "A new link" } }
                    (form(&frame, plan, own, state))
                }
            }
            p.note { "Whoever has the address of a link can read what it holds without signing in: dates of deliverables, and that somebody is away, but never why. Take a link back when it has gone astray. A link also ends with the account of who made it." }
        },
    )
}

fn just_made(made: &Made) -> Markup {
    let webcal = made
        .address
        .split_once("://")
        .map(|(_, rest)| format!("webcal://{rest}"));
    html! {
        section.card.feed-address aria-labelledby="made" role="status" {
            h2 #made { "The link of " (made.name) " is ready" }
            p { "Put this address into your calendar as a subscription. " strong { "It is shown only now" } "; if it gets lost, give the link a new address." }
            input.field type="text" readonly value=(made.address) aria-label="Address of the feed";
            @if let Some(webcal) = webcal { p { a.btn.primary href=(webcal) { "Open in the calendar of this device" } } }
        }
    }
}

fn row(visitor: &Visitor, app: &App, frame: &Frame, plan: &Plan, link: &FeedLink, is_admin: bool) -> Markup {
    let name = link.subject.name(plan);
    let shown = name
        .clone()
        .unwrap_or_else(|| "something that is gone".to_owned());
    html! {
        tr {
            td {
                (shown) " " span.faint { (link.subject.kind()) }
                @if !link.active { " " (ui::chip("warn", "account switched off")) }
                @else if name.is_none() { " " (ui::chip("warn", "opens nothing")) }
            }
            @if is_admin { td.muted { (link.owner) } }
            td.muted.nowrap.phone-hide { (app.clock.day_of(link.made_at).short()) }
            td.muted.nowrap { @match link.used { Some(day) => (day.short()), None => span.faint { "never" } } }
            td {
                div.chips {
                    @if link.account == visitor.account && name.is_some() {
                        (button(frame, &format!("/calendar/feeds/{}/renew", link.id), "New address", "The address in use now will stop working. Go on?", &shown))
                    }
                    (button(frame, &format!("/calendar/feeds/{}/remove", link.id), "Take back", "Calendars that use this link will no longer be updated. Take it back?", &shown))
                }
            }
        }
    }
}

fn button(frame: &Frame, action: &str, label: &str, confirm: &str, of: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            (ui::form_key(&frame.form_key))
            button.btn.small type="submit" data-confirm=(confirm) aria-label=(format!("{label}: {of}")) { (label) }
        }
    }
}

fn form(frame: &Frame, plan: &Plan, own: Option<PersonId>, state: &FormState) -> Markup {
    let mut about = Vec::new();
    if own.is_some() {
        about.push(("own".to_owned(), "My own dates and time off".to_owned()));
    }
    for (value, label) in [
        ("team", "The team, or a department"),
        ("project", "A project and its people"),
        ("person", "A person and their projects"),
    ] {
        about.push((value.to_owned(), label.to_owned()));
    }
    let departments: Vec<(String, String)> = plan
        .departments
        .iter()
        .map(|one| (one.id.to_string(), plan.department_path(one.id)))
        .collect();
    let projects: Vec<(String, String)> = plan
        .projects
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect();
    let people = plan.people.iter().filter(|one| one.active);
    let people: Vec<(String, String)> = people.map(|one| (one.id.to_string(), one.name.clone())).collect();
    html! {
        (ui::errors_summary(state))
        form.form method="post" action="/calendar/feeds" {
            (ui::form_key(&frame.form_key))
            (ui::choice(state, "about", "Of", None, &about))
            (ui::choice(state, "department", "Department, for a team", Some("Everybody"), &departments))
            (ui::choice(state, "project", "Project, for a project", Some("Choose…"), &projects))
            (ui::choice(state, "person", "Person, for a person", Some("Choose…"), &people))
            div.actions { button.btn.primary type="submit" { "Make a link" } }
        }
    }
}
