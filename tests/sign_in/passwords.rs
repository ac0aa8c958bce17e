//! Passwords, and who has to wait after wrong ones.

use argon2::PasswordHasher as _;
use reqwest::{Method, StatusCode};

use crate::house::{NOW, PASSWORD};
use crate::sign_in::visitor::{Browser, MINA, house_with_mina, later};

#[tokio::test]
async fn wrong_passwords_make_one_wait_longer_and_longer_and_nobody_else() {
    let house = house_with_mina(&[]).await;
    let mut browser = Browser::new(&house);
    let mut knock = async |expected: StatusCode, wait: Option<&str>| {
        let answer = browser.type_password(MINA, "wrong wrong wrong").await;
        assert_eq!(answer.status(), expected);
        let told = answer
            .headers()
            .get("retry-after")
            .map(|value| value.to_str().unwrap());
        assert_eq!(told, wait);
    };
    for _ in 0..3 {
        knock(StatusCode::UNPROCESSABLE_ENTITY, None).await;
    }
    for (wait, text) in [(1, "1"), (3, "3"), (5, "5"), (10, "10"), (20, "20")] {
        knock(StatusCode::TOO_MANY_REQUESTS, Some(text)).await;
        later(&house, wait);
        knock(StatusCode::UNPROCESSABLE_ENTITY, None).await;
    }
    let mut browser = Browser::new(&house);
    let right = browser.type_password(MINA, PASSWORD).await;
    assert_eq!(
        right.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "the right one waits too"
    );
    let mut elsewhere = Browser::at(&house, [127, 0, 0, 2]);
    assert_eq!(
        elsewhere.type_password(MINA, PASSWORD).await.status(),
        StatusCode::SEE_OTHER
    );
    later(&house, 40);
    assert_eq!(
        browser.type_password(MINA, PASSWORD).await.status(),
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_stranger_without_pause_keeps_nobody_from_their_account() {
    let house = house_with_mina(&[]).await;
    let mut own = Browser::new(&house);
    own.type_password(MINA, PASSWORD).await;
    own.cookies.remove("__Host-ballast");
    // A hundred wrong passwords, from five places.
    for place in 2..7 {
        let stranger = Browser::at(&house, [127, 0, 0, place]);
        let fields = [("email", MINA), ("password", "wrong wrong wrong")];
        let tries = (0..20).map(|_| stranger.asked(&Method::POST, "/auth/login", &fields).send());
        futures_util::future::join_all(tries).await;
        later(&house, 1);
    }
    assert_eq!(
        own.type_password(MINA, PASSWORD).await.status(),
        StatusCode::SEE_OTHER,
        "the browser that was in before is in at once"
    );
    let mut elsewhere = Browser::at(&house, [127, 0, 0, 9]);
    if elsewhere.type_password(MINA, PASSWORD).await.status() == StatusCode::TOO_MANY_REQUESTS {
        later(&house, 10);
        assert_eq!(
            elsewhere.type_password(MINA, PASSWORD).await.status(),
            StatusCode::SEE_OTHER,
            "another place is in after a short wait"
        );
    }
}

#[tokio::test]
async fn under_pressure_a_new_place_waits_ten_seconds_and_is_then_heard() {
    let house = house_with_mina(&[("SIGN_IN_PRESSURE_TRIES", "6")]).await;
    for place in 2..5 {
        let mut stranger = Browser::at(&house, [127, 0, 0, place]);
        for _ in 0..2 {
            stranger.type_password(MINA, "wrong wrong wrong").await;
        }
    }
    let mut new = Browser::at(&house, [127, 0, 0, 9]);
    let first = new.type_password(MINA, PASSWORD).await;
    assert_eq!(first.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(first.headers()["retry-after"], "10");
    later(&house, 10);
    assert_eq!(
        new.type_password(MINA, PASSWORD).await.status(),
        StatusCode::SEE_OTHER
    );
    // An account that does not exist is no different.
    let other = new.type_password("nobody@example.org", PASSWORD).await;
    assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_eleventh_try_in_a_minute_from_one_address_waits() {
    let house = house_with_mina(&[("SIGN_IN_TRIES_PER_MINUTE", "10")]).await;
    house.app.clock.set(NOW + 120_000);
    let mut browser = Browser::new(&house);
    for at in 0..10 {
        let email = format!("nobody{at}@example.org");
        let answer = browser.type_password(&email, "wrong wrong wrong").await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    later(&house, 20);
    let eleventh = browser.type_password(MINA, PASSWORD).await;
    assert_eq!(eleventh.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(eleventh.headers()["retry-after"], "40");
    assert!(
        eleventh
            .text()
            .await
            .unwrap()
            .contains("wait 40 seconds and try again")
    );
    let mut elsewhere = Browser::at(&house, [127, 0, 0, 2]);
    assert_eq!(
        elsewhere.type_password(MINA, PASSWORD).await.status(),
        StatusCode::SEE_OTHER
    );
    later(&house, 40);
    assert_eq!(
        browser.type_password(MINA, PASSWORD).await.status(),
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_hash_with_less_work_is_made_anew_at_the_next_sign_in_and_sessions_go_on() {
    let params = argon2::Params::new(8_192, 1, 1, None).unwrap();
    let weak = argon2::Argon2::from(params)
        .hash_password(PASSWORD.as_bytes())
        .unwrap()
        .to_string();
    let house = house_with_mina(&[]).await;
    let hash = async || {
        house
            .app
            .db
            .read(|tx| {
                tx.first("select hash from account_password", &[], |row| {
                    row.get::<String>(0)
                })
            })
            .await
            .unwrap()
            .unwrap()
    };
    let mut earlier = Browser::new(&house);
    earlier.type_password(MINA, PASSWORD).await;
    house
        .app
        .db
        .write(house.app.own_gesture("weaken"), {
            let weak = weak.clone();
            move |tx| tx.execute("update account_password set hash = ?1", &[weak.as_str().into()])
        })
        .await
        .unwrap();
    let mut browser = Browser::at(&house, [127, 0, 0, 2]);
    assert_eq!(
        browser.type_password(MINA, PASSWORD).await.status(),
        StatusCode::SEE_OTHER
    );
    while hash().await == weak {
        tokio::task::yield_now().await;
    }
    assert!(hash().await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(earlier.is_in().await);
    let mut again = Browser::at(&house, [127, 0, 0, 3]);
    assert_eq!(
        again.type_password(MINA, PASSWORD).await.status(),
        StatusCode::SEE_OTHER
    );
}
