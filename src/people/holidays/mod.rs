//! Public holidays that come again: by country, each year on a day, by Easter, on a weekday; and from iCalendar files.

mod rules;
mod store;

pub use rules::countries::{Country, countries};
pub use rules::ics::{self, Comparison, MOST_BYTES as MOST_ICS_BYTES};
pub use rules::{HolidayRule, RuleDraft, days_of, read_rules};
pub use store::{HOLIDAY_RULE, add_rules, days_by_calendar, remove_rule, rules};
