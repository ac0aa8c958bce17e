//! Finished answers that stay as they are are packed once more, harder, while nobody waits for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::web::Encoding;
use crate::web::pieces::Piece;

/// From how many bytes on, as they are written, packing harder saves what anybody would notice.
pub const LONG: usize = 16 * 1_024;
/// What is asked for again after so long is at rest; what changes faster would be packed for nobody.
const AT_REST: Duration = Duration::from_secs(1);

/// How many bytes a piece may take besides its own when it was packed harder, whichever way: never more than packed the quick way.
pub fn most(piece: &Piece) -> usize {
    if piece.length() < LONG {
        0
    } else {
        2 * piece.length_packed()
    }
}

/// Packs answers for those who ask later, one at a time: a processor is never busy with more than that.
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
    pub fn after(at_rest: Duration) -> Self {
        Self {
            hand: Arc::new(Semaphore::new(1)),
            at_rest,
        }
    }

    /// Begins to pack `piece` as `encoding` where it is at rest and nothing else is being packed; whoever asks does not wait.
    pub fn pack(&self, piece: &Arc<Piece>, encoding: Encoding) {
        if !piece.may_be_packed_harder(encoding) || piece.age() < self.at_rest {
            return;
        }
        let (Ok(runtime), Ok(hand)) = (Handle::try_current(), Arc::clone(&self.hand).try_acquire_owned())
        else {
            return;
        };
        let piece = Arc::clone(piece);
        runtime.spawn_blocking(move || {
            piece.pack_harder(encoding);
            drop(hand);
        });
    }
}

#[cfg(test)]
mod tests {
    use axum::response::Response;
    use http::{HeaderMap, HeaderValue, header};
    use maud::{Markup, PreEscaped};

    use super::*;
    use crate::cache::{Answers, Question};
    use crate::ui::INSIDE;
    use crate::web::Taker;

    fn taker(accepts: &'static str) -> Taker {
        let accepts = HeaderValue::from_static(accepts);
        Taker::from(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, accepts)]))
    }

    fn encoding(response: &Response) -> &str {
        let encoding = response.headers().get(header::CONTENT_ENCODING);
        encoding.map_or("identity", |encoding| encoding.to_str().unwrap())
    }

    fn frame() -> Markup {
        PreEscaped(format!("<p>somebody's own</p>{INSIDE}<p>the end</p>"))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_asked_for_again_goes_harder_packed_to_whoever_takes_it() {
        for (accepts, whole, first, later, in_a_page) in [
            ("gzip, deflate, br, zstd", 100_000, "gzip", "zstd", "zstd"),
            ("gzip, br", 100_000, "gzip", "br", "gzip"),
            ("gzip", 100_000, "gzip", "gzip", "gzip"),
            ("gzip, zstd;q=0.5", 100_000, "gzip", "gzip", "gzip"),
            ("zstd", 100_000, "identity", "zstd", "zstd"),
            ("identity", 100_000, "identity", "identity", "identity"),
            ("gzip, deflate, br, zstd", 1_000, "gzip", "gzip", "gzip"),
        ] {
            let answers = Answers {
                later: Later::after(Duration::ZERO),
                ..Answers::new(Duration::from_mins(1))
            };
            let question = Question {
                asked: "what".to_owned(),
                revision: 1,
            };
            let made = answers.get_or_make(question, || "what many ask ".repeat(whole / 14));
            let inside = made.await.ok().unwrap();
            let (weight, taker) = (inside.weight() + most(&inside), taker(accepts));
            assert_eq!(encoding(&answers.fragment(&taker, &inside)), first, "{accepts}");
            // Until what was begun is done.
            drop(answers.later.hand.acquire().await.unwrap());
            assert_eq!(encoding(&answers.fragment(&taker, &inside)), later, "{accepts}");
            assert_eq!(
                encoding(&answers.page(&taker, &frame(), &inside)),
                in_a_page,
                "{accepts}"
            );
            assert!(inside.weight() + most(&inside) <= weight);
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_was_just_made_or_comes_while_another_is_packed_is_left_for_later() {
        let piece = Piece::new("what many ask ".repeat(10_000)).packed_now();
        Later::default().pack(&piece, Encoding::Zstandard);
        let busy = Later::after(Duration::ZERO);
        let hand = Arc::clone(&busy.hand).acquire_owned().await.unwrap();
        busy.pack(&piece, Encoding::Zstandard);
        assert!(piece.may_be_packed_harder(Encoding::Zstandard));
        drop(hand);
        busy.pack(&piece, Encoding::Zstandard);
        drop(busy.hand.acquire().await.unwrap());
        assert!(!piece.may_be_packed_harder(Encoding::Zstandard));
    }
}
