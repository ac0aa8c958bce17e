//! `ballast health`: asks the running server wherever it listens, for images without curl.
//!
//! Every place of the settings is asked, and all must answer well: an address, a file, and the encrypted door. What the settings
//! cannot name (sockets that systemd hands over, a port of the system's choice) is asked at the control socket of the data.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};

use super::exit::{self, Failure};
use crate::config::Config;
use crate::server::SOCKET;
use crate::server::listen::Place;
use crate::tls;

/// What is read of an answer, in bytes.
const ANSWER: u64 = 4_096;

/// How to ask.
#[derive(Args)]
pub struct Options {
    /// Asks again, for this many seconds at most, until the server works.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "30")]
    wait: Option<u64>,
    /// How many seconds one answer may take, from 1 to 60.
    #[arg(long, value_name = "SECONDS", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=60))]
    timeout: u64,
}

/// Where the server is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
enum At {
    Plain(SocketAddr),
    Encrypted(SocketAddr),
    File(PathBuf),
    Control(PathBuf),
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(address) => write!(f, "http://{address}/health"),
            Self::Encrypted(address) => write!(f, "https://{address}/health"),
            Self::File(path) => write!(f, "/health at unix:{}", path.display()),
            Self::Control(path) => write!(f, "/health at the control socket {}", path.display()),
        }
    }
}

/// Asks for `/health` at each place, and says where it was asked and what was wrong.
pub fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let patience = Duration::from_secs(options.timeout);
    let until = Instant::now() + Duration::from_secs(options.wait.unwrap_or(0));
    let places = places(config);
    loop {
        let told: Vec<Result<(), String>> = places.iter().map(|at| ask(config, at, patience)).collect();
        let wrong = told.iter().any(Result::is_err);
        if !wrong || Instant::now() >= until {
            for (at, told) in places.iter().zip(&told) {
                let told = told.as_ref().map_or_else(String::as_str, |()| "healthy");
                exit::remark(&format!("asked {at}: {told}"));
            }
            return if wrong {
                Err(Failure::unavailable("not healthy"))
            } else {
                exit::print("healthy")
            };
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Every place at which a server of these settings listens.
fn places(config: &Config) -> Vec<At> {
    let control = || At::Control(config.data_dir.join(SOCKET));
    let plain = config.serving.places.iter().map(|place| match place {
        Place::Address(address) if address.port() == 0 => control(),
        Place::Address(address) => At::Plain(reachable(*address)),
        Place::File(path) => At::File(path.clone()),
        Place::Handed => control(),
    });
    let encrypted = config.tls.is_on().then(|| match config.tls.addr {
        address if address.port() == 0 => control(),
        address => At::Encrypted(reachable(address)),
    });
    let mut all: Vec<At> = Vec::new();
    for at in plain.chain(encrypted) {
        if !all.contains(&at) {
            all.push(at);
        }
    }
    all
}

/// A server that listens on every address is asked on the loopback one.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// What is wrong at a place, if anything is.
fn ask(config: &Config, at: &At, patience: Duration) -> Result<(), String> {
    let answer = match at {
        At::Plain(address) => dial(*address, patience).and_then(|line| exchange(line, patience)),
        At::Encrypted(address) => dial(*address, patience)
            .and_then(|line| encrypted(line, config, *address))
            .and_then(|line| exchange(line, patience)),
        At::File(path) | At::Control(path) => UnixStream::connect(path).and_then(|line| {
            line.set_read_timeout(Some(patience))?;
            line.set_write_timeout(Some(patience))?;
            exchange(line, patience)
        }),
    };
    let answer = answer.map_err(|error| in_words(at, &error, patience))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or_default();
    match status.strip_prefix("HTTP/1.1 ") {
        Some(status) if status.starts_with("200") => Ok(()),
        Some(status) => Err(format!("it answers {} {}", status.trim(), body.trim())
            .trim()
            .to_owned()),
        None => Err("whoever listens there does not speak HTTP".to_owned()),
    }
}

fn in_words(at: &At, error: &io::Error, patience: Duration) -> String {
    match (error.kind(), at) {
        (ErrorKind::ConnectionRefused | ErrorKind::NotFound, At::Control(_)) => {
            "no server has this directory".to_owned()
        }
        (ErrorKind::ConnectionRefused, At::Plain(_) | At::Encrypted(_)) => {
            "nobody listens there (where systemd hands the socket over, LISTEN=fd:// says so)".to_owned()
        }
        (ErrorKind::ConnectionRefused | ErrorKind::NotFound, At::File(_)) => {
            "nobody listens there".to_owned()
        }
        (ErrorKind::WouldBlock | ErrorKind::TimedOut, _) => {
            format!("no answer within {} s", patience.as_secs())
        }
        _ => error.to_string(),
    }
}

fn dial(address: SocketAddr, patience: Duration) -> io::Result<TcpStream> {
    let line = TcpStream::connect_timeout(&address, patience)?;
    line.set_read_timeout(Some(patience))?;
    line.set_write_timeout(Some(patience))?;
    Ok(line)
}

/// Asks, and answers what comes until the line ends.
fn exchange(mut line: impl Read + Write, patience: Duration) -> io::Result<String> {
    let until = Instant::now() + patience;
    line.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    line.flush()?;
    let mut answer = Vec::new();
    let mut piece = [0_u8; 1_024];
    while (answer.len() as u64) < ANSWER {
        match line.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => answer.extend(piece.iter().take(length)),
            // What came is enough: encrypted lines are not always ended as they should be.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
        if Instant::now() > until {
            return Err(ErrorKind::TimedOut.into());
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn encrypted(
    line: TcpStream,
    config: &Config,
    address: SocketAddr,
) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Own {
        kept: tls::own_certificates(config),
        over_loopback: address.ip().to_canonical().is_loopback(),
        provider: Arc::clone(&provider),
    };
    let settings = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    // It shows what is shown to whoever names nobody.
    let name = ServerName::IpAddress(address.ip().into());
    let connection = ClientConnection::new(Arc::new(settings), name).map_err(io::Error::other)?;
    let mut line = StreamOwned::new(connection, line);
    while line.conn.is_handshaking() {
        line.conn.complete_io(&mut line.sock)?;
    }
    Ok(line)
}

/// Accepts the certificates that lie here, whatever their names and days: whether browsers accept them is not what is asked.
/// Over loopback any other is accepted too, since nobody but this machine is there, and it may be one that another user keeps.
#[derive(Debug)]
struct Own {
    kept: Vec<CertificateDer<'static>>,
    over_loopback: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Own {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.over_loopback || self.kept.iter().any(|kept| kept == shown) {
            return Ok(ServerCertVerified::assertion());
        }
        Err(rustls::Error::General(
            "the certificate that is shown there is none that lies in the data directory or that TLS names"
                .to_owned(),
        ))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, shown, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, shown, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sources;

    fn asked(pairs: &[(&str, &str)]) -> Vec<String> {
        let pairs = [&[("DATA_DIR", "/data")], pairs].concat();
        let config = Config::from_sources(&Sources::environment(&pairs)).ok().unwrap();
        places(&config).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_place_of_the_settings_is_asked() {
        let control = "/health at the control socket /data/control.sock";
        assert_eq!(asked(&[]), ["http://127.0.0.1:8080/health"]);
        assert_eq!(asked(&[("HTTP_ADDR", "[::]:80")]), ["http://[::1]:80/health"]);
        assert_eq!(
            asked(&[("LISTEN", "0.0.0.0:8080 [::]:8080 unix:/run/web.sock fd://")]),
            [
                "http://127.0.0.1:8080/health",
                "http://[::1]:8080/health",
                "/health at unix:/run/web.sock",
                control,
            ]
        );
        assert_eq!(
            asked(&[("TLS", "internal"), ("HTTP_ADDR", "0.0.0.0:80")]),
            ["http://127.0.0.1:80/health", "https://127.0.0.1:443/health"]
        );
        assert_eq!(
            asked(&[
                ("TLS", "internal"),
                ("HTTP_ADDR", "127.0.0.1:0"),
                ("HTTPS_PORT", "0")
            ]),
            [control]
        );
    }

    #[test]
    fn away_from_loopback_only_our_own_certificate_is_accepted() {
        let made = |name: &str| rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let (ours, another) = (made("plan.example.org"), made("plan.example.org"));
        let verifier = |over_loopback| Own {
            kept: vec![ours.cert.der().clone()],
            over_loopback,
            provider: Arc::new(ring::default_provider()),
        };
        let name = ServerName::try_from("10.0.0.5").unwrap();
        let accepts = |verifier: &Own, shown: &CertificateDer<'_>| {
            let now = UnixTime::since_unix_epoch(Duration::ZERO);
            verifier.verify_server_cert(shown, &[], &name, &[], now).is_ok()
        };
        assert!(accepts(&verifier(false), ours.cert.der()));
        assert!(!accepts(&verifier(false), another.cert.der()));
        assert!(accepts(&verifier(true), another.cert.der()));
    }
}
