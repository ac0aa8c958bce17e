//! How a template is to be laid, as forms and programs say it.

use super::moved::SeenCell;
use super::preview::{Lay, Mode};
use crate::accounts::Reach;
use crate::book::{Book, Project};
use crate::units::Week;
use crate::units::ids::{AssignmentId, DeliverableId, TemplateId};
use crate::web::{Fields, Reader};

/// A template to lay, how, and what was seen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which; none where nobody has said yet.
    pub template: Option<TemplateId>,
    /// How.
    pub lay: Lay,
    /// The cells of the preview that was seen; none where there was none.
    pub seen: Option<Vec<SeenCell>>,
}

impl Asked {
    /// Reads `template`, `mode`, `deliverables`, `past`, `overwrite`, `overwriteAll` and `seen`.
    pub fn read(reader: &mut Reader<'_>, (book, reach): (&Book, Reach), project: &Project) -> Self {
        let fields = reader.fields();
        let template = reader.id("template");
        let mode = match fields.text("mode") {
            "" | "fill" => Mode::Fill,
            "replace" => Mode::Replace,
            _ => {
                reader.fault("mode", "must be fill or replace");
                Mode::Fill
            }
        };
        Self {
            template,
            lay: Lay {
                mode,
                deliverables: deliverables(reader, book, project),
                past: reader.flag("past"),
                overwrite: overwrite(reader, book),
                overwrite_all: reader.flag("overwriteAll"),
                reach: reach.is_limited().then_some(reach),
            },
            seen: seen(reader),
        }
    }
}

/// The deliverables by id. A form with boxes says with `chosen` that none ticked means none, and not all.
fn deliverables(reader: &mut Reader<'_>, book: &Book, project: &Project) -> Option<Vec<DeliverableId>> {
    let fields = reader.fields();
    if !fields.has("deliverables") && !fields.has("chosen") {
        return None;
    }
    let mut ids = Vec::new();
    for text in fields
        .all("deliverables")
        .iter()
        .filter(|text| !text.trim().is_empty())
    {
        let id = text.trim().parse().ok().map(DeliverableId);
        let known = id.filter(|id| book.plan.deliverables_of(project.id).any(|one| one.id == *id));
        match known {
            Some(id) => ids.push(id),
            None => reader.fault("deliverables", "choose deliverables of this project"),
        }
    }
    Some(ids)
}

/// The ticked cells, each as `12:2026-11-23`.
fn overwrite(reader: &mut Reader<'_>, book: &Book) -> Vec<(AssignmentId, Week)> {
    let start = book.plan.organisation.week_start;
    let mut cells = Vec::new();
    for text in reader.fields().all("overwrite") {
        let cell = text.split_once(':').and_then(|(assignment, day)| {
            let assignment = AssignmentId(assignment.trim().parse().ok()?);
            Some((assignment, Week::of(day.parse().ok()?, start)))
        });
        match cell {
            Some(cell) => cells.push(cell),
            None => reader.fault("overwrite", "must name cells like 12:2026-11-23"),
        }
    }
    cells
}

fn seen(reader: &mut Reader<'_>) -> Option<Vec<SeenCell>> {
    let fields: &Fields = reader.fields();
    if !fields.has("seen") {
        return None;
    }
    let mut cells = Vec::new();
    for text in fields.all("seen").iter().filter(|text| !text.is_empty()) {
        let Some(cell) = SeenCell::read(text) else {
            reader.fault("seen", "must be what the preview answered");
            break;
        };
        cells.push(cell);
    }
    Some(cells)
}
