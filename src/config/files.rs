//! Files that people add.

use super::checker::Checker;
use super::table::Setting;

pub(super) const SETTINGS: &[Setting] = &[Setting::open(
    "UPLOAD_MAX_BYTES",
    "52428800",
    "The largest file that may be put to a project or a person, in bytes, from 65536 to 1073741824.",
)];

pub(super) fn read(check: &mut Checker<'_>) -> u64 {
    check.number("UPLOAD_MAX_BYTES", 65_536, 1_073_741_824)
}
