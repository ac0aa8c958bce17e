//! Sessions that were looked up lately, so that not each request of a page reads them.
//!
//! What is remembered holds as long as nothing was committed that may decide who comes in. The number of such commits
//! grows before whoever made one is answered: who is shut out is out with the next request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::scope::{Scope, scope_of};
use super::store::{self, Session};
use crate::db::{Db, DbError};

/// So many are remembered. More are forgotten all at once, and read again as they are asked for.
const MOST: usize = 10_000;

/// A session, and how far its account reaches.
pub struct Known {
    /// The session with its account.
    pub session: Session,
    /// What the account manages.
    pub scope: Scope,
}

/// The sessions in memory. Cloning shares them.
#[derive(Clone, Default)]
pub struct Sessions(Arc<Mutex<Memory>>);

#[derive(Default)]
struct Memory {
    /// As of how many commits.
    entries: u64,
    by_key: HashMap<Vec<u8>, Arc<Known>>,
}

impl Memory {
    /// What is remembered as of `entries` commits: nothing where it was as of fewer.
    fn as_of(&mut self, entries: u64) -> &mut HashMap<Vec<u8>, Arc<Known>> {
        if self.entries < entries {
            self.entries = entries;
            self.by_key.clear();
        }
        &mut self.by_key
    }
}

impl Sessions {
    /// The session whose key has this hash, if there is one and its account may sign in.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn find(&self, db: &Db, key_hash: &[u8]) -> Result<Option<Arc<Known>>, DbError> {
        let entries = db.pulse().entries();
        if let Some(known) = self.memory(|memory| memory.as_of(entries).get(key_hash).cloned()) {
            return Ok(Some(known));
        }
        let wanted = key_hash.to_vec();
        let read = db.read(move |tx| {
            let Some(session) = store::session(tx, &wanted)? else {
                return Ok::<_, DbError>(None);
            };
            let scope = scope_of(tx, session.account.id)?;
            Ok(Some(Known { session, scope }))
        });
        let Some(known) = read.await?.map(Arc::new) else {
            return Ok(None);
        };
        self.memory(|memory| {
            // What was read may be older than what somebody else has found out since.
            let is_newest = memory.entries <= entries;
            let all = memory.as_of(entries);
            if all.len() >= MOST {
                all.clear();
            }
            if is_newest {
                all.insert(key_hash.to_vec(), Arc::clone(&known));
            }
        });
        Ok(Some(known))
    }

    fn memory<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
