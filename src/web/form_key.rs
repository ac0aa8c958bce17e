//! The key of forms: a page of ours carries it back, and a page of another site does not know it.

use http::HeaderMap;
use subtle::ConstantTimeEq as _;

use super::Fields;
use crate::error::AppError;

/// The name of the field that carries it.
pub const FORM_KEY: &str = "csrf";
/// What is told where it is not the one of whoever sends the form.
pub const OUT_OF_DATE: AppError =
    AppError::Forbidden("This form is out of date. Go back, reload the page, and send it again.");

/// Whether `sent` is the key `own`, looked at for as long whatever it is.
#[must_use]
pub fn is_key(sent: &[u8], own: &str) -> bool {
    bool::from(sent.ct_eq(own.as_bytes()))
}

/// The key that stands in a header, where a script sent the form.
#[must_use]
pub fn key_in(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-csrf-token").and_then(|value| value.to_str().ok())
}

/// Refuses a form that carries another key than `own`.
///
/// * `shown`: the key in its header, which goes before the one among its fields.
///
/// # Errors
/// `Forbidden`, with what to do.
pub fn must_be_keyed(shown: Option<&str>, fields: &Fields, own: &str) -> Result<(), AppError> {
    let sent = shown.unwrap_or_else(|| fields.text(FORM_KEY));
    if is_key(sent.as_bytes(), own) {
        Ok(())
    } else {
        Err(OUT_OF_DATE)
    }
}
