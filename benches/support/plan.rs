//! The large plan in a directory of its own, on the disk where the build is: a memory disk would make commits free.

use std::error::Error;
use std::path::Path;

use ballast::clock::Clock;
use ballast::db::{Db, Migrate};
use ballast::demo::{self, Size};
use jiff::tz::TimeZone;
use tempfile::TempDir;

/// Friday, 20 November 2026: benchmarks of two days see the same plan.
pub fn clock() -> Clock {
    Clock::fixed(TimeZone::UTC, 1_795_168_800_000)
}

/// A directory that goes when it is dropped.
pub fn directory() -> Result<TempDir, Box<dyn Error>> {
    Ok(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?)
}

/// The large plan in `directory`.
pub async fn large(directory: &Path) -> Result<Db, Box<dyn Error>> {
    let db = Db::open(directory, Migrate::Auto)?;
    demo::fill(&db, Size::Large, &clock()).await?;
    Ok(db)
}
