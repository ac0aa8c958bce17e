//! What a search finds, in which order.

use crate::book::{Book, CountsAs, Person, Project, SearchQuery, Searched, Span};
use crate::units::ids::{ClientId, DepartmentId, RoleId};
use crate::units::{Day, fold, text};

/// The weeks that words about load look at, where nobody says otherwise.
pub const WEEKS: u16 = 4;
/// The most weeks that can be asked for.
pub const MOST_WEEKS: u16 = 52;
/// How many letters of a search are read.
const LONGEST: usize = 200;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// As it was typed.
    pub text: String,
    /// How many of each kind are wanted.
    pub limit: usize,
    /// Over how many weeks words about load look, from this one on.
    pub weeks: u16,
    /// Today.
    pub today: Day,
}

impl Asked {
    /// A search for `text`, cut to what is read.
    pub fn new(text: &str, limit: usize, weeks: u16, today: Day) -> Self {
        Self {
            text: text.trim().chars().take(LONGEST).collect(),
            limit,
            weeks: weeks.clamp(1, MOST_WEEKS),
            today,
        }
    }
}

/// A kind of thing that can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Saved views.
    Views,
    /// People.
    People,
    /// Projects.
    Projects,
    /// Clients.
    Clients,
    /// Roles.
    Roles,
    /// Departments.
    Departments,
    /// Deliverables.
    Deliverables,
    /// Rooms of planning poker, and their stories.
    Poker,
    /// Pages, and what can be begun.
    Pages,
}

impl Kind {
    /// As programs call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Views => "views",
            Self::People => "people",
            Self::Projects => "projects",
            Self::Clients => "clients",
            Self::Roles => "roles",
            Self::Departments => "departments",
            Self::Deliverables => "deliverables",
            Self::Poker => "poker",
            Self::Pages => "pages",
        }
    }

    /// As people read it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Views => "Saved views",
            Self::People => "People",
            Self::Projects => "Projects",
            Self::Clients => "Clients",
            Self::Roles => "Roles",
            Self::Departments => "Departments",
            Self::Deliverables => "Deliverables",
            Self::Poker => "Planning poker",
            Self::Pages => "Go to",
        }
    }
}

/// A word at the end of a line: a load with its colour, a status with its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The word.
    pub text: String,
    /// The class that colours it: `u0` to `u5`, `hue-0` to `hue-11`, or blank.
    pub class: String,
}

/// One line of what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its name.
    pub title: String,
    /// What tells it from others of that name.
    pub detail: String,
    /// Where it is.
    pub href: String,
    /// How it stands.
    pub tag: Option<Tag>,
    /// Whether it opens over the page that is looked at.
    pub is_dialog: bool,
}

impl Hit {
    /// A line without a tag.
    pub fn plain(title: &str, detail: String, href: String) -> Self {
        Self {
            title: title.to_owned(),
            detail,
            href,
            tag: None,
            is_dialog: false,
        }
    }
}

/// What was found of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The kind.
    pub kind: Kind,
    /// How many there are in all.
    pub total: usize,
    /// The best of them.
    pub hits: Vec<Hit>,
}

/// Everything that `asked` finds in the plan, kind by kind, first those of which something is called so; nothing where nothing was
/// typed.
pub fn find(book: &Book, asked: &Asked) -> Vec<Group> {
    let query = SearchQuery::parse(&asked.text);
    if query.is_empty() {
        return Vec::new();
    }
    let search = Search {
        book,
        asked,
        over: Span {
            from: book.plan.week_of(asked.today),
            weeks: asked.weeks,
        },
        query,
    };
    let mut groups = vec![search.people()];
    // Only people carry a load: a client is neither free nor full.
    if !search.query.asks_for_load() {
        groups.extend([
            search.projects(),
            search.clients(),
            search.roles(),
            search.departments(),
            search.deliverables(),
        ]);
    }
    groups.retain(|(_, group)| group.total > 0);
    groups.sort_by_key(|(best, _)| *best);
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Lines whose own words fit what was typed, in their order where nothing was typed.
pub fn listed(kind: Kind, asked: &Asked, lines: Vec<(String, Hit)>) -> Option<Group> {
    let query = SearchQuery::parse(&asked.text);
    if query.asks_for_load() {
        return None;
    }
    let found = lines.into_iter().filter(|(words, _)| fits_text(&query, words));
    let found: Vec<Hit> = found.map(|(_, hit)| hit).collect();
    let group = Group {
        kind,
        total: found.len(),
        hits: found.into_iter().take(asked.limit).collect(),
    };
    (group.total > 0).then_some(group)
}

fn fits_text(query: &SearchQuery, text: &str) -> bool {
    query.fits(&Searched {
        text: &fold(text),
        weeks: None,
        bands: crate::book::Bands::default(),
    })
}

/// How well a name answers the words: it begins so, its words do, it holds them, or something else about it does.
fn rank(name: &str, words: &[&str]) -> u8 {
    let name = fold(name);
    if words.is_empty() {
        3
    } else if name.starts_with(&words.join(" ")) {
        0
    } else if words
        .iter()
        .all(|word| name.split_whitespace().any(|own| own.starts_with(word)))
    {
        1
    } else if words.iter().all(|word| name.contains(word)) {
        2
    } else {
        3
    }
}

struct Search<'a> {
    book: &'a Book,
    asked: &'a Asked,
    over: Span,
    query: SearchQuery,
}

impl<'a> Search<'a> {
    /// The best of what was found, in the order of the list where two are as good as each other, and how good the first of them is.
    fn group<T>(
        &self,
        kind: Kind,
        mut found: Vec<T>,
        name: impl Fn(&T) -> &'a str,
        hit: impl Fn(&T) -> Hit,
    ) -> (u8, Group) {
        let words = self.query.words();
        found.sort_by_cached_key(|one| rank(name(one), &words));
        let best = found.first().map_or(u8::MAX, |one| rank(name(one), &words));
        let group = Group {
            kind,
            total: found.len(),
            hits: found.iter().take(self.asked.limit).map(hit).collect(),
        };
        (best, group)
    }

    fn people(&self) -> (u8, Group) {
        let people = self.book.plan.people.iter();
        let found = people
            .filter(|person| self.book.person_fits(&self.query, person, Some(self.over)))
            .collect();
        self.group(
            Kind::People,
            found,
            |person| &person.name,
            |person| self.person(person),
        )
    }

    fn person(&self, person: &Person) -> Hit {
        let plan = &self.book.plan;
        let department = person.department.and_then(|id| plan.department(id));
        let detail = joined(&[
            plan.role_name(person.role),
            department.map_or("", |department| &department.name),
            if person.active { "" } else { "not planned any more" },
        ]);
        let week = self
            .book
            .person_weeks(person, self.over.from, 1)
            .into_iter()
            .next();
        let tag = week.filter(|_| person.active).and_then(|week| {
            let text = match week.percent() {
                Some(percent) => format!("{percent} % this week"),
                None if week.booked.0 > 0 => "over this week".to_owned(),
                None => return None,
            };
            let class = self.book.load(&week).class().to_owned();
            Some(Tag { text, class })
        });
        Hit {
            tag,
            ..Hit::plain(&person.name, detail, format!("/people/{}", person.id))
        }
    }

    fn projects(&self) -> (u8, Group) {
        let projects = self.book.plan.projects.iter();
        let found = projects
            .filter(|project| self.book.project_fits(&self.query, project, None))
            .collect();
        self.group(
            Kind::Projects,
            found,
            |project| &project.name,
            |project| self.project(project),
        )
    }

    fn project(&self, project: &Project) -> Hit {
        let plan = &self.book.plan;
        let detail = joined(&[plan.client_name(project.client), &project.code]);
        let status = plan.status(project.status);
        Hit {
            tag: status.map(|status| Tag {
                text: status.label.clone(),
                class: status.colour.class(),
            }),
            ..Hit::plain(&project.name, detail, format!("/projects/{}", project.id))
        }
    }

    fn clients(&self) -> (u8, Group) {
        let plan = &self.book.plan;
        let clients = plan.clients.iter();
        let found = clients.filter(|one| fits_text(&self.query, &one.name)).collect();
        let open = |client: ClientId| {
            let own = plan
                .projects
                .iter()
                .filter(|project| project.client == Some(client));
            own.filter(|project| plan.counts_as(project.id) != CountsAs::Closed)
                .count()
        };
        self.group(
            Kind::Clients,
            found,
            |client| &client.name,
            |client| {
                let detail = text::counted(open(client.id), "open project", "open projects");
                Hit::plain(&client.name, detail, format!("/projects?client={}", client.id))
            },
        )
    }

    fn roles(&self) -> (u8, Group) {
        let roles = self.book.plan.roles.iter();
        let found = roles.filter(|one| fits_text(&self.query, &one.name)).collect();
        self.group(
            Kind::Roles,
            found,
            |role| &role.name,
            |role| {
                let detail = self.staff(|person| person.role == Some(role.id));
                Hit::plain(&role.name, detail, role_list(role.id))
            },
        )
    }

    fn departments(&self) -> (u8, Group) {
        let plan = &self.book.plan;
        let departments = plan.departments.iter();
        let found = departments
            .filter(|one| fits_text(&self.query, &plan.department_path(one.id)))
            .collect();
        self.group(
            Kind::Departments,
            found,
            |department| &department.name,
            |department| {
                let below = plan.department_with_children(department.id);
                let within = |own: Option<DepartmentId>| below.iter().any(|one| Some(one.id) == own);
                let detail = self.staff(|person| within(person.department));
                Hit::plain(
                    &department.name,
                    detail,
                    format!("/people?department={}", department.id),
                )
            },
        )
    }

    fn deliverables(&self) -> (u8, Group) {
        let plan = &self.book.plan;
        let name = |project| plan.project(project).map_or("", |project| project.name.as_str());
        let all = plan.deliverables.iter();
        let found = all
            .filter(|one| fits_text(&self.query, &format!("{} {}", one.name, name(one.project))))
            .collect();
        self.group(
            Kind::Deliverables,
            found,
            |deliverable| &deliverable.name,
            |deliverable| {
                let due = deliverable.due.map(|due| format!("due {}", due.long()));
                let due = if deliverable.done {
                    Some("done".to_owned())
                } else {
                    due
                };
                let detail = joined(&[name(deliverable.project), due.as_deref().unwrap_or("no date")]);
                Hit::plain(
                    &deliverable.name,
                    detail,
                    format!("/projects/{}", deliverable.project),
                )
            },
        )
    }

    fn staff(&self, which: impl Fn(&Person) -> bool) -> String {
        let people = self.book.plan.people.iter();
        let count = people.filter(|person| person.active && which(person)).count();
        text::counted(count, "person", "people")
    }
}

fn role_list(role: RoleId) -> String {
    format!("/people?role={role}")
}

fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_begins_with_the_words_comes_first() {
        for (name, words, expected) in [
            ("Harbour Substation", vec!["harbour"], 0),
            ("Harbour Substation", vec!["harbour", "sub"], 0),
            ("North Harbour", vec!["harbour"], 1),
            ("Osei Ada", vec!["ada", "os"], 1),
            ("Boathouse", vec!["house"], 2),
            ("Ada Osei", vec!["harbour"], 3),
            ("Åsa Sato", vec!["asa"], 3),
            ("Anything", vec![], 3),
        ] {
            assert_eq!(rank(name, &words), expected, "{name} for {words:?}");
        }
    }

    #[test]
    fn pages_are_all_there_before_anything_is_typed_and_none_carries_a_load() {
        let lines = || {
            ["Schedule", "Reports"]
                .map(|name| (name.to_owned(), Hit::plain(name, String::new(), "/".to_owned())))
                .to_vec()
        };
        let found = |text: &str| {
            let asked = Asked::new(text, 10, WEEKS, Day::MIN);
            listed(Kind::Pages, &asked, lines()).map_or(0, |group| group.total)
        };
        assert_eq!(
            (found(""), found("sched"), found("available"), found("x")),
            (2, 1, 0, 0)
        );
    }
}
