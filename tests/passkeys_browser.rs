//! Passkeys in a real browser with an authenticator of its own, which signs as a phone would.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
mod passkeys {
    use crate::browser::driver::{Browser, Scheme};
    use crate::browser::hand::{run, until};
    use crate::house::{Guest, House, NOW, PASSWORD, between};
    use ballast::accounts::Access;
    use fantoccini::{Client, Locator};
    use reqwest::StatusCode;
    use serde_json::{Value, json};

    /// A house that is reached by the name `localhost`, which browsers keep passkeys for.
    async fn open() -> (House, String) {
        let house = House::open_with(&[("PUBLIC_URL", "http://localhost")]).await;
        let address = house.address.replace("127.0.0.1", "localhost");
        (house, address)
    }

    /// Gives the browser a phone that knows its owner; its id.
    async fn phone(browser: &Browser) -> Value {
        browser.devtools("WebAuthn.enable", json!({})).await;
        let options = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true,
        });
        let added = browser.devtools("WebAuthn.addVirtualAuthenticator", json!({ "options": options }));
        added.await["authenticatorId"].clone()
    }

    async fn click(page: &Client, element: &str) {
        page.find(Locator::Css(element))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
    }

    async fn type_into(page: &Client, element: &str, text: &str) {
        page.find(Locator::Css(element))
            .await
            .unwrap()
            .send_keys(text)
            .await
            .unwrap();
    }

    /// Hands the session of a guest to the browser.
    async fn come_in(browser: &Browser, address: &str, guest: &Guest) {
        let (name, value) = guest.cookie.as_ref().unwrap().split_once('=').unwrap();
        let cookie = json!({ "name": name, "value": value, "url": address, "secure": true, "path": "/" });
        browser.devtools("Network.setCookie", cookie).await;
        let page = &browser.client;
        page.goto(&format!("{address}/account")).await.unwrap();
        until(page, "document.querySelector('#passkeys')").await;
    }

    async fn add(page: &Client, name: &str) {
        type_into(page, "[data-passkey=make] input", name).await;
        click(page, "[data-passkey=make] button").await;
        let made = format!("document.querySelector('#passkeys table')?.textContent.includes('{name}')");
        until(page, &made).await;
    }

    async fn sign_out(page: &Client, address: &str) {
        page.delete_all_cookies().await.unwrap();
        page.goto(&format!("{address}/auth/login?next=%2Faccount"))
            .await
            .unwrap();
        until(
            page,
            "document.querySelector('[data-passkey=show] button')?.checkVisibility()",
        )
        .await;
    }

    const USE: &str = "[data-passkey=show] button";
    const IN: &str = "document.querySelector('.rail')";
    const REFUSED: &str = "document.querySelector('[data-passkey] .error:not([hidden])')";

    #[tokio::test]
    async fn a_passkey_is_made_signs_in_by_itself_and_is_removed() {
        let (house, address) = open().await;
        let Some(browser) = Browser::start().await else {
            return;
        };
        let page = &browser.client;
        let phone = phone(&browser).await;
        let mina = house.guest_called(Access::Manager, "Mina Park").await;
        come_in(&browser, &address, &mina).await;
        add(page, "Work phone").await;

        // Nobody types who they are, and no second step is owed.
        sign_out(page, &address).await;
        click(page, USE).await;
        until(page, IN).await;
        assert_eq!(run(page, "return location.pathname").await, "/account");
        let told = run(page, "return document.querySelector('#passkeys table').innerText").await;
        assert!(told.as_str().unwrap().contains("just now"), "{told}");
        let sessions = run(page, "return document.querySelector('#sessions table').innerText").await;
        assert!(sessions.as_str().unwrap().contains("passkey"), "{sessions}");

        // The same device is not asked to make a second one.
        type_into(page, "[data-passkey=make] input", "Again").await;
        click(page, "[data-passkey=make] button").await;
        until(page, REFUSED).await;

        // What was signed once opens nothing again.
        sign_out(page, &address).await;
        let spy = "const real = window.fetch; window.fetch = (url, options) => { \
            if (String(url).includes('finish')) sessionStorage.sent = options.body; return real(url, options); };";
        run(page, spy).await;
        click(page, USE).await;
        until(page, IN).await;
        let again = "const done = arguments[0]; fetch('/auth/passkey/finish', { method: 'POST', \
            headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, \
            body: sessionStorage.sent }).then((answer) => done(answer.status));";
        assert_eq!(page.execute_async(again, vec![]).await.unwrap(), 403);

        // An authenticator that does not verify who holds it, and one whose counter stands still.
        sign_out(page, &address).await;
        let verified = |is: bool| json!({ "authenticatorId": phone, "isUserVerified": is });
        browser
            .devtools("WebAuthn.setUserVerified", verified(false))
            .await;
        click(page, USE).await;
        until(page, REFUSED).await;
        browser.devtools("WebAuthn.setUserVerified", verified(true)).await;
        let held = json!({ "authenticatorId": phone });
        let kept = browser.devtools("WebAuthn.getCredentials", held.clone()).await;
        let mut copied = kept["credentials"][0].clone();
        assert!(copied["signCount"].as_i64().unwrap() > 2, "{copied}");
        browser.devtools("WebAuthn.clearCredentials", held).await;
        copied["signCount"] = json!(0);
        let copy = json!({ "authenticatorId": phone, "credential": copied });
        browser.devtools("WebAuthn.addCredential", copy).await;
        click(page, USE).await;
        until(
            page,
            "document.querySelector('[data-passkey] .error').textContent.includes('opens nothing here')",
        )
        .await;
        assert!(run(page, "return !document.querySelector('.rail')").await == json!(true));

        // The owner removes it from another session.
        let list = mina.text("/account").await;
        let path = between(&list, "action=\"/account/passkeys/", "\"").unwrap();
        let removed = mina.form(&format!("/account/passkeys/{path}"), &[]).await;
        assert_eq!(removed.status(), StatusCode::SEE_OTHER);
        assert!(mina.text("/account").await.contains("You have none yet"));
        click(page, USE).await;
        until(page, REFUSED).await;
        let console = browser.console().await;
        assert!(console.iter().all(|line| line.contains("403")), "{console:?}");
    }

    #[tokio::test]
    async fn a_passkey_opens_nothing_to_an_address_outside_of_the_allowed_domains() {
        let settings = [
            ("PUBLIC_URL", "http://localhost"),
            ("ORG_ALLOWED_EMAIL_DOMAIN", "example.org"),
        ];
        let house = House::open_with(&settings).await;
        let address = house.address.replace("127.0.0.1", "localhost");
        let Some(browser) = Browser::start().await else {
            return;
        };
        let page = &browser.client;
        phone(&browser).await;
        let admin = house.admin().await;
        let mina = house.guest_called(Access::Manager, "Mina Park").await;
        come_in(&browser, &address, &mina).await;
        add(page, "Work phone").await;
        let me = mina.json("/api/v1/me").await;
        let account = format!("/api/v1/accounts/{}", me["id"]);
        let refused = "document.querySelector('[data-passkey] .error:not([hidden])')?.textContent.includes('opens nothing here')";
        for (email, comes_in) in [
            ("mina@example.org.evil.io", false),
            ("mina@sub.example.org", false),
            ("mina@example.org", true),
        ] {
            let change = json!({ "email": email });
            let changed = admin.send(reqwest::Method::PATCH, &account, &change).await;
            assert!(changed.status().is_success(), "{}", changed.text().await.unwrap());
            sign_out(page, &address).await;
            click(page, USE).await;
            until(page, if comes_in { IN } else { refused }).await;
        }
    }

    #[tokio::test]
    async fn a_passkey_is_the_second_step_of_whoever_has_nothing_else_and_proves_again() {
        let (house, address) = open().await;
        let Some(browser) = Browser::start().await else {
            return;
        };
        let page = &browser.client;
        phone(&browser).await;
        let ada = house.guest_called(Access::Admin, "Ada Osei").await;
        come_in(&browser, &address, &ada).await;
        add(page, "Phone").await;

        // Whoever signed in without a second step cannot demand one.
        let demand = [("demand", "admins")];
        let early = ada.form("/settings/sign-in", &demand).await;
        assert_eq!(early.status(), StatusCode::UNPROCESSABLE_ENTITY);
        page.delete_all_cookies().await.unwrap();
        page.goto(&format!("{address}/admin/login?next=%2Fsettings%2Fsign-in"))
            .await
            .unwrap();
        until(
            page,
            "document.querySelector('[data-passkey=show] button')?.checkVisibility()",
        )
        .await;
        click(page, USE).await;
        until(page, "location.pathname === '/settings/sign-in'").await;
        click(page, "[name=demand] option[value=admins]").await;
        click(page, "form[action='/settings/sign-in'] button").await;
        until(
            page,
            "document.querySelector('[name=demand]')?.value === 'admins'",
        )
        .await;

        // A first proof alone leads to the passkey, and to nothing weaker.
        let mut other = house.stranger();
        let fields = [("email", "ada.osei@example.org"), ("password", PASSWORD)];
        let half = other.form("/auth/login", &fields).await;
        assert_eq!(half.headers()["location"], "/auth/second");
        other.keep_cookie(&half);
        let asked = other.text("/auth/second").await;
        assert!(asked.contains("yours is a passkey") && !asked.contains("name=\"code\""));
        let typed = other.form("/auth/second", &[("code", "123456")]).await;
        assert_eq!(typed.headers()["location"], "/auth/login");

        // Before it is removed it proves that it is them; and then it is their only second step.
        house.app.clock.set(NOW + 11 * 60_000);
        page.goto(&format!("{address}/account")).await.unwrap();
        until(page, "document.querySelector('#passkeys table')").await;
        let remove = "document.querySelector(\"form[action$='/remove']\").submit()";
        run(page, remove).await;
        until(
            page,
            "document.querySelector('[data-passkey=confirm] button')?.checkVisibility()",
        )
        .await;
        click(page, "[data-passkey=confirm] button").await;
        until(page, "document.querySelector('#passkeys table')").await;
        run(page, remove).await;
        until(
            page,
            "document.body.textContent.includes('this is your only one')",
        )
        .await;
    }

    #[tokio::test]
    async fn the_pages_are_readable_by_everybody() {
        let (house, address) = open().await;
        let Some(browser) = Browser::start().await else {
            return;
        };
        let page = &browser.client;
        phone(&browser).await;
        let ada = house.guest_called(Access::Admin, "Ada Osei").await;
        come_in(&browser, &address, &ada).await;
        add(page, "Phone").await;
        ada.form("/account/second-step", &[]).await;
        let paths = [
            "/account",
            "/account/second-step",
            "/account/confirm?next=/account",
            "/settings/sign-in",
        ];
        // Before axe comes, whose own styles the policy refuses.
        for path in paths {
            page.goto(&format!("{address}{path}")).await.unwrap();
            until(page, "document.querySelector('main h1')").await;
        }
        let console = browser.console().await;
        assert!(console.is_empty(), "{console:?}");
        for (width, scheme) in [
            (1440, Scheme::Light),
            (390, Scheme::Light),
            (390, Scheme::Dark),
            (1440, Scheme::Dark),
        ] {
            browser.size(width, 900).await;
            browser.scheme(scheme).await;
            for path in paths {
                page.goto(&format!("{address}{path}")).await.unwrap();
                until(page, "document.querySelector('main h1')").await;
                let found = browser.axe().await;
                assert!(found.is_empty(), "{path} at {width} {scheme:?}: {found:#?}");
                let wide =
                    "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
                assert_eq!(
                    run(page, wide).await,
                    json!(false),
                    "{path} at {width} scrolls sideways"
                );
            }
        }
    }
}
