//! Encrypted connections, seen from outside: curl and openssl as clients, and Pebble as the authority.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
mod programs;

#[cfg(test)]
mod pebble;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use crate::tls::pebble::Pebble;
    use crate::tls::programs::{Server, command, issuer_of, make_certificate, text};

    const HOSTS: (&str, &str) = ("ALLOWED_HOSTS", "plan.test, localhost, 127.0.0.1");

    #[test]
    fn an_internal_authority_certifies_the_names_and_this_machine() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let settings = [("TLS", "internal"), ("TLS_DOMAINS", "plan.test"), HOSTS];
        let none = command(&data, &["tls", "ca"], &[]);
        assert_eq!(none.status.code(), Some(69));
        let server = Server::start(&data, &settings);
        let ca = command(&data, &["tls", "ca"], &[]);
        assert!(ca.status.success());
        let trusted = directory.path().join("ca.pem");
        fs::write(&trusted, &ca.stdout).unwrap();
        for host in ["plan.test", "localhost", "127.0.0.1"] {
            let answer = server.curl(
                &[
                    "--cacert",
                    trusted.to_str().unwrap(),
                    "--http2",
                    "-o",
                    "/dev/null",
                    "-w",
                    "%{http_code} HTTP/%{http_version}",
                ],
                &format!("https://{host}:{}/readyz", server.encrypted),
            );
            assert_eq!(answer, "200 HTTP/2", "{host}");
        }
        let old = server.curl(
            &["--cacert", trusted.to_str().unwrap(), "--http1.1", "-I"],
            &format!("https://plan.test:{}/auth/login", server.encrypted),
        );
        assert!(old.starts_with("HTTP/1.1 200 "), "{old}");
        assert!(old.contains("strict-transport-security: max-age="), "{old}");
        assert!(!old.to_lowercase().contains("\nserver:"), "{old}");
        let at_a_desk = server.curl(
            &["--cacert", trusted.to_str().unwrap(), "-I"],
            &format!("https://localhost:{}/", server.encrypted),
        );
        assert!(!at_a_desk.contains("strict-transport-security"), "{at_a_desk}");
        // Ten years but for an hour, and thirty days.
        let day = 86_400;
        assert!(lasts(&ca.stdout, 3_650 * day) && !lasts(&ca.stdout, 3_653 * day));
        let shown = server.certificate();
        assert!(lasts(shown.as_bytes(), 29 * day) && !lasts(shown.as_bytes(), 31 * day));
        for (name, mode) in [("ca.key", 0o600), ("internal.pem", 0o600), ("", 0o700)] {
            let about = fs::metadata(data.join("tls").join(name)).unwrap();
            assert_eq!(about.permissions().mode() & 0o777, mode, "{name}");
        }
        server.stop();
        let again = Server::start(&data, &settings);
        assert_eq!(again.certificate(), shown);
        let (plain, encrypted) = (again.plain.to_string(), again.encrypted.to_string());
        let ports = [
            ("HTTP_PORT", plain.as_str()),
            ("HTTPS_PORT", &encrypted),
            settings[0],
        ];
        let health = command(&data, &["health"], &ports);
        assert_eq!(text(&health.stdout), "healthy\n");
        let asked = text(&health.stderr);
        let places = [
            format!("http://127.0.0.1:{plain}/health"),
            format!("https://127.0.0.1:{encrypted}/health"),
        ];
        assert!(places.iter().all(|place| asked.contains(place)), "{asked}");
        // One door of two that is shut is told of.
        let shut = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let other = shut.port().to_string();
        let health = command(
            &data,
            &["health"],
            &[ports[0], ("HTTPS_PORT", &other), settings[0]],
        );
        let said = text(&health.stderr);
        assert_eq!(
            (health.status.code(), health.stdout.len()),
            (Some(69), 0),
            "{said}"
        );
        let wrong = format!("asked https://127.0.0.1:{other}/health: nobody listens there");
        assert!(
            said.contains(&wrong) && said.contains("/health: healthy"),
            "{said}"
        );
        // What listens there and is not encrypted is no Ballast of these settings.
        let health = command(
            &data,
            &["health"],
            &[ports[0], ("HTTPS_PORT", &plain), settings[0]],
        );
        assert_eq!(health.status.code(), Some(69), "{}", text(&health.stderr));
    }

    /// Whether a certificate in PEM is still good in so many seconds.
    fn lasts(pem: &[u8], seconds: u32) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.pem");
        fs::write(&path, pem).unwrap();
        let (path, seconds) = (path.display().to_string(), seconds.to_string());
        let arguments = ["x509", "-noout", "-in", &path, "-checkend", &seconds];
        crate::tls::programs::run("openssl", &arguments, b"")
            .status
            .success()
    }

    #[test]
    fn old_protocols_and_weak_suites_are_refused_and_tickets_are_taken() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let server = Server::start(&data, &[("TLS", "internal"), HOSTS]);
        // What openssl itself would refuse is allowed, so that it is the server who does.
        for refused in [
            &["-tls1", "-cipher", "ALL:@SECLEVEL=0"][..],
            &["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
            &[
                "-tls1_2",
                "-cipher",
                "AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA:@SECLEVEL=0",
            ],
            &[
                "-tls1_2",
                "-cipher",
                "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0",
            ],
            &["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"],
            &["-alpn", "spdy/3"],
            // Nobody looks for a name here now.
            &["-alpn", "acme-tls/1", "-servername", "localhost"],
        ] {
            let said = server.handshake(refused);
            let alerted = said.contains("alert handshake failure")
                || said.contains("alert protocol version")
                || said.contains("no application protocol")
                || said.contains("alert access denied");
            assert!(alerted && !said.contains("HTTP/1.1"), "{refused:?}: {said}");
        }
        for (asked, suite) in [
            (
                &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"][..],
                "TLSv1.2, Cipher is ECDHE-ECDSA-AES128-GCM-SHA256",
            ),
            (
                &["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"],
                "TLSv1.2, Cipher is ECDHE-ECDSA-CHACHA20-POLY1305",
            ),
            (&["-tls1_3"], "TLSv1.3, Cipher is TLS_"),
            (&["-alpn", "h2,http/1.1"], "ALPN protocol: h2"),
            (&["-alpn", "http/1.1"], "ALPN protocol: http/1.1"),
        ] {
            let said = server.handshake(asked);
            assert!(said.contains(suite), "{asked:?}: {said}");
        }
        for version in ["-tls1_2", "-tls1_3"] {
            let ticket = directory.path().join(version);
            let ticket = ticket.to_str().unwrap();
            let first = server.handshake(&[version, "-sess_out", ticket]);
            assert!(first.contains("New, TLS"), "{first}");
            let second = server.handshake(&[version, "-sess_in", ticket]);
            assert!(second.contains("Reused, TLS"), "{version}: {second}");
        }
        // The keys of tickets are kept nowhere: another process opens none of them, and takes a whole handshake instead.
        server.stop();
        let again = Server::start(&data, &[("TLS", "internal"), HOSTS]);
        for version in ["-tls1_2", "-tls1_3"] {
            let ticket = directory.path().join(version);
            let anew = again.handshake(&[version, "-sess_in", ticket.to_str().unwrap()]);
            assert!(
                anew.contains("New, TLS") && anew.contains("HTTP/1.1 200"),
                "{version}: {anew}"
            );
        }
    }

    #[test]
    fn plain_connections_are_led_over_or_refused() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let server = Server::start(&data, &[("TLS", "internal"), HOSTS]);
        let ask = |arguments: &[&str], path: &str| {
            let arguments = [&["-i"], arguments].concat();
            server.curl(&arguments, &format!("http://plan.test:{}{path}", server.plain))
        };
        let over = format!(
            "location: https://plan.test:{}/schedule?open=12&q=%C3%A4\r\n",
            server.encrypted
        );
        for asked in [&[][..], &["--head"]] {
            let answer = ask(asked, "/schedule?open=12&q=%C3%A4");
            assert!(answer.starts_with("HTTP/1.1 301 "), "{answer}");
            assert!(answer.contains(&over), "{answer}");
            assert!(!answer.contains("strict-transport-security"), "{answer}");
        }
        for (arguments, path, status) in [
            (&[][..], "/health", "200"),
            (&[], "/healthz", "200"),
            (&[], "/readyz", "200"),
            (&[], "/api/health", "200"),
            (&[], "/.well-known/acme-challenge/abc", "404"),
            (&["-X", "POST"], "/api/v1/hours", "403"),
            (&[], "/api/v1/me", "403"),
            (&["-X", "POST", "-d", "{}"], "/graphql", "403"),
            (&["-X", "POST", "-d", "a=b"], "/auth/login", "403"),
            (&["-H", "Host: elsewhere.test"], "/", "421"),
            (&["-H", "X-Forwarded-Proto: https"], "/", "301"),
        ] {
            let answer = ask(arguments, path);
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{arguments:?} {path}: {answer}"
            );
            if path.starts_with("/api/v1") {
                assert!(answer.contains("application/problem+json"), "{answer}");
                assert!(!answer.contains("location:"), "{answer}");
            }
        }
        // A proxy of ours that was asked by https is not sent round.
        let public = ("PUBLIC_URL", "https://plan.test");
        let proxy = ("TRUSTED_PROXIES", "127.0.0.1");
        let behind = Server::start(
            &directory.path().join("behind"),
            &[("TLS", "internal"), HOSTS, public, proxy],
        );
        let url = format!("http://plan.test:{}/auth/login", behind.plain);
        let told = behind.curl(
            &[
                "-I",
                "-H",
                "X-Forwarded-For: 203.0.113.9",
                "-H",
                "X-Forwarded-Proto: https",
            ],
            &url,
        );
        assert!(told.starts_with("HTTP/1.1 200 "), "{told}");
        let plain = behind.curl(&["-I"], &url);
        assert!(
            plain.contains("location: https://plan.test/auth/login\r\n"),
            "{plain}"
        );
        assert!(!plain.contains("strict-transport-security"), "{plain}");
    }

    #[test]
    fn files_are_read_again_and_bad_ones_change_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let path = directory.path().join("origin.crt");
        let settings = [("TLS", path.to_str().unwrap()), HOSTS];
        let none = command(&data, &["serve"], &settings);
        assert_eq!(none.status.code(), Some(78), "{}", text(&none.stderr));
        assert!(
            text(&none.stderr).contains("origin.crt"),
            "{}",
            text(&none.stderr)
        );
        assert!(!data.exists() || !data.join("ballast.db").exists());
        make_certificate(&path, &["plan.test"], 40, 50);
        let server = Server::start(&data, &settings);
        let first = server.certificate();
        assert_eq!(first.trim(), fs::read_to_string(&path).unwrap().trim());

        let key = path.with_extension("key");
        let old = fs::read_to_string(&key).unwrap();
        make_certificate(&path, &["plan.test"], 40, 50);
        let new = fs::read_to_string(&key).unwrap();
        fs::write(&key, &old).unwrap();
        let from = server.log.len();
        server.hang_up();
        let line = server.log.wait_for(from, "the one before it stays");
        assert!(
            line.contains("ERROR") && line.contains("not the one that the certificate is for"),
            "{line}"
        );
        assert_eq!(server.certificate(), first);

        fs::write(&key, &new).unwrap();
        let from = server.log.len();
        server.hang_up();
        server.log.wait_for(from, "read the certificate again");
        assert_ne!(server.certificate(), first);
        assert_eq!(
            server.certificate().trim(),
            fs::read_to_string(&path).unwrap().trim()
        );

        fs::write(&path, "nothing").unwrap();
        let check = command(&data, &["check"], &settings);
        assert_eq!(check.status.code(), Some(78));
        assert!(
            text(&check.stdout).contains("there is no certificate"),
            "{}",
            text(&check.stdout)
        );
    }

    #[test]
    fn administrators_are_told_of_a_certificate_that_is_soon_over() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let path = directory.path().join("fullchain.pem");
        make_certificate(&path, &["plan.test"], 80, 10);
        let settings = [
            ("TLS", path.to_str().unwrap()),
            ("EMAIL_BACKEND", "console"),
            HOSTS,
        ];
        let add = ["user", "create", "ada@example.org", "--access", "admin"];
        let added = crate::tls::programs::ballast(&data, &add, &settings, b"seven green lanterns\n");
        assert!(added.status.success(), "{}", text(&added.stderr));
        let server = Server::start(&data, &settings);
        let run = command(&data, &["jobs", "run", "certificate"], &settings);
        assert!(run.status.success(), "{}", text(&run.stderr));
        server.log.wait_for(0, "the certificate is soon over");
        server.out.wait_for(0, "To: ada@example.org");
        server.out.wait_for(0, "is over in 9 days");
    }

    /// One that is looked at by a connection, lives for seconds, and outlives its authority.
    #[test]
    fn an_authority_certifies_renews_and_may_be_away() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let mut pebble = Pebble::prepare(directory.path());
        let trusted = pebble.trusted();
        let directory_url = pebble.directory();
        let settings = [
            ("TLS", "ops@plan.test"),
            ("TLS_DOMAINS", "plan.test,www.plan.test"),
            ("ALLOWED_HOSTS", "*.plan.test, plan.test, 127.0.0.1"),
            ("ACME_DIRECTORY", directory_url.as_str()),
            ("ACME_CA_FILE", trusted.as_str()),
            ("ACME_CHALLENGES", "tls-alpn-01"),
        ];
        let server = Server::start(&data, &settings);
        // Who comes before the authority answers is served all the same.
        server.log.wait_for(0, "no certificate from the authority");
        assert!(
            server.issuer().contains("Ballast internal authority"),
            "{}",
            server.issuer()
        );

        pebble.start(&server, 20);
        server.hang_up();
        server.log.wait_for(0, "has a new certificate");
        let first = server.certificate();
        assert!(server.issuer().contains("Pebble"), "{}", server.issuer());
        let kept = format!("127.0.0.1_{}", pebble.port());
        only_its_owner_reads(&data.join("tls").join(&kept).join("account.json"));
        only_its_owner_reads(&data.join("tls").join(&kept).join("certificate.pem"));

        let from = server.log.len();
        server.log.wait_for(from, "has a new certificate");
        let second = server.certificate();
        assert_ne!(second, first);

        pebble.stop();
        let from = server.log.len();
        let line = server
            .log
            .wait_for(from, "no certificate from the authority; the one before it stays");
        assert!(line.contains("again="), "{line}");
        assert!(server.issuer().contains("Pebble"), "{}", server.issuer());

        // This one has never heard of our account.
        pebble.start(&server, 86_400);
        let from = server.log.len();
        server.hang_up();
        server.log.wait_for(from, "gets another one");
        server.log.wait_for(from, "has a new certificate");
        assert!(server.issuer().contains("Pebble"), "{}", server.issuer());
    }

    #[test]
    fn an_authority_that_looks_by_a_request_is_answered_and_asked_once() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let mut pebble = Pebble::prepare(directory.path());
        let trusted = pebble.trusted();
        let directory_url = pebble.directory();
        let settings = [
            ("TLS", "ops@plan.test"),
            ("ALLOWED_HOSTS", "plan.test, 127.0.0.1"),
            ("ACME_DIRECTORY", directory_url.as_str()),
            ("ACME_CA_FILE", trusted.as_str()),
            ("ACME_CHALLENGES", "http-01"),
        ];
        let server = Server::start(&data, &settings);
        server.log.wait_for(0, "no certificate from the authority");
        pebble.start(&server, 86_400);
        server.hang_up();
        server.log.wait_for(0, "has a new certificate");
        assert!(server.issuer().contains("Pebble"), "{}", server.issuer());
        let shown = server.certificate();
        pebble.stop();
        server.stop();
        let again = Server::start(&data, &settings);
        assert_eq!(again.certificate(), shown);
        again.stop();
        // Another name is added while the authority is away: those who come under the first one notice nothing of it.
        let mut more = settings.to_vec();
        more[1] = ("ALLOWED_HOSTS", "plan.test, www.plan.test, 127.0.0.1");
        let grown = Server::start(&data, &more);
        grown.log.wait_for(0, "no certificate from the authority");
        assert_eq!(grown.certificate(), shown);
        let www = || grown.certificate_for("www.plan.test");
        assert!(
            issuer_of(&www()).contains("Ballast internal authority"),
            "{}",
            www()
        );
        pebble.start(&grown, 86_400);
        let from = grown.log.len();
        grown.hang_up();
        grown.log.wait_for(from, "has a new certificate");
        assert_ne!(grown.certificate(), shown);
        assert_eq!(grown.certificate(), www());
        assert!(issuer_of(&www()).contains("Pebble"), "{}", www());
    }

    fn only_its_owner_reads(path: &Path) {
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
}
