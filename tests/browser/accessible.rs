//! What axe says of each page.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use ballast::accounts::Access;
use serde_json::json;

use crate::browser::driver::{Browser, Scheme};
use crate::browser::sheet::sign_in;
use crate::house::{House, Seed};

#[tokio::test]
async fn axe_finds_nothing_on_any_page_light_or_dark_wide_or_narrow() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let house = House::open().await;
    let seed = house.seed().await;
    fill_calendar(&house, &seed).await;
    fill_the_past(&house, &seed).await;
    let mut found = Vec::new();
    let stranger = [
        "/auth/login".to_owned(),
        house.setup_link().await.unwrap_or_default(),
        "/nowhere".to_owned(),
    ];
    look_at(
        &house,
        &browser,
        &stranger
            .iter()
            .filter(|path| !path.is_empty())
            .cloned()
            .collect::<Vec<_>>(),
        &mut found,
    )
    .await;
    sign_in(&house, &browser, Access::Admin).await;
    let mut paths = vec![
        format!("/schedule?open={}", seed.ada),
        format!("/schedule?view=projects&open={}", seed.project),
        "/schedule?q=nobody-of-that-name".to_owned(),
        "/calendar?view=month".to_owned(),
        "/calendar?view=list".to_owned(),
        "/calendar?month=2027-06".to_owned(),
        "/past?asOf=2026-11-16".to_owned(),
        "/past/experience?client=1".to_owned(),
        format!("/past/experience?person={}", seed.ada),
        format!("/assignments/{}/hours", seed.adas),
        format!("/assignments/{}/edit", seed.adas),
        format!("/assignments/new?person={}", seed.ada),
        "/finder?view=places".to_owned(),
        "/finder?hours=300&role=1".to_owned(),
        "/finder?hours=none".to_owned(),
        format!("/finder/assign?person={}&place={}", seed.ada, seed.open),
        format!("/finder/assign?person={}&hours=60", seed.ada),
        "/forecast?by=role&weeks=52".to_owned(),
        "/forecast/detail?by=role&group=none".to_owned(),
        "/reports?by=person&columns=week".to_owned(),
        "/reports?by=client&period=custom".to_owned(),
        "/reports?by=balance".to_owned(),
        "/reports?by=planet".to_owned(),
    ];
    paths.extend(auto_hours(&house, &seed).await);
    for route in ballast::routes::table() {
        let is_page = route.method == reqwest::Method::GET
            && ![
                "/api/",
                "/assets/",
                "/health",
                "/setup/",
                "/events",
                "/livez",
                "/readyz",
                "/readiness",
                "/robots",
                "/favicon",
                "/schedule/rows",
                "/finder/free",
                "/finder/assign",
                "/export",
                "/forecast/export",
                "/forecast/picture",
                "/reports/export",
                "/reports/picture",
                "/import/{",
            ]
            .iter()
            .any(|prefix| route.path.starts_with(prefix));
        if !is_page {
            continue;
        }
        let path = if route.path.starts_with("/people/") {
            route.path.replace("{id}", &seed.ada.to_string())
        } else if route.path.starts_with("/projects/") {
            route.path.replace("{id}", &seed.project.to_string())
        } else {
            route.path.to_owned()
        };
        if !path.contains('{') && path != "/deliverables/new" {
            paths.push(path);
        }
    }
    paths.push(format!("/deliverables/new?project={}", seed.project));
    for section in [
        "load",
        "departments",
        "lists/roles",
        "lists/skills",
        "lists/clients",
        "statuses",
        "calendars",
        "history",
    ] {
        paths.push(format!("/settings/{section}"));
    }
    paths.sort();
    paths.dedup();
    look_at(&house, &browser, &paths, &mut found).await;
    assert!(
        found.is_empty(),
        "{} findings:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// A deliverable in each of its states, and people away for a day, half a day and over a weekend.
async fn fill_calendar(house: &House, seed: &Seed) {
    let manager = house.guest_called(Access::Manager, "Calendar Filler").await;
    let deliverables = format!("/api/v1/projects/{}/deliverables", seed.project);
    for (name, due, done) in [
        ("SD", "2026-11-10", true),
        ("DD", "2026-11-17", false),
        ("IFP", "2026-11-20", false),
        ("IFC", "2026-12-02", false),
    ] {
        let body = json!({ "name": name, "due": due, "done": done });
        assert!(manager.post(&deliverables, &body).await.status().is_success());
    }
    for (person, first, last, half) in [
        (seed.ada, "2026-11-19", "2026-11-24", false),
        (seed.bo, "2026-12-04", "2026-12-04", true),
    ] {
        let body = json!({ "first": first, "last": last, "half": half, "kind": "sick" });
        let answer = manager
            .post(&format!("/api/v1/people/{person}/time-off"), &body)
            .await;
        assert!(answer.status().is_success());
    }
}

/// Weeks that were kept, and hours that were changed since.
async fn fill_the_past(house: &House, seed: &Seed) {
    let manager = house.guest_called(Access::Manager, "Past Filler").await;
    for (hours, kept) in [(20, true), (24, false)] {
        let cells = ["2026-10-26", "2026-11-09", "2026-12-14"]
            .map(|week| json!({ "assignment": seed.adas, "week": week, "hours": hours }));
        let body = json!({ "cells": cells });
        assert!(manager.post("/api/v1/hours", &body).await.status().is_success());
        if kept {
            let app = &house.app;
            ballast::plan::take_snapshots(&app.db, &app.book(), &app.clock, None)
                .await
                .unwrap();
        }
    }
}

/// A template that finds hours in its way, and the pages that show it.
async fn auto_hours(house: &House, seed: &Seed) -> Vec<String> {
    let manager = house.manager().await;
    let cells = json!([
        { "assignment": seed.adas, "week": "2026-12-07", "hours": 44 },
        { "assignment": seed.open, "week": "2026-11-30", "hours": 8 },
    ]);
    manager.post("/api/v1/hours", &json!({ "cells": cells })).await;
    let due = json!({ "name": "SD", "due": "2026-12-18" });
    let deliverables = format!("/api/v1/projects/{}/deliverables", seed.project);
    manager.post(&deliverables, &due).await;
    manager
        .post("/api/v1/auto-hours/templates", &json!({ "name": "Usual" }))
        .await;
    let role = manager.json("/api/v1/roles").await[0]["id"].clone();
    let line = json!({ "role": role, "heads": 3, "percents": [50, 25, 10] });
    manager.post("/api/v1/auto-hours/templates/1/lines", &line).await;
    [
        "/auto-hours/1/lines/new",
        "/auto-hours/lines/1/edit",
        "/auto-hours/1/edit",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([format!("/projects/{}/auto-hours?mode=replace", seed.project)])
    .collect()
}

async fn look_at(house: &House, browser: &Browser, paths: &[String], found: &mut Vec<String>) {
    for (width, height) in [(1440, 900), (390, 844)] {
        browser.size(width, height).await;
        for scheme in [Scheme::Light, Scheme::Dark] {
            browser.scheme(scheme).await;
            for path in paths {
                browser
                    .client
                    .goto(&format!("{}{path}", house.address))
                    .await
                    .unwrap();
                for violation in browser.axe().await {
                    found.push(format!("{path} at {width}, {scheme:?}: {violation}"));
                }
                let wider = "return document.documentElement.scrollWidth > window.innerWidth + 1";
                if browser.client.execute(wider, vec![]).await.unwrap() == json!(true) {
                    found.push(format!("{path} at {width}: the page is wider than the window"));
                }
            }
        }
    }
}
