//! What is true of the window somebody looks through, of cells they write, and of what they enter.

use std::fmt::Write as _;

use super::store::DeliverableDraft;
use crate::book::{Book, Filter, Person, Plan, Project, Span};
use crate::units::ids::{AssignmentId, Id, PersonId, ProjectId, RoleId};
use crate::units::{Day, Minutes, Week};
use crate::web::Reader;

/// How many cells one request may write.
pub const MOST_CELLS: usize = 20_000;

/// By what the schedule is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// People, with their projects under them.
    #[default]
    People,
    /// Projects, with their people under them.
    Projects,
}

impl View {
    /// As the address writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Projects => "projects",
        }
    }
}

/// What somebody looks at: all of it stands in the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// By people or by projects.
    pub view: View,
    /// The first week.
    pub from: Week,
    /// How many weeks: 8, 16, 26 or 52.
    pub weeks: u16,
    /// Which part of the plan.
    pub filter: Filter,
    /// The people or projects whose assignments are shown.
    pub open: Vec<i64>,
    /// The departments whose people are not shown.
    pub shut: Vec<i64>,
    /// Whether the window begins where it does by choice, and not because it is this week.
    pub moved: bool,
}

impl Window {
    /// The lengths that the page offers.
    pub const LENGTHS: [u16; 4] = [8, 16, 26, 52];

    /// Reads the query of an address; what cannot be read stands for its default, so that an old link still opens.
    #[must_use]
    pub fn read(query: &[(String, String)], book: &Book, today: Day) -> Self {
        let start = book.plan.organisation.week_start;
        let text = |name: &str| {
            query
                .iter()
                .find(|(own, _)| own == name)
                .map_or("", |(_, value)| value.trim())
        };
        let list = |name: &str| -> Vec<i64> {
            text(name)
                .split(',')
                .filter_map(|id| id.trim().parse().ok())
                .take(500)
                .collect()
        };
        let from = text("from").parse().ok().map(|day: Day| Week::of(day, start));
        let this_week = Week::of(today, start);
        let first = from.unwrap_or(this_week);
        let weeks = text("weeks")
            .parse()
            .ok()
            .filter(|weeks| Self::LENGTHS.contains(weeks))
            .unwrap_or(16);
        Self {
            view: if text("view") == "projects" {
                View::Projects
            } else {
                View::People
            },
            from: first,
            moved: from.is_some_and(|from| from != this_week),
            weeks,
            filter: Filter {
                department: id(text("department")),
                client: id(text("client")),
                status: id(text("status")),
                role: id(text("role")),
                skill: id(text("skill")),
                text: text("q").chars().take(200).collect(),
                over: Some(Span { from: first, weeks }),
            },
            open: list("open"),
            shut: list("shut"),
        }
    }

    /// The query of this window, without what is the default.
    #[must_use]
    pub fn query(&self, plan: &Plan) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        if self.view == View::Projects {
            pairs.push(("view", self.view.as_str().to_owned()));
        }
        if self.moved {
            pairs.push((
                "from",
                self.from.first_day(plan.organisation.week_start).to_string(),
            ));
        }
        if self.weeks != 16 {
            pairs.push(("weeks", self.weeks.to_string()));
        }
        let filter = &self.filter;
        let ids = [
            ("department", filter.department.map(Id::raw)),
            ("client", filter.client.map(Id::raw)),
            ("status", filter.status.map(Id::raw)),
            ("role", filter.role.map(Id::raw)),
            ("skill", filter.skill.map(Id::raw)),
        ];
        pairs.extend(
            ids.into_iter()
                .filter_map(|(name, id)| id.map(|id| (name, id.to_string()))),
        );
        if !filter.text.is_empty() {
            pairs.push(("q", filter.text.clone()));
        }
        for (name, list) in [("open", &self.open), ("shut", &self.shut)] {
            if !list.is_empty() {
                let ids: Vec<String> = list.iter().map(i64::to_string).collect();
                pairs.push((name, ids.join(",")));
            }
        }
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        pairs.join("&")
    }

    /// The address of this window.
    #[must_use]
    pub fn href(&self, plan: &Plan) -> String {
        let query = self.query(plan);
        if query.is_empty() {
            "/schedule".to_owned()
        } else {
            format!("/schedule?{query}")
        }
    }

    /// The same window with something else about it.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = self.clone();
        change(&mut other);
        other
    }
}

fn id<T: Id>(text: &str) -> Option<T> {
    text.parse().ok().map(T::from_raw)
}

/// One cell as somebody writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellWrite {
    /// Whose row.
    pub assignment: AssignmentId,
    /// Which week.
    pub week: Week,
    /// What it shall hold.
    pub minutes: Minutes,
    /// What the writer saw in it; none where they overwrite knowingly.
    pub seen: Option<Minutes>,
}

/// Why hours may not be booked on an assignment in a week, if they may not. Emptying a cell is always allowed.
#[must_use]
pub fn refused_week(plan: &Plan, assignment: AssignmentId, week: Week) -> Option<String> {
    let person = plan
        .assignment(assignment)?
        .person
        .and_then(|person| plan.person(person))?;
    refused_person_week(plan, person, week)
}

/// Why hours may not be booked for somebody in a week, if they may not.
#[must_use]
pub fn refused_person_week(plan: &Plan, person: &Person, week: Week) -> Option<String> {
    if !person.active {
        return Some(format!("{} is no longer active", person.name));
    }
    if plan.is_employed(person, week) {
        return None;
    }
    let label = week.first_day(plan.organisation.week_start).short();
    Some(match (person.start, person.last) {
        (Some(start), _) if start > week.monday() => format!(
            "{} starts on {}, after the week of {label}",
            person.name,
            start.long()
        ),
        (_, Some(last)) => format!(
            "{} left on {}, before the week of {label}",
            person.name,
            last.long()
        ),
        _ => format!("{} is not employed in the week of {label}", person.name),
    })
}

/// A change of cells in the history's words: who, where, which weeks, how much.
#[must_use]
pub fn describe_cells(plan: &Plan, cells: &[CellWrite]) -> String {
    let start = plan.organisation.week_start;
    let mut rows: Vec<AssignmentId> = cells.iter().map(|cell| cell.assignment).collect();
    rows.sort_unstable();
    rows.dedup();
    let hours = |minutes: Minutes| format!("{minutes} h");
    match (rows.as_slice(), cells) {
        ([only], [first, rest @ ..]) => {
            let (who, project) = row_names(plan, *only);
            let mut text = format!("set {who} on {project} to ");
            if rest.iter().all(|cell| cell.minutes == first.minutes) {
                text.push_str(&hours(first.minutes));
            } else {
                // Writing to a String does not fail.
                let _ = write!(
                    text,
                    "{} in all",
                    hours(cells.iter().map(|cell| cell.minutes).sum())
                );
            }
            let weeks: Vec<String> = cells
                .iter()
                .take(3)
                .map(|cell| cell.week.first_day(start).short())
                .collect();
            let more = match cells.len() {
                0..=3 => String::new(),
                4 => " and one more week".to_owned(),
                count => format!(" and {} more weeks", count - 3),
            };
            let _ = write!(text, ", {}{more}", weeks.join(", "));
            text
        }
        _ => format!("set {} cells of {} rows", cells.len(), rows.len()),
    }
}

/// The person, or the open role, and the project of an assignment.
fn row_names(plan: &Plan, id: AssignmentId) -> (String, String) {
    let Some(assignment) = plan.assignment(id) else {
        return (String::new(), String::new());
    };
    let who = assignment
        .person
        .and_then(|person| plan.person(person))
        .map_or_else(
            || {
                format!("an open {}", plan.role_name(assignment.role))
                    .trim_end()
                    .to_owned()
            },
            |person| person.name.clone(),
        );
    (
        who,
        plan.project(assignment.project)
            .map(|project| project.name.clone())
            .unwrap_or_default(),
    )
}

/// A new or changed assignment: project, person or none, role, note. A placeholder needs a role.
pub fn read_assignment(
    reader: &mut Reader<'_>,
    plan: &Plan,
) -> (Option<ProjectId>, Option<PersonId>, Option<RoleId>, String) {
    let project: Option<ProjectId> = reader.id("project");
    let person: Option<PersonId> = reader.id("person");
    let role: Option<RoleId> = reader.id("role");
    let note = reader.line("note", 200);
    if reader.fields().has("project") && project.is_none_or(|id| plan.project(id).is_none()) {
        reader.fault("project", "choose one of the projects");
    }
    match person.map(|id| plan.person(id)) {
        Some(None) => reader.fault("person", "choose one of the people"),
        Some(Some(person)) if !person.active => {
            reader.fault("person", "is no longer active; choose somebody else");
        }
        None if role.is_none() => reader.fault(
            "role",
            "choose a role, or a person: an open place needs one of them",
        ),
        Some(Some(_)) | None => {}
    }
    if role.is_some_and(|id| !plan.roles.iter().any(|one| one.id == id)) {
        reader.fault("role", "choose one of the roles");
    }
    (project, person, role, note)
}

/// How far from today a date that is entered may lie, in days: ten years. What lies farther is a slip of the key.
const FARTHEST: i32 = 3_653;

/// Why a due date cannot be meant, if it cannot.
#[must_use]
pub fn due_fault(day: Day, today: Day) -> Option<String> {
    ((day.number() - today.number()).abs() > FARTHEST)
        .then(|| format!("{} is more than ten years away; check the year", day.long()))
}

/// On which side of its project a due date lies outside of it, with the project's first or last day.
enum Outside {
    Before(Day),
    After(Day),
}

impl Outside {
    fn of(project: &Project, due: Day) -> Option<Self> {
        let before = project.start.filter(|start| due < *start).map(Self::Before);
        before.or_else(|| project.end.filter(|end| due > *end).map(Self::After))
    }
}

/// What is unusual about a due date: one that lies outside its project is a slip more often than not.
#[must_use]
pub fn outside_project(project: &Project, due: Option<Day>) -> Option<String> {
    let due = due?;
    let (side, bound) = match Outside::of(project, due)? {
        Outside::Before(start) => ("before", format!("begins, on {}", start.long())),
        Outside::After(end) => ("after", format!("ends, on {}", end.long())),
    };
    Some(format!("{} is {side} {} {bound}.", due.long(), project.name))
}

/// The same in the few words that the history and the line at the foot of a page add.
#[must_use]
pub fn outside_words(project: Option<&Project>, due: Option<Day>) -> &'static str {
    let outside = project
        .zip(due)
        .and_then(|(project, due)| Outside::of(project, due));
    match outside {
        Some(Outside::Before(_)) => " (before the project begins)",
        Some(Outside::After(_)) => " (after the project ends)",
        None => "",
    }
}

/// A new due date, or none where it is blank.
pub fn read_due(reader: &mut Reader<'_>, today: Day) -> Option<Day> {
    reader.optional("due", |text| {
        let day: Day = text
            .parse()
            .map_err(|error: crate::units::DayError| error.to_string())?;
        due_fault(day, today).map_or(Ok(day), Err)
    })
}

/// A deliverable's fields.
pub fn read_deliverable(reader: &mut Reader<'_>) -> DeliverableDraft {
    let percent = reader.optional("percent", |text| {
        let digits = text.trim_end_matches('%').trim();
        digits
            .parse::<u8>()
            .ok()
            .filter(|percent| *percent <= 100)
            .ok_or("must be a whole number from 0 to 100")
    });
    DeliverableDraft {
        name: reader.name("name"),
        percent,
        phase: reader.line("phase", 60),
        due: reader.day("due"),
        done: reader.flag("done"),
        notes: reader.notes("notes"),
    }
}
