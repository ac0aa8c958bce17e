//! Stories that are pasted or brought in as a file.

use ballast::accounts::Access;
use reqwest::StatusCode;
use serde_json::Value;

use crate::house::between;
use crate::poker_stories::play::{Play, bring};

#[tokio::test]
async fn pasted_lines_come_in_at_once_and_those_that_are_there_are_told() {
    let play = Play::open().await;
    let pasted = "BAL-118 Relay cabinet layout\n- BAL-121: Earthing study\n\nSomething without a number";
    let added = play.bring(&[("text", pasted)], None).await;
    assert_eq!(added.status(), StatusCode::SEE_OTHER);
    let all = [
        "Relay cabinet layout",
        "Earthing study",
        "Something without a number",
    ];
    assert_eq!(play.names().await, all);
    let again = "BAL-124 Cable schedule\nbal-118 again\nBAL-118 once more\nBAL-124 twice\n";
    let preview = play.bring(&[("text", again)], None).await;
    assert_eq!(preview.status(), StatusCode::OK);
    let preview = preview.text().await.unwrap();
    for told in [
        "is in the room already",
        "the same reference as line 1",
        "2 stories come in",
        "Add 2 stories",
        "2 there already",
    ] {
        assert!(preview.contains(told), "{told}: {preview}");
    }
    assert_eq!(
        play.names().await.len(),
        3,
        "looking at a preview changes nothing"
    );
    let confirmed = play.bring(&[("text", again), ("confirm", "yes")], None).await;
    assert_eq!(confirmed.status(), StatusCode::SEE_OTHER);
    assert_eq!(play.names().await.len(), 5);
}

const JIRA: &str = "\u{feff}Summary;Issue key;Issue id;Labels;Labels;Description;Custom field (Story Points)\r\n\
    Relay cabinet layout;BAL-118;10401;electrical;layout;\"one\r\ntwo; \"\"three\"\"\";5.0\r\n\
    Earthing study;BAL-121;10402;;;;\r\n\
    ;BAL-122;10403;;;no summary;\r\n";

#[tokio::test]
async fn an_export_of_jira_is_previewed_with_its_lines_and_comes_in_in_one_write() {
    let play = Play::open().await;
    play.bring(&[("text", "BAL-121 Earthing")], None).await;
    let file = || Some(("Jira.csv", JIRA.as_bytes().to_vec()));
    let preview = play.bring(&[], file()).await.text().await.unwrap();
    for told in ["Jira.csv", "1 story comes in", "1 there already", "1 faulty"] {
        assert!(preview.contains(told), "{told}: {preview}");
    }
    assert!(preview.contains("<td class=\"num\">5</td><td class=\"verdict\">faulty</td><td>BAL-122</td>"));
    assert!(preview.contains("<option value=\"tags\" selected>"));
    // What the page sends back is the text that it was given, whole.
    let given = between(&preview, "<textarea name=\"text\" hidden>\n", "</textarea>").unwrap();
    let given = given.replace("&quot;", "\"");
    let before = play.view().await["seq"].as_i64().unwrap();
    let fields = [("text", given.as_str()), ("name", "Jira.csv"), ("confirm", "yes")];
    assert_eq!(play.bring(&fields, None).await.status(), StatusCode::SEE_OTHER);
    let view = play.view().await;
    assert_eq!(
        view["seq"].as_i64().unwrap(),
        before + 1,
        "one write for all of them"
    );
    let story = &view["stories"][1];
    assert_eq!(story["name"], "Relay cabinet layout");
    // What everybody is told of the room leaves the long texts out.
    assert_eq!(story["description"], "");
    let listed = play.mina.json(&format!("/api/v1{}/stories", play.link)).await;
    assert_eq!(listed["stories"][1]["description"], "one\ntwo; \"three\"");
    assert_eq!(story["tags"], serde_json::json!(["electrical", "layout"]));
    assert_eq!((&story["estimate"], &story["points"]), (&"5".into(), &500.into()));
    let room = play.mina.text(&play.link).await;
    assert!(room.contains("5 points so far"));
}

#[tokio::test]
async fn columns_that_nobody_could_know_are_named_by_hand() {
    let play = Play::open().await;
    let csv = "was,wo\nOne,A-1\nTwo,A-2";
    let preview = play.bring(&[], Some(("x.csv", csv.into()))).await;
    assert_eq!(preview.status(), StatusCode::OK);
    assert!(
        preview
            .text()
            .await
            .unwrap()
            .contains("No column says what the stories are called")
    );
    let named = [
        ("text", csv),
        ("name", "x.csv"),
        ("column-0", "name"),
        ("column-1", "reference"),
    ];
    let looked = play.bring(&[&named[..], &[("look", "yes")]].concat(), None).await;
    assert!(looked.text().await.unwrap().contains("Add 2 stories"));
    play.bring(&[&named[..], &[("confirm", "yes")]].concat(), None)
        .await;
    assert_eq!(play.names().await, ["One", "Two"]);
}

#[tokio::test]
async fn r20_ten_thousand_pasted_stories_are_refused_and_nothing_typed_is_lost() {
    let play = Play::open().await;
    let many: Vec<String> = (1..=10_000)
        .map(|line| format!("BAL-{line} Story {line}\n"))
        .collect();
    let many = many.concat();
    let counted = play.house.app.poker.refused();
    let refused = play.bring(&[("text", &many)], None).await;
    assert_eq!(play.house.app.poker.refused(), counted + 1);
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text().await.unwrap();
    assert!(page.contains("These are 10000 stories, and a room takes 500."));
    assert!(page.contains("BAL-1 Story 1\n") && page.contains("BAL-10000 Story 10000"));
    assert!(play.names().await.is_empty());
    let most: Vec<String> = (1..=500)
        .map(|line| format!("BAL-{line} Story {line}\n"))
        .collect();
    let most = most.concat();
    assert_eq!(
        play.bring(&[("text", &most)], None).await.status(),
        StatusCode::SEE_OTHER
    );
    let one_more = play.post("stories", &[("name", "one more")]).await;
    assert_eq!(one_more.status(), StatusCode::CONFLICT);
    assert!(one_more.text().await.unwrap().contains("A room takes 500"));
    assert_eq!(play.names().await.len(), 500);
}

#[tokio::test]
async fn what_is_no_table_is_refused_with_what_it_is() {
    let play = Play::open().await;
    for (name, bytes, told) in [
        ("x.csv", b"PK\x03\x04zip".to_vec(), "holds a workbook"),
        ("x.xlsx", b"PK\x03\x04zip".to_vec(), "save the table as CSV"),
        ("x.png", b"\x89PNG\r\n".to_vec(), "a picture"),
        ("x.csv", b"Name,Key\n\"never closed,1".to_vec(), "never closed"),
        ("x.csv", b"\n\n".to_vec(), "empty"),
    ] {
        let refused = play.bring(&[("text", "typed words")], Some((name, bytes))).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        let page = refused.text().await.unwrap();
        assert!(page.contains(told), "{told}: {page}");
    }
    let nothing = play.bring(&[("text", "  \n")], None).await;
    assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let huge = play.bring(&[("text", &"x".repeat(5 << 20))], None).await;
    assert_eq!(huge.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let other = play.post("stories/import", &[("text", "A")]).await;
    assert_eq!(other.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(play.names().await.is_empty());
}

#[tokio::test]
async fn what_was_exported_as_csv_comes_back_and_runs_nowhere() {
    let play = Play::open().await;
    let fields = [
        ("name", "=HYPERLINK(\"https://evil.example\")"),
        ("reference", "BAL-1"),
        ("description", "+1\nand more"),
        ("tags", "a,b"),
    ];
    play.post("stories", &fields).await;
    let answer = play.mina.get(&play.at("export/stories.csv")).await;
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=\"stories-2026-11-18.csv\""
    );
    let csv = answer.text().await.unwrap();
    assert!(
        csv.contains("\"'=HYPERLINK(\"\"https://evil.example\"\")\""),
        "{csv}"
    );
    let jonas = play.house.guest_called(Access::Member, "Jonas Weber").await;
    let made = jonas.form("/poker", &[]).await;
    let theirs = made.headers()["location"].to_str().unwrap().to_owned();
    let path = format!("{theirs}/stories/import");
    let fields = [("text", csv.as_str()), ("name", "x.csv"), ("confirm", "yes")];
    assert_eq!(
        bring(&jonas, &path, &fields, None).await.status(),
        StatusCode::SEE_OTHER
    );
    let view = jonas.json(&format!("{theirs}/view")).await;
    let story = &view["stories"][0];
    assert_eq!(story["name"], "=HYPERLINK(\"https://evil.example\")");
    let listed = jonas.json(&format!("/api/v1{theirs}/stories")).await;
    assert_eq!(listed["stories"][0]["description"], "+1\nand more");
    assert_eq!(story["tags"], serde_json::json!(["a", "b"]));
    let markdown = play.mina.text(&play.at("export/stories.md")).await;
    assert!(markdown.contains("| Story | Estimate | Votes | Note |"));
}

#[tokio::test]
async fn programs_read_add_and_import_stories_as_pages_do() {
    let play = Play::open().await;
    let api = format!("/api/v1{}/stories", play.link);
    let added = play
        .mina
        .post(
            &api,
            &serde_json::json!({ "name": "Relay", "reference": "BAL-1", "tags": ["a", "b"] }),
        )
        .await;
    assert_eq!(added.status(), StatusCode::CREATED);
    let bad = play
        .mina
        .post(
            &api,
            &serde_json::json!({ "name": "x", "link": "javascript:alert(1)" }),
        )
        .await;
    assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let bad: Value = bad.json().await.unwrap();
    assert_eq!(bad["errors"][0]["field"], "link");
    let text = "BAL-1 again\nBAL-2 Earthing\n";
    let import = format!("{api}/import");
    let dry = play
        .mina
        .post(&import, &serde_json::json!({ "text": text, "dryRun": true }))
        .await;
    let dry: Value = dry.json().await.unwrap();
    assert_eq!(
        (&dry["imported"], &dry["new"], &dry["there"]),
        (&false.into(), &1.into(), &1.into())
    );
    assert_eq!(play.names().await, ["Relay"]);
    let done = play
        .mina
        .post(&import, &serde_json::json!({ "text": text }))
        .await;
    let done: Value = done.json().await.unwrap();
    assert_eq!(
        (&done["imported"], &done["rows"][1]["verdict"]),
        (&true.into(), &"new".into())
    );
    let listed = play.mina.json(&api).await;
    let names: Vec<&str> = listed["stories"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|story| story["name"].as_str())
        .collect();
    assert_eq!(names, ["Relay", "Earthing"]);
    let many: Vec<String> = (0..600).map(|line| format!("Story {line}\n")).collect();
    let many = many.concat();
    let refused = play
        .mina
        .post(&import, &serde_json::json!({ "text": many }))
        .await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
}
