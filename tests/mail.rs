//! Letters, sent to a mail server that is not ours.

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Lines};
    use std::path::{Path, PathBuf};
    use std::process::{Child, ChildStdout, Command, Stdio};

    use ballast::accounts::Access;
    use reqwest::StatusCode;
    use serde_json::Value;
    use tempfile::TempDir;

    use ballast::jobs;

    use crate::house::{House, NOW};

    const MINA: &str = "mina@example.org";

    /// A running mail server, with a certificate of its own. Dropping it ends it.
    struct Post {
        child: Child,
        lines: Lines<BufReader<ChildStdout>>,
        port: String,
        directory: TempDir,
    }

    impl Post {
        /// Starts one; where its library is not installed this says why, and under `CI=true` that is a failure.
        fn open(mode: &str) -> Option<Self> {
            let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/smtp/bin/python");
            if !python.exists() {
                let wanted = "aiosmtpd under target/smtp; `bash tests/run.sh` installs it where it may";
                assert!(
                    std::env::var("CI").ok().as_deref() != Some("true"),
                    "tests of mail need {wanted}"
                );
                eprintln!("skipped: tests of mail need {wanted}");
                return None;
            }
            let directory = tempfile::tempdir().unwrap();
            let (certificate, key) = certificate(directory.path());
            let mut child = Command::new(python)
                .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/server.py"))
                .arg(mode)
                .args([certificate, key])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let mut post = Self {
                child,
                lines,
                port: String::new(),
                directory,
            };
            post.port = post.next()["port"].to_string();
            Some(post)
        }

        /// What it says next.
        fn next(&mut self) -> Value {
            serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
        }

        fn certificate(&self) -> String {
            self.directory
                .path()
                .join("certificate.pem")
                .display()
                .to_string()
        }
    }

    impl Drop for Post {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    /// A certificate for `localhost` that vouches for itself.
    fn certificate(directory: &Path) -> (PathBuf, PathBuf) {
        let (certificate, key) = (directory.join("certificate.pem"), directory.join("key.pem"));
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ])
            .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
            .args(["-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate)
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success());
        (certificate, key)
    }

    /// A house whose letters go to `port`, with Mina in it.
    async fn house(port: &str, settings: &[(&str, &str)]) -> House {
        let mut all = vec![
            ("SIGN_IN_METHODS", "code,password"),
            ("EMAIL_BACKEND", "smtp"),
            ("EMAIL_HOST", "localhost"),
            ("EMAIL_PORT", port),
            ("DEFAULT_FROM_EMAIL", "Ballast <plan@example.org>"),
        ];
        all.extend(settings);
        let house = House::open_with(&all).await;
        house.add_account(Access::Viewer, "Mina", MINA).await;
        house
    }

    /// Brings the next letter that was asked for to the server.
    async fn bring(house: &House) {
        // It is kept in the background, so it is looked for until it is there.
        while jobs::run_due(&house.app).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Asks for digits for an address: the status and where it leads.
    async fn ask(house: &House, email: &str) -> (StatusCode, String) {
        let answer = house.stranger().form("/auth/login", &[("email", email)]).await;
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        (answer.status(), place)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn letters_leave_encrypted_and_signed_in_either_way() {
        for (mode, encryption) in [("starttls", "EMAIL_USE_TLS"), ("implicit", "EMAIL_USE_SSL")] {
            let Some(mut post) = Post::open(mode) else {
                return;
            };
            let certificate = post.certificate();
            let house = house(
                &post.port.clone(),
                &[
                    (encryption, "true"),
                    ("EMAIL_HOST_USER", "plan"),
                    ("EMAIL_HOST_PASSWORD", "an open one"),
                    ("EXTRA_CA_FILE", &certificate),
                ],
            )
            .await;
            let mut mina = house.stranger();
            let answer = mina.form("/auth/login", &[("email", MINA)]).await;
            mina.keep_cookie(&answer);
            bring(&house).await;
            let letter = post.next();
            assert_eq!(letter["event"], "letter", "{mode}: {letter}");
            assert_eq!(letter["encrypted"], true, "{mode}");
            assert_eq!(letter["user"], "plan", "{mode}");
            assert_eq!(letter["to"], serde_json::json!([MINA]), "{mode}");
            assert_eq!(letter["sender"], "plan@example.org", "{mode}");
            let content = letter["content"].as_str().unwrap();
            for line in [
                "From: Ballast <plan@example.org>",
                "To: mina@example.org",
                "Subject: Your code for Ballast",
            ] {
                assert!(content.contains(line), "{content}");
            }
            let (_, text) = content.split_once("\r\n\r\n").unwrap();
            let digits: String = text.chars().take(6).collect();
            let answer = mina.form("/auth/login/code", &[("code", &digits)]).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER);
            assert_eq!(answer.headers()["location"], "/");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_said_to_a_server_that_nobody_vouches_for_or_that_does_not_encrypt() {
        for (mode, encryption) in [
            ("starttls", "EMAIL_USE_TLS"),
            ("implicit", "EMAIL_USE_SSL"),
            ("open", "EMAIL_USE_TLS"),
        ] {
            let Some(mut post) = Post::open(mode) else {
                return;
            };
            let at = post.port.clone();
            let house = house(&at, &[(encryption, "true")]).await;
            let (status, place) = ask(&house, MINA).await;
            assert_eq!(
                (status, place.as_str()),
                (StatusCode::SEE_OTHER, "/auth/login/code")
            );
            bring(&house).await;
            let said = if mode == "implicit" {
                // The handshake fails before the server knows of a connection, so it says nothing at all; another letter
                // of a trusting house is the next that it hears of.
                let certificate = post.certificate();
                let trusting = [
                    (encryption, "true"),
                    ("EXTRA_CA_FILE", certificate.as_str()),
                    ("EMAIL_HOST_USER", "plan"),
                    ("EMAIL_HOST_PASSWORD", "an open one"),
                ];
                let trusting = self::house(&at, &trusting).await;
                trusting.add_account(Access::Viewer, "Bo", "bo@example.org").await;
                ask(&trusting, "bo@example.org").await;
                bring(&trusting).await;
                loop {
                    let said = post.next();
                    if said["event"] != "gone" {
                        break said["to"][0].clone();
                    }
                }
            } else {
                post.next()["event"].clone()
            };
            assert!(said == "gone" || said == "bo@example.org", "{mode}: {said}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_letter_that_was_not_taken_is_sent_again() {
        let Some(mut post) = Post::open("busy") else {
            return;
        };
        let house = house(&post.port.clone(), &[]).await;
        ask(&house, MINA).await;
        bring(&house).await;
        assert_eq!(post.next()["event"], "refused");
        assert_eq!(jobs::run_due(&house.app).await.unwrap(), 0, "not at once");
        house.app.clock.set(NOW + 60_000);
        bring(&house).await;
        let letter = loop {
            let said = post.next();
            if said["event"] != "gone" {
                break said;
            }
        };
        assert_eq!(letter["to"][0], MINA);
    }

    /// The one letter on its way: as it is kept, how it stands, and what went wrong with it.
    async fn kept(house: &House) -> (Vec<u8>, String, String) {
        let read = house.app.db.read(|tx| {
            tx.first("select payload, state, fault from job", &[], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
        });
        let found: Result<_, ballast::db::DbError> = read.await;
        found.unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_letter_outlives_the_process_sealed_and_is_not_sent_when_it_is_worth_nothing() {
        let house = house("9", &[]).await;
        ask(&house, MINA).await;
        bring(&house).await;
        let (payload, state, _) = kept(&house).await;
        assert_eq!(state, "waiting");
        assert!(
            !String::from_utf8_lossy(&payload).contains("mina"),
            "it can be read"
        );
        let directory = house.copy();
        let key = "secret.key";
        std::fs::copy(house.directory.path().join(key), directory.path().join(key)).unwrap();
        let settings = [
            ("EMAIL_BACKEND", "smtp"),
            ("EMAIL_HOST", "localhost"),
            ("EMAIL_PORT", "9"),
            ("DEFAULT_FROM_EMAIL", "plan@example.org"),
        ];
        let house = House::open_in(directory, &settings).await;
        house.app.clock.set(NOW + 11 * 60_000);
        bring(&house).await;
        let (_, state, fault) = kept(&house).await;
        assert_eq!(
            (state.as_str(), fault.as_str()),
            ("failed", "it came too late to be of use")
        );
    }

    #[tokio::test]
    async fn a_mail_server_that_is_down_changes_nothing_that_is_seen() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = closed.local_addr().unwrap().port().to_string();
        drop(closed);
        let house = house(&port, &[]).await;
        assert!(house.app.mail.works());
        assert_eq!(ask(&house, MINA).await, ask(&house, "nobody@example.org").await);
    }

    #[tokio::test]
    async fn the_newest_letters_are_kept_where_they_go_nowhere_else() {
        let house = House::open().await;
        for number in 0..501 {
            let letter = ballast::mail::Letter {
                to: MINA.to_owned(),
                subject: number.to_string(),
                text: String::new().into(),
                until: None,
            };
            ballast::mail::send(&house.app, letter);
        }
        let kept = house.app.mail.captured();
        assert_eq!((kept.len(), kept[0].subject.as_str()), (500, "1"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_can_be_tried_out_and_is_brought_letters_about_faults_once() {
        let Some(mut post) = Post::open("open") else {
            return;
        };
        let house = house(&post.port.clone(), &[("ERROR_REPORT_EMAIL", "ops@example.org")]).await;
        let said = ballast::mail::try_out(&house.app.config, "bo@example.org")
            .await
            .unwrap();
        assert_eq!(said, "250 taken");
        let mut letter = async || {
            loop {
                let next = post.next();
                if next["event"] == "letter" {
                    return next;
                }
            }
        };
        assert_eq!(letter().await["to"][0], "bo@example.org");

        tokio::spawn(ballast::crash::tell(house.app.clone()));
        let kind = house.app.jobs.table.kind("letter").unwrap();
        for _ in 0..3 {
            let gesture = house.app.own_gesture("lay a broken letter in the queue");
            let laid = house
                .app
                .db
                .write(gesture, move |tx| jobs::add(tx, kind, b"no letter"));
            laid.await.unwrap();
        }
        // Three that are given up, and one letter about all of them.
        let mut done = 0;
        while done < 4 {
            done += jobs::run_due(&house.app).await.unwrap();
            tokio::task::yield_now().await;
        }
        let told = letter().await;
        assert_eq!(told["to"][0], "ops@example.org");
        let content = told["content"].as_str().unwrap();
        assert!(
            content.contains("work that was given up") && content.contains("Send a letter"),
            "{content}"
        );
        assert_eq!(jobs::run_due(&house.app).await.unwrap(), 0);
        let admin = house.admin().await;
        assert!(admin.text("/accounts").await.contains("was given up 3 times"));
    }
}
