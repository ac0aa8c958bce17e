//! Six digits by mail: what they are good for, how often, and for whom.

use reqwest::{Method, StatusCode};

use crate::house::{PASSWORD, between};
use crate::sign_in::visitor::{Browser, MINA, digits, house_with_mina, later, letters};

/// Digits that are not these.
fn wrong(digits: &str) -> String {
    format!("{:06}", (digits.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn six_digits_by_mail_let_in_whoever_reads_it() {
    let house = house_with_mina(&[]).await;
    let mut browser = Browser::new(&house);
    let answer = browser
        .post(
            "/auth/login",
            &[("email", " Mina@Example.ORG "), ("next", "/schedule?weeks=26")],
        )
        .await;
    assert_eq!(answer.headers()["location"], "/auth/login/code");
    let page = browser.get("/auth/login/code").await.text().await.unwrap();
    for part in [
        "Check your mail",
        "<b>mina@example.org</b>",
        "10 minutes",
        "one-time-code",
        "data-again=\"30\"",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let code = digits(&house, MINA);
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let answer = browser.post("/auth/login/code", &[("code", &spaced)]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()["location"], "/schedule?weeks=26");
    assert!(browser.is_in().await);
    assert!(
        !browser.cookies.contains_key("__Host-ballast-step"),
        "what was held on the way in is forgotten"
    );
}

#[tokio::test]
async fn digits_are_good_once_for_ten_minutes_in_the_browser_that_asked() {
    let house = house_with_mina(&[]).await;
    let mut browser = Browser::new(&house);
    browser.type_address(MINA).await;
    let code = digits(&house, MINA);

    let mut other = Browser::new(&house);
    let answer = other.post("/auth/login/code", &[("code", &code)]).await;
    assert_eq!(
        answer.headers()["location"],
        "/auth/login",
        "another browser begins anew"
    );
    let mut thief = Browser::at(&house, [127, 0, 0, 2]);
    thief.type_address(MINA).await;
    assert_eq!(
        thief.type_digits(&code).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "with a step of its own it is not good either"
    );

    later(&house, 600);
    let held = browser.cookies.clone();
    assert_eq!(browser.type_digits(&code).await, StatusCode::SEE_OTHER);
    browser.cookies = held;
    assert_eq!(
        browser.type_digits(&code).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "once"
    );

    let mut late = Browser::new(&house);
    late.type_address(MINA).await;
    let code = digits(&house, MINA);
    later(&house, 601);
    assert_eq!(late.type_digits(&code).await, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_new_code_kills_the_old_one_and_comes_after_half_a_minute() {
    let house = house_with_mina(&[]).await;
    let mut browser = Browser::new(&house);
    browser.type_address(MINA).await;
    let old = digits(&house, MINA);
    later(&house, 6);
    let early = browser.post("/auth/login/code/again", &[]).await;
    assert_eq!(early.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(early.headers()["retry-after"], "24");
    assert!(early.text().await.unwrap().contains("wait 24 seconds"));
    // Going back and typing the address again leads to the digits that are on their way.
    browser.type_address(MINA).await;
    assert_eq!(letters(&house), 1);

    later(&house, 24);
    let again = browser.post("/auth/login/code/again", &[]).await;
    assert_eq!(again.headers()["location"], "/auth/login/code?was=sent");
    let page = browser
        .get("/auth/login/code?was=sent")
        .await
        .text()
        .await
        .unwrap();
    assert!(page.contains("New digits are on their way."));
    let new = digits(&house, MINA);
    if old != new {
        assert_eq!(browser.type_digits(&old).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(browser.type_digits(&new).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn five_letters_an_hour_are_sent_to_an_address_known_or_not() {
    let house = house_with_mina(&[]).await;
    for (email, sent) in [(MINA, 5), ("nobody@example.org", 0)] {
        let before = letters(&house);
        let mut browser = Browser::new(&house);
        browser.type_address(email).await;
        for _ in 0..4 {
            later(&house, 30);
            let again = browser.post("/auth/login/code/again", &[]).await;
            assert_eq!(again.status(), StatusCode::SEE_OTHER);
        }
        later(&house, 30);
        let sixth = browser.post("/auth/login/code/again", &[]).await;
        assert_eq!(sixth.status(), StatusCode::TOO_MANY_REQUESTS, "{email}");
        assert_eq!(sixth.headers()["retry-after"], "3450");
        assert_eq!(letters(&house) - before, sent, "{email}");
        // A stranger at the same place does not get more, and one elsewhere keeps nobody from theirs.
        let mut elsewhere = Browser::at(&house, [127, 0, 0, 2]);
        elsewhere.type_address(email).await;
    }
}

#[tokio::test]
async fn five_wrong_tries_kill_a_code() {
    let house = house_with_mina(&[]).await;
    let mut browser = Browser::new(&house);
    browser.type_address(MINA).await;
    let code = digits(&house, MINA);
    for guess in [wrong(&code), wrong(&wrong(&code))].iter().cycle().take(5) {
        assert_eq!(browser.type_digits(guess).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(
        browser.type_digits(&code).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the sixth is not judged"
    );
    assert!(!browser.is_in().await);
}

#[tokio::test]
async fn what_is_wrong_with_digits_is_told_and_a_slip_of_the_hand_is_no_guess() {
    let house = house_with_mina(&[]).await;
    // The same is told of an address that nobody has.
    for email in [MINA, "nobody@example.org"] {
        let mut browser = Browser::new(&house);
        browser.type_address(email).await;
        let code = if email == MINA {
            digits(&house, MINA)
        } else {
            "123456".to_owned()
        };
        for slip in ["", "123", "12345", "abcdef", "1234567"] {
            let page = browser.after_digits(slip).await;
            assert!(page.contains("not counted as a try"), "{slip}: {page}");
        }
        let page = browser.after_digits(&wrong(&code)).await;
        assert!(
            page.contains("These are not the digits. 4 tries are left."),
            "{page}"
        );
        let again = browser.get("/auth/login/code").await.text().await.unwrap();
        assert!(!again.contains("not the digits"), "it is said once");
        for _ in 0..4 {
            browser.type_digits(&wrong(&code)).await;
        }
        let page = browser.get("/auth/login/code").await.text().await.unwrap();
        assert!(page.contains("Too many tries were wrong"), "{page}");
        assert!(
            page.contains("Send new digits") && !page.contains("name=\"code\""),
            "{page}"
        );
        later(&house, 601);
        let page = browser.get("/auth/login/code").await.text().await.unwrap();
        assert!(page.contains("The time of these digits is up"), "{page}");
        assert!(
            !page.contains("name=\"code\""),
            "nothing is typed that cannot open anything"
        );
    }
}

#[tokio::test]
async fn a_hundred_guesses_at_once_count_as_a_hundred() {
    let house = house_with_mina(&[]).await;
    let mut browser = Browser::new(&house);
    browser.type_address(MINA).await;
    let code = digits(&house, MINA);
    let false_digits = wrong(&code);
    let guesses = (0..100).map(|_| {
        browser
            .asked(&Method::POST, "/auth/login/code", &[("code", &false_digits)])
            .send()
    });
    for answer in futures_util::future::join_all(guesses).await {
        assert_eq!(
            answer.unwrap().headers()["location"],
            "/auth/login/code?was=wrong"
        );
    }
    assert_eq!(browser.type_digits(&code).await, StatusCode::UNPROCESSABLE_ENTITY);
    let counted = house
        .app
        .db
        .read(|tx| tx.query("select tries from sign_in_code", &[], |row| row.get::<i64>(0)))
        .await
        .unwrap();
    assert_eq!(counted, [5], "no more than five were held against it");
}

#[tokio::test]
async fn the_right_digits_a_hundred_times_at_once_let_in_once() {
    let house = house_with_mina(&[]).await;
    let mut browser = Browser::new(&house);
    browser.type_address(MINA).await;
    let code = digits(&house, MINA);
    assert_eq!(browser.let_in_of_a_hundred(&code).await, 1);
}

#[tokio::test]
async fn a_code_is_kept_as_a_keyed_hash() {
    let house = house_with_mina(&[]).await;
    let mut browser = Browser::new(&house);
    browser.type_address(MINA).await;
    let code = digits(&house, MINA);
    let tags = house
        .app
        .db
        .read(|tx| tx.query("select tag from sign_in_code", &[], |row| row.get::<Vec<u8>>(0)))
        .await
        .unwrap();
    assert_eq!(tags.len(), 1);
    assert_eq!(tags[0].len(), 32);
    for name in ["ballast.sqlite", "ballast.sqlite-wal"] {
        let file = std::fs::read(house.directory.path().join(name)).unwrap_or_default();
        let digits = code.as_bytes();
        assert!(!file.windows(6).any(|part| part == digits), "{name}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_the_codes_that_wait() {
    let house = house_with_mina(&[]).await;
    let mut browser = Browser::new(&house);
    browser.type_password(MINA, PASSWORD).await;
    let session = browser.cookies.clone();
    let mut phone = Browser::at(&house, [127, 0, 0, 2]);
    phone.type_address(MINA).await;
    let code = digits(&house, MINA);
    let page = browser.get("/schedule").await.text().await.unwrap();
    let key = between(&page, "<meta name=\"csrf\" content=\"", "\"").unwrap();
    let out = browser.post("/auth/logout", &[("csrf", &key)]).await;
    assert_eq!(out.headers()["location"], "/auth/login");
    browser.cookies = session;
    assert!(!browser.is_in().await);
    assert_eq!(phone.type_digits(&code).await, StatusCode::UNPROCESSABLE_ENTITY);
}
