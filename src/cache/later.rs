//! Finished answers that stay as they are, packed once more and harder while nobody waits for it.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::Finished;
use crate::web::pieces::Piece;
use crate::web::{Encoding, Taker};

/// What is asked for again after so long is at rest; what changes faster would be packed for nobody.
const AT_REST: Duration = Duration::from_secs(1);
/// What goes out whole, in our order of liking. Zstandard goes before brotli, which is as short, since it is packed and read faster.
const WHOLE: [Encoding; 3] = [Encoding::Zstandard, Encoding::Brotli, Encoding::Gzip];
/// The same for what goes out within a page.
const IN_A_PAGE: [Encoding; 2] = [Encoding::Zstandard, Encoding::Gzip];

/// Packs answers for those who ask later, one at a time: no more than one thread is busy with it.
#[derive(Clone, Debug)]
pub struct Later {
    hand: Arc<Semaphore>,
    at_rest: Duration,
}

impl Default for Later {
    fn default() -> Self {
        Self::after(AT_REST)
    }
}

impl Later {
    /// Packs what is asked for again `at_rest` after it was made.
    fn after(at_rest: Duration) -> Self {
        Self {
            hand: Arc::new(Semaphore::new(1)),
            at_rest,
        }
    }

    /// What is finished, packed harder, where it was and is shorter so. Where it was not, that may begin now for others; whoever asks
    /// does not wait.
    ///
    /// * `packs`: whether the taker takes it as it was packed at once.
    /// * `around`: what stands before it and after it, and is sent as it is.
    pub fn answer(
        &self,
        kind: &'static str,
        (taker, packs): (&Taker, bool),
        inside: &Arc<Finished>,
        around: Option<&[Arc<Piece>; 2]>,
    ) -> Option<Response> {
        let harder = inside.harder()?;
        let wanted = taker.wants(if around.is_none() { &WHOLE } else { &IN_A_PAGE });
        let at_once = |piece: &Piece| {
            if packs {
                piece.length_packed()
            } else {
                piece.length()
            }
        };
        let frame = || around.into_iter().flatten();
        let unpacked: usize = frame().map(|piece| piece.length()).sum();
        let quick: usize = frame().chain([&inside.piece]).map(|piece| at_once(piece)).sum();
        let is_shorter = |packed: usize| packed + unpacked < quick;
        match harder.length(wanted) {
            Some(length) if is_shorter(length) => harder.answer(kind, wanted, around),
            // About a quarter is saved, seldom less than a fifth.
            None if is_shorter(inside.piece.length_packed() / 4 * 3) => {
                self.pack(inside, wanted);
                None
            }
            _ => None,
        }
    }

    /// Begins to pack an answer where it is at rest and nothing else is being packed.
    fn pack(&self, answer: &Arc<Finished>, encoding: Encoding) {
        let is_to_be_tried = answer
            .harder()
            .is_some_and(|harder| harder.is_to_be_tried(encoding));
        if !is_to_be_tried || answer.age() < self.at_rest {
            return;
        }
        let (Ok(runtime), Ok(hand)) = (Handle::try_current(), Arc::clone(&self.hand).try_acquire_owned())
        else {
            return;
        };
        let answer = Arc::clone(answer);
        runtime.spawn_blocking(move || {
            if let Some(harder) = answer.harder() {
                harder.pack(encoding, &answer.piece);
            }
            drop(hand);
        });
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};
    use maud::{Markup, html};

    use super::*;
    use crate::cache::{Answers, Question};
    use crate::ui;

    fn taker(accepts: &'static str) -> Taker {
        let accepts = HeaderValue::from_static(accepts);
        Taker::from(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, accepts)]))
    }

    fn encoding(response: &Response) -> &str {
        let encoding = response.headers().get(header::CONTENT_ENCODING);
        encoding.map_or("identity", |encoding| encoding.to_str().unwrap())
    }

    fn frame(length: usize) -> Markup {
        html! {
            p { ("own ".repeat(length / 4)) }
            (ui::inside())
            p { "the end" }
        }
    }

    /// Lines of which packing that sees all of them makes more than packing that sees little.
    fn lines(length: usize) -> String {
        let lines =
            |from: usize| (from..from + length / 40).map(|number| format!("line {}\n", number * 7_919));
        lines(0).chain(lines(0)).collect()
    }

    async fn finished(answers: &Answers, length: usize) -> Arc<Finished> {
        let question = Question {
            asked: "what".to_owned(),
            revision: 1,
        };
        answers
            .get_or_make(question, || lines(length))
            .await
            .ok()
            .unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_asked_for_again_goes_harder_packed_to_whoever_takes_it() {
        for (accepts, length, first, later, in_a_page) in [
            ("gzip, deflate, br, zstd", 200_000, "gzip", "zstd", "zstd"),
            ("gzip, br", 200_000, "gzip", "br", "gzip"),
            ("gzip", 200_000, "gzip", "gzip", "gzip"),
            ("gzip, zstd;q=0.5", 200_000, "gzip", "gzip", "gzip"),
            ("zstd", 200_000, "identity", "zstd", "zstd"),
            ("identity", 200_000, "identity", "identity", "identity"),
            ("gzip, deflate, br, zstd", 10_000, "gzip", "gzip", "gzip"),
        ] {
            let answers = Answers {
                later: Later::after(Duration::ZERO),
                ..Answers::new(Duration::from_mins(1))
            };
            let (inside, taker) = (finished(&answers, length).await, taker(accepts));
            assert_eq!(encoding(&answers.fragment(&taker, &inside)), first, "{accepts}");
            // Until what was begun is done.
            drop(answers.later.hand.acquire().await.unwrap());
            assert_eq!(encoding(&answers.fragment(&taker, &inside)), later, "{accepts}");
            let page = answers.page(&taker, &frame(300), &inside);
            assert_eq!(encoding(&page), in_a_page, "{accepts}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_page_whose_frame_costs_more_than_is_saved_stays_as_it_is() {
        let answers = Answers {
            later: Later::after(Duration::ZERO),
            ..Answers::new(Duration::from_mins(1))
        };
        let inside = finished(&answers, 200_000).await;
        let large = frame(100_000);
        for (accepts, in_a_large_frame) in [("gzip, zstd", "gzip"), ("zstd", "zstd")] {
            let taker = taker(accepts);
            let harder = || inside.harder().unwrap();
            let _ = answers.page(&taker, &large, &inside);
            let begins = accepts == "zstd";
            drop(answers.later.hand.acquire().await.unwrap());
            assert_eq!(harder().is_to_be_tried(Encoding::Zstandard), !begins, "{accepts}");
            harder().pack(Encoding::Zstandard, &inside.piece);
            let page = answers.page(&taker, &large, &inside);
            assert_eq!(encoding(&page), in_a_large_frame, "{accepts}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_was_just_made_or_comes_while_another_is_packed_is_left_for_later() {
        let piece = Piece::new(lines(200_000)).packed_now();
        let made = Arc::new(Finished::whole(1, piece, None));
        let young = Later::after(Duration::from_hours(1));
        young.pack(&made, Encoding::Zstandard);
        // A hand is taken at once where it is.
        assert_eq!(young.hand.available_permits(), 1);
        let busy = Later::after(Duration::ZERO);
        let hand = Arc::clone(&busy.hand).acquire_owned().await.unwrap();
        busy.pack(&made, Encoding::Zstandard);
        drop(hand);
        assert_eq!(busy.hand.available_permits(), 1);
        for encoding in [Encoding::Zstandard, Encoding::Brotli] {
            busy.pack(&made, encoding);
            drop(busy.hand.acquire().await.unwrap());
            let length = made.harder().unwrap().length(encoding).unwrap();
            assert!(length < made.piece.length_packed());
        }
        let kept = made.weight() - made.piece.weight();
        assert!(kept >= 2 * made.piece.length_packed());
    }
}
