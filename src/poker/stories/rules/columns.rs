//! What the columns of a table of stories mean: our own exports, lists that people keep, and exports of Jira as they come.

use crate::exchange::Row;
use crate::units::fold;

/// What a column says of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// What it is called.
    Name,
    /// Its number elsewhere.
    Reference,
    /// Where it stands elsewhere.
    Link,
    /// What it is about.
    Description,
    /// When it is done.
    Acceptance,
    /// Words that sort it; several columns may hold some.
    Tags,
    /// What was agreed on it elsewhere.
    Points,
}

impl Field {
    /// All of them, as a choice lists them.
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::Reference,
        Self::Link,
        Self::Description,
        Self::Acceptance,
        Self::Tags,
        Self::Points,
    ];

    /// As forms write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Reference => "reference",
            Self::Link => "link",
            Self::Description => "description",
            Self::Acceptance => "acceptance",
            Self::Tags => "tags",
            Self::Points => "points",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Reference => "Reference",
            Self::Link => "Link",
            Self::Description => "Description",
            Self::Acceptance => "Acceptance criteria",
            Self::Tags => "Tags",
            Self::Points => "Points",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == text)
    }

    /// What stands above such a column, the surest first.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Name => &[
                "summary",
                "name",
                "title",
                "story",
                "user story",
                "story name",
                "zusammenfassung",
                "titel",
            ],
            Self::Reference => &[
                "issue key",
                "key",
                "reference",
                "ref",
                "ticket",
                "issue",
                "vorgangsschlüssel",
                "schlüssel",
                "number",
                "id",
            ],
            Self::Link => &["link", "url", "issue url", "web link", "web url"],
            Self::Description => &["description", "details", "body", "beschreibung"],
            Self::Acceptance => &[
                "acceptance criteria",
                "acceptance",
                "akzeptanzkriterien",
                "definition of done",
            ],
            Self::Tags => &["labels", "label", "tags", "tag", "stichwörter"],
            Self::Points => &[
                "story points",
                "story point estimate",
                "points",
                "estimate",
                "story points estimate",
            ],
        }
    }

    /// What a head means, and how sure that is: 0 is surest.
    fn of(head: &str) -> Option<(Self, usize)> {
        let head = fold(head);
        // Jira puts what a team has added itself between brackets.
        let head = head
            .strip_prefix("custom field (")
            .and_then(|inside| inside.strip_suffix(')'))
            .unwrap_or(&head);
        Self::ALL.into_iter().find_map(|field| {
            let rank = field.names().iter().position(|name| *name == head)?;
            Some((field, rank))
        })
    }
}

/// The columns of a table, and what was taken for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// From the left: the head, the first value below it, and what it means.
    pub all: Vec<Column>,
    /// How sure each is.
    ranks: Vec<usize>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub head: String,
    /// The first value below.
    pub sample: String,
    /// What it means.
    pub field: Option<Field>,
}

/// In how many rows from the top heads are looked for: a title may stand above them.
const HEADS_WITHIN: usize = 10;
/// How many letters of a sample are shown.
const SAMPLE: usize = 60;

/// The separator by which a line near the top gives the most heads that are known, where any does. Descriptions over many
/// lines have more commas than a small table has separators, so what is below the heads does not tell.
#[must_use]
pub fn separator_of(text: &str) -> Option<u8> {
    let known = |line: &str, separator: u8| {
        let heads = line
            .split(char::from(separator))
            .map(|head| head.trim().trim_matches('"'));
        heads.filter(|head| Field::of(head).is_some()).count()
    };
    let lines = || text.lines().take(HEADS_WITHIN);
    let best = |separator: u8| lines().map(|line| known(line, separator)).max().unwrap_or(0);
    let candidates = [b'\t', b';', b',', b'|'].map(|separator| (best(separator), separator));
    let most = candidates.into_iter().max_by_key(|(known, _)| *known);
    most.filter(|(known, _)| *known > 1)
        .map(|(_, separator)| separator)
}

/// Where the heads stand among `rows`, and what they mean. Where no column is taken for the name of a story, the first row is
/// taken for the heads.
#[must_use]
pub fn recognise(rows: &[Row]) -> (usize, Columns) {
    let has_name = |row: &Row| {
        let mut cells = row.cells.iter();
        cells.any(|cell| Field::of(&cell.shown()).is_some_and(|(field, _)| field == Field::Name))
    };
    let heads = rows.iter().take(HEADS_WITHIN).position(has_name).unwrap_or(0);
    let mut columns = Columns::default();
    let width = rows.get(heads).map_or(0, |row| row.cells.len());
    for place in 0..width {
        let head = rows
            .get(heads)
            .map(|row| row.cell(place).shown())
            .unwrap_or_default();
        let below = rows
            .iter()
            .skip(heads + 1)
            .take(50)
            .map(|row| row.cell(place).shown());
        let sample = below
            .into_iter()
            .find(|sample| !sample.is_empty())
            .unwrap_or_default();
        let found = Field::of(&head);
        columns.all.push(Column {
            head,
            sample: sample.chars().take(SAMPLE).collect(),
            field: found.map(|(field, _)| field),
        });
        columns.ranks.push(found.map_or(usize::MAX, |(_, rank)| rank));
    }
    columns.settle();
    (heads, columns)
}

impl Columns {
    /// Of several columns that could be the name or the number the surest is; the others mean nothing.
    fn settle(&mut self) {
        for field in [Field::Name, Field::Reference] {
            let best = self.of(field).first().copied();
            for (place, column) in self.all.iter_mut().enumerate() {
                if column.field == Some(field) && Some(place) != best {
                    column.field = None;
                }
            }
        }
    }

    /// Lets a person put right what a column means.
    pub fn choose(&mut self, place: usize, field: Option<Field>) {
        if let (Some(column), Some(rank)) = (self.all.get_mut(place), self.ranks.get_mut(place))
            && column.field != field
        {
            column.field = field;
            *rank = 0;
        }
    }

    /// The places of the columns that mean `field`, the surest first.
    #[must_use]
    pub fn of(&self, field: Field) -> Vec<usize> {
        let mut places: Vec<(usize, usize)> = self
            .all
            .iter()
            .zip(&self.ranks)
            .enumerate()
            .filter(|(_, (column, _))| column.field == Some(field))
            .map(|(place, (_, rank))| (*rank, place))
            .collect();
        places.sort_unstable();
        places.into_iter().map(|(_, place)| place).collect()
    }

    /// How many columns mean something.
    #[must_use]
    pub fn known(&self) -> usize {
        self.all.iter().filter(|column| column.field.is_some()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::read_rows;

    fn fields(heads: &str) -> Vec<Option<Field>> {
        let rows = read_rows(heads, None, 10).unwrap();
        recognise(&rows)
            .1
            .all
            .into_iter()
            .map(|column| column.field)
            .collect()
    }

    #[test]
    fn the_heads_of_a_jira_export_are_known_as_they_come() {
        use Field::{Acceptance, Description, Name, Points, Reference, Tags};
        assert_eq!(
            fields(
                "Summary,Issue key,Issue id,Issue Type,Status,Labels,Labels,Description,Custom field (Story Points),Custom field (Acceptance Criteria)"
            ),
            [
                Some(Name),
                Some(Reference),
                None,
                None,
                None,
                Some(Tags),
                Some(Tags),
                Some(Description),
                Some(Points),
                Some(Acceptance)
            ]
        );
    }

    #[test]
    fn lists_that_people_keep_are_known_too() {
        use Field::{Link, Name, Points, Reference};
        assert_eq!(fields("id;title;url"), [Some(Reference), Some(Name), Some(Link)]);
        assert_eq!(
            fields("Key\tID\tStory\tEstimate"),
            [Some(Reference), None, Some(Name), Some(Points)]
        );
        assert_eq!(
            fields("NAME,title,whatever"),
            [Some(Name), None, None],
            "the surer of two names"
        );
        assert_eq!(fields("foo,bar"), [None, None]);
    }

    #[test]
    fn heads_may_stand_below_a_title() {
        let rows = read_rows("Sprint 24\n\nKey,Summary\nA-1,One", None, 10).unwrap();
        let (heads, columns) = recognise(&rows);
        assert_eq!((heads, columns.known()), (1, 2));
        assert_eq!(columns.all[1].sample, "One");
    }
}
