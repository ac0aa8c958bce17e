//! Drafts to tables, in the shape in which they are read back: what an export writes an import takes without
//! a difference. A draft whose fields are all stated, blank or given, gives every column its cell.

use std::collections::{BTreeSet, HashMap};

use super::columns::{Field, Kind};
use super::drafts::{DeliverableDraft, HoursDraft, PersonDraft, ProjectDraft, Stated};
use super::table::Cell;
use crate::sheet::{Column, Shape, Table};
use crate::units::{Day, Minutes, Name, Week, WeekStart};

/// People, one row each.
#[must_use]
pub fn people_table(people: &[PersonDraft]) -> Table {
    let kind = Kind::People;
    let fields: Vec<Field> = kind
        .fields()
        .iter()
        .copied()
        .filter(|field| !matches!(field, Field::FirstName | Field::LastName))
        .collect();
    let row = |person: &PersonDraft| {
        let cell = |field: &Field| match field {
            Field::Name => text(person.name.as_str()),
            Field::Email => line(&person.email),
            Field::Phone => line(&person.phone),
            Field::Role => name(&person.role),
            Field::Department => path(&person.department),
            Field::Weekly => hours(&person.weekly),
            Field::Start => day(&person.start),
            Field::End => day(&person.last),
            Field::Location => line(&person.location),
            Field::Skills => list(&person.skills),
            Field::Notes => line(&person.notes),
            Field::Active => yes(&person.active),
            _ => Cell::Empty,
        };
        fields.iter().map(cell).collect()
    };
    Table {
        name: "People".to_owned(),
        columns: columns(kind, &fields),
        rows: people.iter().map(row).collect(),
    }
}

/// Projects, one row each.
#[must_use]
pub fn projects_table(projects: &[ProjectDraft]) -> Table {
    let kind = Kind::Projects;
    let row = |project: &ProjectDraft| {
        let cell = |field: &Field| match field {
            Field::Name => text(project.name.as_str()),
            Field::Code => name(&project.code),
            Field::Client => name(&project.client),
            Field::Status => name(&project.status),
            Field::Department => path(&project.department),
            Field::Start => day(&project.start),
            Field::End => day(&project.end),
            Field::Budget => hours(&project.budget),
            Field::Notes => line(&project.notes),
            _ => Cell::Empty,
        };
        kind.fields().iter().map(cell).collect()
    };
    let rows = projects.iter().map(row).collect();
    Table {
        name: "Projects".to_owned(),
        columns: columns(kind, kind.fields()),
        rows,
    }
}

/// Deliverables, one row each. The project stands under `Project`, by code or by name.
#[must_use]
pub fn deliverables_table(deliverables: &[DeliverableDraft]) -> Table {
    let kind = Kind::Deliverables;
    let fields: Vec<Field> = kind
        .fields()
        .iter()
        .copied()
        .filter(|field| *field != Field::Code)
        .collect();
    let row = |deliverable: &DeliverableDraft| {
        let cell = |field: &Field| match field {
            Field::Project => text(deliverable.project.as_str()),
            Field::Name => text(deliverable.name.as_str()),
            Field::Percent => deliverable
                .percent
                .given()
                .map_or(Cell::Empty, |percent| Cell::Number(f64::from(*percent))),
            Field::Phase => name(&deliverable.phase),
            Field::Due => day(&deliverable.due),
            Field::Done => yes(&deliverable.done),
            Field::Notes => line(&deliverable.notes),
            _ => Cell::Empty,
        };
        fields.iter().map(cell).collect()
    };
    let rows = deliverables.iter().map(row).collect();
    Table {
        name: "Deliverables".to_owned(),
        columns: columns(kind, &fields),
        rows,
    }
}

/// Hours, one row for each assignment and week.
#[must_use]
pub fn hours_long_table(hours: &[HoursDraft], start: WeekStart) -> Table {
    let fields = hours_fields(hours);
    let mut columns = columns(Kind::HoursLong, &fields);
    columns.push(Column::titled(Field::Week.label(Kind::HoursLong), Shape::Date));
    columns.push(Column::titled(Field::Hours.label(Kind::HoursLong), Shape::Hours));
    let row = |draft: &HoursDraft| {
        let mut row = who(draft, &fields);
        row.push(Cell::Date(draft.week.first_day(start)));
        row.push(Cell::Hours(draft.minutes));
        row
    };
    Table {
        name: "Hours".to_owned(),
        columns,
        rows: hours.iter().map(row).collect(),
    }
}

/// Hours, one row for each assignment and one column for each week from the first to the last.
#[must_use]
pub fn hours_wide_table(hours: &[HoursDraft], start: WeekStart) -> Table {
    let fields = hours_fields(hours);
    let weeks = weeks_of(hours);
    let mut columns = columns(Kind::HoursWide, &fields);
    columns.extend(weeks.iter().map(|week| Column::week(week.first_day(start))));
    let places: HashMap<Week, usize> = weeks
        .iter()
        .enumerate()
        .map(|(place, week)| (*week, fields.len() + place))
        .collect();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut known = HashMap::new();
    for draft in hours {
        let key = (
            &draft.person,
            &draft.email,
            &draft.project,
            &draft.role,
            &draft.note,
            draft.copy,
        );
        let row = *known.entry(key).or_insert_with(|| {
            let mut row = who(draft, &fields);
            row.resize(columns.len(), Cell::Empty);
            rows.push(row);
            rows.len() - 1
        });
        let place = places
            .get(&draft.week)
            .and_then(|place| rows.get_mut(row)?.get_mut(*place));
        if let Some(place) = place {
            *place = Cell::Hours(draft.minutes);
        }
    }
    Table {
        name: "Hours".to_owned(),
        columns,
        rows,
    }
}

/// The weeks without a gap, unless a stray one lies so far off that the sheet would be mostly empty.
fn weeks_of(hours: &[HoursDraft]) -> Vec<Week> {
    const LONGEST: u16 = 520;
    let weeks: BTreeSet<Week> = hours.iter().map(|draft| draft.week).collect();
    let (Some(first), Some(last)) = (weeks.first(), weeks.last()) else {
        return Vec::new();
    };
    match u16::try_from(last.0.saturating_sub(first.0).saturating_add(1)) {
        Ok(count) if count <= LONGEST => first.span(count).collect(),
        _ => weeks.into_iter().collect(),
    }
}

/// The columns that tell assignments apart: an address, a note or a number only where some row has one.
fn hours_fields(hours: &[HoursDraft]) -> Vec<Field> {
    let mut fields = vec![Field::Person];
    if hours.iter().any(|draft| draft.email.is_some()) {
        fields.push(Field::Email);
    }
    fields.extend([Field::Project, Field::Role]);
    if hours.iter().any(|draft| draft.note.is_some()) {
        fields.push(Field::Notes);
    }
    if hours.iter().any(|draft| draft.copy > 0) {
        fields.push(Field::Placeholder);
    }
    fields
}

fn who(draft: &HoursDraft, fields: &[Field]) -> Vec<Cell> {
    let optional = |value: &Option<std::sync::Arc<str>>| value.as_deref().map_or(Cell::Empty, text);
    let cell = |field: &Field| match field {
        Field::Person => optional(&draft.person),
        Field::Email => optional(&draft.email),
        Field::Project => text(&draft.project),
        Field::Role => optional(&draft.role),
        Field::Notes => optional(&draft.note),
        Field::Placeholder if draft.is_placeholder() || draft.copy > 0 => {
            Cell::Number(f64::from(draft.copy.saturating_add(1)))
        }
        _ => Cell::Empty,
    };
    fields.iter().map(cell).collect()
}

fn columns(kind: Kind, fields: &[Field]) -> Vec<Column> {
    let column = |field: &Field| {
        let shape = match field {
            Field::Start | Field::End | Field::Due | Field::Week => Shape::Date,
            Field::Weekly | Field::Budget | Field::Hours => Shape::Hours,
            Field::Percent | Field::Placeholder => Shape::Number,
            _ => Shape::Text,
        };
        Column::titled(field.label(kind), shape)
    };
    fields.iter().map(column).collect()
}

fn text(text: &str) -> Cell {
    Cell::text(text)
}

fn line(value: &Stated<String>) -> Cell {
    value.given().map_or(Cell::Empty, |value| text(value))
}

fn name(value: &Stated<Name>) -> Cell {
    value.given().map_or(Cell::Empty, |value| text(value.as_str()))
}

fn day(value: &Stated<Day>) -> Cell {
    value.given().map_or(Cell::Empty, |day| Cell::Date(*day))
}

fn hours(value: &Stated<Minutes>) -> Cell {
    value.given().map_or(Cell::Empty, |minutes| Cell::Hours(*minutes))
}

fn yes(value: &Stated<bool>) -> Cell {
    value.given().map_or(Cell::Empty, |yes| Cell::Bool(*yes))
}

fn path(value: &Stated<Vec<Name>>) -> Cell {
    value
        .given()
        .map_or(Cell::Empty, |names| text(&joined(names, " / ")))
}

/// Names between semicolons; one alone that has a comma in it is followed by a semicolon, so that it stays
/// one.
fn list(value: &Stated<Vec<Name>>) -> Cell {
    let Some(names) = value.given() else {
        return Cell::Empty;
    };
    let joined = joined(names, "; ");
    if names.len() == 1 && joined.contains([',', '|']) {
        text(&format!("{joined};"))
    } else {
        text(&joined)
    }
}

fn joined(names: &[Name], between: &str) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(between)
}
