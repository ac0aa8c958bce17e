//! Stories of a poker room over HTTP: added, brought in, put in order, looked back at and taken away.

#[cfg(test)]
mod stories {
    use crate::house::{Guest, House, between};
    use ballast::accounts::Access;
    use reqwest::{Method, Response, StatusCode, multipart};
    use serde_json::Value;

    /// A room, and the guest who made it.
    struct Play {
        house: House,
        mina: Guest,
        link: String,
    }

    impl Play {
        async fn open() -> Self {
            let house = House::open().await;
            let mina = house.guest_called(Access::Member, "Mina Park").await;
            let made = mina.form("/poker", &[]).await;
            let link = made.headers()["location"].to_str().unwrap().to_owned();
            Self { house, mina, link }
        }

        fn at(&self, rest: &str) -> String {
            format!("{}/{rest}", self.link)
        }

        async fn post(&self, rest: &str, fields: &[(&str, &str)]) -> Response {
            self.mina.form(&self.at(rest), fields).await
        }

        async fn view(&self) -> Value {
            self.mina.json(&self.at("view")).await
        }

        /// The names of the stories in their order.
        async fn names(&self) -> Vec<String> {
            let view = self.view().await;
            let stories = view["stories"].as_array().unwrap();
            let name = |story: &Value| story["name"].as_str().unwrap().to_owned();
            stories.iter().map(name).collect()
        }

        async fn id(&self, name: &str) -> i64 {
            let view = self.view().await;
            let mut stories = view["stories"].as_array().unwrap().iter();
            let story = stories.find(|story| story["name"] == name).unwrap();
            story["id"].as_i64().unwrap()
        }

        async fn add(&self, names: &[&str]) {
            for name in names {
                let added = self.post("stories", &[("name", name)]).await;
                assert_eq!(added.status(), StatusCode::SEE_OTHER, "{name}");
            }
        }

        /// Sends what the form for many stories sends.
        async fn bring(&self, fields: &[(&str, &str)], file: Option<(&str, Vec<u8>)>) -> Response {
            bring(&self.mina, &self.at("stories/import"), fields, file).await
        }

        async fn sql(&self, sql: &'static str) {
            let gesture = ballast::db::Gesture {
                actor: ballast::db::Actor::program(),
                label: "set a scene".to_owned(),
                at: crate::house::NOW,
            };
            let done = self.house.app.db.write(gesture, move |tx| {
                tx.execute(sql, &[])?;
                Ok::<_, ballast::error::AppError>(())
            });
            done.await.unwrap();
        }

        /// Votes in the round that is played now.
        async fn vote(&self, who: &Guest, card: usize) {
            let view = self.view().await;
            let round = view["round"]["roundId"].to_string();
            let voted = who
                .form(
                    &self.at("vote"),
                    &[("roundId", &round), ("card", &card.to_string())],
                )
                .await;
            assert!(voted.status().is_redirection(), "{}", voted.status());
        }

        async fn reveal(&self) {
            let view = self.view().await;
            let round = view["round"]["roundId"].to_string();
            let revealed = self.post("reveal", &[("roundId", &round)]).await;
            assert!(revealed.status().is_redirection(), "{}", revealed.status());
        }
    }

    async fn bring(
        who: &Guest,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, Vec<u8>)>,
    ) -> Response {
        let mut form = multipart::Form::new().text("csrf", who.form_key.clone());
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        if let Some((name, bytes)) = file {
            form = form.part("file", multipart::Part::bytes(bytes).file_name(name.to_owned()));
        }
        who.request(Method::POST, path)
            .multipart(form)
            .send()
            .await
            .unwrap()
    }

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
        assert!(
            preview.contains("<td class=\"num\">5</td><td class=\"verdict\">faulty</td><td>BAL-122</td>")
        );
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
}
