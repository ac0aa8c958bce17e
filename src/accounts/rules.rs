//! What is true of accounts.

use crate::units::ids::PersonId;
use crate::units::{Name, folded_domain};
use crate::web::Reader;

/// What somebody may do; each level may do all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Access {
    /// Sees the plan.
    #[default]
    Viewer,
    /// Also takes part: poker, their own time off.
    Member,
    /// Also changes the plan.
    Manager,
    /// Also changes settings and accounts.
    Admin,
}

impl Access {
    /// All levels, rising.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Member, Self::Manager, Self::Admin];

    /// As the database, JSON and the command line write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    /// What it allows, for people who choose one.
    #[must_use]
    pub const fn explained(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer: sees the plan",
            Self::Member => "Member: sees the plan and takes part",
            Self::Manager => "Manager: changes the plan",
            Self::Admin => "Administrator: also settings and accounts",
        }
    }
}

impl std::str::FromStr for Access {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or("must be viewer, member, manager or admin")
    }
}

/// An account as somebody wants it.
#[derive(Clone, Debug, Default)]
pub struct AccountDraft {
    /// Folded.
    pub email: String,
    /// How the history calls them.
    pub name: String,
    /// What they may do.
    pub access: Access,
}

impl AccountDraft {
    /// Reads `email`, `name` and `access`.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let email = reader.parsed("email", fold_email);
        let typed = reader.fields().text("name");
        let name = if typed.trim().is_empty() {
            name_from(&email)
        } else {
            reader.name("name")
        };
        let access = reader
            .required("access", "must be viewer, member, manager or admin")
            .unwrap_or_default();
        Self { email, name, access }
    }
}

/// What somebody wants to be different about an account; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// Folded.
    pub email: Option<String>,
    /// How the history calls them.
    pub name: Option<String>,
    /// What they may do.
    pub access: Option<Access>,
    /// Whether they may sign in.
    pub active: Option<bool>,
    /// Whose weeks are theirs.
    pub person: Link,
}

/// Whose weeks are to be somebody's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Whose they are now.
    #[default]
    Stays,
    /// Those of the person with their address.
    ByAddress,
    /// Those of this person.
    To(PersonId),
}

impl Link {
    /// To this person, or by the address where none is named.
    #[must_use]
    pub fn of(person: Option<PersonId>) -> Self {
        person.map_or(Self::ByAddress, Self::To)
    }

    /// The person that an account is linked to afterwards.
    #[must_use]
    pub const fn after(self, before: Option<PersonId>) -> Option<PersonId> {
        match self {
            Self::Stays => before,
            Self::ByAddress => None,
            Self::To(person) => Some(person),
        }
    }
}

impl AccountChange {
    /// Reads those of `email`, `name`, `access`, `active` and `person` that were sent.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let sent = reader.fields();
        let access = sent.has("access").then(|| {
            reader
                .required("access", "must be viewer, member, manager or admin")
                .unwrap_or_default()
        });
        Self {
            email: sent.has("email").then(|| reader.parsed("email", fold_email)),
            name: sent.has("name").then(|| reader.name("name")),
            access,
            active: sent.has("active").then(|| {
                reader
                    .required("active", "must be true or false")
                    .unwrap_or_default()
            }),
            person: if sent.has("person") {
                Link::of(reader.id("person"))
            } else {
                Link::Stays
            },
        }
    }
}

/// An address in the form in which accounts are compared, and to which letters go: lower case, its domain in ASCII. So an address
/// that only looks like another is another, and one that means the same is the same.
///
/// # Errors
/// A sentence where it is no address: one `@` between something and a domain with a dot, at most 254 characters, no spaces.
pub fn fold_email(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "must be an e-mail address, such as name@example.org";
    let (local, domain) = text.trim().split_once('@').ok_or(WRONG)?;
    let local = local.to_lowercase();
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[]\\:\",;@".contains(c);
    let fits = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && !local.contains(odd);
    let email = format!("{local}@{}", folded_domain(domain).ok_or(WRONG)?);
    if fits && email.len() <= 254 {
        Ok(email)
    } else {
        Err(WRONG)
    }
}

/// `amara.osei@example.org` → `Amara Osei`.
pub fn name_from(email: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
    let words: Vec<String> = local
        .split(['.', '_', '-', '+'])
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect();
    Name::parse(&words.join(" ")).map_or_else(|_| email.to_owned(), String::from)
}

/// What is wrong with a new password, if anything: 12 to 256 characters, and not one that everybody tries first.
pub fn password_fault(password: &str, email: &str) -> Option<&'static str> {
    let length = password.chars().count();
    let lower = password.to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    let distinct = lower.chars().collect::<std::collections::BTreeSet<_>>().len();
    if length < 12 {
        Some("must have at least 12 characters; a few words in a row are easy to keep")
    } else if length > 256 {
        Some("must have at most 256 characters")
    } else if distinct < 5
        || COMMON.iter().any(|common| lower.contains(common) && length < 16)
        || is_common(&lower)
    {
        Some("is one that others try first; choose another")
    } else if local.len() >= 4 && lower.contains(local) {
        Some("must not hold your address")
    } else {
        None
    }
}

/// What nearly every list of broken passwords begins with; a short password that holds one of these is another of them.
const COMMON: [&str; 12] = [
    "password", "passwort", "123456", "qwerty", "letmein", "welcome", "admin", "iloveyou", "abc123",
    "ballast", "monkey", "dragon",
];

/// More of what those lists are made of, one word after the other.
const WORDS: &str = include_str!("common.txt");

/// Whether a password is one of those words, or several in a row, with the usual figures in place of letters and with numbers
/// and signs around it: `P4ssw0rd!2026`, `qwertyqwerty12`, `summersummer1`.
fn is_common(lower: &str) -> bool {
    let spelled: String = lower
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect();
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphabetic()).to_owned();
    // Numbers around a word are not letters of it, so they go before figures are read as letters, and after.
    let forms = [lower.to_owned(), bare(lower), spelled.clone(), bare(&spelled)];
    forms.iter().any(|form| !form.is_empty() && is_of_words(form, 3))
}

/// Whether a text is one word of the list after the other, `most` at most.
fn is_of_words(text: &str, most: u8) -> bool {
    text.is_empty()
        || most > 0
            && WORDS
                .split_whitespace()
                .filter_map(|word| text.strip_prefix(word))
                .any(|rest| is_of_words(rest, most - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_folded_and_odd_ones_refused() {
        assert_eq!(
            fold_email(" Amara.Osei@Example.ORG "),
            Ok("amara.osei@example.org".to_owned())
        );
        for text in [
            "",
            "amara",
            "@example.org",
            "a@b",
            "a@.org",
            "a b@example.org",
            "a@example..org",
            "a@b@c.org",
            "<a@b.org>",
            "\"a@x\"@welltech.com",
            "\"a\"@welltech.com",
            "a@welltech.com.",
            "a..b@welltech.com",
            ".a@welltech.com",
            "a@[127.0.0.1]",
            "a(b)@welltech.com",
            "a@b.org\r\nBcc: c@d.org",
        ] {
            assert!(fold_email(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_that_looks_like_another_is_another() {
        let folded = |text| fold_email(text).unwrap();
        // The е is Cyrillic, in the domain and then in the name.
        assert_ne!(folded("a@wеlltech.com"), folded("a@welltech.com"));
        assert_ne!(folded("minа@welltech.com"), folded("mina@welltech.com"));
        assert_eq!(folded("A@ｗｅｌｌtech.com"), "a@welltech.com");
        assert_eq!(folded("a@BÜCHER.example"), "a@xn--bcher-kva.example");
    }

    #[test]
    fn a_name_is_guessed_from_the_address() {
        assert_eq!(name_from("amara.osei@example.org"), "Amara Osei");
    }

    #[test]
    fn weak_passwords_say_why() {
        for password in [
            "short",
            "aaaaaaaaaaaaaa",
            "password1234",
            "amara.osei-2026!",
            "qwertyuiop12",
            "Sunshine2026!!",
            "123123123123",
            "correcthorsebatterystaple",
            "thisisapassword2026",
            "SummerSummer1",
            "F00tb4llCh4mpi0n",
            &"x".repeat(257),
        ] {
            assert!(
                password_fault(password, "amara.osei@example.org").is_some(),
                "{password}"
            );
        }
        for password in [
            "correct horse battery",
            "seven green lanterns",
            "mond-geht-leise-auf",
            "tr0ub4dor&3xyz9",
        ] {
            assert_eq!(password_fault(password, "amara@example.org"), None, "{password}");
        }
    }

    #[test]
    fn levels_rise() {
        assert!(
            Access::Viewer < Access::Member
                && Access::Member < Access::Manager
                && Access::Manager < Access::Admin
        );
    }
}
