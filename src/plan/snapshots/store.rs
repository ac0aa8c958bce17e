//! Snapshots as they are kept. They are written once and only read afterwards; so their rows are not recorded, and no
//! undo reaches them.

use std::collections::BTreeSet;

use super::rules::{AHEAD, Capacity, OUTLOOKS, Outlook, Row, Scope};
use crate::book::CountsAs;
use crate::db::{DbError, Tx, Value, WriteTx, params};
use crate::units::ids::DepartmentId;
use crate::units::{Minutes, Week};

/// A week that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptWeek {
    /// The week.
    pub week: Week,
    /// When, in milliseconds.
    pub taken_at: i64,
    /// Whether from the state of a later day.
    pub late: bool,
    /// How many assignments had hours.
    pub rows: i64,
    /// Their hours.
    pub minutes: Minutes,
}

/// The past weeks that were kept.
pub fn kept_weeks(tx: &Tx<'_>) -> Result<BTreeSet<Week>, DbError> {
    let weeks = tx.query("select week from snapshot_week", &[], |row| row.get(0))?;
    Ok(weeks.into_iter().collect())
}

/// The weeks from which on the plan was kept.
pub fn kept_outlooks(tx: &Tx<'_>) -> Result<BTreeSet<Week>, DbError> {
    let weeks = tx.query("select week from outlook_week", &[], |row| row.get(0))?;
    Ok(weeks.into_iter().collect())
}

/// The past weeks that were kept, the newest first, with how much was in them.
pub fn weeks(tx: &Tx<'_>, most: u32) -> Result<Vec<KeptWeek>, DbError> {
    tx.query(
        "select w.week, w.taken_at, w.late, \
         (select count(*) from snapshot_booking b where b.week = w.week), \
         (select coalesce(sum(b.minutes), 0) from snapshot_booking b where b.week = w.week) \
         from snapshot_week w order by w.week desc limit ?1",
        &params![most],
        |row| {
            Ok(KeptWeek {
                week: row.get(0)?,
                taken_at: row.get(1)?,
                late: row.get(2)?,
                rows: row.get(3)?,
                minutes: row.get(4)?,
            })
        },
    )
}

/// Keeps a week with its rows, unless it is kept already: then nothing is changed, and the answer is false.
pub fn keep_week(
    tx: &WriteTx<'_>,
    week: Week,
    late: bool,
    rows: &[Row],
    capacities: &[Capacity],
) -> Result<bool, DbError> {
    let fresh = tx.execute(
        "insert into snapshot_week (week, taken_at, late) values (?1, ?2, ?3) on conflict (week) do nothing",
        &params![week, tx.now(), late],
    )?;
    if fresh == 0 {
        return Ok(false);
    }
    for row in rows {
        tx.execute(
            "insert into snapshot_booking (week, assignment_id, person_id, person, project_id, project, client_id, client, \
             status, counts_as, role, department_id, department, minutes) \
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            &params![
                week,
                row.assignment,
                row.person,
                &row.person_name,
                row.project,
                &row.project_name,
                row.client,
                &row.client_name,
                &row.status,
                row.counts_as.as_str(),
                &row.role,
                row.department,
                &row.department_name,
                row.minutes,
            ],
        )?;
    }
    for one in capacities {
        tx.execute(
            "insert into snapshot_capacity (week, person_id, person, department_id, department, minutes) \
             values (?1, ?2, ?3, ?4, ?5, ?6)",
            &params![
                week,
                one.person,
                &one.person_name,
                one.department,
                &one.department_name,
                one.minutes
            ],
        )?;
    }
    Ok(true)
}

/// `minutes_0, minutes_1, …`.
fn minute_columns() -> String {
    let columns: Vec<String> = (0..AHEAD).map(|index| format!("minutes_{index}")).collect();
    columns.join(", ")
}

/// Keeps what is planned from a week on, unless it is kept already; what is older than two years goes.
pub fn keep_outlook(tx: &WriteTx<'_>, week: Week, late: bool, rows: &[Outlook]) -> Result<bool, DbError> {
    let fresh = tx.execute(
        "insert into outlook_week (week, taken_at, late) values (?1, ?2, ?3) on conflict (week) do nothing",
        &params![week, tx.now(), late],
    )?;
    if fresh == 0 {
        return Ok(false);
    }
    let first = 7;
    let marks: Vec<String> = (first..first + AHEAD)
        .map(|number| format!("?{number}"))
        .collect();
    let sql = format!(
        "insert into outlook_booking (week, assignment_id, person_id, project_id, client_id, department_id, {}) \
         values (?1, ?2, ?3, ?4, ?5, ?6, {})",
        minute_columns(),
        marks.join(", ")
    );
    for row in rows {
        let mut values = params![
            week,
            row.assignment,
            row.person,
            row.project,
            row.client,
            row.department
        ]
        .to_vec();
        values.extend(row.minutes.iter().map(|minutes| Value::from(*minutes)));
        tx.execute(&sql, &values)?;
    }
    let oldest = week.plus(-OUTLOOKS);
    tx.execute("delete from outlook_booking where week < ?1", &params![oldest])?;
    tx.execute("delete from outlook_week where week < ?1", &params![oldest])?;
    Ok(true)
}

/// The conditions of a scope, and their values after `values`.
fn conditions(scope: Scope, departments: &[DepartmentId], values: &mut Vec<Value>) -> String {
    let mut mark = |value: Value| {
        values.push(value);
        format!("?{}", values.len())
    };
    let exact = [
        ("project_id", scope.project.map(Value::from)),
        ("person_id", scope.person.map(Value::from)),
        ("client_id", scope.client.map(Value::from)),
    ];
    let mut all: Vec<String> = exact
        .into_iter()
        .filter_map(|(column, value)| Some(format!(" and {column} = {}", mark(value?))))
        .collect();
    if scope.department.is_some() {
        let marks: Vec<String> = departments.iter().map(|id| mark(Value::from(*id))).collect();
        all.push(format!(" and department_id in ({})", marks.join(", ")));
    }
    all.concat()
}

/// What was kept of the weeks from `first` to `last`.
pub fn rows(
    tx: &Tx<'_>,
    (first, last): (Week, Week),
    scope: Scope,
    departments: &[DepartmentId],
) -> Result<Vec<Row>, DbError> {
    let mut values = params![first, last].to_vec();
    let also = conditions(scope, departments, &mut values);
    let sql = format!(
        "select week, assignment_id, person_id, person, project_id, project, client_id, client, status, counts_as, role, \
         department_id, department, minutes from snapshot_booking where week between ?1 and ?2{also} order by week, assignment_id"
    );
    tx.query(&sql, &values, |row| {
        let counts_as: String = row.get(9)?;
        Ok(Row {
            week: row.get(0)?,
            assignment: row.get(1)?,
            person: row.get(2)?,
            person_name: row.get(3)?,
            project: row.get(4)?,
            project_name: row.get(5)?,
            client: row.get(6)?,
            client_name: row.get(7)?,
            status: row.get(8)?,
            counts_as: CountsAs::parse(&counts_as).unwrap_or(CountsAs::Closed),
            role: row.get(10)?,
            department: row.get(11)?,
            department_name: row.get(12)?,
            minutes: row.get(13)?,
        })
    })
}

/// What people could carry in the weeks from `first` to `last`, week by week.
pub fn capacities(
    tx: &Tx<'_>,
    (first, last): (Week, Week),
    scope: Scope,
    departments: &[DepartmentId],
) -> Result<Vec<(Week, Minutes)>, DbError> {
    let mut values = params![first, last].to_vec();
    let people = Scope {
        person: scope.person,
        department: scope.department,
        ..Scope::default()
    };
    let also = conditions(people, departments, &mut values);
    let sql = format!(
        "select week, sum(minutes) from snapshot_capacity where week between ?1 and ?2{also} group by week order by week"
    );
    tx.query(&sql, &values, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// What was planned from a week on.
pub fn outlook(
    tx: &Tx<'_>,
    week: Week,
    scope: Scope,
    departments: &[DepartmentId],
) -> Result<Vec<Outlook>, DbError> {
    let mut values = params![week].to_vec();
    let also = conditions(scope, departments, &mut values);
    let sql = format!(
        "select assignment_id, person_id, project_id, client_id, department_id, {} from outlook_booking \
         where week = ?1{also} order by assignment_id",
        minute_columns()
    );
    tx.query(&sql, &values, |row| {
        let minutes: Result<Vec<Minutes>, DbError> =
            (0..usize::from(AHEAD)).map(|index| row.get(5 + index)).collect();
        Ok(Outlook {
            assignment: row.get(0)?,
            person: row.get(1)?,
            project: row.get(2)?,
            client: row.get(3)?,
            department: row.get(4)?,
            minutes: minutes?,
        })
    })
}
