//! People as a file describes them.

use std::collections::HashMap;

use super::{At, RowReader, Stated};
use crate::exchange::columns::Field;
use crate::exchange::problem::Problems;
use crate::exchange::values::{numbers, words};
use crate::units::{Day, Minutes, Name, fold};

/// A person, to be created or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDraft {
    /// Where it stands.
    pub at: At,
    /// The name, from one column or from those for first and last name.
    pub name: Name,
    /// The e-mail address.
    pub email: Stated<String>,
    /// The telephone number.
    pub phone: Stated<String>,
    /// The role by name.
    pub role: Stated<Name>,
    /// The department with those above it, outermost first.
    pub department: Stated<Vec<Name>>,
    /// Hours a week.
    pub weekly: Stated<Minutes>,
    /// The first day of employment.
    pub start: Stated<Day>,
    /// The last day of employment.
    pub last: Stated<Day>,
    /// Where the person works.
    pub location: Stated<String>,
    /// Skills by name, each once.
    pub skills: Stated<Vec<Name>>,
    /// Notes.
    pub notes: Stated<String>,
    /// Whether the person is active; blank means yes.
    pub active: Stated<bool>,
}

/// The person of one row, if nothing is wrong with it.
pub(in crate::exchange) fn person(mut row: RowReader<'_>) -> Option<PersonDraft> {
    let name = name(&mut row);
    let (start_dates, end_dates) = (row.columns.dates(Field::Start), row.columns.dates(Field::End));
    let draft = PersonDraft {
        at: row.at(),
        email: row.read(Field::Email, words::email),
        phone: row.read(Field::Phone, words::phone),
        role: row.read(Field::Role, words::name),
        department: row.read(Field::Department, words::path),
        weekly: row.read(Field::Weekly, |cell| numbers::hours(cell, Minutes::WEEK)),
        start: row.read(Field::Start, |cell| start_dates.day(cell)),
        last: row.read(Field::End, |cell| end_dates.day(cell)),
        location: row.read(Field::Location, |cell| Ok(words::name(cell)?.map(String::from))),
        skills: row.read(Field::Skills, words::names),
        notes: row.read(Field::Notes, words::notes),
        active: row.read(Field::Active, words::yes),
        name: name?,
    };
    row.check_span(&draft.start, &draft.last);
    row.is_sound().then_some(draft)
}

fn name(row: &mut RowReader<'_>) -> Option<Name> {
    let sound = row.is_sound();
    let whole = row.read(Field::Name, words::name);
    let first = row.read(Field::FirstName, words::name);
    let last = row.read(Field::LastName, words::name);
    if let Stated::Given(name) = whole {
        return Some(name);
    }
    let parts: Vec<&str> = [&first, &last]
        .iter()
        .filter_map(|part| part.given())
        .map(Name::as_str)
        .collect();
    match Name::parse(&parts.join(" ")) {
        Ok(name) => Some(name),
        // A part that could not be read has been reported; that the rest is empty is no second fault.
        Err(_) if row.is_sound() != sound => None,
        Err(error) => {
            let field = if row.columns.mapping.has(Field::Name) {
                Field::Name
            } else {
                Field::LastName
            };
            row.fault_in(field, error.to_string());
            None
        }
    }
}

/// Reports people who stand in the file twice: by e-mail address, or by name unless both rows have an address
/// and the two differ, since two people may share a name.
pub(in crate::exchange) fn same_people(
    people: &[PersonDraft],
    sheets: &[Option<String>],
    problems: &mut Problems,
) {
    let mut by_email: HashMap<String, At> = HashMap::new();
    let mut by_name: HashMap<String, (At, bool)> = HashMap::new();
    for person in people {
        let at = person.at;
        let mut twice = |other: At, what: &str| {
            let reason = format!(
                "is the same person as {}: the {what} is the same",
                other.seen_from(at, sheets)
            );
            problems.push(at.problem(sheets, None, reason));
        };
        let email = person.email.given().map(|email| fold(email));
        if let Some(other) = email.as_ref().and_then(|email| by_email.get(email)) {
            twice(*other, "e-mail address");
            continue;
        }
        let has_email = email.is_some();
        if let Some(email) = email {
            by_email.insert(email, at);
        }
        match by_name.get(&fold(person.name.as_str())) {
            Some((other, other_has_email)) if !(has_email && *other_has_email) => twice(*other, "name"),
            Some(_) => {}
            None => {
                by_name.insert(fold(person.name.as_str()), (at, has_email));
            }
        }
    }
}
