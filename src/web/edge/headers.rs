//! What every answer carries besides what it says.

use std::sync::OnceLock;

use base64::Engine as _;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::web::random::random;

/// What becomes of the content policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// The browser keeps to it.
    #[default]
    Kept,
    /// The browser only reports what it would have refused.
    Reported,
    /// It is not sent.
    Off,
}

/// Who may show a page of ours within a page of theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Frames {
    /// Nobody.
    #[default]
    Nobody,
    /// Pages of the same origin.
    OurPages,
}

/// The headers that the settings decide.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    /// What becomes of the content policy.
    pub policy: Policy,
    /// Where browsers report what the policy refused, if anywhere.
    pub reports: Option<String>,
    /// For how long browsers insist on https, as the header says it; none where they need not.
    pub strict: Option<HeaderValue>,
    /// Whether people reach this Ballast by https, whatever the connection says.
    pub public_is_secure: bool,
    /// Who may frame a page.
    pub frames: Frames,
    /// Whether old browsers get the filter header of their time.
    pub old_filter: bool,
    /// What nearly every answer carries, made once.
    pub usual: OnceLock<Usual>,
}

/// What nearly every answer carries.
#[derive(Clone, Debug)]
pub struct Usual {
    /// The headers that are the same for all.
    headers: HeaderMap,
    /// The policy, apart where its nonce stands.
    policy: Vec<String>,
}

/// What one answer's policy allows beyond our own files. A handler puts it into the extensions of its response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allows {
    /// The origin of a script that is not ours. What it does is its own affair, so that such a page does without trusted types.
    pub script: Option<String>,
    /// An origin that may be framed.
    pub frame: Option<String>,
    /// Origins to which a form may lead, redirects counted.
    pub forms: Vec<String>,
    /// Somebody's file: whatever is in it, it does nothing.
    pub sandboxed: bool,
}

const FIXED: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), \
         microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=(), browsing-topics=()",
    ),
    (
        HeaderName::from_static("x-permitted-cross-domain-policies"),
        "none",
    ),
];

/// So many headers have a place without the map being ordered anew.
const ROOM: usize = 24;

impl Headers {
    /// Puts them on an answer.
    ///
    /// * `secure`: whether the connection to the client is encrypted.
    /// * `keyed`: whether the page's address holds a key, which must not travel on in a referrer.
    pub fn put(&self, headers: &mut HeaderMap, allows: &Allows, secure: bool, keyed: bool) {
        let usual = self.usual.get_or_init(|| self.made_once());
        // Copying a whole map is cheaper than putting one after the other into another.
        let own = std::mem::replace(headers, usual.headers.clone());
        let all = headers.keys_len() + own.keys_len();
        headers.extend(own);
        // Whoever answers has no say in these.
        if headers.keys_len() < all {
            headers.extend(usual.headers.clone());
        }
        if keyed {
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        if let Some(strict) = self.strict.as_ref().filter(|_| secure || self.public_is_secure) {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, strict.clone());
        }
        let Some(name) = self.policy_name() else {
            return;
        };
        let text = match nonce() {
            Some(nonce) if *allows == Allows::default() => usual.policy.join(nonce_text(&nonce)),
            nonce => self.text(allows, nonce.as_ref().map(nonce_text)),
        };
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }

    const fn policy_name(&self) -> Option<HeaderName> {
        match self.policy {
            Policy::Kept => Some(header::CONTENT_SECURITY_POLICY),
            Policy::Reported => Some(header::CONTENT_SECURITY_POLICY_REPORT_ONLY),
            Policy::Off => None,
        }
    }

    fn made_once(&self) -> Usual {
        // Nothing that is set holds the end of a line.
        const NONCE: &str = "\n";
        let mut headers = HeaderMap::with_capacity(ROOM);
        for (name, value) in FIXED {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let frames = match self.frames {
            Frames::Nobody => "DENY",
            Frames::OurPages => "SAMEORIGIN",
        };
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static(frames));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        let filter = if self.old_filter { "1; mode=block" } else { "0" };
        headers.insert(header::X_XSS_PROTECTION, HeaderValue::from_static(filter));
        let endpoint = self.reports.as_ref().filter(|_| self.policy_name().is_some());
        let endpoint = endpoint.and_then(|address| HeaderValue::try_from(format!("csp=\"{address}\"")).ok());
        if let Some(endpoint) = endpoint {
            headers.insert(HeaderName::from_static("reporting-endpoints"), endpoint);
        }
        let policy = self.text(&Allows::default(), Some(NONCE));
        Usual {
            headers,
            policy: policy.split(NONCE).map(str::to_owned).collect(),
        }
    }

    /// The policy: our own files and nothing else. The nonce is new with each answer and given to nothing, since no page of
    /// ours has a script or a style inside; so it cannot be stolen from one either.
    fn text(&self, allows: &Allows, nonce: Option<&str>) -> String {
        if allows.sandboxed {
            return "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'".to_owned();
        }
        let nonce = nonce.map_or_else(String::new, |nonce| format!(" 'nonce-{nonce}'"));
        let more = |origin: &Option<String>| {
            origin
                .as_deref()
                .map_or_else(String::new, |origin| format!(" {origin}"))
        };
        let forms: Vec<&str> = std::iter::once("'self'")
            .chain(allows.forms.iter().map(String::as_str))
            .collect();
        let ancestors = match self.frames {
            Frames::Nobody => "'none'",
            Frames::OurPages => "'self'",
        };
        let mut parts = vec![
            "default-src 'none'".to_owned(),
            format!("script-src 'self'{nonce}{}", more(&allows.script)),
            format!("style-src 'self'{nonce}"),
            "img-src 'self' data:".to_owned(),
            "font-src 'self'".to_owned(),
            "connect-src 'self'".to_owned(),
            "manifest-src 'self'".to_owned(),
            "object-src 'none'".to_owned(),
            "base-uri 'none'".to_owned(),
            format!("form-action {}", forms.join(" ")),
            format!("frame-ancestors {ancestors}"),
        ];
        if let Some(origin) = &allows.frame {
            parts.push(format!("frame-src {origin}"));
        }
        if allows.script.is_none() {
            parts.push("require-trusted-types-for 'script'".to_owned());
            parts.push("trusted-types ballast".to_owned());
        }
        if let Some(address) = &self.reports {
            parts.push(format!("report-uri {address}"));
            parts.push("report-to csp".to_owned());
        }
        parts.join("; ")
    }
}

/// 128 random bits, as a nonce is written.
type Nonce = [u8; 24];

/// A new one. Without randomness there is none, and nothing is allowed by it.
fn nonce() -> Option<Nonce> {
    let bytes: [u8; 16] = random()?;
    let mut nonce = Nonce::default();
    let engine = base64::engine::general_purpose::STANDARD;
    engine.encode_slice(bytes, &mut nonce).ok()?;
    Some(nonce)
}

fn nonce_text(nonce: &Nonce) -> &str {
    std::str::from_utf8(nonce).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(headers: &Headers, allows: &Allows, secure: bool, keyed: bool) -> HeaderMap {
        let mut map = HeaderMap::new();
        headers.put(&mut map, allows, secure, keyed);
        map
    }

    #[test]
    fn the_policy_is_sent_as_the_settings_say() {
        let name = |policy| {
            let headers = Headers {
                policy,
                ..Headers::default()
            };
            let sent = sent(&headers, &Allows::default(), false, false);
            let names: Vec<String> = sent
                .keys()
                .map(|name| name.as_str().to_owned())
                .filter(|name| name.starts_with("content-security-policy"))
                .collect();
            names
        };
        assert_eq!(name(Policy::Kept), ["content-security-policy"]);
        assert_eq!(name(Policy::Reported), ["content-security-policy-report-only"]);
        assert!(name(Policy::Off).is_empty());
    }

    #[test]
    fn each_answer_has_a_nonce_of_its_own() {
        let policy = || {
            let sent = sent(&Headers::default(), &Allows::default(), false, false);
            sent[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
        };
        assert_ne!(policy(), policy());
        assert!(policy().contains("; style-src 'self' 'nonce-"));
    }

    #[test]
    fn frame_header_and_policy_agree() {
        for (frames, header, ancestors) in [
            (Frames::Nobody, "DENY", "frame-ancestors 'none'"),
            (Frames::OurPages, "SAMEORIGIN", "frame-ancestors 'self'"),
        ] {
            let headers = Headers {
                frames,
                ..Headers::default()
            };
            let sent = sent(&headers, &Allows::default(), false, false);
            assert_eq!(sent["x-frame-options"], header);
            assert!(
                sent["content-security-policy"]
                    .to_str()
                    .unwrap()
                    .contains(ancestors)
            );
        }
    }

    #[test]
    fn only_who_comes_by_https_is_told_to_stay_there() {
        let strict = Headers {
            strict: Some(HeaderValue::from_static("max-age=1")),
            ..Headers::default()
        };
        let has = |headers: &Headers, secure| {
            sent(headers, &Allows::default(), secure, false).contains_key(header::STRICT_TRANSPORT_SECURITY)
        };
        assert!(has(&strict, true));
        assert!(!has(&strict, false));
        assert!(!has(&Headers::default(), true));
        let public = Headers {
            public_is_secure: true,
            ..strict
        };
        assert!(has(&public, false));
    }

    #[test]
    fn an_answer_has_no_say_in_what_all_of_them_carry() {
        let mut map = HeaderMap::new();
        map.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("ALLOWALL"));
        map.insert(header::ETAG, HeaderValue::from_static("\"1\""));
        Headers::default().put(&mut map, &Allows::default(), false, false);
        assert_eq!(map["x-frame-options"], "DENY");
        assert_eq!(map["etag"], "\"1\"");
        assert_eq!(map.get_all("x-frame-options").iter().count(), 1);
    }

    #[test]
    fn a_page_under_a_key_sends_no_referrer() {
        let referrer =
            |keyed| sent(&Headers::default(), &Allows::default(), false, keyed)["referrer-policy"].clone();
        assert_eq!(referrer(true), "no-referrer");
        assert_eq!(referrer(false), "same-origin");
    }
}
