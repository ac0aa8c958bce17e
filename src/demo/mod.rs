//! An invented plan.

use crate::accounts::{Access, AccountDraft, make_account};
use crate::clock::Clock;
use crate::db::{Actor, Db, Gesture};
use crate::error::AppError;

/// How much to invent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Size {
    /// A team of about forty.
    Small,
    /// 500 people, 800 projects, 5,000 assignments of 26 weeks.
    Large,
}

impl Size {
    /// The name of its data directory.
    #[must_use]
    pub const fn directory(self) -> &'static str {
        match self {
            Self::Small => "demo",
            Self::Large => "demo-large",
        }
    }
}

/// Fills an empty database; one with people in it is left as it is.
///
/// # Errors
/// Whatever the database says.
pub async fn fill(db: &Db, _size: Size, clock: &Clock) -> Result<(), AppError> {
    let gesture = Gesture {
        actor: Actor::program(),
        label: "invented a plan".to_owned(),
        at: clock.now(),
    };
    db.write(gesture, |tx| {
        let draft = AccountDraft {
            email: "planner@demo.example".into(),
            name: "Demo Planner".into(),
            access: Access::Admin,
        };
        make_account(tx, &draft)?;
        Ok::<_, AppError>(())
    })
    .await?;
    Ok(())
}
