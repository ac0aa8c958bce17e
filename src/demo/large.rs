//! The plan that the house is measured with: its counts are exact.

use super::random::Random;
use super::{Moment, PLANNER, email_of, store};
use crate::accounts::{Access, AccountDraft, make_account};
use crate::book::WorkWeek;
use crate::db::{Db, DbError, WriteTx};
use crate::error::AppError;
use crate::people::{self, PersonDraft};
use crate::plan::{self, DeliverableDraft};
use crate::projects::{self, ProjectDraft};
use crate::units::ids::{ClientId, DepartmentId, PersonId, ProjectId, RoleId, SkillId, StatusId};
use crate::units::{Colour, Minutes, Week};

pub const PEOPLE: usize = 500;
pub const PROJECTS: usize = 800;
pub const ASSIGNMENTS: usize = 5_000;
/// The booked weeks of each assignment.
pub const WEEKS: u16 = 26;
/// Where they begin, from this week.
pub const FIRST: i32 = -4;

const SEED: u64 = 5_008_005_000;

const DIVISIONS: [&str; 5] = ["Buildings", "Energy", "Transport", "Water", "Digital"];
const TEAMS: [&str; 4] = ["Concept", "Design", "Delivery", "Support"];
const ROLES: [&str; 8] = [
    "Analyst",
    "Coordinator",
    "Designer",
    "Engineer",
    "Graduate",
    "Lead engineer",
    "Project manager",
    "Senior engineer",
];
const SKILLS: [&str; 16] = [
    "Automation",
    "BIM",
    "Concrete",
    "Contracts",
    "Cost planning",
    "Earthing",
    "GIS",
    "Hydraulics",
    "Lighting",
    "Piping",
    "Power systems",
    "Python",
    "Scheduling",
    "Steel",
    "Timber",
    "Ventilation",
];
const GIVEN: [&str; 25] = [
    "Ada", "Bo", "Carla", "Dmitri", "Elif", "Farid", "Gita", "Hugo", "Ines", "Joon", "Kaia", "Leo", "Mara",
    "Nils", "Olga", "Pavel", "Rosa", "Sami", "Tara", "Umar", "Vera", "Wim", "Xenia", "Yusuf", "Zoe",
];
const FAMILY: [&str; 20] = [
    "Abara", "Berg", "Castillo", "Dahl", "Eriksen", "Fontaine", "Ghosh", "Hakimi", "Ito", "Jansen", "Kovac",
    "Lund", "Mbeki", "Novak", "Oliveira", "Petrov", "Quist", "Rossi", "Silva", "Tamm",
];
const PLACES: [&str; 40] = [
    "Aldermoor",
    "Ashby",
    "Birch Hill",
    "Brightwell",
    "Calder",
    "Castle Quay",
    "Dunmore",
    "East Ferry",
    "Elmstead",
    "Fairlea",
    "Fenwick",
    "Glenrock",
    "Granby",
    "Harrow Lane",
    "Hollis",
    "Iron Bridge",
    "Juniper",
    "Kestrel",
    "Kingsmead",
    "Larkfield",
    "Linden",
    "Marlow",
    "Millbrook",
    "Nordlys",
    "North Pier",
    "Oakham",
    "Orchard",
    "Penrose",
    "Quarry Park",
    "Redcliff",
    "Riverside",
    "Rosedale",
    "Sandford",
    "South Gate",
    "Stonewell",
    "Sundvik",
    "Thornbury",
    "Voltera",
    "Westhaven",
    "Yarrow",
];
const WORKS: [&str; 20] = [
    "airport pier",
    "battery plant",
    "bridge",
    "clinic",
    "data hall",
    "depot",
    "ferry terminal",
    "grid link",
    "hospital",
    "laboratory",
    "library",
    "museum",
    "offices",
    "pump station",
    "school",
    "solar farm",
    "stadium",
    "substation",
    "tower",
    "tunnel",
];

/// Lays down the plan in one write.
pub async fn fill(db: &Db, moment: Moment) -> Result<(), AppError> {
    db.write(moment.beginning(), move |tx| invent(tx, &moment))
        .await?;
    Ok(())
}

fn invent(tx: &WriteTx<'_>, moment: &Moment) -> Result<(), DbError> {
    let mut random = Random::new(SEED);
    let planner = AccountDraft {
        email: crate::accounts::DEMO_PLANNER.to_owned(),
        name: PLANNER.to_owned(),
        access: Access::Admin,
    };
    make_account(tx, &planner)?;
    let surroundings = Surroundings::add(tx)?;
    let people = add_people(tx, &surroundings, moment, &mut random)?;
    let projects = add_projects(tx, &surroundings, moment, &mut random)?;
    add_assignments(tx, &surroundings, (&people, &projects), moment, &mut random)
}

/// What people and projects refer to.
struct Surroundings {
    departments: Vec<DepartmentId>,
    roles: Vec<RoleId>,
    skills: Vec<SkillId>,
    clients: Vec<ClientId>,
}

impl Surroundings {
    fn add(tx: &WriteTx<'_>) -> Result<Self, DbError> {
        let mut departments = Vec::new();
        for division in DIVISIONS {
            let above = people::find_or_add_department(tx, division, None)?;
            for team in TEAMS {
                departments.push(people::find_or_add_department(tx, team, Some(above))?);
            }
        }
        let roles = ROLES.iter().map(|name| people::find_or_add_role(tx, name));
        let skills = SKILLS.iter().map(|name| people::find_or_add_skill(tx, name));
        let clients = PLACES
            .iter()
            .map(|place| projects::find_or_add_client(tx, &format!("{place} Holdings")));
        Ok(Self {
            departments,
            roles: roles.collect::<Result<_, _>>()?,
            skills: skills.collect::<Result<_, _>>()?,
            clients: clients
                .collect::<Result<Vec<_>, _>>()?
                .into_iter()
                .flatten()
                .collect(),
        })
    }
}

/// The item at `index`, counted round and round.
fn nth<T: Copy>(items: &[T], index: usize) -> Option<T> {
    index
        .checked_rem(items.len())
        .and_then(|index| items.get(index))
        .copied()
}

fn draw<T: Copy>(items: &[T], random: &mut Random) -> Option<T> {
    nth(items, usize::try_from(random.between(0, 1_000_000)).unwrap_or(0))
}

/// The people. All of them are there in every booked week, since each assignment has all of its weeks.
fn add_people(
    tx: &WriteTx<'_>,
    surroundings: &Surroundings,
    moment: &Moment,
    random: &mut Random,
) -> Result<Vec<PersonId>, DbError> {
    let mut people = Vec::with_capacity(PEOPLE);
    for index in 0..PEOPLE {
        let given = nth(&GIVEN, index).unwrap_or_default();
        let family = nth(&FAMILY, index / GIVEN.len()).unwrap_or_default();
        let name = format!("{given} {family}");
        let ago = i32::try_from(random.between(60, 5_000)).unwrap_or(60);
        let start = moment.this_week.plus(FIRST).monday().plus(-ago);
        let leaves = random
            .one_in(25)
            .then(|| moment.day(FIRST + i32::from(WEEKS) + 2, 4));
        let draft = PersonDraft {
            email: email_of(&name),
            name,
            phone: String::new(),
            location: nth(&PLACES, index % 7).unwrap_or_default().to_owned(),
            department: nth(&surroundings.departments, index),
            role: draw(&surroundings.roles, random),
            calendar: None,
            start: Some(start),
            last: leaves,
            notes: String::new(),
            active: true,
        };
        let id = people::add_person(tx, &draft)?;
        let hours = if random.one_in(4) {
            random.between(20, 36)
        } else {
            40
        };
        people::put_work_week(tx, id, start, WorkWeek::even(Minutes::from_hours(hours)))?;
        for level in 1..=2 {
            // Drawn twice, a skill keeps the later level.
            if let Some(skill) = draw(&surroundings.skills, random) {
                let key = crate::db::RowKey::pair(id.0, skill.0);
                tx.put(
                    &people::PERSON_SKILL,
                    key,
                    &[("level", i64::from(level + 1).into())],
                )?;
            }
        }
        people.push(id);
    }
    Ok(people)
}

fn add_projects(
    tx: &WriteTx<'_>,
    surroundings: &Surroundings,
    moment: &Moment,
    random: &mut Random,
) -> Result<Vec<ProjectId>, DbError> {
    let mut projects = Vec::with_capacity(PROJECTS);
    for index in 0..PROJECTS {
        let place = nth(&PLACES, index).unwrap_or_default();
        let work = nth(&WORKS, index / PLACES.len()).unwrap_or_default();
        // The statuses that the schema begins with: one in four may come, the rest is agreed.
        let status = if random.one_in(4) {
            StatusId(1)
        } else {
            StatusId(2)
        };
        let number = i64::try_from(index).unwrap_or(0);
        let begins = moment.day(FIRST - i32::try_from(random.between(0, 12)).unwrap_or(0), 0);
        let draft = ProjectDraft {
            name: format!("{place} {work}"),
            code: format!("P-{}", 1_001 + number),
            client: nth(&surroundings.clients, index),
            status,
            department: draw(&surroundings.departments, random),
            colour: Colour::nth(number),
            start: Some(begins),
            end: Some(moment.day(FIRST + i32::from(WEEKS), 4)),
            budget: Some(Minutes::from_hours(random.between(20, 120) * 20)),
            notes: String::new(),
        };
        let project = projects::add_project(tx, &draft)?;
        add_deliverables(tx, project, moment, random)?;
        projects.push(project);
    }
    Ok(projects)
}

fn add_deliverables(
    tx: &WriteTx<'_>,
    project: ProjectId,
    moment: &Moment,
    random: &mut Random,
) -> Result<(), DbError> {
    for (name, percent, week) in [("SD", 35, 2), ("DD", 75, 10), ("IFP", 95, 16), ("IFC", 100, 22)] {
        let week = FIRST + week + i32::try_from(random.between(0, 4)).unwrap_or(0);
        let due = moment.day(week, 3);
        let draft = DeliverableDraft {
            name: name.to_owned(),
            percent: Some(percent),
            phase: String::new(),
            due: Some(due),
            done: due < moment.today,
            notes: String::new(),
        };
        plan::add_deliverable(tx, project, &draft)?;
    }
    Ok(())
}

/// The assignments with their hours: about ten for each person, six for each project, one in twenty open.
fn add_assignments(
    tx: &WriteTx<'_>,
    surroundings: &Surroundings,
    (people, projects): (&[PersonId], &[ProjectId]),
    moment: &Moment,
    random: &mut Random,
) -> Result<(), DbError> {
    for index in 0..ASSIGNMENTS {
        let Some(project) = nth(projects, index) else {
            continue;
        };
        // Seven has no divisor in common with 500, so that each 500 assignments meet everybody once; the step between
        // them keeps somebody from being on one project twice.
        let person = nth(people, 7 * index + index / PEOPLE).filter(|_| !index.is_multiple_of(20));
        let role = draw(&surroundings.roles, random).filter(|_| person.is_none());
        let assignment = plan::add_assignment(tx, project, person, role, "")?;
        let cells = cells(moment.this_week.plus(FIRST), random);
        store::put_bookings(tx, assignment, &cells)?;
    }
    Ok(())
}

/// The weeks of one assignment: around one figure, a quarter of an hour and more apart.
fn cells(first: Week, random: &mut Random) -> Vec<(Week, Minutes)> {
    let usual = random.between(6, 20);
    let weeks = first.span(WEEKS);
    weeks
        .map(|week| {
            (
                week,
                Minutes(15 * (usual + random.between(0, 6)).saturating_sub(3)),
            )
        })
        .collect()
}
