//! The one door through which Ballast asks other servers: identity providers, Turnstile.
//!
//! An administrator may name any address, so that each is judged when it is dialled: names are looked up once, what is
//! not in the open internet is refused unless `EGRESS_ALLOW` names it, nothing is followed elsewhere, and an answer is
//! bounded in time and size.

mod connect;
mod places;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::Semaphore;

use crate::config::{Config, Environment};
use connect::{Dialler, host_of, is_own_machine};
pub use places::Opened;

/// How long a whole exchange may take where nobody gives it less.
const WHOLE: Duration = Duration::from_secs(10);
/// The longest answer that is read.
const LONGEST: usize = 1_048_576;
/// The longest head of an answer, in bytes and in lines.
const LONGEST_HEAD: (usize, usize) = (65_536, 100);
/// How many exchanges go on at once.
const AT_ONCE: usize = 32;

/// Why somebody could not be asked. None of its words tells where we are or what we can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// No address that may be asked.
    #[error("the address must begin with https:// and name a host, without a user name")]
    BadAddress,
    /// It is not in the open internet, and nobody opened it.
    #[error("the address is not in the open internet; if it belongs to you, name it in EGRESS_ALLOW")]
    Closed,
    /// Nobody answers there, or not with a certificate that we trust.
    #[error("nobody answers there, or not with a certificate that is trusted")]
    Unreachable,
    /// It took too long.
    #[error("the answer did not come in time")]
    TooSlow,
    /// The answer is longer than what is read.
    #[error("the answer is too large")]
    TooLarge,
}

/// What somebody answered. Where it leads elsewhere, nobody goes.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its head.
    pub headers: HeaderMap,
    /// What it says, at most a mebibyte where nobody wants more.
    pub body: Vec<u8>,
}

/// The door. Cloning shares it.
#[derive(Clone)]
pub struct Egress {
    client: Client<HttpsConnector<Dialler>, Full<Bytes>>,
    own_machine: bool,
    whole: Duration,
    longest: usize,
    at_once: Arc<Semaphore>,
}

impl Egress {
    /// The door as the settings want it.
    ///
    /// # Errors
    /// A sentence where no encrypted connection could be made at all.
    pub fn new(config: &Config) -> Result<Self, String> {
        let own_machine = config.environment != Environment::Production;
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        for certificate in &config.extra_ca {
            roots
                .add(certificate.clone())
                .map_err(|error| format!("EXTRA_CA holds a certificate that cannot be used: {error}"))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let dialler = Dialler {
            opened: config.egress_allow.clone().into(),
            own_machine,
        };
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(dialler);
        // No connection is kept: what is judged is judged for one exchange.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .retry_canceled_requests(false)
            .http1_max_buf_size(LONGEST_HEAD.0)
            .http1_max_headers(LONGEST_HEAD.1)
            .build(connector);
        Ok(Self {
            client,
            own_machine,
            whole: WHOLE,
            longest: LONGEST,
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// The same door, with another time for a whole exchange.
    #[must_use]
    pub fn within(&self, whole: Duration) -> Self {
        Self {
            whole,
            ..self.clone()
        }
    }

    /// The same door, through which longer answers come in, in bytes.
    #[must_use]
    pub fn up_to(&self, longest: usize) -> Self {
        Self {
            longest,
            ..self.clone()
        }
    }

    /// Asks for what is at `url`.
    ///
    /// # Errors
    /// Where nobody could be asked, or did not answer as they must.
    pub async fn get(&self, url: &str) -> Result<Answer, EgressError> {
        let request = Request::builder().method(Method::GET).uri(url).body(Vec::new());
        self.send(request.map_err(|_| EgressError::BadAddress)?).await
    }

    /// Sends a form to `url`.
    ///
    /// # Errors
    /// Where nobody could be asked, or did not answer as they must.
    pub async fn post_form(&self, url: &str, fields: &[(&str, &str)]) -> Result<Answer, EgressError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(url)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encoded(fields).into_bytes());
        self.send(request.map_err(|_| EgressError::BadAddress)?).await
    }

    /// Sends a request, and reads the answer to its end.
    ///
    /// # Errors
    /// Where nobody could be asked, or did not answer as they must.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Answer, EgressError> {
        if !self.may_ask(request.uri()) {
            return Err(EgressError::BadAddress);
        }
        tokio::time::timeout(self.whole, self.exchange(request))
            .await
            .unwrap_or(Err(EgressError::TooSlow))
    }

    /// Whether an address is one at all: https, or http for this very machine at a desk.
    #[must_use]
    pub fn may_ask(&self, uri: &Uri) -> bool {
        let Some(host) = host_of(uri) else { return false };
        let plain = uri
            .authority()
            .is_some_and(|authority| !authority.as_str().contains('@'));
        plain
            && match uri.scheme_str() {
                Some("https") => true,
                Some("http") => self.own_machine && is_own_machine(host),
                _ => false,
            }
    }

    async fn exchange(&self, mut request: Request<Vec<u8>>) -> Result<Answer, EgressError> {
        let _turn = self
            .at_once
            .acquire()
            .await
            .map_err(|_| EgressError::Unreachable)?;
        let agent = header::HeaderValue::from_static("ballast");
        request.headers_mut().entry(header::USER_AGENT).or_insert(agent);
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let answer = self.client.request(request).await.map_err(|error| why(&error))?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, self.longest)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<LengthLimitError>() {
                    EgressError::TooLarge
                } else {
                    EgressError::Unreachable
                }
            })?;
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes().to_vec(),
        })
    }
}

/// What the dialler said, if it was the one who refused.
fn why(error: &(dyn std::error::Error + 'static)) -> EgressError {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(own) = error.downcast_ref::<EgressError>() {
            return *own;
        }
        cause = error.source();
    }
    EgressError::Unreachable
}

/// Fields as the body of a form.
fn encoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests;
