//! Weekly snapshots: what is kept of a week, and what can be asked of it.

#[cfg(test)]
mod weeks {
    use crate::house::{Guest, House, NOW, PASSWORD, Seed};
    use ballast::accounts::Access;
    use ballast::plan;
    use ballast::units::{Week, WeekStart};
    use reqwest::{Method, StatusCode};
    use serde_json::{Value, json};

    const DAY: i64 = 86_400_000;

    async fn set(manager: &Guest, cells: &[(i64, &str, f64)]) {
        let cells: Vec<Value> = cells
            .iter()
            .map(
                |(assignment, week, hours)| json!({ "assignment": assignment, "week": week, "hours": hours }),
            )
            .collect();
        let answer = manager.post("/api/v1/hours", &json!({ "cells": cells })).await;
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Keeps what is past, as the server does at its start and at the turn of a week; answers the first days of the weeks.
    async fn take(house: &House) -> (Vec<String>, bool) {
        let book = house.app.book();
        let start = book.plan.organisation.week_start;
        let kept = plan::take_snapshots(&house.app.db, &book, &house.app.clock, None)
            .await
            .unwrap();
        let weeks = kept.weeks.iter().map(|week| week.first_day(start).to_string());
        (weeks.collect(), kept.outlook.is_some())
    }

    /// The hours then and now.
    fn figures(one: &Value) -> (Option<f64>, Option<f64>) {
        (one["then"].as_f64(), one["now"].as_f64())
    }

    /// Runs `ballast snapshot` on a data directory; answers how it ended and what it said.
    fn command(directory: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String) {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_ballast"))
            .current_dir(directory)
            .env("TIME_ZONE", "UTC")
            .args(["snapshot", "--data-dir"])
            .arg(directory)
            .args(arguments)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    }

    #[test]
    fn the_command_keeps_what_is_past_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let (code, said) = command(directory.path(), &[]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("Nothing to keep"), "{said}");
        let (code, said) = command(directory.path(), &["--week", "2199-01-01"]);
        assert_eq!(code, Some(64), "{said}");
        assert!(said.contains("not over yet"), "{said}");
    }

    /// Signs in anew: time goes on in these tests, and sessions end.
    async fn again(house: &House) -> Guest {
        let mut guest = house.stranger();
        let fields = [("email", "manager@example.org"), ("password", PASSWORD)];
        let answer = guest.form("/auth/login", &fields).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        guest.keep_cookie(&answer);
        guest
    }

    /// Ada on 2 November and, after a gap, on 16 November and later; an open place on 9 November.
    async fn planned(house: &House) -> (Seed, Guest) {
        let seed = house.seed().await;
        let manager = house.manager().await;
        let cells = [
            (seed.adas, "2026-11-02", 30.0),
            (seed.open, "2026-11-09", 8.0),
            (seed.adas, "2026-11-16", 20.0),
            (seed.adas, "2026-11-23", 10.0),
            (seed.adas, "2026-12-14", 12.0),
            (seed.bos, "2026-12-14", 16.0),
        ];
        set(&manager, &cells).await;
        (seed, manager)
    }

    #[tokio::test]
    async fn past_weeks_are_kept_once_however_often_it_is_asked() {
        let house = House::open().await;
        assert_eq!(
            take(&house).await,
            (vec![], false),
            "there is nothing to keep yet"
        );
        let (seed, manager) = planned(&house).await;
        let changes = manager.json("/api/v1/overview").await["revision"].clone();
        let first = (vec!["2026-11-02".to_owned(), "2026-11-09".to_owned()], true);
        assert_eq!(take(&house).await, first);
        assert_eq!(take(&house).await, (vec![], false));
        assert_eq!(
            manager.json("/api/v1/overview").await["revision"],
            changes,
            "no change of the plan"
        );
        let weeks = manager.json("/api/v1/snapshots/weeks").await;
        assert_eq!(
            weeks,
            json!([
                { "week": "2026-11-09", "taken": "2026-11-18", "late": true, "assignments": 1, "hours": 8 },
                { "week": "2026-11-02", "taken": "2026-11-18", "late": true, "assignments": 1, "hours": 30 },
            ])
        );
        // What is changed afterwards changes nothing that was kept.
        set(&manager, &[(seed.adas, "2026-11-02", 4.0)]).await;
        assert_eq!(take(&house).await, (vec![], false));
        assert_eq!(manager.json("/api/v1/snapshots/weeks").await, weeks);
    }

    #[tokio::test]
    async fn a_week_is_kept_when_the_next_one_begins_and_not_before() {
        let house = House::open().await;
        let (seed, _) = planned(&house).await;
        take(&house).await;
        // Sunday, a second before midnight; then Monday.
        house.app.clock.set(NOW + 4 * DAY + DAY / 2 - 1_000);
        assert_eq!(take(&house).await, (vec![], false));
        house.app.clock.set(NOW + 4 * DAY + DAY / 2);
        assert_eq!(take(&house).await, (vec!["2026-11-16".to_owned()], true));
        let manager = again(&house).await;
        let newest = manager.json("/api/v1/snapshots/weeks").await[0].clone();
        assert_eq!(
            newest,
            json!({ "week": "2026-11-16", "taken": "2026-11-23", "late": false, "assignments": 1, "hours": 20 })
        );
        // A clock that goes back takes nothing twice; a machine that slept for weeks leaves no gap.
        house.app.clock.set(NOW);
        assert_eq!(take(&house).await, (vec![], false));
        house.app.clock.set(NOW + 24 * DAY);
        let (weeks, _) = take(&house).await;
        assert_eq!(weeks, ["2026-11-23", "2026-11-30"]);
        let manager = again(&house).await;
        let empty = manager.json("/api/v1/snapshots/weeks").await[0].clone();
        assert_eq!((&empty["assignments"], &empty["late"]), (&json!(0), &json!(true)));
        assert!(seed.project > 0);
    }

    #[tokio::test]
    async fn with_sundays_first_a_week_is_over_on_saturday() {
        for (setting, kept) in [("monday", 0), ("sunday", 1)] {
            let house = House::open_with(&[("WEEK_STARTS_ON", setting)]).await;
            let seed = house.seed().await;
            set(&house.manager().await, &[(seed.adas, "2026-11-18", 8.0)]).await;
            // Sunday, 22 November.
            house.app.clock.set(NOW + 4 * DAY);
            assert_eq!(take(&house).await.0.len(), kept, "{setting}");
        }
    }

    #[tokio::test]
    async fn one_week_can_be_kept_alone() {
        let house = House::open().await;
        planned(&house).await;
        let week = Week::of("2026-11-12".parse().unwrap(), WeekStart::Monday);
        let book = house.app.book();
        let kept = plan::take_snapshots(&house.app.db, &book, &house.app.clock, Some(week))
            .await
            .unwrap();
        assert_eq!((kept.weeks, kept.outlook), (vec![week], None));
        assert_eq!(take(&house).await.0, ["2026-11-02"]);
    }

    #[tokio::test]
    async fn planned_then_and_now_says_what_changed() {
        let house = House::open().await;
        let (seed, manager) = planned(&house).await;
        take(&house).await;
        set(
            &manager,
            &[
                (seed.adas, "2026-11-02", 32.5),
                (seed.open, "2026-11-09", 0.0),
                (seed.adas, "2026-11-09", 6.0),
            ],
        )
        .await;
        let all = manager
            .json("/api/v1/snapshots/compare?from=2026-11-02&to=2026-11-15")
            .await;
        let weeks = all["weeks"].as_array().unwrap();
        assert_eq!(weeks.len(), 2);
        assert_eq!(figures(&weeks[0]), (Some(30.0), Some(32.5)));
        assert_eq!(weeks[0]["capacityThen"], 40, "Bo was not there yet");
        assert_eq!(weeks[0]["changes"][0]["now"], 32.5);
        assert_eq!(figures(&weeks[1]), (Some(8.0), Some(6.0)));
        let changes = weeks[1]["changes"].as_array().unwrap().iter();
        let changes: Vec<_> = changes
            .map(|one| (one["assignment"].clone(), one["person"].clone(), figures(one)))
            .collect();
        let expected = [
            (json!(seed.open), json!(""), (Some(8.0), Some(0.0))),
            (json!(seed.adas), json!("Ada Osei"), (Some(0.0), Some(6.0))),
        ];
        assert_eq!(changes, expected);
        // Of one person, the open place is nobody's.
        let ada = manager
            .json(&format!(
                "/api/v1/snapshots/compare?from=2026-11-09&to=2026-11-09&person={}",
                seed.ada
            ))
            .await;
        assert_eq!(figures(&ada["weeks"][0]), (Some(0.0), Some(6.0)));
        // A week that was not kept says so.
        let this = manager
            .json("/api/v1/snapshots/compare?from=2026-11-16&to=2026-11-16")
            .await;
        assert_eq!(figures(&this["weeks"][0]), (None, Some(20.0)));
        let page = manager.text("/past").await;
        assert!(
            page.contains("30") && page.contains("+2.5 h") && page.contains("−2 h"),
            "{page}"
        );
    }

    #[tokio::test]
    async fn what_was_planned_ahead_can_be_asked_weeks_later() {
        let house = House::open().await;
        let (seed, manager) = planned(&house).await;
        take(&house).await;
        set(
            &manager,
            &[(seed.bos, "2026-12-14", 4.0), (seed.adas, "2026-11-30", 5.0)],
        )
        .await;
        let then = manager
            .json(&format!(
                "/api/v1/snapshots/compare?asOf=2026-11-18&project={}",
                seed.project
            ))
            .await;
        assert_eq!(then["asOf"], "2026-11-16");
        let weeks = then["weeks"].as_array().unwrap();
        assert_eq!(weeks.len(), 12);
        let figures: Vec<_> = weeks
            .iter()
            .map(|week| {
                (
                    week["week"].as_str().unwrap(),
                    week["then"].as_i64(),
                    week["now"].as_i64(),
                )
            })
            .filter(|(_, then, now)| *then != Some(0) || *now != Some(0))
            .collect();
        assert_eq!(
            figures,
            [
                ("2026-11-16", Some(20), Some(20)),
                ("2026-11-23", Some(10), Some(10)),
                ("2026-11-30", Some(0), Some(5)),
                ("2026-12-14", Some(28), Some(16)),
            ]
        );
        let other = manager.json("/api/v1/snapshots/compare?asOf=2026-10-05").await;
        assert!(
            other["weeks"]
                .as_array()
                .unwrap()
                .iter()
                .all(|week| week["then"].is_null())
        );
        let page = manager.text("/past?asOf=2026-11-16").await;
        assert!(page.contains("As planned on 16 Nov 2026") && page.contains("−12 h"));
        assert!(
            manager
                .text("/past?asOf=2026-10-05")
                .await
                .contains("The plan was not kept then")
        );
    }

    #[tokio::test]
    async fn what_was_kept_outlives_names_people_and_projects() {
        let house = House::open().await;
        let (seed, manager) = planned(&house).await;
        take(&house).await;
        let client = manager.json("/api/v1/clients").await[0]["id"].as_i64().unwrap();
        let experience = format!("/api/v1/experience?client={client}");
        let before = manager.json(&experience).await;
        assert_eq!(before[0]["name"], "Ada Osei");
        let renamed = manager
            .send(
                Method::PATCH,
                &format!("/api/v1/people/{}", seed.ada),
                &json!({ "name": "Ada Lund" }),
            )
            .await;
        assert!(renamed.status().is_success());
        let gone = manager
            .send(
                Method::DELETE,
                &format!("/api/v1/projects/{}", seed.project),
                &json!({}),
            )
            .await;
        assert!(gone.status().is_success());
        assert_eq!(manager.json(&experience).await, before);
        let compared = manager
            .json("/api/v1/snapshots/compare?from=2026-11-02&to=2026-11-02")
            .await;
        assert_eq!(
            (&compared["weeks"][0]["then"], &compared["weeks"][0]["now"]),
            (&json!(30), &json!(0))
        );
        assert_eq!(
            compared["weeks"][0]["changes"][0]["project"],
            "Harbour Substation"
        );
    }

    #[tokio::test]
    async fn experience_counts_each_week_once_and_a_gap_ends_a_block() {
        let house = House::open().await;
        let (seed, manager) = planned(&house).await;
        // A second role on the same project in a week that counts already.
        let body = json!({ "project": seed.project, "person": seed.ada, "note": "leads" });
        let second: Value = manager
            .post("/api/v1/assignments", &body)
            .await
            .json()
            .await
            .unwrap();
        let second = second["id"].as_i64().unwrap();
        set(
            &manager,
            &[
                (second, "2026-11-02", 5.0),
                (seed.adas, "2026-10-26", 8.0),
                (seed.adas, "2026-10-12", 8.0),
            ],
        )
        .await;
        take(&house).await;
        let client = manager.json("/api/v1/clients").await[0]["id"].as_i64().unwrap();
        let people = manager.json(&format!("/api/v1/experience?client={client}")).await;
        assert_eq!(
            people.as_array().unwrap().len(),
            1,
            "an open place is nobody's experience"
        );
        let ada = &people[0];
        assert_eq!(
            (&ada["id"], &ada["weeks"], &ada["hours"]),
            (&json!(seed.ada), &json!(3), &json!(51))
        );
        assert_eq!(ada["roles"], json!(["Engineer"]));
        let blocks = json!([
            { "from": "2026-10-12", "to": "2026-10-18" },
            { "from": "2026-10-26", "to": "2026-11-08" },
        ]);
        assert_eq!(ada["blocks"], blocks);
        assert_eq!(ada["projects"][0]["project"], seed.project);
        let clients = manager
            .json(&format!("/api/v1/experience?person={}", seed.ada))
            .await;
        assert_eq!(
            (&clients[0]["id"], &clients[0]["name"]),
            (&json!(client), &json!("Nordlys"))
        );
        assert_eq!(clients[0]["blocks"], blocks);
        let page = manager.text(&format!("/past/experience?client={client}")).await;
        assert!(page.contains("Ada Osei") && page.contains("26 Oct – 8 Nov 2026"));
        let nobody = manager
            .json(&format!("/api/v1/experience?person={}", seed.bo))
            .await;
        assert_eq!(nobody, json!([]));
    }

    #[tokio::test]
    async fn what_cannot_be_asked_says_why_and_empty_pages_say_how_it_begins() {
        let house = House::open().await;
        let viewer = house.guest(Access::Viewer).await;
        for (path, field) in [
            ("/api/v1/snapshots/compare?person=99", "person"),
            ("/api/v1/snapshots/compare?from=2026-02-30", "from"),
            ("/api/v1/snapshots/compare?from=2020-01-01", "from"),
            ("/api/v1/experience", "client"),
            ("/api/v1/experience?client=99", "client"),
        ] {
            let answer = viewer.get(path).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["errors"][0]["field"], field, "{path}");
        }
        assert!(
            viewer
                .text("/past")
                .await
                .contains("Nothing was kept of these weeks")
        );
        let empty = viewer.text("/past/experience").await;
        assert!(empty.contains("Nobody is in the plan yet") && !empty.contains("/people/new"));
        let _ = house.seed().await;
        let asked = viewer.text("/past/experience").await;
        assert!(asked.contains("Whose experience?"));
        for odd in [
            "/past?from=x&to=y&person=99&asOf=never",
            "/past/experience?client=99",
        ] {
            assert_eq!(viewer.get(odd).await.status(), StatusCode::OK, "{odd}");
        }
    }
}
