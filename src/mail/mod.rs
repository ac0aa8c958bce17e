//! Letters: they leave in the background, so that nobody who asks for one can tell from the time or the answer whether
//! one was sent, nor whether the mail server is well.
//!
//! A letter on its way is a job, sealed in the database: it outlives the process and is tried again for hours.

mod inbox;
mod outbox;
mod post;
mod sink;
mod window;

use std::io::Write as _;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;

use crate::config::{Backend, Config, Mail};
use crate::jobs::Failure;
use crate::secret::Secret;
use post::Post;
pub use sink::serve as serve_sink;
pub use window::serve as serve_window;

pub use inbox::{Inbox, Kept};
pub use outbox::{KIND, NOTICE, deliver, send, send_notice};

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
    Capture { from: String, inbox: Inbox },
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
            Backend::Capture => Way::Capture {
                from: settings.from.to_string(),
                inbox: Inbox::default(),
            },
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
            Way::Capture { from, inbox } => inbox.put_own(from, letter),
        }
        true
    }

    /// Hands a letter to the server.
    async fn deliver(&self, letter: &Letter) -> Result<(), Failure> {
        match &*self.0 {
            Way::Smtp(post) => post.deliver(letter).await,
            Way::Nothing | Way::Console | Way::Capture { .. } => {
                // The settings have changed since it was written.
                self.keeps(letter);
                Ok(())
            }
        }
    }

    /// Where letters are kept in memory, if they are.
    #[must_use]
    pub fn inbox(&self) -> Option<&Inbox> {
        match &*self.0 {
            Way::Capture { inbox, .. } => Some(inbox),
            Way::Nothing | Way::Smtp(_) | Way::Console => None,
        }
    }

    /// The newest letters of ours that were kept in memory, oldest first.
    #[must_use]
    pub fn captured(&self) -> Vec<Letter> {
        self.inbox().map(Inbox::own).unwrap_or_default()
    }
}

/// Sends one letter now, and answers what the server said.
///
/// # Errors
/// What went wrong, in the words of the server where it said any.
pub async fn try_out(config: &Config, to: &str) -> Result<String, String> {
    let post = Post::open(&config.mail, &config.extra_ca)?;
    let letter = Letter {
        to: to.to_owned(),
        subject: "Ballast can send letters".to_owned(),
        text: Secret::from(format!(
            "This letter was sent by “ballast mail test” for {}.\nNothing needs to be done.\n",
            config.public_url
        )),
        until: None,
    };
    post.try_out(&letter).await
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
