//! Auto-hours templates of the small plan, in the phases that its deliverables name.

use crate::db::{DbError, WriteTx};
use crate::people;
use crate::plan::auto_hours::{self, LineDraft};

/// Role, phase, people, and percent of a full week from the week of the deliverable back.
type Sketch = (&'static str, &'static str, u8, &'static [u8]);

const BUILDING: [Sketch; 6] = [
    ("Lead engineer", "", 1, &[30, 25, 20, 15, 15, 10]),
    ("Engineer", "Schematic design", 1, &[60, 50, 40, 30]),
    ("Engineer", "Detailed design", 2, &[80, 70, 60, 50, 40, 30]),
    ("Designer", "Detailed design", 1, &[60, 60, 40, 40]),
    ("Designer", "Issued for construction", 1, &[80, 60, 40]),
    ("BIM coordinator", "Issued for construction", 1, &[40, 40, 20]),
];

const STUDY: [Sketch; 2] = [
    ("Senior engineer", "", 1, &[50, 40, 20]),
    ("Project manager", "", 1, &[15, 10, 10]),
];

/// Adds the templates.
pub fn add(tx: &WriteTx<'_>) -> Result<(), DbError> {
    for (name, lines) in [
        ("Building, all phases", &BUILDING[..]),
        ("Small study", &STUDY[..]),
    ] {
        let template = auto_hours::add_template(tx, name)?;
        for (role, phase, heads, percents) in lines {
            let draft = LineDraft {
                role: people::find_or_add_role(tx, role)?,
                phase: (*phase).to_owned(),
                heads: *heads,
                percents: percents.to_vec(),
            };
            auto_hours::add_line(tx, template, &draft)?;
        }
    }
    Ok(())
}
