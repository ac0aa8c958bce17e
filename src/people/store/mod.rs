//! People and their surroundings as they are kept.

mod calendars;
mod history;
mod load;
mod organisation;
mod people;

pub use calendars::{
    Calendar, Holiday, add_calendar, calendars, put_holiday, remove_calendar, remove_holiday,
};
pub use history::{HistoryLine, grouped, own_gesture, person_history};
pub use load::{load_parts, load_people};
pub use organisation::{
    add_department, add_named, change_bands, change_department, change_organisation, check_departments,
    departments, find_or_add_department, find_or_add_role, find_or_add_skill, name_is_taken, remove_row,
    rename,
};
pub use people::{
    Particulars, add_person, calendar_is_known, change_person, email_is_taken, may_go_back, particulars,
    person_identity, person_notes, put_work_week, remove_work_week, set_active, set_skills,
};

use super::holidays::HOLIDAY_RULE;
use super::time_off::TIME_OFF;
use crate::db::{Entity, Key};

macro_rules! entity {
    ($(#[$doc:meta])* $name:ident, $table:literal, $topic:literal, $key:expr, [$($column:literal),+ $(,)?]) => {
        $(#[$doc])*
        pub static $name: Entity = Entity { table: $table, topic: $topic, key: $key, columns: &[$($column),+] };
    };
}

entity!(
    /// What the whole team shares: one row.
    ORGANISATION, "organisation", "settings", Key::Id,
    ["name", "week_starts_on", "band_unit", "band_1", "band_2", "band_3", "band_4", "monday", "tuesday", "wednesday",
     "thursday", "friday", "saturday", "sunday", "calendar_id"]
);
entity!(
    /// A list of public holidays.
    CALENDAR, "calendar", "settings", Key::Id, ["name"]
);
entity!(
    /// One public holiday.
    HOLIDAY, "holiday", "settings", Key::Pair("calendar_id", "day"), ["name", "half"]
);
entity!(
    /// A part of the organisation.
    DEPARTMENT, "department", "people", Key::Id, ["name", "parent_id"]
);
entity!(
    /// What somebody does.
    ROLE, "role", "people", Key::Id, ["name"]
);
entity!(
    /// Something somebody is good at.
    SKILL, "skill", "people", Key::Id, ["name"]
);
entity!(
    /// Somebody whose weeks are planned.
    PERSON, "person", "people", Key::Id,
    ["name", "email", "phone", "location", "department_id", "role_id", "calendar_id", "start_day", "last_day", "notes",
     "active"]
);
entity!(
    /// How well somebody does something.
    PERSON_SKILL, "person_skill", "people", Key::Pair("person_id", "skill_id"), ["level"]
);
entity!(
    /// Somebody's working week from a day on.
    WORK_WEEK, "work_week", "people", Key::Pair("person_id", "from_day"),
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
);
/// What can be taken back here.
pub static ENTITIES: [&Entity; 11] = [
    &ORGANISATION,
    &CALENDAR,
    &HOLIDAY,
    &HOLIDAY_RULE,
    &DEPARTMENT,
    &ROLE,
    &SKILL,
    &PERSON,
    &PERSON_SKILL,
    &WORK_WEEK,
    &TIME_OFF,
];

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
