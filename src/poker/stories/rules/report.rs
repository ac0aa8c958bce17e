//! What leaves a room as a file. It is made from what a reader may see (a [`View`] and rounds that went through the same
//! mask), so a round that was not revealed brings no value along.

use serde::Serialize;
use utoipa::ToSchema;

use crate::poker::rules::points::Points;
use crate::poker::rules::statistics::Bar;
use crate::poker::rules::view::{StoryView, Table as RoundView, View};
use crate::sheet::{Cell, Column, Shape, Table};

/// A room with its stories and every round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What the room is called.
    pub room: String,
    /// Whether it was ended.
    pub ended: bool,
    /// The points of all stories together: `41`, `12.5`.
    pub points: String,
    /// Its stories in their order.
    pub stories: Vec<StoryReport>,
    /// The rounds about nothing that is written down, the first one first.
    pub quick_votes: Vec<RoundReport>,
}

/// One story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoryReport {
    /// Its number elsewhere, or blank.
    pub reference: String,
    /// What it is called.
    pub name: String,
    /// Where it stands elsewhere, or blank.
    pub link: String,
    /// What it is about, or blank.
    pub description: String,
    /// When it is done, or blank.
    pub acceptance: String,
    /// Words that sort it.
    pub tags: Vec<String>,
    /// Whether the team passed over it.
    pub skipped: bool,
    /// What was agreed: a card, or a number.
    pub estimate: Option<String>,
    /// Its points, where it has any.
    pub points: Option<String>,
    /// Why.
    pub note: String,
    /// Every round, the first one first.
    pub rounds: Vec<RoundReport>,
}

/// One round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoundReport {
    /// 1, 2, 3 … of its story.
    pub number: i64,
    /// When it began, in milliseconds since 1970.
    pub opened_at: i64,
    /// Whether the cards were laid open. Without that nothing is said of them.
    pub revealed: bool,
    /// Whether nobody learns who voted what.
    pub anonymous: bool,
    /// How many voted.
    pub voted: usize,
    /// Who voted what; blank where that is not told.
    pub votes: Vec<VoteReport>,
    /// How often each card was chosen; blank where that is not told.
    pub cards: Vec<Bar>,
    /// The middle.
    pub median: Option<String>,
    /// The mean.
    pub mean: Option<String>,
    /// The smallest card that was chosen.
    pub lowest: Option<String>,
    /// The largest.
    pub highest: Option<String>,
    /// How many of a hundred chose the most frequent size.
    pub agreement: Option<usize>,
}

/// One vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VoteReport {
    /// Whose.
    pub name: String,
    /// What stands on the card.
    pub card: String,
}

impl RoundReport {
    /// What a viewer sees of a round, in short.
    #[must_use]
    pub fn of(round: &RoundView) -> Self {
        let result = round.result.clone().unwrap_or_default();
        let vote = |hand: &crate::poker::rules::view::Hand| {
            let card = hand.card.clone()?;
            Some(VoteReport {
                name: hand.name.clone(),
                card,
            })
        };
        Self {
            number: round.number,
            opened_at: round.opened_at,
            revealed: round.revealed,
            anonymous: round.anonymous,
            voted: round.voted,
            votes: round.hands.iter().filter_map(vote).collect(),
            cards: result.bars,
            median: result.median,
            mean: result.mean,
            lowest: result.lowest,
            highest: result.highest,
            agreement: result.agreement,
        }
    }

    /// `Mina 5, Jonas 13`, or `2 × 5, 1 × 13` of an anonymous round.
    #[must_use]
    pub fn told(&self) -> String {
        let votes: Vec<String> = if self.votes.is_empty() {
            let bars = self.cards.iter();
            bars.map(|bar| format!("{} × {}", bar.count, bar.label)).collect()
        } else {
            let votes = self.votes.iter();
            votes.map(|vote| format!("{} {}", vote.name, vote.card)).collect()
        };
        votes.join(", ")
    }

    /// `3 to 13`, or the one card that all chose.
    #[must_use]
    pub fn spread(&self) -> String {
        match (&self.lowest, &self.highest) {
            (Some(lowest), Some(highest)) if lowest == highest => lowest.clone(),
            (Some(lowest), Some(highest)) => format!("{lowest} to {highest}"),
            _ => String::new(),
        }
    }
}

impl Report {
    /// A room from what may be seen of it; `rounds` in any order.
    #[must_use]
    pub fn of(view: &View, rounds: &[RoundView]) -> Self {
        let mut rounds: Vec<&RoundView> = rounds.iter().collect();
        rounds.sort_unstable_by_key(|round| round.round_id);
        let about = |story| -> Vec<RoundReport> {
            let own = rounds.iter().filter(|round| round.story == story);
            own.map(|round| RoundReport::of(round)).collect()
        };
        let sum = view.stories.iter().filter_map(|story| story.points);
        let sum = sum.fold(0_i32, i32::saturating_add);
        Self {
            room: view.name.clone(),
            ended: view.ended,
            points: Points::hundredths(sum).to_string(),
            stories: view
                .stories
                .iter()
                .map(|story| StoryReport::of(story, about(Some(story.id))))
                .collect(),
            quick_votes: about(None),
        }
    }

    /// As a table with a row for each story.
    #[must_use]
    pub fn table(&self) -> Table {
        let heads = [
            "Reference",
            "Name",
            "Estimate",
            "Points",
            "Median",
            "Mean",
            "Spread",
            "Rounds",
            "Votes",
            "Note",
            "Skipped",
            "Tags",
            "Link",
            "Description",
            "Acceptance criteria",
        ];
        Table {
            name: "Stories".to_owned(),
            columns: heads
                .iter()
                .map(|head| Column::titled(head, Shape::Text))
                .collect(),
            rows: self.stories.iter().map(StoryReport::cells).collect(),
        }
    }

    /// As a table in Markdown, for a ticket or a chat.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n", plain(&self.room));
        if self.stories.is_empty() {
            text.push_str("No stories.\n");
            return text;
        }
        text.push_str("| Story | Estimate | Votes | Note |\n| --- | ---: | --- | --- |\n");
        for story in &self.stories {
            let estimate = match (&story.estimate, story.skipped) {
                (Some(estimate), _) => plain(estimate),
                (None, true) => "skipped".to_owned(),
                (None, false) => "–".to_owned(),
            };
            let last = story.last().map(RoundReport::told).unwrap_or_default();
            let cells = [story.titled(), estimate, plain(&last), plain(&story.note)];
            text.extend(["| ", &cells.join(" | "), " |\n"]);
        }
        text.extend(["\n", &self.points, " points\n"]);
        text
    }
}

impl StoryReport {
    fn of(story: &StoryView, rounds: Vec<RoundReport>) -> Self {
        Self {
            reference: story.reference.clone(),
            name: story.name.clone(),
            link: story.link.clone(),
            description: story.description.clone(),
            acceptance: story.acceptance.clone(),
            tags: story.tags.clone(),
            skipped: story.skipped,
            estimate: story.estimate.clone(),
            points: story.points.map(|points| Points::hundredths(points).to_string()),
            note: story.note.clone(),
            rounds,
        }
    }

    /// The last round of which something is told.
    fn last(&self) -> Option<&RoundReport> {
        self.rounds.iter().rev().find(|round| round.revealed)
    }

    fn cells(&self) -> Vec<Cell> {
        let of = |read: fn(&RoundReport) -> String| self.last().map(read).unwrap_or_default();
        [
            self.reference.clone(),
            self.name.clone(),
            self.estimate.clone().unwrap_or_default(),
            self.points.clone().unwrap_or_default(),
            of(|round| round.median.clone().unwrap_or_default()),
            of(|round| round.mean.clone().unwrap_or_default()),
            of(RoundReport::spread),
            self.rounds.len().to_string(),
            of(RoundReport::told),
            self.note.clone(),
            if self.skipped { "yes" } else { "" }.to_owned(),
            self.tags.join(", "),
            self.link.clone(),
            self.description.clone(),
            self.acceptance.clone(),
        ]
        .map(Cell::text)
        .into()
    }

    /// Reference and name, leading to where the story stands.
    fn titled(&self) -> String {
        let name = match self.reference.as_str() {
            "" => plain(&self.name),
            same if same == self.name => plain(&self.name),
            reference => format!("{} {}", plain(reference), plain(&self.name)),
        };
        if self.link.is_empty() {
            return name;
        }
        // Angle brackets take every address that has none itself, which ours have not.
        format!("[{name}](<{}>)", self.link.replace('|', "%7C"))
    }
}

/// A text that means nothing else in a cell of a Markdown table.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' => plain.push(' '),
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '~' | '!' | '&' => {
                plain.push('\\');
                plain.push(letter);
            }
            _ => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
