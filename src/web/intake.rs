//! The body of a request as those see it who answer it, and how long a request may take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use tokio_util::sync::CancellationToken;

/// On every request with a body: what the listener and whoever answers know of it. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    passes_on: Arc<AtomicBool>,
    ended: CancellationToken,
}

impl Intake {
    /// From now on the bytes go to the disk as they come: however many they are, few of them lie in memory at a time, and they
    /// may come for as long as they keep their pace.
    pub fn pass_on(&self) {
        self.passes_on.store(true, Ordering::Release);
    }

    /// Whether they do.
    #[must_use]
    pub fn passes_on(&self) -> bool {
        self.passes_on.load(Ordering::Acquire)
    }

    /// Nothing more comes, or nobody reads it any more.
    pub fn end(&self) {
        self.ended.cancel();
    }
}

/// How long a request may take until the head of its answer.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// From its own head on.
    pub whole: Duration,
    /// From the end of its body on, where that went to the disk as it came and took longer.
    pub after_body: Duration,
}

impl Times {
    /// What `answer` comes to, or 408 where it takes longer than its time.
    ///
    /// * `intake`: that of its request, where it has a body.
    pub async fn within(self, intake: Option<Intake>, answer: impl Future<Output = Response>) -> Response {
        tokio::select! {
            // Most are there at once, and no time is taken.
            biased;
            answer = answer => answer,
            () = self.over(intake) => StatusCode::REQUEST_TIMEOUT.into_response(),
        }
    }

    /// Done when the time is over.
    async fn over(self, intake: Option<Intake>) {
        tokio::time::sleep(self.whole).await;
        if let Some(intake) = intake.filter(Intake::passes_on) {
            intake.ended.cancelled().await;
            tokio::time::sleep(self.after_body).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(30);
    const TIMES: Times = Times {
        whole: SHORT,
        after_body: SHORT,
    };

    /// What is answered where `work` is what has to be done.
    async fn answered(intake: Option<Intake>, work: impl Future<Output = ()>) -> u16 {
        let answer = async {
            work.await;
            StatusCode::OK.into_response()
        };
        TIMES.within(intake, answer).await.status().as_u16()
    }

    fn passed_on() -> Intake {
        let intake = Intake::default();
        intake.pass_on();
        intake
    }

    #[tokio::test]
    async fn a_request_has_its_time_whether_or_not_it_has_a_body() {
        for intake in [None, Some(Intake::default()), Some(passed_on())] {
            assert_eq!(answered(intake, std::future::ready(())).await, 200);
        }
        for intake in [None, Some(Intake::default())] {
            assert_eq!(answered(intake, std::future::pending()).await, 408);
        }
    }

    #[tokio::test]
    async fn what_goes_to_the_disk_may_keep_coming_and_then_has_its_time() {
        let intake = passed_on();
        let coming = answered(Some(intake.clone()), std::future::pending());
        tokio::pin!(coming);
        assert!(tokio::time::timeout(SHORT * 4, &mut coming).await.is_err());
        intake.end();
        assert_eq!(coming.await, 408);
        let intake = passed_on();
        let ended = intake.ended.clone().cancelled_owned();
        let coming = answered(Some(intake.clone()), ended);
        tokio::pin!(coming);
        assert!(tokio::time::timeout(SHORT * 4, &mut coming).await.is_err());
        intake.end();
        assert_eq!(coming.await, 200);
    }
}
