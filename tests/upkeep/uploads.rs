//! Archives that are larger than what all bodies may hold in memory, sent while other people work.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Body, StatusCode, multipart};

use super::restoring::{Browser, an_administrator, in_runtime};
use crate::process::Server;

/// More than all bodies together may have in memory.
const LENGTH: u64 = 320 * 1_048_576;
const PIECE: u64 = 1_048_576;

/// How much memory the process has had at most so far, in MiB.
fn most_memory(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
}

impl Browser {
    /// A form with `body` as its archive.
    fn upload(&self, body: Body, length: u64) -> reqwest::RequestBuilder {
        let form = multipart::Form::new().text("csrf", self.form_key.clone()).part(
            "file",
            multipart::Part::stream_with_length(body, length).file_name("a.tar.zst"),
        );
        let asked = self
            .client
            .post(format!("{}/settings/backups/upload", self.address));
        asked
            .header("Cookie", &self.cookie)
            .header("Sec-Fetch-Site", "same-origin")
            .multipart(form)
    }
}

/// So many pieces of what is no archive.
fn pieces(count: u64) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> + Send {
    let piece = Bytes::from(vec![7; usize::try_from(PIECE).unwrap()]);
    futures_util::stream::iter((0..count).map(move |_| Ok(piece.clone())))
}

#[test]
fn an_archive_goes_to_the_disk_as_it_comes_and_everybody_else_is_answered() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let often = [
        ("RATE_LIMIT_PAGE_PER_SECOND", "100000"),
        ("RATE_LIMIT_PAGE_BURST", "100000"),
    ];
    let server = Server::start(&data, &[("SECURE_COOKIES", "false"), often[0], often[1]]);
    an_administrator(&data);
    in_runtime(async {
        let browser = Browser::sign_in(&server.address).await;
        let before = most_memory(server.id());
        let sending = browser
            .upload(Body::wrap_stream(pieces(LENGTH / PIECE)), LENGTH)
            .send();
        let sending = tokio::spawn(sending);
        let mut meanwhile = 0;
        while !sending.is_finished() {
            let page = browser.text("/settings/backups").await;
            assert!(page.contains("</html>"));
            let changed = browser
                .form("/settings/maintenance", &[("until", "yesterday")])
                .await;
            assert_eq!(changed.status(), StatusCode::UNPROCESSABLE_ENTITY);
            meanwhile += 1;
        }
        let answer = sending.await.unwrap().unwrap();
        // It is no archive, which is only known when all of it has come.
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().await.unwrap().contains("the file"));
        assert!(meanwhile > 3, "{meanwhile}");
        let more = most_memory(server.id()) - before;
        assert!(more < 100, "{more} MiB more, {before} before");
    });
    let left: Vec<_> = std::fs::read_dir(data.join("backups"))
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert!(
        !left
            .iter()
            .any(|name| name.to_string_lossy().starts_with(".incoming")),
        "{left:?}"
    );
}

#[test]
fn one_account_sends_three_at_a_time_and_the_others_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let often = [
        ("RATE_LIMIT_PAGE_PER_SECOND", "100000"),
        ("RATE_LIMIT_PAGE_BURST", "100000"),
    ];
    let server = Server::start(&data, &[("SECURE_COOKIES", "false"), often[0], often[1]]);
    an_administrator(&data);
    in_runtime(async {
        use futures_util::StreamExt as _;
        let browser = Browser::sign_in(&server.address).await;
        let mut standing = Vec::new();
        for _ in 0..3 {
            let endless = pieces(80).chain(futures_util::stream::pending());
            let sending = browser.upload(Body::wrap_stream(endless), LENGTH);
            standing.push(tokio::spawn(sending.send()));
        }
        let incoming = || {
            let all = std::fs::read_dir(data.join("backups"))
                .into_iter()
                .flatten()
                .flatten();
            let sizes = all.filter(|file| file.file_name().to_string_lossy().starts_with(".incoming"));
            sizes
                .filter(|file| file.metadata().is_ok_and(|about| about.len() > 60 * PIECE))
                .count()
        };
        let came = async {
            while incoming() < 3 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), came).await.unwrap();
        let small = || browser.upload(Body::from(vec![7; 100]), 100).send();
        assert_eq!(small().await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(browser.text("/settings/backups").await.contains("</html>"));
        for one in standing {
            one.abort();
        }
        let free = async {
            while small().await.unwrap().status() != StatusCode::UNPROCESSABLE_ENTITY {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), free).await.unwrap();
    });
}
