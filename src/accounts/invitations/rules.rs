//! What an invitation says and for how long it is good.

use crate::accounts::rules::Access;

/// How long its link is good, in milliseconds: a week.
pub const LIVES: i64 = 7 * 86_400_000;

/// The letter: its subject and its text.
///
/// * `by`: who invites.
/// * `access`: what they will be able to do.
#[must_use]
pub fn letter(by: &str, name: &str, access: Access, link: &str) -> (String, String) {
    let may = match access {
        Access::Viewer => "see the plan",
        Access::Member => "see the plan and take part",
        Access::Manager => "see and change the plan",
        Access::Admin => "administer it",
    };
    (
        format!("{by} invites you to Ballast"),
        format!(
            "Hello {name},\n\n\
             {by} invites you to Ballast, where your team plans who works on what. You will be able to {may}.\n\n\
             Come in here:\n\n{link}\n\n\
             The link is good once, and for seven days. If you did not expect this letter, leave it: nothing happens\n\
             without the link.\n"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_says_who_invites_and_where_to_go() {
        let (subject, text) = letter(
            "Ada",
            "Bo",
            Access::Manager,
            "https://plan.example.org/invitation/key",
        );
        assert_eq!(subject, "Ada invites you to Ballast");
        assert!(
            text.contains("\nhttps://plan.example.org/invitation/key\n"),
            "{text}"
        );
        assert!(text.contains("change the plan") && text.starts_with("Hello Bo,"));
    }
}
