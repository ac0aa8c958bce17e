//! How letters leave.

use std::net::SocketAddr;
use std::time::Duration;

use lettre::message::Mailbox;

use super::checker::Checker;
use super::table::Setting;
use crate::secret::Secret;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "EMAIL_BACKEND",
        "",
        "smtp, console (letters are printed, at a desk only) or capture (kept in memory, for tests). Blank is smtp where EMAIL_HOST is set, and no mail where it is not.",
    ),
    Setting::open(
        "MAIL_CAPTURE",
        "false",
        "At a desk: letters stay in memory and are shown as a page and as JSON, and a mail server takes those of other programs. Refused in production.",
    ),
    Setting::open(
        "MAIL_CAPTURE_HTTP",
        "127.0.0.1:8025",
        "Where the page is, on this machine only.",
    ),
    Setting::open(
        "MAIL_CAPTURE_SMTP",
        "127.0.0.1:1025",
        "Where that mail server is, on this machine only.",
    ),
    Setting::open(
        "EMAIL_HOST",
        "",
        "The server that takes letters, such as smtp.example.org.",
    ),
    Setting::open(
        "EMAIL_PORT",
        "",
        "Its port. Blank is 465 with EMAIL_USE_SSL, 587 with EMAIL_USE_TLS, else 25.",
    ),
    Setting::open(
        "EMAIL_HOST_USER",
        "",
        "As whom Ballast signs in to it. Blank does not.",
    ),
    Setting::secret("EMAIL_HOST_PASSWORD", "With which password."),
    Setting::open(
        "EMAIL_USE_TLS",
        "false",
        "Whether the connection begins in the clear and is encrypted before anything is said (STARTTLS). A server that cannot is refused.",
    ),
    Setting::open(
        "EMAIL_USE_SSL",
        "false",
        "Whether the connection is encrypted from its first byte. Not together with EMAIL_USE_TLS.",
    ),
    Setting::open(
        "DEFAULT_FROM_EMAIL",
        "",
        "Whose letters they are, such as Ballast <plan@example.org>. Blank takes EMAIL_HOST_USER, where that is an address.",
    ),
    Setting::open(
        "EMAIL_TIMEOUT",
        "10",
        "Seconds that one step with the server may take, from 1 to 120.",
    ),
];

/// By which way letters leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// None do.
    Nothing,
    /// To a server.
    Smtp,
    /// To the terminal.
    Console,
    /// Into memory.
    Capture,
}

/// How the connection to the server is kept from others' eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all.
    Open,
    /// Begun in the clear, then encrypted.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// How letters leave.
#[derive(Clone)]
pub struct Mail {
    /// By which way.
    pub backend: Backend,
    /// Where what is kept in memory is shown, and where other programs may hand in.
    pub window: Option<Window>,
    /// The server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// As whom, and with which password, Ballast signs in.
    pub login: Option<(String, Secret)>,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// Whose letters they are.
    pub from: Mailbox,
    /// What one step with the server may take.
    pub timeout: Duration,
}

/// Where letters at a desk are shown, and handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The page.
    pub http: SocketAddr,
    /// The mail server.
    pub smtp: SocketAddr,
}

/// Where `MAIL_CAPTURE` shows what it keeps.
fn window(check: &mut Checker<'_>) -> Option<Window> {
    let mut near = |name: &str, usual: u16| {
        let usual = SocketAddr::from(([127, 0, 0, 1], usual));
        let address = check.parsed(name, "an address and port of this machine", usual);
        if !address.ip().is_loopback() {
            check.fault(format!(
                "{name} must be an address of this machine only, such as {usual}"
            ));
        }
        address
    };
    let window = Window {
        http: near("MAIL_CAPTURE_HTTP", 8025),
        smtp: near("MAIL_CAPTURE_SMTP", 1025),
    };
    if !check.flag("MAIL_CAPTURE") {
        return None;
    }
    if check.production() {
        check.fault("MAIL_CAPTURE=true is refused with ENVIRONMENT=production");
    }
    if !matches!(check.sources.text("EMAIL_BACKEND"), "" | "capture") {
        check.fault(
            "MAIL_CAPTURE keeps letters in memory, and EMAIL_BACKEND sends them elsewhere; keep one of them",
        );
    }
    Some(window)
}

impl Mail {
    pub(super) fn read(check: &mut Checker<'_>) -> Self {
        let host = check.sources.text("EMAIL_HOST").to_owned();
        let window = window(check);
        let backend = if window.is_some() {
            Backend::Capture
        } else {
            backend(check, &host)
        };
        let encryption = match (check.flag("EMAIL_USE_TLS"), check.flag("EMAIL_USE_SSL")) {
            (true, true) => {
                check.fault("EMAIL_USE_TLS and EMAIL_USE_SSL are both true; keep one of them");
                Encryption::Implicit
            }
            (true, false) => Encryption::StartTls,
            (false, true) => Encryption::Implicit,
            (false, false) => Encryption::Open,
        };
        let user = check.text("EMAIL_HOST_USER");
        let password = check.secret("EMAIL_HOST_PASSWORD");
        let from = from(check, backend, user.as_deref());
        if password.is_some() && encryption == Encryption::Open && !is_near(&host) {
            check.fault(
                "EMAIL_HOST_PASSWORD would be readable on its way: set EMAIL_USE_TLS or EMAIL_USE_SSL",
            );
        }
        Self {
            backend,
            window,
            port: port(check, encryption),
            host,
            login: user.map(|user| (user, password.unwrap_or_default())),
            encryption,
            from,
            timeout: check.seconds("EMAIL_TIMEOUT", 1, 120),
        }
    }
}

fn backend(check: &mut Checker<'_>, host: &str) -> Backend {
    let usual = if host.is_empty() {
        Backend::Nothing
    } else {
        Backend::Smtp
    };
    let backend = check.one_of(
        "EMAIL_BACKEND",
        &[
            ("", usual),
            ("smtp", Backend::Smtp),
            ("console", Backend::Console),
            ("capture", Backend::Capture),
        ],
    );
    let at_a_desk = matches!(backend, Backend::Console | Backend::Capture);
    if at_a_desk
        && check
            .sources
            .text("ENVIRONMENT")
            .eq_ignore_ascii_case("production")
    {
        check.fault("EMAIL_BACKEND must be smtp or blank with ENVIRONMENT=production");
    }
    if backend == Backend::Smtp && host.is_empty() {
        check.fault("EMAIL_HOST must name the server, or EMAIL_BACKEND must not be smtp");
    }
    backend
}

fn port(check: &mut Checker<'_>, encryption: Encryption) -> u16 {
    if check.sources.text("EMAIL_PORT").is_empty() {
        return match encryption {
            Encryption::Open => 25,
            Encryption::StartTls => 587,
            Encryption::Implicit => 465,
        };
    }
    u16::try_from(check.number("EMAIL_PORT", 1, 65_535)).unwrap_or(25)
}

/// Whose letters they are. Only where letters go to a server must somebody say so.
fn from(check: &mut Checker<'_>, backend: Backend, user: Option<&str>) -> Mailbox {
    let given = check.text("DEFAULT_FROM_EMAIL");
    let user = user.filter(|user| user.contains('@'));
    let text = match (given.as_deref(), user) {
        (Some(given), _) => given.to_owned(),
        (None, Some(user)) => format!("Ballast <{user}>"),
        (None, None) => {
            if backend == Backend::Smtp {
                check.fault("DEFAULT_FROM_EMAIL must say whose letters they are, such as plan@example.org");
            }
            String::new()
        }
    };
    let read: Option<Mailbox> = text.parse().ok();
    if read.is_none() && !text.is_empty() {
        check.fault("DEFAULT_FROM_EMAIL must be an address, such as Ballast <plan@example.org>");
    }
    read.unwrap_or_else(nobody)
}

fn nobody() -> Mailbox {
    Mailbox::new(
        Some("Ballast".to_owned()),
        lettre::Address::new_dangerous("ballast", "localhost"),
    )
}

/// Whether a server is on this machine, so that nobody reads along.
fn is_near(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
