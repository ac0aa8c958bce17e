//! What an import would do, against tables of what people bring.

use proptest::prelude::*;

use super::*;

/// As Jira writes it: a byte-order mark, columns that nobody needs, labels over several columns, line ends and quotation
/// marks inside of a description, and numbers with a point.
const JIRA: &str = "\u{feff}Summary,Issue key,Issue id,Issue Type,Status,Project key,Labels,Labels,Labels,Description,Custom field (Acceptance Criteria),Custom field (Story Points),Custom field (Sprint)\r\n\
Relay cabinet layout,BAL-118,10401,Story,To Do,BAL,electrical,layout,,\"As a fitter I want\r\na \"\"real\"\" layout,\r\nso that it fits\",* drawn\\n* checked,5.0,Sprint 24\r\n\
Earthing study,BAL-121,10402,Story,To Do,BAL,,,,,,,\r\n\
,BAL-122,10403,Bug,To Do,BAL,,,,no summary,,,\r\n\
\"Cable schedule, export\",BAL-124,10404,Story,Done,BAL,electrical,,,,,TBD,\r\n";

fn semicolons(csv: &str) -> String {
    csv.replace("a \"\"real\"\" layout,", "a \"\"real\"\" layout")
        .replace("\"Cable schedule, export\"", "\"Cable schedule; export\"")
        .replace(',', ";")
}

fn told(planned: &Planned) -> Vec<(usize, &str, &str)> {
    let verdict = |line: &Line| match line.verdict {
        Verdict::New(..) => "new",
        Verdict::There(_) => "there",
        Verdict::Faulty(_) => "faulty",
    };
    let lines = planned.lines.iter();
    lines
        .map(|line| (line.number, line.reference.as_str(), verdict(line)))
        .collect()
}

#[test]
fn an_export_of_jira_comes_in_as_it_is() {
    for given in [JIRA.to_owned(), semicolons(JIRA), JIRA.replace("\r\n", "\n")] {
        let planned = plan_table(&given, &[], &["bal-121".to_owned()]).unwrap();
        assert_eq!(
            told(&planned),
            [
                (2, "BAL-118", "new"),
                (5, "BAL-121", "there"),
                (6, "BAL-122", "faulty"),
                (7, "BAL-124", "new")
            ],
            "{given}"
        );
        let drafts = planned.drafts();
        let first = &drafts[0];
        assert_eq!(first.name, "Relay cabinet layout");
        assert_eq!(first.tags, ["electrical", "layout"]);
        assert!(
            first
                .description
                .starts_with("As a fitter I want\na \"real\" layout")
        );
        assert_eq!(first.description.lines().count(), 3);
        assert_eq!(first.points, Some(Points::whole(5)));
        assert_eq!(drafts[1].points, None);
        let Verdict::New(_, notes) = &planned.lines[3].verdict else {
            panic!("it comes in");
        };
        assert_eq!(notes, &["“TBD” is no number of points and is left out"]);
    }
}

#[test]
fn pasted_lines_are_lines_and_a_pasted_table_is_a_table() {
    let lines = plan(
        "BAL-1 One, and two\nBAL-2 Three; four\nBAL-1 again\n\nA \"plain\" line",
        &[],
        &[],
    )
    .unwrap();
    assert!(lines.columns.is_none());
    assert_eq!(
        told(&lines),
        [
            (1, "BAL-1", "new"),
            (2, "BAL-2", "new"),
            (3, "BAL-1", "there"),
            (5, "", "new")
        ]
    );
    let table = plan("Key\tSummary\nBAL-1\tOne", &[], &[]).unwrap();
    assert!(table.columns.is_some());
    assert_eq!(told(&table), [(2, "BAL-1", "new")]);
    assert!(
        plan("Name\nOne\nTwo", &[], &[]).unwrap().columns.is_none(),
        "one word makes no table"
    );
    assert!(
        plan("\"never closed\nBAL-2 Two", &[], &[])
            .unwrap()
            .columns
            .is_none()
    );
}

#[test]
fn a_person_says_what_columns_mean_where_nobody_could_know() {
    let given = "was,wo\nOne,A-1\nTwo,A-2";
    let unknown = plan_table(given, &[], &[]).unwrap();
    assert_eq!(
        (unknown.lines.len(), unknown.columns.as_ref().map(Columns::known)),
        (0, Some(0))
    );
    let choices = [(0, Some(Field::Name)), (1, Some(Field::Reference))];
    let known = plan_table(given, &choices, &[]).unwrap();
    assert_eq!(told(&known), [(2, "A-1", "new"), (3, "A-2", "new")]);
    assert_eq!(known.drafts()[0].name, "One");
}

#[test]
fn more_than_a_room_takes_is_refused_with_the_numbers() {
    let lines = |count: usize| {
        let lines: Vec<String> = (0..count).map(|line| format!("Story {line}\n")).collect();
        lines.concat()
    };
    let ten_thousand = plan(&lines(10_000), &[], &[]).unwrap_err();
    assert_eq!(
        ten_thousand,
        "These are 10000 stories, and a room takes 500. Nothing was added; bring fewer."
    );
    assert_eq!(plan(&lines(500), &[], &[]).unwrap().drafts().len(), 500);
    let there = vec![String::new(); 498];
    assert_eq!(plan(&lines(2), &[], &there).unwrap().drafts().len(), 2);
    assert!(
        plan(&lines(3), &[], &there)
            .unwrap_err()
            .contains("this one has 498, so 2 more fit")
    );
    assert!(plan(&lines(30_000), &[], &[]).is_err());
    assert_eq!(
        plan(" \n\t", &[], &[]).unwrap_err(),
        "paste something, or choose a file"
    );
}

#[test]
fn what_a_row_cannot_be_is_said_and_what_is_too_long_is_cut() {
    let long = "y".repeat(10_001);
    let given = format!(
        "Name,Link,Description,Key\nA,javascript:alert(1),,A-1\nB,https://x.example,{long},A-2\nC,,,{}\n+1 button,,=1+1,A-4",
        "K".repeat(61)
    );
    let planned = plan_table(&given, &[], &[]).unwrap();
    let reasons: Vec<String> = planned
        .lines
        .iter()
        .map(|line| match &line.verdict {
            Verdict::Faulty(reason) => reason.clone(),
            Verdict::New(_, notes) => notes.join(", "),
            Verdict::There(where_) => where_.clone(),
        })
        .collect();
    assert_eq!(
        reasons,
        [
            "the link must be an address that begins with https:// or http://",
            "the description is cut after 10000 characters",
            "the reference is too long; 60 characters at most",
            ""
        ]
    );
    assert_eq!(
        planned.drafts()[1].name,
        "+1 button",
        "what looks like a formula is a name"
    );
    assert_eq!(planned.drafts()[1].description, "=1+1");
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

proptest! {
    #[test]
    fn whatever_is_pasted_is_planned_or_refused(given in "\\PC{0,40}([,;\\t\\n\"]\\PC{0,20}){0,12}") {
        if let Ok(planned) = plan(&given, &[], &["a-1".to_owned()]) {
            let (new, there, faulty) = planned.counts();
            prop_assert_eq!(new + there + faulty, planned.lines.len());
            prop_assert_eq!(planned.drafts().len(), new);
            prop_assert!(planned.lines.windows(2).all(|two| two[0].number < two[1].number));
        }
    }

    #[test]
    fn cells_come_back_as_they_were_written(
        rows in proptest::collection::vec(("[a-z][a-z \",;\n]{0,30}[a-z]", "[a-z][a-z \",;\n]{0,60}[a-z]"), 1..20),
        separator in "[,;\t]",
    ) {
        let mut given = format!("Issue key{separator}Summary{separator}Description\n");
        for (index, (name, description)) in rows.iter().enumerate() {
            given.push_str(&[quoted(&format!("K-{index}")), quoted(name), quoted(description)].join(&separator));
            given.push('\n');
        }
        let drafts = plan_table(&given, &[], &[]).unwrap().drafts();
        prop_assert_eq!(drafts.len(), rows.len());
        for (draft, (name, description)) in drafts.iter().zip(&rows) {
            prop_assert_eq!(&draft.name, &name.split_whitespace().collect::<Vec<_>>().join(" "));
            prop_assert_eq!(&draft.description, description);
        }
    }
}
