//! What the pages of signing in answer, to whom, and where they lead.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use ballast::accounts::Access;
use ballast::config::Config;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::house::{House, PASSWORD, between};
use crate::sign_in::visitor::{Browser, CODES, MINA, digits, house_with_mina, later, letters};

#[tokio::test]
async fn an_address_is_switched_without_a_dead_end() {
    let house = house_with_mina(&[]).await;
    house.guest_called(Access::Viewer, "Bo").await;
    let mut browser = Browser::new(&house);
    let fields = [("email", "mina@exmaple.org"), ("next", "/people")];
    browser.post("/auth/login", &fields).await;
    let page = browser.get("/auth/login/code").await.text().await.unwrap();
    let link = between(&page, "<a href=\"/auth/login?next=", "\"").unwrap();
    let page = browser
        .get(&format!("/auth/login?next={link}"))
        .await
        .text()
        .await
        .unwrap();
    assert!(
        page.contains("value=\"/people\""),
        "where they wanted to go is kept"
    );
    browser.type_address("bo@example.org").await;
    let code = digits(&house, "bo@example.org");
    assert_eq!(browser.type_digits(&code).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_field_that_was_left_blank_is_named_and_is_no_try() {
    let house = house_with_mina(&[
        ("SIGN_IN_METHODS", "password,code"),
        ("SIGN_IN_TRIES_PER_MINUTE", "2"),
    ])
    .await;
    let mut browser = Browser::new(&house);
    for (email, password, missing, there) in [
        ("", "", "type your address", "type your password"),
        ("", "x", "type your address", "type your address"),
        (MINA, "", "type your password", "type your password"),
    ] {
        let fields = [("email", email), ("password", password), ("by", "password")];
        let answer = browser.post("/auth/login", &fields).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = answer.text().await.unwrap();
        assert!(page.contains(missing) && page.contains(there), "{page}");
        assert!(!page.contains("belong together"), "{page}");
    }
    let wrong = browser.type_password(MINA, "wrong wrong wrong").await;
    let page = wrong.text().await.unwrap();
    assert_eq!(page.matches("do not belong together").count(), 1, "once: {page}");
}

#[tokio::test]
async fn whoever_is_in_is_not_asked_to_come_in_and_dead_ends_lead_back() {
    let house = house_with_mina(&[]).await;
    let mut browser = Browser::new(&house);
    browser.type_password(MINA, PASSWORD).await;
    let login = browser.get("/auth/login?next=%2Fpeople").await;
    assert_eq!(login.headers()["location"], "/people");
    for (path, place) in [
        ("/account/second-step/confirm", "/account/second-step"),
        ("/account/credentials", "/account"),
        ("/auth/logout", "/"),
    ] {
        let request = browser
            .asked(&Method::GET, path, &[])
            .header("Accept", "text/html");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["location"], place, "{path}");
    }
    let program = browser.get("/account/credentials").await;
    assert_eq!(program.status(), StatusCode::METHOD_NOT_ALLOWED);
    let page = browser.get("/people/new").await.text().await.unwrap();
    assert!(
        page.contains("Not allowed") && !page.contains("/auth/login"),
        "{page}"
    );
}

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_answers() {
    let house = house_with_mina(&[]).await;
    let off = house.guest_called(Access::Viewer, "Off").await;
    let admin = house.admin().await;
    let account = off.json("/api/v1/me").await["id"].clone();
    admin
        .send(
            Method::PATCH,
            &format!("/api/v1/accounts/{account}"),
            &json!({ "active": false }),
        )
        .await;
    let mut told = Vec::new();
    for email in [MINA, "nobody@example.org", "off@example.org"] {
        let mut browser = Browser::new(&house);
        let mut answers = Vec::new();
        for (path, fields) in [
            ("/auth/login", &[("email", email)][..]),
            ("/auth/login/code", &[("code", "12345")]),
            ("/auth/login/code", &[("code", "000001")]),
            ("/auth/login/code/again", &[]),
            (
                "/auth/login",
                &[("email", email), ("password", "wrong wrong wrong")],
            ),
            (
                "/admin/login",
                &[("email", email), ("password", "wrong wrong wrong")],
            ),
            ("/admin/login", &[("email", email), ("by", "code")]),
        ] {
            let answer = browser.post(path, fields).await;
            let (status, mut headers) = (answer.status(), answer.headers().clone());
            for own in ["x-request-id", "date", "content-length"] {
                headers.remove(own);
            }
            // Each page has a nonce of its own.
            let policy = headers.get("content-security-policy");
            let policy = policy.map_or("", |value| value.to_str().unwrap());
            let nonce = between(policy, "'nonce-", "'").unwrap_or_else(|| "none".to_owned());
            let headers: Vec<String> = headers
                .iter()
                .map(|(name, value)| {
                    // A step is sealed anew each time.
                    let value = value.to_str().unwrap();
                    let value = if name == "set-cookie" {
                        value.split_once('=').unwrap().0
                    } else {
                        value
                    };
                    format!("{name}: {value}").replace(&nonce, "(nonce)")
                })
                .collect();
            let text = answer.text().await.unwrap();
            let text = text.replace(email, "(address)").replace(&nonce, "(nonce)");
            answers.push((status, headers, text));
        }
        told.push(answers);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
    assert_eq!(
        letters(&house),
        1,
        "only Mina has an account that may come in, and no administrator's"
    );
}

#[tokio::test]
async fn odd_addresses_are_refused_before_anything_is_done() {
    let house = house_with_mina(&[]).await;
    let mut browser = Browser::new(&house);
    for email in [
        "",
        "mina",
        "\"a@x\"@welltech.com",
        "a@welltech.com.",
        "mina@example.org\r\nBcc: all@example.org",
        "mina@example.org, bo@example.org",
        "<mina@example.org>",
        "a@[127.0.0.1]",
    ] {
        let answer = browser
            .post("/auth/login", &[("email", email), ("by", "code")])
            .await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{email}");
        assert!(answer.text().await.unwrap().contains("must be an e-mail address"));
    }
    assert_eq!(letters(&house), 0);
}

#[tokio::test]
async fn only_addresses_of_the_organisation_come_in_and_others_are_told_nothing() {
    let house = House::open_with(&[
        CODES,
        ("ORG_ALLOWED_EMAIL_DOMAIN", "WellTech.com, bücher.example"),
    ])
    .await;
    for email in [
        "mina@welltech.com",
        "mina@xn--bcher-kva.example",
        "evil@welltech.com.evil.io",
        "evil@xn--wlltech-7gg.com",
    ] {
        house.add_account(Access::Viewer, "Somebody", email).await;
    }
    for (typed, to) in [
        ("mina@WELLTECH.com", Some("mina@welltech.com")),
        ("MINA@bücher.example", Some("mina@xn--bcher-kva.example")),
        ("evil@welltech.com.evil.io", None),
        // The first е is Cyrillic.
        ("evil@wеlltech.com", None),
        ("nobody@welltech.com", None),
    ] {
        let before = letters(&house);
        let mut browser = Browser::new(&house);
        browser.type_address(typed).await;
        match to {
            Some(to) => {
                let code = digits(&house, to);
                assert_eq!(browser.type_digits(&code).await, StatusCode::SEE_OTHER);
            }
            None => assert_eq!(letters(&house), before, "{typed}"),
        }
    }
    let mut browser = Browser::new(&house);
    let refused = browser.type_password("evil@welltech.com.evil.io", PASSWORD).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn somebody_new_of_an_allowed_domain_gets_an_account_where_the_settings_say_so() {
    let open = [
        CODES,
        ("ORG_ALLOWED_EMAIL_DOMAIN", "welltech.com"),
        ("ORG_NEW_ACCOUNT_ACCESS", "member"),
    ];
    let house = House::open_with(&open).await;
    let mut browser = Browser::new(&house);
    browser.type_address("amara.osei@welltech.com").await;
    let code = digits(&house, "amara.osei@welltech.com");
    assert_eq!(browser.type_digits(&code).await, StatusCode::SEE_OTHER);
    let me: serde_json::Value = browser.get("/api/v1/me").await.json().await.unwrap();
    assert_eq!(
        (&me["name"], &me["access"]),
        (&json!("Amara Osei"), &json!("member"))
    );

    let before = letters(&house);
    Browser::new(&house).type_address("amara@evil.io").await;
    assert_eq!(letters(&house), before, "from elsewhere nobody comes in");
    let mut browser = Browser::new(&house);
    browser
        .post("/admin/login", &[("email", "new@welltech.com"), ("by", "code")])
        .await;
    assert_eq!(letters(&house), before, "nor by the door of the administration");
}

#[tokio::test]
async fn signing_in_leads_to_our_own_pages_only() {
    let house = house_with_mina(&[]).await;
    for (next, place) in [
        ("/people?open=3", "/people?open=3"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("people", "/"),
        ("", "/"),
    ] {
        let mut browser = Browser::new(&house);
        let fields = [("email", MINA), ("password", PASSWORD), ("next", next)];
        let answer = browser.post("/auth/login", &fields).await;
        assert_eq!(answer.headers()["location"], place, "{next}");
        later(&house, 3_600);
        let mut browser = Browser::new(&house);
        browser
            .post("/auth/login", &[("email", MINA), ("next", next)])
            .await;
        let code = digits(&house, MINA);
        let answer = browser.post("/auth/login/code", &[("code", &code)]).await;
        assert_eq!(answer.headers()["location"], place, "{next}");
    }
}

#[tokio::test]
async fn a_step_that_is_not_ours_begins_anew() {
    let house = house_with_mina(&[]).await;
    let mut other = Browser::new(&house);
    other.type_address(MINA).await;
    let step = other.cookies["__Host-ballast-step"].clone();
    let elsewhere = house_with_mina(&[]).await;
    let cut = step[..step.len() - 4].to_owned();
    for (house, value) in [(&house, cut), (&house, "x".to_owned()), (&elsewhere, step)] {
        let mut browser = Browser::new(house);
        browser.cookies.insert("__Host-ballast-step".to_owned(), value);
        for path in ["/auth/login/code", "/auth/login/code/again"] {
            let answer = browser.post(path, &[("code", "123456")]).await;
            assert_eq!(answer.headers()["location"], "/auth/login");
        }
    }
}

#[tokio::test]
async fn ways_that_the_organisation_does_not_use_are_not_there() {
    let house = House::open_with(&[("SIGN_IN_METHODS", "code,password"), ("EMAIL_BACKEND", "")]).await;
    let page = house.stranger().text("/auth/login").await;
    assert!(
        page.contains("name=\"password\"") && !page.contains("six digits"),
        "{page}"
    );

    let house = House::open_with(&[("SIGN_IN_METHODS", "code")]).await;
    house.add_account(Access::Viewer, "Mina", MINA).await;
    let page = house.stranger().text("/auth/login").await;
    assert!(!page.contains("assword"), "{page}");
    let mut browser = Browser::new(&house);
    let answer = browser.type_password(MINA, PASSWORD).await;
    assert_eq!(
        answer.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "nor by sending the form all the same"
    );
}

#[test]
fn whatever_is_wrong_with_the_settings_of_mail_is_told() {
    for (pairs, fault) in [
        (
            &[("EMAIL_USE_TLS", "true"), ("EMAIL_USE_SSL", "true")][..],
            "EMAIL_USE_TLS and EMAIL_USE_SSL are both true; keep one of them",
        ),
        (&[("EMAIL_BACKEND", "smtp")], "EMAIL_HOST must name the server"),
        (
            &[("EMAIL_HOST", "smtp.example.org")],
            "DEFAULT_FROM_EMAIL must say",
        ),
        (
            &[
                ("EMAIL_HOST", "smtp.example.org"),
                ("DEFAULT_FROM_EMAIL", "nobody"),
            ],
            "DEFAULT_FROM_EMAIL must be an address",
        ),
        (
            &[("EMAIL_BACKEND", "console"), ("ENVIRONMENT", "production")],
            "EMAIL_BACKEND must be smtp or blank",
        ),
        (
            &[
                ("EMAIL_HOST", "smtp.example.org"),
                ("EMAIL_HOST_USER", "plan@example.org"),
                ("EMAIL_HOST_PASSWORD", "open"),
            ],
            "EMAIL_HOST_PASSWORD would be readable",
        ),
        (
            &[("EXTRA_CA_FILE", "/nonexistent")],
            "EXTRA_CA_FILE: the file cannot be read",
        ),
    ] {
        let given: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let sources =
            ballast::config::Sources::read(std::path::Path::new("/nonexistent"), std::iter::empty(), &given);
        let faults = Config::from_sources(&sources).err().unwrap_or_default();
        assert!(faults.iter().any(|own| own.starts_with(fault)), "{faults:?}");
    }
}
