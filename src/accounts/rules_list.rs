//! Which accounts somebody looks for, and what is said of one that changes.

use super::rules::{Access, AccountChange, Link};
use crate::units::fold;
use crate::web::Fields;

/// What is different about an account, in a few words for the audit: none of them a secret.
#[must_use]
pub fn changes(email: &str, before: (Access, bool), change: &AccountChange, new_key: bool) -> String {
    let mut words = vec![email.to_owned()];
    if let Some(new) = change.email.as_deref().filter(|new| *new != email) {
        words.push(format!("now {new}"));
    }
    if let Some(access) = change.access.filter(|access| *access != before.0) {
        words.push(format!("{} instead of {}", access.as_str(), before.0.as_str()));
    }
    match change.active.filter(|active| *active != before.1) {
        Some(true) => words.push("switched on".to_owned()),
        Some(false) => words.push("switched off".to_owned()),
        None => {}
    }
    if change.name.is_some() {
        words.push("named".to_owned());
    }
    if change.person != Link::Stays {
        words.push("linked".to_owned());
    }
    if new_key {
        words.push("new passphrase".to_owned());
    }
    words.join(", ")
}

/// Which accounts somebody looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountsQuery {
    /// Words that must all stand in the name, the address or the person's name.
    pub text: String,
    /// With this level.
    pub access: Option<Access>,
    /// In this state.
    pub show: Show,
}

/// In which state accounts are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// Any.
    #[default]
    All,
    /// They may sign in.
    Active,
    /// They were switched off.
    Off,
    /// Nobody ever came in with them.
    Never,
}

impl Show {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::All, Self::Active, Self::Off, Self::Never];

    /// As the address says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Active => "active",
            Self::Off => "off",
            Self::Never => "never",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Active => "May sign in",
            Self::Off => "Switched off",
            Self::Never => "Never signed in",
        }
    }
}

impl AccountsQuery {
    /// Reads an address; what cannot be read asks for nothing.
    #[must_use]
    pub fn read(fields: &Fields) -> Self {
        let show = fields.text("show");
        Self {
            text: fields.text("q").trim().chars().take(200).collect(),
            access: fields.text("access").parse().ok(),
            show: Show::ALL
                .into_iter()
                .find(|one| one.as_str() == show)
                .unwrap_or_default(),
        }
    }

    /// Whether an account is one of those.
    ///
    /// * `texts`: its name, its address, and the name of its person.
    #[must_use]
    pub fn finds(&self, texts: &[&str], access: Access, active: bool, was_here: bool) -> bool {
        let all = fold(&texts.join(" "));
        let state = match self.show {
            Show::All => true,
            Show::Active => active,
            Show::Off => !active,
            Show::Never => !was_here,
        };
        state
            && self.access.is_none_or(|wanted| wanted == access)
            && self.text.split_whitespace().all(|word| all.contains(&fold(word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_by_words_level_and_state() {
        let find = |query: &str, active: bool, was_here: bool| {
            AccountsQuery::read(&Fields::from_query(Some(query))).finds(
                &["Åsa Sato", "asa@example.org", "Åsa S."],
                Access::Manager,
                active,
                was_here,
            )
        };
        for query in [
            "",
            "q=sato+example",
            "access=manager",
            "show=active",
            "show=nonsense",
        ] {
            assert!(find(query, true, true), "{query}");
        }
        for query in ["q=sato+bo", "access=admin", "show=off", "show=never"] {
            assert!(!find(query, true, true), "{query}");
        }
        assert!(find("show=off&q=åsa", false, true) && find("show=never", true, false));
    }
}
