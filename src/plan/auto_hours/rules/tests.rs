use std::collections::BTreeMap;

use proptest::prelude::*;

use super::formula::hours_of;
use super::preview::Skip;
use super::*;
use crate::book::{
    Absence, Assignment, Book, CountsAs, Deliverable, Overload, Parts, Person, Project, Role, Status,
    WorkWeek,
};
use crate::units::ids::{
    AssignmentId, CalendarId, DeliverableId, PersonId, ProjectId, RoleId, StatusId, TemplateId,
    TemplateLineId,
};
use crate::units::{Colour, Day, Minutes, Week, WeekStart};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn week(text: &str) -> Week {
    Week::of(day(text), WeekStart::Monday)
}

fn h(hours: u32) -> Minutes {
    Minutes::from_hours(hours)
}

fn person(id: i64, role: i64) -> Person {
    Person {
        id: PersonId(id),
        name: format!("Person {id}"),
        email: String::new(),
        location: String::new(),
        department: None,
        role: Some(RoleId(role)),
        calendar: None,
        start: None,
        last: None,
        active: true,
        skills: Vec::new(),
        work_weeks: Vec::new(),
        absences: Vec::new(),
    }
}

fn deliverable(id: i64, phase: &str, due: &str) -> Deliverable {
    Deliverable {
        id: DeliverableId(id),
        project: ProjectId(1),
        name: format!("D{id}"),
        percent: None,
        phase: phase.to_owned(),
        due: due.parse().ok(),
        done: false,
    }
}

fn assignment(id: i64, person: Option<i64>, role: Option<i64>) -> Assignment {
    Assignment {
        id: AssignmentId(id),
        project: ProjectId(1),
        person: person.map(PersonId),
        role: role.map(RoleId),
        note: String::new(),
    }
}

/// One project and two roles; the team works 36 h a week.
fn parts(people: Vec<Person>, assignments: Vec<Assignment>, deliverables: Vec<Deliverable>) -> Parts {
    let mut parts = Parts {
        roles: [1, 2]
            .map(|id| Role {
                id: RoleId(id),
                name: format!("Role {id}"),
            })
            .to_vec(),
        statuses: vec![Status {
            id: StatusId(1),
            label: String::new(),
            colour: Colour::default(),
            counts_as: CountsAs::Confirmed,
        }],
        projects: vec![Project {
            id: ProjectId(1),
            name: "Harbour".to_owned(),
            code: String::new(),
            client: None,
            status: StatusId(1),
            department: None,
            colour: Colour::default(),
            start: None,
            end: None,
            budget: None,
        }]
        .into(),
        people: people.into(),
        assignments: assignments.into(),
        deliverables: deliverables.into(),
        ..Parts::default()
    };
    parts.organisation.default_week = WorkWeek::even(h(36));
    parts
}

fn book(parts: Parts, cells: &[(i64, &str, u32)]) -> Book {
    let mut book = Book::new(1, parts);
    for (id, first, hours) in cells {
        book.set_hours(AssignmentId(*id), week(first), h(*hours));
    }
    book
}

fn line(role: i64, phase: &str, heads: u8, percents: &[u8]) -> Line {
    Line {
        id: TemplateLineId(role),
        draft: LineDraft {
            role: RoleId(role),
            phase: phase.to_owned(),
            heads,
            percents: percents.to_vec(),
        },
    }
}

fn template(lines: Vec<Line>) -> Template {
    Template {
        id: TemplateId(1),
        name: "Usual".to_owned(),
        lines,
    }
}

const NOW: &str = "2026-03-16";

fn laid<'a>(book: &'a Book, template: &Template, lay: &Lay) -> Preview<'a> {
    preview(
        book,
        book.plan.project(ProjectId(1)).unwrap(),
        template,
        lay,
        week(NOW),
    )
}

/// The written cells of each row, by the first day of their week.
fn written(preview: &Preview<'_>) -> Vec<BTreeMap<String, u32>> {
    let rows = preview.rows.iter();
    rows.map(|row| {
        row.writes()
            .map(|cell| (cell.week.to_string(), cell.after.0))
            .collect()
    })
    .collect()
}

fn cells(expected: &[(&str, u32)]) -> BTreeMap<String, u32> {
    expected
        .iter()
        .map(|(day, minutes)| ((*day).to_owned(), *minutes))
        .collect()
}

#[test]
fn the_formula_is_percent_of_a_full_week_to_the_nearest_minute_and_a_full_week_at_most() {
    for (full, percent, minutes) in [
        (2_160, 50, 1_080),
        (2_160, 40, 864),
        (2_160, 0, 0),
        (2_160, 100, 2_160),
        (2_160, 130, 2_160),
        (1_443, 50, 722),
        (1_441, 33, 476),
        (0, 100, 0),
    ] {
        assert_eq!(
            hours_of(Minutes(full), percent),
            Minutes(minutes),
            "{percent} % of {full}"
        );
    }
}

/// Three weeks before a schematic design on Saturday, 4 April: half a week in its own week, a quarter before it, nothing
/// in the first; two people.
#[test]
fn a_full_week_of_36_hours_gives_18_and_9_for_each_of_two_new_places() {
    let book = book(
        parts(Vec::new(), Vec::new(), vec![deliverable(1, "SD", "2026-04-04")]),
        &[],
    );
    let preview = laid(
        &book,
        &template(vec![line(1, "sd", 2, &[50, 25, 0])]),
        &Lay::default(),
    );
    let expected = cells(&[("2026-03-30", 18 * 60), ("2026-03-23", 9 * 60)]);
    assert_eq!(written(&preview), [expected.clone(), expected]);
    assert_eq!(preview.added(), 2);
    assert_eq!(preview.totals(), (h(0), h(54)));
}

#[test]
fn forty_percent_of_36_hours_is_14_hours_and_24_minutes() {
    let book = book(
        parts(Vec::new(), Vec::new(), vec![deliverable(1, "", "2026-05-16")]),
        &[],
    );
    let preview = laid(&book, &template(vec![line(1, "", 1, &[40])]), &Lay::default());
    assert_eq!(written(&preview), [cells(&[("2026-05-11", 864)])]);
}

#[test]
fn phases_have_lines_of_their_own() {
    let due = vec![
        deliverable(1, "SD", "2026-07-17"),
        deliverable(2, "DD", "2026-08-07"),
    ];
    let book = book(parts(Vec::new(), Vec::new(), due), &[]);
    let lines = vec![line(1, "SD", 1, &[50]), line(1, "DD", 1, &[25])];
    let preview = laid(&book, &template(lines), &Lay::default());
    assert_eq!(
        written(&preview),
        [cells(&[("2026-07-13", 18 * 60), ("2026-08-03", 9 * 60)])]
    );
}

#[test]
fn deliverables_that_overlap_add_up_to_a_full_week_at_most() {
    let due = vec![deliverable(1, "", "2026-04-10"), deliverable(2, "", "2026-04-17")];
    let book = book(parts(Vec::new(), Vec::new(), due), &[]);
    let preview = laid(&book, &template(vec![line(1, "", 1, &[60, 50])]), &Lay::default());
    let expected = cells(&[
        ("2026-03-30", 1_080),
        ("2026-04-06", 2_160),
        ("2026-04-13", 1_296),
    ]);
    assert_eq!(written(&preview), [expected]);
}

#[test]
fn a_persons_full_week_is_what_they_can_carry_in_that_week() {
    let mut half = person(1, 1);
    half.work_weeks = vec![(Day::MIN, WorkWeek::even(h(20)))];
    half.absences = vec![Absence {
        first: day("2026-04-06"),
        last: day("2026-04-06"),
        half: false,
        from_midday: false,
        until_midday: false,
    }];
    let mut gone = person(2, 1);
    gone.last = Some(day("2026-04-03"));
    let own = vec![assignment(1, Some(1), None), assignment(2, Some(2), None)];
    let book = book(
        parts(vec![half, gone], own, vec![deliverable(1, "", "2026-04-10")]),
        &[],
    );
    let preview = laid(&book, &template(vec![line(1, "", 2, &[50, 50])]), &Lay::default());
    assert_eq!(
        written(&preview),
        [
            cells(&[("2026-03-30", 600), ("2026-04-06", 480)]),
            cells(&[("2026-03-30", 1_080)])
        ]
    );
    assert_eq!(preview.skips, [Skip::NoCapacity("Person 2".to_owned(), 1)]);
}

#[test]
fn an_open_place_has_the_teams_week_less_the_teams_holidays() {
    let mut parts = parts(Vec::new(), Vec::new(), vec![deliverable(1, "", "2026-04-10")]);
    parts.organisation.calendar = Some(CalendarId(1));
    parts.holidays.insert(CalendarId(1), vec![day("2026-04-06")]);
    let book = book(parts, &[]);
    let preview = laid(
        &book,
        &template(vec![line(1, "", 1, &[100, 100])]),
        &Lay::default(),
    );
    assert_eq!(
        written(&preview),
        [cells(&[("2026-03-30", 2_160), ("2026-04-06", 1_728)])]
    );
}

#[test]
fn fill_leaves_cells_with_hours_and_replace_asks_for_each_cell_of_a_person() {
    let own = vec![assignment(1, Some(1), None), assignment(2, None, Some(2))];
    let due = vec![deliverable(1, "", "2026-04-10")];
    let hours = [(1, "2026-03-30", 4), (2, "2026-03-30", 4), (1, "2026-03-23", 4)];
    let book = book(parts(vec![person(1, 1)], own, due), &hours);
    let usual = template(vec![line(1, "", 1, &[50, 50, 0]), line(2, "", 1, &[50, 50])]);
    let fill = laid(&book, &usual, &Lay::default());
    assert_eq!(
        written(&fill),
        [cells(&[("2026-04-06", 1_080)]), cells(&[("2026-04-06", 1_080)])]
    );
    assert_eq!(fill.skips, [Skip::Filled(3)]);
    let mut lay = Lay {
        mode: Mode::Replace,
        ..Lay::default()
    };
    let replace = laid(&book, &usual, &lay);
    let placeholder = cells(&[("2026-03-30", 1_080), ("2026-04-06", 1_080)]);
    assert_eq!(
        written(&replace),
        [cells(&[("2026-04-06", 1_080)]), placeholder.clone()]
    );
    let overwrites: Vec<Week> = replace.overwrites().map(|(_, cell)| cell.week).collect();
    assert_eq!(
        overwrites,
        [week("2026-03-23"), week("2026-03-30")],
        "a week that asks for none is cleared only by a tick"
    );
    lay.overwrite = vec![(AssignmentId(1), week("2026-03-23"))];
    let ticked = laid(&book, &usual, &lay);
    assert_eq!(
        written(&ticked),
        [cells(&[("2026-03-23", 0), ("2026-04-06", 1_080)]), placeholder]
    );
    lay.overwrite_all = true;
    assert_eq!(laid(&book, &usual, &lay).writes(), 5);
}

#[test]
fn past_weeks_change_only_where_that_is_asked() {
    let book = book(
        parts(Vec::new(), Vec::new(), vec![deliverable(1, "", "2026-03-20")]),
        &[],
    );
    let usual = template(vec![line(1, "", 1, &[50, 50])]);
    let preview = laid(&book, &usual, &Lay::default());
    assert_eq!(
        (written(&preview), &preview.skips[..]),
        (vec![cells(&[("2026-03-16", 1_080)])], &[Skip::Past(1)][..])
    );
    let preview = laid(
        &book,
        &usual,
        &Lay {
            past: true,
            ..Lay::default()
        },
    );
    assert_eq!(preview.writes(), 2);
}

#[test]
fn what_is_left_alone_says_why() {
    let mut done = deliverable(4, "SD", "2026-04-10");
    done.done = true;
    let due = vec![
        deliverable(1, "SD", ""),
        deliverable(2, "IFC", "2026-04-10"),
        deliverable(3, "sd ", "2026-04-10"),
        done,
    ];
    let (mut nameless, mut left) = (person(3, 1), person(4, 1));
    nameless.role = None;
    left.active = false;
    let own = [1, 2, 3, 4].map(|id| assignment(id, Some(id), None)).to_vec();
    let people = vec![person(1, 1), person(2, 2), nameless, left];
    let book = book(parts(people, own, due), &[]);
    let preview = laid(&book, &template(vec![line(1, "SD", 2, &[50])]), &Lay::default());
    assert_eq!(
        preview.skips,
        [
            Skip::NoDate("D1".to_owned()),
            Skip::NoPhase("D2".to_owned(), "IFC".to_owned()),
            Skip::OtherRole(RoleId(2), 1),
            Skip::NoRole("Person 3".to_owned()),
            Skip::Inactive("Person 4".to_owned()),
            Skip::TooFew(RoleId(1), 2, 1),
        ]
    );
    assert_eq!(
        written(&preview),
        [cells(&[("2026-04-06", 1_080)])],
        "what is done asks for nothing"
    );
    assert!(
        preview
            .skips
            .iter()
            .all(|skip| !skip_words(&book.plan, skip).is_empty())
    );
}

#[test]
fn overloads_are_told_with_exact_numbers() {
    let mut elsewhere = assignment(2, Some(1), None);
    elsewhere.project = ProjectId(2);
    let own = vec![assignment(1, Some(1), None), elsewhere];
    let book = book(
        parts(vec![person(1, 1)], own, vec![deliverable(1, "", "2026-04-10")]),
        &[(2, "2026-04-06", 30)],
    );
    let preview = laid(&book, &template(vec![line(1, "", 1, &[50, 50])]), &Lay::default());
    let [
        Overload {
            week: when,
            booked,
            capacity,
            ..
        },
    ] = preview.overloads[..]
    else {
        panic!("one overload: {:?}", preview.overloads)
    };
    assert_eq!((when, booked, capacity), (week("2026-04-06"), h(48), h(36)));
}

#[test]
fn a_cell_that_changed_since_the_preview_is_a_difference() {
    let own = vec![assignment(1, Some(1), None)];
    let mut book = book(
        parts(vec![person(1, 1)], own, vec![deliverable(1, "", "2026-04-10")]),
        &[],
    );
    let usual = template(vec![line(1, "", 1, &[50, 50])]);
    let texts: Vec<String> = seen_of(&laid(&book, &usual, &Lay::default()))
        .map(|cell| cell.text())
        .collect();
    let seen: Vec<SeenCell> = texts.iter().filter_map(|text| SeenCell::read(text)).collect();
    assert_eq!(seen.len(), 2);
    assert!(differences(&seen, &laid(&book, &usual, &Lay::default())).is_empty());
    book.set_hours(AssignmentId(1), week("2026-03-30"), h(8));
    let preview = laid(&book, &usual, &Lay::default());
    let words: Vec<String> = differences(&seen, &preview)
        .iter()
        .map(|one| difference_words(&book, one))
        .collect();
    assert_eq!(words, ["Person 1, 30 Mar: 0 → 18 h as you saw it, 8 → 18 h now"]);
    for broken in ["", "x:1:2:3", "1:2:3", "1:2:3:4:5", "new-1:2:3:4", "1:2:-3:4"] {
        assert_eq!(SeenCell::read(broken), None, "{broken}");
    }
}

proptest! {
    /// Whatever there is: filling changes no cell that holds hours, a week never gets more than a full week, and laying
    /// the same once more changes nothing.
    #[test]
    fn fill_never_changes_a_cell_that_holds_hours(
        hours in proptest::collection::btree_map((1_i64..=3, 0_i32..16), 1_u32..3_000, 0..30),
        percents in proptest::collection::vec(0_u8..=100, 1..18),
        dates in proptest::collection::vec(0_i32..100, 1..4),
        heads in 1_u8..4,
        replace in any::<bool>(),
    ) {
        let first = week(NOW);
        let own = vec![assignment(1, Some(1), None), assignment(2, Some(2), None), assignment(3, None, Some(1))];
        let due = (1..).zip(&dates).map(|(id, days)| {
            let mut one = deliverable(id, "", NOW);
            one.due = Some(day(NOW).plus(*days));
            one
        }).collect();
        let mut book = Book::new(1, parts(vec![person(1, 1), person(2, 1)], own, due));
        for ((id, ahead), minutes) in &hours {
            book.set_hours(AssignmentId(*id), first.plus(*ahead), Minutes(*minutes));
        }
        let usual = template(vec![line(1, "", heads, &percents)]);
        let lay = Lay { mode: if replace { Mode::Replace } else { Mode::Fill }, ..Lay::default() };
        let preview = laid(&book, &usual, &lay);
        let mut after = book.clone();
        for row in &preview.rows {
            let Place::Kept(id) = row.place else { continue };
            for cell in row.writes() {
                prop_assert!(cell.after <= h(36));
                prop_assert_eq!(cell.before, book.hours().get(id, cell.week));
                prop_assert!(cell.before.0 == 0 || (replace && row.person.is_none()), "somebody's hours stay without a tick");
                after.set_hours(id, cell.week, cell.after);
            }
        }
        for ((id, ahead), minutes) in &hours {
            let now = after.hours().get(AssignmentId(*id), first.plus(*ahead));
            prop_assert!(now == Minutes(*minutes) || (replace && *id == 3));
        }
        let booked = |book: &Book| (1..=3).map(|id| book.hours().total(AssignmentId(id))).sum::<Minutes>();
        let (held, holds) = preview.totals();
        prop_assert_eq!(booked(&after) + held, booked(&book) + holds);
        prop_assert_eq!(laid(&after, &usual, &lay).writes(), 0);
    }
}
