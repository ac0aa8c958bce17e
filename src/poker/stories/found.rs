//! Rooms and stories in the search over everything.

use super::store;
use crate::db::{DbError, Tx};
use crate::plan::search::{Hit, Tag};
use crate::units::fold;
use crate::units::ids::AccountId;

/// What could be meant by `text`, for an account: rooms, and the stories of rooms that it may come into. Whether a line fits
/// all that was typed is decided by who asks.
///
/// # Errors
/// Whatever the database answers.
pub fn find(tx: &Tx<'_>, account: AccountId, text: &str) -> Result<Vec<(String, Hit)>, DbError> {
    let part = part_of(text);
    let rooms = store::rooms_with(tx, &part)?.into_iter().map(|room| {
        let state = if room.ended { "ended room" } else { "room" };
        let hit = Hit::plain(&room.name, state.to_owned(), format!("/poker/{}", room.link));
        (format!("{} poker room", room.name), hit)
    });
    let stories = store::stories_with(tx, account, &part)?.into_iter().map(|story| {
        let title = match story.reference.as_str() {
            "" => story.name.clone(),
            same if same == story.name => story.name.clone(),
            reference => format!("{reference} {}", story.name),
        };
        let href = format!("/poker/{}#s{}", story.link, story.id);
        let tag = story.estimate.map(|text| Tag {
            text,
            class: String::new(),
        });
        let hit = Hit {
            tag,
            ..Hit::plain(&title, format!("story in {}", story.room), href)
        };
        (title, hit)
    });
    Ok(rooms.chain(stories).collect())
}

/// A part that whatever fits must hold, so that not every story has to be looked at: the longest plain word. Blank where there
/// are words that could also be left out.
fn part_of(text: &str) -> String {
    let asks_more =
        text.contains(['"', '(', ')']) || text.split_whitespace().any(|word| word == "OR" || word == "NOT");
    if asks_more {
        return String::new();
    }
    let folded = fold(text);
    // The database compares small and capital letters of ASCII alone.
    let words = folded
        .split_whitespace()
        .filter(|word| word.is_ascii() && *word != "and");
    words.max_by_key(|word| word.len()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::part_of;

    #[test]
    fn a_part_is_a_word_that_every_answer_holds() {
        for (text, part) in [
            ("Relay layout", "layout"),
            ("BAL-118", "bal-118"),
            ("åsa at", "at"),
            ("relay OR cable", ""),
            ("NOT relay", ""),
            ("\"relay layout\"", ""),
            ("", ""),
        ] {
            assert_eq!(part_of(text), part, "{text}");
        }
    }
}
