//! What people see where something was not done: who is signed in keeps the way to everywhere else, and nobody else learns anything.

#[cfg(test)]
mod tests {
    use ballast::accounts::Access;
    use reqwest::{Method, Response, StatusCode};

    use crate::browser::driver::{Browser, Scheme};
    use crate::browser::hand::sign_in;
    use crate::house::{Guest, House};

    const RAIL: &str = "<nav aria-label=\"Main\">";

    async fn page(guest: &Guest, method: Method, path: &str) -> Response {
        let request = guest.request(method, path).header("accept", "text/html");
        request.send().await.unwrap()
    }

    #[tokio::test]
    async fn who_is_signed_in_reads_an_error_beside_the_way_to_everywhere_else() {
        let house = House::open().await;
        let manager = house.manager().await;
        for (method, path, status) in [
            (Method::GET, "/nowhere", StatusCode::NOT_FOUND),
            (Method::GET, "/projects/999", StatusCode::NOT_FOUND),
            (Method::POST, "/settings/load", StatusCode::FORBIDDEN),
            (Method::POST, "/schedule", StatusCode::METHOD_NOT_ALLOWED),
        ] {
            let answer = page(&manager, method, path).await;
            assert_eq!(answer.status(), status, "{path}");
            let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
            let text = answer.text().await.unwrap();
            assert!(
                text.contains(RAIL) && text.contains("To the overview"),
                "{path}: {text}"
            );
            assert!(text.contains(&format!("Request {id}")), "{path}");
            assert!(!text.contains("href=\"/auth/login\""), "{path}");
        }
        let fragment = manager
            .request(Method::GET, "/nowhere")
            .header("accept", "text/html");
        let fragment = fragment.header("x-fragment", "dialog").send().await.unwrap();
        assert!(
            !fragment.text().await.unwrap().contains(RAIL),
            "a dialog has no rail"
        );
        let program = manager.get("/api/v1/nowhere").await;
        assert_eq!(program.headers()["content-type"], "application/problem+json");
    }

    #[tokio::test]
    async fn a_stranger_reads_it_on_a_page_of_its_own() {
        let house = House::open().await;
        let text = page(&house.stranger(), Method::GET, "/nowhere").await;
        assert_eq!(text.status(), StatusCode::NOT_FOUND);
        let text = text.text().await.unwrap();
        assert!(
            !text.contains(RAIL) && text.contains("href=\"/auth/login\""),
            "{text}"
        );
    }

    #[tokio::test]
    async fn the_way_back_leads_to_a_page_of_ours_only() {
        let house = House::open().await;
        let manager = house.manager().await;
        let from = async |referer: &str| {
            let request = manager
                .request(Method::GET, "/nowhere")
                .header("accept", "text/html");
            let answer = request.header("referer", referer).send().await.unwrap();
            answer.text().await.unwrap()
        };
        let ours = from(&format!("{}/people?q=bo", house.address)).await;
        assert!(ours.contains("href=\"/people?q=bo\">Back<"), "{ours}");
        for other in [
            "https://evil.example/people".to_owned(),
            format!("{}//evil.example/", house.address),
            format!("{}/\\evil.example/", house.address),
            format!("{}/nowhere", house.address),
        ] {
            assert!(!from(&other).await.contains(">Back<"), "{other}");
        }
    }

    #[tokio::test]
    async fn who_has_not_proven_themselves_is_led_to_where_they_do() {
        let house = House::open().await;
        let admin = house.admin().await;
        house.app.clock.set(crate::house::NOW + 3 * 3_600_000);
        let answer = admin
            .request(Method::POST, "/settings/backups")
            .header("accept", "text/html")
            .form(&[("csrf", &admin.form_key)])
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let text = answer.text().await.unwrap();
        assert!(
            text.contains(RAIL) && text.contains("href=\"/admin/login\""),
            "{text}"
        );
    }

    #[tokio::test]
    async fn what_cannot_be_done_for_a_while_says_so_beside_the_way_on() {
        let house = House::open().await;
        let manager = house.manager().await;
        house.app.db.hold_still(true);
        let request = manager
            .request(Method::POST, "/people")
            .header("accept", "text/html");
        let fields = [
            ("csrf", manager.form_key.as_str()),
            ("name", "Bo"),
            ("active", "on"),
        ];
        let answer = request.form(&fields).send().await.unwrap();
        house.app.db.hold_still(false);
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let text = answer.text().await.unwrap();
        assert!(
            text.contains(RAIL) && text.contains("A backup is being restored"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_closed_house_shows_no_way_to_what_is_closed() {
        let house = House::open().await;
        let (admin, viewer) = (house.admin().await, house.guest(Access::Viewer).await);
        admin.form("/settings/maintenance", &[]).await;
        let answer = page(&viewer, Method::GET, "/schedule").await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(!answer.text().await.unwrap().contains(RAIL));
    }

    #[tokio::test]
    async fn axe_finds_nothing_on_the_page_of_an_error() {
        let house = House::open().await;
        let Some(browser) = Browser::start().await else {
            return;
        };
        sign_in(&house, &browser, "Mina Park").await;
        for (width, height) in [(1440, 900), (390, 844)] {
            browser.size(width, height).await;
            for scheme in [Scheme::Light, Scheme::Dark] {
                browser.scheme(scheme).await;
                let page = &browser.client;
                page.goto(&format!("{}/nowhere", house.address)).await.unwrap();
                assert_eq!(browser.axe().await, Vec::<String>::new(), "{width} {scheme:?}");
            }
        }
    }
}
