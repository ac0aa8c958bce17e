//! `ballast backup`, `verify` and `restore`: with or without a running server, the last without one only.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::exit::{self, Failure};
use crate::backup::{self, Fault, Manifest};
use crate::clock::Clock;
use crate::config::Config;
use crate::db;
use crate::egress::Egress;

/// How to make a backup.
#[derive(Args)]
pub struct MakeOptions {
    /// What is written down as the reason.
    #[arg(long, default_value = "asked for")]
    reason: String,
}

/// Which backup to read through.
#[derive(Args)]
pub struct VerifyOptions {
    /// The archive; the newest one where none is named.
    archive: Option<PathBuf>,
    /// The file with the key of an encrypted one; as `BACKUP_AGE_IDENTITY_FILE`.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

/// Which backup to put in place of what is there.
#[derive(Args)]
pub struct RestoreOptions {
    /// The archive, or a copy that was kept before a migration.
    archive: PathBuf,
    /// The file with the key of an encrypted one; as `BACKUP_AGE_IDENTITY_FILE`.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

/// Copies elsewhere.
#[derive(Subcommand)]
pub enum Offsite {
    /// Lists the copies that are elsewhere.
    List,
    /// Sends what is not there yet, and throws away there what need not be kept.
    Send,
    /// Fetches a copy into the folder of backups, and reads it through.
    Get {
        /// Its name, as `list` says it.
        name: String,
        /// The file with the key of an encrypted one; as `BACKUP_AGE_IDENTITY_FILE`.
        #[arg(long, value_name = "FILE")]
        identity: Option<PathBuf>,
    },
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged(text) => Self::data(text),
            Fault::Refused(text) => Self::unavailable(text),
            Fault::Database(error) => error.into(),
            io @ Fault::Io { .. } => Self::unavailable(io.to_string()),
        }
    }
}

/// Makes one.
pub fn make(config: &Config, options: &MakeOptions) -> Result<(), Failure> {
    let now = backup::free_moment(&config.data_dir, now(config));
    let making = backup::Making {
        name: &backup::name_of(now),
        made_at: now,
        reason: &options.reason,
        recipients: &config.backup.recipients,
    };
    let (path, manifest) = backup::make(&config.data_dir, &making)?;
    exit::print(&format!("{}\n{}", path.display(), told(&manifest)))
}

fn now(config: &Config) -> i64 {
    Clock::system(config.time_zone.clone()).now()
}

/// The key that is named, or the settings'.
fn key<'a>(config: &'a Config, named: Option<&'a PathBuf>) -> Option<&'a Path> {
    named.or(config.backup.identity.as_ref()).map(PathBuf::as_path)
}

/// Reads one through.
pub fn verify(config: &Config, options: &VerifyOptions) -> Result<(), Failure> {
    let path = match &options.archive {
        Some(path) => path.clone(),
        None => match backup::newest(&config.data_dir)? {
            Some(kept) => kept.path,
            None => {
                return Err(Failure::unavailable(
                    "there is no backup yet; make one with: ballast backup",
                ));
            }
        },
    };
    let identity = key(config, options.identity.as_ref());
    let manifest = if path.parent() == Some(&db::copies(&config.data_dir)) {
        backup::check(&path, identity, now(config))?
    } else {
        backup::verify(&path, identity)?
    };
    exit::print(&format!("{} is whole\n{}", path.display(), told(&manifest)))
}

/// Puts one in place of what is there.
pub fn restore(config: &Config, options: &RestoreOptions) -> Result<(), Failure> {
    let folder = backup::aside(now(config));
    let kept = |before: Option<PathBuf>| {
        before.map_or_else(String::new, |before| {
            format!("\nWhat was there before is kept in {}", before.display())
        })
    };
    if backup::is_a_copy(&options.archive) {
        let (schema, before) = backup::step_back(&options.archive, &config.data_dir, &folder)?;
        return exit::print(&format!(
            "Restored the database with schema {schema}. Start the Ballast that wrote it; this one would bring it up to date again.{}",
            kept(before)
        ));
    }
    let identity = key(config, options.identity.as_ref());
    let (manifest, before) = backup::restore(&options.archive, &config.data_dir, &folder, identity)?;
    exit::print(&format!("Restored.\n{}{}", told(&manifest), kept(before)))
}

/// What is asked of copies elsewhere.
pub async fn offsite(config: &Config, action: &Offsite) -> Result<(), Failure> {
    let place = config.backup.place.clone().ok_or_else(|| {
        Failure::configuration(&[
            "no storage for copies is named; set BACKUP_S3_ENDPOINT and its kin".to_owned(),
        ])
    })?;
    let egress = Egress::new(config).map_err(Failure::unavailable)?;
    let offsite = backup::offsite::Offsite::new(place, &egress);
    match action {
        Offsite::List => {
            let found = offsite.list().await?;
            let lines: Vec<String> = found
                .iter()
                .map(|one| format!("{}\t{}", one.name, one.bytes))
                .collect();
            exit::print(
                if lines.is_empty() {
                    "Nothing is there yet.".to_owned()
                } else {
                    lines.join("\n")
                }
                .as_str(),
            )
        }
        Offsite::Send => {
            let (sent, gone) = offsite.follow(&config.data_dir, config.backup.keep).await?;
            exit::print(&format!("{sent} sent, {gone} thrown away there"))
        }
        Offsite::Get { name, identity } => {
            let path = offsite.get(name, &config.data_dir).await?;
            let identity = key(config, identity.as_ref());
            if identity.is_none() && backup::is_sealed(&path)? {
                return exit::print(&format!(
                    "{}\nIt is encrypted and was not read through.",
                    path.display()
                ));
            }
            let manifest = backup::check(&path, identity, now(config))?;
            exit::print(&format!("{}\n{}", path.display(), told(&manifest)))
        }
    }
}

fn told(manifest: &Manifest) -> String {
    format!(
        "made {} by Ballast {}, schema {}, {} tables with {} rows",
        backup::moment(manifest.made_at),
        manifest.version,
        manifest.schema,
        manifest.tables.len(),
        manifest.rows()
    )
}
