//! A line of the log as one object of JSON: `ts`, `level`, `message`, then the fields in the order in which they were said. What is
//! said often is written here as people read it, too.

use std::cell::{Cell, RefCell};
use std::fmt::{self, Write as _};
use std::io::Write as _;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;

use super::Value;

/// Writes lines for collectors.
pub struct Lines<W>(pub W);

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber,
    W: for<'a> MakeWriter<'a> + 'static,
{
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line::begin(*event.metadata().level());
        event.record(&mut line);
        line.end(|line| {
            // A log that cannot be written stops nothing.
            let _ = self.0.make_writer_for(event.metadata()).write_all(line);
        });
    }
}

thread_local! {
    /// What the last line was written in, for the next one.
    static PAPER: Cell<String> = const { Cell::new(String::new()) };
}

/// A line of now, without the detour over an event.
pub fn for_collectors(message: &str, fields: &[(&str, Value<'_>)], write: impl FnOnce(&[u8])) {
    let mut line = Line::begin(Level::INFO);
    line.text("message", message);
    for (name, value) in fields {
        match value {
            Value::Text(text) => line.text(name, text),
            Value::Number(number) => line.number(name, *number),
        }
    }
    line.end(write);
}

/// The same as people read it, and as the library writes all others.
pub fn for_people(message: &str, fields: &[(&str, Value<'_>)], write: impl FnOnce(&[u8])) {
    let mut line = PAPER.take();
    line.clear();
    put_time(&mut line, jiff::Timestamp::now());
    put(&mut line, format_args!("  INFO {message}{}\n", Pairs(fields)));
    write(line.as_bytes());
    PAPER.set(line);
}

/// Fields as people read them.
pub struct Pairs<'a>(pub &'a [(&'a str, Value<'a>)]);

impl fmt::Display for Pairs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(name, value)| {
            for part in [" ", name, "="] {
                f.write_str(part)?;
            }
            match value {
                Value::Text(text) => f.write_str(text),
                Value::Number(number) => f.write_str(itoa::Buffer::new().format(*number)),
            }
        })
    }
}

/// A line that is being written.
struct Line(String);

impl Line {
    /// Begins one of this level, of now.
    fn begin(level: Level) -> Self {
        let mut line = PAPER.take();
        line.clear();
        line.push_str(r#"{"ts":""#);
        put_time(&mut line, jiff::Timestamp::now());
        line.push_str(r#"","level":""#);
        line.push_str(level.as_str());
        line.push('"');
        Self(line)
    }

    /// A field that is a text.
    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.0.push('"');
        // Writing to a String does not fail.
        let _ = Escaped(&mut self.0).write_str(text);
        self.0.push('"');
    }

    /// A field that is a number.
    fn number(&mut self, name: &str, number: impl itoa::Integer) {
        self.name(name);
        self.0.push_str(itoa::Buffer::new().format(number));
    }

    /// Ends it, and hands it to `write`.
    fn end(mut self, write: impl FnOnce(&[u8])) {
        self.0.push_str("}\n");
        write(self.0.as_bytes());
        PAPER.set(self.0);
    }

    fn name(&mut self, name: &str) {
        self.0.push_str(",\"");
        self.0.push_str(name);
        self.0.push_str("\":");
    }
}

/// Writes a time to the microsecond. Many lines are of the same second, which is written out once.
fn put_time(line: &mut String, time: jiff::Timestamp) {
    thread_local! {
        static SECOND: RefCell<(i64, String)> = const { RefCell::new((i64::MIN, String::new())) };
    }
    SECOND.with_borrow_mut(|(second, written)| {
        if *second != time.as_second() {
            written.clear();
            put(written, format_args!("{time:.0}"));
            written.pop();
            *second = time.as_second();
        }
        line.push_str(written);
    });
    // Six digits after the first one.
    let mut digits = itoa::Buffer::new();
    let digits = digits.format(1_000_000 + time.subsec_microsecond());
    line.push('.');
    line.push_str(digits.get(1..).unwrap_or_default());
    line.push('Z');
}

/// Writes it into a text, which does not fail where `what` does not.
fn put(line: &mut String, what: fmt::Arguments<'_>) {
    let _ = line.write_fmt(what);
}

/// Writes what may stand between the quotes of a JSON text.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let is_special = |c: u8| c < 0x20 || matches!(c, b'"' | b'\\');
        let mut rest = text;
        while let Some(at) = rest.bytes().position(is_special) {
            let (plain, special) = rest.split_at(at);
            self.0.push_str(plain);
            let (special, after) = special.split_at(1);
            match special {
                "\"" => self.0.push_str("\\\""),
                "\\" => self.0.push_str("\\\\"),
                "\n" => self.0.push_str("\\n"),
                _ => put(
                    self.0,
                    format_args!("\\u{:04x}", special.bytes().next().unwrap_or(0)),
                ),
            }
            rest = after;
        }
        self.0.push_str(rest);
        Ok(())
    }
}

/// Whether a field belongs on the line: not what the other kind of log says of where it was said.
fn belongs(field: &Field) -> bool {
    !field.name().starts_with("log.")
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        if belongs(field) {
            self.text(field.name(), value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if belongs(field) {
            self.name(field.name());
            self.0.push('"');
            let _ = write!(Escaped(&mut self.0), "{value:?}");
            self.0.push('"');
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if belongs(field) {
            self.number(field.name(), value);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.name(field.name());
        self.0.push_str(if value { "true" } else { "false" });
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(text);
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_time_of_a_line_is_the_time() {
        for nanoseconds in [0, 1_999, 999_999_999, 1_000_000_000, 1_795_000_000_123_456_789] {
            let time = jiff::Timestamp::from_nanosecond(nanoseconds).unwrap();
            let mut text = String::new();
            put_time(&mut text, time);
            assert_eq!(text, format!("{time:.6}"));
        }
    }

    #[test]
    fn a_line_is_one_object_whatever_is_said() {
        let paper = Paper::default();
        let written = paper.clone();
        let log = tracing_subscriber::registry().with(Lines(move || paper.clone()));
        tracing::subscriber::with_default(log, || {
            let nobody: Option<i64> = None;
            tracing::info!(who = "a \"quote\"\nand more", count = 3_u64, account = nobody, fine = true, place = %"here", "said {}", 1);
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(value["ts"].as_str().unwrap().ends_with('Z'));
        assert_eq!(value["level"], "INFO");
        assert_eq!(value["message"], "said 1");
        assert_eq!(value["who"], "a \"quote\"\nand more");
        assert_eq!(
            (value["count"].as_u64(), value["fine"].as_bool()),
            (Some(3), Some(true))
        );
        assert_eq!(value.get("account"), None);
        let (who, place) = (text.find("\"who\""), text.find("\"place\""));
        assert!(who < place, "in the order in which they were said");
        assert!(text.find("message") < who, "what happened comes first");
    }

    /// Without its time, which begins it or is its first field.
    fn without_time(line: &[u8]) -> String {
        let text = std::str::from_utf8(line).unwrap();
        let (before, rest) = text.split_once("20").unwrap();
        format!("{before}{}", rest.split_once('Z').unwrap().1)
    }

    #[test]
    fn what_is_said_often_looks_like_everything_else() {
        let fields = [
            ("who", Value::Text("bo")),
            ("count", Value::Number(3)),
            ("place", Value::Text("/here")),
        ];
        let said = |log: tracing::Dispatch| {
            tracing::dispatcher::with_default(&log, || {
                tracing::info!(who = %"bo", count = 3_u64, place = %"/here", "said");
            });
        };
        let (paper, sheet) = (Paper::default(), Paper::default());
        let (written, drawn) = (paper.clone(), sheet.clone());
        said(
            tracing_subscriber::registry()
                .with(Lines(move || paper.clone()))
                .into(),
        );
        let people = tracing_subscriber::fmt()
            .with_writer(move || sheet.clone())
            .with_ansi(false)
            .with_target(false);
        said(people.finish().into());
        let (mut collected, mut read) = (Vec::new(), Vec::new());
        for_collectors("said", &fields, |line| collected.extend_from_slice(line));
        for_people("said", &fields, |line| read.extend_from_slice(line));
        assert_eq!(without_time(&collected), without_time(&written.0.lock().unwrap()));
        assert_eq!(without_time(&read), without_time(&drawn.0.lock().unwrap()));
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_text_holds_is_read_back(said in ".{0,40}") {
            let paper = Paper::default();
            let written = paper.clone();
            let log = tracing_subscriber::registry().with(Lines(move || paper.clone()));
            tracing::subscriber::with_default(log, || tracing::info!(said, "{}", said));
            let value: serde_json::Value = serde_json::from_slice(&written.0.lock().unwrap()).unwrap();
            proptest::prop_assert_eq!(&value["said"], &said);
            proptest::prop_assert_eq!(&value["message"], &said);
        }
    }
}
