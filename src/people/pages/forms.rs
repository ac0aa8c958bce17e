//! Forms of a person: who they are, when they work, when they are away, what they can.

use axum::response::Response;
use maud::{Markup, html};

use super::{department_choices, weekday_fields};
use crate::accounts::Reach;
use crate::book::{Book, Person};
use crate::people::rules::SkillLevel;
use crate::people::store::Calendar;
use crate::ui::{self, FormState, Frame, Place};
use crate::units::Minutes;
use crate::units::ids::PersonId;

/// Who somebody is: a new person, or one that is to change.
pub fn person_form(
    frame: &Frame,
    (book, reach): (&Book, &Reach),
    existing: Option<&Person>,
    calendars: &[Calendar],
    state: &FormState,
) -> Response {
    let plan = &book.plan;
    let (departments, none) = department_choices(plan, reach, "None");
    let roles: Vec<(String, String)> = plan
        .roles
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect();
    let calendars: Vec<(String, String)> = calendars
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect();
    let title = existing.map_or_else(|| "New person".to_owned(), |person| person.name.clone());
    let action = existing.map_or_else(|| "/people".to_owned(), |person| format!("/people/{}", person.id));
    let usual = plan.organisation.default_week.total();
    ui::fragment_or_page(
        frame,
        Place::People,
        &title,
        &html! {
            section.card.narrow {
                header { h1 { (title) } }
                (ui::errors_summary(state))
                form.form method="post" action=(action) {
                    (ui::form_key(&frame.form_key))
                    (ui::field(state, "name", "Name", "text", ""))
                    div.cols {
                        (ui::choice(state, "role", "Role", Some("None"), &roles))
                        (ui::choice(state, "department", "Department", none, &departments))
                        (ui::field(state, "email", "E-mail", "email", ""))
                        (ui::field(state, "phone", "Telephone", "tel", ""))
                        (ui::field(state, "location", "Location", "text", ""))
                        (ui::choice(state, "calendar", "Holidays", Some("As the whole team"), &calendars))
                        (ui::field(state, "start", "First day", "date", ""))
                        (ui::field(state, "last", "Last day", "date", ""))
                    }
                    @if existing.is_none() {
                        (ui::field(state, "hours", "Hours a week", "hours", &format!("Blank for the team's {usual} hours.")))
                    }
                    (ui::area(state, "notes", "Notes", ""))
                    div.actions {
                        button.btn.primary type="submit" { @if existing.is_none() { "Add person" } @else { "Save" } }
                        @if existing.is_none() && roles.is_empty() && frame.is_admin {
                            span.hint { "Roles and departments are made in " a href="/settings/departments" { "the settings" } "." }
                        }
                    }
                }
            }
        },
    )
}

fn head(person: &Person, title: &str) -> Markup {
    html! { header { h1 { (title) } span.muted { (person.name) } } }
}

/// The working week from a day on.
pub fn work_week_form(frame: &Frame, person: &Person, state: &FormState) -> Response {
    small_form(
        frame,
        person,
        &Small {
            title: "Working week",
            place: "work-weeks",
            button: "Set working week",
        },
        state,
        &html! {
            (ui::field(state, "from", "From", "date", "The day from which it counts; the one before ends there."))
            (ui::field(state, "hours", "Hours a week", "hours", "Spread evenly from Monday to Friday."))
            (weekday_fields(state, "Or the hours of each day", "Fill these in where the days differ; blank is a day off."))
        },
    )
}

/// What somebody can, with a level for each skill.
pub fn skills_form(frame: &Frame, book: &Book, person: &Person, state: &FormState) -> Response {
    let skills = &book.plan.skills;
    let levels: Vec<(String, String)> = SkillLevel::ALL
        .iter()
        .map(|level| (level.number().to_string(), level.label().to_owned()))
        .collect();
    let inside = html! {
        @if skills.is_empty() {
            p.muted {
                "There are no skills to choose from yet."
                @if frame.is_admin { " Make some in " a href="/settings/lists/skills" { "the settings" } "." }
            }
        }
        div.skills {
            @for skill in skills {
                (ui::choice(state, &format!("skill-{}", skill.id), &skill.name, Some("–"), &levels))
            }
        }
    };
    let form = Small {
        title: "Skills",
        place: "skills",
        button: "Save skills",
    };
    small_form(frame, person, &form, state, &inside)
}

/// What a short form about a person is called, where it goes, and what its button says.
struct Small {
    title: &'static str,
    place: &'static str,
    button: &'static str,
}

fn small_form(frame: &Frame, person: &Person, form: &Small, state: &FormState, inside: &Markup) -> Response {
    let PersonId(id) = person.id;
    ui::fragment_or_page(
        frame,
        Place::People,
        &format!("{} of {}", form.title, person.name),
        &html! {
            section.card.narrow {
                (head(person, form.title))
                (ui::errors_summary(state))
                form.form method="post" action=(format!("/people/{id}/{}", form.place)) {
                    (ui::form_key(&frame.form_key))
                    (inside)
                    div.actions { button.btn.primary type="submit" { (form.button) } }
                }
            }
        },
    )
}

/// Hours of a weekday as a form shows them: blank for none.
#[must_use]
pub fn day_hours(minutes: u16) -> String {
    if minutes == 0 {
        String::new()
    } else {
        Minutes(u32::from(minutes)).to_string()
    }
}
