//! Accounts, changed by administrators.

#[cfg(test)]
mod house;

use ballast::accounts::Access;
use house::{Guest, House, PASSWORD};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The account of somebody, as administrators see it.
#[cfg(test)]
async fn account_of(admin: &Guest, name: &str) -> Value {
    let all = admin.json("/api/v1/accounts").await;
    let mut accounts = all.as_array().unwrap().iter();
    accounts.find(|one| one["name"] == name).unwrap().clone()
}

#[cfg(test)]
async fn change_account(admin: &Guest, account: &Value, change: &Value) -> StatusCode {
    let path = format!("/api/v1/accounts/{}", account["id"]);
    admin.send(Method::PATCH, &path, change).await.status()
}

#[cfg(test)]
async fn sign_in(house: &House, email: &str, password: &str) -> StatusCode {
    let fields = [("email", email), ("password", password)];
    house.stranger().form("/auth/login", &fields).await.status()
}

#[tokio::test]
async fn a_program_changes_those_fields_of_an_account_that_it_sends() {
    let house = House::open().await;
    let admin = house.admin().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let account = account_of(&admin, "Bo").await;
    let done = StatusCode::NO_CONTENT;

    let change = json!({ "name": "Bo Lind", "email": " Bo.Lind@Example.ORG " });
    assert_eq!(change_account(&admin, &account, &change).await, done);
    let named = account_of(&admin, "Bo Lind").await;
    assert_eq!(
        (&named["email"], &named["access"], &named["active"]),
        (&json!("bo.lind@example.org"), &json!("viewer"), &json!(true))
    );
    assert_eq!(
        bo.get("/api/v1/me").await.status(),
        StatusCode::OK,
        "a name ends no session"
    );

    let change = json!({ "access": "member" });
    assert_eq!(change_account(&admin, &account, &change).await, done);
    let risen = account_of(&admin, "Bo Lind").await;
    assert_eq!(
        (&risen["access"], &risen["active"]),
        (&json!("member"), &json!(true))
    );
    assert_eq!(
        bo.get("/api/v1/me").await.status(),
        StatusCode::UNAUTHORIZED,
        "another level does"
    );

    let change = json!({ "active": false });
    assert_eq!(change_account(&admin, &account, &change).await, done);
    let off = account_of(&admin, "Bo Lind").await;
    assert_eq!(
        (&off["access"], &off["active"]),
        (&json!("member"), &json!(false))
    );
    let nobody = json!({ "id": 999 });
    assert_eq!(
        change_account(&admin, &nobody, &json!({})).await,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_its_account_and_is_a_good_one() {
    let house = House::open().await;
    let admin = house.admin().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let account = account_of(&admin, "Bo").await;
    for weak in ["short", "", "password1234"] {
        let change = json!({ "new-password": weak });
        assert_eq!(
            change_account(&admin, &account, &change).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{weak}"
        );
    }
    assert_eq!(bo.get("/api/v1/me").await.status(), StatusCode::OK);
    let change = json!({ "new-password": "seven green lanterns" });
    assert_eq!(
        change_account(&admin, &account, &change).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(bo.get("/api/v1/me").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        admin.get("/api/v1/me").await.status(),
        StatusCode::OK,
        "only that account's"
    );
    let email = account["email"].as_str().unwrap();
    assert_eq!(
        sign_in(&house, email, PASSWORD).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        sign_in(&house, email, "seven green lanterns").await,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn an_account_is_not_changed_into_one_that_cannot_be() {
    let house = House::open().await;
    let admin = house.admin().await;
    house.guest_called(Access::Viewer, "Bo").await;
    let (own, account) = (account_of(&admin, "admin").await, account_of(&admin, "Bo").await);
    for wrong in [
        json!({ "email": own["email"].as_str().unwrap().to_uppercase() }),
        json!({ "email": "nobody" }),
        json!({ "name": " " }),
        json!({ "access": "king" }),
        json!({ "active": "perhaps" }),
    ] {
        assert_eq!(
            change_account(&admin, &account, &wrong).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}"
        );
    }
    assert_eq!(account_of(&admin, "Bo").await, account);
    for last in [json!({ "active": false }), json!({ "access": "manager" })] {
        assert_eq!(
            change_account(&admin, &own, &last).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{last}"
        );
    }
    let renamed = json!({ "name": "Ada", "email": own["email"] });
    assert_eq!(
        change_account(&admin, &own, &renamed).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(admin.json("/api/v1/me").await["name"], "Ada");
}

#[tokio::test]
async fn a_box_that_is_not_ticked_in_the_form_switches_an_account_off() {
    let house = House::open().await;
    let admin = house.admin().await;
    house.guest_called(Access::Viewer, "Bo").await;
    let account = account_of(&admin, "Bo").await;
    let path = format!("/accounts/{}", account["id"]);
    for (fields, active) in [
        (vec![("access", "viewer")], false),
        (vec![("access", "viewer"), ("active", "on")], true),
    ] {
        assert_eq!(admin.form(&path, &fields).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(account_of(&admin, "Bo").await["active"], active);
    }
}
