//! Server-sent events: one line to each open browser.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use tokio_stream::wrappers::BroadcastStream;

use crate::app::App;

/// `GET /events`: says that something changed, as `changed` with a revision and a topic; the browser fetches what it shows.
pub async fn listen(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let revision = app.book().revision;
    let events = BroadcastStream::new(app.feed.listen()).map(move |event| {
        // Who lagged lost events, not the news: everything may have changed.
        let event = event.unwrap_or(crate::feed::Event {
            revision,
            topic: "all",
        });
        let data = serde_json::to_string(&event).unwrap_or_default();
        Ok(Event::default().event("changed").data(data))
    });
    let events = events.take_until(Box::pin(app.feed.closed()));
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(25)))
}
