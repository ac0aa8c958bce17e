//! Somebody who reads along all that is logged, as finely as it goes, and speaks up where it holds what nobody may read.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, Once, PoisonError};

use tracing::Level;
use tracing_subscriber::EnvFilter;

/// All that this process has logged.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Words that betray something to whoever looks through a log.
const WORDS: [&str; 3] = ["password", "secret", "token"];

/// Below this length a text may stand in a log by chance.
const SHORTEST: usize = 6;

struct Pen;

impl Write for Pen {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        log().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn log() -> std::sync::MutexGuard<'static, Vec<u8>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was logged since some moment, and what must not stand in it.
#[derive(Clone)]
pub struct Witness {
    from: usize,
    secrets: Arc<Mutex<Vec<String>>>,
}

impl Witness {
    /// Reads along from now on, at trace, as the server itself would log.
    pub fn begin() -> Self {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let filter = EnvFilter::new(ballast::config::log_directives(Level::TRACE));
            // Another subscriber of the same process would keep the log from us: better no test than a blind one.
            tracing_subscriber::fmt()
                .with_env_filter(filter)
                .with_ansi(false)
                .without_time()
                .with_writer(|| Pen)
                .try_init()
                .unwrap();
        });
        Self {
            from: log().len(),
            secrets: Arc::default(),
        }
    }

    /// From now on this may stand in no line, earlier ones counted.
    pub fn keep(&self, secret: &str) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        if secret.len() >= SHORTEST && !secrets.iter().any(|kept| kept == secret) {
            secrets.push(secret.to_owned());
        }
    }

    /// What was logged since the beginning.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&log()[self.from..]).into_owned()
    }

    /// Every line that says what it may not.
    pub fn faults(&self) -> Vec<String> {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        faults_in(&self.text(), &secrets)
    }
}

fn faults_in(text: &str, secrets: &[String]) -> Vec<String> {
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

    /// The log is one for the whole process, and the other tests' witnesses read it: nothing bad is written there.
    #[test]
    fn a_witness_reads_along_at_trace() {
        let witness = Witness::begin();
        tracing::trace!("somebody was careful");
        assert!(witness.text().contains("TRACE") && witness.text().contains("somebody was careful"));
    }

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
