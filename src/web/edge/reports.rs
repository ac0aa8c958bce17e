//! What browsers report of pages that wanted more than their policy allows.

use axum::body::Bytes;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Map, Value};

use crate::error::AppError;

/// A report is this long at most.
const MOST_BYTES: usize = 16 * 1024;
/// How many reports of one request are written down.
const MOST_REPORTS: usize = 10;
/// How much of an address or a word is written down.
const MOST_CHARACTERS: usize = 200;
/// From this length on, a part of a path may be a key.
const KEY: usize = 20;

/// `POST /csp-report/`: takes a report in either form and writes it to the log, without what addresses may hold of secrets.
///
/// # Errors
/// `TooLarge`, `UnsupportedType`, `BadRequest`.
pub async fn take_report(request: Request) -> Result<Response, AppError> {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if ![
        "application/csp-report",
        "application/reports+json",
        "application/json",
    ]
    .contains(&kind.as_str())
    {
        return Err(AppError::UnsupportedType(
            "application/csp-report or application/reports+json",
        ));
    }
    let body: Bytes = axum::body::to_bytes(request.into_body(), MOST_BYTES)
        .await
        .map_err(|_| AppError::TooLarge("16 KiB".to_owned()))?;
    let report: Value = serde_json::from_slice(&body)
        .map_err(|_| AppError::BadRequest("The report is no JSON.".to_owned()))?;
    for line in lines(&report) {
        tracing::warn!(report = %line, "a page wanted more than its policy allows");
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The reports of a body, each as one line of JSON.
fn lines(body: &Value) -> Vec<Value> {
    let one = |report: &Value| -> Option<Value> {
        let said = report
            .get("csp-report")
            .or_else(|| report.get("body"))?
            .as_object()?;
        let text = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| said.get(*name)?.as_str())
                .map(str::to_owned)
        };
        let mut line = Map::new();
        let mut put = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                line.insert(name.to_owned(), Value::String(value));
            }
        };
        put(
            "document",
            text(&["document-uri", "documentURL"]).map(|text| address(&text)),
        );
        put(
            "blocked",
            text(&["blocked-uri", "blockedURL"]).map(|text| address(&text)),
        );
        put(
            "source",
            text(&["source-file", "sourceFile"]).map(|text| address(&text)),
        );
        put(
            "directive",
            text(&["effective-directive", "effectiveDirective"])
                .or_else(|| text(&["violated-directive", "violatedDirective"]))
                .map(|text| word(&text)),
        );
        put("disposition", text(&["disposition"]).map(|text| word(&text)));
        let number = ["line-number", "lineNumber"]
            .iter()
            .find_map(|name| said.get(*name)?.as_u64());
        if let Some(number) = number {
            line.insert("line".to_owned(), number.into());
        }
        Some(Value::Object(line))
    };
    match body {
        Value::Array(all) => all.iter().filter_map(one).take(MOST_REPORTS).collect(),
        other => one(other).into_iter().collect(),
    }
}

/// An address without its query and fragment, and without what may be a key in its path. Of what is no address, the scheme.
fn address(text: &str) -> String {
    let bare = text.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = bare.split_once("://") else {
        return word(bare.split(':').next().unwrap_or_default());
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    // A name before the host is no part of where something is.
    let host = host.rsplit('@').next().unwrap_or_default();
    let path: Vec<&str> = path
        .split('/')
        .map(|part| if part.len() >= KEY { "…" } else { part })
        .collect();
    word(&format!("{scheme}://{host}/{}", path.join("/")))
}

/// A word as it may stand in the log: short, and of visible characters.
fn word(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MOST_CHARACTERS)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let old = json!({ "csp-report": {
            "document-uri": "https://plan.example.org/schedule?token=abc#x",
            "blocked-uri": "https://user:pw@evil.example/x.js?y",
            "effective-directive": "script-src-elem",
            "disposition": "enforce",
            "script-sample": "alert(document.cookie)",
            "line-number": 7,
        }});
        let new = json!([{ "type": "csp-violation", "url": "https://plan.example.org/", "body": {
            "documentURL": "https://plan.example.org/schedule?token=abc#x",
            "blockedURL": "https://user:pw@evil.example/x.js?y",
            "effectiveDirective": "script-src-elem",
            "disposition": "enforce",
            "sample": "alert(document.cookie)",
            "lineNumber": 7,
        }}]);
        let expected = json!({
            "document": "https://plan.example.org/schedule",
            "blocked": "https://evil.example/x.js",
            "directive": "script-src-elem",
            "disposition": "enforce",
            "line": 7,
        });
        assert_eq!(lines(&old), std::slice::from_ref(&expected));
        assert_eq!(lines(&new), [expected]);
    }

    #[test]
    fn a_key_in_a_path_is_left_out() {
        assert_eq!(
            address("https://plan.example.org/setup/AbCdEfGhIjKlMnOpQrStUv"),
            "https://plan.example.org/setup/…"
        );
        for (text, expected) in [
            ("inline", "inline"),
            ("data:text/javascript,alert('x')", "data"),
            ("blob:https://plan.example.org/1", "blob"),
            ("", ""),
        ] {
            let shown = address(text);
            assert!(
                shown.starts_with(expected) && !shown.contains("alert"),
                "{text}: {shown}"
            );
        }
    }

    #[test]
    fn a_line_of_the_log_stays_one_line_and_short() {
        let long = json!({ "csp-report": { "effective-directive": format!("a\nb{}", "x".repeat(9_999)) } });
        let line = lines(&long)[0].to_string();
        assert!(!line.contains("\\n") && line.len() < 300, "{line}");
        let many = Value::Array(vec![json!({ "body": {} }); 50]);
        assert_eq!(lines(&many).len(), 10);
        assert!(lines(&json!("text")).is_empty() && lines(&json!([1, null])).is_empty());
    }
}
