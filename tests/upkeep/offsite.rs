//! Copies in storage that speaks S3: a server that is not ours takes them, and a broken one disturbs nobody.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ballast::backup::{self, Making, Recipients};
use ballast::jobs;
use tokio::io::AsyncReadExt as _;

use crate::house::{House, NOW};

const PROOF: &str = "the-proof-of-who-asks-the-storage";

/// moto's server, which answers as S3 does. It goes when it is dropped.
struct Storage {
    child: Child,
    address: String,
}

impl Storage {
    /// None where it is not installed: `bash tests/run.sh` installs it where it may.
    async fn start() -> Option<Self> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/s3/bin/moto_server");
        if !program.exists() {
            let wanted = "moto under target/s3; `bash tests/run.sh` installs it where it may";
            assert!(
                std::env::var("CI").ok().as_deref() != Some("true"),
                "tests of copies elsewhere need {wanted}"
            );
            eprintln!("skipped: tests of copies elsewhere need {wanted}");
            return None;
        }
        let mut child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            line.unwrap()
                .split_once("Running on ")
                .map(|(_, rest)| rest.trim().to_owned())
        });
        std::thread::spawn(move || lines.for_each(drop));
        let storage = Self {
            child,
            address: address.unwrap(),
        };
        let made = reqwest::Client::new()
            .put(format!("{}/copies", storage.address))
            .send()
            .await
            .unwrap();
        assert!(made.status().is_success());
        Some(storage)
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn settings(address: &str) -> [(&str, &str); 5] {
    [
        ("BACKUP_S3_ENDPOINT", address),
        ("BACKUP_S3_BUCKET", "copies"),
        ("BACKUP_S3_ACCESS_KEY_ID", "ballast"),
        ("BACKUP_S3_SECRET_ACCESS_KEY", PROOF),
        ("BACKUP_S3_PREFIX", "of/ballast"),
    ]
}

fn make(directory: &Path, at: i64) -> std::path::PathBuf {
    let making = Making {
        name: &backup::name_of(at),
        made_at: at,
        reason: "asked for",
        recipients: &Recipients::default(),
    };
    backup::make(directory, &making).unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_go_elsewhere_by_themselves_are_kept_in_number_and_come_back_the_same() {
    let Some(storage) = Storage::start().await else {
        return;
    };
    let house = House::open_with(&settings(&storage.address)).await;
    let directory = house.directory.path();
    let place = house.app.config.backup.place.clone().unwrap();
    let offsite = backup::offsite::Offsite::new(place, &house.app.egress);
    assert!(offsite.list().await.unwrap().is_empty());
    // Larger than one piece, and of noise, so that it stays so.
    std::fs::create_dir_all(directory.join("private")).unwrap();
    let mut noise = vec![0_u8; 9 * 1_048_576];
    let mut state = 1_u32;
    for byte in &mut noise {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = state.to_be_bytes()[0];
    }
    std::fs::write(directory.join("private/noise"), noise).unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(true);
    jobs::serve(house.app.clone(), stopped).await;
    drop(stop);
    for night in 0..10 {
        house.app.clock.set(NOW + night * 86_400_000);
        jobs::tick(&house.app).await.unwrap();
        jobs::run_due(&house.app).await.unwrap();
        if night == 0 {
            // Once is enough of the large one.
            std::fs::remove_file(directory.join("private/noise")).unwrap();
        }
    }
    let names = |all: Vec<backup::Kept>| {
        all.into_iter()
            .map(|one| (one.name, one.bytes))
            .collect::<Vec<_>>()
    };
    let here = names(backup::shelf(directory).unwrap());
    let there = offsite.list().await.unwrap();
    let there: Vec<(String, u64)> = there.into_iter().map(|one| (one.name, one.bytes)).collect();
    assert_eq!(there, here, "the same stay there as here");
    let lines = house.app.db.read(|tx| jobs::store::list(tx, 500)).await.unwrap();
    assert!(lines.iter().all(|line| line.state == "done"), "{lines:?}");

    let big = make(directory, NOW + 20 * 86_400_000);
    std::fs::write(directory.join("private/noise"), vec![7; 64]).unwrap();
    offsite.put(&big).await.unwrap();
    let good = std::fs::read(&big).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let name = big.file_name().unwrap().to_str().unwrap();
    let fetched = offsite.get(name, elsewhere.path()).await.unwrap();
    assert_eq!(std::fs::read(&fetched).unwrap(), good);
    backup::verify(&fetched, None).unwrap();
    let missing = offsite
        .get("ballast-2020-01-01-120000Z.ballast.tar.zst", elsewhere.path())
        .await;
    assert!(missing.unwrap_err().to_string().contains("no copy called"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_of_several_pieces_arrives_whole() {
    let Some(storage) = Storage::start().await else {
        return;
    };
    let house = House::open_with(&settings(&storage.address)).await;
    let place = house.app.config.backup.place.clone().unwrap();
    let offsite = backup::offsite::Offsite::new(place, &house.app.egress);
    let path = house
        .directory
        .path()
        .join("ballast-2026-11-18-120000Z.ballast.tar.zst");
    let bytes: Vec<u8> = (0..20 * 1_048_576_u32)
        .map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[0])
        .collect();
    std::fs::write(&path, &bytes).unwrap();
    offsite.put(&path).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let fetched = offsite
        .get("ballast-2026-11-18-120000Z.ballast.tar.zst", elsewhere.path())
        .await
        .unwrap();
    assert!(std::fs::read(fetched).unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_never_answers_holds_nobody_up_and_is_told_of() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (reached, mut knocks) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut first = [0_u8; 1];
            let _ = stream.read_exact(&mut first).await;
            let _ = reached.send(());
            held.push(stream);
        }
    });
    let house = House::open_with(&settings(&address)).await;
    let manager = house.manager().await;
    make(house.directory.path(), NOW);
    let app = house.app.clone();
    let kind = app.jobs.table.kind("copy-backups").unwrap();
    app.db
        .write(app.own_gesture("send"), move |tx| jobs::add(tx, kind, b""))
        .await
        .unwrap();
    let working = tokio::spawn(async move { jobs::run_due(&app).await });
    knocks.recv().await.unwrap();
    let began = std::time::Instant::now();
    for path in ["/schedule", "/readyz", "/people"] {
        assert_eq!(manager.get(path).await.status(), 200, "{path}");
    }
    let written = manager
        .post("/api/v1/people", &serde_json::json!({ "name": "Ada" }))
        .await;
    assert!(written.status().is_success());
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
    working.abort();
}
