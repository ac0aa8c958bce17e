//! The driver on two pages of its own: a finding that never comes is worth nothing.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use fantoccini::Locator;
use serde_json::json;

use super::driver::{Browser, Scheme};

const GOOD: &str = "<!doctype html><html lang=en><head><meta charset=utf-8><title>Good</title>
    <meta name=viewport content='width=device-width, initial-scale=1'><link rel=icon href='data:,'>
    <style>@media (prefers-color-scheme: dark) { body { background: #111; color: #eee; } }</style></head>
    <body><main><h1>Plan</h1><p>All is well.</p><label>Name <input name=name></label></main></body></html>";

const BAD: &str = "<!doctype html><html><head><meta charset=utf-8><title>Bad</title><link rel=icon href='data:,'>
    <style>p { color: #eee; background: #fff; }</style></head>
    <body><p>Hardly to be read.</p><img src='data:,'><input name=name><script>refused()</script></body></html>";

/// Serves the two pages at `/good` and `/bad` under a policy as strict as the product's, until the test ends.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).unwrap_or(0);
            let body = if request[..read].starts_with(b"GET /good ") {
                GOOD
            } else {
                BAD
            };
            let policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; \
                          require-trusted-types-for 'script'; trusted-types 'none'";
            // A browser that left already is no fault.
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\
                 content-security-policy: {policy}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn axe_finds_the_faults_of_a_bad_page_and_none_on_a_good_one() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let base = serve();
    for scheme in [Scheme::Light, Scheme::Dark] {
        browser.scheme(scheme).await;
        for width in [1440, 390] {
            browser.size(width, 800).await;
            browser.client.goto(&format!("{base}/good")).await.unwrap();
            assert_eq!(
                browser.axe().await,
                Vec::<String>::new(),
                "{scheme:?} at {width} pixels"
            );
        }
    }
    assert_eq!(browser.console().await, Vec::<String>::new());

    browser.client.goto(&format!("{base}/bad")).await.unwrap();
    let found = browser.axe().await;
    for rule in [
        "color-contrast (serious): ",
        "image-alt (critical): ",
        "html-has-lang",
        "label",
        "landmark-one-main",
    ] {
        assert!(
            found.iter().any(|line| line.starts_with(rule)),
            "{rule} is missing in {found:#?}"
        );
    }
    let console = browser.console().await;
    assert!(
        console
            .iter()
            .any(|line| line.contains("Content Security Policy")),
        "{console:?}"
    );
}

#[tokio::test]
async fn a_page_gets_the_size_and_the_colours_asked_for() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    browser.client.goto(&format!("{}/good", serve())).await.unwrap();
    let seen = "return [innerWidth, innerHeight, matchMedia('(prefers-color-scheme: dark)').matches]";
    assert_eq!(
        browser.client.execute(seen, vec![]).await.unwrap(),
        json!([1440, 900, false])
    );
    browser.size(390, 844).await;
    browser.scheme(Scheme::Dark).await;
    assert_eq!(
        browser.client.execute(seen, vec![]).await.unwrap(),
        json!([390, 844, true])
    );
    let input = browser.client.find(Locator::Css("input")).await.unwrap();
    input.send_keys("Ada").await.unwrap();
    assert_eq!(input.prop("value").await.unwrap().as_deref(), Some("Ada"));
}

#[tokio::test]
async fn a_picture_is_kept_at_the_size_of_the_page() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    browser.size(390, 844).await;
    browser.client.goto(&format!("{}/good", serve())).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.png");
    browser.screenshot(&path).await;
    let png = std::fs::read(path).unwrap();
    // The PNG signature, the length and name of the first chunk, then width and height.
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    assert_eq!(
        png[16..24],
        [390_u32.to_be_bytes(), 844_u32.to_be_bytes()].concat()
    );
}

#[tokio::test]
async fn the_browser_ends_with_the_test() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let port = browser.driver.port;
    let profile = browser.profile.path().to_owned();
    assert!(profile.join("Default").exists(), "the profile is in use");
    drop(browser);
    assert!(
        std::net::TcpStream::connect(("127.0.0.1", port)).is_err(),
        "ChromeDriver still listens"
    );
    assert!(!profile.exists(), "the profile is still there");
}
