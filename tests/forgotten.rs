//! A forgotten password.

#[cfg(test)]
mod tests {
    use crate::house::{Guest, House, NOW, PASSWORD, between};
    use ballast::accounts::Access;
    use reqwest::StatusCode;
    use serde_json::json;

    const OTHER: &str = "seven green lanterns";

    async fn ask(house: &House, email: &str) -> (StatusCode, String) {
        let answer = house
            .stranger()
            .form("/auth/forgotten", &[("email", email)])
            .await;
        let status = answer.status();
        (status, answer.text().await.unwrap())
    }

    /// Waits until the audit has so many rows of a kind: what is asked for is done after the answer.
    async fn heard(admin: &Guest, what: &str, count: usize) {
        let page = format!("/accounts/audit?what={}", what.replace(' ', "+"));
        while admin.text(&page).await.matches("<tr><td class=\"when\"").count() < count {}
    }

    fn links(house: &House) -> Vec<String> {
        let letters = house.app.mail.captured();
        let link = |text: &str| {
            let line = text.lines().find(|line| line.starts_with("http")).unwrap();
            format!("/auth/reset/{}", line.split_once("/auth/reset/").unwrap().1)
        };
        letters.iter().map(|letter| link(letter.text.expose())).collect()
    }

    async fn sign_in(house: &House, password: &str) -> StatusCode {
        let fields = [("email", "bo@example.org"), ("password", password)];
        house.stranger().form("/auth/login", &fields).await.status()
    }

    #[tokio::test]
    async fn a_letter_replaces_the_password_once_and_ends_all_sessions() {
        let house = House::open().await;
        let admin = house.admin().await;
        let bo = house.guest_called(Access::Viewer, "Bo").await;
        assert_eq!(ask(&house, " BO@example.org").await.0, StatusCode::OK);
        heard(&admin, "reset link made", 1).await;
        let link = links(&house).pop().unwrap();
        let guest = house.stranger();
        assert_eq!(guest.get(&link).await.status(), StatusCode::OK);
        let weak = guest.form(&link, &[("new-password", "short")]).await;
        assert_eq!(weak.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(bo.get("/api/v1/me").await.status(), StatusCode::OK);
        let done = guest.form(&link, &[("new-password", OTHER)]).await;
        assert_eq!(done.status(), StatusCode::OK);
        assert!(
            done.headers().get("set-cookie").is_none(),
            "it signs nobody in: a second step stays one"
        );
        assert_eq!(bo.get("/api/v1/me").await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(&house, OTHER).await, StatusCode::SEE_OTHER);
        assert_ne!(sign_in(&house, PASSWORD).await, StatusCode::SEE_OTHER);
        let again = guest.form(&link, &[("new-password", PASSWORD)]).await;
        assert_eq!(again.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn everybody_gets_the_same_answer_whatever_they_type() {
        let house = House::open().await;
        let admin = house.admin().await;
        house.guest_called(Access::Viewer, "Bo").await;
        house.guest_called(Access::Viewer, "Off").await;
        let off = admin.json("/api/v1/accounts").await;
        let off = off
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == "Off")
            .unwrap();
        admin
            .send(
                reqwest::Method::PATCH,
                &format!("/api/v1/accounts/{}", off["id"]),
                &json!({ "active": false }),
            )
            .await;
        let mut texts = Vec::new();
        for email in ["bo@example.org", "nobody@example.org", "off@example.org"] {
            let (status, text) = ask(&house, email).await;
            assert_eq!(status, StatusCode::OK);
            texts.push(text.replace(email, "(address)"));
        }
        assert!(texts.iter().all(|text| *text == texts[0]));
        heard(&admin, "reset link refused", 2).await;
        heard(&admin, "reset link made", 1).await;
        assert_eq!(links(&house).len(), 1);
        // Odd addresses are told what is wrong with them, and never hurt.
        for email in [
            "",
            "nobody",
            "a@b@c.org",
            "\"a\nb\"@example.org",
            "'; drop table account; --@x.org",
        ] {
            let (status, _) = ask(&house, email).await;
            assert!(
                status == StatusCode::UNPROCESSABLE_ENTITY || status == StatusCode::OK,
                "{email}: {status}"
            );
        }
    }

    #[tokio::test]
    async fn asking_again_and_again_fills_no_mailbox_and_never_fails() {
        let house = House::open().await;
        let admin = house.admin().await;
        house.guest_called(Access::Viewer, "Bo").await;
        let asks = (0..20).map(|_| {
            let guest = house.stranger();
            async move {
                let fields = [("email", "bo@example.org")];
                guest.form("/auth/forgotten", &fields).await.status()
            }
        });
        for one in asks.map(tokio::spawn).collect::<Vec<_>>() {
            assert_eq!(one.await.unwrap(), StatusCode::OK);
        }
        heard(&admin, "reset link refused", 19).await;
        assert_eq!(links(&house).len(), 1);
        house.app.clock.set(NOW + 61_000);
        ask(&house, "bo@example.org").await;
        heard(&admin, "reset link made", 2).await;
        let all = links(&house);
        let guest = house.stranger();
        for link in &all {
            // Whoever asks for another does not take the one that its owner is about to use.
            assert_eq!(guest.get(link).await.status(), StatusCode::OK, "both live out");
        }
        house.app.clock.set(NOW + 30 * 60_000);
        assert_eq!(guest.get(&all[0]).await.status(), StatusCode::NOT_FOUND);
        let fields = [("new-password", "a quite different sentence")];
        assert_eq!(guest.form(&all[1], &fields).await.status(), StatusCode::OK);
        assert_eq!(guest.get(&all[1]).await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_stranger_who_asks_all_day_leaves_a_link_in_the_mailbox_that_is_good_for_a_while() {
        let house = House::open_with(&[("RESET_LINK_SECONDS", "600"), ("RESET_LETTERS_PER_HOUR", "2")]).await;
        house.guest_called(Access::Viewer, "Bo").await;
        let guest = house.stranger();
        for minute in 0..70 {
            house.app.clock.set(NOW + minute * 60_000);
            ask(&house, "bo@example.org").await;
            // What is asked for is done after the answer.
            let mut done = 0;
            while done <= minute {
                let rows = house.app.db.read(|tx| {
                    let sql = "select count(*) from audit where what like 'reset link%'";
                    tx.first(sql, &[], |row| row.get::<i64>(0))
                });
                done = rows.await.unwrap().unwrap();
            }
            while links(&house).is_empty() {
                tokio::task::yield_now().await;
            }
            let newest = links(&house).pop().unwrap();
            let good = guest.get(&newest).await.status();
            assert_eq!(good, StatusCode::OK, "minute {minute}");
        }
        let sent = links(&house).len();
        assert!(sent <= 2 + 12 + 3, "{sent} letters in seventy minutes");
    }

    #[tokio::test]
    async fn a_link_that_is_used_ends_the_others_and_one_place_asks_for_so_many() {
        let house = House::open_with(&[("SIGN_IN_CODES_PER_MINUTE", "3")]).await;
        let admin = house.admin().await;
        house.guest_called(Access::Viewer, "Bo").await;
        for minute in 1..=3 {
            house.app.clock.set(NOW + minute * 61_000);
            ask(&house, "bo@example.org").await;
            heard(&admin, "reset link made", usize::try_from(minute).unwrap()).await;
        }
        let all = links(&house);
        let guest = house.stranger();
        let fields = [("new-password", "a quite different sentence")];
        assert_eq!(guest.form(&all[0], &fields).await.status(), StatusCode::OK);
        for link in &all {
            assert_eq!(guest.get(link).await.status(), StatusCode::NOT_FOUND);
        }
        house.app.clock.set(NOW + 300_000);
        for count in 0..3 {
            assert_eq!(
                ask(&house, &format!("nobody{count}@example.org")).await.0,
                StatusCode::OK
            );
        }
        assert_eq!(
            ask(&house, "nobody@example.org").await.0,
            StatusCode::TOO_MANY_REQUESTS
        );
    }

    #[tokio::test]
    async fn of_two_who_use_one_link_at_once_one_does() {
        let house = House::open().await;
        let admin = house.admin().await;
        house.guest_called(Access::Viewer, "Bo").await;
        ask(&house, "bo@example.org").await;
        heard(&admin, "reset link made", 1).await;
        let link = links(&house).pop().unwrap();
        let (one, other) = (house.stranger(), house.stranger());
        let fields = [("new-password", OTHER)];
        let (one, other) = tokio::join!(one.form(&link, &fields), other.form(&link, &fields));
        let mut statuses = [one.status(), other.status()];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::OK, StatusCode::NOT_FOUND]);
    }

    #[tokio::test]
    async fn an_administrator_sends_the_link_or_is_shown_it_where_no_letters_leave() {
        for (backend, letters) in [("capture", 1), ("", 0)] {
            let house = House::open_with(&[("EMAIL_BACKEND", backend)]).await;
            let admin = house.admin().await;
            house.guest_called(Access::Viewer, "Bo").await;
            let all = admin.json("/api/v1/accounts").await;
            let bo = all
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["name"] == "Bo")
                .unwrap();
            let answer = admin
                .form(&format!("/accounts/{}/reset-link", bo["id"]), &[])
                .await;
            assert_eq!(house.app.mail.captured().len(), letters);
            let link = if let Some(link) = links(&house).pop() {
                link
            } else {
                let page = answer.text().await.unwrap();
                format!("/auth/reset/{}", between(&page, "/auth/reset/", "\"").unwrap())
            };
            let done = house.stranger().form(&link, &[("new-password", OTHER)]).await;
            assert_eq!(done.status(), StatusCode::OK);
            assert_eq!(sign_in(&house, OTHER).await, StatusCode::SEE_OTHER);
        }
    }

    #[tokio::test]
    async fn a_link_ends_with_another_address_and_with_being_switched_off() {
        for change in [json!({ "email": "bo2@example.org" }), json!({ "active": false })] {
            let house = House::open().await;
            let admin = house.admin().await;
            house.guest_called(Access::Viewer, "Bo").await;
            ask(&house, "bo@example.org").await;
            heard(&admin, "reset link made", 1).await;
            let link = links(&house).pop().unwrap();
            let all = admin.json("/api/v1/accounts").await;
            let bo = all
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["name"] == "Bo")
                .unwrap();
            let path = format!("/api/v1/accounts/{}", bo["id"]);
            admin.send(reqwest::Method::PATCH, &path, &change).await;
            assert_eq!(
                house.stranger().get(&link).await.status(),
                StatusCode::NOT_FOUND,
                "{change}"
            );
        }
    }
}
