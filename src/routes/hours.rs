//! From points to hours: paces of teams, agreed stories on the schedule, and when they are done.

use super::{MANAGER, MEMBER, Route, Takes, VIEWER, in_person};
use crate::poker::MESSAGE;
use crate::poker::forecast::{api as forecast_api, handlers as forecast};
use crate::poker::pace::{api as pace_api, handlers as pace};
use crate::poker::planned::{api as planned_api, handlers as planned};

/// What is said to a room is as short in these as in any other message to it.
fn short(route: Route) -> Route {
    Route {
        takes: Takes::AtMost(MESSAGE),
        ..route
    }
}

/// The lines of the table. What is done in a room is done in person, as all of it is.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/poker/{link}/plan", VIEWER, planned::show_plan),
        short(post!("/poker/{link}/plan", MANAGER, planned::plan)),
        in_person(short(post!("/poker/{link}/finished", MEMBER, planned::finish))),
        in_person(short(post!(
            "/poker/{link}/unfinished",
            MEMBER,
            planned::unfinish
        ))),
        get!("/api/v1/poker/{link}/plan", VIEWER, planned_api::preview),
        post!("/api/v1/poker/{link}/plan", MANAGER, planned_api::book),
        get!("/poker/{link}/forecast", VIEWER, forecast::show_room),
        in_person(short(post!(
            "/poker/{link}/forecast",
            MEMBER,
            forecast::make_room
        ))),
        in_person(short(post!("/poker/{link}/discuss", MEMBER, forecast::discuss))),
        get!("/projects/{id}/forecast", VIEWER, forecast::show_project),
        post!("/projects/{id}/forecast", MEMBER, forecast::make_project),
        get!("/api/v1/poker/{link}/forecast", VIEWER, forecast_api::show_room),
        post!("/api/v1/poker/{link}/forecast", MEMBER, forecast_api::make_room),
        get!(
            "/api/v1/projects/{id}/forecast",
            VIEWER,
            forecast_api::show_project
        ),
        post!(
            "/api/v1/projects/{id}/forecast",
            MEMBER,
            forecast_api::make_project
        ),
        get!("/poker/pace", VIEWER, pace::list_paces),
        get!("/poker/pace/{department}", VIEWER, pace::show_pace),
        post!("/poker/pace/{department}", MANAGER, pace::set_factor),
        post!("/poker/pace/{department}/sizes", MANAGER, pace::set_sizes),
        get!("/api/v1/poker/pace/{department}", VIEWER, pace_api::show_pace),
        put!("/api/v1/poker/pace/{department}", MANAGER, pace_api::set_factor),
    ]
}
