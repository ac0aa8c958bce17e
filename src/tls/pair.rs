//! A certificate with its key: read from PEM, and kept as a file that is its owner's only.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

use super::rules::Span;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which one.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// What is there cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// The authority gave none.
    #[error("{0}")]
    Authority(String),
}

impl Fault {
    /// A file cannot be read or written.
    pub fn file(path: &Path, error: io::Error) -> Self {
        Self::File {
            path: path.display().to_string(),
            error,
        }
    }
}

impl From<rcgen::Error> for Fault {
    fn from(error: rcgen::Error) -> Self {
        Self::Unusable(format!("a certificate could not be made: {error}"))
    }
}

/// A certificate with its key.
#[derive(Clone, Debug)]
pub struct Pair {
    /// As connections want it.
    pub certified: Arc<CertifiedKey>,
    /// When it is good.
    pub span: Span,
    /// The names it is for.
    pub names: Vec<String>,
}

impl Pair {
    /// Reads a certificate, what it is signed with after it, and its key.
    ///
    /// # Errors
    /// What is missing, or that they do not belong together.
    pub fn read(chain: &[u8], key: &[u8]) -> Result<Self, Fault> {
        let unusable = |text: &str| Fault::Unusable(text.to_owned());
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| Fault::Unusable(format!("the certificate is no PEM: {error}")))?;
        let first = certificates
            .first()
            .ok_or_else(|| unusable("there is no certificate (-----BEGIN CERTIFICATE-----)"))?;
        let (span, names) = said_by(first)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| {
            unusable("there is no private key without a pass phrase (-----BEGIN PRIVATE KEY-----)")
        })?;
        let certified = CertifiedKey::from_der(certificates, key, &default_provider()).map_err(|error| {
            Fault::Unusable(match error {
                rustls::Error::InconsistentKeys(_) => {
                    "the key is not the one that the certificate is for".to_owned()
                }
                other => format!("certificate and key cannot be used: {other}"),
            })
        })?;
        Ok(Self {
            certified: Arc::new(certified),
            span,
            names,
        })
    }

    /// Reads what `keep` wrote; none where there is no such file.
    ///
    /// # Errors
    /// That the file cannot be read or used.
    pub fn kept(path: &Path) -> Result<Option<Self>, Fault> {
        match fs::read(path) {
            Ok(text) => Self::read(&text, &text).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::file(path, error)),
        }
    }

    /// Whether it is for each of these.
    #[must_use]
    pub fn is_for(&self, names: &[String]) -> bool {
        names.iter().all(|name| self.names.contains(name))
    }

    /// Whether it is for one of these.
    #[must_use]
    pub fn is_for_any(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.names.contains(name))
    }
}

/// When a certificate is good, and for which names.
fn said_by(certificate: &CertificateDer<'_>) -> Result<(Span, Vec<String>), Fault> {
    let (_, read) = parse_x509_certificate(certificate)
        .map_err(|error| Fault::Unusable(format!("the certificate cannot be read: {error}")))?;
    let validity = read.validity();
    let span = Span {
        from: validity.not_before.timestamp().saturating_mul(1_000),
        until: validity.not_after.timestamp().saturating_mul(1_000),
    };
    let alternative = read.subject_alternative_name().ok().flatten();
    let names = alternative.map_or_else(Vec::new, |names| {
        names.value.general_names.iter().filter_map(name).collect()
    });
    Ok((span, names))
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(name.to_lowercase()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes)
                .ok()
                .map(|octets| std::net::Ipv4Addr::from(octets).to_string()),
            _ => <[u8; 16]>::try_from(*bytes)
                .ok()
                .map(|octets| std::net::Ipv6Addr::from(octets).to_string()),
        },
        _ => None,
    }
}

/// Writes a file that only its owner reads, whole or not at all.
///
/// # Errors
/// That the folder or the file cannot be written.
pub fn keep(path: &Path, text: &str) -> Result<(), Fault> {
    let unfinished = path.with_extension("new");
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let _ = fs::remove_file(&unfinished);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    write().map_err(|error| Fault::file(path, error))
}
