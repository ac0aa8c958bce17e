//! A line of the log as one object of JSON: `ts`, `level`, `message`, then the fields in the order in which they were said.

use std::cell::RefCell;
use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// How lines are written for collectors.
pub struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        writer.write_str(r#"{"ts":""#)?;
        put_time(&mut writer, jiff::Timestamp::now())?;
        writer.write_str(r#"","level":""#)?;
        writer.write_str(event.metadata().level().as_str())?;
        writer.write_char('"')?;
        let mut said = Said { writer, failed: None };
        event.record(&mut said);
        said.failed.map_or(Ok(()), Err)?;
        said.writer.write_str("}\n")
    }
}

/// Writes a time to the microsecond. Many lines are of the same second, which is written out once.
fn put_time(writer: &mut Writer<'_>, time: jiff::Timestamp) -> fmt::Result {
    thread_local! {
        static SECOND: RefCell<(i64, String)> = const { RefCell::new((i64::MIN, String::new())) };
    }
    SECOND.with_borrow_mut(|(second, written)| {
        if *second != time.as_second() {
            written.clear();
            // Writing to a String does not fail.
            let _ = write!(written, "{time:.0}");
            written.pop();
            *second = time.as_second();
        }
        writer.write_str(written)
    })?;
    write!(writer, ".{:06}Z", time.subsec_microsecond())
}

/// Writes each field as it is said.
struct Said<'a> {
    writer: Writer<'a>,
    failed: Option<fmt::Error>,
}

impl Said<'_> {
    fn put(&mut self, field: &Field, write: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        let name = field.name();
        // What the other kind of log says of where it was said.
        if name.starts_with("log.") || self.failed.is_some() {
            return;
        }
        let mut written = Ok(());
        for part in [",\"", name, "\":"] {
            written = written.and_then(|()| self.writer.write_str(part));
        }
        self.failed = written.and_then(|()| write(&mut self.writer)).err();
    }

    fn put_text(&mut self, field: &Field, text: impl fmt::Display) {
        self.put(field, |writer| {
            writer.write_char('"')?;
            write!(Escaped(writer), "{text}")?;
            writer.write_char('"')
        });
    }
}

/// Writes what may stand between the quotes of a JSON text.
struct Escaped<'a, 'b>(&'a mut Writer<'b>);

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|c| c < 0x20 || matches!(c, b'"' | b'\\')) {
            let (plain, special) = rest.split_at(at);
            self.0.write_str(plain)?;
            let (special, after) = special.split_at(1);
            match special {
                "\"" => self.0.write_str("\\\"")?,
                "\\" => self.0.write_str("\\\\")?,
                "\n" => self.0.write_str("\\n")?,
                _ => write!(self.0, "\\u{:04x}", special.bytes().next().unwrap_or(0))?,
            }
            rest = after;
        }
        self.0.write_str(rest)
    }
}

impl Visit for Said<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_text(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put_text(field, format_args!("{value:?}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, |writer| write!(writer, "{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, |writer| write!(writer, "{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, |writer| write!(writer, "{value}"));
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

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
            put_time(&mut Writer::new(&mut text), time).unwrap();
            assert_eq!(text, format!("{time:.6}"));
        }
    }

    #[test]
    fn a_line_is_one_object_whatever_is_said() {
        let paper = Paper::default();
        let written = paper.clone();
        let log = tracing_subscriber::fmt()
            .event_format(Lines)
            .with_writer(move || paper.clone())
            .finish();
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

    proptest::proptest! {
        #[test]
        fn whatever_a_text_holds_is_read_back(said in ".{0,40}") {
            let paper = Paper::default();
            let written = paper.clone();
            let log = tracing_subscriber::fmt().event_format(Lines).with_writer(move || paper.clone()).finish();
            tracing::subscriber::with_default(log, || tracing::info!(said, "{}", said));
            let value: serde_json::Value = serde_json::from_slice(&written.0.lock().unwrap()).unwrap();
            proptest::prop_assert_eq!(&value["said"], &said);
            proptest::prop_assert_eq!(&value["message"], &said);
        }
    }
}
