//! `ballast user`, with and without a running server.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
mod command {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use crate::process::{PASSWORD, Server, err, out, run};
    use ballast::db::{Actor, Db, DbError, Gesture, Migrate};
    use ballast::people;
    use reqwest::{Client, StatusCode, redirect};

    const OTHER: &str = "seven green lanterns";

    fn user(directory: &Path, arguments: &[&str], typed: &str) -> String {
        let output = run(directory, &[&["user"], arguments].concat(), typed);
        assert!(output.status.success(), "{arguments:?}: {}", err(&output));
        out(&output)
    }

    /// The exit code and what is said on standard error.
    fn refused(directory: &Path, arguments: &[&str], typed: &str) -> (i32, String) {
        let output = run(directory, &[&["user"], arguments].concat(), typed);
        assert_eq!(out(&output), "");
        (output.status.code().unwrap(), err(&output))
    }

    async fn add_person(directory: &Path) {
        let db = Db::open(directory, Migrate::Auto).unwrap();
        let gesture = Gesture {
            actor: Actor::program(),
            label: "added Bo".to_owned(),
            at: 0,
        };
        let added = db.write(gesture, |tx| {
            let draft = people::PersonDraft {
                name: "Bo Lindqvist".to_owned(),
                active: true,
                ..people::PersonDraft::default()
            };
            people::add_person(tx, &draft)?;
            people::find_or_add_department(tx, "Civil", None)?;
            Ok::<_, DbError>(())
        });
        added.await.unwrap();
    }

    /// The cookie of a session, if the password opens.
    async fn sign_in(server: &Server, email: &str, password: &str) -> Option<String> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .build()
            .unwrap();
        let answer = client
            .post(format!("{}/auth/login", server.address))
            .header("Sec-Fetch-Site", "same-origin")
            .form(&[("email", email), ("password", password)])
            .send()
            .await
            .unwrap();
        let set = answer.headers().get("set-cookie")?.to_str().unwrap();
        Some(set.split(';').next().unwrap().to_owned())
    }

    async fn is_in(server: &Server, cookie: &str) -> bool {
        let path = format!("{}/api/v1/me", server.address);
        let answer = Client::new().get(path).header("Cookie", cookie).send().await;
        answer.unwrap().status() == StatusCode::OK
    }

    /// One story, told to a running server or to nobody.
    fn story(directory: &Path) {
        let file = directory.join("password");
        std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
        let file = file.to_str().unwrap();
        let admin = ["create", "Ada@Example.org", "--access", "admin", "--name", "Ada"];
        assert_eq!(
            user(directory, &admin, &format!("{PASSWORD}\n")),
            "Made ada@example.org (admin).\n"
        );
        let bo = [
            "create",
            "bo@example.org",
            "--access",
            "viewer",
            "--password-file",
            file,
        ];
        user(directory, &bo, "");
        assert_eq!(
            user(directory, &["set-access", "bo@example.org", "manager"], ""),
            "bo@example.org is manager.\n"
        );
        assert_eq!(
            user(directory, &["link", "bo@example.org", "bo lindqvist"], ""),
            "bo@example.org is Bo Lindqvist.\n"
        );
        user(directory, &["disable", "bo@example.org"], "");
        let list = user(directory, &["list"], "");
        assert!(list.contains("ada@example.org\tadmin\tAda"), "{list}");
        let line = "bo@example.org\tmanager\tBo\tswitched off\tis Bo Lindqvist\tnever here\n";
        assert!(list.ends_with(line), "{list}");
        user(directory, &["enable", "bo@example.org"], "");
        user(
            directory,
            &["set-password", "bo@example.org"],
            &format!("{OTHER}\n"),
        );
        user(directory, &["end-sessions", "bo@example.org"], "");
        let reset = user(directory, &["reset-second-factor", "bo@example.org"], "");
        assert!(reset.contains("passkeys of bo@example.org are gone"), "{reset}");
        let invited = user(directory, &["invite", "cy@example.org", "--access", "member"], "");
        assert!(invited.contains("/invitation/"), "{invited}");
        let again = user(directory, &["resend-invitation", "cy@example.org"], "");
        assert!(again.contains("/invitation/") && again != invited, "{again}");
        user(directory, &["invite", "di@example.org", "--access", "member"], "");
        user(directory, &["withdraw-invitation", "di@example.org"], "");
        let reset = user(directory, &["reset-link", "bo@example.org"], "");
        assert!(reset.contains("/auth/reset/"), "{reset}");
        let managed = user(directory, &["departments", "bo@example.org", "civil"], "");
        assert!(managed.contains("Civil"), "{managed}");
        user(directory, &["departments", "bo@example.org"], "");
        for (name, email) in [("Bodil", "bodil@example.org"), ("Bo", "bo@example.org")] {
            let was = if name == "Bodil" {
                "bo@example.org"
            } else {
                "bodil@example.org"
            };
            let told = user(
                directory,
                &["rename", was, "--name", name, "--new-email", email],
                "",
            );
            assert_eq!(told, format!("{was} is {name} ({email}).\n"));
        }
    }

    /// What is wrong is said on standard error, with a code that a script understands.
    fn refusals(directory: &Path) {
        let weak = ["create", "di@example.org", "--access", "viewer"];
        let (code, text) = refused(directory, &weak, "short\n");
        assert_eq!((code, text.contains("at least 12")), (64, true), "{text}");
        for (arguments, said) in [
            (
                &["create", "ada@example.org", "--access", "viewer"][..],
                "belongs to another account",
            ),
            (
                &["create", "di@example.org", "--access", "king"],
                "viewer, member, manager or admin",
            ),
            (&["disable", "nobody@example.org"], "no account with this address"),
            (
                &["departments", "bo@example.org", "Moon"],
                "no department has this name",
            ),
            (
                &["rename", "bo@example.org"],
                "say another name or another address",
            ),
            (&["withdraw-invitation", "di@example.org"], "no invitation waits"),
            (&["resend-invitation", "di@example.org"], "no invitation waits"),
            (&["disable", "ada@example.org"], "one administrator must remain"),
            (
                &["set-access", "ada@example.org", "viewer"],
                "one administrator must remain",
            ),
            (
                &["link", "ada@example.org", "nobody at all"],
                "nobody in the plan",
            ),
            (
                &["link", "ada@example.org", "Bo Lindqvist"],
                "is linked to the account of bo@example.org",
            ),
            (
                &["invite", "cy@example.org", "--access", "viewer"],
                "was invited already",
            ),
            (
                &[
                    "create",
                    "di@example.org",
                    "--access",
                    "viewer",
                    "--password",
                    OTHER,
                ],
                "unexpected argument",
            ),
            (
                &[
                    "create",
                    "di@example.org",
                    "--access",
                    "viewer",
                    "--password-file",
                    "no/such/file",
                ],
                "no/such/file",
            ),
        ] {
            let (code, text) = refused(directory, arguments, &format!("{OTHER}\n"));
            assert_eq!(code, 64, "{arguments:?}: {text}");
            assert!(text.contains(said), "{arguments:?}: {text}");
        }
        let list = user(directory, &["list"], "");
        assert_eq!(list.lines().count(), 2, "{list}");
    }

    #[tokio::test]
    async fn it_works_while_the_server_runs_and_what_it_changes_counts_at_once() {
        let directory = tempfile::tempdir().unwrap();
        add_person(directory.path()).await;
        let server = Server::start(directory.path(), &[]);
        let socket = directory.path().join("control.sock");
        let mode = std::fs::metadata(&socket).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        story(directory.path());
        refusals(directory.path());
        assert_eq!(sign_in(&server, "bo@example.org", PASSWORD).await, None);
        for act in [
            &["end-sessions", "bo@example.org"][..],
            &["reset-second-factor", "bo@example.org"],
            &["set-access", "bo@example.org", "viewer"],
            &["disable", "bo@example.org"],
        ] {
            let cookie = sign_in(&server, "bo@example.org", OTHER).await.unwrap();
            assert!(is_in(&server, &cookie).await);
            user(directory.path(), act, "");
            assert!(!is_in(&server, &cookie).await, "{act:?}");
        }
        let log = server.stop();
        assert!(
            log.contains("what=\"account changed\" from=- who=\"the command line\""),
            "{log}"
        );
        assert!(!socket.exists(), "it goes with the server");
    }

    #[tokio::test]
    async fn it_works_without_a_server_and_the_next_one_knows() {
        let directory = tempfile::tempdir().unwrap();
        add_person(directory.path()).await;
        story(directory.path());
        refusals(directory.path());
        let server = Server::start(directory.path(), &[]);
        assert!(sign_in(&server, "bo@example.org", OTHER).await.is_some());
    }

    #[tokio::test]
    async fn a_killed_server_leaves_nothing_in_the_way() {
        let directory = tempfile::tempdir().unwrap();
        Server::start(directory.path(), &[]).kill();
        assert!(directory.path().join("control.sock").exists());
        assert_eq!(user(directory.path(), &["list"], ""), "");
        let server = Server::start(directory.path(), &[]);
        assert_eq!(user(directory.path(), &["list"], ""), "");
        server.stop();
    }

    #[tokio::test]
    async fn another_process_that_has_the_data_is_waited_for_by_trying_again() {
        let directory = tempfile::tempdir().unwrap();
        let held = Db::open(directory.path(), Migrate::Auto).unwrap();
        let (code, text) = refused(directory.path(), &["list"], "");
        assert_eq!(code, 75, "{text}");
        drop(held);
    }
}
