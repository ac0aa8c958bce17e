//! What is true of projects and statuses.

use crate::book::{CountsAs, Plan};
use crate::units::ids::{ClientId, DepartmentId, StatusId};
use crate::units::{Colour, Day, Minutes};
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
