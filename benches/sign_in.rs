//! What somebody can tell from the time of an answer, and what a storm of sign-ins costs.
//!
//! `cargo bench --bench sign_in`. Known and unknown addresses are asked in turn, so that whatever else the machine does falls on
//! both alike. Each try comes from a loopback address of its own, so that nobody has to wait.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/plan.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod plan;
#[path = "support/process.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod process;
#[path = "support/table.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod table;

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode, redirect};
use serde_json::json;
use table::{milliseconds, percentile};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

type Fault = Box<dyn Error>;

/// Tries each for known and for unknown addresses, unless `TRIES` in the environment says otherwise; a thousand at most, which
/// is what the limits let through.
const TRIES: u32 = 1_000;
/// An address is sent so many letters an hour at most, so the tries go round over these.
const ACCOUNTS: u32 = 10;
/// Sign-ins at once.
const STORM: u32 = 100;
const PASSWORD: &str = "a hundred sign-ins at once";
const WRONG: &str = "wrong wrong wrong wrong";
/// What else somebody looks at during the storm.
const PAGES: [&str; 3] = ["/", "/schedule", "/people"];

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let directory = plan::directory()?;
    let first = process::Server::start(directory.path()).await?;
    make_accounts(first.address).await?;
    first.stop()?;

    let up = mail_server().await?;
    let mut rows = Vec::new();
    for (mail, port) in [("up", up), ("down", closed_port()?)] {
        let server = start(directory.path(), port).await?;
        for (what, code) in [("six digits by mail", true), ("a wrong password", false)] {
            rows.push(compared(server.address, &format!("{what}, mail {mail}"), code).await?);
        }
        server.stop()?;
    }
    table::print(
        "An address that is known and one that is not, ms",
        &["", "known p50", "p95", "unknown p50", "p95", "p95 apart"],
        &rows,
        "In turn, a thousand each where nobody says otherwise. From sending the form to its answer.",
    );
    let server = start(directory.path(), up).await?;
    storm(&server).await
}

/// A Ballast that judges every try, with all its work for each.
async fn start(directory: &Path, mail: u16) -> Result<process::Server, Fault> {
    let port = mail.to_string();
    let settings = [
        ("SIGN_IN_METHODS", "code,password"),
        ("SIGN_IN_TRIES_PER_MINUTE", "10000"),
        ("SIGN_IN_PRESSURE_TRIES", "10000"),
        ("ORG_CODES_PER_HOUR", "100"),
        ("EMAIL_HOST", "127.0.0.1"),
        ("EMAIL_PORT", port.as_str()),
        ("DEFAULT_FROM_EMAIL", "plan@example.org"),
    ];
    let server = process::Server::start_with(directory, &settings).await?;
    // The work for a password is measured after the start, by the thread that this one waits for.
    try_once(server.address, 0, "nobody@example.org", Some(WRONG)).await?;
    try_once(server.address, 0, "nobody@example.org", Some(WRONG)).await?;
    Ok(server)
}

async fn make_accounts(address: SocketAddr) -> Result<(), Fault> {
    let admin = process::browser()?;
    process::sign_in(&admin, address).await?;
    for number in 0..ACCOUNTS {
        let account = json!({
            "email": known(number), "name": format!("Known {number}"), "access": "viewer", "new-password": PASSWORD,
        });
        let made = admin
            .post(format!("http://{address}/api/v1/accounts"))
            .header("sec-fetch-site", "same-origin")
            .json(&account);
        let status = made.send().await?.status();
        if !status.is_success() {
            return Err(format!("making an account answered {status}").into());
        }
    }
    Ok(())
}

fn known(number: u32) -> String {
    format!("known.{}@example.org", number % ACCOUNTS)
}

fn unknown(number: u32) -> String {
    format!("other.{}@example.org", number % ACCOUNTS)
}

/// A place of its own for each number.
fn place(number: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits(
        Ipv4Addr::new(127, 1, 0, 1).to_bits() + number,
    ))
}

/// One try, and how long its answer took.
async fn try_once(
    address: SocketAddr,
    number: u32,
    email: &str,
    password: Option<&str>,
) -> Result<(Duration, StatusCode), Fault> {
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .local_address(place(number))
        .build()?;
    let mut fields = vec![("email", email)];
    fields.extend(password.map(|password| ("password", password)));
    // The connection is made first: its time tells nothing.
    client.get(format!("http://{address}/healthz")).send().await?;
    let begun = Instant::now();
    let answer = client
        .post(format!("http://{address}/auth/login"))
        .header("sec-fetch-site", "same-origin")
        .form(&fields)
        .send()
        .await?;
    let status = answer.status();
    answer.bytes().await?;
    Ok((begun.elapsed(), status))
}

async fn compared(address: SocketAddr, what: &str, code: bool) -> Result<Vec<String>, Fault> {
    let (password, expected) = if code {
        (None, StatusCode::SEE_OTHER)
    } else {
        (Some(WRONG), StatusCode::UNPROCESSABLE_ENTITY)
    };
    let mut times = [Vec::new(), Vec::new()];
    let tries = std::env::var("TRIES").ok().and_then(|tries| tries.parse().ok());
    for number in 0..tries.unwrap_or(TRIES).min(TRIES) {
        for (times, email) in times.iter_mut().zip([known(number), unknown(number)]) {
            let (time, status) = try_once(address, number, &email, password).await?;
            if status != expected {
                return Err(format!("{what}: {email} was answered {status}").into());
            }
            times.push(time);
        }
    }
    let [known, unknown] = times.map(|times| (percentile(&times, 50), percentile(&times, 95)));
    let apart = known.1.abs_diff(unknown.1);
    let figures = [known.0, known.1, unknown.0, unknown.1, apart].map(milliseconds);
    Ok([what.to_owned()].into_iter().chain(figures).collect())
}

/// A hundred sign-ins at once, and what somebody else notices of it.
async fn storm(server: &process::Server) -> Result<(), Fault> {
    let address = server.address;
    let reader = process::browser()?;
    process::sign_in(&reader, address).await?;
    // What the pages alone take is no matter of signing in.
    for page in PAGES.repeat(100) {
        read(&reader, address, page).await?;
    }
    let before = server.resident_kilobytes()?;
    let begun = Instant::now();
    let sign_ins = (0..STORM).map(|number| async move {
        // Each is somebody with an account, from a place of their own.
        try_once(address, 20_000 + number, &known(number), Some(PASSWORD)).await
    });
    let sign_ins = futures_util::future::join_all(sign_ins);
    let mut sign_ins = std::pin::pin!(sign_ins);
    let (mut pages, mut most, mut answers) = (Vec::new(), before, None);
    while answers.is_none() {
        for page in PAGES {
            let mut asked = std::pin::pin!(read(&reader, address, page));
            let time = loop {
                tokio::select! {
                    time = &mut asked => break time?,
                    done = &mut sign_ins, if answers.is_none() => answers = Some(done),
                }
            };
            pages.push(time);
            most = most.max(server.resident_kilobytes()?);
        }
    }
    let took = begun.elapsed();
    let mut waits = Vec::new();
    let mut let_in = 0;
    for answer in answers.unwrap_or_default() {
        let (time, status) = answer?;
        waits.push(time);
        let_in += u32::from(status == StatusCode::SEE_OTHER);
    }
    let row = |what: &str, figure: String| vec![what.to_owned(), figure];
    table::print(
        "A hundred sign-ins at once",
        &["", "figure"],
        &[
            row("let in", let_in.to_string()),
            row("all answered after, ms", milliseconds(took)),
            row("one sign-in, p50 ms", milliseconds(percentile(&waits, 50))),
            row("another's pages meanwhile", pages.len().to_string()),
            row("  p50 ms", milliseconds(percentile(&pages, 50))),
            row("  p95 ms", milliseconds(percentile(&pages, 95))),
            row("resident before, MiB", (before / 1_024).to_string()),
            row("resident at most, MiB", (most / 1_024).to_string()),
        ],
        "The reader asks for one page after the other of the large plan, from the same machine.",
    );
    Ok(())
}

/// Reads a page, and how long that took.
async fn read(reader: &Client, address: SocketAddr, page: &str) -> Result<Duration, Fault> {
    let begun = Instant::now();
    let answer = reader.get(format!("http://{address}{page}")).send().await?;
    answer.bytes().await?;
    Ok(begun.elapsed())
}

/// A mail server that takes everything.
async fn mail_server() -> Result<u16, Fault> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (lines, mut out) = stream.into_split();
                let mut lines = BufReader::new(lines).lines();
                let mut in_letter = false;
                out.write_all(b"220 here\r\n").await?;
                while let Some(line) = lines.next_line().await? {
                    let answer: &[u8] = match (in_letter, line.as_str()) {
                        (true, ".") => b"250 taken\r\n",
                        (true, _) => continue,
                        (false, "DATA") => b"354 go on\r\n",
                        (false, "QUIT") => break,
                        (false, _) => b"250 yes\r\n",
                    };
                    in_letter = answer.starts_with(b"354");
                    out.write_all(answer).await?;
                }
                Ok::<_, std::io::Error>(())
            });
        }
    });
    Ok(port)
}

/// A port at which nobody listens.
fn closed_port() -> Result<u16, Fault> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
