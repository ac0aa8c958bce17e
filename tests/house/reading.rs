// What may stand in no log, wherever the log is: of this process, or of a program that was started as one of its own.

/// Words that betray something to whoever looks through a log.
const WORDS: [&str; 3] = ["password", "secret", "token"];

/// Every line that holds one of `secrets`, or at the default level a word that betrays something.
pub fn faults_in(text: &str, secrets: &[String]) -> Vec<String> {
    let mut faults: Vec<String> = secrets
        .iter()
        .flat_map(|secret| text.lines().filter(move |line| holds(line, secret)))
        .map(|line| format!("a secret is logged: {line}"))
        .collect();
    let default = text.lines().filter(|line| is_default_level(line));
    let betraying = default.filter(|line| {
        let line = line.to_lowercase();
        WORDS.iter().any(|word| line.contains(word))
    });
    faults.extend(betraying.map(|line| format!("a word that betrays something is logged: {line}")));
    faults
}

fn is_default_level(line: &str) -> bool {
    ["INFO", "WARN", "ERROR"]
        .iter()
        .any(|level| line.trim_start().starts_with(level))
}

/// Whether a line holds a secret. Digits count only where they stand alone: six of them are in many a number.
fn holds(line: &str, secret: &str) -> bool {
    let digits = secret.chars().all(|c| c.is_ascii_digit());
    line.match_indices(secret).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + secret.len()..].chars().next();
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '.' || c == ':');
        !digits || !(joins(before) || joins(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_speaks_up_of_kept_texts_at_any_level_and_of_words_at_the_default_one() {
        let kept = ["a-long-cookie", "271828", "314159"].map(str::to_owned);
        for (line, spoken) in [
            ("TRACE house: somebody was careless value=\"a-long-cookie\"", true),
            (" INFO house: the Token is fine", true),
            (
                "DEBUG house: below the default level the word password may stand",
                false,
            ),
            ("DEBUG house: a code code=271828", true),
            (" INFO house: a number count=3141592", false),
        ] {
            assert_eq!(!faults_in(line, &kept).is_empty(), spoken, "{line}");
        }
    }
}
