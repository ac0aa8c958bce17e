//! Requests that a browser sends on behalf of another site.

use ballast::routes;
use reqwest::{Client, Method, StatusCode};

use crate::house::{House, PASSWORD};

/// What a browser says of a request that does not come from our own pages. The last is a browser that says nothing, or a
/// program that has got hold of a cookie.
const FOREIGN: [&[(&str, &str)]; 9] = [
    // Another scheme or port is another origin.
    &[("Origin", "http://127.0.0.1:1")],
    &[("Origin", "https://127.0.0.1")],
    &[("Sec-Fetch-Site", "cross-site")],
    &[("Sec-Fetch-Site", "same-site")],
    &[("Sec-Fetch-Site", "none")],
    &[("Origin", "https://evil.example")],
    &[("Origin", "null")],
    &[("Sec-Fetch-Site", "cross-site"), ("Origin", "null")],
    &[],
];

/// A path of the table with its variable parts filled so that it names nothing.
fn filled(path: &str) -> String {
    path.replace("{key}", "x")
        .replace("{id}", "987654")
        .replace("{time_off}", "987654")
        .replace("{rule}", "987654")
        .replace("{list}", "roles")
        .replace("{from}", "2026-11-16")
        .replace("{day}", "2026-11-16")
}

#[tokio::test]
async fn every_unsafe_route_refuses_a_foreign_a_null_and_a_missing_origin_with_a_cookie() {
    let house = House::open().await;
    let admin = house.admin().await;
    let cookie = admin.cookie.clone().unwrap();
    let client = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let all = routes::table();
    let mut asked = 0;
    // Browsers report there by themselves; nothing there looks at a cookie.
    let unsafe_ones = all
        .iter()
        .filter(|route| route.method != Method::GET && route.path != "/csp-report/");
    for route in unsafe_ones {
        for headers in FOREIGN {
            let address = format!("{}{}", house.address, filled(route.path));
            let mut request = client
                .request(route.method.clone(), address)
                .header("Cookie", &cookie)
                .json(&serde_json::json!({}));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = request.send().await.unwrap();
            let status = answer.status();
            let text = answer.text().await.unwrap();
            let seen = format!("{} {} {headers:?}: {status}\n{text}", route.method, route.path);
            assert_eq!(status, StatusCode::FORBIDDEN, "{seen}");
            assert!(text.contains("own pages"), "refused for another reason: {seen}");
            asked += 1;
        }
    }
    assert!(asked > 900, "{asked} requests are too few to be all");
    assert_eq!(house.app.book().plan.people.len(), 0);
    let me = admin.get("/api/v1/me").await;
    assert_eq!(
        me.status(),
        StatusCode::OK,
        "nobody was signed out from elsewhere"
    );
}

#[tokio::test]
async fn the_cookie_of_a_guest_is_refused_from_elsewhere_too() {
    let house = House::open().await;
    let member = house.guest(ballast::accounts::Access::Member).await;
    let made = member.post("/api/v1/poker", &serde_json::json!({})).await;
    let made: serde_json::Value = made.json().await.unwrap();
    let link = made["link"].as_str().unwrap();
    let mut guest = house.stranger();
    let joined = guest
        .form(&format!("/poker/{link}/join"), &[("name", "Gia")])
        .await;
    guest.keep_cookie(&joined);
    let client = Client::new();
    let mut asked = 0;
    for route in routes::table()
        .iter()
        .filter(|route| route.method != Method::GET && route.path.starts_with("/poker/{link}"))
    {
        let path = filled(&route.path.replace("{link}", link).replace("{action}", "x"));
        for headers in FOREIGN {
            let mut request = client
                .request(route.method.clone(), format!("{}{path}", house.address))
                .header("Cookie", guest.cookie.as_deref().unwrap())
                .json(&serde_json::json!({}));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert!(answer.text().await.unwrap().contains("own pages"), "{path}");
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
}

#[tokio::test]
async fn a_program_with_a_key_of_its_own_needs_no_origin() {
    let house = House::open().await;
    let client = Client::new();
    // No key that is good for anything: who gets as far as being asked who they are was not refused for the origin.
    for route in routes::table()
        .iter()
        .filter(|route| route.method != Method::GET && route.path.starts_with("/api/v1/"))
    {
        let answer = client
            .request(
                route.method.clone(),
                format!("{}{}", house.address, filled(route.path)),
            )
            .header("Authorization", "Bearer blst_nothing")
            .json(&serde_json::json!({}))
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(
            !text.contains("own pages"),
            "{} {}: {status} {text}",
            route.method,
            route.path
        );
    }
    let query = serde_json::json!({ "query": "mutation { login(email: \"a@example.org\", password: \"x\") { accessToken } }" });
    let answer = client
        .post(format!("{}/graphql", house.address))
        .json(&query)
        .send()
        .await
        .unwrap();
    assert!(
        !answer.text().await.unwrap().contains("own pages"),
        "signing in needs none"
    );
}

#[tokio::test]
async fn a_program_without_a_cookie_needs_no_origin_to_sign_in() {
    let house = House::open().await;
    house.guest(ballast::accounts::Access::Viewer).await;
    let answer = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
        .post(format!("{}/auth/login", house.address))
        .form(&[("email", "viewer@example.org"), ("password", PASSWORD)])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}
