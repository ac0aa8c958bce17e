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

use super::visitor::Visitor;
use crate::error::AppError;
use crate::web::{Fields, is_json, key_in, must_be_keyed};

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
        let shown = key_in(request.headers()).map(str::to_owned);
        let is_json = is_json(request.headers());
        let fields = Fields::from_request(request, state).await?;
        // No page of another site can make a browser send JSON, or what a program shows.
        if !is_json && !visitor.by.is_program() {
            must_be_keyed(shown.as_deref(), &fields, &visitor.form_key)?;
        }
        Ok(Self(fields))
    }
}
