//! Sessions that were looked up lately, so that not each request of a page reads them.
//!
//! What is remembered holds as long as nothing was committed that may decide who comes in. The number of such commits
//! grows before whoever made one is answered: who is shut out is out with the next request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;

use super::scope::scope_of;
use super::store;
use super::visitor::Identity;
use crate::db::{Db, DbError};

/// So many are remembered. More are forgotten all at once, and read again as they are asked for.
const MOST: usize = 10_000;

/// A session, and who holds it.
pub struct Known {
    /// When it began, in milliseconds.
    pub started_at: i64,
    /// When it was last used, in milliseconds.
    pub seen_at: i64,
    /// Who that is, and how far they reach.
    pub identity: Arc<Identity>,
}

/// The sessions in memory. Cloning shares them.
#[derive(Clone, Default)]
pub struct Sessions(Arc<Mutex<Memory>>);

type ByKey = HashMap<Vec<u8>, Arc<Known>, RandomState>;

#[derive(Default)]
struct Memory {
    /// As of how many commits.
    entries: u64,
    by_key: ByKey,
}

impl Memory {
    /// What is remembered as of `entries` commits: nothing where it was as of fewer.
    fn as_of(&mut self, entries: u64) -> &mut ByKey {
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
            Ok(Some(Known {
                started_at: session.started_at,
                seen_at: session.seen_at,
                identity: Arc::new(Identity::of_session(session, scope, wanted)),
            }))
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
