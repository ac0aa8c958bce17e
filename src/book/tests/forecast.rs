use proptest::prelude::*;

use super::*;
use crate::book::{Balance, Forecast, ForecastWeek, Group, Grouping, Outlook, balance};
use crate::units::Tenths;

fn outlook(grouping: Grouping) -> Outlook {
    Outlook {
        from: ahead(0),
        weeks: 12,
        now: ahead(0),
        grouping,
        department: None,
        role: None,
    }
}

fn first(forecast: &Forecast) -> ForecastWeek {
    forecast.weeks[0]
}

fn groups(forecast: &Forecast) -> Vec<(Group, usize, ForecastWeek)> {
    let line = |one: &crate::book::GroupForecast| (one.group, one.people, one.weeks[0]);
    forecast.groups.iter().map(line).collect()
}

#[test]
fn the_recorded_team_is_used_as_recorded() {
    // Capacities 40 and 30: 15 h are 21.4 %, 20 h are 28.6 %; a third with 20 h and 10 h booked makes 30 of 90, 33.3 %.
    let mut parts = Parts {
        people: vec![person(1, 40, None, None), person(2, 30, None, None)].into(),
        projects: vec![project(1, 2, None, None)].into(),
        assignments: vec![assignment(1, 1, Some(1), None), assignment(2, 1, Some(2), None)].into(),
        ..parts()
    };
    let cells = [(1, 0, 10), (2, 0, 5), (1, 1, 20)];
    let percents = |parts: &Parts, cells: &[(i64, i32, u32)]| {
        let view = book(parts.clone(), cells).forecast(outlook(Grouping::Whole));
        let week = |index: usize| {
            let week: ForecastWeek = view.weeks[index];
            (week.booked(), week.capacity, week.utilisation())
        };
        (week(0), week(1))
    };
    assert_eq!(
        percents(&parts, &cells),
        (
            (hours(15), hours(70), Some(Tenths(214))),
            (hours(20), hours(70), Some(Tenths(286)))
        )
    );
    let mut third = person(3, 20, None, None);
    third.start = Some(ahead(1).monday());
    parts.people.to_mut().push(third);
    parts.assignments.to_mut().push(assignment(3, 1, Some(3), None));
    let more = [cells[0], cells[1], cells[2], (3, 1, 10)];
    assert_eq!(
        percents(&parts, &more),
        (
            (hours(15), hours(70), Some(Tenths(214))),
            (hours(30), hours(90), Some(Tenths(333)))
        )
    );
    // Hired on the Wednesday, they have three days of that week.
    parts.people.to_mut()[2].start = Some(ahead(1).monday().plus(2));
    assert_eq!(percents(&parts, &more).1.1, hours(82));
}

#[test]
fn a_department_holds_those_below_it() {
    let book = book(three_people(), &[(1, 0, 10), (2, 0, 5), (3, 0, 7)]);
    for (department, capacity, booked) in [
        (Some(1), 76, 15),
        (Some(2), 36, 5),
        (Some(3), 30, 7),
        (None, 106, 22),
    ] {
        let view = book.forecast(Outlook {
            department: department.map(DepartmentId),
            ..outlook(Grouping::Whole)
        });
        assert_eq!(
            (first(&view).capacity, first(&view).booked()),
            (hours(capacity), hours(booked)),
            "{department:?}"
        );
    }
}

#[test]
fn demand_is_told_apart_and_closed_projects_ask_for_nothing() {
    let book = book(
        three_people(),
        &[(1, 0, 10), (4, 0, 6), (5, 0, 8), (6, 0, 4), (7, 0, 20), (8, 0, 9)],
    );
    let week = first(&book.forecast(outlook(Grouping::Whole)));
    let expected = ForecastWeek {
        capacity: hours(106),
        confirmed: hours(10),
        tentative: hours(6),
        open_confirmed: hours(8),
        open_tentative: hours(4),
        closed: hours(29),
    };
    assert_eq!(week, expected);
    assert_eq!((week.demand(false), week.demand(true)), (hours(18), hours(28)));
    assert_eq!(
        (week.idle(false), week.idle(true), week.gap(true)),
        (hours(88), hours(78), hours(0))
    );
}

#[test]
fn hours_that_were_worked_on_a_closed_project_stay_worked() {
    let book = book(three_people(), &[(7, -1, 20), (8, -1, 9), (7, 0, 3)]);
    let view = book.forecast(Outlook {
        from: ahead(-1),
        ..outlook(Grouping::Whole)
    });
    assert_eq!(
        (view.weeks[0].confirmed, view.weeks[0].closed),
        (hours(20), hours(9))
    );
    assert_eq!(
        (view.weeks[1].confirmed, view.weeks[1].closed),
        (hours(0), hours(3))
    );
}

#[test]
fn an_open_place_stands_in_its_role_and_in_the_department_of_its_project() {
    let book = book(three_people(), &[(5, 0, 8), (6, 0, 4)]);
    let open = |grouping| {
        let view = book.forecast(outlook(grouping));
        groups(&view)
            .into_iter()
            .map(|(group, people, week)| (group, people, week.open()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        open(Grouping::Department),
        [
            (Group::Department(Some(DepartmentId(1))), 1, hours(8)),
            (Group::Department(Some(DepartmentId(2))), 1, hours(4)),
            (Group::Department(Some(DepartmentId(3))), 1, hours(0)),
        ]
    );
    assert_eq!(
        open(Grouping::Role),
        [
            (Group::Role(Some(RoleId(1))), 1, hours(0)),
            (Group::Role(Some(RoleId(2))), 1, hours(8)),
            (Group::Role(None), 1, hours(4)),
        ]
    );
}

#[test]
fn no_group_and_no_week_makes_up_for_the_gap_of_another() {
    // Role 1 is 5 h short in the first week and idle in the second; role 2 is idle throughout.
    let book = book(three_people(), &[(1, 0, 45), (2, 0, 6), (2, 1, 6)]);
    let view = book.forecast(Outlook {
        weeks: 2,
        ..outlook(Grouping::Role)
    });
    let balances = view.balances(false);
    assert_eq!(
        balances[0],
        Balance {
            gap: hours(5),
            idle: hours(60)
        }
    );
    assert_eq!(
        balances[1],
        Balance {
            gap: hours(0),
            idle: hours(100)
        }
    );
    assert_eq!(view.first_short(false), Some(ahead(0)));
    let whole = book.forecast(Outlook {
        weeks: 2,
        ..outlook(Grouping::Whole)
    });
    assert_eq!(
        whole.balances(false)[0],
        Balance {
            gap: hours(0),
            idle: hours(55)
        }
    );
    assert_eq!(whole.first_short(false), None);
}

#[test]
fn a_gap_may_come_only_with_what_is_tentative() {
    let book = book(three_people(), &[(1, 3, 38), (4, 3, 6)]);
    let view = book.forecast(outlook(Grouping::Role));
    assert_eq!(
        (view.first_short(false), view.first_short(true)),
        (None, Some(ahead(3)))
    );
}

#[test]
fn a_person_who_is_away_or_gone_has_nothing_to_give() {
    let mut parts = three_people();
    parts.people.to_mut()[0].last = Some(ahead(0).monday().plus(1));
    parts.people.to_mut()[1].absences = vec![crate::book::Absence {
        first: ahead(0).monday(),
        last: ahead(0).monday().plus(6),
        half: false,
        from_midday: false,
        until_midday: false,
    }];
    parts.people.to_mut()[2].active = false;
    let view = book(parts, &[]).forecast(outlook(Grouping::Whole));
    assert_eq!(
        (view.weeks[0].capacity, view.weeks[1].capacity),
        (hours(16), hours(36))
    );
}

#[test]
fn behind_a_number_stand_who_and_what() {
    let book = book(
        three_people(),
        &[(1, 0, 30), (4, 0, 12), (7, 0, 5), (5, 0, 8), (2, 0, 6)],
    );
    let detail = book.forecast_detail(
        outlook(Grouping::Department),
        Group::Department(Some(DepartmentId(1))),
    );
    assert_eq!(detail.people.len(), 1);
    let one = &detail.people[0];
    assert_eq!(
        (one.person.id.0, one.capacity, one.booked),
        (1, hours(40), hours(42))
    );
    assert_eq!(
        one.parts
            .iter()
            .map(|part| (part.assignment.id.0, part.minutes))
            .collect::<Vec<_>>(),
        [(1, hours(30)), (4, hours(12)), (7, hours(5))]
    );
    assert_eq!(
        detail
            .open
            .iter()
            .map(|part| (part.assignment.id.0, part.minutes))
            .collect::<Vec<_>>(),
        [(5, hours(8))]
    );
    let whole = book.forecast_detail(outlook(Grouping::Whole), Group::Whole);
    assert_eq!(
        whole.people.iter().map(|one| one.person.id.0).collect::<Vec<_>>(),
        [1, 2, 3],
        "the fullest first"
    );
}

pub fn any_book() -> impl Strategy<Value = Book> {
    let people = proptest::collection::vec((0_u32..60, 0_i64..5, 0_i64..5, any::<bool>()), 0..8);
    let projects = proptest::collection::vec((1_i64..=3, 0_i64..5), 1..6);
    let rows = proptest::collection::vec((0_i64..6, 0_i64..9, 0_i64..5), 0..16);
    let cells = proptest::collection::vec((0_i64..16, -2_i32..6, 0_u32..80), 0..60);
    (people, projects, rows, cells).prop_map(|(people, projects, rows, cells)| {
        let some = |id: i64| (id > 0).then_some(id);
        let people: Vec<Person> = people
            .into_iter()
            .zip(1..)
            .map(|((weekly, department, role, active), id)| Person {
                active,
                ..person(id, weekly, some(department), some(role))
            })
            .collect();
        let projects: Vec<Project> = projects
            .into_iter()
            .zip(1..)
            .map(|((status, department), id)| project(id, status, None, some(department)))
            .collect();
        let count = i64::try_from(people.len()).unwrap();
        let assignments = rows
            .into_iter()
            .zip(0..)
            .map(|((project, person, role), id)| {
                let known = i64::try_from(projects.len()).unwrap();
                assignment(
                    id,
                    project % known + 1,
                    some(person).filter(|id| *id <= count),
                    some(role),
                )
            })
            .collect();
        book(
            Parts {
                people: people.into(),
                projects: projects.into(),
                assignments,
                ..parts()
            },
            &cells,
        )
    })
}

proptest! {
    #[test]
    fn groups_add_up_to_the_whole_and_details_to_their_group(book in any_book(), from in -2_i32..3) {
        let scope = |grouping| Outlook { from: ahead(from), weeks: 4, ..outlook(grouping) };
        let whole = book.forecast(scope(Grouping::Whole));
        for grouping in [Grouping::Department, Grouping::Role] {
            let cut = book.forecast(scope(grouping));
            prop_assert_eq!(&cut.weeks, &whole.weeks);
            for (index, (balance_of_week, week)) in cut.balances(true).iter().zip(&whole.weeks).enumerate() {
                // Cutting finer can only uncover gaps, and each gap uncovered leaves as much idle elsewhere.
                let apart = i64::from(balance_of_week.gap.0) - i64::from(balance_of_week.idle.0);
                let together = i64::from(week.demand(true).0) - i64::from(week.capacity.0);
                prop_assert_eq!(apart, together);
                for line in &cut.groups {
                    let at = Outlook { from: ahead(from + i32::try_from(index).unwrap()), ..scope(grouping) };
                    let detail = book.forecast_detail(at, line.group);
                    prop_assert_eq!(detail.sum, line.weeks[index]);
                    prop_assert_eq!(detail.people.len(), line.people);
                }
            }
        }
        prop_assert_eq!(
            balance(&whole.weeks, false).idle,
            whole.balances(false).iter().map(|one| one.idle).sum::<Minutes>()
        );
    }
}
