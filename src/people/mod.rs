//! People and what their weeks depend on: departments, roles, skills, work weeks, holidays, time off; and the organisation.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

pub use rules::{MOST_DEPARTMENT_LEVELS, PersonDraft, SkillLevel, department_fault};
pub use store::{
    CALENDAR, DEPARTMENT, ENTITIES, HOLIDAY, ORGANISATION, PERSON, PERSON_SKILL, ROLE, SKILL, TIME_OFF,
    WORK_WEEK, add_person, change_person, find_or_add_department, find_or_add_role, find_or_add_skill,
    load_parts, person_notes, put_work_week, set_skills,
};
