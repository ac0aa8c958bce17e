//! `ballast check`: what a deployment is told before somebody relies on it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

const KEY: &str = "wq8H2nVc5LrT0yXjB7mKd3PzGfS9uAe1ioQ4EvNhCtJbWxMk6R";

#[cfg(test)]
fn check(directory: &Path, settings: &[(&str, &str)]) -> (i32, String) {
    let Output { status, stdout, .. } = Command::new(env!("CARGO_BIN_EXE_ballast"))
        .args(["check", "--deploy"])
        .current_dir(directory)
        .env_clear()
        .env("DATA_DIR", directory.join("data"))
        .env("TIME_ZONE", "UTC")
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap())
}

fn finds(text: &str, grade: &str, words: &str) -> bool {
    text.lines()
        .any(|line| line.starts_with(grade) && line.contains(words))
}

#[test]
fn a_good_deployment_has_nothing_to_repair_or_to_think_about() {
    let directory = tempfile::tempdir().unwrap();
    let (code, text) = check(
        directory.path(),
        &[
            ("ENVIRONMENT", "production"),
            ("ALLOWED_HOSTS", "plan.example.org"),
            ("PUBLIC_URL", "https://plan.example.org"),
            ("TRUSTED_PROXIES", "10.0.0.2"),
            ("SECRET_KEY", KEY),
            ("ORG_ALLOWED_EMAIL_DOMAIN", "example.org"),
            ("EMAIL_HOST", "smtp.example.org"),
            ("EMAIL_USE_TLS", "true"),
            ("DEFAULT_FROM_EMAIL", "plan@example.org"),
            ("TURNSTILE_SITE_KEY", "0x4AAAAAAAaaaaaaaaaaaaaa"),
            ("TURNSTILE_SECRET_KEY", "0x4AAAAAAAbbbbbbbbbbbbbbbbbbbbbbbbbbb"),
        ],
    );
    assert_eq!(code, 0, "{text}");
    assert!(text.ends_with("0 to repair, 0 to think about\n"), "{text}");
    assert!(!text.contains(KEY) && !text.contains("0x4"), "{text}");
    for code in [
        "W003", "W004", "W005", "W006", "W008", "W009", "W012", "W018", "W019", "W020", "W021", "W022",
        "sqlite", "clock",
    ] {
        assert!(finds(&text, "ok", code), "{code}: {text}");
    }
}

#[test]
fn production_without_turnstile_is_told_by_the_check_and_at_the_start() {
    const WORDS: &str = "TURNSTILE_SITE_KEY is blank";
    let production = [
        ("ENVIRONMENT", "production"),
        ("ALLOWED_HOSTS", "plan.example.org"),
        ("PUBLIC_URL", "https://plan.example.org"),
        ("SECRET_KEY", KEY),
    ];
    let keys = [
        ("TURNSTILE_SITE_KEY", "0x4AAAAAAAaaaaaaaaaaaaaa"),
        ("TURNSTILE_SECRET_KEY", "0x4AAAAAAAbbbbbbbbbbbbbbbbbbbbbbbbbbb"),
    ];
    for with_keys in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let mut settings = production.to_vec();
        if with_keys {
            settings.extend(keys);
        }
        let (_, text) = check(directory.path(), &settings);
        assert_eq!(finds(&text, "warn", "TURNSTILE_SITE_KEY"), !with_keys, "{text}");
        assert_eq!(finds(&text, "ok", "whether a person knocks"), with_keys, "{text}");
        let data = directory.path().join("served");
        let server = crate::process::Server::start(&data, &settings);
        let log = server.stop();
        assert_eq!(log.contains(WORDS), !with_keys, "{log}");
    }
    // At a desk nobody is bothered with it.
    let directory = tempfile::tempdir().unwrap();
    let server = crate::process::Server::start(&directory.path().join("desk"), &[]);
    let log = server.stop();
    assert!(!log.contains(WORDS), "{log}");
}

#[test]
fn a_desk_is_told_what_it_lacks() {
    let directory = tempfile::tempdir().unwrap();
    let (code, text) = check(
        directory.path(),
        &[
            ("SECURE_COOKIES", "false"),
            ("AUTH_ENFORCED", "false"),
            ("HSTS_SECONDS", "15768000"),
            ("HSTS_INCLUDE_SUBDOMAINS", "false"),
            ("X_FRAME_OPTIONS", "SAMEORIGIN"),
            ("CSP_REPORT_ONLY", "true"),
            ("ALLOW_PUBLIC_SUFFIX_WILDCARD", "1"),
            ("CSRF_TRUSTED_ORIGINS", "https://team-*.fly.dev"),
            ("ORG_ALLOWED_EMAIL_DOMAIN", "welltech.com"),
            ("DEBUG", "true"),
            ("JWT_ACCESS_MINUTES", "45"),
            ("APP_PROT", "1"),
            ("HTTP_PROT", "1"),
            ("HTTP_ADRR", "x"),
        ],
    );
    assert_eq!(code, 78, "{text}");
    for (grade, words) in [
        ("fault", "W012"),
        ("fault", "W020"),
        ("warn", "W004"),
        ("warn", "W005"),
        ("warn", "W008"),
        ("warn", "W018"),
        ("warn", "W019"),
        ("warn", "csp"),
        ("warn", "AUTH_ENFORCED=false"),
        ("warn", "ALLOW_PUBLIC_SUFFIX_WILDCARD"),
        ("warn", "team-*.fly.dev"),
        ("warn", "welltech.com"),
        ("warn", "TURNSTILE_SITE_KEY"),
        ("warn", "ENVIRONMENT is not production"),
        ("warn", "JWT_ACCESS_MINUTES is 45"),
        ("warn", "did you mean HTTP_ADDR"),
    ] {
        assert!(finds(&text, grade, words), "{grade} {words}: {text}");
    }
}

#[test]
fn a_key_that_a_failed_start_left_empty_is_named_and_nothing_starts_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("secret.key"), "").unwrap();
    let (code, text) = check(directory.path(), &[]);
    assert_eq!(code, 78);
    assert!(finds(&text, "fault", "secret.key is too short"), "{text}");
    for command in [["serve", "--http-addr=127.0.0.1:0"], ["user", "list"]] {
        let Output { status, stderr, .. } = Command::new(env!("CARGO_BIN_EXE_ballast"))
            .args(command)
            .current_dir(directory.path())
            .env_clear()
            .env("DATA_DIR", &data)
            .env("TIME_ZONE", "UTC")
            .output()
            .unwrap();
        let said = String::from_utf8(stderr).unwrap();
        assert_eq!(status.code(), Some(78), "{said}");
        assert!(said.contains("secret.key is too short"), "{said}");
    }
}

#[test]
fn faults_of_settings_come_all_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let (code, text) = check(
        directory.path(),
        &[
            ("ENVIRONMENT", "production"),
            ("SECRET_KEY", &KEY[1..]),
            ("TURNSTILE_SITE_KEY", "0x4"),
            ("TRUSTED_PROXIES", "nginx"),
        ],
    );
    assert_eq!(code, 78);
    for name in [
        "SECRET_KEY",
        "TURNSTILE_SITE_KEY",
        "TRUSTED_PROXIES",
        "ALLOWED_HOSTS",
    ] {
        assert!(finds(&text, "fault", name), "{name}: {text}");
    }
    assert!(!text.contains(&KEY[1..]));
}

#[test]
fn what_others_can_open_is_named_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let key = data.join("secret.key");
    std::fs::write(&key, KEY).unwrap();
    let open =
        |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    open(&data, 0o755);
    open(&key, 0o644);
    let (code, text) = check(directory.path(), &[]);
    assert_eq!(code, 78);
    assert!(
        finds(&text, "warn", "chmod 700") && finds(&text, "fault", "chmod 600"),
        "{text}"
    );
    open(&data, 0o700);
    open(&key, 0o600);
    let (_, text) = check(directory.path(), &[]);
    assert!(finds(&text, "ok", "secret.key is its owner's only"), "{text}");
}

#[test]
fn what_a_command_writes_is_its_owners_only() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let made = Command::new(env!("CARGO_BIN_EXE_ballast"))
        .arg("migrate")
        .env_clear()
        .env("DATA_DIR", &data)
        .current_dir(directory.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut entries: Vec<_> = std::fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.push(data);
    for path in entries {
        let bits = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(bits & 0o077, 0, "{}: {bits:o}", path.display());
    }
}

#[test]
fn production_does_not_start_open() {
    let directory = tempfile::tempdir().unwrap();
    let far = "2099-01-01T00:00:00Z";
    for (settings, words) in [
        (&[("ENVIRONMENT", "production")][..], "ALLOWED_HOSTS"),
        (
            &[
                ("ENVIRONMENT", "production"),
                ("ALLOWED_HOSTS", "a.example.org"),
                ("AUTH_ENFORCED", "false"),
            ],
            "AUTH_ENFORCED_OFF_UNTIL",
        ),
        (
            &[
                ("ENVIRONMENT", "production"),
                ("ALLOWED_HOSTS", "a.example.org"),
                ("AUTH_ENFORCED", "false"),
                ("AUTH_ENFORCED_OFF_UNTIL", far),
            ],
            "72 hours",
        ),
        (
            &[
                ("ENVIRONMENT", "production"),
                ("ALLOWED_HOSTS", "a.example.org"),
                ("DEBUG", "true"),
            ],
            "DEBUG=true",
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_ballast"))
            .args(["serve", "--http-addr", "127.0.0.1:0"])
            .env_clear()
            .env("DATA_DIR", directory.path().join("data"))
            .envs(settings.iter().copied())
            .current_dir(directory.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(78), "{settings:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(words), "{settings:?}: {told}");
    }
}
