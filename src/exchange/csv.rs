//! Text with separators to a sheet. The line of the file on which each row begins is kept, also past quoted
//! line ends, because a problem is named as `FILE:LINE`.

use super::decode::decode;
use super::problem::FileError;
use super::table::{Cell, Limits, Progress, Row, Sheet, Tally, Workbook};
use crate::sheet::needs_apostrophe;

/// The separators that spreadsheet programs write. Where two fit equally well the first here wins: commas
/// stand in names and numbers of files with semicolons far more often than the other way round.
const SEPARATORS: [u8; 4] = [b'\t', b';', b',', b'|'];
/// How many records tell the separator.
const SAMPLE: usize = 50;

/// Reads a text file as one sheet without a name.
pub(super) fn read(bytes: &[u8], limits: Limits, progress: &Progress) -> Result<Workbook, FileError> {
    read_separated(bytes, None, limits, progress)
}

/// The same, with the separator of who knows it.
pub(super) fn read_separated(
    bytes: &[u8],
    known: Option<u8>,
    limits: Limits,
    progress: &Progress,
) -> Result<Workbook, FileError> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limits.unpacked) {
        return Err(FileError::TooLargeInside);
    }
    let decoded = decode(bytes)?;
    let (body, told, first_line) = without_hint(&decoded.text);
    let separator = told.or(known).unwrap_or_else(|| separator_of(body));
    if let Some(line) = unclosed_quote(body.as_bytes(), separator) {
        return Err(FileError::UnclosedQuote(line.saturating_add(first_line - 1)));
    }
    let rows = rows_of(
        body.as_bytes(),
        separator,
        first_line,
        Tally::new(limits, progress.clone()),
    )?;
    if rows.is_empty() {
        return Err(FileError::Empty);
    }
    Ok(Workbook {
        sheets: vec![Sheet {
            name: None,
            rows,
            since_1904: false,
        }],
        notes: decoded.note.map(str::to_owned).into_iter().collect(),
    })
}

/// Excel puts `sep=;` on a line of its own before the heads; it names the separator and is no row.
fn without_hint(text: &str) -> (&str, Option<u8>, u32) {
    let Some((first, rest)) = text.split_once('\n') else {
        return (text, None, 1);
    };
    match first
        .trim_end_matches('\r')
        .strip_prefix("sep=")
        .map(str::as_bytes)
    {
        Some([separator]) if separator.is_ascii() => (rest, Some(*separator), 2),
        _ => (text, None, 1),
    }
}

/// The separator that cuts the most records into one and the same number of fields, and then into the most
/// fields. Not the first record decides: a title may stand above the heads. Decimal commas do not decide
/// either, since the heads have none.
fn separator_of(text: &str) -> u8 {
    let score = |separator: u8| {
        let widths = widths(text.as_bytes(), separator);
        let alike = |width: usize| widths.iter().filter(|other| **other == width).count();
        widths
            .iter()
            .filter(|width| **width > 1)
            .map(|width| (alike(*width), *width))
            .max()
            .unwrap_or_default()
    };
    let mut best = (b',', (0, 0));
    for separator in SEPARATORS {
        let score = score(separator);
        if score > best.1 {
            best = (separator, score);
        }
    }
    best.0
}

fn reader(bytes: &[u8], separator: u8) -> ::csv::Reader<&[u8]> {
    ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(bytes)
}

/// How many fields the first records have.
fn widths(bytes: &[u8], separator: u8) -> Vec<usize> {
    let mut records = reader(bytes, separator).into_byte_records();
    let mut widths = Vec::with_capacity(SAMPLE);
    while let (true, Some(Ok(record))) = (widths.len() < SAMPLE, records.next()) {
        widths.push(record.len());
    }
    widths
}

/// The line of a quotation mark that opens a field and is never closed: the reader would quietly take the
/// rest of the file as that one cell.
fn unclosed_quote(bytes: &[u8], separator: u8) -> Option<u32> {
    let mut lines = Lines::new(bytes);
    let mut opened = None;
    let mut field_begins = true;
    let mut bytes = bytes.iter().copied().enumerate().peekable();
    while let Some((place, byte)) = bytes.next() {
        if opened.is_some() {
            if byte == b'"' && bytes.next_if(|(_, next)| *next == b'"').is_none() {
                opened = None;
            }
        } else if byte == b'"' && field_begins {
            opened = Some(place);
        }
        field_begins = byte == separator || matches!(byte, b'\r' | b'\n');
    }
    opened.map(|place| lines.at(place))
}

fn rows_of(bytes: &[u8], separator: u8, first_line: u32, mut tally: Tally) -> Result<Vec<Row>, FileError> {
    let mut lines = Lines::new(bytes);
    let mut records = reader(bytes, separator);
    let mut record = ::csv::ByteRecord::new();
    let mut rows = Vec::new();
    while records
        .read_byte_record(&mut record)
        .map_err(|_| FileError::NotText)?
    {
        tally.cells(record.len())?;
        let mut cells = Vec::with_capacity(record.len());
        for field in &record {
            cells.push(cell_of(
                std::str::from_utf8(field).map_err(|_| FileError::NotText)?,
            ));
        }
        while cells.last().is_some_and(Cell::is_empty) {
            cells.pop();
        }
        if cells.is_empty() {
            continue;
        }
        tally.row()?;
        let begins = record
            .position()
            .and_then(|place| usize::try_from(place.byte()).ok())
            .unwrap_or(0);
        let line = lines.at(begins).saturating_add(first_line - 1);
        rows.push(Row { line, cells });
    }
    Ok(rows)
}

/// Takes the apostrophe off text that an export disarmed, and marks what a spreadsheet program would run.
///
/// An export writes `'=x` for the text `=x` so that no program runs it; the apostrophe says "this is text",
/// so it comes back as the text `=x`, without difference. A bare `=x` was never written by an export of ours,
/// and no person is called so: it is marked as a formula, and a column of names refuses it.
fn cell_of(field: &str) -> Cell {
    if field.trim().is_empty() {
        return Cell::Empty;
    }
    if let Some(rest) = field.strip_prefix('\'')
        && needs_apostrophe(rest)
    {
        return Cell::text(rest);
    }
    if field.trim_start().starts_with(['=', '+', '@']) {
        return Cell::Formula(field.to_owned());
    }
    Cell::Text(field.to_owned())
}

/// Finds the line of a place in the file; CRLF, LF and CR alone each end one. Places must not go backwards.
struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    const fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            counted: 0,
            line: 1,
        }
    }

    /// The line of the first byte from `place` on that ends no line: a record is said to begin with the blank
    /// lines before it.
    fn at(&mut self, place: usize) -> u32 {
        let blank = self.bytes.get(place..).unwrap_or_default();
        let blank = blank
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let end = place.saturating_add(blank);
        let mut before = self
            .counted
            .checked_sub(1)
            .and_then(|last| self.bytes.get(last))
            .copied();
        for byte in self.bytes.get(self.counted..end).unwrap_or_default() {
            if *byte == b'\r' || (*byte == b'\n' && before != Some(b'\r')) {
                self.line = self.line.saturating_add(1);
            }
            before = Some(*byte);
        }
        self.counted = self.counted.max(end);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let book = read(text.as_bytes(), Limits::default(), &Progress::default()).unwrap();
        let shown = |row: &Row| (row.line, row.cells.iter().map(Cell::shown).collect());
        book.sheets[0].rows.iter().map(shown).collect()
    }

    fn row(line: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn each_separator_is_recognised_also_beside_decimal_commas_and_quoted_separators() {
        for text in [
            "Name,Hours\nA,8\nB,7",
            "Name;Hours\nA;8\nB;7",
            "Name\tHours\nA\t8\nB\t7",
            "\"Name\"|\"Hours\"\nA|8\nB|7",
            "sep=;\r\nName;Hours\r\nA;8\r\nB;7\r\n",
        ] {
            let cells: Vec<_> = rows(text).into_iter().map(|(_, cells)| cells).collect();
            assert_eq!(cells, [["Name", "Hours"], ["A", "8"], ["B", "7"]], "{text:?}");
        }
        assert_eq!(rows("Name;Hours\nA;7,5\nB;8,5")[1], row(2, &["A", "7,5"]));
        assert_eq!(
            rows("\"Name; first, last\";Hours\nA;7,5")[0],
            row(1, &["Name; first, last", "Hours"])
        );
        assert_eq!(
            rows("Name\nA\nB"),
            [row(1, &["Name"]), row(2, &["A"]), row(3, &["B"])]
        );
    }

    #[test]
    fn rows_know_their_line_past_quoted_line_ends_and_blank_lines() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["", "a,b", "", "\"x", "y\",2", ",", "c,d", ""].join(end);
            let lines: Vec<u32> = rows(&text).iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [2, 4, 7], "{end:?}");
        }
        let hinted: Vec<u32> = rows("sep=;\na;b\nc;d").iter().map(|(line, _)| *line).collect();
        assert_eq!(hinted, [2, 3]);
    }

    #[test]
    fn a_quotation_mark_that_never_closes_is_named() {
        let read = |text: &str| read(text.as_bytes(), Limits::default(), &Progress::default()).map(|_| ());
        assert_eq!(read("a,b\n1,2\n\"3,4\n5,6"), Err(FileError::UnclosedQuote(3)));
        assert_eq!(read("a,b\n1,2\" screen\n\"x\"\"y\",6"), Ok(()));
    }

    #[test]
    fn a_file_without_a_cell_is_empty() {
        for text in ["\u{feff}", "\n\n", " , ,\n,,", "  "] {
            assert_eq!(
                read(text.as_bytes(), Limits::default(), &Progress::default()).unwrap_err(),
                FileError::Empty,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_formula_is_marked_and_a_disarmed_one_is_text_again() {
        for (field, cell) in [
            ("=1+1", Cell::Formula("=1+1".to_owned())),
            (" @x", Cell::Formula(" @x".to_owned())),
            ("+47 1", Cell::Formula("+47 1".to_owned())),
            ("-x", Cell::Text("-x".to_owned())),
            ("'=1+1", Cell::Text("=1+1".to_owned())),
            ("'-x", Cell::Text("-x".to_owned())),
            ("''=x", Cell::Text("'=x".to_owned())),
            ("'t Hooft", Cell::Text("'t Hooft".to_owned())),
            ("  ", Cell::Empty),
        ] {
            assert_eq!(cell_of(field), cell, "{field:?}");
        }
    }

    #[test]
    fn rows_and_cells_are_counted_while_reading() {
        let limits = Limits {
            rows: 3,
            cells: 8,
            ..Limits::default()
        };
        let text = |rows: usize, cells: usize| vec![vec!["x"; cells].join(","); rows].join("\n");
        let read = |text: String| read(text.as_bytes(), limits, &Progress::default()).map(|_| ());
        assert_eq!(read(text(3, 2)), Ok(()));
        assert_eq!(read(text(4, 2)), Err(FileError::TooManyRows(3)));
        assert_eq!(read(text(3, 3)), Err(FileError::TooManyCells(8)));
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes, Limits::default(), &Progress::default());
        }
    }
}
