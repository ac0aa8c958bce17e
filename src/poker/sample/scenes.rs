//! What the invented team estimates, and what its earlier stories took.

use crate::poker::stories::StoryDraft;

/// A story, what was agreed of it, and the cards of each round by the seats at the table; `-` for who did not vote.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    pub reference: &'static str,
    pub name: &'static str,
    pub tags: &'static str,
    pub agreed: &'static str,
    pub note: &'static str,
    pub rounds: &'static [&'static str],
}

const fn scene(
    (reference, name, tags): (&'static str, &'static str, &'static str),
    (agreed, note): (&'static str, &'static str),
    rounds: &'static [&'static str],
) -> Scene {
    Scene {
        reference,
        name,
        tags,
        agreed,
        note,
        rounds,
    }
}

/// The sprint that is estimated now.
pub const NOW: [Scene; 10] = [
    scene(
        ("BAL-104", "Fault current study", "electrical"),
        ("13", "with the neighbour’s feeder"),
        &["8 13 13 21 13 8 13 13", "13 13 13 13 13 8 13 13"],
    ),
    scene(
        ("BAL-109", "Trench crossing drawings", "civil"),
        ("8", ""),
        &["8 8 5 8 8 8 13 8"],
    ),
    scene(
        ("BAL-112", "Cooling of the relay room", "building"),
        ("5", ""),
        &["5 5 5 3 5 5 5 8"],
    ),
    scene(
        ("BAL-115", "Cable tag list", "electrical, drawings"),
        ("2", ""),
        &["2 2 1 2 2 3 2 2"],
    ),
    scene(
        ("BAL-118", "Relay cabinet layout", "electrical, drawings"),
        ("8", "doors on both sides"),
        &["5 8 3 21 8 8 5 13", "8 8 8 8 8 5 8 8"],
    ),
    scene(
        ("BAL-121", "Earthing study", "electrical"),
        ("5", ""),
        &["5 5 5 5 8 5 5 5"],
    ),
    scene(
        ("BAL-124", "Cable schedule export", "software"),
        ("", ""),
        &["5 5 - 5 13 3 5 8"],
    ),
    scene(("BAL-127", "Lighting calc review", "electrical"), ("", ""), &[]),
    scene(("BAL-130", "Vendor drawings", "drawings"), ("", ""), &[]),
    scene(("BAL-131", "As-built mark-ups", "drawings"), ("", ""), &[]),
];

/// A story that is done: what it took, in hours, and how many days ago.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    pub scene: Scene,
    pub hours: u32,
    pub days_ago: i64,
}

const fn took(
    (reference, name, agreed): (&'static str, &'static str, &'static str),
    (hours, days_ago): (u32, i64),
    rounds: &'static [&'static str],
) -> Took {
    Took {
        scene: scene((reference, name, ""), (agreed, ""), rounds),
        hours,
        days_ago,
    }
}

/// A sprint that is over, from which the team knows what a point takes it.
#[rustfmt::skip]
pub const BEFORE: [Took; 9] = [
    took(("BAL-071", "Grounding of the yard fence", "5"), (14, 68), &["5 5 5 3 5 5 8 5"]),
    took(("BAL-072", "Battery room load list", "3"), (9, 65), &["3 3 2 3 3 5 3 3"]),
    took(("BAL-074", "Single-line diagram, stage 2", "8"), (28, 61), &["8 8 5 8 13 8 8 8"]),
    took(("BAL-075", "Label texts of panel 4", "2"), (7, 60), &["2 2 2 1 2 2 2 3"]),
    took(("BAL-077", "Protection settings, feeders 1 to 6", "13"), (47, 54), &["13 8 13 21 13 13 8 13"]),
    took(("BAL-079", "Cable routes under the hall", "5"), (18, 52), &["5 5 8 5 3 5 5 5"]),
    took(("BAL-080", "Socket circuits of the workshop", "3"), (13, 49), &["3 3 3 5 3 2 3 3"]),
    took(("BAL-082", "Interlocks of the earthing switches", "5"), (22, 47), &["5 8 5 5 5 3 5 5"]),
    took(("BAL-083", "Notes of the site visit", "2"), (5, 46), &["2 1 2 2 2 2 3 2"]),
];

/// The sprint after that: it was foretold, and is over by now.
#[rustfmt::skip]
pub const LAST: [Took; 6] = [
    took(("BAL-091", "Lightning protection of the roof", "5"), (17, 24), &["5 5 3 5 5 8 5 5"]),
    took(("BAL-092", "Relay room lighting", "8"), (26, 21), &["8 5 8 8 13 8 8 5"]),
    took(("BAL-095", "Metering cabinet drawings", "3"), (12, 19), &["3 3 5 3 2 3 3 3"]),
    took(("BAL-096", "Auxiliary supply, both sources", "8"), (37, 15), &["5 13 8 21 8 5 8 13", "8 8 8 13 8 8 8 8"]),
    took(("BAL-098", "Terminal plan corrections", "2"), (6, 14), &["2 2 2 2 1 3 2 2"]),
    took(("BAL-101", "Emergency stop of the crane", "5"), (13, 12), &["5 5 5 8 5 3 5 5"]),
];

impl Scene {
    /// What somebody would have typed.
    pub fn draft(&self) -> StoryDraft {
        let tags = self.tags.split(", ").filter(|tag| !tag.is_empty());
        StoryDraft {
            name: self.name.to_owned(),
            reference: self.reference.to_owned(),
            tags: tags.map(str::to_owned).collect(),
            ..StoryDraft::default()
        }
    }
}
