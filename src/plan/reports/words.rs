//! What reports, their rows and columns are called.

use super::rules::{Asked, By, Measure, Value};
use crate::book::{Book, Dimension, Query, Slice, Subject};
use crate::plan::forecast::period_words;
use crate::units::{Day, Minutes, grouped};

/// Short names of the months.
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// What one row is: `Person`, `Client`.
#[must_use]
pub const fn noun(by: By) -> &'static str {
    match by {
        By::Dimension(Dimension::Person) | By::Balance => "Person",
        By::Dimension(Dimension::Department) => "Department",
        By::Dimension(Dimension::Role) => "Role",
        By::Dimension(Dimension::Client) => "Client",
        By::Dimension(Dimension::Project) => "Project",
        By::Dimension(Dimension::Phase) => "Phase",
        By::Dimension(Dimension::Status) => "Status",
    }
}

/// What the tabs call it.
#[must_use]
pub const fn tab(by: By) -> &'static str {
    match by {
        By::Dimension(Dimension::Person) => "People",
        By::Dimension(Dimension::Department) => "Departments",
        By::Dimension(Dimension::Role) => "Roles",
        By::Dimension(Dimension::Client) => "Clients",
        By::Dimension(Dimension::Project) => "Projects",
        By::Dimension(Dimension::Phase) => "Phases",
        By::Dimension(Dimension::Status) => "Statuses",
        By::Balance => "Over and under",
    }
}

/// What the cells say.
#[must_use]
pub fn measure(asked: &Asked) -> &'static str {
    match (asked.measure, asked.by) {
        (Measure::Hours, _) => "Planned hours",
        (Measure::Capacity, _) => "Capacity",
        (Measure::Utilisation, By::Dimension(dimension)) if !dimension.is_of_people() => {
            "Share of planned hours"
        }
        (Measure::Utilisation, _) => "Utilisation",
    }
}

/// `Planned hours by client`.
#[must_use]
pub fn title(asked: &Asked) -> String {
    match asked.by {
        By::Balance => "People over and under".to_owned(),
        By::Dimension(_) => format!("{} by {}", measure(asked), noun(asked.by).to_lowercase()),
    }
}

/// The period and what was left out: `16 Nov 2026 – 7 Feb 2027, Structural, confirmed`.
#[must_use]
pub fn under_title(book: &Book, asked: &Asked) -> String {
    let Query {
        from,
        weeks,
        department,
        role,
        client,
        status,
        counts_as,
        ..
    } = asked.query;
    let plan = &book.plan;
    let mut words = vec![period_words(book, from, weeks)];
    words.extend(department.map(|id| plan.department_path(id)));
    words.extend(role.map(|_| plan.role_name(role).to_owned()));
    words.extend(client.map(|_| plan.client_name(client).to_owned()));
    words.extend(status.and_then(|id| plan.status(id)).map(|one| one.label.clone()));
    words.extend(counts_as.map(|one| format!("{} work only", one.as_str())));
    words.join(", ")
}

/// What a row is called.
#[must_use]
pub fn subject(book: &Book, subject: &Subject) -> String {
    let plan = &book.plan;
    let or = |name: &str, none: &str| if name.is_empty() { none } else { name }.to_owned();
    match subject {
        Subject::Person(id) => plan.person(*id).map_or_else(String::new, |one| one.name.clone()),
        Subject::OpenPlaces => "Open places".to_owned(),
        Subject::Department(id) => {
            let Some(one) = id.and_then(|id| plan.department(id)) else {
                return "No department".to_owned();
            };
            // Those below have rows of their own, so that the rows add up to the whole.
            if plan.departments.iter().any(|below| below.parent == Some(one.id)) {
                format!("{}, directly", one.name)
            } else {
                one.name.clone()
            }
        }
        Subject::Role(id) => or(plan.role_name(*id), "No role"),
        Subject::Client(id) => or(plan.client_name(*id), "No client"),
        Subject::Project(id) => plan.project(*id).map_or_else(String::new, |one| one.name.clone()),
        Subject::Phase(text) => or(text.as_deref().unwrap_or_default(), "No phase"),
        Subject::Status(id) => plan.status(*id).map_or_else(String::new, |one| one.label.clone()),
    }
}

/// What a column is called: `16 Nov`, `Nov 2026`, `Q4 2026`.
#[must_use]
pub fn slice(book: &Book, slice: Slice) -> String {
    match slice {
        Slice::Total => "Total".to_owned(),
        Slice::Week(week) => Day::short(week.first_day(book.plan.organisation.week_start)),
        Slice::Month(year, month) => {
            let name = usize::try_from(month.saturating_sub(1))
                .ok()
                .and_then(|index| MONTHS.get(index));
            format!("{} {year}", name.unwrap_or(&""))
        }
        Slice::Quarter(year, quarter) => format!("Q{quarter} {year}"),
    }
}

/// What a cell says: `12.5 h`, `86.4 %`, or a dash.
#[must_use]
pub fn value(value: Value) -> String {
    match value {
        Value::Hours(minutes) => format!("{} h", exact(minutes)),
        Value::Share(Some(share)) => format!("{share} %"),
        Value::Share(None) => "–".to_owned(),
    }
}

/// Exact hours with a space between thousands: `12 294.5`.
#[must_use]
pub fn exact(minutes: Minutes) -> String {
    let text = minutes.to_string();
    let (whole, part) = text.split_at(text.find('.').unwrap_or(text.len()));
    format!("{}{part}", grouped(whole.parse().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_hours_keep_their_hundredths() {
        assert_eq!(exact(Minutes(737_640 + 30)), "12\u{202f}294.5");
        assert_eq!(exact(Minutes(440)), "7.33");
        assert_eq!(exact(Minutes(0)), "0");
    }
}
