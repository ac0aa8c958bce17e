//! How letters leave.

use super::checker::Checker;
use super::table::Setting;

pub(super) const SETTINGS: &[Setting] = &[];

/// How letters leave.
#[derive(Clone)]
pub struct Mail {}

impl Mail {
    pub(super) fn read(_check: &mut Checker<'_>) -> Self {
        Self {}
    }
}
