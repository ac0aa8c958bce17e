//! Long codes, for whoever strangers keep from the short ones.

use reqwest::{Method, StatusCode};

use crate::house::{House, PASSWORD, between};
use crate::sign_in::visitor::{Browser, MINA, digits, house_with_mina, later, letters};

/// The long code of the newest letter, which must be to `email`.
fn long_code(house: &House, email: &str) -> String {
    let letters = house.app.mail.captured();
    let letter = letters.last().expect("a letter");
    assert_eq!(letter.to, email);
    let code = letter.text.expose().lines().next().unwrap().to_owned();
    let groups: Vec<usize> = code.split('-').map(str::len).collect();
    assert_eq!(groups, [5, 5, 5, 5], "a long code");
    code
}

/// Forty networks, each of which asks for digits to an address.
async fn forty_networks_ask_for(house: &House, email: &str) {
    for network in 100..140 {
        Browser::at(house, [127, 0, network, 1]).type_address(email).await;
    }
}

/// What somebody sees who asks for an address, and types what is no code there: status, headers and text of each answer.
async fn seen(browser: &mut Browser, email: &str) -> Vec<(StatusCode, Vec<String>, String)> {
    let mut answers = Vec::new();
    for (method, path, fields) in [
        (Method::POST, "/auth/login", &[("email", email)][..]),
        (Method::GET, "/auth/login/code", &[]),
        (Method::POST, "/auth/login/code", &[("code", "407123")]),
        (Method::GET, "/auth/login/code?was=short", &[]),
        (
            Method::POST,
            "/auth/login/code",
            &[("code", "aaaaa-bbbbb-ccccc-ddddd")],
        ),
        (Method::GET, "/auth/login/code?was=wrong", &[]),
        (Method::POST, "/auth/login/code/again", &[]),
        (Method::GET, "/auth/login/code?was=sent", &[]),
    ] {
        let answer = browser.ask(method, path, fields).await;
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        for own in ["x-request-id", "date", "content-length"] {
            headers.remove(own);
        }
        let policy = headers.get("content-security-policy");
        let policy = policy.map_or("", |value| value.to_str().unwrap());
        let nonce = between(policy, "'nonce-", "'").unwrap_or_else(|| "none".to_owned());
        let headers = headers.iter().map(|(name, value)| {
            let value = value.to_str().unwrap();
            // A step is sealed anew each time, to the same length for addresses of the same length.
            let value = match value.split_once('=').filter(|_| name == "set-cookie") {
                Some((cookie, rest)) => format!("{cookie} of {}", rest.len()),
                None => value.to_owned(),
            };
            format!("{name}: {value}").replace(&nonce, "(nonce)")
        });
        let headers = headers.collect();
        let text = answer.text().await.unwrap();
        let text = text.replace(email, "(address)").replace(&nonce, "(nonce)");
        answers.push((status, headers, text));
    }
    answers
}

#[tokio::test]
async fn forty_networks_that_ask_keep_nobody_from_coming_in_with_a_new_browser() {
    let house = house_with_mina(&[]).await;
    forty_networks_ask_for(&house, MINA).await;
    assert_eq!(letters(&house), 21, "twenty with digits, one with a long code");

    let mut owner = Browser::at(&house, [127, 0, 0, 20]);
    owner.type_address(MINA).await;
    assert_eq!(letters(&house), 21, "the letter is there already");
    let page = owner.get("/auth/login/code").await.text().await.unwrap();
    assert!(page.contains("carry a long code now"), "{page}");
    let code = long_code(&house, MINA);
    assert_eq!(
        owner.type_digits("407123").await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let typed = format!(" {} ", code.to_uppercase().replace('-', " "));
    let answer = owner.post("/auth/login/code", &[("code", &typed)]).await;
    assert_eq!(answer.headers()["location"], "/");
    assert!(owner.is_in().await);

    // It is used up, for every browser.
    let mut second = Browser::at(&house, [127, 0, 0, 21]);
    second.type_address(MINA).await;
    assert_eq!(second.type_digits(&code).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(letters(&house), 22, "and the next one leaves at once");
    let next = long_code(&house, MINA);
    assert_eq!(second.type_digits(&next).await, StatusCode::SEE_OTHER);
    assert!(second.is_in().await);
}

#[tokio::test]
async fn an_hour_of_strangers_causes_a_bounded_number_of_letters_and_ends_no_code() {
    let house = house_with_mina(&[]).await;
    forty_networks_ask_for(&house, MINA).await;
    let first = long_code(&house, MINA);
    for minute in 0..60 {
        later(&house, 60);
        for network in 100..104 {
            Browser::at(&house, [127, 1, network, minute])
                .type_address(MINA)
                .await;
        }
        if minute == 15 {
            // Older than half of its time, so another one left; the first is good all the same.
            assert_ne!(long_code(&house, MINA), first);
            let mut owner = Browser::at(&house, [127, 0, 0, 20]);
            owner.type_address(MINA).await;
            let answer = owner.post("/auth/login/code", &[("code", &first)]).await;
            assert_eq!(answer.headers()["location"], "/");
        }
    }
    assert!(letters(&house) <= 20 + 20 + 7, "{} letters", letters(&house));
}

#[tokio::test]
async fn a_long_code_is_good_for_its_time_its_address_and_its_door() {
    let house = house_with_mina(&[]).await;
    house.admin().await;
    let email = "admin@example.org";
    forty_networks_ask_for(&house, email).await;
    let code = long_code(&house, email);
    forty_networks_ask_for(&house, MINA).await;
    for (door, typed) in [("/auth/login", MINA), ("/admin/login", email)] {
        let mut browser = Browser::at(&house, [127, 0, 0, 20]);
        let asked = browser.post(door, &[("email", typed), ("by", "code")]).await;
        assert_eq!(asked.status(), StatusCode::SEE_OTHER);
        let path = format!("{door}/code");
        let answer = browser.post(&path, &[("code", &code)]).await;
        assert_eq!(answer.headers()["location"], format!("{path}?was=wrong").as_str());
        assert!(!browser.is_in().await, "{door}");
    }
    // A browser that asked for nothing is asked for its address first.
    let mut other = Browser::at(&house, [127, 0, 0, 21]);
    let answer = other.post("/auth/login/code", &[("code", &code)]).await;
    assert_eq!(answer.headers()["location"], "/auth/login");

    let mut late = Browser::at(&house, [127, 0, 0, 22]);
    late.type_address(email).await;
    later(&house, 1_199);
    let held = late.cookies.clone();
    assert_eq!(
        late.type_digits(&code).await,
        StatusCode::SEE_OTHER,
        "to the end of its time"
    );
    assert!(late.is_in().await);
    late.cookies = held;
    assert_eq!(
        late.type_digits(&code).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "once"
    );

    later(&house, 60);
    late.type_address(email).await;
    let code = long_code(&house, email);
    later(&house, 1_200);
    assert_eq!(
        late.type_digits(&code).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "no longer"
    );
}

#[tokio::test]
async fn a_long_code_a_hundred_times_at_once_lets_in_once_and_is_kept_as_a_keyed_hash() {
    let house = house_with_mina(&[]).await;
    forty_networks_ask_for(&house, MINA).await;
    let code = long_code(&house, MINA);
    for name in ["ballast.sqlite", "ballast.sqlite-wal"] {
        let file = std::fs::read(house.directory.path().join(name)).unwrap_or_default();
        for kept in [code.clone(), code.replace('-', "")] {
            assert!(
                !file.windows(kept.len()).any(|part| part == kept.as_bytes()),
                "{name}"
            );
        }
    }
    let mut owner = Browser::at(&house, [127, 0, 0, 20]);
    owner.type_address(MINA).await;
    // Whoever guesses, however often, ends nothing.
    for _ in 0..50 {
        let guess = owner.type_digits("aaaaa-bbbbb-ccccc-ddddd").await;
        assert_eq!(guess, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(owner.let_in_of_a_hundred(&code).await, 1);
}

#[tokio::test]
async fn an_address_that_nobody_has_is_answered_alike_where_codes_are_long() {
    let house = house_with_mina(&[]).await;
    let mut told = Vec::new();
    for email in [MINA, "nina@example.org"] {
        forty_networks_ask_for(&house, email).await;
        told.push(seen(&mut Browser::at(&house, [127, 0, 0, 20]), email).await);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(letters(&house), 21, "all of them Mina's");
    let kept = house
        .app
        .db
        .read(|tx| {
            tx.query("select email from sign_in_long_code", &[], |row| {
                row.get::<String>(0)
            })
        })
        .await
        .unwrap();
    assert_eq!(kept.len(), 2, "and the same is kept of both");
}

#[tokio::test]
async fn a_stranger_at_the_same_address_leaves_the_long_code_to_new_browsers() {
    let house = house_with_mina(&[]).await;
    let mut stranger = Browser::new(&house);
    stranger.type_address(MINA).await;
    for _ in 0..4 {
        later(&house, 30);
        stranger.post("/auth/login/code/again", &[]).await;
    }
    later(&house, 30);
    // The stranger's own digits are still good, so that they get nothing else.
    let sixth = stranger.post("/auth/login/code/again", &[]).await;
    assert_eq!(sixth.status(), StatusCode::TOO_MANY_REQUESTS);
    let mut owner = Browser::new(&house);
    owner.type_address(MINA).await;
    let code = long_code(&house, MINA);
    assert_eq!(owner.type_digits(&code).await, StatusCode::SEE_OTHER);
    assert!(owner.is_in().await);
}

#[tokio::test]
async fn whoever_guesses_from_many_networks_holds_up_a_new_browser_for_ten_seconds_at_most() {
    let house = house_with_mina(&[]).await;
    // Forty networks try for half an hour, each as soon as it is heard.
    for minute in 0..30 {
        for network in 100..140 {
            let mut stranger = Browser::at(&house, [127, 0, network, 1]);
            stranger.type_password(MINA, "wrong wrong wrong").await;
        }
        later(&house, 60);
        if minute % 10 == 9 {
            let mut owner = Browser::at(&house, [127, 0, 1, minute]);
            let first = owner.type_password(MINA, PASSWORD).await;
            assert_eq!(first.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(first.headers()["retry-after"], "10");
            // They go on meanwhile.
            for network in 140..160 {
                let mut stranger = Browser::at(&house, [127, 0, network, 1]);
                stranger.type_password(MINA, "wrong wrong wrong").await;
            }
            later(&house, 10);
            let second = owner.type_password(MINA, PASSWORD).await;
            assert_eq!(second.status(), StatusCode::SEE_OTHER, "minute {minute}");
            assert!(owner.is_in().await);
        }
    }
    // And by mail at once.
    let mut owner = Browser::at(&house, [127, 0, 2, 1]);
    owner.type_address(MINA).await;
    let code = digits(&house, MINA);
    assert_eq!(owner.type_digits(&code).await, StatusCode::SEE_OTHER);
    assert!(owner.is_in().await);
}
