//! What a file takes in memory once it was read: counted by what its rows became, as the file's own length says
//! little about that.

use super::Ready;
use crate::exchange::drafts::{PersonDraft, ProjectDraft, Stated};
use crate::exchange::problem::Problems;

impl Ready {
    /// About how many bytes of memory it takes.
    pub(super) fn weight(&self) -> usize {
        let (drafts, steps) = (&self.reading.drafts, &self.planned.steps);
        let texts = drafts.people.iter().map(text_of_person).sum::<usize>()
            + drafts.projects.iter().map(text_of_project).sum::<usize>()
            + drafts
                .deliverables
                .iter()
                .map(|draft| draft.name.as_str().len() + draft.project.as_str().len() + text(&draft.notes))
                .sum::<usize>();
        let cells = room(&drafts.hours) + room(&steps.cells) + room(&steps.assignments);
        let rows = room(&drafts.people)
            + room(&drafts.projects)
            + room(&drafts.deliverables)
            + room(&steps.people)
            + room(&steps.projects)
            + room(&steps.deliverables);
        // Each step carries the texts of its draft once more.
        cells + rows + 2 * texts + reasons(&self.reading.problems) + reasons(&self.planned.problems)
    }
}

fn room<T>(list: &Vec<T>) -> usize {
    list.capacity().saturating_mul(size_of::<T>())
}

fn text(stated: &Stated<String>) -> usize {
    stated.given().map_or(0, String::len)
}

fn text_of_person(draft: &PersonDraft) -> usize {
    let texts = [&draft.email, &draft.phone, &draft.location, &draft.notes];
    let words = [&draft.department, &draft.skills].map(|names| names.given().map_or(&[][..], Vec::as_slice));
    let words = words.into_iter().flatten().map(|name| name.as_str().len());
    draft.name.as_str().len() + texts.map(text).iter().sum::<usize>() + words.sum::<usize>()
}

fn text_of_project(draft: &ProjectDraft) -> usize {
    let names = [&draft.code, &draft.client, &draft.status];
    let names = names.map(|name| name.given().map_or(0, |name| name.as_str().len()));
    draft.name.as_str().len() + names.iter().sum::<usize>() + text(&draft.notes)
}

fn reasons(problems: &Problems) -> usize {
    problems.kept().iter().map(|one| one.reason.len()).sum()
}
