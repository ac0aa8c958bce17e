//! Planning poker.

use super::{MEMBER, Route, VIEWER, Who, in_person, takes_a_file};
use crate::poker::stories::{api as stories_api, handlers as stories};
use crate::poker::{api, handlers as poker};

/// The lines of the table. An administrator who sees through somebody's eyes sees their rooms, and does nothing in them.
pub(super) fn routes() -> Vec<Route> {
    let mut all = vec![
        get!("/poker", VIEWER, poker::list_rooms),
        in_person(post!("/poker", MEMBER, poker::add_room)),
        get!("/poker/{link}", Who::Anybody, poker::show_room),
        in_person(post!("/poker/{link}/join", Who::Anybody, poker::join)),
        get!("/poker/{link}/invite", Who::Room, poker::show_invite),
        get!("/poker/{link}/people", Who::Room, poker::show_people),
        get!("/poker/{link}/days", Who::Room, poker::show_days),
        get!("/poker/{link}/settings", Who::Room, poker::show_settings),
        get!("/poker/{link}/view", Who::Room, poker::show_view),
        get!("/poker/{link}/events", Who::Room, poker::listen),
        get!("/poker/{link}/rounds", Who::Room, poker::list_rounds),
        get!("/api/v1/poker", VIEWER, api::list_rooms),
        in_person(post!("/api/v1/poker", MEMBER, api::add_room)),
        get!("/api/v1/poker/{link}", Who::Room, api::show_room),
        get!("/api/v1/poker/{link}/rounds", Who::Room, api::list_rounds),
    ];
    all.extend(messages().into_iter().map(in_person));
    all.extend(stories_read());
    all.extend(stories_written().into_iter().map(in_person));
    all
}

/// What a room is told.
fn messages() -> Vec<Route> {
    vec![
        post!("/poker/{link}/here", Who::Room, poker::hear),
        post!("/poker/{link}/vote", Who::Room, poker::vote),
        post!("/poker/{link}/second", Who::Room, poker::reconsider),
        post!("/poker/{link}/reveal", Who::Room, poker::reveal),
        post!("/poker/{link}/rounds", Who::Room, poker::vote_again),
        post!("/poker/{link}/story", Who::Room, poker::choose_story),
        post!("/poker/{link}/next", Who::Room, poker::next_story),
        post!("/poker/{link}/skip", Who::Room, poker::skip_story),
        post!("/poker/{link}/accept", Who::Room, poker::accept),
        post!("/poker/{link}/reopen", Who::Room, poker::reopen),
        post!("/poker/{link}/timer", Who::Room, poker::set_timer),
        post!("/poker/{link}/asynchronous", Who::Room, poker::ask_over_days),
        post!("/poker/{link}/role", Who::Room, poker::set_role),
        post!("/poker/{link}/name", Who::Room, poker::rename),
        post!("/poker/{link}/claim", Who::Room, poker::claim),
        post!("/poker/{link}/people/{id}/out", Who::Room, poker::put_out),
        post!("/poker/{link}/people/{id}/back", Who::Room, poker::forgive),
        post!(
            "/poker/{link}/people/{id}/facilitator",
            Who::Room,
            poker::set_facilitator
        ),
        post!("/poker/{link}/settings", Who::Room, poker::save_settings),
        post!("/poker/{link}/passcode", Who::Room, poker::set_passcode),
        post!("/poker/{link}/end", Who::Room, poker::end_room),
        post!("/poker/{link}/{action}", Who::Room, poker::unknown),
    ]
}

/// Stories, looked at and taken away.
fn stories_read() -> Vec<Route> {
    vec![
        get!("/poker/{link}/stories/new", Who::Room, stories::new_story),
        get!("/poker/{link}/stories/import", Who::Room, stories::show_import),
        get!("/poker/{link}/stories/{id}", Who::Room, stories::show_story),
        get!("/poker/{link}/stories/{id}/edit", Who::Room, stories::edit_story),
        get!(
            "/api/v1/poker/{link}/stories",
            Who::Room,
            stories_api::list_stories
        ),
        get!("/poker/{link}/export", Who::Room, stories::show_export),
        get!("/poker/{link}/export/{file}", Who::Room, stories::export),
    ]
}

/// Stories, added and changed.
fn stories_written() -> Vec<Route> {
    vec![
        post!("/api/v1/poker/{link}/stories", Who::Room, stories_api::add_story),
        post!(
            "/api/v1/poker/{link}/stories/import",
            Who::Room,
            stories_api::import
        ),
        post!("/poker/{link}/stories", Who::Room, stories::add_story),
        takes_a_file(post!("/poker/{link}/stories/import", Who::Room, stories::import)),
        post!("/poker/{link}/stories/{id}", Who::Room, stories::change_story),
        post!("/poker/{link}/stories/{id}/move", Who::Room, stories::move_story),
        post!("/poker/{link}/stories/{id}/skip", Who::Room, stories::skip_story),
        post!(
            "/poker/{link}/stories/{id}/remove",
            Who::Room,
            stories::remove_story
        ),
    ]
}
