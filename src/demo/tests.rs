use std::path::Path;

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::{Size, fill, large};
use crate::book::{Book, Load};
use crate::clock::Clock;
use crate::db::{Db, DbError, Migrate, Tx, Value};
use crate::plan::load_book;
use crate::units::{Minutes, Week, WeekStart};

/// Wednesday, 18 November 2026, ten in the morning.
fn clock() -> Clock {
    Clock::fixed(TimeZone::UTC, 1_794_996_000_000)
}

fn this_week() -> Week {
    Week::of(clock().today(), WeekStart::Monday)
}

async fn filled(directory: &Path, size: Size) -> Db {
    let db = Db::open(directory, Migrate::Auto).unwrap();
    fill(&db, size, &clock()).await.unwrap();
    db
}

async fn book(db: &Db) -> Book {
    db.read(|tx| load_book(tx, None)).await.unwrap()
}

const TABLES: [(&str, &str); 23] = [
    ("account", "email, name, access, active"),
    ("calendar", "id, name"),
    ("holiday", "calendar_id, day, name"),
    ("organisation", "name, calendar_id"),
    ("department", "id, name, parent_id"),
    ("role", "id, name"),
    ("skill", "id, name"),
    (
        "person",
        "id, name, email, phone, location, department_id, role_id, start_day, last_day, notes, active",
    ),
    ("person_skill", "person_id, skill_id, level"),
    (
        "work_week",
        "person_id, from_day, monday, tuesday, wednesday, thursday, friday",
    ),
    (
        "time_off",
        "person_id, first_day, last_day, half, kind, status, note, asked_at",
    ),
    ("holiday_rule", "calendar_id, id, name, rule"),
    ("client", "id, name"),
    (
        "project",
        "id, name, code, client_id, status_id, department_id, colour, start_day, end_day, budget_minutes, notes",
    ),
    (
        "deliverable",
        "project_id, name, percent, phase, due_day, done, position",
    ),
    ("assignment", "id, project_id, person_id, role_id, note"),
    ("booking", "assignment_id, week, minutes"),
    ("change_set", "id, at, account_id, actor, label, undoes"),
    (
        "change",
        "change_set_id, topic, entity, entity_id, part, before, after",
    ),
    (
        "poker_room",
        "id, link, name, department_id, project_id, made_at, ended_at",
    ),
    ("poker_vote", "round_id, participant_id, card"),
    ("poker_finished", "story_id, finished_at, spent"),
    ("poker_forecast", "id, room_id, made_at, seed, question, answer"),
];

/// A number that two databases share only where they say the same.
fn digest(tx: &Tx<'_>) -> Result<Vec<u8>, DbError> {
    let mut hash = Sha256::new();
    for (table, columns) in TABLES {
        let sql = format!("select {columns} from {table} order by 1, 2");
        let count = columns.split(',').count();
        tx.query(&sql, &[], |row| {
            for column in 0..count {
                hash.update(format!("{:?}\n", row.get::<Value>(column)?));
            }
            Ok(())
        })?;
    }
    Ok(hash.finalize().to_vec())
}

async fn count(db: &Db, table: &'static str) -> i64 {
    let sql = format!("select count(*) from {table}");
    let found = db.read(move |tx| tx.first(&sql, &[], |row| row.get(0))).await;
    Result::<Option<i64>, DbError>::unwrap(found).unwrap_or(0)
}

fn assert_hours_are_sound(book: &Book) {
    for assignment in &book.plan.assignments {
        let person = assignment.person.and_then(|id| book.plan.person(id));
        for (week, minutes) in book.hours().booked(assignment.id) {
            assert!(
                (1..=Minutes::WEEK.0).contains(&minutes.0),
                "{minutes:?} in {week}"
            );
            assert!(
                person.is_none_or(|person| book.plan.is_employed(person, week)),
                "{} is not employed in the week of {week}",
                person.unwrap().name
            );
        }
    }
}

#[tokio::test]
async fn the_small_plan_has_people_who_are_over_and_people_who_are_free() {
    let directory = tempfile::tempdir().unwrap();
    let book = book(&filled(directory.path(), Size::Small).await).await;
    assert_hours_are_sound(&book);
    let active: Vec<_> = book.plan.people.iter().filter(|person| person.active).collect();
    assert_eq!((active.len(), book.plan.projects.len()), (38, 24));
    let over = |load: Load| {
        let weeks = |person| book.person_weeks(person, this_week(), 8);
        active
            .iter()
            .filter(|person| weeks(person).iter().any(|week| book.load(week) == load))
            .count()
    };
    assert!(over(Load::Over) >= 3, "{} are over", over(Load::Over));
    assert!(over(Load::Burning) >= 2, "{} are far over", over(Load::Burning));
    let free = active
        .iter()
        .map(|person| book.person_weeks(person, this_week().plus(1), 4))
        .filter(|weeks| weeks.iter().map(|week| week.booked).sum::<Minutes>() < Minutes::from_hours(24))
        .count();
    assert!((3..=10).contains(&free), "{free} are free");
}

#[tokio::test]
async fn the_small_plan_is_staffed_and_shows_every_kind_of_thing() {
    let directory = tempfile::tempdir().unwrap();
    let db = filled(directory.path(), Size::Small).await;
    let book = book(&db).await;
    for project in &book.plan.projects {
        let team = book.plan.assignments_of_project(project.id);
        assert!(team.len() >= 2, "{} has {} assignments", project.name, team.len());
        assert_eq!(
            book.plan.deliverables_of(project.id).count(),
            4,
            "{}",
            project.name
        );
    }
    assert!(
        book.plan
            .assignments
            .iter()
            .filter(|one| one.person.is_none())
            .count()
            >= 6
    );
    let everybody: Vec<_> = book.plan.people.iter().filter(|person| person.active).collect();
    let now = crate::book::total(&book.demand(&everybody, this_week(), 4));
    assert!(
        (75..=95).contains(&now.percent().unwrap()),
        "{:?} % are booked",
        now.percent()
    );
    assert!(count(&db, "time_off").await >= 12);
    assert!(count(&db, "change_set").await >= 9);
    let waiting = db.read(|tx| {
        tx.first(
            "select count(*) from time_off where status = 'requested'",
            &[],
            |row| row.get(0),
        )
    });
    assert_eq!(Result::<Option<i64>, DbError>::unwrap(waiting.await), Some(4));
    let leave_over = book.plan.people.iter().filter(|person| {
        let weeks = person
            .absences
            .iter()
            .flat_map(|one| book.leave_weeks(person, one, this_week()));
        weeks.into_iter().any(|week| week.excess().0 > 0)
    });
    assert!(leave_over.count() >= 2, "some leave lies on hours");
    let held = book
        .plan
        .projects
        .iter()
        .filter(|one| book.plan.status(one.status).unwrap().label == "On hold");
    assert_eq!(held.count(), 2);
    let starts = book.plan.people.iter().filter_map(|person| person.start);
    assert!(
        starts
            .into_iter()
            .any(|day| day > clock().today() && day.weekday() == 2)
    );
}

#[tokio::test]
async fn the_team_that_estimates_knows_its_pace_and_has_foretold_something_that_came_true() {
    const TEAM: &str = "(select department_id from poker_room where link = 'sprint-24-estimation')";
    let directory = tempfile::tempdir().unwrap();
    let db = filled(directory.path(), Size::Small).await;
    let number = async |what: &str| {
        let sql = format!("select count(*) from {what}");
        let sql = sql.replace("TEAM", TEAM);
        let found = db.read(move |tx| tx.first(&sql, &[], |row| row.get::<i64>(0)));
        Result::<Option<i64>, DbError>::unwrap(found.await).unwrap()
    };
    let live = "poker_room where ended_at is null and department_id = TEAM and project_id is not null";
    assert_eq!(number(live).await, 1);
    let finished = "poker_finished f join poker_story s on s.id = f.story_id join poker_room r on r.id = s.room_id \
                    where r.department_id = TEAM";
    assert_eq!(number(finished).await, 15);
    assert_eq!(number("poker_forecast where department_id = TEAM").await, 2);
    // Both dates held: the last of its stories was done on the earlier one or before.
    let held = "poker_forecast o where department_id = TEAM and p50_day * 86400000 + 86400000 > (select max(f.finished_at) \
                from poker_forecast_story s left join poker_finished f on f.story_id = s.story_id \
                where s.forecast_id = o.id having count(*) = count(f.story_id))";
    assert_eq!(number(held).await, 1);
}

#[tokio::test]
async fn the_large_plan_has_exactly_what_it_is_measured_with() {
    let directory = tempfile::tempdir().unwrap();
    let db = filled(directory.path(), Size::Large).await;
    let book = book(&db).await;
    assert_hours_are_sound(&book);
    assert_eq!(book.plan.people.len(), large::PEOPLE);
    assert_eq!(book.plan.projects.len(), large::PROJECTS);
    assert_eq!(book.plan.assignments.len(), large::ASSIGNMENTS);
    assert_eq!(count(&db, "booking").await, 130_000);
    let first = this_week().plus(large::FIRST);
    for assignment in &book.plan.assignments {
        let weeks: Vec<Week> = book.hours().booked(assignment.id).map(|(week, _)| week).collect();
        assert_eq!(weeks, first.span(large::WEEKS).collect::<Vec<_>>());
    }
    let mut pairs: Vec<_> = book
        .plan
        .assignments
        .iter()
        .filter_map(|one| Some((one.project, one.person?)))
        .collect();
    pairs.sort_unstable();
    assert!(
        pairs.windows(2).all(|pair| pair[0] != pair[1]),
        "somebody is on a project twice"
    );
}

#[tokio::test]
async fn the_same_moment_gives_the_same_plan() {
    for size in [Size::Small, Size::Large] {
        let mut digests = Vec::new();
        for _ in 0..2 {
            let directory = tempfile::tempdir().unwrap();
            let db = filled(directory.path(), size).await;
            digests.push(db.read(digest).await.unwrap());
        }
        assert_eq!(digests[0], digests[1], "{size:?}");
    }
}

#[tokio::test]
async fn a_plan_that_is_there_is_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let db = filled(directory.path(), Size::Small).await;
    let before = db.read(digest).await.unwrap();
    let later = Clock::fixed(TimeZone::UTC, clock().now() + 86_400_000);
    fill(&db, Size::Large, &later).await.unwrap();
    assert_eq!(db.read(digest).await.unwrap(), before);
}
