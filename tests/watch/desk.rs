//! What a developer sees at a desk: letters, and assets as they are sent.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use ballast::accounts::Access;
use lettre::Transport as _;
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::house::House;
use crate::process;
use crate::watch::probe::until;

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
