use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::exchange::values::words::means_nobody;
use crate::exchange::{
    At, DeliverableDraft, HoursDraft, PersonDraft, ProjectDraft, Stated, deliverables_table,
    hours_long_table, hours_wide_table, people_table, projects_table,
};
use crate::sheet::{Cell, Column, Separator, Shape, Table, to_csv, to_xlsx};
use crate::units::{Name, Week};

/// Texts that are hard on files: separators, quotes, formulas, apostrophes, escapes.
fn hard_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{1,20}",
        "['=+@\\-\"; ,\t|]{0,4}[a-zÅ0-9]{1,4}[=;,\"'\n]{0,2}",
        "_x00[0-9]{2}_[a-z]"
    ]
}

fn name() -> impl Strategy<Value = Name> {
    hard_text()
        .prop_filter_map("a name", |text| Name::parse(&text).ok())
        .prop_filter("not a list or path", |name| {
            let words: Vec<&str> = name.as_str().split(' ').collect();
            !means_nobody(name.as_str())
                && !name.as_str().contains([';', '|'])
                && !words.iter().any(|word| matches!(*word, "/" | ">" | "›"))
        })
}

fn named(values: &'static [&'static str]) -> impl Strategy<Value = Name> {
    select(values).prop_map(|text| Name::parse(text).unwrap())
}

fn stated<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Stated<T>> {
    proptest::option::of(value).prop_map(Stated::from)
}

fn notes() -> impl Strategy<Value = String> {
    hard_text().prop_filter_map("notes", |text| {
        crate::units::text::notes(&text)
            .ok()
            .filter(|notes| !notes.is_empty())
    })
}

fn any_day() -> impl Strategy<Value = Day> {
    (Day::MIN.number() + 1..=Day::MAX.number()).prop_map(Day::from_number)
}

fn minutes(most: u32) -> impl Strategy<Value = Minutes> {
    (0..=most).prop_map(Minutes)
}

prop_compose! {
    fn person(number: usize)(
        name in name(), phone in stated("\\+[0-9]{2} [0-9]{4}"), role in stated(name()),
        department in stated(proptest::collection::vec(named(&["A", "R/D", "=B", "Ærø"]), 1..4)),
        weekly in stated(minutes(10_080)), start in stated(any_day()), last in stated(any_day()),
        skills in stated(Just(())), skill in name(), notes in stated(notes()), active in any::<bool>(),
    ) -> PersonDraft {
        let ordered = !matches!((&start, &last), (Stated::Given(start), Stated::Given(last)) if last < start);
        PersonDraft {
            at: At { sheet: 0, line: u32::try_from(number).unwrap() + 2 },
            name, email: Stated::Given(format!("p{number}@example.org")), phone, role, department, weekly,
            start, last: if ordered { last } else { Stated::Blank },
            location: Stated::Given("Oslo".to_owned()),
            skills: match skills { Stated::Given(()) => Stated::Given(vec![skill]), _ => Stated::Blank },
            notes, active: Stated::Given(active),
        }
    }
}

prop_compose! {
    fn project(number: usize)(
        name in name(), client in stated(name()), status in stated(name()), start in stated(any_day()),
        budget in stated(minutes(Minutes::BUDGET.0)), notes in stated(notes()),
    ) -> ProjectDraft {
        ProjectDraft {
            at: At { sheet: 0, line: u32::try_from(number).unwrap() + 2 },
            name, code: Stated::Given(Name::parse(&format!("0{number}")).unwrap()), client, status,
            department: Stated::Blank, end: start.clone(), start, budget, notes,
        }
    }
}

prop_compose! {
    fn deliverable(number: usize)(
        name in name(), percent in stated(0_u8..=100), due in stated(any_day()), done in any::<bool>(),
        notes in stated(notes()),
    ) -> DeliverableDraft {
        DeliverableDraft {
            at: At { sheet: 1, line: u32::try_from(number).unwrap() + 2 },
            project: Name::parse(&format!("-{number}")).unwrap(), name, copy: 0, percent, phase: Stated::Blank,
            due, done: Stated::Given(done), notes,
        }
    }
}

prop_compose! {
    fn hours(number: usize)(
        person in proptest::option::of(name()), project in name(), weeks in 1..6_i32, minutes in minutes(10_080),
    ) -> Vec<HoursDraft> {
        let text = |text: &str| Arc::<str>::from(text);
        (0..weeks).map(|week| HoursDraft {
            at: At::default(), column: 0, person: person.as_ref().map(|name| text(name.as_str())), email: None,
            project: text(project.as_str()), role: Some(text(&format!("Role {number}"))), note: None, copy: 0,
            week: Week(2_966 + week * 2), minutes,
        }).collect()
    }
}

fn several<T: Strategy>(one: impl Fn(usize) -> T) -> Vec<T> {
    (0..4).map(one).collect()
}

/// The table as a file of each kind, read again.
fn again(tables: &[Table]) -> Vec<Reading> {
    let mut readings = vec![read("x.xlsx", &to_xlsx(tables).unwrap())];
    if let [table] = tables {
        for separator in [Separator::Comma, Separator::Semicolon, Separator::Tab] {
            readings.push(read("x.csv", &to_csv(table, separator).unwrap()));
        }
    }
    readings
}

fn anywhere(hours: &[HoursDraft]) -> Vec<HoursDraft> {
    hours
        .iter()
        .map(|draft| HoursDraft {
            at: At::default(),
            column: 0,
            ..draft.clone()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn people_come_back_without_a_difference(people in several(person)) {
        for reading in again(&[people_table(&people)]) {
            prop_assert_eq!(told(&reading), Vec::<String>::new());
            // A note over several lines moves the rows below it down.
            prop_assert_eq!(people_table(&reading.drafts.people), people_table(&people));
        }
    }

    #[test]
    fn projects_and_deliverables_come_back_without_a_difference(
        projects in several(project), deliverables in several(deliverable),
    ) {
        for reading in again(&[projects_table(&projects), deliverables_table(&deliverables)]) {
            prop_assert_eq!(told(&reading), Vec::<String>::new());
            prop_assert_eq!(projects_table(&reading.drafts.projects), projects_table(&projects));
            prop_assert_eq!(deliverables_table(&reading.drafts.deliverables), deliverables_table(&deliverables));
        }
        for reading in again(&[projects_table(&projects)]) {
            prop_assert_eq!(projects_table(&reading.drafts.projects), projects_table(&projects));
        }
    }

    #[test]
    fn hours_come_back_without_a_difference(rows in several(hours), sunday in any::<bool>()) {
        let hours = rows.concat();
        let start = if sunday { WeekStart::Sunday } else { WeekStart::Monday };
        for table in [hours_wide_table(&hours, start), hours_long_table(&hours, start)] {
            for reading in again(&[table]) {
                prop_assert_eq!(told(&reading), Vec::<String>::new());
                prop_assert_eq!(anywhere(&reading.drafts.hours), &hours[..]);
            }
        }
    }

    #[test]
    fn any_text_survives_a_text_file(texts in proptest::collection::vec(hard_text(), 1..5)) {
        let rows: Vec<Vec<Cell>> = texts.iter().map(|text| vec![Cell::text("x"), Cell::text(text.as_str())]).collect();
        let columns = vec![Column::titled("A", Shape::Text), Column::titled("B", Shape::Text)];
        let table = Table { name: "T".to_owned(), columns, rows: rows.clone() };
        let bytes = to_csv(&table, Separator::Comma).unwrap();
        let book = crate::exchange::csv::read(&bytes, Limits::default(), &crate::exchange::Progress::default()).unwrap();
        let read: Vec<Vec<Cell>> =
            book.sheets[0].rows[1..].iter().map(|row| vec![row.cell(0).clone(), row.cell(1).clone()]).collect();
        prop_assert_eq!(read, rows);
    }
}

#[test]
fn formulas_are_disarmed_in_text_files_and_text_in_workbooks() {
    let table = Table {
        name: "T".to_owned(),
        columns: vec![
            Column::titled("Name", Shape::Text),
            Column::titled("Weekly hours", Shape::Hours),
        ],
        rows: vec![
            vec![Cell::text("=1+1"), Cell::Hours(Minutes(450))],
            vec![Cell::text("'=1"), Cell::Empty],
        ],
    };
    let text = String::from_utf8(to_csv(&table, Separator::Semicolon).unwrap()).unwrap();
    assert_eq!(text, "\u{feff}Name;Weekly hours\r\n'=1+1;7,5\r\n''=1;\r\n");
    let workbook = to_xlsx(&[table]).unwrap();
    let names: Vec<String> = read("x.xlsx", &workbook)
        .drafts
        .people
        .iter()
        .map(|person| person.name.to_string())
        .collect();
    assert_eq!(names, ["=1+1", "'=1"]);
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    let table = Table {
        name: "T".to_owned(),
        columns: vec![Column::week(Day::MAX)],
        rows: vec![],
    };
    assert_eq!(
        to_xlsx(std::slice::from_ref(&table)).unwrap(),
        to_xlsx(&[table]).unwrap()
    );
}

#[test]
fn placeholders_and_notes_come_back_in_both_shapes() {
    let text = "Person,Project,Role,Notes,2026-11-02,2026-11-09\n,P,E,,8,8\n,P,E,,,7\nA,P,E,north,1,\nA,P,E,south,0,2";
    let first = read("x.csv", text.as_bytes());
    assert_eq!(first.drafts.hours.len(), 7 - 1);
    for table in [
        hours_wide_table(&first.drafts.hours, WeekStart::Monday),
        hours_long_table(&first.drafts.hours, WeekStart::Monday),
    ] {
        for reading in again(&[table]) {
            assert_eq!(told(&reading), Vec::<String>::new());
            assert_eq!(anywhere(&reading.drafts.hours), anywhere(&first.drafts.hours));
        }
    }
}

#[test]
fn the_samples_come_back_without_a_difference() {
    let projects = read("projects.xlsx", sample!("projects.xlsx")).drafts;
    let tables = [
        projects_table(&projects.projects),
        deliverables_table(&projects.deliverables),
    ];
    let read_again = &again(&tables)[0].drafts;
    assert_eq!(deliverables_table(&read_again.deliverables), tables[1]);
    assert_eq!(projects_table(&read_again.projects), tables[0]);
    let hours = read("hours-wide.xlsx", sample!("hours-wide.xlsx")).drafts.hours;
    for reading in again(&[hours_wide_table(&hours, WeekStart::Monday)]) {
        assert_eq!(anywhere(&reading.drafts.hours), anywhere(&hours));
    }
}
