//! How a browser takes an answer packed, and whether it has it already.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Brotli.
    Brotli,
    /// Zstandard.
    Zstandard,
    /// As every browser takes it.
    Gzip,
    /// Not at all.
    Identity,
}

impl Encoding {
    /// Those that pack, the shortest first.
    pub const PACKED: [Self; 3] = [Self::Brotli, Self::Zstandard, Self::Gzip];

    /// As HTTP calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstandard => "zstd",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }
}

/// Of those in `known`, in our order of liking, the one that `Accept-Encoding` wants most. Who says nothing gets it as it is;
/// who wants nothing that there is gets it as it is too, since that is more use than a refusal.
#[must_use]
pub fn chosen(headers: &HeaderMap, known: &[Encoding]) -> Encoding {
    chosen_of(headers.get_all(header::ACCEPT_ENCODING).iter(), known)
}

fn chosen_of<'a>(accepts: impl Iterator<Item = &'a HeaderValue>, known: &[Encoding]) -> Encoding {
    let wants: Vec<(&str, u16)> = accepts
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .filter_map(want)
        .collect();
    let weight = |encoding: Encoding| {
        let named = wants.iter().find(|(name, _)| {
            name.eq_ignore_ascii_case(encoding.as_str())
                || (encoding == Encoding::Gzip && name.eq_ignore_ascii_case("x-gzip"))
        });
        let any = || wants.iter().find(|(name, _)| *name == "*");
        named.or_else(any).map_or(0, |(_, weight)| *weight)
    };
    let mut best = (Encoding::Identity, 0);
    for encoding in known {
        let weight = weight(*encoding);
        if weight > best.1 {
            best = (*encoding, weight);
        }
    }
    // Only where it is named is it wanted more than what is packed.
    let plain = wants
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("identity"));
    if plain.is_some_and(|(_, weight)| *weight > best.1) {
        return Encoding::Identity;
    }
    best.0
}

/// `br;q=0.8` as a name and thousandths; none where it cannot be read.
fn want(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = match parts.next() {
        None => 1_000,
        Some(weight) => thousandths(weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="))?)?,
    };
    Some((name, weight))
}

/// `1`, `0`, `0.8`, `0.125` in thousandths.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 3 || !part.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let part: u16 = format!("{part:0<3}").parse().ok()?;
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(1_000),
        _ => None,
    }
}

/// Whether `If-None-Match` names what stands behind `tag`.
#[must_use]
pub fn is_held(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .any(|held| names(held, tag))
}

fn names(held: &HeaderValue, tag: &str) -> bool {
    let opaque = |tag| str::strip_prefix(tag, "W/").unwrap_or(tag);
    let is_tag = |one| one == "*" || opaque(one) == opaque(tag);
    held.to_str()
        .is_ok_and(|held| held.split(',').map(str::trim).any(is_tag))
}

/// How whoever asks takes a finished answer, and what they hold of it: as much of the headers as that needs.
#[derive(Clone, Debug, Default)]
pub struct Taker {
    accepts: Option<HeaderValue>,
    holds: Option<HeaderValue>,
}

impl Taker {
    /// Of those in `known`, in our order of liking, the one that they want most.
    #[must_use]
    pub fn wants(&self, known: &[Encoding]) -> Encoding {
        chosen_of(self.accepts.iter(), known)
    }

    /// Whether they take it packed as every browser does.
    #[must_use]
    pub fn packs(&self) -> bool {
        self.wants(&[Encoding::Gzip]) == Encoding::Gzip
    }

    /// Whether they hold what stands behind `tag`.
    #[must_use]
    pub fn holds(&self, tag: &HeaderValue) -> bool {
        let names = |held| names(held, tag.to_str().unwrap_or_default());
        self.holds.as_ref().is_some_and(names)
    }
}

impl From<&HeaderMap> for Taker {
    /// Several headers of one name count as none, which costs whoever sends them no more than a longer answer.
    fn from(headers: &HeaderMap) -> Self {
        let only = |name| {
            let mut values = headers.get_all(name).iter();
            values.next().filter(|_| values.next().is_none()).cloned()
        };
        Self {
            accepts: only(header::ACCEPT_ENCODING),
            holds: only(header::IF_NONE_MATCH),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Taker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::from(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, text: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, text.parse().unwrap());
        headers
    }

    #[test]
    fn what_is_wanted_most_is_chosen_and_among_equals_the_shortest() {
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip, zstd", "zstd"),
            ("gzip", "gzip"),
            ("x-gzip", "gzip"),
            ("GZIP;Q=0.5", "gzip"),
            ("br;q=0.5, gzip;q=0.8", "gzip"),
            ("br;q=0, *;q=0.1", "zstd"),
            ("*", "br"),
            ("*;q=0", "identity"),
            ("identity", "identity"),
            ("identity;q=0.9, gzip;q=0.2", "identity"),
            ("identity;q=0", "identity"),
            ("gzip;q=0.0001", "identity"),
            ("gzip;q=2", "identity"),
            ("gzip;level=9", "identity"),
            ("br;q=1.000", "br"),
            ("deflate", "identity"),
            ("", "identity"),
            (", ,;", "identity"),
        ] {
            let chosen = chosen(&headers(header::ACCEPT_ENCODING, accepted), &Encoding::PACKED);
            assert_eq!(chosen.as_str(), expected, "{accepted}");
        }
        assert_eq!(chosen(&HeaderMap::new(), &Encoding::PACKED), Encoding::Identity);
    }

    #[test]
    fn whoever_takes_an_answer_says_each_thing_once() {
        let tag = HeaderValue::from_static("\"a\"");
        for (accepted, held, packs, holds) in [
            (&[][..], &[][..], false, false),
            (&["gzip, br"], &["W/\"a\""], true, true),
            (&["br"], &["*"], false, true),
            (&["gzip", "gzip;q=0"], &["\"a\"", "\"b\""], false, false),
        ] {
            let mut headers = HeaderMap::new();
            for text in accepted {
                headers.append(header::ACCEPT_ENCODING, text.parse().unwrap());
            }
            for text in held {
                headers.append(header::IF_NONE_MATCH, text.parse().unwrap());
            }
            let taker = Taker::from(&headers);
            assert_eq!((taker.packs(), taker.holds(&tag)), (packs, holds), "{accepted:?}");
        }
    }

    #[test]
    fn what_somebody_holds_is_known_by_its_tag() {
        for (held, known) in [
            ("\"a\"", true),
            ("\"b\", W/\"a\"", true),
            ("*", true),
            ("\"ab\"", false),
            ("a", false),
        ] {
            let headers = headers(header::IF_NONE_MATCH, held);
            for tag in ["\"a\"", "W/\"a\""] {
                assert_eq!(is_held(&headers, tag), known, "{held}");
            }
        }
    }
}
