//! Long texts that are embedded packed, since they are seldom wanted. `build.rs` packs them.

/// Such a text as it was before.
#[must_use]
pub fn text(packed: &[u8]) -> String {
    // What does not unpack was not made by our build; then nothing is known.
    let plain = zstd::decode_all(packed).unwrap_or_default();
    String::from_utf8(plain).unwrap_or_default()
}
