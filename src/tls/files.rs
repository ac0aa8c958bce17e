//! A certificate that somebody else renews: files, read again when they have changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::pair::{Fault, Pair};

/// The names under which a key lies beside its certificate.
const KEYS: [(&str, &str); 6] = [
    (".crt", ".key"),
    (".cert", ".key"),
    (".cer", ".key"),
    (".pem", ".key"),
    (".pem", "-key.pem"),
    ("fullchain.pem", "privkey.pem"),
];

/// What tells whether two files are as they were: when each was written, and how long it is.
pub type Stamp = [Option<(SystemTime, u64)>; 2];

/// Where the key of a certificate lies: beside it, else in the same file.
fn key_of(certificate: &Path) -> PathBuf {
    let text = certificate.to_string_lossy();
    let beside = KEYS.iter().filter_map(|(end, other)| {
        let stem = text.strip_suffix(end)?;
        Some(PathBuf::from(format!("{stem}{other}")))
    });
    let mut beside = beside.filter(|path| path.is_file());
    beside.next().unwrap_or_else(|| certificate.to_owned())
}

/// How both files stand now.
#[must_use]
pub fn stamp(certificate: &Path) -> Stamp {
    let of = |path: &Path| {
        let about = fs::metadata(path).ok()?;
        Some((about.modified().ok()?, about.len()))
    };
    [of(certificate), of(&key_of(certificate))]
}

/// Reads both.
///
/// # Errors
/// That they cannot be read, or do not belong together.
pub fn read(certificate: &Path) -> Result<Pair, Fault> {
    let key = key_of(certificate);
    let text = |path: &Path| fs::read(path).map_err(|error| Fault::file(path, error));
    Pair::read(&text(certificate)?, &text(&key)?).map_err(|fault| {
        Fault::Unusable(if key == certificate {
            format!("{}: {fault}", certificate.display())
        } else {
            format!("{} with {}: {fault}", certificate.display(), key.display())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: &str) -> (String, String) {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[test]
    fn a_key_lies_beside_its_certificate_or_in_it() {
        for (certificate, key) in [
            ("plan.crt", "plan.key"),
            ("plan.pem", "plan.key"),
            ("plan.pem", "plan-key.pem"),
            ("fullchain.pem", "privkey.pem"),
            ("both.pem", "both.pem"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let (cert, private) = made("plan.example.org");
            fs::write(folder.path().join(key), &private).unwrap();
            let text = if certificate == key { cert + &private } else { cert };
            fs::write(folder.path().join(certificate), text).unwrap();
            let pair = read(&folder.path().join(certificate)).unwrap();
            assert_eq!(pair.names, ["plan.example.org"], "{certificate} {key}");
        }
    }

    #[test]
    fn what_does_not_belong_together_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.crt");
        let fault = || read(&path).unwrap_err().to_string();
        assert!(fault().contains("plan.crt"), "{}", fault());
        fs::write(&path, made("a.example.org").0).unwrap();
        assert!(fault().contains("no private key"), "{}", fault());
        fs::write(folder.path().join("plan.key"), made("b.example.org").1).unwrap();
        assert!(
            fault().contains("not the one that the certificate is for"),
            "{}",
            fault()
        );
        let before = stamp(&path);
        fs::write(&path, "nothing").unwrap();
        assert!(fault().contains("there is no certificate"), "{}", fault());
        assert_ne!(stamp(&path), before);
    }
}
