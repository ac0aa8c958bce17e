//! Templates as people enter them.

use crate::book::Plan;
use crate::units::fold;
use crate::units::ids::{RoleId, TemplateId, TemplateLineId};
use crate::web::Reader;

/// How many weeks a line reaches back, the week of the deliverable included.
pub const MOST_WEEKS: usize = 18;

/// How many templates there may be.
pub const MOST_TEMPLATES: i64 = 200;

/// How many lines a template may have.
pub const MOST_LINES: i64 = 100;

/// How many people a line may ask for.
pub const MOST_HEADS: u8 = 20;

/// How the hours before deliverables usually lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// Its name.
    pub name: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// What one role does before deliverables of one phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: TemplateLineId,
    /// What it says.
    pub draft: LineDraft,
}

/// A line as somebody wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDraft {
    /// Whose hours.
    pub role: RoleId,
    /// Before deliverables of this phase; blank for all.
    pub phase: String,
    /// How many people in that role.
    pub heads: u8,
    /// Percent of a full week: first that of the deliverable's week, then of the week before it, and so on.
    pub percents: Vec<u8>,
}

impl LineDraft {
    /// Whether it is about deliverables of `phase`.
    #[must_use]
    pub fn is_for(&self, phase: &str) -> bool {
        self.phase.is_empty() || fold(&self.phase) == fold(phase)
    }

    /// Reads a form or JSON: `role`, `phase`, `heads`, and `percents` in their order, of which blank ones count as 0
    /// and blank ones at the end not at all.
    pub fn read(reader: &mut Reader<'_>, plan: &Plan) -> Option<Self> {
        let role: Option<RoleId> = reader.required("role", "choose one of the roles");
        if role.is_some_and(|id| !plan.roles.iter().any(|one| one.id == id)) {
            reader.fault("role", "choose one of the roles");
        }
        let phase = reader.line("phase", 60);
        let heads = reader.optional("heads", |text| {
            text.parse()
                .ok()
                .filter(|heads| (1..=MOST_HEADS).contains(heads))
                .ok_or_else(|| format!("must be a whole number from 1 to {MOST_HEADS}"))
        });
        let percents = read_percents(reader);
        Some(Self {
            role: role?,
            phase,
            heads: heads.unwrap_or(1),
            percents,
        })
    }
}

fn read_percents(reader: &mut Reader<'_>) -> Vec<u8> {
    let texts = reader.fields().all("percents");
    let last = texts.iter().rposition(|text| !text.trim().is_empty());
    let mut percents = Vec::new();
    let given = last.map_or(0, |last| last + 1);
    if given == 0 {
        reader.fault("percents", "give at least one week a percent");
    } else if given > MOST_WEEKS {
        reader.fault("percents", format!("at most {MOST_WEEKS} weeks"));
    }
    for (index, text) in texts.iter().take(given.min(MOST_WEEKS)).enumerate() {
        let bare = text.trim().trim_end_matches('%').trim();
        let read = if bare.is_empty() {
            Ok(0)
        } else {
            bare.parse::<u8>()
        };
        match read {
            Ok(percent) if percent <= 100 => percents.push(percent),
            Ok(_) | Err(_) => {
                percents.push(0);
                reader.fault(
                    "percents",
                    format!("{}: must be a whole number from 0 to 100", weeks_before(index)),
                );
            }
        }
    }
    percents
}

/// `the week it is due`, `1 week before`, `2 weeks before`.
fn weeks_before(index: usize) -> String {
    match index {
        0 => "the week it is due".to_owned(),
        1 => "1 week before".to_owned(),
        _ => format!("{index} weeks before"),
    }
}
