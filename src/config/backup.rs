//! How backups are made, how many stay, and where copies go.

use std::path::PathBuf;

use super::checker::Checker;
use super::table::Setting;
use crate::backup::offsite::{Given, Place};
use crate::backup::{Keep, Recipients, Settings};

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "BACKUP_KEEP_DAILY",
        "7",
        "Of how many days the newest backup is kept, from 1 to 366. One is made every night; the page of jobs says when.",
    ),
    Setting::open(
        "BACKUP_KEEP_WEEKLY",
        "4",
        "Of how many weeks besides, from 0 to 520.",
    ),
    Setting::open(
        "BACKUP_KEEP_MONTHLY",
        "12",
        "Of how many months besides, from 0 to 240.",
    ),
    Setting::open(
        "BACKUP_AGE_RECIPIENTS",
        "",
        "For whom backups are encrypted: what age-keygen prints as the public key, several with commas. Blank leaves them open.",
    ),
    Setting::open(
        "BACKUP_AGE_IDENTITY_FILE",
        "",
        "The file with the private key, only where the weekly restore test may open encrypted backups here. Keep it elsewhere otherwise.",
    ),
    Setting::open(
        "BACKUP_S3_ENDPOINT",
        "",
        "Address of S3-compatible storage for copies, such as https://s3.eu-central-1.amazonaws.com. Blank keeps backups here alone.",
    ),
    Setting::open("BACKUP_S3_BUCKET", "", "The bucket for copies."),
    Setting::open("BACKUP_S3_REGION", "us-east-1", "Its region."),
    Setting::open(
        "BACKUP_S3_PREFIX",
        "ballast",
        "What stands before the names of copies in the bucket.",
    ),
    Setting::open(
        "BACKUP_S3_STYLE",
        "path",
        "path or host: where the bucket's name stands in an address.",
    ),
    Setting::open("BACKUP_S3_ACCESS_KEY_ID", "", "Who asks the storage for copies."),
    Setting::secret(
        "BACKUP_S3_SECRET_ACCESS_KEY",
        "With which it is proven. BACKUP_S3_SECRET_ACCESS_KEY_FILE names a file with it.",
    ),
];

pub(super) fn read(check: &mut Checker<'_>) -> Settings {
    let mut number = |name, least, most| usize::try_from(check.number(name, least, most)).unwrap_or(1);
    let keep = Keep {
        daily: number("BACKUP_KEEP_DAILY", 1, 366),
        weekly: number("BACKUP_KEEP_WEEKLY", 0, 520),
        monthly: number("BACKUP_KEEP_MONTHLY", 0, 240),
    };
    let recipients = Recipients::parse(&check.list("BACKUP_AGE_RECIPIENTS")).unwrap_or_else(|fault| {
        check.fault(format!("BACKUP_AGE_RECIPIENTS: {fault}"));
        Recipients::default()
    });
    Settings {
        keep,
        recipients,
        identity: check.text("BACKUP_AGE_IDENTITY_FILE").map(PathBuf::from),
        place: place(check),
    }
}

fn place(check: &mut Checker<'_>) -> Option<Place> {
    let in_host = check.one_of("BACKUP_S3_STYLE", &[("path", false), ("host", true)]);
    let endpoint = check.text("BACKUP_S3_ENDPOINT")?;
    let mut needed = |name: &str| {
        let text = check.text(name);
        if text.is_none() {
            check.fault(format!("{name} is needed with BACKUP_S3_ENDPOINT"));
        }
        text
    };
    let (bucket, key) = (needed("BACKUP_S3_BUCKET"), needed("BACKUP_S3_ACCESS_KEY_ID"));
    let region = needed("BACKUP_S3_REGION");
    let Some(proof) = check.secret("BACKUP_S3_SECRET_ACCESS_KEY") else {
        check.fault("BACKUP_S3_SECRET_ACCESS_KEY is needed with BACKUP_S3_ENDPOINT");
        return None;
    };
    let prefix = check.text("BACKUP_S3_PREFIX").unwrap_or_default();
    let place = Place::new(&Given {
        endpoint: &endpoint,
        bucket: &bucket?,
        region: &region?,
        prefix: &prefix,
        in_host,
        key: &key?,
        proof: &proof,
    });
    place
        .map_err(|fault| check.fault(format!("BACKUP_S3_ENDPOINT {fault}")))
        .ok()
}
