//! Reads texts into what they must be, and collects what is wrong.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::sources::Sources;
use crate::secret::Secret;

pub(super) struct Checker<'a> {
    pub sources: &'a Sources,
    pub faults: &'a mut Vec<String>,
}

impl Checker<'_> {
    pub fn parsed<T: std::str::FromStr>(&mut self, name: &str, expected: &str, otherwise: T) -> T {
        self.sources.text(name).parse().unwrap_or_else(|_| {
            self.faults.push(format!("{name} must be {expected}"));
            otherwise
        })
    }

    pub fn one_of<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> T {
        let text = self.sources.text(name).to_lowercase();
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let words: Vec<&str> = choices
            .iter()
            .map(|(word, _)| if word.is_empty() { "blank" } else { word })
            .collect();
        self.faults
            .push(format!("{name} must be one of: {}", words.join(", ")));
        #[expect(clippy::indexing_slicing, reason = "every caller lists at least one choice")]
        choices[0].1
    }

    pub fn number(&mut self, name: &str, least: u64, most: u64) -> u64 {
        let number = self
            .sources
            .text(name)
            .parse()
            .ok()
            .filter(|number| (least..=most).contains(number));
        number.unwrap_or_else(|| {
            self.faults
                .push(format!("{name} must be a whole number from {least} to {most}"));
            least
        })
    }

    pub fn seconds(&mut self, name: &str, least: u64, most: u64) -> Duration {
        Duration::from_secs(self.number(name, least, most))
    }

    pub fn time_zone(&mut self) -> TimeZone {
        let name = self.sources.text("TIME_ZONE");
        if name.is_empty() {
            return TimeZone::system();
        }
        TimeZone::get(name).unwrap_or_else(|_| {
            self.faults
                .push("TIME_ZONE must be the name of a time zone, such as Europe/Lisbon".to_owned());
            TimeZone::UTC
        })
    }

    /// Notes a fault, as one sentence that begins with the setting's name.
    pub fn fault(&mut self, fault: impl Into<String>) {
        self.faults.push(fault.into());
    }

    /// A text, none where it is blank.
    pub fn text(&self, name: &str) -> Option<String> {
        let text = self.sources.text(name);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A secret, none where it is blank.
    pub fn secret(&self, name: &str) -> Option<Secret> {
        let text = self.sources.text(name);
        (!text.is_empty()).then(|| Secret::from(text.to_owned()))
    }

    /// Whether it is true.
    pub fn flag(&mut self, name: &str) -> bool {
        self.one_of(
            name,
            &[("true", true), ("false", false), ("1", true), ("0", false)],
        )
    }

    /// Whether this is the real thing.
    pub fn production(&self) -> bool {
        self.sources
            .text("ENVIRONMENT")
            .eq_ignore_ascii_case("production")
    }

    /// The parts of a list, between commas or spaces.
    pub fn list(&self, name: &str) -> Vec<String> {
        let parts = self.sources.text(name).split([',', ' ', '\n']);
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }
}
