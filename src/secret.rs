//! A text that is shown to nobody: it has no `Display` and no `Debug`, and is wiped from memory when it goes.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A key, a password, a code. What it holds is only read by [`Secret::expose`], which is easy to look for.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// What it holds, for the one place that must have it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether both hold the same, in a time that does not tell where they differ.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_are_the_same_where_they_hold_the_same() {
        let secret = |text: &str| Secret::from(text.to_owned());
        assert!(secret("a key").is(&secret("a key")));
        assert!(!secret("a key").is(&secret("a kez")));
        assert!(!secret("a key").is(&secret("a key ")));
    }
}
