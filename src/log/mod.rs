//! The log: lines for people, or one object of JSON each for collectors.

mod desk;
mod lines;

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry, reload};

use crate::config::{Config, LogFormat, log_directives};

use desk::{Desk, Pencil};
use lines::Lines;

/// Where lines lie until they are written.
static DESK: OnceLock<Desk> = OnceLock::new();

/// Where lines go and how they are written, where they need no colours.
static PLAIN: OnceLock<(&Desk, LogFormat)> = OnceLock::new();

/// The file of the log, where it goes to one.
static PEN: OnceLock<Pen> = OnceLock::new();

/// A value on a line.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A text without the end of a line: lines for people hold it as it is.
    Text(&'a str),
    /// A number.
    Number(u64),
}

/// Says what happens with each request. It goes past what every other line passes, which takes longer than writing it.
pub fn say_often(message: &'static str, fields: &[(&'static str, Value<'_>)]) {
    if !tracing::enabled!(tracing::Level::INFO) {
        return;
    }
    match PLAIN.get() {
        Some((desk, LogFormat::Json)) => lines::for_collectors(message, fields, |line| desk.lay(line)),
        Some((desk, LogFormat::Text)) => lines::for_people(message, fields, |line| desk.lay(line)),
        None => tracing::info!("{message}{}", lines::Pairs(fields)),
    }
}

/// What of the log can be changed while it is written.
#[derive(Clone)]
pub struct Handle(reload::Handle<EnvFilter, Registry>);

impl Handle {
    /// From now on lines below this level are left out.
    ///
    /// # Errors
    /// Where nobody writes a log any more.
    pub fn set_level(&self, level: tracing::Level) -> Result<(), String> {
        let filter = EnvFilter::new(log_directives(level));
        self.0.reload(filter).map_err(|error| error.to_string())
    }
}

/// Begins the log, as the settings want it.
///
/// # Errors
/// A sentence where its file cannot be opened.
pub fn start(config: &Config) -> Result<Handle, String> {
    let (filter, handle) = reload::Layer::new(EnvFilter::new(log_directives(config.log_level)));
    let desk = DESK.get_or_init(Desk::default);
    let writer = thread::Builder::new().name("log".to_owned());
    let writer = match &config.watch.log_file {
        Some(path) => {
            let pen = PEN.get_or_init(|| Pen::new(path));
            pen.reopen()
                .map_err(|error| format!("LOG_FILE {}: {error}", path.display()))?;
            writer.spawn(|| desk.write_to(Hand(PEN.get()), say_lost))
        }
        None => writer.spawn(|| desk.write_to(io::stderr(), say_lost)),
    };
    writer.map_err(|error| format!("nobody can write the log: {error}"))?;
    let pencils = Pencils(desk);
    // Colours are for eyes; what reads a file finds plain lines.
    let coloured = config.watch.log_file.is_none() && io::stderr().is_terminal();
    if config.log_format == LogFormat::Json || !coloured {
        PLAIN.get_or_init(|| (desk, config.log_format));
    }
    let layer = match config.log_format {
        LogFormat::Json => Lines(pencils).boxed(),
        LogFormat::Text => tracing_subscriber::fmt::layer()
            .with_writer(pencils)
            .with_ansi(coloured)
            .with_target(false)
            .boxed(),
    };
    tracing_subscriber::registry().with(filter).with(layer).init();
    Ok(Handle(handle))
}

/// Says it as what nobody waits for: it is the writer itself that says it.
fn say_lost(lines: u64) {
    tracing::info!(lines, "lines of the log were dropped, since nobody took them");
}

/// Waits until what was said so far is written, as whoever ends the process does.
pub fn settle() {
    if let Some(desk) = DESK.get() {
        desk.settle();
    }
}

/// Opens the file of the log anew, where there is one: whoever moved it away gets no further line.
///
/// # Errors
/// Whatever the file system says; the log goes on where it went.
pub fn reopen() -> io::Result<()> {
    settle();
    PEN.get().map_or(Ok(()), Pen::reopen)
}

/// One for each line.
struct Pencils(&'static Desk);

impl MakeWriter<'_> for Pencils {
    type Writer = Pencil;

    fn make_writer(&self) -> Pencil {
        Pencil::new(self.0, tracing::Level::ERROR)
    }

    fn make_writer_for(&self, line: &Metadata<'_>) -> Pencil {
        Pencil::new(self.0, *line.level())
    }
}

struct Pen {
    path: PathBuf,
    file: Arc<Mutex<Option<File>>>,
}

impl Pen {
    fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            file: Arc::default(),
        }
    }

    fn reopen(&self) -> io::Result<()> {
        let file = OpenOptions::new().append(true).create(true).open(&self.path)?;
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
        Ok(())
    }
}

/// Writes one line.
struct Hand(Option<&'static Pen>);

impl Write for Hand {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let Some(pen) = self.0 else { return Ok(line.len()) };
        let mut file = pen.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.as_mut().map_or(Ok(line.len()), |file| file.write(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_moved_away_is_followed_by_a_new_one() {
        let directory = tempfile::tempdir().unwrap();
        let (path, old) = (directory.path().join("log"), directory.path().join("log.1"));
        let pen: &'static Pen = Box::leak(Box::new(Pen::new(&path)));
        pen.reopen().unwrap();
        Hand(Some(pen)).write_all(b"one\n").unwrap();
        std::fs::rename(&path, &old).unwrap();
        Hand(Some(pen)).write_all(b"two\n").unwrap();
        pen.reopen().unwrap();
        Hand(Some(pen)).write_all(b"three\n").unwrap();
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "one\ntwo\n");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three\n");
    }
}
