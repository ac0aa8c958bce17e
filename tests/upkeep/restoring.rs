//! A backup is put in place while the server runs: locked, copied, taken over row by row, begun anew.

use std::path::Path;

use ballast::backup::{self, Making, Recipients, Restoring};
use ballast::db::{self, Db};
use reqwest::{Client, StatusCode, multipart, redirect};
use serde_json::json;

use crate::house::{House, NOW, between};
use crate::process::{PASSWORD, Server, err, run};

/// Somebody at a server in another process.
pub struct Browser {
    pub client: Client,
    pub address: String,
    pub cookie: String,
    pub form_key: String,
}

impl Browser {
    pub async fn sign_in(address: &str) -> Self {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .build()
            .unwrap();
        let answer = client
            .post(format!("{address}/admin/login"))
            .header("Sec-Fetch-Site", "same-origin")
            .form(&[("email", "ada@example.org"), ("password", PASSWORD)])
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        let mut browser = Self {
            client,
            address: address.to_owned(),
            cookie,
            form_key: String::new(),
        };
        let page = browser.text("/settings/backups").await;
        browser.form_key = between(&page, "<meta name=\"csrf\" content=\"", "\"").unwrap();
        browser
    }

    pub async fn text(&self, path: &str) -> String {
        let asked = self
            .client
            .get(format!("{}{path}", self.address))
            .header("Cookie", &self.cookie);
        asked.send().await.unwrap().text().await.unwrap()
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let mut all = fields.to_vec();
        all.push(("csrf", &self.form_key));
        let asked = self.client.post(format!("{}{path}", self.address));
        let asked = asked
            .header("Cookie", &self.cookie)
            .header("Sec-Fetch-Site", "same-origin");
        asked.form(&all).send().await.unwrap()
    }
}

pub fn in_runtime<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work)
}

pub fn an_administrator(data: &Path) {
    let made = run(
        data,
        &[
            "user",
            "create",
            "ada@example.org",
            "--access",
            "admin",
            "--name",
            "Ada",
        ],
        &format!("{PASSWORD}\n"),
    );
    assert!(made.status.success(), "{}", err(&made));
}

fn role(name: &str) -> serde_json::Value {
    json!({ "name": name })
}

#[test]
#[expect(clippy::too_many_lines, reason = "a story is told in one go")]
fn an_administrator_restores_a_backup_and_the_server_begins_anew_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let mut server = Server::start(&data, &[("SECURE_COOKIES", "false")]);
    an_administrator(&data);
    std::fs::create_dir_all(data.join("private/0f")).unwrap();
    std::fs::write(data.join("private/0f/1e2d"), "a plan of the harbour").unwrap();
    in_runtime(async {
        let browser = Browser::sign_in(&server.address).await;
        let add = |name: &str| {
            let name = name.to_owned();
            let browser = &browser;
            async move {
                browser
                    .form("/settings/lists/roles", &[("name", &name)])
                    .await
                    .status()
            }
        };
        assert_eq!(add("before").await, StatusCode::SEE_OTHER);
        assert_eq!(
            browser.form("/settings/backups", &[]).await.status(),
            StatusCode::SEE_OTHER
        );
        let made = backup::all(&data).unwrap().into_iter().next_back().unwrap();
        assert!(made.verified_at.is_some());
        assert!(!browser.text("/settings/backups").await.contains("Restored: "));
        assert_eq!(add("after").await, StatusCode::SEE_OTHER);
        std::fs::remove_file(data.join("private/0f/1e2d")).unwrap();
        let at = format!("/settings/backups/{}/restore", made.name);
        assert!(browser.text(&at).await.contains("Type its name"));
        let wrong = browser.form(&at, &[("typed", "yes")]).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(backup::locked(&data).is_none());
        let begun = browser.form(&at, &[("typed", &made.name)]).await;
        assert_eq!(begun.status(), StatusCode::SEE_OTHER);
    });
    server.began_anew();
    in_runtime(async {
        // Who was signed in is not any more, and signs in with what they had then.
        let browser = Browser::sign_in(&server.address).await;
        let roles = browser.text("/settings/lists/roles").await;
        assert!(roles.contains("before") && !roles.contains("after"), "{roles}");
        // And is told what was done, by whom, and where what was there before lies.
        let page = browser.text("/settings/backups").await;
        let aside = data.join("backups/before-restore-").display().to_string();
        for words in ["Restored: ", "was put in place on", "by Ada.", &aside] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let audit = browser.text("/accounts/audit").await;
        assert!(audit.contains(", by Ada; before: before-restore-"), "{audit}");
        assert_eq!(
            browser
                .form("/settings/lists/roles", &[("name", "later")])
                .await
                .status(),
            StatusCode::SEE_OTHER
        );
    });
    assert_eq!(
        std::fs::read_to_string(data.join("private/0f/1e2d")).unwrap(),
        "a plan of the harbour"
    );
    assert!(backup::locked(&data).is_none() && !data.join(".restore-ready").exists());
    let reasons = backup::all(&data).unwrap().into_iter();
    let mut reasons = reasons.map(|kept| backup::verify(&kept.path, None).unwrap().reason);
    assert!(
        reasons.any(|reason| reason == "before a restore"),
        "what was there was kept before"
    );
    let aside = std::fs::read_dir(data.join("backups")).unwrap().flatten();
    let aside = aside
        .map(|entry| entry.path())
        .find(|path| path.is_dir())
        .unwrap();
    assert!(aside.join(Db::FILE).exists() && aside.join("secret.key").exists());
    server.stop();
}

#[test]
fn a_restore_that_was_cut_off_is_finished_by_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let server = Server::start(&data, &[]);
    an_administrator(&data);
    let making = Making {
        name: &backup::name_of(NOW),
        made_at: NOW,
        reason: "asked for",
        recipients: &Recipients::default(),
    };
    let (archive, manifest) = backup::make(&data, &making).unwrap();
    let restoring = Restoring {
        archive: archive.file_name().unwrap().to_string_lossy().into_owned(),
        by: "Ada".to_owned(),
        at: NOW + 60_000,
    };
    let late = ["user", "create", "late@example.org", "--access", "viewer"];
    let made = run(&data, &late, &format!("{PASSWORD}\n"));
    assert!(made.status.success(), "{}", err(&made));
    server.kill();
    backup::lock(&data, &restoring).unwrap();
    let mut server = Server::start(&data, &[]);
    server.began_anew();
    assert!(backup::locked(&data).is_none());
    server.stop();
    let now = db::inspect(&data.join(Db::FILE)).unwrap();
    let rows = |tables: &[db::TableSum], name: &str| tables.iter().find(|one| one.name == name).cloned();
    assert_eq!(rows(&now.tables, "account"), rows(&manifest.tables, "account"));

    // One of which nothing is left comes to nothing, and leaves everything as it was.
    let gone = Restoring {
        archive: "ballast-2026-11-01-120000Z.ballast.tar.zst".to_owned(),
        at: NOW + 120_000,
        ..restoring
    };
    backup::lock(&data, &gone).unwrap();
    let mut server = Server::start(&data, &[]);
    server.began_anew();
    assert!(backup::locked(&data).is_none());
    let told = backup::last_restore(&data).unwrap();
    assert_eq!(told.failed.as_deref(), Some("the archive is not there any more"));
    server.stop();
    let then = db::inspect(&data.join(Db::FILE)).unwrap();
    assert_eq!(rows(&then.tables, "account"), rows(&now.tables, "account"));
}

#[tokio::test]
async fn meanwhile_everything_can_be_read_and_nothing_is_changed() {
    let house = House::open().await;
    let manager = house.manager().await;
    let restoring = Restoring {
        archive: "ballast-2026-11-18-120000Z.ballast.tar.zst".to_owned(),
        by: "Ada".to_owned(),
        at: NOW,
    };
    backup::lock(house.directory.path(), &restoring).unwrap();
    assert!(
        backup::lock(house.directory.path(), &restoring).is_err(),
        "one at a time"
    );
    house.app.db.hold_still(true);
    let refused = manager.post("/api/v1/roles", &role("Engineer")).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN, "who may not is told so");
    let refused = manager.post("/api/v1/people", &role("Ada")).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "10");
    for path in ["/schedule", "/people", "/api/v1/people", "/readyz", "/health"] {
        assert_eq!(manager.get(path).await.status(), StatusCode::OK, "{path}");
    }
    house.app.db.hold_still(false);
    assert!(
        manager
            .post("/api/v1/people", &role("Ada"))
            .await
            .status()
            .is_success()
    );
}

#[tokio::test]
async fn an_archive_from_elsewhere_is_read_through_before_it_is_listed_and_changes_nothing() {
    let house = House::open().await;
    let admin = house.admin().await;
    let elsewhere = tempfile::tempdir().unwrap();
    drop(Db::open(elsewhere.path(), db::Migrate::Auto).unwrap());
    let making = Making {
        name: "x",
        made_at: NOW,
        reason: "asked for",
        recipients: &Recipients::default(),
    };
    let (archive, _) = backup::make(elsewhere.path(), &making).unwrap();
    let good = std::fs::read(archive).unwrap();
    let send = async |bytes: Vec<u8>, key: &str| {
        let form = multipart::Form::new()
            .text("csrf", key.to_owned())
            .part("file", multipart::Part::bytes(bytes).file_name("../../evil.zst"));
        let asked = admin.request(reqwest::Method::POST, "/settings/backups/upload");
        asked.multipart(form).send().await.unwrap()
    };
    let half = send(good[..good.len() / 2].to_vec(), &admin.form_key).await;
    assert_eq!(half.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(half.text().await.unwrap().contains("cut short or altered"));
    assert_eq!(
        send(good.clone(), "another").await.status(),
        StatusCode::FORBIDDEN
    );
    assert!(
        backup::all(house.directory.path()).unwrap().is_empty(),
        "nothing is left of them"
    );
    assert_eq!(send(good, &admin.form_key).await.status(), StatusCode::SEE_OTHER);
    let listed = backup::all(house.directory.path()).unwrap();
    assert_eq!(listed[0].name, "uploaded-2026-11-18-120000Z.ballast.tar.zst");
    assert!(
        backup::newest(house.directory.path()).unwrap().is_none(),
        "it stands for none of ours"
    );
    let left = std::fs::read_dir(house.directory.path().join("backups"))
        .unwrap()
        .flatten();
    assert!(
        left.map(|entry| entry.file_name().into_string().unwrap())
            .all(|name| !name.starts_with('.'))
    );
    let file = admin
        .get(&format!("/settings/backups/{}/file", listed[0].name))
        .await;
    assert_eq!(file.bytes().await.unwrap().len() as u64, listed[0].bytes);
    assert_eq!(
        admin.get("/settings/backups/secret.key/file").await.status(),
        StatusCode::NOT_FOUND
    );
}

#[test]
fn a_backup_that_a_command_restores_signs_nobody_in_again_and_stands_in_the_audit() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let server = Server::start(&data, &[("SECURE_COOKIES", "false")]);
    an_administrator(&data);
    let mut browser = in_runtime(Browser::sign_in(&server.address));
    let made = run(&data, &["backup"], "");
    assert!(made.status.success(), "{}", err(&made));
    server.stop();
    let shelf = backup::shelf(&data).unwrap();
    let archive = shelf.last().unwrap().path.to_str().unwrap().to_owned();
    let restored = run(&data, &["restore", &archive], "");
    assert!(restored.status.success(), "{}", err(&restored));
    let server = Server::start(&data, &[("SECURE_COOKIES", "false")]);
    browser.address.clone_from(&server.address);
    in_runtime(async {
        let page = browser.text("/settings/backups").await;
        assert!(!page.contains(&browser.form_key), "the session of then is over");
        let again = Browser::sign_in(&server.address).await;
        assert!(again.text("/accounts/audit").await.contains("backup restored"));
    });
}
