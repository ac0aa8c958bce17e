//! `ballast serve`: the server.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use super::exit::{self, Failure};
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Environment, LogFormat, Sources, Strangers, log_directives};
use crate::db::{Db, Migrate};
use crate::feed::Feed;
use crate::server::Control;
use crate::upkeep::{self, Upkeep};
use crate::{accounts, backup, demo, jobs, keys, poker, routes, server};

/// How to serve.
#[derive(Args)]
pub struct Options {
    /// Fills a fresh data directory with an invented plan, and offers a one-click sign-in on loopback. `large` makes 500
    /// people, 800 projects and 5,000 assignments of 26 weeks.
    #[arg(long, value_name = "SIZE", num_args = 0..=1, default_missing_value = "small", require_equals = true)]
    demo: Option<demo::Size>,
    /// Where to listen; as `HTTP_ADDR`.
    #[arg(long)]
    http_addr: Option<String>,
}

impl Options {
    /// What these options say of settings. A demonstration keeps its data apart from a real plan's.
    pub fn settings(&self, given: &mut Vec<(String, String)>) {
        if let Some(address) = &self.http_addr {
            given.push(("HTTP_ADDR".to_owned(), address.clone()));
        }
        let chosen =
            given.iter().any(|(name, _)| name == "DATA_DIR") || std::env::var_os("DATA_DIR").is_some();
        if let Some(size) = self.demo.filter(|_| !chosen) {
            let directory = PathBuf::from("./data").join(size.directory());
            given.push(("DATA_DIR".to_owned(), directory.to_string_lossy().into_owned()));
        }
    }
}

/// Serves until SIGTERM or SIGINT.
pub fn run(config: Config, sources: &Sources, options: &Options) -> Result<(), Failure> {
    start_log(&config);
    for warning in &sources.warnings {
        tracing::warn!("{warning}");
    }
    if let Some(warning) = config.programs.warning() {
        tracing::warn!("{warning}");
    }
    if config.environment == Environment::Production && config.turnstile.keys.is_none() {
        tracing::warn!("TURNSTILE_SITE_KEY is blank: nobody is asked at the door whether they are a person");
    }
    for remark in &config.edge.remarks {
        tracing::warn!("{remark}");
    }
    if options.demo.is_some() && config.environment == Environment::Production {
        return Err(Failure::usage(
            "--demo lets anybody on this machine in; it is refused with ENVIRONMENT=production",
        ));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::unavailable(format!("the runtime cannot start: {error}")))?;
    let end = runtime.block_on(serve(config, options))?;
    // Whatever still holds the database gives it back with the runtime.
    drop(runtime);
    match end {
        End::Over => Ok(()),
        End::Anew => Err(begin_anew()),
    }
}

/// What follows the end of a server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing.
    Over,
    /// The same program with the same settings: what a restore has made ready is put in place by it.
    Anew,
}

/// Becomes a new process under the same number, so that whoever watches over it sees none end. Comes back only where that fails.
fn begin_anew() -> Failure {
    use std::os::unix::process::CommandExt as _;
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_else(|| "ballast".into());
    // Another program may lie in this one's place by now; what was made ready is this one's.
    let own = PathBuf::from("/proc/self/exe");
    let program = if own.exists() {
        own
    } else {
        std::env::current_exe().unwrap_or_else(|_| PathBuf::from(&name))
    };
    tracing::info!("beginning anew");
    let error = std::process::Command::new(program)
        .arg0(name)
        .args(arguments)
        .exec();
    Failure::try_again(format!(
        "Ballast could not begin anew by itself, start it again: {error}"
    ))
}

async fn serve(config: Config, options: &Options) -> Result<End, Failure> {
    let clock = Clock::system(config.time_zone.clone());
    if let Some(fault) = config.edge.strangers.fault(clock.now()) {
        return Err(Failure::configuration(&[fault]));
    }
    if let Some(fault) = keys::fault(&config.secrets, &config.data_dir) {
        return Err(Failure::configuration(&[fault]));
    }
    let db = open(&config)?;
    if config.migrate == Migrate::Check {
        exit::print("The schema is up to date; with MIGRATE=check nothing is served.")?;
        return Ok(End::Over);
    }
    if let Some(size) = options.demo {
        demo::fill(&db, size, &clock).await?;
    }
    let listener = TcpListener::bind(config.http_addr)
        .await
        .map_err(|error| Failure::unavailable(format!("cannot listen on {}: {error}", config.http_addr)))?;
    let address = listener.local_addr().unwrap_or(config.http_addr);
    let grace = config.shutdown_grace;
    let app = App::start(config, db, clock, options.demo.is_some()).await?;
    accounts::raise_password_work(&app).await?;
    let control = listen_to_commands(&app);
    let signals = Signals::listen();
    exit::print(&format!("Ballast is at http://{address}"))?;
    if let Some(path) = accounts::make_setup_link(&app).await? {
        exit::print(&format!(
            "Make the first account at http://{address}{path} (good once, for a day)"
        ))?;
    }
    upkeep::resume(&app);
    tokio::spawn(poker::keep_time(app.clone()));
    tokio::spawn(say_that_strangers_read(
        (app.config.edge.strangers, app.clock.clone()),
        |warning| tracing::warn!("{warning}"),
        tokio::time::sleep,
    ));
    let proxies = app.config.edge.proxies.clone();
    let stop = until_told(signals, app.upkeep.clone(), app.feed.clone());
    let upkeep = app.upkeep.clone();
    let (end, ending) = tokio::sync::watch::channel(false);
    let working = tokio::spawn(jobs::serve(app.clone(), ending));
    server::serve(listener, routes::router(app), proxies, stop, grace).await;
    end.send_replace(true);
    // What was under way is back in the queue before the database closes.
    let _ = working.await;
    fall_silent(control).await;
    tracing::info!("stopped");
    Ok(if upkeep.begins_anew() {
        End::Anew
    } else {
        End::Over
    })
}

/// The database, after what a restore has made ready was put in its place.
fn open(config: &Config) -> Result<Db, Failure> {
    if let Some(before) = backup::complete(&config.data_dir)? {
        tracing::info!(path = %before.display(), "a backup was restored; what was there before is kept");
    }
    Ok(Db::open(&config.data_dir, config.migrate)?)
}

/// Waits for a signal, or for a restore that is ready, and lets the open pages know.
async fn until_told(signals: Signals, upkeep: Upkeep, feed: Feed) {
    tokio::select! {
        () = signals.heard() => {}
        () = upkeep.asked_to_begin_anew() => {}
    }
    feed.close();
}

/// Takes no commands any more; the file of the socket goes with it.
async fn fall_silent(control: Option<JoinHandle<()>>) {
    if let Some(control) = control {
        control.abort();
        let _ = control.await;
    }
}

/// Answers `ballast user` and the like. Without it a plan can still be served, so that a fault is only warned of.
fn listen_to_commands(app: &App) -> Option<JoinHandle<()>> {
    match Control::open(&app.config.data_dir) {
        Ok(control) => Some(tokio::spawn(control.serve(routes::control(app.clone())))),
        Err(error) => {
            tracing::warn!(%error, "commands cannot reach this server: its control socket could not be made");
            None
        }
    }
}

/// Says at the start and every hour that nobody is asked to sign in, as long as it is so.
async fn say_that_strangers_read<P: Future<Output = ()>>(
    (strangers, clock): (Strangers, Clock),
    say: impl Fn(String),
    pause: impl Fn(Duration) -> P,
) {
    while let Some(warning) = strangers.warning(clock.now()) {
        say(warning);
        pause(Duration::from_hours(1)).await;
    }
}

/// The two signals that stop the server.
struct Signals(Option<(Signal, Signal)>);

impl Signals {
    /// Hears them from now on: before anybody is told that the server is there, and may stop it.
    fn listen() -> Self {
        let terminate = signal(SignalKind::terminate()).ok();
        Self(terminate.zip(signal(SignalKind::interrupt()).ok()))
    }

    async fn heard(self) {
        let Some((mut terminate, mut interrupt)) = self.0 else {
            // Without signals the process can only be killed; the database is made for that.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(log_directives(config.log_level));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Colours are for eyes; what reads a file finds plain lines.
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    match config.log_format {
        LogFormat::Json => log.json().init(),
        LogFormat::Text => log.init(),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[tokio::test]
    async fn it_is_said_at_the_start_and_every_hour_until_it_ends() {
        let zone = jiff::tz::TimeZone::UTC;
        let clock = Clock::fixed(zone, 0);
        let until = Strangers::ReadUntil(jiff::Timestamp::from_second(3 * 3_600).unwrap());
        let said = RefCell::new(Vec::new());
        let pause = |span: Duration| {
            clock.set(clock.now() + i64::try_from(span.as_millis()).unwrap());
            std::future::ready(())
        };
        let say = |warning: String| said.borrow_mut().push((clock.now() / 3_600_000, warning));
        say_that_strangers_read((until, clock.clone()), say, pause).await;
        let said = said.into_inner();
        let hours: Vec<i64> = said.iter().map(|(hour, _)| *hour).collect();
        assert_eq!(hours, [0, 1, 2]);
        assert!(
            said.iter()
                .all(|(_, warning)| warning.contains("AUTH_ENFORCED=false"))
        );
    }
}
