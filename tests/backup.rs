//! Backups: made beside whoever writes, read through, and restored to the same.

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output};

    use ballast::backup::{self, Fault, Making, Manifest, Recipients};
    use ballast::db::{self, Db};
    use serde_json::json;

    use crate::house::{House, NOW};

    const KEY: &str = "secret.key";

    fn make(directory: &Path) -> (PathBuf, Manifest) {
        make_for(directory, &Recipients::default())
    }

    fn make_for(directory: &Path, recipients: &Recipients) -> (PathBuf, Manifest) {
        let making = Making {
            name: &backup::name_of(NOW),
            made_at: NOW,
            reason: "asked for",
            recipients,
        };
        backup::make(directory, &making).unwrap()
    }

    /// What is in the folder of backups.
    fn on_the_shelf(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(directory.join("backups"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with(db::VERIFIED))
            .collect();
        names.sort();
        names
    }

    fn ballast(directory: &Path, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ballast"))
            .args(arguments)
            .env("DATA_DIR", directory)
            .output()
            .unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_backup_made_while_others_write_is_one_moment_and_restores_to_the_same() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let stop = std::sync::atomic::AtomicBool::new(false);
        let (writes, made) = tokio::join!(
            async {
                let mut writes = 0;
                while !stop.load(std::sync::atomic::Ordering::Relaxed) || writes < 20 {
                    let cell = json!({ "assignment": seed.adas, "week": "2026-11-23", "hours": writes % 40 });
                    let answer = manager.post("/api/v1/hours", &json!({ "cells": [cell] })).await;
                    assert!(answer.status().is_success(), "{}", answer.status());
                    writes += 1;
                }
                writes
            },
            async {
                let directory = house.directory.path().to_owned();
                let made = tokio::task::spawn_blocking(move || make(&directory))
                    .await
                    .unwrap();
                stop.store(true, std::sync::atomic::Ordering::Relaxed);
                made
            }
        );
        assert!(writes >= 20);
        let (path, manifest) = made;
        assert!(manifest.rows() > 0);
        assert_eq!(backup::verify(&path, None).unwrap(), manifest);
        let elsewhere = tempfile::tempdir().unwrap();
        let (restored, before) = backup::restore(&path, elsewhere.path(), "before", None).unwrap();
        assert_eq!((&restored, before), (&manifest, None));
        let inspection = db::inspect(&elsewhere.path().join(Db::FILE)).unwrap();
        assert_eq!(inspection.tables, manifest.tables, "every table, row by row");
        let key = |directory: &Path| std::fs::read(directory.join(KEY)).unwrap();
        assert_eq!(key(elsewhere.path()), key(house.directory.path()));
        let house = House::open_in(elsewhere, &[]).await;
        assert!(!house.app.book().plan.people.is_empty());
    }

    #[tokio::test]
    async fn what_was_there_before_a_restore_is_kept_and_a_running_server_refuses_it() {
        let house = House::open().await;
        let (path, manifest) = make(house.directory.path());
        let refused = backup::restore(&path, house.directory.path(), "before", None).unwrap_err();
        assert!(
            matches!(refused, Fault::Database(db::DbError::Locked(_))),
            "{refused}"
        );
        let other = house.copy();
        std::fs::write(other.path().join(KEY), "another key, which is kept as well").unwrap();
        let (_, before) = backup::restore(&path, other.path(), "before", None).unwrap();
        let before = before.unwrap();
        assert_eq!(
            std::fs::read_to_string(before.join(KEY)).unwrap(),
            "another key, which is kept as well"
        );
        assert!(before.join(Db::FILE).exists());
        assert_eq!(
            db::inspect(&other.path().join(Db::FILE)).unwrap().tables,
            manifest.tables
        );
    }

    #[tokio::test]
    async fn an_archive_that_was_cut_short_altered_or_made_by_others_is_refused_and_changes_nothing() {
        let house = House::open().await;
        let (path, _) = make(house.directory.path());
        let good = std::fs::read(&path).unwrap();
        let target = house.copy();
        let before = std::fs::read(target.path().join(Db::FILE)).unwrap();
        let bad = target.path().join("bad");
        let mut flipped = good.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 0x10;
        let half = good[..good.len() / 2].to_vec();
        let almost = good[..good.len() - 1].to_vec();
        for (what, bytes) in [
            ("empty", Vec::new()),
            ("a text", b"no archive at all".to_vec()),
            ("cut in half", half),
            ("short of a byte", almost),
            ("altered", flipped),
            ("another archive", zstd_tar("etc/passwd", b"root")),
            ("one that climbs", zstd_tar("../../evil", b"root")),
        ] {
            std::fs::write(&bad, bytes).unwrap();
            let verified = backup::verify(&bad, None);
            assert!(matches!(verified, Err(Fault::Damaged(_))), "{what}: {verified:?}");
            let restored = backup::restore(&bad, target.path(), "before", None);
            assert!(matches!(restored, Err(Fault::Damaged(_))), "{what}");
            assert_eq!(
                std::fs::read(target.path().join(Db::FILE)).unwrap(),
                before,
                "{what}"
            );
        }
        assert!(
            on_the_shelf(target.path()).is_empty(),
            "nothing half made is left"
        );
        std::fs::write(&bad, &good).unwrap();
        backup::verify(&bad, None).unwrap();
    }

    fn zstd_tar(name: &str, content: &[u8]) -> Vec<u8> {
        let mut archive = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        archive.append(&header, content).unwrap();
        archive.into_inner().unwrap().finish().unwrap()
    }

    #[tokio::test]
    async fn what_a_killed_process_left_is_swept_away_and_never_taken_for_a_backup() {
        let house = House::open().await;
        let left = house.directory.path().join("backups/.making-left");
        std::fs::create_dir_all(&left).unwrap();
        std::fs::write(left.join("archive"), "half").unwrap();
        assert!(backup::newest(house.directory.path()).unwrap().is_none());
        let (path, _) = make(house.directory.path());
        assert_eq!(
            on_the_shelf(house.directory.path()),
            ["ballast-2026-11-18-120000Z.ballast.tar.zst"]
        );
        assert_eq!(
            backup::newest(house.directory.path()).unwrap().unwrap().path,
            path
        );
    }

    #[tokio::test]
    async fn files_of_people_are_in_it_and_come_back_bit_for_bit() {
        let house = House::open().await;
        let directory = house.directory.path();
        let private = directory.join("private");
        std::fs::create_dir_all(private.join("0f")).unwrap();
        std::fs::write(private.join("0f/1e2d3c"), [0_u8, 255, 10]).unwrap();
        std::fs::write(private.join("plain"), "\u{1f680}").unwrap();
        // How connections are encrypted.
        std::fs::create_dir(directory.join("tls")).unwrap();
        std::fs::write(directory.join("tls/ca.pem"), "ours").unwrap();
        // What is only just being received, and what is no file of ours.
        std::fs::write(private.join(".part"), "half").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", private.join("link")).unwrap();
        let (path, manifest) = make(directory);
        let names: Vec<&str> = manifest.contents.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "ballast.sqlite",
                KEY,
                "private/0f/1e2d3c",
                "private/plain",
                "tls/ca.pem"
            ]
        );
        let elsewhere = tempfile::tempdir().unwrap();
        std::fs::create_dir(elsewhere.path().join("private")).unwrap();
        std::fs::write(elsewhere.path().join("private/later"), "of another moment").unwrap();
        let (_, before) = backup::restore(&path, elsewhere.path(), "before", None).unwrap();
        let restored = elsewhere.path().join("private");
        assert_eq!(std::fs::read(restored.join("0f/1e2d3c")).unwrap(), [0, 255, 10]);
        assert_eq!(
            std::fs::read_to_string(restored.join("plain")).unwrap(),
            "\u{1f680}"
        );
        assert!(!restored.join("later").exists(), "all of it is of one moment");
        assert!(before.unwrap().join("private/later").exists());
        let authority = std::fs::read_to_string(elsewhere.path().join("tls/ca.pem"));
        assert_eq!(authority.unwrap(), "ours");
    }

    #[tokio::test]
    async fn an_encrypted_one_is_opened_by_its_key_alone() {
        let house = House::open().await;
        let directory = house.directory.path();
        let keys = tempfile::tempdir().unwrap();
        let key = |name: &str| {
            let identity = age::x25519::Identity::generate();
            let file = keys.path().join(name);
            let text = age::secrecy::ExposeSecret::expose_secret(&identity.to_string()).to_owned();
            std::fs::write(&file, format!("# made for a test\n{text}\n")).unwrap();
            (file, identity.to_public().to_string())
        };
        let ((own, recipient), (other, _)) = (key("own"), key("other"));
        assert!(Recipients::parse(&["age1nonsense".to_owned()]).is_err());
        let (path, manifest) = make_for(directory, &Recipients::parse(&[recipient]).unwrap());
        assert!(path.to_string_lossy().ends_with(".ballast.tar.zst.age"));
        assert!(std::fs::read(&path).unwrap().starts_with(b"age-encryption.org/"));
        assert_eq!(backup::verify(&path, Some(&own)).unwrap(), manifest);
        for (identity, says) in [
            (None, "--identity FILE"),
            (Some(other.as_path()), "does not open it"),
        ] {
            let refused = backup::verify(&path, identity).unwrap_err();
            assert!(
                matches!(&refused, Fault::Refused(words) if words.contains(says)),
                "{refused}"
            );
        }
        let mut altered = std::fs::read(&path).unwrap();
        let middle = altered.len() / 2;
        altered[middle] ^= 1;
        let bad = keys.path().join("bad");
        std::fs::write(&bad, altered).unwrap();
        assert!(matches!(backup::verify(&bad, Some(&own)), Err(Fault::Damaged(_))));
        let elsewhere = tempfile::tempdir().unwrap();
        backup::restore(&path, elsewhere.path(), "before", Some(&own)).unwrap();
        let restored = db::inspect(&elsewhere.path().join(Db::FILE)).unwrap();
        assert_eq!(restored.tables, manifest.tables);
    }

    #[tokio::test]
    async fn the_weekly_test_restores_it_and_a_damaged_one_is_a_failed_job() {
        let house = House::open().await;
        let directory = house.directory.path();
        let (path, _) = make(directory);
        let test = async || {
            let kind = house.app.jobs.table.kind("verify-backup").unwrap();
            let gesture = house.app.own_gesture("test");
            house
                .app
                .db
                .write(gesture, move |tx| ballast::jobs::add(tx, kind, b""))
                .await
                .unwrap();
            ballast::jobs::run_due(&house.app).await.unwrap();
            house
                .app
                .db
                .read(|tx| ballast::jobs::store::list(tx, 1))
                .await
                .unwrap()
                .remove(0)
        };
        assert_eq!(test().await.state, "done");
        assert_eq!(on_the_shelf(directory).len(), 1, "nothing of the test is left");
        let good = std::fs::read(&path).unwrap();
        std::fs::write(&path, &good[..good.len() / 2]).unwrap();
        let failed = test().await;
        assert!(failed.fault.contains("cut short"), "{failed:?}");
    }

    #[tokio::test]
    async fn one_is_made_every_night_and_read_through_every_week() {
        let house = House::open().await;
        let (stop, stopped) = tokio::sync::watch::channel(true);
        ballast::jobs::serve(house.app.clone(), stopped).await;
        drop(stop);
        for night in 0..30 {
            house.app.clock.set(NOW + night * 86_400_000);
            ballast::jobs::tick(&house.app).await.unwrap();
            ballast::jobs::run_due(&house.app).await.unwrap();
        }
        let left = backup::shelf(house.directory.path()).unwrap();
        assert_eq!(left.len(), 7 + 2 + 1, "{left:?}");
        let lines = house
            .app
            .db
            .read(|tx| ballast::jobs::store::list(tx, 500))
            .await
            .unwrap();
        assert!(lines.iter().all(|line| line.state == "done"), "{lines:?}");
        // What is done is forgotten after two weeks.
        let read_through = lines.iter().filter(|line| line.kind == "verify-backup");
        assert_eq!(read_through.count(), 2, "{lines:?}");
    }

    #[tokio::test]
    async fn the_commands_do_it_beside_a_server_and_say_what_they_did() {
        let house = House::open().await;
        let directory = house.directory.path();
        let none = ballast(directory, &["verify"]);
        assert_eq!(none.status.code(), Some(69));
        let made = ballast(directory, &["backup", "--reason", "before an upgrade"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let told = String::from_utf8(made.stdout).unwrap();
        let path = told.lines().next().unwrap().to_owned();
        assert!(told.contains("rows"), "{told}");
        let verified = ballast(directory, &["verify"]);
        assert!(String::from_utf8_lossy(&verified.stdout).contains("is whole"));
        let locked = ballast(directory, &["restore", &path]);
        assert_eq!(
            locked.status.code(),
            Some(75),
            "{}",
            String::from_utf8_lossy(&locked.stderr)
        );
        let elsewhere = tempfile::tempdir().unwrap();
        let restored = ballast(elsewhere.path(), &["restore", &path]);
        assert!(
            restored.status.success(),
            "{}",
            String::from_utf8_lossy(&restored.stderr)
        );
        std::fs::write(&path, "damaged").unwrap();
        let damaged = ballast(directory, &["verify", &path]);
        assert_eq!(damaged.status.code(), Some(65));
    }
}
