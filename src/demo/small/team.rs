//! The people of the small plan.

use super::super::random::Random;
use super::super::{Moment, email_of};
use crate::book::WorkWeek;
use crate::db::{DbError, RowKey, Value, WriteTx};
use crate::people::{self, PersonDraft, SkillLevel};
use crate::units::ids::{CalendarId, DepartmentId, PersonId, RoleId, SkillId};
use crate::units::{Day, Minutes};

/// The departments, each under the one above it.
const DEPARTMENTS: [(&str, Option<&str>); 6] = [
    ("Engineering", None),
    ("Electrical", Some("Engineering")),
    ("Structural", Some("Engineering")),
    ("Mechanical", Some("Engineering")),
    ("Delivery", None),
    ("Digital", None),
];

/// What the people of a department are good at.
const SKILLS: [(&str, &[&str]); 6] = [
    ("Engineering", &["Design review", "Technical writing"]),
    (
        "Electrical",
        &["Power systems", "Lighting", "Earthing", "Protection", "Revit"],
    ),
    (
        "Structural",
        &["Steel", "Concrete", "Timber", "Seismic design", "Tekla"],
    ),
    (
        "Mechanical",
        &[
            "Ventilation",
            "Piping",
            "Energy modelling",
            "Fire protection",
            "Revit",
        ],
    ),
    (
        "Delivery",
        &["Scheduling", "Cost planning", "Contracts", "Procurement"],
    ),
    (
        "Digital",
        &["BIM coordination", "Data analysis", "Python", "GIS", "Automation"],
    ),
];

/// How full somebody's weeks are meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// This percentage now, and less the further ahead.
    Steady(u32),
    /// A little more than fits, for some weeks.
    Over,
    /// Far more than fits, for three weeks.
    Burning,
    /// About half.
    Light,
    /// Done with everything next week.
    Free,
}

/// The contract's week.
#[derive(Clone, Copy, Debug)]
enum Contract {
    /// These hours, evenly from Monday to Friday.
    Even(u32),
    /// These hours from Monday to Friday.
    Days([u16; 5]),
}

/// One of the team.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub name: &'static str,
    pub role: &'static str,
    pub department: &'static str,
    contract: Contract,
    pub pace: Pace,
}

const fn member(
    name: &'static str,
    role: &'static str,
    department: &'static str,
    contract: Contract,
    pace: Pace,
) -> Member {
    Member {
        name,
        role,
        department,
        contract,
        pace,
    }
}

use Contract::{Days, Even};
use Pace::{Burning, Free, Light, Over, Steady};

/// The team. Three of them come or go: see [`employment`].
#[rustfmt::skip]
pub const TEAM: [Member; 39] = [
    member("Solveig Brandt", "Director", "Engineering", Even(40), Steady(62)),
    member("Amara Osei", "Lead engineer", "Electrical", Even(36), Steady(94)),
    member("Jonas Lindqvist", "Engineer", "Electrical", Even(36), Burning),
    member("Priya Raman", "Engineer", "Electrical", Days([8, 8, 8, 8, 0]), Over),
    member("Tomás Rivera", "Designer", "Electrical", Even(36), Steady(88)),
    member("Kenji Mori", "Engineer", "Electrical", Even(40), Steady(97)),
    member("Leila Haddad", "Senior engineer", "Electrical", Even(36), Steady(92)),
    member("Declan Byrne", "Graduate", "Electrical", Even(40), Free),
    member("Ngozi Eze", "Designer", "Electrical", Days([6, 6, 6, 6, 6]), Steady(84)),
    member("Mateus Rocha", "Engineer", "Electrical", Even(40), Steady(95)),
    member("Piotr Zielinski", "Engineer", "Electrical", Even(40), Steady(80)),
    member("Hana Sato", "Principal", "Structural", Even(40), Steady(98)),
    member("Luc Moreau", "Engineer", "Structural", Even(36), Steady(90)),
    member("Wren Adeyemi", "Graduate", "Structural", Even(36), Steady(82)),
    member("Ingrid Solberg", "Senior engineer", "Structural", Even(36), Over),
    member("Rahul Menon", "Engineer", "Structural", Even(40), Steady(93)),
    member("Beatriz Alves", "Designer", "Structural", Days([8, 8, 0, 8, 4]), Steady(96)),
    member("Callum Reid", "Engineer", "Structural", Even(40), Light),
    member("Yara Nasser", "Graduate", "Structural", Even(40), Free),
    member("Fatima Benali", "Lead engineer", "Mechanical", Even(38), Burning),
    member("Viktor Horvat", "Engineer", "Mechanical", Even(40), Steady(97)),
    member("Mei Tanaka", "Engineer", "Mechanical", Even(36), Over),
    member("Samuel Okoro", "Designer", "Mechanical", Even(40), Steady(91)),
    member("Elin Andersson", "Senior engineer", "Mechanical", Days([8, 8, 8, 6, 0]), Steady(95)),
    member("Ravi Pillai", "Graduate", "Mechanical", Even(40), Steady(89)),
    member("Mina Park", "Project manager", "Delivery", Even(36), Steady(86)),
    member("Oskar Nowak", "Analyst", "Delivery", Days([7, 7, 7, 7, 0]), Over),
    member("Greta Lehmann", "Project manager", "Delivery", Even(40), Steady(78)),
    member("Ines Duarte", "Coordinator", "Delivery", Even(36), Steady(70)),
    member("Daniel Achterberg", "Project manager", "Delivery", Even(40), Steady(83)),
    member("Aisha Khan", "Cost planner", "Delivery", Even(32), Light),
    member("Paolo Conti", "Coordinator", "Delivery", Even(40), Free),
    member("Noor van Dijk", "BIM lead", "Digital", Even(36), Steady(90)),
    member("Emre Yildiz", "Developer", "Digital", Even(40), Steady(87)),
    member("Sofia Marino", "Data analyst", "Digital", Days([8, 8, 8, 0, 0]), Steady(94)),
    member("Arjun Shah", "Developer", "Digital", Even(40), Free),
    member("Chloe Martin", "BIM coordinator", "Digital", Even(40), Steady(92)),
    member("Tariq Mansour", "Developer", "Digital", Even(40), Light),
    member("Hugo Bernard", "GIS analyst", "Digital", Days([8, 4, 8, 4, 8]), Steady(85)),
];

const PLACES: [&str; 4] = ["Aldermoor", "Sundvik", "Lyon", "Remote"];

/// The first and last day of somebody, and whether they are still planned.
fn employment(name: &str, moment: &Moment, random: &mut Random) -> (Day, Option<Day>, bool) {
    let days = i32::try_from(random.between(150, 4_200)).unwrap_or(150);
    let long_ago = moment.today.plus(-days);
    match name {
        "Wren Adeyemi" => (moment.day(3, 2), None, true),
        "Ines Duarte" => (long_ago, Some(moment.day(6, 4)), true),
        "Piotr Zielinski" => (long_ago, Some(moment.day(-3, 4)), false),
        _ => (long_ago, None, true),
    }
}

fn notes_of(name: &str) -> &'static str {
    match name {
        "Wren Adeyemi" => "Starts on a Wednesday; Hana looks after the first weeks.",
        "Ines Duarte" => "Leaves for a year in Porto. Hand over the two coordinations by then.",
        "Luc Moreau" => "Away for two weeks around the turn of the season.",
        "Sofia Marino" => "Works Monday to Wednesday.",
        "Hugo Bernard" => "Short Tuesdays and Thursdays.",
        _ => "",
    }
}

/// Adds the departments, people, skills, contracts and days off.
pub fn add(tx: &WriteTx<'_>, moment: &Moment, random: &mut Random) -> Result<(), DbError> {
    let calendars = add_calendars(tx)?;
    let mut departments: Vec<(&str, DepartmentId)> = Vec::new();
    for (name, parent) in DEPARTMENTS {
        let parent = parent.and_then(|parent| find(&departments, parent));
        departments.push((name, people::find_or_add_department(tx, name, parent)?));
    }
    for member in TEAM {
        let department = find(&departments, member.department);
        let role = people::find_or_add_role(tx, member.role)?;
        let id = add_member(tx, &member, (department, role, &calendars), moment, random)?;
        add_skills(tx, id, &member, random)?;
        add_time_off(tx, id, &member, moment, random)?;
    }
    Ok(())
}

fn find<T: Copy>(known: &[(&str, T)], name: &str) -> Option<T> {
    known.iter().find(|(own, _)| *own == name).map(|(_, id)| *id)
}

fn add_member(
    tx: &WriteTx<'_>,
    member: &Member,
    (department, role, calendars): (Option<DepartmentId>, RoleId, &Calendars),
    moment: &Moment,
    random: &mut Random,
) -> Result<PersonId, DbError> {
    let (start, last, active) = employment(member.name, moment, random);
    let phone = format!("+00 555 {:04}", random.between(0, 9_999));
    let location = random.word(&PLACES);
    let draft = PersonDraft {
        name: member.name.to_owned(),
        email: if member.name == super::leave::VISITOR {
            crate::accounts::DEMO_PLANNER.to_owned()
        } else {
            email_of(member.name)
        },
        phone,
        location: location.to_owned(),
        department,
        role: Some(role),
        calendar: calendars
            .iter()
            .find(|(place, _)| *place == location)
            .map(|(_, id)| *id),
        start: Some(start),
        last,
        notes: notes_of(member.name).to_owned(),
        active,
    };
    let id = people::add_person(tx, &draft)?;
    let week = match member.contract {
        Contract::Even(hours) => WorkWeek::even(Minutes::from_hours(hours)),
        Contract::Days([monday, tuesday, wednesday, thursday, friday]) => {
            WorkWeek([monday, tuesday, wednesday, thursday, friday, 0, 0].map(|hours| hours * 60))
        }
    };
    people::put_work_week(tx, id, start, week)?;
    if member.name == "Kenji Mori" {
        // Somebody whose week changes within the window.
        people::put_work_week(tx, id, moment.day(9, 0), WorkWeek::even(Minutes::from_hours(32)))?;
    }
    Ok(id)
}

fn add_skills(
    tx: &WriteTx<'_>,
    person: PersonId,
    member: &Member,
    random: &mut Random,
) -> Result<(), DbError> {
    let mut own: Vec<&str> = SKILLS
        .iter()
        .find(|(department, _)| *department == member.department)
        .map_or_else(Vec::new, |(_, skills)| skills.to_vec());
    random.shuffle(&mut own);
    own.truncate(usize::try_from(random.between(2, 3)).unwrap_or(2));
    let best = match member.role {
        "Graduate" => SkillLevel::Able,
        _ => SkillLevel::Expert,
    };
    let mut skills: Vec<(SkillId, u8)> = Vec::new();
    for (index, name) in own.into_iter().enumerate() {
        let level = match index {
            0 => best,
            1 => SkillLevel::Able,
            _ => SkillLevel::Learning,
        };
        skills.push((people::find_or_add_skill(tx, name)?, level.number()));
    }
    people::set_skills(tx, person, &skills)
}

/// Days off: a few for everybody, more for those of whom more is told.
fn add_time_off(
    tx: &WriteTx<'_>,
    person: PersonId,
    member: &Member,
    moment: &Moment,
    random: &mut Random,
) -> Result<(), DbError> {
    let off = |first: Day, days: i32, half: bool, kind: &str, status: &str| {
        let values = [
            ("person_id", Value::from(person)),
            ("first_day", first.into()),
            ("last_day", first.plus(days - 1).into()),
            ("half", half.into()),
            ("kind", kind.into()),
            ("status", status.into()),
            ("note", "".into()),
        ];
        tx.insert(&people::TIME_OFF, &values).map(|_| ())
    };
    match member.name {
        "Luc Moreau" => return off(moment.day(5, 0), 12, false, "family", "approved"),
        "Chloe Martin" => return off(moment.day(0, 2), 2, false, "sick", "approved"),
        // What Jonas asks for comes after his hours: see `leave`.
        "Jonas Lindqvist" | "Wren Adeyemi" | "Piotr Zielinski" => return Ok(()),
        _ => {}
    }
    let weeks = i32::try_from(random.between(0, 8)).unwrap_or(0);
    let weekday = i32::try_from(random.between(0, 4)).unwrap_or(0);
    let kind = random.between(0, 5);
    if super::leave::PEOPLE.contains(&member.name) {
        return Ok(());
    }
    match kind {
        0 | 1 => off(moment.day(weeks + 1, 0), 5, false, "holiday", "approved"),
        2 => off(moment.day(weeks, weekday), 1, false, "holiday", "approved"),
        3 => off(moment.day(weeks, weekday), 1, true, "other", "approved"),
        4 => off(
            moment.day(-weeks, weekday.min(2)),
            2,
            false,
            "training",
            "approved",
        ),
        _ => Ok(()),
    }
}

/// Calendars of those who work elsewhere, by their place.
type Calendars = Vec<(&'static str, CalendarId)>;

fn add_calendars(tx: &WriteTx<'_>) -> Result<Calendars, DbError> {
    let mut calendars = Vec::new();
    for (place, name, code) in [("Lyon", "France", "FR"), ("Sundvik", "Norway", "NO")] {
        let id = people::add_calendar(tx, name)?;
        let country = people::countries().iter().find(|country| country.code == code);
        people::add_rules(tx, id, &country.map(people::Country::rules).unwrap_or_default())?;
        calendars.push((place, id));
    }
    Ok(calendars)
}

/// The public holidays that everybody keeps, and the organisation's name.
pub fn add_organisation(tx: &WriteTx<'_>, moment: &Moment) -> Result<(), DbError> {
    let calendar = tx.insert(&people::CALENDAR, &[("name", "Public holidays".into())])?;
    let (year, ..) = moment.today.ymd();
    let fixed = [
        (1, 1, "New Year's Day"),
        (5, 1, "Labour Day"),
        (12, 25, "Christmas Day"),
        (12, 26, "Boxing Day"),
    ];
    let fixed = (year - 1..=year + 1)
        .flat_map(|year| fixed.map(|(month, day, name)| (Day::from_ymd(year, month, day), name)));
    let own = [
        (Some(moment.day(-5, 4)), "Founding day"),
        (Some(moment.day(7, 0)), "Harvest Monday"),
    ];
    for (day, name) in fixed.chain(own) {
        let Some(day) = day else { continue };
        let key = RowKey::pair(calendar, day.number().into());
        tx.put(&people::HOLIDAY, key, &[("name", name.into())])?;
    }
    let values = [
        ("name", "Keel & Partners".into()),
        ("calendar_id", calendar.into()),
    ];
    tx.update(&people::ORGANISATION, RowKey::id(1), &values)?;
    Ok(())
}
