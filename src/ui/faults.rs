//! What a visitor reads when something was not done.

use maud::{Markup, html};

use super::{Frame, Place, bare_page, icon, page};
use crate::error::AppError;

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
