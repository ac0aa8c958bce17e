//! The door of the administration.

use reqwest::StatusCode;

use crate::house::{House, PASSWORD};
use crate::sign_in::visitor::{Browser, MINA, digits, house_with_mina, later, letters};

#[tokio::test]
async fn administration_asks_again_and_not_for_long() {
    let house = House::open().await;
    house.admin().await;
    let email = "admin@example.org";
    let mut browser = Browser::new(&house);
    browser.type_password(email, PASSWORD).await;
    assert_eq!(browser.get("/settings").await.status(), StatusCode::OK);
    let before = browser.cookies.clone();

    let page = browser.get("/accounts").await;
    assert_eq!(page.status(), StatusCode::SEE_OTHER);
    assert_eq!(page.headers()["location"], "/admin/login?next=%2Faccounts");
    let json = browser.get("/api/v1/accounts").await;
    assert_eq!(json.status(), StatusCode::FORBIDDEN);
    assert!(json.text().await.unwrap().contains("Prove at /admin/login"));
    assert_eq!(
        browser.post("/accounts", &[]).await.status(),
        StatusCode::FORBIDDEN
    );

    let page = browser.get("/admin/login?next=%2Faccounts").await;
    assert!(page.text().await.unwrap().contains("Prove that it is you"));
    let fields = [("email", email), ("password", PASSWORD), ("next", "/accounts")];
    let proven = browser.post("/admin/login", &fields).await;
    assert_eq!(proven.headers()["location"], "/accounts");
    assert_eq!(browser.get("/accounts").await.status(), StatusCode::OK);
    let (name, old) = ("__Host-ballast", before["__Host-ballast"].clone());
    assert_ne!(browser.cookies[name], old);
    let mut earlier = Browser::new(&house);
    earlier.cookies.insert(name.to_owned(), old);
    assert!(!earlier.is_in().await, "the session before is over");

    later(&house, 1_799);
    assert_eq!(browser.get("/accounts").await.status(), StatusCode::OK);
    later(&house, 2);
    assert_eq!(browser.get("/accounts").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        browser.get("/settings").await.status(),
        StatusCode::OK,
        "the rest goes on"
    );
    let stranger = Browser::new(&house).get("/accounts").await;
    assert_eq!(stranger.headers()["location"], "/admin/login?next=%2Faccounts");
}

#[tokio::test]
async fn the_door_of_the_administration_lets_in_administrators_only_by_code_too() {
    let house = house_with_mina(&[]).await;
    house.admin().await;
    let mut browser = Browser::new(&house);
    let mina = [("email", MINA), ("password", PASSWORD)];
    // Only whoever knows the password is told which door it opens.
    let told = browser.post("/admin/login", &mina).await;
    assert_eq!(told.status(), StatusCode::FORBIDDEN);
    let page = told.text().await.unwrap();
    assert!(page.contains("<title>Administration"), "{page}");
    assert!(page.contains("This door is for administrators"), "{page}");
    assert!(!browser.is_in().await);
    browser.post("/admin/login", &[("email", MINA)]).await;
    assert_eq!(letters(&house), 0);

    let email = "admin@example.org";
    let mut browser = Browser::new(&house);
    browser.type_address(email).await;
    let code = digits(&house, email);
    // What was begun at one door is not finished at the other.
    let crossed = browser.post("/admin/login/code", &[("code", &code)]).await;
    assert_eq!(crossed.headers()["location"], "/admin/login");
    let step = browser.cookies["__Host-ballast-step"].clone();
    browser
        .cookies
        .insert("__Host-ballast-admin-step".to_owned(), step);
    let crossed = browser.post("/admin/login/code", &[("code", &code)]).await;
    assert_eq!(crossed.headers()["location"], "/admin/login");

    later(&house, 30);
    let asked = browser.post("/admin/login", &[("email", email)]).await;
    assert_eq!(asked.headers()["location"], "/admin/login/code");
    let code = digits(&house, email);
    let proven = browser.post("/admin/login/code", &[("code", &code)]).await;
    assert_eq!(proven.headers()["location"], "/accounts");
    assert_eq!(browser.get("/accounts").await.status(), StatusCode::OK);
}
