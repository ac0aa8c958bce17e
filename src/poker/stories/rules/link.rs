//! Addresses that a story may lead to.

/// How long an address is at most.
const LONGEST: usize = 2_000;
const WANTED: &str = "must be an address that begins with https:// or http://";

/// An address of the web as it was typed, or blank.
///
/// # Errors
/// What would be right, for every other address: a link of a page may run nothing (`javascript:`) and open nothing local.
pub fn read_link(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    let Some(rest) = after_scheme(text) else {
        return Err(WANTED);
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let strange = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '`');
    if host.is_empty() || text.contains(strange) || text.len() > LONGEST {
        return Err(WANTED);
    }
    Ok(text.to_owned())
}

/// What follows `http://` or `https://`.
fn after_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
        .then_some(rest)
}

/// Whether a word is an address by its beginning.
pub fn is_link(word: &str) -> bool {
    after_scheme(word).is_some_and(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_web_are_taken_as_they_are() {
        for text in [
            "https://jira.example.org/browse/BAL-118",
            "http://10.0.0.1:8080/x?y=1#z",
            "HTTPS://example.org",
            "https://example.org/å",
        ] {
            assert_eq!(read_link(text).as_deref(), Ok(text));
        }
        assert_eq!(read_link("  "), Ok(String::new()));
    }

    #[test]
    fn r22_only_http_and_https_are_links() {
        for text in [
            "javascript:alert(1)",
            "JavaScript://example.org/%0aalert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "//example.org",
            "example.org",
            "https://",
            "https:///path",
            "https:example.org",
            " https://example.org/ x",
            "https://example.org/\"onclick=",
            "https://example.org\\@evil.example",
            "\u{1}javascript:alert(1)",
        ] {
            assert!(read_link(text).is_err(), "{text:?}");
        }
        assert!(read_link(&format!("https://example.org/{}", "x".repeat(LONGEST))).is_err());
    }
}
