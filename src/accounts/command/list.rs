//! All accounts, as lines of columns with tabs between them.

use std::fmt::Write as _;

use crate::accounts::store;
use crate::app::App;
use crate::error::AppError;

/// Address, level, name, and where it applies: switched off, linked person, last day here.
pub async fn list(app: &App) -> Result<String, AppError> {
    let (all, seen) = app
        .db
        .read(|tx| Ok::<_, AppError>((store::accounts(tx)?, store::last_seen(tx)?)))
        .await?;
    let book = app.book();
    let mut text = String::new();
    for account in &all {
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "{}\t{}\t{}",
            account.email,
            account.access.as_str(),
            account.name
        );
        if !account.active {
            text.push_str("\tswitched off");
        }
        if let Some(person) = account.person.and_then(|id| book.plan.person(id)) {
            let _ = write!(text, "\tis {}", person.name);
        }
        match seen.get(&account.id) {
            Some(at) => {
                let _ = write!(text, "\tlast here {}", app.clock.day_of(*at));
            }
            None => text.push_str("\tnever here"),
        }
        text.push('\n');
    }
    text.truncate(text.trim_end_matches('\n').len());
    Ok(text)
}
