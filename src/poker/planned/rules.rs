//! Which stories can be planned, and how somebody wants them planned.

use std::collections::HashMap;

use crate::accounts::Reach;
use crate::book::{Book, CountsAs, Plan};
use crate::plan::estimates::{Asked, MOST_WEEKS, Refusal, Taker};
use crate::poker::pace::{Estimate, Hours, Pace};
use crate::poker::rules::cards::Deck;
use crate::poker::rules::room::{Room, Story};
use crate::units::ids::{AssignmentId, PersonId, ProjectId, RoleId, StoryId};
use crate::units::{Day, Minutes, Week};
use crate::web::Reader;

/// How many weeks the window has where nobody says.
const USUAL_WEEKS: i32 = 4;
/// How far from this week a window begins at most.
const FARTHEST: i32 = 104;
/// Hours are planned in quarters.
const QUARTER: u32 = 15;

/// Which end of the range is planned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Point {
    /// As likely too much as too little.
    #[default]
    P50,
    /// Enough for 85 of a hundred stories.
    P85,
}

impl Point {
    /// As forms and JSON write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::P50 => "p50",
            Self::P85 => "p85",
        }
    }

    /// What it plans of a range: to the nearest quarter, and no less than one.
    #[must_use]
    pub fn of(self, hours: &Hours) -> Minutes {
        let Minutes(minutes) = match self {
            Self::P50 => hours.middle,
            Self::P85 => hours.high,
        };
        if minutes == 0 {
            return Minutes(0);
        }
        Minutes(((minutes + QUARTER / 2) / QUARTER * QUARTER).max(QUARTER))
    }
}

/// What is kept of the stories of a room beside the room itself.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The deck of the last revealed round, by story.
    pub decks: HashMap<StoryId, Deck>,
    /// The hours that were booked, by story.
    pub booked: Vec<(StoryId, AssignmentId, Minutes)>,
    /// Finished stories: what was typed, and when they were done.
    pub finished: HashMap<StoryId, (Option<Minutes>, i64)>,
}

/// An agreed story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// Which.
    pub story: StoryId,
    /// What it is called.
    pub name: String,
    /// Its number elsewhere, or empty.
    pub reference: String,
    /// What was agreed.
    pub estimate: Estimate,
    /// What that takes the team; none where nobody knows, and while it is voted on again.
    pub hours: Option<Hours>,
    /// Whether it is voted on again, and the cards are hidden: then nothing is told of its hours.
    pub voting: bool,
    /// What is booked for it.
    pub booked: Vec<(AssignmentId, Minutes)>,
    /// What was typed that it took, and when it was done.
    pub finished: Option<(Option<Minutes>, i64)>,
}

impl Agreed {
    /// Why it cannot be planned, if it cannot.
    #[must_use]
    pub fn obstacle(&self) -> Option<&'static str> {
        if self.voting {
            Some("is being voted on again")
        } else if self.finished.is_some() {
            Some("is finished")
        } else if !self.booked.is_empty() {
            Some("is planned already")
        } else if self.hours.is_none() {
            Some("has no hours yet: the team’s pace does not say what it takes")
        } else if self.hours.is_some_and(|hours| hours.high.0 == 0) {
            Some("takes nothing")
        } else {
            None
        }
    }
}

/// Whether a story lies on the table with hidden cards.
fn is_hidden(room: &Room, story: StoryId) -> bool {
    let mut rounds = room.rounds.iter();
    rounds.any(|round| round.story == Some(story) && round.revealed_at.is_none())
}

/// The agreed stories of a room, in its order.
#[must_use]
pub fn agreed(room: &Room, kept: &Kept, pace: &Pace) -> Vec<Agreed> {
    let of = |story: &Story| {
        let deck = kept.decks.get(&story.id).unwrap_or(&room.deck);
        let estimate = Estimate::of(story, deck)?;
        let voting = is_hidden(room, story.id);
        let own = kept.booked.iter().filter(|(id, ..)| *id == story.id);
        Some(Agreed {
            story: story.id,
            name: story.name.clone(),
            reference: story.reference.clone(),
            hours: if voting { None } else { pace.of(&estimate) },
            estimate,
            voting,
            booked: own
                .map(|(_, assignment, minutes)| (*assignment, *minutes))
                .collect(),
            finished: kept.finished.get(&story.id).copied(),
        })
    };
    room.stories.iter().filter_map(of).collect()
}

/// What somebody wants planned, as far as it was read.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The stories that are chosen.
    pub stories: Vec<StoryId>,
    /// On what.
    pub project: Option<ProjectId>,
    /// Whose hours.
    pub taker: Option<Taker>,
    /// The first week.
    pub from: Week,
    /// How many.
    pub weeks: u16,
    /// Which end of the range.
    pub point: Point,
}

impl Wish {
    /// Reads `stories` (all that can be planned where `chosen` does not stand there), `project`, `who` (`person-3`, `role-2`),
    /// `from`, `to` and `point`. What is missing stands for its default; what is wrong is told.
    pub fn read(
        reader: &mut Reader<'_>,
        (book, room, reach): (&Book, &Room, &Reach),
        all: &[Agreed],
        today: Day,
    ) -> Self {
        let plan = &book.plan;
        let stories = read_stories(reader, all);
        let project = read_project(reader, plan, room);
        let taker = read_taker(reader, plan);
        let (from, weeks) = read_window(reader, plan, today);
        let point = match reader.fields().text("point") {
            "" | "p50" => Point::P50,
            "p85" => Point::P85,
            _ => {
                reader.fault("point", "is p50 or p85");
                Point::P50
            }
        };
        let opens_outside = |id: ProjectId| plan.project(id).is_some_and(|project| !reach.project(project));
        if matches!(taker, Some(Taker::Role(_)))
            && *reach != Reach::Nothing
            && project.is_some_and(opens_outside)
        {
            let words = "belongs to a department that you do not manage; choose one of your people, or a project of yours";
            reader.fault("project", words);
        }
        Self {
            stories,
            project,
            taker,
            from,
            weeks,
            point,
        }
    }

    /// What shall be planned; none while something is not chosen yet.
    #[must_use]
    pub fn asked(&self, all: &[Agreed]) -> Option<Asked> {
        let own = |story: &StoryId| all.iter().find(|one| one.story == *story);
        let stories: Vec<(StoryId, Minutes)> = self
            .stories
            .iter()
            .filter_map(own)
            .filter_map(|one| Some((one.story, self.point.of(one.hours.as_ref()?))))
            .collect();
        (!stories.is_empty()).then_some(Asked {
            project: self.project?,
            taker: self.taker?,
            from: self.from,
            weeks: self.weeks,
            stories,
        })
    }
}

fn read_stories(reader: &mut Reader<'_>, all: &[Agreed]) -> Vec<StoryId> {
    let fields = reader.fields();
    if !fields.has("chosen") && !fields.has("stories") {
        let open = all.iter().filter(|one| one.obstacle().is_none());
        return open.map(|one| one.story).collect();
    }
    let mut chosen: Vec<StoryId> = Vec::new();
    for text in fields.all("stories").iter().filter(|text| !text.is_empty()) {
        let found = text.parse().ok().map(StoryId);
        let found = found.and_then(|id| all.iter().find(|one| one.story == id));
        match found.map(|one| (one, one.obstacle())) {
            None => reader.fault("stories", "holds a story that this room has not agreed on"),
            Some((one, Some(why))) => reader.fault("stories", format!("“{}” {why}", one.name)),
            Some((one, None)) if !chosen.contains(&one.story) => chosen.push(one.story),
            Some(_) => {}
        }
    }
    chosen
}

fn read_project(reader: &mut Reader<'_>, plan: &Plan, room: &Room) -> Option<ProjectId> {
    let is_open = |id: &ProjectId| plan.project(*id).is_some() && plan.counts_as(*id) != CountsAs::Closed;
    if !reader.fields().has("project") {
        return room.project.filter(is_open);
    }
    let project: Option<ProjectId> = reader.id("project");
    match project {
        Some(id) if plan.project(id).is_none() => reader.fault("project", "choose one of the projects"),
        Some(id) if !is_open(&id) => reader.fault("project", "is closed; choose another one"),
        _ => return project,
    }
    None
}

fn read_taker(reader: &mut Reader<'_>, plan: &Plan) -> Option<Taker> {
    let text = reader.fields().text("who").trim();
    if text.is_empty() {
        return None;
    }
    let id = |kind: &str| text.strip_prefix(kind).and_then(|id| id.parse::<i64>().ok());
    let person = id("person-").and_then(|id| plan.person(PersonId(id)));
    let role = id("role-").and_then(|id| plan.roles.iter().find(|role| role.id == RoleId(id)));
    match (person, role) {
        (Some(person), _) if !person.active => {
            reader.fault("who", format!("{} is no longer active", person.name));
            None
        }
        (Some(person), _) => Some(Taker::Person(person.id)),
        (None, Some(role)) => Some(Taker::Role(role.id)),
        (None, None) => {
            reader.fault("who", "choose one of the people or roles");
            None
        }
    }
}

/// As a form writes a taker.
#[must_use]
pub fn taker_text(taker: Taker) -> String {
    match taker {
        Taker::Person(id) => format!("person-{id}"),
        Taker::Role(id) => format!("role-{id}"),
    }
}

/// As people read a taker.
#[must_use]
pub fn taker_words(plan: &Plan, taker: Taker) -> String {
    match taker {
        Taker::Person(id) => plan
            .person(id)
            .map(|person| person.name.clone())
            .unwrap_or_default(),
        Taker::Role(id) => format!("an open {}", plan.role_name(Some(id))),
    }
}

fn read_window(reader: &mut Reader<'_>, plan: &Plan, today: Day) -> (Week, u16) {
    let this_week = plan.week_of(today);
    let usual = (this_week, u16::try_from(USUAL_WEEKS).unwrap_or(1));
    let first = reader.day("from").map_or(this_week, |day| plan.week_of(day));
    let last = reader.day("to").map(|day| plan.week_of(day));
    let last = last.unwrap_or_else(|| first.plus(USUAL_WEEKS - 1));
    if first < this_week {
        let label = this_week.first_day(plan.organisation.week_start).short();
        reader.fault(
            "from",
            format!("is past; the first week to plan is that of {label}"),
        );
        return usual;
    }
    if first.0 - this_week.0 > FARTHEST {
        reader.fault("from", "is more than two years away; check the year");
        return usual;
    }
    if last < first {
        reader.fault("to", "lies before the first week");
        return (first, usual.1);
    }
    let weeks = u16::try_from(last.0 - first.0 + 1).ok();
    if let Some(weeks) = weeks.filter(|weeks| *weeks <= MOST_WEEKS) {
        return (first, weeks);
    }
    reader.fault(
        "to",
        format!("is too far away: {MOST_WEEKS} weeks are planned at once at most"),
    );
    (first, usual.1)
}

/// Why nothing can be laid, in words.
#[must_use]
pub fn refusal_words(plan: &Plan, asked: &Asked, refusal: Refusal) -> String {
    let who = taker_words(plan, asked.taker);
    match refusal {
        Refusal::NotEmployed => format!("{who} works in none of these weeks; choose others"),
        Refusal::TooMuch(left) => {
            format!("{left} h find no place in these weeks; choose more of them, or fewer stories")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_planned_in_quarters_and_never_as_nothing() {
        for (minutes, planned) in [
            (0, 0),
            (1, 15),
            (22, 15),
            (23, 30),
            (240, 240),
            (247, 240),
            (248, 255),
        ] {
            let hours = Hours {
                low: Minutes(0),
                middle: Minutes(minutes),
                high: Minutes(minutes * 2),
            };
            assert_eq!(Point::P50.of(&hours), Minutes(planned), "{minutes}");
            assert!(Point::P85.of(&hours) >= Point::P50.of(&hours));
        }
    }
}
