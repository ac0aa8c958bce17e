//! What is true of passkeys: for which name they are made.

use webauthn_rs::prelude::Url;

/// Under which name browsers keep passkeys of ours, and from where they are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The host of the address.
    pub name: String,
    /// Where pages come from.
    pub origin: Url,
    /// Whether any port will do: at `localhost` each is of this machine.
    pub any_port: bool,
}

/// The party of an address, unless it is reached by a number: browsers keep passkeys for names only.
#[must_use]
pub fn party(public_url: &str) -> Option<Party> {
    let origin = Url::parse(public_url).ok()?;
    let name = origin.domain()?.to_owned();
    let local = name == "localhost";
    // Anywhere else a browser wants an encrypted connection.
    (local || origin.scheme() == "https").then_some(Party {
        any_port: local,
        name,
        origin,
    })
}

/// A passkey's name as its owner wants it, or one that says as much as we know.
#[must_use]
pub fn name_of(typed: &str, count: usize) -> String {
    let name: String = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    if name.is_empty() {
        format!("Passkey {}", count + 1)
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_made_for_names_only() {
        for (url, name) in [
            ("https://plan.example.org", Some("plan.example.org")),
            ("https://plan.example.org:8443", Some("plan.example.org")),
            ("http://localhost:8080", Some("localhost")),
            ("http://plan.example.org", None),
            ("http://127.0.0.1:8080", None),
            ("https://[::1]", None),
            ("nonsense", None),
        ] {
            assert_eq!(party(url).map(|party| party.name).as_deref(), name, "{url}");
        }
    }

    #[test]
    fn a_passkey_without_a_name_gets_a_number() {
        assert_eq!(name_of("  My \n phone ", 0), "My phone");
        assert_eq!(name_of("  ", 1), "Passkey 2");
        assert_eq!(name_of(&"x".repeat(99), 0).len(), 60);
    }
}
