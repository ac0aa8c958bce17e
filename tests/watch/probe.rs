//! What tests look at until it says what it must: figures, and anything else that comes in its time.

use std::time::{Duration, Instant};

use ballast::app::App;
use ballast::metrics;
use tokio::net::TcpListener;

/// Waits for what must come to be.
pub async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "never came: {what}");
        tokio::task::yield_now().await;
    }
}

/// The figures of a house, from a listener of their own.
pub async fn listener(app: &App) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(metrics::serve(listener, app.clone()));
    format!("http://{address}/metrics")
}

pub fn figure(text: &str, name: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    line.parse().ok()
}
