//! What stands between a browser and us: proxies that keep answers back, networks that are gone without a word.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::table::{FIVE, Line, Room};
use crate::house::Guest;

/// Whether a proxy heeds `X-Accel-Buffering: no`, as nginx does, or keeps back whatever has not ended.
#[derive(Clone, Copy)]
enum Buffers {
    UnlessTold,
    Everything,
}

/// A proxy with `proxy_buffering on`: an answer goes on when it is whole. Answers the address at which it listens.
async fn proxy(upstream: String, buffers: Buffers) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&upstream).await.unwrap();
            tokio::spawn(pass_on(client, server, buffers));
        }
    });
    address
}

async fn pass_on(client: TcpStream, server: TcpStream, buffers: Buffers) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asking = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut kept = Vec::new();
    let mut piece = [0; 4_096];
    while let Ok(length @ 1..) = from_server.read(&mut piece).await {
        kept.extend_from_slice(&piece[..length]);
        let told = String::from_utf8_lossy(&kept).to_ascii_lowercase();
        if matches!(buffers, Buffers::UnlessTold) && told.contains("x-accel-buffering: no\r\n") {
            let _ = to_client.write_all(&kept).await;
            kept.clear();
            let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        }
    }
    let _ = to_client.write_all(&kept).await;
    let _ = to_client.shutdown().await;
    asking.abort();
}

/// Asks through a proxy and leaves the answer to be read.
async fn ask(room: &Room, who: &Guest, through: &str, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(through).await.unwrap();
    let host = room.house.address.trim_start_matches("http://");
    let cookie = who.cookie.clone().unwrap_or_default();
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
        room.at(path)
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn read_until(stream: &mut TcpStream, read: &mut String, words: &str) {
    let mut piece = [0; 4_096];
    while !read.contains(words) {
        let length = stream.read(&mut piece).await.unwrap();
        assert!(length > 0, "the answer ended without {words}: {read}");
        read.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
}

#[tokio::test]
async fn r14_a_proxy_that_buffers_passes_the_line_on_as_it_comes_and_the_reveal_with_it() {
    let room = Room::open().await;
    let upstream = room.house.address.trim_start_matches("http://").to_owned();
    let address = proxy(upstream, Buffers::UnlessTold).await;
    let bo = room.member("Bo").await;
    let (mut line, mut read) = (ask(&room, &bo, &address, "/events").await, String::new());
    read_until(&mut line, &mut read, "event: hello").await;
    room.vote(&bo, FIVE).await;
    room.reveal().await;
    read_until(&mut line, &mut read, "event: changed").await;
    let (mut view, mut read) = (ask(&room, &bo, &address, "/view").await, String::new());
    read_until(&mut view, &mut read, "\"revealed\":true").await;
}

#[tokio::test]
async fn r14_a_proxy_that_keeps_back_the_line_itself_does_not_keep_back_what_the_page_asks_for() {
    let room = Room::open().await;
    let upstream = room.house.address.trim_start_matches("http://").to_owned();
    let address = proxy(upstream, Buffers::Everything).await;
    let bo = room.member("Bo").await;
    let line = ask(&room, &bo, &address, "/events").await;
    room.vote(&bo, FIVE).await;
    room.reveal().await;
    // A page whose line does not stand asks by itself (`assets/js/poker.js`).
    let (mut view, mut read) = (ask(&room, &bo, &address, "/view").await, String::new());
    read_until(&mut view, &mut read, "\"revealed\":true").await;
    let nothing = line.try_read(&mut [0; 16]).unwrap_err();
    assert_eq!(
        nothing.kind(),
        std::io::ErrorKind::WouldBlock,
        "the line is kept back"
    );
}

#[tokio::test]
async fn r13_who_answers_no_beat_any_more_is_gone_though_a_proxy_keeps_their_line_open() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let _line = Line::open(&room, &bo).await;
    let here = async || room.say(&bo, "/here", json!({})).await.status();
    let is_here = async || -> Value {
        let view = room.view(&room.owner).await;
        let mut people = view["people"].as_array().unwrap().iter();
        people.find(|one| one["name"] == "Bo").unwrap()["present"].clone()
    };
    room.later(60_000).await;
    assert_eq!(
        is_here().await,
        true,
        "who never answered beats is there as long as the line"
    );
    assert_eq!(here().await, StatusCode::NO_CONTENT);
    room.later(100_000).await;
    assert_eq!(is_here().await, true);
    room.later(106_000).await;
    assert_eq!(is_here().await, false);
    here().await;
    assert_eq!(is_here().await, true, "the computer had slept");
}
