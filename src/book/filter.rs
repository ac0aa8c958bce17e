//! Which part of the plan somebody looks at.

use std::sync::OnceLock;

use super::Book;
use super::plan::{Assignment, Person, Plan, Project};
use crate::units::fold;
use crate::units::ids::{ClientId, DepartmentId, ProjectId, RoleId, SkillId, StatusId};

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
    /// Words that must all be found in a name, role, skill, project, code or client.
    pub text: String,
}

impl Filter {
    /// True where nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
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
        let found = self.plan.people_found(&filter.text);
        self.plan
            .people
            .iter()
            .enumerate()
            .filter(|(_, person)| person.active)
            .filter(|(index, person)| {
                departments
                    .as_ref()
                    .is_none_or(|all| person.department.is_some_and(|own| all.contains(&own)))
                    && filter.role.is_none_or(|role| person.role == Some(role))
                    && filter
                        .skill
                        .is_none_or(|skill| person.skills.iter().any(|(own, _)| *own == skill))
                    && self.works_where(person, filter)
                    && found(*index)
            })
            .map(|(_, person)| person)
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
        let found = self.plan.projects_found(&filter.text);
        self.plan
            .projects
            .iter()
            .enumerate()
            .filter(|(index, project)| {
                of_client_and_status(project, filter)
                    && departments
                        .as_ref()
                        .is_none_or(|all| self.is_worked_on_by(project, all))
                    && self.is_staffed_with(project.id, filter)
                    && found(*index)
            })
            .map(|(_, project)| project)
            .collect()
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
    /// Whether the person at an index holds all words of `text`.
    fn people_found(&self, text: &str) -> impl Fn(usize) -> bool + '_ {
        let texts = || {
            self.people
                .iter()
                .map(|person| person_text(self, person))
                .collect()
        };
        found_in(&self.people_texts, texts, text)
    }

    /// Whether the project at an index holds all words of `text`.
    fn projects_found(&self, text: &str) -> impl Fn(usize) -> bool + '_ {
        let texts = || {
            self.projects
                .iter()
                .map(|project| project_text(self, project))
                .collect()
        };
        found_in(&self.project_texts, texts, text)
    }
}

/// Whether the text at an index holds all words; the texts are only made where there are words to look for.
fn found_in<'a>(
    kept: &'a OnceLock<Vec<String>>,
    make: impl FnOnce() -> Vec<String>,
    text: &str,
) -> impl Fn(usize) -> bool + 'a {
    let words: Vec<String> = fold(text).split_whitespace().map(str::to_owned).collect();
    let texts: &[String] = if words.is_empty() {
        &[]
    } else {
        kept.get_or_init(make)
    };
    move |index| {
        words.is_empty()
            || texts
                .get(index)
                .is_some_and(|text| words.iter().all(|word| text.contains(word)))
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
        "{} {} {}",
        project.name,
        project.code,
        plan.client_name(project.client)
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
        "{} {} {} {}",
        person.name,
        person.email,
        person.location,
        plan.role_name(person.role)
    );
    let skills = person.skills.iter().map(|(skill, _)| plan.skill_name(*skill));
    let projects = plan
        .assignments_of_person(person.id)
        .filter_map(|one| plan.project(one.project));
    for word in skills.chain(projects.flat_map(|project| [project.name.as_str(), project.code.as_str()])) {
        text.push(' ');
        text.push_str(word);
    }
    fold(&text)
}
