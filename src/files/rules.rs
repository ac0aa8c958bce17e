//! What a file may be called and what it may be.

use crate::units::ids::{DeliverableId, PersonId, ProjectId};

/// How many files one project, with its deliverables, or one person has at most.
pub const MOST_FILES: usize = 500;
/// How many bytes of a file its kind is read from.
pub const HEAD: usize = 8 * 1024;
/// Of a name, in letters.
const LONGEST_LABEL: usize = 120;
/// Text that a browser shows as it is.
pub const TEXT: &str = "text/plain; charset=utf-8";
/// Whatever nobody shows.
pub const BYTES: &str = "application/octet-stream";

/// Whose a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A project's.
    Project(ProjectId),
    /// A deliverable's.
    Deliverable(DeliverableId),
    /// Somebody's: those who plan them see it, and they themselves.
    Person(PersonId),
}

/// The name of a file as it is shown: without folders, without what cannot be seen, and not endless. Its ending stays.
#[must_use]
pub fn label(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !is_unseen(*c)).collect();
    let clean = clean.trim();
    if clean.is_empty() || clean.chars().all(|c| c == '.') {
        return "file".to_owned();
    }
    let length = clean.chars().count();
    if length <= LONGEST_LABEL {
        return clean.to_owned();
    }
    let ending = clean.rsplit_once('.').map(|(_, ending)| ending);
    match ending.filter(|ending| ending.len() <= 8) {
        Some(ending) => {
            let stem: String = clean.chars().take(LONGEST_LABEL - ending.len() - 1).collect();
            format!("{stem}.{ending}")
        }
        None => clean.chars().take(LONGEST_LABEL).collect(),
    }
}

/// Control characters, and those that turn the direction of what follows: `gpj.exe` must not look like `exe.jpg`.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What the first bytes of a file say that it is.
///
/// # Errors
/// Why a file of this name and content is not taken.
pub fn kind(label: &str, head: &[u8]) -> Result<&'static str, String> {
    let found = infer::get(head);
    if found.is_some_and(|kind| kind.matcher_type() == infer::MatcherType::App) || head.starts_with(b"#!") {
        return Err(
            "is a program, and programs are not kept here; send what it is about as a document".to_owned(),
        );
    }
    let ending = label
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    if let Some((names, wanted)) = ending.as_deref().and_then(promised) {
        let is = found.map(|kind| kind.mime_type());
        if !is.is_some_and(|is| wanted.contains(&is)) {
            return Err(format!(
                "is called {names} and is none inside; it may be damaged, or have another ending than it should"
            ));
        }
    }
    Ok(match found {
        Some(kind) => kind.mime_type(),
        None if is_text(head) => TEXT,
        None => BYTES,
    })
}

/// What an ending promises: in words, and as kinds that keep the promise.
fn promised(ending: &str) -> Option<(&'static str, &'static [&'static str])> {
    const ZIPPED: &str = "application/zip";
    Some(match ending {
        "png" => ("a PNG picture", &["image/png"]),
        "jpg" | "jpeg" => ("a JPEG picture", &["image/jpeg"]),
        "gif" => ("a GIF picture", &["image/gif"]),
        "webp" => ("a WebP picture", &["image/webp"]),
        "pdf" => ("a PDF", &["application/pdf"]),
        "zip" => ("a ZIP archive", &[ZIPPED]),
        "docx" => (
            "a Word document",
            &[
                ZIPPED,
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ],
        ),
        "xlsx" => (
            "an Excel workbook",
            &[
                ZIPPED,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ],
        ),
        "pptx" => (
            "a PowerPoint presentation",
            &[
                ZIPPED,
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            ],
        ),
        _ => return None,
    })
}

/// Whether bytes are text in UTF-8 without control characters. The last letter may be cut off.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    text.chars()
        .all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
}

/// Whether a browser may show it in its own window. Neither SVG nor HTML: they can hold scripts.
#[must_use]
pub fn is_shown(media_type: &str) -> bool {
    matches!(
        media_type,
        "image/png" | "image/jpeg" | "image/gif" | "image/webp"
    ) || media_type == TEXT
}

/// `1.4 MB`, `12 KB`, `0 bytes`.
#[must_use]
pub fn size_text(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => {
            let tenths = bytes.div_ceil(100_000);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// How large a file may be, as whoever set it counts: `50 MiB`.
#[must_use]
pub fn limit_text(bytes: u64) -> String {
    const MEBIBYTE: u64 = 1_048_576;
    if bytes > 0 && bytes.is_multiple_of(MEBIBYTE) {
        format!("{} MiB", bytes / MEBIBYTE)
    } else {
        size_text(bytes)
    }
}

/// `Content-Disposition` that gives a file its name whatever is in it (RFC 6266).
#[must_use]
pub fn disposition(label: &str, shown: bool) -> String {
    let plain: String = label
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || " ._-()+".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let how = if shown { "inline" } else { "attachment" };
    let whole = percent_encoding::utf8_percent_encode(label, percent_encoding::NON_ALPHANUMERIC);
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";

    #[test]
    fn names_lose_their_folders_and_what_cannot_be_seen() {
        for (given, expected) in [
            ("plan.pdf", "plan.pdf"),
            ("C:\\Users\\bo\\plan.pdf", "plan.pdf"),
            ("../../etc/passwd", "passwd"),
            ("a\0b\n.txt", "ab.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("  ", "file"),
            ("..", "file"),
            ("Grüße 🎉.txt", "Grüße 🎉.txt"),
        ] {
            assert_eq!(label(given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = format!("{}.xlsx", "x".repeat(500));
        let label = label(&long);
        assert_eq!(label.chars().count(), LONGEST_LABEL);
        assert_eq!(label.rsplit_once('.').unwrap().1, "xlsx");
    }

    #[test]
    fn the_content_says_what_a_file_is() {
        for (name, head, expected) in [
            ("a.png", PNG, "image/png"),
            ("a", PNG, "image/png"),
            ("notes.txt", "Grüße\n".as_bytes(), TEXT),
            ("page.html", b"plain words", TEXT),
            ("a.bin", b"\0\x01\x02", BYTES),
            ("empty.txt", b"", TEXT),
            ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
        ] {
            assert_eq!(kind(name, head), Ok(expected), "{name}");
        }
        assert!(!is_shown(kind("page.html", b"<!DOCTYPE html><script>").unwrap()));
    }

    #[test]
    fn what_is_not_what_its_name_says_is_refused_and_so_is_a_program() {
        let program: Vec<u8> = b"\x7fELF\x02\x01\x01".iter().copied().chain([0; 57]).collect();
        for (name, head) in [
            ("a.png", b"<svg onload=alert(1)>".as_slice()),
            ("a.pdf", PNG),
            ("a.docx", b"words".as_slice()),
            ("a.txt", &program),
            ("a.txt", b"#!/bin/sh\n".as_slice()),
            ("a.jpg", b"MZ\x90\0".as_slice()),
        ] {
            assert!(kind(name, head).is_err(), "{name}");
        }
    }

    #[test]
    fn sizes_are_told_as_people_say_them() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1 KB"),
            (12_345, "13 KB"),
            (1_000_000, "1.0 MB"),
            (52_428_800, "52.5 MB"),
        ] {
            assert_eq!(size_text(bytes), expected);
        }
        for (bytes, expected) in [(52_428_800, "50 MiB"), (65_536, "66 KB"), (2_000_000, "2.0 MB")] {
            assert_eq!(limit_text(bytes), expected);
        }
    }

    #[test]
    fn a_name_travels_whole_and_harmless() {
        assert_eq!(
            disposition("Grüße \"x\".txt", false),
            "attachment; filename=\"Gr__e _x_.txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%22x%22%2Etxt"
        );
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_line_of_a_header(given in any::<String>()) {
            let label = label(&given);
            prop_assert!(!label.is_empty() && label.chars().count() <= LONGEST_LABEL);
            prop_assert!(!label.contains(['/', '\\', '\n', '\r', '\0']));
            prop_assert!(http::HeaderValue::from_str(&disposition(&label, true)).is_ok());
        }

        #[test]
        fn any_bytes_have_a_kind_or_a_reason(name in any::<String>(), head in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = kind(&label(&name), &head);
        }
    }
}
