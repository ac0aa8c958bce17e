//! What is true of projects and statuses.

use crate::book::{CountsAs, Plan, Project, Status};
use crate::units::ids::{ClientId, DepartmentId, StatusId};
use crate::units::{Colour, Day, Minutes, fold};
use crate::web::Reader;

/// A project as somebody wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectDraft {
    /// Its name.
    pub name: String,
    /// What it is called by on paper, or blank.
    pub code: String,
    /// Whom it is for, where that client is known already.
    pub client: Option<ClientId>,
    /// Where it stands.
    pub status: StatusId,
    /// Who leads it.
    pub department: Option<DepartmentId>,
    /// Its colour.
    pub colour: Colour,
    /// Its first day.
    pub start: Option<Day>,
    /// Its last day.
    pub end: Option<Day>,
    /// What it may take.
    pub budget: Option<Minutes>,
    /// Notes.
    pub notes: String,
}

impl ProjectDraft {
    /// Reads a project's fields, and the name of its client, which may be a new one; `known` is the plan that ids must be
    /// found in.
    pub fn read(reader: &mut Reader<'_>, known: &Plan) -> (Self, String) {
        let client = reader.line("client", 200);
        let status = reader.id("status").or_else(|| {
            known
                .statuses
                .iter()
                .find(|one| one.counts_as == CountsAs::Confirmed)
                .map(|one| one.id)
        });
        let draft = Self {
            name: reader.name("name"),
            code: reader.line("code", 40),
            client: None,
            status: status.unwrap_or(StatusId(0)),
            department: reader.id("department"),
            colour: reader.optional("colour", str::parse).unwrap_or_default(),
            start: reader.day("start"),
            end: reader.day("end"),
            budget: reader.hours("budget", Minutes::BUDGET),
            notes: reader.notes("notes"),
        };
        if known.status(draft.status).is_none() {
            reader.fault("status", "is not one of the statuses");
        }
        if draft.department.is_some_and(|id| known.department(id).is_none()) {
            reader.fault("department", "is not one of the departments");
        }
        if let (Some(start), Some(end)) = (draft.start, draft.end)
            && end < start
        {
            reader.fault("end", "must not be before the start");
        }
        (draft, client)
    }
}

/// A change of a project in the history's words: what about it is another now.
#[must_use]
pub fn describe_change(plan: &Plan, before: &Project, after: &ProjectDraft, client: &str) -> String {
    let mut changed: Vec<&str> = Vec::new();
    let mut note = |differs: bool, what: &'static str| {
        if differs {
            changed.push(what);
        }
    };
    note(before.name != after.name, "name");
    note(before.code != after.code, "code");
    note(fold(plan.client_name(before.client)) != fold(client), "client");
    note(before.status != after.status, "status");
    note(before.department != after.department, "department");
    note(before.colour != after.colour, "colour");
    note((before.start, before.end) != (after.start, after.end), "dates");
    note(before.budget != after.budget, "budget");
    let name = &before.name;
    match changed.as_slice() {
        ["name"] => format!("renamed {name} to {}", after.name),
        ["status"] => {
            let label = plan.status(after.status).map_or("", |status| &status.label);
            format!("set {name} to {label}")
        }
        // The plan in memory does not carry the notes: where nothing else differs, it is they that do.
        [] => format!("changed the notes of {name}"),
        [one] => format!("changed the {one} of {name}"),
        [first @ .., last] => format!("changed the {} and {last} of {name}", first.join(", ")),
    }
}

/// The status that closing a project gives it: the first that counts as closed.
#[must_use]
pub fn closing_status(plan: &Plan) -> Option<&Status> {
    plan.statuses
        .iter()
        .find(|status| status.counts_as == CountsAs::Closed)
}

/// A status as somebody wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusDraft {
    /// Its label.
    pub label: String,
    /// Its colour.
    pub colour: Colour,
    /// What the hours of its projects count as.
    pub counts_as: CountsAs,
}

impl StatusDraft {
    /// Reads a status's fields.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let counts_as = CountsAs::parse(reader.fields().text("countsAs"));
        if counts_as.is_none() {
            reader.fault("countsAs", "must be tentative, confirmed or closed");
        }
        Self {
            label: reader.name("label"),
            colour: reader.optional("colour", str::parse).unwrap_or_default(),
            counts_as: counts_as.unwrap_or(CountsAs::Closed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Client, Parts};
    use crate::units::ids::ProjectId;
    use crate::web::Fields;

    fn plan() -> Plan {
        let status = |id, label: &str, counts_as| Status {
            id: StatusId(id),
            label: label.to_owned(),
            colour: Colour::default(),
            counts_as,
        };
        Plan::new(Parts {
            clients: vec![Client {
                id: ClientId(1),
                name: "Nordlys Energi".to_owned(),
            }],
            statuses: vec![
                status(1, "Planned", CountsAs::Tentative),
                status(2, "Active", CountsAs::Confirmed),
                status(4, "Completed", CountsAs::Closed),
                status(5, "Cancelled", CountsAs::Closed),
            ],
            ..Parts::default()
        })
    }

    fn read(text: &str) -> Result<(ProjectDraft, String), Vec<String>> {
        let fields = Fields::from_form(text.as_bytes());
        let mut reader = Reader::new(&fields);
        let draft = ProjectDraft::read(&mut reader, &plan());
        reader
            .finish(draft)
            .map_err(|errors| errors.into_iter().map(|error| error.field).collect())
    }

    #[test]
    fn a_project_without_a_status_is_confirmed_work() {
        let (draft, client) = read("name=Harbour&client=+Nordlys++Energi").unwrap();
        assert_eq!((draft.status, client.as_str()), (StatusId(2), "Nordlys Energi"));
        assert_eq!(closing_status(&plan()).map(|status| status.id), Some(StatusId(4)));
    }

    #[test]
    fn every_field_that_cannot_be_is_named() {
        for (text, expected) in [
            ("name=", vec!["name"]),
            ("name=A&status=9", vec!["status"]),
            ("name=A&department=3", vec!["department"]),
            ("name=A&start=2026-11-20&end=2026-11-19", vec!["end"]),
            ("name=A&budget=-1&colour=puce", vec!["colour", "budget"]),
            ("name=A&end=2026-02-30", vec!["end"]),
        ] {
            assert_eq!(read(text).unwrap_err(), expected, "{text}");
        }
        assert!(read("name=A&start=2026-11-20&end=2026-11-20").is_ok());
    }

    #[test]
    fn the_history_says_what_changed() {
        let (draft, _) = read("name=Harbour").unwrap();
        let before = Project {
            id: ProjectId(1),
            name: "Harbour".to_owned(),
            code: String::new(),
            client: None,
            status: StatusId(2),
            department: None,
            colour: Colour::default(),
            start: None,
            end: None,
            budget: None,
        };
        let told = |change: &dyn Fn(&mut ProjectDraft), client: &str| {
            let mut after = draft.clone();
            change(&mut after);
            describe_change(&plan(), &before, &after, client)
        };
        assert_eq!(told(&|_| (), ""), "changed the notes of Harbour");
        assert_eq!(
            told(&|draft| draft.name = "Port".to_owned(), ""),
            "renamed Harbour to Port"
        );
        assert_eq!(
            told(&|draft| draft.status = StatusId(4), ""),
            "set Harbour to Completed"
        );
        assert_eq!(
            told(&|draft| draft.budget = Some(Minutes(60)), "Helix"),
            "changed the client and budget of Harbour"
        );
    }
}
