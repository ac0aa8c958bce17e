//! Accounts, changed by administrators.

use crate::house::{Guest, House, PASSWORD};
use ballast::accounts::Access;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
#[cfg(test)]
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

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

#[tokio::test]
async fn a_change_in_view_of_an_older_version_is_refused_with_the_newer_one() {
    let house = House::open().await;
    let admin = house.admin().await;
    house.guest_called(Access::Viewer, "Bo").await;
    let account = account_of(&admin, "Bo").await;
    let path = format!("/api/v1/accounts/{}", account["id"]);
    let read = admin.get(&path).await;
    let seen = read.headers()["etag"].clone();
    assert_eq!(read.json::<Value>().await.unwrap(), without_last_seen(&account));
    let again = admin
        .request(Method::GET, &path)
        .header("If-None-Match", &seen)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let change = async |name: &str| {
        let request = admin.request(Method::PATCH, &path).header("If-Match", &seen);
        request.json(&json!({ "name": name })).send().await.unwrap()
    };
    let first = change("Bo Lind").await;
    assert_eq!(first.status(), StatusCode::NO_CONTENT);
    assert_ne!(first.headers()["etag"], seen);
    let second = change("Bo Lund").await;
    assert_eq!(second.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(
        second.json::<Value>().await.unwrap()["current"]["name"],
        "Bo Lind"
    );
}

/// The list also says when somebody was last here, which is no part of the account.
#[cfg(test)]
fn without_last_seen(account: &Value) -> Value {
    let mut account = account.clone();
    account.as_object_mut().unwrap().remove("lastSeenAt");
    account
}

#[tokio::test]
async fn of_two_administrators_who_demote_each_other_at_once_one_remains() {
    for _ in 0..8 {
        let house = House::open().await;
        let ada = house.guest_called(Access::Admin, "Ada").await;
        let cy = house.guest_called(Access::Admin, "Cy").await;
        let (adas, cys) = (account_of(&ada, "Ada").await, account_of(&cy, "Cy").await);
        let demoted = json!({ "access": "viewer" });
        let (one, other) = tokio::join!(
            change_account(&ada, &cys, &demoted),
            change_account(&cy, &adas, &demoted)
        );
        let done = [one, other]
            .iter()
            .filter(|status| **status == StatusCode::NO_CONTENT)
            .count();
        assert_eq!(done, 1, "{one} {other}");
    }
}

/// Sends a form of which the body waits: `between` happens after somebody was let through to where it is read.
#[cfg(test)]
async fn send_slowly(
    house: &House,
    guest: &Guest,
    path: &str,
    fields: &str,
    between: impl Future<Output = ()>,
) -> String {
    let host = house.address.strip_prefix("http://").unwrap();
    let mut line = tokio::net::TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\
         Expect: 100-continue\r\nConnection: close\r\n\r\n",
        guest.cookie.as_deref().unwrap()
    );
    line.write_all(head.as_bytes()).await.unwrap();
    // The server says so when the body is first asked for, which is after the door.
    let mut told = vec![0; 25];
    line.read_exact(&mut told).await.unwrap();
    assert_eq!(told, b"HTTP/1.1 100 Continue\r\n\r\n", "{path}");
    between.await;
    let body = format!("csrf={}&{fields}", guest.form_key);
    let body = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    line.write_all(body.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn whoever_administers_no_more_when_it_is_their_turn_to_write_changes_nothing() {
    let house = House::open().await;
    let admin = house.guest_called(Access::Admin, "Ada").await;
    house.guest_called(Access::Admin, "Cy").await;
    house.guest_called(Access::Viewer, "Bo").await;
    let (ada, bo) = (account_of(&admin, "Ada").await, account_of(&admin, "Bo").await);
    let (own, his) = (ada["id"].as_i64().unwrap(), bo["id"].as_i64().unwrap());
    let level = |access: &'static str| {
        let gesture = ballast::db::Gesture {
            actor: ballast::db::Actor::program(),
            label: "set a level".to_owned(),
            at: crate::house::NOW,
        };
        // As it is kept, without what else a change of it does: the session goes on.
        let write = house.app.db.write(gesture, move |tx| {
            let sql = "update account set access = ?1 where id = ?2";
            tx.execute(sql, &[access.into(), own.into()])
        });
        async move { assert_eq!(write.await.unwrap().value, 1) }
    };
    let before = house
        .app
        .db
        .read(|tx| tx.query("select id from audit", &[], |row| row.get::<i64>(0)));
    let before = before.await.unwrap().len();
    for (path, fields) in [
        (
            "/accounts".to_owned(),
            "name=New&email=new%40example.org&access=admin&new-password=correct+horse+battery",
        ),
        (
            format!("/accounts/{his}"),
            "name=Bo&email=bo%40example.org&access=admin&active=on",
        ),
        (format!("/accounts/{his}/end-sessions"), ""),
        (format!("/accounts/{his}/impersonate"), ""),
        (format!("/accounts/{his}/departments"), ""),
        (format!("/accounts/{his}/reset-link"), ""),
        (format!("/accounts/{his}/reset-second-step"), ""),
        (
            "/accounts/invitations".to_owned(),
            "name=New&email=new%40example.org&access=admin",
        ),
    ] {
        let answer = send_slowly(&house, &admin, &path, fields, level("viewer")).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{path}: {answer}");
        assert!(answer.contains("may not do this any more"), "{path}: {answer}");
        level("admin").await;
    }
    let after = house
        .app
        .db
        .read(|tx| tx.query("select id from audit", &[], |row| row.get::<i64>(0)));
    assert_eq!(
        after.await.unwrap().len(),
        before,
        "nothing happened that would be written down"
    );
    let bo_now = account_of(&admin, "Bo").await;
    assert_eq!(bo_now["access"], "viewer");
}

#[tokio::test]
async fn a_manager_makes_no_managers_and_raises_nobody_themselves_least() {
    let house = House::open().await;
    let admin = house.admin().await;
    let manager = house.manager().await;
    house.guest_called(Access::Viewer, "Bo").await;
    let (own, bo) = (
        account_of(&admin, "manager").await,
        account_of(&admin, "Bo").await,
    );
    let refused = StatusCode::FORBIDDEN;
    for account in [&own, &bo] {
        for access in ["manager", "admin"] {
            let change = json!({ "access": access });
            assert_eq!(change_account(&manager, account, &change).await, refused);
            let path = format!("/accounts/{}", account["id"]);
            let fields = [("access", access), ("active", "on")];
            assert_eq!(manager.form(&path, &fields).await.status(), refused);
        }
    }
    let new = json!({ "email": "cy@example.org", "access": "manager", "new-password": PASSWORD });
    for path in ["/api/v1/accounts", "/api/v1/invitations"] {
        assert_eq!(manager.post(path, &new).await.status(), refused, "{path}");
    }
    for path in ["/accounts", "/accounts/invitations"] {
        let fields = [
            ("email", "cy@example.org"),
            ("access", "manager"),
            ("new-password", PASSWORD),
        ];
        assert_eq!(manager.form(path, &fields).await.status(), refused, "{path}");
    }
    assert_eq!(account_of(&admin, "manager").await["access"], "manager");
    assert_eq!(account_of(&admin, "Bo").await["access"], "viewer");
    assert_eq!(admin.json("/api/v1/accounts").await.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_person_is_linked_to_one_account_at_most() {
    let house = House::open().await;
    let seed = house.seed().await;
    let admin = house.admin().await;
    house.guest_called(Access::Viewer, "Bo").await;
    house.guest_called(Access::Viewer, "Cy").await;
    let (bo, cy) = (account_of(&admin, "Bo").await, account_of(&admin, "Cy").await);
    let link = json!({ "person": seed.bo });
    assert_eq!(change_account(&admin, &bo, &link).await, StatusCode::NO_CONTENT);
    assert_eq!(account_of(&admin, "Bo").await["person"], seed.bo);
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    assert_eq!(change_account(&admin, &cy, &link).await, refused);
    assert_eq!(
        change_account(&admin, &cy, &json!({ "person": 987_654 })).await,
        refused
    );
    let nobody = json!({ "person": null });
    assert_eq!(change_account(&admin, &bo, &nobody).await, StatusCode::NO_CONTENT);
    assert_eq!(change_account(&admin, &cy, &link).await, StatusCode::NO_CONTENT);
    let page = admin.text("/accounts").await;
    assert!(page.contains("Bo Lindqvist"), "the list names the person");
}

#[tokio::test]
async fn the_list_is_searched_and_narrowed_down() {
    let house = House::open().await;
    let admin = house.admin().await;
    house.guest_called(Access::Viewer, "Bo Lind").await;
    let new = json!({ "email": "new@example.org", "name": "Nia New", "access": "member", "new-password": PASSWORD });
    assert_eq!(
        admin.post("/api/v1/accounts", &new).await.status(),
        StatusCode::CREATED
    );
    let nia = account_of(&admin, "Nia New").await;
    assert_eq!(nia["lastSeenAt"], Value::Null);
    assert_eq!(
        account_of(&admin, "Bo Lind").await["lastSeenAt"],
        crate::house::NOW
    );
    for (query, bo, new) in [
        ("", true, true),
        ("?q=lind", true, false),
        ("?access=member", false, true),
        ("?show=never", false, true),
        ("?show=off", false, false),
        ("?q=nobody+at+all", false, false),
    ] {
        let page = admin.text(&format!("/accounts{query}")).await;
        assert_eq!(page.contains(">Bo Lind</a>"), bo, "{query}");
        assert_eq!(page.contains(">Nia New</a>"), new, "{query}");
    }
}

#[tokio::test]
async fn the_page_of_an_account_changes_it_and_keeps_what_was_typed_when_it_may_not() {
    let house = House::open().await;
    let seed = house.seed().await;
    let admin = house.admin().await;
    let bo = house.guest_called(Access::Viewer, "Bo").await;
    let account = account_of(&admin, "Bo").await;
    let path = format!("/accounts/{}", account["id"]);
    let person = seed.ada.to_string();
    let fields = |email: &'static str| {
        vec![
            ("name", "Bo Lind"),
            ("email", email),
            ("access", "viewer"),
            ("active", "on"),
        ]
    };
    let mut good = fields("Bo.Lind@example.org");
    good.push(("person", &person));
    assert_eq!(admin.form(&path, &good).await.status(), StatusCode::SEE_OTHER);
    let changed = account_of(&admin, "Bo Lind").await;
    assert_eq!(changed["email"], "bo.lind@example.org");
    assert_eq!(changed["person"], seed.ada);
    assert_eq!(bo.get("/api/v1/me").await.status(), StatusCode::OK);
    let bad = admin.form(&path, &fields("admin@example.org")).await;
    assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let text = bad.text().await.unwrap();
    assert!(text.contains("value=\"admin@example.org\"") && text.contains("belongs to another account"));
    let ended = admin.form(&format!("{path}/end-sessions"), &[]).await;
    assert_eq!(ended.status(), StatusCode::SEE_OTHER);
    assert_eq!(bo.get("/api/v1/me").await.status(), StatusCode::UNAUTHORIZED);
    let page = admin.text(&path).await;
    assert!(page.contains("Sessions ended") || page.contains("signed in") || page.contains("Signed in"));
}

#[tokio::test]
async fn what_was_done_is_said_and_what_cannot_be_taken_back_is_asked_first() {
    let house = House::open().await;
    let admin = house.admin().await;
    house.guest_called(Access::Viewer, "Bo").await;
    let bo = account_of(&admin, "Bo").await;
    let path = format!("/accounts/{}", bo["id"]);
    let page = admin.text(&path).await;
    // The form stands in what is opened first, so that the question comes without a script too.
    let asked = page.split("<details class=\"sure\">").nth(1).unwrap();
    assert!(asked.contains(&format!("action=\"{path}/end-sessions\"")));
    let (name, email) = (bo["name"].as_str().unwrap(), bo["email"].as_str().unwrap());
    let kept = [
        ("name", name),
        ("email", email),
        ("access", "viewer"),
        ("person", ""),
        ("active", "on"),
    ];
    let mut other = kept;
    other[0].1 = "Bo the Second";
    for (act, fields, said, words) in [
        (
            "/end-sessions",
            &[][..],
            "sessions-ended",
            "All their sessions have ended.",
        ),
        ("", &kept[..], "unchanged", "nothing was changed"),
        ("", &other[..], "saved", "Saved."),
    ] {
        let done = admin.form(&format!("{path}{act}"), fields).await;
        let place = done.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(place, format!("{path}?said={said}"));
        let page = admin.text(&place).await;
        let toast = page.split("id=\"status\"").nth(1).unwrap();
        assert!(toast.contains(words), "{said}: {toast}");
    }
    let forged = admin.text(&format!("{path}?said=You+won")).await;
    assert!(
        !forged.contains("You won"),
        "no link makes a page say something else"
    );
    let audit = admin.text("/accounts/audit?what=account+changed").await;
    assert_eq!(
        audit.matches(", another name").count(),
        1,
        "a change that was none is not written down: {audit}"
    );
    assert_eq!(audit.matches("Account changed</span>").count(), 1);
}
