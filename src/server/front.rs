//! What answers requests, so that whoever serves connections need not know what stands behind it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use tower::{Service, ServiceExt as _};

/// An answer that is being made.
pub type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A function from requests to answers. Cloning shares it, and copies nothing of what stands behind it.
#[derive(Clone)]
pub struct Front(Arc<dyn Fn(Request<Body>) -> Answer + Send + Sync>);

impl Front {
    /// The front of what `answer` does.
    pub fn new(answer: impl Fn(Request<Body>) -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }

    /// Begins to answer.
    pub fn answer(&self, request: Request<Body>) -> Answer {
        (self.0)(request)
    }
}

impl From<Router> for Front {
    fn from(router: Router) -> Self {
        Self::new(move |request| {
            let router = router.clone();
            Box::pin(async move {
                router
                    .oneshot(request)
                    .await
                    .unwrap_or_else(|never| match never {})
            })
        })
    }
}

/// So that it can stand within a router, and layers around it.
impl Service<Request<Body>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.answer(request);
        Box::pin(async { Ok(answer.await) })
    }
}
