//! Planning poker.

use super::{MEMBER, Route, VIEWER, Who};
use crate::poker::handlers as poker;

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/poker", VIEWER, poker::list_rooms),
        post!("/poker", MEMBER, poker::add_room),
        get!("/poker/{link}", Who::Anybody, poker::show_room),
        post!("/poker/{link}/join", Who::Anybody, poker::join),
        get!("/poker/{link}/invite", Who::Room, poker::show_invite),
        get!("/poker/{link}/people", Who::Room, poker::show_people),
        get!("/poker/{link}/settings", Who::Room, poker::show_settings),
        get!("/poker/{link}/view", Who::Room, poker::show_view),
        get!("/poker/{link}/events", Who::Room, poker::listen),
        post!("/poker/{link}/vote", Who::Room, poker::vote),
        post!("/poker/{link}/reveal", Who::Room, poker::reveal),
        post!("/poker/{link}/rounds", Who::Room, poker::next_round),
    ]
}
