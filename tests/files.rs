//! Files of projects and people: in, out, in parts, by a link, and never by another way.

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use ballast::accounts::Access;
    use ballast::jobs;
    use reqwest::multipart::{Form, Part};
    use reqwest::{Body, Method, Response, StatusCode};
    use serde_json::{Value, json};

    use crate::house::{Guest, House, NOW};

    const DAY: i64 = 86_400_000;
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

    /// A project with a manager, and the address of its page.
    async fn world(settings: &[(&str, &str)]) -> (House, Guest, String) {
        let house = House::open_with(settings).await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        (house, manager, format!("/projects/{}", seed.project))
    }

    async fn by_form(who: &Guest, page: &str, files: &[(&str, &[u8])]) -> Response {
        let mut form = Form::new().text("csrf", who.form_key.clone());
        for (name, bytes) in files {
            form = form.part("file", Part::bytes(bytes.to_vec()).file_name((*name).to_owned()));
        }
        let request = who.request(Method::POST, &format!("{page}/files"));
        request.multipart(form).send().await.unwrap()
    }

    /// Adds one by the interface for programs; answers its id.
    async fn added(who: &Guest, page: &str, name: &str, bytes: &[u8]) -> i64 {
        let answer = put(who, page, name, bytes.to_vec()).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{name}");
        let answer: Value = answer.json().await.unwrap();
        answer["id"].as_i64().unwrap()
    }

    async fn put(who: &Guest, page: &str, name: &str, body: impl Into<Body>) -> Response {
        let request = who.request(Method::POST, &format!("/api/v1{page}/files"));
        request.query(&[("name", name)]).body(body).send().await.unwrap()
    }

    fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
        answer
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Everything that lies below the folder.
    fn on_disk(house: &House) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![house.directory.path().join("private")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found
    }

    #[tokio::test]
    async fn files_are_added_by_a_form_read_and_removed_and_removing_is_undone() {
        let (house, manager, page) = world(&[]).await;
        let files: [(&str, &[u8]); 2] = [("Grüße.txt", b"hello"), ("photo.png", PNG)];
        let answer = by_form(&manager, &page, &files).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert!(header(&answer, "location").starts_with(&format!("{page}?done=")));
        let shown = manager.text(&page).await;
        assert!(
            shown.contains("Grüße.txt") && shown.contains("photo.png"),
            "{shown}"
        );

        let listed = manager.json(&format!("/api/v1{page}/files")).await;
        let text = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == "Grüße.txt")
            .unwrap();
        assert_eq!(
            (&text["size"], &text["mediaType"]),
            (&json!(5), &json!("text/plain; charset=utf-8"))
        );
        let address = format!("/files/{}", text["id"]);
        let answer = manager.get(&address).await;
        assert_eq!(header(&answer, "content-type"), "text/plain; charset=utf-8");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert!(header(&answer, "content-security-policy").starts_with("sandbox; default-src 'none'"));
        assert_eq!(header(&answer, "cache-control"), "private, no-cache");
        assert!(header(&answer, "content-disposition").ends_with("filename*=UTF-8''Gr%C3%BC%C3%9Fe%2Etxt"));
        assert_eq!(answer.bytes().await.unwrap().as_ref(), b"hello");

        let answer = manager.form(&format!("{address}/remove"), &[]).await;
        let done = header(&answer, "location")
            .split_once("done=")
            .unwrap()
            .1
            .to_owned();
        assert_eq!(manager.get(&address).await.status(), StatusCode::NOT_FOUND);
        let back = manager
            .post(&format!("/api/v1/change-sets/{done}/undo"), &json!({}))
            .await;
        assert_eq!(back.status(), StatusCode::OK);
        assert_eq!(
            manager.get(&address).await.bytes().await.unwrap().as_ref(),
            b"hello"
        );
        assert_eq!(on_disk(&house).len(), 2);
    }

    #[tokio::test]
    async fn a_part_is_sent_where_a_part_is_asked_for_and_nothing_to_who_has_it() {
        let (_house, manager, page) = world(&[]).await;
        let bytes: Vec<u8> = (0..200_000_u32)
            .map(|n| b'a' + u8::try_from(n % 26).unwrap())
            .collect();
        let id = added(&manager, &page, "long.txt", &bytes).await;
        let address = format!("/api/v1/files/{id}/content");
        let ask = |name: &'static str, value: String| {
            let request = manager
                .request(Method::GET, &address)
                .header("accept-encoding", "gzip, br");
            async move { request.header(name, value).send().await.unwrap() }
        };
        let part = ask("range", "bytes=100000-100009".to_owned()).await;
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(header(&part, "content-range"), "bytes 100000-100009/200000");
        assert_eq!(part.bytes().await.unwrap().as_ref(), &bytes[100_000..100_010]);
        let beyond = ask("range", "bytes=200000-".to_owned()).await;
        assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(header(&beyond, "content-range"), "bytes */200000");
        let whole = manager.get(&address).await;
        assert_eq!(header(&whole, "content-length"), "200000");
        let tag = header(&whole, "etag").to_owned();
        let again = ask("if-none-match", tag.clone()).await;
        assert_eq!(
            (again.status(), header(&again, "etag")),
            (StatusCode::NOT_MODIFIED, tag.as_str())
        );
        let head = manager.request(Method::HEAD, &address).send().await.unwrap();
        assert_eq!(
            (head.status(), header(&head, "content-length")),
            (StatusCode::OK, "200000")
        );
    }

    #[tokio::test]
    async fn nobody_reads_a_file_without_signing_in_nor_by_the_name_it_lies_under() {
        let (house, manager, page) = world(&[]).await;
        let id = added(&manager, &page, "brief.txt", b"hello").await;
        let stranger = house.stranger();
        let page = stranger.get(&format!("/files/{id}")).await;
        assert_eq!(page.status(), StatusCode::SEE_OTHER);
        let program = stranger.get(&format!("/api/v1/files/{id}/content")).await;
        assert_eq!(program.status(), StatusCode::UNAUTHORIZED);
        for path in on_disk(&house) {
            let name = path.file_name().unwrap().to_str().unwrap();
            let folder = name.get(..2).unwrap();
            for address in [
                format!("/private/{folder}/{name}"),
                format!("/files/{name}"),
                format!("/assets/..%2f..%2fprivate/{folder}/{name}"),
            ] {
                assert_eq!(
                    manager.get(&address).await.status(),
                    StatusCode::NOT_FOUND,
                    "{address}"
                );
            }
        }
    }

    #[tokio::test]
    async fn a_link_opens_its_file_for_five_minutes_and_not_once_its_maker_is_out() {
        let (house, manager, page) = world(&[]).await;
        let id = added(&manager, &page, "brief.txt", b"hello").await;
        let link = || async {
            let made = manager
                .post(&format!("/api/v1/files/{id}/link"), &json!({}))
                .await;
            assert_eq!(made.status(), StatusCode::CREATED);
            let made: Value = made.json().await.unwrap();
            made["path"].as_str().unwrap().to_owned()
        };
        let stranger = house.stranger();
        let first = link().await;
        let answer = stranger.get(&first).await;
        assert_eq!(
            (answer.status(), header(&answer, "referrer-policy")),
            (StatusCode::OK, "no-referrer")
        );
        assert_eq!(answer.bytes().await.unwrap().as_ref(), b"hello");
        let last = if first.ends_with('A') { 'E' } else { 'A' };
        let forged = format!("{}{last}", &first[..first.len() - 1]);
        assert_eq!(stranger.get(&forged).await.status(), StatusCode::NOT_FOUND);
        house.app.clock.set(NOW + 300_001);
        assert_eq!(stranger.get(&first).await.status(), StatusCode::FORBIDDEN);
        let second = link().await;
        assert_eq!(stranger.get(&second).await.status(), StatusCode::OK);
        let admin = house.admin().await;
        let accounts = admin.json("/api/v1/accounts").await;
        let own = accounts["items"].as_array().or(accounts.as_array()).unwrap();
        let own = own
            .iter()
            .find(|one| one["email"] == "manager@example.org")
            .unwrap();
        let account = format!("/api/v1/accounts/{}", own["id"]);
        let off = admin
            .send(Method::PATCH, &account, &json!({ "active": false }))
            .await;
        assert!(off.status().is_success());
        assert_eq!(stranger.get(&second).await.status(), StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused_whether_it_says_so_or_not_and_leaves_nothing() {
        let (house, manager, page) = world(&[("UPLOAD_MAX_BYTES", "65536")]).await;
        let most = vec![b'x'; 65_536];
        added(&manager, &page, "most.txt", &most).await;
        let more = vec![b'x'; 65_537];
        let said = put(&manager, &page, "more.txt", more.clone()).await;
        assert_eq!(said.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let pieces = more
            .chunks(10_000)
            .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()));
        let pieces: Vec<_> = pieces.collect();
        let unsaid = put(
            &manager,
            &page,
            "more.txt",
            Body::wrap_stream(futures_util::stream::iter(pieces)),
        )
        .await;
        assert_eq!(unsaid.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let form = by_form(&manager, &page, &[("more.txt", &more)]).await;
        assert_eq!(form.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let text = form.text().await.unwrap();
        assert!(
            text.contains("65.6 MB") || text.contains("66 KB at most"),
            "{text}"
        );
        assert_eq!(on_disk(&house).len(), 1, "only what was taken lies there");
    }

    #[tokio::test]
    async fn what_is_not_what_its_name_says_is_refused_at_its_field() {
        let (house, manager, page) = world(&[]).await;
        let program: Vec<u8> = b"\x7fELF\x02\x01\x01".iter().copied().chain([0; 57]).collect();
        for (name, bytes, words) in [
            ("photo.png", b"<svg onload=alert(1)>".as_slice(), "PNG picture"),
            ("tool.txt", &program, "is a program"),
        ] {
            let answer = by_form(&manager, &page, &[(name, bytes)]).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text().await.unwrap().contains(words), "{name}");
        }
        assert!(on_disk(&house).is_empty());
    }

    #[tokio::test]
    async fn one_that_is_refused_keeps_none_out_that_came_with_it() {
        let (house, manager, page) = world(&[("UPLOAD_MAX_BYTES", "65536")]).await;
        let large = vec![b'x'; 65_537];
        let almost = vec![b'y'; 60_000];
        let files: [(&str, &[u8]); 5] = [
            ("first.txt", b"first"),
            ("photo.png", b"<svg onload=alert(1)>"),
            ("large.txt", &large),
            ("second.txt", &almost),
            ("third.txt", &almost),
        ];
        let answer = by_form(&manager, &page, &files).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text().await.unwrap();
        for words in [
            "first.txt</strong>, <strong class=\"name\">second.txt",
            "Not added:",
            "photo.png is called a PNG picture and is none inside",
            "large.txt is too large; a file may have 66 KB at most",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(!text.contains("Nothing was saved yet"), "{text}");
        assert_eq!(on_disk(&house).len(), 3);
        // The way on offers to take back what was added.
        let done = crate::house::between(&text, &format!("{page}?done="), "\"").unwrap();
        let shown = manager.text(&page).await;
        assert!(
            shown.contains("second.txt") && !shown.contains("large.txt"),
            "{shown}"
        );
        let back = manager
            .post(&format!("/api/v1/change-sets/{done}/undo"), &json!({}))
            .await;
        assert_eq!(back.status(), StatusCode::OK);
        assert!(!manager.text(&page).await.contains("second.txt"));
    }

    #[tokio::test]
    async fn more_files_than_a_form_brings_are_named_and_the_first_ones_kept() {
        let (house, manager, page) = world(&[]).await;
        let names: Vec<String> = (1..=22).map(|number| format!("note-{number}.txt")).collect();
        let files: Vec<(&str, &[u8])> = names
            .iter()
            .map(|name| (name.as_str(), b"x".as_slice()))
            .collect();
        let text = by_form(&manager, &page, &files).await.text().await.unwrap();
        assert!(
            text.contains("note-21.txt was left out") && text.contains("note-22.txt was left out"),
            "{text}"
        );
        assert_eq!(on_disk(&house).len(), 20);
    }

    #[tokio::test]
    async fn the_address_of_a_removal_asks_once_more_instead_of_showing_the_file() {
        let (house, manager, page) = world(&[]).await;
        let id = added(&manager, &page, "brief.txt", b"hello").await;
        let address = format!("/files/{id}/remove");
        let asked = manager.text(&address).await;
        assert!(
            asked.contains("Remove a file")
                && asked.contains(&format!("action=\"{address}\""))
                && !asked.contains("hello"),
            "{asked}"
        );
        let member = house.guest_called(Access::Member, "Mo").await;
        assert_eq!(member.get(&address).await.status(), StatusCode::FORBIDDEN);
        manager.form(&address, &[]).await;
        assert_eq!(manager.get(&address).await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_form_that_is_not_ours_writes_nothing() {
        let (house, manager, page) = world(&[]).await;
        let form = Form::new()
            .part("file", Part::bytes(b"x".to_vec()).file_name("a.txt"))
            .text("csrf", manager.form_key.clone());
        let request = manager
            .request(Method::POST, &format!("{page}/files"))
            .multipart(form);
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::FORBIDDEN,
            "the key comes first"
        );
        let member = house.guest_called(Access::Member, "Mo").await;
        assert_eq!(
            by_form(&member, &page, &[("a.txt", b"x")]).await.status(),
            StatusCode::FORBIDDEN
        );
        assert!(on_disk(&house).is_empty());
    }

    #[tokio::test]
    async fn the_bytes_of_a_removed_file_lie_on_for_thirty_days() {
        let (house, manager, page) = world(&[]).await;
        let kept = added(&manager, &page, "kept.txt", b"kept").await;
        let gone = added(&manager, &page, "gone.txt", b"gone").await;
        let removed = manager
            .send(Method::DELETE, &format!("/api/v1/files/{gone}"), &json!({}))
            .await;
        assert_eq!(removed.status(), StatusCode::OK);
        for (day, left) in [(1, 2), (30, 2), (33, 1)] {
            // A year on, since the disk's own clock is not ours.
            house.app.clock.set(NOW + 365 * DAY + day * DAY);
            let gesture = house.app.own_gesture("clean up");
            let asked = house
                .app
                .db
                .write(gesture, |tx| jobs::store::add(tx, "clean-up", &[], tx.now()));
            asked.await.unwrap();
            jobs::run_due(&house.app).await.unwrap();
            assert_eq!(on_disk(&house).len(), left, "day {day}");
        }
        let there = house
            .app
            .db
            .read(move |tx| tx.query("select id from attachment", &[], |row| row.get::<i64>(0)));
        assert_eq!(there.await.unwrap(), [kept]);
    }
}
