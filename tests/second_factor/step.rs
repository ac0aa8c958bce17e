//! The second step: taken up, passed, demanded and taken off.

use ballast::accounts::Access;
use reqwest::StatusCode;
use serde_json::json;

use crate::house::{Guest, House, NOW, PASSWORD, between};
use crate::second_factor::phone::{
    MINUTE, Phone, STEP, half_in, half_in_at, later, location, recovery_codes, second, take_up,
};

async fn read_form_key(guest: &mut Guest) {
    let page = guest.text("/account").await;
    guest.form_key = between(&page, "<meta name=\"csrf\" content=\"", "\"").unwrap();
}

#[tokio::test]
async fn whoever_takes_up_an_authenticator_signs_in_with_its_code_from_then_on() {
    let house = House::open().await;
    let other = house.guest_called(Access::Viewer, "Bo").await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, _) = take_up(&house, &bo).await;
    assert_eq!(
        bo.get("/schedule").await.status(),
        StatusCode::OK,
        "this session stays"
    );
    assert_eq!(
        other.get("/schedule").await.status(),
        StatusCode::SEE_OTHER,
        "a lesser one ends"
    );

    later(&house, STEP);
    let mut browser = half_in(&house, "bo@example.org").await;
    assert_eq!(
        browser.get("/schedule").await.status(),
        StatusCode::SEE_OTHER,
        "half in is not in"
    );
    assert_eq!(browser.get("/api/v1/me").await.status(), StatusCode::UNAUTHORIZED);
    let wrong = second(&browser, "000000").await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let right = second(&browser, &phone.code(house.app.clock.now())).await;
    assert_eq!(location(&right), "/people", "where they wanted to go");
    let step = browser.cookie.clone();
    browser.keep_cookie(&right);
    assert_ne!(browser.cookie, step);
    assert_eq!(browser.get("/schedule").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_code_is_good_one_step_around_now_and_only_once() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, _) = take_up(&house, &bo).await;
    later(&house, 10 * STEP);
    let now = house.app.clock.now();
    for (step, good) in [
        (-2, false),
        (-1, true),
        (-1, false),
        (0, true),
        (-1, false),
        (1, true),
        (0, false),
        (2, false),
    ] {
        let browser = half_in(&house, "bo@example.org").await;
        let answer = second(&browser, &phone.code(now + step * STEP)).await;
        assert_eq!(answer.status() == StatusCode::SEE_OTHER, good, "{step}");
    }
}

#[tokio::test]
async fn the_key_of_the_step_belongs_to_its_browser_lives_five_minutes_and_is_good_once() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, _) = take_up(&house, &bo).await;
    later(&house, STEP);
    let now = house.app.clock.now();
    let elsewhere = second(&house.stranger(), &phone.code(now)).await;
    assert_eq!(location(&elsewhere), "/auth/login");

    let late = half_in(&house, "bo@example.org").await;
    later(&house, 5 * MINUTE);
    assert_eq!(location(&late.get("/auth/second").await), "/auth/login");
    assert_eq!(
        location(&second(&late, &phone.code(now + 5 * MINUTE)).await),
        "/auth/login"
    );

    let once = half_in(&house, "bo@example.org").await;
    assert_eq!(
        location(&second(&once, &phone.code(now + 5 * MINUTE)).await),
        "/people"
    );
    later(&house, STEP);
    let again = second(&once, &phone.code(now + 5 * MINUTE + STEP)).await;
    assert_eq!(location(&again), "/auth/login");
}

#[tokio::test]
async fn taking_off_what_is_not_there_is_written_down_nowhere() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Without Any").await;
    bo.form("/account/second-step/remove", &[]).await;
    let log = house.witness.text();
    let own = |line: &&str| line.contains("without.any@example.org") && line.contains("taken off");
    assert_eq!(log.lines().find(own), None);
}

#[tokio::test]
async fn a_new_password_ends_what_is_half_in() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, _) = take_up(&house, &bo).await;
    later(&house, 10 * STEP);
    let stranger = half_in_at(&house, 9).await;
    let change = [
        ("password", PASSWORD),
        ("new-password", "a quite different sentence"),
    ];
    let changed = bo.form("/account/credentials", &change).await;
    assert_eq!(location(&changed), "/account?said=new-words");
    let code = phone.code(house.app.clock.now());
    assert_eq!(location(&second(&stranger, &code).await), "/auth/login");
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_new_ones_end_the_old() {
    let house = House::open().await;
    let mut bo = house.guest_called(Access::Viewer, "Bo").await;
    let (_, codes) = take_up(&house, &bo).await;
    assert!(bo.text("/account").await.contains("10 recovery codes are left"));
    let browser = half_in(&house, "bo@example.org").await;
    let typed = codes[0].to_uppercase().replace('-', " ");
    let answer = second(&browser, &typed).await;
    assert_eq!(location(&answer), "/people");
    bo.keep_cookie(&answer);
    read_form_key(&mut bo).await;
    assert!(bo.text("/account").await.contains("9 recovery codes are left"));
    let browser = half_in(&house, "bo@example.org").await;
    let again = second(&browser, &codes[0]).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);

    let renewed = bo
        .form("/account/recovery-codes", &[])
        .await
        .text()
        .await
        .unwrap();
    let renewed = recovery_codes(&renewed);
    assert!(renewed.iter().all(|code| !codes.contains(code)));
    assert_eq!(
        second(&browser, &codes[1]).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(location(&second(&browser, &renewed[9]).await), "/people");
}

#[tokio::test]
async fn what_is_demanded_is_set_up_before_anything_opens() {
    let house = House::open().await;
    let mut admin = house.admin().await;
    let manager = house.manager().await;
    let viewer = house.guest(Access::Viewer).await;
    let demand = [("demand", "managers")];
    let early = admin.form("/settings/sign-in", &demand).await;
    assert_eq!(
        early.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "nobody locks themselves out"
    );
    take_up(&house, &admin).await;
    assert_eq!(
        admin.form("/settings/sign-in", &demand).await.status(),
        StatusCode::SEE_OTHER
    );
    read_form_key(&mut admin).await;
    assert!(
        admin
            .text("/settings/sign-in")
            .await
            .contains("at the next sign-in")
    );
    assert_eq!(
        manager.get("/schedule").await.status(),
        StatusCode::SEE_OTHER,
        "began without"
    );
    assert_eq!(
        viewer.get("/schedule").await.status(),
        StatusCode::OK,
        "is not asked"
    );

    let mut browser = half_in(&house, "manager@example.org").await;
    let page = browser.text("/auth/second").await;
    assert!(page.contains("Set up your second step") && page.contains("<svg class=\"qr\""));
    assert_eq!(browser.get("/").await.status(), StatusCode::SEE_OTHER);
    let phone = Phone::of(&page);
    assert!(browser.text("/auth/second").await.contains("Confirm and sign in"));
    assert_eq!(
        second(&browser, "123456").await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let done = second(&browser, &phone.code(house.app.clock.now())).await;
    assert_eq!(done.status(), StatusCode::OK);
    browser.keep_cookie(&done);
    let page = done.text().await.unwrap();
    assert_eq!(recovery_codes(&page).len(), 10);
    assert!(page.contains("href=\"/people\""));
    assert_eq!(browser.get("/schedule").await.status(), StatusCode::OK);
    read_form_key(&mut browser).await;
    let off = browser.form("/account/second-step/remove", &[]).await;
    assert_eq!(off.status(), StatusCode::CONFLICT, "it is demanded");
}

#[tokio::test]
async fn whoever_knows_only_the_first_proof_never_sees_the_key_that_another_browser_takes_up() {
    let house = House::open().await;
    let admin = house.admin().await;
    take_up(&house, &admin).await;
    house.manager().await;
    admin.form("/settings/sign-in", &[("demand", "everybody")]).await;
    let own = half_in(&house, "manager@example.org").await;
    let thief = half_in(&house, "manager@example.org").await;
    let phone = Phone::of(&own.text("/auth/second").await);
    let stolen = Phone::of(&thief.text("/auth/second").await);
    let now = house.app.clock.now();
    assert_ne!(phone.code(now), stolen.code(now));
    assert_eq!(second(&own, &phone.code(now)).await.status(), StatusCode::OK);
    let late = second(&thief, &stolen.code(now)).await;
    assert_eq!(location(&late), "/auth/login", "nor writes it over");
}

#[tokio::test]
async fn taking_it_off_asks_for_a_proof_of_this_moment() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, _) = take_up(&house, &bo).await;
    later(&house, 11 * MINUTE);
    for path in ["/account/second-step/remove", "/account/recovery-codes"] {
        let asked = bo.form(path, &[]).await;
        assert_eq!(location(&asked), "/account/confirm?next=%2Faccount", "{path}");
    }
    let with = |field, value| [("next", "/account"), (field, value)];
    let first_alone = bo.form("/account/confirm", &with("password", PASSWORD)).await;
    let back = location(&first_alone);
    assert_eq!(
        back, "/account/confirm?next=%2Faccount&was=wrong",
        "the first proof is not enough"
    );
    // Loading the page again sends nothing again, and a recovery code has a field of its own.
    for _ in 0..6 {
        let page = bo.text(&back).await;
        assert!(
            page.contains("is not right") && page.contains("code-boxes"),
            "{page}"
        );
        assert!(page.contains("Use a recovery code"), "{page}");
    }
    let code = phone.code(house.app.clock.now());
    let proven = bo.form("/account/confirm", &with("code", &code)).await;
    assert_eq!(location(&proven), "/account");
    let off = bo.form("/account/second-step/remove", &[]).await;
    assert_eq!(location(&off), "/account?said=authenticator-off#second-step");
    let fields = [("email", "bo@example.org"), ("password", PASSWORD)];
    let straight = house.stranger().form("/auth/login", &fields).await;
    assert_eq!(location(&straight), "/");
}

#[tokio::test]
async fn an_administrator_takes_it_off_for_somebody_who_lost_it() {
    let house = House::open().await;
    let admin = house.admin().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    take_up(&house, &bo).await;
    let id = bo.json("/api/v1/me").await["id"].clone();
    let own = admin.json("/api/v1/me").await["id"].clone();
    let path = |id: &serde_json::Value| format!("/settings/sign-in/{id}/reset");
    assert_eq!(bo.form(&path(&id), &[]).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(admin.form(&path(&own), &[]).await.status(), StatusCode::CONFLICT);
    assert!(admin.text("/settings/sign-in").await.contains(&path(&id)));
    let reset = admin.form(&path(&id), &[]).await;
    assert_eq!(location(&reset), "/settings/sign-in?said=second-step-off");
    assert_eq!(bo.get("/schedule").await.status(), StatusCode::SEE_OTHER);
    let fields = [("email", "bo@example.org"), ("password", PASSWORD)];
    assert_eq!(
        location(&house.stranger().form("/auth/login", &fields).await),
        "/"
    );
    let rows = house.app.db.read(|tx| {
        tx.query(
            "select actor, about from audit where what = 'second step reset'",
            &[],
            |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)),
        )
    });
    let expected = ("admin@example.org".to_owned(), "bo@example.org".to_owned());
    assert_eq!(rows.await.unwrap(), [expected]);
}

#[tokio::test]
async fn a_program_that_signs_in_with_a_password_brings_the_code_along() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, _) = take_up(&house, &bo).await;
    later(&house, STEP);
    let program = house.stranger();
    let mut shown = json!({ "email": "bo@example.org", "password": PASSWORD });
    let alone = program.post("/api/v1/token", &shown).await;
    assert_eq!(alone.status(), StatusCode::UNAUTHORIZED);
    assert!(alone.text().await.unwrap().contains("second-factor-needed"));
    shown["code"] = json!("000000");
    let wrong = program.post("/api/v1/token", &shown).await;
    assert!(wrong.text().await.unwrap().contains("second-factor-refused"));
    shown["code"] = json!(phone.code(house.app.clock.now()));
    assert_eq!(
        program.post("/api/v1/token", &shown).await.status(),
        StatusCode::OK
    );
    let again = program.post("/api/v1/token", &shown).await;
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED, "each code is good once");
}

#[tokio::test]
async fn signing_in_by_graphql_brings_the_code_along_too() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let (phone, _) = take_up(&house, &bo).await;
    later(&house, STEP);
    let program = house.stranger();
    let login = async |code: &str| -> serde_json::Value {
        let query = "mutation ($p: String!, $c: String) { login(email: \"bo@example.org\", password: $p, code: $c) { accessToken } }";
        let asked = json!({ "query": query, "variables": { "p": PASSWORD, "c": code } });
        program.post("/graphql", &asked).await.json().await.unwrap()
    };
    for wrong in ["", "000000"] {
        let told = login(wrong).await;
        assert!(
            told["errors"][0]["message"].is_string() && told["data"].is_null(),
            "{told}"
        );
    }
    let right = login(&phone.code(house.app.clock.now())).await;
    assert!(right["data"]["login"]["accessToken"].is_string());
}

#[tokio::test]
async fn neither_the_key_nor_a_recovery_code_is_found_in_the_file() {
    let house = House::open().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    bo.form("/account/second-step", &[]).await;
    let page = bo.text("/account/second-step").await;
    let phone = Phone::of(&page);
    let code = phone.code(NOW);
    let done = bo.form("/account/second-step/confirm", &[("code", &code)]).await;
    let codes = recovery_codes(&done.text().await.unwrap());
    let copy = house.copy();
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(copy.path()).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |wanted: &[u8]| bytes.windows(wanted.len()).any(|part| part == wanted);
    assert!(holds(b"bo@example.org"), "the file is the right one");
    assert!(!holds(phone.0.secret().as_ref()));
    assert!(!holds(phone.0.secret().to_base32().as_bytes()));
    for code in codes {
        assert!(!holds(code.as_bytes()) && !holds(code.replace('-', "").as_bytes()));
    }
}
