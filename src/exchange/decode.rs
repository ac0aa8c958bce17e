//! Bytes to text, in the encodings that spreadsheet programs write: UTF-8, UTF-16 with a byte-order mark, and
//! Windows-1252 for whatever is not valid UTF-8.

use std::borrow::Cow;

use super::problem::FileError;

/// The text of a file, and what to tell about how it was read.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) note: Option<&'static str>,
}

/// Decodes the whole file; the byte-order mark is dropped.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, FileError> {
    let decoded = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Decoded {
            text: Cow::Borrowed(std::str::from_utf8(rest).map_err(|_| FileError::NotText)?),
            note: None,
        },
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => utf8_or_1252(bytes)?,
    };
    if is_text(&decoded.text) {
        Ok(decoded)
    } else {
        Err(FileError::NotText)
    }
}

/// Letters beyond ASCII that are valid UTF-8 never come about by chance: a file that has them and then an
/// invalid byte is UTF-8 that was cut short or damaged, and to read it as something else would spoil every
/// such letter.
fn utf8_or_1252(bytes: &[u8]) -> Result<Decoded<'_>, FileError> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => {
            return Ok(Decoded {
                text: Cow::Borrowed(text),
                note: None,
            });
        }
        Err(error) => error,
    };
    if !bytes.get(..error.valid_up_to()).unwrap_or_default().is_ascii() {
        return Err(FileError::NotText);
    }
    Ok(Decoded {
        text: Cow::Owned(bytes.iter().copied().map(windows_1252).collect()),
        note: Some(
            "The file is not in UTF-8; it was read as Western European text. Check names with accents.",
        ),
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Decoded<'static>, FileError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(FileError::NotText);
    }
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: String = char::decode_utf16(units)
        .collect::<Result<_, _>>()
        .map_err(|_| FileError::NotText)?;
    Ok(Decoded {
        text: Cow::Owned(text),
        note: None,
    })
}

/// The 32 places where Windows-1252 differs from Latin-1; those it leaves open stay control characters.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    byte.checked_sub(0x80)
        .and_then(|place| HIGH.get(usize::from(place)))
        .copied()
        .unwrap_or_else(|| char::from(byte))
}

/// A table has tabs and line ends; other control characters mean that the bytes are something else. A few are
/// let pass, since old systems leave one in a note now and then.
fn is_text(text: &str) -> bool {
    let mut strange = 0_usize;
    let mut all = 0_usize;
    for c in text.chars() {
        all += 1;
        if c == '\0' {
            return false;
        }
        if c.is_control() && !matches!(c, '\t' | '\n' | '\r') {
            strange += 1;
        }
    }
    strange <= all / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_encoding_gives_the_same_text() {
        let text = "Name;Rôle\r\nÅsa Müller;Zoë – “x”";
        let with_mark: Vec<u8> = [0xEF, 0xBB, 0xBF].into_iter().chain(text.bytes()).collect();
        let little: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let big: Vec<u8> = [0xFE, 0xFF]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_be_bytes))
            .collect();
        for bytes in [text.as_bytes(), &with_mark, &little, &big] {
            assert_eq!(decode(bytes).unwrap().text, text);
        }
        let western = b"R\xF4le \x96 \x80";
        let decoded = decode(western).unwrap();
        assert_eq!(decoded.text, "Rôle – €");
        assert!(decoded.note.is_some());
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        for bytes in [
            &b"\xC3\x85sa;\xC3"[..],
            b"\xEF\xBB\xBFR\xF4le",
            b"Name\0Role",
            &[0xFF, 0xFE, 0x41],
            &[0xFF, 0xFE, 0x00, 0xD8],
            &[1, 2, 3, 4, 5, 6],
        ] {
            assert_eq!(decode(bytes).unwrap_err(), FileError::NotText, "{bytes:?}");
        }
    }
}
