//! What stands between the world and the pages: proxies, hosts, origins, headers and limits.

use super::checker::Checker;
use super::table::Setting;

pub(super) const SETTINGS: &[Setting] = &[];

/// What stands between the world and the pages: proxies, hosts, origins, headers and limits.
#[derive(Clone)]
pub struct Edge {}

impl Edge {
    pub(super) fn read(_check: &mut Checker<'_>) -> Self {
        Self {}
    }
}
