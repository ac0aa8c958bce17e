//! Sentences about a room: for the middle of the table, and for who listens instead of looking.

use std::collections::HashSet;

use crate::poker::rules::view::{Table, View};
use crate::units::ids::ParticipantId;
use crate::units::text::counted;

/// So many names are said before it is “others”.
const NAMES: usize = 3;

/// `Ada`, `Ada and Bo`, `Ada, Bo and Cy`, `Ada, Bo, Cy and 4 others`.
pub fn list_of(names: &[&str]) -> String {
    let (said, unsaid) = if names.len() > NAMES + 1 {
        names.split_at(NAMES)
    } else {
        (names, &[][..])
    };
    let others = (!unsaid.is_empty()).then(|| format!("{} others", unsaid.len()));
    let mut words: Vec<String> = said.iter().map(|name| (*name).to_owned()).collect();
    words.extend(others);
    match words.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// How many of the stories a room has agreed on: `All 6 stories were estimated.`
pub fn estimated(view: &View) -> String {
    let all = view.stories.len();
    let agreed = view.stories.iter().filter(|story| story.estimate.is_some());
    match (agreed.count(), all) {
        (1, 1) => "Its story was estimated.".to_owned(),
        (agreed, all) if agreed == all => format!("All {all} stories were estimated."),
        (agreed, all) => format!(
            "{agreed} of {} estimated.",
            counted(all, "story was", "stories were")
        ),
    }
}

/// Who is here. Who looks is, although their line may not stand yet.
fn here(view: &View) -> HashSet<ParticipantId> {
    let here = view.people.iter().filter(|one| one.present || one.own);
    here.map(|one| one.id).collect()
}

/// How many have voted, and of how many: who is away and has not voted is not waited for.
pub fn count(view: &View, round: &Table) -> (usize, usize) {
    let here = here(view);
    let awaited = round
        .hands
        .iter()
        .filter(|hand| hand.voted || here.contains(&hand.participant));
    (round.voted, awaited.count().max(round.voted))
}

/// Who is here and has not voted, by name.
pub fn awaited<'a>(view: &View, round: &'a Table) -> Vec<&'a str> {
    let here = here(view);
    let missing = round
        .hands
        .iter()
        .filter(|hand| !hand.voted && here.contains(&hand.participant));
    missing.map(|hand| hand.name.as_str()).collect()
}

/// `Spread 3 to 13: Jonas and Wren, tell us why`; nothing where all are close.
pub fn spread(round: &Table) -> Option<String> {
    let result = round.result.as_ref().filter(|result| result.apart)?;
    let (lowest, highest) = (result.lowest.as_deref()?, result.highest.as_deref()?);
    let apart = round.hands.iter().filter(|hand| hand.outlier);
    let names: Vec<&str> = apart.map(|hand| hand.name.as_str()).collect();
    Some(if names.is_empty() {
        format!("Spread {lowest} to {highest}: whoever chose these, tell us why")
    } else {
        format!("Spread {lowest} to {highest}: {}, tell us why", list_of(&names))
    })
}

/// `median · mean 6.3 · agreement 57 %`
pub fn figures(round: &Table) -> String {
    let Some(result) = &round.result else {
        return String::new();
    };
    let mut words = vec!["median".to_owned()];
    words.extend(result.mean.as_ref().map(|mean| format!("mean {mean}")));
    words.extend(
        result
            .agreement
            .map(|agreement| format!("agreement {agreement} %")),
    );
    words.join(" · ")
}

/// What a screen reader says when the table has changed.
pub fn summary(view: &View) -> String {
    if view.ended {
        return "This room has ended.".to_owned();
    }
    let Some(round) = &view.round else {
        return "Nothing is on the table.".to_owned();
    };
    let Some(result) = &round.result else {
        if round.over {
            return "The cards stay closed.".to_owned();
        }
        let (voted, of) = count(view, round);
        let about = view.stories.iter().find(|story| Some(story.id) == round.story);
        let about = about.map_or_else(String::new, |story| format!("{}: ", story.name));
        return format!("{about}{voted} of {of} have voted.");
    };
    let Some(median) = &result.median else {
        return "Cards are open: nobody chose a size.".to_owned();
    };
    match (&result.lowest, &result.highest) {
        (Some(lowest), Some(highest)) if lowest != highest => {
            format!("Cards are open: median {median}, spread {lowest} to {highest}.")
        }
        _ => format!("Cards are open: everybody chose {median}."),
    }
}

/// `1:30`, `2 h 5 min`, `3 days`: what is left of a time, in milliseconds.
pub fn left(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0).saturating_add(999) / 1_000;
    match seconds {
        0..3_600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        3_600..172_800 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_people_say_them() {
        for (names, said) in [
            (vec![], ""),
            (vec!["Ada"], "Ada"),
            (vec!["Ada", "Bo"], "Ada and Bo"),
            (vec!["Ada", "Bo", "Cy"], "Ada, Bo and Cy"),
            (vec!["Ada", "Bo", "Cy", "Di"], "Ada, Bo, Cy and Di"),
            (vec!["Ada", "Bo", "Cy", "Di", "Ed"], "Ada, Bo, Cy and 2 others"),
        ] {
            assert_eq!(list_of(&names), said);
        }
    }

    #[test]
    fn what_is_left_counts_down_in_seconds_and_later_in_days() {
        for (milliseconds, said) in [
            (-5, "0:00"),
            (1, "0:01"),
            (90_000, "1:30"),
            (3_600_000, "1 h 0 min"),
            (172_800_000, "2 days"),
        ] {
            assert_eq!(left(milliseconds), said);
        }
    }
}
