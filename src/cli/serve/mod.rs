//! `ballast serve`: the server.

mod binary;
mod doors;
mod notify;
mod reload;
mod signals;

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::sync::watch::Sender;
use tokio::task::JoinHandle;

use super::beside;
use super::exit::{self, Failure};
use crate::accounts::audit::{self, Note, What};
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Environment, Sources, Strangers};
use crate::db::{self, Db, Migrate};
use crate::server::watchdog::{self, Stuck, Watchdog};
use crate::server::{Control, Door, End, Limits, Surface};
use crate::tls::Tls;
use crate::{accounts, backup, demo, jobs, keys, log, poker, routes, server, upkeep};
use binary::Binary;
use doors::Doors;
use reload::Reloader;
use signals::{Heard, Signals};

/// For how long connections that say nothing are left open when a new binary takes over: a client may be sending its next
/// request at that moment.
const LINGER: Duration = Duration::from_secs(1);

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
pub fn run(
    config: Config,
    sources: Sources,
    options: &Options,
    given: Vec<(String, String)>,
) -> Result<(), Failure> {
    let level = log::start(&config).map_err(Failure::unavailable)?;
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
    raise_descriptors();
    // Before anything of the data is touched: a port that is taken changes nothing.
    let doors = Doors::open(
        &config.serving.places,
        sources.is_set("LISTEN"),
        config.tls.is_on().then_some(config.tls.addr),
    )?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = config.serving.threads {
        runtime.worker_threads(threads);
    }
    let runtime = runtime.enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::unavailable(format!("the runtime cannot start: {error}")))?;
    let binary = Binary::running();
    let end = runtime.block_on(serve(config, options, doors, |config| Reloader {
        level,
        sources,
        given,
        binary: binary.as_ref(),
        config,
    }))?;
    // What is left of the runtime holds nothing that has to end well.
    runtime.shutdown_background();
    match end {
        Next::Nothing => Ok(()),
        Next::NewBinary(sockets) => {
            signals::hold_back();
            let why = binary.map_or_else(String::new, |binary| binary.give_way(sockets));
            Err(Failure::unavailable(why))
        }
        Next::Anew(sockets) => {
            signals::hold_back();
            Err(Failure::try_again(format!(
                "Ballast could not begin anew by itself, start it again: {}",
                binary::begin_anew(sockets)
            )))
        }
    }
}

/// What follows the end of a server.
enum Next {
    /// Nothing.
    Nothing,
    /// The binary that took this one's place goes on with the sockets.
    NewBinary(Vec<OwnedFd>),
    /// This one goes on with them: what a restore has made ready is put in place by its start.
    Anew(Vec<OwnedFd>),
}

/// Takes as many descriptors as the system allows: each connection is one.
fn raise_descriptors() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "the limit of descriptors stays as it is");
    }
}

/// Serves, and answers who goes on with the sockets, if anybody does.
async fn serve<'a>(
    config: Config,
    options: &Options,
    doors: Doors,
    reloader: impl FnOnce(Config) -> Reloader<'a>,
) -> Result<Next, Failure> {
    let mut signals = Signals::listen();
    signals::outlive_a_file_that_may_not_grow();
    let clock = Clock::system(config.time_zone.clone());
    refuse_what_cannot_be_served(&config, &clock)?;
    let tls =
        Tls::start(&config, &clock).map_err(|fault| Failure::configuration(&[format!("TLS: {fault}")]))?;
    let patience = notify::Patience::ask();
    let db = open(&config)?;
    drop(patience);
    if config.migrate == Migrate::Check {
        exit::print("The schema is up to date; with MIGRATE=check nothing is served.")?;
        return Ok(Next::Nothing);
    }
    if let Some(size) = options.demo {
        demo::fill(&db, size, &clock).await?;
    }
    let doors = doors.serve(tls.as_ref())?;
    let shown = shown(&doors)?;
    let reloader = reloader(config.clone());
    let app = App::start(config, db, clock, options.demo.is_some()).await?;
    let app = app.with(|parts| parts.tls.clone_from(&tls));
    let control = begin(&app, &shown).await?;
    if let Some(tls) = tls {
        tokio::spawn(tls.keep());
    }
    let (end, ending) = tokio::sync::watch::channel(false);
    let working = tokio::spawn(jobs::serve(app.clone(), ending));
    let watchdog = keep_watch(&app);
    let (surface, current) = tokio::sync::watch::channel(Arc::new(surface(&app)));
    notify::ready(&shown);
    let stop = until_the_end(&mut signals, reloader, &app, &surface);
    let doors = Box::pin(server::serve_current(doors, current, stop)).await;
    let close = async {
        end.send_replace(true);
        // What was under way is back in the queue before the database closes.
        let _ = working.await;
        if let Some(control) = control {
            control.abort();
            // Its file goes with it.
            let _ = control.await;
        }
        drop(watchdog);
        let db = app.db.clone();
        let _ = tokio::task::spawn_blocking(move || db.close()).await;
    };
    tokio::select! {
        () = close => {}
        () = signals.wants_the_end() => at_once(),
    }
    what_follows(&app, doors)
}

fn refuse_what_cannot_be_served(config: &Config, clock: &Clock) -> Result<(), Failure> {
    let fault = config.edge.strangers.fault(clock.now());
    match fault.or_else(|| keys::fault(&config.secrets, &config.data_dir)) {
        Some(fault) => Err(Failure::configuration(&[fault])),
        None => Ok(()),
    }
}

/// Begins what goes on beside the requests, and says where people come in. Answers who takes commands.
async fn begin(app: &App, shown: &str) -> Result<Option<JoinHandle<()>>, Failure> {
    settle_what_was_restored(app).await?;
    accounts::raise_password_work(app).await?;
    let control = listen_to_commands(app);
    beside::begin(app).await?;
    exit::print(&format!("Ballast is at {shown}"))?;
    if let Some(path) = accounts::make_setup_link(app).await? {
        exit::print(&format!(
            "Make the first account at {shown}{path} (good once, for a day)"
        ))?;
    }
    upkeep::resume(app);
    tokio::spawn(poker::keep_time(app.clone()));
    tokio::spawn(say_that_strangers_read(
        (app.config.edge.strangers, app.clock.clone()),
        |warning| tracing::warn!("{warning}"),
        tokio::time::sleep,
    ));
    Ok(control)
}

/// What was open when a backup was made is not open again by it, and that one was put in place stands in the audit of what
/// came out of it.
async fn settle_what_was_restored(app: &App) -> Result<(), Failure> {
    let directory = &app.config.data_dir;
    let Some(restored) = backup::restored(directory) else {
        return Ok(());
    };
    let gesture = app.own_gesture("forget what was open when the backup was made");
    app.db.write(gesture, db::forget_what_was_open).await?;
    let restored = backup::Restored {
        at: app.clock.now(),
        ..restored
    };
    audit::keep(
        app,
        Note::of_program(What::BackupRestored).about(restored.words()),
    )
    .await;
    Ok(backup::settle(directory, &restored)?)
}

/// Who goes on with the sockets that are still open, if anybody does.
fn what_follows(app: &App, doors: Vec<Door>) -> Result<Next, Failure> {
    if doors.is_empty() {
        tracing::info!("stopped");
        return Ok(Next::Nothing);
    }
    let sockets = descriptors(doors)?;
    if app.upkeep.begins_anew() {
        tracing::info!("begins anew");
        return Ok(Next::Anew(sockets));
    }
    tracing::info!("gives way to a new binary");
    Ok(Next::NewBinary(sockets))
}

/// The database, after what a restore has made ready was put in its place.
fn open(config: &Config) -> Result<Db, Failure> {
    if let Some(before) = backup::complete(&config.data_dir)? {
        tracing::info!(path = %before.display(), "a backup was restored; what was there before is kept");
    }
    Ok(Db::open_within(
        &config.data_dir,
        config.migrate,
        config.serving.lock_wait,
    )?)
}

/// What is served under the settings of `app`.
fn surface(app: &App) -> Surface {
    let serving = &app.config.serving;
    Surface {
        front: routes::front(app.clone()),
        proxies: app.config.edge.proxies.clone(),
        limits: Limits {
            connections: serving.connections,
            each: serving.each,
            ..Limits::default()
        },
    }
}

/// Where people come in: at the encrypted door where there is one. It is the last.
fn shown(doors: &[Door]) -> Result<String, Failure> {
    let encrypted = doors.iter().find(|door| door.is_encrypted());
    if let (Some(_), Some(plain)) = (encrypted, doors.first()) {
        exit::print(&format!("Plain connections come in at {}", plain.shown()))?;
    }
    let door = encrypted.or(doors.first());
    Ok(door.map(Door::shown).unwrap_or_default())
}

fn descriptors(doors: Vec<Door>) -> Result<Vec<OwnedFd>, Failure> {
    let all: std::io::Result<Vec<OwnedFd>> = doors
        .into_iter()
        .map(|door| door.into_socket().into_descriptor())
        .collect();
    all.map_err(|error| Failure::unavailable(format!("the sockets cannot be handed over: {error}")))
}

/// For how long the reason of the end may take to be told.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Watches whether the runtime and the writer go on, where the settings want it.
fn keep_watch(app: &App) -> Option<Watchdog> {
    let patience = app.config.serving.watchdog?;
    let (db, runtime) = (app.db.clone(), tokio::runtime::Handle::current());
    let writer = move || db.progress();
    let db = app.db.clone();
    let (tell, told) = std::sync::mpsc::sync_channel::<Stuck>(1);
    let last_words = move || {
        let Ok(stuck) = told.recv() else { return };
        let tasks = runtime.metrics().num_alive_tasks();
        let waiting = runtime.metrics().global_queue_depth();
        let writer = db.progress();
        tracing::error!(
            tasks,
            waiting,
            ?writer,
            "{stuck}; Ballast ends with 70 so that it is started again"
        );
        std::process::exit(70);
    };
    // What holds everything up may be the log itself, which nobody takes any more. It ends without a word then.
    let end = move |stuck| {
        let _ = tell.try_send(stuck);
        std::thread::sleep(LAST_WORDS);
        std::process::exit(70);
    };
    let teller = std::thread::Builder::new().name("last-words".to_owned());
    let watched = teller
        .spawn(last_words)
        .and_then(|_| watchdog::watch(patience, writer, notify::well, end));
    match watched {
        Ok(watchdog) => Some(watchdog),
        Err(error) => {
            tracing::warn!(%error, "nobody watches whether Ballast goes on");
            None
        }
    }
}

/// Hears the signals until one of them ends this process's serving, and says how.
async fn until_the_end(
    signals: &mut Signals,
    mut reloader: Reloader<'_>,
    app: &App,
    surface: &Sender<Arc<Surface>>,
) -> End {
    loop {
        let heard = tokio::select! {
            heard = signals.next() => heard,
            // A restore is ready: this process goes on with what it has made.
            () = app.upkeep.asked_to_begin_anew() => {
                app.feed.close();
                return End {
                    linger: LINGER,
                    grace: reloader.config.shutdown_grace,
                    goes_on: true,
                };
            }
        };
        match heard {
            Heard::End => {
                notify::stopping();
                app.ending.begin();
                let delay = reloader.config.serving.delay;
                tracing::info!(
                    delay = delay.as_secs(),
                    "ends when what runs is done; a second signal ends it at once"
                );
                // What runs may take its time only as long as nobody asks again, from this moment on.
                let mut again = Signals::listen();
                tokio::spawn(async move {
                    again.wants_the_end().await;
                    at_once();
                });
                tokio::time::sleep(delay).await;
                app.feed.close();
                return End {
                    linger: Duration::ZERO,
                    grace: reloader.config.shutdown_grace,
                    goes_on: false,
                };
            }
            Heard::Reload => {
                notify::reloading();
                let gives_way = reloader.reload(app, surface).await;
                if gives_way {
                    app.feed.close();
                    return End {
                        linger: LINGER,
                        grace: reloader.config.shutdown_grace,
                        goes_on: true,
                    };
                }
                notify::ready("the same places");
            }
        }
    }
}

/// Ends the process: somebody wants it for the second time. The database is made for that.
fn at_once() {
    tracing::warn!("ends at once");
    std::process::exit(1);
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
