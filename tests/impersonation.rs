//! Seeing Ballast through somebody else's eyes.

#[cfg(test)]
mod eyes {
    use crate::house::{Guest, House, NOW, between};
    use ballast::accounts::Access;
    use reqwest::{Method, StatusCode};
    use serde_json::json;

    async fn id_of(admin: &Guest, name: &str) -> i64 {
        let all = admin.json("/api/v1/accounts").await;
        let mut accounts = all.as_array().unwrap().iter();
        accounts.find(|one| one["name"] == name).unwrap()["id"]
            .as_i64()
            .unwrap()
    }

    /// The same browser after it began to see Ballast as somebody else.
    async fn see_as(house: &House, admin: &Guest, name: &str) -> Guest {
        let id = id_of(admin, name).await;
        let answer = admin.form(&format!("/accounts/{id}/impersonate"), &[]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let mut eyes = house.stranger();
        eyes.keep_cookie(&answer);
        let page = eyes.text("/schedule").await;
        eyes.form_key = between(&page, "<meta name=\"csrf\" content=\"", "\"").unwrap();
        eyes
    }

    async fn house_of_ada_and_bo() -> (House, Guest) {
        let house = House::open().await;
        let ada = house.guest_called(Access::Admin, "Ada").await;
        house.guest_called(Access::Manager, "Bo").await;
        (house, ada)
    }

    #[tokio::test]
    async fn an_administrator_sees_what_somebody_sees_and_every_page_says_so() {
        let (house, ada) = house_of_ada_and_bo().await;
        let eyes = see_as(&house, &ada, "Bo").await;
        assert_eq!(eyes.json("/api/v1/me").await["name"], "Bo");
        for path in ["/", "/schedule", "/people", "/settings", "/more"] {
            let page = eyes.text(path).await;
            assert!(page.contains("Ada, you see Ballast as Bo."), "{path}");
        }
        for path in ["/accounts", "/accounts/audit", "/accounts/invitations"] {
            assert_eq!(eyes.get(path).await.status(), StatusCode::FORBIDDEN, "{path}");
        }
        assert!(!ada.text("/").await.contains("you see Ballast as"));
    }

    #[tokio::test]
    async fn what_is_done_stands_under_both_names() {
        let (house, ada) = house_of_ada_and_bo().await;
        let seed = house.seed().await;
        let eyes = see_as(&house, &ada, "Bo").await;
        let hours =
            json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-16", "hours": 8, "seen": 0 }] });
        assert_eq!(eyes.post("/api/v1/hours", &hours).await.status(), StatusCode::OK);
        let stop = eyes.form("/impersonation/stop", &[]).await;
        assert_eq!(stop.status(), StatusCode::SEE_OTHER);
        let mut back = house.stranger();
        back.keep_cookie(&stop);
        let history = back.text(&format!("/people/{}", seed.ada)).await;
        assert!(history.contains("Bo (through Ada)"));
        let audit = back.text("/accounts/audit?what=impersonation+begun").await;
        assert!(audit.contains("ada@example.org") && audit.contains("bo@example.org"));
        let audit = back.text("/accounts/audit?what=impersonation+ended").await;
        assert!(audit.contains("bo@example.org") && audit.contains("through Ada"));
    }

    #[tokio::test]
    async fn stopping_leads_back_to_oneself_under_a_new_key() {
        let (house, ada) = house_of_ada_and_bo().await;
        let eyes = see_as(&house, &ada, "Bo").await;
        let stop = eyes.form("/impersonation/stop", &[]).await;
        let mut back = house.stranger();
        back.keep_cookie(&stop);
        assert_eq!(back.json("/api/v1/me").await["name"], "Ada");
        assert_eq!(
            back.get("/accounts").await.status(),
            StatusCode::OK,
            "still proven"
        );
        for dead in [&ada, &eyes] {
            assert_eq!(dead.get("/api/v1/me").await.status(), StatusCode::UNAUTHORIZED);
        }
    }

    #[tokio::test]
    async fn what_a_program_signed_in_for_beside_the_session_outlives_it_and_ends_with_the_session() {
        let (house, ada) = house_of_ada_and_bo().await;
        let asked = json!({ "email": "ada@example.org", "password": crate::house::PASSWORD });
        let opened = ada.post("/api/v1/token", &asked).await;
        assert_eq!(opened.status(), StatusCode::OK);
        let opened: serde_json::Value = opened.json().await.unwrap();
        let access = opened["accessToken"].as_str().unwrap().to_owned();
        house.witness.keep(&access);
        let as_program = || async {
            let program = house.stranger().request(Method::GET, "/api/v1/me");
            program.bearer_auth(&access).send().await.unwrap().status()
        };
        let eyes = see_as(&house, &ada, "Bo").await;
        let stop = eyes.form("/impersonation/stop", &[]).await;
        assert_eq!(stop.status(), StatusCode::SEE_OTHER);
        let mut back = house.stranger();
        back.keep_cookie(&stop);
        assert_eq!(back.json("/api/v1/me").await["name"], "Ada");
        assert_eq!(as_program().await, StatusCode::OK);
        let page = back.text("/schedule").await;
        back.form_key = between(&page, "<meta name=\"csrf\" content=\"", "\"").unwrap();
        back.form("/auth/logout", &[]).await;
        assert_eq!(
            as_program().await,
            StatusCode::UNAUTHORIZED,
            "it ends with its session"
        );
    }

    #[tokio::test]
    async fn nobody_looks_through_the_eyes_of_an_administrator_or_of_who_is_switched_off() {
        let (house, ada) = house_of_ada_and_bo().await;
        house.guest_called(Access::Admin, "Cy").await;
        let (own, bo, cy) = (
            id_of(&ada, "Ada").await,
            id_of(&ada, "Bo").await,
            id_of(&ada, "Cy").await,
        );
        let off = json!({ "active": false });
        let switched = ada
            .send(Method::PATCH, &format!("/api/v1/accounts/{bo}"), &off)
            .await;
        assert_eq!(switched.status(), StatusCode::NO_CONTENT);
        for id in [own, bo, cy] {
            let answer = ada.form(&format!("/accounts/{id}/impersonate"), &[]).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN);
            assert!(answer.headers().get("set-cookie").is_none());
            let page = ada.text(&format!("/accounts/{id}")).await;
            assert!(!page.contains("See Ballast as"), "no button either");
        }
        let manager = house.guest_called(Access::Manager, "Di").await;
        let answer = manager.form(&format!("/accounts/{bo}/impersonate"), &[]).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn it_ends_with_the_administrators_own_session() {
        let (house, ada) = house_of_ada_and_bo().await;
        let cy = house.guest_called(Access::Admin, "Cy").await;
        let eyes = see_as(&house, &ada, "Bo").await;
        let id = id_of(&cy, "Ada").await;
        cy.form(&format!("/accounts/{id}/end-sessions"), &[]).await;
        assert_eq!(eyes.get("/api/v1/me").await.status(), StatusCode::UNAUTHORIZED);
    }

    #[tokio::test]
    async fn it_ends_when_they_are_no_administrator_any_more_or_the_other_becomes_one() {
        for name in ["Ada", "Bo"] {
            let (house, ada) = house_of_ada_and_bo().await;
            let cy = house.guest_called(Access::Admin, "Cy").await;
            let eyes = see_as(&house, &ada, "Bo").await;
            let id = id_of(&cy, name).await;
            let level = if name == "Ada" { "manager" } else { "admin" };
            let path = format!("/api/v1/accounts/{id}");
            let changed = cy.send(Method::PATCH, &path, &json!({ "access": level })).await;
            assert_eq!(changed.status(), StatusCode::NO_CONTENT);
            assert_eq!(
                eyes.get("/api/v1/me").await.status(),
                StatusCode::UNAUTHORIZED,
                "{name}"
            );
        }
    }

    #[tokio::test]
    async fn it_ends_after_an_hour() {
        let (house, ada) = house_of_ada_and_bo().await;
        let eyes = see_as(&house, &ada, "Bo").await;
        house.app.clock.set(NOW + 3_599_000);
        assert_eq!(eyes.get("/api/v1/me").await.status(), StatusCode::OK);
        house.app.clock.set(NOW + 3_600_000);
        assert_eq!(eyes.get("/api/v1/me").await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(ada.get("/api/v1/me").await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn signing_out_ends_both_since_no_browser_has_the_other_key() {
        let (house, ada) = house_of_ada_and_bo().await;
        let eyes = see_as(&house, &ada, "Bo").await;
        assert_eq!(
            eyes.form("/auth/logout", &[]).await.status(),
            StatusCode::SEE_OTHER
        );
        for dead in [&ada, &eyes] {
            assert_eq!(dead.get("/api/v1/me").await.status(), StatusCode::UNAUTHORIZED);
        }
    }

    #[tokio::test]
    async fn what_belongs_to_a_person_alone_stays_closed_and_they_were_not_here() {
        let (house, ada) = house_of_ada_and_bo().await;
        house.app.clock.set(NOW + 120_000);
        let eyes = see_as(&house, &ada, "Bo").await;
        let feed = eyes.post("/api/v1/feeds", &json!({ "kind": "team" })).await;
        assert_eq!(feed.status(), StatusCode::FORBIDDEN);
        assert!(feed.text().await.unwrap().contains("belongs to the person alone"));
        house.app.clock.set(NOW + 240_000);
        assert_eq!(eyes.get("/api/v1/me").await.status(), StatusCode::OK);
        let all = ada.json("/api/v1/accounts").await;
        let seen = |name: &str| {
            let mut accounts = all.as_array().unwrap().iter();
            accounts.find(|one| one["name"] == name).unwrap()["lastSeenAt"]
                .as_i64()
                .unwrap()
        };
        assert_eq!(seen("Bo"), NOW, "Bo has not been here since");
    }
}
