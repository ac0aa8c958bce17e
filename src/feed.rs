//! Who is told that something changed: a topic and a revision, never what.

use tokio::sync::broadcast::{Receiver, Sender, channel};
use tokio::sync::watch;

/// Something of `topic` changed; the plan is at `revision` now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Event {
    /// The number of the newest change set.
    pub revision: i64,
    /// `plan`, `people`, `projects`, `settings`, `accounts`.
    pub topic: &'static str,
}

/// The line to every open browser. A listener who lags loses events and is told to fetch anew.
#[derive(Clone, Debug)]
pub struct Feed {
    sender: Sender<Event>,
    closed: watch::Sender<bool>,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            sender: channel(256).0,
            closed: watch::Sender::new(false),
        }
    }
}

impl Feed {
    /// Tells everybody who listens.
    pub fn publish(&self, event: Event) {
        // Nobody listening is no fault.
        let _ = self.sender.send(event);
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> Receiver<Event> {
        self.sender.subscribe()
    }

    /// Ends every line: the server stops, and a line that never ends would hold it up.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Done once the lines are to end.
    pub fn closed(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut closed = self.closed.subscribe();
        async move {
            // An error says that the feed itself is gone, which ends its lines just as well.
            let _ = closed.wait_for(|closed| *closed).await;
        }
    }
}
