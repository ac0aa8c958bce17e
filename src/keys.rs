//! The keys: one master, and from it a key for each use, so that what is made for one use is worth nothing for another.
//!
//! A ring of earlier masters still recognises what they signed or sealed; new things are always made with the newest.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::config::{Family, Secrets, master_weakness};
use crate::secret::Secret;

/// The file of the key that Ballast made for itself.
pub const FILE: &str = "secret.key";
/// Where it is written first: what stands under its name is always whole.
const UNFINISHED: &str = "secret.key.new";
/// Bytes of a key's id in front of what it sealed.
const ID: usize = 4;
/// Bytes of the number that is used once with AES-GCM.
const NONCE: usize = 12;

/// What a key is for. Each has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The access that a program signs in for.
    Access,
    /// What renews it.
    Refresh,
    /// Six digits in a letter.
    SignInCode,
    /// A long code in a letter.
    LongCode,
    /// What the browser holds between the steps of signing in.
    Step,
    /// Authenticator keys at rest.
    SecondFactor,
    /// Recovery codes at rest.
    RecoveryCode,
    /// What an identity provider gave us to prove ourselves with, at rest.
    Provider,
    /// What a guest of a room holds.
    Seat,
    /// Letters that wait to leave.
    Letter,
    /// An address that opens one file for a few minutes.
    FileLink,
    /// What a request was answered, in case it comes again.
    Repeat,
}

impl Purpose {
    /// Every one.
    #[cfg(test)]
    const ALL: [Self; 12] = [
        Self::Access,
        Self::Refresh,
        Self::SignInCode,
        Self::LongCode,
        Self::Step,
        Self::SecondFactor,
        Self::RecoveryCode,
        Self::Provider,
        Self::Seat,
        Self::Letter,
        Self::FileLink,
        Self::Repeat,
    ];

    const fn family(self) -> Family {
        match self {
            Self::Access => Family::Access,
            Self::Refresh => Family::Refresh,
            Self::SignInCode | Self::LongCode | Self::Step => Family::Login,
            Self::Seat => Family::App,
            Self::SecondFactor
            | Self::RecoveryCode
            | Self::Provider
            | Self::Letter
            | Self::FileLink
            | Self::Repeat => Family::File,
        }
    }

    const fn label(self) -> &'static [u8] {
        match self {
            Self::Access => b"ballast access 1",
            Self::Refresh => b"ballast refresh 1",
            Self::SignInCode => b"ballast sign-in code 1",
            Self::LongCode => b"ballast long code 1",
            Self::Step => b"ballast step 1",
            Self::SecondFactor => b"ballast second factor 1",
            Self::RecoveryCode => b"ballast recovery code 1",
            Self::Provider => b"ballast provider 1",
            Self::Seat => b"ballast seat 1",
            Self::Letter => b"ballast letter 1",
            Self::FileLink => b"ballast file link 1",
            Self::Repeat => b"ballast repeat 1",
        }
    }
}

/// A key for one purpose.
pub struct Key {
    /// By which it is found again: `kid` of a signed token.
    pub id: [u8; ID],
    bytes: Zeroizing<[u8; 32]>,
}

impl Key {
    /// Its bytes, for a library that signs with them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &*self.bytes
    }

    /// Its id as text.
    #[must_use]
    pub fn id_text(&self) -> String {
        crate::web::hex(&self.id)
    }
}

/// All keys of this Ballast. Cloning shares them.
#[derive(Clone)]
pub struct Keys {
    /// Newest first; never empty.
    masters: Arc<[Secret]>,
    own: Arc<[(Family, Secret)]>,
}

impl Keys {
    /// The keys that the environment gives, or the one in `directory`, which is made where there is none.
    ///
    /// # Errors
    /// Where the file cannot be read or made, or holds no key.
    pub fn load(given: &Secrets, directory: &Path) -> io::Result<Self> {
        if let Some(fault) = fault(given, directory) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, fault));
        }
        let newest = match &given.master {
            Some(master) => master.clone(),
            None => kept(directory)?,
        };
        let mut masters = vec![newest];
        masters.extend(given.fallbacks.iter().cloned());
        Ok(Self {
            masters: masters.into(),
            own: given.own.clone().into(),
        })
    }

    /// The key that new things are made with.
    #[must_use]
    pub fn newest(&self, purpose: Purpose) -> Key {
        let root = self.roots(purpose).next();
        derive(root.map_or("", Secret::expose), purpose)
    }

    /// Every key that is still recognised, newest first.
    pub fn recognised(&self, purpose: Purpose) -> impl Iterator<Item = Key> {
        self.roots(purpose)
            .map(move |root| derive(root.expose(), purpose))
    }

    fn roots(&self, purpose: Purpose) -> impl Iterator<Item = &Secret> {
        let family = purpose.family();
        let own = self.own.iter().filter(move |(of, _)| *of == family);
        own.map(|(_, secret)| secret).chain(self.masters.iter())
    }

    /// A tag that only we can make, over `parts` as they stand: no two lists of parts give the same.
    #[must_use]
    pub fn tag(&self, purpose: Purpose, parts: &[&[u8]]) -> Vec<u8> {
        mac(&self.newest(purpose), parts)
            .map(|mac| mac.finalize().into_bytes().to_vec())
            .unwrap_or_default()
    }

    /// Whether one of our keys made this tag over `parts`.
    #[must_use]
    pub fn made(&self, purpose: Purpose, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.recognised(purpose)
            .any(|key| mac(&key, parts).is_some_and(|mac| mac.verify_slice(tag).is_ok()))
    }

    /// Seals `plain` so that only we can read it, and only as what it was sealed for.
    ///
    /// * `about`: whose it is; the same must be said to open it.
    ///
    /// # Errors
    /// Where the machine gives no randomness.
    pub fn seal(&self, purpose: Purpose, about: &[u8], plain: &[u8]) -> io::Result<Vec<u8>> {
        let key = self.newest(purpose);
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| io::Error::other(error.to_string()))?;
        let sealed = cipher(&key)
            .and_then(|cipher| {
                let payload = Payload {
                    msg: plain,
                    aad: about,
                };
                cipher.encrypt(&Nonce::from(nonce), payload).ok()
            })
            .ok_or_else(|| io::Error::other("nothing could be sealed"))?;
        Ok([&key.id[..], &nonce, &sealed].concat())
    }

    /// What was sealed for `purpose` about `about`; none where it was not, or not by us.
    #[must_use]
    pub fn open(&self, purpose: Purpose, about: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (id, rest) = sealed.split_at_checked(ID)?;
        let (nonce, text) = rest.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let key = self.recognised(purpose).find(|key| key.id == *id)?;
        let payload = Payload {
            msg: text,
            aad: about,
        };
        let plain = cipher(&key)?.decrypt(&Nonce::from(nonce), payload).ok()?;
        Some(Zeroizing::new(plain))
    }
}

fn derive(root: &str, purpose: Purpose) -> Key {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    // 32 bytes are far below what HKDF can give, so that it does not fail.
    let _ = Hkdf::<Sha256>::new(None, root.as_bytes()).expand(purpose.label(), &mut *bytes);
    let mut id = [0_u8; ID];
    for (own, made) in id.iter_mut().zip(Sha256::digest(*bytes)) {
        *own = made;
    }
    Key { id, bytes }
}

fn mac(key: &Key, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&*key.bytes).ok()?;
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    Some(mac)
}

fn cipher(key: &Key) -> Option<Aes256Gcm> {
    Aes256Gcm::new_from_slice(&*key.bytes).ok()
}

/// Why the key in the data directory cannot be used, where one is there and it cannot. A start that failed half-way, or
/// somebody's hand, may have left a file that says nothing, and a key made from nothing is one that everybody knows.
#[must_use]
pub fn fault(given: &Secrets, directory: &Path) -> Option<String> {
    let text = match given.master {
        Some(_) => return None,
        None => found(directory).ok().flatten()?,
    };
    let weakness = master_weakness(&text)?;
    let path = directory.join(FILE);
    Some(format!(
        "the key in {} {weakness}; put back the one that was there, or remove the file if nothing was sealed yet",
        path.display()
    ))
}

/// What the file holds, where there is one.
fn found(directory: &Path) -> io::Result<Option<Secret>> {
    match fs::read_to_string(directory.join(FILE)) {
        Ok(text) => Ok(Some(Secret::from(text.trim().to_owned()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The key in the data directory. It is made on the first start, for this user's eyes only.
fn kept(directory: &Path) -> io::Result<Secret> {
    if let Some(text) = found(directory)? {
        return Ok(text);
    }
    let mut bytes = Zeroizing::new([0_u8; 48]);
    getrandom::fill(&mut *bytes).map_err(|error| io::Error::other(error.to_string()))?;
    let text = Secret::from(STANDARD.encode(*bytes));
    let unfinished = directory.join(UNFINISHED);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)?;
    file.write_all(text.expose().as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, directory.join(FILE))?;
    // The name is as durable as what stands under it.
    File::open(directory)?.sync_all()?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn keys(master: &str, fallbacks: &[&str]) -> Keys {
        let secret = |text: &str| Secret::from(text.to_owned());
        let given = Secrets {
            master: Some(secret(master)),
            fallbacks: fallbacks.iter().map(|text| secret(text)).collect(),
            own: Vec::new(),
        };
        Keys::load(&given, Path::new("/nonexistent")).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_the_same_purpose_about_the_same_only() {
        let keys = keys("one", &[]);
        let sealed = keys.seal(Purpose::Provider, b"7", b"plain").unwrap();
        let open = |purpose, about: &[u8]| keys.open(purpose, about, &sealed).map(|plain| plain.to_vec());
        assert_eq!(open(Purpose::Provider, b"7"), Some(b"plain".to_vec()));
        assert_eq!(open(Purpose::Provider, b"8"), None);
        assert_eq!(open(Purpose::SecondFactor, b"7"), None);
        for cut in 0..sealed.len() {
            assert!(keys.open(Purpose::Provider, b"7", &sealed[..cut]).is_none());
        }
    }

    #[test]
    fn an_earlier_key_is_recognised_while_it_is_listed() {
        let before = keys("one", &[]);
        let sealed = before.seal(Purpose::Provider, b"", b"plain").unwrap();
        let tag = before.tag(Purpose::Step, &[b"a"]);
        let turned = keys("two", &["one"]);
        assert!(turned.open(Purpose::Provider, b"", &sealed).is_some());
        assert!(turned.made(Purpose::Step, &[b"a"], &tag));
        assert_ne!(
            turned.tag(Purpose::Step, &[b"a"]),
            tag,
            "new things are made with the new key"
        );
        let forgotten = keys("two", &[]);
        assert!(forgotten.open(Purpose::Provider, b"", &sealed).is_none());
        assert!(!forgotten.made(Purpose::Step, &[b"a"], &tag));
    }

    #[test]
    fn an_earlier_key_of_one_use_is_recognised_while_it_is_listed() {
        let with = |own: &[&str]| {
            let own = own
                .iter()
                .map(|text| (Family::File, Secret::from((*text).to_owned())));
            let given = Secrets {
                master: Some(Secret::from("one".to_owned())),
                fallbacks: Vec::new(),
                own: own.collect(),
            };
            Keys::load(&given, Path::new("/nonexistent")).unwrap()
        };
        let sealed = with(&["old"]).seal(Purpose::Provider, b"", b"plain").unwrap();
        assert!(
            with(&["new", "old"])
                .open(Purpose::Provider, b"", &sealed)
                .is_some()
        );
        assert!(with(&["new"]).open(Purpose::Provider, b"", &sealed).is_none());
    }

    #[test]
    fn each_key_of_its_own_is_used_for_something() {
        for family in [
            Family::Access,
            Family::Login,
            Family::Refresh,
            Family::File,
            Family::App,
        ] {
            let used = Purpose::ALL.iter().any(|purpose| purpose.family() == family);
            assert!(used, "{family:?}");
        }
    }

    #[test]
    fn parts_are_not_run_together() {
        let keys = keys("one", &[]);
        assert_ne!(
            keys.tag(Purpose::Step, &[b"ab", b"c"]),
            keys.tag(Purpose::Step, &[b"a", b"bc"])
        );
    }

    #[test]
    fn the_first_start_makes_a_key_for_this_user_alone_and_the_next_reads_it() {
        let directory = tempfile::tempdir().unwrap();
        let load = || Keys::load(&Secrets::default(), directory.path()).unwrap();
        let tag = load().tag(Purpose::Step, &[b"a"]);
        assert!(load().made(Purpose::Step, &[b"a"], &tag));
        let mode = fs::metadata(directory.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused_and_what_a_failed_start_left_is_written_anew() {
        let directory = tempfile::tempdir().unwrap();
        let load = || Keys::load(&Secrets::default(), directory.path());
        fs::write(directory.path().join(UNFINISHED), "half").unwrap();
        assert!(load().is_ok());
        assert!(!directory.path().join(UNFINISHED).exists());
        for nothing in ["", "\n", "short", &"ab".repeat(40)] {
            fs::write(directory.path().join(FILE), nothing).unwrap();
            let error = load().err().unwrap().to_string();
            assert!(error.contains(FILE) && !error.contains("abab"), "{error}");
        }
        let given = Secrets {
            master: Some(Secret::from("one".to_owned())),
            ..Secrets::default()
        };
        assert!(
            Keys::load(&given, directory.path()).is_ok(),
            "nobody reads it then"
        );
    }
}
