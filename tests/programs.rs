//! Programs: signing in, renewing, keys, and what each is let do.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
mod tests {
    use crate::house::{Guest, House, NOW, PASSWORD, between};
    use ballast::accounts::Access;
    use ballast::keys::Purpose;
    use ballast::routes::{self, Who};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::{Algorithm, EncodingKey, Header};
    use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
    use serde_json::{Value, json};

    /// How often a program may ask is another test's matter.
    const UNHURRIED: [(&str, &str); 1] = [("RATE_LIMIT_API_BURST", "10000")];

    /// Something that is no browser: it sends what it is told to, and nothing by itself.
    struct Program {
        client: Client,
        address: String,
    }

    /// What signing in gave.
    struct Opened {
        access: String,
        cookie: String,
    }

    impl Program {
        fn at(house: &House) -> Self {
            Self {
                client: Client::builder()
                    .redirect(reqwest::redirect::Policy::none())
                    .build()
                    .unwrap(),
                address: house.address.clone(),
            }
        }

        fn ask(&self, method: Method, path: &str, bearer: &str) -> RequestBuilder {
            self.client
                .request(method, format!("{}{path}", self.address))
                .header("Authorization", format!("Bearer {bearer}"))
        }

        async fn status(&self, path: &str, bearer: &str) -> StatusCode {
            self.ask(Method::GET, path, bearer).send().await.unwrap().status()
        }

        async fn knock(&self, email: &str, password: &str) -> Response {
            let body = json!({ "email": email, "password": password });
            self.client
                .post(format!("{}/api/v1/token", self.address))
                .json(&body)
                .send()
                .await
                .unwrap()
        }

        async fn sign_in(&self, email: &str) -> Opened {
            opened(self.knock(email, PASSWORD).await).await
        }

        async fn renew(&self, cookie: &str) -> Response {
            self.client
                .post(format!("{}/api/v1/token/refresh", self.address))
                .header("Cookie", cookie)
                .header("Origin", &self.address)
                .send()
                .await
                .unwrap()
        }
    }

    fn set_cookie(answer: &Response) -> String {
        answer.headers()["set-cookie"].to_str().unwrap().to_owned()
    }

    async fn opened(answer: Response) -> Opened {
        assert_eq!(answer.status(), StatusCode::OK);
        let cookie = set_cookie(&answer).split(';').next().unwrap().to_owned();
        let body: Value = answer.json().await.unwrap();
        Opened {
            access: body["accessToken"].as_str().unwrap().to_owned(),
            cookie,
        }
    }

    /// A house with this account in it, and a program.
    async fn with(access: Access) -> (House, Guest, Program) {
        let house = House::open_with(&UNHURRIED).await;
        let guest = house.guest(access).await;
        let program = Program::at(&house);
        (house, guest, program)
    }

    async fn key(guest: &Guest, scope: &str) -> String {
        let body = json!({ "name": "Nightly report", "scope": scope, "days": 90 });
        let answer = guest.post("/api/v1/tokens", &body).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{scope}");
        answer.json::<Value>().await.unwrap()["token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn problem(answer: Response) -> String {
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert!(answer.headers().contains_key("www-authenticate"));
        let body: Value = answer.json().await.unwrap();
        let kind = body["type"].as_str().unwrap();
        kind.strip_prefix("urn:ballast:problem:")
            .unwrap_or(kind)
            .to_owned()
    }

    #[tokio::test]
    async fn signing_in_gives_an_access_and_a_cookie_that_no_script_reads() {
        let (house, _viewer, program) = with(Access::Viewer).await;
        let answer = program.knock("viewer@example.org", PASSWORD).await;
        let cookie = set_cookie(&answer);
        assert!(cookie.starts_with("__Secure-ballast-refresh="), "{cookie}");
        for part in [
            "; Path=/api/v1/token;",
            "; HttpOnly",
            "; SameSite=Lax",
            "; Secure",
            "; Max-Age=1209600",
        ] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(!cookie.contains("Domain") && cookie.len() < 4096);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(
            (&body["tokenType"], &body["expiresIn"]),
            (&json!("Bearer"), &json!(900))
        );
        let access = body["accessToken"].as_str().unwrap();
        assert_eq!(program.status("/api/v1/me", access).await, StatusCode::OK);

        let header = jsonwebtoken::decode_header(access).unwrap();
        assert_eq!(
            (header.alg, header.typ.as_deref()),
            (Algorithm::HS256, Some("at+jwt"))
        );
        assert_eq!(header.kid, Some(house.app.keys.newest(Purpose::Access).id_text()));
        let claims = claims_of(access);
        assert_eq!(claims["iss"], house.app.config.public_url);
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            900
        );
        for name in ["aud", "sub", "sid", "nbf"] {
            assert!(!claims[name].is_null(), "{name}");
        }
    }

    #[tokio::test]
    async fn on_a_loopback_without_encryption_the_cookie_is_one_that_can_be_sent() {
        let house = House::open_with(&[("SECURE_COOKIES", "false")]).await;
        house.guest(Access::Viewer).await;
        let answer = Program::at(&house).knock("viewer@example.org", PASSWORD).await;
        let cookie = set_cookie(&answer);
        assert!(
            cookie.starts_with("ballast-refresh=") && !cookie.contains("Secure"),
            "{cookie}"
        );
    }

    #[tokio::test]
    async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
        let (house, _viewer, program) = with(Access::Viewer).await;
        let mut told = Vec::new();
        for (email, password) in [
            ("viewer@example.org", "wrong horse battery"),
            ("nobody@example.org", PASSWORD),
        ] {
            let answer = program.knock(email, password).await;
            assert!(!answer.headers().contains_key("set-cookie"));
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
            let mut body: Value = answer.json().await.unwrap();
            body.as_object_mut().unwrap().remove("requestId");
            told.push(body);
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(told[0]["type"], "urn:ballast:problem:sign-in-refused");
        drop(house);
    }

    #[tokio::test]
    async fn each_renewal_gives_another_cookie_and_another_access() {
        let (house, _viewer, program) = with(Access::Viewer).await;
        let mut held = program.sign_in("viewer@example.org").await;
        for day in 1..=13 {
            house.app.clock.set(NOW + day * 86_400_000);
            assert_eq!(
                program.status("/api/v1/me", &held.access).await,
                StatusCode::UNAUTHORIZED,
                "day {day}"
            );
            let next = opened(program.renew(&held.cookie).await).await;
            assert_ne!(next.cookie, held.cookie);
            assert_eq!(program.status("/api/v1/me", &next.access).await, StatusCode::OK);
            held = next;
        }
        house.app.clock.set(NOW + 14 * 86_400_000);
        assert_eq!(
            problem(program.renew(&held.cookie).await).await,
            "renewal-refused"
        );
    }

    #[tokio::test]
    async fn a_cookie_that_was_used_up_ends_all_that_came_from_it() {
        let (house, _viewer, program) = with(Access::Viewer).await;
        let first = program.sign_in("viewer@example.org").await;
        let other = program.sign_in("viewer@example.org").await;
        let second = opened(program.renew(&first.cookie).await).await;
        // A moment later the same cookie is a race: it gets the successor that the other one got.
        house.app.clock.set(NOW + 9_999);
        let again = opened(program.renew(&first.cookie).await).await;
        assert_eq!(again.cookie, second.cookie);
        house.app.clock.set(NOW + 10_000);
        assert_eq!(
            problem(program.renew(&first.cookie).await).await,
            "renewal-refused"
        );
        assert_eq!(
            problem(program.renew(&second.cookie).await).await,
            "renewal-refused"
        );
        for access in [&first.access, &second.access, &again.access] {
            assert_eq!(
                program.status("/api/v1/me", access).await,
                StatusCode::UNAUTHORIZED
            );
        }
        assert_eq!(
            program.status("/api/v1/me", &other.access).await,
            StatusCode::OK,
            "another sign-in stays"
        );
    }

    #[tokio::test]
    async fn many_that_renew_at_once_all_get_the_one_successor() {
        let (_house, _viewer, program) = with(Access::Viewer).await;
        let held = program.sign_in("viewer@example.org").await;
        let answers = futures_util::future::join_all((0..20).map(|_| program.renew(&held.cookie))).await;
        let mut cookies = Vec::new();
        for answer in answers {
            let next = opened(answer).await;
            assert_eq!(program.status("/api/v1/me", &next.access).await, StatusCode::OK);
            cookies.push(next.cookie);
        }
        cookies.dedup();
        assert_eq!(cookies.len(), 1);
    }

    #[tokio::test]
    async fn a_renewal_that_was_tampered_with_or_comes_from_elsewhere_is_refused() {
        let (_house, _viewer, program) = with(Access::Viewer).await;
        let (elsewhere, _other, foreign) = with(Access::Viewer).await;
        let held = program.sign_in("viewer@example.org").await;
        let theirs = foreign.sign_in("viewer@example.org").await;
        drop(elsewhere);
        let raised = held.cookie.replacen(".0.", ".1.", 1);
        let cut = held.cookie[..held.cookie.len() - 3].to_owned();
        for cookie in [
            &raised,
            &cut,
            &theirs.cookie,
            &"__Secure-ballast-refresh=x".to_owned(),
        ] {
            assert_eq!(
                problem(program.renew(cookie).await).await,
                "renewal-refused",
                "{cookie}"
            );
        }
        assert_eq!(
            program.status("/api/v1/me", &held.access).await,
            StatusCode::OK,
            "none of that ended it"
        );
        opened(program.renew(&held.cookie).await).await;
    }

    #[tokio::test]
    async fn renewing_takes_a_cookie_so_it_needs_an_origin_of_ours() {
        let (_house, _viewer, program) = with(Access::Viewer).await;
        let held = program.sign_in("viewer@example.org").await;
        for origin in [None, Some("https://evil.example"), Some("null")] {
            let mut request = program
                .client
                .post(format!("{}/api/v1/token/refresh", program.address))
                .header("Cookie", &held.cookie);
            if let Some(origin) = origin {
                request = request.header("Origin", origin);
            }
            assert_eq!(
                request.send().await.unwrap().status(),
                StatusCode::FORBIDDEN,
                "{origin:?}"
            );
        }
    }

    fn claims_of(access: &str) -> Value {
        let part = access.split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    /// An access like `access`, with `changed` in its claims and `header` before it, signed by the house's own key.
    fn forged(house: &House, access: &str, header: &Header, changed: &Value) -> String {
        let mut claims = claims_of(access);
        for (name, value) in changed.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let key = house.app.keys.newest(Purpose::Access);
        jsonwebtoken::encode(header, &claims, &EncodingKey::from_secret(key.expose())).unwrap()
    }

    #[tokio::test]
    async fn a_text_that_is_not_wholly_ours_opens_nothing() {
        let (house, _admin, program) = with(Access::Admin).await;
        let (_elsewhere, _other, foreign) = with(Access::Admin).await;
        let good = program.sign_in("admin@example.org").await.access;
        let right = jsonwebtoken::decode_header(&good).unwrap();
        let forge = |header: &Header, changed: Value| forged(&house, &good, header, &changed);
        assert_eq!(
            program.status("/api/v1/me", &forge(&right, json!({}))).await,
            StatusCode::OK
        );

        let header = |change: fn(&mut Header)| {
            let mut header = right.clone();
            change(&mut header);
            forge(&header, json!({}))
        };
        let now = NOW / 1_000;
        let (head, rest) = good.split_once('.').unwrap();
        let none = URL_SAFE_NO_PAD.encode(format!(
            r#"{{"alg":"none","typ":"at+jwt","kid":"{}"}}"#,
            right.kid.clone().unwrap()
        ));
        let public = URL_SAFE_NO_PAD.encode(format!(
            r#"{{"alg":"RS256","typ":"at+jwt","kid":"{}"}}"#,
            right.kid.clone().unwrap()
        ));
        let mut bad = vec![
            (
                "of another instance",
                foreign.sign_in("admin@example.org").await.access,
            ),
            (
                "without a signature",
                format!("{none}.{}.", rest.split('.').next().unwrap()),
            ),
            ("none with the signature", format!("{none}.{rest}")),
            ("another family of algorithms", format!("{public}.{rest}")),
            (
                "another length of hash",
                header(|header| header.alg = Algorithm::HS512),
            ),
            (
                "another kind",
                header(|header| header.typ = Some("JWT".to_owned())),
            ),
            ("no kind", header(|header| header.typ = None)),
            ("no key named", header(|header| header.kid = None)),
            (
                "another key named",
                header(|header| header.kid = Some("00000000".to_owned())),
            ),
            (
                "a place of keys",
                header(|header| header.jku = Some("https://evil.example/keys".to_owned())),
            ),
            (
                "a certificate",
                header(|header| header.x5u = Some("https://evil.example/c".to_owned())),
            ),
            ("not yet", forge(&right, json!({ "nbf": now + 60 }))),
            ("made in the future", forge(&right, json!({ "iat": now + 60 }))),
            ("over", forge(&right, json!({ "exp": now }))),
            (
                "of another issuer",
                forge(&right, json!({ "iss": "https://evil.example" })),
            ),
            (
                "for others",
                forge(&right, json!({ "aud": "https://evil.example/api" })),
            ),
            (
                "for many",
                forge(&right, json!({ "aud": [claims_of(&good)["aud"], "x"] })),
            ),
            ("of somebody else", forge(&right, json!({ "sub": "987654" }))),
            (
                "of another family",
                forge(&right, json!({ "sid": "AAAAAAAAAAAAAAAAAAAAAA" })),
            ),
            ("of no end", forge(&right, json!({ "exp": null }))),
            ("without a head", rest.to_owned()),
            ("words", "open sesame".to_owned()),
            ("nothing", String::new()),
        ];
        for cut in [1, 10, rest.len() / 2] {
            bad.push(("cut short", format!("{head}.{}", &rest[..rest.len() - cut])));
        }
        for (what, text) in bad {
            let answer = program
                .ask(Method::GET, "/api/v1/me", &text)
                .send()
                .await
                .unwrap();
            assert_eq!(problem(answer).await, "bearer-refused", "{what}");
        }
        assert_eq!(program.status("/api/v1/me", &good).await, StatusCode::OK);
        house.app.clock.set(NOW + 899_999);
        assert_eq!(program.status("/api/v1/me", &good).await, StatusCode::OK);
        house.app.clock.set(NOW + 900_000);
        assert_eq!(
            program.status("/api/v1/me", &good).await,
            StatusCode::UNAUTHORIZED
        );
    }

    #[tokio::test]
    async fn an_earlier_key_still_verifies_and_the_new_one_signs() {
        const FIRST: &str = "wq8H2nVc5LrT0yXjB7mKd3PzGfS9uAe1ioQ4EvNhCtJbWxMk6R";
        const SECOND: &str = "R6kMxWbJtChNvE4Qoi1eAu9SfGzP3dKm7BjXy0TrL5cVn2H8qw";
        let house = House::open_with(&[("SECRET_KEY", FIRST)]).await;
        house.guest(Access::Viewer).await;
        let held = Program::at(&house).sign_in("viewer@example.org").await;
        let copy = house.copy();
        drop(house);
        let turned = House::open_in(copy, &[("SECRET_KEY", SECOND), ("SECRET_KEY_FALLBACKS", FIRST)]).await;
        let program = Program::at(&turned);
        assert_eq!(program.status("/api/v1/me", &held.access).await, StatusCode::OK);
        let next = opened(program.renew(&held.cookie).await).await;
        let kid = |access: &str| jsonwebtoken::decode_header(access).unwrap().kid;
        assert_ne!(kid(&next.access), kid(&held.access));
        let copy = turned.copy();
        drop(turned);
        let forgotten = House::open_in(copy, &[("SECRET_KEY", SECOND)]).await;
        let program = Program::at(&forgotten);
        assert_eq!(
            program.status("/api/v1/me", &held.access).await,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(program.status("/api/v1/me", &next.access).await, StatusCode::OK);
    }

    #[tokio::test]
    async fn what_opens_nothing_is_refused_even_beside_a_good_cookie() {
        let (_house, admin, program) = with(Access::Admin).await;
        let cookie = admin.cookie.clone().unwrap();
        for path in ["/api/v1/me", "/schedule", "/auth/login", "/health"] {
            let answer = program
                .ask(Method::GET, path, "open-sesame")
                .header("Cookie", &cookie)
                .send()
                .await
                .unwrap();
            let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
            assert!(
                challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\""),
                "{challenge}"
            );
            assert_eq!(problem(answer).await, "bearer-refused", "{path}");
        }
    }

    #[tokio::test]
    async fn what_a_program_shows_needs_no_origin_and_no_form_key() {
        let (house, manager, program) = with(Access::Manager).await;
        let seed = house.seed().await;
        let access = program.sign_in("manager@example.org").await.access;
        let key = key(&manager, "plan").await;
        for (bearer, hours) in [(&access, 4), (&key, 5)] {
            let body =
                json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-16", "hours": hours }] });
            let answer = program
                .ask(Method::POST, "/api/v1/hours", bearer)
                .header("Origin", "https://elsewhere.example")
                .json(&body)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
        }
        let left = program
            .ask(Method::POST, "/auth/logout", &access)
            .form(&[("a", "b")])
            .send()
            .await
            .unwrap();
        assert_eq!(left.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            program.status("/api/v1/me", &access).await,
            StatusCode::UNAUTHORIZED
        );
    }

    #[tokio::test]
    async fn signing_out_ends_an_access_at_once() {
        let (_house, _viewer, program) = with(Access::Viewer).await;
        for by_cookie in [true, false] {
            let held = program.sign_in("viewer@example.org").await;
            let request = program.client.delete(format!("{}/api/v1/token", program.address));
            let request = if by_cookie {
                request
                    .header("Cookie", &held.cookie)
                    .header("Origin", &program.address)
            } else {
                request.header("Authorization", format!("Bearer {}", held.access))
            };
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::NO_CONTENT);
            assert!(set_cookie(&answer).contains("Max-Age=0"));
            assert_eq!(
                program.status("/api/v1/me", &held.access).await,
                StatusCode::UNAUTHORIZED
            );
            assert_eq!(
                problem(program.renew(&held.cookie).await).await,
                "renewal-refused"
            );
        }
    }

    #[tokio::test]
    async fn what_changes_an_account_ends_what_is_signed_in_to_it() {
        let house = House::open_with(&UNHURRIED).await;
        let admin = house.admin().await;
        let program = Program::at(&house);
        for (name, change) in [
            ("Ada", json!({ "access": "member" })),
            ("Bo", json!({ "active": false })),
            ("Cy", json!({ "new-password": "another horse battery" })),
        ] {
            let guest = house.guest_called(Access::Manager, name).await;
            let id = guest.json("/api/v1/me").await["id"].clone();
            let email = format!("{}@example.org", name.to_lowercase());
            let held = program.sign_in(&email).await;
            let own = key(&guest, "plan").await;
            let path = format!("/api/v1/accounts/{id}");
            let changed = admin.send(Method::PATCH, &path, &change).await;
            assert_eq!(changed.status(), StatusCode::NO_CONTENT, "{name}");
            assert_eq!(
                program.status("/api/v1/me", &held.access).await,
                StatusCode::UNAUTHORIZED,
                "{name}"
            );
            assert_eq!(
                problem(program.renew(&held.cookie).await).await,
                "renewal-refused",
                "{name}"
            );
            // A key is no sign-in: it goes on, as far as the account still reaches.
            let left = if name == "Bo" {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::OK
            };
            assert_eq!(program.status("/api/v1/me", &own).await, left, "{name}");
            if name == "Ada" {
                let answer = program
                    .ask(Method::POST, "/api/v1/hours", &own)
                    .json(&json!({ "cells": [] }));
                assert_eq!(answer.send().await.unwrap().status(), StatusCode::FORBIDDEN);
            }
        }
    }

    #[tokio::test]
    async fn what_was_begun_in_a_session_ends_with_it() {
        let (_house, viewer, program) = with(Access::Viewer).await;
        let body = json!({ "email": "viewer@example.org", "password": PASSWORD });
        let held = opened(viewer.post("/api/v1/token", &body).await).await;
        let apart = program.sign_in("viewer@example.org").await;
        assert_eq!(program.status("/api/v1/me", &held.access).await, StatusCode::OK);
        viewer.form("/auth/logout", &[]).await;
        assert_eq!(
            program.status("/api/v1/me", &held.access).await,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(program.status("/api/v1/me", &apart.access).await, StatusCode::OK);
    }

    #[tokio::test]
    async fn a_key_is_shown_once_and_kept_as_a_hash() {
        let (house, viewer, program) = with(Access::Viewer).await;
        let page = viewer.text("/account/programs").await;
        assert!(page.contains("No keys yet"));
        let made = viewer
            .form(
                "/account/programs",
                &[("name", "Nightly report"), ("scope", "read"), ("days", "30")],
            )
            .await;
        assert_eq!(made.status(), StatusCode::OK);
        assert_eq!(made.headers()["cache-control"], "no-store");
        let shown = made.text().await.unwrap();
        let whole = format!("blst_{}", between(&shown, "value=\"blst_", "\"").unwrap());
        assert_eq!(whole.len(), 53);
        assert_eq!(program.status("/api/v1/people", &whole).await, StatusCode::OK);
        let page = viewer.text("/account/programs").await;
        assert!(page.contains("Nightly report") && page.contains(&whole[..15]) && !page.contains(&whole));
        let list = viewer.json("/api/v1/tokens").await;
        assert!(!list.to_string().contains(&whole[16..]));
        assert_eq!(list[0]["endsAt"], "2026-12-18T12:00:00Z");
        for file in std::fs::read_dir(house.directory.path()).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() {
                let bytes = std::fs::read(&path).unwrap();
                let found = bytes
                    .windows(whole.len())
                    .any(|window| window == whole.as_bytes());
                assert!(!found, "{}", path.display());
            }
        }
        house.app.clock.set(NOW + 30 * 86_400_000 - 1);
        assert_eq!(program.status("/api/v1/me", &whole).await, StatusCode::OK);
        house.app.clock.set(NOW + 30 * 86_400_000);
        assert_eq!(
            program.status("/api/v1/me", &whole).await,
            StatusCode::UNAUTHORIZED
        );
    }

    #[tokio::test]
    async fn a_key_is_asked_for_in_words_that_make_sense() {
        let (_house, member, _program) = with(Access::Member).await;
        for (body, field) in [
            (json!({ "name": "", "scope": "read", "days": 30 }), "name"),
            (json!({ "name": "A", "scope": "all", "days": 30 }), "scope"),
            (json!({ "name": "A", "scope": "administer", "days": 30 }), "scope"),
            (json!({ "name": "A", "scope": "read", "days": 366 }), "days"),
            (json!({ "name": "A", "scope": "read", "days": 0 }), "days"),
            (json!({ "name": "A", "scope": "read" }), "days"),
        ] {
            let answer = member.post("/api/v1/tokens", &body).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert_eq!(
                answer.json::<Value>().await.unwrap()["errors"][0]["field"],
                field,
                "{body}"
            );
        }
        let again = member
            .form(
                "/account/programs",
                &[("name", "My script"), ("scope", "administer"), ("days", "30")],
            )
            .await;
        assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = again.text().await.unwrap();
        assert!(page.contains("My script") && page.contains("is more than your account may do"));
    }

    #[tokio::test]
    async fn the_use_of_a_key_is_noted_once_a_minute_and_its_end_at_once() {
        let (house, viewer, program) = with(Access::Viewer).await;
        let whole = key(&viewer, "read").await;
        let used = async || viewer.json("/api/v1/tokens").await[0]["usedAt"].clone();
        assert_eq!(used().await, Value::Null);
        for (after, noted) in [(0, "12:00:00"), (59_999, "12:00:00"), (60_000, "12:01:00")] {
            house.app.clock.set(NOW + after);
            assert_eq!(program.status("/api/v1/me", &whole).await, StatusCode::OK);
            assert_eq!(used().await, format!("2026-11-18T{noted}Z"));
        }
        let id = viewer.json("/api/v1/tokens").await[0]["id"].clone();
        let other = house.guest_called(Access::Admin, "Other").await;
        let path = format!("/api/v1/tokens/{id}");
        let theirs = other.send(Method::DELETE, &path, &json!({})).await;
        assert_eq!(theirs.status(), StatusCode::NOT_FOUND, "nobody takes another's");
        let taken = viewer.send(Method::DELETE, &path, &json!({})).await;
        assert_eq!(taken.status(), StatusCode::NO_CONTENT);
        assert_eq!(
            program.status("/api/v1/me", &whole).await,
            StatusCode::UNAUTHORIZED
        );
    }

    #[tokio::test]
    async fn a_program_is_seen_by_its_owner_and_sent_away() {
        let (house, viewer, program) = with(Access::Viewer).await;
        let held = program.sign_in("viewer@example.org").await;
        let page = viewer.text("/account/programs").await;
        let path = format!(
            "/account/programs/signed-in/{}/end",
            between(&page, "/account/programs/signed-in/", "/end").unwrap()
        );
        let other = house.guest_called(Access::Admin, "Other").await;
        assert_eq!(other.form(&path, &[]).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(program.status("/api/v1/me", &held.access).await, StatusCode::OK);
        assert_eq!(viewer.form(&path, &[]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            program.status("/api/v1/me", &held.access).await,
            StatusCode::UNAUTHORIZED
        );
    }

    /// A path of the table with its variable parts filled so that it names nothing.
    fn filled(path: &str) -> String {
        path.replace("{tree}", "0")
            .replace("{*name}", "x")
            .replace("{day}", "2026-11-16")
            .replace("{id}", "987654")
            .split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    }

    /// Every route, asked by an administrator's own programs: what each is let do is written here once more, by hand.
    #[tokio::test]
    async fn every_route_is_open_to_a_program_as_far_as_its_scope_says() {
        let house = House::open_with(&UNHURRIED).await;
        let admin = house.admin().await;
        let program = Program::at(&house);
        for scope in ["read", "plan", "administer", "signed in"] {
            let bearer = if scope == "signed in" {
                program.sign_in("admin@example.org").await.access
            } else {
                key(&admin, scope).await
            };
            let most = match scope {
                "read" => Access::Viewer,
                "plan" => Access::Manager,
                _ => Access::Admin,
            };
            for route in routes::table() {
                // These end the visit or never end.
                if matches!(route.path, "/auth/logout" | "/events" | "/api/v1/token") {
                    continue;
                }
                let reads = route.method == Method::GET || route.path == "/graphql";
                let own_account = route.path == "/account"
                    || route.path.starts_with("/account/")
                    || route.path.starts_with("/api/v1/account/");
                let own_keys = route.path.starts_with("/api/v1/tokens");
                let in_scope =
                    !own_account && (scope == "signed in" || !own_keys) && (scope != "read" || reads);
                let allowed = in_scope
                    && match route.who {
                        Who::Anybody => true,
                        Who::AtLeast(needed) => most >= needed,
                        Who::Administration => most >= Access::Admin,
                        // Whoever is in the room, which no program is.
                        Who::Room => continue,
                    };
                let request = program.ask(route.method.clone(), &filled(route.path), &bearer);
                let answer = request.send().await.unwrap();
                let status = answer.status();
                let seen = format!("{} {} with {scope}: {status}", route.method, route.path);
                let body = answer.text().await.unwrap();
                let refused =
                    body.contains("does not reach so far") || body.contains("Your account may not do this");
                if allowed {
                    assert!(!refused && !status.is_server_error(), "{seen}");
                } else {
                    assert_eq!(status, StatusCode::FORBIDDEN, "{seen}");
                    assert!(refused, "{seen}");
                }
            }
        }
    }

    #[tokio::test]
    async fn a_key_that_administers_needs_a_fresh_proof_and_no_key_makes_another() {
        let (house, admin, program) = with(Access::Admin).await;
        let administers = key(&admin, "administer").await;
        let body = json!({ "name": "A", "scope": "read", "days": 30 });
        let answer = program
            .ask(Method::POST, "/api/v1/tokens", &administers)
            .json(&body);
        assert_eq!(answer.send().await.unwrap().status(), StatusCode::FORBIDDEN);
        house.app.clock.set(NOW + 1_799_999);
        let body = json!({ "name": "A", "scope": "administer", "days": 30 });
        let stale = admin.post("/api/v1/tokens", &body).await;
        assert_eq!(
            stale.status(),
            StatusCode::FORBIDDEN,
            "a key outlives the session"
        );
        let fields = [("name", "A"), ("scope", "read"), ("days", "30")];
        let asked = admin.form("/account/programs", &fields).await;
        assert_eq!(
            asked.headers()["location"],
            "/account/confirm?next=%2Faccount%2Fprograms"
        );
        let plain = house.guest_called(Access::Manager, "Plain").await;
        let manager = plain.post("/api/v1/tokens", &body).await;
        assert_eq!(manager.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            program.status("/api/v1/accounts", &administers).await,
            StatusCode::OK
        );
    }

    #[tokio::test]
    async fn wrong_tries_of_programs_count_with_those_of_the_page() {
        let (house, _viewer, program) = with(Access::Viewer).await;
        let mut waits = None;
        for _ in 0..30 {
            let answer = program.knock("viewer@example.org", "wrong horse battery").await;
            if answer.status() == StatusCode::TOO_MANY_REQUESTS {
                waits = Some(
                    answer.headers()["retry-after"]
                        .to_str()
                        .unwrap()
                        .parse::<u64>()
                        .unwrap(),
                );
                break;
            }
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
        assert!(waits.is_some_and(|seconds| seconds > 0));
        // The page counts in the same place, and so does the mutation; the right password has to wait as well.
        let page = house
            .stranger()
            .form(
                "/auth/login",
                &[("email", "viewer@example.org"), ("password", PASSWORD)],
            )
            .await;
        assert_eq!(page.status(), StatusCode::TOO_MANY_REQUESTS);
        let query = format!(
            "mutation {{ login(email: \"viewer@example.org\", password: \"{PASSWORD}\") {{ accessToken }} }}"
        );
        let told = house
            .stranger()
            .post("/graphql", &json!({ "query": query }))
            .await;
        let told: Value = told.json().await.unwrap();
        assert_eq!(told["errors"][0]["extensions"]["code"], "TOO_MANY_REQUESTS");
        assert!(told["data"].is_null());
    }

    #[tokio::test]
    async fn nothing_that_opens_is_kept_where_scripts_of_a_page_reach_it() {
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets")];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path
                    .extension()
                    .is_some_and(|extension| extension == "js" || extension == "html")
                {
                    let text = std::fs::read_to_string(&path).unwrap();
                    seen += 1;
                    for word in ["localStorage", "Bearer ", "document.cookie = 'ballast"] {
                        assert!(!text.contains(word), "{word} in {}", path.display());
                    }
                }
            }
        }
        assert!(seen > 10);
    }

    #[tokio::test]
    async fn the_interface_is_described_with_its_ways_to_come_in() {
        let (_house, viewer, program) = with(Access::Viewer).await;
        let document = viewer.json("/api/v1/openapi.json").await;
        let schemes = &document["components"]["securitySchemes"];
        assert_eq!(schemes["bearer"]["scheme"], "bearer");
        assert_eq!(schemes["session"]["name"], "__Host-ballast");
        assert_eq!(schemes["renewal"]["name"], "__Secure-ballast-refresh");
        for path in [
            "/api/v1/token",
            "/api/v1/token/refresh",
            "/api/v1/tokens",
            "/api/v1/tokens/{id}",
        ] {
            assert!(document["paths"][path].is_object(), "{path}");
        }
        let reader = key(&viewer, "read").await;
        assert_eq!(
            program.status("/api/v1/openapi.json", &reader).await,
            StatusCode::OK
        );
    }
}
