//! The identity provider that the environment names.

use super::checker::Checker;
use super::table::Setting;

pub(super) const SETTINGS: &[Setting] = &[];

/// The identity provider that the environment names.
#[derive(Clone)]
pub struct Oidc {}

impl Oidc {
    pub(super) fn read(_check: &mut Checker<'_>) -> Self {
        Self {}
    }
}
