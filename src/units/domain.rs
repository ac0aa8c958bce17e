//! Names of domains in the one form in which they are compared.

use idna::{AsciiDenyList, domain_to_ascii_cow};

/// A domain in lower case and ASCII, so that two that mean the same are written the same and a look-alike is not: `Bücher.example`
/// becomes `xn--bcher-kva.example`. None where it is no domain with a dot inside.
#[must_use]
pub fn folded_domain(text: &str) -> Option<String> {
    let domain = domain_to_ascii_cow(text.as_bytes(), AsciiDenyList::STD3).ok()?;
    let labels = || domain.split('.');
    let fits = domain.len() <= 253
        && labels().count() > 1
        && labels()
            .all(|label| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-'));
    fits.then(|| domain.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_folded_to_what_mail_goes_to() {
        for (typed, folded) in [
            ("WellTech.COM", Some("welltech.com")),
            ("Bücher.example", Some("xn--bcher-kva.example")),
            ("bu\u{308}cher.example", Some("xn--bcher-kva.example")),
            ("ｗelltech。com", Some("welltech.com")),
            // The е is Cyrillic.
            ("wеlltech.com", Some("xn--wlltech-7gg.com")),
            ("welltech.com.", None),
            (".welltech.com", None),
            ("well..tech.com", None),
            ("-welltech.com", None),
            ("welltech", None),
            ("well tech.com", None),
            ("well_tech.com", None),
            ("[127.0.0.1]", None),
            ("", None),
        ] {
            assert_eq!(folded_domain(typed).as_deref(), folded, "{typed}");
        }
    }
}
