//! Connections beyond what is served: whoever comes is told so, where that is cheap.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::Semaphore;

const TOLD: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\n\
content-type: text/plain\r\ncontent-length: 41\r\n\r\nToo many connections. Try again shortly.\n";
/// How many are told at a time; the others find their connection closed.
const AT_ONCE: usize = 64;
/// How long one of them may take to hear it.
const WITHIN: Duration = Duration::from_secs(1);
/// How much of what they send meanwhile is taken, so that the answer is not lost over it.
const TAKEN: u64 = 64 * 1024;

/// Tells whoever comes in vain.
#[derive(Clone)]
pub struct Refusals(Arc<Semaphore>);

impl Refusals {
    pub fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }

    /// Tells one of them, and closes the connection.
    pub fn tell<S>(&self, mut stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Ok(place) = Arc::clone(&self.0).try_acquire_owned() else {
            return;
        };
        tokio::spawn(async move {
            let told = async {
                stream.write_all(TOLD).await?;
                stream.shutdown().await?;
                tokio::io::copy(&mut (&mut stream).take(TAKEN), &mut tokio::io::sink()).await
            };
            // Whether they heard it is theirs.
            let _ = tokio::time::timeout(WITHIN, told).await;
            drop(place);
        });
    }
}
