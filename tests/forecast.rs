//! Capacity against demand: the numbers, who stands behind them, and what leaves the page.

use crate::figures::{faults, sheet, team};
use crate::house::House;
use ballast::accounts::Access;
use reqwest::StatusCode;
use serde_json::{Value, json};

#[cfg(test)]
fn week<'a>(answer: &'a Value, first: &str) -> &'a Value {
    let weeks = answer["weeks"].as_array().unwrap();
    weeks.iter().find(|week| week["week"] == first).unwrap()
}

#[tokio::test]
async fn the_recorded_team_has_the_recorded_utilisation() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    // Capacities 40 and 30: 10 + 5 hours are 21.4 %, 20 are 28.6 %.
    team.book(
        &admin,
        &[(team.anns, 0, 10.0), (team.bens, 0, 5.0), (team.anns, 1, 20.0)],
    )
    .await;
    let answer = admin.json("/api/v1/forecast?weeks=8").await;
    let (now, next) = (week(&answer, "2026-11-16"), week(&answer, "2026-11-23"));
    assert_eq!((&now["capacity"], &now["confirmed"]), (&json!(70), &json!(15)));
    assert_eq!(
        (&now["percentExact"], &now["percent"]),
        (&json!(21.4), &json!(21))
    );
    assert_eq!(
        (&next["percentExact"], &next["percent"]),
        (&json!(28.6), &json!(29))
    );
    assert_eq!(answer["weeks"].as_array().unwrap().len(), 8);
    // A third person of 20 hours begins on the Monday of the second week, with 10 hours in it: 30 of 90.
    let third = team.person(&admin, "Cleo", 20, Some("2026-11-23"), None).await;
    let thirds = team.assign(&admin, team.project, Some(third), None).await;
    team.book(&admin, &[(thirds, 1, 10.0)]).await;
    let answer = admin.json("/api/v1/forecast?weeks=8").await;
    assert_eq!(week(&answer, "2026-11-16")["capacity"], 70);
    let next = week(&answer, "2026-11-23");
    assert_eq!((&next["capacity"], &next["confirmed"]), (&json!(90), &json!(30)));
    assert_eq!(next["percentExact"], 33.3);
}

#[tokio::test]
async fn gaps_and_idle_hours_are_told_by_role_with_open_places_as_demand() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    // Ann designs 48 of 40 hours; an open place asks for 25 more of a role that has Ben's 30; tentative work comes on top.
    team.book(
        &admin,
        &[(team.anns, 0, 48.0), (team.open, 0, 25.0), (team.maybe, 0, 9.5)],
    )
    .await;
    let answer = admin.json("/api/v1/forecast?weeks=12&by=role").await;
    assert_eq!(
        (&answer["gap"], &answer["gapConfirmed"]),
        (&json!(12.5), &json!(8))
    );
    assert_eq!(answer["firstShort"], "2026-11-16");
    let groups = answer["groups"].as_array().unwrap();
    let of = |name: &str| groups.iter().find(|group| group["name"] == name).unwrap();
    assert_eq!(of("Designer")["gap"], 8);
    let engineers = &of("Engineer")["weeks"][0];
    assert_eq!(
        (&engineers["openConfirmed"], &engineers["tentative"]),
        (&json!(25), &json!(9.5))
    );
    assert_eq!(
        (&engineers["demand"], &engineers["gap"], &engineers["idle"]),
        (&json!(34.5), &json!(4.5), &json!(0))
    );
    let firm = admin.json("/api/v1/forecast?weeks=12&by=role&tentative=0").await;
    assert_eq!((&firm["gap"], &firm["withTentative"]), (&json!(8), &json!(false)));
    // As a whole 82.5 of 70 hours are asked for, which is the same gap here; a finer cut never shows less.
    let whole = admin.json("/api/v1/forecast?weeks=12").await;
    assert_eq!((&whole["gap"], &whole["idle"]), (&json!(12.5), &json!(770)));
}

#[tokio::test]
async fn a_closed_project_asks_for_nothing_more() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    team.book(&admin, &[(team.anns, 0, 20.0), (team.open, 1, 8.0)])
        .await;
    team.close(&admin, team.project).await;
    let answer = admin.json("/api/v1/forecast").await;
    let now = week(&answer, "2026-11-16");
    assert_eq!(
        (&now["confirmed"], &now["closed"], &now["idle"]),
        (&json!(0), &json!(20), &json!(70))
    );
    assert_eq!(week(&answer, "2026-11-23")["openConfirmed"], 0);
    let page = admin.text("/forecast").await;
    assert!(
        page.contains("28 h still stand in the plan on closed projects"),
        "{page}"
    );
}

#[tokio::test]
async fn behind_each_number_stand_who_and_what() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    team.book(
        &admin,
        &[(team.anns, 0, 48.0), (team.open, 0, 25.0), (team.maybe, 0, 9.5)],
    )
    .await;
    let path = format!("week=2026-11-18&by=role&group={}", team.engineer);
    let answer = admin.json(&format!("/api/v1/forecast/detail?{path}")).await;
    assert_eq!(answer["sum"]["gap"], 4.5);
    let ben = &answer["people"][0];
    assert_eq!(
        (&ben["name"], &ben["free"], &ben["parts"][0]["hours"]),
        (&json!("Ben"), &json!(20.5), &json!(9.5))
    );
    assert_eq!(ben["parts"][0]["countsAs"], "tentative");
    assert_eq!(
        (&answer["open"][0]["projectName"], &answer["open"][0]["hours"]),
        (&json!("Quay"), &json!(25))
    );
    let viewer = house.guest(Access::Viewer).await;
    let page = viewer.text(&format!("/forecast/detail?{path}")).await;
    for text in [
        "Engineer, week of 16 Nov",
        "Ben",
        "Quay",
        "4.5 h",
        "Back to the forecast",
        "class=\"rail\"",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let request = viewer.request(reqwest::Method::GET, &format!("/forecast/detail?{path}"));
    let piece = request
        .header("X-Fragment", "dialog")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        piece.contains("Engineer, week of 16 Nov") && !piece.contains("class=\"rail\""),
        "{piece}"
    );
}

#[tokio::test]
async fn a_change_shows_at_once_in_the_page_and_its_pictures() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    let idle = |page: &str| crate::house::between(page, "<span>Idle</span><b>", "</b>").unwrap();
    assert_eq!(idle(&admin.text("/forecast").await), "840 h");
    team.book(&admin, &[(team.anns, 0, 40.0)]).await;
    assert_eq!(idle(&admin.text("/forecast").await), "800 h");
    let picture = admin.get("/forecast/picture.svg").await;
    assert_eq!(picture.headers()["content-type"], "image/svg+xml; charset=utf-8");
    let picture = picture.text().await.unwrap();
    assert!(
        picture.contains("idle 800 h") && picture.contains("width=\"1200\""),
        "{picture}"
    );
    // A picture of its own has no style that the page's policy would take away, and loads nothing.
    assert!(!picture.contains("<style") && !picture.contains("href") && !picture.contains("style="));
}

#[tokio::test]
async fn the_numbers_leave_as_text_and_as_a_workbook() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    team.book(&admin, &[(team.anns, 0, 48.25), (team.open, 1, 25.0)])
        .await;
    let answer = admin.get("/forecast/export.xlsx?by=role&weeks=12").await;
    assert!(
        answer.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .contains("forecast-2026-11-16.xlsx")
    );
    let rows = sheet(answer.bytes().await.unwrap().to_vec());
    assert_eq!(rows[0][0], "Capacity and demand");
    assert!(
        rows[1][0].starts_with("16 Nov 2026 – 7 Feb 2027"),
        "{:?}",
        rows[1]
    );
    assert_eq!(rows[3][..4], ["Role", "Week", "Capacity", "Confirmed"]);
    assert_eq!(rows[4][..4], ["Designer", "2026-11-16", "40", "48.25"]);
    assert_eq!(rows[4][8..], ["8.25", "0", "120.6"]);
    assert_eq!(rows.len(), 4 + 2 * 12);
    let text = admin.text("/forecast/export.csv?weeks=12").await;
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[0].starts_with("Week,Capacity,Confirmed,"), "{text}");
    assert_eq!(lines[1], "2026-11-16,70,48.25,0,0,0,48.25,0,21.75,68.9");
    assert_eq!(lines[2], "2026-11-23,70,0,0,25,0,25,0,45,0");
}

#[tokio::test]
async fn what_cannot_be_shown_is_told_by_field() {
    let house = House::open().await;
    let admin = house.admin().await;
    for (query, field) in [
        ("weeks=1000", "weeks"),
        ("weeks=-1", "weeks"),
        ("by=planet", "by"),
        ("department=987654", "department"),
        ("role=abc", "role"),
        ("from=2026-02-30", "from"),
        ("tentative=maybe", "tentative"),
    ] {
        for path in ["/api/v1/forecast", "/api/v1/forecast/detail"] {
            let answer = admin.get(&format!("{path}?{query}")).await;
            assert_eq!(
                answer.status(),
                StatusCode::UNPROCESSABLE_ENTITY,
                "{path} {query}"
            );
            assert_eq!(faults(answer).await, [field], "{path} {query}");
        }
        let page = admin.get(&format!("/forecast?{query}")).await;
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(
            page.text()
                .await
                .unwrap()
                .contains("This forecast cannot be shown."),
            "{query}"
        );
        for file in ["picture.svg", "export.csv", "export.xlsx"] {
            let answer = admin.get(&format!("/forecast/{file}?{query}")).await;
            assert_eq!(
                answer.status(),
                StatusCode::UNPROCESSABLE_ENTITY,
                "{file} {query}"
            );
        }
    }
    let gone = admin.get("/api/v1/forecast/detail?by=role&group=987654").await;
    assert_eq!(faults(gone).await, ["group"]);
}

#[tokio::test]
async fn an_empty_plan_says_how_to_begin() {
    let house = House::open().await;
    let admin = house.admin().await;
    let page = admin.text("/forecast?weeks=52&by=role").await;
    assert!(page.contains("There is nobody to look ahead for") && page.contains("/people/new"));
    let answer = admin.json("/api/v1/forecast").await;
    assert_eq!(
        (&answer["capacity"], &answer["percent"]),
        (&json!(0), &Value::Null)
    );
    assert_eq!(admin.get("/forecast/picture.svg").await.status(), StatusCode::OK);
}
