//! The search over everything, and saved views, over HTTP.

#[cfg(test)]
mod tests {
    use ballast::accounts::Access;
    use serde_json::{Value, json};

    use crate::house::{Guest, House, Seed};

    async fn titles(guest: &Guest, query: &str, kind: &str) -> Vec<String> {
        let query: String = url(query);
        let found = guest.json(&format!("/api/v1/search?q={query}")).await;
        let groups = found["groups"].as_array().unwrap();
        let group = groups.iter().find(|group| group["kind"] == kind);
        let items = group
            .map(|group| group["items"].as_array().unwrap().clone())
            .unwrap_or_default();
        items
            .iter()
            .map(|item| item["title"].as_str().unwrap().to_owned())
            .collect()
    }

    fn url(text: &str) -> String {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    }

    /// Sets hours of the week of Monday, 16 November 2026.
    async fn book(guest: &Guest, assignment: i64, week: &str, hours: i64) {
        let body = json!({ "cells": [{ "assignment": assignment, "week": week, "hours": hours }] });
        let answer = guest.post("/api/v1/hours", &body).await;
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    async fn house_with_hours() -> (House, Seed, Guest) {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        book(&manager, seed.adas, "2026-11-16", 44).await;
        book(&manager, seed.adas, "2026-11-23", 20).await;
        (house, seed, manager)
    }

    #[tokio::test]
    async fn everything_is_found_by_its_name_with_what_it_stands_for() {
        let (house, seed, manager) = house_with_hours().await;
        let due = json!({ "name": "Tender drawings", "due": "2026-12-18" });
        let added = manager
            .post(&format!("/api/v1/projects/{}/deliverables", seed.project), &due)
            .await;
        assert!(added.status().is_success());
        let viewer = house.guest(Access::Viewer).await;
        for (query, kind, title) in [
            ("osei", "people", "Ada Osei"),
            ("HARBOUR", "projects", "Harbour Substation"),
            ("nordlys", "clients", "Nordlys"),
            ("engin", "roles", "Engineer"),
            ("electrical", "departments", "Electrical"),
            ("tender", "deliverables", "Tender drawings"),
            ("sched", "pages", "Schedule"),
        ] {
            assert_eq!(titles(&viewer, query, kind).await, [title], "{query}");
        }
        let found = viewer.json("/api/v1/search?q=ada").await;
        let ada = &found["groups"][0]["items"][0];
        assert_eq!(ada["detail"], "Engineer · Electrical");
        assert_eq!(
            (&ada["tag"], &ada["tone"]),
            (&json!("110 % this week"), &json!("u4"))
        );
        assert_eq!(ada["href"], format!("/people/{}", seed.ada));
        assert_eq!(
            titles(&viewer, "new project", "pages").await,
            Vec::<String>::new()
        );
        assert_eq!(titles(&manager, "new project", "pages").await, ["New project"]);
        let everything = viewer.json("/api/v1/search").await;
        assert_eq!(everything["groups"][0]["kind"], "pages", "{everything}");
    }

    #[tokio::test]
    async fn load_words_and_operators_mean_the_same_in_search_list_and_schedule() {
        let (_house, _, manager) = house_with_hours().await;
        for (query, expected) in [
            ("overloaded", vec!["Ada Osei"]),
            ("available", vec!["Ada Osei", "Bo Lindqvist"]),
            (">40, available", vec![]),
            (">14, <30", vec!["Ada Osei"]),
            ("15-20", vec!["Ada Osei"]),
            ("engineer NOT overloaded", vec!["Bo Lindqvist"]),
            ("ada OR bo", vec!["Ada Osei", "Bo Lindqvist"]),
            ("20-10", vec![]),
        ] {
            let query_text = url(query);
            assert_eq!(titles(&manager, query, "people").await, expected, "{query}");
            for path in ["/people", "/schedule"] {
                let page = manager.text(&format!("{path}?q={query_text}")).await;
                for name in ["Ada Osei", "Bo Lindqvist"] {
                    let shown = page.contains(name);
                    assert_eq!(shown, expected.contains(&name), "{query} at {path}: {name}");
                }
            }
        }
        let by_project = manager.text("/schedule?view=projects&q=overloaded").await;
        assert!(
            by_project.contains("Harbour Substation"),
            "a project is as loaded as its people"
        );
        let by_project = manager.text("/schedule?view=projects&q=NOT+overloaded").await;
        assert!(!by_project.contains("Harbour Substation"));
        assert_eq!(
            titles(&manager, "overloaded", "clients").await,
            Vec::<String>::new()
        );
    }

    #[tokio::test]
    async fn any_text_is_answered_and_shown_as_text() {
        let (_house, _, manager) = house_with_hours().await;
        let long = "x ".repeat(1_500);
        for query in [
            "\"",
            "((((",
            "NOT NOT NOT",
            "<script>alert(1)</script>",
            "%00",
            "AND OR",
            long.as_str(),
        ] {
            let answer = manager.get(&format!("/search?q={}", url(query))).await;
            assert_eq!(answer.status(), 200, "{query}");
            assert!(!answer.text().await.unwrap().contains("<script>alert"), "{query}");
        }
    }

    async fn save(guest: &Guest, name: &str, address: &str, shared: bool) -> Value {
        let view = json!({ "name": name, "address": address, "shared": shared });
        let answer = guest.post("/api/v1/views", &view).await;
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    #[tokio::test]
    async fn a_view_is_saved_opened_renamed_and_removed_by_whose_it_is() {
        let house = House::open().await;
        let (viewer, manager) = (house.guest(Access::Viewer).await, house.manager().await);
        let mine = save(&viewer, "Half a year", "/schedule?weeks=26&done=7", false).await;
        assert_eq!(mine["address"], "/schedule?weeks=26");
        let place = format!("/api/v1/views/{}", mine["id"]);
        let opened = viewer.get(mine["href"].as_str().unwrap()).await;
        assert_eq!(opened.headers()["location"], "/schedule?weeks=26");
        assert_eq!(
            manager.get(&place).await.status(),
            404,
            "it is nobody else's business"
        );
        let patch = |body: Value| {
            let request = viewer.request(reqwest::Method::PATCH, &place).json(&body);
            async move { request.send().await.unwrap() }
        };
        let renamed: Value = patch(json!({ "name": "26 weeks" })).await.json().await.unwrap();
        assert_eq!(
            (&renamed["name"], &renamed["address"]),
            (&json!("26 weeks"), &mine["address"])
        );
        assert_eq!(
            patch(json!({ "shared": true })).await.status(),
            422,
            "sharing is for managers"
        );
        assert_eq!(titles(&viewer, "26 w", "views").await, ["26 weeks"]);
        let removed = viewer
            .request(reqwest::Method::DELETE, &place)
            .send()
            .await
            .unwrap();
        assert_eq!(removed.status(), 204);
        assert_eq!(viewer.json("/api/v1/views").await, json!([]));
    }

    #[tokio::test]
    async fn a_shared_view_is_everybodys_to_open_and_its_owners_to_change() {
        let house = House::open().await;
        let (viewer, manager) = (house.guest(Access::Viewer).await, house.manager().await);
        let shared = save(&manager, "Tenders", "/projects?status=open", true).await;
        let place = format!("/api/v1/views/{}", shared["id"]);
        let listed = viewer.json("/api/v1/views?page=/projects").await;
        assert_eq!(
            (&listed[0]["name"], &listed[0]["own"]),
            (&json!("Tenders"), &json!(false))
        );
        assert_eq!(viewer.json("/api/v1/views?page=/people").await, json!([]));
        let request = viewer.request(reqwest::Method::DELETE, &place);
        assert_eq!(request.send().await.unwrap().status(), 403);
        assert!(viewer.text("/views").await.contains("Tenders"));
        let admin = house.admin().await;
        let removed = admin
            .request(reqwest::Method::DELETE, &place)
            .send()
            .await
            .unwrap();
        assert_eq!(removed.status(), 204);
    }

    #[tokio::test]
    async fn a_view_that_names_what_is_gone_still_opens_and_says_so() {
        let house = House::open().await;
        let seed = house.seed().await;
        let admin = house.admin().await;
        let book = house.app.book();
        let (department, client) = (book.plan.departments[0].id, book.plan.clients[0].id);
        let address = format!("/schedule?department={department}&client={client}&weeks=8");
        let view = save(&admin, "Electrical for Nordlys", &address, false).await;
        let open = async || {
            let answer = admin.get(view["href"].as_str().unwrap()).await;
            answer.headers()["location"].to_str().unwrap().to_owned()
        };
        assert!(open().await.contains(&format!("department={department}")));
        for person in [seed.ada, seed.bo] {
            let path = format!("/api/v1/people/{person}");
            let moved = admin
                .send(reqwest::Method::PATCH, &path, &json!({ "department": null }))
                .await;
            assert!(moved.status().is_success(), "{}", moved.text().await.unwrap());
        }
        let path = format!("/api/v1/projects/{}", seed.project);
        let moved = admin
            .send(reqwest::Method::PATCH, &path, &json!({ "department": null }))
            .await;
        assert!(moved.status().is_success(), "{}", moved.text().await.unwrap());
        let path = format!("/api/v1/departments/{department}");
        let removed = admin
            .request(reqwest::Method::DELETE, &path)
            .send()
            .await
            .unwrap();
        assert!(removed.status().is_success(), "{}", removed.text().await.unwrap());
        let address = open().await;
        assert_eq!(
            address,
            format!("/schedule?client={client}&weeks=8&gone=department")
        );
        let page = admin.text(&address).await;
        assert!(
            page.contains("The department that this view named is gone."),
            "the page says what is missing"
        );
        assert!(page.contains("Ada Osei"), "and shows the others");
        let page = admin.text("/schedule?gone=%3Cb%3E,nonsense").await;
        assert!(!page.contains("that this view named"));
    }

    #[tokio::test]
    async fn without_a_script_a_view_is_saved_by_a_plain_form() {
        let house = House::open().await;
        let viewer = house.guest(Access::Viewer).await;
        let form = viewer
            .request(reqwest::Method::GET, "/views/new")
            .header("Referer", format!("{}/people?q=%3C30", house.address))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        assert!(
            form.contains("/people?q=%3C30"),
            "the page that led here is what is saved"
        );
        let saved = viewer
            .form(
                "/views",
                &[("name", "Free hands"), ("address", "/people?q=%3C30")],
            )
            .await;
        assert_eq!(saved.status(), 303);
        assert!(
            saved.headers()["location"]
                .to_str()
                .unwrap()
                .starts_with("/people?q=%3C30&done=")
        );
        let again = viewer
            .form("/views", &[("name", "free HANDS"), ("address", "/people")])
            .await;
        assert_eq!(again.status(), 422);
        let page = again.text().await.unwrap();
        assert!(page.contains("free HANDS") && page.contains("another view of yours"));
        let elsewhere = viewer
            .form("/views", &[("name", "x"), ("address", "//evil.example/people")])
            .await;
        assert_eq!(elsewhere.status(), 422);
    }

    #[tokio::test]
    async fn what_somebody_did_to_a_private_view_is_nobody_elses_to_undo() {
        let house = House::open().await;
        let (viewer, manager) = (house.guest(Access::Viewer).await, house.manager().await);
        let admin = house.admin().await;
        let newest = || format!("/api/v1/change-sets/{}/undo", house.app.book().revision);
        let mine = save(&viewer, "Half a year", "/schedule?weeks=26", false).await;
        let place = format!("/api/v1/views/{}", mine["id"]);
        for guest in [&manager, &admin] {
            assert_eq!(guest.post(&newest(), &json!({})).await.status(), 409);
        }
        let own = save(&manager, "Mine", "/people", false).await;
        assert_eq!(admin.post(&newest(), &json!({})).await.status(), 409);
        assert_eq!(
            manager.post(&newest(), &json!({})).await.status(),
            200,
            "one’s own is"
        );
        assert_eq!(
            manager.get(own["href"].as_str().unwrap()).await.status(),
            404,
            "and it is gone again"
        );
        assert_eq!(viewer.json(&place).await["name"], "Half a year");
        // An administrator may change a shared view, and so take back what was done to one.
        let shared = save(&manager, "For all", "/people", true).await;
        let place = format!("/api/v1/views/{}", shared["id"]);
        let removed = admin.send(reqwest::Method::DELETE, &place, &json!({})).await;
        assert_eq!(removed.status(), 204);
        assert_eq!(admin.post(&newest(), &json!({})).await.status(), 200);
        assert_eq!(manager.json(&place).await["name"], "For all");
    }

    #[tokio::test]
    async fn a_view_is_changed_in_view_of_what_it_was() {
        let house = House::open().await;
        let manager = house.manager().await;
        let view = save(&manager, "One", "/people", false).await;
        let place = format!("/api/v1/views/{}", view["id"]);
        let first = manager.get(&place).await.headers()["etag"].clone();
        let with = async |method: reqwest::Method, body: Value| {
            let request = manager.request(method, &place).header("If-Match", &first);
            request.json(&body).send().await.unwrap().status()
        };
        assert_eq!(with(reqwest::Method::PATCH, json!({ "name": "Two" })).await, 200);
        assert_eq!(
            with(reqwest::Method::PATCH, json!({ "name": "Three" })).await,
            412
        );
        assert_eq!(with(reqwest::Method::DELETE, json!({})).await, 412);
        assert_eq!(manager.json(&place).await["name"], "Two");
    }

    #[tokio::test]
    async fn an_account_keeps_a_bounded_number_of_views_and_none_disturbs_the_plan() {
        let house = House::open().await;
        let manager = house.manager().await;
        let plan = std::sync::Arc::clone(&house.app.book().plan);
        for number in 0..100 {
            save(&manager, &format!("View {number}"), "/people", false).await;
        }
        let view = json!({ "name": "One more", "address": "/people" });
        assert_eq!(manager.post("/api/v1/views", &view).await.status(), 422);
        // Nor does an undo bring one more.
        let first = manager.json("/api/v1/views").await[0]["id"].clone();
        let place = format!("/api/v1/views/{first}");
        let removed = manager.send(reqwest::Method::DELETE, &place, &json!({})).await;
        assert_eq!(removed.status(), 204);
        let undo = format!("/api/v1/change-sets/{}/undo", house.app.book().revision);
        save(&manager, "One more", "/people", false).await;
        assert_eq!(manager.post(&undo, &json!({})).await.status(), 409);
        assert!(
            std::sync::Arc::ptr_eq(&plan, &house.app.book().plan),
            "the plan was not read anew"
        );
    }
}
