//! What administrators ask of backups and may take a while: it goes on though whoever asked is gone, and what came of it stays to
//! be read.

use std::time::Duration;

use super::Upkeep;
use crate::app::App;
use crate::backup::Fault;
use crate::error::AppError;
use crate::jobs;

/// For how long whoever asked waits for the end; from then on the page tells of it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// A backup of now.
    Make,
    /// Reading this one through.
    Check(String),
}

/// What was asked, and how it stands.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// What it is.
    pub(super) errand: Errand,
    /// Who asked for it.
    pub(super) by: String,
    /// When, in milliseconds.
    pub(super) at: i64,
    /// Why it came to nothing; none as long as it is under way.
    pub(super) failed: Option<String>,
}

/// How it stood when whoever asked went on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is done.
    Done,
    /// It came to nothing; the page says why.
    Failed,
    /// It goes on.
    UnderWay,
}

impl Upkeep {
    /// Takes it up, unless the same is under way.
    fn take_up(&self, asked: Asked) -> bool {
        let mut all = self.lock_errands();
        if all
            .iter()
            .any(|one| one.errand == asked.errand && one.failed.is_none())
        {
            return false;
        }
        all.retain(|one| one.errand != asked.errand);
        all.push(asked);
        true
    }

    /// It has ended: what is done is forgotten, what failed stays until it is asked for again.
    fn lay_down(&self, errand: &Errand, done: &Result<(), String>) {
        let mut all = self.lock_errands();
        match done {
            Ok(()) => all.retain(|one| one.errand != *errand),
            Err(why) => {
                for one in all.iter_mut().filter(|one| one.errand == *errand) {
                    one.failed = Some(why.clone());
                }
            }
        }
    }

    /// What is said of an archive that is thrown away interests nobody.
    pub(super) fn forget_checks_of(&self, name: &str) {
        self.lock_errands()
            .retain(|one| !matches!(&one.errand, Errand::Check(checked) if checked == name));
    }

    /// Everything that is under way, and what failed.
    pub(super) fn errands(&self) -> Vec<Asked> {
        self.lock_errands().clone()
    }
}

/// Does it on a thread of its own.
pub(super) async fn run(
    app: &App,
    asked: Asked,
    work: impl FnOnce() -> Result<(), Fault> + Send + 'static,
) -> Result<Outcome, AppError> {
    let errand = asked.errand.clone();
    if !app.upkeep.take_up(asked) {
        return Ok(Outcome::UnderWay);
    }
    jobs::tell(app);
    let own = app.clone();
    let task = tokio::spawn(async move {
        let done = match tokio::task::spawn_blocking(work).await {
            Ok(done) => done.map_err(|fault| fault.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(why) = &done {
            tracing::error!(?errand, why, "what was asked of a backup came to nothing");
        }
        own.upkeep.lay_down(&errand, &done);
        jobs::tell(&own);
        done.is_ok()
    });
    match tokio::time::timeout(PATIENCE, task).await {
        Ok(Ok(true)) => Ok(Outcome::Done),
        Ok(Ok(false)) => Ok(Outcome::Failed),
        Ok(Err(error)) => Err(AppError::Internal(error.to_string())),
        Err(_) => Ok(Outcome::UnderWay),
    }
}
