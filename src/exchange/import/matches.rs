//! What a row of a file means: somebody or something of the plan, or nobody yet.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use crate::units::fold;

/// What a row means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Match<I> {
    /// Nothing that is there.
    New,
    /// This.
    Is(I),
    /// One of so many that are called the same.
    Several(usize),
}

/// Finds by key first, for all rows; then by name, among what no row means already. Upper and lower case make no difference.
///
/// * `known`: ids with their keys, blank where there is none, and their names.
/// * `rows`: keys where they are given, and names.
pub(super) fn matches<'a, I: Copy + Eq + Hash>(
    known: impl Iterator<Item = (I, &'a str, &'a str)>,
    rows: &[(Option<&str>, &str)],
) -> Vec<Match<I>> {
    let mut by_key: HashMap<String, I> = HashMap::new();
    let mut by_name: HashMap<String, Vec<I>> = HashMap::new();
    for (id, key, name) in known {
        if !key.is_empty() {
            by_key.insert(fold(key), id);
        }
        by_name.entry(fold(name)).or_default().push(id);
    }
    let sure = rows.iter().map(|(key, _)| by_key.get(&fold((*key)?)).copied());
    let sure: Vec<Option<I>> = sure.collect();
    let mut meant: HashSet<I> = sure.iter().flatten().copied().collect();
    let mut called = |name: &str| {
        let all = by_name.get(&fold(name)).into_iter().flatten().copied();
        let free: Vec<I> = all.filter(|id| !meant.contains(id)).collect();
        match free.as_slice() {
            [] => Match::New,
            [only] => {
                meant.insert(*only);
                Match::Is(*only)
            }
            several => Match::Several(several.len()),
        }
    };
    rows.iter()
        .zip(sure)
        .map(|((_, name), sure)| sure.map_or_else(|| called(name), Match::Is))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_means_what_has_its_key_or_else_the_only_one_of_its_name_that_no_row_means() {
        let known = || {
            [
                (1, "ada@x", "Ada"),
                (2, "", "Bo"),
                (3, "bo@x", "Bo"),
                (4, "", "Cy"),
            ]
            .into_iter()
        };
        let is = Match::Is;
        for (rows, expected) in [
            (&[(Some("ADA@x"), "Somebody")][..], &[is(1)][..]),
            (&[(None, "ada")], &[is(1)]),
            (&[(Some("new@x"), "Cy")], &[is(4)]),
            (&[(None, "Bo")], &[Match::Several(2)]),
            // The one with the key is meant already, wherever its row stands.
            (&[(None, "Bo"), (Some("bo@x"), "Bo")], &[is(2), is(3)]),
            (&[(None, "Cy"), (None, "Cy")], &[is(4), Match::New]),
            (&[(None, "Di")], &[Match::New]),
        ] {
            assert_eq!(matches(known(), rows), expected, "{rows:?}");
        }
    }
}
