//! How programs sign in.

use super::checker::Checker;
use super::table::Setting;

pub(super) const SETTINGS: &[Setting] = &[];

/// How programs sign in.
#[derive(Clone)]
pub struct Programs {}

impl Programs {
    pub(super) fn read(_check: &mut Checker<'_>) -> Self {
        Self {}
    }
}
