//! What an administrator is told of what they asked for: when it is done, while it goes on, and where it comes to nothing; and the
//! pages that follow it by themselves.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use ballast::backup::{self, Making, Recipients};
use ballast::db::{self, Db};
use ballast::jobs;
use reqwest::{Method, Response, StatusCode, multipart};

use crate::browser::driver::Browser;
use crate::browser::hand::{click, says, until};
use crate::house::{Guest, House, NOW, PASSWORD};

const HERE: &str = "/settings/backups";

/// What the page says that an answer leads to.
async fn said(guest: &Guest, answer: Response) -> String {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let place = answer.headers()["location"].to_str().unwrap();
    guest.text(place).await
}

async fn asked(guest: &Guest, path: &str) -> String {
    said(guest, guest.form(path, &[]).await).await
}

fn making(made_at: i64, recipients: &Recipients) -> Making<'_> {
    Making {
        name: "x",
        made_at,
        reason: "asked for",
        recipients,
    }
}

async fn upload(guest: &Guest, archive: &Path) -> Response {
    let form = multipart::Form::new().text("csrf", guest.form_key.clone()).part(
        "file",
        multipart::Part::bytes(std::fs::read(archive).unwrap()).file_name("a.zst"),
    );
    let request = guest.request(Method::POST, "/settings/backups/upload");
    request.multipart(form).send().await.unwrap()
}

#[tokio::test]
async fn every_button_of_the_page_of_backups_says_what_became_of_it() {
    let house = House::open().await;
    let admin = house.admin().await;
    let page = asked(&admin, HERE).await;
    assert!(page.contains("The backup is made, and was read back"), "{page}");
    let name = backup::all(house.directory.path()).unwrap().remove(0).name;
    let at = format!("{HERE}/{name}");
    assert!(
        asked(&admin, &format!("{at}/check"))
            .await
            .contains("read through: it is whole")
    );
    assert!(
        asked(&admin, &format!("{at}/remove"))
            .await
            .contains("The backup is thrown away")
    );
    for (path, words) in [
        ("/settings/maintenance", "closed to everybody but administrators"),
        ("/settings/maintenance/end", "Everybody is let in again."),
    ] {
        assert!(asked(&admin, path).await.contains(words), "{path}");
    }
}

#[tokio::test]
async fn a_backup_that_is_not_whole_says_so_with_the_reason_until_it_is_thrown_away() {
    let house = House::open().await;
    let admin = house.admin().await;
    asked(&admin, HERE).await;
    let kept = backup::all(house.directory.path()).unwrap().remove(0);
    let bytes = std::fs::read(&kept.path).unwrap();
    std::fs::write(&kept.path, bytes.get(..bytes.len() / 2).unwrap()).unwrap();
    let at = format!("{HERE}/{}", kept.name);
    let answer = admin.form(&format!("{at}/check"), &[]).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("is not whole: ") && page.contains("cut short or altered"),
        "{page}"
    );
    assert!(
        !page.contains(&kept.path.display().to_string()),
        "where it lies is nothing to read on a page"
    );
    assert!(admin.text(HERE).await.contains("not whole"), "still");
    asked(&admin, &format!("{at}/remove")).await;
    assert!(!admin.text(HERE).await.contains("not whole"));
}

#[tokio::test]
async fn what_takes_long_goes_on_and_the_page_says_so_until_it_is_done() {
    let house = House::open().await;
    let admin = house.admin().await;
    // Whoever reads a pipe waits until somebody writes.
    let name = format!("{}.ballast.tar.zst", backup::name_of(NOW));
    let pipe = db::copies(house.directory.path()).join(&name);
    std::fs::create_dir_all(pipe.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let page = asked(&admin, &format!("{HERE}/{name}/check")).await;
    for words in [
        "is being read through. The page says",
        "is being read through, as admin asked",
        "being read",
        "Refresh",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let again = asked(&admin, &format!("{HERE}/{name}/check")).await;
    assert!(again.contains("is being read through"), "once at a time");
    let mut line = admin.get("/events").await;
    // Opened both ways it has a writer for as long as this is held, however often it is opened to be read.
    let mut held = std::fs::File::options()
        .read(true)
        .write(true)
        .open(&pipe)
        .unwrap();
    held.write_all(&[b'x'; 4_096]).unwrap();
    let mut heard = String::new();
    while !heard.contains("\"topic\":\"jobs\"") {
        heard.push_str(std::str::from_utf8(&line.chunk().await.unwrap().unwrap()).unwrap());
    }
    let page = admin.text(HERE).await;
    assert!(
        page.contains("is not whole: is no backup of Ballast") && !page.contains("as admin asked"),
        "{page}"
    );
    drop(held);
}

#[tokio::test]
async fn one_from_elsewhere_is_listed_under_the_moment_at_which_it_was_made() {
    let house = House::open().await;
    let admin = house.admin().await;
    let elsewhere = tempfile::tempdir().unwrap();
    drop(Db::open(elsewhere.path(), db::Migrate::Auto).unwrap());
    let none = Recipients::default();
    // Five days and two hours before it comes.
    let made_at = NOW - 5 * 86_400_000 - 7_200_000;
    let (archive, _) = backup::make(elsewhere.path(), &making(made_at, &none)).unwrap();
    for _ in 0..2 {
        let page = said(&admin, upload(&admin, &archive).await).await;
        assert!(page.contains("Nothing was restored by that"), "{page}");
        assert!(page.contains("13 Nov, 10:00"), "{page}");
    }
    let all = backup::all(house.directory.path()).unwrap();
    assert_eq!(all.len(), 2, "none is written over by another");
    assert!(
        all.iter()
            .all(|one| one.made_at == made_at && one.named_at >= NOW)
    );
    let told = admin.json("/api/v1/backups").await;
    assert_eq!(told["backups"][0]["madeAt"], made_at);
    let form = admin.text(&format!("{HERE}/{}/restore", all[0].name)).await;
    assert!(
        form.contains("on 13 Nov, 10:00") && form.contains("uploaded on 18 Nov, 12:00"),
        "{form}"
    );
}

/// Signs in as an administrator through the form.
async fn open(house: &House, browser: &Browser, path: &str) {
    house
        .add_account(
            ballast::accounts::Access::Admin,
            "Mina Park",
            "mina.park@example.org",
        )
        .await;
    let page = &browser.client;
    page.goto(&format!("{}/admin/login", house.address))
        .await
        .unwrap();
    for (field, text) in [
        ("[name=email]", "mina.park@example.org"),
        ("[name=password]", PASSWORD),
    ] {
        let field = page.find(fantoccini::Locator::Css(field)).await.unwrap();
        // Whoever is in is asked for the password alone: the address stands there.
        if field
            .prop("value")
            .await
            .unwrap()
            .is_none_or(|value| value.is_empty())
        {
            field.send_keys(text).await.unwrap();
        }
    }
    click(page, "button[type=submit]").await;
    until(page, "document.querySelector('.rail')").await;
    page.goto(&format!("{}{path}", house.address)).await.unwrap();
    until(page, "document.documentElement.dataset.live === 'on'").await;
}

#[tokio::test]
async fn the_pages_of_jobs_and_backups_follow_what_is_done_without_being_loaded_again() {
    let house = House::open().await;
    let Some(browser) = Browser::start().await else {
        return;
    };
    let page = &browser.client;
    open(&house, &browser, "/settings/jobs").await;
    let mark = "window.same = true";
    page.execute(mark, vec![]).await.unwrap();
    let gesture = house.app.own_gesture("ask for work");
    let kind = house.app.jobs.table.kind("backup").unwrap();
    let add = house.app.db.write(gesture, move |tx| jobs::add(tx, kind, b""));
    add.await.unwrap();
    let before = backup::all(house.directory.path()).unwrap().len();
    jobs::run_due(&house.app).await.unwrap();
    assert_eq!(backup::all(house.directory.path()).unwrap().len(), before + 1);
    says(page, "[data-follows] tbody .chip", "done").await;
    until(page, "window.same").await;

    open(&house, &browser, HERE).await;
    page.execute(mark, vec![]).await.unwrap();
    until(
        page,
        "document.querySelectorAll('[data-follows] tbody tr').length === 1",
    )
    .await;
    house.app.clock.set(NOW + 60_000);
    let gesture = house.app.own_gesture("ask for work");
    let add = house.app.db.write(gesture, move |tx| jobs::add(tx, kind, b""));
    add.await.unwrap();
    jobs::run_due(&house.app).await.unwrap();
    // Of one day the newest stays.
    says(page, "[data-follows] tbody code", "120100Z").await;
    until(page, "window.same").await;
    // And the button says by itself what it has done.
    click(page, "[data-follows] header button").await;
    says(page, "#status", "The backup is made").await;
}

#[tokio::test]
async fn the_nightly_clean_up_takes_what_was_set_aside_long_ago_and_leaves_the_newest() {
    let house = House::open().await;
    let folder = db::copies(house.directory.path());
    let day = 86_400_000;
    for at in [NOW - 60 * day, NOW - 31 * day, NOW - 29 * day] {
        std::fs::create_dir_all(folder.join(backup::aside(at))).unwrap();
    }
    for (later, left) in [(0, 1), (90 * day, 1)] {
        house.app.clock.set(NOW + later);
        let kind = house.app.jobs.table.kind("clean-up").unwrap();
        let gesture = house.app.own_gesture("ask for work");
        let add = house.app.db.write(gesture, move |tx| jobs::add(tx, kind, b""));
        add.await.unwrap();
        jobs::run_due(&house.app).await.unwrap();
        let there = std::fs::read_dir(&folder).unwrap().flatten();
        let there = there.filter(|one| one.file_name().to_string_lossy().starts_with("before-restore-"));
        assert_eq!(there.count(), left, "{later}");
    }
    assert!(folder.join(backup::aside(NOW - 29 * day)).exists());
}
