//! The schedule and the plan's lists as pages: the window in the address, forms without scripts, phones.

use crate::house::House;
use crate::plan::{hours, set};
use ballast::accounts::Access;
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn the_window_and_the_filters_stand_in_the_address() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let page = manager
        .text("/schedule?from=2026-12-07&weeks=8&q=lindqvist")
        .await;
    assert!(page.contains("data-from=\"2026-12-07\" data-weeks=\"8\""));
    assert!(page.contains("Bo Lindqvist") && !page.contains("Ada Osei"));
    let projects = manager
        .text(&format!("/schedule?view=projects&open={}", seed.project))
        .await;
    assert!(
        projects.contains("Harbour Substation")
            && projects.contains("Open place")
            && projects.contains("Ada Osei")
    );
    let none = manager.text("/schedule?q=nobody-of-that-name").await;
    assert!(none.contains("Nobody fits these filters"));
    let odd = manager
        .get("/schedule?from=never&weeks=-3&department=x&open=%00,1;2&q=%ff")
        .await;
    assert_eq!(odd.status(), StatusCode::OK);
}

#[tokio::test]
async fn names_are_shown_as_text_whatever_they_hold() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let path = format!("/api/v1/projects/{}/deliverables", seed.project);
    let name = "<script>alert(1)</script>\"'&";
    let made = manager
        .post(&path, &json!({ "name": name, "due": "2026-11-18" }))
        .await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let page = manager.text(&format!("/schedule?open={}", seed.ada)).await;
    assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>alert"));
}

#[tokio::test]
async fn hours_can_be_set_without_a_script() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let path = format!("/assignments/{}/hours", seed.adas);
    let bad = manager
        .form(
            &path,
            &[
                ("week-2026-11-16", "eight"),
                ("seen-2026-11-16", ""),
                ("week-2026-11-23", "5"),
                ("seen-2026-11-23", ""),
            ],
        )
        .await;
    assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = bad.text().await.unwrap();
    assert!(
        page.contains("value=\"eight\"") && page.contains("value=\"5\""),
        "what was typed is kept"
    );
    assert_eq!(hours(&manager, seed.adas).await, json!({}));
    let good = manager
        .form(
            &path,
            &[
                ("week-2026-11-16", "8"),
                ("seen-2026-11-16", ""),
                ("week-2026-11-23", ""),
                ("seen-2026-11-23", ""),
            ],
        )
        .await;
    assert_eq!(good.status(), StatusCode::SEE_OTHER);
    assert_eq!(hours(&manager, seed.adas).await, json!({ "2026-11-16": 8 }));
}

#[tokio::test]
async fn a_form_of_hours_that_somebody_else_was_faster_than_saves_nothing_and_then_what_was_typed() {
    let house = House::open_with(&[("WEEK_STARTS_ON", "sunday")]).await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let cell = json!([{ "assignment": seed.adas, "week": "2026-11-16", "hours": 3 }]);
    assert_eq!(set(&manager, cell).await.status(), StatusCode::OK);
    let path = format!("/assignments/{}/hours", seed.adas);
    let typed = [
        ("week-2026-11-16", "8"),
        ("seen-2026-11-16", ""),
        ("week-2026-11-23", "5"),
        ("seen-2026-11-23", ""),
    ];
    let refused = manager.form(&path, &typed).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text().await.unwrap();
    assert!(
        page.contains("href=\"#f-week-2026-11-16\""),
        "the field is named: {page}"
    );
    assert!(page.contains("has set this week to 3 h meanwhile"), "{page}");
    assert!(
        page.contains("name=\"seen-2026-11-16\" value=\"3\""),
        "what is there is seen now: {page}"
    );
    let alone = hours(&manager, seed.adas).await;
    assert_eq!(alone.as_object().unwrap().len(), 1, "nothing was saved: {alone}");
    let again = typed.map(|(name, value)| (name, if name == "seen-2026-11-16" { "3" } else { value }));
    assert_eq!(manager.form(&path, &again).await.status(), StatusCode::SEE_OTHER);
    let both = hours(&manager, seed.adas).await;
    let both: Vec<&Value> = both.as_object().unwrap().values().collect();
    assert_eq!(both, [&json!(8), &json!(5)]);
}

#[tokio::test]
async fn every_json_route_stands_in_the_openapi_document() {
    let house = House::open().await;
    let viewer = house.guest(Access::Viewer).await;
    let document = viewer.json("/api/v1/openapi.json").await;
    for route in ballast::routes::table() {
        if route.path.starts_with("/api/v1/") && route.path != "/api/v1/openapi.json" {
            let method = route.method.as_str().to_lowercase();
            assert!(
                document["paths"][route.path][method].is_object(),
                "{} {} is not documented",
                route.method,
                route.path
            );
        }
    }
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_refused_by_its_field_in_every_list() {
    let house = House::open().await;
    house.seed().await;
    let manager = house.manager().await;
    for list in [
        "people",
        "projects",
        "assignments",
        "time-off",
        "availability",
        "placeholders",
    ] {
        for (query, field) in [
            ("after=yesterday", "after"),
            ("limit=many", "limit"),
            ("limit=-1", "limit"),
        ] {
            let answer = manager.get(&format!("/api/v1/{list}?{query}")).await;
            assert_eq!(
                answer.status(),
                StatusCode::UNPROCESSABLE_ENTITY,
                "{list}?{query}"
            );
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["errors"][0]["field"], field, "{list}?{query}");
        }
        let page = manager.json(&format!("/api/v1/{list}?after=&limit=")).await;
        assert!(
            page["items"].is_array() && page["next"].is_null(),
            "{list}: {page}"
        );
    }
}

#[tokio::test]
async fn a_form_leads_back_to_the_page_before_it_which_says_what_was_done_once() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let page = format!("/people/{}", seed.ada);
    let changed = manager
        .form(
            &format!("/assignments/{}", seed.adas),
            &[
                ("person", &seed.ada.to_string()),
                ("back", &format!("{page}?done=1")),
            ],
        )
        .await;
    let removed = manager
        .form(
            &format!("/assignments/{}/remove", seed.adas),
            &[("back", &format!("{page}?done=1"))],
        )
        .await;
    for answer in [changed, removed] {
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(
            place.starts_with(&page) && place.matches("done=").count() <= 1,
            "{place}"
        );
        assert_eq!(manager.get(&place).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn on_a_phone_weeks_say_their_month_where_one_begins_and_names_how_full_somebody_is() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    for (hours, told) in [(30, "%"), (50, "over 1 week")] {
        let cells = json!([{ "assignment": seed.adas, "week": "2026-11-23", "hours": hours }]);
        assert_eq!(set(&manager, cells).await.status(), StatusCode::OK);
        let page = manager.text("/schedule?from=2026-11-16").await;
        let row = crate::house::between(&page, &format!("id=\"p{}\"", seed.ada), "</tr>").unwrap();
        let days: Vec<&str> = row
            .split("data-label=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert_eq!(days[..4], ["16 Nov", "23", "30", "7 Dec"]);
        let chip = crate::house::between(&row, "fullness\">", "</span>").unwrap();
        assert!(chip.contains(told), "{chip}");
    }
}
