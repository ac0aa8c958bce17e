//! What a provider, or somebody in between, may do wrong: each is refused, with its reason for the log alone.

#[cfg(test)]
mod tests {
    use ballast::accounts::Access;
    use ballast::db::DbError;
    use reqwest::StatusCode;
    use serde_json::{Value, json};

    use crate::house::{House, NOW, PASSWORD};
    use crate::oidc::liar::{CLIENT, Exchange, Liar, Lie, PROOF, Signed};
    use crate::oidc::wanderer::{PUBLIC, Wanderer};

    const START: &str = "/auth/oidc/env/start";
    const SECOND: i64 = NOW / 1_000;

    async fn house_with(settings: &[(&str, &str)]) -> (House, Liar) {
        let liar = Liar::start(NOW).await;
        let mut all = vec![
            ("PUBLIC_URL", PUBLIC),
            ("SECURE_COOKIES", "false"),
            ("OIDC_CLIENT_ID", CLIENT),
            ("OIDC_CLIENT_SECRET", PROOF),
            ("OIDC_NAME", "Work"),
        ];
        let issuer = liar.0.issuer.clone();
        all.push(("OIDC_ISSUER", &issuer));
        all.extend_from_slice(settings);
        let house = House::open_with(&all).await;
        house.guest_called(Access::Manager, "ada").await;
        (house, liar)
    }

    /// What the audit says last.
    async fn reason(house: &House) -> String {
        let read = house.app.db.read(|tx| {
            tx.first("select about from audit order by id desc limit 1", &[], |row| {
                row.get::<String>(0)
            })
        });
        read.await
            .map_err(|error: DbError| error.to_string())
            .unwrap()
            .unwrap()
    }

    /// Where the provider sends a browser back to that wants to sign in.
    async fn back(browser: &Wanderer) -> String {
        let url = browser.sent(START).await;
        browser.through(&url, "ada").await
    }

    /// Signs in against a lie: it must be refused, with this word in the reason.
    async fn refused(house: &House, liar: &Liar, lie: Lie, word: &str) {
        let shown = format!("{lie:?}");
        liar.lies(lie);
        let browser = Wanderer::at(house);
        let answer = browser.sign_in(START, "ada").await;
        let status = answer.status();
        let reason = reason(house).await;
        let page = answer.text().await.unwrap();
        assert!(!page.contains(word), "people are told no reason: {page}");
        assert!(reason.contains(word), "{shown}: {reason}");
        assert!(
            matches!(status, StatusCode::FORBIDDEN | StatusCode::SERVICE_UNAVAILABLE),
            "{shown}: {status}"
        );
        assert!(browser.who().await.is_none(), "{shown}");
    }

    async fn let_in(house: &House, liar: &Liar, lie: Lie) {
        let shown = format!("{lie:?}");
        liar.lies(lie);
        let browser = Wanderer::at(house);
        browser.sign_in(START, "ada").await;
        assert!(browser.who().await.is_some(), "{shown}: {}", reason(house).await);
    }

    fn claims(claims: Value) -> Lie {
        Lie {
            claims,
            ..Lie::default()
        }
    }

    #[tokio::test]
    async fn an_identity_that_is_not_ours_or_not_of_now_is_refused() {
        let (house, liar) = house_with(&[]).await;
        let_in(&house, &liar, Lie::default()).await;
        for (lie, word) in [
            (json!({ "iss": "https://id.example.org" }), "another issuer"),
            (json!({ "iss": format!("{}/", liar.0.issuer) }), "another issuer"),
            (json!({ "aud": "another" }), "somebody else"),
            (json!({ "aud": [CLIENT, "another"] }), "somebody else"),
            (json!({ "aud": [] }), "somebody else"),
            (json!({ "azp": "another" }), "asked for by somebody else"),
            (json!({ "nonce": "another" }), "another sign-in"),
            (json!({ "nonce": null }), "another sign-in"),
            (json!({ "exp": SECOND - 60 }), "expired"),
            (json!({ "iat": SECOND + 61 }), "future"),
            (json!({ "nbf": SECOND + 61 }), "future"),
            (json!({ "sub": "" }), "two different people"),
            (json!({ "sub": null }), "cannot be read"),
            (json!({ "exp": null }), "cannot be read"),
        ] {
            refused(&house, &liar, claims(lie), word).await;
        }
        for lie in [
            json!({ "azp": CLIENT, "aud": [CLIENT] }),
            json!({ "exp": SECOND - 59 }),
            json!({ "iat": SECOND + 60, "nbf": SECOND + 60 }),
        ] {
            let_in(&house, &liar, claims(lie)).await;
        }
    }

    #[tokio::test]
    async fn an_identity_that_is_signed_by_nobody_or_by_anybody_is_refused() {
        let (house, liar) = house_with(&[]).await;
        for (signed, word) in [
            (Signed::ByNobody, "signature"),
            (Signed::ByNobodyWithMore, "signature"),
            (Signed::WithThePublicKey, "signature"),
            (Signed::WithTheProof, "signature"),
            (Signed::ByAnother, "signature"),
            (Signed::AndChanged, "signature"),
            (Signed::ByAnUnknownKey, "does not name"),
        ] {
            let lie = Lie {
                signed,
                ..Lie::default()
            };
            refused(&house, &liar, lie, word).await;
        }
        for (head, word) in [
            (json!({ "alg": "RS256" }), "does not name"),
            (json!({ "alg": "None" }), "cannot be read"),
            (json!({ "crit": ["exp"] }), "cannot be read"),
            (json!({ "typ": "at+jwt" }), "cannot be read"),
            (
                json!({ "jwk": { "kty": "oct", "k": "AA" }, "kid": "k-9" }),
                "does not name",
            ),
        ] {
            refused(
                &house,
                &liar,
                Lie {
                    head,
                    ..Lie::default()
                },
                word,
            )
            .await;
        }
    }

    #[tokio::test]
    async fn an_address_counts_only_where_it_is_verified_and_somebodys() {
        let (house, liar) = house_with(&[]).await;
        for (lie, word) in [
            (json!({ "email_verified": false }), "no verified address"),
            (json!({ "email_verified": null }), "no verified address"),
            (
                json!({ "email_verified": null, "xms_edov": true }),
                "no verified address",
            ),
            (json!({ "email": null }), "no verified address"),
            (
                json!({ "email": "ada@example.org@evil.example" }),
                "no verified address",
            ),
            (json!({ "email": "nobody@example.org" }), "no account"),
        ] {
            refused(&house, &liar, claims(lie), word).await;
        }
        let_in(
            &house,
            &liar,
            claims(json!({ "email": "ADA@Example.org", "email_verified": "true" })),
        )
        .await;
        refused(
            &house,
            &liar,
            claims(json!({ "sub": "u-2" })),
            "another identity of the same issuer",
        )
        .await;
    }

    #[tokio::test]
    async fn the_list_of_domains_binds_whoever_is_invited_or_linked_too() {
        let (house, liar) = house_with(&[]).await;
        let_in(&house, &liar, Lie::default()).await;
        let admin = house.guest_called(Access::Admin, "Root").await;
        let invited = [("email", "eve@elsewhere.org"), ("access", "viewer")];
        let sent = admin.form("/accounts/invitations", &invited).await;
        assert!(!sent.status().is_client_error(), "{}", sent.status());
        let directory = house.copy();
        drop(house);
        let issuer = liar.0.issuer.clone();
        let settings = [
            ("PUBLIC_URL", PUBLIC),
            ("SECURE_COOKIES", "false"),
            ("OIDC_CLIENT_ID", CLIENT),
            ("OIDC_CLIENT_SECRET", PROOF),
            ("OIDC_NAME", "Work"),
            ("OIDC_ISSUER", &issuer),
            ("ORG_ALLOWED_EMAIL_DOMAIN", "ours.org"),
        ];
        let house = House::open_in(directory, &settings).await;
        let eve = json!({ "sub": "u-9", "email": "eve@elsewhere.org" });
        refused(&house, &liar, claims(eve), "not in an allowed domain").await;
        refused(&house, &liar, Lie::default(), "not in an allowed domain").await;
    }

    #[tokio::test]
    async fn the_number_that_somebody_is_told_is_found_in_the_audit() {
        let (house, liar) = house_with(&[]).await;
        liar.lies(claims(json!({ "email": "nobody@example.org" })));
        let browser = Wanderer::at(&house);
        let answer = browser.sign_in(START, "ada").await;
        let number = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert!(reason(&house).await.ends_with(&format!("request {number}")));
        assert!(answer.text().await.unwrap().contains(&number));
    }

    #[tokio::test]
    async fn a_foreign_tenant_stays_outside_and_its_own_people_are_known_by_its_own_id() {
        let (house, liar) = house_with(&[("OIDC_TENANT", "t-1")]).await;
        let with = |more: Value| {
            let mut all = json!({ "tid": "t-1", "oid": "o-1", "email_verified": null, "xms_edov": true });
            for (name, value) in more.as_object().unwrap() {
                all[name] = value.clone();
            }
            claims(all)
        };
        for (lie, word) in [
            (json!({ "tid": "t-2" }), "another tenant"),
            (json!({ "tid": null }), "another tenant"),
            (json!({ "oid": null }), "two different people"),
            (json!({ "xms_edov": null }), "no verified address"),
            (json!({ "xms_edov": false }), "no verified address"),
        ] {
            refused(&house, &liar, with(lie), word).await;
        }
        let_in(&house, &liar, with(json!({}))).await;
        let_in(
            &house,
            &liar,
            with(json!({ "sub": "another-for-this-app", "email": null })),
        )
        .await;
        refused(&house, &liar, with(json!({ "oid": "o-2" })), "another identity").await;
    }

    #[tokio::test]
    async fn a_provider_that_answers_wrongly_is_no_fault_of_ours() {
        let (house, liar) = house_with(&[]).await;
        for (exchange, word) in [
            (Exchange::NoIdentity, "cannot be read"),
            (Exchange::Huge, "too large"),
            (Exchange::Elsewhere, "cannot be read"),
            (Exchange::Broken, "cannot be read"),
            (Exchange::NotJson, "cannot be read"),
            (Exchange::Never, "in time"),
        ] {
            refused(
                &house,
                &liar,
                Lie {
                    exchange,
                    ..Lie::default()
                },
                word,
            )
            .await;
        }
    }

    #[tokio::test]
    async fn a_provider_that_describes_itself_wrongly_is_not_gone_to() {
        let (house, liar) = house_with(&[("OIDC_TENANT", "")]).await;
        let wrong = |discovery: Value| Lie {
            discovery,
            ..Lie::default()
        };
        let template = format!("{}/{{tenantid}}/v2.0", liar.0.issuer);
        let mut hour = 0;
        for (lie, word) in [
            (
                wrong(json!({ "issuer": "https://id.example.org" })),
                "another issuer",
            ),
            (wrong(json!({ "issuer": template })), "many tenants"),
            (
                wrong(json!({ "issuer": "https://evil.example/{tenantid}" })),
                "another issuer",
            ),
            (
                wrong(json!({ "authorization_endpoint": "javascript:alert(1)" })),
                "not its description",
            ),
            (
                wrong(json!({ "authorization_endpoint": "http://evil.example/" })),
                "not its description",
            ),
            (wrong(json!({ "token_endpoint": null })), "not its description"),
            (
                wrong(json!({ "jwks_uri": "https://169.254.169.254/keys" })),
                "open internet",
            ),
            (
                wrong(json!({ "jwks_uri": format!("{}/nowhere", liar.0.issuer) })),
                "keys cannot be read",
            ),
            (
                Lie {
                    keys: Some(json!([])),
                    ..Lie::default()
                },
                "keys cannot be read",
            ),
        ] {
            hour += 1;
            house.app.clock.set(NOW + hour * 3_600_000);
            liar.lies(lie);
            let answer = Wanderer::at(&house).get(START).await;
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{word}");
            let page = answer.text().await.unwrap();
            assert!(page.contains("Work does not answer right now"), "{page}");
            let reason = reason(&house).await;
            assert!(reason.contains(word), "{word}: {reason}");
        }
        // It is not knocked at again at once, however often somebody presses the button.
        liar.lies(Lie::default());
        assert_eq!(
            Wanderer::at(&house).get(START).await.status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
        house.app.clock.set(NOW + hour * 3_600_000 + 5_000);
        liar.set_time(house.app.clock.now());
        let_in(&house, &liar, Lie::default()).await;
    }

    #[tokio::test]
    async fn one_issuer_of_many_tenants_is_held_to_ours() {
        let (house, liar) = house_with(&[("OIDC_TENANT", "t-1")]).await;
        let template = json!({ "issuer": format!("{}/{{tenantid}}/v2.0", liar.0.issuer) });
        let of = |tenant: &str, told: &str| Lie {
            discovery: template.clone(),
            claims: json!({ "iss": format!("{}/{tenant}/v2.0", liar.0.issuer), "tid": told, "oid": "o-1" }),
            ..Lie::default()
        };
        liar.lies(of("t-1", "t-1"));
        let browser = Wanderer::at(&house);
        let url = browser.sent(START).await;
        let back = browser.through(&url, "ada").await.replace(
            &format!("iss={}", liar.0.issuer),
            &format!("iss={}/t-1/v2.0", liar.0.issuer),
        );
        browser.get(&back).await;
        assert!(browser.who().await.is_some(), "{}", reason(&house).await);
        for (tenant, told, word) in [("t-2", "t-2", "another issuer"), ("t-1", "t-2", "another tenant")] {
            liar.lies(of(tenant, told));
            let browser = Wanderer::at(&house);
            let url = browser.sent(START).await;
            let back = browser.through(&url, "ada").await.replace(
                &format!("iss={}", liar.0.issuer),
                &format!("iss={}/t-1/v2.0", liar.0.issuer),
            );
            assert_eq!(browser.get(&back).await.status(), StatusCode::FORBIDDEN);
            let reason = reason(&house).await;
            assert!(reason.contains(word), "{reason}");
        }
    }

    #[tokio::test]
    async fn an_answer_counts_once_in_the_browser_that_asked_and_in_time() {
        let (house, _liar) = house_with(&[]).await;
        let (mine, yours) = (Wanderer::at(&house), Wanderer::at(&house));
        let own = back(&mine).await;
        assert_eq!(
            yours.get(&own).await.status(),
            StatusCode::FORBIDDEN,
            "a browser that never asked"
        );
        let theirs = back(&yours).await;
        assert_eq!(
            yours.get(&own).await.status(),
            StatusCode::FORBIDDEN,
            "one that asked something else"
        );
        assert!(yours.who().await.is_none());
        assert_eq!(mine.get(&own).await.status(), StatusCode::SEE_OTHER);
        assert!(mine.who().await.is_some());
        assert_eq!(
            mine.get(&own).await.status(),
            StatusCode::FORBIDDEN,
            "a second time"
        );
        assert!(reason(&house).await.contains("no sign-in of this browser"));
        house.app.clock.set(NOW + 600_000);
        assert_eq!(
            yours.get(&theirs).await.status(),
            StatusCode::FORBIDDEN,
            "ten minutes later"
        );
    }

    #[tokio::test]
    async fn an_answer_that_was_tampered_with_is_refused() {
        let (house, liar) = house_with(&[]).await;
        let browser = Wanderer::at(&house);
        let part = |url: &str, name: &str| {
            let after = url.split_once(&format!("{name}=")).unwrap().1;
            after.split('&').next().unwrap().to_owned()
        };
        for (change, word) in [
            (("state=", "state=x"), "no sign-in"),
            (("&iss=", "&iss=x"), "another provider"),
            (("&iss=", "&was="), "another provider"),
            (("code=", "code=x"), "did not take the code"),
            (("code=", "was="), "nothing to sign in with"),
            (("code=", "error=access_denied&was="), "said no"),
            (("state=", "was="), "no sign-in"),
        ] {
            let own = back(&browser).await.replacen(change.0, change.1, 1);
            assert_eq!(browser.get(&own).await.status(), StatusCode::FORBIDDEN, "{own}");
            let reason = reason(&house).await;
            assert!(reason.contains(word), "{own}: {reason}");
        }
        // Somebody else's code in my answer: it is theirs by its proof (PKCE), whatever my browser says.
        let stolen = part(&back(&Wanderer::at(&house)).await, "code");
        let own = back(&browser).await;
        let mixed = own.replace(&part(&own, "code"), &stolen);
        assert_eq!(browser.get(&mixed).await.status(), StatusCode::FORBIDDEN);
        assert!(reason(&house).await.contains("did not take the code"));
        // A code that was used already, with an answer of its own.
        let own = back(&browser).await;
        let used = part(&own, "code");
        browser.get(&own).await;
        let other = Wanderer::at(&house);
        let own = back(&other).await;
        let replayed = own.replace(&part(&own, "code"), &used);
        assert_eq!(other.get(&replayed).await.status(), StatusCode::FORBIDDEN);
        assert!(other.who().await.is_none());
        drop(liar);
    }

    #[tokio::test]
    async fn two_providers_cannot_be_mixed_up() {
        let (house, liar) = house_with(&[]).await;
        let evil = Liar::start(NOW).await;
        let admin = house.admin().await;
        let fields = [
            ("name", "Evil"),
            ("issuer", evil.0.issuer.as_str()),
            ("client-id", CLIENT),
            ("by-email", "on"),
        ];
        let added = admin.form("/settings/providers", &fields).await;
        assert_eq!(added.status(), StatusCode::SEE_OTHER);
        let browser = Wanderer::at(&house);
        let own = back(&browser).await;
        let turned = own.replace("/auth/oidc/env/", "/auth/oidc/1/");
        assert_eq!(browser.get(&turned).await.status(), StatusCode::FORBIDDEN);
        assert!(reason(&house).await.contains("another provider"));
        let own = back(&browser).await.replace(&liar.0.issuer, &evil.0.issuer);
        assert_eq!(browser.get(&own).await.status(), StatusCode::FORBIDDEN);
        assert!(reason(&house).await.contains("another provider"));
        assert!(browser.who().await.is_none());
    }

    #[tokio::test]
    async fn nobody_is_led_elsewhere() {
        let (house, _liar) = house_with(&[]).await;
        for next in ["//evil.example", "https://evil.example", "/%5Cevil.example"] {
            let browser = Wanderer::at(&house);
            let answer = browser.sign_in(&format!("{START}?next={next}"), "ada").await;
            assert_eq!(answer.headers()["location"], "/", "{next}");
        }
        for nowhere in ["/auth/oidc/7/start", "/auth/oidc/x/callback"] {
            let answer = Wanderer::at(&house).get(nowhere).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{nowhere}");
        }
    }

    #[tokio::test]
    async fn the_session_from_before_ends() {
        let (house, _liar) = house_with(&[]).await;
        let sessions = async || {
            let read = house
                .app
                .db
                .read(|tx| tx.first("select count(*) from session", &[], |row| row.get::<i64>(0)));
            read.await
                .map_err(|error: DbError| error.to_string())
                .unwrap()
                .unwrap()
        };
        let before = sessions().await;
        let browser = Wanderer::at(&house);
        assert!(browser.text("/auth/login").await.contains("Sign in with Work"));
        let password = [
            ("email", "ada@example.org"),
            ("password", PASSWORD),
            ("next", "/"),
        ];
        browser.form("/auth/login", "/auth/login", &password).await;
        assert_eq!(sessions().await, before + 1);
        browser.sign_in(START, "ada").await;
        assert!(browser.who().await.is_some());
        assert_eq!(sessions().await, before + 1);
    }
}
