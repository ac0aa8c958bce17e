//! Pasted lines: one story each, as people have them in mails, tickets and lists.

use super::draft::{REFERENCE, StoryDraft};
use super::link::{is_link, read_link};
use crate::units::Name;

/// What a list holds, line by line, blank ones left out: the number of the line, the line, and the story or what is wrong.
pub fn read_lines(text: &str) -> impl Iterator<Item = (usize, &str, Result<StoryDraft, String>)> {
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(index, line)| (index + 1, line, read_line(line)))
}

/// What one line says: `BAL-118 Relay cabinet layout`, `[BAL-118] …`, `- BAL-118: …`, `https://…/browse/BAL-118`, or a name.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that begins with the line.
fn read_line(line: &str) -> Result<StoryDraft, String> {
    let bare = without_bullet(line.trim());
    let address = bare.split_whitespace().find(|word| is_link(word));
    let words: Vec<&str> = bare
        .split_whitespace()
        .filter(|word| Some(*word) != address)
        .collect();
    let text = words.join(" ");
    let address = address
        .map(|word| read_link(word.trim_end_matches([',', ';', ')', '>'])))
        .transpose()?
        .unwrap_or_default();
    let (mut reference, mut name) = apart(&text);
    if name.is_empty() && reference.is_empty() {
        let last = address
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let last = last.split(['?', '#']).next().unwrap_or_default();
        (reference, name) = apart(last);
    }
    // A number alone is all there is to call it by.
    let name = [name, reference, &address]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default();
    let name = Name::parse(name).map_err(|fault| format!("the name {fault}"))?;
    Ok(StoryDraft {
        reference: reference.to_owned(),
        name: name.into(),
        link: address,
        ..StoryDraft::default()
    })
}

/// A line without the mark that makes it one of a list: `- `, `* `, `• `, `3. `, `2) `, `[ ] `.
fn without_bullet(line: &str) -> &str {
    let mut rest = line;
    for bullet in ["- ", "* ", "+ ", "• ", "– ", "[ ] ", "[x] "] {
        rest = rest.strip_prefix(bullet).map_or(rest, str::trim_start);
    }
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if (1..=3).contains(&digits)
        && let Some(after) = rest
            .get(digits..)
            .and_then(|after| after.strip_prefix(". ").or_else(|| after.strip_prefix(") ")))
    {
        return after.trim_start();
    }
    rest
}

/// The reference at the head of a text, and what follows it.
fn apart(text: &str) -> (&str, &str) {
    let (first, rest) = match text.split_once([' ', '\t']) {
        Some((first, rest)) => (first, rest),
        None => (text, ""),
    };
    let word = first.strip_prefix('[').unwrap_or(first);
    let word = word.strip_suffix(':').unwrap_or(word);
    let word = word.strip_suffix(']').unwrap_or(word);
    if !is_reference(word) {
        return ("", text);
    }
    let rest = rest.trim_start();
    let rest = ["- ", "– ", "— ", ": ", "| "]
        .iter()
        .find_map(|mark| rest.strip_prefix(mark))
        .unwrap_or(rest);
    (word, rest.trim())
}

/// Whether a word is a number of a tracker: `BAL-118`, `A1_B-7`, `#42`.
fn is_reference(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if word.len() > REFERENCE {
        return false;
    }
    if let Some(number) = word.strip_prefix('#') {
        return digits(number);
    }
    let Some((key, number)) = word.rsplit_once('-') else {
        return false;
    };
    let is_key = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let begins = key.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase());
    begins && key.bytes().all(is_key) && digits(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_a_reference_and_a_name_or_a_name() {
        for (line, reference, name, link) in [
            (
                "BAL-118 Relay cabinet layout",
                "BAL-118",
                "Relay cabinet layout",
                "",
            ),
            ("BAL-118\tRelay  cabinet", "BAL-118", "Relay cabinet", ""),
            ("BAL-118: Relay", "BAL-118", "Relay", ""),
            ("BAL-118 - Relay", "BAL-118", "Relay", ""),
            ("[BAL-118] Relay", "BAL-118", "Relay", ""),
            ("- [ ] BAL-118 Relay", "BAL-118", "Relay", ""),
            ("12. Relay", "", "Relay", ""),
            ("#42 Relay", "#42", "Relay", ""),
            ("BAL-118", "BAL-118", "BAL-118", ""),
            ("Relay cabinet layout", "", "Relay cabinet layout", ""),
            ("covid-19 dashboard", "", "covid-19 dashboard", ""),
            ("3 phases", "", "3 phases", ""),
            ("2026. A year", "", "2026. A year", ""),
            ("A-B test", "", "A-B test", ""),
            (
                "https://jira.example/browse/BAL-118",
                "BAL-118",
                "BAL-118",
                "https://jira.example/browse/BAL-118",
            ),
            (
                "BAL-118 Relay https://x.example/1",
                "BAL-118",
                "Relay",
                "https://x.example/1",
            ),
            ("javascript:alert(1)", "", "javascript:alert(1)", ""),
            ("<b>bold</b>", "", "<b>bold</b>", ""),
        ] {
            let draft = read_line(line).unwrap();
            assert_eq!(
                (draft.reference.as_str(), draft.name.as_str(), draft.link.as_str()),
                (reference, name, link),
                "{line}"
            );
        }
    }

    #[test]
    fn lines_keep_their_numbers_past_blank_ones() {
        let long = "x".repeat(201);
        let text = format!("\none\r\n\n  \n{long}\ntwo");
        let told: Vec<_> = read_lines(&text)
            .map(|(number, _, read)| (number, read.map(|draft| draft.name)))
            .collect();
        assert_eq!(
            told,
            [
                (2, Ok("one".to_owned())),
                (5, Err("the name is too long; 200 characters at most".to_owned())),
                (6, Ok("two".to_owned()))
            ]
        );
    }

    proptest! {
        #[test]
        fn every_line_that_is_not_blank_is_a_story_or_a_fault(text in "\\PC{0,60}") {
            let wanted = usize::from(!text.trim().is_empty());
            let read: Vec<_> = read_lines(&text).collect();
            prop_assert_eq!(read.len(), wanted);
            for (_, _, draft) in read {
                if let Ok(draft) = draft {
                    prop_assert!(!draft.name.is_empty());
                    prop_assert!(draft.link.is_empty() || draft.link.to_lowercase().starts_with("http"));
                }
            }
        }

        #[test]
        fn what_was_written_with_a_reference_comes_back(key in "[A-Z][A-Z0-9]{0,5}", number in 1_u32..100_000, name in "[a-z][a-z ]{0,40}[a-z]") {
            let draft = read_line(&format!("{key}-{number} {name}")).unwrap();
            prop_assert_eq!(draft.reference, format!("{key}-{number}"));
            prop_assert_eq!(draft.name.split_whitespace().collect::<Vec<_>>(), name.split_whitespace().collect::<Vec<_>>());
        }
    }
}
