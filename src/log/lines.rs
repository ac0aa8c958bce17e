//! A line of the log as one object of JSON: `ts`, `level`, `message`, then the fields in the order in which they were said.

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
        let mut said = Said::default();
        event.record(&mut said);
        let level = event.metadata().level();
        let now = jiff::Timestamp::now();
        writeln!(
            writer,
            r#"{{"ts":"{now:.6}","level":"{level}","message":{}{}}}"#,
            quoted(&said.message),
            said.fields
        )
    }
}

fn quoted(text: &str) -> String {
    // A text is always written.
    serde_json::to_string(text).unwrap_or_default()
}

#[derive(Default)]
struct Said {
    message: String,
    /// `,"name":value` each.
    fields: String,
}

impl Said {
    fn put(&mut self, field: &Field, value: &dyn fmt::Display) {
        let name = field.name();
        // What the other kind of log says of where it was said.
        if !name.starts_with("log.") {
            // Writing to a String does not fail.
            let _ = write!(self.fields, ",{}:{value}", quoted(name));
        }
    }
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.put(field, &quoted(value));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, &value);
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
    }
}
