//! What is true of the settings.

use crate::book::{BandUnit, Bands, Book, WorkWeek};
use crate::people::{Holiday, WEEKDAYS};
use crate::units::ids::{CalendarId, DepartmentId, StatusId};
use crate::units::{Day, Minutes, Name, WeekStart, text};
use crate::web::Reader;

/// A part of the settings, with its place in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Name, week, default working week.
    Organisation,
    /// Where load cells change their colour.
    Load,
    /// The tree of departments.
    Departments,
    /// Roles, skills or clients.
    Named(List),
    /// Where a project can stand.
    Statuses,
    /// Public holidays.
    Calendars,
    /// What is demanded of those who sign in.
    SignIn,
    /// Work in the background.
    Jobs,
    /// What was changed.
    History,
}

impl Section {
    /// Its title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Organisation => "Organisation",
            Self::Load => "Load bands",
            Self::Departments => "Departments",
            Self::Named(list) => list.title(),
            Self::Statuses => "Project statuses",
            Self::Calendars => "Holidays",
            Self::SignIn => "Sign-in",
            Self::Jobs => "Jobs",
            Self::History => "History",
        }
    }

    /// Its address.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Organisation => "/settings",
            Self::Load => "/settings/load",
            Self::Departments => "/settings/departments",
            Self::Named(List::Roles) => "/settings/lists/roles",
            Self::Named(List::Skills) => "/settings/lists/skills",
            Self::Named(List::Clients) => "/settings/lists/clients",
            Self::Statuses => "/settings/statuses",
            Self::Calendars => "/settings/calendars",
            Self::SignIn => "/settings/sign-in",
            Self::Jobs => "/settings/jobs",
            Self::History => "/settings/history",
        }
    }
}

/// A list of things that are known by their name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum List {
    /// What people do.
    Roles,
    /// What people are good at.
    Skills,
    /// Whom projects are for; they come with their projects, so they are only renamed here.
    Clients,
}

impl List {
    /// Its title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Roles => "Roles",
            Self::Skills => "Skills",
            Self::Clients => "Clients",
        }
    }

    /// One of it.
    #[must_use]
    pub const fn one(self) -> &'static str {
        match self {
            Self::Roles => "role",
            Self::Skills => "skill",
            Self::Clients => "client",
        }
    }

    /// Whether things are added and removed here.
    #[must_use]
    pub const fn is_kept_here(self) -> bool {
        !matches!(self, Self::Clients)
    }

    /// What is in it: id and name, by name.
    #[must_use]
    pub fn items(self, book: &Book) -> Vec<(i64, String)> {
        let plan = &book.plan;
        match self {
            Self::Roles => plan
                .roles
                .iter()
                .map(|one| (one.id.0, one.name.clone()))
                .collect(),
            Self::Skills => plan
                .skills
                .iter()
                .map(|one| (one.id.0, one.name.clone()))
                .collect(),
            Self::Clients => plan
                .clients
                .iter()
                .map(|one| (one.id.0, one.name.clone()))
                .collect(),
        }
    }

    /// What something in it is used for, in words; blank where it is not.
    #[must_use]
    pub fn uses(self, book: &Book, id: i64) -> String {
        let plan = &book.plan;
        match self {
            Self::Roles => {
                let people = plan
                    .people
                    .iter()
                    .filter(|one| one.role.is_some_and(|own| own.0 == id));
                let places = plan
                    .assignments
                    .iter()
                    .filter(|one| one.role.is_some_and(|own| own.0 == id));
                listed(&[
                    some(people.count(), "person", "people"),
                    some(places.count(), "assignment", "assignments"),
                ])
            }
            Self::Skills => {
                let people = plan
                    .people
                    .iter()
                    .filter(|one| one.skills.iter().any(|(own, _)| own.0 == id));
                some(people.count(), "person", "people")
            }
            Self::Clients => {
                let projects = plan
                    .projects
                    .iter()
                    .filter(|one| one.client.is_some_and(|own| own.0 == id));
                some(projects.count(), "project", "projects")
            }
        }
    }
}

/// `1 person`, `4 people`; blank for none.
fn some(count: usize, one: &str, many: &str) -> String {
    if count == 0 {
        String::new()
    } else {
        text::counted(count, one, many)
    }
}

fn listed(parts: &[String]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(", ")
}

/// What a department is used for, in words; blank where it is not.
#[must_use]
pub fn department_uses(book: &Book, id: DepartmentId) -> String {
    let plan = &book.plan;
    let own = plan.people.iter().filter(|one| one.department == Some(id));
    let (people, gone): (Vec<_>, Vec<_>) = own.partition(|one| one.active);
    let projects = plan
        .projects
        .iter()
        .filter(|one| one.department == Some(id))
        .count();
    let below = plan
        .departments
        .iter()
        .filter(|one| one.parent == Some(id))
        .count();
    listed(&[
        some(people.len(), "person", "people"),
        some(
            gone.len(),
            "person not planned any more",
            "people not planned any more",
        ),
        some(projects, "project", "projects"),
        some(below, "department below it", "departments below it"),
    ])
}

/// What a status is used for, in words; blank where it is not.
#[must_use]
pub fn status_uses(book: &Book, id: StatusId) -> String {
    let projects = book.plan.projects.iter().filter(|one| one.status == id);
    some(projects.count(), "project", "projects")
}

/// Who keeps the holidays of a calendar, in words; blank where nobody does.
#[must_use]
pub fn calendar_uses(book: &Book, id: CalendarId) -> String {
    let people = book.plan.people.iter().filter(|one| one.calendar == Some(id));
    let whole = book.plan.organisation.calendar == Some(id);
    let team = if whole { "the whole team" } else { "" };
    listed(&[team.to_owned(), some(people.count(), "person", "people")])
}

/// The organisation as somebody wants it, but for its load bands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationDraft {
    /// Its name.
    pub name: String,
    /// The first day of its week; none where the environment decides it.
    pub week_start: Option<WeekStart>,
    /// The working week of people who have none of their own.
    pub default_week: WorkWeek,
    /// The holidays of people who have no calendar of their own.
    pub calendar: Option<CalendarId>,
}

impl OrganisationDraft {
    /// Reads `name`, `weekStart`, the seven weekdays and `calendar`.
    pub fn read(reader: &mut Reader<'_>, week_start_is_fixed: bool) -> Self {
        let name = reader.name("name");
        let week_start = match reader.fields().text("weekStart").trim() {
            _ if week_start_is_fixed => None,
            "monday" => Some(WeekStart::Monday),
            "sunday" => Some(WeekStart::Sunday),
            _ => {
                reader.fault("weekStart", "must be monday or sunday");
                None
            }
        };
        let default_week = WorkWeek(WEEKDAYS.map(|(field, _)| {
            let minutes = reader.hours(field, Minutes::from_hours(24));
            minutes.map_or(0, |minutes| u16::try_from(minutes.0).unwrap_or(0))
        }));
        Self {
            name,
            week_start,
            default_week,
            calendar: reader.id("calendar"),
        }
    }
}

/// The fields of the four limits, rising.
pub const LIMITS: [&str; 4] = ["light", "good", "full", "over"];

/// Reads `unit` and the four limits, each larger than the one before.
pub fn read_bands(reader: &mut Reader<'_>) -> Bands {
    let unit = match reader.fields().text("unit").trim() {
        "percent" => BandUnit::Percent,
        "hours" => BandUnit::Hours,
        _ => {
            reader.fault("unit", "must be percent or hours");
            BandUnit::Percent
        }
    };
    let most = match unit {
        BandUnit::Percent => 1_000,
        BandUnit::Hours => 168,
    };
    let mut before = 0;
    let limits = LIMITS.map(|field| {
        let read = reader.fields().text(field).trim().parse::<u32>();
        match read {
            Ok(limit) if limit > most => reader.fault(field, format!("{most} at most")),
            Ok(limit) if limit <= before => reader.fault(field, "must be more than the limit before"),
            Ok(limit) => before = limit,
            Err(_) => reader.fault(field, "must be a whole number"),
        }
        read.unwrap_or(0)
    });
    Bands { unit, limits }
}

/// How many holidays can be pasted at once.
const MOST_HOLIDAYS: usize = 1_000;

/// Holidays as lines of a day and a name: `2026-12-25 Christmas`; commas, semicolons and tabs separate too.
///
/// # Errors
/// What is wrong, with the number of its line.
pub fn read_holidays(text: &str) -> Result<Vec<Holiday>, Vec<String>> {
    let mut holidays: Vec<Holiday> = Vec::new();
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        match read_holiday(line) {
            Ok(holiday) => holidays.push(holiday),
            Err(fault) if faults.len() < 20 => faults.push(format!("line {number}: {fault}")),
            Err(_) => {}
        }
    }
    if holidays.len() > MOST_HOLIDAYS {
        faults.push(format!("{MOST_HOLIDAYS} days at most at a time"));
    }
    if holidays.is_empty() && faults.is_empty() {
        faults.push("write a day and its name on each line, such as 2026-12-25 Christmas Day".to_owned());
    }
    if faults.is_empty() {
        Ok(holidays)
    } else {
        Err(faults)
    }
}

fn read_holiday(line: &str) -> Result<Holiday, String> {
    let (day, name) = line
        .split_once(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
        .unwrap_or((line, ""));
    let day: Day = day
        .parse()
        .map_err(|error: crate::units::DayError| error.to_string())?;
    let name = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"'));
    let name = Name::parse(name).map_err(|error| format!("the name {error}"))?;
    Ok(Holiday {
        day,
        name: name.into(),
        half: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Fields;

    fn bands(form: &str) -> Result<Bands, Vec<String>> {
        let fields = Fields::from_form(form.as_bytes());
        let mut reader = Reader::new(&fields);
        let bands = read_bands(&mut reader);
        reader
            .finish(bands)
            .map_err(|errors| errors.into_iter().map(|error| error.field).collect())
    }

    #[test]
    fn limits_rise() {
        assert_eq!(
            bands("unit=hours&light=20&good=30&full=40&over=45").unwrap(),
            Bands {
                unit: BandUnit::Hours,
                limits: [20, 30, 40, 45]
            }
        );
        assert_eq!(
            bands("unit=percent&light=70&good=70&full=60&over=115").unwrap_err(),
            ["good", "full"]
        );
        assert_eq!(
            bands("unit=hours&light=0&good=1&full=2&over=169").unwrap_err(),
            ["light", "over"]
        );
        assert_eq!(
            bands("unit=days&light=-1&good=a&full=2&over=3").unwrap_err(),
            ["unit", "light", "good"]
        );
    }

    #[test]
    fn holidays_are_pasted_as_lines() {
        let read = read_holidays("2026-12-25 Christmas Day\n\n 2027-01-01;\tNew Year \r\n\"x\"");
        assert_eq!(read.unwrap_err().len(), 1);
        let read = read_holidays("2026-12-25 Christmas Day\n\n 2027-01-01;\tNew Year \r\n").unwrap();
        let names: Vec<&str> = read.iter().map(|holiday| holiday.name.as_str()).collect();
        assert_eq!(names, ["Christmas Day", "New Year"]);
        for (text, fault) in [
            ("2026-02-30 No day", "line 1: “2026-02-30” is not a date"),
            ("2026-12-25", "line 1: the name must not be empty"),
            (" \n ", "write a day and its name"),
        ] {
            let faults = read_holidays(text).unwrap_err();
            assert!(faults.iter().any(|told| told.starts_with(fault)), "{faults:?}");
        }
    }

    #[test]
    fn the_organisation_names_its_week_unless_the_environment_does() {
        let read = |form: &str, fixed| {
            let fields = Fields::from_form(form.as_bytes());
            let mut reader = Reader::new(&fields);
            let draft = OrganisationDraft::read(&mut reader, fixed);
            reader
                .finish(draft)
                .map_err(|errors| errors.into_iter().map(|error| error.field).collect::<Vec<_>>())
        };
        let draft = read("name=Acme&weekStart=sunday&monday=8&friday=4,5", false).unwrap();
        assert_eq!(draft.week_start, Some(WeekStart::Sunday));
        assert_eq!(draft.default_week.0, [480, 0, 0, 0, 270, 0, 0]);
        assert_eq!(read("name=Acme", true).unwrap().week_start, None);
        assert_eq!(
            read("name=&weekStart=x&monday=25", false).unwrap_err(),
            ["name", "weekStart", "monday"]
        );
    }
}
