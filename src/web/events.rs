//! Server-sent events: one line to each open browser.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use tokio_stream::wrappers::BroadcastStream;

use crate::app::App;

/// How long a line lives. The browser opens the next one by itself, and is asked then whether it may.
const LIFE: Duration = Duration::from_mins(5);

/// `GET /events`: says that something changed, as `changed` with a revision and a topic; the browser fetches what it shows.
pub async fn listen(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let revision = app.book().revision;
    // After a change of accounts every browser is asked anew whether it may listen.
    let events = BroadcastStream::new(app.feed.listen())
        .take_while(|event| std::future::ready(!event.as_ref().is_ok_and(|event| event.topic == "accounts")));
    let events = events.map(move |event| {
        // Who lagged lost events, not the news: everything may have changed.
        let event = event.unwrap_or(crate::feed::Event {
            revision,
            topic: "all",
        });
        let data = serde_json::to_string(&event).unwrap_or_default();
        Ok(Event::default().event("changed").data(data))
    });
    let over = futures_util::future::select(Box::pin(app.feed.closed()), Box::pin(tokio::time::sleep(LIFE)));
    let events = events.take_until(over);
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(25)))
}
