//! A headless Chromium for tests, through `ChromeDriver`: `Browser::start`, then `WebDriver` commands on its `client`.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The checks of WCAG 2.1 up to level AA, and what axe calls good practice.
const AXE_TAGS: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

/// Runs axe over the page and hands every faulty element back as one line.
const AXE_RUN: &str = "
    const [tags, done] = arguments;
    const options = { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] };
    axe.run(document, options).then(
        ({ violations }) => done(violations.flatMap(({ id, impact, help, nodes }) => nodes.map(
            ({ target, html, failureSummary }) =>
                `${id} (${impact}): ${help}: ${target.join(' ')}: ${html}: ${failureSummary.replace(/\\s+/g, ' ')}`))),
        (error) => done([`axe could not run: ${error}`]));
";

/// Which colours the page is told that its reader prefers.
#[derive(Clone, Copy, Debug)]
pub enum Scheme {
    Light,
    Dark,
}

/// A running browser with one empty window. Dropping it ends the browser and its driver.
pub struct Browser {
    /// Speaks `WebDriver`: `goto`, `find`, `execute`, `perform_actions` and the like.
    pub client: Client,
    pub(super) driver: Driver,
    /// The base of what `ChromeDriver` adds to `WebDriver`, of this session.
    session: String,
    /// The browser's profile: empty at the start and gone with the browser.
    pub(super) profile: TempDir,
}

impl Browser {
    /// Starts a browser with a window of 1440 by 900 in light colours. Where there is none, this says why and
    /// answers `None`, so that the test can return; under `CI=true` that is a failure.
    pub async fn start() -> Option<Self> {
        let (chromedriver, chromium) = match programs() {
            Ok(programs) => programs,
            Err(missing) => {
                assert!(
                    !env::var("CI").is_ok_and(|ci| ci == "true"),
                    "browser tests need {missing}"
                );
                eprintln!(
                    "skipped: browser tests need {missing}; `bash tests/run.sh` installs it where it may"
                );
                return None;
            }
        };
        let driver = Driver::start(&chromedriver);
        let profile = tempfile::tempdir().expect("a directory for the browser's profile");
        let base = format!("http://127.0.0.1:{}", driver.port);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&chromium, profile.path()))
            .connect(&base)
            .await
            .expect("ChromeDriver opens Chromium");
        let id = client
            .session_id()
            .await
            .expect("ChromeDriver answers")
            .expect("the session has an id");
        let browser = Self {
            client,
            driver,
            session: format!("{base}/session/{id}"),
            profile,
        };
        browser.size(1440, 900).await;
        browser.scheme(Scheme::Light).await;
        Some(browser)
    }

    /// Gives the page exactly this many CSS pixels, also fewer than a window can be narrow.
    pub async fn size(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Sets what `prefers-color-scheme` answers.
    pub async fn scheme(&self, scheme: Scheme) {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        self.media(&[("prefers-color-scheme", value)]).await;
    }

    /// Says what the window's reader prefers, and waits until the page is painted so.
    pub async fn media(&self, preferred: &[(&str, &str)]) {
        let features = preferred
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }));
        let media = json!({ "features": features.collect::<Vec<_>>() });
        self.devtools("Emulation.setEmulatedMedia", media).await;
        let painted = "const done = arguments[arguments.length - 1];\
             requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        self.client
            .execute_async(painted, vec![])
            .await
            .expect("the page is painted");
    }

    /// What axe finds wrong with the page as it stands, one line for each element; nothing if all is well.
    pub async fn axe(&self) -> Vec<String> {
        let loaded = self
            .client
            .execute("return typeof axe === 'object'", vec![])
            .await
            .expect("a script runs");
        if loaded != json!(true) {
            // A script of the driver is not the page's, so the page's content security policy lets it be.
            self.client
                .execute(include_str!("axe.min.js"), vec![])
                .await
                .expect("axe loads");
        }
        let found = self
            .client
            .execute_async(AXE_RUN, vec![json!(AXE_TAGS)])
            .await
            .expect("axe runs");
        serde_json::from_value(found).expect("axe answers lines")
    }

    /// The warnings and errors in the browser's console since the last call, such as a refused inline script.
    ///
    /// They arrive some time after they were said, in their order: a mark of ours behind them tells that all are there.
    pub async fn console(&self) -> Vec<String> {
        const MARK: &str = "the console is read up to here";
        self.client
            .execute("console.error(arguments[0])", vec![json!(MARK)])
            .await
            .expect("a script runs");
        let mut heard = Vec::new();
        loop {
            let entries = self.post("se/log", json!({ "type": "browser" })).await;
            for entry in entries.as_array().expect("a log is a list") {
                let note = format!("{}: {}", entry["level"], entry["message"]);
                if note.contains(MARK) {
                    return heard;
                }
                heard.push(note);
            }
        }
    }

    /// Keeps a picture of the window as PNG.
    pub async fn screenshot(&self, path: impl AsRef<Path>) {
        let png = self.client.screenshot().await.expect("Chromium draws");
        fs::write(path, png).expect("the picture is kept");
    }

    /// Any command of the Chrome `DevTools` protocol.
    pub async fn devtools(&self, command: &str, params: Value) -> Value {
        self.post("goog/cdp/execute", json!({ "cmd": command, "params": params }))
            .await
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        let url = format!("{}/{command}", self.session);
        let answer = reqwest::Client::new()
            .post(url)
            .json(&body)
            .send()
            .await
            .expect("ChromeDriver answers");
        let (status, mut answer) = (
            answer.status(),
            answer.json::<Value>().await.expect("an answer in JSON"),
        );
        assert!(status.is_success(), "{command} {body}: {answer}");
        answer["value"].take()
    }
}

fn capabilities(chromium: &Path, profile: &Path) -> serde_json::Map<String, Value> {
    let mut arguments = vec![
        "--headless".to_owned(),
        // Chromium's own sandbox does not start for root in a container; only our own pages are opened.
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
    ];
    arguments.push(format!("--user-data-dir={}", profile.display()));
    let capabilities = json!({
        "goog:chromeOptions": { "binary": chromium, "args": arguments },
        "goog:loggingPrefs": { "browser": "WARNING" },
        // Axe takes its time over a page of several hundred rows.
        "timeouts": { "script": 120_000 },
    });
    capabilities
        .as_object()
        .expect("capabilities are an object")
        .clone()
}

/// `ChromeDriver` and Chromium, or what is missing.
fn programs() -> Result<(PathBuf, PathBuf), String> {
    let chromedriver = find("CHROMEDRIVER", &["chromedriver"])?;
    let chromium = find(
        "CHROMIUM",
        &[
            "chromium",
            "google-chrome",
            "google-chrome-stable",
            "chromium-browser",
        ],
    )?;
    Ok((chromedriver, chromium))
}

/// The program that the variable names, or else the first of `names` on the path.
fn find(variable: &str, names: &[&str]) -> Result<PathBuf, String> {
    if let Some(named) = env::var_os(variable).filter(|named| !named.is_empty()) {
        let program = PathBuf::from(named);
        return if program.is_file() {
            Ok(program)
        } else {
            Err(format!(
                "{variable}, which names {} and is not there",
                program.display()
            ))
        };
    }
    let folders: Vec<_> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    let mut candidates = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| format!("{} on the path", names.join(" or ")))
}

/// How often a `ChromeDriver` is started that finds its port taken: it looks for one that is free for one kind of address,
/// and another program may have it for the other.
const STARTS: usize = 5;

/// Reads what `ChromeDriver` says until it names the port it listens on; or all that it said, where it ended before.
fn listening_port(says: &mut impl BufRead) -> Result<u16, String> {
    let mut heard = String::new();
    loop {
        let mut line = String::new();
        let length = says.read_line(&mut line).expect("ChromeDriver says text");
        if length == 0 {
            return Err(heard);
        }
        if let Some((_, port)) = line
            .trim_end_matches(['.', '\n'])
            .rsplit_once("successfully on port ")
        {
            return Ok(port.parse().unwrap_or_else(|_| panic!("no port in: {line}")));
        }
        heard.push_str(&line);
    }
}

/// A `ChromeDriver` process of our own.
pub(super) struct Driver {
    process: Child,
    pub(super) port: u16,
    /// Held open, since `ChromeDriver` ends when what it says cannot be written.
    _says: BufReader<ChildStdout>,
}

impl Driver {
    fn start(program: &Path) -> Self {
        let mut heard = String::new();
        for _ in 0..STARTS {
            match Self::start_once(program) {
                Ok(driver) => return driver,
                Err(said) if said.contains("port not available") => heard = said,
                Err(said) => panic!("ChromeDriver ended before it listened: {said}"),
            }
        }
        panic!("ChromeDriver ended before it listened, {STARTS} times: {heard}")
    }

    fn start_once(program: &Path) -> Result<Self, String> {
        let mut process = Command::new(program)
            // A port that is free, chosen by the system, and told to us in the line that says it listens.
            .args(["--port=0", "--log-level=SEVERE"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let mut says = BufReader::new(process.stdout.take().expect("its output is a pipe"));
        match listening_port(&mut says) {
            Ok(port) => Ok(Self {
                process,
                port,
                _says: says,
            }),
            Err(said) => {
                let _ = process.wait();
                Err(said)
            }
        }
    }

    /// Asks `ChromeDriver` to close its browser and to end; the answer comes when the browser is gone.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")?;
        stream.read_to_end(&mut vec![]).map(drop)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Killed at once, it would leave its browser behind. Faults are ignored: the test may be failing already.
        let _ = self.shut_down();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
