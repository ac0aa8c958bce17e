//! The built program as a process that encrypts, and the programs of others that come to it.

mod reading {
    // Included and not a module of that path, since other programs of tests hold it too.
    include!("../house/reading.rs");
}

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// What a program has written so far, line by line.
#[derive(Clone, Default)]
pub struct Lines(Arc<(Mutex<Vec<String>>, Condvar)>);

impl Lines {
    pub fn of(stream: impl Read + Send + 'static) -> Self {
        let lines = Self::default();
        let written = lines.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines() {
                let Ok(line) = line else { return };
                written.0.0.lock().unwrap().push(line);
                written.0.1.notify_all();
            }
        });
        lines
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.0.lock().unwrap().len()
    }

    pub fn whole(&self) -> String {
        self.0.0.lock().unwrap().join("\n")
    }

    /// The first line with these words, from the line `from` on.
    pub fn wait_for(&self, from: usize, words: &str) -> String {
        let until = Instant::now() + PATIENCE;
        let mut lines = self.0.0.lock().unwrap();
        loop {
            if let Some(line) = lines.iter().skip(from).find(|line| line.contains(words)) {
                return line.clone();
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no “{words}” in:\n{}", lines.join("\n"));
            lines = self.0.1.wait_timeout(lines, left).unwrap().0;
        }
    }
}

/// A running Ballast.
pub struct Server {
    child: Child,
    pub plain: u16,
    pub encrypted: u16,
    pub log: Lines,
    pub out: Lines,
}

impl Server {
    /// Serves `directory` on free ports; answers when it listens.
    pub fn start(directory: &Path, settings: &[(&str, &str)]) -> Self {
        let mut child = program(directory, settings)
            .env("HTTP_ADDR", "127.0.0.1:0")
            .env("HTTPS_ADDR", "127.0.0.1:0")
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Lines::of(child.stderr.take().unwrap());
        let out = Lines::of(child.stdout.take().unwrap());
        let plain = out.wait_for(0, "Plain connections come in at http://127.0.0.1:");
        let encrypted = out.wait_for(0, "Ballast is at https://127.0.0.1:");
        let port = |line: &str| line.rsplit(':').next().unwrap().parse().unwrap();
        Self {
            child,
            plain: port(&plain),
            encrypted: port(&encrypted),
            log,
            out,
        }
    }

    /// What curl prints of an address, by whatever name.
    pub fn curl(&self, arguments: &[&str], url: &str) -> String {
        let resolved: Vec<String> = [self.plain, self.encrypted]
            .iter()
            .map(|port| format!("plan.test:{port}:127.0.0.1"))
            .collect();
        let fixed = [
            "-sS",
            "--max-time",
            "20",
            "--noproxy",
            "*",
            "--resolve",
            &resolved[0],
            "--resolve",
            &resolved[1],
            url,
        ];
        let output = run("curl", &[arguments, &fixed].concat(), b"");
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    }

    /// What openssl says of a connection over which health is asked.
    pub fn handshake(&self, arguments: &[&str]) -> String {
        let to = format!("127.0.0.1:{}", self.encrypted);
        let fixed = ["s_client", "-connect", &to, "-ign_eof"];
        let asked = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
        // Over HTTP/2 that is no request, and the connection ends too.
        let output = run("openssl", &[&fixed, arguments].concat(), asked);
        text(&output.stdout) + &text(&output.stderr)
    }

    /// The certificate that is shown for `plan.test`, in PEM.
    pub fn certificate(&self) -> String {
        self.certificate_for("plan.test")
    }

    /// The certificate that is shown for `name`, in PEM.
    pub fn certificate_for(&self, name: &str) -> String {
        let said = self.handshake(&["-servername", name]);
        let begin = said.find("-----BEGIN CERTIFICATE-----").expect(&said);
        let end = said.find("-----END CERTIFICATE-----").expect(&said);
        said[begin..end].to_owned() + "-----END CERTIFICATE-----\n"
    }

    /// Who has signed it.
    pub fn issuer(&self) -> String {
        issuer_of(&self.certificate())
    }

    /// SIGHUP.
    pub fn hang_up(&self) {
        let id = self.child.id().to_string();
        assert!(run("kill", &["-HUP", &id], b"").status.success());
    }

    /// SIGTERM, and waits for its end.
    pub fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(run("kill", &[&id], b"").status.success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !std::thread::panicking() {
            let faults = reading::faults_in(&self.log.whole(), &[]);
            assert!(faults.is_empty(), "{}", faults.join("\n"));
        }
    }
}

/// Who has signed a certificate in PEM.
pub fn issuer_of(pem: &str) -> String {
    text(&run("openssl", &["x509", "-noout", "-issuer"], pem.as_bytes()).stdout)
}

fn program(directory: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ballast"));
    command
        .env("TIME_ZONE", "UTC")
        .env("WORKERS", "1")
        .envs(settings.iter().copied())
        .arg("--data-dir")
        .arg(directory);
    command
}

/// Runs a command of ours to its end.
pub fn command(directory: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    ballast(directory, arguments, settings, b"")
}

/// The same, with something typed.
pub fn ballast(directory: &Path, arguments: &[&str], settings: &[(&str, &str)], typed: &[u8]) -> Output {
    let mut command = program(directory, settings);
    command.args(arguments);
    finish(command, typed)
}

/// Runs somebody else's program to its end.
pub fn run(name: &str, arguments: &[&str], typed: &[u8]) -> Output {
    let mut command = Command::new(name);
    command.args(arguments);
    finish(command, typed)
}

fn finish(mut command: Command, typed: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that needs nothing may have ended before it is typed.
    let _ = child.stdin.take().unwrap().write_all(typed);
    child.wait_with_output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Writes a certificate, and its key beside it, that began so many days ago and is good for so many more.
pub fn make_certificate(path: &Path, names: &[&str], began: u64, left: u64) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = rcgen::CertificateParams::new(names).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let days = |count: u64| Duration::from_secs(count * 86_400);
    let moment = |since: Duration| rcgen::date_time_ymd(1970, 1, 1) + since;
    params.not_before = moment(now.checked_sub(days(began)).unwrap());
    params.not_after = moment(now + days(left));
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    std::fs::write(path, certificate.pem()).unwrap();
    let beside = if path.ends_with("fullchain.pem") {
        path.with_file_name("privkey.pem")
    } else {
        path.with_extension("key")
    };
    std::fs::write(beside, key.serialize_pem()).unwrap();
}
