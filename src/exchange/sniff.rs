//! What a file is, by its first bytes and its name together: where the two disagree the person is told,
//! because a guess would only move the surprise to a later page.

use super::problem::FileError;

/// A file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Text with separators.
    Csv,
    /// A workbook of the Office Open XML family.
    Xlsx,
}

const ZIP: &[u8] = b"PK\x03\x04";
/// The container of old binary workbooks, and of new ones behind a password.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

const OTHERS: [(&[u8], &str); 10] = [
    (b"\x89PNG", "a picture"),
    (b"\xFF\xD8\xFF", "a picture"),
    (b"GIF8", "a picture"),
    (b"%PDF-", "a PDF document"),
    (b"\x1F\x8B", "a packed archive"),
    (b"7z\xBC\xAF", "a packed archive"),
    (b"Rar!", "a packed archive"),
    (b"{\\rtf", "a text document"),
    (b"\x7FELF", "a program"),
    (b"MZ\x90\x00", "a program"),
];

/// Tells text from workbooks and refuses the rest.
pub(super) fn format_of(name: &str, bytes: &[u8]) -> Result<Format, FileError> {
    if bytes.is_empty() {
        return Err(FileError::Empty);
    }
    let ending = ending_of(name);
    if matches!(ending.as_str(), "xlsm" | "xltm" | "xlam") {
        return Err(FileError::Macros);
    }
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(FileError::NotATable(what));
    }
    if bytes.starts_with(COMPOUND) {
        return Err(compound(&ending, bytes));
    }
    if looks_like_a_page(bytes) {
        return Err(FileError::NotATable(
            "a web page or another kind of marked-up text",
        ));
    }
    match (ending.as_str(), bytes.starts_with(ZIP)) {
        ("csv" | "tsv" | "txt" | "tab", true) => Err(FileError::WorkbookNamedText),
        ("ods", _) => Err(FileError::OtherFormat("OpenDocument")),
        ("xlsb", _) => Err(FileError::OtherFormat("Binary")),
        ("zip", _) => Err(FileError::NotATable("a packed archive")),
        (_, true) => Ok(Format::Xlsx),
        ("xlsx" | "xls" | "xltx", false) => Err(FileError::NotAWorkbook),
        (_, false) => Ok(Format::Csv),
    }
}

fn ending_of(name: &str) -> String {
    name.rsplit_once('.')
        .map(|(_, ending)| ending.trim().to_lowercase())
        .unwrap_or_default()
}

/// An encrypted workbook and an old one share a container; the names in its directory tell which it is.
fn compound(ending: &str, bytes: &[u8]) -> FileError {
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    if holds("EncryptedPackage") {
        FileError::Encrypted
    } else if ending == "xls" || holds("Workbook") {
        FileError::OldFormat
    } else if ending == "doc" || holds("WordDocument") {
        FileError::NotATable("a text document")
    } else {
        FileError::Encrypted
    }
}

/// Some systems export an HTML table or XML under the name `.xls` or `.csv`.
fn looks_like_a_page(bytes: &[u8]) -> bool {
    let start: Vec<u8> = bytes
        .iter()
        .copied()
        .skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, 0xEF | 0xBB | 0xBF))
        .take(9)
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    [&b"<!doctype"[..], b"<html", b"<?xml", b"<table"]
        .iter()
        .any(|tag| start.starts_with(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_content_must_agree() {
        let cases: [(&str, &[u8], Result<Format, FileError>); 12] = [
            ("people.csv", b"Name;Role", Ok(Format::Csv)),
            ("people", b"Name;Role", Ok(Format::Csv)),
            ("people.tsv", b"Name\tRole", Ok(Format::Csv)),
            ("plan.XLSX", b"PK\x03\x04...", Ok(Format::Xlsx)),
            ("plan.csv", b"PK\x03\x04...", Err(FileError::WorkbookNamedText)),
            ("plan.xlsx", b"Name;Role", Err(FileError::NotAWorkbook)),
            ("plan.xlsm", b"PK\x03\x04...", Err(FileError::Macros)),
            (
                "plan.ods",
                b"PK\x03\x04...",
                Err(FileError::OtherFormat("OpenDocument")),
            ),
            (
                "plan.xlsb",
                b"PK\x03\x04...",
                Err(FileError::OtherFormat("Binary")),
            ),
            (
                "photo.csv",
                b"\x89PNG\r\n\x1a\n",
                Err(FileError::NotATable("a picture")),
            ),
            (
                "plan.xlsx",
                b"%PDF-1.7",
                Err(FileError::NotATable("a PDF document")),
            ),
            ("plan.csv", b"", Err(FileError::Empty)),
        ];
        for (name, bytes, expected) in cases {
            assert_eq!(format_of(name, bytes), expected, "{name}");
        }
        assert!(matches!(
            format_of("t.csv", b" <!DOCTYPE html>"),
            Err(FileError::NotATable(_))
        ));
    }

    #[test]
    fn a_password_and_an_old_workbook_are_told_apart() {
        let container = |stream: &str| -> Vec<u8> {
            let name = stream.encode_utf16().flat_map(u16::to_le_bytes);
            COMPOUND.iter().copied().chain([0; 512]).chain(name).collect()
        };
        for (name, stream, expected) in [
            ("plan.xlsx", "EncryptedPackage", FileError::Encrypted),
            ("plan.xlsx", "", FileError::Encrypted),
            ("plan.xlsx", "Workbook", FileError::OldFormat),
            ("plan.xls", "Book", FileError::OldFormat),
            ("plan.xls", "EncryptedPackage", FileError::Encrypted),
        ] {
            assert_eq!(
                format_of(name, &container(stream)),
                Err(expected),
                "{name} {stream}"
            );
        }
    }
}
