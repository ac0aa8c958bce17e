//! Somebody who reads along all that is logged, as finely as it goes, and speaks up where it holds what nobody may read.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, Once, PoisonError};

use super::reading::faults_in;
use tracing::Level;
use tracing_subscriber::EnvFilter;

/// All that this process has logged.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

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
            // What the tests' own browsers say of their cookies is no word of ours.
            let filter = EnvFilter::new(ballast::config::log_directives(Level::TRACE))
                .add_directive("cookie_store=off".parse().unwrap());
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
}
