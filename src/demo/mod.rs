//! An invented plan: the same one each time, for this week.
//!
//! `Small` is a consultancy as one might meet it; `Large` is what the house is measured with.

mod large;
mod random;
mod small;
mod store;
mod store_poker;
#[cfg(test)]
mod tests;

use crate::accounts;
use crate::clock::Clock;
use crate::db::{Actor, Db, DbError, Gesture};
use crate::error::AppError;
use crate::units::{Day, Week, WeekStart};

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

/// The name of the account that a visitor of the demonstration gets.
const PLANNER: &str = "Demo Planner";

/// The moment around which everything is invented.
#[derive(Clone, Copy, Debug)]
struct Moment {
    /// Milliseconds since 1970-01-01 UTC.
    now: i64,
    today: Day,
    this_week: Week,
}

impl Moment {
    fn of(clock: &Clock) -> Self {
        let today = clock.today();
        Self {
            now: clock.now(),
            today,
            this_week: Week::of(today, WeekStart::Monday),
        }
    }

    /// The day `weekday` (0 is Monday) of the week that is `weeks` after this one.
    const fn day(&self, weeks: i32, weekday: i32) -> Day {
        self.this_week.plus(weeks).monday().plus(weekday)
    }

    /// The write that lays down the whole plan: a month ago, so that what people changed since comes after it.
    fn beginning(&self) -> Gesture {
        Gesture {
            actor: Actor::program(),
            label: "invented a plan to look around in".to_owned(),
            at: self.now - 30 * 86_400_000,
        }
    }
}

/// Fills an empty database; an invented plan from before is left as it is.
///
/// # Errors
/// A sentence where the database holds a real team, which a one-click sign-in would open to anybody; and whatever the
/// database says.
pub async fn fill(db: &Db, size: Size, clock: &Clock) -> Result<(), AppError> {
    let (filled, all) = db
        .read(|tx| Ok::<_, DbError>((store::has_people(tx)?, accounts::accounts(tx)?)))
        .await?;
    let invented = all.iter().any(|account| account.email == accounts::DEMO_PLANNER);
    if !invented && (filled || !all.is_empty()) {
        let sentence =
            "this data directory holds a real plan; give the demonstration its own with --data-dir";
        return Err(AppError::BadRequest(sentence.to_owned()));
    }
    if filled {
        return Ok(());
    }
    let moment = Moment::of(clock);
    match size {
        Size::Small => small::fill(db, moment, clock).await,
        Size::Large => large::fill(db, moment).await,
    }
}

/// An address at the domain that is nobody's: `Tomás Rivera` → `tomas.rivera@example.org`.
fn email_of(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let plain: String = name
        .nfd()
        .filter(char::is_ascii)
        .map(|c| if c == ' ' { '.' } else { c.to_ascii_lowercase() })
        .collect();
    format!("{plain}@example.org")
}
