//! How much may be asked for in what time, and by whom.

use std::time::{Duration, Instant};

use crate::edge::{sent, text};
use crate::house::House;
use ballast::accounts::Access;
use ballast::web::edge::Bucket;
use reqwest::{Method, Response, StatusCode};

/// The limits as they are shipped; a house is roomier, since all its visitors come from one address.
const SHIPPED: [(&str, &str); 4] = [
    ("RATE_LIMIT_API_PER_SECOND", "10"),
    ("RATE_LIMIT_API_BURST", "20"),
    ("RATE_LIMIT_GRAPHQL_BURST", "50"),
    ("RATE_LIMIT_PAGE_PER_SECOND", "50"),
];

/// How many of `times` requests at once were let through, and in what time all were answered.
async fn burst(house: &House, path: &str, times: usize) -> (usize, Vec<Response>, Duration) {
    let client = reqwest::Client::new();
    let url = format!("{}{path}", house.address);
    // The connections stand before the first of them counts.
    let begun = Instant::now();
    let all = (0..times).map(|_| client.get(&url).send());
    let answers: Vec<Response> = futures_util::future::join_all(all)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let took = begun.elapsed();
    let (through, refused): (Vec<Response>, Vec<Response>) = answers
        .into_iter()
        .partition(|answer| answer.status() != StatusCode::TOO_MANY_REQUESTS);
    (through.len(), refused, took)
}

#[tokio::test]
async fn a_stranger_asks_ten_times_a_second_and_twenty_times_more_at_once() {
    for (path, times, at_once, bucket) in [
        ("/api/v1/people", 31, 21, Bucket::Api),
        ("/graphql", 61, 51, Bucket::Graphql),
    ] {
        let house = House::open_with(&SHIPPED).await;
        let (through, refused, took) = burst(&house, path, times).await;
        // Ten more for each second that it took.
        let more = usize::try_from(took.as_millis() / 100).unwrap() + 1;
        assert!(
            (at_once..=at_once + more).contains(&through),
            "{path}: {through} in {took:?}"
        );
        assert_eq!(through + refused.len(), times);
        assert_eq!(
            usize::try_from(house.app.limiter.refused(bucket)).unwrap(),
            refused.len()
        );
        for answer in refused {
            assert_eq!(text(answer.headers(), "retry-after"), "1");
            assert_eq!(text(answer.headers(), "content-type"), "application/problem+json");
            let problem: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(problem["status"], 429);
        }
        // Health and assets are nobody's to count.
        let (through, _, _) = burst(&house, "/api/health", 100).await;
        assert_eq!(through, 100);
    }
}

#[tokio::test]
async fn an_office_behind_one_address_does_not_stop_itself() {
    let house = House::open_with(&SHIPPED).await;
    let guests = [
        house.guest_called(Access::Viewer, "Ada").await,
        house.guest_called(Access::Viewer, "Bo").await,
    ];
    assert!(burst(&house, "/api/v1/people", 60).await.1.len() > 20);
    for guest in &guests {
        let all = (0..150).map(|_| guest.get("/api/v1/me"));
        for answer in futures_util::future::join_all(all).await {
            assert_eq!(answer.status(), StatusCode::OK);
        }
    }
}

#[tokio::test]
async fn whoever_tries_what_opens_nothing_is_counted_as_a_stranger() {
    let house = House::open_with(&SHIPPED).await;
    let tries = (0..60).map(|_| {
        let headers = [("authorization", "Bearer nothing.that.opens")];
        let house = &house;
        async move { sent(house, &headers, Method::GET, "/api/v1/me").await.status() }
    });
    let answers = futures_util::future::join_all(tries).await;
    let of = |status| answers.iter().filter(|answer| **answer == status).count();
    assert!(of(StatusCode::TOO_MANY_REQUESTS) > 0, "{answers:?}");
    assert!(of(StatusCode::UNAUTHORIZED) >= 21, "{answers:?}");
    assert_eq!(
        of(StatusCode::TOO_MANY_REQUESTS) + of(StatusCode::UNAUTHORIZED),
        60
    );
}

#[tokio::test]
async fn strangers_behind_a_proxy_are_counted_one_by_one() {
    let mut settings = SHIPPED.to_vec();
    settings.push(("TRUSTED_PROXIES", "127.0.0.1"));
    let house = House::open_with(&settings).await;
    for client in ["198.51.100.7", "198.51.100.8", "2001:db8::1"] {
        let mut through = 0;
        for _ in 0..21 {
            let answer = sent(&house, &[("x-forwarded-for", client)], Method::GET, "/api/v1/me").await;
            through += usize::from(answer.status() == StatusCode::UNAUTHORIZED);
        }
        assert_eq!(through, 21, "{client}");
    }
    // The neighbours of the last one share its bucket.
    let answers = (0..20).map(|turn| {
        let client = format!("2001:db8::{}", turn + 2);
        let house = &house;
        async move {
            sent(house, &[("x-forwarded-for", &client)], Method::GET, "/api/v1/me")
                .await
                .status()
        }
    });
    let answers = futures_util::future::join_all(answers).await;
    assert!(answers.contains(&StatusCode::TOO_MANY_REQUESTS), "{answers:?}");
}
