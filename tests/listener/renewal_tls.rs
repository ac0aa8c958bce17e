//! A new binary takes over while people are connected by TLS: no request fails.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::program::{Program, binary, command};
use super::raw::{self, until};

type Line = StreamOwned<ClientConnection, TcpStream>;

/// What trusts the authority of the server in `directory`, and resumes with its tickets.
fn trusting(directory: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_file(directory.join("data/tls/ca.pem")).unwrap();
    roots.add(authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let settings = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(settings)
}

fn connect(address: &str, settings: &Arc<ClientConfig>) -> Line {
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::clone(settings), name).unwrap();
    StreamOwned::new(connection, raw::connect(address))
}

/// Somebody who keeps a connection for as long as the server does, and asks without a pause.
struct Browser {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    asking: JoinHandle<Vec<String>>,
}

impl Browser {
    /// `each`: with a connection of its own for each request.
    fn open(address: &str, settings: &Arc<ClientConfig>, each: bool) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (end, count) = (Arc::clone(&stop), Arc::clone(&answered));
        let (address, settings) = (address.to_owned(), Arc::clone(settings));
        let asking = std::thread::spawn(move || {
            let mut faults = Vec::new();
            let mut kept: Option<Line> = None;
            while !end.load(Ordering::Relaxed) {
                let mut line = kept.take().unwrap_or_else(|| connect(&address, &settings));
                let answer = line
                    .write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .and_then(|()| raw::next(&mut line));
                match answer {
                    Ok(answer) if answer.status == 200 => {
                        count.fetch_add(1, Ordering::Relaxed);
                        kept = Some(line).filter(|_| !each && !answer.closes());
                    }
                    other => faults.push(format!("{other:?}")),
                }
            }
            faults
        });
        Self {
            stop,
            answered,
            asking,
        }
    }

    fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }
}

#[test]
fn a_new_binary_takes_the_encrypted_door_over_without_a_failed_request() {
    let directory = tempfile::tempdir().unwrap();
    let installed = directory.path().join("ballast");
    std::fs::copy(binary(), &installed).unwrap();
    let settings = [("TLS", "internal"), ("HTTPS_ADDR", "127.0.0.1:0")];
    let mut start = command(&installed, directory.path(), &settings);
    start.arg("serve");
    let mut program = Program::spawn(directory.path(), start);
    let shown = program.address();
    let address = shown.strip_prefix("https://").unwrap().to_owned();
    let trusted = trusting(directory.path());
    let browsers: Vec<Browser> = [false, false, true, true]
        .into_iter()
        .map(|each| Browser::open(&address, &trusted, each))
        .collect();
    for round in 2..4 {
        let before: Vec<usize> = browsers.iter().map(Browser::answered).collect();
        std::fs::copy(binary(), directory.path().join("new")).unwrap();
        std::fs::rename(directory.path().join("new"), &installed).unwrap();
        program.signal("-HUP");
        until("the new binary serves", || {
            (program.starts() == round).then_some(())
        });
        assert_eq!(program.address(), shown);
        until("everybody is answered by it", || {
            let mut grown = browsers.iter().zip(&before);
            grown
                .all(|(browser, before)| browser.answered() > before + 5)
                .then_some(())
        });
    }
    for browser in browsers {
        browser.stop.store(true, Ordering::Relaxed);
        let faults = browser.asking.join().unwrap();
        assert_eq!(faults, Vec::<String>::new(), "of {:?}", browser.answered);
    }
    program.signal("-TERM");
    assert!(program.ended().success());
}
