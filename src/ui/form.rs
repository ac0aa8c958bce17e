//! Fields of forms: label, value as typed, hint and fault, told to screen readers too.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use maud::{Markup, html};

use crate::error::{AppError, FieldError};
use crate::units::{Colour, Day};
use crate::web::Fields;

/// What a form shows: the values, as kept or as typed, and what is wrong with them.
#[derive(Clone, Default)]
pub struct FormState {
    /// Values by field.
    pub values: Fields,
    /// Faults.
    pub errors: Vec<FieldError>,
}

impl FormState {
    /// A form with these values and nothing wrong yet.
    #[must_use]
    pub fn with(values: &[(&str, String)]) -> Self {
        let mut fields = Fields::default();
        for (name, value) in values {
            fields.add((*name).to_owned(), value.clone());
        }
        Self {
            values: fields,
            errors: Vec::new(),
        }
    }

    /// The form again as it was typed, with what was wrong.
    #[must_use]
    pub const fn again(values: Fields, errors: Vec<FieldError>) -> Self {
        Self { values, errors }
    }

    fn fault(&self, name: &str) -> Option<&str> {
        self.errors
            .iter()
            .find(|error| error.field == name)
            .map(|error| error.message.as_str())
    }
}

/// A form that was refused, with the status that says so.
pub fn refused(page: impl IntoResponse) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// What was saved, or the form again as it was `typed` where something in it is wrong.
///
/// # Errors
/// Any other error of saving it.
pub fn or_again<T>(saved: Result<T, AppError>, typed: Fields) -> Result<Result<T, FormState>, AppError> {
    match saved {
        Ok(value) => Ok(Ok(value)),
        Err(AppError::Invalid(errors)) => Ok(Err(FormState::again(typed, errors))),
        Err(error) => Err(error),
    }
}

/// The hidden field that every form carries.
#[must_use]
pub fn form_key(key: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(key); }
}

/// All faults at the head of a form, each a link to its field.
#[must_use]
pub fn errors_summary(state: &FormState) -> Markup {
    faults(state, " Nothing was saved yet.")
}

/// The same of a form that only asks something.
#[must_use]
pub fn errors_of_question(state: &FormState) -> Markup {
    faults(state, "")
}

fn faults(state: &FormState, consequence: &str) -> Markup {
    html! {
        @if !state.errors.is_empty() {
            div.errors role="alert" {
                p { strong { "Please check what you entered." } (consequence) }
                ul { @for error in &state.errors { li { a href=(format!("#f-{}", error.field)) { (label_of(&error.field)) } ": " (error.message) } } }
            }
        }
    }
}

/// A field of one line. `kind` is the input's type: `text`, `email`, `date`, `password`, `number`, `hours`.
#[must_use]
pub fn field(state: &FormState, name: &str, label: &str, kind: &str, hint: &str) -> Markup {
    line(state, (name, false), label, kind, hint)
}

/// The same, in which one types at once where `first`: for pages that are about nothing else.
#[must_use]
pub fn first_field(state: &FormState, (name, first): (&str, bool), label: &str, kind: &str) -> Markup {
    line(state, (name, first), label, kind, "")
}

fn line(state: &FormState, (name, first): (&str, bool), label: &str, kind: &str, hint: &str) -> Markup {
    let (kind, mode) = if kind == "hours" {
        ("text", Some("decimal"))
    } else {
        (kind, None)
    };
    let complete = match (kind, name) {
        ("email", _) => "email",
        ("password", "password") => "current-password",
        ("password", _) => "new-password",
        (_, "code") => "one-time-code",
        _ => "off",
    };
    let secret = kind == "password";
    wrapped(
        state,
        name,
        label,
        hint,
        &html! {
            input.field id=(format!("f-{name}")) name=(name) type=(kind) inputmode=[mode] autocomplete=(complete)
                value=[(!secret).then(|| state.values.text(name))] autofocus[first]
                aria-invalid=[state.fault(name).map(|_| "true")] aria-describedby=[described(state, name, hint)];
        },
    )
}

/// A field of several lines.
#[must_use]
pub fn area(state: &FormState, name: &str, label: &str, hint: &str) -> Markup {
    wrapped(
        state,
        name,
        label,
        hint,
        &html! {
            textarea.field id=(format!("f-{name}")) name=(name) rows="4"
                aria-invalid=[state.fault(name).map(|_| "true")] aria-describedby=[described(state, name, hint)] {
                (state.values.text(name))
            }
        },
    )
}

/// A choice from a list of values and labels. `none` is the label of no choice, where that is one.
#[must_use]
pub fn choice(
    state: &FormState,
    name: &str,
    label: &str,
    none: Option<&str>,
    options: &[(String, String)],
) -> Markup {
    explained_choice(state, (name, label), none, options, "")
}

/// The same with a hint below it.
#[must_use]
pub fn explained_choice(
    state: &FormState,
    (name, label): (&str, &str),
    none: Option<&str>,
    options: &[(String, String)],
    hint: &str,
) -> Markup {
    let chosen = state.values.text(name);
    wrapped(
        state,
        name,
        label,
        hint,
        &html! {
            select.field id=(format!("f-{name}")) name=(name) aria-invalid=[state.fault(name).map(|_| "true")]
                aria-describedby=[described(state, name, hint)] {
                @if let Some(none) = none { option value="" selected[chosen.is_empty()] { (none) } }
                @for (value, text) in options { option value=(value) selected[value == chosen] { (text) } }
            }
        },
    )
}

/// By what a list is narrowed down; nothing where there is nothing to choose from.
#[must_use]
pub fn filter_choice(name: &str, label: &str, options: &[(i64, String)], chosen: Option<i64>) -> Markup {
    html! {
        @if !options.is_empty() {
            label {
                span { (label) }
                select.field name=(name) {
                    option value="" { "All" }
                    @for (id, text) in options { option value=(id) selected[chosen == Some(*id)] { (text) } }
                }
            }
        }
    }
}

/// A box to tick.
#[must_use]
pub fn check(state: &FormState, name: &str, label: &str) -> Markup {
    let on = matches!(state.values.text(name), "on" | "true" | "yes" | "1");
    html! {
        label.check { input type="checkbox" name=(name) value="on" checked[on]; (label) }
    }
}

/// The twelve colours.
#[must_use]
pub fn colour_picker(state: &FormState, name: &str, label: &str) -> Markup {
    let chosen = state.values.text(name);
    html! {
        fieldset.swatches {
            legend { (label) }
            @for colour in Colour::all() {
                label title=(colour.name()) {
                    input.(colour.class()) type="radio" name=(name) value=(colour.name()) checked[colour.name() == chosen] aria-label=(colour.name());
                }
            }
        }
    }
}

fn wrapped(state: &FormState, name: &str, label: &str, hint: &str, input: &Markup) -> Markup {
    html! {
        div.form-row {
            label for=(format!("f-{name}")) { (label) }
            (input)
            @if !hint.is_empty() { p.hint id=(format!("h-{name}")) { (hint) } }
            @if let Some(fault) = state.fault(name) { p.error id=(format!("e-{name}")) { (fault) } }
        }
    }
}

fn described(state: &FormState, name: &str, hint: &str) -> Option<String> {
    let fault = state.fault(name).map(|_| format!("e-{name}"));
    let hint = (!hint.is_empty()).then(|| format!("h-{name}"));
    let ids: Vec<String> = fault.into_iter().chain(hint).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// How people call a field: `new-password` → `Password`, `countsAs` → `Counts as`, `week-2026-11-16` → `16 Nov`.
fn label_of(field: &str) -> String {
    if let Some(day) = field
        .strip_prefix("week-")
        .and_then(|text| text.parse::<Day>().ok())
    {
        return day.short();
    }
    match field {
        "email" => "E-mail".to_owned(),
        "access" => "Level".to_owned(),
        "demand" => "Asked of".to_owned(),
        "scope" => "Allowed to".to_owned(),
        "person" => "Person in the plan".to_owned(),
        "new-password" => "Password".to_owned(),
        "start" | "first" => "First day".to_owned(),
        "last" | "end" => "Last day".to_owned(),
        "typed" => "Its name".to_owned(),
        "cron" => "When".to_owned(),
        "zone" => "Time zone".to_owned(),
        "misfire" => "Missed moments".to_owned(),
        _ => {
            let mut label = String::new();
            for letter in field.chars() {
                match letter {
                    '-' | '_' => label.push(' '),
                    _ if label.is_empty() => label.extend(letter.to_uppercase()),
                    _ if letter.is_uppercase() => {
                        label.push(' ');
                        label.extend(letter.to_lowercase());
                    }
                    _ => label.push(letter),
                }
            }
            label
        }
    }
}
