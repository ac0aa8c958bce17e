//! Letters: they leave in the background, so that nobody who asks for one can tell from the time or the answer whether
//! one was sent, nor whether the mail server is well.
//!
//! A letter on its way is a job, sealed in the database: it outlives the process and is tried again for hours.

mod outbox;
mod post;

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::pki_types::CertificateDer;

use crate::config::{Backend, Mail};
use crate::jobs::Failure;
use crate::secret::Secret;
use post::Post;

pub use outbox::{KIND, deliver, send};

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
    /// After this moment it is worth nothing, in milliseconds, and is not sent any more.
    pub until: Option<i64>,
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

    /// Takes a letter that goes no further than this machine. Answers false where it has to be brought to a server.
    fn keeps(&self, letter: &Letter) -> bool {
        match &*self.0 {
            Way::Smtp(_) => return false,
            Way::Nothing => {}
            Way::Console => print(letter),
            Way::Capture(kept) => {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() == KEPT {
                    kept.pop_front();
                }
                kept.push_back(letter.clone());
            }
        }
        true
    }

    /// Hands a letter to the server.
    async fn deliver(&self, letter: &Letter) -> Result<(), Failure> {
        match &*self.0 {
            Way::Smtp(post) => post.deliver(letter).await,
            Way::Nothing | Way::Console | Way::Capture(_) => {
                // The settings have changed since it was written.
                self.keeps(letter);
                Ok(())
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
    let Letter {
        to, subject, text, ..
    } = letter;
    // A closed terminal is no reason to stop.
    let _ = writeln!(out, "\nTo: {to}\nSubject: {subject}\n\n{}\n", text.expose());
}
