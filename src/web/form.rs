//! Fields as people and programs send them, and a reader that collects everything that is wrong with them.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header;

use super::json::{self, is_json};
use crate::error::{AppError, FieldError};
use crate::secret::Secret;
use crate::units::ids::Id;
use crate::units::{Day, Minutes, Name, text};

/// The fields of one form, or of one JSON object: names and texts. Both are read by the same rules. It has no `Debug`: what
/// somebody typed may be their password.
#[derive(Clone, Default)]
pub struct Fields(BTreeMap<String, Vec<String>>);

/// How many fields a body holds at most. The widest form of ours is a preview of auto-hours, which sends each of its cells
/// back, and each tick; a body of two megabytes could hold a million.
const MOST_FIELDS: usize = 20_000;

impl Fields {
    /// The fields of a form's body.
    #[must_use]
    pub fn from_form(body: &[u8]) -> Self {
        let mut fields = Self::default();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let at = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = at.map_or((pair, &[][..]), |at| {
                (
                    pair.get(..at).unwrap_or_default(),
                    pair.get(at + 1..).unwrap_or_default(),
                )
            });
            fields.add(decode(name), decode(value));
        }
        fields
    }

    /// The fields of an address's query, which has none where there is none.
    #[must_use]
    pub fn from_query(query: Option<&str>) -> Self {
        Self::from_form(query.unwrap_or_default().as_bytes())
    }

    /// The fields of a JSON object: numbers and booleans as they are written, null as blank, lists as several values.
    #[must_use]
    pub fn from_json(object: &serde_json::Map<String, serde_json::Value>) -> Self {
        let mut fields = Self::default();
        for (name, value) in object {
            match value {
                serde_json::Value::Array(items) => {
                    fields.0.entry(name.clone()).or_default();
                    for item in items {
                        fields.add(name.clone(), plain(item));
                    }
                }
                other => fields.add(name.clone(), plain(other)),
            }
        }
        fields
    }

    /// As a JSON object of texts and lists of texts, which [`Fields::from_json`] reads.
    #[must_use]
    pub fn as_json(&self) -> serde_json::Value {
        serde_json::json!(self.0)
    }

    /// Adds a value.
    pub fn add(&mut self, name: String, value: String) {
        self.0.entry(name).or_default().push(value);
    }

    /// Makes `value` the only one of `name`.
    pub fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), vec![value.to_owned()]);
    }

    /// Takes the first value of `name` out, so that nothing that shows these fields shows it.
    #[must_use]
    pub fn take_secret(&mut self, name: &str) -> Secret {
        let values = self.0.remove(name).unwrap_or_default();
        let mut values = values.into_iter().map(Secret::from);
        values.next().unwrap_or_default()
    }

    /// The first value of `name`, or blank.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0
            .get(name)
            .and_then(|values| values.first())
            .map_or("", String::as_str)
    }

    /// All values of `name`.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether `name` was sent at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The names that were sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => value.to_string(),
    }
}

fn decode(bytes: &[u8]) -> String {
    let spaced: Vec<u8> = bytes
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_encoding::percent_decode(&spaced)
        .decode_utf8_lossy()
        .into_owned()
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = AppError;

    /// A form or a JSON object, up to the route's body limit.
    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        if is_json(request.headers()) {
            let body = whole(request, state).await?;
            if is_wide_json(&body) {
                return Err(too_wide());
            }
            let object: serde_json::Map<String, serde_json::Value> = json::read(&body)?;
            return Ok(Self::from_json(&object));
        }
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !kind.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(AppError::UnsupportedType("a form or JSON"));
        }
        let body = whole(request, state).await?;
        if is_wide_form(&body) {
            return Err(too_wide());
        }
        Ok(Self::from_form(&body))
    }
}

/// A body, up to the route's limit.
pub(super) async fn whole<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, AppError> {
    Bytes::from_request(request, state)
        .await
        .map_err(|fault| body_fault(&fault))
}

fn too_wide() -> AppError {
    AppError::TooLarge("a form or request takes 20 000 fields".to_owned())
}

/// Whether a form holds too many fields; told before any of them is made.
fn is_wide_form(body: &[u8]) -> bool {
    body.split(|byte| *byte == b'&').nth(MOST_FIELDS).is_some()
}

/// Whether JSON holds too many values; told from its commas and brackets alone, before any value is made.
fn is_wide_json(body: &[u8]) -> bool {
    let (mut in_text, mut escaped, mut marks) = (false, false, 0_usize);
    for byte in body {
        match byte {
            b'"' if !escaped => in_text = !in_text,
            b',' | b'[' | b'{' if !in_text => marks += 1,
            _ => {}
        }
        if marks > MOST_FIELDS {
            return true;
        }
        escaped = in_text && !escaped && *byte == b'\\';
    }
    false
}

/// What is told of a body that is over its limit, or that did not come to its end in time.
pub(super) fn body_fault(fault: &axum::extract::rejection::BytesRejection) -> AppError {
    if fault.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        AppError::TooLarge("a form or request takes 2 MiB".to_owned())
    } else {
        AppError::BadRequest("The request ended before all of it had come.".to_owned())
    }
}

/// Reads fields into what they mean, and keeps every fault for the end.
pub struct Reader<'a> {
    fields: &'a Fields,
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    /// A reader over `fields`.
    #[must_use]
    pub const fn new(fields: &'a Fields) -> Self {
        Self {
            fields,
            errors: Vec::new(),
        }
    }

    /// Notes a fault of `field`.
    pub fn fault(&mut self, field: &str, message: impl ToString) {
        self.errors.push(FieldError::new(field, message));
    }

    /// Reads `field` with `parse`; a fault is noted and the default stands in for the value.
    pub fn parsed<T: Default, E: ToString>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> T {
        parse(self.fields.text(field)).unwrap_or_else(|error| {
            self.fault(field, error);
            T::default()
        })
    }

    /// A name: 1 to 200 characters.
    pub fn name(&mut self, field: &str) -> String {
        self.parsed(field, |text| Name::parse(text).map(String::from))
    }

    /// A line, possibly blank, of at most `most` characters.
    pub fn line(&mut self, field: &str, most: usize) -> String {
        self.parsed(field, |value| text::line(value, most))
    }

    /// Notes over several lines.
    pub fn notes(&mut self, field: &str) -> String {
        self.parsed(field, text::notes)
    }

    /// A day, or none where it is blank.
    pub fn day(&mut self, field: &str) -> Option<Day> {
        self.optional(field, str::parse)
    }

    /// Hours up to `most`, or none where they are blank.
    pub fn hours(&mut self, field: &str, most: Minutes) -> Option<Minutes> {
        self.optional(field, |text| Minutes::parse_hours(text, most))
    }

    /// An id, or none where it is blank.
    pub fn id<T: Id>(&mut self, field: &str) -> Option<T> {
        self.optional(field, |text| {
            text.parse().map(T::from_raw).map_err(|_| "is not in the list")
        })
    }

    /// Whether a box is ticked: `on`, `true`, `yes` or `1`.
    #[must_use]
    pub fn flag(&self, field: &str) -> bool {
        matches!(self.fields.text(field), "on" | "true" | "yes" | "1")
    }

    /// What `parse` makes of the field, or none where it is blank.
    pub fn optional<T, E: ToString>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.fields.text(field).trim();
        if text.is_empty() {
            return None;
        }
        parse(text).map_err(|error| self.fault(field, error)).ok()
    }

    /// A choice that must be made.
    pub fn required<T: FromStr>(&mut self, field: &str, message: &str) -> Option<T> {
        let value = self.fields.text(field).trim().parse().ok();
        if value.is_none() {
            self.fault(field, message);
        }
        value
    }

    /// The fields themselves.
    #[must_use]
    pub const fn fields(&self) -> &'a Fields {
        self.fields
    }

    /// `value` where nothing was wrong.
    ///
    /// # Errors
    /// Every fault that was noted.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<FieldError>> {
        if self.errors.is_empty() {
            Ok(value)
        } else {
            Err(self.errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_read_as_browsers_send_them() {
        let fields = Fields::from_form("name=%C3%85sa+Sato&skills=1&skills=2&empty=&flag".as_bytes());
        assert_eq!(fields.text("name"), "Åsa Sato");
        assert_eq!(fields.all("skills"), ["1", "2"]);
        assert!(fields.has("flag") && fields.has("empty") && !fields.has("other"));
    }

    #[tokio::test]
    async fn a_body_of_too_many_fields_is_refused_before_they_are_read() {
        let read = async |kind: &str, body: String| {
            let request = Request::builder()
                .header(header::CONTENT_TYPE, kind)
                .body(axum::body::Body::from(body))
                .unwrap();
            Fields::from_request(request, &()).await
        };
        let (form, json) = ("application/x-www-form-urlencoded", "application/json");
        for (kind, body) in [
            (form, "a&".repeat(MOST_FIELDS + 1)),
            (json, format!("{{\"a\":[{}1]}}", "1,".repeat(MOST_FIELDS))),
            (
                json,
                format!("{{\"a\":\"\\\\\",{}\"b\":1}}", "\"a\":1,".repeat(MOST_FIELDS)),
            ),
            (json, "[".repeat(MOST_FIELDS + 1)),
        ] {
            assert!(matches!(read(kind, body).await, Err(AppError::TooLarge(_))));
        }
        let seen = "seen=1:2026-11-16:40&".repeat(MOST_FIELDS - 1);
        assert_eq!(read(form, seen).await.unwrap().all("seen").len(), MOST_FIELDS - 1);
        let notes = format!("{{\"notes\":\"\\\"{}\"}}", ",[{".repeat(MOST_FIELDS));
        assert!(
            read(json, notes).await.unwrap().has("notes"),
            "what stands in a text is no field"
        );
    }

    #[test]
    fn every_fault_is_told() {
        let fields = Fields::from_form(b"name=&start=2026-02-30&budget=eight");
        let mut reader = Reader::new(&fields);
        reader.name("name");
        reader.day("start");
        reader.hours("budget", Minutes::BUDGET);
        let errors = reader.finish(()).unwrap_err();
        assert_eq!(
            errors
                .iter()
                .map(|error| error.field.as_str())
                .collect::<Vec<_>>(),
            ["name", "start", "budget"]
        );
    }
}
