//! The body of a request as it arrives: its pace, and how much of all bodies is held.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep_until};

use super::limits::Pace;
use crate::web::Intake;

/// Why a body is not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It comes too slowly.
    #[error("the body comes too slowly")]
    TooSlow,
    /// All bodies together are too much.
    #[error("too much is being sent at once")]
    TooMuch,
}

/// What of a body whoever answers the request has to know: whether it is in trouble, and what it holds of the budget.
pub struct Arrival {
    trouble: Mutex<Option<Trouble>>,
    told: Notify,
    budget: Arc<AtomicUsize>,
    /// What of the budget is left to small bodies.
    reserve: usize,
    held: AtomicUsize,
    intake: Intake,
}

/// A body of this size is small: a form, a vote, a cell. Whoever sends large ones does not keep others from sending these.
const SMALL: usize = 64 * 1_024;
/// What a body counts as at most that goes to the disk as it comes. More of one never lies in memory: what is read ahead of the disk
/// is a window of HTTP/2, or a few pieces of HTTP/1.
const PASSED_ON: usize = 1_048_576;

impl Arrival {
    /// Holds nothing of `budget`, the bytes that may still be taken in, of which `reserve` are for small bodies.
    ///
    /// * `intake`: what whoever answers the request says of its body.
    pub fn new(budget: Arc<AtomicUsize>, reserve: usize, intake: Intake) -> Arc<Self> {
        Arc::new(Self {
            trouble: Mutex::new(None),
            told: Notify::new(),
            budget,
            reserve,
            held: AtomicUsize::new(0),
            intake,
        })
    }

    /// Done when the body is in trouble.
    pub async fn troubled(&self) -> Trouble {
        loop {
            let told = self.told.notified();
            if let Some(trouble) = self.trouble() {
                return trouble;
            }
            told.await;
        }
    }

    /// What is wrong with it, if something is.
    pub fn trouble(&self) -> Option<Trouble> {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
        self.told.notify_one();
    }

    /// Takes `bytes` out of the budget, where it has them.
    fn hold(&self, bytes: usize) -> bool {
        let held = self.held.load(Ordering::Relaxed);
        let bytes = if self.intake.passes_on() {
            bytes.min(PASSED_ON.saturating_sub(held))
        } else {
            bytes
        };
        // Whoever has its share already goes on, however little is left.
        if bytes == 0 {
            return true;
        }
        let is_small = held.saturating_add(bytes) <= SMALL;
        let kept = if is_small { 0 } else { self.reserve };
        let taken = self
            .budget
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(bytes).filter(|left| *left >= kept)
            });
        if taken.is_ok() {
            self.held.fetch_add(bytes, Ordering::Relaxed);
        }
        taken.is_ok()
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.budget.fetch_add(*self.held.get_mut(), Ordering::Relaxed);
    }
}

/// A body that has to keep its pace.
pub struct Arriving<B> {
    inner: B,
    pace: Pace,
    arrival: Arc<Arrival>,
    came: u64,
    waited: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<B> Arriving<B> {
    pub const fn new(inner: B, pace: Pace, arrival: Arc<Arrival>) -> Self {
        Self {
            inner,
            pace,
            arrival,
            came: 0,
            waited: Duration::ZERO,
            waiting: None,
        }
    }

    /// How long the client may take from now on.
    fn patience(&self) -> Duration {
        let earned = Duration::from_secs(self.came / self.pace.per_second.max(1));
        let left = earned.max(self.pace.free).saturating_sub(self.waited);
        left.min(self.pace.next)
    }
}

impl<B> Drop for Arriving<B> {
    fn drop(&mut self) {
        self.arrival.intake.end();
    }
}

impl<B> Body for Arriving<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) else {
            let patience = this.patience();
            let (_, timer) = this.waiting.get_or_insert_with(|| {
                let now = Instant::now();
                (now, Box::pin(sleep_until(now + patience)))
            });
            ready!(timer.as_mut().poll(cx));
            this.arrival.tell(Trouble::TooSlow);
            return Poll::Ready(Some(Err(Trouble::TooSlow.into())));
        };
        if let Some((since, _)) = this.waiting.take() {
            this.waited += since.elapsed();
        }
        let Some(frame) = frame else {
            this.arrival.intake.end();
            return Poll::Ready(None);
        };
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => return Poll::Ready(Some(Err(error.into()))),
        };
        let size = frame.data_ref().map_or(0, Bytes::len);
        this.came += u64::try_from(size).unwrap_or(0);
        if !this.arrival.hold(size) {
            this.arrival.tell(Trouble::TooMuch);
            return Poll::Ready(Some(Err(Trouble::TooMuch.into())));
        }
        if this.inner.is_end_stream() {
            this.arrival.intake.end();
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt as _;
    use http_body_util::{BodyExt as _, StreamBody};

    const PACE: Pace = Pace {
        next: Duration::from_millis(200),
        free: Duration::from_millis(50),
        per_second: 1_000_000,
    };

    fn arrival(budget: usize) -> Arc<Arrival> {
        Arrival::new(Arc::new(AtomicUsize::new(budget)), 0, Intake::default())
    }

    #[expect(clippy::unnecessary_wraps, reason = "a stream of frames is one of results")]
    fn frame(size: usize) -> Result<Frame<Bytes>, axum::BoxError> {
        Ok(Frame::data(Bytes::from(vec![0; size])))
    }

    #[tokio::test]
    async fn a_body_that_stops_or_trickles_is_told_of() {
        let trickle = futures_util::stream::iter([frame(1), frame(1)]).chain(futures_util::stream::pending());
        let arrival = arrival(1_000);
        let body = Arriving::new(StreamBody::new(trickle), PACE, Arc::clone(&arrival));
        let wrong = body.collect().await.unwrap_err();
        assert_eq!(wrong.downcast_ref(), Some(&Trouble::TooSlow));
        assert_eq!(arrival.troubled().await, Trouble::TooSlow);
    }

    #[tokio::test]
    async fn what_came_fast_may_pause_for_longer() {
        let arrival = arrival(10_000_000);
        let never = futures_util::stream::pending::<Result<Frame<Bytes>, axum::BoxError>>();
        let mut body = Arriving::new(StreamBody::new(never), PACE, arrival);
        body.waited = Duration::from_millis(40);
        assert_eq!(body.patience(), Duration::from_millis(10));
        body.came = 5_000_000;
        assert_eq!(body.patience(), PACE.next);
    }

    #[tokio::test]
    async fn the_budget_is_that_of_all_and_is_given_back() {
        let budget = Arc::new(AtomicUsize::new(1_000));
        let sent = |size| {
            Arriving::new(
                StreamBody::new(futures_util::stream::iter([frame(size)])),
                PACE,
                Arrival::new(Arc::clone(&budget), 0, Intake::default()),
            )
        };
        let first = Arrival::new(Arc::clone(&budget), 0, Intake::default());
        let body = StreamBody::new(futures_util::stream::iter([frame(600)]));
        Arriving::new(body, PACE, Arc::clone(&first))
            .collect()
            .await
            .unwrap();
        let wrong = sent(600).collect().await.unwrap_err();
        assert_eq!(wrong.downcast_ref(), Some(&Trouble::TooMuch));
        drop(first);
        sent(600).collect().await.unwrap();
        assert_eq!(budget.load(Ordering::Relaxed), 1_000);
    }

    #[tokio::test]
    async fn large_bodies_leave_room_for_small_ones() {
        let budget = Arc::new(AtomicUsize::new(1_000_000));
        let large = Arrival::new(Arc::clone(&budget), 500_000, Intake::default());
        assert!(large.hold(400_000));
        assert!(!large.hold(200_000), "the rest is kept");
        let small = Arrival::new(Arc::clone(&budget), 500_000, Intake::default());
        assert!(small.hold(30_000) && small.hold(30_000));
        assert!(!small.hold(500_000), "nor is it small by coming in pieces");
        drop((large, small));
        assert_eq!(budget.load(Ordering::Relaxed), 1_000_000);
    }

    #[tokio::test]
    async fn what_goes_to_the_disk_counts_once_and_not_by_its_length() {
        let budget = Arc::new(AtomicUsize::new(3_000_000));
        let intake = Intake::default();
        let arrival = Arrival::new(Arc::clone(&budget), 1_000_000, intake.clone());
        intake.pass_on();
        let pieces = (0..100).map(|_| frame(1_000_000));
        let mut body = Arriving::new(
            StreamBody::new(futures_util::stream::iter(pieces)),
            PACE,
            Arc::clone(&arrival),
        );
        while let Some(piece) = body.frame().await {
            piece.unwrap();
        }
        assert_eq!(budget.load(Ordering::Relaxed), 3_000_000 - PASSED_ON);
        // Where even that is not there, it is refused as others are.
        let second = Arrival::new(Arc::clone(&budget), 1_000_000, intake);
        assert!(!second.hold(1_000_000));
        // The one that has its share goes on while small ones take what is kept for them.
        let small = Arrival::new(Arc::clone(&budget), 1_000_000, Intake::default());
        assert!(second.hold(50_000) && small.hold(50_000));
        budget.store(0, Ordering::Relaxed);
        assert!(arrival.hold(1_000_000) && !small.hold(1));
        budget.store(3_000_000 - PASSED_ON - 100_000, Ordering::Relaxed);
        drop((second, small));
        drop((arrival, body));
        assert_eq!(budget.load(Ordering::Relaxed), 3_000_000);
    }
}
