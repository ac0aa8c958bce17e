//! Who may change which row of the plan: everybody's reach, held against all that a write changed.
//!
//! The law is [`judge`]: it runs inside the transaction of every write that an account makes, over the recorded changes,
//! and what it refuses has not happened. So a form, a program, a file, an undo and a moved date are held to the same
//! rules, and a new way to write needs none of its own. [`at_the_door`] and the pages ask the same rules earlier, so that
//! nobody fills in a form that would be refused.

mod door;
mod rules;
mod store;

pub(crate) use door::{at_the_door, person, project, team, why_not};
pub(crate) use store::judge;
