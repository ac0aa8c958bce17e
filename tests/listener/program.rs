//! The built program, started as its users start it.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use super::raw::{self, until};

/// A server in a directory of its own: `data` is its data, `.env` its settings.
pub struct Program {
    pub child: Child,
    pub directory: PathBuf,
    printed: Arc<Mutex<Vec<String>>>,
}

/// The program in `directory`, with port 0 unless `settings` say otherwise.
pub fn command(binary: &Path, directory: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary);
    command
        .current_dir(directory)
        .env("TIME_ZONE", "UTC")
        .env("DATA_DIR", directory.join("data"))
        .env("HTTP_ADDR", "127.0.0.1:0")
        .envs(settings.iter().copied());
    command
}

pub fn binary() -> PathBuf {
    env!("CARGO_BIN_EXE_ballast").into()
}

impl Program {
    pub fn start(directory: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = command(&binary(), directory, settings);
        command.arg("serve");
        Self::spawn(directory, command)
    }

    pub fn spawn(directory: &Path, mut command: Command) -> Self {
        let log = File::create(directory.join("log")).unwrap();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let printed = Arc::new(Mutex::new(Vec::new()));
        let (lines, out) = (Arc::clone(&printed), BufReader::new(child.stdout.take().unwrap()));
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                lines.lock().unwrap().push(line);
            }
        });
        let mut program = Self {
            child,
            directory: directory.to_owned(),
            printed,
        };
        until("the first start", || {
            let ended = program.child.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}", program.log());
            (program.starts() > 0).then_some(())
        });
        program
    }

    /// How often it has said where it is.
    pub fn starts(&self) -> usize {
        let printed = self.printed.lock().unwrap();
        printed
            .iter()
            .filter(|line| line.starts_with("Ballast is at "))
            .count()
    }

    /// Where it is, without the scheme.
    pub fn address(&self) -> String {
        let printed = self.printed.lock().unwrap();
        let line = printed
            .iter()
            .rev()
            .find(|line| line.starts_with("Ballast is at "))
            .unwrap();
        line.trim_start_matches("Ballast is at ")
            .trim_start_matches("http://")
            .to_owned()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("log")).unwrap()
    }

    /// How often its log has said `words`.
    pub fn said(&self, words: &str) -> usize {
        self.log().matches(words).count()
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    pub fn ended(&mut self) -> ExitStatus {
        until("its end", || self.child.try_wait().unwrap())
    }

    /// Whether it answers at `path`, and how.
    pub fn get(&self, path: &str) -> raw::Answer {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        raw::exchange(&self.address(), request.as_bytes()).remove(0)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
