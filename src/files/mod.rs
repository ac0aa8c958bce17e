//! Files that people put to projects, deliverables and other people.
//!
//! The bytes lie below `private/` in the data directory under random names, and leave it only through `serve`, after
//! the look at who asks. The row that says whose a file is is recorded as every other, so that removing one can be undone.

pub(crate) mod api;
pub(crate) mod handlers;
mod link;
mod pages;
mod receive;
mod rules;
mod serve;
mod shelf;
mod store;

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::AppError;
use crate::units::ids::AccountId;

pub use handlers::may_see;
pub use pages::{Panel, panel};
pub use receive::short_field;
pub use rules::{MOST_FILES, Owner};
pub use shelf::{FOLDER, sweep as sweep_folder};
pub use store::{ATTACHMENT, Attachment, ENTITIES, files_of_person, files_of_project, remove_all_of, sweep};

/// How many files may be on their way in at a time; whoever comes then is asked to wait a moment.
const ARRIVING: usize = 8;
/// And how many of them for one account, so that nobody's slow ones keep everybody else's out.
const ARRIVING_OF_ONE: usize = 3;

/// The files on their way in, by account. Cloning shares them.
#[derive(Clone, Default)]
pub struct Arrivals(Arc<Mutex<Vec<AccountId>>>);

/// The place of one of them, given back when it is dropped.
pub struct Place(Arrivals, AccountId);

impl Arrivals {
    /// Takes a place for a file that `account` sends, or for a backup.
    ///
    /// # Errors
    /// `Busy` where there is none for this account, or none at all.
    pub fn enter(&self, account: AccountId) -> Result<Place, AppError> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = places.iter().filter(|one| **one == account).count();
        if places.len() >= ARRIVING || own >= ARRIVING_OF_ONE {
            return Err(AppError::Busy);
        }
        places.push(account);
        Ok(Place(self.clone(), account))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = (self.0).0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = places.iter().position(|one| *one == self.1) {
            places.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_every_place() {
        let arrivals = Arrivals::default();
        let own: Vec<_> = (0..ARRIVING_OF_ONE)
            .map(|_| arrivals.enter(AccountId(1)).unwrap())
            .collect();
        assert!(matches!(arrivals.enter(AccountId(1)), Err(AppError::Busy)));
        assert!(arrivals.enter(AccountId(2)).is_ok());
        drop(own);
        assert!(arrivals.enter(AccountId(1)).is_ok());
    }
}
