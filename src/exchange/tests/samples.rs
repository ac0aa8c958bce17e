use std::collections::HashSet;
use std::fmt::Write as _;

use super::*;
use crate::exchange::{Field, Stated};

#[test]
fn the_people_of_the_sample_are_sixty() {
    let reading = read("people.csv", sample!("people.csv"));
    assert_eq!(
        (reading.what, reading.drafts.people.len(), told(&reading)),
        (What::People, 60, vec![])
    );
    let first = &reading.drafts.people[0];
    assert_eq!((first.at.line, first.name.as_str()), (2, "Åsa Sato"));
    assert_eq!(first.email.given().unwrap(), "sa.sato@example.org");
    assert_eq!(first.weekly, Stated::Given(Minutes::from_hours(20)));
    assert_eq!(first.start, Stated::Given(day("2014-04-25")));
    assert_eq!(first.phone, Stated::Absent);
    assert!(reading.notes.is_empty(), "{:?}", reading.notes);
}

#[test]
fn the_projects_of_the_sample_are_twenty_four_with_their_deliverables() {
    let reading = read("projects.xlsx", sample!("projects.xlsx"));
    assert_eq!(told(&reading), Vec::<String>::new());
    assert_eq!(
        (reading.what, reading.drafts.projects.len()),
        (What::Projects, 24)
    );
    assert_eq!(reading.drafts.deliverables.len(), 83);
    let first = &reading.drafts.projects[0];
    assert_eq!(
        (first.name.as_str(), first.code.given().unwrap().as_str()),
        ("Summit Depot", "P-1000")
    );
    assert_eq!(first.start, Stated::Given(day("2026-03-27")));
    assert_eq!(first.budget, Stated::Given(Minutes::from_hours(2761)));
    let second = &reading.drafts.deliverables[0];
    assert_eq!(
        (second.project.as_str(), second.name.as_str(), second.at.line),
        ("P-1000", "SD issue", 2)
    );
    assert_eq!(
        (&second.percent, &second.done),
        (&Stated::Given(35), &Stated::Blank)
    );
    assert_eq!(second.due, Stated::Given(day("2026-05-01")));
    assert_eq!(reading.sheets[1].kind, Some(Kind::Deliverables));
}

#[test]
fn the_wide_hours_of_the_sample_are_exact_to_the_minute() {
    let reading = read("hours-wide.xlsx", sample!("hours-wide.xlsx"));
    assert_eq!(told(&reading), Vec::<String>::new());
    assert_eq!(reading.sheets[0].kind, Some(Kind::HoursWide));
    assert_eq!(sum(&reading.drafts), 14_950 * 60 + 30);
    let weeks: HashSet<i32> = reading.drafts.hours.iter().map(|draft| draft.week.0).collect();
    assert_eq!(weeks.len(), 26);
    let placeholders: Vec<_> = reading
        .drafts
        .hours
        .iter()
        .filter(|draft| draft.is_placeholder())
        .collect();
    let open: u64 = placeholders.iter().map(|draft| u64::from(draft.minutes.0)).sum();
    assert_eq!(open, 256 * 60);
    assert!(placeholders.iter().all(|draft| draft.role.is_some()));
    let first = &reading.drafts.hours[0];
    let told = reading
        .problem(first.at, Some(first.column), "is unknown")
        .to_string();
    assert_eq!(
        told,
        format!(
            "2: sheet “{}”: 2027-01-11: is unknown",
            reading.sheets[0].name.as_ref().unwrap()
        )
    );
}

#[test]
fn the_long_hours_of_the_sample_are_the_same_without_placeholders() {
    let reading = read("hours-long.csv", sample!("hours-long.csv"));
    assert_eq!((told(&reading), sum(&reading.drafts)), (vec![], 14_694 * 60 + 30));
    assert_eq!(reading.sheets[0].kind, Some(Kind::HoursLong));
    let wide = read("hours-wide.xlsx", sample!("hours-wide.xlsx"));
    let by_person = |reading: &Reading| {
        let mut cells: Vec<_> = reading
            .drafts
            .hours
            .iter()
            .filter(|draft| !draft.is_placeholder())
            .map(|draft| (draft.person.clone(), draft.week, draft.minutes))
            .collect();
        cells.sort();
        cells
    };
    assert_eq!(by_person(&reading), by_person(&wide));
}

#[test]
fn every_wrong_value_of_the_bad_sample_has_its_own_reason() {
    let reading = read("hours-bad.csv", sample!("hours-bad.csv"));
    assert_eq!(
        told(&reading),
        [
            "3: Person: names nobody; give a person, or the role that is to be filled",
            "5: Week: “not a date” is not a date; write it like 2026-11-16 or 2026-W47",
            "6: Hours: hours cannot be below 0",
            "7: Hours: 168 hours at most fit here",
            "8: Hours: “eight” is not a number of hours; write 7, 7.5 or 7:30",
            "9: Hours: “NaN” is not a number of hours; write 7, 7.5 or 7:30",
            "10: Person: “=HYPERLINK(\"http://x\")” looks like a formula; write the text itself",
        ]
    );
    // The person and the project that nobody knows are for the plan to refuse.
    let left: Vec<u32> = reading.drafts.hours.iter().map(|draft| draft.at.line).collect();
    assert_eq!(left, [2, 4]);
}

#[test]
fn two_hundred_and_twenty_people_on_forty_weeks_read_in_any_separator() {
    for separator in [",", ";", "\t"] {
        let mut text = ["Resource", "Job", "Function"].join(separator);
        for week in 0..40 {
            write!(text, "{separator}{}", day("2026-11-02").plus(7 * week)).unwrap();
        }
        for person in 0..220 {
            write!(
                text,
                "\r\nPerson {person}{separator}P-{}{separator}Engineer",
                person % 7
            )
            .unwrap();
            let hours = if separator == ";" { "7,5" } else { "7.5" };
            text.push_str(&format!("{separator}{hours}").repeat(40));
        }
        let reading = read("plan.csv", text.as_bytes());
        assert_eq!(told(&reading), Vec::<String>::new());
        assert_eq!(
            (reading.drafts.hours.len(), sum(&reading.drafts)),
            (8_800, 8_800 * 450)
        );
    }
}

#[test]
fn a_file_of_sundays_means_the_mondays_after_them_and_says_so() {
    for text in [
        "Person,Project,2026-11-01,2026-11-08\nA,P,8,7",
        "Person;Project;Week;Hours\nA;P;2026-11-01;8\nA;P;2026-11-08;7",
        "Person;Project;Week;Hours\nA;P;11/08/2026;7\nA;P;11/01/2026;8",
    ] {
        let mut reading = read("plan.csv", text.as_bytes());
        reading.drafts.hours.sort_by_key(|draft| draft.week);
        let mondays: Vec<Day> = reading
            .drafts
            .hours
            .iter()
            .map(|draft| draft.week.monday())
            .collect();
        assert_eq!(mondays, [day("2026-11-02"), day("2026-11-09")], "{text}");
        assert_eq!(reading.week_start, WeekStart::Sunday);
        assert!(
            reading.notes.iter().any(|note| note.contains("Sunday")),
            "{:?}",
            reading.notes
        );
    }
    let mixed = read("plan.csv", b"Person,Project,2026-11-01,2026-11-09\nA,P,8,7");
    assert_eq!(mixed.drafts.hours[0].week.monday(), day("2026-10-26"));
    let options = Options {
        week_start: WeekStart::Sunday,
        ..Options::default()
    };
    let sunday = read_file(
        "p.csv",
        b"Person,Project,2026-11-01,2026-11-09\nA,P,8,7",
        &options,
    )
    .unwrap();
    assert_eq!(sunday.drafts.hours[0].week.monday(), day("2026-11-02"));
    assert!(sunday.notes.is_empty());
}

#[test]
fn blanks_are_left_out_and_zeros_are_said() {
    let reading = read(
        "p.csv",
        b"Person,Project,Role,2026-11-02,2026-11-09\nA,P,,0,\n,P,Engineer,,8\n,P,,,\nTotal,,,0,8",
    );
    let cells: Vec<_> = reading
        .drafts
        .hours
        .iter()
        .map(|draft| (draft.at.line, draft.column, draft.minutes.0))
        .collect();
    assert_eq!(cells, [(2, 3, 0), (3, 4, 480)]);
    assert!(reading.drafts.hours[1].is_placeholder());
    assert_eq!(told(&reading), Vec::<String>::new());
    assert_eq!(
        reading.notes,
        [
            "Lines of totals, left out: 5.",
            "Rows without any hours, left out: 1."
        ]
    );
}

#[test]
fn placeholders_of_one_role_are_told_apart_by_their_order_or_their_number() {
    let wide = read(
        "p.csv",
        b"Person,Project,Role,2026-11-02\n,P,Engineer,8\nTBD,P,Engineer,9\n,P,Designer,7",
    );
    let copies = |reading: &Reading| {
        reading
            .drafts
            .hours
            .iter()
            .map(|draft| draft.copy)
            .collect::<Vec<_>>()
    };
    assert_eq!((copies(&wide), told(&wide)), (vec![0, 1, 0], vec![]));
    let long = read(
        "p.csv",
        b"Person,Project,Role,Week,Hours\n,P,E,2026-W45,8\n,P,E,2026-W46,8\n,P,E,2026-W45,7",
    );
    assert_eq!((copies(&long), told(&long)), (vec![0, 0, 1], vec![]));
    let numbered = read(
        "p.csv",
        b"Project,Role,Placeholder,Week,Hours\nP,E,2,2026-W45,8\nP,E,1,2026-W46,8\nP,E,2,2026-W45,7",
    );
    assert_eq!(copies(&numbered), [1, 0]);
    assert_eq!(
        told(&numbered),
        ["4: is the same person, project, role and week (of 2026-11-02) as line 2"]
    );
}

#[test]
fn columns_of_other_languages_and_titles_above_the_heads_are_found() {
    let text = "Export vom 1.11.2026\n\nVorname;Nachname;E-Mail-Adresse;Wochenstunden;Eintritt;Fähigkeiten;Aktiv\n\
                Åsa;Sato;a@b.no;37,5;1.2.2020;Stahl, Holz;ja";
    let reading = read("leute.csv", text.as_bytes());
    let person = &reading.drafts.people[0];
    assert_eq!((person.at.line, person.name.as_str()), (4, "Åsa Sato"));
    assert_eq!(person.weekly, Stated::Given(Minutes(2_250)));
    assert_eq!(person.start, Stated::Given(day("2020-02-01")));
    assert_eq!(person.skills.given().unwrap().len(), 2);
    assert_eq!(person.active, Stated::Given(true));
}

#[test]
fn a_person_puts_the_columns_right() {
    let text = "Wer,Was,Tun,2026-11-02\nA,P,E,8";
    let before = read_as(What::Hours, text);
    assert_eq!(before.problems.count(), 2, "{:?}", told(&before));
    assert!(before.drafts.is_empty());
    assert_eq!(
        before.sheets[0].columns[3].meaning.field(),
        Some(Field::WeekHours)
    );
    let choices = [
        Some(Field::Person),
        Some(Field::Project),
        None,
        Some(Field::WeekHours),
    ];
    let choices = choices.into_iter().enumerate().map(|(column, field)| Choice {
        sheet: 0,
        column,
        field,
    });
    let options = Options {
        what: Some(What::Hours),
        choices: choices.collect(),
        ..Options::default()
    };
    let after = read_file("p.csv", text.as_bytes(), &options).unwrap();
    assert_eq!((told(&after), after.drafts.hours.len()), (vec![], 1));
    assert_eq!(after.sheets[0].columns[2].meaning, Meaning::Ignored);
    assert_eq!(after.sheets[0].columns[2].sample, "E");
}

#[test]
fn what_cannot_be_known_is_said() {
    let reading = read("p.csv", b"Name,Role,Start date,Shoe size\nA,E,03/04/2026,44");
    assert_eq!(reading.drafts.people[0].start, Stated::Given(day("2026-04-03")));
    assert_eq!(
        reading.notes,
        [
            "Dates under “Start date” could begin with the day or the month; they were read with the day first.",
            "Columns that were not used: “Shoe size”.",
        ]
    );
    let heads = read("p.csv", b"Name;Role");
    assert!(heads.drafts.is_empty() && heads.problems.is_empty());
    assert_eq!(heads.notes, ["There are no rows below the heads of the columns."]);
}
