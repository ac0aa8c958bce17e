//! People and what their weeks depend on: departments, roles, skills, work weeks, holidays, time off; and the organisation.

pub(crate) mod api;
pub(crate) mod handlers;
mod holidays;
mod pages;
mod rules;
mod store;
pub(crate) mod time_off;

pub use handlers::capacity_seen;
pub use holidays::{
    Comparison, Country, HOLIDAY_RULE, HolidayRule, MOST_ICS_BYTES, RuleDraft, add_rules, countries, ics,
    read_rules, remove_rule,
};
pub use rules::{
    Guard, Identity, MOST_DEPARTMENT_LEVELS, PersonDraft, SkillLevel, WEEKDAYS, department_fault,
    read_work_week,
};
pub use store::{
    CALENDAR, Calendar, DEPARTMENT, ENTITIES, HOLIDAY, HistoryLine, Holiday, ORGANISATION, PERSON,
    PERSON_SKILL, ROLE, SKILL, WORK_WEEK, add_calendar, add_department, add_named, add_person,
    calendar_is_known, calendars, change_bands, change_department, change_organisation, change_person,
    check_departments, departments, find_or_add_department, find_or_add_role, find_or_add_skill, grouped,
    load_parts, load_people, may_go_back, name_is_taken, person_notes, put_holiday, put_work_week,
    remove_calendar, remove_holiday, remove_row, rename, set_active, set_skills,
};

pub use time_off::{
    Decider, Status as TimeOffStatus, TIME_OFF, TimeOff, TimeOffDraft, TimeOffKind, add_approved,
    check_clashes, days_text, part_text, request, time_off_row,
};

pub(crate) use crate::accounts::own_person;
pub(crate) use handlers::Done;
pub(crate) use pages::{
    day_hours, department_choices, department_options, history, indented, weekday_fields,
};
