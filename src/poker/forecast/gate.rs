//! How many forecasts are made at once: each keeps a processor busy for a while, and others are at the table.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::AppError;
use crate::units::ids::AccountId;

/// How many are made at once.
const AT_ONCE: usize = 2;
/// After how many seconds somebody may ask again whose own one is still being made.
const AGAIN_AFTER: u64 = 5;

/// Where forecasts wait until they are made. Cloning shares it.
#[derive(Clone)]
pub struct Gate {
    places: Arc<Semaphore>,
    /// Whose forecast is being made, or waits.
    asking: Arc<Mutex<HashSet<AccountId>>>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            asking: Arc::default(),
        }
    }
}

/// A forecast that is being made; it makes room for the next where it is dropped, in whatever way that comes about.
pub struct Making {
    _turn: Turn,
    _place: OwnedSemaphorePermit,
}

/// An account whose forecast is being made, or waits.
struct Turn {
    account: AccountId,
    asking: Arc<Mutex<HashSet<AccountId>>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        asking.remove(&self.account);
    }
}

impl Gate {
    /// Waits for a place. What is answered is to be held until the forecast is made.
    ///
    /// # Errors
    /// `TooMany` where another one of `account` is being made, or waits.
    pub async fn enter(&self, account: AccountId) -> Result<Making, AppError> {
        let is_first = {
            let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
            asking.insert(account)
        };
        if !is_first {
            return Err(AppError::TooMany { seconds: AGAIN_AFTER });
        }
        let turn = Turn {
            account,
            asking: Arc::clone(&self.asking),
        };
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(Making {
            _turn: turn,
            _place: place,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_are_made_at_once_and_one_of_each_account() {
        let gate = Gate::default();
        let (ada, bo, cy) = (AccountId(1), AccountId(2), AccountId(3));
        let first = gate.enter(ada).await.ok().unwrap();
        assert!(matches!(gate.enter(ada).await, Err(AppError::TooMany { .. })));
        let _second = gate.enter(bo).await.ok().unwrap();
        let third = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter(cy).await.is_ok() }
        });
        while gate.asking.lock().unwrap().len() < 3 {
            tokio::task::yield_now().await;
        }
        assert!(
            matches!(gate.enter(cy).await, Err(AppError::TooMany { .. })),
            "who waits does not wait twice"
        );
        assert!(!third.is_finished());
        drop(first);
        assert!(third.await.unwrap());
        assert!(gate.enter(ada).await.is_ok(), "who is through may ask again");
    }

    #[tokio::test]
    async fn who_goes_away_while_waiting_holds_nothing() {
        let gate = Gate::default();
        let _both = (
            gate.enter(AccountId(1)).await.ok().unwrap(),
            gate.enter(AccountId(2)).await.ok().unwrap(),
        );
        let waiting = gate.enter(AccountId(3));
        tokio::select! {
            biased;
            _ = waiting => panic!("there is no place"),
            () = tokio::task::yield_now() => {}
        }
        assert_eq!(gate.asking.lock().unwrap().len(), 2);
    }
}
