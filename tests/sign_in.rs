//! Coming in: six digits by mail, passwords, and who has to wait.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use argon2::PasswordHasher as _;
    use ballast::accounts::Access;
    use ballast::config::Config;
    use reqwest::{Client, Method, Response, StatusCode, redirect};
    use serde_json::json;

    use crate::house::{House, NOW, PASSWORD, between};

    const CODES: (&str, &str) = ("SIGN_IN_METHODS", "code,password");

    /// A browser that keeps its cookies, at an address of its own.
    struct Browser {
        client: Client,
        house: String,
        cookies: BTreeMap<String, String>,
    }

    impl Browser {
        fn at(house: &House, address: [u8; 4]) -> Self {
            let client = Client::builder()
                .redirect(redirect::Policy::none())
                .local_address(std::net::IpAddr::from(address))
                .build()
                .unwrap();
            Self {
                client,
                house: house.address.clone(),
                cookies: BTreeMap::new(),
            }
        }

        fn new(house: &House) -> Self {
            Self::at(house, [127, 0, 0, 1])
        }

        async fn ask(&mut self, method: Method, path: &str, fields: &[(&str, &str)]) -> Response {
            let answer = self.asked(&method, path, fields).send().await.unwrap();
            for cookie in answer.headers().get_all("set-cookie") {
                let cookie = cookie.to_str().unwrap();
                let (name, rest) = cookie.split_once('=').unwrap();
                let value = rest.split(';').next().unwrap();
                if cookie.contains("Max-Age=0") {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
            answer
        }

        fn asked(&self, method: &Method, path: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let request = self
                .client
                .request(method.clone(), format!("{}{path}", self.house))
                .header("Sec-Fetch-Site", "same-origin")
                .header("Cookie", cookies.join("; "));
            if method == Method::POST {
                request.form(fields)
            } else {
                request
            }
        }

        async fn get(&mut self, path: &str) -> Response {
            self.ask(Method::GET, path, &[]).await
        }

        async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
            self.ask(Method::POST, path, fields).await
        }

        /// Types an address and goes on to the page for the digits.
        async fn type_address(&mut self, email: &str) {
            let answer = self.post("/auth/login", &[("email", email)]).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{email}");
            assert_eq!(answer.headers()["location"], "/auth/login/code");
        }

        /// What became of digits: a refusal leads back to their page, so that loading it again sends nothing again.
        async fn type_digits(&mut self, digits: &str) -> StatusCode {
            let answer = self.post("/auth/login/code", &[("code", digits)]).await;
            let place = answer
                .headers()
                .get("location")
                .map(|place| place.to_str().unwrap());
            match place {
                Some("/auth/login/code?was=wrong" | "/auth/login/code?was=short") => {
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                _ => answer.status(),
            }
        }

        /// The page for the digits, after these were typed.
        async fn after_digits(&mut self, digits: &str) -> String {
            let answer = self.post("/auth/login/code", &[("code", digits)]).await;
            let place = answer.headers()["location"].to_str().unwrap().to_owned();
            self.get(&place).await.text().await.unwrap()
        }

        async fn type_password(&mut self, email: &str, password: &str) -> Response {
            self.post("/auth/login", &[("email", email), ("password", password)])
                .await
        }

        async fn is_in(&mut self) -> bool {
            self.get("/api/v1/me").await.status() == StatusCode::OK
        }
    }

    /// The digits of the newest letter, which must be to `email`.
    fn digits(house: &House, email: &str) -> String {
        let letters = house.app.mail.captured();
        let letter = letters.last().expect("a letter");
        assert_eq!(letter.to, email);
        assert!(!letter.subject.contains(char::is_numeric));
        letter.text.expose().chars().take(6).collect()
    }

    fn letters(house: &House) -> usize {
        house.app.mail.captured().len()
    }

    /// Digits that are not these.
    fn wrong(digits: &str) -> String {
        format!("{:06}", (digits.parse::<u32>().unwrap() + 1) % 1_000_000)
    }

    fn later(house: &House, seconds: i64) {
        house.app.clock.set(house.app.clock.now() + seconds * 1_000);
    }

    async fn house_with_mina(settings: &[(&str, &str)]) -> House {
        let mut all = vec![CODES];
        all.extend(settings);
        let house = House::open_with(&all).await;
        house.guest_called(Access::Viewer, "Mina").await;
        house
    }

    const MINA: &str = "mina@example.org";

    #[tokio::test]
    async fn six_digits_by_mail_let_in_whoever_reads_it() {
        let house = house_with_mina(&[]).await;
        let mut browser = Browser::new(&house);
        let answer = browser
            .post(
                "/auth/login",
                &[("email", " Mina@Example.ORG "), ("next", "/schedule?weeks=26")],
            )
            .await;
        assert_eq!(answer.headers()["location"], "/auth/login/code");
        let page = browser.get("/auth/login/code").await.text().await.unwrap();
        for part in [
            "Check your mail",
            "<b>mina@example.org</b>",
            "10 minutes",
            "one-time-code",
            "data-again=\"30\"",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        let code = digits(&house, MINA);
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        let answer = browser.post("/auth/login/code", &[("code", &spaced)]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()["location"], "/schedule?weeks=26");
        assert!(browser.is_in().await);
        assert!(
            !browser.cookies.contains_key("__Host-ballast-step"),
            "what was held on the way in is forgotten"
        );
    }

    #[tokio::test]
    async fn digits_are_good_once_for_ten_minutes_in_the_browser_that_asked() {
        let house = house_with_mina(&[]).await;
        let mut browser = Browser::new(&house);
        browser.type_address(MINA).await;
        let code = digits(&house, MINA);

        let mut other = Browser::new(&house);
        let answer = other.post("/auth/login/code", &[("code", &code)]).await;
        assert_eq!(
            answer.headers()["location"],
            "/auth/login",
            "another browser begins anew"
        );
        let mut thief = Browser::at(&house, [127, 0, 0, 2]);
        thief.type_address(MINA).await;
        assert_eq!(
            thief.type_digits(&code).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "with a step of its own it is not good either"
        );

        later(&house, 600);
        let held = browser.cookies.clone();
        assert_eq!(browser.type_digits(&code).await, StatusCode::SEE_OTHER);
        browser.cookies = held;
        assert_eq!(
            browser.type_digits(&code).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "once"
        );

        let mut late = Browser::new(&house);
        late.type_address(MINA).await;
        let code = digits(&house, MINA);
        later(&house, 601);
        assert_eq!(late.type_digits(&code).await, StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[tokio::test]
    async fn a_new_code_kills_the_old_one_and_comes_after_half_a_minute() {
        let house = house_with_mina(&[]).await;
        let mut browser = Browser::new(&house);
        browser.type_address(MINA).await;
        let old = digits(&house, MINA);
        later(&house, 6);
        let early = browser.post("/auth/login/code/again", &[]).await;
        assert_eq!(early.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(early.headers()["retry-after"], "24");
        assert!(early.text().await.unwrap().contains("wait 24 seconds"));
        // Going back and typing the address again leads to the digits that are on their way.
        browser.type_address(MINA).await;
        assert_eq!(letters(&house), 1);

        later(&house, 24);
        let again = browser.post("/auth/login/code/again", &[]).await;
        assert_eq!(again.headers()["location"], "/auth/login/code?was=sent");
        let page = browser
            .get("/auth/login/code?was=sent")
            .await
            .text()
            .await
            .unwrap();
        assert!(page.contains("New digits are on their way."));
        let new = digits(&house, MINA);
        if old != new {
            assert_eq!(browser.type_digits(&old).await, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(browser.type_digits(&new).await, StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn five_letters_an_hour_are_sent_to_an_address_known_or_not() {
        let house = house_with_mina(&[]).await;
        for (email, sent) in [(MINA, 5), ("nobody@example.org", 0)] {
            let before = letters(&house);
            let mut browser = Browser::new(&house);
            browser.type_address(email).await;
            for _ in 0..4 {
                later(&house, 30);
                let again = browser.post("/auth/login/code/again", &[]).await;
                assert_eq!(again.status(), StatusCode::SEE_OTHER);
            }
            later(&house, 30);
            let sixth = browser.post("/auth/login/code/again", &[]).await;
            assert_eq!(sixth.status(), StatusCode::TOO_MANY_REQUESTS, "{email}");
            assert_eq!(sixth.headers()["retry-after"], "3450");
            assert_eq!(letters(&house) - before, sent, "{email}");
            // A stranger at the same place does not get more, and one elsewhere keeps nobody from theirs.
            let mut elsewhere = Browser::at(&house, [127, 0, 0, 2]);
            elsewhere.type_address(email).await;
        }
    }

    /// The long code of the newest letter, which must be to `email`.
    fn long_code(house: &House, email: &str) -> String {
        let letters = house.app.mail.captured();
        let letter = letters.last().expect("a letter");
        assert_eq!(letter.to, email);
        let code = letter.text.expose().lines().next().unwrap().to_owned();
        let groups: Vec<usize> = code.split('-').map(str::len).collect();
        assert_eq!(groups, [5, 5, 5, 5], "a long code");
        code
    }

    /// Forty networks, each of which asks for digits to an address.
    async fn forty_networks_ask_for(house: &House, email: &str) {
        for network in 100..140 {
            Browser::at(house, [127, 0, network, 1]).type_address(email).await;
        }
    }

    /// What somebody sees who asks for an address, and types what is no code there: status, headers and text of each answer.
    async fn seen(browser: &mut Browser, email: &str) -> Vec<(StatusCode, Vec<String>, String)> {
        let mut answers = Vec::new();
        for (method, path, fields) in [
            (Method::POST, "/auth/login", &[("email", email)][..]),
            (Method::GET, "/auth/login/code", &[]),
            (Method::POST, "/auth/login/code", &[("code", "407123")]),
            (Method::GET, "/auth/login/code?was=short", &[]),
            (
                Method::POST,
                "/auth/login/code",
                &[("code", "aaaaa-bbbbb-ccccc-ddddd")],
            ),
            (Method::GET, "/auth/login/code?was=wrong", &[]),
            (Method::POST, "/auth/login/code/again", &[]),
            (Method::GET, "/auth/login/code?was=sent", &[]),
        ] {
            let answer = browser.ask(method, path, fields).await;
            let (status, mut headers) = (answer.status(), answer.headers().clone());
            for own in ["x-request-id", "date", "content-length"] {
                headers.remove(own);
            }
            let policy = headers.get("content-security-policy");
            let policy = policy.map_or("", |value| value.to_str().unwrap());
            let nonce = between(policy, "'nonce-", "'").unwrap_or_else(|| "none".to_owned());
            let headers = headers.iter().map(|(name, value)| {
                let value = value.to_str().unwrap();
                // A step is sealed anew each time, to the same length for addresses of the same length.
                let value = match value.split_once('=').filter(|_| name == "set-cookie") {
                    Some((cookie, rest)) => format!("{cookie} of {}", rest.len()),
                    None => value.to_owned(),
                };
                format!("{name}: {value}").replace(&nonce, "(nonce)")
            });
            let headers = headers.collect();
            let text = answer.text().await.unwrap();
            let text = text.replace(email, "(address)").replace(&nonce, "(nonce)");
            answers.push((status, headers, text));
        }
        answers
    }

    #[tokio::test]
    async fn forty_networks_that_ask_keep_nobody_from_coming_in_with_a_new_browser() {
        let house = house_with_mina(&[]).await;
        forty_networks_ask_for(&house, MINA).await;
        assert_eq!(letters(&house), 21, "twenty with digits, one with a long code");

        let mut owner = Browser::at(&house, [127, 0, 0, 20]);
        owner.type_address(MINA).await;
        assert_eq!(letters(&house), 21, "the letter is there already");
        let page = owner.get("/auth/login/code").await.text().await.unwrap();
        assert!(page.contains("carry a long code now"), "{page}");
        let code = long_code(&house, MINA);
        assert_eq!(
            owner.type_digits("407123").await,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let typed = format!(" {} ", code.to_uppercase().replace('-', " "));
        let answer = owner.post("/auth/login/code", &[("code", &typed)]).await;
        assert_eq!(answer.headers()["location"], "/");
        assert!(owner.is_in().await);

        // It is used up, for every browser.
        let mut second = Browser::at(&house, [127, 0, 0, 21]);
        second.type_address(MINA).await;
        assert_eq!(second.type_digits(&code).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(letters(&house), 22, "and the next one leaves at once");
        let next = long_code(&house, MINA);
        assert_eq!(second.type_digits(&next).await, StatusCode::SEE_OTHER);
        assert!(second.is_in().await);
    }

    #[tokio::test]
    async fn an_hour_of_strangers_causes_a_bounded_number_of_letters_and_ends_no_code() {
        let house = house_with_mina(&[]).await;
        forty_networks_ask_for(&house, MINA).await;
        let first = long_code(&house, MINA);
        for minute in 0..60 {
            later(&house, 60);
            for network in 100..104 {
                Browser::at(&house, [127, 1, network, minute])
                    .type_address(MINA)
                    .await;
            }
            if minute == 15 {
                // Older than half of its time, so another one left; the first is good all the same.
                assert_ne!(long_code(&house, MINA), first);
                let mut owner = Browser::at(&house, [127, 0, 0, 20]);
                owner.type_address(MINA).await;
                let answer = owner.post("/auth/login/code", &[("code", &first)]).await;
                assert_eq!(answer.headers()["location"], "/");
            }
        }
        assert!(letters(&house) <= 20 + 20 + 7, "{} letters", letters(&house));
    }

    #[tokio::test]
    async fn a_long_code_is_good_for_its_time_its_address_and_its_door() {
        let house = house_with_mina(&[]).await;
        house.admin().await;
        let email = "admin@example.org";
        forty_networks_ask_for(&house, email).await;
        let code = long_code(&house, email);
        forty_networks_ask_for(&house, MINA).await;
        for (door, typed) in [("/auth/login", MINA), ("/admin/login", email)] {
            let mut browser = Browser::at(&house, [127, 0, 0, 20]);
            let asked = browser.post(door, &[("email", typed), ("by", "code")]).await;
            assert_eq!(asked.status(), StatusCode::SEE_OTHER);
            let path = format!("{door}/code");
            let answer = browser.post(&path, &[("code", &code)]).await;
            assert_eq!(answer.headers()["location"], format!("{path}?was=wrong").as_str());
            assert!(!browser.is_in().await, "{door}");
        }
        // A browser that asked for nothing is asked for its address first.
        let mut other = Browser::at(&house, [127, 0, 0, 21]);
        let answer = other.post("/auth/login/code", &[("code", &code)]).await;
        assert_eq!(answer.headers()["location"], "/auth/login");

        let mut late = Browser::at(&house, [127, 0, 0, 22]);
        late.type_address(email).await;
        later(&house, 1_199);
        let held = late.cookies.clone();
        assert_eq!(
            late.type_digits(&code).await,
            StatusCode::SEE_OTHER,
            "to the end of its time"
        );
        assert!(late.is_in().await);
        late.cookies = held;
        assert_eq!(
            late.type_digits(&code).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "once"
        );

        later(&house, 60);
        late.type_address(email).await;
        let code = long_code(&house, email);
        later(&house, 1_200);
        assert_eq!(
            late.type_digits(&code).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "no longer"
        );
    }

    #[tokio::test]
    async fn a_long_code_a_hundred_times_at_once_lets_in_once_and_is_kept_as_a_keyed_hash() {
        let house = house_with_mina(&[]).await;
        forty_networks_ask_for(&house, MINA).await;
        let code = long_code(&house, MINA);
        for name in ["ballast.sqlite", "ballast.sqlite-wal"] {
            let file = std::fs::read(house.directory.path().join(name)).unwrap_or_default();
            for kept in [code.clone(), code.replace('-', "")] {
                assert!(
                    !file.windows(kept.len()).any(|part| part == kept.as_bytes()),
                    "{name}"
                );
            }
        }
        let mut owner = Browser::at(&house, [127, 0, 0, 20]);
        owner.type_address(MINA).await;
        // Whoever guesses, however often, ends nothing.
        for _ in 0..50 {
            let guess = owner.type_digits("aaaaa-bbbbb-ccccc-ddddd").await;
            assert_eq!(guess, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let fields = [("code", code.as_str())];
        let tries = (0..100).map(|_| owner.asked(&Method::POST, "/auth/login/code", &fields).send());
        let answers = futures_util::future::join_all(tries).await;
        let let_in = answers
            .into_iter()
            .filter(|answer| answer.as_ref().unwrap().headers()["location"] == "/");
        assert_eq!(let_in.count(), 1);
    }

    #[tokio::test]
    async fn an_address_that_nobody_has_is_answered_alike_where_codes_are_long() {
        let house = house_with_mina(&[]).await;
        let mut told = Vec::new();
        for email in [MINA, "nina@example.org"] {
            forty_networks_ask_for(&house, email).await;
            told.push(seen(&mut Browser::at(&house, [127, 0, 0, 20]), email).await);
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(letters(&house), 21, "all of them Mina's");
        let kept = house
            .app
            .db
            .read(|tx| {
                tx.query("select email from sign_in_long_code", &[], |row| {
                    row.get::<String>(0)
                })
            })
            .await
            .unwrap();
        assert_eq!(kept.len(), 2, "and the same is kept of both");
    }

    #[tokio::test]
    async fn a_stranger_at_the_same_address_leaves_the_long_code_to_new_browsers() {
        let house = house_with_mina(&[]).await;
        let mut stranger = Browser::new(&house);
        stranger.type_address(MINA).await;
        for _ in 0..4 {
            later(&house, 30);
            stranger.post("/auth/login/code/again", &[]).await;
        }
        later(&house, 30);
        // The stranger's own digits are still good, so that they get nothing else.
        let sixth = stranger.post("/auth/login/code/again", &[]).await;
        assert_eq!(sixth.status(), StatusCode::TOO_MANY_REQUESTS);
        let mut owner = Browser::new(&house);
        owner.type_address(MINA).await;
        let code = long_code(&house, MINA);
        assert_eq!(owner.type_digits(&code).await, StatusCode::SEE_OTHER);
        assert!(owner.is_in().await);
    }

    #[tokio::test]
    async fn whoever_guesses_from_many_networks_holds_up_a_new_browser_for_ten_seconds_at_most() {
        let house = house_with_mina(&[]).await;
        // Forty networks try for half an hour, each as soon as it is heard.
        for minute in 0..30 {
            for network in 100..140 {
                let mut stranger = Browser::at(&house, [127, 0, network, 1]);
                stranger.type_password(MINA, "wrong wrong wrong").await;
            }
            later(&house, 60);
            if minute % 10 == 9 {
                let mut owner = Browser::at(&house, [127, 0, 1, minute]);
                let first = owner.type_password(MINA, PASSWORD).await;
                assert_eq!(first.status(), StatusCode::TOO_MANY_REQUESTS);
                assert_eq!(first.headers()["retry-after"], "10");
                // They go on meanwhile.
                for network in 140..160 {
                    let mut stranger = Browser::at(&house, [127, 0, network, 1]);
                    stranger.type_password(MINA, "wrong wrong wrong").await;
                }
                later(&house, 10);
                let second = owner.type_password(MINA, PASSWORD).await;
                assert_eq!(second.status(), StatusCode::SEE_OTHER, "minute {minute}");
                assert!(owner.is_in().await);
            }
        }
        // And by mail at once.
        let mut owner = Browser::at(&house, [127, 0, 2, 1]);
        owner.type_address(MINA).await;
        let code = digits(&house, MINA);
        assert_eq!(owner.type_digits(&code).await, StatusCode::SEE_OTHER);
        assert!(owner.is_in().await);
    }

    #[tokio::test]
    async fn an_address_is_switched_without_a_dead_end() {
        let house = house_with_mina(&[]).await;
        house.guest_called(Access::Viewer, "Bo").await;
        let mut browser = Browser::new(&house);
        let fields = [("email", "mina@exmaple.org"), ("next", "/people")];
        browser.post("/auth/login", &fields).await;
        let page = browser.get("/auth/login/code").await.text().await.unwrap();
        let link = between(&page, "<a href=\"/auth/login?next=", "\"").unwrap();
        let page = browser
            .get(&format!("/auth/login?next={link}"))
            .await
            .text()
            .await
            .unwrap();
        assert!(
            page.contains("value=\"/people\""),
            "where they wanted to go is kept"
        );
        browser.type_address("bo@example.org").await;
        let code = digits(&house, "bo@example.org");
        assert_eq!(browser.type_digits(&code).await, StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn five_wrong_tries_kill_a_code() {
        let house = house_with_mina(&[]).await;
        let mut browser = Browser::new(&house);
        browser.type_address(MINA).await;
        let code = digits(&house, MINA);
        for guess in [wrong(&code), wrong(&wrong(&code))].iter().cycle().take(5) {
            assert_eq!(browser.type_digits(guess).await, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(
            browser.type_digits(&code).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "the sixth is not judged"
        );
        assert!(!browser.is_in().await);
    }

    #[tokio::test]
    async fn what_is_wrong_with_digits_is_told_and_a_slip_of_the_hand_is_no_guess() {
        let house = house_with_mina(&[]).await;
        // The same is told of an address that nobody has.
        for email in [MINA, "nobody@example.org"] {
            let mut browser = Browser::new(&house);
            browser.type_address(email).await;
            let code = if email == MINA {
                digits(&house, MINA)
            } else {
                "123456".to_owned()
            };
            for slip in ["", "123", "12345", "abcdef", "1234567"] {
                let page = browser.after_digits(slip).await;
                assert!(page.contains("not counted as a try"), "{slip}: {page}");
            }
            let page = browser.after_digits(&wrong(&code)).await;
            assert!(
                page.contains("These are not the digits. 4 tries are left."),
                "{page}"
            );
            let again = browser.get("/auth/login/code").await.text().await.unwrap();
            assert!(!again.contains("not the digits"), "it is said once");
            for _ in 0..4 {
                browser.type_digits(&wrong(&code)).await;
            }
            let page = browser.get("/auth/login/code").await.text().await.unwrap();
            assert!(page.contains("Too many tries were wrong"), "{page}");
            assert!(
                page.contains("Send new digits") && !page.contains("name=\"code\""),
                "{page}"
            );
            later(&house, 601);
            let page = browser.get("/auth/login/code").await.text().await.unwrap();
            assert!(page.contains("The time of these digits is up"), "{page}");
            assert!(
                !page.contains("name=\"code\""),
                "nothing is typed that cannot open anything"
            );
        }
    }

    #[tokio::test]
    async fn a_field_that_was_left_blank_is_named_and_is_no_try() {
        let house = house_with_mina(&[
            ("SIGN_IN_METHODS", "password,code"),
            ("SIGN_IN_TRIES_PER_MINUTE", "2"),
        ])
        .await;
        let mut browser = Browser::new(&house);
        for (email, password, missing, there) in [
            ("", "", "type your address", "type your password"),
            ("", "x", "type your address", "type your address"),
            (MINA, "", "type your password", "type your password"),
        ] {
            let fields = [("email", email), ("password", password), ("by", "password")];
            let answer = browser.post("/auth/login", &fields).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
            let page = answer.text().await.unwrap();
            assert!(page.contains(missing) && page.contains(there), "{page}");
            assert!(!page.contains("belong together"), "{page}");
        }
        let wrong = browser.type_password(MINA, "wrong wrong wrong").await;
        let page = wrong.text().await.unwrap();
        assert_eq!(page.matches("do not belong together").count(), 1, "once: {page}");
    }

    #[tokio::test]
    async fn whoever_is_in_is_not_asked_to_come_in_and_dead_ends_lead_back() {
        let house = house_with_mina(&[]).await;
        let mut browser = Browser::new(&house);
        browser.type_password(MINA, PASSWORD).await;
        let login = browser.get("/auth/login?next=%2Fpeople").await;
        assert_eq!(login.headers()["location"], "/people");
        for (path, place) in [
            ("/account/second-step/confirm", "/account/second-step"),
            ("/account/credentials", "/account"),
            ("/auth/logout", "/"),
        ] {
            let request = browser
                .asked(&Method::GET, path, &[])
                .header("Accept", "text/html");
            let answer = request.send().await.unwrap();
            assert_eq!(answer.headers()["location"], place, "{path}");
        }
        let program = browser.get("/account/credentials").await;
        assert_eq!(program.status(), StatusCode::METHOD_NOT_ALLOWED);
        let page = browser.get("/people/new").await.text().await.unwrap();
        assert!(
            page.contains("Not allowed") && !page.contains("/auth/login"),
            "{page}"
        );
    }

    #[tokio::test]
    async fn a_hundred_guesses_at_once_count_as_a_hundred() {
        let house = house_with_mina(&[]).await;
        let mut browser = Browser::new(&house);
        browser.type_address(MINA).await;
        let code = digits(&house, MINA);
        let false_digits = wrong(&code);
        let guesses = (0..100).map(|_| {
            browser
                .asked(&Method::POST, "/auth/login/code", &[("code", &false_digits)])
                .send()
        });
        for answer in futures_util::future::join_all(guesses).await {
            assert_eq!(
                answer.unwrap().headers()["location"],
                "/auth/login/code?was=wrong"
            );
        }
        assert_eq!(browser.type_digits(&code).await, StatusCode::UNPROCESSABLE_ENTITY);
        let counted = house
            .app
            .db
            .read(|tx| tx.query("select tries from sign_in_code", &[], |row| row.get::<i64>(0)))
            .await
            .unwrap();
        assert_eq!(counted, [5], "no more than five were held against it");
    }

    #[tokio::test]
    async fn the_right_digits_a_hundred_times_at_once_let_in_once() {
        let house = house_with_mina(&[]).await;
        let mut browser = Browser::new(&house);
        browser.type_address(MINA).await;
        let code = digits(&house, MINA);
        let tries = (0..100).map(|_| {
            browser
                .asked(&Method::POST, "/auth/login/code", &[("code", &code)])
                .send()
        });
        let answers = futures_util::future::join_all(tries).await;
        let let_in = answers
            .into_iter()
            .filter(|answer| answer.as_ref().unwrap().headers()["location"] == "/");
        assert_eq!(let_in.count(), 1);
    }

    #[tokio::test]
    async fn a_code_is_kept_as_a_keyed_hash() {
        let house = house_with_mina(&[]).await;
        let mut browser = Browser::new(&house);
        browser.type_address(MINA).await;
        let code = digits(&house, MINA);
        let tags = house
            .app
            .db
            .read(|tx| tx.query("select tag from sign_in_code", &[], |row| row.get::<Vec<u8>>(0)))
            .await
            .unwrap();
        assert_eq!(tags.len(), 1);
        assert_eq!(tags[0].len(), 32);
        for name in ["ballast.sqlite", "ballast.sqlite-wal"] {
            let file = std::fs::read(house.directory.path().join(name)).unwrap_or_default();
            let digits = code.as_bytes();
            assert!(!file.windows(6).any(|part| part == digits), "{name}");
        }
    }

    #[tokio::test]
    async fn known_and_unknown_addresses_get_the_same_answers() {
        let house = house_with_mina(&[]).await;
        let off = house.guest_called(Access::Viewer, "Off").await;
        let admin = house.admin().await;
        let account = off.json("/api/v1/me").await["id"].clone();
        admin
            .send(
                Method::PATCH,
                &format!("/api/v1/accounts/{account}"),
                &json!({ "active": false }),
            )
            .await;
        let mut told = Vec::new();
        for email in [MINA, "nobody@example.org", "off@example.org"] {
            let mut browser = Browser::new(&house);
            let mut answers = Vec::new();
            for (path, fields) in [
                ("/auth/login", &[("email", email)][..]),
                ("/auth/login/code", &[("code", "12345")]),
                ("/auth/login/code", &[("code", "000001")]),
                ("/auth/login/code/again", &[]),
                (
                    "/auth/login",
                    &[("email", email), ("password", "wrong wrong wrong")],
                ),
                (
                    "/admin/login",
                    &[("email", email), ("password", "wrong wrong wrong")],
                ),
                ("/admin/login", &[("email", email), ("by", "code")]),
            ] {
                let answer = browser.post(path, fields).await;
                let (status, mut headers) = (answer.status(), answer.headers().clone());
                for own in ["x-request-id", "date", "content-length"] {
                    headers.remove(own);
                }
                // Each page has a nonce of its own.
                let policy = headers.get("content-security-policy");
                let policy = policy.map_or("", |value| value.to_str().unwrap());
                let nonce = between(policy, "'nonce-", "'").unwrap_or_else(|| "none".to_owned());
                let headers: Vec<String> = headers
                    .iter()
                    .map(|(name, value)| {
                        // A step is sealed anew each time.
                        let value = value.to_str().unwrap();
                        let value = if name == "set-cookie" {
                            value.split_once('=').unwrap().0
                        } else {
                            value
                        };
                        format!("{name}: {value}").replace(&nonce, "(nonce)")
                    })
                    .collect();
                let text = answer.text().await.unwrap();
                let text = text.replace(email, "(address)").replace(&nonce, "(nonce)");
                answers.push((status, headers, text));
            }
            told.push(answers);
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(told[0], told[2]);
        assert_eq!(
            letters(&house),
            1,
            "only Mina has an account that may come in, and no administrator's"
        );
    }

    #[tokio::test]
    async fn odd_addresses_are_refused_before_anything_is_done() {
        let house = house_with_mina(&[]).await;
        let mut browser = Browser::new(&house);
        for email in [
            "",
            "mina",
            "\"a@x\"@welltech.com",
            "a@welltech.com.",
            "mina@example.org\r\nBcc: all@example.org",
            "mina@example.org, bo@example.org",
            "<mina@example.org>",
            "a@[127.0.0.1]",
        ] {
            let answer = browser
                .post("/auth/login", &[("email", email), ("by", "code")])
                .await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{email}");
            assert!(answer.text().await.unwrap().contains("must be an e-mail address"));
        }
        assert_eq!(letters(&house), 0);
    }

    #[tokio::test]
    async fn only_addresses_of_the_organisation_come_in_and_others_are_told_nothing() {
        let house = House::open_with(&[
            CODES,
            ("ORG_ALLOWED_EMAIL_DOMAIN", "WellTech.com, bücher.example"),
        ])
        .await;
        for email in [
            "mina@welltech.com",
            "mina@xn--bcher-kva.example",
            "evil@welltech.com.evil.io",
            "evil@xn--wlltech-7gg.com",
        ] {
            house.add_account(Access::Viewer, "Somebody", email).await;
        }
        for (typed, to) in [
            ("mina@WELLTECH.com", Some("mina@welltech.com")),
            ("MINA@bücher.example", Some("mina@xn--bcher-kva.example")),
            ("evil@welltech.com.evil.io", None),
            // The first е is Cyrillic.
            ("evil@wеlltech.com", None),
            ("nobody@welltech.com", None),
        ] {
            let before = letters(&house);
            let mut browser = Browser::new(&house);
            browser.type_address(typed).await;
            match to {
                Some(to) => {
                    let code = digits(&house, to);
                    assert_eq!(browser.type_digits(&code).await, StatusCode::SEE_OTHER);
                }
                None => assert_eq!(letters(&house), before, "{typed}"),
            }
        }
        let mut browser = Browser::new(&house);
        let refused = browser.type_password("evil@welltech.com.evil.io", PASSWORD).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[tokio::test]
    async fn somebody_new_of_an_allowed_domain_gets_an_account_where_the_settings_say_so() {
        let open = [
            CODES,
            ("ORG_ALLOWED_EMAIL_DOMAIN", "welltech.com"),
            ("ORG_NEW_ACCOUNT_ACCESS", "member"),
        ];
        let house = House::open_with(&open).await;
        let mut browser = Browser::new(&house);
        browser.type_address("amara.osei@welltech.com").await;
        let code = digits(&house, "amara.osei@welltech.com");
        assert_eq!(browser.type_digits(&code).await, StatusCode::SEE_OTHER);
        let me: serde_json::Value = browser.get("/api/v1/me").await.json().await.unwrap();
        assert_eq!(
            (&me["name"], &me["access"]),
            (&json!("Amara Osei"), &json!("member"))
        );

        let before = letters(&house);
        Browser::new(&house).type_address("amara@evil.io").await;
        assert_eq!(letters(&house), before, "from elsewhere nobody comes in");
        let mut browser = Browser::new(&house);
        browser
            .post("/admin/login", &[("email", "new@welltech.com"), ("by", "code")])
            .await;
        assert_eq!(letters(&house), before, "nor by the door of the administration");
    }

    #[tokio::test]
    async fn wrong_passwords_make_one_wait_longer_and_longer_and_nobody_else() {
        let house = house_with_mina(&[]).await;
        let mut browser = Browser::new(&house);
        let mut knock = async |expected: StatusCode, wait: Option<&str>| {
            let answer = browser.type_password(MINA, "wrong wrong wrong").await;
            assert_eq!(answer.status(), expected);
            let told = answer
                .headers()
                .get("retry-after")
                .map(|value| value.to_str().unwrap());
            assert_eq!(told, wait);
        };
        for _ in 0..3 {
            knock(StatusCode::UNPROCESSABLE_ENTITY, None).await;
        }
        for (wait, text) in [(1, "1"), (3, "3"), (5, "5"), (10, "10"), (20, "20")] {
            knock(StatusCode::TOO_MANY_REQUESTS, Some(text)).await;
            later(&house, wait);
            knock(StatusCode::UNPROCESSABLE_ENTITY, None).await;
        }
        let mut browser = Browser::new(&house);
        let right = browser.type_password(MINA, PASSWORD).await;
        assert_eq!(
            right.status(),
            StatusCode::TOO_MANY_REQUESTS,
            "the right one waits too"
        );
        let mut elsewhere = Browser::at(&house, [127, 0, 0, 2]);
        assert_eq!(
            elsewhere.type_password(MINA, PASSWORD).await.status(),
            StatusCode::SEE_OTHER
        );
        later(&house, 40);
        assert_eq!(
            browser.type_password(MINA, PASSWORD).await.status(),
            StatusCode::SEE_OTHER
        );
    }

    #[tokio::test]
    async fn a_stranger_without_pause_keeps_nobody_from_their_account() {
        let house = house_with_mina(&[]).await;
        let mut own = Browser::new(&house);
        own.type_password(MINA, PASSWORD).await;
        own.cookies.remove("__Host-ballast");
        // A hundred wrong passwords, from five places.
        for place in 2..7 {
            let stranger = Browser::at(&house, [127, 0, 0, place]);
            let fields = [("email", MINA), ("password", "wrong wrong wrong")];
            let tries = (0..20).map(|_| stranger.asked(&Method::POST, "/auth/login", &fields).send());
            futures_util::future::join_all(tries).await;
            later(&house, 1);
        }
        assert_eq!(
            own.type_password(MINA, PASSWORD).await.status(),
            StatusCode::SEE_OTHER,
            "the browser that was in before is in at once"
        );
        let mut elsewhere = Browser::at(&house, [127, 0, 0, 9]);
        if elsewhere.type_password(MINA, PASSWORD).await.status() == StatusCode::TOO_MANY_REQUESTS {
            later(&house, 10);
            assert_eq!(
                elsewhere.type_password(MINA, PASSWORD).await.status(),
                StatusCode::SEE_OTHER,
                "another place is in after a short wait"
            );
        }
    }

    #[tokio::test]
    async fn under_pressure_a_new_place_waits_ten_seconds_and_is_then_heard() {
        let house = house_with_mina(&[("SIGN_IN_PRESSURE_TRIES", "6")]).await;
        for place in 2..5 {
            let mut stranger = Browser::at(&house, [127, 0, 0, place]);
            for _ in 0..2 {
                stranger.type_password(MINA, "wrong wrong wrong").await;
            }
        }
        let mut new = Browser::at(&house, [127, 0, 0, 9]);
        let first = new.type_password(MINA, PASSWORD).await;
        assert_eq!(first.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(first.headers()["retry-after"], "10");
        later(&house, 10);
        assert_eq!(
            new.type_password(MINA, PASSWORD).await.status(),
            StatusCode::SEE_OTHER
        );
        // An account that does not exist is no different.
        let other = new.type_password("nobody@example.org", PASSWORD).await;
        assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[tokio::test]
    async fn the_eleventh_try_in_a_minute_from_one_address_waits() {
        let house = house_with_mina(&[("SIGN_IN_TRIES_PER_MINUTE", "10")]).await;
        house.app.clock.set(NOW + 120_000);
        let mut browser = Browser::new(&house);
        for at in 0..10 {
            let email = format!("nobody{at}@example.org");
            let answer = browser.type_password(&email, "wrong wrong wrong").await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        }
        later(&house, 20);
        let eleventh = browser.type_password(MINA, PASSWORD).await;
        assert_eq!(eleventh.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(eleventh.headers()["retry-after"], "40");
        assert!(
            eleventh
                .text()
                .await
                .unwrap()
                .contains("wait 40 seconds and try again")
        );
        let mut elsewhere = Browser::at(&house, [127, 0, 0, 2]);
        assert_eq!(
            elsewhere.type_password(MINA, PASSWORD).await.status(),
            StatusCode::SEE_OTHER
        );
        later(&house, 40);
        assert_eq!(
            browser.type_password(MINA, PASSWORD).await.status(),
            StatusCode::SEE_OTHER
        );
    }

    #[tokio::test]
    async fn administration_asks_again_and_not_for_long() {
        let house = House::open().await;
        house.admin().await;
        let email = "admin@example.org";
        let mut browser = Browser::new(&house);
        browser.type_password(email, PASSWORD).await;
        assert_eq!(browser.get("/settings").await.status(), StatusCode::OK);
        let before = browser.cookies.clone();

        let page = browser.get("/accounts").await;
        assert_eq!(page.status(), StatusCode::SEE_OTHER);
        assert_eq!(page.headers()["location"], "/admin/login?next=%2Faccounts");
        let json = browser.get("/api/v1/accounts").await;
        assert_eq!(json.status(), StatusCode::FORBIDDEN);
        assert!(json.text().await.unwrap().contains("Prove at /admin/login"));
        assert_eq!(
            browser.post("/accounts", &[]).await.status(),
            StatusCode::FORBIDDEN
        );

        let page = browser.get("/admin/login?next=%2Faccounts").await;
        assert!(page.text().await.unwrap().contains("Prove that it is you"));
        let fields = [("email", email), ("password", PASSWORD), ("next", "/accounts")];
        let proven = browser.post("/admin/login", &fields).await;
        assert_eq!(proven.headers()["location"], "/accounts");
        assert_eq!(browser.get("/accounts").await.status(), StatusCode::OK);
        let (name, old) = ("__Host-ballast", before["__Host-ballast"].clone());
        assert_ne!(browser.cookies[name], old);
        let mut earlier = Browser::new(&house);
        earlier.cookies.insert(name.to_owned(), old);
        assert!(!earlier.is_in().await, "the session before is over");

        later(&house, 1_799);
        assert_eq!(browser.get("/accounts").await.status(), StatusCode::OK);
        later(&house, 2);
        assert_eq!(browser.get("/accounts").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            browser.get("/settings").await.status(),
            StatusCode::OK,
            "the rest goes on"
        );
        let stranger = Browser::new(&house).get("/accounts").await;
        assert_eq!(stranger.headers()["location"], "/admin/login?next=%2Faccounts");
    }

    #[tokio::test]
    async fn the_door_of_the_administration_lets_in_administrators_only_by_code_too() {
        let house = house_with_mina(&[]).await;
        house.admin().await;
        let mut browser = Browser::new(&house);
        let mina = [("email", MINA), ("password", PASSWORD)];
        // Only whoever knows the password is told which door it opens.
        let told = browser.post("/admin/login", &mina).await;
        assert_eq!(told.status(), StatusCode::FORBIDDEN);
        let page = told.text().await.unwrap();
        assert!(page.contains("<title>Administration"), "{page}");
        assert!(page.contains("This door is for administrators"), "{page}");
        assert!(!browser.is_in().await);
        browser.post("/admin/login", &[("email", MINA)]).await;
        assert_eq!(letters(&house), 0);

        let email = "admin@example.org";
        let mut browser = Browser::new(&house);
        browser.type_address(email).await;
        let code = digits(&house, email);
        // What was begun at one door is not finished at the other.
        let crossed = browser.post("/admin/login/code", &[("code", &code)]).await;
        assert_eq!(crossed.headers()["location"], "/admin/login");
        let step = browser.cookies["__Host-ballast-step"].clone();
        browser
            .cookies
            .insert("__Host-ballast-admin-step".to_owned(), step);
        let crossed = browser.post("/admin/login/code", &[("code", &code)]).await;
        assert_eq!(crossed.headers()["location"], "/admin/login");

        later(&house, 30);
        let asked = browser.post("/admin/login", &[("email", email)]).await;
        assert_eq!(asked.headers()["location"], "/admin/login/code");
        let code = digits(&house, email);
        let proven = browser.post("/admin/login/code", &[("code", &code)]).await;
        assert_eq!(proven.headers()["location"], "/accounts");
        assert_eq!(browser.get("/accounts").await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn signing_out_ends_the_session_and_the_codes_that_wait() {
        let house = house_with_mina(&[]).await;
        let mut browser = Browser::new(&house);
        browser.type_password(MINA, PASSWORD).await;
        let session = browser.cookies.clone();
        let mut phone = Browser::at(&house, [127, 0, 0, 2]);
        phone.type_address(MINA).await;
        let code = digits(&house, MINA);
        let page = browser.get("/schedule").await.text().await.unwrap();
        let key = between(&page, "<meta name=\"csrf\" content=\"", "\"").unwrap();
        let out = browser.post("/auth/logout", &[("csrf", &key)]).await;
        assert_eq!(out.headers()["location"], "/auth/login");
        browser.cookies = session;
        assert!(!browser.is_in().await);
        assert_eq!(phone.type_digits(&code).await, StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[tokio::test]
    async fn signing_in_leads_to_our_own_pages_only() {
        let house = house_with_mina(&[]).await;
        for (next, place) in [
            ("/people?open=3", "/people?open=3"),
            ("https://evil.example/", "/"),
            ("//evil.example/", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("people", "/"),
            ("", "/"),
        ] {
            let mut browser = Browser::new(&house);
            let fields = [("email", MINA), ("password", PASSWORD), ("next", next)];
            let answer = browser.post("/auth/login", &fields).await;
            assert_eq!(answer.headers()["location"], place, "{next}");
            later(&house, 3_600);
            let mut browser = Browser::new(&house);
            browser
                .post("/auth/login", &[("email", MINA), ("next", next)])
                .await;
            let code = digits(&house, MINA);
            let answer = browser.post("/auth/login/code", &[("code", &code)]).await;
            assert_eq!(answer.headers()["location"], place, "{next}");
        }
    }

    #[tokio::test]
    async fn a_step_that_is_not_ours_begins_anew() {
        let house = house_with_mina(&[]).await;
        let mut other = Browser::new(&house);
        other.type_address(MINA).await;
        let step = other.cookies["__Host-ballast-step"].clone();
        let elsewhere = house_with_mina(&[]).await;
        let cut = step[..step.len() - 4].to_owned();
        for (house, value) in [(&house, cut), (&house, "x".to_owned()), (&elsewhere, step)] {
            let mut browser = Browser::new(house);
            browser.cookies.insert("__Host-ballast-step".to_owned(), value);
            for path in ["/auth/login/code", "/auth/login/code/again"] {
                let answer = browser.post(path, &[("code", "123456")]).await;
                assert_eq!(answer.headers()["location"], "/auth/login");
            }
        }
    }

    #[tokio::test]
    async fn ways_that_the_organisation_does_not_use_are_not_there() {
        let house = House::open_with(&[("SIGN_IN_METHODS", "code,password"), ("EMAIL_BACKEND", "")]).await;
        let page = house.stranger().text("/auth/login").await;
        assert!(
            page.contains("name=\"password\"") && !page.contains("six digits"),
            "{page}"
        );

        let house = House::open_with(&[("SIGN_IN_METHODS", "code")]).await;
        house.add_account(Access::Viewer, "Mina", MINA).await;
        let page = house.stranger().text("/auth/login").await;
        assert!(!page.contains("assword"), "{page}");
        let mut browser = Browser::new(&house);
        let answer = browser.type_password(MINA, PASSWORD).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "nor by sending the form all the same"
        );
    }

    #[tokio::test]
    async fn a_hash_with_less_work_is_made_anew_at_the_next_sign_in_and_sessions_go_on() {
        let params = argon2::Params::new(8_192, 1, 1, None).unwrap();
        let weak = argon2::Argon2::from(params)
            .hash_password(PASSWORD.as_bytes())
            .unwrap()
            .to_string();
        let house = house_with_mina(&[]).await;
        let hash = async || {
            house
                .app
                .db
                .read(|tx| {
                    tx.first("select hash from account_password", &[], |row| {
                        row.get::<String>(0)
                    })
                })
                .await
                .unwrap()
                .unwrap()
        };
        let mut earlier = Browser::new(&house);
        earlier.type_password(MINA, PASSWORD).await;
        house
            .app
            .db
            .write(house.app.own_gesture("weaken"), {
                let weak = weak.clone();
                move |tx| tx.execute("update account_password set hash = ?1", &[weak.as_str().into()])
            })
            .await
            .unwrap();
        let mut browser = Browser::at(&house, [127, 0, 0, 2]);
        assert_eq!(
            browser.type_password(MINA, PASSWORD).await.status(),
            StatusCode::SEE_OTHER
        );
        while hash().await == weak {
            tokio::task::yield_now().await;
        }
        assert!(hash().await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(earlier.is_in().await);
        let mut again = Browser::at(&house, [127, 0, 0, 3]);
        assert_eq!(
            again.type_password(MINA, PASSWORD).await.status(),
            StatusCode::SEE_OTHER
        );
    }

    #[test]
    fn whatever_is_wrong_with_the_settings_of_mail_is_told() {
        for (pairs, fault) in [
            (
                &[("EMAIL_USE_TLS", "true"), ("EMAIL_USE_SSL", "true")][..],
                "EMAIL_USE_TLS and EMAIL_USE_SSL are both true; keep one of them",
            ),
            (&[("EMAIL_BACKEND", "smtp")], "EMAIL_HOST must name the server"),
            (
                &[("EMAIL_HOST", "smtp.example.org")],
                "DEFAULT_FROM_EMAIL must say",
            ),
            (
                &[
                    ("EMAIL_HOST", "smtp.example.org"),
                    ("DEFAULT_FROM_EMAIL", "nobody"),
                ],
                "DEFAULT_FROM_EMAIL must be an address",
            ),
            (
                &[("EMAIL_BACKEND", "console"), ("ENVIRONMENT", "production")],
                "EMAIL_BACKEND must be smtp or blank",
            ),
            (
                &[
                    ("EMAIL_HOST", "smtp.example.org"),
                    ("EMAIL_HOST_USER", "plan@example.org"),
                    ("EMAIL_HOST_PASSWORD", "open"),
                ],
                "EMAIL_HOST_PASSWORD would be readable",
            ),
            (
                &[("EXTRA_CA_FILE", "/nonexistent")],
                "EXTRA_CA_FILE: the file cannot be read",
            ),
        ] {
            let given: Vec<(String, String)> = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            let sources = ballast::config::Sources::read(
                std::path::Path::new("/nonexistent"),
                std::iter::empty(),
                &given,
            );
            let faults = Config::from_sources(&sources).err().unwrap_or_default();
            assert!(faults.iter().any(|own| own.starts_with(fault)), "{faults:?}");
        }
    }
}
