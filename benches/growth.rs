//! What a plan costs as it grows: from a hundred people to ten thousand, from half a year to two.
//!
//! `cargo bench --bench growth`

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/cells.rs"]
mod cells;
#[path = "support/plan.rs"]
mod plan;
#[path = "support/process.rs"]
mod process;
#[path = "support/table.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod table;

use std::error::Error;
use std::hint::black_box;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use ballast::book::{Book, Grouping, Outlook};
use ballast::db::{Db, Migrate};
use ballast::plan::load_book;
use ballast::units::{Week, WeekStart};
use reqwest::Client;
use rusqlite::Connection;
use serde_json::json;

type Fault = Box<dyn Error>;

/// The large plan has so many people, projects, assignments and departments, whose ids begin with 1.
const PEOPLE: usize = 500;
const PROJECTS: usize = 800;
const ASSIGNMENTS: usize = 5_000;
/// So many weeks of each assignment are booked.
const WEEKS: usize = 26;
/// How often each thing is asked; the middle counts.
const TIMES: usize = 30;

/// How large a plan is: fifths of the large one, and how often its weeks are repeated.
#[derive(Clone, Copy)]
struct Size {
    fifths: usize,
    halves: usize,
}

const SIZES: [Size; 7] = [
    Size { fifths: 1, halves: 1 },
    Size { fifths: 5, halves: 1 },
    Size { fifths: 5, halves: 2 },
    Size { fifths: 5, halves: 4 },
    Size {
        fifths: 25,
        halves: 1,
    },
    Size {
        fifths: 100,
        halves: 1,
    },
    Size {
        fifths: 100,
        halves: 2,
    },
];

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let (mut stored, mut summed) = (Vec::new(), Vec::new());
    for size in SIZES {
        let directory = plan::directory()?;
        drop(plan::large(directory.path()).await?);
        let bookings = grow(&directory.path().join(Db::FILE), size)?;
        stored.push(asked(directory.path(), size, bookings).await?);
        summed.push(sums(directory.path(), size).await?);
    }
    table::print(
        "A process over each plan",
        &[
            "people",
            "assignments",
            "weeks",
            "bookings",
            "start ms",
            "MiB",
            "write ms",
            "a person ms",
            "a row ms",
            "department ms",
            "its schedule ms",
            "everybody ms",
        ],
        &stored,
        "From spawning the program to a 200 of /health, and what is resident then. Then, middle of 30 each: one durable cell; somebody's \
         place changed, and a row added, durable too; and right after a cell, so that they are made anew, the heat map of one department of 25 people, its schedule, and the heat map of all.",
    );
    table::print(
        "The same plans in memory",
        &[
            "people",
            "assignments",
            "weeks",
            "heat map 12 w ms",
            "heat map 52 w ms",
            "forecast 52 w by role ms",
        ],
        &summed,
        "Everybody's load and the forecast, summed from the book and nothing else; middle of 30.",
    );
    Ok(())
}

fn counts(size: Size) -> Vec<String> {
    let of = |all: usize| (all * size.fifths / 5).to_string();
    vec![of(PEOPLE), of(ASSIGNMENTS), (WEEKS * size.halves).to_string()]
}

/// Makes a plan of this size of the large one; answers how many bookings it has.
fn grow(file: &Path, size: Size) -> Result<i64, Fault> {
    let db = Connection::open(file)?;
    db.execute_batch("begin")?;
    if size.fifths < 5 {
        shrink(&db, PEOPLE * size.fifths / 5, ASSIGNMENTS * size.fifths / 5)?;
    }
    let departments: i64 = db.query_row("select max(id) from department", [], |row| row.get(0))?;
    for copy in 1..size.fifths / 5 {
        let text = format!(
            "insert into department (id, name, parent_id)
                 select id + {copy} * {departments}, name || ' {copy}', parent_id + {copy} * {departments}
                 from department where id <= {departments};
             insert into person (id, name, email, phone, location, department_id, role_id, calendar_id, start_day, last_day, notes, active)
                 select id + {copy} * {PEOPLE}, name || ' {copy}', '', phone, location, department_id + {copy} * {departments},
                     role_id, calendar_id, start_day, last_day, notes, active
                 from person where id <= {PEOPLE};
             insert into project (id, name, code, client_id, status_id, department_id, colour, start_day, end_day, budget_minutes, notes)
                 select id + {copy} * {PROJECTS}, name || ' {copy}', '', client_id, status_id, department_id + {copy} * {departments},
                     colour, start_day, end_day, budget_minutes, notes
                 from project where id <= {PROJECTS};
             insert into assignment (id, project_id, person_id, role_id, note)
                 select id + {copy} * {ASSIGNMENTS}, project_id + {copy} * {PROJECTS}, person_id + {copy} * {PEOPLE}, role_id, note
                 from assignment where id <= {ASSIGNMENTS};
             insert into booking (assignment_id, week, minutes)
                 select assignment_id + {copy} * {ASSIGNMENTS}, week, minutes from booking where assignment_id <= {ASSIGNMENTS};"
        );
        db.execute_batch(&text)?;
    }
    let last: i64 = db.query_row("select max(week) from booking", [], |row| row.get(0))?;
    for half in 1..size.halves {
        let ahead = half * WEEKS;
        db.execute(
            &format!(
                "insert into booking (assignment_id, week, minutes)
                 select assignment_id, week + {ahead}, minutes from booking where week <= {last} order by assignment_id"
            ),
            [],
        )?;
    }
    db.execute_batch("commit")?;
    Ok(db.query_row("select count(*) from booking", [], |row| row.get(0))?)
}

/// Leaves the first `people` and the first `assignments`, which are theirs.
fn shrink(db: &Connection, people: usize, assignments: usize) -> Result<(), Fault> {
    let own = "select m.name from sqlite_master m join pragma_table_info(m.name) c \
               where m.type = 'table' and c.name = 'person_id' and m.name not in ('assignment', 'account')";
    let tables: Vec<String> = db
        .prepare(own)?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for table in tables {
        db.execute(&format!("delete from {table} where person_id > {people}"), [])?;
    }
    db.execute_batch(&format!(
        "delete from booking where assignment_id > {assignments};
         delete from assignment where id > {assignments};
         update assignment set person_id = 1 + person_id % {people} where person_id is not null;
         delete from person where id > {people};"
    ))?;
    Ok(())
}

/// The middle of how long each of `TIMES` took.
fn middle(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    table::milliseconds(table::percentile(&times, 50))
}

/// What a process over the plan in `directory` takes.
async fn asked(directory: &Path, size: Size, bookings: i64) -> Result<Vec<String>, Fault> {
    // The first start may carry the log over into the file.
    process::Server::start(directory).await?.stop()?;
    let mut starts = Vec::new();
    for _ in 0..3 {
        let server = process::Server::start(directory).await?;
        starts.push(server.healthy_after);
        server.stop()?;
    }
    let server = process::Server::start(directory).await?;
    let resident = server.resident_kilobytes()? / 1_024;
    let browser = process::browser()?;
    process::sign_in(&browser, server.address).await?;
    let own = "select a.id, p.department_id from assignment a join person p on p.id = a.person_id \
               where p.department_id is not null order by a.id limit 1";
    let file = Connection::open(directory.join(Db::FILE))?;
    let (written, department): (i64, i64) = file.query_row(own, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    drop(file);
    let mut row = counts(size);
    row.extend([bookings.to_string(), middle(starts), resident.to_string()]);
    let mut writes = Vec::new();
    for turn in 0..TIMES {
        writes.push(cells::write(&browser, server.address, written, turn).await?);
    }
    row.push(middle(writes));
    row.extend(others(&browser, server.address).await?);
    for path in [
        format!("/api/v1/utilisation?weeks=12&department={department}"),
        format!("/schedule?department={department}"),
        "/api/v1/utilisation?weeks=12".to_owned(),
    ] {
        let mut times = Vec::new();
        for turn in 0..TIMES {
            cells::write(&browser, server.address, written, 100 + turn).await?;
            let begun = Instant::now();
            let answer = browser.get(format!("http://{}{path}", server.address));
            let answer = answer.header("accept-encoding", "gzip").send().await?;
            answer.error_for_status()?.bytes().await?;
            times.push(begun.elapsed());
        }
        row.push(middle(times));
    }
    server.stop()?;
    Ok(row)
}

/// How long it takes to change somebody, and to add a row: more than hours changes then.
async fn others(browser: &Client, address: SocketAddr) -> Result<[String; 2], Fault> {
    let (mut people, mut rows) = (Vec::new(), Vec::new());
    for turn in 0..TIMES {
        let at = |path: &str| format!("http://{address}/api/v1/{path}");
        let place = json!({ "location": format!("Room {turn}") });
        let row = json!({ "project": 1 + turn, "role": 1 });
        for (request, times) in [
            (browser.patch(at("people/1")).json(&place), &mut people),
            (browser.post(at("assignments")).json(&row), &mut rows),
        ] {
            let begun = Instant::now();
            let answer = request.header("sec-fetch-site", "same-origin").send().await?;
            answer.error_for_status()?.bytes().await?;
            times.push(begun.elapsed());
        }
    }
    Ok([middle(people), middle(rows)])
}

/// What the plan in `directory` takes to be summed.
async fn sums(directory: &Path, size: Size) -> Result<Vec<String>, Fault> {
    let db = Db::open(directory, Migrate::Auto)?;
    let book: Book = db.read(|tx| load_book(tx, None)).await?;
    let from = Week::of(plan::clock().today(), WeekStart::Monday);
    let heat_map = |weeks: u16| {
        let people = book.plan.people.iter();
        let over = people.map(|person| book.person_weeks(person, from, weeks));
        over.map(|weeks| weeks.iter().filter(|week| week.is_over()).count())
            .sum::<usize>()
    };
    let outlook = Outlook {
        from,
        weeks: 52,
        now: from,
        grouping: Grouping::Role,
        department: None,
        role: None,
    };
    let timed = |work: &dyn Fn()| {
        let times = (0..TIMES).map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        });
        middle(times.collect())
    };
    let mut row = counts(size);
    row.push(timed(&|| {
        black_box(heat_map(12));
    }));
    row.push(timed(&|| {
        black_box(heat_map(52));
    }));
    row.push(timed(&|| drop(black_box(book.forecast(black_box(outlook))))));
    Ok(row)
}
