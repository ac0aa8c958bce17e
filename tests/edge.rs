//! What stands between the world and the pages: proxies, hosts, origins, headers, limits.

use std::collections::BTreeMap;

use crate::house::{Guest, House, NOW, PASSWORD};
use ballast::accounts::Access;
use ballast::routes::{self, Who};
use ballast::web::edge::Bucket;
use reqwest::header::HeaderMap;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

/// The directives of a policy with their sources; each stands there once, and each source is one that browsers know.
#[cfg(test)]
fn parsed(policy: &str) -> BTreeMap<String, Vec<String>> {
    let mut directives = BTreeMap::new();
    for part in policy.split(';') {
        let mut words = part.split_whitespace().map(str::to_owned);
        let name = words.next().expect("no empty directive");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
        let sources: Vec<String> = words.collect();
        for source in &sources {
            let quoted = source.starts_with('\'');
            assert_eq!(quoted, source.ends_with('\''), "{source} in {policy}");
            let known = ["'none'", "'self'", "'script'"].contains(&source.as_str())
                || source
                    .strip_prefix("'nonce-")
                    .is_some_and(|rest| rest.len() == 25);
            assert!(!quoted || known, "{source} in {policy}");
        }
        assert!(
            !sources.contains(&"'none'".to_owned()) || sources.len() == 1,
            "{policy}"
        );
        assert!(directives.insert(name, sources).is_none(), "twice in {policy}");
    }
    directives
}

#[cfg(test)]
pub fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[cfg(test)]
pub async fn sent(house: &House, headers: &[(&str, &str)], method: Method, path: &str) -> Response {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let mut request = client.request(method, format!("{}{path}", house.address));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn every_answer_carries_a_policy_that_can_be_parsed() {
    let house = House::open().await;
    let admin = house.admin().await;
    let style = crate::house::between(&admin.text("/schedule").await, "stylesheet\" href=\"", "\"").unwrap();
    let mut nonces = std::collections::BTreeSet::new();
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/auth/login"),
        (Method::GET, &style),
        (Method::GET, "/favicon.ico"),
        (Method::GET, "/nowhere"),
        (Method::GET, "/api/v1/me"),
        (Method::GET, "/api/v1/nowhere"),
        (Method::GET, "/health"),
        (Method::PUT, "/schedule"),
        (Method::POST, "/csp-report/"),
        (Method::GET, "/setup/AbCdEfGhIjKlMnOpQrStUv"),
    ] {
        let answer = admin.request(method, path).send().await.unwrap();
        let headers = answer.headers();
        let policy = parsed(text(headers, "content-security-policy"));
        let nonce = policy["script-src"]
            .iter()
            .find(|source| source.starts_with("'nonce-"))
            .unwrap();
        assert!(nonces.insert(nonce.clone()), "{path}: a nonce is used once");
        assert_eq!(policy["script-src"], ["'self'", nonce], "{path}");
        assert_eq!(policy["style-src"], ["'self'", nonce], "{path}");
        for name in ["default-src", "object-src", "base-uri", "frame-ancestors"] {
            assert_eq!(policy[name], ["'none'"], "{path}: {name}");
        }
        assert_eq!(policy["form-action"], ["'self'"], "{path}");
        assert_eq!(policy["img-src"], ["'self'", "data:"], "{path}");
        assert_eq!(policy["require-trusted-types-for"], ["'script'"], "{path}");
        assert_eq!(policy["trusted-types"], ["ballast"], "{path}");
        assert_eq!(policy["report-uri"], ["/csp-report/"], "{path}");
        assert_eq!(policy["report-to"], ["csp"], "{path}");
        for (name, value) in [
            ("reporting-endpoints", "csp=\"/csp-report/\""),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("x-xss-protection", "0"),
            ("x-permitted-cross-domain-policies", "none"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", ""),
            ("server", ""),
        ] {
            assert_eq!(text(headers, name), value, "{path}: {name}");
        }
        let referrer = if path.starts_with("/setup/") {
            "no-referrer"
        } else {
            "same-origin"
        };
        assert_eq!(text(headers, "referrer-policy"), referrer, "{path}");
        assert!(
            text(headers, "permissions-policy").contains("camera=()"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_settings_decide_the_headers() {
    for (settings, name, value) in [
        (
            &[("X_FRAME_OPTIONS", "SAMEORIGIN")][..],
            "x-frame-options",
            "SAMEORIGIN",
        ),
        (
            &[("COMPAT_XSS_HEADER", "true")],
            "x-xss-protection",
            "1; mode=block",
        ),
        (&[("CSP_ENABLED", "false")], "content-security-policy", ""),
        (&[("CSP_REPORT_ONLY", "true")], "content-security-policy", ""),
        (
            &[
                ("PUBLIC_URL", "https://plan.example.org"),
                ("HSTS_PRELOAD", "true"),
            ],
            "strict-transport-security",
            "max-age=31536000; includeSubDomains; preload",
        ),
        (
            &[("PUBLIC_URL", "https://plan.example.org"), ("HSTS_SECONDS", "0")],
            "strict-transport-security",
            "",
        ),
    ] {
        let house = House::open_with(settings).await;
        let answer = house.stranger().get("/auth/login").await;
        assert_eq!(text(answer.headers(), name), value, "{settings:?}");
    }
    let house = House::open_with(&[
        ("CSP_REPORT_ONLY", "true"),
        ("X_FRAME_OPTIONS", "SAMEORIGIN"),
        ("CSP_REPORT_URI", ""),
    ])
    .await;
    let answer = house.stranger().get("/auth/login").await;
    let policy = parsed(text(answer.headers(), "content-security-policy-report-only"));
    assert_eq!(policy["frame-ancestors"], ["'self'"]);
    assert!(!policy.contains_key("report-uri") && !answer.headers().contains_key("reporting-endpoints"));
}

#[tokio::test]
async fn only_a_proxy_of_ours_says_that_the_connection_is_encrypted() {
    let forwarded = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "198.51.100.7"),
    ];
    let strict = async |house: &House, headers: &[(&str, &str)]| {
        let answer = sent(house, headers, Method::GET, "/auth/login").await;
        text(answer.headers(), "strict-transport-security").to_owned()
    };
    let alone = House::open().await;
    assert_eq!(strict(&alone, &forwarded).await, "");
    let behind = House::open_with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    assert_eq!(
        strict(&behind, &forwarded).await,
        "max-age=31536000; includeSubDomains"
    );
    assert_eq!(strict(&behind, &[("x-forwarded-proto", "http")]).await, "");
}

#[tokio::test]
async fn the_audit_names_the_client_that_a_trusted_proxy_names_and_no_forged_one() {
    for (settings, expected) in [
        (&[][..], "127.0.0.1"),
        (&[("TRUSTED_PROXIES", "10.0.0.0/8")], "127.0.0.1"),
        (&[("TRUSTED_PROXIES", "127.0.0.0/8")], "198.51.100.7"),
    ] {
        let house = House::open_with(settings).await;
        house.guest(Access::Viewer).await;
        let answer = house
            .stranger()
            .request(Method::POST, "/auth/login")
            .header("x-forwarded-for", "203.0.113.1, 198.51.100.7")
            .form(&[("email", "viewer@example.org"), ("password", PASSWORD)])
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let seen: Vec<String> = house
            .app
            .db
            .read(|tx| tx.query("select address from session", &[], |row| row.get(0)))
            .await
            .unwrap();
        assert!(
            seen.iter().any(|address| address == expected),
            "{settings:?}: {seen:?}"
        );
        assert!(
            !seen.iter().any(|address| address == "203.0.113.1"),
            "{settings:?}: {seen:?}"
        );
    }
}

#[tokio::test]
async fn ballast_answers_under_its_own_names_only() {
    let house = House::open_with(&[(
        "ALLOWED_HOSTS",
        "plan.example.org, *.team.example.org, planner-*.fly.dev",
    )])
    .await;
    for (host, expected) in [
        ("plan.example.org", StatusCode::OK),
        ("PLAN.example.org.:8080", StatusCode::OK),
        ("a.b.team.example.org", StatusCode::OK),
        ("team.example.org", StatusCode::MISDIRECTED_REQUEST),
        ("planner-abc.fly.dev", StatusCode::OK),
        ("evil.fly.dev", StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.1", StatusCode::MISDIRECTED_REQUEST),
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("plan.example.org.evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("plan.example.org@evil.example", StatusCode::BAD_REQUEST),
        ("a b", StatusCode::BAD_REQUEST),
    ] {
        let answer = sent(&house, &[("host", host)], Method::GET, "/auth/login").await;
        assert_eq!(answer.status(), expected, "{host}");
        assert_eq!(
            text(answer.headers(), "x-content-type-options"),
            "nosniff",
            "{host}"
        );
        // A monitor asks by address.
        for path in ["/health", "/healthz", "/readyz", "/api/health/"] {
            let answer = sent(&house, &[("host", "172.19.0.2")], Method::GET, path).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
        }
    }
}

#[tokio::test]
async fn origins_that_are_trusted_may_and_their_neighbours_may_not() {
    let house = House::open_with(&[("CSRF_TRUSTED_ORIGINS", "https://*.trusted.example")]).await;
    let admin = house.admin().await;
    let cookie = admin.cookie.clone().unwrap();
    let own = house.address.clone();
    for (origin, expected) in [
        // They may, and say nothing that can be read.
        (own.as_str(), StatusCode::BAD_REQUEST),
        ("https://a.trusted.example", StatusCode::BAD_REQUEST),
        ("https://trusted.example", StatusCode::FORBIDDEN),
        ("http://a.trusted.example", StatusCode::FORBIDDEN),
        ("https://a.trusted.example.evil.io", StatusCode::FORBIDDEN),
    ] {
        let headers = [
            ("cookie", cookie.as_str()),
            ("origin", origin),
            ("content-type", "application/json"),
        ];
        let answer = sent(&house, &headers, Method::POST, "/api/v1/hours").await;
        assert_eq!(answer.status(), expected, "{origin}");
    }
}

#[tokio::test]
async fn a_head_above_sixteen_kibibytes_is_refused_and_the_line_ends() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let house = House::open().await;
    let host = house.address.strip_prefix("http://").unwrap();
    for (length, taken) in [(12 * 1024, true), (17 * 1024, false), (512 * 1024, false)] {
        let mut line = tokio::net::TcpStream::connect(host).await.unwrap();
        let head = format!(
            "GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Long: {}\r\n\r\n",
            "x".repeat(length)
        );
        // A server that has heard enough may end the line while it is spoken to.
        let _ = line.write_all(head.as_bytes()).await;
        let mut answer = Vec::new();
        let read = line.read_to_end(&mut answer).await;
        let text = String::from_utf8_lossy(&answer);
        if taken {
            assert!(
                read.is_ok() && text.starts_with("HTTP/1.1 200"),
                "{length}: {text}"
            );
        } else {
            // To read to the end is to see that the line was ended; what was said before may be lost with what was not read.
            let said = text.starts_with("HTTP/1.1 431") || text.starts_with("HTTP/1.1 400");
            assert!(said || (length > 100_000 && text.is_empty()), "{length}: {text}");
        }
    }
    // One that never ends is not waited for either.
    let mut line = tokio::net::TcpStream::connect(host).await.unwrap();
    let begun = format!(
        "GET /health HTTP/1.1\r\nHost: {host}\r\nX-Long: {}",
        "x".repeat(17 * 1024)
    );
    let _ = line.write_all(begun.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = line.read_to_end(&mut answer).await;
    let text = String::from_utf8_lossy(&answer);
    assert!(text.starts_with("HTTP/1.1 4"), "{text}");
    assert_eq!(house.stranger().get("/health").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn other_origins_read_only_where_they_are_written_out() {
    let house = House::open_with(&[("CORS_ALLOWED_ORIGINS", "https://board.example.org")]).await;
    for (origin, path, allowed) in [
        ("https://board.example.org", "/api/v1/me", true),
        ("https://board.example.org", "/schedule", false),
        ("https://evil.example", "/api/v1/me", false),
        ("https://board.example.org.evil.example", "/api/v1/me", false),
        ("http://board.example.org", "/api/v1/me", false),
        ("null", "/api/v1/me", false),
    ] {
        let answer = sent(&house, &[("origin", origin)], Method::GET, path).await;
        let expected = if allowed { origin } else { "" };
        assert_eq!(
            text(answer.headers(), "access-control-allow-origin"),
            expected,
            "{origin} {path}"
        );
        assert!(!answer.headers().contains_key("access-control-allow-credentials"));
        assert!(
            text(answer.headers(), "vary").to_lowercase().contains("origin"),
            "{path}"
        );
        let preflight = [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "authorization, content-type"),
        ];
        let answer = sent(&house, &preflight, Method::OPTIONS, path).await;
        assert_eq!(
            text(answer.headers(), "access-control-allow-origin"),
            expected,
            "{origin} {path}"
        );
        if allowed {
            assert!(answer.status().is_success());
            assert!(text(answer.headers(), "access-control-allow-methods").contains("PATCH"));
            assert!(text(answer.headers(), "access-control-allow-headers").contains("authorization"));
        }
    }
    let closed = House::open().await;
    let answer = sent(
        &closed,
        &[("origin", "https://evil.example")],
        Method::GET,
        "/api/v1/me",
    )
    .await;
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_report_is_taken_in_both_forms_and_has_an_end() {
    let house = House::open().await;
    let report = |kind: &'static str, body: String| {
        reqwest::Client::new()
            .post(format!("{}/csp-report/", house.address))
            .header("content-type", kind)
            // What no page of ours would say; a report takes no cookie, so it may.
            .header("origin", "null")
            .header("cookie", "x=y")
            .body(body)
            .send()
    };
    let old = json!({ "csp-report": { "document-uri": "https://plan.example.org/?x" } }).to_string();
    let new = json!([{ "type": "csp-violation", "body": { "documentURL": "https://plan.example.org/" } }])
        .to_string();
    for (kind, body, expected) in [
        ("application/csp-report", old.clone(), StatusCode::NO_CONTENT),
        (
            "application/reports+json; charset=utf-8",
            new,
            StatusCode::NO_CONTENT,
        ),
        ("application/csp-report", "{".to_owned(), StatusCode::BAD_REQUEST),
        ("text/plain", old.clone(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (
            "application/csp-report",
            " ".repeat(16 * 1024 + 1),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
    ] {
        let answer = report(kind, body).await.unwrap();
        assert_eq!(answer.status(), expected, "{kind}");
    }
    let mut last = StatusCode::NO_CONTENT;
    for _ in 0..40 {
        last = report("application/csp-report", old.clone())
            .await
            .unwrap()
            .status();
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert!(house.app.limiter.refused(Bucket::Reports) > 0);
}

#[tokio::test]
async fn strangers_read_and_change_nothing_while_nobody_is_asked_to_sign_in() {
    let house = House::open_with(&[("AUTH_ENFORCED", "false")]).await;
    house.seed().await;
    let admin = house.admin().await;
    let stranger = house.stranger();
    assert!(stranger.text("/schedule").await.contains("Ada Osei"));
    assert_eq!(
        stranger.json("/api/v1/people").await["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for route in routes::table() {
        if route.path == "/events" || route.who == Who::Anybody {
            continue;
        }
        let path = route
            .path
            .replace("{id}", "987654")
            .replace("{day}", "2026-11-16");
        let status = stranger
            .request(route.method.clone(), &path)
            .send()
            .await
            .unwrap()
            .status();
        let seen = format!("{} {path}: {status}", route.method);
        assert!(!status.is_server_error(), "{seen}");
        let reads = route.method == Method::GET && route.who == Who::AtLeast(Access::Viewer);
        if !reads {
            assert!(!status.is_success(), "{seen}");
        }
    }
    let told = |guest: &Guest| {
        let answer = guest.request(Method::GET, "/readyz").send();
        async { answer.await.unwrap().text().await.unwrap() }
    };
    assert!(told(&admin).await.contains("AUTH_ENFORCED=false"));
    assert_eq!(told(&stranger).await, r#"{"status":"healthy","database":"ok"}"#);
}

#[tokio::test]
async fn the_open_door_closes_by_itself() {
    let house = House::open_with(&[
        ("AUTH_ENFORCED", "false"),
        ("AUTH_ENFORCED_OFF_UNTIL", "2026-11-18T13:00:00Z"),
    ])
    .await;
    assert_eq!(
        house.stranger().get("/api/v1/people").await.status(),
        StatusCode::OK
    );
    house.app.clock.set(NOW + 3_600_000);
    assert_eq!(
        house.stranger().get("/api/v1/people").await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_fault_is_told_without_what_is_behind_it() {
    let house = House::open().await;
    let admin = house.admin().await;
    for (method, path) in [
        (Method::GET, "/nowhere"),
        (Method::GET, "/api/v1/people/987654"),
        (Method::POST, "/api/v1/hours"),
        (Method::TRACE, "/schedule"),
    ] {
        let answer = admin.request(method, path).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{path}");
        let body = answer.text().await.unwrap();
        for leak in [
            "src/",
            ".rs",
            "select ",
            "SQLITE",
            "panicked",
            house.directory.path().to_str().unwrap(),
        ] {
            assert!(!body.contains(leak), "{path}: {leak}");
        }
    }
    for path in [
        "/.env",
        "/%2e%65nv",
        "/..%2f",
        "/ballast.db",
        "/secret.key",
        "/.git/config",
        "/a.bak",
        "/a.log",
    ] {
        assert_eq!(admin.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
