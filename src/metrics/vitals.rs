//! How the machine and the work in the background are, looked at when somebody asks.

use std::path::Path;

use crate::app::App;
use crate::backup;
use crate::db;
use crate::jobs::store::{self, Counts};

/// What is free on a disk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// What may still be written.
    pub free: u64,
    /// What there is.
    pub total: u64,
}

impl Disk {
    /// The one that `path` is on; none where the system does not say.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let (free, total) = db::disk(path)?;
        Some(Self { free, total })
    }
}

/// What was looked at.
#[derive(Clone, Debug, Default)]
pub struct Vitals {
    /// The log of the database, in bytes.
    pub log: u64,
    /// The disk with the data.
    pub disk: Option<Disk>,
    /// How many descriptors are open.
    pub open: Option<u64>,
    /// How many may be.
    pub may_open: Option<u64>,
    /// The memory that the process has, in bytes.
    pub resident: Option<u64>,
    /// The queue of jobs.
    pub jobs: Counts,
    /// When the newest backup was made, in milliseconds.
    pub backup: Option<i64>,
    /// When one was last read through and found whole.
    pub verified: Option<i64>,
}

/// By which the queue knows the reading of backups.
pub const VERIFY: &str = "verify-backup";

/// Looks at everything. What cannot be seen is left out.
pub async fn vitals(app: &App) -> Vitals {
    let counted = app
        .db
        .read(|tx| Ok::<_, crate::db::DbError>((store::counts(tx)?, store::last_done(tx, VERIFY)?)))
        .await
        .unwrap_or_default();
    let (directory, log) = (app.config.data_dir.clone(), app.db.log_bytes());
    let seen = tokio::task::spawn_blocking(move || seen(&directory)).await;
    Vitals {
        log,
        jobs: counted.0,
        verified: counted.1,
        ..seen.unwrap_or_default()
    }
}

fn seen(directory: &Path) -> Vitals {
    let newest = backup::newest(directory).ok().flatten();
    Vitals {
        disk: Disk::of(directory),
        open: std::fs::read_dir("/proc/self/fd")
            .ok()
            .and_then(|open| u64::try_from(open.count()).ok()),
        may_open: rustix::process::getrlimit(rustix::process::Resource::Nofile).current,
        resident: std::fs::read_to_string("/proc/self/status")
            .ok()
            .and_then(|text| resident(&text)),
        backup: newest.as_ref().map(|kept| kept.made_at),
        ..Vitals::default()
    }
}

/// `VmRSS:     1234 kB`
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_read() {
        assert_eq!(resident("Name:\tx\nVmRSS:\t  1024 kB\n"), Some(1_048_576));
        assert_eq!(resident("Name:\tx\n"), None);
        let seen = seen(&std::env::temp_dir());
        assert!(seen.disk.unwrap().total > 0);
        assert!(seen.resident.unwrap() > 1_048_576);
        assert!(seen.open.unwrap() > 2);
    }
}
