//! Asking somebody in.

#[cfg(test)]
mod invited {
    use crate::house::{Guest, House, NOW, PASSWORD, between};
    use ballast::accounts::Access;
    use reqwest::{Method, StatusCode};
    use serde_json::{Value, json};

    const WEEK: i64 = 7 * 86_400_000;

    /// The path of the link in the newest letter, and to whom it went.
    fn newest(house: &House) -> (String, String) {
        let letter = house.app.mail.captured().pop().unwrap();
        let text = letter.text.expose();
        let link = text.lines().find(|line| line.starts_with("http")).unwrap();
        assert!(link.starts_with(&house.app.config.public_url), "{link}");
        let path = link.split_once("/invitation/").unwrap().1;
        (format!("/invitation/{path}"), letter.to)
    }

    async fn invite(admin: &Guest, body: &Value) -> StatusCode {
        admin.post("/api/v1/invitations", body).await.status()
    }

    fn bo() -> Value {
        json!({ "email": " Bo.Lind@Example.org", "access": "manager" })
    }

    fn accepted() -> Vec<(&'static str, &'static str)> {
        vec![("name", "Bo Lind"), ("new-password", PASSWORD)]
    }

    #[tokio::test]
    async fn a_letter_brings_somebody_in_once() {
        let house = House::open().await;
        let seed = house.seed().await;
        let admin = house.admin().await;
        let mut body = bo();
        body["person"] = json!(seed.bo);
        assert_eq!(invite(&admin, &body).await, StatusCode::CREATED);
        let (link, to) = newest(&house);
        assert_eq!(to, "bo.lind@example.org");
        let mut guest = house.stranger();
        let page = guest.text(&link).await;
        assert!(page.contains("bo.lind@example.org") && page.contains("value=\"Bo Lind\""));
        assert_eq!(
            guest.get(&link).await.status(),
            StatusCode::OK,
            "looking uses nothing up"
        );
        let come = guest.form(&link, &accepted()).await;
        assert_eq!(come.status(), StatusCode::SEE_OTHER);
        guest.keep_cookie(&come);
        let me = guest.json("/api/v1/me").await;
        assert_eq!(
            (&me["name"], &me["access"]),
            (&json!("Bo Lind"), &json!("manager"))
        );
        assert_eq!(me["person"], seed.bo);
        let again = house.stranger();
        assert_eq!(again.get(&link).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(
            again.form(&link, &accepted()).await.status(),
            StatusCode::NOT_FOUND
        );
        assert_eq!(admin.json("/api/v1/invitations").await, json!([]));
        let page = admin.text(&format!("/accounts/{}", me["id"])).await;
        assert!(page.contains("confirmed by a letter"));
    }

    #[tokio::test]
    async fn of_many_who_follow_one_link_at_once_one_comes_in() {
        let house = House::open().await;
        let admin = house.admin().await;
        invite(&admin, &bo()).await;
        let (link, _) = newest(&house);
        let tries = (0..8).map(|_| {
            let (guest, link) = (house.stranger(), link.clone());
            async move { guest.form(&link, &accepted()).await.status() }
        });
        let mut statuses = Vec::new();
        for one in tries.map(tokio::spawn).collect::<Vec<_>>() {
            statuses.push(one.await.unwrap());
        }
        let came = statuses.iter().filter(|status| **status == StatusCode::SEE_OTHER);
        assert_eq!(came.count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| !status.is_server_error()));
    }

    #[tokio::test]
    async fn a_link_is_good_for_a_week_and_sending_again_replaces_it() {
        let house = House::open().await;
        let admin = house.admin().await;
        invite(&admin, &bo()).await;
        let (first, _) = newest(&house);
        house.app.clock.set(NOW + 1_000_000);
        let id = admin.json("/api/v1/invitations").await[0]["id"].clone();
        let sent = admin
            .post(&format!("/api/v1/invitations/{id}/send"), &json!({}))
            .await;
        assert_eq!(sent.json::<Value>().await.unwrap()["link"], Value::Null);
        let (second, _) = newest(&house);
        let guest = house.stranger();
        assert_eq!(guest.get(&first).await.status(), StatusCode::NOT_FOUND);
        house.app.clock.set(NOW + 1_000_000 + WEEK - 1);
        assert_eq!(guest.get(&second).await.status(), StatusCode::OK);
        house.app.clock.set(NOW + 1_000_000 + WEEK);
        assert_eq!(
            guest.form(&second, &accepted()).await.status(),
            StatusCode::NOT_FOUND
        );
    }

    #[tokio::test]
    async fn a_withdrawn_invitation_opens_nothing_and_says_no_more_than_one_that_never_was() {
        let house = House::open().await;
        let admin = house.admin().await;
        invite(&admin, &bo()).await;
        let (link, _) = newest(&house);
        let id = admin.json("/api/v1/invitations").await[0]["id"].clone();
        let gone = admin
            .form(&format!("/accounts/invitations/{id}/withdraw"), &[])
            .await;
        assert_eq!(gone.status(), StatusCode::SEE_OTHER);
        let guest = house.stranger();
        let (withdrawn, never) = (guest.get(&link).await, guest.get("/invitation/never").await);
        assert_eq!(withdrawn.status(), never.status());
        assert_eq!(withdrawn.text().await.unwrap(), never.text().await.unwrap());
        let again = admin
            .send(Method::DELETE, &format!("/api/v1/invitations/{id}"), &json!({}))
            .await;
        assert_eq!(again.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn whoever_is_here_or_asked_already_is_not_asked_again() {
        let house = House::open().await;
        let admin = house.admin().await;
        let refused = StatusCode::UNPROCESSABLE_ENTITY;
        let own = json!({ "email": "Admin@example.org", "access": "viewer" });
        assert_eq!(invite(&admin, &own).await, refused);
        assert_eq!(invite(&admin, &bo()).await, StatusCode::CREATED);
        assert_eq!(invite(&admin, &bo()).await, refused);
        for wrong in [
            json!({ "email": "nobody", "access": "viewer" }),
            json!({ "email": "a@example.org", "access": "king" }),
            json!({ "email": "a@example.org", "access": "viewer", "person": 987_654 }),
        ] {
            assert_eq!(invite(&admin, &wrong).await, refused, "{wrong}");
        }
        assert_eq!(house.app.mail.captured().len(), 1);
        // An account that was made meanwhile makes the link worthless.
        let (link, _) = newest(&house);
        house.guest_called(Access::Viewer, "Bo Lind").await;
        assert_eq!(house.stranger().get(&link).await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn only_managers_are_asked_in_for_some_departments() {
        let house = House::open().await;
        house.seed().await;
        let admin = house.admin().await;
        let page = admin.text("/accounts/invitations").await;
        let id = between(&page, "name=\"departments\" value=\"", "\"").unwrap();
        for (access, status) in [
            ("viewer", StatusCode::UNPROCESSABLE_ENTITY),
            ("manager", StatusCode::SEE_OTHER),
        ] {
            let fields = [
                ("email", "cy@example.org"),
                ("access", access),
                ("departments", &*id),
            ];
            let answer = admin.form("/accounts/invitations", &fields).await;
            assert_eq!(answer.status(), status, "{access}");
        }
    }

    #[tokio::test]
    async fn where_no_letters_leave_the_link_is_shown_once() {
        let house = House::open_with(&[("EMAIL_BACKEND", "")]).await;
        let admin = house.admin().await;
        let fields = [("email", "bo@example.org"), ("access", "viewer")];
        let shown = admin.form("/accounts/invitations", &fields).await;
        assert_eq!(shown.status(), StatusCode::OK);
        let page = shown.text().await.unwrap();
        let link = between(&page, "/invitation/", "\"").unwrap();
        assert!(!admin.text("/accounts/invitations").await.contains(&link));
        let mut guest = house.stranger();
        let come = guest.form(&format!("/invitation/{link}"), &accepted()).await;
        guest.keep_cookie(&come);
        let me = guest.json("/api/v1/me").await;
        assert_eq!(me["email"], "bo@example.org");
        let page = admin.text(&format!("/accounts/{}", me["id"])).await;
        assert!(
            page.contains("not confirmed yet"),
            "a link given by hand proves no address"
        );
    }

    #[tokio::test]
    async fn a_weak_password_keeps_the_link_and_the_name() {
        let house = House::open().await;
        let admin = house.admin().await;
        invite(&admin, &bo()).await;
        let (link, _) = newest(&house);
        let guest = house.stranger();
        let weak = guest
            .form(&link, &[("name", "Bo the First"), ("new-password", "short")])
            .await;
        assert_eq!(weak.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(weak.text().await.unwrap().contains("value=\"Bo the First\""));
        assert_eq!(
            guest.form(&link, &accepted()).await.status(),
            StatusCode::SEE_OTHER
        );
    }
}
