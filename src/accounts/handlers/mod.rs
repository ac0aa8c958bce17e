//! Signing in and out, the first account, and who else may come in.

mod account;
mod accounts;
mod setup;
mod sign_in;

pub(in crate::accounts) use account::find;
pub(crate) use account::{change_account, end_sessions, reset_second_step, show_account};
pub(crate) use accounts::{add_account, list_accounts, new_account};
pub(in crate::accounts) use accounts::{
    apply, change, email_taken, link, make, person_is_free, read_person, require_admin,
};
pub use setup::make_setup_link;
pub(crate) use setup::{set_up, show_setup};
pub(crate) use sign_in::{
    send_again, show_code, show_password, show_sign_in, sign_in, sign_in_to_demo, sign_out, take_code,
};

use axum::extract::{FromRequest, Request};
use http::header;
use subtle::ConstantTimeEq;

use super::visitor::Visitor;
use crate::error::AppError;
use crate::web::Fields;
use crate::web::form::FORM_KEY;

/// The fields of a form that a signed-in visitor sent, with the form key checked; or a JSON object, which a form of another
/// site cannot send.
pub struct KeyedForm(pub Fields);

impl<S: Send + Sync> FromRequest<S> for KeyedForm {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let visitor = request
            .extensions()
            .get::<Visitor>()
            .cloned()
            .ok_or(AppError::SignedOut)?;
        let sent = request
            .headers()
            .get("x-csrf-token")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let is_json = kind.starts_with("application/json");
        let fields = Fields::from_request(request, state).await?;
        let key = sent.unwrap_or_else(|| fields.text(FORM_KEY).to_owned());
        // No page of another site can make a browser send what a program shows.
        if is_json || visitor.by.is_program() || bool::from(key.as_bytes().ct_eq(visitor.form_key.as_bytes()))
        {
            return Ok(Self(fields));
        }
        Err(AppError::Forbidden(
            "This form is out of date. Go back, reload the page, and send it again.",
        ))
    }
}
