//! What is asked of the audit, and how long it is kept.

use crate::accounts::audit::What;
use crate::units::Day;
use crate::web::{Fields, Reader};

/// Days that a row is kept.
pub const KEPT_DAYS: i64 = 400;
/// Rows that are kept at most of what people of the house did.
pub const KEPT_ROWS: i64 = 200_000;
/// Rows that are kept at most of what strangers brought about by knocking. Apart, so that no storm of refused sign-ins washes
/// out what was done.
pub const KEPT_KNOCKS: i64 = 50_000;
/// How often it is looked whether there are too many, in rows.
pub const TRIMMED_EVERY: i64 = 256;
/// Rows on a page.
pub const PAGE: u32 = 100;

/// What somebody looks for. Blank parts ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Part of a name or an address of who did it, or stood behind it, or of what it was about.
    pub who: String,
    /// What happened.
    pub what: Option<What>,
    /// From this day on.
    pub from: Option<Day>,
    /// Up to this day, which is included.
    pub until: Option<Day>,
    /// How the address of their machine begins.
    pub address: String,
    /// Only what was written down before this row.
    pub before: Option<i64>,
}

impl AuditQuery {
    /// Reads an address. What cannot be read asks for nothing: a page to look at refuses nobody.
    #[must_use]
    pub fn read(fields: &Fields) -> Self {
        let mut reader = Reader::new(fields);
        let what = fields.text("what");
        Self {
            who: cut(fields.text("who")),
            what: What::ALL.iter().copied().find(|one| one.as_str() == what),
            from: reader.day("from"),
            until: reader.day("until"),
            address: cut(fields.text("address")),
            before: fields.text("before").parse().ok(),
        }
    }

    /// Whether anything narrows it down.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        let all = Self {
            before: self.before,
            ..Self::default()
        };
        *self != all
    }

    /// As an address, for the next page and for the file.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        let what = self.what.map_or("", What::as_str);
        let mut all = vec![
            ("who", self.who.clone()),
            ("what", what.to_owned()),
            ("from", day(self.from)),
            ("until", day(self.until)),
            ("address", self.address.clone()),
        ];
        all.retain(|(_, value)| !value.is_empty());
        all
    }
}

fn cut(text: &str) -> String {
    text.trim().chars().take(254).collect()
}

/// A text as a pattern that finds it anywhere, whatever it holds: `50%` → `%50\%%`.
#[must_use]
pub fn pattern(text: &str) -> String {
    format!("%{}%", escaped(text))
}

/// A text as a pattern that finds it at the beginning.
#[must_use]
pub fn prefix(text: &str) -> String {
    format!("{}%", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_looked_for_as_it_stands() {
        assert_eq!(pattern("50%_\\A"), "%50\\%\\_\\\\a%");
        assert_eq!(prefix("203.0"), "203.0%");
    }

    #[test]
    fn an_address_that_cannot_be_read_asks_for_everything() {
        let fields = Fields::from_query(Some("what=nonsense&from=yesterday&before=x"));
        assert!(!AuditQuery::read(&fields).is_narrow());
    }

    #[test]
    fn a_query_reads_what_it_wrote() {
        let fields = Fields::from_query(Some(
            "who=ada&what=signed+in&from=2026-11-01&until=2026-11-18&address=203.&before=9",
        ));
        let query = AuditQuery::read(&fields);
        let mut again = Fields::default();
        for (name, value) in query.pairs() {
            again.add(name.to_owned(), value);
        }
        let first_page = AuditQuery {
            before: None,
            ..query
        };
        assert_eq!(AuditQuery::read(&again), first_page);
        assert!(first_page.is_narrow());
    }
}
