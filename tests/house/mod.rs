//! A whole Ballast on a free port, with a directory of its own and a clock that stands, and visitors who talk to it.

mod notice;
mod reading;
mod witness;

use std::sync::OnceLock;

use ballast::accounts::{self, Access, AccountDraft};
use ballast::app::App;
use ballast::clock::Clock;
use ballast::config::{Config, Sources};
use ballast::db::{Actor, Db, Gesture, Migrate};
use ballast::demo::{self, Size};
use ballast::error::AppError;
use ballast::{routes, server};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
pub use witness::Witness;

/// Wednesday, 18 November 2026, noon UTC.
pub const NOW: i64 = 1_795_003_200_000;
pub const PASSWORD: &str = "correct horse battery";

pub struct House {
    pub app: App,
    pub address: String,
    pub directory: TempDir,
    pub witness: Witness,
    stop: Option<oneshot::Sender<()>>,
}

/// Somebody with a browser: keeps a cookie and the key of their forms.
pub struct Guest {
    client: Client,
    address: String,
    pub cookie: Option<String>,
    pub form_key: String,
    witness: Witness,
}

impl House {
    pub async fn open() -> Self {
        Self::open_with(&[]).await
    }

    pub async fn open_with(settings: &[(&str, &str)]) -> Self {
        Self::open_in(tempfile::tempdir().unwrap(), settings).await
    }

    /// What stands on the disk now, in a directory of its own: for a command, which wants a database to itself.
    pub fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        for name in [Db::FILE.to_owned(), format!("{}-wal", Db::FILE)] {
            let file = self.directory.path().join(&name);
            if file.exists() {
                std::fs::copy(file, copy.path().join(name)).unwrap();
            }
        }
        copy
    }

    /// A Ballast with the invented team of forty.
    pub async fn of_forty() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(directory.path(), Migrate::Auto).unwrap();
        let clock = Clock::fixed(jiff::tz::TimeZone::UTC, NOW);
        demo::fill(&db, Size::Small, &clock).await.unwrap();
        drop(db);
        Self::open_in(directory, &[]).await
    }

    /// A Ballast over what is in `directory` already.
    #[expect(clippy::too_many_lines, reason = "a house is built in one go")]
    pub async fn open_in(directory: TempDir, settings: &[(&str, &str)]) -> Self {
        // All visitors of a test come from one address, and strangers are counted by theirs.
        let roomy = [
            ("RATE_LIMIT_API_PER_SECOND", "100000"),
            ("RATE_LIMIT_API_BURST", "100000"),
            ("RATE_LIMIT_GRAPHQL_BURST", "100000"),
            ("RATE_LIMIT_PAGE_PER_SECOND", "100000"),
            ("RATE_LIMIT_PAGE_BURST", "100000"),
        ];
        let mut given: Vec<(String, String)> = roomy
            .iter()
            .chain(settings)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        // Letters stay in memory, and guests come one after the other from one address, unless a test is about that.
        for (name, value) in [
            ("EMAIL_BACKEND", "capture"),
            ("SIGN_IN_METHODS", "password,code,passkey"),
            ("SIGN_IN_TRIES_PER_MINUTE", "10000"),
        ] {
            if !settings.iter().any(|(given, _)| *given == name) {
                given.push((name.to_owned(), value.to_owned()));
            }
        }
        given.push(("DATA_DIR".to_owned(), directory.path().display().to_string()));
        given.push(("TIME_ZONE".to_owned(), "UTC".to_owned()));
        let witness = Witness::begin();
        for (name, value) in settings {
            if ["SECRET", "PASSWORD"].iter().any(|word| name.contains(word)) {
                value.split(',').for_each(|value| witness.keep(value.trim()));
            }
        }
        let sources = Sources::read(directory.path(), std::iter::empty(), &given);
        let config = Config::from_sources(&sources).unwrap();
        let db = Db::open(directory.path(), Migrate::Auto).unwrap();
        let clock = Clock::fixed(config.time_zone.clone(), NOW);
        let app = App::start(config, db, clock, false).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let notice = axum::middleware::from_fn_with_state(witness.clone(), notice::notice);
        let router = axum::Router::new()
            .fallback_service(routes::front(app.clone()))
            .layer(notice);
        let proxies = app.config.edge.proxies.clone();
        tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            server::serve(
                vec![server::Door::plain(listener)],
                router,
                proxies,
                stopped,
                std::time::Duration::from_secs(1),
            )
            .await;
        });
        Self {
            app,
            address,
            directory,
            witness,
            stop: Some(stop),
        }
    }

    /// The link to the first account, as the command prints it.
    pub async fn setup_link(&self) -> Option<String> {
        let link = accounts::make_setup_link(&self.app).await.unwrap();
        if let Some((_, key)) = link.as_deref().and_then(|link| link.rsplit_once('/')) {
            self.witness.keep(key);
        }
        link
    }

    /// Nobody in particular.
    pub fn stranger(&self) -> Guest {
        self.stranger_at([127, 0, 0, 1])
    }

    /// Nobody in particular, at an address of their own.
    pub fn stranger_at(&self, address: [u8; 4]) -> Guest {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .local_address(std::net::IpAddr::from(address))
            .build()
            .unwrap();
        Guest {
            client,
            address: self.address.clone(),
            cookie: None,
            form_key: String::new(),
            witness: self.witness.clone(),
        }
    }

    /// Somebody signed in with this access.
    pub async fn guest(&self, access: Access) -> Guest {
        self.guest_called(access, access.as_str()).await
    }

    /// Somebody signed in with this access, under this name.
    pub async fn guest_called(&self, access: Access, name: &str) -> Guest {
        let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
        self.add_account(access, name, &email).await;
        let mut guest = self.stranger();
        // Administrators come in by their own door, so that they may do all that theirs do.
        let door = match access {
            Access::Admin => "/admin/login",
            Access::Viewer | Access::Member | Access::Manager => "/auth/login",
        };
        let answer = guest
            .form(door, &[("email", &email), ("password", PASSWORD)])
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "signing in");
        guest.keep_cookie(&answer);
        let page = guest.text("/accounts").await + &guest.text("/schedule").await;
        guest.form_key = between(&page, "<meta name=\"csrf\" content=\"", "\"").unwrap_or_default();
        guest
    }

    /// An account with [`PASSWORD`] that nobody is signed in to, unless there is one with this address.
    pub async fn add_account(&self, access: Access, name: &str, email: &str) {
        let draft = AccountDraft {
            email: email.to_owned(),
            name: name.to_owned(),
            access,
        };
        let hash = password_hash().await;
        let gesture = Gesture {
            actor: Actor::program(),
            label: "made an account".to_owned(),
            at: NOW,
        };
        self.app
            .db
            .write(gesture, move |tx| {
                if let Some(id) = accounts::make_account(tx, &draft)? {
                    accounts::set_password(tx, id, hash)?;
                }
                Ok::<_, AppError>(())
            })
            .await
            .unwrap();
    }

    pub async fn manager(&self) -> Guest {
        self.guest(Access::Manager).await
    }

    pub async fn admin(&self) -> Guest {
        self.guest(Access::Admin).await
    }
}

impl House {
    /// What came to be while the house was open, and may stand in no log: keys of its file, and of its letters.
    fn keep_what_was_made(&self) {
        let keys = std::fs::read_to_string(self.directory.path().join("secret.key")).unwrap_or_default();
        for key in keys.split_whitespace() {
            self.witness.keep(key);
        }
        for letter in self.app.mail.captured() {
            let words = letter
                .text
                .expose()
                .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
            let is_key =
                |word: &&str| word.len() >= 20 || word.len() == 6 && word.chars().all(|c| c.is_ascii_digit());
            for word in words.filter(is_key) {
                self.witness.keep(word);
            }
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        self.keep_what_was_made();
        if !std::thread::panicking() {
            let faults = self.witness.faults();
            assert!(faults.is_empty(), "{}", faults.join("\n"));
        }
    }
}

async fn password_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    if HASH.get().is_none() {
        let _ = HASH.set(accounts::hash_password(PASSWORD.to_owned()).await.unwrap());
    }
    HASH.get().unwrap()
}

impl Guest {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}{path}", self.address))
            .header("Sec-Fetch-Site", "same-origin");
        match &self.cookie {
            Some(cookie) => request.header("Cookie", cookie),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub async fn text(&self, path: &str) -> String {
        self.get(path).await.text().await.unwrap()
    }

    pub async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    /// Sends a form as a page would, with the session's key.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut all = fields.to_vec();
        all.push(("csrf", &self.form_key));
        for (name, value) in &all {
            // What is typed there is nobody else's to read, right or wrong.
            if ["password", "code", "csrf"]
                .iter()
                .any(|word| name.contains(word))
            {
                self.witness.keep(value);
            }
        }
        self.request(Method::POST, path).form(&all).send().await.unwrap()
    }

    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Response {
        self.request(method, path).json(body).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.send(Method::POST, path, body).await
    }

    pub fn keep_cookie(&mut self, answer: &Response) {
        let set = answer.headers().get("set-cookie").unwrap().to_str().unwrap();
        self.cookie = set.split(';').next().map(str::to_owned);
        if let Some((_, value)) = self.cookie.as_deref().and_then(|cookie| cookie.split_once('=')) {
            self.witness.keep(value);
        }
    }
}

/// What stands between two texts.
pub fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let rest = text.split_once(before)?.1;
    Some(rest.split_once(after)?.0.to_owned())
}

/// A small plan: two people, one project, an assignment each and an open place.
pub struct Seed {
    pub ada: i64,
    pub bo: i64,
    pub project: i64,
    pub adas: i64,
    pub bos: i64,
    pub open: i64,
}

impl House {
    /// Puts a small plan in. Bo starts on Wednesday, 2 December 2026.
    pub async fn seed(&self) -> Seed {
        use ballast::{people, plan, projects};
        let gesture = Gesture {
            actor: Actor::program(),
            label: "made a small plan".to_owned(),
            at: NOW,
        };
        let made = self.app.db.write(gesture, |tx| {
            let role = people::find_or_add_role(tx, "Engineer")?;
            let department = people::find_or_add_department(tx, "Electrical", None)?;
            let person = |name: &str| people::PersonDraft {
                name: name.to_owned(),
                department: Some(department),
                role: Some(role),
                active: true,
                ..people::PersonDraft::default()
            };
            let ada = people::add_person(tx, &person("Ada Osei"))?;
            let start = "2026-12-02".parse().ok();
            let bo = people::add_person(
                tx,
                &people::PersonDraft {
                    start,
                    ..person("Bo Lindqvist")
                },
            )?;
            let project = projects::add_project(
                tx,
                &projects::ProjectDraft {
                    name: "Harbour Substation".to_owned(),
                    code: "P-1".to_owned(),
                    client: projects::find_or_add_client(tx, "Nordlys")?,
                    status: ballast::units::ids::StatusId(2),
                    department: Some(department),
                    colour: ballast::units::Colour::default(),
                    start: None,
                    end: None,
                    budget: None,
                    notes: String::new(),
                },
            )?;
            Ok::<_, AppError>(Seed {
                ada: ada.0,
                bo: bo.0,
                project: project.0,
                adas: plan::add_assignment(tx, project, Some(ada), None, "")?.0,
                bos: plan::add_assignment(tx, project, Some(bo), None, "")?.0,
                open: plan::add_assignment(tx, project, None, Some(role), "")?.0,
            })
        });
        made.await.unwrap().value
    }
}
