use super::*;
use crate::book::tests::{assignment, day, deliverable, person, project, week};
use crate::book::{Department, Parts, Role, Status};
use crate::units::Colour;
use crate::units::ids::{AssignmentId, RoleId, StatusId};

const TODAY: &str = "2026-11-18";

fn done(one: Deliverable) -> Deliverable {
    Deliverable { done: true, ..one }
}

/// Two departments, three people of 40 h, an active project, a tentative one and a closed one.
fn book(cells: &[(i64, &str, u32)]) -> Book {
    let status = |id, counts_as| Status {
        id: StatusId(id),
        label: String::new(),
        colour: Colour::default(),
        counts_as,
    };
    let department = |id| Department {
        id: DepartmentId(id),
        name: format!("Department {id}"),
        parent: None,
        depth: 0,
    };
    let parts = Parts {
        departments: vec![department(1), department(2)],
        roles: vec![Role {
            id: RoleId(1),
            name: "Designer".to_owned(),
        }],
        statuses: vec![
            status(1, CountsAs::Confirmed),
            status(2, CountsAs::Tentative),
            status(3, CountsAs::Closed),
        ],
        people: vec![
            person(1, 40, Some(1), None),
            person(2, 40, Some(1), None),
            person(3, 40, Some(2), None),
        ]
        .into(),
        projects: vec![
            project(1, 1, None, Some(1)),
            project(2, 2, None, Some(2)),
            project(3, 3, None, Some(1)),
        ]
        .into(),
        deliverables: vec![
            done(deliverable(1, 1, "", Some("2026-11-06"))),
            deliverable(2, 1, "", Some("2026-11-17")),
            deliverable(3, 1, "", Some("2026-12-02")),
            deliverable(4, 2, "", Some("2026-12-11")),
            deliverable(5, 3, "", Some("2026-11-20")),
        ]
        .into(),
        assignments: vec![
            assignment(1, 1, Some(1), Some(1)),
            assignment(2, 2, Some(1), Some(1)),
            assignment(3, 1, Some(2), Some(1)),
            assignment(4, 2, None, Some(1)),
            assignment(5, 3, Some(3), Some(1)),
            assignment(6, 3, None, Some(1)),
        ]
        .into(),
        ..Parts::default()
    };
    let mut book = Book::new(1, parts);
    for (id, first, hours) in cells {
        book.set_hours(AssignmentId(*id), week(first), Minutes::from_hours(*hours));
    }
    book
}

fn scope(department: Option<i64>) -> Scope {
    Scope {
        department: department.map(DepartmentId),
        weeks: Scope::LENGTH,
        today: day(TODAY),
    }
}

#[test]
fn demand_is_split_into_agreed_tentative_and_unfilled() {
    let book = book(&[
        (1, "2026-11-16", 20),
        (2, "2026-11-16", 10),
        (4, "2026-11-16", 8),
        (6, "2026-11-16", 5),
        (1, "2026-11-09", 40),
    ]);
    let view = book.overview(scope(None));
    assert_eq!(view.this_week, week("2026-11-16"));
    assert_eq!(view.last_week.percent(), Some(33));
    let expected = WeekDemand {
        capacity: Minutes::from_hours(120),
        confirmed: Minutes::from_hours(20),
        tentative: Minutes::from_hours(10),
        // The place on the closed project asks for nothing any more.
        open: Minutes::from_hours(8),
    };
    assert_eq!(view.weeks.first(), Some(&expected));
    assert_eq!(view.weeks.len(), 12);
}

#[test]
fn over_is_strictly_more_than_capacity_and_the_worst_comes_first() {
    let book = book(&[
        (1, "2026-11-16", 40),
        (1, "2026-11-23", 30),
        (2, "2026-11-23", 11),
        (3, "2026-11-30", 50),
        (3, "2026-12-07", 44),
        // Beyond the four weeks that are looked at.
        (5, "2026-12-14", 60),
    ]);
    let view = book.overview(scope(None));
    let over: Vec<_> = view
        .over
        .iter()
        .map(|one| (one.person.id.0, one.weeks, one.first, one.worst.percent()))
        .collect();
    assert_eq!(
        over,
        [
            (2, 2, week("2026-11-30"), Some(125)),
            (1, 1, week("2026-11-23"), Some(103))
        ]
    );
}

#[test]
fn free_is_below_the_first_band_over_four_weeks() {
    // 112 h of 160 h are exactly 70 %, and no longer free.
    let full = ["2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07"].map(|first| (1, first, 28));
    let view_of = |cells: &[(i64, &str, u32)]| {
        let book = book(cells);
        let view = book.overview(scope(Some(1)));
        view.free
            .iter()
            .map(|(person, free)| (person.id.0, *free))
            .collect::<Vec<_>>()
    };
    assert_eq!(view_of(&full), [(2, Minutes::from_hours(160))]);
    let mut less = full;
    less[3].2 = 27;
    assert_eq!(
        view_of(&less),
        [(2, Minutes::from_hours(160)), (1, Minutes::from_hours(49))]
    );
}

#[test]
fn a_date_without_hours_in_the_weeks_before_it_is_noticed() {
    // Hours in the week of the deliverable before do not lead up to this one.
    let due_with = |cells: &[(i64, &str, u32)]| {
        let book = book(cells);
        let view = book.overview(scope(None));
        let third = view.due.iter().find(|one| one.deliverable.id.0 == 3).unwrap();
        (third.lead_in, third.lead.map(|person| person.id.0))
    };
    assert_eq!(due_with(&[(1, "2026-11-16", 20)]), (Minutes(0), None));
    assert_eq!(
        due_with(&[(1, "2026-11-23", 6), (3, "2026-11-30", 8), (3, "2026-12-07", 40)]),
        (Minutes::from_hours(14), Some(2))
    );
}

#[test]
fn each_kind_of_trouble_takes_its_turn() {
    let book = book(&[(1, "2026-11-16", 50), (3, "2026-11-23", 44), (4, "2026-11-30", 8)]);
    let view = book.overview(scope(None));
    let kinds: Vec<String> = view
        .attention
        .iter()
        .map(|item| match item {
            Attention::Over(one) => format!("over {}", one.person.id),
            Attention::Overdue(one) => format!("overdue {}", one.deliverable.id),
            Attention::NoHours(one) => format!("no hours {}", one.deliverable.id),
            Attention::Open(one) => format!("open {}", one.assignment.id),
        })
        .collect();
    // The third deliverable has the 44 h before it, the fourth the open place's; the fifth is of a closed project.
    assert_eq!(kinds, ["over 1", "open 4", "overdue 2", "over 2"]);
}

#[test]
fn only_the_dates_of_the_next_fourteen_days_are_soon() {
    let book = book(&[]);
    let view = book.overview(scope(None));
    let soon: Vec<i64> = view
        .due_soon(day(TODAY))
        .map(|one| one.deliverable.id.0)
        .collect();
    assert_eq!(soon, [3]);
    let coming: Vec<i64> = view.coming(day(TODAY)).map(|one| one.deliverable.id.0).collect();
    assert_eq!(coming, [3, 4]);
}

#[test]
fn a_department_shows_its_own_people_and_projects() {
    let book = book(&[(1, "2026-11-16", 20), (5, "2026-11-16", 30)]);
    let view = book.overview(scope(Some(2)));
    assert_eq!(
        view.weeks.first().map(WeekDemand::booked),
        Some(Minutes::from_hours(30))
    );
    assert_eq!(
        view.departments
            .iter()
            .filter_map(|load| load.department)
            .map(|one| one.id.0)
            .collect::<Vec<_>>(),
        [2]
    );
    assert_eq!(
        view.due
            .iter()
            .map(|one| one.deliverable.id.0)
            .collect::<Vec<_>>(),
        [4]
    );
}
