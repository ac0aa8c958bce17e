//! How many backups stay.

use super::checker::Checker;
use super::table::Setting;
use crate::backup::Keep;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "BACKUP_KEEP_DAILY",
        "7",
        "Of how many days the newest backup is kept, from 1 to 366. One is made every night; the page of jobs says when.",
    ),
    Setting::open(
        "BACKUP_KEEP_WEEKLY",
        "4",
        "Of how many weeks besides, from 0 to 520.",
    ),
    Setting::open(
        "BACKUP_KEEP_MONTHLY",
        "12",
        "Of how many months besides, from 0 to 240.",
    ),
];

pub(super) fn read(check: &mut Checker<'_>) -> Keep {
    let mut number = |name, least, most| usize::try_from(check.number(name, least, most)).unwrap_or(1);
    Keep {
        daily: number("BACKUP_KEEP_DAILY", 1, 366),
        weekly: number("BACKUP_KEEP_WEEKLY", 0, 520),
        monthly: number("BACKUP_KEEP_MONTHLY", 0, 240),
    }
}
