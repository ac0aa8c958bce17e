//! What connections are shown: the newest certificate, and to an authority that looks, what it looks for.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::ring::{Ticketer, default_provider};
use rustls::server::{ClientHello, ProducesTickets, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection};
use tokio_rustls::TlsAcceptor;

use super::pair::{Fault, Pair};

/// By which an authority says that it only looks (RFC 8737).
const LOOKS: &[u8] = b"acme-tls/1";

/// What connections are shown.
pub struct Shown {
    kept: Arc<Kept>,
    usual: Arc<ServerConfig>,
    while_looked_at: Arc<ServerConfig>,
}

/// What changes while connections come.
#[derive(Debug)]
struct Kept {
    pair: RwLock<Chosen>,
    looked_for: RwLock<LookedFor>,
}

/// Which certificate is for whom.
#[derive(Clone, Debug)]
struct Chosen {
    pair: Arc<Pair>,
    /// For the names that the other one lacks, until there is one for all.
    stand_in: Option<Arc<Pair>>,
}

impl Chosen {
    /// What whoever asks for `name` is shown. Whoever names nobody is shown what was given, and not what stands in.
    fn of(&self, name: Option<&str>) -> &Arc<Pair> {
        match (&self.stand_in, name) {
            (Some(stand_in), Some(name)) if !self.pair.is_for(&[name.to_lowercase()]) => stand_in,
            _ => &self.pair,
        }
    }
}

/// What an authority looks for.
#[derive(Debug, Default)]
struct LookedFor {
    /// By name, the certificate of the challenge.
    certificates: HashMap<String, Arc<CertifiedKey>>,
    /// By the last part of its path, what a request is answered.
    answers: HashMap<String, String>,
}

impl Shown {
    /// Shows this one, and `stand_in` under the names that it is not for.
    ///
    /// # Errors
    /// Where nothing can be encrypted at all.
    pub fn new(pair: Pair, stand_in: Option<Pair>) -> Result<Self, Fault> {
        let kept = Arc::new(Kept {
            pair: RwLock::new(Chosen {
                pair: Arc::new(pair),
                stand_in: stand_in.map(Arc::new),
            }),
            looked_for: RwLock::default(),
        });
        // Its keys change every six hours, and open what the one before them sealed.
        let tickets = Ticketer::new().map_err(unusable)?;
        let with = |protocols: &[&[u8]]| settings(&kept, &tickets, protocols);
        Ok(Self {
            usual: with(&[b"h2", b"http/1.1"])?,
            while_looked_at: with(&[b"h2", b"http/1.1", LOOKS])?,
            kept,
        })
    }

    pub fn acceptor(&self) -> TlsAcceptor {
        let looked_at = !self.kept.looked_for().certificates.is_empty();
        let settings = if looked_at {
            &self.while_looked_at
        } else {
            &self.usual
        };
        TlsAcceptor::from(Arc::clone(settings))
    }

    /// The certificate that is shown.
    pub fn pair(&self) -> Arc<Pair> {
        Arc::clone(&self.kept.chosen().pair)
    }

    /// Shows another one to everybody, from the next connection on.
    pub fn show(&self, pair: Pair) {
        *self.kept.chosen_mut() = Chosen {
            pair: Arc::new(pair),
            stand_in: None,
        };
    }

    /// Whether another one stands in for some names.
    pub fn has_stand_in(&self) -> bool {
        self.kept.chosen().stand_in.is_some()
    }

    /// Lets another one stand in for them.
    pub fn let_stand_in(&self, pair: Pair) {
        self.kept.chosen_mut().stand_in = Some(Arc::new(pair));
    }

    /// Lets an authority that connects for `name` find what it looks for.
    pub fn expect_connection(&self, name: &str, certificate: Arc<CertifiedKey>) {
        let mut looked_for = self.kept.looked_for_mut();
        looked_for.certificates.insert(name.to_lowercase(), certificate);
    }

    /// Lets an authority that asks for the file `name` find what it looks for.
    pub fn expect_request(&self, name: &str, answer: &str) {
        let mut looked_for = self.kept.looked_for_mut();
        looked_for.answers.insert(name.to_owned(), answer.to_owned());
    }

    /// What the file `name` is to hold.
    pub fn answer(&self, name: &str) -> Option<String> {
        self.kept.looked_for().answers.get(name).cloned()
    }

    /// Nobody looks any more.
    pub fn forget_looks(&self) {
        *self.kept.looked_for_mut() = LookedFor::default();
    }
}

impl Kept {
    fn chosen(&self) -> std::sync::RwLockReadGuard<'_, Chosen> {
        self.pair.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn chosen_mut(&self) -> std::sync::RwLockWriteGuard<'_, Chosen> {
        self.pair.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn looked_for(&self) -> std::sync::RwLockReadGuard<'_, LookedFor> {
        self.looked_for.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn looked_for_mut(&self) -> std::sync::RwLockWriteGuard<'_, LookedFor> {
        self.looked_for.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for Kept {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let only_looks = hello
            .alpn()
            .is_some_and(|mut protocols| protocols.any(|protocol| protocol == LOOKS));
        if only_looks {
            let name = hello.server_name()?.to_lowercase();
            return self.looked_for().certificates.get(&name).cloned();
        }
        Some(Arc::clone(&self.chosen().of(hello.server_name()).certified))
    }
}

/// TLS 1.2 and 1.3 with the suites of the library: each has a key of its own for each connection, and proves what it carries.
fn settings(
    kept: &Arc<Kept>,
    tickets: &Arc<dyn ProducesTickets>,
    protocols: &[&[u8]],
) -> Result<Arc<ServerConfig>, Fault> {
    let mut settings = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(kept) as Arc<dyn ResolvesServerCert>);
    settings.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    // All suites are good; that the server chooses is what those who grade it ask for.
    settings.ignore_client_order = true;
    settings.ticketer = Arc::clone(tickets);
    Ok(Arc::new(settings))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are handed over as they come"
)]
fn unusable(error: rustls::Error) -> Fault {
    Fault::Unusable(format!("nothing can be encrypted: {error}"))
}

pub fn is_for_the_authority(connection: &ServerConnection) -> bool {
    connection.alpn_protocol() == Some(LOOKS)
}
