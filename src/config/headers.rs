//! What every answer tells browsers to keep to.

use http::HeaderValue;

use super::checker::Checker;
use super::table::Setting;
use crate::web::edge::{Frames, Headers, Policy};

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "CSP_ENABLED",
        "true",
        "Whether answers carry a content security policy.",
    ),
    Setting::open(
        "CSP_REPORT_ONLY",
        "false",
        "true lets browsers report what the policy would refuse, and refuse nothing.",
    ),
    Setting::open(
        "CSP_REPORT_URI",
        "/csp-report/",
        "Where browsers report what the policy refused: a path of Ballast's, or an https address. Blank for nowhere.",
    ),
    Setting::open(
        "HSTS_SECONDS",
        "31536000",
        "For how long browsers insist on https once they came by it, up to 63072000; 0 for not at all. SECURE_HSTS_SECONDS is the same.",
    ),
    Setting::open(
        "HSTS_INCLUDE_SUBDOMAINS",
        "true",
        "Whether that goes for all names below too. SECURE_HSTS_INCLUDE_SUBDOMAINS is the same.",
    ),
    Setting::open(
        "HSTS_PRELOAD",
        "false",
        "Whether the name may be built into browsers, which is hard to undo. SECURE_HSTS_PRELOAD is the same.",
    ),
    Setting::open(
        "X_FRAME_OPTIONS",
        "DENY",
        "DENY, or SAMEORIGIN for pages of the same origin that show Ballast within them.",
    ),
    Setting::open(
        "COMPAT_XSS_HEADER",
        "false",
        "true sends X-XSS-Protection: 1; mode=block, for audits that still ask for it.",
    ),
];

/// The headers, as the settings want them.
///
/// * `encrypts`: whether connections are encrypted here, so that each tells by itself whether it is.
pub(super) fn read(check: &mut Checker<'_>, encrypts: bool) -> Headers {
    let (sent, report_only) = (check.flag("CSP_ENABLED"), check.flag("CSP_REPORT_ONLY"));
    let policy = match (sent, report_only) {
        (false, _) => Policy::Off,
        (true, true) => Policy::Reported,
        (true, false) => Policy::Kept,
    };
    let frames = check.one_of(
        "X_FRAME_OPTIONS",
        &[("deny", Frames::Nobody), ("sameorigin", Frames::OurPages)],
    );
    Headers {
        policy,
        reports: reports(check),
        strict: strict(check),
        public_is_secure: !encrypts
            && check
                .text("PUBLIC_URL")
                .is_some_and(|url| url.starts_with("https://")),
        frames,
        old_filter: check.flag("COMPAT_XSS_HEADER"),
        ..Headers::default()
    }
}

/// Where reports go; it stands in two headers, so that nothing may end a directive.
fn reports(check: &mut Checker<'_>) -> Option<String> {
    let address = check.text("CSP_REPORT_URI")?;
    let right = (address.starts_with('/') && !address.starts_with("//") || address.starts_with("https://"))
        && address
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, ';' | ',' | '"' | '\\'));
    if !right {
        check.fault("CSP_REPORT_URI must be a path such as /csp-report/, or an https address");
    }
    right.then_some(address)
}

fn strict(check: &mut Checker<'_>) -> Option<HeaderValue> {
    let seconds = check.number("HSTS_SECONDS", 0, 63_072_000);
    let subdomains = check.flag("HSTS_INCLUDE_SUBDOMAINS");
    let preload = check.flag("HSTS_PRELOAD");
    if preload && (!subdomains || seconds < 31_536_000) {
        check.fault(
            "HSTS_PRELOAD=true needs HSTS_INCLUDE_SUBDOMAINS=true and HSTS_SECONDS of 31536000 at least",
        );
    }
    if seconds == 0 {
        return None;
    }
    let subdomains = if subdomains { "; includeSubDomains" } else { "" };
    let preload = if preload { "; preload" } else { "" };
    HeaderValue::from_str(&format!("max-age={seconds}{subdomains}{preload}")).ok()
}

#[cfg(test)]
mod tests {

    use super::super::{Config, Sources};

    fn strict(pairs: &[(&str, &str)]) -> Result<Option<String>, Vec<String>> {
        let config = Config::from_sources(&Sources::environment(pairs))?;
        Ok(config
            .headers
            .strict
            .map(|value| value.to_str().unwrap().to_owned()))
    }

    #[test]
    fn four_settings_give_four_headers() {
        for (pairs, expected) in [
            (&[][..], Some("max-age=31536000; includeSubDomains")),
            (
                &[("SECURE_HSTS_PRELOAD", "True")],
                Some("max-age=31536000; includeSubDomains; preload"),
            ),
            (
                &[("HSTS_SECONDS", "15768000"), ("HSTS_INCLUDE_SUBDOMAINS", "false")],
                Some("max-age=15768000"),
            ),
            (&[("HSTS_SECONDS", "0")], None),
        ] {
            assert_eq!(strict(pairs), Ok(expected.map(str::to_owned)), "{pairs:?}");
        }
        assert!(strict(&[("HSTS_PRELOAD", "true"), ("HSTS_INCLUDE_SUBDOMAINS", "false")]).is_err());
        assert!(strict(&[("HSTS_SECONDS", "forever")]).is_err());
        for bad in ["//evil.example", "http://a.example", "/a;b", "csp-report"] {
            assert!(strict(&[("CSP_REPORT_URI", bad)]).is_err(), "{bad}");
        }
    }
}
