//! Figures for a collector, and the alerts that are made of them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ballast::{backup, jobs};
use reqwest::{Client, StatusCode};

use crate::house::{House, NOW};
use crate::watch::probe::{figure, listener};

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
    let words = String::from_utf8_lossy(&said.stderr).into_owned() + &String::from_utf8_lossy(&said.stdout);
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
    let book = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/monitoring.md")).unwrap();
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
