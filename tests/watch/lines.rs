//! Lines of the log.

use reqwest::Client;
use serde_json::Value;

use crate::house::House;
use crate::process::{self, Server};
use crate::watch::probe::until;

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
