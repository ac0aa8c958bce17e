//! The built program as a process of its own, and what its commands answer.

pub mod reading {
    // Included and not a module of that path, since some programs of tests hold the house too.
    include!("../house/reading.rs");
}

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

pub const PASSWORD: &str = "correct horse battery";

pub struct Server {
    child: Child,
    pub address: String,
    log: PathBuf,
    directory: PathBuf,
    /// Kept open: a server that cannot print ends.
    out: BufReader<ChildStdout>,
}

impl Server {
    /// Serves `directory` on a free port; answers when it listens.
    pub fn start(directory: &Path, settings: &[(&str, &str)]) -> Self {
        let log = directory.with_extension("log");
        let mut child = program(directory)
            .args(["serve", "--http-addr", "127.0.0.1:0"])
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let address = line.trim().trim_start_matches("Ballast is at ").to_owned();
        assert!(
            address.starts_with("http://"),
            "{line}{}",
            std::fs::read_to_string(&log).unwrap()
        );
        Self {
            child,
            address,
            log,
            directory: directory.to_owned(),
            out,
        }
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// What may not stand in its log: the key in its directory, and what the tests sign in with.
    fn secrets(&self) -> Vec<String> {
        let key = std::fs::read_to_string(self.directory.join("secret.key")).unwrap_or_default();
        let all = [key.trim().to_owned(), PASSWORD.to_owned()];
        all.into_iter().filter(|one| !one.is_empty()).collect()
    }

    /// SIGTERM, and waits for its end; answers all that its log says then.
    pub fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(&id).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
        self.log()
    }

    /// SIGKILL: nothing is cleaned up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let _ = std::fs::remove_file(&self.log);
        if !std::thread::panicking() {
            let faults = reading::faults_in(&log, &self.secrets());
            assert!(faults.is_empty(), "{}", faults.join("\n"));
        }
    }
}

fn program(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ballast"));
    command.env("TIME_ZONE", "UTC").arg("--data-dir").arg(directory);
    command
}

/// Runs a command to its end, with `typed` on its standard input.
pub fn run(directory: &Path, arguments: &[&str], typed: &str) -> Output {
    let mut child = program(directory)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that needs nothing may have ended before it is typed.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    child.wait_with_output().unwrap()
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

impl Server {
    /// Waits until the process has begun anew by itself and says where it is now.
    pub fn began_anew(&mut self) {
        let mut line = String::new();
        while !line.starts_with("Ballast is at ") {
            line.clear();
            assert!(self.out.read_line(&mut line).unwrap() > 0, "it ended");
        }
        self.address = line.trim().trim_start_matches("Ballast is at ").to_owned();
    }
}
