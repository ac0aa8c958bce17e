//! Where the server listens: what it was handed, and what it opens itself, before anything else is touched.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;

use listenfd::ListenFd;

use crate::cli::exit::Failure;
use crate::server::listen::{Place, open_address, open_file, tcp, unix};
use crate::server::{Door, Socket};
use crate::tls::Tls;

/// Says that the handed sockets are those of our own former binary, so that their files are ours too.
pub const OWN: &str = "BALLAST_HANDED_OVER";

/// Sockets that are open and not yet served.
pub struct Doors {
    plain: Vec<Ajar>,
    encrypted: Option<Ajar>,
}

enum Ajar {
    Tcp(TcpListener),
    Unix(UnixListener, bool),
}

impl Ajar {
    fn socket(self) -> std::io::Result<Socket> {
        match self {
            Self::Tcp(listener) => tcp(listener),
            Self::Unix(listener, ours) => unix(listener, ours),
        }
    }

    fn is_at(&self, place: &Place) -> bool {
        match (self, place) {
            (Self::Tcp(listener), Place::Address(wanted)) => listener.local_addr().is_ok_and(|address| {
                address == *wanted || (wanted.port() == 0 && address.ip() == wanted.ip())
            }),
            (Self::Unix(listener, _), Place::File(wanted)) => listener
                .local_addr()
                .is_ok_and(|address| address.as_pathname() == Some(wanted)),
            _ => false,
        }
    }
}

impl Doors {
    /// Opens every place, or takes what was handed over for it. Where nobody has said where to listen, and something was handed
    /// over, that is where.
    ///
    /// # Errors
    /// A place that cannot be had, with what to do about it.
    ///
    /// * `chosen`: whether somebody has said where to listen.
    /// * `encrypted`: where encrypted connections come in, where they are encrypted here.
    pub fn open(places: &[Place], chosen: bool, encrypted: Option<SocketAddr>) -> Result<Self, Failure> {
        let mut handed = handed()?;
        // It is the last one that is handed over.
        let encrypted = encrypted.map(Place::Address);
        let encrypted = match encrypted {
            Some(place) => Some(match handed.iter().rposition(|one| one.is_at(&place)) {
                Some(at) => handed.remove(at),
                None => opened(&place)?,
            }),
            None => None,
        };
        let activated = !handed.is_empty() && std::env::var_os(OWN).is_none();
        let mut doors = Vec::new();
        let instead = activated
            && !chosen
            && !places
                .iter()
                .any(|place| handed.iter().any(|one| one.is_at(place)));
        if !instead {
            for place in places {
                match handed.iter().position(|one| one.is_at(place)) {
                    Some(at) => doors.push(handed.remove(at)),
                    None if *place == Place::Handed => {}
                    None => doors.push(opened(place)?),
                }
            }
        }
        if instead || places.contains(&Place::Handed) {
            doors.append(&mut handed);
        }
        if doors.is_empty() {
            return Err(Failure::unavailable(
                "LISTEN=fd:// waits for sockets from whoever starts Ballast, and none were handed over (LISTEN_FDS)",
            ));
        }
        Ok(Self {
            plain: doors,
            encrypted,
        })
    }

    /// Hands them to the runtime that this is called in.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn serve(self, tls: Option<&Arc<Tls>>) -> Result<Vec<Door>, Failure> {
        let fault = |error| Failure::unavailable(format!("cannot listen: {error}"));
        let mut doors = Vec::new();
        for ajar in self.plain {
            doors.push(Door::plain(ajar.socket().map_err(fault)?));
        }
        if let (Some(ajar), Some(tls)) = (self.encrypted, tls) {
            let socket = ajar.socket().map_err(fault)?;
            if let Some(address) = socket.address() {
                tls.comes_in_at(address.port());
            }
            doors.push(Door::encrypted(socket, Arc::clone(tls)));
        }
        Ok(doors)
    }
}

fn handed() -> Result<Vec<Ajar>, Failure> {
    // This takes their names out of the environment, so that nothing we start believes that they are its own.
    let mut given = ListenFd::from_env();
    let ours = std::env::var_os(OWN).is_some();
    let mut all = Vec::new();
    for at in 0..given.len() {
        if let Ok(Some(listener)) = given.take_tcp_listener(at) {
            all.push(Ajar::Tcp(listener));
        } else if let Ok(Some(listener)) = given.take_unix_listener(at) {
            all.push(Ajar::Unix(listener, ours));
        } else {
            return Err(Failure::unavailable(format!(
                "descriptor {} was handed over and is no socket that listens; systemd has ListenStream= for it",
                3 + at
            )));
        }
    }
    Ok(all)
}

fn opened(place: &Place) -> Result<Ajar, Failure> {
    match place {
        Place::Address(address) => open_address(*address)
            .map(Ajar::Tcp)
            .map_err(|error| no_address(*address, &error)),
        Place::File(path) => open_file(path)
            .map(|listener| Ajar::Unix(listener, true))
            .map_err(|error| no_file(path, &error)),
        Place::Handed => Err(Failure::unavailable("nothing was handed over")),
    }
}

fn no_address(address: SocketAddr, error: &std::io::Error) -> Failure {
    let port = address.port();
    Failure::unavailable(match error.kind() {
        ErrorKind::AddrInUse => format!(
            "cannot listen on {address}: another program has port {port}. See which one: ss -ltnp 'sport = :{port}'. \
             Stop it, or set HTTP_ADDR or LISTEN to another port"
        ),
        ErrorKind::PermissionDenied => format!(
            "cannot listen on {address}: ports below 1024 take a right of their own \
             (AmbientCapabilities=CAP_NET_BIND_SERVICE, or a socket that systemd hands over); or set another port"
        ),
        ErrorKind::AddrNotAvailable => format!(
            "cannot listen on {address}: this machine does not have that address. See which it has: ip address"
        ),
        _ => format!("cannot listen on {address}: {error}"),
    })
}

fn no_file(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    Failure::unavailable(match error.kind() {
        ErrorKind::AddrInUse => {
            format!("cannot listen at {path}: another program does. See which one: ss -lxp src {path}")
        }
        _ => format!("cannot listen at {path}: {error}"),
    })
}
