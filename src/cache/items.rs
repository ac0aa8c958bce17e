//! Answers of many items, each of which changes by itself: what has changed is said anew, and what has not is said in the same words.

use std::sync::Arc;

use bytes::Bytes;

use crate::web::pieces::Piece;

/// So many items in a row are packed together. With fewer the answer is longer, with more of them more is packed anew for each change.
const RUN: usize = 8;

/// An answer of many items.
pub struct Items<F> {
    /// What stands before them.
    pub head: String,
    /// What stands between any two of them.
    pub between: &'static str,
    /// What stands after them.
    pub tail: &'static str,
    /// For each item the newest change of the plan that it depends on. Two of the same place and revision are the same item: whatever
    /// moves items has to raise it.
    pub revisions: Vec<i64>,
    /// Writes what the item of this number says.
    pub item: F,
}

/// Some items in a row, as they were said last.
#[derive(Debug)]
pub struct Run {
    items: Vec<Item>,
    piece: Arc<Piece>,
}

/// Where an item stands in the text of its run.
#[derive(Debug)]
struct Item {
    revision: i64,
    start: usize,
    end: usize,
}

impl Run {
    /// How many bytes it takes.
    pub fn weight(&self) -> usize {
        self.piece.weight() + self.items.len() * size_of::<Item>()
    }

    fn is_of(&self, revisions: &[i64]) -> bool {
        self.items
            .iter()
            .map(|item| item.revision)
            .eq(revisions.iter().copied())
    }

    /// What the item in this place said, where it is of this `revision`.
    fn said(&self, place: usize, revision: i64) -> Option<Bytes> {
        let item = self.items.get(place).filter(|item| item.revision == revision)?;
        self.piece.part(item.start..item.end)
    }
}

impl<F: Fn(usize, &mut Vec<u8>)> Items<F> {
    /// About how many bytes have to be written or packed where the runs were the `last` ones before; none where nobody knows.
    pub fn work(&self, last: &[Arc<Run>], packs: bool) -> Option<usize> {
        let mut runs = self.revisions.chunks(RUN).enumerate();
        runs.try_fold(0, |sum, (number, revisions)| {
            let run = last.get(number)?;
            let is_done = run.is_of(revisions) && (!packs || run.piece.is_packed());
            Some(sum + if is_done { 0 } else { run.piece.length() })
        })
    }

    /// The runs, those of the `last` ones that have not changed among them.
    pub fn runs(&self, last: &[Arc<Run>]) -> Vec<Arc<Run>> {
        let runs = self.revisions.chunks(RUN).enumerate();
        let runs = runs.map(|(number, revisions)| match last.get(number) {
            Some(run) if run.is_of(revisions) => Arc::clone(run),
            run => Arc::new(self.run(number * RUN, revisions, run)),
        });
        runs.collect()
    }

    fn run(&self, first: usize, revisions: &[i64], last: Option<&Arc<Run>>) -> Run {
        let mut text = Vec::with_capacity(last.map_or(0, |run| run.piece.length() + 64));
        let mut items = Vec::with_capacity(revisions.len());
        for (place, revision) in revisions.iter().copied().enumerate() {
            if first + place > 0 {
                text.extend_from_slice(self.between.as_bytes());
            }
            let start = text.len();
            match last.and_then(|run| run.said(place, revision)) {
                Some(said) => text.extend_from_slice(&said),
                None => (self.item)(first + place, &mut text),
            }
            let end = text.len();
            items.push(Item { revision, start, end });
        }
        let piece = Piece::new(text);
        Run { items, piece }
    }

    /// All of it.
    pub fn whole(self, runs: &[Arc<Run>]) -> Arc<Piece> {
        let mut pieces = Vec::with_capacity(runs.len() + 2);
        pieces.push(Piece::new(self.head));
        pieces.extend(runs.iter().map(|run| Arc::clone(&run.piece)));
        pieces.push(Piece::new(self.tail));
        Piece::joined(pieces)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn those_items_are_said_anew_that_have_changed() {
        let mut last = Vec::new();
        let many: Vec<i64> = (0..20).collect();
        let all: Vec<usize> = (0..20).collect();
        for (revisions, anew) in [
            (&[1, 1, 1][..], &[0, 1, 2][..]),
            (&[1, 2, 1], &[1]),
            (&[1, 2], &[]),
            (&[1, 3, 4, 4], &[1, 2, 3]),
            (&many, &all),
            (&many, &[]),
            (&many[..17], &[]),
            (&[], &[]),
        ] {
            let made = Mutex::new(Vec::new());
            let items = Items {
                head: "[".to_owned(),
                between: ", ",
                tail: "]",
                revisions: revisions.to_vec(),
                item: |number: usize, text: &mut Vec<u8>| {
                    made.lock().unwrap().push(number);
                    text.extend(format!("{number}@{}", revisions[number]).bytes());
                },
            };
            let runs = items.runs(&last);
            let whole = items.whole(&runs);
            let said: Vec<String> = revisions
                .iter()
                .enumerate()
                .map(|(number, revision)| format!("{number}@{revision}"))
                .collect();
            assert_eq!(whole.text(), format!("[{}]", said.join(", ")));
            assert_eq!(made.into_inner().unwrap(), anew);
            last = runs;
        }
    }

    #[test]
    fn work_is_what_has_changed_or_is_not_packed_yet() {
        let items = |revisions: &[i64]| Items {
            head: String::new(),
            between: "",
            tail: "",
            revisions: revisions.to_vec(),
            item: |_: usize, text: &mut Vec<u8>| text.extend(b"said"),
        };
        let first = items(&[1; 9]);
        assert_eq!(first.work(&[], false), None);
        let runs = first.runs(&[]);
        let second = items(&[1, 1, 1, 1, 1, 1, 1, 1, 2]);
        assert_eq!(second.work(&runs, false), Some(4));
        assert_eq!(second.work(&runs, true), Some(36));
        let _ = first.whole(&runs).packed_now();
        assert_eq!(second.work(&runs, true), Some(4));
        assert_eq!(items(&[1; 17]).work(&runs, true), None);
    }
}
