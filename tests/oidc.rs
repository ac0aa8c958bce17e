//! Signing in through a certified provider, from the door to the end.

#[cfg(test)]
mod certified;
#[cfg(test)]
pub(crate) mod liar;

#[cfg(test)]
pub(crate) mod wanderer;

#[cfg(test)]
mod tests {
    use ballast::accounts::Access;
    use reqwest::StatusCode;
    use serde_json::json;

    use crate::house::{Guest, House, NOW, between};
    use crate::oidc::certified::Certified;
    use crate::oidc::wanderer::{PUBLIC, Wanderer, led};

    const START: &str = "/auth/oidc/env/start?next=/people";
    const PROOF: &str = "what only the two of us know";

    /// A house whose environment names a certified provider; its clock is the provider's.
    async fn house_with(settings: &[(&str, &str)]) -> (House, Certified) {
        let mut provider = Certified::start(&format!("{PUBLIC}/auth/oidc/env/callback"));
        provider.knows(&json!({
            "u-1": { "email": "Ada@example.org", "email_verified": true, "groups": ["planners"] },
            "u-2": { "email": "bo@example.org", "email_verified": false },
        }));
        let mut all = vec![
            ("PUBLIC_URL", PUBLIC),
            ("SECURE_COOKIES", "false"),
            ("OIDC_ISSUER", provider.issuer.as_str()),
            ("OIDC_CLIENT_ID", "ballast"),
            ("OIDC_CLIENT_SECRET", PROOF),
            ("OIDC_NAME", "Work"),
        ];
        all.extend_from_slice(settings);
        let house = House::open_with(&all).await;
        house.app.clock.set(today());
        (house, provider)
    }

    fn today() -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        i64::try_from(since.unwrap().as_millis()).unwrap()
    }

    async fn make(house: &House, access: Access, name: &str) {
        house.app.clock.set(NOW);
        house.guest_called(access, name).await;
        house.app.clock.set(today());
    }

    #[tokio::test]
    async fn people_come_in_and_are_known_again_whatever_their_address() {
        let (house, mut provider) = house_with(&[]).await;
        make(&house, Access::Manager, "ada").await;
        make(&house, Access::Viewer, "eve").await;
        let browser = Wanderer::at(&house);
        let door = browser.text("/auth/login?next=/people").await;
        assert!(door.contains("Sign in with Work"), "{door}");
        let answer = browser.sign_in(START, "u-1").await;
        assert_eq!(
            (answer.status(), led(&answer).as_str()),
            (StatusCode::SEE_OTHER, "/people")
        );
        assert_eq!(browser.who().await.unwrap().0, "ada@example.org");

        // The provider now tells of the same person under another's address.
        provider.knows(&json!({ "u-1": { "email": "eve@example.org", "email_verified": true } }));
        let other = Wanderer::at(&house);
        other.sign_in(START, "u-1").await;
        assert_eq!(other.who().await.unwrap().0, "ada@example.org");
        // And of somebody new under Ada's, who must not come into her account.
        provider.knows(&json!({ "u-9": { "email": "ada@example.org", "email_verified": true } }));
        let stranger = Wanderer::at(&house);
        assert_eq!(
            stranger.sign_in(START, "u-9").await.status(),
            StatusCode::FORBIDDEN
        );
        assert!(stranger.who().await.is_none());
    }

    #[tokio::test]
    async fn an_address_that_nobody_verified_opens_nothing() {
        let (house, _provider) = house_with(&[]).await;
        make(&house, Access::Manager, "bo").await;
        let browser = Wanderer::at(&house);
        let answer = browser.sign_in(START, "u-2").await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let page = answer.text().await.unwrap();
        assert!(
            page.contains("Signing in through Work did not work") && page.contains("Request "),
            "{page}"
        );
        assert!(browser.who().await.is_none());
    }

    #[tokio::test]
    async fn new_keys_are_fetched_when_they_are_met_and_at_most_once_a_minute() {
        let (house, mut provider) = house_with(&[]).await;
        make(&house, Access::Manager, "ada").await;
        let come = async || Wanderer::at(&house).sign_in(START, "u-1").await.status();
        assert_eq!(come().await, StatusCode::SEE_OTHER);
        provider.rotates();
        assert_eq!(come().await, StatusCode::SEE_OTHER);
        provider.rotates();
        assert_eq!(
            come().await,
            StatusCode::FORBIDDEN,
            "a second time within a minute"
        );
        house.app.clock.set(today() + 50_000);
        let again = come().await;
        assert_eq!(again, StatusCode::FORBIDDEN, "still within it");
        house.app.clock.set(today() + 58_000);
        house.app.clock.set(house.app.clock.now() + 4_000);
        // The provider's clock is behind ours by then, within what clocks may differ.
        assert_eq!(come().await, StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn administration_is_entered_only_by_who_was_asked_again() {
        let (house, _provider) = house_with(&[]).await;
        make(&house, Access::Admin, "ada").await;
        let browser = Wanderer::at(&house);
        browser.sign_in(START, "u-1").await;
        let asked = browser.get("/settings/providers").await;
        assert!(
            led(&asked).starts_with("/admin/login?next="),
            "signed in, but not proven"
        );
        let door = browser.text("/admin/login?next=/settings/providers").await;
        let start = between(&door, "href=\"/auth/oidc/env/start?", "\"")
            .unwrap()
            .replace("&amp;", "&");
        let url = browser.sent(&format!("/auth/oidc/env/start?{start}")).await;
        assert!(url.contains("prompt=login") && url.contains("max_age=0"), "{url}");
        let back = browser.through(&url, "u-1").await;
        let answer = browser.get(&back).await;
        assert_eq!(led(&answer), "/settings/providers");
        let page = browser.text("/settings/providers").await;
        assert!(page.contains("set by environment"), "{page}");
        assert!(
            page.contains(&format!("{PUBLIC}/auth/oidc/env/callback")),
            "{page}"
        );

        let told = browser.text("/api/v1/providers").await;
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(
            (&told[0]["id"], &told[0]["fromEnvironment"]),
            (&json!("env"), &json!(true))
        );
        assert_eq!(told[0]["redirectUri"], format!("{PUBLIC}/auth/oidc/env/callback"));
        assert!(!told.to_string().contains(PROOF), "{told}");

        // Who takes the wish to be asked again out of the address comes back with an old answer.
        let url = browser.sent(&format!("/auth/oidc/env/start?{start}")).await;
        house.app.clock.set(today() + 200_000);
        let url = url.replace("prompt=login", "").replace("max_age=0", "");
        let late = browser.sent(&format!("/auth/oidc/env/start?{start}")).await;
        assert!(late.contains("max_age=0"));
        let stripped = late.replace("prompt=login", "").replace("max_age=0", "");
        let back = browser.through(&stripped, "u-1").await;
        assert_eq!(browser.get(&back).await.status(), StatusCode::FORBIDDEN);
        drop(url);
    }

    #[tokio::test]
    async fn somebody_links_and_parts_their_own_account() {
        let (house, mut provider) = house_with(&[]).await;
        provider.knows(&json!({ "u-7": { "email": "private@elsewhere.example", "email_verified": true } }));
        make(&house, Access::Manager, "ada").await;
        let browser = Wanderer::at(&house);
        let password = [
            ("email", "ada@example.org"),
            ("password", crate::house::PASSWORD),
            ("next", "/"),
        ];
        browser.form("/auth/login", "/auth/login", &password).await;
        assert_eq!(browser.who().await.unwrap().0, "ada@example.org");
        let forged = browser
            .form("/auth/login", "/auth/oidc/env/link", &[("csrf", "x")])
            .await;
        assert_eq!(
            forged.status(),
            StatusCode::FORBIDDEN,
            "without the key of the page"
        );
        let onward = browser.form("/people", "/auth/oidc/env/link", &[]).await;
        assert_eq!(onward.status(), StatusCode::OK);
        let refresh = onward.headers()["refresh"].to_str().unwrap().to_owned();
        let back = browser
            .through(refresh.trim_start_matches("0; url="), "u-7")
            .await;
        assert_eq!(led(&browser.get(&back).await), "/account?said=linked");

        let other = Wanderer::at(&house);
        other.sign_in(START, "u-7").await;
        assert_eq!(other.who().await.unwrap().0, "ada@example.org");
        other.form("/people", "/auth/oidc/env/unlink", &[]).await;
        let third = Wanderer::at(&house);
        assert_eq!(third.sign_in(START, "u-7").await.status(), StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn a_link_ends_with_the_session_that_began_it() {
        let (house, _provider) = house_with(&[]).await;
        make(&house, Access::Manager, "eve").await;
        let browser = Wanderer::at(&house);
        let password = [
            ("email", "eve@example.org"),
            ("password", crate::house::PASSWORD),
            ("next", "/"),
        ];
        browser.form("/auth/login", "/auth/login", &password).await;
        let onward = browser.form("/people", "/auth/oidc/env/link", &[]).await;
        let refresh = onward.headers()["refresh"].to_str().unwrap().to_owned();
        let back = browser
            .through(refresh.trim_start_matches("0; url="), "u-1")
            .await;
        browser.form("/people", "/auth/logout", &[]).await;
        assert_eq!(browser.get(&back).await.status(), StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn groups_decide_what_somebody_may_do_but_for_the_last_administrator() {
        let groups = [
            ("OIDC_SCOPES", "openid email groups"),
            ("OIDC_GROUPS_CLAIM", "groups"),
            ("OIDC_GROUP_ACCESS", "planners=manager, it=admin"),
        ];
        let (house, mut provider) = house_with(&groups).await;
        make(&house, Access::Viewer, "ada").await;
        let first = Wanderer::at(&house);
        first.sign_in(START, "u-1").await;
        assert_eq!(first.who().await.unwrap().1, "manager");
        let of = |group: &str| json!({ "u-1": { "email": "ada@example.org", "email_verified": true, "groups": [group] } });
        provider.knows(&of("it"));
        let second = Wanderer::at(&house);
        second.sign_in(START, "u-1").await;
        assert_eq!(second.who().await.unwrap().1, "admin");
        assert!(
            first.who().await.is_none(),
            "a new level ends what was open before"
        );
        provider.knows(&of("planners"));
        let third = Wanderer::at(&house);
        third.sign_in(START, "u-1").await;
        assert_eq!(third.who().await.unwrap().1, "admin", "nobody else is one");
        provider.knows(&of("visitors"));
        let answer = Wanderer::at(&house).sign_in(START, "u-1").await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }

    const OF_IT: &str = "/settings/providers/1";
    const START_THERE: &str = "/auth/oidc/1/start";

    /// A house in which an administrator has named a certified provider by the form.
    async fn house_that_keeps_one() -> (House, Certified, Guest) {
        let mut provider = Certified::start(&format!("{PUBLIC}/auth/oidc/1/callback"));
        provider.knows(&json!({ "u-1": { "email": "ada@example.org", "email_verified": true } }));
        let house = House::open_with(&[("PUBLIC_URL", PUBLIC), ("SECURE_COOKIES", "false")]).await;
        make(&house, Access::Manager, "ada").await;
        house.app.clock.set(NOW);
        let admin = house.admin().await;
        let fields = [
            ("name", "Work"),
            ("issuer", provider.issuer.as_str()),
            ("client-id", "ballast"),
            ("client-secret", PROOF),
            ("scopes", "openid profile email offline"),
            ("by-email", "on"),
        ];
        // The address that the provider must be told is known before anything is kept, and is the one that it gets.
        let form = admin.text("/settings/providers/new").await;
        assert!(
            form.contains(&format!("value=\"{PUBLIC}/auth/oidc/1/callback\"")),
            "{form}"
        );
        let number = between(&form, "name=\"number\" value=\"", "\"").unwrap();
        let mut late = fields.to_vec();
        late.push(("number", "7"));
        let late = admin.form("/settings/providers", &late).await;
        assert_eq!(
            late.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "it is shown anew"
        );
        let mut fields = fields.to_vec();
        fields.push(("number", &number));
        let added = admin.form("/settings/providers", &fields).await;
        assert_eq!(led(&added), format!("{OF_IT}?said=provider-added"));
        (house, provider, admin)
    }

    /// What signing in there comes to. The provider's clock is the machine's.
    async fn come(house: &House) -> StatusCode {
        house.app.clock.set(today());
        let status = Wanderer::at(house).sign_in(START_THERE, "u-1").await.status();
        house.app.clock.set(NOW);
        status
    }

    #[tokio::test]
    async fn an_administrator_names_a_provider_and_tests_it() {
        let (house, provider, admin) = house_that_keeps_one().await;
        let bad = [("name", "Work"), ("issuer", "example.org")];
        let bad = admin.form("/settings/providers", &bad).await;
        assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = admin.text(OF_IT).await;
        assert!(
            page.contains(&format!("value=\"{PUBLIC}/auth/oidc/1/callback\"")),
            "{page}"
        );
        assert!(!page.contains(PROOF));
        let test = async || {
            let tested = admin.form(&format!("{OF_IT}/test"), &[]).await;
            tested.text().await.unwrap()
        };
        let tested = test().await;
        assert!(
            tested.contains("1 key") && tested.contains("It does not list offline"),
            "{tested}"
        );
        assert_eq!(come(&house).await, StatusCode::SEE_OTHER);
        // A change that leaves the proof blank keeps it.
        let kept = [
            ("name", "Office"),
            ("issuer", provider.issuer.as_str()),
            ("client-id", "ballast"),
            ("by-email", "on"),
        ];
        admin.form(OF_IT, &kept).await;
        assert_eq!(come(&house).await, StatusCode::SEE_OTHER);
        drop(provider);
        let gone = test().await;
        assert!(gone.contains("cannot be reached"), "{gone}");
        let answer = Wanderer::at(&house).get(START_THERE).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            answer
                .text()
                .await
                .unwrap()
                .contains("Office does not answer right now")
        );
    }

    #[tokio::test]
    async fn who_was_invited_comes_in_with_what_the_invitation_gives() {
        let (house, mut provider, admin) = house_that_keeps_one().await;
        let of = |verified: bool| json!({ "u-1": { "email": "New@elsewhere.example", "email_verified": verified } });
        provider.knows(&of(true));
        assert_eq!(come(&house).await, StatusCode::FORBIDDEN, "nobody asked them yet");
        house.app.clock.set(today());
        let admin_again = [
            ("email", "admin@example.org"),
            ("password", crate::house::PASSWORD),
        ];
        let browser = Wanderer::at(&house);
        browser.form("/admin/login", "/admin/login", &admin_again).await;
        let invited = [
            ("email", "new@elsewhere.example"),
            ("name", "Nia New"),
            ("access", "member"),
        ];
        let invited = browser.form("/accounts", "/accounts/invitations", &invited).await;
        assert!(
            invited.status().is_redirection(),
            "{}",
            invited.text().await.unwrap()
        );
        drop(admin);
        provider.knows(&of(false));
        assert_eq!(
            come(&house).await,
            StatusCode::FORBIDDEN,
            "an address that nobody verified"
        );
        provider.knows(&of(true));
        house.app.clock.set(today());
        let newcomer = Wanderer::at(&house);
        newcomer.sign_in(START_THERE, "u-1").await;
        let (email, access) = newcomer.who().await.unwrap();
        assert_eq!(
            (email.as_str(), access.as_str()),
            ("new@elsewhere.example", "member")
        );
    }

    #[tokio::test]
    async fn a_provider_is_switched_off_and_removed() {
        let (house, _provider, admin) = house_that_keeps_one().await;
        let to = |word: &str| format!("{OF_IT}/{word}");
        admin.form(&to("switch"), &[("active", "false")]).await;
        assert_eq!(
            Wanderer::at(&house).get(START_THERE).await.status(),
            StatusCode::NOT_FOUND
        );
        assert!(
            !Wanderer::at(&house)
                .text("/auth/login")
                .await
                .contains("Sign in with")
        );
        admin.form(&to("switch"), &[("active", "true")]).await;
        assert_eq!(come(&house).await, StatusCode::SEE_OTHER);
        admin.form(&to("remove"), &[]).await;
        assert!(
            admin
                .text("/settings/providers")
                .await
                .contains("No identity provider yet")
        );
        assert_eq!(
            Wanderer::at(&house).get(START_THERE).await.status(),
            StatusCode::NOT_FOUND
        );
    }
}
