//! Letters: they leave in the background, so that nobody who asks for one can tell from the time or the answer whether
//! one was sent, nor whether the mail server is well.

mod post;

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::pki_types::CertificateDer;

use crate::config::{Backend, Mail};
use crate::secret::Secret;
use post::Post;

/// How many letters are kept in memory where they go nowhere else.
const KEPT: usize = 100;

/// A letter. Its text may hold a code or a link, so nothing shows it.
#[derive(Clone)]
pub struct Letter {
    /// One address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: Secret,
}

/// Where letters are handed in. Cloning shares it.
#[derive(Clone)]
pub struct Mailer(Arc<Way>);

enum Way {
    Nothing,
    Smtp(Post),
    Console,
    Capture(Mutex<VecDeque<Letter>>),
}

impl Mailer {
    /// The way that the settings name. Must be called within the runtime that is to send.
    ///
    /// # Errors
    /// A sentence where the certificates of the settings cannot be used.
    pub fn start(settings: &Mail, extra_ca: &[CertificateDer<'static>]) -> Result<Self, String> {
        Ok(Self(Arc::new(match settings.backend {
            Backend::Nothing => Way::Nothing,
            Backend::Console => Way::Console,
            Backend::Capture => Way::Capture(Mutex::default()),
            Backend::Smtp => Way::Smtp(Post::open(settings, extra_ca)?),
        })))
    }

    /// Whether letters leave at all.
    #[must_use]
    pub fn works(&self) -> bool {
        !matches!(*self.0, Way::Nothing)
    }

    /// Takes a letter and returns at once. It is tried again where the server is not well, and given up in the end; the log
    /// says so.
    pub fn send(&self, letter: Letter) {
        match &*self.0 {
            Way::Nothing => {}
            Way::Smtp(post) => post.take(letter),
            Way::Console => print(&letter),
            Way::Capture(kept) => {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() == KEPT {
                    kept.pop_front();
                }
                kept.push_back(letter);
            }
        }
    }

    /// The newest letters that were kept in memory, oldest first.
    #[must_use]
    pub fn captured(&self) -> Vec<Letter> {
        match &*self.0 {
            Way::Capture(kept) => {
                let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.iter().cloned().collect()
            }
            Way::Nothing | Way::Smtp(_) | Way::Console => Vec::new(),
        }
    }
}

/// For a developer, who reads the code there. It is no line of the log.
fn print(letter: &Letter) {
    let mut out = std::io::stdout().lock();
    let Letter { to, subject, text } = letter;
    // A closed terminal is no reason to stop.
    let _ = writeln!(out, "\nTo: {to}\nSubject: {subject}\n\n{}\n", text.expose());
}
