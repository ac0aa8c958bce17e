//! Every room.

use maud::{Markup, html};

use crate::clock::Clock;
use crate::poker::store::Summary;
use crate::ui::{Frame, Place, ago, empty, encoded, form_key, page};
use crate::units::ids::AccountId;

/// What the list shows.
pub struct Rooms<'a> {
    /// Those that were asked for, those that are played in first.
    pub found: &'a [Summary],
    /// After which of them there are more; none where these are the last.
    pub next: Option<i64>,
    /// Whether others come before these.
    pub goes_on: bool,
    /// How many there are in all.
    pub all: usize,
    /// Who is there now, by the room's link.
    pub here: &'a dyn Fn(&str) -> usize,
    /// Who looks.
    pub own: AccountId,
    /// What was searched for, or nothing.
    pub q: &'a str,
}

/// The list of rooms.
pub fn list(frame: &Frame, clock: &Clock, rooms: &Rooms<'_>, may_make: bool) -> Markup {
    let (ended, live): (Vec<&Summary>, Vec<&Summary>) =
        rooms.found.iter().partition(|room| room.ended_at.is_some());
    let new_room = html! {
        @if may_make {
            form method="post" action="/poker" {
                (form_key(&frame.form_key))
                button.btn.primary type="submit" { "New room" }
            }
        }
    };
    let content = html! {
        div.topbar {
            h1 { "Planning poker" }
            span.spacer {}
            @if rooms.all > 0 {
                form method="get" action="/poker" role="search" {
                    input type="search" name="q" value=(rooms.q) placeholder="Find a room" aria-label="Find a room";
                    button.btn type="submit" { "Find" }
                }
            }
            a.btn href="/poker/pace" { "Pace of the teams" }
            (new_room)
        }
        @if rooms.all == 0 {
            (empty("No room yet", "A room opens with one press and needs nothing prepared: invite the team by its link, and vote. Names, cards and stories can come later.", &new_room))
        } @else if rooms.found.is_empty() {
            (empty("No room is called that", "Rooms are found by their names, also those that have ended.", &html! { a.btn href="/poker" { "All rooms" } }))
        } @else {
            @if !live.is_empty() { (section("live", "Open rooms", &html! { ul.rooms { @for room in live { (open_room(clock, rooms, room)) } } })) }
            @if !ended.is_empty() { (section("ended", "Ended", &html! { ul.rooms { @for room in ended { (ended_room(clock, rooms, room)) } } })) }
            @if rooms.goes_on || rooms.next.is_some() { (others(rooms)) }
        }
    };
    page(frame, Place::Poker, "Planning poker", &content)
}

/// The way to the rooms that are not on this page.
fn others(rooms: &Rooms<'_>) -> Markup {
    let q = encoded(rooms.q);
    html! {
        nav.more-rooms aria-label="More rooms" {
            @if rooms.goes_on { a.btn href=(format!("/poker?q={q}")) { "The newest rooms" } }
            @if let Some(next) = rooms.next { a.btn href=(format!("/poker?q={q}&after={next}")) { "More rooms" } }
        }
    }
}

fn section(id: &str, title: &str, inside: &Markup) -> Markup {
    html! { section aria-labelledby=(id) { h2.rooms-head id=(id) { (title) } (inside) } }
}

fn open_room(clock: &Clock, rooms: &Rooms<'_>, room: &Summary) -> Markup {
    let here = (rooms.here)(&room.link);
    html! {
        li.card {
            h3 { a href={ "/poker/" (room.link) } { (room.name) } }
            p.muted { (stories(room)) }
            p.chips {
                @if here > 0 { span.chip.good { span aria-hidden="true" { "● " } (here) " here" } }
                span.faint { @if room.owner_id == rooms.own { "Yours" } @else { (room.owner) } " · " (ago(clock, room.made_at)) }
            }
        }
    }
}

fn ended_room(clock: &Clock, rooms: &Rooms<'_>, room: &Summary) -> Markup {
    html! {
        li.card {
            h3 { a href={ "/poker/" (room.link) } { (room.name) } }
            p.muted { (stories(room)) }
            p.chips {
                span.chip { "ended" @if let Some(at) = room.ended_at { " " (ago(clock, at)) } }
                span.faint { @if room.owner_id == rooms.own { "Yours" } @else { (room.owner) } }
            }
        }
    }
}

fn stories(room: &Summary) -> String {
    match (room.stories, room.agreed) {
        (0, _) => "Quick votes".to_owned(),
        (1, agreed) => format!("1 story, {agreed} estimated"),
        (stories, agreed) => format!("{stories} stories, {agreed} estimated"),
    }
}
