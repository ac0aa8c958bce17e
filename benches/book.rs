//! What the plan in memory costs, on 500 people, 800 projects and 5,000 assignments of 26 weeks.
//!
//! `cargo bench --bench book`

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and has nobody to answer to"
)]

#[path = "support/plan.rs"]
mod plan;

use std::sync::LazyLock;

use ballast::book::{Ask, Book, Dimension, Filter, Grouping, Outlook, Query, Slices, Wanted};
use ballast::db::{Db, DbError};
use ballast::plan::load_book;
use ballast::units::{Minutes, Week, WeekStart};
use divan::{Bencher, black_box};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How many weeks the schedule shows unless it is asked for others.
const WEEKS: u16 = 16;

struct World {
    runtime: Runtime,
    db: Db,
    book: Book,
    from: Week,
    _directory: TempDir,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let runtime = Runtime::new().unwrap();
    let directory = plan::directory().unwrap();
    let db = runtime.block_on(plan::large(directory.path())).unwrap();
    let book = runtime.block_on(db.read(load)).unwrap();
    World {
        from: Week::of(plan::clock().today(), WeekStart::Monday),
        _directory: directory,
        runtime,
        db,
        book,
    }
});

fn load(tx: &ballast::db::Tx<'_>) -> Result<Book, DbError> {
    load_book(tx, None)
}

fn main() {
    LazyLock::force(&WORLD);
    println!("The plan in memory: 500 people, 800 projects, 5,000 assignments, 130,000 booked weeks.");
    println!(
        "`build` is paid once at start, `next_snapshot` once for each commit, the others once for each page.\n"
    );
    divan::main();
}

/// The whole plan read from the database into columns.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn build(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| WORLD.runtime.block_on(WORLD.db.read(load)).unwrap());
}

/// Capacity and demand of everybody, by department, 16 weeks.
#[divan::bench]
fn department_loads(bencher: Bencher<'_, '_>) {
    let everybody = WORLD.book.people(&Filter::default());
    bencher.bench_local(|| {
        WORLD
            .book
            .department_loads(black_box(&everybody), WORLD.from, WEEKS)
    });
}

/// One row of load cells, 16 weeks.
#[divan::bench]
fn person_weeks(bencher: Bencher<'_, '_>) {
    let person = WORLD.book.plan.people.first().unwrap();
    bencher.bench_local(|| WORLD.book.person_weeks(black_box(person), WORLD.from, WEEKS));
}

/// The rows of everybody, 16 weeks.
#[divan::bench]
fn person_weeks_of_everybody(bencher: Bencher<'_, '_>) {
    let everybody = WORLD.book.people(&Filter::default());
    bencher.bench_local(|| {
        let weeks = everybody
            .iter()
            .flat_map(|person| WORLD.book.person_weeks(person, WORLD.from, WEEKS));
        weeks.filter(ballast::book::PersonWeek::is_over).count()
    });
}

/// Capacity against demand, a year ahead, as a whole or by group.
#[divan::bench(args = [Grouping::Whole, Grouping::Department, Grouping::Role])]
fn forecast_of_52_weeks(bencher: Bencher<'_, '_>, grouping: Grouping) {
    let outlook = Outlook {
        from: WORLD.from,
        weeks: 52,
        now: WORLD.from,
        grouping,
        department: None,
        role: None,
    };
    bencher.bench_local(|| WORLD.book.forecast(black_box(outlook)));
}

/// A year of planned hours and capacity, by month.
#[divan::bench(args = [Dimension::Person, Dimension::Project, Dimension::Phase])]
fn report_of_52_weeks(bencher: Bencher<'_, '_>, dimension: Dimension) {
    let query = Query {
        dimension,
        slices: Slices::Month,
        from: WORLD.from.plus(-26),
        weeks: 52,
        department: None,
        role: None,
        client: None,
        status: None,
        counts_as: None,
    };
    bencher.bench_local(|| WORLD.book.report(black_box(query)));
}

/// The people of a department with all below it.
#[divan::bench]
fn filter_by_department(bencher: Bencher<'_, '_>) {
    let filter = Filter {
        department: WORLD
            .book
            .plan
            .departments
            .first()
            .map(|department| department.id),
        ..Filter::default()
    };
    bencher.bench_local(|| WORLD.book.people(black_box(&filter)).len());
}

/// The people in whose names, skills or projects two words are found.
#[divan::bench]
fn filter_by_words(bencher: Bencher<'_, '_>) {
    let filter = Filter {
        text: "harrow bridge".to_owned(),
        ..Filter::default()
    };
    bencher.bench_local(|| WORLD.book.people(black_box(&filter)).len());
}

/// Who is free for 200 hours in a role within 26 weeks: everybody weighed, with the reasons.
#[divan::bench]
fn find_people(bencher: Bencher<'_, '_>) {
    let wanted = Wanted {
        ask: Ask::even(WORLD.from, 26, Minutes::from_hours(200)),
        role: WORLD.book.plan.roles.first().map(|role| role.id),
        skills: Vec::new(),
        department: None,
        project: WORLD.book.plan.projects.first().map(|project| project.id),
        partly: true,
    };
    bencher.bench_local(|| WORLD.book.find(black_box(&wanted)).fitting.len());
}

/// Every open place, with the five people who fit it best.
#[divan::bench]
fn fill_places(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| {
        let places = WORLD.book.places(None, black_box(WORLD.from));
        WORLD.book.fill_places(places, 5).len()
    });
}

/// One changed cell, and the snapshot that the next page reads; the one before stays as it was.
#[divan::bench]
fn next_snapshot(bencher: Bencher<'_, '_>) {
    let assignment = WORLD.book.plan.assignments.get(2_500).unwrap().id;
    bencher.bench_local(|| {
        let mut next = WORLD.book.clone();
        next.revision += 1;
        next.set_hours(assignment, WORLD.from, Minutes(black_box(450)));
        next
    });
}
