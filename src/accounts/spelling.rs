//! Codes that people copy by hand: letters that are not mistaken for each other, in groups.

/// Without i, l and 1, which look alike, and without o, which looks like 0: five bits each.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
/// Nothing that we ever spelled is longer.
const LONGEST: usize = 64;

/// Random bytes as letters, one each, in groups of so many: `k3m9-x2qd-7wte`.
#[must_use]
pub fn spelled(random: &[u8], group: usize) -> String {
    let letters: Vec<char> = random
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte & 31)))
        .map(|letter| char::from(*letter))
        .collect();
    let groups: Vec<String> = letters
        .chunks(group.max(1))
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}

/// What was typed, in the form in which its tag is made: whatever the case, the dashes and the spaces.
#[must_use]
pub fn folded(typed: &str) -> String {
    let letters = typed.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_letter_stands_for_as_many_bytes_as_any_other() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        let text = spelled(&all, 256);
        let letters: BTreeSet<char> = text.chars().collect();
        assert_eq!((text.len(), letters.len()), (256, 32));
        assert!(letters.iter().all(|letter| text.matches(*letter).count() == 8));
        assert!(!text.contains(['i', 'l', 'o', '1']));
    }
}
