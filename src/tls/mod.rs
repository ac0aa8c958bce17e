//! Encrypted connections: which certificate is shown, where it comes from, and when there is another one.
//!
//! [`Tls::start`] has one to show before the first connection comes; [`Tls::keep`] renews it, or reads its files again, for as
//! long as the server runs. Connections take what is newest, so that no certificate needs another start. See `docs/tls.md`.

mod acme;
mod files;
mod internal;
mod pair;
mod redirect;
mod rules;
mod shown;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use crate::clock::Clock;
use crate::config::{Certificates, Config};
use crate::mail::Letter;
use crate::secret::Secret;
use crate::units::without_words;
use acme::Authority;
use files::Stamp;
pub use pair::{Fault, Pair};
pub use redirect::{show_challenge, to_https};
pub use rules::Span;
use shown::{Shown, is_for_the_authority};

/// The folder of certificates and keys in the data directory.
const FOLDER: &str = "tls";

/// What encrypts the connections of this server.
pub struct Tls {
    from: Certificates,
    names: Vec<String>,
    folder: PathBuf,
    clock: Clock,
    shown: Arc<Shown>,
    authority: Option<Authority>,
    state: Mutex<State>,
    /// Ends the wait for the next look.
    look: Notify,
    /// Where encrypted connections come in; 0 until that is known.
    port: AtomicU16,
}

/// What is remembered between two looks.
#[derive(Default)]
struct State {
    /// How the files stood when they were last read, whether or not they could be used.
    stamp: Stamp,
    /// How many orders in a row have failed.
    failures: u32,
    /// Before this moment none is tried again.
    not_before: i64,
    /// Whether what is shown only stands in for a certificate that the authority has not given yet.
    stands_in: bool,
}

impl Tls {
    /// Finds or makes the certificate that the settings want; none where they want none.
    ///
    /// # Errors
    /// That there is none to begin with: files that cannot be read, or do not belong together.
    pub fn start(config: &Config, clock: &Clock) -> Result<Option<Arc<Self>>, Fault> {
        let settings = &config.tls;
        let folder = config.data_dir.join(FOLDER);
        let now = clock.now();
        let mut state = State::default();
        let (mut authority, mut stand_in) = (None, None);
        let pair = match &settings.from {
            Certificates::Off => return Ok(None),
            Certificates::Internal => internal::leaf(&folder, &settings.names, now)?,
            Certificates::File(path) => {
                state.stamp = files::stamp(path);
                files::read(path)?
            }
            Certificates::Acme(mail) => {
                let asked = Authority::new(config, mail, &folder)?;
                let kept = asked.kept();
                state.stands_in = !kept.as_ref().is_some_and(|pair| pair.is_for(asked.names()));
                authority = Some(asked);
                // Somebody who comes before the authority has answered is told that the certificate is ours; whoever comes under
                // a name that it has certified before is shown that.
                let own = || internal::leaf(&folder, &settings.names, now);
                match kept {
                    Some(pair) => {
                        stand_in = state.stands_in.then(own).transpose()?;
                        pair
                    }
                    None => own()?,
                }
            }
        };
        if pair.span.until <= now {
            tracing::warn!("the certificate is over; browsers refuse it");
        }
        Ok(Some(Arc::new(Self {
            from: settings.from.clone(),
            names: settings.names.clone(),
            folder,
            clock: clock.clone(),
            shown: Arc::new(Shown::new(pair, stand_in)?),
            authority,
            state: Mutex::new(state),
            look: Notify::new(),
            port: AtomicU16::new(0),
        })))
    }

    /// What takes the handshake of a new connection: with the newest certificate, and for the authority too while it looks.
    #[must_use]
    pub fn acceptor(&self) -> TlsAcceptor {
        self.shown.acceptor()
    }

    /// Whether a connection was only made to see that a name leads here, so that nothing is said over it.
    #[must_use]
    pub fn was_a_look<IO>(connection: &tokio_rustls::server::TlsStream<IO>) -> bool {
        is_for_the_authority(connection.get_ref().1)
    }

    /// Says where encrypted connections come in, so that plain ones can be led there.
    pub fn comes_in_at(&self, port: u16) {
        self.port.store(port, Ordering::Relaxed);
    }

    fn port(&self) -> Option<u16> {
        Some(self.port.load(Ordering::Relaxed)).filter(|port| *port != 0)
    }

    /// When the certificate that is shown is good.
    #[must_use]
    pub fn span(&self) -> Span {
        self.shown.pair().span
    }

    /// After which moment browsers refuse the certificate that is shown, in milliseconds.
    #[must_use]
    pub fn not_after(&self) -> i64 {
        self.span().until
    }

    /// Looks for another certificate now: files that have changed are read, an order that failed is tried again.
    pub fn reload(&self) {
        if let Certificates::File(path) = &self.from {
            self.read_files(path, true);
        }
        {
            let mut state = self.state();
            state.not_before = 0;
        }
        self.look.notify_one();
    }

    /// Renews the certificate in time, and reads its files when they have changed, as long as the server runs.
    pub async fn keep(self: Arc<Self>) {
        loop {
            let wait = self.look_after().await;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.look.notified() => {}
            }
        }
    }

    /// One look; answers when the next one is due.
    async fn look_after(&self) -> Duration {
        match (&self.from, &self.authority) {
            (Certificates::File(path), _) => {
                self.read_files(path, false);
                rules::EACH
            }
            (_, Some(authority)) => {
                self.ask(authority).await;
                let state = self.state();
                let due = if state.stands_in {
                    0
                } else {
                    self.span().renew_at()
                };
                rules::until_next_look(self.clock.now(), due.max(state.not_before))
            }
            _ => {
                self.renew_own();
                rules::until_next_look(self.clock.now(), self.span().renew_at())
            }
        }
    }

    /// Another certificate of our own authority, where it is time.
    fn renew_own(&self) {
        let now = self.clock.now();
        if now < self.span().renew_at() {
            return;
        }
        match internal::leaf(&self.folder, &self.names, now) {
            Ok(pair) => {
                self.shown.show(pair);
                tracing::info!(days = self.span().days_left(now), "renewed the certificate");
            }
            Err(fault) => tracing::error!(fault = loggable(&fault), "the certificate could not be renewed"),
        }
    }

    /// Another certificate of our own authority where one stands in, for all names or for some.
    fn renew_stand_in(&self, now: i64) {
        if !self.shown.has_stand_in() {
            return self.renew_own();
        }
        match internal::leaf(&self.folder, &self.names, now) {
            Ok(pair) => self.shown.let_stand_in(pair),
            Err(fault) => tracing::error!(fault = loggable(&fault), "what stands in could not be renewed"),
        }
    }

    /// Reads the files where they are not as they were. What cannot be used changes nothing.
    fn read_files(&self, path: &Path, told: bool) {
        let stamp = files::stamp(path);
        {
            let mut state = self.state();
            if state.stamp == stamp && !told {
                return;
            }
            state.stamp = stamp;
        }
        match files::read(path) {
            Ok(pair) => {
                self.shown.show(pair);
                tracing::info!(
                    days = self.span().days_left(self.clock.now()),
                    "read the certificate again"
                );
            }
            Err(fault) => {
                tracing::error!(
                    fault = loggable(&fault),
                    "the new certificate cannot be used; the one before it stays"
                );
            }
        }
    }

    /// Asks the authority where it is time, and keeps what is there where it gives none.
    async fn ask(&self, authority: &Authority) {
        let now = self.clock.now();
        let failures = {
            let state = self.state();
            let due = state.stands_in || now >= self.span().renew_at();
            if !due || now < state.not_before {
                return;
            }
            state.failures
        };
        match authority.order(&self.shown, failures).await {
            Ok(pair) => {
                self.shown.show(pair);
                *self.state() = State::default();
                tracing::info!(
                    days = self.span().days_left(now),
                    names = %authority.names().join(" "),
                    "has a new certificate"
                );
            }
            Err(fault) => self.failed(&fault),
        }
    }

    fn failed(&self, fault: &Fault) {
        let now = self.clock.now();
        let mut chance = [0_u8; 1];
        // Without chance everybody waits equally long.
        let _ = getrandom::fill(&mut chance);
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        let pause = rules::pause(state.failures, chance[0]);
        state.not_before = now + crate::clock::millis(pause);
        let stands_in = state.stands_in;
        drop(state);
        // What stands in lives shorter than what it stands in for.
        if stands_in {
            self.renew_stand_in(now);
        }
        let (days, again, fault) = (self.span().days_left(now), pause.as_secs(), loggable(fault));
        if stands_in || self.span().is_alarming(now) {
            tracing::error!(
                fault,
                days,
                again,
                "no certificate from the authority; the one before it stays"
            );
        } else {
            tracing::warn!(
                fault,
                days,
                again,
                "no certificate from the authority; the one before it stays"
            );
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an administrator reads when a certificate is soon over.
#[must_use]
pub fn letter(public_url: &str, to: &str, span: Span, now: i64) -> Letter {
    let days = span.days_left(now);
    let when = match days {
        ..0 => "is over: browsers refuse to come in".to_owned(),
        0 => "is over today".to_owned(),
        1 => "is over tomorrow".to_owned(),
        days => format!("is over in {days} days"),
    };
    let text = format!(
        "The certificate of Ballast at {public_url} {when}.\n\nIt should have been renewed by now. If it comes from Let's \
         Encrypt or another authority, the log of the server says why that gave none; if it comes from a file, put the new \
         one in its place: Ballast reads it within a minute.\n\nThis letter comes once a day until then.\n",
    );
    Letter {
        to: to.to_owned(),
        subject: format!(
            "The certificate of Ballast {}",
            if days < 0 { "is over" } else { "is soon over" }
        ),
        text: Secret::from(text),
        until: Some(now.saturating_add(rules::DAY)),
    }
}

/// A fault as the log has it: paths and authorities use words that ours does not.
fn loggable(fault: &Fault) -> String {
    without_words(&fault.to_string()).into_owned()
}

/// The certificate of our own authority in a data directory, if it has one.
///
/// # Errors
/// That it cannot be read.
pub fn own_authority(data_dir: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(internal::path(&data_dir.join(FOLDER)))
}

/// The certificates that a server of these settings may show, as far as they can be read: those that were made or given here.
#[must_use]
pub fn own_certificates(config: &Config) -> Vec<CertificateDer<'static>> {
    let folder = config.data_dir.join(FOLDER);
    let mut paths = vec![internal::leaf_path(&folder)];
    match &config.tls.from {
        Certificates::File(path) => paths.push(path.clone()),
        Certificates::Acme(_) => paths.push(acme::certificate_path(config, &folder)),
        Certificates::Internal | Certificates::Off => {}
    }
    paths
        .iter()
        .filter_map(|path| CertificateDer::from_pem_file(path).ok())
        .collect()
}

/// Reads the certificate that the settings name, as the start would.
///
/// # Errors
/// That it cannot be used.
pub fn given(config: &Config) -> Result<Option<Span>, Fault> {
    match &config.tls.from {
        Certificates::File(path) => files::read(path).map(|pair| Some(pair.span)),
        Certificates::Off | Certificates::Internal | Certificates::Acme(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::config::Sources;

    const NOW: i64 = 1_795_003_200_000;

    fn started(folder: &Path, tls: &str, clock: &Clock) -> Arc<Tls> {
        let given = [("TLS", tls), ("DATA_DIR", &folder.display().to_string())]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_sources(&Sources::read(folder, std::iter::empty(), &given));
        Tls::start(&config.ok().unwrap(), clock).unwrap().unwrap()
    }

    fn certificate(tls: &Tls) -> Vec<u8> {
        tls.shown.pair().certified.cert[0].to_vec()
    }

    #[tokio::test]
    async fn our_own_certificate_is_renewed_while_the_server_runs() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(TimeZone::UTC, NOW);
        let tls = started(folder.path(), "internal", &clock);
        let first = certificate(&tls);
        clock.set(NOW + 19 * rules::DAY);
        assert_eq!(tls.look_after().await, rules::EACH);
        assert_eq!(certificate(&tls), first);
        clock.set(NOW + 21 * rules::DAY);
        assert_eq!(tls.look_after().await, rules::EACH);
        assert_ne!(certificate(&tls), first);
        assert_eq!(tls.span().days_left(clock.now()), 30);
    }

    #[tokio::test]
    async fn files_that_have_changed_are_read_without_being_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.pem");
        let put = |name: &str| {
            let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
            fs::write(&path, made.cert.pem() + &made.signing_key.serialize_pem()).unwrap();
        };
        put("plan.example.org");
        let tls = started(
            folder.path(),
            path.to_str().unwrap(),
            &Clock::fixed(TimeZone::UTC, NOW),
        );
        let first = certificate(&tls);
        tls.look_after().await;
        assert_eq!(certificate(&tls), first);
        fs::write(&path, "half of it").unwrap();
        tls.look_after().await;
        assert_eq!(certificate(&tls), first);
        put("a-longer-name.example.org");
        tls.look_after().await;
        assert_ne!(certificate(&tls), first);
    }

    #[test]
    fn a_letter_says_how_long_it_is_until_then() {
        let span = Span {
            from: NOW - 80 * rules::DAY,
            until: NOW + 10 * rules::DAY - 1,
        };
        for (later, words) in [
            (0, "is over in 9 days"),
            (8, "is over tomorrow"),
            (9, "is over today"),
            (10, "browsers refuse"),
        ] {
            let letter = letter(
                "https://plan.example.org",
                "ada@example.org",
                span,
                NOW + later * rules::DAY,
            );
            assert!(
                letter.text.expose().contains(words),
                "{later}: {}",
                letter.text.expose()
            );
        }
    }
}
