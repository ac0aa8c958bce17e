use std::fmt::Write as _;

use super::*;
use crate::exchange::unpack::tests::container;
use proptest::prelude::*;
use proptest::sample::select;
use rust_xlsxwriter::Workbook;

fn error(name: &str, bytes: &[u8]) -> FileError {
    read_file(name, bytes, &Options::default()).unwrap_err()
}

/// A workbook with one sheet of the given cells.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in rows.iter().zip(0..) {
        for (cell, column) in row.iter().zip(0..) {
            sheet.write(line, column, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// A workbook made by hand around the XML of its one sheet.
fn by_hand(sheet: &str, workbook_properties: &str) -> Vec<u8> {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let package = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\">{workbook_properties}<sheets>\
         <sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let parts = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{OFFICE}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{sheet}</sheetData></worksheet>");
    container(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", package.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", parts.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

const HEADS: &str = "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>Name</v></c><c r=\"B1\" t=\"str\"><v>Role</v></c>\
                     <c r=\"C1\" t=\"str\"><v>Start date</v></c></row>";

#[test]
fn files_that_are_not_what_they_say_are_refused_in_a_sentence() {
    let people = sample!("people.csv");
    let wide = sample!("hours-wide.xlsx");
    let compound: Vec<u8> = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
        .into_iter()
        .chain([0; 1_024])
        .collect();
    let macros = container(&[("[Content_Types].xml", b"<Types/>"), ("xl/vbaProject.bin", b"x")]);
    let bomb = by_hand(&" ".repeat(4 << 20), "");
    assert!(bomb.len() < 20_000);
    for (name, bytes, expected) in [
        ("plan.csv", &b""[..], FileError::Empty),
        ("plan.xlsx", &bomb, FileError::TooLargeInside),
        ("plan.csv", b"\xEF\xBB\xBF\r\n", FileError::Empty),
        (
            "plan.xlsx",
            b"\x89PNG\r\n\x1a\n",
            FileError::NotATable("a picture"),
        ),
        (
            "plan.csv",
            b"\x89PNG\r\n\x1a\n",
            FileError::NotATable("a picture"),
        ),
        ("plan.xlsx", people, FileError::NotAWorkbook),
        ("plan.csv", wide, FileError::WorkbookNamedText),
        ("plan.xlsm", wide, FileError::Macros),
        ("plan.xlsx", &macros, FileError::Macros),
        ("plan.xlsx", &compound, FileError::Encrypted),
        ("plan.xls", &compound, FileError::OldFormat),
        ("plan.xlsx", &wide[..wide.len() / 2], FileError::Damaged),
        ("plan.xlsx", &wide[..wide.len() - 30], FileError::Damaged),
        ("plan.csv", b"Name,Role\n\"A,E\nB,E", FileError::UnclosedQuote(2)),
        ("plan.csv", b"Na\0me,Role", FileError::NotText),
    ] {
        assert_eq!(error(name, bytes), expected, "{name}");
        assert!(expected.to_string().ends_with('.'), "{expected}");
    }
    assert!(matches!(
        error("plan.csv", b"Foo,Bar\n1,2"),
        FileError::NothingRecognised(_)
    ));
}

#[test]
fn sheets_rows_and_cells_of_a_workbook_are_counted_while_reading() {
    let mut book = Workbook::new();
    for _ in 0..11 {
        book.add_worksheet().write(0, 0, "Name").unwrap();
    }
    assert_eq!(
        error("plan.xlsx", &book.save_to_buffer().unwrap()),
        FileError::TooManySheets(10)
    );
    let bytes = workbook(&[&["Name", "Role"], &["A", "E"], &["B", "E"]]);
    let within = |limits| read_within("p.xlsx", &bytes, &Options::default(), limits).map(|_| ());
    assert_eq!(
        within(Limits {
            rows: 3,
            cells: 6,
            ..Limits::default()
        }),
        Ok(())
    );
    assert_eq!(
        within(Limits {
            rows: 2,
            ..Limits::default()
        }),
        Err(FileError::TooManyRows(2))
    );
    assert_eq!(
        within(Limits {
            cells: 5,
            ..Limits::default()
        }),
        Err(FileError::TooManyCells(5))
    );
}

#[test]
fn far_columns_count_for_all_that_they_would_fill() {
    let mut rows = HEADS.to_owned();
    for row in 2..12 {
        write!(rows, "<row r=\"{row}\"><c r=\"XFD{row}\"><v>1</v></c></row>").unwrap();
    }
    let limits = Limits {
        cells: 100_000,
        ..Limits::default()
    };
    let answer = read_within("plan.xlsx", &by_hand(&rows, ""), &Options::default(), limits);
    assert_eq!(answer.unwrap_err(), FileError::TooManyCells(100_000));
}

#[test]
fn references_made_to_break_the_reader_end_as_a_message() {
    for cell in [
        "<row r=\"99999999999999\"><c r=\"A99999999999999\"><v>1</v></c></row>",
        "<row r=\"0\"><c r=\"A0\"><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"ZZZZZZZZZZZZ1\"><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>",
        "<row r=\"1\"><c r=\"A1\" t=\"n\"><v>x</v></c></row>",
        "<row r=\"3\"><c r=\"A3\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"A1\"><v>1</v>",
    ] {
        let answer = read_file("plan.xlsx", &by_hand(cell, ""), &Options::default());
        assert!(
            matches!(answer, Err(FileError::Damaged | FileError::TooManyCells(_))),
            "{cell}: {answer:?}"
        );
    }
}

#[test]
fn cells_of_a_workbook_that_hold_no_value_are_problems_of_their_row() {
    let rows = format!(
        "{HEADS}<row r=\"2\"><c r=\"A2\" t=\"e\"><v>#REF!</v></c></row>\
         <row r=\"3\"><c r=\"A3\"><f>B1</f></c></row>\
         <row r=\"4\"><c r=\"A4\" t=\"str\"><f>B1</f><v>Anna</v></c><c r=\"C4\"><v>44880</v></c></row>\
         <row r=\"9\"><c r=\"A9\" t=\"str\"><v>Berit</v></c><c r=\"C9\"><v>8</v></c></row>"
    );
    let reading = read("p.xlsx", &by_hand(&rows, "<workbookPr date1904=\"1\"/>"));
    assert_eq!(
        told(&reading),
        [
            "2: sheet “S”: Name: the cell holds the error #REF!",
            "3: sheet “S”: Name: the cell holds a formula without a stored result",
            "9: sheet “S”: Start date: “8” is not a date; write it like 2026-11-16",
        ]
    );
    let anna = &reading.drafts.people[0];
    assert_eq!((anna.at.line, anna.start.given()), (4, Some(&day("2026-11-16"))));
}

#[test]
fn percentages_of_a_workbook_are_read_as_it_shows_them() {
    use rust_xlsxwriter::Format;
    let mut book = Workbook::new();
    let percent = Format::new().set_num_format("0 %");
    let duration = Format::new().set_num_format("[h]:mm");
    let sheet = book.add_worksheet();
    for (title, column) in ["Project", "Deliverable", "Percent"].iter().zip(0..) {
        sheet.write(0, column, *title).unwrap();
    }
    for (share, row) in [0.29, 1.0].iter().zip(1..) {
        sheet.write(row, 0, "P").unwrap();
        sheet.write(row, 1, "Review").unwrap();
        sheet.write_with_format(row, 2, *share, &percent).unwrap();
    }
    let hours = book.add_worksheet().set_name("Hidden").unwrap();
    hours.write_with_format(0, 0, 1.25, &duration).unwrap();
    hours.set_hidden(true);
    let reading = read("p.xlsx", &book.save_to_buffer().unwrap());
    let read: Vec<_> = reading
        .drafts
        .deliverables
        .iter()
        .map(|one| (one.percent.given().copied(), one.copy))
        .collect();
    assert_eq!(read, [(Some(29), 0), (Some(100), 1)]);
    assert_eq!(reading.notes, ["The sheet “Hidden” is hidden and was not read."]);
}

#[test]
fn durations_and_clock_times_of_a_workbook_are_hours() {
    use rust_xlsxwriter::Format;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (title, column) in ["Person", "Project", "Week", "Hours"].iter().zip(0..) {
        sheet.write(0, column, *title).unwrap();
    }
    for ((value, format), row) in [(1.25, "[h]:mm"), (0.3125, "h:mm")].iter().zip(1..) {
        sheet.write(row, 0, "A").unwrap();
        sheet.write(row, 1, "P").unwrap();
        sheet.write(row, 2, format!("2026-W4{row}")).unwrap();
        sheet
            .write_with_format(row, 3, *value, &Format::new().set_num_format(*format))
            .unwrap();
    }
    let reading = read("p.xlsx", &book.save_to_buffer().unwrap());
    let minutes: Vec<u32> = reading.drafts.hours.iter().map(|draft| draft.minutes.0).collect();
    assert_eq!((minutes, told(&reading)), (vec![1_800, 450], vec![]));
}

#[test]
fn every_fault_of_every_row_is_told_with_its_line() {
    let long = "x".repeat(201);
    let text = format!(
        "Name;E-mail;Weekly hours;Start date;Last day;Active\n\
         {long};nobody;999;2026-02-30;;perhaps\n\
         ;a@b.no;40;;;\n\
         B;;;2026-05-01;2026-04-30;\n\
         C;;;;;;7"
    );
    assert_eq!(
        told(&read_as(What::People, &text)),
        [
            "2: Name: is too long; 200 characters at most",
            "2: E-mail: “nobody” is not an e-mail address",
            "2: Weekly hours: 168 hours at most fit here",
            "2: Start date: “2026-02-30” is not a date; write it like 2026-11-16",
            "2: Active: “perhaps” is neither yes nor no",
            "3: Name: must not be empty",
            "4: Last day: 2026-04-30 is before the start, 2026-05-01",
            "5: has 7 cells under 6 heads; is a quotation mark missing?",
        ]
    );
}

#[test]
fn what_stands_in_a_file_twice_names_both_lines() {
    let people = "Name,E-mail\nA,a@b.no\nB,A@B.no\na,\nC,c@b.no\nC,d@b.no";
    assert_eq!(
        told(&read_as(What::People, people)),
        [
            "3: is the same person as line 2: the e-mail address is the same",
            "4: is the same person as line 2: the name is the same",
        ]
    );
    let projects = "Project,Number\nA,1\nB,1\nA,2\nA,";
    assert_eq!(
        told(&read_as(What::Projects, projects)),
        [
            "3: is the same project as line 2: the code is the same",
            "5: is the same project as line 2: the name is the same",
        ]
    );
    let wide = "Person,Project,2026-11-02,2026-11-09\nA,P,8,8\na,p,,7\nA,P,,";
    assert_eq!(
        told(&read_as(What::Hours, wide)),
        ["3: is the same person, project, role and week (of 2026-11-09) as line 2"]
    );
    let weeks = "Person,Project,2026-11-02,2026-11-04\nA,P,8,8";
    assert_eq!(
        told(&read_as(What::Hours, weeks)),
        ["1: 2026-11-04: falls in the same week as 2026-11-02, that of 2026-11-02"]
    );
}

#[test]
fn a_file_of_another_kind_says_what_it_looks_like() {
    let reading = read_as(What::Hours, "Name,E-mail,Role\nA,a@b.no,E");
    assert_eq!(reading.problems.count(), 2, "{:?}", told(&reading));
    assert!(
        reading
            .notes
            .contains(&"The columns look like those of a file of people.".to_owned())
    );
}

#[test]
fn a_thousand_problems_are_kept_of_many() {
    let text = format!("Name,Weekly hours\n{}", "A,eight\n".repeat(1_500));
    let reading = read_as(What::People, &text);
    assert_eq!(
        (reading.problems.count(), reading.problems.kept().len()),
        (1_500, 1_000)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_to_a_workbook_breaks_the_reader(place in 0..10_000_usize, byte in any::<u8>()) {
        let mut bytes = sample!("projects.xlsx").to_vec();
        let place = place % bytes.len();
        bytes[place] = byte;
        let _ = read_file("plan.xlsx", &bytes, &Options::default());
    }

    #[test]
    fn no_xml_breaks_the_reader(parts in proptest::collection::vec(select(vec![
        "<row r=\"2\">", "<row>", "</row>", "<c r=\"A2\">", "<c t=\"s\">", "<c r=\"B1\" t=\"b\" s=\"9\">", "</c>",
        "<v>", "</v>", "<f t=\"shared\" si=\"99999999999\">", "</f>", "<is>", "<t>", "</t>", "</is>", "1e400", "-1",
        "<c r=\"A1:B2\">", "<c r=\"é\">", "&#0;", "<![CDATA[", "<!--", "name",
    ]), 0..16)) {
        let _ = read_file("plan.xlsx", &by_hand(&format!("{HEADS}{}", parts.concat()), ""), &Options::default());
    }
}
