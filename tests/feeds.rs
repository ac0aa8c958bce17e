//! Calendar feeds: what is in them, and who gets them.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
mod links {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use crate::house::{Guest, House, NOW, Seed, between};
    use ballast::accounts::Access;
    use reqwest::{Method, StatusCode};
    use serde_json::{Value, json};

    /// What Python's icalendar makes of a feed. That library is Debian's python3-icalendar; tests/run.sh installs it.
    fn read(feed: &str) -> Option<Value> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/feeds/read.py");
        let python = "/usr/bin/python3";
        let known = Command::new(python).args(["-c", "import icalendar"]).output();
        if !known.is_ok_and(|output| output.status.success()) {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "{python} has no icalendar (install python3-icalendar), so no feed can be checked by another's eyes"
            );
            eprintln!("not checked: {python} has no icalendar; install python3-icalendar");
            return None;
        }
        let mut child = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(feed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}\n{feed}",
            String::from_utf8_lossy(&output.stderr)
        );
        Some(serde_json::from_slice(&output.stdout).unwrap())
    }

    /// A project with an odd name and three deliverables, and leave with a kind and a note.
    async fn filled(house: &House) -> (Seed, Guest) {
        let seed = house.seed().await;
        let manager = house.manager().await;
        let deliverables = format!("/api/v1/projects/{}/deliverables", seed.project);
        for (name, due, percent) in [
            (
                "SD; draft, \\ “Grüße” für Łódź — 日本語の長い名前がここに入ります",
                "2026-11-27",
                Some(30),
            ),
            ("DD", "2026-12-31", Some(75)),
            ("Kick-off", "2026-09-01", None),
            ("Long ago", "2026-04-01", None),
            ("Far away", "2029-01-01", None),
        ] {
            let body = json!({ "name": name, "due": due, "percent": percent, "phase": "Design, detailed" });
            assert!(manager.post(&deliverables, &body).await.status().is_success());
        }
        for (person, first, last, half) in [
            (seed.ada, "2026-12-21", "2027-01-03", false),
            (seed.bo, "2026-12-04", "2026-12-04", true),
        ] {
            let body = json!({ "first": first, "last": last, "half": half, "kind": "sick", "note": "a secret note" });
            let answer = manager
                .post(&format!("/api/v1/people/{person}/time-off"), &body)
                .await;
            assert!(answer.status().is_success());
        }
        let body = json!({ "first": "2026-12-08", "last": "2026-12-10", "fromMidday": true });
        let answer = manager
            .post(&format!("/api/v1/people/{}/time-off", seed.bo), &body)
            .await;
        assert!(answer.status().is_success());
        (seed, manager)
    }

    /// The title, the first and the last day of an event.
    fn event(event: &Value) -> (&str, &str, &str) {
        let text = |key: &str| event[key].as_str().unwrap();
        (text("summary"), text("first"), text("last"))
    }

    /// Makes a link and answers its id and path.
    async fn link(guest: &Guest, body: Value) -> (i64, String) {
        let answer = guest.post("/api/v1/feeds", &body).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let made: Value = answer.json().await.unwrap();
        (
            made["id"].as_i64().unwrap(),
            made["path"].as_str().unwrap().to_owned(),
        )
    }

    #[tokio::test]
    async fn every_kind_of_feed_is_valid_and_holds_what_it_should() {
        let house = House::open().await;
        let (seed, manager) = filled(&house).await;
        let stranger = house.stranger();
        let odd =
            "Harbour Substation — SD; draft, \\ “Grüße” für Łódź — 日本語の長い名前がここに入ります (30 %)";
        let team = [
            ("Harbour Substation — Kick-off", "2026-09-01", "2026-09-01"),
            (odd, "2026-11-27", "2026-11-27"),
            (
                "Bo Lindqvist away, 4 Dec 2026, half a day",
                "2026-12-04",
                "2026-12-04",
            ),
            (
                "Bo Lindqvist away, 8 Dec (from midday) to 10 Dec 2026",
                "2026-12-08",
                "2026-12-10",
            ),
            ("Ada Osei away", "2026-12-21", "2027-01-03"),
            ("Harbour Substation — DD (75 %)", "2026-12-31", "2026-12-31"),
        ];
        let adas = [team[0], team[1], team[4], team[5]];
        for (body, name, expected) in [
            (json!({ "about": "team" }), "Ballast: Our team", &team[..]),
            (
                json!({ "about": "team", "department": 1 }),
                "Ballast: Electrical",
                &team[..],
            ),
            (
                json!({ "about": "project", "project": seed.project }),
                "Ballast: Harbour Substation",
                &team[..],
            ),
            (
                json!({ "about": "person", "person": seed.ada }),
                "Ballast: Ada Osei",
                &adas[..],
            ),
        ] {
            let (_, path) = link(&manager, body).await;
            let answer = stranger.get(&path).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(answer.headers()["content-type"], "text/calendar; charset=utf-8");
            assert!(
                answer.headers()["cache-control"]
                    .to_str()
                    .unwrap()
                    .contains("private")
            );
            assert!(!answer.headers().contains_key("set-cookie"));
            let feed = answer.text().await.unwrap();
            for secret in ["sick", "secret", "manager", "example.org"] {
                assert!(!feed.contains(secret), "{name} tells {secret}");
            }
            let Some(found) = read(&feed) else { return };
            assert_eq!(found["name"], name);
            let events = found["events"].as_array().unwrap().iter().map(event);
            assert_eq!(events.collect::<Vec<_>>(), expected, "{name}");
            let stamps = found["events"].as_array().unwrap().iter();
            assert!(
                stamps
                    .into_iter()
                    .all(|event| event["stamp"] == "2026-11-18T12:00:00+00:00")
            );
            assert!(feed.contains("Phase: Design\\, detailed"));
        }
    }

    #[tokio::test]
    async fn the_same_plan_gives_the_same_bytes_and_a_reader_who_has_them_gets_none() {
        let house = House::open().await;
        let (seed, manager) = filled(&house).await;
        let (_, path) = link(&manager, json!({ "about": "project", "project": seed.project })).await;
        let stranger = house.stranger();
        let first = stranger.get(&path).await;
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        let feed = first.text().await.unwrap();
        // Hours later it is still the same.
        house.app.clock.set(NOW + 36_000_000);
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
            let again = stranger
                .request(Method::GET, &path)
                .header("If-None-Match", known)
                .send()
                .await
                .unwrap();
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
            assert_eq!(again.text().await.unwrap(), "");
        }
        let cells = json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-16", "hours": 8 }] });
        assert!(manager.post("/api/v1/hours", &cells).await.status().is_success());
        assert_eq!(stranger.text(&path).await, feed, "hours do not stand in a feed");
        let deliverables = manager
            .json(&format!("/api/v1/projects/{}/deliverables", seed.project))
            .await;
        let id = deliverables.as_array().unwrap()[1]["id"].as_i64().unwrap();
        let change = json!({ "due": "2027-01-15" });
        let moved = manager
            .send(Method::PATCH, &format!("/api/v1/deliverables/{id}"), &change)
            .await;
        assert!(moved.status().is_success());
        let after = stranger.text(&path).await;
        assert!(after.contains("DTSTART;VALUE=DATE:20270115"));
        assert!(
            after.contains("DTSTAMP:20261118T220000Z"),
            "the stamp is that of the change"
        );
        assert!(after.contains(&format!("UID:deliverable-{id}@ballast")));
    }

    #[tokio::test]
    async fn unknown_taken_back_and_malformed_addresses_get_the_same_answer() {
        let house = House::open().await;
        let (_, manager) = filled(&house).await;
        let (id, path) = link(&manager, json!({ "about": "team" })).await;
        let stranger = house.stranger();
        assert_eq!(stranger.get(&path).await.status(), StatusCode::OK);
        let removed = manager
            .send(Method::DELETE, &format!("/api/v1/feeds/{id}"), &json!({}))
            .await;
        assert_eq!(removed.status(), StatusCode::NO_CONTENT);
        let long = format!("/feeds/{}.ics", "a".repeat(4_000));
        let mut answers = Vec::new();
        for path in [
            path.as_str(),
            "/feeds/AAAAAAAAAAAAAAAAAAAAAA.ics",
            path.trim_end_matches(".ics"),
            "/feeds/.ics",
            "/feeds/x",
            "/feeds/%00%ff.ics",
            "/feeds/..%2f..%2fetc.ics",
            &long,
        ] {
            let answer = stranger.get(path).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            assert!(!answer.headers().contains_key("etag"), "{path}");
            assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
            answers.push(answer.text().await.unwrap());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
    }

    #[tokio::test]
    async fn a_link_ends_with_its_account_and_with_what_it_is_of() {
        let house = House::open().await;
        let (seed, manager) = filled(&house).await;
        let admin = house.admin().await;
        let stranger = house.stranger();
        let (_, person) = link(&manager, json!({ "about": "person", "person": seed.ada })).await;
        let (_, project) = link(&manager, json!({ "about": "project", "project": seed.project })).await;
        let (_, team) = link(&manager, json!({ "about": "team" })).await;
        let status = async |path: &str| stranger.get(path).await.status();
        let left = admin
            .post(&format!("/api/v1/people/{}/deactivate", seed.ada), &json!({}))
            .await;
        assert!(left.status().is_success());
        assert_eq!(status(&person).await, StatusCode::NOT_FOUND);
        let gone = admin
            .send(
                Method::DELETE,
                &format!("/api/v1/projects/{}", seed.project),
                &json!({}),
            )
            .await;
        assert!(gone.status().is_success());
        assert_eq!(status(&project).await, StatusCode::NOT_FOUND);
        assert_eq!(status(&team).await, StatusCode::OK);
        let accounts = admin.json("/api/v1/accounts").await;
        let id = accounts
            .as_array()
            .unwrap()
            .iter()
            .find(|account| account["email"] == "manager@example.org")
            .unwrap()["id"]
            .clone();
        let off = admin
            .send(
                Method::PATCH,
                &format!("/api/v1/accounts/{id}"),
                &json!({ "active": false }),
            )
            .await;
        assert!(off.status().is_success());
        assert_eq!(status(&team).await, StatusCode::NOT_FOUND);
        let works: Vec<Value> = admin
            .json("/api/v1/feeds")
            .await
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["works"].clone())
            .collect();
        assert_eq!(works, [json!(false), json!(false), json!(false)]);
    }

    #[tokio::test]
    async fn the_key_is_shown_once_and_stands_in_no_file() {
        let house = House::open().await;
        filled(&house).await;
        let viewer = house.guest(Access::Viewer).await;
        let answer = viewer.form("/calendar/feeds", &[("about", "team")]).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let page = answer.text().await.unwrap();
        let address = between(&page, "readonly value=\"", "\"").unwrap();
        let key = between(&address, "/feeds/", ".ics").unwrap();
        assert_eq!(key.len(), 22, "128 bits");
        let path = format!("/feeds/{key}.ics");
        assert_eq!(house.stranger().get(&path).await.status(), StatusCode::OK);
        assert!(!viewer.text("/calendar/feeds").await.contains(&key));
        for file in std::fs::read_dir(house.directory.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
            assert!(!bytes.windows(key.len()).any(|part| part == key.as_bytes()));
        }
        // A new address makes the old one open nothing.
        let id = viewer.json("/api/v1/feeds").await[0]["id"].as_i64().unwrap();
        let renewed = viewer
            .form(&format!("/calendar/feeds/{id}/renew"), &[])
            .await
            .text()
            .await
            .unwrap();
        let other = between(&renewed, "/feeds/", ".ics").unwrap();
        assert_ne!(other, key);
        assert_eq!(house.stranger().get(&path).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(
            house
                .stranger()
                .get(&format!("/feeds/{other}.ics"))
                .await
                .status(),
            StatusCode::OK
        );
    }

    #[tokio::test]
    async fn the_address_of_a_feed_is_the_public_one_however_somebody_came_here() {
        let house = House::open_with(&[("PUBLIC_URL", "https://plan.example.org")]).await;
        let viewer = house.guest(Access::Viewer).await;
        let answer = viewer.form("/calendar/feeds", &[("about", "team")]).await;
        let page = answer.text().await.unwrap();
        let address = between(&page, "readonly value=\"", "\"").unwrap();
        assert!(
            address.starts_with("https://plan.example.org/feeds/"),
            "{address}"
        );
        let made: Value = viewer
            .post("/api/v1/feeds", &json!({ "about": "team" }))
            .await
            .json()
            .await
            .unwrap();
        let (path, url) = (made["path"].as_str().unwrap(), made["url"].as_str());
        assert!(path.starts_with("/feeds/"), "{made}");
        assert!(
            url.is_none_or(|url| url == format!("https://plan.example.org{path}")),
            "{made}"
        );
    }

    #[tokio::test]
    async fn links_are_ones_own_and_an_administrator_can_take_back_all() {
        let house = House::open().await;
        let (_, manager) = filled(&house).await;
        let (id, path) = link(&manager, json!({ "about": "team" })).await;
        let member = house.guest(Access::Member).await;
        assert_eq!(member.json("/api/v1/feeds").await, json!([]));
        for path in [
            format!("/calendar/feeds/{id}/remove"),
            format!("/calendar/feeds/{id}/renew"),
        ] {
            assert_eq!(member.form(&path, &[]).await.status(), StatusCode::NOT_FOUND);
        }
        let admin = house.admin().await;
        let page = admin.text("/calendar/feeds").await;
        assert!(page.contains("never"), "not used yet");
        house.stranger().get(&path).await;
        assert_eq!(admin.json("/api/v1/feeds").await[0]["used"], "2026-11-18");
        // Nobody is given another's address.
        let renewed = admin.form(&format!("/calendar/feeds/{id}/renew"), &[]).await;
        assert_eq!(renewed.status(), StatusCode::NOT_FOUND);
        let removed = admin.form(&format!("/calendar/feeds/{id}/remove"), &[]).await;
        assert_eq!(removed.status(), StatusCode::SEE_OTHER);
        assert_eq!(house.stranger().get(&path).await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn ones_own_feed_is_that_of_the_person_with_ones_address() {
        let house = House::open().await;
        let (seed, manager) = filled(&house).await;
        let nobody = manager.post("/api/v1/feeds", &json!({ "about": "own" })).await;
        assert_eq!(nobody.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let change = json!({ "email": "Ada@example.org" });
        let named = manager
            .send(Method::PATCH, &format!("/api/v1/people/{}", seed.ada), &change)
            .await;
        assert!(named.status().is_success());
        let ada = house.guest_called(Access::Viewer, "Ada").await;
        assert!(
            ada.text("/calendar/feeds")
                .await
                .contains("My own dates and time off")
        );
        let (_, path) = link(&ada, json!({ "about": "own" })).await;
        let feed = house.stranger().text(&path).await;
        assert!(feed.contains("SUMMARY:Ada Osei away") && !feed.contains("Bo Lindqvist"));
    }

    #[tokio::test]
    async fn what_cannot_be_made_says_why() {
        let house = House::open().await;
        let (_, manager) = filled(&house).await;
        for (body, field) in [
            (json!({}), "about"),
            (json!({ "about": "everything" }), "about"),
            (json!({ "about": "person" }), "person"),
            (json!({ "about": "person", "person": 999 }), "person"),
            (json!({ "about": "project", "project": "x" }), "project"),
            (json!({ "about": "team", "department": 999 }), "department"),
        ] {
            let answer = manager.post("/api/v1/feeds", &body).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            let problem: Value = answer.json().await.unwrap();
            let errors = problem["errors"].as_array().unwrap();
            assert_eq!((errors.len(), &errors[0]["field"]), (1, &json!(field)), "{body}");
        }
        let form = manager
            .form("/calendar/feeds", &[("about", "project"), ("project", "")])
            .await;
        assert_eq!(form.status(), StatusCode::UNPROCESSABLE_ENTITY);
        for _ in 0..50 {
            link(&manager, json!({ "about": "team" })).await;
        }
        let full = manager.post("/api/v1/feeds", &json!({ "about": "team" })).await;
        assert_eq!(full.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
