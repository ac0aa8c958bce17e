//! Codes that are wrong, and who waits for whose.

use ballast::accounts::Access;
use futures_util::future::join_all;
use reqwest::StatusCode;

use crate::house::{House, NOW, PASSWORD};
use crate::second_factor::phone::{MINUTE, STEP, half_in, half_in_at, later, location, second, take_up};

#[tokio::test]
async fn five_wrong_codes_bring_a_delay_that_ends() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, _) = take_up(&house, &bo).await;
    later(&house, 10 * STEP);
    let browser = half_in(&house, "bo@example.org").await;
    let wrong = phone.code(NOW - 100 * STEP);
    // At once or one after the other: each counts.
    let answers = join_all((0..20).map(|_| second(&browser, &wrong))).await;
    let mut texts = Vec::new();
    for answer in answers {
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        texts.push(answer.text().await.unwrap());
    }
    let looked_at = texts.iter().filter(|text| text.contains("is not right")).count();
    assert_eq!(looked_at, 5);
    let right = second(&browser, &phone.code(house.app.clock.now())).await;
    assert!(right.text().await.unwrap().contains("Try again in a minute"));
    later(&house, MINUTE);
    let right = second(&browser, &phone.code(house.app.clock.now())).await;
    assert_eq!(right.status(), StatusCode::SEE_OTHER);
    let browser = half_in(&house, "bo@example.org").await;
    let again = second(&browser, &wrong).await;
    assert!(
        again.text().await.unwrap().contains("is not right"),
        "a right one begins the count anew"
    );
}

#[tokio::test]
async fn whoever_knows_the_password_and_guesses_on_holds_up_nobody_elsewhere() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, _) = take_up(&house, &bo).await;
    later(&house, 10 * STEP);
    let wrong = phone.code(NOW - 100 * STEP);
    let stranger = half_in_at(&house, 9).await;
    for _ in 0..6 {
        second(&stranger, &wrong).await;
    }
    let told = second(&stranger, &wrong).await.text().await.unwrap();
    assert!(told.contains("Try again in a minute"));
    let owner = half_in(&house, "bo@example.org").await;
    let right = second(&owner, &phone.code(house.app.clock.now())).await;
    assert_eq!(
        right.status(),
        StatusCode::SEE_OTHER,
        "at home they come in at once"
    );
}

#[tokio::test]
async fn from_many_places_nobody_guesses_faster_than_once_a_minute() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, _) = take_up(&house, &bo).await;
    later(&house, 10 * STEP);
    let wrong = phone.code(NOW - 100 * STEP);
    let mut judged = 0;
    for place in 10..20 {
        let stranger = half_in_at(&house, place).await;
        for _ in 0..4 {
            let told = second(&stranger, &wrong).await.text().await.unwrap();
            judged += usize::from(told.contains("is not right"));
        }
    }
    assert_eq!(judged, 20);
    later(&house, MINUTE);
    let owner = half_in(&house, "bo@example.org").await;
    let right = second(&owner, &phone.code(house.app.clock.now())).await;
    assert_eq!(right.status(), StatusCode::SEE_OTHER, "a minute at most");
}

#[tokio::test]
async fn many_places_that_know_the_password_hold_up_nobody_who_comes_by_mail_or_with_a_recovery_code() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, codes) = take_up(&house, &bo).await;
    later(&house, 10 * STEP);
    let wrong = phone.code(NOW - 100 * STEP);
    for place in 10..16 {
        let stranger = half_in_at(&house, place).await;
        for _ in 0..4 {
            second(&stranger, &wrong).await;
        }
    }
    // A new browser, after the password: digits wait, which strangers share; a recovery code does not.
    let mut owner = half_in_at(&house, 20).await;
    let held = second(&owner, &phone.code(house.app.clock.now())).await;
    assert!(held.text().await.unwrap().contains("Try again in a minute"));
    let right = second(&owner, &codes[0]).await;
    assert_eq!(right.status(), StatusCode::SEE_OTHER);

    // And after six digits by mail nothing waits.
    owner = house.stranger_at([127, 0, 0, 21]);
    let fields = [("email", "bo@example.org"), ("by", "code")];
    let asked = owner.form("/auth/login", &fields).await;
    owner.keep_cookie(&asked);
    let digits: String = {
        let letters = house.app.mail.captured();
        letters.last().unwrap().text.expose().chars().take(6).collect()
    };
    let half = owner.form("/auth/login/code", &[("code", &digits)]).await;
    assert_eq!(location(&half), "/auth/second");
    owner.keep_cookie(&half);
    let right = second(&owner, &phone.code(house.app.clock.now())).await;
    assert_eq!(right.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn how_often_and_how_long_are_settings() {
    let house = House::open_with(&[
        ("SECOND_STEP_FREE_TRIES", "2"),
        ("SECOND_STEP_FIRST_WAIT_SECONDS", "300"),
    ])
    .await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, _) = take_up(&house, &bo).await;
    later(&house, 10 * STEP);
    let wrong = phone.code(NOW - 100 * STEP);
    let browser = half_in_at(&house, 9).await;
    for _ in 0..2 {
        let told = second(&browser, &wrong).await.text().await.unwrap();
        assert!(told.contains("is not right"));
    }
    let told = second(&browser, &wrong).await.text().await.unwrap();
    assert!(told.contains("Try again in 5 minutes"), "{told}");
}

#[tokio::test]
async fn a_right_password_gives_no_tries_at_the_code() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    take_up(&house, &bo).await;
    later(&house, 11 * MINUTE);
    let mut judged = 0;
    for _ in 0..3 {
        for _ in 0..4 {
            let fields = [("code", "000000")];
            let answer = bo.form("/account/confirm", &fields).await;
            let place = answer
                .headers()
                .get("location")
                .map(|place| place.to_str().unwrap().to_owned());
            let told = match place {
                Some(place) => bo.text(&place).await,
                None => answer.text().await.unwrap(),
            };
            judged += usize::from(told.contains("is not right"));
        }
        let same = [("password", PASSWORD), ("new-password", PASSWORD)];
        let changed = bo.form("/account/credentials", &same).await;
        assert_eq!(changed.status(), StatusCode::SEE_OTHER);
    }
    assert_eq!(judged, 5);
}
