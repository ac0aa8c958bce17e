//! The binary that runs, the one that took its place, and how the one gives way to the other.
//!
//! The new one is executed in place of the old: the process stays the same, so whoever started it, be it systemd, a container
//! or a shell, notices nothing. The sockets stay open meanwhile, and who connects waits in the system's queue.

use std::ffi::OsString;
use std::fs::Metadata;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use command_fds::{CommandFdExt as _, FdMapping};

use super::doors::OWN;

/// How long the trial of a new binary may take.
const TRIAL: Duration = Duration::from_secs(20);
/// Where handed sockets begin.
const FIRST: i32 = 3;

/// Where copies of them are kept meanwhile.
const FAR: i32 = 64;

/// A binary as it lies in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Stamp {
    fn of(file: &Metadata) -> Self {
        Self {
            device: file.dev(),
            inode: file.ino(),
            size: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
        }
    }
}

/// The binary that runs.
pub struct Binary {
    path: PathBuf,
    stamp: Stamp,
}

impl Binary {
    /// The one of this process; none where the system does not say.
    pub fn running() -> Option<Self> {
        let path = std::env::current_exe().ok()?;
        let stamp = Stamp::of(&std::fs::metadata(&path).ok()?);
        Some(Self { path, stamp })
    }

    /// Whether another one lies in its place.
    pub fn is_replaced(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|file| Stamp::of(&file) != self.stamp)
    }

    /// Lets the one in its place look at the settings, before anything is given up for it.
    ///
    /// # Errors
    /// What it says, or why it cannot be run.
    pub async fn try_out(&self) -> Result<(), String> {
        // A server without the options of a command has all its settings from the environment and the files.
        let mut trial = Command::new(&self.path);
        trial.args(data_dir()).arg("check").stdin(Stdio::null());
        let trial = tokio::task::spawn_blocking(move || trial.output());
        let output = match tokio::time::timeout(TRIAL, trial).await {
            Ok(Ok(Ok(output))) => output,
            Ok(Ok(Err(error))) => return Err(error.to_string()),
            Ok(Err(error)) => return Err(error.to_string()),
            Err(_) => return Err("it does not come to an end".to_owned()),
        };
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let last = said.lines().last().unwrap_or_default();
        Err(format!("`check` ends with {}: {last}", output.status))
    }

    /// Executes what lies in its place, with `sockets`. Comes back only where neither that one nor the one that runs can be.
    pub fn give_way(&self, sockets: Vec<OwnedFd>) -> String {
        let mut copies = Vec::new();
        for socket in &sockets {
            // Far from where the first ones are put.
            match rustix::io::fcntl_dupfd_cloexec(socket, FAR) {
                Ok(copy) => copies.push(copy),
                Err(error) => return error.to_string(),
            }
        }
        let first = execute(&self.path, sockets);
        tracing::error!(error = %first, "the new binary cannot be executed; the old one starts again");
        // The file of the one that runs is there for as long as it does, whatever lies in its place.
        format!("{first}; {}", execute(&PathBuf::from("/proc/self/exe"), copies))
    }
}

/// Executes the one that runs once more, with `sockets`. Another may lie in its place by now; what was made ready is this one's.
/// Comes back only where that fails.
pub fn begin_anew(sockets: Vec<OwnedFd>) -> String {
    execute(&PathBuf::from("/proc/self/exe"), sockets)
}

fn execute(path: &PathBuf, sockets: Vec<OwnedFd>) -> String {
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_else(|| OsString::from("ballast"));
    let mut command = Command::new(path);
    command
        .arg0(name)
        .args(arguments)
        .env("LISTEN_PID", std::process::id().to_string())
        .env("LISTEN_FDS", sockets.len().to_string())
        .env(OWN, "1");
    let mappings = (FIRST..)
        .zip(sockets)
        .map(|(child_fd, parent_fd)| FdMapping { parent_fd, child_fd });
    if let Err(error) = command.fd_mappings(mappings.collect()) {
        return error.to_string();
    }
    // The thread that writes the log does not outlive this.
    crate::log::settle();
    command.exec().to_string()
}

/// The argument that says where the data is, where one does.
fn data_dir() -> Vec<OsString> {
    let all: Vec<OsString> = std::env::args_os().skip(1).collect();
    let at = all.iter().position(|one| one == "--data-dir");
    let apart = at.and_then(|at| all.get(at..at + 2)).map(<[_]>::to_vec);
    let joined = || {
        let one = all
            .iter()
            .find(|one| one.to_string_lossy().starts_with("--data-dir="));
        one.cloned().into_iter().collect()
    };
    apart.unwrap_or_else(joined)
}
