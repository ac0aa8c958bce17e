//! The command that repairs imported hours: what it says, and what it does once it is told to.

#[cfg(test)]
mod repairs {
    use std::process::{Command, Output};

    use crate::house::{Guest, House, Seed};
    use ballast::accounts::Access;
    use reqwest::{Method, StatusCode};
    use serde_json::{Value, json};
    use tempfile::TempDir;

    fn normalise(directory: &TempDir, more: &[&str]) -> (Option<i32>, String) {
        let output: Output = Command::new(env!("CARGO_BIN_EXE_ballast"))
            .arg("normalize-weekly-hours")
            .args(more)
            .current_dir(directory.path())
            .env("DATA_DIR", directory.path())
            .env("TIME_ZONE", "UTC")
            .output()
            .unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    }

    async fn book(guest: &Guest, assignment: i64, cells: &[(&str, u32)]) {
        let cells: Vec<Value> = cells
            .iter()
            .map(|(week, hours)| json!({ "assignment": assignment, "week": week, "hours": hours }))
            .collect();
        let answer = guest.post("/api/v1/hours", &json!({ "cells": cells })).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }

    async fn hours(guest: &Guest, assignment: i64) -> Value {
        guest.json(&format!("/api/v1/assignments/{assignment}")).await["hours"].clone()
    }

    /// Ada stands twice on the project, and Bo is hired later than planned. Answers Ada's second row.
    async fn unsound(manager: &Guest, seed: &Seed) -> i64 {
        let again = json!({ "project": seed.project, "person": seed.ada });
        let twice: Value = manager
            .post("/api/v1/assignments", &again)
            .await
            .json()
            .await
            .unwrap();
        let twice = twice["id"].as_i64().unwrap();
        book(manager, seed.adas, &[("2026-11-16", 8)]).await;
        book(manager, twice, &[("2026-11-16", 4), ("2026-11-23", 6)]).await;
        book(manager, seed.bos, &[("2026-12-07", 8), ("2026-12-14", 8)]).await;
        // Bo is hired later than planned; the hours of before stay behind.
        let path = format!("/api/v1/people/{}", seed.bo);
        let answer = manager
            .send(Method::PATCH, &path, &json!({ "start": "2026-12-15" }))
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        twice
    }

    #[tokio::test]
    async fn it_says_what_it_would_do_and_does_it_once_it_is_told_to_as_one_change() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let twice = unsound(&manager, &seed).await;
        let directory = house.copy();
        for dry in [&[][..], &["--dry-run"]] {
            let (code, told) = normalise(&directory, dry);
            assert_eq!(code, Some(0), "{told}");
            assert!(told.contains("1 row, 10 h put together"), "{told}");
            assert!(
                told.contains("1 cell, 8 h taken away: the person is not employed then"),
                "{told}"
            );
            assert!(
                told.contains("Nothing was changed: this was a dry run."),
                "{told}"
            );
        }
        let (code, told) = normalise(&directory, &["--dry-run", "--apply"]);
        assert_eq!(code, Some(64), "{told}");
        let (code, told) = normalise(&directory, &["--apply"]);
        assert_eq!(code, Some(0), "{told}");
        assert!(told.contains("Repaired, as change"), "{told}");
        let (_, told) = normalise(&directory, &["--apply"]);
        assert!(told.contains("Nothing to repair."), "{told}");
        let house = House::open_in(directory, &[]).await;
        let manager = house.guest_called(Access::Manager, "Later").await;
        assert_eq!(
            hours(&manager, seed.adas).await,
            json!({ "2026-11-16": 12, "2026-11-23": 6 })
        );
        assert_eq!(hours(&manager, seed.bos).await, json!({ "2026-12-14": 8 }));
        assert_eq!(
            manager
                .get(&format!("/api/v1/assignments/{twice}"))
                .await
                .status(),
            StatusCode::NOT_FOUND
        );
        let history = manager
            .json(&format!("/api/v1/projects/{}/history", seed.project))
            .await;
        let change = history[0]["changeSet"].as_i64().unwrap_or_default();
        let undone = manager
            .post(&format!("/api/v1/change-sets/{change}/undo"), &json!({}))
            .await;
        assert_eq!(undone.status(), StatusCode::OK, "{history}");
        assert_eq!(
            hours(&manager, twice).await,
            json!({ "2026-11-16": 4, "2026-11-23": 6 })
        );
    }

    #[tokio::test]
    async fn an_import_that_another_week_start_displaced_is_pointed_out_and_moved_where_it_is_untouched() {
        let house = House::open().await;
        let seed = house.seed().await;
        let admin = house.admin().await;
        let csv = "Person,Project,Week,Hours\nAda Osei,Harbour Substation,2026-11-16,8\nAda Osei,Harbour Substation,2026-11-23,6\n";
        let answer = admin
            .request(Method::POST, "/api/v1/imports?name=hours.csv&what=hours")
            .body(csv)
            .send()
            .await
            .unwrap();
        let told: Value = answer.json().await.unwrap();
        let change = told["changeSet"].as_i64().unwrap();
        book(&admin, seed.adas, &[("2026-11-23", 7)]).await;
        let answer = admin
            .send(
                Method::PATCH,
                "/api/v1/organisation",
                &json!({ "weekStart": "sunday" }),
            )
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        let directory = house.copy();
        let (_, told) = normalise(&directory, &[]);
        assert!(
            told.contains(&format!("Change {change}, imported hours.csv")),
            "{told}"
        );
        let (_, told) = normalise(&directory, &["--shift", &format!("{change}=1"), "--apply"]);
        assert!(
            told.contains("1 cell, 8 h moved to the week they were meant for"),
            "{told}"
        );
        let house = House::open_in(directory, &[]).await;
        let manager = house.guest_called(Access::Manager, "Later").await;
        assert_eq!(hours(&manager, seed.adas).await, json!({ "2026-11-22": 15 }));
    }
}
