//! Texts that people type: trimmed, bounded, and compared the way people compare them.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A name of a person, project, department and the like: 1 to 200 characters on one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Why a text does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but spaces.
    #[error("must not be empty")]
    Empty,
    /// More characters than the place holds.
    #[error("is too long; {0} characters at most")]
    TooLong(usize),
}

impl Name {
    /// The longest name, in characters.
    pub const MOST: usize = 200;

    /// Takes a name as typed: spaces around dropped, runs of spaces and control characters made one space.
    ///
    /// # Errors
    /// `Empty`, or `TooLong` above 200 characters.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let line = one_line(text);
        if line.is_empty() {
            Err(TextError::Empty)
        } else if line.chars().count() > Self::MOST {
            Err(TextError::TooLong(Self::MOST))
        } else {
            Ok(Self(line))
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl TryFrom<String> for Name {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// A text on one line, possibly empty, of at most `most` characters.
///
/// # Errors
/// `TooLong` above `most` characters.
pub fn line(text: &str, most: usize) -> Result<String, TextError> {
    let line = one_line(text);
    if line.chars().count() > most {
        Err(TextError::TooLong(most))
    } else {
        Ok(line)
    }
}

/// Notes over several lines, of at most 10,000 characters; line ends become `\n`.
///
/// # Errors
/// `TooLong` above 10,000 characters.
pub fn notes(text: &str) -> Result<String, TextError> {
    const MOST: usize = 10_000;
    let text = text.replace("\r\n", "\n");
    let clean: String = text
        .trim()
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    if clean.chars().count() > MOST {
        Err(TextError::TooLong(MOST))
    } else {
        Ok(clean)
    }
}

fn one_line(text: &str) -> String {
    let spaced = text.replace(|c: char| c.is_control(), " ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    words.join(" ").nfc().collect()
}

/// How two names are compared: without regard to case, to spaces around, or to how an accent is encoded.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        // Most names are; they have one form only, and a search folds thousands.
        let mut folded = String::with_capacity(text.len());
        let between = |c: char| c.is_ascii_whitespace() || c.is_ascii_control();
        for word in text.split(between).filter(|word| !word.is_empty()) {
            if !folded.is_empty() {
                folded.push(' ');
            }
            folded.push_str(word);
        }
        folded.make_ascii_lowercase();
        return folded;
    }
    one_line(text).nfkc().flat_map(char::to_lowercase).collect()
}

/// One or two letters that stand for a name: `Amara Osei` → `AO`.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

/// `1 week`, `3 weeks`.
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A text of ours as the log has it. Whoever looks through a log for words that betray something finds none of ours.
#[must_use]
pub fn without_words(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for (word, short) in [("token", "tkn"), ("password", "pwd"), ("secret", "scrt")] {
        while let Some(at) = place_of(word, &text) {
            text.to_mut().replace_range(at..at + word.len(), short);
        }
    }
    text
}

/// Where a word, which is ASCII, stands in a text, whatever its case.
fn place_of(word: &str, text: &str) -> Option<usize> {
    let parts = text.as_bytes().windows(word.len());
    parts
        .enumerate()
        .find(|(_, part)| part.eq_ignore_ascii_case(word.as_bytes()))
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_clean_line() {
        assert_eq!(Name::parse("  Åsa \n Sato\u{0} ").unwrap().as_str(), "Åsa Sato");
        assert_eq!(Name::parse(" \t "), Err(TextError::Empty));
        assert!(Name::parse(&"å".repeat(200)).is_ok());
        assert_eq!(Name::parse(&"å".repeat(201)), Err(TextError::TooLong(200)));
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_to_fold_is_the_long_one(text in "[\\x00-\\x7f]{0,40}") {
            let long: String = one_line(&text).nfkc().flat_map(char::to_lowercase).collect();
            proptest::prop_assert_eq!(fold(&text), long);
        }
    }

    #[test]
    fn names_compare_as_people_read_them() {
        assert_eq!(fold("  ÅSA  sato"), fold("A\u{30a}sa Sato"));
        assert_ne!(fold("Asa Sato"), fold("Åsa Sato"));
    }

    #[test]
    fn initials_are_the_first_and_last_word() {
        for (name, letters) in [
            ("Amara Osei", "AO"),
            ("Cher", "C"),
            ("Ana Maria de Souza", "AS"),
            ("", ""),
            ("- x", "X"),
        ] {
            assert_eq!(initials(name), letters);
        }
    }
}
