//! What systemd is told, where it is systemd who started us. Elsewhere nobody hears it.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use sd_notify::NotifyState;

/// How often a start that takes long says that it goes on.
const WORD: Duration = Duration::from_secs(5);
/// How much longer it asks for each time, in microseconds.
const LONGER: u32 = 20_000_000;

/// Tells; whether anybody heard it is not ours to care for.
fn tell(words: &[NotifyState<'_>]) {
    let _ = sd_notify::notify(words);
}

/// It listens, and the schema is up to date.
pub fn ready(places: &str) {
    tell(&[
        NotifyState::Ready,
        NotifyState::Status(&format!("listens at {places}")),
    ]);
}

/// It reads its settings again, or gives way to a new binary.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

/// It ends.
pub fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("ends")]);
}

/// It goes on.
pub fn well() {
    tell(&[NotifyState::Watchdog]);
}

/// Asks for more time, for as long as this is held: a migration may take longer than a start should.
pub struct Patience {
    /// The thread ends with it.
    _asking: Option<Sender<()>>,
}

impl Patience {
    /// Begins to ask.
    pub fn ask() -> Self {
        let (end, ended) = channel::<()>();
        let asking = std::thread::Builder::new()
            .name("patience".to_owned())
            .spawn(move || {
                while ended.recv_timeout(WORD) == Err(RecvTimeoutError::Timeout) {
                    tell(&[
                        NotifyState::ExtendTimeoutUsec(LONGER),
                        NotifyState::Status("brings the database up to date"),
                    ]);
                }
            });
        Self {
            _asking: asking.is_ok().then_some(end),
        }
    }
}
