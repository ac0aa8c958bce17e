//! npm's oidc-provider, a certified one, as a process of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

pub struct Certified {
    process: Child,
    told: ChildStdin,
    says: BufReader<ChildStdout>,
    pub issuer: String,
}

impl Certified {
    /// One that sends browsers back to `redirect` only.
    pub fn start(redirect: &str) -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let modules = std::env::var_os("OIDC_MODULES")
            .map_or_else(|| root.join("target/npm-oidc/node_modules"), PathBuf::from);
        assert!(
            modules.join("oidc-provider").is_dir(),
            "the provider is missing: npm install --no-save --no-package-lock --prefix target/npm-oidc oidc-provider@9"
        );
        let mut process = Command::new("node")
            .arg(root.join("tests/oidc/provider.mjs"))
            .args([modules.as_os_str(), redirect.as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let told = process.stdin.take().unwrap();
        let mut says = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("ready ") {
            line.clear();
            assert_ne!(
                says.read_line(&mut line).unwrap(),
                0,
                "the provider did not start"
            );
        }
        let port = line.trim_start_matches("ready ").trim();
        Self {
            issuer: format!("http://127.0.0.1:{port}"),
            process,
            told,
            says,
        }
    }

    fn tell(&mut self, what: &Value) {
        writeln!(self.told, "{what}").unwrap();
        let mut line = String::new();
        while line.trim() != "done" {
            line.clear();
            assert_ne!(self.says.read_line(&mut line).unwrap(), 0, "the provider is gone");
        }
    }

    /// Who it knows, by what they type to sign in there, with what it tells of them.
    pub fn knows(&mut self, people: &Value) {
        self.tell(&json!({ "people": people }));
    }

    /// New keys in place of the old ones.
    pub fn rotates(&mut self) {
        self.tell(&json!({ "rotate": true }));
    }
}

impl Drop for Certified {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
