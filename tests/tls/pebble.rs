//! Pebble, an authority for tests, and the names that it looks up.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::programs::{Lines, PATIENCE, Server, make_certificate};

/// An authority that is there, or not.
pub struct Pebble {
    folder: PathBuf,
    port: u16,
    running: Vec<Child>,
}

impl Pebble {
    /// Decides where it will be.
    pub fn prepare(folder: &Path) -> Self {
        let folder = folder.join("pebble");
        fs::create_dir(&folder).unwrap();
        make_certificate(&folder.join("own.crt"), &["127.0.0.1", "localhost"], 1, 9);
        Self {
            folder,
            port: free_port(),
            running: Vec::new(),
        }
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    pub fn directory(&self) -> String {
        format!("https://127.0.0.1:{}/dir", self.port)
    }

    /// The file of what is trusted where it is asked.
    pub fn trusted(&self) -> String {
        self.folder.join("own.crt").display().to_string()
    }

    /// Starts it anew, without a memory. Every name leads to `server`, and its certificates live for so many seconds.
    pub fn start(&mut self, server: &Server, seconds: u32) {
        let names = free_port();
        let settings = serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{}", self.port),
            "managementListenAddress": format!("127.0.0.1:{}", free_port()),
            "certificate": self.folder.join("own.crt"),
            "privateKey": self.folder.join("own.key"),
            "httpPort": server.plain,
            "tlsPort": server.encrypted,
            "certificateValidityPeriod": seconds,
        }});
        let path = self.folder.join("settings.json");
        fs::write(&path, settings.to_string()).unwrap();
        let management = format!("127.0.0.1:{}", free_port());
        let at = format!("127.0.0.1:{names}");
        self.run(
            Command::new("pebble-challtestsrv").args([
                "-dns01",
                &at,
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                "",
                "-management",
                &management,
                "-defaultIPv6",
                "",
            ]),
            "Starting",
        );
        self.run(
            Command::new("pebble")
                .args(["-strict", "-dnsserver", &at, "-config"])
                .arg(&path)
                // Otherwise it waits up to fifteen seconds before it looks.
                .env("PEBBLE_VA_NOSLEEP", "1")
                // Otherwise it refuses by chance what is right, and now and then so often that it is not asked again.
                .env("PEBBLE_WFE_NONCEREJECT", "0"),
            "ACME directory available",
        );
        // It says so just before it listens.
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < until, "pebble does not listen");
            std::thread::yield_now();
        }
    }

    fn run(&mut self, command: &mut Command, ready: &str) {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Debian's package pebble has it");
        let out = Lines::of(child.stdout.take().unwrap());
        self.running.push(child);
        out.wait_for(0, ready);
    }

    /// It is away.
    pub fn stop(&mut self) {
        for mut child in self.running.drain(..) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port that nobody listened at a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
