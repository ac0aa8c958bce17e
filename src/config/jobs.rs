//! Work in the background.

use super::table::Setting;

pub(super) const SETTINGS: &[Setting] = &[Setting::open(
    "WORKERS",
    "2",
    "How many jobs are worked on at once, from 1 to 16.",
)];
