//! The signals that a server hears.

use nix::sys::signal::{SigSet, Signal as Kind};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// SIGTERM or SIGINT: that it ends.
    End,
    /// SIGHUP: that it reads its settings again, or gives way to a new binary.
    Reload,
}

/// The signals, heard one after the other.
pub struct Signals(Option<Open>);

struct Open {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Hears them from now on: before anybody is told that the server is there, and may stop it.
    pub fn listen() -> Self {
        let open = || {
            Ok::<_, std::io::Error>(Open {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
                hangup: signal(SignalKind::hangup())?,
            })
        };
        let open = open();
        // Those that came while one binary gave way to another were held back.
        let _ = ours().thread_unblock();
        Self(open.ok())
    }

    /// The next one.
    pub async fn next(&mut self) -> Heard {
        let Some(open) = &mut self.0 else {
            // Without signals the process can only be killed; the database is made for that.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = open.terminate.recv() => Heard::End,
            _ = open.interrupt.recv() => Heard::End,
            _ = open.hangup.recv() => Heard::Reload,
        }
    }

    /// Done when somebody wants the end for the second time.
    pub async fn wants_the_end(&mut self) {
        while self.next().await != Heard::End {}
    }
}

/// Holds them back, over the start of another binary too, until that one listens: none may meet a program that does not hear
/// it yet, since that would be its end.
pub fn hold_back() {
    // Where the system refuses, the moment in which one may be missed stays.
    let _ = ours().thread_block();
}

/// A file that has reached the limit of the process is a write that fails; without this, the signal beside it would end the
/// process.
pub fn outlive_a_file_that_may_not_grow() {
    if let Err(error) = signal(SignalKind::from_raw(Kind::SIGXFSZ as i32)) {
        tracing::debug!(%error, "the signal of a file that may not grow ends the process");
    }
}

fn ours() -> SigSet {
    [Kind::SIGTERM, Kind::SIGINT, Kind::SIGHUP].into_iter().collect()
}
