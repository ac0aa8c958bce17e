//! Which faults are the same, and how often somebody is told of one.

use std::collections::HashMap;

/// For how long nobody is told of the same fault again, in milliseconds.
const QUIET: i64 = 10 * 60 * 1_000;
/// How many faults are told apart.
const MOST: usize = 256;

/// By which a fault is known: where it was, and the shape of what it said.
pub type Fingerprint = (String, String);

/// What a message is without what it is about: numbers and quoted texts left out, so that it tells no value of anybody's, and
/// so that the same fault has the same shape.
#[must_use]
pub fn shape(message: &str) -> String {
    const LONGEST: usize = 200;
    let mut shape = String::new();
    let mut quote = None;
    let mut in_number = false;
    let mut letters = message.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        if let Some(end) = quote {
            if letter == '\\' {
                // What is escaped ends no quote.
                letters.next();
            } else if letter == end {
                quote = None;
            }
            continue;
        }
        let digit = letter.is_ascii_digit();
        match letter {
            '"' | '`' => {
                quote = Some(letter);
                shape.push('…');
            }
            // Between letters it is an apostrophe.
            '\'' if !before.is_alphanumeric() => {
                quote = Some(letter);
                shape.push('…');
            }
            // Whose address it is is told to nobody.
            '@' => {
                let kept = shape.trim_end_matches(|c: char| !c.is_whitespace()).len();
                shape.truncate(kept);
                shape.push('…');
                while letters.next_if(|c| !c.is_whitespace()).is_some() {}
            }
            _ if digit && in_number => {}
            _ if digit => shape.push('#'),
            _ if letter.is_control() => shape.push(' '),
            _ => shape.push(letter),
        }
        in_number = digit;
        before = letter;
        if shape.len() >= LONGEST {
            break;
        }
    }
    shape
}

#[derive(Debug)]
struct Told {
    at: i64,
    held: u32,
}

/// Who was told of what, and when.
#[derive(Debug, Default)]
pub struct Throttle(HashMap<Fingerprint, Told>);

impl Throttle {
    /// A fault has happened. Answers whether somebody is told, and how many of its kind were held back before; none where this
    /// one is held back.
    pub fn note(&mut self, fault: &Fingerprint, now: i64) -> Option<u32> {
        if let Some(told) = self.0.get_mut(fault) {
            if now - told.at < QUIET {
                told.held = told.held.saturating_add(1);
                return None;
            }
            told.at = now;
            return Some(std::mem::take(&mut told.held));
        }
        if self.0.len() >= MOST {
            let oldest = self.0.iter().min_by_key(|(_, told)| told.at);
            if let Some(oldest) = oldest.map(|(fault, _)| fault.clone()) {
                self.0.remove(&oldest);
            }
        }
        self.0.insert(fault.clone(), Told { at: now, held: 0 });
        Some(0)
    }

    /// Faults that were held back for long enough: somebody is told how many they were, and the time begins anew.
    pub fn due(&mut self, now: i64) -> Vec<(Fingerprint, u32)> {
        let mut due = Vec::new();
        self.0.retain(|fault, told| {
            let over = now - told.at >= QUIET;
            if over && told.held > 0 {
                due.push((fault.clone(), std::mem::take(&mut told.held)));
                told.at = now;
                return true;
            }
            !over
        });
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(place: &str) -> Fingerprint {
        (place.to_owned(), "it broke".to_owned())
    }

    #[test]
    fn a_shape_tells_nothing_of_anybody() {
        for (message, expected) in [
            (
                "index out of bounds: the len is 3 but the index is 17",
                "index out of bounds: the len is # but the index is #",
            ),
            (
                "called `Option::unwrap()` on a `None` value",
                "called … on a … value",
            ),
            ("no \"Ada Osei\" at\nall", "no … at all"),
            ("half a \"quote", "half a …"),
        ] {
            assert_eq!(shape(message), expected);
        }
        assert!(shape(&"long ".repeat(1_000)).len() < 300);
    }

    #[test]
    fn one_is_told_every_ten_minutes_and_the_rest_are_counted() {
        let mut throttle = Throttle::default();
        assert_eq!(throttle.note(&fault("a"), 0), Some(0));
        assert_eq!(throttle.note(&fault("a"), 1), None);
        assert_eq!(throttle.note(&fault("a"), QUIET - 1), None);
        assert_eq!(throttle.note(&fault("b"), 2), Some(0));
        assert_eq!(throttle.note(&fault("a"), QUIET), Some(2));
        assert_eq!(throttle.note(&fault("a"), QUIET + 1), None);
        assert_eq!(throttle.due(QUIET + 2), []);
        assert_eq!(throttle.due(2 * QUIET), [(fault("a"), 1)]);
        assert_eq!(throttle.note(&fault("a"), 2 * QUIET + 1), None);
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let mut throttle = Throttle::default();
        for number in 0..2_000 {
            assert_eq!(throttle.note(&fault(&number.to_string()), number), Some(0));
        }
        assert!(throttle.0.len() <= MOST);
    }
}
