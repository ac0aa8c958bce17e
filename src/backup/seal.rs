//! Archives that only the holder of a key reads: age, to which the server has the public half alone.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use age::x25519::Recipient;

use super::Fault;

/// What a file begins with that age wrote.
const MAGIC: &[u8] = b"age-encryption.org/";

/// For whom archives are encrypted; nobody where there is none.
#[derive(Clone, Default)]
pub struct Recipients(Vec<Recipient>);

impl Recipients {
    /// Reads recipients as `age-keygen` prints them.
    ///
    /// # Errors
    /// A sentence about the first that is none.
    pub fn parse(texts: &[String]) -> Result<Self, String> {
        let read = |text: &String| {
            text.parse()
                .map_err(|_| format!("{text:?} is no recipient; age-keygen prints one that begins with age1"))
        };
        texts.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether archives are left as they are.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Where an archive is written to, encrypted or not.
pub(super) enum Seal<W: Write> {
    Open(W),
    Closed(age::stream::StreamWriter<W>),
}

impl<W: Write> Seal<W> {
    pub(super) fn new(to: W, recipients: &Recipients) -> io::Result<Self> {
        if recipients.is_empty() {
            return Ok(Self::Open(to));
        }
        let recipients = recipients.0.iter().map(|one| one as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
        encryptor.wrap_output(to).map(Self::Closed)
    }

    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Self::Open(to) => Ok(to),
            Self::Closed(to) => to.finish(),
        }
    }
}

impl<W: Write> Write for Seal<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Open(to) => to.write(bytes),
            Self::Closed(to) => to.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Open(to) => to.flush(),
            Self::Closed(to) => to.flush(),
        }
    }
}

/// Whether a file is encrypted.
///
/// # Errors
/// Where it cannot be read.
pub fn is_sealed(path: &Path) -> Result<bool, Fault> {
    let told = || format!("opening {}", path.display());
    let mut first = Vec::new();
    let file = File::open(path).map_err(Fault::io(told()))?;
    file.take(MAGIC.len() as u64)
        .read_to_end(&mut first)
        .map_err(Fault::io(told()))?;
    Ok(first == MAGIC)
}

/// What stands in the archive at `path`, decrypted where it must be.
///
/// * `identity`: the file with the key.
pub(super) fn opened(path: &Path, identity: Option<&Path>) -> Result<Box<dyn BufRead>, Fault> {
    let file = File::open(path).map_err(Fault::io(format!("opening {}", path.display())))?;
    if !is_sealed(path)? {
        return Ok(Box::new(BufReader::new(file)));
    }
    let refused = |what: &str| Fault::Refused(format!("{}: {what}", path.display()));
    let identity =
        identity.ok_or_else(|| refused("it is encrypted; name the file with the key: --identity FILE"))?;
    let keys = File::open(identity).map_err(Fault::io(format!("opening {}", identity.display())))?;
    let keys = age::IdentityFile::from_buffer(BufReader::new(keys))
        .map_err(|_| refused("the file of the key holds none of age"))?
        .into_identities()
        .map_err(|_| refused("the file of the key holds none of age"))?;
    let decryptor = age::Decryptor::new_buffered(BufReader::new(file))
        .map_err(|_| Fault::Damaged(format!("{}: its head is cut short or altered", path.display())))?;
    let reader = decryptor
        .decrypt(keys.iter().map(|key| &**key as &dyn age::Identity))
        .map_err(|_| refused("this key does not open it"))?;
    Ok(Box::new(BufReader::with_capacity(65_536, reader)))
}
