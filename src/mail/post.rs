//! Letters on their way to the server.

use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use rustls::pki_types::CertificateDer;

use super::Letter;
use crate::config::{Encryption, Mail};
use crate::jobs::Failure;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// How many connections to the server there are at most.
const CONNECTIONS: u32 = 4;

/// The way to the server.
pub(super) struct Post {
    transport: Transport,
    from: lettre::message::Mailbox,
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
        Ok(Self {
            transport: builder.build(),
            from: settings.from.clone(),
        })
    }

    /// Hands a letter to the server.
    pub(super) async fn deliver(&self, letter: &Letter) -> Result<(), Failure> {
        let Some(message) = self.written(letter) else {
            return Err(Failure {
                words: "its address is none that mail knows".to_owned(),
                for_good: true,
            });
        };
        self.transport.send(message).await.map(|_| ()).map_err(|error| {
            // What the server answers may repeat what we said, so only its kind is told.
            let code = error.status().map(u16::from);
            let words = code.map_or_else(
                || fault(&error).to_owned(),
                |code| format!("{} ({code})", fault(&error)),
            );
            Failure {
                words,
                for_good: error.is_permanent(),
            }
        })
    }

    /// Hands a letter to the server, and tells all that it said. Only for whoever has the settings before them.
    pub(super) async fn try_out(&self, letter: &Letter) -> Result<String, String> {
        let message = self
            .written(letter)
            .ok_or_else(|| format!("{} is no address that mail knows", letter.to))?;
        let said = self.transport.send(message).await.map_err(|error| {
            let mut words = fault(&error).to_owned();
            let mut cause: Option<&dyn std::error::Error> = Some(&error);
            while let Some(error) = cause {
                words = format!("{words}: {error}");
                cause = error.source();
            }
            words
        })?;
        let lines: Vec<&str> = said.message().collect();
        Ok(format!("{} {}", said.code(), lines.join(" ")))
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
