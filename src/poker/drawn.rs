//! What somebody in a room is shown, put together from what is drawn for them and what is finished for all.

use std::sync::Arc;

use axum::response::Response;
use http::HeaderMap;

use super::answer::Seen;
use super::rules::view::View;
use super::seat::Seat;
use super::{live, pace, pages, stories};
use crate::app::App;
use crate::error::AppError;
use crate::web::pieces::{Piece, answer};
use crate::web::{Taker, is_fragment};

const HTML: &str = "text/html; charset=utf-8";

/// Draws something of a room for whoever asks.
pub fn drawn(
    app: &App,
    seat: &Seat,
    headers: &HeaderMap,
    draw: impl FnOnce(&pages::Shown<'_>) -> maud::Markup,
) -> Response {
    let seen = live::seen(app, &seat.table, seat.viewer());
    let pieces = pieces(app, seat, is_fragment(headers), (&seen, &seen.view()), draw);
    answer(HTML, &pieces, Taker::from(headers).packs())
}

/// The room as the page of whoever asks.
///
/// # Errors
/// Where the pace of the team cannot be read.
pub async fn room_page(app: &App, seat: &Seat, headers: &HeaderMap) -> Result<Response, AppError> {
    let pieces = room(app, seat, is_fragment(headers)).await?;
    Ok(answer(HTML, &pieces, Taker::from(headers).packs()))
}

/// The room, with what the team's pace says of the story that was just agreed on; as a whole page, or its inside alone.
///
/// # Errors
/// Where the pace of the team cannot be read.
pub async fn room(app: &App, seat: &Seat, is_fragment: bool) -> Result<Vec<Arc<Piece>>, AppError> {
    let seen = live::seen(app, &seat.table, seat.viewer());
    let view = seen.view();
    let hours = pace::line(app, &seat.table.room(), &view).await?;
    Ok(pieces(app, seat, is_fragment, (&seen, &view), |shown| {
        pages::room(&pages::Shown {
            hours: hours.as_ref(),
            ..*shown
        })
    }))
}

fn pieces(
    app: &App,
    seat: &Seat,
    is_fragment: bool,
    (seen, view): (&Seen, &View),
    draw: impl FnOnce(&pages::Shown<'_>) -> maud::Markup,
) -> Vec<Arc<Piece>> {
    let (seats, stories) = (seen.crowd(view), seen.stories());
    let frame = seat.visitor.as_ref().map(|visitor| visitor.frame(app));
    let shown = pages::Shown {
        frame: frame.as_ref(),
        seat,
        view,
        is_fragment,
        hours: None,
        shares_seats: seats.is_some(),
        shares_stories: stories.is_some(),
    };
    let mut pieces = Vec::new();
    put_in(
        &mut pieces,
        &draw(&shown).into_string(),
        &[
            (pages::SEATS, seats.unwrap_or_default()),
            (stories::LINES, stories.into_iter().collect()),
        ],
    );
    pieces
}

/// The page as pieces, with finished ones where their marks stand.
fn put_in(pieces: &mut Vec<Arc<Piece>>, page: &str, marks: &[(&str, Vec<Arc<Piece>>)]) {
    let parted = marks
        .split_first()
        .map(|((mark, finished), rest)| (page.split_once(mark), finished, rest));
    match parted {
        Some((Some((before, after)), finished, rest)) => {
            put_in(pieces, before, rest);
            pieces.extend(finished.iter().cloned());
            put_in(pieces, after, rest);
        }
        Some((None, _, rest)) => put_in(pieces, page, rest),
        None => pieces.push(Piece::new(page.to_owned())),
    }
}
