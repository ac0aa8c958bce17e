//! The program itself, started as anybody would start it, and a browser that has no face.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;

type Fault = Box<dyn Error>;

/// A client that keeps its session and shows bodies as they came over the wire.
pub fn browser() -> Result<Client, Fault> {
    Ok(Client::builder()
        .cookie_store(true)
        .no_gzip()
        .redirect(reqwest::redirect::Policy::none())
        .build()?)
}

/// One click into the demonstration.
pub async fn sign_in(browser: &Client, address: SocketAddr) -> Result<(), Fault> {
    let request = browser.post(format!("http://{address}/demo/sign-in"));
    let answer = request.header("sec-fetch-site", "same-origin").send().await?;
    if answer.status().is_redirection() {
        Ok(())
    } else {
        Err(format!("signing in answered {}", answer.status()).into())
    }
}

/// A running Ballast. It is killed when it is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From spawning it to its first healthy answer.
    pub healthy_after: Duration,
}

impl Server {
    /// Starts it on the plan in `directory`, which it makes where there is none.
    pub async fn start(directory: &Path) -> Result<Self, Fault> {
        Self::start_with(directory, &[]).await
    }

    /// The same with settings.
    pub async fn start_with(directory: &Path, settings: &[(&str, &str)]) -> Result<Self, Fault> {
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ballast"))
            .args(["serve", "--demo=large", "--http-addr", "127.0.0.1:0"])
            .env("DATA_DIR", directory)
            .env("SECURE_COOKIES", "false")
            // Many come in from one address here, and ask as fast as they are answered.
            .env("SIGN_IN_TRIES_PER_MINUTE", "10000")
            .env("RATE_LIMIT_PAGE_PER_SECOND", "100000")
            .env("RATE_LIMIT_PAGE_BURST", "100000")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let out = child.stdout.take().ok_or("the program has no output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let (_, address) = line
            .trim_end()
            .split_once("http://")
            .ok_or_else(|| format!("the program said {line:?}"))?;
        let address = address.parse()?;
        let answer = reqwest::get(format!("http://{address}/health")).await?;
        if !answer.status().is_success() {
            return Err(format!("/health answered {}", answer.status()).into());
        }
        Ok(Self {
            child,
            address,
            healthy_after: begun.elapsed(),
        })
    }

    /// What the kernel counts as resident, in KiB.
    pub fn resident_kilobytes(&self) -> Result<u64, Fault> {
        let id = self.child.id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let figure = line
            .and_then(|line| line.split_whitespace().next())
            .ok_or("no VmRSS")?;
        Ok(figure.parse()?)
    }

    /// Ends it the way a service manager would, and waits until it has let go of its directory.
    pub fn stop(mut self) -> Result<(), Fault> {
        let id = self.child.id();
        Command::new("kill").args(["-TERM", &id.to_string()]).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where it was stopped; nobody else would end it after a fault.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
