//! Addresses that open one file for a few minutes without a cookie, for programs that cannot sign in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::keys::{Keys, Purpose};
use crate::units::ids::{AccountId, FileId};

/// For how long one opens its file, in milliseconds.
pub const LIVES: i64 = 300_000;

/// Which file a link opens, through whose eyes, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The file.
    pub file: FileId,
    /// Who made the link: it opens nothing once they may not sign in any more.
    pub account: AccountId,
    /// In milliseconds.
    pub until: i64,
}

impl Link {
    fn parts(self) -> [[u8; 8]; 3] {
        [
            self.file.0.to_be_bytes(),
            self.account.0.to_be_bytes(),
            self.until.to_be_bytes(),
        ]
    }

    /// The last part of its address.
    #[must_use]
    pub fn key(self, keys: &Keys) -> String {
        let parts = self.parts();
        let tag = keys.tag(Purpose::FileLink, &parts.each_ref().map(<[u8; 8]>::as_slice));
        URL_SAFE_NO_PAD.encode([parts.as_flattened(), &tag].concat())
    }

    /// What a link that we made says; none for any other text.
    #[must_use]
    pub fn read(keys: &Keys, key: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(key).ok()?;
        let (first, tag) = bytes.split_at_checked(24)?;
        let ([file, account, until], []) = first.as_chunks::<8>() else {
            return None;
        };
        let link = Self {
            file: FileId(i64::from_be_bytes(*file)),
            account: AccountId(i64::from_be_bytes(*account)),
            until: i64::from_be_bytes(*until),
        };
        let parts = link.parts();
        keys.made(Purpose::FileLink, &parts.each_ref().map(<[u8; 8]>::as_slice), tag)
            .then_some(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secrets;

    #[test]
    fn a_link_says_what_it_was_made_for_and_no_other_text_is_one() {
        let data = tempfile::tempdir().unwrap();
        let keys = Keys::load(&Secrets::default(), data.path()).unwrap();
        let link = Link {
            file: FileId(7),
            account: AccountId(3),
            until: 1_000,
        };
        let key = link.key(&keys);
        assert_eq!(Link::read(&keys, &key), Some(link));
        let other = Link {
            file: FileId(8),
            ..link
        }
        .key(&keys);
        let mixed = format!("{}{}", &other[..12], &key[12..]);
        for text in ["", "x", "AAAA", &mixed, &key[..key.len() - 2]] {
            assert_eq!(Link::read(&keys, text), None, "{text}");
        }
    }
}
