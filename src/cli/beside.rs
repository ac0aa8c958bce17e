//! What a server does besides serving people.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::exit::Failure;
use crate::app::App;
use crate::{crash, mail, metrics};

/// Begins to tell of faults, and to serve figures and, at a desk, the inbox.
pub async fn begin(app: &App) -> Result<(), Failure> {
    crash::watch(&app.crash, None);
    tokio::spawn(crash::tell(app.clone()));
    let listen = async |name: &str, address: SocketAddr| {
        TcpListener::bind(address)
            .await
            .map_err(|error| Failure::unavailable(format!("{name}: cannot listen on {address}: {error}")))
    };
    if let Some(address) = app.config.watch.metrics {
        let listener = listen("METRICS_ADDR", address).await?;
        tokio::spawn(metrics::serve(listener, app.clone()));
    }
    if let (Some(window), Some(inbox)) = (app.config.mail.window, app.mail.inbox()) {
        let page = listen("MAIL_CAPTURE_HTTP", window.http).await?;
        let sink = listen("MAIL_CAPTURE_SMTP", window.smtp).await?;
        tracing::info!(page = %window.http, smtp = %window.smtp, "letters stay here and are shown");
        tokio::spawn(mail::serve_window(page, inbox.clone()));
        tokio::spawn(mail::serve_sink(sink, inbox.clone()));
    }
    Ok(())
}
