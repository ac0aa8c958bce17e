//! What a monitor, a collector and whoever looks after Ballast are told: health, figures, the log, letters about faults.

#[cfg(test)]
mod tests {
    #![expect(clippy::too_many_lines, reason = "a story is told in one go")]

    use std::io::Write as _;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};
    use std::sync::Arc;
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use axum::Router;
    use axum::routing::{get, post};
    use ballast::accounts::Access;
    use ballast::app::App;
    use ballast::{backup, crash, jobs, metrics, routes, server};
    use lettre::Transport as _;
    use reqwest::{Client, Method, StatusCode};
    use serde_json::Value;
    use tokio::net::TcpListener;

    use crate::house::{House, NOW};
    use crate::process::{self, Server};

    /// Waits for what must come to be.
    async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "never came: {what}");
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn whoever_is_about_to_end_wants_no_visitors_and_lives() {
        let house = House::open().await;
        let stranger = house.stranger();
        for path in [
            "/health",
            "/health/",
            "/readyz",
            "/readiness",
            "/api/health",
            "/healthz",
        ] {
            let head = stranger
                .request(Method::HEAD, path)
                .header("Host", "172.19.0.2:8080");
            assert_eq!(head.send().await.unwrap().status(), StatusCode::OK, "{path}");
        }
        house.app.ending.begin();
        for (path, body) in [
            ("/readyz", r#"{"status":"unhealthy","database":"ok"}"#),
            ("/readiness", r#"{"status":"unhealthy","database":"ok"}"#),
            ("/health/", r#"{"status":"unhealthy","database":"ok"}"#),
            ("/api/health", r#"{"status":"error"}"#),
            ("/healthz", "unavailable"),
        ] {
            let answer = stranger.get(path).await;
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
            assert_eq!(answer.text().await.unwrap(), body, "{path}");
        }
        assert_eq!(stranger.get("/livez").await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn an_administrator_is_told_what_health_hangs_on_and_nobody_else_is() {
        let house = House::open().await;
        let admin = house.admin().await;
        let told = admin.json("/health").await;
        assert_eq!(
            (&told["status"], &told["database"]),
            (&"healthy".into(), &"ok".into())
        );
        assert!(told["disk"]["freeBytes"].as_u64().unwrap() > 0, "{told}");
        assert_eq!(told["jobs"]["givenUp"], 0, "{told}");
        assert!(told["writer"]["silentMs"].as_u64().unwrap() < 5_000, "{told}");
        assert_eq!(told["backup"]["ageSeconds"], Value::Null, "{told}");
        let manager = house.manager().await;
        assert_eq!(
            manager.text("/health").await,
            r#"{"status":"healthy","database":"ok"}"#
        );
    }

    /// The figures of a house, from a listener of their own.
    async fn listener(app: &App) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(metrics::serve(listener, app.clone()));
        format!("http://{address}/metrics")
    }

    fn figure(text: &str, name: &str) -> Option<u64> {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        line.parse().ok()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn probes_share_one_check_a_second() {
        let house = House::open().await;
        let address = listener(&house.app).await;
        let writes = async || {
            let text = reqwest::get(&address).await.unwrap().text().await.unwrap();
            figure(&text, "ballast_write_wait_seconds_count").unwrap()
        };
        let stranger = Arc::new(house.stranger());
        let (before, begun) = (writes().await, Instant::now());
        let probes = (0..200).map(|_| {
            let stranger = Arc::clone(&stranger);
            tokio::spawn(async move { assert_eq!(stranger.get("/readyz").await.status(), StatusCode::OK) })
        });
        for probe in probes.collect::<Vec<_>>() {
            probe.await.unwrap();
        }
        let made = writes().await - before;
        let seconds = begun.elapsed().as_secs();
        assert!((1..=seconds + 2).contains(&made), "{made} checks in {seconds} s");
    }

    /// The checker of Prometheus; where it is not installed this says why, and under `CI=true` that is a failure.
    fn promtool() -> Option<PathBuf> {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/prometheus/usr/bin/promtool");
        if own.exists() {
            return Some(own);
        }
        let found = Command::new("promtool").arg("--version").output();
        if found.is_ok_and(|output| output.status.success()) {
            return Some(PathBuf::from("promtool"));
        }
        let wanted = "promtool of the package prometheus; `bash tests/run.sh` installs it where it may";
        assert!(
            std::env::var("CI").ok().as_deref() != Some("true"),
            "tests of figures need {wanted}"
        );
        eprintln!("skipped: tests of figures need {wanted}");
        None
    }

    fn checked_by_promtool(arguments: &[&str], text: &str) {
        let Some(promtool) = promtool() else { return };
        let mut child = Command::new(promtool)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let said = child.wait_with_output().unwrap();
        let words =
            String::from_utf8_lossy(&said.stderr).into_owned() + &String::from_utf8_lossy(&said.stdout);
        assert!(said.status.success(), "{words}\n{text}");
    }

    /// Every figure that the documentation and the alerts speak of.
    const FIGURES: [&str; 32] = [
        "ballast_request_seconds",
        "ballast_answers_total",
        "ballast_event_lines",
        "ballast_rate_limited_total",
        "ballast_sign_ins_refused_total",
        "ballast_panics_total",
        "ballast_certificate_not_after_seconds",
        "ballast_write_wait_seconds",
        "ballast_commit_seconds",
        "ballast_checkpoint_seconds",
        "ballast_disk_sync_seconds",
        "ballast_writes_waiting",
        "ballast_writer_silent_seconds",
        "ballast_wal_bytes",
        "ballast_checkpoint_busy_total",
        "ballast_database_busy_total",
        "ballast_revision",
        "ballast_jobs",
        "ballast_job_oldest_seconds",
        "ballast_workers_silent_seconds",
        "ballast_backup_age_seconds",
        "ballast_backup_verified_age_seconds",
        "ballast_disk_free_bytes",
        "ballast_disk_bytes",
        "process_open_fds",
        "process_max_fds",
        "process_resident_memory_bytes",
        "ballast_build_info",
        "ballast_request_seconds_bucket",
        "ballast_commit_seconds_count",
        "ballast_request_seconds_sum",
        "ballast_write_wait_seconds_count",
    ];

    #[tokio::test(flavor = "multi_thread")]
    async fn figures_are_what_prometheus_reads_and_documentation_says() {
        let house = House::open().await;
        house.seed().await;
        let manager = house.manager().await;
        assert_eq!(manager.get("/schedule").await.status(), StatusCode::OK);
        assert_eq!(
            manager.get("/nowhere/i-typed-this").await.status(),
            StatusCode::NOT_FOUND
        );
        let directory = house.directory.path().to_owned();
        let making = backup::Making {
            name: &backup::name_of(NOW - 60_000),
            made_at: NOW - 60_000,
            reason: "test",
            recipients: &backup::Recipients::default(),
        };
        backup::make(&directory, &making).unwrap();
        house.app.metrics.certificate_ends.set(1_800_000_000);
        jobs::tick(&house.app).await.unwrap();
        let address = listener(&house.app).await;
        let answer = reqwest::get(&address).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(
            answer.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/plain; version=0.0.4")
        );
        let text = answer.text().await.unwrap();
        checked_by_promtool(&["check", "metrics"], &text);
        assert!(
            text.contains(r#"ballast_request_seconds_count{method="GET",route="/schedule"} "#),
            "{text}"
        );
        assert!(
            text.contains(r#"route="(none)""#) && !text.contains("i-typed-this"),
            "{text}"
        );
        assert_eq!(figure(&text, "ballast_backup_age_seconds"), Some(60), "{text}");
        assert!(
            figure(&text, "ballast_commit_seconds_count").unwrap() >= 1,
            "{text}"
        );
        let book =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/monitoring.md")).unwrap();
        for name in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
            let name = name.split(' ').next().unwrap();
            assert!(
                book.contains(&format!("`{name}`")),
                "docs/monitoring.md says nothing of {name}"
            );
        }
        let absent = [
            "ballast_workers_silent_seconds",
            "ballast_backup_verified_age_seconds",
        ];
        for name in FIGURES.iter().filter(|name| !absent.contains(name)) {
            assert!(text.contains(name), "{name}");
        }
    }

    #[test]
    fn the_alerts_are_rules_and_speak_of_figures_that_there_are() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/alerts.yml");
        let text = std::fs::read_to_string(path).unwrap();
        checked_by_promtool(&["check", "rules", path], "");
        let names = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        for name in names.filter(|word| word.starts_with("ballast_") || word.starts_with("process_")) {
            let plain = name.trim_end_matches("_bucket");
            assert!(FIGURES.contains(&plain), "{name}");
        }
    }

    #[tokio::test]
    async fn figures_are_shown_to_whoever_knows_the_word() {
        let house = House::open_with(&[("METRICS_PASSWORD", "an open sesame")]).await;
        let address = listener(&house.app).await;
        let client = Client::new();
        let ask = |word: Option<&'static str>| match word {
            Some(word) => client.get(&address).basic_auth("prometheus", Some(word)),
            None => client.get(&address),
        };
        for (word, status) in [
            (None, StatusCode::UNAUTHORIZED),
            (Some("an open door"), StatusCode::UNAUTHORIZED),
            (Some("an open sesame"), StatusCode::OK),
        ] {
            assert_eq!(ask(word).send().await.unwrap().status(), status, "{word:?}");
        }
    }

    #[tokio::test]
    async fn a_slow_query_is_told_of_with_its_plan_and_without_its_values() {
        let house = House::open_with(&[("SLOW_QUERY_MS", "1")]).await;
        let counted = house.app.db.read(|tx| {
            tx.first(
                "with recursive many (n) as (select 1 union all select n + 1 from many where n < ?1) \
                 select count(*) from many where n <> ?2",
                &[
                    ballast::db::Value::Int(400_000),
                    ballast::db::Value::Int(271_828_182),
                ],
                |row| row.get::<i64>(0),
            )
        });
        counted.await.unwrap();
        let line = until("the slow query", || {
            let log = house.witness.text();
            let found = log
                .lines()
                .find(|line| line.contains("a query was slow") && line.contains("recursive many"));
            found.map(str::to_owned)
        })
        .await;
        assert!(
            line.contains("WARN") && line.contains("SCAN many") && line.contains("ms="),
            "{line}"
        );
        assert!(!line.contains("271828182") && !line.contains("400000"), "{line}");
    }

    async fn broken(_: axum::extract::State<App>) -> &'static str {
        let nobody: Vec<u8> = vec![1, 2, 3];
        let word = String::from("Ada Osei's salary");
        assert!(nobody.is_empty(), "this \"{word}\" must stay here");
        "never"
    }

    /// A router that breaks at `/broken`, within all that stands around every request.
    async fn breaking(house: &House) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let front = routes::around(Router::new().route("/broken", get(broken)), house.app.clone());
        let proxies = house.app.config.edge.proxies.clone();
        tokio::spawn(server::serve(
            vec![server::Door::plain(listener)],
            front,
            proxies,
            std::future::pending(),
            Duration::ZERO,
        ));
        format!("http://{address}/broken")
    }

    /// A collector of Sentry's kind: what comes in, head and body.
    async fn collector() -> (String, mpsc::Receiver<(String, String)>) {
        let (seen, envelopes) = mpsc::channel();
        let router = Router::new().route(
            "/api/7/envelope/",
            post(async move |headers: axum::http::HeaderMap, body: String| {
                let auth = headers["x-sentry-auth"].to_str().unwrap().to_owned();
                seen.send((auth, body)).unwrap();
                "{}"
            }),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        (format!("http://k1@{address}/7"), envelopes)
    }

    /// Letters about a crash at this place, oldest first.
    fn letters(house: &House) -> Vec<String> {
        let all = house.app.mail.captured();
        let own = all.iter().filter(|letter| letter.to == "ops@example.org");
        own.map(|letter| letter.text.expose().to_owned())
            .filter(|text| text.contains("tests/watch.rs"))
            .collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_crash_is_one_page_one_letter_and_one_report_and_tells_no_value() {
        let (dsn, envelopes) = collector().await;
        let house =
            House::open_with(&[("ERROR_REPORT_EMAIL", "ops@example.org"), ("SENTRY_DSN", &dsn)]).await;
        crash::watch(&house.app.crash, Some(std::panic::take_hook()));
        tokio::spawn(crash::tell(house.app.clone()));
        let address = breaking(&house).await;
        let ask = || {
            Client::new()
                .get(&address)
                .header("X-Request-ID", "seen-4711")
                .send()
        };

        let answer = ask().await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.headers()["x-request-id"], "seen-4711");
        let page = answer.text().await.unwrap();
        assert!(page.contains("seen-4711") && !page.contains("salary"), "{page}");
        let letter = until("a letter", || letters(&house).pop()).await;
        assert!(letter.contains("Request: seen-4711"), "{letter}");
        assert!(letter.contains("this … must stay here"), "{letter}");

        let (auth, envelope) = until("an envelope", || envelopes.try_recv().ok()).await;
        assert!(auth.contains("sentry_key=k1"), "{auth}");
        let lines: Vec<Value> = envelope
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines[1]["type"], "event");
        assert_eq!(lines[0]["event_id"], lines[2]["event_id"]);
        assert_eq!(lines[2]["tags"]["request_id"], "seen-4711");
        let frame = &lines[2]["exception"]["values"][0]["stacktrace"]["frames"][0];
        assert_eq!(frame["filename"], "tests/watch.rs");

        for _ in 0..20 {
            assert_eq!(ask().await.unwrap().status(), StatusCode::INTERNAL_SERVER_ERROR);
        }
        house.app.clock.set(NOW + 10 * 60_000);
        ask().await.unwrap();
        let more = until("another letter", || letters(&house).get(1).cloned()).await;
        assert!(more.contains("It had happened 20 more times before"), "{more}");
        assert_eq!(letters(&house).len(), 2);
        for text in letters(&house)
            .into_iter()
            .chain([envelope, house.witness.text()])
        {
            assert!(!text.contains("salary"), "{text}");
        }
        assert_eq!(house.stranger().get("/healthz").await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn work_that_is_given_up_is_told_to_administrators_once_and_shown_to_them() {
        let house = House::open().await;
        let admin = house.admin().await;
        tokio::spawn(crash::tell(house.app.clone()));
        // Where the copies go stands something else, so that no backup can be made.
        let copies = ballast::db::copies(house.directory.path());
        if copies.exists() {
            std::fs::remove_dir_all(&copies).unwrap();
        }
        std::fs::write(&copies, "in the way").unwrap();
        let gesture = house.app.own_gesture("ask for a backup");
        let kind = house.app.jobs.table.kind("backup").unwrap();
        house
            .app
            .db
            .write(gesture, move |tx| jobs::add(tx, kind, b""))
            .await
            .unwrap();
        assert_eq!(jobs::run_due(&house.app).await.unwrap(), 1);
        let page = admin.text("/accounts").await;
        assert!(page.contains("is tried again"), "{page}");
        for _ in 1..kind.attempts {
            house.app.clock.set(house.app.clock.now() + 6 * 3_600_000);
            assert_eq!(jobs::run_due(&house.app).await.unwrap(), 1);
        }
        let letter = until("a letter", || house.app.mail.captured().pop()).await;
        assert_eq!(letter.to, "admin@example.org");
        let text = letter.text.expose();
        assert!(
            text.contains("work that was given up") && text.contains("Make a backup"),
            "{text}"
        );
        assert_eq!(house.app.mail.captured().len(), 1);
        let again = house.guest_called(Access::Admin, "Second").await;
        let page = again.text("/accounts").await;
        assert!(
            page.contains("was given up") && page.contains("/settings/jobs"),
            "{page}"
        );
        let manager = house.manager().await;
        assert!(!manager.text("/schedule").await.contains("was given up"));
    }

    #[tokio::test]
    async fn each_line_of_the_log_is_an_object_that_says_who_asked_what() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("ballast.log");
        let settings = [
            ("LOG_FORMAT", "json"),
            ("LOG_FILE", file.to_str().unwrap()),
            ("ACCESS_LOG_STATIC", "false"),
        ];
        let data = tempfile::tempdir().unwrap();
        let server = Server::start(data.path(), &settings);
        let client = Client::new();
        let ask = |path: &str, id: &str| {
            client
                .get(format!("{}{path}", server.address))
                .header("X-Request-ID", id)
                .send()
        };
        assert_eq!(
            ask("/auth/login", "one").await.unwrap().headers()["x-request-id"],
            "one"
        );
        ask("/people/17?q=typed", "two").await.unwrap();
        ask("/favicon.ico", "three").await.unwrap();
        ask("/healthz", "four").await.unwrap();
        let odd = ask("/auth/login", "not a name").await.unwrap();
        assert_eq!(odd.headers()["x-request-id"].len(), 16);
        server.stop();
        let log = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<Value> = log
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let answered: Vec<&Value> = lines
            .iter()
            .filter(|line| line["message"] == "answered")
            .collect();
        assert_eq!(answered.len(), 4, "{log}");
        let first = answered[0];
        assert_eq!(
            (&first["request_id"], &first["method"]),
            (&"one".into(), &"GET".into())
        );
        assert_eq!(
            (&first["route"], &first["status"]),
            (&"/auth/login".into(), &200.into())
        );
        assert_eq!(
            (&first["ip"], &first["level"]),
            (&"127.0.0.1".into(), &"INFO".into())
        );
        assert!(
            first["bytes"].as_u64().unwrap() > 300 && first["ms"].is_u64(),
            "{first}"
        );
        assert!(
            first["ts"].is_string() && first.get("account").is_none(),
            "{first}"
        );
        assert_eq!(answered[1]["route"], "/people/{id}");
        assert!(!log.contains("typed"), "{log}");
        assert!(process::reading::faults_in(&log, &[]).is_empty());
    }

    #[tokio::test]
    async fn who_asked_stands_in_the_line() {
        let house = House::open().await;
        let manager = house.manager().await;
        manager.get("/projects").await;
        let log = house.witness.text();
        let line = log
            .lines()
            .find(|line| line.contains("answered") && line.contains("route=/projects"))
            .unwrap();
        assert!(
            line.contains("ip=127.0.0.1") && line.contains("account="),
            "{line}"
        );
    }

    /// The inbox of a house: where its page is, and where its mail server.
    async fn inbox(house: &House) -> (String, std::net::SocketAddr) {
        let (page, sink) = (
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let (at, smtp) = (page.local_addr().unwrap(), sink.local_addr().unwrap());
        let inbox = house.app.mail.inbox().unwrap().clone();
        tokio::spawn(ballast::mail::serve_window(page, inbox.clone()));
        tokio::spawn(ballast::mail::serve_sink(sink, inbox));
        (format!("http://{at}"), smtp)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn at_a_desk_letters_of_ours_and_of_other_programs_are_shown() {
        let house = House::open_with(&[("MAIL_CAPTURE", "true"), ("EMAIL_BACKEND", "")]).await;
        house
            .add_account(Access::Viewer, "Mina", "mina@example.org")
            .await;
        let (page, smtp) = inbox(&house).await;
        house
            .stranger()
            .form("/auth/login", &[("email", "mina@example.org")])
            .await;
        until("the code", || house.app.mail.captured().pop()).await;

        let transport = lettre::SmtpTransport::builder_dangerous("127.0.0.1")
            .port(smtp.port())
            .build();
        let nasty = "<p>Hello <a href=\"https://plan.example.org/x\">there</a><script>alert(1)</script></p>";
        let letter = lettre::Message::builder()
            .from("Tool <tool@example.org>".parse().unwrap())
            .to("bo@example.org".parse().unwrap())
            .subject("<b>From a tool</b>")
            .multipart(lettre::message::MultiPart::alternative_plain_html(
                "See https://plan.example.org/x.\n.\n..end".to_owned(),
                nasty.to_owned(),
            ))
            .unwrap();
        tokio::task::spawn_blocking(move || transport.send(&letter).unwrap())
            .await
            .unwrap();

        let client = Client::new();
        let all: Value = client
            .get(format!("{page}/api/letters"))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(all["items"].as_array().unwrap().len(), 2, "{all}");
        let found = client
            .get(format!("{page}/api/letters?to=BO@"))
            .send()
            .await
            .unwrap();
        let found: Value = found.json().await.unwrap();
        let one = &found["items"][0];
        assert_eq!(one["subject"], "<b>From a tool</b>");
        assert!(one["text"].as_str().unwrap().contains("\r\n.\r\n..end"), "{one}");

        let shown = client
            .get(format!("{page}/letters/{}", one["id"]))
            .send()
            .await
            .unwrap();
        let policy = shown.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("script"),
            "{policy}"
        );
        let shown = shown.text().await.unwrap();
        assert!(
            shown.contains("<a href=\"https://plan.example.org/x\""),
            "{shown}"
        );
        assert!(
            !shown.contains("<script") && !shown.contains("<b>From"),
            "{shown}"
        );
        let theirs = client
            .get(format!("{page}/letters/{}/page", one["id"]))
            .send()
            .await
            .unwrap();
        let policy = theirs.headers()["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("sandbox allow-popups") && !policy.contains("script"),
            "{policy}"
        );

        let elsewhere = client
            .get(&page)
            .header("Host", "evil.example:8025")
            .send()
            .await
            .unwrap();
        assert_eq!(elsewhere.status(), StatusCode::FORBIDDEN);
        let forged = client
            .post(format!("{page}/delete"))
            .header("Sec-Fetch-Site", "cross-site")
            .send();
        assert_eq!(forged.await.unwrap().status(), StatusCode::FORBIDDEN);
        let gone = client.delete(format!("{page}/api/letters")).send().await.unwrap();
        assert_eq!(gone.status(), StatusCode::NO_CONTENT);
        assert!(
            client
                .get(&page)
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap()
                .contains("Nothing here")
        );
    }

    #[test]
    fn letters_stay_nowhere_in_production_and_one_is_tried_out_by_a_command() {
        let directory = tempfile::tempdir().unwrap();
        let given = [
            ("ENVIRONMENT", "production"),
            ("MAIL_CAPTURE", "true"),
            ("ALLOWED_HOSTS", "plan.example.org"),
        ];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let sources = ballast::config::Sources::read(directory.path(), given.into_iter(), &[]);
        let faults = ballast::config::Config::from_sources(&sources).err().unwrap();
        assert_eq!(
            faults,
            ["MAIL_CAPTURE=true is refused with ENVIRONMENT=production"]
        );
        let nobody = process::run(directory.path(), &["mail", "test", "a@example.org"], "");
        assert_eq!(nobody.status.code(), Some(69));
        assert!(
            process::err(&nobody).contains("EMAIL_HOST"),
            "{}",
            process::err(&nobody)
        );
    }

    #[tokio::test]
    async fn assets_come_packed_as_the_browser_likes_and_once() {
        let house = House::open().await;
        let page = house.stranger().text("/auth/login").await;
        let style = crate::house::between(&page, "rel=\"stylesheet\" href=\"", "\"").unwrap();
        let ask = |path: &str, accepts: &str| {
            let request = house.stranger().request(Method::GET, path);
            request.header("Accept-Encoding", accepts.to_owned()).send()
        };
        let plain = ask(&style, "identity").await.unwrap();
        assert!(plain.headers().get("content-encoding").is_none());
        assert_eq!(plain.headers()["vary"], "accept-encoding");
        for (accepts, encoding) in [
            ("gzip, br;q=0.9", "gzip"),
            ("gzip, br, zstd", "br"),
            ("zstd", "zstd"),
        ] {
            let answer = ask(&style, accepts).await.unwrap();
            let headers = answer.headers().clone();
            if encoding != "gzip" {
                assert_eq!(headers["content-encoding"], encoding, "{accepts}");
            }
            assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
            let tag = headers["etag"].clone();
            assert!(
                tag.to_str().unwrap().ends_with(&format!("-{encoding}\"")),
                "{tag:?}"
            );
            let again = house
                .stranger()
                .request(Method::GET, &style)
                .header("Accept-Encoding", accepts)
                .header("If-None-Match", tag)
                .send()
                .await
                .unwrap();
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
            assert_eq!(again.headers()["vary"], "accept-encoding");
            assert!(again.bytes().await.unwrap().is_empty());
        }
        let icon = ask("/favicon.ico", "identity").await.unwrap();
        assert_eq!(icon.headers()["cache-control"], "public, max-age=604800");
        assert!(icon.headers().contains_key("etag"));
        let robots = ask("/robots.txt", "identity").await.unwrap();
        assert_eq!(robots.headers()["cache-control"], "public, max-age=3600");
        let tree = style.trim_end_matches("/css/app.css");
        for path in [
            "/.env",
            "/%2e%65nv",
            "/..%2f.env",
            "/assets/.env",
            &format!("{tree}/.env"),
            &format!("{tree}/..%2f..%2fCargo.toml"),
            &format!("{tree}/css/app.css.bak"),
            "/ballast.log",
        ] {
            let answer = ask(path, "identity").await.unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let mine = house.manager().await.get("/schedule").await;
        assert_eq!(mine.headers()["cache-control"], "no-store");
    }
}
