//! Letters on their way to the server.

use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use rustls::pki_types::CertificateDer;
use tokio::sync::Semaphore;

use super::Letter;
use crate::config::{Encryption, Mail};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// How many letters are in hand at once, those that wait to be tried again among them.
const IN_HAND: usize = 256;
/// How many connections to the server there are at most.
const CONNECTIONS: u32 = 4;
/// After how many seconds a letter is tried again. A code is worth nothing after ten minutes, so the last try comes before.
const AGAIN: [u64; 5] = [2, 10, 30, 120, 300];

/// The way to the server.
pub(super) struct Post {
    inner: Arc<Inner>,
    runtime: tokio::runtime::Handle,
}

struct Inner {
    transport: Transport,
    from: lettre::message::Mailbox,
    room: Arc<Semaphore>,
    /// Whoever waits between two tries holds no connection.
    lines: Semaphore,
}

impl Post {
    pub(super) fn open(settings: &Mail, extra_ca: &[CertificateDer<'static>]) -> Result<Self, String> {
        let mut builder = Transport::builder_dangerous(&settings.host)
            .port(settings.port)
            .timeout(Some(settings.timeout))
            .hello_name(ClientId::Domain(settings.from.email.domain().to_owned()))
            .tls(encryption(settings, extra_ca)?)
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        if let Some((user, password)) = &settings.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        let inner = Inner {
            transport: builder.build(),
            from: settings.from.clone(),
            room: Arc::new(Semaphore::new(IN_HAND)),
            lines: Semaphore::new(CONNECTIONS as usize),
        };
        Ok(Self {
            inner: Arc::new(inner),
            runtime: tokio::runtime::Handle::try_current().map_err(|error| error.to_string())?,
        })
    }

    /// Takes a letter, or drops it where too many are in hand: memory is bounded whatever the server does.
    pub(super) fn take(&self, letter: Letter) {
        let Ok(place) = Arc::clone(&self.inner.room).try_acquire_owned() else {
            tracing::warn!("too many letters wait for the mail server; one was dropped");
            return;
        };
        let inner = Arc::clone(&self.inner);
        self.runtime.spawn(async move {
            inner.deliver(letter).await;
            drop(place);
        });
    }
}

impl Inner {
    async fn deliver(&self, letter: Letter) {
        let Some(message) = self.written(&letter) else {
            tracing::warn!("a letter could not be written: its address is none that mail knows");
            return;
        };
        drop(letter);
        for wait in AGAIN.map(Some).into_iter().chain([None]) {
            let Err(error) = self.try_once(&message).await else {
                return;
            };
            // What the server answers may repeat what we said, so only its kind is told.
            let (fault, code) = (fault(&error), error.status().map(u16::from));
            let Some(seconds) = wait.filter(|_| !error.is_permanent()) else {
                tracing::error!(fault, code, "a letter was given up");
                return;
            };
            tracing::warn!(fault, code, "a letter did not leave; trying again in {seconds} s");
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    }

    async fn try_once(&self, message: &Message) -> Result<(), Error> {
        // Never closed, so that there is always a line in the end.
        let _line = self.lines.acquire().await;
        self.transport.send(message.clone()).await.map(|_| ())
    }

    fn written(&self, letter: &Letter) -> Option<Message> {
        let domain = self.from.email.domain();
        let number = crate::web::outermost::random_key().ok()?;
        Message::builder()
            .from(self.from.clone())
            .to(letter.to.parse().ok()?)
            .subject(&letter.subject)
            .message_id(Some(format!("<{number}@{domain}>")))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.expose().to_owned())
            .ok()
    }
}

fn encryption(settings: &Mail, extra_ca: &[CertificateDer<'static>]) -> Result<Tls, String> {
    if settings.encryption == Encryption::Open {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(settings.host.clone());
    for certificate in extra_ca {
        let authority = Certificate::from_der(certificate.to_vec())
            .map_err(|_| "EXTRA_CA holds a certificate that cannot be used".to_owned())?;
        parameters = parameters.add_root_certificate(authority);
    }
    let parameters = parameters.build().map_err(|error| error.to_string())?;
    Ok(match settings.encryption {
        Encryption::StartTls => Tls::Required(parameters),
        Encryption::Implicit | Encryption::Open => Tls::Wrapper(parameters),
    })
}

/// What kind of fault it is, in words that hold nothing of what was said.
fn fault(error: &Error) -> &'static str {
    if error.is_timeout() {
        "the server took too long"
    } else if error.is_tls() {
        "no encrypted connection"
    } else if error.is_permanent() {
        "the server refused it"
    } else if error.is_transient() {
        "the server asked to come again"
    } else if error.is_client() || error.is_response() {
        "the server spoke otherwise than expected"
    } else {
        "no connection"
    }
}
