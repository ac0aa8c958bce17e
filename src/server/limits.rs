//! What a client may take, all in one place, so that tests hold the same code to smaller numbers.

use std::time::Duration;

/// What one connection, one address and all of them together may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many connections are served at a time.
    pub connections: usize,
    /// How many of them one public address may have.
    pub each: usize,
    /// How long a client may take for the head of a request, from its first byte.
    pub head: Duration,
    /// How long a connection may stand open before its first request has come.
    pub first_request: Duration,
    /// How long a connection may stand open between two requests.
    pub idle: Duration,
    /// For how long a client may take nothing of what is sent to it.
    pub takes: Duration,
    /// How fast a body has to come.
    pub body: Pace,
    /// How many bytes of bodies may be held at a time, all requests together.
    pub bodies: usize,
    /// What of them is left to small ones.
    pub reserve: usize,
    /// How many requests one HTTP/2 connection may have under way.
    pub streams: u32,
    /// How many requests it may begin and break off within `resets_within`.
    pub resets: usize,
    /// See `resets`.
    pub resets_within: Duration,
    /// How often an HTTP/2 client that says nothing is asked whether it is there.
    pub ping_every: Duration,
    /// How long its answer is waited for.
    pub ping_within: Duration,
}

/// How fast a body has to come. Only the time counts in which we wait for the client.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long the next piece may take.
    pub next: Duration,
    /// How long nobody looks at how much came.
    pub free: Duration,
    /// How many bytes must have come, for each second that was waited, once that time is over.
    pub per_second: u64,
}

/// How large the head of a request may be, over HTTP/2 too.
pub const HEAD: usize = 16 * 1024;
/// How long the address in a request may be.
pub const ADDRESS: usize = 8 * 1024;
/// How many headers a request may have.
pub const HEADERS: usize = 64;

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            each: 256,
            head: Duration::from_secs(10),
            first_request: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            takes: Duration::from_secs(30),
            body: Pace {
                next: Duration::from_secs(30),
                free: Duration::from_secs(10),
                per_second: 1_024,
            },
            bodies: 256 * 1_048_576,
            reserve: 64 * 1_048_576,
            streams: 128,
            resets: 100,
            resets_within: Duration::from_secs(10),
            ping_every: Duration::from_secs(20),
            ping_within: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// How often a connection is looked at: often enough that the shortest limit is kept to within a half.
    pub(super) fn look(&self) -> Duration {
        let shortest = self.head.min(self.first_request).min(self.idle).min(self.takes);
        shortest / 2
    }
}
