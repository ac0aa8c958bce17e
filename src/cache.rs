//! Finished answers, kept by what was asked and at which revision, as they go over the wire: plain and packed.

mod finished;
mod items;
mod later;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use foldhash::quality::RandomState;
use http::{HeaderValue, StatusCode, header};
use maud::Markup;
use moka::sync::Cache;
use serde::Serialize;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OnceCell, Semaphore};
use tokio::task::block_in_place;

pub use finished::Finished;
pub use items::Items;
use items::Run;
use later::Later;

use crate::error::AppError;
use crate::ui::INSIDE;
use crate::web::pieces::{Piece, answer};
use crate::web::{Taker, weak_tag_of};

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";

/// What an answer answers. A changed plan has another revision, so a stale answer has no key that asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// What was asked, with every parameter that matters.
    pub asked: String,
    /// The newest change of the plan that it depends on.
    pub revision: i64,
}

/// An answer that was just made, and its version where it has one.
type Made = (Arc<Piece>, Option<HeaderValue>);

/// How an answer is made. In a box it is of one kind, whoever asks: the code around it is there once and not for each question.
type Make<'a> = Box<dyn FnOnce() -> Result<Made, String> + Send + 'a>;

/// An answer and its version, which is a weak one: it says the same however it is packed, in other bytes.
fn with_version(piece: Arc<Piece>) -> Result<Made, String> {
    let tag = weak_tag_of(piece.digest()).map_err(|error| error.to_string())?;
    Ok((piece, Some(tag)))
}

/// Does work that takes its time, such as drawing a page, while another thread goes on with what this one had to do. A runtime of one
/// thread has none.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => block_in_place(work),
        _ => work(),
    }
}

/// How many threads answer.
fn workers() -> usize {
    Handle::try_current().map_or(1, |runtime| runtime.metrics().num_workers())
}

/// Finished answers, bounded by their size.
#[derive(Clone, Debug)]
pub struct Answers {
    /// Of each question the answer at the revision that was asked for last: an older one is asked for by nobody but who is late.
    cache: Shelf,
    /// What is being made.
    under_way: Arc<Mutex<UnderWay>>,
    /// As many are made at once as threads answer.
    hands: Arc<Semaphore>,
    /// The runs of answers that are made of items, as they were last.
    runs: Shelf,
    later: Later,
}

type Runs = Vec<Arc<Run>>;

/// What is kept, by what was asked.
type Shelf = Cache<String, Kept, RandomState>;

/// What lies on a shelf. Both kinds are one to it, since what a shelf is made of is large in the program.
#[derive(Clone, Debug)]
enum Kept {
    Answer(Arc<Finished>),
    Runs(Arc<Runs>),
}

impl Kept {
    /// How many bytes it takes.
    fn weight(&self) -> usize {
        match self {
            Self::Answer(answer) => answer.weight() + EACH,
            Self::Runs(runs) => runs.iter().map(|run| run.weight() + EACH).sum(),
        }
    }
}

/// A shelf of at most so many bytes, which nothing lies on for longer than `ttl`.
fn shelf(most: u64, ttl: Duration) -> Shelf {
    let weigh = |asked: &String, kept: &Kept| u32::try_from(asked.len() + kept.weight()).unwrap_or(u32::MAX);
    Cache::builder()
        .weigher(weigh)
        .max_capacity(most)
        .time_to_live(ttl)
        // Some questions are a page's whole frame, and are asked with every page.
        .build_with_hasher(RandomState::default())
}

/// An answer that the first of those who ask makes, and the others wait for.
type Making = Arc<OnceCell<Arc<Finished>>>;
type UnderWay = HashMap<Question, Making, RandomState>;

/// Somebody who makes an answer or waits for it. When the last of them has gone, whether or not it was made, it is under way no more.
struct Asker<'a> {
    under_way: &'a Mutex<UnderWay>,
    question: &'a Question,
}

impl Drop for Asker<'_> {
    fn drop(&mut self) {
        let mut under_way = lock(self.under_way);
        let left = under_way.get(self.question).map_or(0, Arc::strong_count);
        // The list's own.
        if left == 1 {
            under_way.remove(self.question);
        }
    }
}

/// A lock that a panic has poisoned is still a lock: what it guards is only ever put in and taken out.
fn lock(under_way: &Mutex<UnderWay>) -> MutexGuard<'_, UnderWay> {
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many bytes stay in memory. What answers share counts with each of them, so that it is no more however they go.
pub const MOST: u64 = 48 * 1_048_576;
/// What an entry takes besides its bytes.
const EACH: usize = 256;
/// How many of them are runs of items.
const MOST_RUNS: u64 = 8 * 1_048_576;
/// So many bytes of runs are written and packed where they are asked for, in less than a millisecond.
const AT_ONCE: usize = 48 * 1_024;

impl Answers {
    /// An empty cache whose answers live for `ttl`: that bounds memory and is never relied on for truth.
    #[must_use]
    pub fn new(ttl: Duration) -> Self {
        Self {
            cache: shelf(MOST - MOST_RUNS, ttl),
            under_way: Arc::default(),
            hands: Arc::new(Semaphore::new(workers())),
            runs: shelf(MOST_RUNS, ttl),
            later: Later::default(),
        }
    }

    /// How many bytes they take.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.cache.run_pending_tasks();
        self.runs.run_pending_tasks();
        self.cache.weighted_size() + self.runs.weighted_size()
    }

    fn kept(&self, question: &Question) -> Option<Arc<Finished>> {
        match self.cache.get(&question.asked)? {
            Kept::Answer(finished) if finished.revision == question.revision => Some(finished),
            _ => None,
        }
    }

    fn keep(&self, asked: String, finished: Finished) -> Arc<Finished> {
        let finished = Arc::new(finished);
        self.cache.insert(asked, Kept::Answer(Arc::clone(&finished)));
        finished
    }

    /// The answer to `question`, made once however many ask at the same time: the others wait, and hold up no thread meanwhile.
    async fn finished(&self, question: Question, make: Make<'_>) -> Result<Arc<Finished>, AppError> {
        if let Some(finished) = self.kept(&question) {
            return Ok(finished);
        }
        // It outlives `making`, however this ends.
        let _asker = Asker {
            under_way: &self.under_way,
            question: &question,
        };
        let making = Arc::clone(lock(&self.under_way).entry(question.clone()).or_default());
        let finished = making.get_or_try_init(async || {
            // Since the first look it may have been made.
            if let Some(finished) = self.kept(&question) {
                return Ok(finished);
            }
            let _hand = self.hands.acquire().await.map_err(|error| error.to_string())?;
            let (piece, tag) = make()?;
            let finished = Finished::whole(question.revision, piece, tag);
            Ok(self.keep(question.asked.clone(), finished))
        });
        finished.await.cloned().map_err(AppError::Internal)
    }

    /// The text that answers `question`.
    ///
    /// # Errors
    /// `Internal`, never where it is made of what is there.
    pub async fn get_or_make(
        &self,
        question: Question,
        make: impl FnOnce() -> String + Send,
    ) -> Result<Arc<Finished>, AppError> {
        let make = || Ok((aside(|| Piece::new(make()).packed_now()), None));
        self.finished(question, Box::new(make)).await
    }

    /// The text that answers `question`, put together of pieces that answer questions of their own.
    ///
    /// # Errors
    /// As `get_or_make`.
    pub async fn get_or_join(
        &self,
        question: Question,
        pieces: impl FnOnce() -> Vec<Arc<Piece>> + Send,
    ) -> Result<Arc<Finished>, AppError> {
        let make = || Ok((aside(|| Piece::joined(pieces()).packed_now()), None));
        self.finished(question, Box::new(make)).await
    }

    /// A piece of an answer that is being made.
    #[must_use]
    pub fn part(&self, question: Question, make: impl FnOnce() -> String) -> Arc<Piece> {
        if let Some(finished) = self.kept(&question) {
            return Arc::clone(&finished.piece);
        }
        let piece = Piece::new(make()).packed_now();
        let part = Finished::part(question.revision, Arc::clone(&piece));
        self.keep(question.asked, part);
        piece
    }

    /// The JSON that answers `question` item by item, of which those are written anew that have changed since it was last asked; 304
    /// where `taker` has this version already.
    ///
    /// * `make`: says of which items.
    ///
    /// # Errors
    /// `Internal` where some of it cannot be written as JSON.
    pub async fn json_of_items<F: Fn(usize, &mut Vec<u8>)>(
        &self,
        question: Question,
        taker: &Taker,
        make: impl FnOnce() -> Result<Items<F>, AppError> + Send,
    ) -> Result<Response, AppError> {
        let asked = question.asked.clone();
        let make = || {
            let items = make().map_err(|error| error.to_string())?;
            let piece = self.of_items(asked, items, taker.packs());
            with_version(piece)
        };
        self.versioned(question, taker, Box::new(make)).await
    }

    /// * `packs`: whether it is packed now, or when somebody first wants it so.
    fn of_items<F: Fn(usize, &mut Vec<u8>)>(
        &self,
        asked: String,
        items: Items<F>,
        packs: bool,
    ) -> Arc<Piece> {
        let last = match self.runs.get(&asked) {
            Some(Kept::Runs(runs)) => runs,
            _ => Arc::default(),
        };
        let is_little = items.work(&last, packs).is_some_and(|bytes| bytes <= AT_ONCE);
        let make = || {
            let runs = items.runs(&last);
            let whole = items.whole(&runs);
            self.runs.insert(asked, Kept::Runs(Arc::new(runs)));
            // Now, and not by whoever answers.
            let _ = whole.digest();
            if packs { whole.packed_now() } else { whole }
        };
        if is_little { make() } else { aside(make) }
    }

    /// The JSON that answers `question`, for `taker`; 304 where they have this version already.
    ///
    /// # Errors
    /// `Internal` where it cannot be written as JSON.
    pub async fn json<T: Serialize>(
        &self,
        question: Question,
        taker: &Taker,
        make: impl FnOnce() -> T + Send,
    ) -> Result<Response, AppError> {
        let make = || {
            aside(|| {
                let body = serde_json::to_vec(&make()).map_err(|error| error.to_string())?;
                with_version(Piece::new(body).packed_now())
            })
        };
        self.versioned(question, taker, Box::new(make)).await
    }

    async fn versioned(
        &self,
        question: Question,
        taker: &Taker,
        make: Make<'_>,
    ) -> Result<Response, AppError> {
        let finished = self.finished(question, make).await?;
        let tag = finished.tag.clone().unwrap_or(HeaderValue::from_static("\"\""));
        if taker.holds(&tag) {
            let headers = [
                (header::ETAG, tag),
                (header::VARY, HeaderValue::from_static("accept-encoding")),
            ];
            return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
        }
        if !finished.piece.is_packed() && taker.packs() {
            // It was made for somebody who took it as it is.
            let hand = self.hands.acquire().await;
            let _hand = hand.map_err(|error| AppError::Internal(error.to_string()))?;
            aside(|| Arc::clone(&finished.piece).packed_now());
        }
        let mut response = self.sent(JSON, taker, &finished, None);
        response.headers_mut().insert(header::ETAG, tag);
        Ok(response)
    }

    /// A page around a finished inside. What stands around it is the same for each page that somebody opens, and is kept too.
    #[must_use]
    pub fn page(&self, taker: &Taker, around: &Markup, inside: &Arc<Finished>) -> Response {
        let around = around.0.as_str();
        let (before, after) = around.split_once(INSIDE).unwrap_or((around, ""));
        let frame = |part: &str| {
            let question = Question {
                asked: part.to_owned(),
                revision: 0,
            };
            self.part(question, || part.to_owned())
        };
        self.sent(HTML, taker, inside, Some([frame(before), frame(after)]))
    }

    /// A finished piece of a page, alone.
    #[must_use]
    pub fn fragment(&self, taker: &Taker, piece: &Arc<Finished>) -> Response {
        self.sent(HTML, taker, piece, None)
    }

    /// What is finished, as `taker` takes it, with what stands around it: packed harder where that was done, and where it was not, it
    /// may be for those who ask later.
    fn sent(
        &self,
        kind: &'static str,
        taker: &Taker,
        inside: &Arc<Finished>,
        around: Option<[Arc<Piece>; 2]>,
    ) -> Response {
        let packs = taker.packs();
        let harder = self.later.answer(kind, (taker, packs), inside, around.as_ref());
        harder.unwrap_or_else(|| {
            let piece = Arc::clone(&inside.piece);
            match around {
                None => answer(kind, &[piece], packs),
                Some([before, after]) => answer(kind, &[before, piece, after], packs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn question() -> Question {
        Question {
            asked: "what".to_owned(),
            revision: 1,
        }
    }

    fn text(finished: Result<Arc<Finished>, AppError>) -> String {
        finished
            .ok()
            .map(|finished| finished.text().into_owned())
            .unwrap()
    }

    /// Somebody who makes the answer until they are told `Ok`, or breaks when nobody is left to tell them; and how they are told.
    fn maker(answers: &Answers) -> (tokio::task::JoinHandle<String>, mpsc::Sender<()>) {
        let (tell, told) = mpsc::channel::<()>();
        let own = answers.clone();
        let make = move || {
            told.recv().unwrap();
            "made first".to_owned()
        };
        let making = tokio::spawn(async move { text(own.get_or_make(question(), make).await) });
        (making, tell)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_asks_while_it_is_made_waits_for_it_and_makes_it_where_its_maker_breaks() {
        for (breaks, expected) in [(false, "made first"), (true, "made second")] {
            let answers = Answers::new(Duration::from_mins(1));
            let (making, tell) = maker(&answers);
            while lock(&answers.under_way).is_empty() {
                tokio::task::yield_now().await;
            }
            let second = answers.get_or_make(question(), || "made second".to_owned());
            tokio::pin!(second);
            assert!(futures_util::poll!(second.as_mut()).is_pending());
            {
                // Somebody who does not wait for it leaves nothing behind.
                let third = answers.get_or_make(question(), || "made third".to_owned());
                tokio::pin!(third);
                assert!(futures_util::poll!(third.as_mut()).is_pending());
            }
            if !breaks {
                tell.send(()).unwrap();
            }
            drop(tell);
            assert_eq!(text(second.await), expected);
            assert_eq!(making.await.is_err(), breaks);
            assert!(lock(&answers.under_way).is_empty());
        }
    }

    #[tokio::test]
    async fn of_a_question_one_revision_is_kept_and_no_other_is_answered_with_it() {
        let answers = Answers::new(Duration::from_mins(1));
        for (revision, expected) in [(1, "at 1"), (2, "at 2"), (2, "at 2"), (1, "at 1 again")] {
            let question = Question {
                revision,
                ..question()
            };
            let told = answers.get_or_make(question, || expected.to_owned()).await;
            assert_eq!(text(told), expected);
        }
        answers.cache.run_pending_tasks();
        assert_eq!(answers.cache.entry_count(), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_answer_of_items_is_packed_for_whoever_takes_it_packed() {
        let answers = Answers::new(Duration::from_mins(1));
        for (revision, packs) in [(1, false), (1, true), (2, true), (3, false)] {
            let items = Items {
                head: "[".to_owned(),
                between: ",",
                tail: "]",
                revisions: vec![1, revision],
                item: |number: usize, text: &mut Vec<u8>| text.extend(number.to_string().bytes()),
            };
            let piece = answers.of_items("what".to_owned(), items, packs);
            assert_eq!(piece.text(), "[0,1]");
            assert_eq!(piece.is_packed(), packs);
        }
    }
}
