//! Digests as they are written in addresses and headers.

/// Two digits or small letters for each byte.
#[must_use]
pub fn hex<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> String {
    bytes
        .into_iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
