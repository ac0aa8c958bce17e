use std::sync::{Arc, Mutex};

use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::super::{add_assignment, remove_assignment, remove_project, set_minutes};
use super::*;
use crate::book::Absence;
use crate::clock::Clock;
use crate::db::{Actor, Db, Gesture, Migrate, RowKey, WriteTx, undo};
use crate::demo::{self, Size};
use crate::projects::PROJECT_STATUS;
use crate::units::Day;
use crate::units::ids::ChangeSetId;

/// Wednesday, 18 November 2026, ten in the morning.
fn clock() -> Clock {
    Clock::fixed(TimeZone::UTC, 1_794_996_000_000)
}

/// What each write here is called.
const LABEL: &str = "change something";

/// One write. Numbers choose among what there is; letters say where a name stands among the others.
#[derive(Clone, Debug)]
enum Act {
    Hours(usize, i32, u32),
    Assign(usize, usize),
    HandOver(usize, usize),
    TakeAway(usize),
    Promise(usize),
    MoveDue(usize, i32),
    Strike(usize),
    StrikeNewest,
    Join(char),
    Rename(usize, char),
    BeAway(usize, i32),
    StayAway(usize, i32),
    Return(usize),
    Found(char),
    RenameProject(usize, char),
    Stand(usize, usize),
    Mean(usize, usize),
    EndProject(usize),
    Undo(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let any = || 0_usize..1_000;
    let letter = || proptest::char::range('A', 'Z');
    prop_oneof![
        4 => (any(), 0_i32..12, 0_u32..4_000).prop_map(|(row, week, minutes)| Act::Hours(row, week, minutes)),
        2 => (any(), any()).prop_map(|(project, person)| Act::Assign(project, person)),
        2 => (any(), any()).prop_map(|(row, person)| Act::HandOver(row, person)),
        1 => any().prop_map(Act::TakeAway),
        3 => any().prop_map(Act::Promise),
        2 => (any(), -40_i32..60).prop_map(|(one, days)| Act::MoveDue(one, days)),
        1 => any().prop_map(Act::Strike),
        2 => Just(Act::StrikeNewest),
        1 => letter().prop_map(Act::Join),
        1 => (any(), letter()).prop_map(|(person, first)| Act::Rename(person, first)),
        1 => (any(), 0_i32..40).prop_map(|(person, days)| Act::BeAway(person, days)),
        1 => (any(), 0_i32..40).prop_map(|(one, days)| Act::StayAway(one, days)),
        1 => any().prop_map(Act::Return),
        1 => letter().prop_map(Act::Found),
        1 => (any(), letter()).prop_map(|(project, first)| Act::RenameProject(project, first)),
        1 => (any(), any()).prop_map(|(project, status)| Act::Stand(project, status)),
        1 => (any(), any()).prop_map(|(status, meaning)| Act::Mean(status, meaning)),
        1 => any().prop_map(Act::EndProject),
        3 => any().prop_map(Act::Undo),
    ]
}

/// A row of `table`; none where it has none.
fn nth(tx: &Tx<'_>, table: &str, number: usize) -> Result<Option<i64>, DbError> {
    let ids = tx.query(&format!("select id from {table} order by id"), &[], |row| {
        row.get(0)
    })?;
    let place = number.checked_rem(ids.len());
    Ok(place.and_then(|place| ids.get(place).copied()))
}

fn named(first: char) -> (&'static str, Value) {
    ("name", Value::from(&format!("{first}lex")))
}

/// Does it; does nothing where there is nothing to do it to.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of act")]
fn done(tx: &WriteTx<'_>, act: &Act) -> Result<Option<()>, DbError> {
    let find = |table: &str, number: usize| nth(tx, table, number);
    let blank = |names: &[&'static str]| {
        names
            .iter()
            .map(|name| (*name, Value::from("")))
            .collect::<Vec<_>>()
    };
    let today = clock().today();
    macro_rules! some {
        ($table:literal, $number:expr) => {
            match find($table, $number)? {
                Some(id) => id,
                None => return Ok(None),
            }
        };
    }
    match *act {
        Act::Hours(row, week, minutes) => {
            let week = Week::of(today, WeekStart::Monday).plus(week);
            set_minutes(tx, AssignmentId(some!("assignment", row)), week, Minutes(minutes))?;
        }
        Act::Assign(project, person) => {
            let person = PersonId(some!("person", person));
            add_assignment(tx, ProjectId(some!("project", project)), Some(person), None, "")?;
        }
        Act::HandOver(row, person) => {
            let person = some!("person", person);
            tx.update(
                &ASSIGNMENT,
                RowKey::id(some!("assignment", row)),
                &[("person_id", person.into())],
            )?;
        }
        Act::TakeAway(row) => {
            remove_assignment(tx, AssignmentId(some!("assignment", row)))?;
        }
        Act::Promise(project) => {
            let mut row = blank(&["phase", "notes"]);
            row.push(named('D'));
            row.push(("project_id", some!("project", project).into()));
            row.extend([("done", 0.into()), ("position", 99.into())]);
            tx.insert(&DELIVERABLE, &row)?;
        }
        Act::MoveDue(one, days) => {
            let due: Option<Day> = Some(today.plus(days));
            let key = RowKey::id(some!("deliverable", one));
            tx.update(&DELIVERABLE, key, &[("due_day", due.into())])?;
        }
        Act::Strike(one) => {
            tx.delete(&DELIVERABLE, RowKey::id(some!("deliverable", one)))?;
        }
        Act::StrikeNewest => {
            let newest = tx.first("select max(id) from deliverable", &[], |row| {
                row.get::<Option<i64>>(0)
            })?;
            if let Some(newest) = newest.flatten() {
                tx.delete(&DELIVERABLE, RowKey::id(newest))?;
            }
        }
        Act::Join(first) => {
            let mut row = blank(&["email", "phone", "location", "notes"]);
            row.extend([named(first), ("active", 1.into())]);
            tx.insert(&PERSON, &row)?;
        }
        Act::Rename(person, first) => {
            tx.update(&PERSON, RowKey::id(some!("person", person)), &[named(first)])?;
        }
        Act::BeAway(person, days) => {
            let draft = people::TimeOffDraft {
                absence: Absence {
                    first: today.plus(days),
                    last: today.plus(days + 3),
                    half: false,
                    from_midday: false,
                    until_midday: false,
                },
                kind: people::TimeOffKind::Holiday,
                note: String::new(),
            };
            people::add_approved(tx, PersonId(some!("person", person)), &draft)?;
        }
        Act::StayAway(one, days) => {
            let key = RowKey::id(some!("time_off", one));
            let last: Option<Day> = Some(today.plus(50 + days));
            tx.update(&TIME_OFF, key, &[("last_day", last.into())])?;
        }
        Act::Return(one) => {
            let key = RowKey::id(some!("time_off", one));
            tx.update(&TIME_OFF, key, &[("status", Value::from("declined"))])?;
        }
        Act::Found(first) => {
            let mut row = blank(&["code", "notes"]);
            row.extend([named(first), ("colour", Value::from("blue"))]);
            row.push(("status_id", some!("project_status", 0).into()));
            tx.insert(&PROJECT, &row)?;
        }
        Act::RenameProject(project, first) => {
            tx.update(&PROJECT, RowKey::id(some!("project", project)), &[named(first)])?;
        }
        Act::Stand(project, status) => {
            let status = some!("project_status", status);
            let key = RowKey::id(some!("project", project));
            tx.update(&PROJECT, key, &[("status_id", status.into())])?;
        }
        Act::Mean(status, meaning) => {
            let meaning = ["tentative", "confirmed", "closed"][meaning % 3];
            let key = RowKey::id(some!("project_status", status));
            tx.update(&PROJECT_STATUS, key, &[("counts_as", Value::from(meaning))])?;
        }
        Act::EndProject(project) => {
            remove_project(tx, ProjectId(some!("project", project)))?;
        }
        Act::Undo(number) => {
            let own = format!("change_set where label = '{LABEL}'");
            let entities = [
                &PERSON,
                &TIME_OFF,
                &PROJECT,
                &PROJECT_STATUS,
                &ASSIGNMENT,
                &BOOKING,
                &DELIVERABLE,
            ];
            if let Some(id) = find(&own, number)? {
                undo(tx, ChangeSetId(id), &entities, |_| true)?;
            }
        }
    }
    Ok(Some(()))
}

/// Everything that a book can be asked for by an id, in the order in which it answers.
fn told(book: &Book) -> Vec<String> {
    let plan = &book.plan;
    let from = Week::of(clock().today(), WeekStart::Monday);
    let people = plan.people.iter().map(|person| {
        let rows: Vec<_> = plan.assignments_of_person(person.id).collect();
        let loads = book.person_weeks(person, from, 14);
        format!(
            "{person:?} {:?} {rows:?} {loads:?}",
            plan.person(person.id) == Some(person)
        )
    });
    let projects = plan.projects.iter().map(|project| {
        let due: Vec<_> = plan.deliverables_of(project.id).collect();
        let rows = plan.assignments_of_project(project.id);
        format!(
            "{project:?} {:?} {due:?} {rows:?}",
            plan.project(project.id) == Some(project)
        )
    });
    let rows = plan.assignments.iter().map(|row| {
        let hours: Vec<_> = book.hours().booked(row.id).collect();
        format!("{row:?} {:?} {hours:?}", plan.assignment(row.id) == Some(row))
    });
    let due = plan.deliverables.iter().map(|one| format!("{one:?}"));
    people.chain(projects).chain(rows).chain(due).collect()
}

/// Does each batch of `batches`, which are chosen by how many projects there are, and compares the book after it with one that is read
/// anew.
async fn followed(batches: impl FnOnce(usize) -> Vec<Vec<Act>>) -> Result<(), TestCaseError> {
    let directory = tempfile::tempdir().unwrap();
    let db = Db::open(directory.path(), Migrate::Auto).unwrap();
    demo::fill(&db, Size::Small, &clock()).await.unwrap();
    let mut book = db.read(|tx| load_book(tx, None)).await.unwrap();
    let heard: Arc<Mutex<Vec<Committed>>> = Arc::default();
    let list = Arc::clone(&heard);
    db.after_commit(Box::new(move |_, commits| {
        list.lock().unwrap().extend_from_slice(commits);
        Ok(())
    }));
    for batch in batches(book.plan.projects.len()) {
        for act in batch.clone() {
            let gesture = Gesture {
                actor: Actor::program(),
                label: LABEL.to_owned(),
                at: clock().now(),
            };
            // What is refused has changed nothing.
            let _ = db.write(gesture, move |tx| done(tx, &act)).await;
        }
        let commits = std::mem::take(&mut *heard.lock().unwrap());
        let next = db
            .read(move |tx| next_book(&book, tx, &commits, None))
            .await
            .unwrap();
        let fresh = db.read(|tx| load_book(tx, None)).await.unwrap();
        prop_assert_eq!(told(&next), told(&fresh), "{:?}", batch);
        prop_assert_eq!(next.revision, fresh.revision, "{:?}", batch);
        book = next;
    }
    Ok(())
}

#[test]
fn whatever_several_writes_have_changed_together_the_next_book_is_the_one_that_is_read_anew() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let batches = proptest::collection::vec(proptest::collection::vec(act(), 1..8), 1..12);
    TestRunner::new(Config::with_cases(12))
        .run(&batches, |batches| runtime.block_on(followed(|_| batches)))
        .unwrap();
}

#[tokio::test]
async fn a_deliverable_with_the_number_of_one_that_is_gone_is_its_own_projects() {
    let batches = |projects| {
        vec![
            vec![Act::Found('M'), Act::Found('N'), Act::Promise(projects)],
            // The database gives the number again.
            vec![Act::StrikeNewest, Act::Promise(projects + 1)],
            vec![Act::StrikeNewest, Act::Promise(projects)],
        ]
    };
    followed(batches).await.unwrap();
}
