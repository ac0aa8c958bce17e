//! Where settings come from: `.env`, the environment, files that it names, and the command line.

use std::collections::BTreeMap;
use std::path::Path;

use super::table::{all, find};
use crate::secret::Secret;

/// The settings as texts, with their names, and what to warn about.
#[derive(Clone, Default)]
pub struct Sources {
    values: BTreeMap<&'static str, Given>,
    /// One sentence each.
    pub warnings: Vec<String>,
    pub(super) faults: Vec<String>,
}

/// What somebody gave for a setting.
#[derive(Clone)]
struct Given {
    text: Secret,
    /// From how near: a line of `.env` gives way to the environment, and that to the command line.
    rank: Rank,
    /// Whether it came out of a file that `NAME_FILE` names.
    from_named_file: bool,
}

/// For how long finished answers stay in memory; the second one goes before the first.
pub const CACHES: [&str; 2] = ["AGGREGATE_CACHE_TTL", "DASHBOARD_CACHE_TTL"];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    EnvFile,
    Environment,
    CommandLine,
}

impl Sources {
    /// What an environment alone says.
    #[cfg(test)]
    pub fn environment(pairs: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self::read(Path::new("/nonexistent"), pairs.iter().map(owned), &[])
    }

    /// Reads `.env` in `directory`, then the environment above it, then what the command line gave above that.
    ///
    /// `NAME_FILE` stands for a file that holds the value of `NAME`.
    #[must_use]
    pub fn read(
        directory: &Path,
        environment: impl Iterator<Item = (String, String)>,
        given: &[(String, String)],
    ) -> Self {
        let mut sources = Self::default();
        if let Ok(text) = std::fs::read_to_string(directory.join(".env")) {
            for (name, value) in lines_of_env(&text) {
                sources.take(&name, value, Rank::EnvFile);
            }
        }
        for (name, value) in environment {
            sources.take(&name, value, Rank::Environment);
        }
        for (name, value) in given {
            sources.take(name, value.clone(), Rank::CommandLine);
        }
        for name in CACHES {
            sources.bring_within(name, 15, 60);
        }
        sources
    }

    /// Takes the nearest number that may be, and warns of it: what was set for another program is no reason not to start.
    fn bring_within(&mut self, name: &'static str, least: u64, most: u64) {
        let Ok(number) = self.text(name).parse::<u64>() else {
            return;
        };
        let taken = number.clamp(least, most);
        if let Some(given) = self.values.get_mut(name).filter(|_| taken != number) {
            given.text = Secret::from(taken.to_string());
            self.warnings
                .push(format!("{name} is {taken}: it lies between {least} and {most}"));
        }
    }

    fn take(&mut self, name: &str, value: String, rank: Rank) {
        if let Some(setting) = find(name) {
            self.keep(setting.name, value, rank, false);
            return;
        }
        if let Some(setting) = name.strip_suffix("_FILE").and_then(find) {
            match std::fs::read_to_string(&value) {
                Ok(text) => {
                    let text = text.strip_suffix('\n').unwrap_or(&text);
                    self.keep(setting.name, text.to_owned(), rank, true);
                }
                Err(error) => self
                    .faults
                    .push(format!("{name}: the file cannot be read: {error}")),
            }
            return;
        }
        // The environment holds much that is not ours; only what looks like a slip of ours is worth a word.
        let nearest = all().min_by_key(|setting| strsim::levenshtein(setting.name, name));
        if let Some(nearest) = nearest
            && (rank == Rank::EnvFile || strsim::levenshtein(nearest.name, name) <= 2)
        {
            self.warnings.push(format!(
                "{name} is not a setting of Ballast; did you mean {}?",
                nearest.name
            ));
        }
    }

    /// Keeps the nearer of two values. A value and a file for it from the same place leave open which is meant.
    fn keep(&mut self, name: &'static str, text: String, rank: Rank, from_named_file: bool) {
        let before = self.values.get(name);
        if before.is_some_and(|before| before.rank == rank && before.from_named_file != from_named_file) {
            self.faults
                .push(format!("{name} and {name}_FILE are both set; keep one of them"));
        }
        if before.is_none_or(|before| before.rank <= rank) {
            let text = Secret::from(text);
            self.values.insert(
                name,
                Given {
                    text,
                    rank,
                    from_named_file,
                },
            );
        }
    }

    /// Whether somebody set this, and not to nothing: such a setting cannot be changed in the browser.
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        !self.text(name).is_empty() && self.values.contains_key(name)
    }

    /// What this setting is, without the spaces around it.
    pub(super) fn text(&self, name: &str) -> &str {
        let default = find(name).map_or("", |setting| setting.default);
        self.values
            .get(name)
            .map_or(default, |given| given.text.expose().trim())
    }

    /// The settings that are not what they were in `before`.
    pub(super) fn differing(&self, before: &Self) -> Vec<&'static str> {
        let differs = |name: &&str| self.text(name) != before.text(name);
        let mut names: Vec<&'static str> = all().map(|setting| setting.name).filter(differs).collect();
        names.sort_unstable();
        names
    }

    /// Each setting with its value, for `config dump`. A secret is told as set or blank.
    pub fn effective(&self) -> impl Iterator<Item = (&'static str, &str)> {
        all().map(|setting| {
            let text = self.text(setting.name);
            let hidden = setting.secret && !text.is_empty();
            (setting.name, if hidden { "(set)" } else { text })
        })
    }
}

fn lines_of_env(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.lines().filter_map(|line| {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
        let value = value.trim();
        let bare = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .or_else(|| value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')));
        Some((name.trim().to_owned(), bare.unwrap_or(value).to_owned()))
    })
}
