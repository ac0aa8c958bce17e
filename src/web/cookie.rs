//! Cookies, as few as possible.

use http::{HeaderMap, HeaderValue, header};

/// The value of the cookie called `name`, if the browser sent exactly one.
#[must_use]
pub fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(own, _)| *own == name)
        .map(|(_, value)| value);
    let first = values.next();
    // Two of one name: somebody planted one; neither is trusted.
    if values.next().is_some() { None } else { first }
}

/// A cookie that scripts cannot read and other sites do not send along.
///
/// * `seconds`: how long the browser keeps it; none until it closes, 0 to forget it.
#[must_use]
pub fn set(name: &str, value: &str, secure: bool, seconds: Option<u64>) -> Option<HeaderValue> {
    set_at("/", name, value, secure, seconds)
}

/// The same, sent only to addresses below `path`.
#[must_use]
pub fn set_at(
    path: &str,
    name: &str,
    value: &str,
    secure: bool,
    seconds: Option<u64>,
) -> Option<HeaderValue> {
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{name}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}{age}"
    ))
    .ok()
}
