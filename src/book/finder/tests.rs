use proptest::prelude::*;

use super::*;
use crate::book::{
    Absence, Assignment, Client, CountsAs, Department, Parts, Project, Role, Skill, Status, WorkWeek,
};
use crate::units::ids::{AssignmentId, ClientId, PersonId, StatusId};
use crate::units::{Colour, Day, WeekStart};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn week(text: &str) -> Week {
    Week::of(day(text), WeekStart::Monday)
}

fn person(id: i64, name: &str, department: i64, role: i64) -> Person {
    Person {
        id: PersonId(id),
        name: name.to_owned(),
        email: String::new(),
        location: String::new(),
        department: Some(DepartmentId(department)),
        role: Some(RoleId(role)),
        calendar: None,
        start: None,
        last: None,
        active: true,
        skills: Vec::new(),
        work_weeks: vec![(Day::MIN, WorkWeek::even(Minutes::from_hours(36)))],
        absences: Vec::new(),
    }
}

fn project(id: i64, client: i64) -> Project {
    Project {
        id: ProjectId(id),
        name: format!("Project {id}"),
        code: String::new(),
        client: Some(ClientId(client)),
        status: StatusId(1),
        department: Some(DepartmentId(1)),
        colour: Colour::default(),
        start: None,
        end: None,
        budget: None,
    }
}

fn assignment(id: i64, project: i64, person: Option<i64>, role: Option<i64>) -> Assignment {
    Assignment {
        id: AssignmentId(id),
        project: ProjectId(project),
        person: person.map(PersonId),
        role: role.map(RoleId),
        note: String::new(),
    }
}

/// Department 2 below 1, and 3; roles 1 and 2; six people; projects 1 and 2 of one client.
fn parts() -> Parts {
    let department = |id, parent: Option<i64>| Department {
        id: DepartmentId(id),
        name: format!("Department {id}"),
        parent: parent.map(DepartmentId),
        depth: 0,
    };
    let mut people = vec![
        person(1, "Ada", 1, 1),
        person(2, "Bo", 2, 1),
        person(3, "Cy", 3, 1),
        person(4, "Di", 1, 2),
        person(5, "Eve", 1, 1),
        person(6, "Flo", 1, 1),
    ];
    people[0].skills = vec![(SkillId(1), 3)];
    people[1].skills = vec![(SkillId(1), 1)];
    people[4].last = Some(day("2026-10-30"));
    people[5].active = false;
    Parts {
        departments: vec![department(1, None), department(2, Some(1)), department(3, None)],
        roles: [1, 2]
            .map(|id| Role {
                id: RoleId(id),
                name: format!("Role {id}"),
            })
            .to_vec(),
        skills: vec![Skill {
            id: SkillId(1),
            name: "Revit".to_owned(),
        }],
        clients: vec![Client {
            id: ClientId(1),
            name: "Nordlys".to_owned(),
        }],
        statuses: vec![Status {
            id: StatusId(1),
            label: String::new(),
            colour: Colour::default(),
            counts_as: CountsAs::Confirmed,
        }],
        people: people.into(),
        projects: vec![project(1, 1), project(2, 1)].into(),
        assignments: vec![
            assignment(1, 1, Some(1), None),
            assignment(2, 2, Some(2), None),
            assignment(3, 1, None, Some(1)),
            assignment(4, 2, Some(4), Some(1)),
        ]
        .into(),
        ..Parts::default()
    }
}

fn book(parts: Parts, cells: &[(i64, &str, u32)]) -> Book {
    let mut book = Book::new(1, parts);
    for (id, first, hours) in cells {
        book.set_hours(AssignmentId(*id), week(first), Minutes::from_hours(*hours));
    }
    book
}

fn wanted(weeks: u16, hours: u32) -> Wanted {
    Wanted {
        ask: Ask::even(week("2026-11-16"), weeks, Minutes::from_hours(hours)),
        role: None,
        skills: Vec::new(),
        department: None,
        project: None,
        partly: false,
    }
}

fn names(found: &[Candidate<'_>]) -> Vec<String> {
    found.iter().map(|one| one.person.name.clone()).collect()
}

fn one<'a, 'b>(found: &'b Found<'a>, name: &str) -> &'b Candidate<'a> {
    let all = || found.fitting.iter().chain(&found.others);
    all().find(|one| one.person.name == name).unwrap()
}

#[test]
fn what_is_free_is_capacity_less_what_is_booked_and_never_below_nothing() {
    let cells = [(1, "2026-11-16", 40), (1, "2026-11-23", 16)];
    let book = book(parts(), &cells);
    let found = book.find(&wanted(2, 20));
    let ada = one(&found, "Ada");
    assert_eq!(
        (ada.capacity, ada.booked),
        (Minutes::from_hours(72), Minutes::from_hours(56))
    );
    assert_eq!(
        ada.free,
        Minutes::from_hours(20),
        "a week with too much eats nothing of the next"
    );
    assert_eq!(
        ada.fit,
        Fit::Spread,
        "10 h a week do not fit, 20 h in the second do"
    );
    assert_eq!(
        ada.proposal(&wanted(2, 20).ask),
        [Minutes(0), Minutes::from_hours(20)]
    );
}

#[test]
fn those_who_have_some_of_the_hours_count_where_that_is_asked() {
    let book = book(parts(), &[(1, "2026-11-16", 30)]);
    let mut asked = wanted(1, 20);
    assert_eq!(one(&book.find(&asked), "Ada").obstacle, Some(Obstacle::TooLittle));
    asked.partly = true;
    let found = book.find(&asked);
    let ada = one(&found, "Ada");
    assert_eq!((ada.obstacle, ada.fit), (None, Fit::Partly));
    assert_eq!(
        names(&found.fitting).last().unwrap(),
        "Ada",
        "less free is less fit"
    );
    assert_eq!(ada.proposal(&asked.ask), [Minutes::from_hours(6)]);
}

#[test]
fn whoever_cannot_stands_apart_with_the_reason() {
    let mut parts = parts();
    parts.people.to_mut()[3].absences = vec![Absence {
        first: day("2026-11-16"),
        last: day("2026-11-29"),
        half: false,
        from_midday: false,
        until_midday: false,
    }];
    let book = book(parts, &[(2, "2026-11-16", 36), (2, "2026-11-23", 36)]);
    let asked = wanted(2, 10);
    let found = book.find(&asked);
    assert_eq!(
        names(&found.fitting),
        ["Ada", "Cy"],
        "who is no longer planned is not looked at"
    );
    for (name, obstacle) in [
        ("Bo", Obstacle::NothingFree),
        ("Di", Obstacle::Away),
        ("Eve", Obstacle::NotEmployed),
    ] {
        assert_eq!(one(&found, name).obstacle, Some(obstacle), "{name}");
    }
    let narrow = Wanted {
        role: Some(RoleId(2)),
        ..asked.clone()
    };
    assert_eq!(
        one(&book.find(&narrow), "Ada").obstacle,
        Some(Obstacle::OtherRole)
    );
    let skilled = Wanted {
        skills: vec![(SkillId(1), 2)],
        ..asked.clone()
    };
    assert_eq!(
        one(&book.find(&skilled), "Cy").obstacle,
        Some(Obstacle::LacksSkill(SkillId(1)))
    );
    let here = Wanted {
        department: Some(DepartmentId(1)),
        ..asked
    };
    let found = book.find(&here);
    assert_eq!(one(&found, "Cy").obstacle, Some(Obstacle::OtherDepartment));
    assert_eq!(
        one(&found, "Bo").obstacle,
        Some(Obstacle::NothingFree),
        "below is within"
    );
}

#[test]
fn every_point_of_the_fit_has_its_reason() {
    let book = book(parts(), &[]);
    let asked = Wanted {
        role: Some(RoleId(1)),
        skills: vec![(SkillId(1), 2)],
        project: Some(ProjectId(1)),
        ..wanted(2, 60)
    };
    let found = book.find(&asked);
    assert_eq!(names(&found.fitting), ["Ada", "Bo"]);
    let ada = one(&found, "Ada");
    let expert = SkillFit {
        skill: SkillId(1),
        wanted: 2,
        own: Some(3),
    };
    let free = Reason::Free {
        free: Minutes::from_hours(72),
        of: Minutes::from_hours(60),
        asked: true,
    };
    assert_eq!(
        ada.reasons,
        [
            free,
            Reason::AsAsked,
            Reason::OwnRole(RoleId(1)),
            Reason::Skill(expert),
            Reason::SameDepartment(DepartmentId(1)),
            Reason::OnProject,
        ]
    );
    assert_eq!(ada.score(), 50 + 10 + 20 + 12 + 8 + 10);
    let bo = one(&found, "Bo");
    assert_eq!(
        bo.score(),
        50 + 10 + 20 + 4 + 5,
        "a lower level is less, and the client is known"
    );
    let asked = Wanted {
        role: Some(RoleId(1)),
        ..wanted(2, 60)
    };
    let di = book.find(&asked);
    assert!(one(&di, "Di").reasons.contains(&Reason::RoleBefore(RoleId(1))));
}

#[test]
fn among_equals_names_decide_and_no_hours_ask_for_whoever_is_free() {
    let found_in = book(parts(), &[(1, "2026-11-16", 36), (2, "2026-11-16", 18)]);
    let found = found_in.find(&wanted(1, 0));
    assert_eq!(names(&found.fitting), ["Cy", "Di", "Bo"]);
    assert_eq!(one(&found, "Ada").obstacle, Some(Obstacle::NothingFree));
}

#[test]
fn open_places_find_who_is_free_in_the_weeks_where_the_work_is() {
    let cells = [
        (3, "2026-11-09", 8),
        (3, "2026-11-23", 20),
        (3, "2026-12-07", 20),
        (1, "2026-11-23", 36),
        (2, "2026-11-30", 36),
    ];
    let book = book(parts(), &cells);
    let from = week("2026-11-16");
    let all = book.fill_places(book.places(None, from), 2);
    assert_eq!(all.len(), 1);
    let place = &all[0];
    let ask = place.place.ask.as_ref().unwrap();
    assert_eq!(
        (ask.from, ask.weeks()),
        (week("2026-11-23"), 3),
        "what is past is not asked for"
    );
    assert_eq!(place.place.minutes(), Minutes::from_hours(40));
    assert_eq!(
        names(&place.best),
        ["Di", "Bo"],
        "no more than asked for: whoever knows the client comes before Cy, and among equals who has more free"
    );
    assert_eq!(place.best[1].fit, Fit::AsAsked);
    let free = Reason::Free {
        free: Minutes::from_hours(40),
        of: Minutes::from_hours(40),
        asked: true,
    };
    assert_eq!(place.best[1].reasons[0], free);
    let all = book.fill_places(book.places(None, from), 9);
    let ada = all[0].best.iter().find(|one| one.person.name == "Ada").unwrap();
    assert_eq!(ada.fit, Fit::Partly);
    assert_eq!(ada.reasons[0].points(), 25, "half of the hours");
    assert_eq!(ada.proposal(ask), ask.shares, "the hours stay where the work is");
}

#[test]
fn an_even_spread_keeps_every_minute() {
    let ask = Ask::even(week("2026-11-16"), 3, Minutes(100));
    assert_eq!(ask.shares, [Minutes(34), Minutes(33), Minutes(33)]);
}

proptest! {
    #[test]
    fn a_proposal_keeps_what_fits_and_never_fills_a_week_beyond_what_is_free(
        minutes in 0_u32..40_000,
        weeks in proptest::collection::vec((0_u32..4_000, 0_u32..3_000), 1..26),
    ) {
        let own: Vec<PersonWeek> = weeks
            .iter()
            .map(|(booked, capacity)| PersonWeek {
                booked: Minutes(*booked),
                capacity: Minutes(*capacity),
                ..PersonWeek::default()
            })
            .collect();
        let count = u16::try_from(own.len()).unwrap();
        let ask = Ask::even(Week(2_966), count, Minutes(minutes));
        let laid = proposal(&ask, &own);
        let free: Minutes = own.iter().map(PersonWeek::free).sum();
        prop_assert_eq!(ask.total(), Minutes(minutes));
        prop_assert_eq!(laid.iter().copied().sum::<Minutes>(), Minutes(minutes).min(free));
        prop_assert!(laid.iter().zip(&own).all(|(laid, week)| *laid <= week.free()));
        if fit(&ask, &own) == Fit::AsAsked && minutes > 0 {
            prop_assert_eq!(laid, ask.shares);
        }
    }
}
