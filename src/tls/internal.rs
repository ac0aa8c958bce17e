//! An authority of our own, for where no other certifies us: at a desk, in a closed network, or until one has.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

use super::pair::{Fault, Pair, keep};
use super::rules::DAY;

/// How long the authority lives, in days.
const AUTHORITY_DAYS: i64 = 3_652;
/// How long a certificate of it lives.
const LEAF_DAYS: i64 = 30;
/// By how much clocks may differ.
const CLOCKS_DIFFER: i64 = 3_600_000;
/// What a certificate is for besides the names of the settings.
const THIS_MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The authority's certificate, for those who are to trust it.
#[must_use]
pub fn path(folder: &Path) -> PathBuf {
    folder.join("ca.pem")
}

/// The certificate with its key.
pub fn leaf_path(folder: &Path) -> PathBuf {
    folder.join("internal.pem")
}

/// The certificate that is there while it is good, else another one.
///
/// # Errors
/// That files cannot be read or written.
pub fn leaf(folder: &Path, names: &[String], now: i64) -> Result<Pair, Fault> {
    let mut names = names.to_vec();
    for own in THIS_MACHINE {
        if !names.iter().any(|name| name == own) {
            names.push(own.to_owned());
        }
    }
    let authority = authority(folder, now)?;
    let file = leaf_path(folder);
    // One that cannot be read any more is made anew.
    let kept = Pair::kept(&file).ok().flatten();
    if let Some(pair) =
        kept.filter(|pair| pair.is_for(&names) && now < pair.span.renew_at() && pair.span.from <= now)
    {
        return Ok(pair);
    }
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names.clone())?;
    let first = names.first().map_or("localhost", String::as_str);
    // The common name is at most 64 letters long; who checks names looks at the others.
    params
        .distinguished_name
        .push(DnType::CommonName, first.chars().take(64).collect::<String>());
    between(&mut params, now - CLOCKS_DIFFER, now + LEAF_DAYS * DAY);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let certificate = params.signed_by(&key, &authority)?;
    let text = format!("{}{}", certificate.pem(), key.serialize_pem());
    keep(&file, &text)?;
    Pair::read(text.as_bytes(), text.as_bytes())
}

/// The authority, made where there is none.
fn authority(folder: &Path, now: i64) -> Result<Issuer<'static, KeyPair>, Fault> {
    let (certificate, key) = (path(folder), folder.join("ca.key"));
    match (read(&certificate)?, read(&key)?) {
        (Some(certificate), Some(key)) => {
            Ok(Issuer::from_ca_cert_pem(&certificate, KeyPair::from_pem(&key)?)?)
        }
        (None, None) => make(folder, now),
        (Some(_), None) => Err(half(&certificate, &key)),
        (None, Some(_)) => Err(half(&key, &certificate)),
    }
}

/// Machines trust the authority that was there; another one in its place would be trusted by none.
fn half(there: &Path, missing: &Path) -> Fault {
    Fault::Unusable(format!(
        "{} is there without {}: bring it back from a backup, or remove both for a new authority",
        there.display(),
        missing.display()
    ))
}

fn make(folder: &Path, now: i64) -> Result<Issuer<'static, KeyPair>, Fault> {
    let key = KeyPair::generate()?;
    let mut mark = [0_u8; 4];
    // Two authorities with one name are told apart by their keys.
    let _ = getrandom::fill(&mut mark);
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(
        DnType::CommonName,
        format!("Ballast internal authority {}", crate::units::hex(&mark)),
    );
    between(&mut params, now - CLOCKS_DIFFER, now + AUTHORITY_DAYS * DAY);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = params.self_signed(&key)?;
    // The key first: what is there without it could never be used again.
    keep(&folder.join("ca.key"), &key.serialize_pem())?;
    keep(&path(folder), &certificate.pem())?;
    Ok(Issuer::new(params, key))
}

fn between(params: &mut CertificateParams, from: i64, until: i64) {
    let moment = |milliseconds: i64| {
        date_time_ymd(1970, 1, 1) + Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
    };
    params.not_before = moment(from);
    params.not_after = moment(until);
}

fn read(path: &Path) -> Result<Option<String>, Fault> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Fault::file(path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_003_200_000;

    fn names() -> Vec<String> {
        vec!["plan.example.org".to_owned()]
    }

    #[test]
    fn a_certificate_lasts_until_a_third_is_left_and_the_authority_stays() {
        let folder = tempfile::tempdir().unwrap();
        let first = leaf(folder.path(), &names(), NOW).unwrap();
        assert_eq!(first.names, ["plan.example.org", "localhost", "127.0.0.1", "::1"]);
        assert_eq!(first.span.days_left(NOW), 30);
        let authority = fs::read(path(folder.path())).unwrap();
        let same = |now| leaf(folder.path(), &names(), now).unwrap().certified.cert == first.certified.cert;
        assert!(same(NOW + 19 * DAY));
        assert!(!same(NOW + 21 * DAY));
        assert_eq!(fs::read(path(folder.path())).unwrap(), authority);
    }

    #[test]
    fn other_names_need_another_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let first = leaf(folder.path(), &names(), NOW).unwrap();
        let other = leaf(folder.path(), &["board.example.org".to_owned()], NOW).unwrap();
        assert_ne!(first.certified.cert, other.certified.cert);
    }

    #[test]
    fn half_an_authority_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        leaf(folder.path(), &names(), NOW).unwrap();
        fs::remove_file(folder.path().join("ca.key")).unwrap();
        let fault = leaf(folder.path(), &names(), NOW).unwrap_err().to_string();
        assert!(fault.contains("ca.key") && fault.contains("backup"), "{fault}");
    }

    #[test]
    fn keys_are_their_owners_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        leaf(folder.path(), &names(), NOW).unwrap();
        for name in ["ca.key", "internal.pem"] {
            let mode = fs::metadata(folder.path().join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}
