//! Which part of the plan somebody looks at.

use super::Plan;
use super::plan::{Assignment, Person, Project};
use super::query::{SearchQuery, Searched};
use super::utilisation::PersonWeek;
use super::{Book, Span};
use crate::units::fold;
use crate::units::ids::{ClientId, DepartmentId, PersonId, ProjectId, RoleId, SkillId, StatusId};

/// What must hold; what is not set holds for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// In this department or one below it.
    pub department: Option<DepartmentId>,
    /// For this client.
    pub client: Option<ClientId>,
    /// In this status.
    pub status: Option<StatusId>,
    /// In this role.
    pub role: Option<RoleId>,
    /// With this skill.
    pub skill: Option<SkillId>,
    /// A search, as [`SearchQuery`] reads it: words to be found in a name, role, department, skill, project, code or client, and
    /// words about load.
    pub text: String,
    /// The weeks that words about load look at; where there are none they are words like others.
    pub over: Option<Span>,
}

impl Filter {
    /// True where nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let nothing = Self {
            over: self.over,
            ..Self::default()
        };
        *self == nothing
    }

    fn asks_for_projects(&self) -> bool {
        self.client.is_some() || self.status.is_some()
    }
}

impl Book {
    /// The active people for whom `filter` holds, by name. A person is of a client or status through their assignments.
    #[must_use]
    pub fn people(&self, filter: &Filter) -> Vec<&Person> {
        let departments: Option<Vec<DepartmentId>> = filter.department.map(|id| below(&self.plan, id));
        let query = SearchQuery::parse(&filter.text);
        self.plan
            .people
            .iter()
            .filter(|person| person.active)
            .filter(|person| {
                departments
                    .as_ref()
                    .is_none_or(|all| person.department.is_some_and(|own| all.contains(&own)))
                    && filter.role.is_none_or(|role| person.role == Some(role))
                    && filter
                        .skill
                        .is_none_or(|skill| person.skills.iter().any(|(own, _)| *own == skill))
                    && self.works_where(person, filter)
                    && self.person_fits(&query, person, filter.over)
            })
            .collect()
    }

    fn works_where(&self, person: &Person, filter: &Filter) -> bool {
        !filter.asks_for_projects()
            || self.plan.assignments_of_person(person.id).any(|assignment| {
                self.plan
                    .project(assignment.project)
                    .is_some_and(|project| of_client_and_status(project, filter))
            })
    }

    /// The projects for which `filter` holds, by name. A project is of a role or skill through the people on it.
    #[must_use]
    pub fn projects(&self, filter: &Filter) -> Vec<&Project> {
        let departments: Option<Vec<DepartmentId>> = filter.department.map(|id| below(&self.plan, id));
        let query = SearchQuery::parse(&filter.text);
        self.plan
            .projects
            .iter()
            .filter(|project| {
                of_client_and_status(project, filter)
                    && departments
                        .as_ref()
                        .is_none_or(|all| self.is_worked_on_by(project, all))
                    && self.is_staffed_with(project.id, filter)
                    && self.project_fits(&query, project, filter.over)
            })
            .collect()
    }

    /// Whether a search finds a person, whose load is that of the weeks `over`.
    #[must_use]
    pub fn person_fits(&self, query: &SearchQuery, person: &Person, over: Option<Span>) -> bool {
        if query.is_empty() {
            return true;
        }
        let load = |span: Span| move || self.person_weeks(person, span.from, span.weeks);
        let load = over.map(load);
        query.fits(&Searched {
            text: self.plan.person_text(person.id),
            weeks: load.as_ref().map(|load| load as &dyn Fn() -> Vec<PersonWeek>),
            bands: self.plan.organisation.bands,
        })
    }

    /// Whether a search finds a project, whose load is that of the people on it.
    #[must_use]
    pub fn project_fits(&self, query: &SearchQuery, project: &Project, over: Option<Span>) -> bool {
        if query.is_empty() {
            return true;
        }
        let load = |span: Span| {
            move || {
                let rows = self.plan.assignments_of_project(project.id);
                let people = rows.iter().filter_map(|row| self.plan.person(row.person?));
                people
                    .flat_map(|person| self.person_weeks(person, span.from, span.weeks))
                    .collect()
            }
        };
        let load = over.map(load);
        query.fits(&Searched {
            text: self.plan.project_text(project.id),
            weeks: load.as_ref().map(|load| load as &dyn Fn() -> Vec<PersonWeek>),
            bands: self.plan.organisation.bands,
        })
    }

    /// A project is a department's when it leads it or when its people work on it.
    fn is_worked_on_by(&self, project: &Project, departments: &[DepartmentId]) -> bool {
        project.department.is_some_and(|own| departments.contains(&own))
            || self
                .plan
                .assignments_of_project(project.id)
                .iter()
                .any(|assignment| {
                    let person = assignment.person.and_then(|person| self.plan.person(person));
                    person
                        .and_then(|person| person.department)
                        .is_some_and(|own| departments.contains(&own))
                })
    }

    fn is_staffed_with(&self, project: ProjectId, filter: &Filter) -> bool {
        if filter.role.is_none() && filter.skill.is_none() {
            return true;
        }
        let fits = |assignment: &Assignment| {
            let person = assignment.person.and_then(|person| self.plan.person(person));
            filter
                .role
                .is_none_or(|role| self.plan.role_on(assignment) == Some(role))
                && filter.skill.is_none_or(|skill| {
                    person.is_some_and(|person| person.skills.iter().any(|(own, _)| *own == skill))
                })
        };
        self.plan.assignments_of_project(project).into_iter().any(fits)
    }
}

impl Plan {
    /// What a search looks through of a person, folded: made for everybody by the first search of this plan.
    fn person_text(&self, id: PersonId) -> &str {
        let make = || {
            self.people
                .iter()
                .map(|person| person_text(self, person))
                .collect()
        };
        let texts = self.texts.people.get_or_init(make);
        self.person_place(id)
            .and_then(|place| texts.get(place))
            .map_or("", String::as_str)
    }

    /// What a search looks through of a project, folded.
    fn project_text(&self, id: ProjectId) -> &str {
        let make = || {
            let projects = self.projects.iter();
            projects.map(|project| project_text(self, project)).collect()
        };
        let texts = self.texts.projects.get_or_init(make);
        self.project_place(id)
            .and_then(|place| texts.get(place))
            .map_or("", String::as_str)
    }
}

pub(super) fn below(plan: &Plan, id: DepartmentId) -> Vec<DepartmentId> {
    plan.department_with_children(id)
        .iter()
        .map(|department| department.id)
        .collect()
}

fn of_client_and_status(project: &Project, filter: &Filter) -> bool {
    filter.client.is_none_or(|client| project.client == Some(client))
        && filter.status.is_none_or(|status| project.status == status)
}

fn project_text(plan: &Plan, project: &Project) -> String {
    let mut text = format!(
        "{} {} {} {} {}",
        project.name,
        project.code,
        plan.client_name(project.client),
        plan.status(project.status).map_or("", |status| &status.label),
        project
            .department
            .map(|id| plan.department_path(id))
            .unwrap_or_default(),
    );
    for assignment in plan.assignments_of_project(project.id) {
        if let Some(person) = assignment.person.and_then(|person| plan.person(person)) {
            text.push(' ');
            text.push_str(&person.name);
        }
    }
    fold(&text)
}

fn person_text(plan: &Plan, person: &Person) -> String {
    let mut text = format!(
        "{} {} {} {} {}",
        person.name,
        person.email,
        person.location,
        plan.role_name(person.role),
        person
            .department
            .map(|id| plan.department_path(id))
            .unwrap_or_default(),
    );
    let skills = person.skills.iter().map(|(skill, _)| plan.skill_name(*skill));
    let projects = plan
        .assignments_of_person(person.id)
        .filter_map(|one| plan.project(one.project));
    let projects = projects.flat_map(|project| {
        let client = plan.client_name(project.client);
        [project.name.as_str(), project.code.as_str(), client]
    });
    for word in skills.chain(projects) {
        text.push(' ');
        text.push_str(word);
    }
    fold(&text)
}
