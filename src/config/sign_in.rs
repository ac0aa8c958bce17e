//! How people sign in.

use super::checker::Checker;
use super::table::Setting;

pub(super) const SETTINGS: &[Setting] = &[];

/// How people sign in.
#[derive(Clone)]
pub struct SignIn {}

impl SignIn {
    pub(super) fn read(_check: &mut Checker<'_>) -> Self {
        Self {}
    }
}
