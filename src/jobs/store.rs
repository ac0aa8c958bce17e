//! Jobs and schedules as they are kept.

use super::rules::Misfire;
use crate::db::{DbError, Row, Tx, WriteTx, params};

/// A job in somebody's hands, or in a list.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its number.
    pub id: i64,
    /// What kind of work it is.
    pub kind: String,
    /// What it works on.
    pub payload: Vec<u8>,
    /// How often it was begun, this time included.
    pub attempts: u32,
}

/// Lays a job in the queue.
pub fn add(tx: &WriteTx<'_>, kind: &str, payload: &[u8], run_at: i64) -> Result<i64, DbError> {
    let id = tx.first(
        "insert into job (kind, payload, state, run_at, attempts, made_at, fault) values (?1, ?2, 'waiting', ?3, 0, ?4, '') returning id",
        &params![kind, payload, run_at, tx.now()],
        |row| row.get(0),
    )?;
    Ok(id.unwrap_or_default())
}

/// Lays a job of a schedule in the queue, unless there is one for that moment. Answers whether there was none.
pub fn add_for_slot(tx: &WriteTx<'_>, (schedule, slot): (&str, i64), kind: &str) -> Result<bool, DbError> {
    let added = tx.execute(
        "insert into job (kind, payload, schedule, slot, state, run_at, attempts, made_at, fault) \
         values (?1, ?2, ?3, ?4, 'waiting', ?5, 0, ?5, '') on conflict (schedule, slot) do nothing",
        &params![kind, Vec::<u8>::new(), schedule, slot, tx.now()],
    )?;
    Ok(added == 1)
}

fn job(row: &Row<'_>) -> Result<Job, DbError> {
    Ok(Job {
        id: row.get(0)?,
        kind: row.get(1)?,
        payload: row.get(2)?,
        attempts: row.get(3)?,
    })
}

/// Takes the job that has waited longest of those that are due; also one whose worker is gone.
///
/// * `until`: how long it counts as being worked on.
pub fn claim(tx: &WriteTx<'_>, until: i64) -> Result<Option<Job>, DbError> {
    tx.first(
        "update job set state = 'running', attempts = attempts + 1, leased_until = ?2 where id = (\
         select id from job where (state = 'waiting' and run_at <= ?1) or (state = 'running' and leased_until <= ?1) \
         order by run_at, id limit 1) returning id, kind, payload, attempts",
        &params![tx.now(), until],
        job,
    )
}

/// One attempt at a job. Whoever was silent for too long finds that another attempt was begun since, and has no say any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The job.
    pub job: i64,
    /// Which attempt it is.
    pub number: u32,
}

impl Job {
    /// The attempt for which it was taken.
    #[must_use]
    pub const fn attempt(&self) -> Attempt {
        Attempt {
            job: self.id,
            number: self.attempts,
        }
    }
}

/// Says that a job is still being worked on. False where somebody else has begun it again.
pub fn hold(tx: &WriteTx<'_>, attempt: Attempt, until: i64) -> Result<bool, DbError> {
    let held = tx.execute(
        "update job set leased_until = ?3 where id = ?1 and attempts = ?2 and state = 'running'",
        &params![attempt.job, attempt.number, until],
    )?;
    Ok(held == 1)
}

/// A job that is done keeps nothing of what it worked on. False where somebody else has begun it again.
pub fn finish(tx: &WriteTx<'_>, attempt: Attempt) -> Result<bool, DbError> {
    let finished = tx.execute(
        "update job set state = 'done', ended_at = ?3, leased_until = null, payload = x'', fault = '' \
         where id = ?1 and attempts = ?2 and state = 'running'",
        &params![attempt.job, attempt.number, tx.now()],
    )?;
    Ok(finished == 1)
}

/// An attempt that came to nothing: the job waits until `again`, or is given up. False where somebody else has begun it again.
pub fn fail(tx: &WriteTx<'_>, attempt: Attempt, fault: &str, again: Option<i64>) -> Result<bool, DbError> {
    let state = if again.is_some() { "waiting" } else { "failed" };
    let failed = tx.execute(
        "update job set state = ?3, run_at = coalesce(?4, run_at), fault = ?5, leased_until = null, \
         ended_at = case when ?4 is null then ?6 else null end where id = ?1 and attempts = ?2 and state = 'running'",
        &params![attempt.job, attempt.number, state, again, fault, tx.now()],
    )?;
    Ok(failed == 1)
}

/// Gives back to the queue what is interrupted now, which was no attempt.
pub fn give_back(tx: &WriteTx<'_>) -> Result<usize, DbError> {
    tx.execute(
        "update job set state = 'waiting', leased_until = null, attempts = attempts - 1 where state = 'running'",
        &[],
    )
}

/// Takes back what a process that is gone had in its hands. It was an attempt: the work itself may be what the process died of.
pub fn take_over(tx: &WriteTx<'_>) -> Result<usize, DbError> {
    tx.execute(
        "update job set state = 'waiting', leased_until = null where state = 'running'",
        &[],
    )
}

/// The kinds of the jobs that somebody works on, each once.
pub fn running(tx: &Tx<'_>) -> Result<Vec<String>, DbError> {
    tx.query(
        "select distinct kind from job where state = 'running' order by kind",
        &[],
        |row| row.get(0),
    )
}

/// When the next job is due; none where none waits.
pub fn next_due(tx: &Tx<'_>) -> Result<Option<i64>, DbError> {
    let due = tx.first(
        "select min(case when state = 'running' then leased_until else run_at end) from job where state in ('waiting', 'running')",
        &[],
        |row| row.get(0),
    )?;
    Ok(due.flatten())
}

/// Tries a job again that was given up, or one that waits at once.
pub fn try_again(tx: &WriteTx<'_>, id: i64) -> Result<bool, DbError> {
    let changed = tx.execute(
        "update job set state = 'waiting', run_at = ?2, attempts = 0, ended_at = null where id = ?1 and state in ('failed', 'waiting')",
        &params![id, tx.now()],
    )?;
    Ok(changed == 1)
}

/// Forgets a job that was given up or waits.
pub fn forget(tx: &WriteTx<'_>, id: i64) -> Result<bool, DbError> {
    let gone = tx.execute(
        "delete from job where id = ?1 and state in ('failed', 'waiting')",
        &params![id],
    )?;
    Ok(gone == 1)
}

/// Forgets what was done before `before`. What was given up stays until somebody has looked at it.
pub fn forget_done(tx: &WriteTx<'_>, before: i64) -> Result<usize, DbError> {
    tx.execute(
        "delete from job where state = 'done' and ended_at < ?1",
        &params![before],
    )
}

/// A job in the list of an administrator.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number.
    pub id: i64,
    /// What kind of work it is.
    pub kind: String,
    /// `waiting`, `running`, `done`, `failed`.
    pub state: String,
    /// Not before, in milliseconds.
    pub run_at: i64,
    /// How often it was begun.
    pub attempts: u32,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// Why the last attempt came to nothing.
    pub fault: String,
}

/// At most `most` jobs: those that were given up first, then what runs and waits, then what is done, each the newest first.
pub fn list(tx: &Tx<'_>, most: u32) -> Result<Vec<Line>, DbError> {
    tx.query(
        "select id, kind, state, run_at, attempts, ended_at, fault from job order by \
         case state when 'failed' then 0 when 'running' then 1 when 'waiting' then 2 else 3 end, run_at desc, id desc limit ?1",
        &params![most],
        |row| {
            Ok(Line {
                id: row.get(0)?,
                kind: row.get(1)?,
                state: row.get(2)?,
                run_at: row.get(3)?,
                attempts: row.get(4)?,
                ended_at: row.get(5)?,
                fault: row.get(6)?,
            })
        },
    )
}

/// When work comes again, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// Five fields of cron.
    pub cron: String,
    /// Its time zone.
    pub zone: String,
    /// What becomes of missed moments.
    pub misfire: Misfire,
    /// Whether it rests.
    pub paused: bool,
    /// The next moment, in milliseconds.
    pub next_at: i64,
}

/// Every schedule, by name.
pub fn schedules(tx: &Tx<'_>) -> Result<Vec<Schedule>, DbError> {
    tx.query(
        "select name, cron, zone, misfire, paused, next_at from schedule order by name",
        &[],
        |row| {
            let misfire: String = row.get(3)?;
            Ok(Schedule {
                name: row.get(0)?,
                cron: row.get(1)?,
                zone: row.get(2)?,
                misfire: Misfire::parse(&misfire).unwrap_or_default(),
                paused: row.get(4)?,
                next_at: row.get(5)?,
            })
        },
    )
}

/// Makes a schedule, or leaves the one that is there as it is.
pub fn add_schedule(tx: &WriteTx<'_>, schedule: &Schedule) -> Result<(), DbError> {
    tx.execute(
        "insert into schedule (name, cron, zone, misfire, paused, next_at) values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (name) do nothing",
        &params![
            schedule.name.as_str(),
            schedule.cron.as_str(),
            schedule.zone.as_str(),
            schedule.misfire.as_str(),
            schedule.paused,
            schedule.next_at,
        ],
    )?;
    Ok(())
}

/// Changes a schedule.
pub fn change_schedule(tx: &WriteTx<'_>, schedule: &Schedule) -> Result<bool, DbError> {
    let changed = tx.execute(
        "update schedule set cron = ?2, zone = ?3, misfire = ?4, paused = ?5, next_at = ?6 where name = ?1",
        &params![
            schedule.name.as_str(),
            schedule.cron.as_str(),
            schedule.zone.as_str(),
            schedule.misfire.as_str(),
            schedule.paused,
            schedule.next_at,
        ],
    )?;
    Ok(changed == 1)
}

/// Sets the next moment of a schedule.
pub fn set_next(tx: &WriteTx<'_>, name: &str, next_at: i64) -> Result<(), DbError> {
    tx.execute(
        "update schedule set next_at = ?2 where name = ?1",
        &params![name, next_at],
    )?;
    Ok(())
}

/// The queue in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Jobs that wait.
    pub waiting: i64,
    /// Jobs that somebody works on.
    pub running: i64,
    /// Jobs that were given up.
    pub failed: i64,
    /// Since when the oldest job waits that is due, in milliseconds.
    pub oldest: Option<i64>,
}

/// How full the queue is.
pub fn counts(tx: &Tx<'_>) -> Result<Counts, DbError> {
    let counted = tx.first(
        "select count(case when state = 'waiting' then 1 end), count(case when state = 'running' then 1 end), \
         count(case when state = 'failed' then 1 end), min(case when state = 'waiting' then run_at end) from job where state <> 'done'",
        &[],
        |row| {
            Ok(Counts {
                waiting: row.get(0)?,
                running: row.get(1)?,
                failed: row.get(2)?,
                oldest: row.get(3)?,
            })
        },
    )?;
    Ok(counted.unwrap_or_default())
}

/// When work of a kind was last done, as far as that is remembered.
pub fn last_done(tx: &Tx<'_>, kind: &str) -> Result<Option<i64>, DbError> {
    let at = tx.first(
        "select max(ended_at) from job where kind = ?1 and state = 'done'",
        &params![kind],
        |row| row.get(0),
    )?;
    Ok(at.flatten())
}

/// What of the work in the background an administrator has to know of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Kinds of which jobs were given up, and how many.
    pub given_up: Vec<(String, i64)>,
    /// Kinds of which jobs failed and are tried again, and how many.
    pub tried_again: Vec<(String, i64)>,
}

/// What does not go as it should.
pub fn trouble(tx: &Tx<'_>) -> Result<Trouble, DbError> {
    let mut trouble = Trouble::default();
    let all = tx.query(
        "select kind, state, count(*) from job where state = 'failed' or (state = 'waiting' and fault <> '') \
         group by kind, state order by kind",
        &[],
        |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<i64>(2)?)),
    )?;
    for (kind, state, count) in all {
        if state == "failed" {
            trouble.given_up.push((kind, count));
        } else {
            trouble.tried_again.push((kind, count));
        }
    }
    Ok(trouble)
}
