//! What an address may ask of the forecast.

use crate::book::{Book, Group, Grouping, Outlook};
use crate::error::FieldError;
use crate::units::ids::{DepartmentId, RoleId};
use crate::units::{Day, Week};
use crate::web::{Fields, Reader};

/// The longest forecast, in weeks.
pub const MOST_WEEKS: u16 = 104;

/// What somebody looks at: all of it stands in the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// Which part of the plan.
    pub outlook: Outlook,
    /// Whether what may come counts as demand.
    pub tentative: bool,
    /// Whether the forecast begins where it does by choice, and not because it is this week.
    pub moved: bool,
}

impl Asked {
    /// What there is to see where nothing is asked.
    #[must_use]
    pub const fn plain(now: Week) -> Self {
        Self {
            outlook: Outlook {
                from: now,
                weeks: 12,
                now,
                grouping: Grouping::Whole,
                department: None,
                role: None,
            },
            tentative: true,
            moved: false,
        }
    }

    /// Reads the query of an address.
    ///
    /// # Errors
    /// Every field that cannot be read, or names what is no longer there.
    pub fn read(fields: &Fields, book: &Book, today: Day) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::new(fields);
        let asked = Self::read_with(&mut reader, book, today);
        reader.finish(asked)
    }

    fn read_with(reader: &mut Reader<'_>, book: &Book, today: Day) -> Self {
        let start = book.plan.organisation.week_start;
        let now = Week::of(today, start);
        let from = reader.day("from").map(|day| Week::of(day, start));
        let weeks = reader.optional("weeks", |text| {
            let weeks = text.parse().ok();
            weeks
                .filter(|weeks| (1..=MOST_WEEKS).contains(weeks))
                .ok_or("must be a whole number from 1 to 104")
        });
        let grouping = reader.optional("by", |text| {
            Grouping::parse(text).ok_or("must be none, department or role")
        });
        let tentative = reader.optional("tentative", |text| match text {
            "1" | "on" | "true" | "yes" => Ok(true),
            "0" | "off" | "false" | "no" => Ok(false),
            _ => Err("must be 1 or 0"),
        });
        let (department, role) = (read_department(reader, book), read_role(reader, book));
        Self {
            outlook: Outlook {
                from: from.unwrap_or(now),
                weeks: weeks.unwrap_or(12),
                now,
                grouping: grouping.unwrap_or_default(),
                department,
                role,
            },
            tentative: tentative.unwrap_or(true),
            moved: from.is_some_and(|from| from != now),
        }
    }

    /// The query of this address, without what is the default.
    #[must_use]
    pub fn query(&self, book: &Book) -> String {
        let mut pairs = Vec::new();
        if self.moved {
            let day = self.outlook.from.first_day(book.plan.organisation.week_start);
            pairs.push(format!("from={day}"));
        }
        pairs.push(format!("weeks={}", self.outlook.weeks));
        pairs.push(format!("by={}", self.outlook.grouping.as_str()));
        pairs.extend(self.outlook.department.map(|id| format!("department={id}")));
        pairs.extend(self.outlook.role.map(|id| format!("role={id}")));
        if !self.tentative {
            pairs.push("tentative=0".to_owned());
        }
        pairs.join("&")
    }

    /// The query of who and what stands behind one number.
    #[must_use]
    pub fn detail_query(&self, book: &Book, group: Group, week: Week) -> String {
        let day = week.first_day(book.plan.organisation.week_start);
        let mut query = format!("week={day}&{}", self.query(book));
        if let Some(word) = group_word(group) {
            query.push_str("&group=");
            query.push_str(&word);
        }
        query
    }
}

/// A group as an address writes it: its id, or `none`; nothing where it is everybody.
fn group_word(group: Group) -> Option<String> {
    let word = |id: Option<String>| Some(id.unwrap_or_else(|| "none".to_owned()));
    match group {
        Group::Whole => None,
        Group::Department(id) => word(id.map(|id| id.to_string())),
        Group::Role(id) => word(id.map(|id| id.to_string())),
    }
}

/// One number of a forecast, asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedDetail {
    /// The forecast it stands in, beginning with its week.
    pub asked: Asked,
    /// Whose number it is.
    pub group: Group,
}

impl AskedDetail {
    /// Reads the query of an address.
    ///
    /// # Errors
    /// Every field that cannot be read, or names what is no longer there.
    pub fn read(fields: &Fields, book: &Book, today: Day) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::new(fields);
        let mut asked = Asked::read_with(&mut reader, book, today);
        if let Some(day) = reader.day("week") {
            asked.outlook.from = book.plan.week_of(day);
        }
        let group = read_group(&mut reader, book, asked.outlook.grouping);
        reader.finish(Self { asked, group })
    }
}

fn read_group(reader: &mut Reader<'_>, book: &Book, grouping: Grouping) -> Group {
    const GONE: &str = "is no longer there; open the forecast again";
    let plan = &book.plan;
    let text = reader.fields().text("group").trim().to_owned();
    let id = text.parse::<i64>().ok();
    if grouping != Grouping::Whole && text != "none" && id.is_none() {
        reader.fault("group", "must be the id of a department or role, or none");
    }
    match grouping {
        Grouping::Whole => Group::Whole,
        Grouping::Department => {
            let id = id.map(DepartmentId);
            if id.is_some_and(|id| plan.department(id).is_none()) {
                reader.fault("group", GONE);
            }
            Group::Department(id)
        }
        Grouping::Role => {
            let id = id.map(RoleId);
            if id.is_some_and(|id| !plan.roles.iter().any(|one| one.id == id)) {
                reader.fault("group", GONE);
            }
            Group::Role(id)
        }
    }
}

/// The department that an address names, if it is still there.
pub fn read_department(reader: &mut Reader<'_>, book: &Book) -> Option<DepartmentId> {
    let id = reader.id("department");
    if id.is_some_and(|id| book.plan.department(id).is_none()) {
        reader.fault("department", "is no longer there; choose another one");
    }
    id
}

/// The role that an address names, if it is still there.
pub fn read_role(reader: &mut Reader<'_>, book: &Book) -> Option<RoleId> {
    let id = reader.id("role");
    if id.is_some_and(|id| !book.plan.roles.iter().any(|one| one.id == id)) {
        reader.fault("role", "is no longer there; choose another one");
    }
    id
}

/// What a group is called.
#[must_use]
pub fn group_name(book: &Book, group: Group) -> String {
    let named = |name: &str, none: &str| if name.is_empty() { none } else { name }.to_owned();
    match group {
        Group::Whole => "Everybody".to_owned(),
        Group::Department(id) => {
            let department = id.and_then(|id| book.plan.department(id));
            named(department.map_or("", |one| &one.name), "No department")
        }
        Group::Role(id) => named(book.plan.role_name(id), "No role"),
    }
}

/// What a forecast is of, in words: `Structural, Designers, confirmed work only`.
#[must_use]
pub fn scope_words(book: &Book, asked: &Asked) -> String {
    let Outlook { department, role, .. } = asked.outlook;
    let mut words = vec![department.map_or_else(
        || "All departments".to_owned(),
        |id| book.plan.department_path(id),
    )];
    words.extend(role.map(|_| book.plan.role_name(role).to_owned()));
    if !asked.tentative {
        words.push("confirmed work only".to_owned());
    }
    words.join(", ")
}

/// The days from the first to the last of `weeks` weeks: `16 Nov 2026 – 7 Feb 2027`.
#[must_use]
pub fn period_words(book: &Book, from: Week, weeks: u16) -> String {
    let start = book.plan.organisation.week_start;
    let first = from.first_day(start);
    let last = from.plus(i32::from(weeks) - 1).last_day(start);
    format!("{} – {}", with_year(first), with_year(last))
}

fn with_year(day: Day) -> String {
    let (year, _, _) = day.ymd();
    format!("{} {year}", day.short())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Parts;

    fn read(query: &str) -> Result<Asked, Vec<String>> {
        let book = Book::new(1, Parts::default());
        let asked = Asked::read(
            &Fields::from_form(query.as_bytes()),
            &book,
            "2026-11-18".parse().unwrap(),
        );
        asked.map_err(|errors| errors.into_iter().map(|error| error.field).collect())
    }

    #[test]
    fn what_is_not_asked_stands_for_itself() {
        let asked = read("").unwrap();
        assert_eq!(asked, Asked::plain(asked.outlook.now));
        assert!(!read("tentative=0").unwrap().tentative);
        assert_eq!(read("weeks=52&by=role").unwrap().outlook.weeks, 52);
    }

    #[test]
    fn what_cannot_be_read_is_told_field_by_field() {
        assert_eq!(
            read("weeks=0&by=planet&department=9&role=x&tentative=maybe&from=soon").unwrap_err(),
            ["from", "weeks", "by", "tentative", "department", "role"]
        );
        assert_eq!(read("weeks=105").unwrap_err(), ["weeks"]);
    }

    #[test]
    fn an_address_reads_back_as_it_was() {
        let book = Book::new(1, Parts::default());
        for query in [
            "",
            "weeks=26&by=role&tentative=0",
            "from=2027-01-04&weeks=52&by=department",
        ] {
            let asked = read(query).unwrap();
            assert_eq!(read(&asked.query(&book)).unwrap(), asked, "{query}");
        }
    }
}
