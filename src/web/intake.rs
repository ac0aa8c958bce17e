//! The body of a request as those see it who answer it, and how long a request may take.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::Either;
use http::{Request, Response, StatusCode};
use tokio_util::sync::CancellationToken;
use tower::{Layer, Service};
use tower_http::timeout::{Timeout, TimeoutLayer};

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

impl<S> Layer<S> for Times {
    type Service = InTime<S>;

    fn layer(&self, inner: S) -> InTime<S> {
        let timed = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, self.whole).layer(inner);
        InTime { timed, times: *self }
    }
}

/// Answers 408 where a request takes longer than its time. One without a body costs no more than that.
#[derive(Clone)]
pub struct InTime<S> {
    timed: Timeout<S>,
    times: Times,
}

impl<S, A, B> Service<Request<A>> for InTime<S>
where
    S: Service<Request<A>, Response = Response<B>>,
    S::Future: Send + 'static,
    B: Default,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = Either<
        <Timeout<S> as Service<Request<A>>>::Future,
        Pin<Box<dyn Future<Output = Result<Response<B>, S::Error>> + Send>>,
    >;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.timed.poll_ready(cx)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let Some(intake) = request.extensions().get::<Intake>().cloned() else {
            return Either::Left(self.timed.call(request));
        };
        let (answered, times) = (self.timed.get_mut().call(request), self.times);
        Either::Right(Box::pin(async move {
            tokio::select! {
                biased;
                answer = answered => answer,
                () = over(&intake, times) => {
                    let mut late = Response::new(B::default());
                    *late.status_mut() = StatusCode::REQUEST_TIMEOUT;
                    Ok(late)
                }
            }
        }))
    }
}

/// Done when the time of a request with such a body is over.
async fn over(intake: &Intake, times: Times) {
    tokio::time::sleep(times.whole).await;
    if intake.passes_on() {
        intake.ended.cancelled().await;
        tokio::time::sleep(times.after_body).await;
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::Body;
    use tower::{ServiceExt as _, service_fn};

    use super::*;

    const SHORT: Duration = Duration::from_millis(30);
    const TIMES: Times = Times {
        whole: SHORT,
        after_body: SHORT,
    };

    /// What is answered where `work` is what has to be done.
    async fn answered(intake: Option<Intake>, work: impl Future<Output = ()> + Send + 'static) -> u16 {
        let mut work = Some(work);
        let service = service_fn(move |_: Request<Body>| {
            let work = work.take();
            async move {
                if let Some(work) = work {
                    work.await;
                }
                Ok::<_, Infallible>(Response::new(Body::empty()))
            }
        });
        let mut request = Request::new(Body::empty());
        if let Some(intake) = intake {
            request.extensions_mut().insert(intake);
        }
        let mut timed = TIMES.layer(service);
        let answer = timed.ready().await.unwrap().call(request).await.unwrap();
        answer.status().as_u16()
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
