//! What SIGHUP does: settings are read again, and a new binary is given way to.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch::Sender;

use super::binary::Binary;
use super::surface;
use crate::app::App;
use crate::config::{Config, Sources};
use crate::log;
use crate::server::Surface;

/// What is needed to read settings again.
pub struct Reloader<'a> {
    pub level: log::Handle,
    /// The settings as they were read last.
    pub sources: Sources,
    /// What the command line said of them.
    pub given: Vec<(String, String)>,
    pub binary: Option<&'a Binary>,
    /// The settings that are in use.
    pub config: Config,
}

impl Reloader<'_> {
    /// Reads the settings again and serves under them; says whether a new binary takes over instead. Whatever is wrong leaves
    /// everything as it was.
    pub async fn reload(&mut self, app: &App, serving: &Sender<Arc<Surface>>) -> bool {
        // Whoever moved the file of the log away says so by this signal, whatever becomes of the settings.
        if let Err(error) = log::reopen() {
            tracing::error!(%error, "the file of the log could not be opened anew");
        }
        let sources = Sources::read(Path::new("."), std::env::vars(), &self.given);
        let renewed = self.config.renewed(&self.sources, &sources).and_then(|renewed| {
            match renewed.config.edge.strangers.fault(app.clock.now()) {
                Some(fault) => Err(vec![fault]),
                None => Ok(renewed),
            }
        });
        let renewed = match renewed {
            Ok(renewed) => renewed,
            Err(faults) => {
                let faults = faults.join("; ");
                tracing::error!(%faults, "the settings stay as they were");
                return false;
            }
        };
        for warning in sources.warnings.iter().chain(&renewed.config.edge.remarks) {
            tracing::warn!("{warning}");
        }
        if self.gives_way().await {
            return true;
        }
        if !renewed.waiting.is_empty() {
            let names = renewed.waiting.join(", ");
            tracing::warn!(settings = %names, "these settings wait for the next start");
        }
        let changed = renewed.changed.join(", ");
        // Whoever put another certificate in place says so by this signal.
        if let Some(tls) = &app.tls {
            tls.reload();
        }
        if let Err(error) = self.level.set_level(renewed.config.log_level) {
            tracing::warn!(%error, "the level of the log stays as it was");
        }
        self.config = renewed.config;
        // What still waits is named again next time.
        if renewed.waiting.is_empty() {
            self.sources = sources;
        }
        serving.send_replace(Arc::new(surface(&app.under(self.config.clone()))));
        tracing::info!(%changed, "the settings were read again");
        false
    }

    /// Whether a new binary is there, and does.
    async fn gives_way(&self) -> bool {
        let Some(binary) = self.binary.filter(|binary| binary.is_replaced()) else {
            return false;
        };
        match binary.try_out().await {
            Ok(()) => true,
            Err(fault) => {
                tracing::error!(%fault, "the new binary is not given way to");
                false
            }
        }
    }
}
