//! What is written down of who came in and of what they changed.

#[cfg(test)]
mod written {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use crate::house::{Guest, House, NOW, PASSWORD};
    use crate::process::Server;
    use ballast::accounts::Access;
    use reqwest::{Client, StatusCode};
    use serde_json::json;

    /// The cells of the page's rows: when, what, who, about, from.
    async fn rows(admin: &Guest, query: &str) -> Vec<Vec<String>> {
        let page = admin.text(&format!("/accounts/audit{query}")).await;
        let (_, body) = page.split_once("<tbody>").unwrap_or_default();
        let (body, _) = body.split_once("</tbody>").unwrap_or_default();
        body.split("</tr>")
            .filter(|row| row.contains("<td"))
            .map(|row| {
                row.split("</t")
                    .map(plain)
                    .filter(|cell| !cell.is_empty())
                    .collect()
            })
            .collect()
    }

    /// The text between tags.
    fn plain(markup: &str) -> String {
        let mut text = String::new();
        let mut inside = true;
        for letter in format!("x>{}", markup.trim_start_matches(['d', 'h', '>']))
            .chars()
            .skip(2)
        {
            match letter {
                '<' => inside = false,
                '>' => inside = true,
                letter if inside => text.push(letter),
                _ => {}
            }
        }
        text.trim().to_owned()
    }

    async fn has(admin: &Guest, query: &str, words: &[&str]) -> bool {
        let all = rows(admin, query).await;
        all.iter().any(|row| {
            words
                .iter()
                .all(|word| row.iter().any(|cell| cell.contains(word)))
        })
    }

    #[tokio::test]
    async fn what_is_asked_of_jobs_is_written_down_though_it_is_no_change_of_the_plan() {
        let house = House::open().await;
        let admin = house.admin().await;
        let ran = admin.form("/settings/jobs/schedules/clean-up/run", &[]).await;
        assert_eq!(ran.status(), StatusCode::SEE_OTHER);
        let all = rows(&admin, "").await;
        assert!(
            has(&admin, "", &["Settings changed", "asked for clean-up now"]).await,
            "{all:?}"
        );
        let unknown = admin.form("/settings/jobs/4711/forget", &[]).await;
        assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
        assert!(!has(&admin, "", &["forgot job 4711"]).await);
    }

    #[tokio::test]
    async fn sign_ins_refusals_changes_exports_and_settings_stand_there() {
        let house = House::open().await;
        let admin = house.admin().await;
        house.seed().await;
        let manager = house.manager().await;
        let wrong = [
            ("email", "manager@example.org"),
            ("password", "wrong wrong wrong"),
        ];
        house.stranger().form("/auth/login", &wrong).await;
        for path in [
            "/export/people.csv",
            "/api/v1/exports/projects.csv",
            "/reports/export.xlsx",
            "/forecast/export.csv",
        ] {
            assert_eq!(manager.get(path).await.status(), StatusCode::OK, "{path}");
        }
        assert_eq!(
            manager.get("/export/nothing.csv").await.status(),
            StatusCode::NOT_FOUND
        );
        let made = admin.post("/api/v1/roles", &json!({ "name": "Surveyor" })).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let refused = manager.post("/api/v1/roles", &json!({ "name": "Welder" })).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let new = json!({ "email": "cy@example.org", "access": "member", "new-password": PASSWORD });
        assert_eq!(
            admin.post("/api/v1/accounts", &new).await.status(),
            StatusCode::CREATED
        );
        manager.form("/auth/logout", &[]).await;
        for words in [
            &["Signed in", "manager@example.org", "127.0.0.1"][..],
            &["Sign-in refused", "manager@example.org", "127.0.0.1"],
            &["Signed out", "manager@example.org"],
            &["Exported", "manager@example.org", "/export/people.csv"],
            &["Exported", "manager@example.org", "/api/v1/exports/projects.csv"],
            &["Exported", "manager@example.org", "/reports/export.xlsx"],
            &["Settings changed", "admin@example.org", "Surveyor"],
            &["Account added", "admin@example.org", "cy@example.org, member"],
        ] {
            assert!(
                has(&admin, "", words).await,
                "{words:?}: {:?}",
                rows(&admin, "").await
            );
        }
        assert!(
            !has(&admin, "", &["Welder"]).await,
            "what was refused changed nothing"
        );
        assert!(!has(&admin, "", &["nothing.csv"]).await);
    }

    #[tokio::test]
    async fn filters_pages_and_the_file_show_the_same_rows() {
        let house = House::open().await;
        let admin = house.admin().await;
        let stranger = house.stranger();
        for count in 0..130 {
            let email = format!("guess{count}@example.org");
            let fields = [("email", email.as_str()), ("password", "wrong wrong wrong")];
            stranger.form("/auth/login", &fields).await;
        }
        house.app.clock.set(NOW + 2 * 86_400_000);
        let admin = {
            drop(admin);
            house.admin().await
        };
        let refused = "?what=sign-in+refused";
        assert_eq!(rows(&admin, refused).await.len(), 100);
        let page = admin.text(&format!("/accounts/audit{refused}")).await;
        let next = crate::house::between(&page, "before=", "\"").unwrap();
        assert_eq!(rows(&admin, &format!("{refused}&before={next}")).await.len(), 30);
        for (query, count) in [
            ("?who=GUESS7%40", 1),
            ("?who=guess7%25", 0),
            ("?who=guess&from=2026-11-19", 0),
            ("?who=guess12&until=2026-11-18", 11),
            ("?who=guess12&address=127.0", 11),
            ("?who=guess12&address=203.", 0),
            ("?what=signed+in&from=2026-11-20", 1),
        ] {
            assert_eq!(rows(&admin, query).await.len(), count, "{query}");
        }
        let file = admin.get(&format!("/accounts/audit.csv{refused}")).await;
        assert!(
            file.headers()["content-disposition"]
                .to_str()
                .unwrap()
                .contains("ballast-audit-2026-11-20.csv")
        );
        assert_eq!(
            file.text().await.unwrap().lines().count(),
            131,
            "a head and every row"
        );
        assert!(has(&admin, "?what=exported", &["audit, 130 rows"]).await);
        for access in [Access::Viewer, Access::Manager] {
            let guest = house.guest(access).await;
            for path in ["/accounts/audit", "/accounts/audit.csv"] {
                assert_eq!(guest.get(path).await.status(), StatusCode::FORBIDDEN);
            }
        }
    }

    /// What a stranger may type to have somebody else locked out, or to run a formula where the file is opened.
    const NASTY: &str = "=a\" from=203.0.113.66 who=\"b\nINFO audit what=\"sign-in refused\" from=203.0.113.66 who=\"c@example.org";

    #[tokio::test]
    async fn what_a_stranger_types_stays_what_they_typed() {
        let house = House::open().await;
        let admin = house.admin().await;
        // What is no address may be anything, a password too, and is not written down at all.
        for email in [NASTY, "=cmd|'/c_calc'!a1@example.org", "my Token is swordfish"] {
            let fields = [("email", email), ("password", "<script>")];
            house.stranger().form("/auth/login", &fields).await;
        }
        let all = rows(&admin, "?what=sign-in+refused").await;
        assert_eq!(all.len(), 3);
        let file = admin.text("/accounts/audit.csv?what=sign-in+refused").await;
        assert!(file.contains("'=cmd|"), "no program runs it: {file}");
        assert_eq!(file.matches("not an address").count(), 2, "{file}");
        for typed in ["203.0.113.66", "swordfish"] {
            assert!(
                !file.contains(typed) && !house.witness.text().contains(typed),
                "{file}"
            );
        }
    }

    #[tokio::test]
    async fn an_address_that_holds_a_word_that_betrays_stands_whole_in_the_audit_and_masked_in_the_log() {
        let house = House::open().await;
        let admin = house.admin().await;
        for email in ["token@example.org", "Secret.Password@example.org"] {
            let fields = [("email", email), ("password", "wrong wrong wrong")];
            house.stranger().form("/auth/login", &fields).await;
        }
        assert!(has(&admin, "?what=sign-in+refused", &["token@example.org"]).await);
        let log = house.witness.text();
        assert!(log.contains("tkn@example.org") && log.contains("scrt.pwd@example.org"));
        // The witness of the house finds the words themselves, if they are there.
    }

    #[tokio::test]
    async fn whoever_knocks_without_pause_stands_in_the_log_and_fills_no_disk() {
        let house = House::open_with(&[("SIGN_IN_TRIES_PER_MINUTE", "10")]).await;
        let admin = house.admin().await;
        let stranger = house.stranger_at([127, 0, 0, 9]);
        for count in 0..30 {
            let email = format!("guess{count}@example.org");
            let fields = [("email", email.as_str())];
            stranger.form("/auth/forgotten", &fields).await;
        }
        let refused = "?what=reset+link+refused";
        while !house.witness.text().contains("guess29@example.org") {
            tokio::task::yield_now().await;
        }
        assert_eq!(rows(&admin, refused).await.len(), 10);
        let body = json!({ "credential": {
            "id": "AA", "rawId": "AA", "type": "public-key",
            "response": { "authenticatorData": "AA", "clientDataJSON": "AA", "signature": "AA" },
        } });
        for _ in 0..30 {
            let answer = stranger.post("/auth/passkey/finish", &body).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        }
        assert_eq!(
            rows(&admin, "?what=sign-in+refused").await.len(),
            0,
            "the ten were used up"
        );
        let elsewhere = house.stranger_at([127, 0, 0, 8]);
        elsewhere.post("/auth/passkey/finish", &body).await;
        assert_eq!(rows(&admin, "?what=sign-in+refused").await.len(), 1);
    }

    /// The expressions of the filter that the documentation gives, as Python's `re`, which fail2ban uses, reads them.
    fn found_by_fail2ban(log: &str) -> Option<Vec<String>> {
        let text = include_str!("../docs/fail2ban.md");
        let (_, filter) = text.split_once("failregex = ").unwrap();
        let (filter, _) = filter.split_once("ignoreregex").unwrap();
        let expressions: Vec<&str> = filter
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(expressions.len(), 2);
        let script = "import json, re, sys\n\
            given = json.load(sys.stdin)\n\
            kinds = [re.compile(one.replace('<ADDR>', '(?P<ip>[0-9A-Fa-f.:]+)')) for one in given['expressions']]\n\
            found = [m['ip'] for line in given['log'].splitlines() for m in [next(filter(None, (k.search(line) for k in kinds)), None)] if m]\n\
            print(json.dumps(found))";
        let child = Command::new("python3")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = child else {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "there is no python3"
            );
            eprintln!("not checked: there is no python3");
            return None;
        };
        let given = json!({ "expressions": expressions, "log": log }).to_string();
        child.stdin.take().unwrap().write_all(given.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        Some(serde_json::from_slice(&output.stdout).unwrap())
    }

    #[tokio::test]
    async fn fail2ban_finds_each_refusal_in_the_log_and_the_true_address_only() {
        for format in ["text", "json"] {
            let directory = tempfile::tempdir().unwrap();
            let server = Server::start(directory.path(), &[("LOG_FORMAT", format)]);
            for email in ["bo@example.org", NASTY] {
                let answer = Client::new()
                    .post(format!("{}/auth/login", server.address))
                    .header("Sec-Fetch-Site", "same-origin")
                    .header("X-Forwarded-For", "203.0.113.66")
                    .form(&[("email", email), ("password", "wrong wrong wrong")])
                    .send()
                    .await
                    .unwrap();
                assert!(!answer.status().is_server_error());
            }
            let log = server.stop();
            if let Some(found) = found_by_fail2ban(&log) {
                assert_eq!(found, ["127.0.0.1", "127.0.0.1"], "{log}");
            }
        }
    }
}
