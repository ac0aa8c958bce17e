//! Finished answers over HTTP: packed quickly for who comes first, and harder for those who come while the plan is at rest.

use std::io::Read as _;
use std::time::Duration;

use ballast::accounts::Access;
use compu::decoder::{self, DecodeStatus, Decoder as _};
use http::Method;
use reqwest::Response;
use serde_json::json;

use crate::house::{Guest, House};

/// As browsers ask.
const BROWSER: &str = "gzip, deflate, br, zstd";
/// As browsers ask that know nothing of zstandard.
const OLDER: &str = "gzip, deflate, br";

async fn asked(guest: &Guest, path: &str, accepts: &str) -> Response {
    let request = guest
        .request(Method::GET, path)
        .header("Accept-Encoding", accepts);
    request.send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

/// The answer, asked for until it comes packed as `encoding`, as it came; and its version.
async fn at_rest(guest: &Guest, path: &str, accepts: &str, encoding: &str) -> (Vec<u8>, String) {
    let asked = async {
        loop {
            let answer = asked(guest, path, accepts).await;
            if header(&answer, "content-encoding") == encoding {
                let tag = header(&answer, "etag").to_owned();
                return (answer.bytes().await.unwrap().to_vec(), tag);
            }
        }
    };
    let patience = Duration::from_mins(1);
    tokio::time::timeout(patience, asked).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_at_rest_comes_harder_packed_and_a_changed_one_as_it_is_now() {
    let house = House::of_forty().await;
    let manager = house.guest(Access::Manager).await;
    let path = "/schedule?weeks=52";
    let plain = asked(&manager, path, "identity").await;
    assert_eq!(header(&plain, "content-encoding"), "");
    let plain = plain.bytes().await.unwrap();
    let (packed, _) = at_rest(&manager, path, BROWSER, "zstd").await;
    assert_eq!(unzstd(&packed), plain);
    let person = json!({ "name": "Zora Last", "email": "zora@plan.test", "weeklyHours": 40 });
    assert_eq!(manager.post("/api/v1/people", &person).await.status(), 201);
    // Unpacked by the client that asks, since it knows gzip.
    let changed = asked(&manager, path, BROWSER).await;
    assert_ne!(header(&changed, "content-encoding"), "zstd");
    let (packed, _) = at_rest(&manager, path, BROWSER, "zstd").await;
    assert!(String::from_utf8(unzstd(&packed)).unwrap().contains("Zora Last"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_at_rest_has_one_version_however_it_is_packed() {
    let house = House::of_forty().await;
    let viewer = house.guest(Access::Viewer).await;
    let path = "/api/v1/utilisation?weeks=52";
    let plain = asked(&viewer, path, "identity").await;
    let tag = header(&plain, "etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let plain = plain.bytes().await.unwrap();
    for (accepts, encoding) in [(BROWSER, "zstd"), (OLDER, "br")] {
        let (packed, version) = at_rest(&viewer, path, accepts, encoding).await;
        assert_eq!(version, tag);
        let told = match encoding {
            "zstd" => unzstd(&packed),
            _ => unbrotli(&packed),
        };
        assert_eq!(told, plain);
        let request = viewer.request(Method::GET, path).header("If-None-Match", version);
        let held = request.header("Accept-Encoding", accepts).send().await.unwrap();
        assert_eq!(held.status(), 304);
    }
}

/// As browsers read it: one frame, of which they keep no more than they are told.
fn unzstd(packed: &[u8]) -> Vec<u8> {
    let mut told = Vec::new();
    let mut reader = zstd::stream::read::Decoder::new(packed).unwrap().single_frame();
    reader.read_to_end(&mut told).unwrap();
    told
}

fn unbrotli(packed: &[u8]) -> Vec<u8> {
    let mut told = Vec::new();
    let mut reader = decoder::BrotliC::new().unwrap();
    let end = reader.decode_vec_full(packed, &mut told).unwrap();
    assert_eq!(end.status.ok(), Some(DecodeStatus::Finished));
    told
}
