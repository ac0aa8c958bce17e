//! A story as somebody types it.

use super::link::read_link;
use crate::poker::rules::points::Points;
use crate::poker::rules::room::Story;
use crate::units::{Name, fold, text};
use crate::web::{Fields, Reader};

/// How many stories a room takes.
pub const MOST: usize = 500;
/// How many characters a reference has at most.
pub(super) const REFERENCE: usize = 60;
/// How many characters the description and the acceptance criteria have at most.
pub(super) const LONG: usize = 10_000;
/// How many words sort one story at most, and how many characters one has.
const TAGS: usize = 20;
const TAG: usize = 40;

/// Why a room with `there` stories takes no `more`, where it does not.
#[must_use]
pub fn too_many(there: usize, more: usize) -> Option<String> {
    let left = MOST.saturating_sub(there);
    (more > left).then(|| match there {
        0 => format!("These are {more} stories, and a room takes {MOST}. Nothing was added; bring fewer."),
        _ => format!(
            "These are {more} stories. A room takes {MOST} and this one has {there}, so {left} more fit. Nothing was added; bring fewer."
        ),
    })
}

/// A story that is to be added, or what an existing one is to become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoryDraft {
    /// What it is called.
    pub name: String,
    /// Its number elsewhere, or empty.
    pub reference: String,
    /// Where it stands elsewhere, or empty.
    pub link: String,
    /// What it is about, or empty.
    pub description: String,
    /// When it is done, or empty.
    pub acceptance: String,
    /// Words that sort it.
    pub tags: Vec<String>,
    /// What was agreed on it elsewhere, where it comes from a file that says so.
    pub points: Option<Points>,
}

impl StoryDraft {
    /// The values of its form.
    #[must_use]
    pub fn values(story: &Story) -> [(&'static str, String); 6] {
        [
            ("name", story.name.clone()),
            ("reference", story.reference.clone()),
            ("link", story.link.clone()),
            ("tags", story.tags.join(", ")),
            ("description", story.description.clone()),
            ("acceptance", story.acceptance.clone()),
        ]
    }
}

/// What a form or a JSON object says of a story; what is wrong is told by field.
pub fn read_draft(reader: &mut Reader<'_>) -> StoryDraft {
    StoryDraft {
        name: reader.parsed("name", |text| Name::parse(text).map(String::from)),
        reference: reader.line("reference", REFERENCE),
        link: reader.parsed("link", read_link),
        description: reader.parsed("description", text::notes),
        acceptance: reader.parsed("acceptance", text::notes),
        tags: tags(reader),
        points: None,
    }
}

/// Tags come between commas from a form, and as a list from a program.
fn tags(reader: &mut Reader<'_>) -> Vec<String> {
    let fields: &Fields = reader.fields();
    match read_tags(fields.all("tags").iter().map(String::as_str)) {
        Ok(tags) => tags,
        Err(fault) => {
            reader.fault("tags", fault);
            Vec::new()
        }
    }
}

/// Words between commas, each once, in the order in which they come.
pub(super) fn read_tags<'a>(lists: impl Iterator<Item = &'a str>) -> Result<Vec<String>, String> {
    let mut tags: Vec<String> = Vec::new();
    for word in lists.flat_map(|list| list.split(',')) {
        let tag = text::line(word, TAG).map_err(|_| format!("has a tag of more than {TAG} characters"))?;
        if !tag.is_empty() && tags.iter().all(|other| fold(other) != fold(&tag)) {
            tags.push(tag);
        }
    }
    if tags.len() > TAGS {
        return Err(format!("takes {TAGS} tags at most"));
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<StoryDraft, Vec<String>> {
        let fields = Fields::from_form(body.as_bytes());
        let mut reader = Reader::new(&fields);
        let draft = read_draft(&mut reader);
        let finished = reader.finish(draft);
        finished.map_err(|faults| faults.into_iter().map(|fault| fault.field).collect())
    }

    #[test]
    fn a_story_is_read_as_it_is_typed() {
        let draft = read("name=+Relay++layout&reference=BAL-118&link=https://x.example/1&tags=a,+B,,b,A&description=one%0D%0Atwo").unwrap();
        assert_eq!(
            draft,
            StoryDraft {
                name: "Relay layout".to_owned(),
                reference: "BAL-118".to_owned(),
                link: "https://x.example/1".to_owned(),
                description: "one\ntwo".to_owned(),
                tags: vec!["a".to_owned(), "B".to_owned()],
                ..StoryDraft::default()
            }
        );
    }

    #[test]
    fn every_fault_of_a_story_names_its_field() {
        let long = |field: &str, length: usize| format!("name=x&{field}={}", "y".repeat(length));
        for (body, fields) in [
            ("name=".to_owned(), vec!["name"]),
            (format!("name={}", "n".repeat(201)), vec!["name"]),
            (long("reference", 61), vec!["reference"]),
            (long("description", 10_001), vec!["description"]),
            (long("acceptance", 10_001), vec!["acceptance"]),
            (long("tags", 41), vec!["tags"]),
            ("name=x&link=javascript:alert(1)".to_owned(), vec!["link"]),
            ("name=&link=ftp://x".to_owned(), vec!["name", "link"]),
        ] {
            assert_eq!(read(&body), Err(fields.into_iter().map(str::to_owned).collect()));
        }
        let many: Vec<String> = (0..=TAGS).map(|tag| tag.to_string()).collect();
        assert_eq!(
            read(&format!("name=x&tags={}", many.join(","))),
            Err(vec!["tags".to_owned()])
        );
    }

    #[test]
    fn a_script_in_a_description_is_text_like_any_other() {
        let draft = read("name=x&description=%3Cscript%3Ealert(1)%3C/script%3E").unwrap();
        assert_eq!(draft.description, "<script>alert(1)</script>");
    }
}
