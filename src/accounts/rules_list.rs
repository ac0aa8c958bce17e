//! Which accounts somebody looks for, and what is said of one that changes.

use super::rules::{Access, AccountChange};
use super::store::Account;
use crate::units::fold;
use crate::web::Fields;

/// What is different about an account, in a few words for the audit: none of them a secret. Nothing where all stays.
#[must_use]
pub fn changes(before: &Account, change: &AccountChange, new_password: bool) -> Option<String> {
    let mut words = vec![before.email.clone()];
    if let Some(new) = change.email.as_deref().filter(|new| *new != before.email) {
        words.push(format!("now {new}"));
    }
    if let Some(access) = change.access.filter(|access| *access != before.access) {
        words.push(format!(
            "{} instead of {}",
            access.as_str(),
            before.access.as_str()
        ));
    }
    match change.active.filter(|active| *active != before.active) {
        Some(true) => words.push("switched on".to_owned()),
        Some(false) => words.push("switched off".to_owned()),
        None => {}
    }
    if change.name.as_deref().is_some_and(|name| name != before.name) {
        words.push("another name".to_owned());
    }
    if change.person.after(before.person) != before.person {
        words.push("another person".to_owned());
    }
    if new_password {
        words.push("new password".to_owned());
    }
    (words.len() > 1).then(|| words.join(", "))
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
    use super::super::rules::Link;
    use super::*;
    use crate::units::ids::{AccountId, PersonId};

    #[test]
    fn only_what_is_different_is_told() {
        let before = Account {
            id: AccountId(3),
            email: "asa@example.org".to_owned(),
            name: "Åsa Sato".to_owned(),
            access: Access::Member,
            active: true,
            person: Some(PersonId(7)),
        };
        // A form sends everything, whether or not somebody touched it.
        let same = AccountChange {
            email: Some(before.email.clone()),
            name: Some(before.name.clone()),
            access: Some(before.access),
            active: Some(true),
            person: Link::To(PersonId(7)),
        };
        assert_eq!(changes(&before, &same, false), None);
        let told = |change: &AccountChange, password| changes(&before, change, password).unwrap();
        assert_eq!(told(&same, true), "asa@example.org, new password");
        let other = AccountChange {
            name: Some("Åsa".to_owned()),
            access: Some(Access::Viewer),
            person: Link::ByAddress,
            ..same
        };
        assert_eq!(
            told(&other, false),
            "asa@example.org, viewer instead of member, another name, another person"
        );
    }

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
