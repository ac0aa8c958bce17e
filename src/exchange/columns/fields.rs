//! What a file can be about, what a sheet can hold, and what a column can mean.

use super::names::titles;

/// What somebody wants to bring or take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// People.
    People,
    /// Projects, with their deliverables.
    Projects,
    /// Hours, and with them who works on what.
    Hours,
}

impl What {
    /// All three.
    pub const ALL: [Self; 3] = [Self::People, Self::Projects, Self::Hours];

    /// The word in addresses and on the command line: `people`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Projects => "projects",
            Self::Hours => "hours",
        }
    }

    /// What the word means.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.key() == key)
    }

    /// The kinds of sheet that belong to it.
    #[must_use]
    pub const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::People => &[Kind::People],
            Self::Projects => &[Kind::Projects, Kind::Deliverables],
            Self::Hours => &[Kind::HoursWide, Kind::HoursLong],
        }
    }
}

/// What one sheet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One row a person.
    People,
    /// One row a project.
    Projects,
    /// One row a deliverable.
    Deliverables,
    /// One row an assignment, one column a week.
    HoursWide,
    /// One row for each assignment and week.
    HoursLong,
}

const PEOPLE: &[Field] = &[
    Field::Name,
    Field::FirstName,
    Field::LastName,
    Field::Email,
    Field::Phone,
    Field::Role,
    Field::Department,
    Field::Weekly,
    Field::Start,
    Field::End,
    Field::Location,
    Field::Skills,
    Field::Notes,
    Field::Active,
];
const PROJECTS: &[Field] = &[
    Field::Name,
    Field::Code,
    Field::Client,
    Field::Status,
    Field::Department,
    Field::Start,
    Field::End,
    Field::Budget,
    Field::Notes,
];
const DELIVERABLES: &[Field] = &[
    Field::Code,
    Field::Project,
    Field::Name,
    Field::Percent,
    Field::Phase,
    Field::Due,
    Field::Done,
    Field::Notes,
];
const HOURS_WIDE: &[Field] = &[
    Field::Person,
    Field::Email,
    Field::Code,
    Field::Project,
    Field::Role,
    Field::Notes,
    Field::Placeholder,
    Field::WeekHours,
];
const HOURS_LONG: &[Field] = &[
    Field::Person,
    Field::Email,
    Field::Code,
    Field::Project,
    Field::Role,
    Field::Notes,
    Field::Placeholder,
    Field::Week,
    Field::Hours,
];

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::People,
        Self::Projects,
        Self::Deliverables,
        Self::HoursWide,
        Self::HoursLong,
    ];

    /// What it belongs to.
    #[must_use]
    pub const fn what(self) -> What {
        match self {
            Self::People => What::People,
            Self::Projects | Self::Deliverables => What::Projects,
            Self::HoursWide | Self::HoursLong => What::Hours,
        }
    }

    /// What its columns can mean, in the order in which an export writes them.
    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::People => PEOPLE,
            Self::Projects => PROJECTS,
            Self::Deliverables => DELIVERABLES,
            Self::HoursWide => HOURS_WIDE,
            Self::HoursLong => HOURS_LONG,
        }
    }

    /// What must be there: of each group one.
    #[must_use]
    pub const fn required(self) -> &'static [&'static [Field]] {
        use Field as F;
        match self {
            Self::People => &[&[F::Name, F::LastName]],
            Self::Projects => &[&[F::Name]],
            Self::Deliverables => &[&[F::Project, F::Code], &[F::Name]],
            Self::HoursWide => &[
                &[F::Person, F::Email, F::Role],
                &[F::Project, F::Code],
                &[F::WeekHours],
            ],
            Self::HoursLong => &[
                &[F::Person, F::Email, F::Role],
                &[F::Project, F::Code],
                &[F::Week],
                &[F::Hours],
            ],
        }
    }
}

/// What a column means. The same word may stand for slightly different things in different kinds of sheet:
/// `Name` is whom or what the row is about, `End` a person's last day or a project's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    missing_docs,
    reason = "each is named as the plan names it; `label` says it in words"
)]
pub enum Field {
    Name,
    FirstName,
    LastName,
    Email,
    Phone,
    Role,
    Department,
    Weekly,
    Start,
    End,
    Location,
    Skills,
    Notes,
    Active,
    Code,
    Client,
    Status,
    Budget,
    Project,
    Percent,
    Phase,
    Due,
    Done,
    Person,
    /// A number that keeps alike assignments apart: placeholders of one role on one project, or two assignments
    /// of one person that differ in nothing.
    Placeholder,
    Week,
    Hours,
    /// The hours of the week that the column's head names.
    WeekHours,
}

impl Field {
    /// All of them, with the word that stands for each in a form.
    const KEYS: [(Self, &'static str); 28] = [
        (Self::Name, "name"),
        (Self::FirstName, "first-name"),
        (Self::LastName, "last-name"),
        (Self::Email, "email"),
        (Self::Phone, "phone"),
        (Self::Role, "role"),
        (Self::Department, "department"),
        (Self::Weekly, "weekly"),
        (Self::Start, "start"),
        (Self::End, "end"),
        (Self::Location, "location"),
        (Self::Skills, "skills"),
        (Self::Notes, "notes"),
        (Self::Active, "active"),
        (Self::Code, "code"),
        (Self::Client, "client"),
        (Self::Status, "status"),
        (Self::Budget, "budget"),
        (Self::Project, "project"),
        (Self::Percent, "percent"),
        (Self::Phase, "phase"),
        (Self::Due, "due"),
        (Self::Done, "done"),
        (Self::Person, "person"),
        (Self::Placeholder, "placeholder"),
        (Self::Week, "week"),
        (Self::Hours, "hours"),
        (Self::WeekHours, "week-hours"),
    ];

    /// The word that stands for it in a form: `first-name`.
    #[must_use]
    pub fn key(self) -> &'static str {
        Self::KEYS
            .iter()
            .find(|(field, _)| *field == self)
            .map_or("", |(_, key)| key)
    }

    /// What the word means.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::KEYS
            .iter()
            .find(|(_, known)| *known == key)
            .map(|(field, _)| *field)
    }

    /// How an export heads its column in a sheet of this kind, and how pages call it.
    #[must_use]
    pub fn label(self, kind: Kind) -> &'static str {
        if self == Self::WeekHours {
            "Hours of the week"
        } else {
            titles(kind, self).next().unwrap_or("")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_means_what_it_stands_for() {
        for (field, key) in Field::KEYS {
            assert_eq!(Field::from_key(key), Some(field));
            assert_eq!(field.key(), key);
        }
        for what in What::ALL {
            assert_eq!(What::from_key(what.key()), Some(what));
            assert!(what.kinds().iter().all(|kind| kind.what() == what));
        }
        assert_eq!(Field::from_key("ignore"), None);
    }

    #[test]
    fn every_field_of_a_kind_has_a_label_and_what_is_required_is_a_field() {
        for kind in Kind::ALL {
            assert!(
                kind.fields().iter().all(|field| !field.label(kind).is_empty()),
                "{kind:?}"
            );
            assert!(
                kind.required()
                    .concat()
                    .iter()
                    .all(|field| kind.fields().contains(field)),
                "{kind:?}"
            );
        }
    }
}
