//! Cookies, as few as possible.

use http::{HeaderMap, HeaderValue, header};

/// A cookie of ours, by the name that it has at a desk. Where connections are encrypted a prefix says so, and browsers take such
/// a name from nobody who could not set it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cookie {
    name: &'static str,
    prefix: &'static str,
}

impl Cookie {
    /// One that goes to every address of this host.
    #[must_use]
    pub const fn of_host(name: &'static str) -> Self {
        Self {
            name,
            prefix: "__Host-",
        }
    }

    /// One that goes to a few addresses.
    #[must_use]
    pub const fn of_path(name: &'static str) -> Self {
        Self {
            name,
            prefix: "__Secure-",
        }
    }

    /// Its value, if the browser sent exactly one.
    ///
    /// * `secure`: whether connections are encrypted.
    #[must_use]
    pub fn find(self, headers: &HeaderMap, secure: bool) -> Option<&str> {
        find_by(headers, [self.prefix(secure), self.name])
    }

    /// One that scripts cannot read and other sites do not send along.
    ///
    /// * `seconds`: how long the browser keeps it; none until it closes.
    #[must_use]
    pub fn set(self, value: &str, secure: bool, seconds: Option<u64>) -> Option<HeaderValue> {
        self.set_at("/", value, secure, seconds)
    }

    /// The same, sent only to addresses below `path`.
    #[must_use]
    pub fn set_at(self, path: &str, value: &str, secure: bool, seconds: Option<u64>) -> Option<HeaderValue> {
        let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
        let (prefix, name) = (self.prefix(secure), self.name);
        let secure = if secure { "; Secure" } else { "" };
        HeaderValue::from_str(&format!(
            "{prefix}{name}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}{age}"
        ))
        .ok()
    }

    /// What makes a browser forget it.
    #[must_use]
    pub fn forgotten(self, secure: bool) -> Option<HeaderValue> {
        self.set("", secure, Some(0))
    }

    const fn prefix(self, secure: bool) -> &'static str {
        if secure { self.prefix } else { "" }
    }
}

/// The value of a cookie that a script of ours set, if the browser sent exactly one.
#[must_use]
pub fn of_script<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    find_by(headers, ["", wanted])
}

/// The value of the cookie whose name has these parts.
fn find_by<'a>(headers: &'a HeaderMap, [prefix, name]: [&str; 2]) -> Option<&'a str> {
    let value = |pair: &'a [u8]| {
        let pair = pair.trim_ascii().strip_prefix(prefix.as_bytes())?;
        pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")
    };
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut values = pairs.filter_map(value);
    let first = values.next();
    // Two of one name: somebody planted one; neither is trusted.
    if values.next().is_some() {
        return None;
    }
    std::str::from_utf8(first?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Cookie = Cookie::of_host("ours");

    fn sent(text: &'static str) -> HeaderMap {
        [(header::COOKIE, HeaderValue::from_static(text))]
            .into_iter()
            .collect()
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name_and_only_once() {
        for (text, secure, found) in [
            ("a=b; __Host-ours=1", true, Some("1")),
            ("ours=1", false, Some("1")),
            ("ours=1", true, None),
            ("__Host-ours=1", false, None),
            ("__Secure-ours=1", true, None),
            ("__Host-ours=1; __Host-ours=2", true, None),
            ("__Host-ours-too=1", true, None),
        ] {
            assert_eq!(OURS.find(&sent(text), secure), found, "{text} {secure}");
        }
    }

    #[test]
    fn what_another_cookie_holds_hides_none_of_ours_and_a_planted_one_makes_both_worthless() {
        for (lines, found) in [
            (&[b"other=\xc3\xa9; ours=1".as_slice()][..], Some("1")),
            (&[b"ours=1", b"ours=\xff"], None),
            (&[b"ours=\xff"], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
            }
            assert_eq!(OURS.find(&headers, false), found);
        }
    }

    #[test]
    fn a_cookie_is_set_with_what_its_name_promises() {
        let text = |value: Option<HeaderValue>| value.unwrap().to_str().unwrap().to_owned();
        assert_eq!(
            text(OURS.set("1", true, Some(9))),
            "__Host-ours=1; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=9"
        );
        assert_eq!(
            text(OURS.set("1", false, None)),
            "ours=1; Path=/; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            text(Cookie::of_path("ours").set_at("/here", "1", true, None)),
            "__Secure-ours=1; Path=/here; HttpOnly; SameSite=Lax; Secure"
        );
    }
}
