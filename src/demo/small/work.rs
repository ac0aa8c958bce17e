//! The projects of the small plan, and what they hand over.

use super::super::Moment;
use super::super::random::Random;
use crate::book::{Book, CountsAs};
use crate::db::{DbError, WriteTx};
use crate::plan::{self, DeliverableDraft};
use crate::projects::{self, ProjectDraft};
use crate::units::ids::{DepartmentId, ProjectId, StatusId};
use crate::units::{Colour, Day, Minutes};

/// One project, in weeks from this one.
#[derive(Clone, Copy, Debug)]
pub struct Sketch {
    pub name: &'static str,
    client: &'static str,
    /// The departments that work on it, the leading one first.
    pub departments: &'static [&'static str],
    status: &'static str,
    pub start: i32,
    pub weeks: i32,
}

const fn sketch(
    name: &'static str,
    client: &'static str,
    departments: &'static [&'static str],
    status: &'static str,
    start: i32,
    weeks: i32,
) -> Sketch {
    Sketch {
        name,
        client,
        departments,
        status,
        start,
        weeks,
    }
}

/// The projects, in the order of their codes.
#[rustfmt::skip]
pub const PROJECTS: [Sketch; 24] = [
    sketch("Northgate Labs", "Northgate University", &["Electrical", "Structural", "Mechanical"], "Active", -10, 26),
    sketch("Civic Library refit", "City of Aldermoor", &["Structural", "Electrical", "Delivery"], "Active", -14, 27),
    sketch("Harbour Substation", "Nordlys Energi", &["Electrical", "Delivery", "Structural"], "Active", -8, 24),
    sketch("Data hall 4", "Kestrel Cloud", &["Mechanical", "Electrical", "Digital"], "Active", -12, 18),
    sketch("Ferry terminal", "Port of Sundvik", &["Structural", "Mechanical", "Delivery"], "Active", -6, 25),
    sketch("Rosedale Hospital wing", "Rosedale Health Trust", &["Mechanical", "Electrical", "Structural", "Delivery"], "Active", -16, 36),
    sketch("Tram depot south", "Metro Lines", &["Structural", "Electrical", "Delivery"], "Active", -9, 21),
    sketch("Riverside Tower", "Calder Estates", &["Structural", "Mechanical"], "Active", -4, 28),
    sketch("Wind yard grid link", "Nordlys Energi", &["Electrical", "Digital"], "Active", -3, 19),
    sketch("Digital twin pilot", "Kestrel Cloud", &["Digital", "Delivery"], "Active", -8, 20),
    sketch("School heating upgrade", "City of Aldermoor", &["Mechanical", "Delivery"], "Active", -7, 15),
    sketch("Survey data platform", "Metro Lines", &["Digital"], "Active", -10, 28),
    sketch("Airport pier C", "Skyway Airports", &["Structural", "Electrical", "Mechanical"], "Planned", 3, 24),
    sketch("Battery plant phase 2", "Voltera", &["Electrical", "Mechanical"], "Planned", 2, 21),
    sketch("Museum extension", "Hollis Museum", &["Structural", "Delivery"], "Planned", 4, 18),
    sketch("Asset register renewal", "Metro Lines", &["Digital", "Delivery"], "Planned", 1, 18),
    sketch("Solar farm west", "Nordlys Energi", &["Electrical"], "Planned", 5, 15),
    sketch("Footbridge study", "City of Aldermoor", &["Structural", "Digital"], "Planned", 6, 10),
    sketch("Brewery conversion", "Calder Estates", &["Mechanical", "Structural"], "On hold", 4, 16),
    sketch("Campus energy plan", "Northgate University", &["Mechanical", "Digital"], "On hold", 2, 14),
    sketch("Signal house renewal", "Metro Lines", &["Electrical", "Structural"], "Completed", -20, 18),
    sketch("Clinic fit-out", "Rosedale Health Trust", &["Mechanical", "Electrical", "Delivery"], "Completed", -15, 13),
    sketch("Cable route survey", "Port of Sundvik", &["Electrical", "Digital"], "Completed", -13, 10),
    sketch("Marina offices", "Calder Estates", &["Structural", "Mechanical"], "Cancelled", -11, 6),
];

/// The project that ran until its history put it on hold.
pub const HELD: &str = "Brewery conversion";

/// What a project hands over: name, percent, phase, and how far along its weeks that is, in percent.
const DELIVERABLES: [(&str, u8, &str, i32); 4] = [
    ("SD", 35, "Schematic design", 25),
    ("DD", 75, "Detailed design", 55),
    ("IFP", 95, "Issued for permit", 80),
    ("IFC", 100, "Issued for construction", 100),
];

impl Sketch {
    /// The weeks in which its deliverables are due, from this one.
    fn due_weeks(&self) -> impl Iterator<Item = i32> {
        DELIVERABLES
            .into_iter()
            .map(|(.., along)| self.start + (self.weeks - 1) * along / 100)
    }

    /// Whether it runs in the week that is `ahead` of this one.
    pub const fn runs(&self, ahead: i32) -> bool {
        self.start <= ahead && ahead < self.start + self.weeks
    }

    /// How much of people's time it draws in a week: little at both ends, most before something is due.
    pub fn pull(&self, ahead: i32) -> u32 {
        if !self.runs(ahead) {
            return 0;
        }
        let end = self.start + self.weeks - 1;
        let ramp = match (ahead - self.start).min(end - ahead) {
            0 => 2,
            1 => 3,
            _ => 4,
        };
        let near = self.due_weeks().any(|due| (0..=2).contains(&(due - ahead)));
        ramp + if near { 3 } else { 0 }
    }

    /// What it counts as.
    pub fn counts_as(&self) -> CountsAs {
        match self.status {
            "Planned" | "On hold" => CountsAs::Tentative,
            "Active" => CountsAs::Confirmed,
            _ => CountsAs::Closed,
        }
    }

    fn notes(&self) -> &'static str {
        match self.name {
            "Harbour Substation" => {
                "Outage windows are agreed with the grid operator; the dates before them cannot slip."
            }
            "Rosedale Hospital wing" => {
                "The ward stays open: loud work only on weekdays.\nWeekly site call on Tuesdays."
            }
            "Brewery conversion" => "The client waits for a permit; they expect an answer within the month.",
            "Airport pier C" => "Second round of talks. The team is named in the offer.",
            _ => "",
        }
    }
}

/// Adds the project at `index` of the list with its deliverables; `planned` is what is booked on it.
pub fn add(
    tx: &WriteTx<'_>,
    index: usize,
    planned: Minutes,
    book: &Book,
    moment: &Moment,
    random: &mut Random,
) -> Result<Option<ProjectId>, DbError> {
    let Some(sketch) = PROJECTS.get(index) else {
        return Ok(None);
    };
    let number = i64::try_from(index).unwrap_or(0);
    let label = if sketch.name == HELD {
        "Active"
    } else {
        sketch.status
    };
    let status = book.plan.statuses.iter().find(|status| status.label == label);
    let draft = ProjectDraft {
        name: sketch.name.to_owned(),
        code: format!("P-{}", 1_001 + number),
        client: projects::find_or_add_client(tx, sketch.client)?,
        status: status.map_or(StatusId(1), |status| status.id),
        department: sketch.departments.first().and_then(|name| department(book, name)),
        colour: Colour::nth(number),
        start: Some(moment.day(sketch.start, 0)),
        end: Some(moment.day(sketch.start + sketch.weeks - 1, 4)),
        budget: budget(planned, random),
        notes: sketch.notes().to_owned(),
    };
    let project = projects::add_project(tx, &draft)?;
    add_deliverables(tx, project, sketch, moment, random)?;
    Ok(Some(project))
}

fn department(book: &Book, name: &str) -> Option<DepartmentId> {
    book.plan
        .departments
        .iter()
        .find(|one| one.name == name)
        .map(|one| one.id)
}

/// Between a tenth less and a third more than is planned, in twenties of hours; none for every eighth.
fn budget(planned: Minutes, random: &mut Random) -> Option<Minutes> {
    let percent = random.between(90, 133);
    let twenties = planned.0 / 60 * percent / 100 / 20;
    (!random.one_in(8)).then(|| Minutes::from_hours(twenties.max(2) * 20))
}

fn add_deliverables(
    tx: &WriteTx<'_>,
    project: ProjectId,
    sketch: &Sketch,
    moment: &Moment,
    random: &mut Random,
) -> Result<(), DbError> {
    for ((name, percent, phase, _), due) in DELIVERABLES.into_iter().zip(sketch.due_weeks()) {
        let weekday = i32::try_from(random.between(1, 4)).unwrap_or(4);
        let due = moment.day(due, weekday);
        let draft = DeliverableDraft {
            name: name.to_owned(),
            percent: Some(percent),
            phase: phase.to_owned(),
            due: Some(due),
            done: is_done(sketch, due, moment),
            notes: String::new(),
        };
        plan::add_deliverable(tx, project, &draft)?;
    }
    Ok(())
}

/// What is past is handed over, but for what is late on one project; what was cancelled never is.
fn is_done(sketch: &Sketch, due: Day, moment: &Moment) -> bool {
    due < moment.today && sketch.status != "Cancelled" && sketch.name != "Tram depot south"
}
