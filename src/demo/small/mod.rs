//! A consultancy of about forty people, around this week.

mod estimates;
mod history;
mod hours;
mod leave;
mod team;
mod templates;
mod work;

use std::sync::Arc;

use super::random::Random;
use super::{Moment, PLANNER, store};
use crate::accounts::{
    Access, AccountDraft, DEMO_PLANNER, Scope, account_by_email, accounts, make_account, set_scope,
};
use crate::clock::Clock;
use crate::db::{Db, DbError, WriteTx};
use crate::error::AppError;
use crate::people;
use crate::plan;
use crate::poker::{SampleTeam as Team, lay_sample};
use crate::units::ids::ProjectId;

/// From which the small plan is drawn.
const SEED: u64 = 20_261_116;

/// The accounts beside the planner's; none has a password, so nobody can sign in to them.
const ACCOUNTS: [(&str, Access); 4] = [
    ("Amara Osei", Access::Manager),
    ("Hana Sato", Access::Manager),
    ("Mina Park", Access::Manager),
    ("Oskar Nowak", Access::Member),
];

/// Who of them manages some departments only.
const LIMITED: (&str, [&str; 2]) = ("Mina Park", ["Delivery", "Digital"]);

/// Lays down the plan in one write, then lets people change a little of it.
pub async fn fill(db: &Db, moment: Moment, clock: &Clock) -> Result<(), AppError> {
    db.write(moment.beginning(), move |tx| invent(tx, &moment))
        .await?;
    keep_weeks(db, moment, clock).await?;
    history::play(db, moment).await?;
    estimate(db, clock).await
}

/// Whose rooms of planning poker are in the middle of their work, and for which project.
const ESTIMATES: (&str, &str) = ("Electrical", "Harbour Substation");

/// The rooms in which the team has estimated its sprints. It ended its work on the newest this morning, which is open still.
async fn estimate(db: &Db, clock: &Clock) -> Result<(), AppError> {
    let (accounts, book) = db
        .read(|tx| Ok::<_, DbError>((accounts(tx)?, plan::load_book(tx, None)?)))
        .await?;
    let named = |name: &str| {
        let account = accounts.iter().find(|account| account.name == name)?;
        Some((account.id, account.name.clone()))
    };
    let people = [PLANNER]
        .into_iter()
        .chain(ACCOUNTS.iter().map(|(name, _)| *name));
    let (department, project) = ESTIMATES;
    let department = book.plan.departments.iter().find(|one| one.name == department);
    let project = book.plan.projects.iter().find(|one| one.name == project);
    let (Some(department), Some(project)) = (department, project) else {
        return Ok(());
    };
    let team = Team {
        department: department.id,
        project: project.id,
        people: people.filter_map(named).collect(),
    };
    lay_sample(db, Arc::new(book), team, clock).await
}

/// Keeps the last weeks as a running server had done on each Monday, so that what people changed since shows.
async fn keep_weeks(db: &Db, moment: Moment, clock: &Clock) -> Result<(), AppError> {
    let book = db.read(|tx| plan::load_book(tx, None)).await?;
    for weeks in -5..=0 {
        let monday = clock.start_of(moment.day(weeks, 0));
        plan::take_snapshots(db, &book, &clock.standing_at(monday.min(moment.now)), None).await?;
    }
    Ok(())
}

fn invent(tx: &WriteTx<'_>, moment: &Moment) -> Result<(), DbError> {
    let mut random = Random::new(SEED);
    add_accounts(tx)?;
    add_views(tx)?;
    team::add_organisation(tx, moment)?;
    team::add(tx, moment, &mut random)?;
    limit_a_manager(tx)?;
    templates::add(tx)?;
    // What was just written, so that hours follow the same contracts, holidays and days off that the pages show.
    let book = plan::load_book(tx, None)?;
    let rows = hours::rows(&book.plan, moment, &mut random);
    let mut projects: Vec<Option<ProjectId>> = Vec::new();
    for index in 0..work::PROJECTS.len() {
        let of_project = rows.iter().filter(|row| row.project == index);
        let planned = of_project
            .flat_map(|row| &row.cells)
            .map(|(_, minutes)| *minutes)
            .sum();
        projects.push(work::add(tx, index, planned, &book, moment, &mut random)?);
    }
    for row in &rows {
        let Some(project) = projects.get(row.project).copied().flatten() else {
            continue;
        };
        let role = row
            .role
            .map(|role| people::find_or_add_role(tx, role))
            .transpose()?;
        let assignment = plan::add_assignment(tx, project, row.person, role, row.note)?;
        store::put_bookings(tx, assignment, &row.cells)?;
    }
    leave::add(tx, &book, moment)?;
    let book = plan::load_book(tx, None)?;
    estimates::add(tx, &book.plan, moment)
}

/// The views that the planner has saved: name, page, query, shared.
const VIEWS: [(&str, &str, &str, bool); 3] = [
    ("Free hands", "/people", "q=available&sort=load", true),
    (
        "Too much in the next four months",
        "/schedule",
        "q=overloaded",
        true,
    ),
    (
        "Half a year by project",
        "/schedule",
        "view=projects&weeks=26",
        false,
    ),
];

fn add_views(tx: &WriteTx<'_>) -> Result<(), DbError> {
    let Some((planner, _)) = account_by_email(tx, DEMO_PLANNER)? else {
        return Ok(());
    };
    for (name, page, query, shared) in VIEWS {
        let draft = plan::ViewDraft {
            name: name.to_owned(),
            page: page.to_owned(),
            query: query.to_owned(),
            shared,
        };
        plan::add_view(tx, planner.id, &draft)?;
    }
    Ok(())
}

/// One of the managers manages some departments only, so that there is one to look at.
fn limit_a_manager(tx: &WriteTx<'_>) -> Result<(), DbError> {
    let (name, departments) = LIMITED;
    let Some((account, _)) = account_by_email(tx, &super::email_of(name))? else {
        return Ok(());
    };
    let all = people::departments(tx)?;
    let given = all.iter().filter(|one| departments.contains(&one.name.as_str()));
    set_scope(tx, account.id, &Scope::of(given.map(|one| one.id))).map(|_| ())
}

fn add_accounts(tx: &WriteTx<'_>) -> Result<(), DbError> {
    let planner = AccountDraft {
        email: DEMO_PLANNER.to_owned(),
        name: PLANNER.to_owned(),
        access: Access::Admin,
    };
    make_account(tx, &planner)?;
    for (name, access) in ACCOUNTS {
        let draft = AccountDraft {
            email: super::email_of(name),
            name: name.to_owned(),
            access,
        };
        make_account(tx, &draft)?;
    }
    Ok(())
}
