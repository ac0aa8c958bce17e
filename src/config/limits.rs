//! How often somebody may ask.

use super::checker::Checker;
use super::table::Setting;
use crate::web::edge::{Limits, Rate};

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "RATE_LIMIT_API_PER_SECOND",
        "10",
        "Requests a second under /api, for each account of programs and each address of strangers, from 1 to 100000.",
    ),
    Setting::open(
        "RATE_LIMIT_API_BURST",
        "20",
        "How many more at once, from 0 to 100000.",
    ),
    Setting::open(
        "RATE_LIMIT_GRAPHQL_BURST",
        "50",
        "How many more at once under /graphql, which shares the rate of /api.",
    ),
    Setting::open(
        "RATE_LIMIT_PAGE_PER_SECOND",
        "50",
        "Requests a second of pages and of what they ask by themselves, for each account and each address of strangers.",
    ),
    Setting::open("RATE_LIMIT_PAGE_BURST", "300", "How many more at once."),
    Setting::open(
        "RATE_LIMIT_REPORT_PER_SECOND",
        "1",
        "Reports of browsers a second, for each address.",
    ),
    Setting::open("RATE_LIMIT_REPORT_BURST", "20", "How many more at once."),
];

const MOST: u64 = 100_000;

pub(super) fn read(check: &mut Checker<'_>) -> Limits {
    let mut number = |name: &str, least| u32::try_from(check.number(name, least, MOST)).unwrap_or(u32::MAX);
    let api = Rate::new(
        number("RATE_LIMIT_API_PER_SECOND", 1),
        number("RATE_LIMIT_API_BURST", 0),
    );
    Limits {
        api,
        graphql_burst: number("RATE_LIMIT_GRAPHQL_BURST", 0),
        pages: Rate::new(
            number("RATE_LIMIT_PAGE_PER_SECOND", 1),
            number("RATE_LIMIT_PAGE_BURST", 0),
        ),
        reports: Rate::new(
            number("RATE_LIMIT_REPORT_PER_SECOND", 1),
            number("RATE_LIMIT_REPORT_BURST", 0),
        ),
    }
}
