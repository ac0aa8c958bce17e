//! The calendar: what is due and who is away, as pages and for programs.

#[cfg(test)]
mod days {
    use crate::house::{Guest, House, Seed, between};
    use ballast::accounts::Access;
    use reqwest::{Method, StatusCode};
    use serde_json::{Value, json};

    async fn deliverable(manager: &Guest, project: i64, name: &str, due: &str) {
        let body = json!({ "name": name, "due": due, "percent": 60, "phase": "Design" });
        let answer = manager
            .post(&format!("/api/v1/projects/{project}/deliverables"), &body)
            .await;
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    async fn leave(manager: &Guest, person: i64, first: &str, last: &str, half: bool) {
        let body =
            json!({ "first": first, "last": last, "half": half, "kind": "sick", "note": "a secret note" });
        let answer = manager
            .post(&format!("/api/v1/people/{person}/time-off"), &body)
            .await;
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// November: SD on the 18th, DD on the 27th and IFC in December; Ada away over the end of a week, Bo for half a day.
    async fn filled(house: &House) -> (Seed, Guest) {
        let seed = house.seed().await;
        let manager = house.manager().await;
        deliverable(&manager, seed.project, "SD", "2026-11-10").await;
        deliverable(&manager, seed.project, "DD", "2026-11-27").await;
        deliverable(&manager, seed.project, "IFC", "2026-12-18").await;
        leave(&manager, seed.ada, "2026-11-19", "2026-11-24", false).await;
        leave(&manager, seed.bo, "2026-12-04", "2026-12-04", true).await;
        (seed, manager)
    }

    #[tokio::test]
    async fn a_month_shows_what_is_due_and_that_somebody_is_away_but_never_why() {
        let house = House::open().await;
        let (seed, _) = filled(&house).await;
        let viewer = house.guest(Access::Viewer).await;
        for path in [
            "/calendar?month=2026-11",
            "/calendar?month=2026-11&view=month",
            "/calendar?view=list",
        ] {
            let page = viewer.text(path).await;
            assert!(page.contains("November 2026"), "{path}");
            assert!(
                page.contains(&format!("href=\"/projects/{}\"", seed.project)),
                "{path}"
            );
            assert!(page.contains("Ada Osei"), "{path}");
            assert!(page.contains("not done"), "{path}: SD is overdue");
            for secret in ["sick", "secret note"] {
                assert!(!page.contains(secret), "{path} tells {secret}");
            }
        }
        let list = viewer.text("/calendar?view=list").await;
        assert!(list.contains("id=\"d2026-11-27\"") && !list.contains("id=\"d2026-12-18\""));
        assert!(
            !list.contains("id=\"d2026-11-21\""),
            "nobody works on a Saturday anyway"
        );
        let month = viewer.text("/calendar?view=month").await;
        assert!(month.contains("href=\"/calendar?month=2026-10&amp;view=month\""));
        assert!(month.contains("href=\"/calendar?month=2026-12&amp;view=month\""));
        assert!(
            month.contains("/calendar?month=2026-11&amp;view=list#d2026-11-27"),
            "a day opens its list"
        );
    }

    #[tokio::test]
    async fn a_change_of_the_plan_shows_at_once() {
        let house = House::open().await;
        let (seed, manager) = filled(&house).await;
        let before = manager.text("/calendar?view=list").await;
        assert!(!before.contains("As-built"));
        deliverable(&manager, seed.project, "As-built", "2026-11-30").await;
        assert!(manager.text("/calendar?view=list").await.contains("As-built"));
    }

    #[tokio::test]
    async fn what_does_not_fit_into_a_day_is_counted_and_stands_in_its_list() {
        let house = House::open().await;
        let (seed, manager) = filled(&house).await;
        for number in 1..=6 {
            deliverable(&manager, seed.project, &format!("Drawing {number}"), "2026-11-25").await;
        }
        let month = manager.text("/calendar?view=month").await;
        assert!(month.contains("aria-label=\"+2 more on Wednesday 25 November 2026\""));
        assert!(!month.contains("Drawing 6"));
        assert!(manager.text("/calendar?view=list").await.contains("Drawing 6"));
    }

    #[tokio::test]
    async fn an_empty_month_says_what_belongs_there() {
        let house = House::open().await;
        let viewer = house.guest(Access::Viewer).await;
        assert!(
            viewer
                .text("/calendar")
                .await
                .contains("There is no plan here yet")
        );
        let (seed, _) = filled(&house).await;
        let page = viewer.text("/calendar?month=2027-06").await;
        assert!(page.contains("Nothing is due and nobody is away in June 2027"));
        let page = viewer
            .text(&format!("/calendar?month=2027-06&person={}", seed.ada))
            .await;
        assert!(page.contains("Show everything"));
        // An address that makes no sense opens this month.
        let odd = viewer
            .get("/calendar?month=2026-13&view=year&person=x&project=99")
            .await;
        assert_eq!(odd.status(), StatusCode::OK);
        assert!(odd.text().await.unwrap().contains("November 2026"));
    }

    #[tokio::test]
    async fn programs_get_the_same_and_can_narrow_it() {
        let house = House::open().await;
        let (seed, manager) = filled(&house).await;
        let all = manager
            .json("/api/v1/calendar?from=2026-11-20&to=2026-12-31")
            .await;
        let names = |json: &Value| -> Vec<String> {
            let list = json["deliverables"].as_array().unwrap().iter();
            list.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&all), ["DD", "IFC"]);
        assert_eq!(
            all["absences"],
            json!([
                { "person": seed.ada, "personName": "Ada Osei", "first": "2026-11-19", "last": "2026-11-24",
                  "half": false, "fromMidday": false, "untilMidday": false, "text": "19 Nov to 24 Nov 2026" },
                { "person": seed.bo, "personName": "Bo Lindqvist", "first": "2026-12-04", "last": "2026-12-04",
                  "half": true, "fromMidday": false, "untilMidday": false, "text": "4 Dec 2026, half a day" },
            ])
        );
        let bo = manager
            .json(&format!(
                "/api/v1/calendar?from=2026-11-20&to=2026-12-31&person={}",
                seed.bo
            ))
            .await;
        assert_eq!(bo["absences"].as_array().unwrap().len(), 1);
        assert_eq!(names(&bo), ["DD", "IFC"]);
        for (query, field) in [
            ("", "from"),
            ("from=2026-11-01", "to"),
            ("from=2026-11-31&to=2026-12-01", "from"),
            ("from=2026-12-01&to=2026-11-01", "to"),
            ("from=2026-01-01&to=2027-12-31", "to"),
            ("from=2026-11-01&to=2026-11-30&person=999", "person"),
        ] {
            let answer = manager.get(&format!("/api/v1/calendar?{query}")).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["errors"][0]["field"], field, "{query}");
        }
    }

    #[tokio::test]
    async fn leave_that_begins_or_ends_at_midday_is_shown_as_it_is() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let path = format!("/api/v1/people/{}/time-off", seed.ada);
        for body in [
            json!({ "first": "2026-11-17", "last": "2026-11-19", "fromMidday": true, "untilMidday": true }),
            // Half of each day, and the rest of the last of them.
            json!({ "first": "2026-11-23", "last": "2026-11-27", "half": true }),
            json!({ "first": "2026-11-27", "half": true }),
            json!({ "first": "2026-12-01", "untilMidday": true }),
        ] {
            let answer = manager.post(&path, &body).await;
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        }
        let all = manager
            .json("/api/v1/calendar?from=2026-11-01&to=2026-12-31")
            .await;
        let told: Vec<_> = all["absences"].as_array().unwrap().iter().collect();
        let told: Vec<Value> = told
            .into_iter()
            .map(|one| json!([one["text"], one["half"], one["fromMidday"], one["untilMidday"]]))
            .collect();
        assert_eq!(
            told,
            [
                json!([
                    "17 Nov (from midday) to 19 Nov 2026 (until midday)",
                    false,
                    true,
                    true
                ]),
                json!(["23 Nov to 26 Nov 2026, half days", true, false, false]),
                json!(["27 Nov 2026", false, false, false]),
                json!(["the morning of 1 Dec 2026", false, false, true]),
            ]
        );
        let list = manager.text("/calendar?month=2026-11&view=list").await;
        for (day, next, told) in [
            (
                "17",
                "18",
                "(from midday)</span><span class=\"faint\"> until 19 Nov",
            ),
            ("19", "23", "(until midday)"),
            ("26", "27", "(half)"),
        ] {
            let before = format!("id=\"d2026-11-{day}\"");
            let text = between(&list, &before, &format!("id=\"d2026-11-{next}\"")).unwrap();
            assert!(text.contains(told), "{day}: {text}");
        }
        let whole = between(&list, "id=\"d2026-11-18\"", "id=\"d2026-11-19\"").unwrap();
        assert!(whole.contains(">Ada Osei</a></p>"), "all of it: {whole}");
        let month = manager.text("/calendar?month=2026-11&view=month").await;
        assert!(
            month.contains("title=\"Ada Osei away, 17 Nov (from midday) to 19 Nov 2026 (until midday)\"")
        );
        assert!(
            month.contains("Ada Osei, from midday<"),
            "the bar says so where it begins"
        );
    }

    #[tokio::test]
    async fn half_a_holiday_is_told_as_half_a_day() {
        let house = House::open().await;
        house.seed().await;
        let admin = house.admin().await;
        let made = admin
            .post("/api/v1/calendars", &json!({ "name": "Bergen" }))
            .await;
        let calendar: Value = made.json().await.unwrap();
        let own = json!({ "calendar": calendar["id"] });
        let chosen = admin.send(Method::PATCH, "/api/v1/organisation", &own).await;
        assert!(chosen.status().is_success(), "{}", chosen.text().await.unwrap());
        let days = format!("/api/v1/calendars/{}/holidays", calendar["id"]);
        for body in [
            json!({ "day": "2026-12-24", "name": "Christmas Eve", "half": true }),
            json!({ "day": "2026-12-25", "name": "Christmas Day" }),
        ] {
            let answer = admin.post(&days, &body).await;
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        }
        let json = admin.json("/api/v1/calendar?from=2026-12-01&to=2026-12-31").await;
        assert_eq!(
            json["holidays"],
            json!([
                { "day": "2026-12-24", "name": "Christmas Eve", "half": true },
                { "day": "2026-12-25", "name": "Christmas Day", "half": false },
            ])
        );
        for view in ["month", "list"] {
            let page = admin.text(&format!("/calendar?month=2026-12&view={view}")).await;
            assert!(page.contains("Christmas Eve, from midday<"), "{view}");
            assert!(page.contains("Christmas Day<"), "{view}");
        }
        let month = admin.text("/calendar?month=2026-12&view=month").await;
        assert_eq!(month.matches("half-holiday").count(), 1);
    }

    #[tokio::test]
    async fn weeks_begin_as_the_organisation_counts_them() {
        for (setting, first) in [("monday", "Mon"), ("sunday", "Sun")] {
            let house = House::open_with(&[("WEEK_STARTS_ON", setting)]).await;
            filled(&house).await;
            let page = house
                .guest(Access::Viewer)
                .await
                .text("/calendar?view=month")
                .await;
            let head = between(&page, "<thead>", "</thead>").unwrap();
            let day = between(&head, "<abbr", "</abbr>").unwrap();
            assert!(day.ends_with(&format!(">{first}")), "{setting}: {day}");
        }
    }
}
