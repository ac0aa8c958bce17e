//! What a query may weigh, told from its text before anything runs.
//!
//! Fragments are counted wherever they are used, so that a small text that unfolds into a large one weighs what it
//! unfolds into; the walk ends as soon as a limit is passed.

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};

/// Bytes of a query's text.
pub const LONGEST: usize = 16 * 1024;
/// Fields inside fields.
pub const DEEPEST: usize = 10;
/// Names that a query gives to fields.
pub const MOST_ALIASES: usize = 15;
/// Fields, with fragments unfolded.
pub const MOST_FIELDS: usize = 1_000;
/// What fields may cost together: about one for each value of the answer.
pub const MOST_COST: usize = 20_000;
/// Directives on one field.
pub const MOST_DIRECTIVES: usize = 5;
/// Brackets inside brackets, wherever: checked before the text is parsed.
const MOST_BRACKETS: usize = 32;

/// Why a query is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For people.
    pub message: String,
    /// For programs.
    pub code: &'static str,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code,
        }
    }
}

/// A query that may run.
#[derive(Debug)]
pub struct Weighed {
    /// Parsed.
    pub document: ExecutableDocument,
    /// Whether all it does is sign somebody in.
    pub only_signs_in: bool,
}

/// Weighs a query.
///
/// * `open`: whether the schema may be asked for.
///
/// # Errors
/// The first limit that it passes.
pub fn weighed(text: &str, open: bool) -> Result<Weighed, Refusal> {
    if text.len() > LONGEST {
        return Err(heavy(format!("is longer than {LONGEST} bytes")));
    }
    if brackets(text) > MOST_BRACKETS {
        return Err(heavy(format!(
            "has more than {MOST_BRACKETS} brackets inside each other"
        )));
    }
    let document = parse_query(text)
        .map_err(|error| Refusal::new("UNREADABLE", format!("The query cannot be read: {error}")))?;
    let mut walk = Walk {
        document: &document,
        open,
        fields: 0,
        aliases: 0,
        inside: Vec::new(),
    };
    for (_, operation) in document.operations.iter() {
        walk.set(&operation.node.selection_set.node, 1)?;
    }
    // A fragment that nothing uses is parsed and checked all the same.
    (walk.fields, walk.aliases) = (0, 0);
    for fragment in document.fragments.values() {
        walk.set(&fragment.node.selection_set.node, 1)?;
    }
    let mut only_signs_in = true;
    for (_, operation) in document.operations.iter() {
        let names = roots(&operation.node.selection_set.node);
        let mutates = operation.node.ty == OperationType::Mutation;
        if mutates && names.len() > 1 {
            return Err(Refusal::new("ONE_AT_A_TIME", "A mutation does one thing."));
        }
        only_signs_in &= mutates && names == [Some("login")];
    }
    Ok(Weighed {
        document,
        only_signs_in,
    })
}

fn heavy(what: impl std::fmt::Display) -> Refusal {
    Refusal::new("TOO_HEAVY", format!("The query {what}."))
}

/// How deep brackets stand inside each other, those in texts and comments not counted.
fn brackets(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut in_comment, mut escaped) = (false, false, false);
    for byte in text.bytes() {
        match byte {
            b'\n' | b'\r' => (in_comment, in_text) = (false, false),
            _ if in_comment => {}
            b'"' if !escaped => in_text = !in_text,
            b'#' if !in_text => in_comment = true,
            b'{' | b'(' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b')' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = in_text && !escaped && byte == b'\\';
    }
    deepest
}

/// The fields at the top of an operation; none for whatever else stands there.
fn roots(set: &SelectionSet) -> Vec<Option<&str>> {
    set.items
        .iter()
        .map(|item| match &item.node {
            Selection::Field(field) => Some(field.node.name.node.as_str()),
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
        })
        .collect()
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    open: bool,
    fields: usize,
    aliases: usize,
    /// The fragments that the walk is inside of.
    inside: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet, depth: usize) -> Result<(), Refusal> {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    self.count(field.alias.is_some())?;
                    if !self.open && matches!(field.name.node.as_str(), "__schema" | "__type") {
                        return Err(Refusal::new(
                            "SCHEMA_CLOSED",
                            "The schema is not told here; it stands in the documentation.",
                        ));
                    }
                    if depth > DEEPEST {
                        return Err(heavy(format!("goes deeper than {DEEPEST} fields")));
                    }
                    self.set(&field.selection_set.node, depth + 1)?;
                }
                Selection::InlineFragment(fragment) => {
                    self.count(false)?;
                    self.set(&fragment.node.selection_set.node, depth)?;
                }
                Selection::FragmentSpread(spread) => {
                    self.count(false)?;
                    self.fragment(spread.node.fragment_name.node.as_str(), depth)?;
                }
            }
        }
        Ok(())
    }

    fn fragment(&mut self, name: &'a str, depth: usize) -> Result<(), Refusal> {
        if self.inside.contains(&name) {
            return Err(Refusal::new(
                "CIRCULAR",
                format!("The fragment {name} leads back to itself."),
            ));
        }
        // One that does not exist is the schema's to tell.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(());
        };
        self.inside.push(name);
        self.set(&fragment.node.selection_set.node, depth)?;
        self.inside.pop();
        Ok(())
    }

    fn count(&mut self, named: bool) -> Result<(), Refusal> {
        self.fields += 1;
        self.aliases += usize::from(named);
        if self.fields > MOST_FIELDS {
            return Err(heavy(format!("asks for more than {MOST_FIELDS} fields")));
        }
        if self.aliases > MOST_ALIASES {
            return Err(heavy(format!("gives more than {MOST_ALIASES} names to fields")));
        }
        Ok(())
    }
}

/// How many items a page holds where nobody says.
const USUAL_PAGE: i32 = 50;
/// How many a page inside a page holds where nobody says.
const USUAL_PART: i32 = 20;
/// How many either holds at most.
const LARGEST_PAGE: i32 = 200;
/// How many weeks are told where nobody says.
const USUAL_WEEKS: i32 = 12;
/// How many are told at most.
const MOST_WEEKS: i32 = 104;

/// As many items as `first` asks for, within what a page holds.
pub fn page_size(first: Option<i32>) -> usize {
    usize::try_from(first.unwrap_or(USUAL_PAGE).clamp(1, LARGEST_PAGE)).unwrap_or(1)
}

/// What `first` means for a page that stands inside another.
pub fn part(first: Option<i32>) -> Option<i32> {
    first.or(Some(USUAL_PART))
}

/// As many weeks as were asked for, within what is told.
pub fn week_count(weeks: Option<i32>) -> u16 {
    u16::try_from(weeks.unwrap_or(USUAL_WEEKS).clamp(1, MOST_WEEKS)).unwrap_or(1)
}

/// What a page costs.
pub fn page_cost(first: Option<i32>, each: usize) -> usize {
    page_size(first).saturating_mul(each).saturating_add(1)
}

/// What a list of weeks costs.
pub fn weeks_cost(weeks: Option<i32>, each: usize) -> usize {
    usize::from(week_count(weeks))
        .saturating_mul(each)
        .saturating_add(1)
}

/// What sums over the whole plan cost: they look at everybody, however little is asked for.
pub fn sums_cost(weeks: Option<i32>, each: usize) -> usize {
    usize::from(week_count(weeks))
        .saturating_mul(20)
        .saturating_add(each.saturating_mul(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        weighed(text, false).err().map_or("", |refusal| refusal.code)
    }

    /// `inner` inside so many fields.
    fn nested(fields: usize) -> String {
        format!("{}{{ a }}{}", "{ a ".repeat(fields - 1), "}".repeat(fields - 1))
    }

    #[test]
    fn what_passes_a_limit_is_refused_and_what_is_at_it_is_not() {
        assert_eq!(code(&nested(DEEPEST)), "");
        assert_eq!(code(&nested(DEEPEST + 1)), "TOO_HEAVY");
        let aliases = |count: usize| {
            let names: Vec<String> = (0..count).map(|number| format!("a{number}: a")).collect();
            format!("{{ {} }}", names.join(" "))
        };
        assert_eq!(code(&aliases(MOST_ALIASES)), "");
        assert_eq!(code(&aliases(MOST_ALIASES + 1)), "TOO_HEAVY");
        assert_eq!(code(&format!("{{ {} }}", "a ".repeat(MOST_FIELDS))), "");
        assert_eq!(
            code(&format!("{{ {} }}", "a ".repeat(MOST_FIELDS + 1))),
            "TOO_HEAVY"
        );
        assert_eq!(code(&format!("{{ a }} #{}", " ".repeat(LONGEST))), "TOO_HEAVY");
    }

    #[test]
    fn what_stands_in_a_fragment_counts_each_time_it_is_used() {
        let bomb = (0..40).fold("{ ...f0 }".to_owned(), |text, number| {
            format!(
                "{text} fragment f{number} on Query {{ a ...f{0} ...f{0} }}",
                number + 1
            )
        });
        assert_eq!(code(&(bomb + " fragment f40 on Query { a }")), "TOO_HEAVY");
        let named = "{ ...f ...f } fragment f on Query { a1: a a2: a a3: a a4: a a5: a a6: a a7: a a8: a }";
        assert_eq!(code(named), "TOO_HEAVY", "eight names twice are sixteen");
        let deep = format!("{{ a {{ ...f }} }} fragment f on Query {}", nested(DEEPEST));
        assert_eq!(code(&deep), "TOO_HEAVY");
    }

    #[test]
    fn a_fragment_that_leads_back_to_itself_is_refused_used_or_not() {
        for text in [
            "{ ...f } fragment f on Query { ...f }",
            "{ ...f } fragment f on Query { a { ...g } } fragment g on A { ...f }",
            "{ a } fragment f on Query { ...g } fragment g on Query { ...f }",
        ] {
            assert_eq!(code(text), "CIRCULAR", "{text}");
        }
    }

    #[test]
    fn brackets_without_end_are_refused_before_they_are_parsed() {
        for open in ["{a", "[", "{a(b:["] {
            assert_eq!(code(&open.repeat(LONGEST / open.len())), "TOO_HEAVY", "{open}");
        }
        assert_eq!(code(&format!("{{ a(b: \"{}\") }}", "[".repeat(100))), "");
        assert_eq!(code(&format!("{{ a(b: \"\\\"{}\") }}", "[".repeat(100))), "");
        assert_eq!(code(&format!("{{ a }} # {}", "[".repeat(100))), "");
    }

    #[test]
    fn the_schema_is_told_only_where_it_is_open() {
        for text in [
            "{ __schema { types { name } } }",
            "{ ...f } fragment f on Query { a: __type(name: \"A\") { name } }",
        ] {
            assert_eq!(code(text), "SCHEMA_CLOSED", "{text}");
            assert!(weighed(text, true).is_ok(), "{text}");
        }
        assert!(weighed("{ __typename }", false).is_ok());
    }

    #[test]
    fn signing_in_is_one_field_of_one_mutation() {
        for (text, only) in [
            (
                "mutation { login(email: \"a\", password: \"b\") { accessToken } }",
                true,
            ),
            (
                "mutation { in: login(email: \"a\", password: \"b\") { accessToken } }",
                true,
            ),
            ("{ login }", false),
            ("mutation { other }", false),
            (
                "mutation { ...f } fragment f on Mutation { login { accessToken } }",
                false,
            ),
            (
                "mutation a { login { accessToken } } query b { people { nodes { id } } }",
                false,
            ),
        ] {
            assert_eq!(weighed(text, false).unwrap().only_signs_in, only, "{text}");
        }
        assert_eq!(
            code("mutation { a: login { accessToken } b: login { accessToken } }"),
            "ONE_AT_A_TIME"
        );
    }

    #[test]
    fn pages_and_weeks_stay_within_what_is_told() {
        for (asked, given) in [
            (None, 50),
            (Some(-3), 1),
            (Some(0), 1),
            (Some(7), 7),
            (Some(i32::MAX), 200),
        ] {
            assert_eq!(page_size(asked), given);
        }
        for (asked, given) in [
            (None, 12),
            (Some(i32::MIN), 1),
            (Some(26), 26),
            (Some(1_000), 104),
        ] {
            assert_eq!(week_count(asked), given);
        }
        assert_eq!(page_cost(Some(10), 3), 31);
        assert_eq!(page_cost(Some(10), usize::MAX), usize::MAX);
    }
}
