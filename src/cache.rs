//! Finished answers, kept by what was asked and at which revision.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

/// What an answer answers. A changed plan has another revision, so a stale answer has no key that asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// What was asked, with every parameter that matters.
    pub asked: String,
    /// The plan's revision.
    pub revision: i64,
}

/// Finished fragments, bounded by their size.
#[derive(Clone, Debug)]
pub struct Answers {
    cache: Cache<Question, Arc<str>>,
}

/// How many bytes of answers stay in memory.
const MOST: u64 = 16 * 1_048_576;

impl Answers {
    /// An empty cache whose answers live for `ttl`: that bounds memory and is never relied on for truth.
    #[must_use]
    pub fn new(ttl: Duration) -> Self {
        let weigh = |question: &Question, answer: &Arc<str>| {
            u32::try_from(question.asked.len() + answer.len() + 64).unwrap_or(u32::MAX)
        };
        Self {
            cache: Cache::builder()
                .weigher(weigh)
                .max_capacity(MOST)
                .time_to_live(ttl)
                .build(),
        }
    }

    /// The answer to `question`, made once however many ask at the same time.
    #[must_use]
    pub fn get_or_make(&self, question: Question, make: impl FnOnce() -> String) -> Arc<str> {
        self.cache.get_with(question, || make().into())
    }
}
