//! The page of one's own account: what one signs in with, and where one is signed in.

#[cfg(test)]
mod tests {
    use crate::house::{Guest, House, PASSWORD};
    use ballast::accounts::Access;
    use reqwest::{Method, Response, StatusCode};
    use serde_json::json;

    const NEW: &str = "seven green lanterns";
    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0";

    fn location(answer: &Response) -> String {
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn is_in(guest: &Guest) -> bool {
        guest.get("/api/v1/me").await.status() == StatusCode::OK
    }

    /// The addresses at which a page ends sessions, in its order.
    fn ends(page: &str) -> Vec<String> {
        let parts = page.split("action=\"/account/sessions/").skip(1);
        let handles = parts
            .filter_map(|part| part.split_once("/end\""))
            .map(|(handle, _)| handle);
        handles
            .map(|handle| format!("/account/sessions/{handle}/end"))
            .collect()
    }

    #[tokio::test]
    async fn everybody_sees_who_they_are_and_where_they_are_signed_in() {
        let house = House::open().await;
        let bo = house.guest_called(Access::Viewer, "Bo Lind").await;
        let fields = [("email", "bo.lind@example.org"), ("password", PASSWORD)];
        let request = house.stranger().request(Method::POST, "/auth/login");
        let other = request
            .header("User-Agent", FIREFOX)
            .form(&fields)
            .send()
            .await
            .unwrap();
        assert_eq!(other.status(), StatusCode::SEE_OTHER);
        house.app.clock.set(crate::house::NOW + 300_000);
        let page = bo.text("/account").await;
        for part in [
            "Bo Lind",
            "bo.lind@example.org",
            "Viewer: sees the plan",
            "Firefox on Linux",
            "An unknown browser",
            "this one",
            "127.0.0.1",
            "5 min ago",
        ] {
            assert!(page.contains(part), "{part}");
        }
        assert_eq!(ends(&page).len(), 1, "this session has no button");
        assert!(
            page.contains("href=\"/account\" title=\"Your account\""),
            "the frame leads here"
        );
    }

    #[tokio::test]
    async fn a_session_is_ended_by_its_owner_alone_and_its_line_with_it() {
        let house = House::open().await;
        let here = house.guest_called(Access::Viewer, "Bo").await;
        let there = house.guest_called(Access::Viewer, "Bo").await;
        let stranger = house.guest_called(Access::Admin, "Ada").await;
        let line = there.get("/events").await;
        let path = ends(&here.text("/account").await).remove(0);
        assert_eq!(stranger.form(&path, &[]).await.status(), StatusCode::NOT_FOUND);
        assert!(is_in(&there).await);
        assert_eq!(
            location(&here.form(&path, &[]).await),
            "/account?said=session-ended#sessions"
        );
        // The body comes to its end, which it never does while the line is open.
        line.text().await.unwrap();
        assert!(!is_in(&there).await);
        assert!(is_in(&here).await && is_in(&stranger).await);
        assert_eq!(
            here.form(&path, &[]).await.status(),
            StatusCode::NOT_FOUND,
            "it is gone"
        );
    }

    async fn delete(guest: &Guest, path: &str) -> StatusCode {
        guest.send(Method::DELETE, path, &json!(null)).await.status()
    }

    #[tokio::test]
    async fn sessions_are_listed_and_ended_in_json_too() {
        let house = House::open().await;
        let bo = house.guest_called(Access::Viewer, "Bo").await;
        let other = house.guest_called(Access::Viewer, "Bo").await;
        let ada = house.guest_called(Access::Viewer, "Ada").await;
        let all = bo.json("/api/v1/account/sessions").await;
        let all = all.as_array().unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all.iter().filter(|one| one["own"] == true).count(), 1);
        assert_eq!(all[0]["proof"], "password");
        assert_eq!(all[0]["startedAt"], "2026-11-18T12:00:00Z");
        let theirs = all.iter().find(|one| one["own"] == false).unwrap();
        let path = format!("/api/v1/account/sessions/{}", theirs["id"].as_str().unwrap());
        assert_eq!(delete(&ada, &path).await, StatusCode::NOT_FOUND, "another's");
        assert_eq!(delete(&bo, &path).await, StatusCode::NO_CONTENT);
        assert!(!is_in(&other).await && is_in(&bo).await);
        assert_eq!(delete(&bo, &path).await, StatusCode::NOT_FOUND, "once");
    }

    #[tokio::test]
    async fn passkeys_are_listed_and_removed_in_json_too_and_never_by_programs() {
        let house = House::open().await;
        let mut bo = house.guest_called(Access::Viewer, "Bo").await;
        let ada = house.guest_called(Access::Viewer, "Ada").await;
        assert_eq!(bo.json("/api/v1/account/passkeys").await, json!([]));
        let me = bo.json("/api/v1/me").await["id"].as_i64().unwrap();
        let gesture = ballast::db::Gesture {
            actor: ballast::db::Actor::program(),
            label: "kept a passkey".to_owned(),
            at: crate::house::NOW,
        };
        let kept = house.app.db.write(gesture, move |tx| {
            let sql = "insert into passkey (account_id, name, credential_id, credential, made_at) values (?1, 'Phone', x'01', '{}', ?2)";
            tx.execute(sql, &[me.into(), crate::house::NOW.into()])
        });
        kept.await.unwrap();
        let list = bo.json("/api/v1/account/passkeys").await;
        assert_eq!(list[0]["name"], "Phone");
        let path = format!("/api/v1/account/passkeys/{}", list[0]["id"]);
        assert_eq!(delete(&ada, &path).await, StatusCode::NOT_FOUND, "another's");
        house.app.clock.set(crate::house::NOW + 11 * 60_000);
        assert_eq!(
            delete(&bo, &path).await,
            StatusCode::FORBIDDEN,
            "not without a proof"
        );
        let proof = [("password", PASSWORD), ("next", "/account")];
        assert_eq!(location(&bo.form("/account/confirm", &proof).await), "/account");
        assert_eq!(delete(&bo, &path).await, StatusCode::NO_CONTENT);
        assert_eq!(bo.json("/api/v1/account/passkeys").await, json!([]));
        // Programs of theirs see and change nothing of it.
        let made = bo
            .post(
                "/api/v1/tokens",
                &json!({ "name": "x", "scope": "read", "days": 1 }),
            )
            .await;
        let made: serde_json::Value = made.json().await.unwrap();
        bo.cookie = None;
        for path in ["/api/v1/account/sessions", "/api/v1/account/passkeys"] {
            let asked = bo
                .request(Method::GET, path)
                .bearer_auth(made["token"].as_str().unwrap());
            assert_eq!(
                asked.send().await.unwrap().status(),
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
    }

    #[tokio::test]
    async fn all_other_sessions_end_at_once() {
        let house = House::open().await;
        let here = house.guest_called(Access::Viewer, "Bo").await;
        let others = [
            house.guest_called(Access::Viewer, "Bo").await,
            house.guest_called(Access::Viewer, "Bo").await,
        ];
        let line = others[1].get("/events").await;
        assert_eq!(
            here.form("/account/sessions/end-others", &[]).await.status(),
            StatusCode::SEE_OTHER
        );
        line.text().await.unwrap();
        for other in &others {
            assert!(!is_in(other).await);
        }
        assert!(is_in(&here).await);
        assert!(ends(&here.text("/account").await).is_empty());
    }

    #[tokio::test]
    async fn the_line_of_a_program_ends_with_it() {
        let house = House::open().await;
        let here = house.guest_called(Access::Viewer, "Bo").await;
        let asked = json!({ "email": "bo@example.org", "password": PASSWORD });
        let opened = house.stranger().post("/api/v1/token", &asked).await;
        let opened: serde_json::Value = opened.json().await.unwrap();
        let access = opened["accessToken"].as_str().unwrap();
        house.witness.keep(access);
        let line = house.stranger().request(reqwest::Method::GET, "/events");
        let line = line.bearer_auth(access).send().await.unwrap();
        assert_eq!(line.status(), StatusCode::OK);
        let done = here.form("/account/sessions/end-others", &[]).await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        // The body comes to its end, which it never does while the line is open.
        line.text().await.unwrap();
    }

    #[tokio::test]
    async fn a_new_password_wants_the_old_one_and_ends_the_other_sessions() {
        let house = House::open().await;
        let here = house.guest_called(Access::Viewer, "Bo").await;
        let there = house.guest_called(Access::Viewer, "Bo").await;
        let change = |old, new| [("password", old), ("new-password", new)];
        for (old, new) in [
            ("wrong wrong wrong", NEW),
            (PASSWORD, "short"),
            (PASSWORD, "password1234"),
            ("", NEW),
        ] {
            let refused = here.form("/account/credentials", &change(old, new)).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{old} {new}");
        }
        assert!(is_in(&there).await);
        let line = there.get("/events").await;
        let done = here.form("/account/credentials", &change(PASSWORD, NEW)).await;
        assert_eq!(location(&done), "/account?said=new-words");
        line.text().await.unwrap();
        assert!(is_in(&here).await && !is_in(&there).await);
        for (password, status) in [
            (PASSWORD, StatusCode::UNPROCESSABLE_ENTITY),
            (NEW, StatusCode::SEE_OTHER),
        ] {
            let fields = [("email", "bo@example.org"), ("password", password)];
            assert_eq!(
                house.stranger().form("/auth/login", &fields).await.status(),
                status
            );
        }
    }

    #[tokio::test]
    async fn whoever_guesses_the_old_password_of_an_open_session_waits_after_five() {
        let house = House::open().await;
        let bo = house.guest_called(Access::Viewer, "Bo").await;
        let guess = [("password", "wrong wrong wrong"), ("new-password", NEW)];
        for _ in 0..5 {
            let text = bo
                .form("/account/credentials", &guess)
                .await
                .text()
                .await
                .unwrap();
            assert!(text.contains("is not what you sign in with"));
        }
        let right = [("password", PASSWORD), ("new-password", NEW)];
        let text = bo
            .form("/account/credentials", &right)
            .await
            .text()
            .await
            .unwrap();
        assert!(text.contains("Try again in a minute"));
        house.app.clock.set(crate::house::NOW + 60_000);
        assert_eq!(
            location(&bo.form("/account/credentials", &right).await),
            "/account?said=new-words"
        );
    }

    #[tokio::test]
    async fn another_level_ends_every_session() {
        let house = House::open().await;
        let admin = house.admin().await;
        let bo = house.guest_called(Access::Viewer, "Bo").await;
        let id = bo.json("/api/v1/me").await["id"].clone();
        let line = bo.get("/events").await;
        let path = format!("/api/v1/accounts/{id}");
        admin
            .send(Method::PATCH, &path, &json!({ "access": "manager" }))
            .await;
        line.text().await.unwrap();
        assert!(!is_in(&bo).await);
    }

    #[tokio::test]
    async fn a_proof_is_asked_for_again_and_leads_nowhere_else() {
        let house = House::open().await;
        let bo = house.guest_called(Access::Viewer, "Bo").await;
        house.app.clock.set(crate::house::NOW + 11 * 60_000);
        let asked = bo.form("/account/second-step", &[]).await;
        assert_eq!(location(&asked), "/account/confirm?next=%2Faccount");
        let wrong = [("password", "wrong wrong wrong"), ("next", "/account")];
        let back = location(&bo.form("/account/confirm", &wrong).await);
        assert_eq!(back, "/account/confirm?next=%2Faccount&was=wrong");
        let page = bo.text(&back).await;
        assert!(page.contains("is not what you sign in with"), "{page}");
        let right = [("password", PASSWORD), ("next", "//evil.example")];
        assert_eq!(location(&bo.form("/account/confirm", &right).await), "/");
        let begun = bo.form("/account/second-step", &[]).await;
        assert_eq!(location(&begun), "/account/second-step");
    }
}
