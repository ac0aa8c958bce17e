//! What somebody looks for. All of it stands in the address, so that a question can be shared.

use crate::book::{Ask, Plan, Wanted};
use crate::people::SkillLevel;
use crate::units::ids::{DepartmentId, Id, PersonId, ProjectId, RoleId, SkillId};
use crate::units::{Day, Minutes, Week};
use crate::web::{Fields, Reader};

/// How many skills one question names.
pub const MOST_SKILLS: usize = 5;

/// How many weeks one question spans.
const MOST_WEEKS: i32 = 104;

/// How many weeks there are where nobody says when they end.
const WEEKS: i32 = 4;

/// What the asked hours are counted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Per {
    /// All weeks together.
    #[default]
    All,
    /// Each week.
    Week,
}

/// Which side is looked from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// People, for hours.
    #[default]
    People,
    /// Open places, and who fits them.
    Places,
}

/// What somebody looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// People or places.
    pub view: View,
    /// The first week.
    pub from: Week,
    /// The last week.
    pub to: Week,
    /// How many hours; none for whoever has anything free.
    pub hours: Minutes,
    /// What they are counted by.
    pub per: Per,
    /// In this role.
    pub role: Option<RoleId>,
    /// With these skills, each at this level or above.
    pub skills: Vec<(SkillId, u8)>,
    /// In this department or below.
    pub department: Option<DepartmentId>,
    /// For this project.
    pub project: Option<ProjectId>,
    /// Whether people count who have only some of the hours.
    pub partly: bool,
    /// Whether all who were found are listed, and not only the first.
    pub all: bool,
}

impl Question {
    /// What is asked where nothing is: who has anything free in the next weeks.
    #[must_use]
    pub fn plain(plan: &Plan, today: Day) -> Self {
        let from = plan.week_of(today);
        Self {
            view: View::People,
            from,
            to: from.plus(WEEKS - 1),
            hours: Minutes(0),
            per: Per::All,
            role: None,
            skills: Vec::new(),
            department: None,
            project: None,
            partly: false,
            all: false,
        }
    }

    /// Reads the fields of the form, the address or a program's query.
    pub fn read(reader: &mut Reader<'_>, plan: &Plan, today: Day) -> Self {
        let start = plan.organisation.week_start;
        let unasked = Self::plain(plan, today);
        let from = reader
            .day("from")
            .map_or(unasked.from, |day| Week::of(day, start));
        let to = reader
            .day("to")
            .map_or_else(|| from.plus(WEEKS - 1), |day| Week::of(day, start));
        if to < from {
            reader.fault("to", "must not be before the first week");
        } else if to.0 - from.0 >= MOST_WEEKS {
            reader.fault("to", format!("at most {MOST_WEEKS} weeks at a time"));
        }
        let hours = reader.hours("hours", Minutes::BUDGET).unwrap_or_default();
        let per = match reader.fields().text("per") {
            "week" => Per::Week,
            "" | "all" => Per::All,
            _ => {
                reader.fault("per", "must be week or all");
                Per::All
            }
        };
        let role = known(reader, "role", "roles", |id| {
            plan.roles.iter().any(|one| one.id == id)
        });
        let department = known(reader, "department", "departments", |id| {
            plan.department(id).is_some()
        });
        let project = known(reader, "project", "projects", |id| plan.project(id).is_some());
        let fields = reader.fields();
        let view = match fields.text("view") {
            "places" => View::Places,
            // A project alone asks for its places: the hours stand there already.
            "" if project.is_some() && fields.text("hours").trim().is_empty() => View::Places,
            _ => View::People,
        };
        Self {
            view,
            from,
            to,
            hours,
            per,
            role,
            skills: skills(reader, plan),
            department,
            project,
            partly: reader.flag("partly"),
            all: reader.flag("all"),
        }
    }

    /// How many weeks it spans.
    #[must_use]
    pub fn weeks(&self) -> u16 {
        u16::try_from((self.to.0 - self.from.0 + 1).clamp(1, MOST_WEEKS)).unwrap_or(1)
    }

    /// All hours that are asked for.
    #[must_use]
    pub fn total(&self) -> Minutes {
        match self.per {
            Per::All => self.hours,
            Per::Week => Minutes(self.hours.0.saturating_mul(u32::from(self.weeks()))),
        }
    }

    /// As the book is asked.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        Wanted {
            ask: Ask::even(self.from, self.weeks(), self.total()),
            role: self.role,
            skills: self.skills.clone(),
            department: self.department,
            project: self.project,
            partly: self.partly,
        }
    }

    /// The fields of the form that asks it.
    #[must_use]
    pub fn fields(&self, plan: &Plan) -> Fields {
        let mut fields = Fields::default();
        for (name, value) in self.pairs(plan) {
            fields.add(name.to_owned(), value);
        }
        fields
    }

    /// The query of its address.
    #[must_use]
    pub fn query(&self, plan: &Plan) -> String {
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let pairs: Vec<String> = self
            .pairs(plan)
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        pairs.join("&")
    }

    /// Its address.
    #[must_use]
    pub fn href(&self, plan: &Plan) -> String {
        format!("/finder?{}", self.query(plan))
    }

    /// The address at which somebody is put where this asks for.
    #[must_use]
    pub fn assign_href(&self, plan: &Plan, person: PersonId) -> String {
        format!("/finder/assign?person={person}&{}", self.query(plan))
    }

    /// The same question with something else about it.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = self.clone();
        change(&mut other);
        other
    }

    fn pairs(&self, plan: &Plan) -> Vec<(&'static str, String)> {
        let start = plan.organisation.week_start;
        let mut pairs = vec![
            (
                "view",
                match self.view {
                    View::People => "people",
                    View::Places => "places",
                }
                .to_owned(),
            ),
            ("from", self.from.first_day(start).to_string()),
            ("to", self.to.first_day(start).to_string()),
        ];
        if self.hours.0 > 0 {
            pairs.push(("hours", self.hours.to_string()));
        }
        if self.per == Per::Week {
            pairs.push(("per", "week".to_owned()));
        }
        let ids = [
            ("role", self.role.map(Id::raw)),
            ("department", self.department.map(Id::raw)),
            ("project", self.project.map(Id::raw)),
        ];
        let ids = ids
            .into_iter()
            .filter_map(|(name, id)| id.map(|id| (name, id.to_string())));
        pairs.extend(ids);
        for (skill, level) in &self.skills {
            pairs.push(("skill", skill.to_string()));
            pairs.push(("level", level.to_string()));
        }
        for (name, on) in [("partly", self.partly), ("all", self.all)] {
            if on {
                pairs.push((name, "on".to_owned()));
            }
        }
        pairs
    }
}

/// An id of one of the plan's lists, or none where it is blank.
fn known<T: Id>(reader: &mut Reader<'_>, field: &str, list: &str, is_known: impl Fn(T) -> bool) -> Option<T> {
    let id = reader.id(field)?;
    if is_known(id) {
        return Some(id);
    }
    reader.fault(field, format!("choose one of the {list}"));
    None
}

/// The skills with their levels: the first level belongs to the first skill, and so on. Without a level any will do.
fn skills(reader: &mut Reader<'_>, plan: &Plan) -> Vec<(SkillId, u8)> {
    let fields = reader.fields();
    let levels = fields.all("level");
    let mut skills = Vec::new();
    for (index, text) in fields.all("skill").iter().map(|text| text.trim()).enumerate() {
        if text.is_empty() {
            continue;
        }
        let skill = text.parse().ok().map(SkillId);
        let level = levels.get(index).map_or("", |level| level.trim());
        let level = SkillLevel::ALL
            .into_iter()
            .map(SkillLevel::number)
            .find(|one| one.to_string() == level || (level.is_empty() && *one == 1));
        match (
            skill.filter(|id| plan.skills.iter().any(|one| one.id == *id)),
            level,
        ) {
            (None, _) => reader.fault("skill", "choose one of the skills"),
            (_, None) => reader.fault("level", "must be 1, 2 or 3"),
            (Some(skill), Some(level)) => {
                if !skills.iter().any(|(own, _)| *own == skill) {
                    skills.push((skill, level));
                }
            }
        }
    }
    if skills.len() > MOST_SKILLS {
        reader.fault("skill", format!("at most {MOST_SKILLS} at a time"));
    }
    skills
}
