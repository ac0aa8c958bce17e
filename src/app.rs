//! What every handler is given, and how the parts are wired together.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use crate::accounts::Visitor;
use crate::accounts::oidc::Oidc;
use crate::book::Book;
use crate::cache::Answers;
use crate::clock::Clock;
use crate::config::Config;
use crate::crash::Crashes;
use crate::db::{Committed, Db, DbError, Gesture, Tx};
use crate::egress::Egress;
use crate::error::AppError;
use crate::exchange::Uploads;
use crate::feed::{Event, Feed};
use crate::files::Arrivals;
use crate::jobs::Jobs;
use crate::keys::Keys;
use crate::mail::Mailer;
use crate::metrics::Metrics;
use crate::poker::{ForecastGate, Tables};
use crate::tls::Tls;
use crate::units::ids::ChangeSetId;
use crate::web::edge::Limiter;
use crate::web::health::{Ending, Readiness};
use crate::{accounts, people, plan};

/// What rooms right of the plan offer to its search.
static SEARCHED: [plan::search::Source; 1] = [plan::search::Source {
    kind: plan::search::Kind::Poker,
    find: crate::poker::find,
}];

/// A running Ballast. Cloning shares it, at the cost of one counter: each request holds one.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The parts of a running Ballast. Cloning shares each of them.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Who is told that something changed.
    pub feed: Feed,
    /// Finished answers.
    pub answers: Answers,
    /// Sessions that were looked up lately.
    pub sessions: accounts::Sessions,
    /// Files between their preview and their import.
    pub uploads: Uploads,
    /// Files on their way in.
    pub arrivals: Arrivals,
    /// Passkeys that have been asked for and not yet shown.
    pub ceremonies: accounts::Ceremonies,
    /// What time it is.
    pub clock: Clock,
    /// The door to other servers.
    pub egress: Egress,
    /// Identity providers, and the sign-ins through them that are under way.
    pub oidc: Oidc,
    /// What Ballast signs and seals with.
    pub keys: Keys,
    /// Who has to wait before they try to sign in again.
    pub throttle: accounts::Throttle,
    /// Where letters are handed in.
    pub mail: Mailer,
    /// Who asked how often.
    pub limiter: Limiter,
    /// The answers of Turnstile that were used already.
    pub turnstile: accounts::turnstile::Used,
    /// Work in the background.
    pub jobs: Jobs,
    /// Whether the house is open, and whether a backup is being restored.
    pub upkeep: crate::upkeep::Upkeep,
    /// Rooms of planning poker, as they stand.
    pub poker: Tables,
    /// Where forecasts from votes wait until they are made.
    pub forecasts: ForecastGate,
    /// What the search looks through besides the plan.
    pub searched: &'static [plan::search::Source],
    /// What is counted for monitors.
    pub metrics: Metrics,
    /// Where faults of ours are handed in.
    pub crash: Crashes,
    /// What was last found out of whether Ballast works.
    pub readiness: Readiness,
    /// What encrypts connections, where that is done here. Set before anything is served.
    pub tls: Option<Arc<Tls>>,
    /// Whether this server is about to end.
    pub ending: Ending,
    /// The settings.
    pub config: Arc<Config>,
    /// Filled with an invented plan, with a one-click sign-in on loopback.
    pub demo: bool,
    book: Arc<RwLock<Arc<Book>>>,
}

impl App {
    /// Loads the book and wires what follows each commit: the book first, then the feed.
    ///
    /// # Errors
    /// Whatever reading the plan answers.
    pub async fn start(config: Config, db: Db, clock: Clock, demo: bool) -> Result<Self, AppError> {
        let week_start = config.week_starts_on;
        let keys = Keys::load(&config.secrets, &config.data_dir)
            .map_err(|error| AppError::Internal(format!("the file of keys: {error}")))?;
        let mail = Mailer::start(&config.mail, &config.extra_ca).map_err(AppError::Internal)?;
        let egress = Egress::new(&config).map_err(AppError::Internal)?;
        let loaded = db
            .read(move |tx| Ok::<_, AppError>(plan::load_book(tx, week_start)?))
            .await?;
        let closed = db.read(crate::upkeep::closed).await?;
        let feed = Feed::starting_at(loaded.revision);
        let book = Arc::new(RwLock::new(Arc::new(loaded)));
        let poker = Tables::new(clock.clone());
        let crash = Crashes::new(clock.clone(), accounts::addresses_of_administrators);
        let parts = Parts {
            feed,
            answers: Answers::new(config.aggregate_cache_ttl),
            sessions: accounts::Sessions::default(),
            uploads: Uploads::default(),
            arrivals: Arrivals::default(),
            ceremonies: accounts::Ceremonies::default(),
            clock,
            egress,
            oidc: Oidc::new(&config),
            keys,
            mail,
            throttle: accounts::Throttle::new(&config.sign_in, &config.waits),
            limiter: Limiter::new(config.limits),
            turnstile: accounts::turnstile::Used::default(),
            jobs: Jobs::new(&crate::work::TABLE),
            upkeep: crate::upkeep::Upkeep::new(closed),
            poker,
            forecasts: ForecastGate::default(),
            searched: &SEARCHED,
            metrics: Metrics::default(),
            crash,
            readiness: Readiness::default(),
            tls: None,
            ending: Ending::default(),
            config: Arc::new(config),
            demo,
            book: Arc::clone(&book),
            db,
        };
        let app = Self(Arc::new(parts));
        app.db.tell_slow(app.config.watch.slow_query);
        app.db.before_commit(Box::new(plan::warden::judge));
        let feed = app.feed.clone();
        app.db.after_commit(Box::new(
            move |tx: &Tx<'_>, commits: &[Committed]| -> Result<(), DbError> {
                let before = Arc::clone(&book.read().unwrap_or_else(PoisonError::into_inner));
                let after = Arc::new(plan::next_book(&before, tx, commits, week_start)?);
                *book.write().unwrap_or_else(PoisonError::into_inner) = after;
                publish(&feed, commits);
                Ok(())
            },
        ));
        Ok(app)
    }

    /// The same parts under other settings: of those that may be changed while they are used.
    #[must_use]
    pub fn under(&self, config: Config) -> Self {
        let limiter = if config.limits == self.config.limits {
            self.limiter.clone()
        } else {
            Limiter::new(config.limits)
        };
        self.with(|parts| {
            parts.limiter = limiter;
            parts.config = Arc::new(config);
        })
    }

    /// The same parts but for those that `change` replaces.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = Parts::clone(&self.0);
        change(&mut parts);
        Self(Arc::new(parts))
    }

    /// Those of these gestures that the visitor may take back, for the histories of rooms that do not know the plan's.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn offered_undos(
        &self,
        visitor: &Visitor,
        lines: &[people::HistoryLine],
    ) -> Result<HashSet<ChangeSetId>, AppError> {
        let standing = lines.iter().filter(|line| !line.taken_back);
        plan::offered_undos(self, visitor, standing.map(|line| line.change_set).collect()).await
    }

    /// The plan as of the newest commit.
    #[must_use]
    pub fn book(&self) -> Arc<Book> {
        Arc::clone(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// An act of `visitor`, begun now.
    #[must_use]
    pub fn gesture(&self, visitor: &accounts::Visitor, label: &str) -> Gesture {
        Gesture {
            actor: visitor.actor(),
            label: label.to_owned(),
            at: self.clock.now(),
        }
    }

    /// An act of Ballast itself, begun now.
    #[must_use]
    pub fn own_gesture(&self, label: &str) -> Gesture {
        Gesture {
            actor: crate::db::Actor::program(),
            label: label.to_owned(),
            at: self.clock.now(),
        }
    }
}

/// Tells each commit's topics once. All of a commit is told in one call.
fn publish(feed: &Feed, commits: &[Committed]) {
    let mut told: Vec<Event> = Vec::new();
    for commit in commits {
        for change in &commit.changes {
            let event = Event {
                revision: commit.change_set.0,
                topic: change.entity.topic,
            };
            if !told.contains(&event) {
                told.push(event);
            }
        }
    }
    feed.publish(&told);
}
