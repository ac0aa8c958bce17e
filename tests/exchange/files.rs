//! Files that are not what they say, and files that nobody may bring or see.

use std::fmt::Write as _;
use std::io::Write as _;

use ballast::accounts::Access;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use zip::write::SimpleFileOptions;

use super::bring::{sample, whole};
use crate::house::House;

/// A container with these parts, packed well.
fn container(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook whose sheet is a mountain of blanks.
fn bomb() -> Vec<u8> {
    let types = br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    let blanks = vec![b' '; 64 << 20];
    container(&[
        ("[Content_Types].xml", types),
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/worksheets/sheet1.xml", &blanks),
    ])
}

#[tokio::test]
async fn files_that_are_not_what_they_say_get_a_message_and_leave_the_plan_alone() {
    let house = House::open().await;
    let manager = house.manager().await;
    manager.imported("people.csv", sample("people.csv")).await;
    let before = whole(&manager).await;
    let workbook = sample("projects.xlsx");
    let encrypted = [
        &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..],
        &[0; 600],
        "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
            .as_slice(),
        &[0; 600],
    ]
    .concat();
    let macros = container(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/vbaProject.bin", b"x"),
    ]);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("cut.xlsx", workbook[..workbook.len() / 2].to_vec(), "cut short"),
        (
            "text.xlsx",
            b"Name,Role\nAda,Engineer\n".to_vec(),
            "not a workbook",
        ),
        ("book.csv", workbook.clone(), "holds a workbook"),
        ("bomb.xlsx", bomb(), "unpacks to far more"),
        ("macros.xlsm", macros, "macros"),
        ("locked.xlsx", encrypted, "password"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n0000".to_vec(), "not a table"),
        ("paper.pdf", b"%PDF-1.7 and so on".to_vec(), "not a table"),
        ("blank.csv", b"\n\n ;;\n".to_vec(), "empty"),
        ("quote.csv", b"Name\n\"Ada\nBo\n".to_vec(), "never closed"),
        (
            "other.csv",
            b"Apples,Pears\n1,2\n".to_vec(),
            "could be recognised",
        ),
        ("zeros.csv", vec![0; 100], "not readable as text"),
    ];
    for (name, bytes, words) in cases {
        let answer = manager.bring(name, bytes.clone(), "").await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let told: Value = answer.json().await.unwrap();
        let message = told["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(words), "{name}: {message}");
        let page = manager.upload(name, bytes).await;
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let page = page.text().await.unwrap();
        assert!(
            page.contains("The file was not taken.") && page.contains(words),
            "{name}"
        );
    }
    assert_eq!(whole(&manager).await, before);
}

/// A workbook made by hand: people in one sheet, with a list of texts.
fn people_by_hand(texts: &str, dimension: &str, formula: &str) -> Vec<u8> {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let package = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>\
         <sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let parts = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{OFFICE}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let sheet = format!(
        "<worksheet xmlns=\"{MAIN}\">{dimension}<sheetData>\
         <row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>\
         <row r=\"2\"><c r=\"A2\" t=\"str\">{formula}<v>Ada Osei</v></c></row></sheetData></worksheet>"
    );
    let texts = format!("{texts}<si><t>Name</t></si></sst>");
    container(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", package.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", parts.as_bytes()),
        ("xl/sharedStrings.xml", texts.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

#[tokio::test]
async fn a_workbook_that_announces_more_than_it_holds_takes_no_memory_for_that() {
    let house = House::open().await;
    let manager = house.manager().await;
    let spaces = " ".repeat((64 << 10) - 45);
    for (texts, words) in [
        (
            "<!-- uniqueCount=\"1\" --><sst count=\"1\" uniqueCount=\"99999999999\">".to_owned(),
            "more than 5000000 cells",
        ),
        (
            format!("<sst count=\"1\" uniqueCount{spaces}=\"99999999999\">"),
            "more than 5000000 cells",
        ),
        (
            format!("<sst count=\"1\"{spaces}{spaces} uniqueCount=\"99999999999\">"),
            "damaged",
        ),
        (
            "<sst count=\"99999999999\" uniqueCount=\"1\">".to_owned(),
            "more than 5000000 cells",
        ),
        ("<!DOCTYPE sst><sst uniqueCount=\"1\">".to_owned(), "damaged"),
    ] {
        let bytes = people_by_hand(&texts, "", "");
        let answer = manager.bring("people.xlsx", bytes, "").await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let told: Value = answer.json().await.unwrap();
        let message = told["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
    // Programs write the largest sheet there is for one with whole columns in colour: nothing is wrong with
    // that, and no room is made for it. The same holds for the numbers of shared formulas.
    let bytes = people_by_hand(
        "<sst count=\"1\" uniqueCount=\"1\">",
        "<dimension ref=\"A1:XFD1048576\"/>",
        "<f t=\"shared\" ref=\"A2:A3\" si=\"99999999999\">\"Ada \"&amp;\"Osei\"</f>",
    );
    let told = manager.imported("people.xlsx", bytes).await;
    assert_eq!(super::bring::count(&told, "people"), (1, 0, 0));
}

#[tokio::test]
async fn no_more_files_are_taken_in_than_have_a_place() {
    let house = House::open().await;
    let manager = house.manager().await;
    let place = manager.uploaded("people.csv", sample("people.csv")).await;
    let mut places = Vec::new();
    while let Ok(one) = house.app.uploads.place() {
        places.push(one);
    }
    assert_eq!(places.len(), 10, "two that are read and eight that wait");
    let answer = manager.bring("people.csv", sample("people.csv"), "").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    // However large it is, the answer is heard.
    let answer = manager.upload("large.csv", vec![b'a'; 24 << 20]).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let answer = manager.form(&place, &[]).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    places.pop();
    manager
        .bring("people.csv", sample("people.csv"), "dryRun=1")
        .await
        .error_for_status()
        .unwrap();
    places.clear();
    let answer = manager.form(&place, &[]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(house.app.book().plan.people.len(), 60);
}

#[tokio::test]
async fn a_third_file_of_one_account_replaces_its_first() {
    let house = House::open().await;
    let manager = house.manager().await;
    let mut all = Vec::new();
    for name in ["a.csv", "b.csv", "c.csv"] {
        all.push(manager.uploaded(name, sample("people.csv")).await);
    }
    let mut seen = Vec::new();
    for one in &all {
        seen.push(manager.get(one).await.status());
    }
    assert_eq!(seen, [StatusCode::NOT_FOUND, StatusCode::OK, StatusCode::OK]);
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_with_the_limit() {
    let house = House::open_with(&[("UPLOAD_LIMIT_MIB", "1")]).await;
    let manager = house.manager().await;
    let over = vec![b'a'; (1 << 20) + 1];
    let answer = manager.bring("big.csv", over.clone(), "").await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let told: Value = answer.json().await.unwrap();
    assert!(told["detail"].as_str().unwrap().contains("1 MiB"), "{told}");
    for size in [1, 3] {
        let page = manager.upload("big.csv", over.repeat(size)).await;
        assert_eq!(page.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    // As much as the setting allows is taken, though other forms take two mebibytes at most.
    let house = House::open_with(&[("UPLOAD_LIMIT_MIB", "4")]).await;
    let manager = house.manager().await;
    let mut large = String::from("Name,Notes\n");
    for number in 0..300 {
        let _ = writeln!(large, "Person {number},{}", "x".repeat(9_900));
    }
    manager.imported("large.csv", large.clone()).await;
    assert!(manager.uploaded("large.csv", large).await.starts_with("/import/"));
}

#[tokio::test]
async fn the_form_needs_its_key_and_a_file() {
    let house = House::open().await;
    let manager = house.manager().await;
    let form = || Form::new().part("file", Part::bytes(sample("people.csv")).file_name("people.csv"));
    let post = |form| manager.request(Method::POST, "/import").multipart(form);
    let without = post(form()).send().await.unwrap();
    assert_eq!(without.status(), StatusCode::FORBIDDEN);
    let wrong = post(form().text("csrf", "x")).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    let by_header = post(form())
        .header("X-CSRF-Token", &manager.form_key)
        .send()
        .await
        .unwrap();
    assert_eq!(by_header.status(), StatusCode::SEE_OTHER);
    let empty = Form::new()
        .text("csrf", manager.form_key.clone())
        .part("file", Part::bytes(vec![]).file_name(""));
    let none = post(empty).send().await.unwrap();
    assert_eq!(none.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text().await.unwrap().contains("Choose a file first."));
    let broken = manager
        .request(Method::POST, "/import")
        .header("Content-Type", "multipart/form-data; boundary=x")
        .body("--y\r\n")
        .send()
        .await
        .unwrap();
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_upload_is_its_senders_alone_and_does_not_wait_for_ever() {
    let house = House::open().await;
    let (mina, hana) = (
        house.guest_called(Access::Manager, "Mina Park").await,
        house.guest_called(Access::Manager, "Hana Sato").await,
    );
    let place = mina.uploaded("people.csv", sample("people.csv")).await;
    assert_eq!(mina.get(&place).await.status(), StatusCode::OK);
    for path in ["", "/progress", "/refused.csv"] {
        let answer = hana.get(&format!("{place}{path}")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["", "/columns", "/remove"] {
        let answer = hana.form(&format!("{place}{path}"), &[]).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert!(house.app.book().plan.people.is_empty());
    house.app.clock.set(crate::house::NOW + 1_800_000);
    assert_eq!(mina.get(&place).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn viewers_and_members_neither_bring_nor_take_files() {
    let house = House::open().await;
    for access in [Access::Viewer, Access::Member] {
        let guest = house.guest(access).await;
        assert_eq!(
            guest.bring("people.csv", sample("people.csv"), "").await.status(),
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            guest.upload("people.csv", sample("people.csv")).await.status(),
            StatusCode::FORBIDDEN
        );
        for path in ["/import", "/export/people.csv", "/api/v1/exports/people.csv"] {
            assert_eq!(guest.get(path).await.status(), StatusCode::FORBIDDEN, "{path}");
        }
    }
    assert!(house.app.book().plan.people.is_empty());
}
