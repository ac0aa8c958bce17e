//! What has changed between a preview that somebody saw and what would be written now.

use std::collections::BTreeMap;

use super::preview::{Place, Preview};
use crate::units::Minutes;
use crate::units::Week;
use crate::units::ids::{AssignmentId, RoleId};

/// One cell of a preview as a form or program carries it: `12:2966:0:1080`, or `new-3-0:2966:0:1080` for a place that
/// is to be made. Ticks have no part in it: they say what may be done, not what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenCell {
    /// Where.
    pub place: Place,
    /// When.
    pub week: Week,
    /// What it held.
    pub before: Minutes,
    /// What it would hold.
    pub after: Minutes,
}

impl SeenCell {
    /// As it is carried.
    #[must_use]
    pub fn text(&self) -> String {
        let place = match self.place {
            Place::Kept(id) => id.to_string(),
            Place::New(role, number) => format!("new-{role}-{number}"),
        };
        format!("{place}:{}:{}:{}", self.week.0, self.before.0, self.after.0)
    }

    /// Reads what `text` writes.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let place = parts.next()?;
        let place = match place.strip_prefix("new-") {
            None => Place::Kept(AssignmentId(place.parse().ok()?)),
            Some(new) => {
                let (role, number) = new.split_once('-')?;
                Place::New(RoleId(role.parse().ok()?), number.parse().ok()?)
            }
        };
        let cell = Self {
            place,
            week: Week(parts.next()?.parse().ok()?),
            before: Minutes(parts.next()?.parse().ok()?),
            after: Minutes(parts.next()?.parse().ok()?),
        };
        parts.next().is_none().then_some(cell)
    }
}

/// The cells of a preview that are not as the template wants them.
pub fn seen_of<'a>(preview: &'a Preview<'_>) -> impl Iterator<Item = SeenCell> + 'a {
    preview.rows.iter().flat_map(|row| {
        let changed = row.cells.iter().filter(|cell| cell.before != cell.after);
        changed.map(move |cell| SeenCell {
            place: row.place,
            week: cell.week,
            before: cell.before,
            after: cell.after,
        })
    })
}

/// A cell that is not as it was seen: as it was, and as it is; none where it had or has no part in the preview.
pub type Difference = ((Place, Week), (Option<SeenCell>, Option<SeenCell>));

/// What is not as it was seen.
#[must_use]
pub fn differences(seen: &[SeenCell], preview: &Preview<'_>) -> Vec<Difference> {
    let mut all: BTreeMap<(Place, Week), (Option<SeenCell>, Option<SeenCell>)> = BTreeMap::new();
    for cell in seen {
        all.entry((cell.place, cell.week)).or_default().0 = Some(*cell);
    }
    for cell in seen_of(preview) {
        all.entry((cell.place, cell.week)).or_default().1 = Some(cell);
    }
    all.into_iter().filter(|(_, (was, is))| was != is).collect()
}
