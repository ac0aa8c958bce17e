//! Stories as they stand in a room: added, put in order, read and taken away.

use ballast::accounts::Access;
use reqwest::StatusCode;
use serde_json::Value;

use crate::house::Guest;
use crate::poker_stories::play::{Play, bring};

#[tokio::test]
async fn a_story_is_added_changed_skipped_and_removed() {
    let play = Play::open().await;
    let page = play.mina.text(&play.link).await;
    assert!(
        page.contains("Add a story") && page.contains("paste lines"),
        "{page}"
    );
    let fields = [
        ("name", "Relay cabinet layout"),
        ("reference", "BAL-118"),
        ("link", "https://jira.example/browse/BAL-118"),
        ("tags", "electrical, layout"),
        ("description", "line one\r\nline two"),
        ("acceptance", "it fits"),
    ];
    assert_eq!(
        play.post("stories", &fields).await.status(),
        StatusCode::SEE_OTHER
    );
    let page = play.mina.text(&play.link).await;
    assert!(page.contains("BAL-118") && page.contains("Relay cabinet layout"));
    let id = play.id("Relay cabinet layout").await;
    let own = play.mina.text(&play.at(&format!("stories/{id}"))).await;
    assert!(own.contains("rel=\"noopener noreferrer\"") && own.contains("line one\nline two"));
    assert!(own.contains("Nobody has voted on it yet"));
    let form = play.mina.text(&play.at(&format!("stories/{id}/edit"))).await;
    assert!(form.contains("value=\"electrical, layout\""));
    let changed = play
        .post(&format!("stories/{id}"), &[("name", "Relay layout")])
        .await;
    assert_eq!(changed.status(), StatusCode::SEE_OTHER);
    assert_eq!(play.names().await, ["Relay layout"]);
    play.post(&format!("stories/{id}/skip"), &[("skipped", "yes")])
        .await;
    assert_eq!(play.view().await["stories"][0]["skipped"], true);
    play.post(&format!("stories/{id}/skip"), &[("skipped", "no")])
        .await;
    assert_eq!(play.view().await["stories"][0]["skipped"], false);
    play.post(&format!("stories/{id}/remove"), &[]).await;
    assert!(play.names().await.is_empty());
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_says_why() {
    let play = Play::open().await;
    for (fields, told) in [
        (
            vec![("name", ""), ("description", "kept words")],
            "must not be empty",
        ),
        (
            vec![
                ("name", "x"),
                ("link", "javascript:alert(1)"),
                ("description", "kept words"),
            ],
            "must be an address that begins with https:// or http://",
        ),
    ] {
        let refused = play.post("stories", &fields).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = refused.text().await.unwrap();
        assert!(page.contains(told) && page.contains("kept words"), "{page}");
        assert!(!page.contains("href=\"javascript:"));
    }
    assert!(play.names().await.is_empty());
}

#[tokio::test]
async fn r22_a_script_in_a_story_is_text_on_every_page() {
    let play = Play::open().await;
    let script = "<script>alert('x')</script><img src=x onerror=alert(1)>";
    let fields = [
        ("name", script),
        ("description", script),
        ("acceptance", script),
        ("tags", "<b>"),
        ("reference", "<i>1"),
    ];
    assert_eq!(
        play.post("stories", &fields).await.status(),
        StatusCode::SEE_OTHER
    );
    let id = play.id(script).await;
    let room = play.mina.text(&play.link).await;
    let own = play.mina.text(&play.at(&format!("stories/{id}"))).await;
    let form = play.mina.text(&play.at(&format!("stories/{id}/edit"))).await;
    for page in [room, own, form] {
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"));
        assert!(page.contains("&lt;script&gt;alert"));
    }
}

#[tokio::test]
async fn stories_are_moved_and_their_positions_stay_whole_and_without_gaps() {
    let play = Play::open().await;
    play.bring(&[("text", "A\nB\nC\nD")], None).await;
    let ids = [
        play.id("A").await,
        play.id("B").await,
        play.id("C").await,
        play.id("D").await,
    ];
    let moved = async |story: usize, field: &str, to: &str| {
        let path = format!("stories/{}/move", ids[story]);
        let answer = play.post(&path, &[(field, to)]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{field}={to}");
        play.names().await.concat()
    };
    assert_eq!(moved(0, "to", "down").await, "BACD");
    assert_eq!(moved(0, "to", "up").await, "ABCD");
    assert_eq!(moved(0, "to", "end").await, "BCDA");
    assert_eq!(moved(3, "before", &ids[1].to_string()).await, "DBCA");
    let positions = play.house.app.db.read(|tx| {
        tx.query("select position from poker_story order by position", &[], |row| {
            row.get::<i64>(0)
        })
    });
    assert_eq!(positions.await.unwrap(), [1, 2, 3, 4]);
    let bad = play
        .post(&format!("stories/{}/move", ids[0]), &[("to", "sideways")])
        .await;
    assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn r9_a_story_of_another_room_is_not_found_whatever_is_asked() {
    let play = Play::open().await;
    play.add(&["Mine"]).await;
    let own = play.id("Mine").await;
    let jonas = play.house.guest_called(Access::Member, "Jonas Weber").await;
    let made = jonas.form("/poker", &[]).await;
    let theirs = made.headers()["location"].to_str().unwrap().to_owned();
    for (rest, fields) in [
        ("", vec![("name", "Stolen")]),
        ("/skip", vec![("skipped", "yes")]),
        ("/remove", vec![]),
        ("/move", vec![("to", "up")]),
    ] {
        let answer = jonas
            .form(&format!("{theirs}/stories/{own}{rest}"), &fields)
            .await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{rest}");
    }
    for rest in ["", "/edit"] {
        let answer = jonas.get(&format!("{theirs}/stories/{own}{rest}")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{rest}");
    }
    jonas
        .form(&format!("{theirs}/stories"), &[("name", "Theirs")])
        .await;
    let view = jonas.json(&format!("{theirs}/view")).await;
    let other = view["stories"][0]["id"].to_string();
    let before = play
        .post(&format!("stories/{own}/move"), &[("before", &other)])
        .await;
    assert_eq!(before.status(), StatusCode::NOT_FOUND);
    assert_eq!(play.names().await, ["Mine"]);
}

#[tokio::test]
async fn who_does_not_run_the_room_reads_and_changes_nothing() {
    let play = Play::open().await;
    play.add(&["Mine"]).await;
    let own = play.id("Mine").await;
    let jonas = play.house.guest_called(Access::Member, "Jonas Weber").await;
    let room = jonas.text(&play.link).await;
    assert!(room.contains("Mine") && !room.contains("Add a story") && !room.contains("Move up"));
    for (rest, fields) in [
        ("stories".to_owned(), vec![("name", "x")]),
        (format!("stories/{own}"), vec![("name", "x")]),
        (format!("stories/{own}/skip"), vec![]),
        (format!("stories/{own}/remove"), vec![]),
        (format!("stories/{own}/move"), vec![("to", "up")]),
    ] {
        assert_eq!(
            jonas.form(&play.at(&rest), &fields).await.status(),
            StatusCode::FORBIDDEN,
            "{rest}"
        );
    }
    let brought = bring(&jonas, &play.at("stories/import"), &[("text", "x")], None).await;
    assert_eq!(brought.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        jonas.get(&play.at(&format!("stories/{own}"))).await.status(),
        StatusCode::OK
    );
    let stranger = play.house.stranger();
    for rest in [
        format!("stories/{own}"),
        "export".to_owned(),
        "export/stories.json".to_owned(),
    ] {
        assert!(
            !stranger.get(&play.at(&rest)).await.status().is_success(),
            "{rest}"
        );
    }
}

#[tokio::test]
async fn r18_an_ended_room_is_read_exported_and_never_written() {
    let play = Play::open().await;
    play.add(&["Mine", "Other"]).await;
    let own = play.id("Mine").await;
    play.sql("update poker_room set ended_at = 1, seq = seq + 1")
        .await;
    for (rest, fields) in [
        ("stories".to_owned(), vec![("name", "x")]),
        (format!("stories/{own}"), vec![("name", "x")]),
        (format!("stories/{own}/skip"), vec![]),
        (format!("stories/{own}/remove"), vec![]),
        (format!("stories/{own}/move"), vec![("to", "down")]),
    ] {
        let refused = play.post(&rest, &fields).await;
        assert_eq!(refused.status(), StatusCode::CONFLICT, "{rest}");
        assert!(refused.text().await.unwrap().contains("This room was ended."));
    }
    let refused = play.bring(&[("text", "x")], None).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(play.names().await, ["Mine", "Other"]);
    for rest in [
        format!("stories/{own}"),
        "export".to_owned(),
        "export/stories.csv".to_owned(),
    ] {
        assert_eq!(
            play.mina.get(&play.at(&rest)).await.status(),
            StatusCode::OK,
            "{rest}"
        );
    }
}

#[tokio::test]
async fn a_story_that_was_voted_on_is_skipped_where_another_would_be_removed() {
    let play = Play::open().await;
    play.add(&["Voted"]).await;
    let own = play.id("Voted").await;
    play.sql("update poker_round set story_id = (select id from poker_story)")
        .await;
    play.post(&format!("stories/{own}/remove"), &[]).await;
    let view = play.view().await;
    assert_eq!(view["stories"][0]["skipped"], true);
    let page = play.mina.text(&play.at(&format!("stories/{own}"))).await;
    assert!(!page.contains("/remove\""));
}

#[tokio::test]
async fn r2_before_the_reveal_no_page_and_no_file_tells_a_vote() {
    let play = Play::open().await;
    play.add(&["Voted"]).await;
    let own = play.id("Voted").await;
    play.sql("update poker_round set story_id = (select id from poker_story)")
        .await;
    let jonas = play.house.guest_called(Access::Member, "Jonas Weber").await;
    let ada = play.house.guest_called(Access::Member, "Ada Osei").await;
    drop((jonas.get(&play.link).await, ada.get(&play.link).await));
    let paths = [
        play.at(&format!("stories/{own}")),
        play.at("export/stories.csv"),
        play.at("export/stories.json"),
        play.at("export/stories.md"),
    ];
    let mut read: Vec<Vec<String>> = Vec::new();
    for card in 0..12 {
        play.vote(&jonas, card).await;
        let mut texts = Vec::new();
        for path in &paths {
            let answer = ada.get(path).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            texts.push(answer.text().await.unwrap());
        }
        read.push(texts);
    }
    for texts in &read {
        assert_eq!(texts, &read[0], "what was voted must make no difference");
    }
    // Not even one's own open vote is in a file that one may pass on.
    let own_file = jonas.text(&paths[2]).await;
    assert_eq!(own_file, read[0][2]);
    play.vote(&ada, 6).await;
    play.reveal().await;
    let page = ada.text(&paths[0]).await;
    assert!(page.contains("Jonas Weber") && page.contains("<b>13</b>") && page.contains("spread"));
    let json: Value = serde_json::from_str(&ada.text(&paths[2]).await).unwrap();
    let votes = json["stories"][0]["rounds"][0]["votes"].as_array().unwrap();
    assert!(
        votes.contains(&serde_json::json!({ "name": "Ada Osei", "card": "13" })),
        "{votes:?}"
    );
}

#[tokio::test]
async fn the_search_finds_rooms_and_the_stories_of_those_that_one_may_come_into() {
    let play = Play::open().await;
    play.bring(
        &[("text", "BAL-118 Relay cabinet layout\nBAL-121 Earthing 100%\n")],
        None,
    )
    .await;
    let jonas = play.house.guest_called(Access::Member, "Jonas Weber").await;
    let found = async |who: &Guest, text: &str| -> Vec<String> {
        let answer = who
            .json(&format!("/api/v1/search?q={}", text.replace('%', "%25")))
            .await;
        let groups = answer["groups"].as_array().unwrap().iter();
        let poker = groups.filter(|group| group["kind"] == "poker");
        poker
            .flat_map(|group| group["items"].as_array().unwrap().clone())
            .map(|hit| hit["title"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(found(&jonas, "bal-118").await, ["BAL-118 Relay cabinet layout"]);
    assert_eq!(
        found(&jonas, "layout relay").await,
        ["BAL-118 Relay cabinet layout"]
    );
    assert_eq!(found(&jonas, "100%").await, ["BAL-121 Earthing 100%"]);
    assert_eq!(
        found(&jonas, "earthing OR relay").await.len(),
        2,
        "either of the two"
    );
    assert_eq!(found(&jonas, "Mina").await, ["Mina Park’s room"]);
    assert!(found(&jonas, "nothing-like-it").await.is_empty());
    // An ended room stays findable.
    play.sql("update poker_room set ended_at = 1, seq = seq + 1")
        .await;
    assert_eq!(found(&jonas, "earthing").await, ["BAL-121 Earthing 100%"]);
    // Behind a passcode the names of stories are for who has shown it, and for whose room it is.
    play.sql("update poker_room set ended_at = null, passcode_hash = 'x', passcode_number = 1")
        .await;
    assert!(found(&jonas, "earthing").await.is_empty());
    assert_eq!(found(&play.mina, "earthing").await.len(), 1);
}
