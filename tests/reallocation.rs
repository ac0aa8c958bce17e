//! A due date that moves, and the hours that follow it: preview, move, undo, import, command line.

#[cfg(test)]
mod moves {
    use std::process::{Command, Output};

    use crate::house::{Guest, House, Seed, between};
    use ballast::accounts::Access;
    use reqwest::{Method, StatusCode};
    use serde_json::{Value, json};
    use tempfile::TempDir;

    /// A deliverable of the seed's project.
    async fn deliverable(guest: &Guest, seed: &Seed, name: &str, due: &str) -> i64 {
        let path = format!("/api/v1/projects/{}/deliverables", seed.project);
        let answer = guest.post(&path, &json!({ "name": name, "due": due })).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let made: Value = answer.json().await.unwrap();
        made["id"].as_i64().unwrap()
    }

    async fn book(guest: &Guest, assignment: i64, cells: &[(&str, u32)]) {
        let cells: Vec<Value> = cells
            .iter()
            .map(|(week, hours)| json!({ "assignment": assignment, "week": week, "hours": hours }))
            .collect();
        let answer = guest.post("/api/v1/hours", &json!({ "cells": cells })).await;
        assert_eq!(
            answer.status(),
            StatusCode::OK,
            "{}",
            answer.text().await.unwrap()
        );
    }

    async fn hours(guest: &Guest, assignment: i64) -> Value {
        guest.json(&format!("/api/v1/assignments/{assignment}")).await["hours"].clone()
    }

    async fn patch(guest: &Guest, id: i64, body: Value) -> (StatusCode, Value) {
        let answer = guest
            .send(Method::PATCH, &format!("/api/v1/deliverables/{id}"), &body)
            .await;
        (answer.status(), answer.json().await.unwrap())
    }

    async fn undo(guest: &Guest, change_set: &Value) -> Value {
        let answer = guest
            .post(&format!("/api/v1/change-sets/{change_set}/undo"), &json!({}))
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    }

    /// Ada leads up to DD with 10, 12, 14 h; the open place with 8 h; SD is due before.
    async fn planned() -> (House, Seed, Guest, i64) {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        deliverable(&manager, &seed, "SD", "2026-11-13").await;
        let dd = deliverable(&manager, &seed, "DD 75 %", "2026-12-02").await;
        book(
            &manager,
            seed.adas,
            &[
                ("2026-11-09", 6),
                ("2026-11-16", 10),
                ("2026-11-23", 12),
                ("2026-11-30", 14),
                ("2026-12-07", 30),
            ],
        )
        .await;
        book(&manager, seed.open, &[("2026-11-30", 8)]).await;
        (house, seed, manager, dd)
    }

    #[tokio::test]
    async fn the_hours_since_the_deliverable_before_follow_a_moved_date_and_come_back_with_it() {
        let (_house, seed, manager, dd) = planned().await;
        let before = (hours(&manager, seed.adas).await, hours(&manager, seed.open).await);
        let (status, told) = patch(&manager, dd, json!({ "due": "2026-12-09" })).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        assert_eq!(told["due"], "2026-12-09");
        let reallocation = &told["reallocation"];
        assert_eq!(reallocation["deltaWeeks"], 1);
        assert_eq!(reallocation["assignmentsChanged"], 2);
        assert_eq!(reallocation["hoursMoved"], 44);
        assert_eq!(
            reallocation["touchedWeekKeys"],
            json!(["2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07"])
        );
        assert_eq!(reallocation["skipped"], json!([]));
        assert_eq!(reallocation["changeSet"], told["changeSet"]);
        let overload = &reallocation["overloads"][0];
        assert_eq!(
            (
                &overload["name"],
                &overload["week"],
                &overload["hours"],
                &overload["capacity"],
                &overload["percent"]
            ),
            (
                &json!("Ada Osei"),
                &json!("2026-12-07"),
                &json!(44),
                &json!(40),
                &json!(110)
            )
        );
        assert_eq!(
            hours(&manager, seed.adas).await,
            json!({ "2026-11-09": 6, "2026-11-23": 10, "2026-11-30": 12, "2026-12-07": 44 })
        );
        assert_eq!(hours(&manager, seed.open).await, json!({ "2026-12-07": 8 }));
        let undone = undo(&manager, &told["changeSet"]).await;
        assert_eq!(undone["left"], 0);
        assert_eq!(
            (hours(&manager, seed.adas).await, hours(&manager, seed.open).await),
            before
        );
        let again = undo(&manager, &undone["changeSet"]).await;
        assert_eq!(again["left"], 0);
        assert_eq!(hours(&manager, seed.open).await, json!({ "2026-12-07": 8 }));
    }

    #[tokio::test]
    async fn history_knows_each_moved_cell_and_undo_leaves_alone_what_others_changed_since() {
        let (house, seed, manager, dd) = planned().await;
        let (_, told) = patch(&manager, dd, json!({ "due": "2026-12-09" })).await;
        let mina = house.guest_called(Access::Manager, "Mina").await;
        let stale =
            json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-30", "hours": 1, "seen": 14 }] });
        let answer = mina.post("/api/v1/hours", &stale).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        let conflict: Value = answer.json().await.unwrap();
        assert_eq!(conflict["conflicts"][0]["by"], "manager");
        assert_eq!(conflict["conflicts"][0]["now"], 12);
        book(&mina, seed.adas, &[("2026-11-30", 13)]).await;
        let undone = undo(&manager, &told["changeSet"]).await;
        assert_eq!(
            (&undone["left"], &undone["conflicts"][0]["now"]),
            (&json!(1), &json!(13))
        );
        assert_eq!(
            hours(&manager, seed.adas).await,
            json!({ "2026-11-09": 6, "2026-11-16": 10, "2026-11-23": 12, "2026-11-30": 13, "2026-12-07": 30 })
        );
    }

    #[tokio::test]
    async fn a_preview_shows_what_then_happens_and_changes_nothing() {
        let (house, seed, manager, dd) = planned().await;
        let revision = house.app.book().revision;
        let shown = manager
            .json(&format!("/api/v1/deliverables/{dd}/reallocation?due=2026-12-16"))
            .await;
        assert_eq!(house.app.book().revision, revision);
        assert_eq!(shown["reallocation"]["hoursMoved"], 44);
        assert_eq!(shown["lines"][0]["before"], json!([10, 12, 14, 30, 0]));
        assert_eq!(shown["lines"][0]["after"], json!([0, 0, 10, 42, 14]));
        let (status, told) = patch(
            &manager,
            dd,
            json!({ "due": "2026-12-16", "preview": shown["preview"] }),
        )
        .await;
        assert_eq!(status, StatusCode::OK);
        for part in [
            "deltaWeeks",
            "touchedWeekKeys",
            "hoursMoved",
            "skipped",
            "overloads",
        ] {
            assert_eq!(told["reallocation"][part], shown["reallocation"][part], "{part}");
        }
        assert_eq!(hours(&manager, seed.open).await, json!({ "2026-12-14": 8 }));
    }

    #[tokio::test]
    async fn a_preview_that_has_gone_stale_is_refused_with_what_changed() {
        let (house, seed, manager, dd) = planned().await;
        let shown = manager
            .json(&format!("/api/v1/deliverables/{dd}/reallocation?due=2026-12-09"))
            .await;
        let mina = house.guest_called(Access::Manager, "Mina").await;
        book(&mina, seed.adas, &[("2026-11-23", 20)]).await;
        let (status, told) = patch(
            &manager,
            dd,
            json!({ "due": "2026-12-09", "preview": shown["preview"] }),
        )
        .await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(
            told["detail"]
                .as_str()
                .unwrap()
                .contains("Mina set Ada Osei on Harbour Substation to 20 h"),
            "{told}"
        );
        assert_eq!(
            hours(&manager, seed.open).await,
            json!({ "2026-11-30": 8 }),
            "nothing moved"
        );
        // What others change elsewhere does not matter.
        let shown = manager
            .json(&format!("/api/v1/deliverables/{dd}/reallocation?due=2026-12-09"))
            .await;
        let (status, _) = patch(&manager, dd, json!({ "notes": "bring the drawings" })).await;
        assert_eq!(status, StatusCode::OK);
        let (status, _) = patch(
            &manager,
            dd,
            json!({ "due": "2026-12-09", "preview": shown["preview"] }),
        )
        .await;
        assert_eq!(status, StatusCode::OK);
    }

    #[tokio::test]
    async fn hours_stay_where_nobody_could_work_and_when_they_are_told_to() {
        let (house, seed, manager, dd) = planned().await;
        // Bo begins on 2 December: what leads up to a date after that cannot go before.
        book(&manager, seed.bos, &[("2026-11-30", 5), ("2026-12-07", 5)]).await;
        let late = deliverable(&manager, &seed, "IFC", "2026-12-11").await;
        patch(&manager, dd, json!({ "due": "", "moveHours": false })).await;
        let (status, told) = patch(&manager, late, json!({ "due": "2026-12-04" })).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(
            told["reallocation"]["skipped"],
            json!([
                { "assignment": seed.adas, "person": seed.ada, "week": "2026-11-16", "hours": 10, "reason": "past" },
                { "assignment": seed.bos, "person": seed.bo, "week": "2026-11-30", "hours": 5, "reason": "notEmployed" },
            ])
        );
        assert_eq!(hours(&manager, seed.bos).await, json!({ "2026-11-30": 10 }));
        let (_, told) = patch(&manager, late, json!({ "due": "2026-12-18", "moveHours": false })).await;
        assert!(told.get("reallocation").is_none(), "{told}");
        assert_eq!(hours(&manager, seed.bos).await, json!({ "2026-11-30": 10 }));
        drop(house);
    }

    #[tokio::test]
    async fn only_a_date_that_moves_to_another_takes_hours_along() {
        let (_house, seed, manager, dd) = planned().await;
        let before = hours(&manager, seed.adas).await;
        for body in [
            json!({ "due": "" }),
            json!({ "due": "2026-12-16" }),
            json!({ "name": "DD 80 %" }),
        ] {
            let (status, told) = patch(&manager, dd, body.clone()).await;
            assert_eq!(status, StatusCode::OK);
            assert!(told.get("reallocation").is_none(), "{body}: {told}");
        }
        let (_, told) = patch(&manager, dd, json!({ "due": "2026-12-18" })).await;
        assert_eq!(told["reallocation"]["deltaWeeks"], 0);
        assert_eq!(told["reallocation"]["touchedWeekKeys"], json!([]));
        assert_eq!(hours(&manager, seed.adas).await, before);
    }

    #[tokio::test]
    async fn dates_that_cannot_be_meant_are_refused_and_unusual_ones_are_pointed_out() {
        let (_house, seed, manager, dd) = planned().await;
        for (due, why) in [
            ("2026-02-30", "not a date"),
            ("2062-12-09", "check the year"),
            ("soon", "not a date"),
        ] {
            let (status, told) = patch(&manager, dd, json!({ "due": due })).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{due}");
            assert_eq!(told["errors"].as_array().unwrap().len(), 1, "{told}");
            assert!(
                told["errors"][0]["message"].as_str().unwrap().contains(why),
                "{told}"
            );
            let answer = manager
                .get(&format!("/api/v1/deliverables/{dd}/reallocation?due={due}"))
                .await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{due}");
        }
        for body in [
            json!({ "due": "2026-12-09", "window": "all" }),
            json!({ "due": "2026-12-09", "pastWeeks": "maybe" }),
        ] {
            let (status, _) = patch(&manager, dd, body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let path = format!("/api/v1/projects/{}", seed.project);
        manager
            .send(Method::PATCH, &path, &json!({ "end": "2026-12-18" }))
            .await;
        let (status, told) = patch(&manager, dd, json!({ "due": "2027-01-08" })).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(
            told["warnings"],
            json!(["8 January 2027 is after Harbour Substation ends, on 18 December 2026."])
        );
    }

    #[tokio::test]
    async fn weeks_from_sunday_and_the_neighbours_reach_do_what_teams_are_used_to() {
        let house = House::open_with(&[("WEEK_STARTS_ON", "sunday")]).await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        deliverable(&manager, &seed, "before", "2024-03-06").await;
        let moved = deliverable(&manager, &seed, "moved", "2024-03-20").await;
        deliverable(&manager, &seed, "after", "2024-04-01").await;
        let weeks = [
            "2024-02-25",
            "2024-03-03",
            "2024-03-10",
            "2024-03-17",
            "2024-03-24",
            "2024-03-31",
            "2024-04-07",
        ];
        let cells: Vec<(&str, u32)> = weeks.iter().map(|week| (*week, 8)).collect();
        book(&manager, seed.adas, &cells).await;
        let body = json!({ "due": "2024-04-03", "window": "neighbours", "pastWeeks": true });
        let (status, told) = patch(&manager, moved, body).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        assert_eq!(told["reallocation"]["deltaWeeks"], 2);
        assert_eq!(
            hours(&manager, seed.adas).await,
            json!({ "2024-02-25": 8, "2024-03-17": 8, "2024-03-24": 8, "2024-03-31": 8, "2024-04-07": 16, "2024-04-14": 8 })
        );
        assert_eq!(
            told["reallocation"]["touchedWeekKeys"],
            json!(["2024-03-03", "2024-03-10", "2024-04-07", "2024-04-14"])
        );
    }

    #[tokio::test]
    async fn the_form_asks_before_hours_move_and_keeps_what_was_typed() {
        let (_house, seed, manager, dd) = planned().await;
        let edit = [
            ("name", "DD 80 %"),
            ("due", "2026-12-09"),
            ("percent", "80"),
            ("phase", "DD"),
            ("notes", "two lines"),
        ];
        let answer = manager.form(&format!("/deliverables/{dd}"), &edit).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let page = answer.text().await.unwrap();
        for text in [
            "Move DD 75 % from 2 December to 9 December?",
            "44 hours of 1 person and 1 open place",
            "Hours since SD",
            "value=\"two lines\"",
            "44 of 40 h (110 %)",
        ] {
            assert!(page.contains(text), "{text} in {page}");
        }
        assert_eq!(hours(&manager, seed.open).await, json!({ "2026-11-30": 8 }));
        let basis = between(&page, "name=\"preview\" value=\"", "\"").unwrap();
        let mut confirmed = edit.to_vec();
        confirmed.extend([
            ("preview", basis.as_str()),
            ("moveHours", "true"),
            ("window", "leadIn"),
        ]);
        let answer = manager
            .form(&format!("/deliverables/{dd}/move"), &confirmed)
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(
            place.starts_with(&format!("/projects/{}?done=", seed.project)),
            "{place}"
        );
        let page = manager.text(&place).await;
        assert!(
            page.contains("Moved DD 80 % by +1 week, 44 h followed."),
            "the toast says what happened"
        );
        assert_eq!(hours(&manager, seed.open).await, json!({ "2026-12-07": 8 }));
    }

    #[tokio::test]
    async fn the_date_alone_moves_where_that_is_chosen_and_a_stale_answer_shows_the_question_again() {
        let (_house, seed, manager, dd) = planned().await;
        let page = manager
            .text(&format!("/deliverables/{dd}/move?due=2026-12-09"))
            .await;
        let basis = between(&page, "name=\"preview\" value=\"", "\"").unwrap();
        book(&manager, seed.open, &[("2026-11-23", 3)]).await;
        let answer = manager
            .form(
                &format!("/deliverables/{dd}/move"),
                &[("due", "2026-12-09"), ("preview", &basis), ("moveHours", "true")],
            )
            .await;
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        let page = answer.text().await.unwrap();
        assert!(page.contains("The plan has changed since you looked."), "{page}");
        assert!(page.contains("47 hours"), "{page}");
        let answer = manager
            .form(
                &format!("/deliverables/{dd}/move"),
                &[("due", "2026-12-09"), ("moveHours", "true"), ("only", "date")],
            )
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            hours(&manager, seed.open).await,
            json!({ "2026-11-23": 3, "2026-11-30": 8 })
        );
    }

    #[tokio::test]
    async fn a_setting_decides_whether_programs_and_imports_move_hours_without_a_word() {
        for (setting, expected) in [("true", "2026-12-14"), ("false", "2026-11-30")] {
            let house = House::open_with(&[("AUTO_REALLOCATION", setting)]).await;
            let seed = house.seed().await;
            let manager = house.manager().await;
            let dd = deliverable(&manager, &seed, "DD", "2026-12-02").await;
            book(&manager, seed.open, &[("2026-11-30", 8)]).await;
            let csv = "Project,Code,Deliverable,Due\nHarbour Substation,P-1,DD,2026-12-16\n";
            let part = reqwest::multipart::Part::text(csv).file_name("deliverables.csv");
            let form = reqwest::multipart::Form::new()
                .text("what", "projects")
                .part("file", part);
            let answer = manager
                .request(Method::POST, "/api/v1/imports?what=projects")
                .multipart(form)
                .send()
                .await
                .unwrap();
            let status = answer.status();
            let told = answer.text().await.unwrap();
            assert_eq!(status, StatusCode::OK, "{told}");
            assert_eq!(hours(&manager, seed.open).await, json!({ expected: 8 }), "{told}");
            assert_eq!(
                told.contains("8 h of Harbour Substation follow its due dates"),
                setting == "true",
                "{told}"
            );
            let (_, told) = patch(&manager, dd, json!({ "due": "2026-12-23" })).await;
            assert_eq!(told.get("reallocation").is_some(), setting == "true");
        }
    }

    /// The hours of every row, and the dates.
    async fn whole(guest: &Guest, seed: &Seed) -> Value {
        json!([
            hours(guest, seed.adas).await,
            hours(guest, seed.bos).await,
            hours(guest, seed.open).await,
            guest
                .json(&format!("/api/v1/projects/{}/deliverables", seed.project))
                .await,
        ])
    }

    /// The sum of all hours, in hundredths.
    fn sum(whole: &Value) -> i64 {
        let rows = whole.as_array().unwrap().iter().filter_map(Value::as_object);
        rows.flat_map(serde_json::Map::values)
            .map(|hours| hours.as_i64().unwrap() * 100)
            .sum()
    }

    /// Whatever is planned and wherever the date goes: no hour is lost, the plan in memory is the one on the disk, and undo
    /// gives every cell back.
    #[test]
    fn a_move_conserves_hours_and_its_undo_restores_every_cell() {
        use proptest::prelude::*;
        use proptest::test_runner::{Config, TestRunner};
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (house, seed, manager, dd) = runtime.block_on(planned());
        let cells = proptest::collection::vec((0_usize..3, 0_i32..12, 0_u32..=168), 1..40);
        let case = (cells, -80_i32..120, any::<bool>(), any::<bool>());
        TestRunner::new(Config::with_cases(24))
            .run(&case, |(cells, days, neighbours, past)| {
                runtime.block_on(async {
                    let first: ballast::units::Day = "2026-12-07".parse().unwrap();
                    let rows = [seed.adas, seed.bos, seed.open];
                    for (row, week, hours) in cells {
                        let week = first.plus(7 * week).to_string();
                        book(&manager, rows[row], &[(&week, hours)]).await;
                    }
                    let before = whole(&manager, &seed).await;
                    let due: ballast::units::Day = "2026-12-02".parse().unwrap();
                    let body = json!({
                        "due": due.plus(if days == 0 { 1 } else { days }).to_string(),
                        "window": if neighbours { "neighbours" } else { "leadIn" },
                        "pastWeeks": past,
                    });
                    let (status, told) = patch(&manager, dd, body).await;
                    prop_assert_eq!(status, StatusCode::OK);
                    let after = whole(&manager, &seed).await;
                    prop_assert_eq!(sum(&after), sum(&before));
                    let kept = house
                        .app
                        .db
                        .read(|tx| ballast::plan::load_book(tx, None))
                        .await
                        .unwrap();
                    prop_assert_eq!(&kept.plan.deliverables, &house.app.book().plan.deliverables);
                    let book = house.app.book();
                    prop_assert_eq!(kept.hours(), book.hours());
                    let undone = undo(&manager, &told["changeSet"]).await;
                    prop_assert_eq!(&undone["left"], 0);
                    prop_assert_eq!(whole(&manager, &seed).await, before);
                    Ok(())
                })
            })
            .unwrap();
    }

    fn ballast(directory: &TempDir, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ballast"))
            .args(arguments)
            .current_dir(directory.path())
            .env("DATA_DIR", directory.path())
            .env("TIME_ZONE", "UTC")
            .output()
            .unwrap()
    }

    #[tokio::test]
    async fn the_command_walks_back_one_reallocation_at_a_time_and_names_what_it_leaves() {
        let (house, seed, manager, dd) = planned().await;
        let begin = hours(&manager, seed.open).await;
        patch(&manager, dd, json!({ "due": "2026-12-09" })).await;
        patch(&manager, dd, json!({ "due": "2026-12-23" })).await;
        assert_eq!(hours(&manager, seed.open).await, json!({ "2026-12-21": 8 }));
        // Somebody goes on with the plan.
        book(&manager, seed.adas, &[("2026-12-21", 9)]).await;
        let copy = house.copy();
        let id = dd.to_string();
        let first = ballast(&copy, &["undo-reallocation", &id, "--revert-date"]);
        let told = String::from_utf8_lossy(&first.stderr).into_owned();
        assert_eq!(first.status.code(), Some(65), "{told}");
        assert!(told.contains("Ada Osei, week of 2026-12-21: 9 h now"), "{told}");
        let second = ballast(&copy, &["undo-reallocation", &id, "--revert-date"]);
        assert!(
            second.status.success(),
            "{}",
            String::from_utf8_lossy(&second.stderr)
        );
        let third = ballast(&copy, &["undo-reallocation", &id]);
        assert_eq!(third.status.code(), Some(65));
        let copy = House::open_in(copy, &[]).await;
        let manager = copy.guest_called(Access::Manager, "Later").await;
        assert_eq!(hours(&manager, seed.open).await, begin);
        let due = manager
            .json(&format!("/api/v1/projects/{}/deliverables", seed.project))
            .await;
        assert_eq!(due[1]["due"], "2026-12-02");
    }

    #[tokio::test]
    async fn dates_that_an_import_moved_together_come_back_together() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        deliverable(&manager, &seed, "SD", "2026-12-02").await;
        let dd = deliverable(&manager, &seed, "DD", "2026-12-16").await;
        let cells = [("2026-11-30", 8), ("2026-12-07", 10), ("2026-12-14", 12)];
        book(&manager, seed.open, &cells).await;
        let before = hours(&manager, seed.open).await;
        let csv = "Project,Code,Deliverable,Due\nHarbour Substation,P-1,SD,2026-12-09\nHarbour Substation,P-1,DD,2027-01-06\n";
        let answer = manager
            .request(Method::POST, "/api/v1/imports?name=dates.csv&what=projects")
            .body(csv)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(
            hours(&manager, seed.open).await,
            json!({ "2026-12-07": 8, "2026-12-28": 10, "2027-01-04": 12 })
        );
        let copy = house.copy();
        let done = ballast(&copy, &["undo-reallocation", &dd.to_string(), "--revert-date"]);
        let told = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(
            done.status.success(),
            "{told}{}",
            String::from_utf8_lossy(&done.stderr)
        );
        assert!(told.contains("SD is due on 2026-12-02 again."), "{told}");
        assert!(told.contains("DD is due on 2026-12-16 again."), "{told}");
        let again = ballast(&copy, &["undo-reallocation", &dd.to_string()]);
        assert_eq!(
            again.status.code(),
            Some(65),
            "there is nothing more to take back"
        );
        let house = House::open_in(copy, &[]).await;
        let manager = house.guest_called(Access::Manager, "Later").await;
        assert_eq!(hours(&manager, seed.open).await, before);
    }

    #[tokio::test]
    async fn a_date_that_cannot_be_meant_stops_an_import_and_one_outside_the_project_is_pointed_out() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let path = format!("/api/v1/projects/{}", seed.project);
        manager
            .send(Method::PATCH, &path, &json!({ "end": "2026-12-18" }))
            .await;
        let made = manager
            .post(
                &format!("{path}/deliverables"),
                &json!({ "name": "SD", "due": "2027-01-08" }),
            )
            .await;
        let made: Value = made.json().await.unwrap();
        assert_eq!(
            made["warnings"],
            json!(["8 January 2027 is after Harbour Substation ends, on 18 December 2026."])
        );
        for (due, status, word) in [
            ("2062-12-09", StatusCode::UNPROCESSABLE_ENTITY, "check the year"),
            (
                "2027-02-05",
                StatusCode::OK,
                "5 February 2027 is after Harbour Substation ends",
            ),
        ] {
            let csv = format!("Project,Code,Deliverable,Due\nHarbour Substation,P-1,SD,{due}\n");
            let answer = manager
                .request(Method::POST, "/api/v1/imports?name=dates.csv&what=projects")
                .body(csv)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), status, "{due}");
            let told = answer.text().await.unwrap();
            assert!(told.contains(word), "{told}");
        }
    }

    #[tokio::test]
    async fn the_question_leads_nowhere_but_to_pages_of_ours() {
        let (_house, seed, manager, dd) = planned().await;
        let path = format!("/deliverables/{dd}/move?due=2026-12-09&back=https://evil.example/");
        let page = manager.text(&path).await;
        assert!(!page.contains("evil.example"), "{page}");
        let again = format!("/deliverables/{dd}/move/preview");
        let asked = [("due", "2026-12-09"), ("back", "//evil.example/")];
        let page = manager.form(&again, &asked).await.text().await.unwrap();
        assert!(
            page.contains(&format!("href=\"/projects/{}\"", seed.project)),
            "{page}"
        );
    }
}
