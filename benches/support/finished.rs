//! Finished answers, beside a server that knows nothing but the bytes to send.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, IF_NONE_MATCH};

use crate::bare::{Answer, Bare};
use crate::load::{self, Client, Fault, Headers, Load};
use crate::table;

/// How often each client asks.
const EACH: usize = 150;
/// How often the two servers take turns.
const TURNS: usize = 7;
/// As browsers ask.
const BROWSER: &str = "gzip, deflate, br, zstd";
/// How long an answer may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(10);

async fn asked(address: SocketAddr, path: &'static str, headers: Arc<Headers>) -> Result<Load, Fault> {
    load::together(address, |_, mut client| {
        let headers = Arc::clone(&headers);
        async move {
            let mut waits = Vec::with_capacity(EACH);
            for _ in 0..EACH {
                let begun = Instant::now();
                let (status, ..) = client.get(path, &headers).await?;
                if !status.is_success() && status != StatusCode::NOT_MODIFIED {
                    return Err(format!("{path} answered {status}").into());
                }
                waits.push(begun.elapsed());
            }
            Ok(waits)
        }
    })
    .await
}

/// The answer as it comes packed as `encoding`, for which it has to be at rest in some.
async fn packed(client: &mut Client, path: &str, headers: &Headers, encoding: &str) -> Result<Answer, Fault> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let answer = client.get(path, headers).await?;
        if !answer.0.is_success() {
            return Err(format!("{path} answered {}", answer.0).into());
        }
        if answer
            .1
            .get(CONTENT_ENCODING)
            .is_some_and(|packed| packed == encoding)
        {
            return Ok(answer);
        }
    }
    Err(format!("{path} did not come as {encoding}").into())
}

const HEAT_MAP: &str = "/api/v1/utilisation?weeks=12";

/// What is asked for: its name, its path, how it comes packed, and whether the client holds it already.
const ASKED: [(&str, &str, &str, bool); 7] = [
    ("heat map JSON, 12 weeks", HEAT_MAP, "gzip", false),
    ("  at rest, as zstandard", HEAT_MAP, "zstd", false),
    ("  the same, 304", HEAT_MAP, "gzip", true),
    ("overview JSON", "/api/v1/overview", "gzip", false),
    ("schedule page, 16 weeks", "/schedule", "gzip", false),
    ("  at rest, as zstandard", "/schedule", "zstd", false),
    ("overview page", "/", "gzip", false),
];

/// Signed in, with all headers, beside a server that sends the same bytes with the same headers.
pub async fn print(address: SocketAddr) -> Result<(), Fault> {
    let mut rows = Vec::new();
    let session = load::session(address).await?;
    for (name, path, encoding, again) in ASKED {
        let accepts = if encoding == "zstd" { BROWSER } else { encoding };
        let mut headers = vec![session.clone(), (ACCEPT_ENCODING, accepts.to_owned())];
        let mut client = Client::connect(address).await?;
        let mut first = packed(&mut client, path, &headers, encoding).await?;
        if again {
            let tag = first.1.get(ETAG).ok_or("no version")?.to_str()?.to_owned();
            headers.push((IF_NONE_MATCH, tag));
            first = client.get(path, &headers).await?;
            if first.0 != StatusCode::NOT_MODIFIED {
                return Err(format!("{path} answered {} to its own version", first.0).into());
            }
        }
        let length = first.2.len();
        let bare = Bare::start(&first)?;
        let headers = Arc::new(headers);
        // The machine's mood changes: they take turns, and the best of each counts.
        let (mut ours, mut theirs) = ((0, Duration::MAX), (0, Duration::MAX));
        for _ in 0..TURNS {
            for (address, best) in [(address, &mut ours), (bare.address, &mut theirs)] {
                let load = asked(address, path, Arc::clone(&headers)).await?;
                *best = (best.0.max(load.each_second()), best.1.min(load.percentile(99)));
            }
        }
        rows.push(vec![
            name.to_owned(),
            length.to_string(),
            ours.0.to_string(),
            theirs.0.to_string(),
            format!("{} %", 100 * ours.0 / theirs.0.max(1)),
            table::milliseconds(ours.1),
        ]);
    }
    table::print(
        "Finished answers to 64 clients at once",
        &["what", "bytes", "a second", "bare hyper", "of it", "p99 ms"],
        &rows,
        "Signed in; the best of seven turns each. Bare hyper sends the same bytes with the same headers from memory; \
         each server is a process of its own.",
    );
    Ok(())
}
