//! To which phase the hours of a project's weeks belong.

use std::collections::HashMap;

use super::{Query, Subject, Sums};
use crate::book::{Book, Deliverable};
use crate::units::ids::ProjectId;
use crate::units::{Week, WeekStart, fold};

/// To which phase the weeks of projects belong.
pub(super) struct Phases<'a> {
    book: &'a Book,
    /// How the first deliverable of a phase writes it, so that `SD` and `sd` are one.
    called: HashMap<String, &'a str>,
    /// The rows of a project's weeks, worked out once.
    rows: HashMap<ProjectId, Vec<usize>>,
}

impl<'a> Phases<'a> {
    pub(super) fn new(book: &'a Book) -> Self {
        let mut called = HashMap::new();
        for one in &book.plan.deliverables {
            let text = one.phase.trim();
            if !text.is_empty() {
                called.entry(fold(text)).or_insert(text);
            }
        }
        Self {
            book,
            called,
            rows: HashMap::new(),
        }
    }

    pub(super) fn rows_of(&mut self, sums: &mut Sums, query: Query, project: ProjectId) -> &[usize] {
        let start = self.book.plan.organisation.week_start;
        let (book, called) = (self.book, &self.called);
        self.rows.entry(project).or_insert_with(|| {
            let dated = by_date(book, project);
            let row = |week| {
                let phase = phase_of(&dated, week, start);
                let phase = phase.map(|text| called.get(&fold(text)).copied().unwrap_or(text));
                sums.row(Subject::Phase(phase.map(str::to_owned)))
            };
            query.from.span(query.weeks).map(row).collect()
        })
    }
}

/// The dated deliverables of a project, by date.
fn by_date(book: &Book, project: ProjectId) -> Vec<&Deliverable> {
    let mut all: Vec<&Deliverable> = book.plan.deliverables_of(project).collect();
    all.retain(|one| one.due.is_some());
    all.sort_by_key(|one| one.due);
    all
}

/// The phase that the work of `week` belongs to: that of the next deliverable which is due in this week or later. One
/// that is due on the week's Monday had its work done before, so the one after it is meant, if there is one.
fn phase_of<'a>(dated: &[&'a Deliverable], week: Week, start: WeekStart) -> Option<&'a str> {
    let is_past = |one: &&Deliverable| one.due.is_none_or(|day| Week::of(day, start) < week);
    let mut coming = dated.iter().copied().skip_while(is_past);
    let next = coming.next()?;
    let meant = if next.due == Some(week.monday()) {
        coming.find(|one| one.due > next.due).unwrap_or(next)
    } else {
        next
    };
    Some(meant.phase.trim()).filter(|text| !text.is_empty())
}
