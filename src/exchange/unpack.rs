//! The guard before the workbook reader: every part of the container is unpacked once into nothing, and
//! counted. What a container says about its own sizes cannot be believed, so nothing here asks it; but where
//! the reader believes it, what it says is held to the limits before.

use std::io::{BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::problem::FileError;
use super::table::Limits;

/// Up to here a part may unpack to any multiple: small parts of real workbooks repeat themselves a lot.
const SMALL: u64 = 1 << 20;
/// More parts than any workbook of ten sheets has.
const MOST_PARTS: usize = 1_000;
/// Within so many bytes the list of texts must have begun; programs write a few hundred before it.
const PROLOGUE: u64 = 64 << 10;

/// Refuses a container that is cut short, encrypted, holds macros, or unpacks to more than a table needs.
pub(super) fn check(bytes: &[u8], limits: Limits) -> Result<(), FileError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| FileError::Damaged)?;
    if archive.len() > MOST_PARTS {
        return Err(FileError::TooLargeInside);
    }
    let names: Vec<String> = archive
        .file_names_raw()
        .map(|name| String::from_utf8_lossy(name).to_lowercase())
        .collect();
    refuse_other_kinds(&names)?;
    let mut left = limits.unpacked;
    for index in 0..archive.len() {
        if archive
            .by_index_data(index)
            .map_err(|_| FileError::Damaged)?
            .encrypted()
        {
            return Err(FileError::Encrypted);
        }
        let mut part = archive.by_index(index).map_err(|_| FileError::Damaged)?;
        if is_named(&part, "sharedstrings.xml") {
            check_texts(&mut part, limits)?;
        }
        drop(part);
        let part = archive.by_index(index).map_err(|_| FileError::Damaged)?;
        left = left.saturating_sub(inflate(part, left, limits.ratio)?);
    }
    Ok(())
}

fn refuse_other_kinds(names: &[String]) -> Result<(), FileError> {
    let has = |end: &str| names.iter().any(|name| name.ends_with(end));
    if has("vbaproject.bin") {
        Err(FileError::Macros)
    } else if has("workbook.bin") {
        Err(FileError::OtherFormat("Binary"))
    } else if has("content.xml") && has("mimetype") {
        Err(FileError::OtherFormat("OpenDocument"))
    } else if has("word/document.xml") {
        Err(FileError::NotATable("a text document"))
    } else if has("ppt/presentation.xml") {
        Err(FileError::NotATable("a presentation"))
    } else if !has("[content_types].xml") {
        Err(FileError::NotAWorkbook)
    } else {
        Ok(())
    }
}

/// Whether the name of a part ends so. The reader finds a part by its decoded name alone, but a name that
/// cannot be decoded is no reason to look away.
fn is_named(part: &ZipFile<'_, impl Read>, end: &str) -> bool {
    let raw = String::from_utf8_lossy(part.name_raw()).to_lowercase();
    raw.ends_with(end) || part.name().is_ok_and(|name| name.to_lowercase().ends_with(end))
}

/// The reader makes room for as many texts as the list announces before it has seen one, so a small file
/// could ask for all memory there is. Read as the reader behind reads it, so that both find the same tag.
fn check_texts(part: impl Read, limits: Limits) -> Result<(), FileError> {
    let mut xml = quick_xml::Reader::from_reader(BufReader::new(part.take(PROLOGUE)));
    let config = xml.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|_| FileError::Damaged)? {
            Event::Start(tag) if tag.local_name().as_ref() == "sst" => return check_counts(&tag, limits),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::Text(_) => {}
            // A document type, another tag, or an end before the list has begun: no program writes that.
            _ => return Err(FileError::Damaged),
        }
    }
}

fn check_counts(tag: &BytesStart<'_>, limits: Limits) -> Result<(), FileError> {
    // The same name twice is checked twice: which of them the reader takes is its own affair.
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| FileError::Damaged)?;
        if matches!(attribute.key.local_name().as_ref(), "count" | "uniqueCount") {
            let count: u64 = attribute.value.trim().parse().map_err(|_| FileError::Damaged)?;
            if count > limits.cells {
                return Err(FileError::TooManyCells(limits.cells));
            }
        }
    }
    Ok(())
}

/// Unpacks one part into nothing and says how long it is.
fn inflate(part: ZipFile<'_, impl Read>, left: u64, ratio: u64) -> Result<u64, FileError> {
    let packed = part.compressed_size().max(1);
    let most = left.min(packed.saturating_mul(ratio).max(SMALL));
    let types = is_named(&part, "[content_types].xml");
    // One byte beyond the limit tells "exactly full" from "more than that".
    let mut part = part.take(most.saturating_add(1));
    let mut watch = Watch {
        last: Vec::new(),
        types,
    };
    let mut buffer = vec![0; 64 << 10];
    let mut length = 0_u64;
    loop {
        let read = part.read(&mut buffer).map_err(|_| FileError::Damaged)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(length);
        };
        length = length.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        if length > most {
            return Err(FileError::TooLargeInside);
        }
        watch.see(bytes)?;
    }
}

/// Looks for what would harm the reader behind the guard while the bytes pass by.
struct Watch {
    /// The end of what passed before, so that nothing is missed between two buffers.
    last: Vec<u8>,
    types: bool,
}

impl Watch {
    const KEEP: usize = 64;

    fn see(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        if !self.types {
            return Ok(());
        }
        self.last.extend_from_slice(bytes);
        if find(&self.last, b"macroEnabled").is_some() {
            return Err(FileError::Macros);
        }
        let passed = self.last.len().saturating_sub(Self::KEEP);
        self.last.drain(..passed);
        Ok(())
    }
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// A container with the given parts.
    pub(in crate::exchange) fn container(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn checked(parts: &[(&str, &[u8])]) -> Result<(), FileError> {
        check(&container(parts), Limits::default())
    }

    const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");

    #[test]
    fn a_bomb_is_found_while_it_unpacks() {
        let zeros = vec![0; 4 << 20];
        let bomb = container(&[TYPES, ("xl/worksheets/sheet1.xml", &zeros)]);
        assert!(bomb.len() < 20_000, "the bomb itself is small: {}", bomb.len());
        assert_eq!(check(&bomb, Limits::default()), Err(FileError::TooLargeInside));
        let many: Vec<(String, &[u8])> = (0..5)
            .map(|part| (format!("{part}.xml"), &zeros[..900_000]))
            .collect();
        let parts: Vec<(&str, &[u8])> = many
            .iter()
            .map(|(name, content)| (name.as_str(), *content))
            .collect();
        let many = container(&[&[TYPES][..], &parts].concat());
        assert_eq!(check(&many, Limits::default()), Ok(()));
        let tight = Limits {
            unpacked: 4_000_000,
            ..Limits::default()
        };
        assert_eq!(check(&many, tight), Err(FileError::TooLargeInside));
    }

    #[test]
    fn a_part_that_lies_about_its_size_is_counted_all_the_same() {
        let zeros = vec![0; 4 << 20];
        let mut bomb = container(&[TYPES, ("xl/worksheets/sheet1.xml", &zeros)]);
        let honest = u32::try_from(zeros.len()).unwrap().to_le_bytes();
        while let Some(place) = find(&bomb, &honest) {
            bomb[place..place + 4].copy_from_slice(&100_u32.to_le_bytes());
        }
        assert!(check(&bomb, Limits::default()).is_err());
    }

    #[test]
    fn macros_are_found_under_any_name() {
        let types: &[u8] =
            b"<Override ContentType=\"application/vnd.ms-excel.sheet.macroEnabled.main+xml\"/>";
        assert_eq!(
            checked(&[TYPES, ("xl/vbaProject.bin", b"x")]),
            Err(FileError::Macros)
        );
        assert_eq!(checked(&[("[Content_Types].xml", types)]), Err(FileError::Macros));
    }

    #[test]
    fn other_containers_are_told_apart() {
        for (parts, expected) in [
            (
                vec![("mimetype", &b"x"[..]), ("content.xml", b"x")],
                FileError::OtherFormat("OpenDocument"),
            ),
            (
                vec![TYPES, ("xl/workbook.bin", b"x")],
                FileError::OtherFormat("Binary"),
            ),
            (
                vec![TYPES, ("word/document.xml", b"x")],
                FileError::NotATable("a text document"),
            ),
            (vec![("notes.txt", b"x")], FileError::NotAWorkbook),
        ] {
            assert_eq!(checked(&parts), Err(expected));
        }
    }

    fn texts(list: &str) -> Result<(), FileError> {
        checked(&[TYPES, ("xl/sharedStrings.xml", list.as_bytes())])
    }

    #[test]
    fn a_list_that_announces_more_texts_than_cells_are_allowed_is_refused() {
        let spaces = " ".repeat(32 << 10);
        for list in [
            "<sst uniqueCount=\"9999999999\">".to_owned(),
            "<!-- uniqueCount=\"1\" --><sst count=\"1\" uniqueCount=\"99999999999\">".to_owned(),
            "<?hint uniqueCount=\"1\"?><x:sst xmlns:x=\"y\" uniqueCount='5000001'/>".to_owned(),
            format!("<sst count=\"1\"{spaces}uniqueCount{spaces}=\"9999999999\">"),
            format!("<sst uniqueCount{}=\n\"9999999999\">", " ".repeat(60_000)),
            "<sst uniqueCount=\"1\" uniqueCount=\"9999999999\">".to_owned(),
            "<sst count=\"99999999999\" uniqueCount=\"1\">".to_owned(),
        ] {
            let refused = texts(&list).unwrap_err();
            let expected = [FileError::TooManyCells(5_000_000), FileError::Damaged];
            assert!(expected.contains(&refused), "{refused:?}");
        }
        for list in [
            "<sst uniqueCount=\"12\">",
            "<?xml version=\"1.0\"?>\n<!-- by hand -->\n<sst/>",
        ] {
            assert_eq!(texts(list), Ok(()), "{list}");
        }
        assert_eq!(texts("<sst count=\"5000000\" uniqueCount=\"5000000\">"), Ok(()));
    }

    #[test]
    fn a_list_of_texts_that_no_program_writes_is_damaged() {
        let late = format!("<!--{}--><sst uniqueCount=\"1\"/>", "x".repeat(70_000));
        for list in [
            "<!DOCTYPE sst><sst uniqueCount=\"1\"/>",
            "<list><sst uniqueCount=\"1\"/></list>",
            "<sst uniqueCount=\"many\"/>",
            "<sst uniqueCount=\"-1\"/>",
            "<sst uniqueCount=1/>",
            "<sst uniqueCount=\"99999999999999999999999\"/>",
            "",
            &late,
        ] {
            let start: String = list.chars().take(60).collect();
            assert_eq!(texts(list), Err(FileError::Damaged), "{start}");
        }
    }

    #[test]
    fn a_container_that_is_cut_short_is_damaged() {
        let whole = container(&[TYPES, ("xl/workbook.xml", b"<workbook/>")]);
        for length in [30, whole.len() / 2, whole.len() - 1] {
            assert_eq!(
                check(&whole[..length], Limits::default()),
                Err(FileError::Damaged),
                "{length}"
            );
        }
    }
}
