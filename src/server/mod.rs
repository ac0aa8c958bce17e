//! What serves connections: limits on what a client may take, and an end that lets running requests finish.
//!
//! `listen` opens the places, `connection` serves one client: `gate` reads along for what is ambiguous, `pulse` knows whether
//! the client is still to be waited for, `arriving` and `sending` are the bodies, `patient` the writes below them. `refuse` and
//! `reserve` are for when there are too many.

mod arriving;
mod begun;
mod connection;
mod control;
mod front;
mod gate;
mod limits;
pub mod listen;
mod patient;
mod peers;
mod pulse;
mod refuse;
mod reserve;
mod sending;
mod strict;
pub mod watchdog;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::tls::Tls;
use crate::web::edge::Proxies;
use connection::Common;
pub use control::{Control, SOCKET};
pub use front::{Answer, Front};
pub use limits::{Limits, Pace};
pub use listen::Socket;
use peers::Peers;
use refuse::Refusals;
use reserve::Reserve;

/// How long a client may take for the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long accepting pauses when the system gives no connection.
const PAUSE: Duration = Duration::from_millis(100);

/// What is served, and to whom. It may be changed while it is.
pub struct Surface {
    /// What answers.
    pub front: Front,
    /// The machines whose connections are many people's.
    pub proxies: Proxies,
    /// What a client may take.
    pub limits: Limits,
}

/// The surface of this moment.
pub type Current = watch::Receiver<Arc<Surface>>;

/// How serving ends.
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// For how long connections that say nothing are left open, with their next answer as the last one.
    pub linger: Duration,
    /// How long what runs gets to finish.
    pub grace: Duration,
    /// Whether somebody goes on listening: then whoever comes meanwhile waits, and is not refused.
    pub goes_on: bool,
}

/// How far the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    /// Each answer over HTTP/1 says that it is the last one.
    LastAnswers,
    /// Connections end with what runs on them.
    Ending,
}

/// Where connections come in.
pub struct Door {
    socket: Socket,
    tls: Option<Arc<Tls>>,
}

impl Door {
    /// A door for connections that are not encrypted.
    #[must_use]
    pub fn plain(socket: impl Into<Socket>) -> Self {
        Self {
            socket: socket.into(),
            tls: None,
        }
    }

    /// A door for connections that `tls` encrypts.
    #[must_use]
    pub fn encrypted(socket: impl Into<Socket>, tls: Arc<Tls>) -> Self {
        Self {
            socket: socket.into(),
            tls: Some(tls),
        }
    }

    /// Where it is: an address as browsers write it, or a file.
    #[must_use]
    pub fn shown(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        match self.socket.address() {
            Some(address) => format!("{scheme}://{address}"),
            None => self.socket.shown(),
        }
    }

    /// Whether connections are encrypted here.
    #[must_use]
    pub const fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    /// The socket of this door.
    #[must_use]
    pub fn into_socket(self) -> Socket {
        self.socket
    }
}

/// What all loops that accept connections share.
#[derive(Clone)]
struct Shared {
    common: Arc<Common>,
    peers: Peers,
    refusals: Refusals,
    reserve: Arc<Reserve>,
}

/// Serves `front` behind every door until `stop` is done; then nothing new is taken and what runs gets `grace` to finish.
///
/// * `proxies`: the machines whose connections are many people's.
pub async fn serve(
    doors: Vec<Door>,
    front: impl Into<Front>,
    proxies: Proxies,
    stop: impl Future<Output = ()>,
    grace: Duration,
) {
    let surface = Surface {
        front: front.into(),
        proxies,
        limits: Limits::default(),
    };
    let end = async {
        stop.await;
        End {
            linger: Duration::ZERO,
            grace,
            goes_on: false,
        }
    };
    serve_current(doors, watch::channel(Arc::new(surface)).1, end).await;
}

/// Serves what is current behind every door until `stop` is done; then nothing new is taken and what runs gets its time. Answers
/// the doors, where somebody goes on listening.
pub async fn serve_current(doors: Vec<Door>, current: Current, stop: impl Future<Output = End>) -> Vec<Door> {
    let (phase, phases) = watch::channel(Phase::Open);
    let (accepting, accepts) = watch::channel(true);
    let budget = current.borrow().limits.bodies;
    let shared = Shared {
        peers: Peers::new(current.clone()),
        common: Arc::new(Common {
            current,
            budget: Arc::new(AtomicUsize::new(budget)),
            phase: phases,
        }),
        refusals: Refusals::new(),
        reserve: Arc::new(Reserve::new()),
    };
    let mut loops = JoinSet::new();
    for (number, door) in doors.into_iter().enumerate() {
        let accepting = accept_all(door, shared.clone(), accepts.clone());
        loops.spawn(async move { (number, accepting.await) });
    }
    // Only connections hold a receiver of the phases from here on.
    drop((shared, accepts));
    let end = stop.await;
    accepting.send_replace(false);
    let mut doors = loops.join_all().await;
    // In their order, by which whoever goes on tells them apart where their addresses do not.
    doors.sort_unstable_by_key(|(number, _)| *number);
    let mut doors: Vec<Door> = doors.into_iter().map(|(_, door)| door).collect();
    // Before a door is closed: whoever finds it closed hears of the end in every answer.
    phase.send_replace(Phase::LastAnswers);
    if !end.goes_on {
        doors.clear();
    }
    let _ = tokio::time::timeout(end.linger, phase.closed()).await;
    phase.send_replace(Phase::Ending);
    if tokio::time::timeout(end.grace, phase.closed()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
    doors
}

/// Takes connections at `door` until it is told not to, and answers the door.
async fn accept_all(door: Door, shared: Shared, mut accepts: watch::Receiver<bool>) -> Door {
    loop {
        let accepted = tokio::select! {
            // An error says that whoever could tell us to stop is gone.
            _ = accepts.wait_for(|accepts| !*accepts) => return door,
            accepted = door.socket.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => match shared.peers.enter(peer.ip()) {
                Some(counted) => {
                    let (common, tls) = (Arc::clone(&shared.common), door.tls.clone());
                    tokio::spawn(async move {
                        connection::begin(stream, peer, common, tls).await;
                        drop(counted);
                    });
                }
                // Telling somebody so in a language of their own is not cheap.
                None if door.tls.is_some() => {}
                None => shared.refusals.tell(stream),
            },
            Err(error) if reserve::is_needed(&error) && door.tls.is_none() => {
                let front = shared.common.current.borrow().front.clone();
                shared.reserve.lend(front, door.socket.accept()).await;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
