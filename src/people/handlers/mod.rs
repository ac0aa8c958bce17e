//! What is asked of people.

mod list;
mod person;
mod weeks;

use axum::response::Response;

use super::store;
use crate::accounts::Visitor;
use crate::app::App;
use crate::book::{Book, Person};
use crate::error::AppError;
use crate::ui::Frame;
use crate::units::ids::{ChangeSetId, PersonId};
pub(super) use crate::web::done_at;

pub(crate) use list::list_people;
pub use person::capacity_seen;
pub(super) use person::{add, change, own_fields, own_rows};
pub(crate) use person::{add_person, change_person, edit_person, new_person, show_person};
pub(crate) use weeks::{
    add_time_off_by_form, add_work_week, edit_skills, new_time_off, new_work_week, remove_time_off,
    remove_work_week, set_skills,
};
pub(super) use weeks::{put_week, remove_week, save_skills};

/// For how long a page still says what its visitor has just done, in milliseconds.
const JUST_NOW: i64 = 30_000;

/// The `done` of an address: the change set that the visitor has just made.
#[derive(serde::Deserialize)]
pub(crate) struct Done {
    done: Option<ChangeSetId>,
}

impl Done {
    /// The frame that says what was done, with its Undo.
    pub(crate) async fn frame(&self, app: &App, visitor: &Visitor) -> Result<Frame, AppError> {
        let mut frame = visitor.frame(app);
        if let Some(id) = self.done {
            let (account, since) = (visitor.account, app.clock.now() - JUST_NOW);
            let label = app
                .db
                .read(move |tx| store::own_gesture(tx, id, account, since))
                .await?;
            frame.said = label.map(|label| (capitalised(&label), Some(id.0)));
        }
        Ok(frame)
    }
}

/// `removed x` → `Removed x.`
fn capitalised(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| {
        first
            .to_uppercase()
            .chain(letters)
            .chain(std::iter::once('.'))
            .collect()
    })
}

fn find(book: &Book, id: PersonId) -> Result<&Person, AppError> {
    book.plan.person(id).ok_or(AppError::NotFound)
}

fn back_to(id: PersonId, change_set: Option<ChangeSetId>) -> Response {
    done_at(&format!("/people/{id}"), change_set)
}
