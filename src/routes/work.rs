//! What a line of the table does for whoever may ask.

use std::mem::take;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::response::{IntoResponse as _, Response};

use super::Route;
use crate::accounts::Visitor;
use crate::accounts::audit::witness;
use crate::accounts::impersonation::handlers::in_person;
use crate::app::App;
use crate::server::Answer;
use crate::web::Intake;

/// Answers requests that were let in. Cloning shares it.
#[derive(Clone)]
pub struct Work(Arc<dyn Fn(Request, App) -> Answer + Send + Sync>);

impl Work {
    /// That of a function of axum's kind. All are of one kind then, and called without a router.
    pub fn of<T>(handler: impl Handler<T, App, Future = Answer>) -> Self {
        Self(Arc::new(move |request, app| handler.clone().call(request, app)))
    }
}

/// How a body is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// As most forms and JSON are.
    Usual,
    /// So many bytes at most.
    AtMost(usize),
    /// The handler reads it itself, up to the setting's limit, and holds it in memory.
    File,
    /// It goes onto the disk as it comes: it may be larger than memory, and take longer than other requests.
    StoredFile,
}

impl Takes {
    fn prepare(self, request: &mut Request) {
        match self {
            Self::Usual => {}
            Self::AtMost(bytes) => DefaultBodyLimit::max(bytes).apply(request),
            Self::File => DefaultBodyLimit::disable().apply(request),
            Self::StoredFile => {
                DefaultBodyLimit::disable().apply(request);
                if let Some(intake) = request.extensions().get::<Intake>() {
                    intake.pass_on();
                }
            }
        }
    }
}

impl Route {
    /// Does what is asked, and writes down that it was done where the audit is to know.
    pub(super) async fn run(&self, app: &App, request: &mut Request) -> Response {
        if self.in_person
            && let Err(error) = in_person(request.extensions().get::<Visitor>())
        {
            return error.into_response();
        }
        self.takes.prepare(request);
        let request = take(request);
        let work = |request| (self.work.0)(request, app.clone());
        match self.noted {
            Some(what) => Box::pin(witness(app, what, request, work)).await,
            None => work(request).await,
        }
    }
}
