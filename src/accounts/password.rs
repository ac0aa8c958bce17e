//! Passwords: argon2id, off the threads that serve requests.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, LazyLock, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};

use tokio::sync::oneshot;

use crate::error::AppError;
use crate::secret::Secret;

type Job = Box<dyn FnOnce() + Send>;

/// How many hashes of strangers may wait before the next visitor is asked to come again.
const WAITING: usize = 256;
/// And how many of those who come from a browser that is known, who wait for no stranger.
const KNOWN_WAITING: usize = 64;
/// No hash takes more memory than this, in KiB.
const MOST_MEMORY: u32 = 65_536;
/// Nor more passes.
const MOST_PASSES: u32 = 16;

/// Who wants a password worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Somebody in a browser that is known, or signed in: strangers who fill their line from many places do not keep them out.
    Known,
    /// Anybody else.
    Strangers,
}

/// What waits.
#[derive(Default)]
struct Waiting {
    known: VecDeque<Job>,
    strangers: VecDeque<Job>,
}

impl Waiting {
    /// Takes a place at the end of a line, where there is one.
    fn join(&mut self, line: Line, job: Job) -> Result<(), AppError> {
        let (line, most) = match line {
            Line::Known => (&mut self.known, KNOWN_WAITING),
            Line::Strangers => (&mut self.strangers, WAITING),
        };
        if line.len() >= most {
            return Err(AppError::Busy);
        }
        line.push_back(job);
        Ok(())
    }

    fn next(&mut self) -> Option<Job> {
        self.known.pop_front().or_else(|| self.strangers.pop_front())
    }
}

/// What waits, and the bell that says that something does.
#[derive(Default)]
struct Workshop {
    waiting: Mutex<Waiting>,
    bell: Condvar,
}

/// Half of the cores work on passwords and the others on pages, so that a storm of sign-ins takes a known share of both the
/// machine's time and its memory, whatever its size.
static WORKSHOP: LazyLock<Option<Arc<Workshop>>> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workshop = Arc::<Workshop>::default();
    let started = (0..(cores / 2).clamp(1, 4)).filter(|_| {
        let workshop = Arc::clone(&workshop);
        let worker = std::thread::Builder::new().name("passwords".to_owned());
        worker.spawn(move || work_through(&workshop)).is_ok()
    });
    (started.count() > 0).then_some(workshop)
});

/// What one hash is made with now, first, and then what others that are kept were made with. Every try does the work of all of
/// them, whosever it is, so that its time tells nothing; as a rule there is one, and two after a move to another machine.
static STRENGTHS: RwLock<Vec<Strength>> = RwLock::new(Vec::new());
/// So many there are at most.
const MOST_STRENGTHS: usize = 6;

fn work_through(workshop: &Workshop) {
    let mut waiting = workshop.waiting.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some(job) = waiting.next() {
            drop(waiting);
            job();
            waiting = workshop.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        } else {
            waiting = workshop
                .bell
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// How much work one hash is. Its time grows with memory times passes, on any machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Strength {
    /// In KiB.
    memory: u32,
    passes: u32,
}

impl Strength {
    /// 19 MiB, two passes: the OWASP choice for argon2id.
    const LEAST: Self = Self {
        memory: 19_456,
        passes: 2,
    };

    /// All that a try does the work of, that of now first.
    fn all() -> Vec<Self> {
        let all = STRENGTHS.read().unwrap_or_else(PoisonError::into_inner);
        if all.is_empty() {
            vec![Self::LEAST]
        } else {
            all.clone()
        }
    }

    fn now() -> Self {
        Self::all().first().copied().unwrap_or(Self::LEAST)
    }

    /// Makes hashes like this from now on. Those that are kept besides are still worked on.
    fn become_usual(self) {
        let mut all = STRENGTHS.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| *one != self);
        all.insert(0, self);
        all.truncate(MOST_STRENGTHS);
    }

    /// Works on this one too: somebody has a hash like it.
    fn join(self) {
        let mut all = STRENGTHS.write().unwrap_or_else(PoisonError::into_inner);
        if all.is_empty() {
            all.push(Self::LEAST);
        }
        if !all.contains(&self) && all.len() < MOST_STRENGTHS {
            all.push(self);
        }
    }

    const fn work(self) -> u64 {
        self.memory as u64 * self.passes as u64
    }

    /// That of a hash, as it says itself.
    fn of(hash: &PasswordHash) -> Option<Self> {
        let params = Params::try_from(hash).ok()?;
        Some(Self {
            memory: params.m_cost(),
            passes: params.t_cost(),
        })
    }

    /// The strength of about this much work: more memory first, which costs an attacker most, then more passes.
    fn of_work(work: u64, most_memory: u32) -> Self {
        let most_memory = most_memory.clamp(Self::LEAST.memory, MOST_MEMORY);
        let memory = u32::try_from(work / u64::from(Self::LEAST.passes)).unwrap_or(u32::MAX);
        // Whole MiB, so that two starts of one machine choose the same.
        let memory = (memory / 1_024 * 1_024).clamp(Self::LEAST.memory, most_memory);
        let passes = u32::try_from(work / u64::from(memory)).unwrap_or(MOST_PASSES);
        Self {
            memory,
            passes: passes.clamp(Self::LEAST.passes, MOST_PASSES),
        }
    }

    fn argon(self) -> Result<Argon2<'static>, AppError> {
        let params = Params::new(self.memory, self.passes, 1, None).map_err(internal)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// Does the work and keeps nothing of it.
    fn spend(self, password: &[u8]) -> Result<(), AppError> {
        let mut out = [0_u8; 32];
        self.argon()?
            .hash_password_into(password, b"the salt of nobody", &mut out)
            .map_err(internal)
    }

    fn measured(self) -> Result<Duration, AppError> {
        let mut best = Duration::MAX;
        for _ in 0..2 {
            let begun = Instant::now();
            self.spend(b"a password of usual length")?;
            best = best.min(begun.elapsed());
        }
        Ok(best)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn internal(error: impl ToString) -> AppError {
    AppError::Internal(error.to_string())
}

/// Raises what one password costs until it takes `target` on this machine, unless what the strongest hash that is kept was made
/// with is about as much: a start that measures a little more or less is no reason to make all hashes anew.
///
/// * `kept`: the hashes that are kept.
///
/// # Errors
/// `Internal` where the work could not be done.
pub async fn raise_strength(target: Duration, kept: Vec<String>) -> Result<String, AppError> {
    let mut kept: Vec<Strength> = kept
        .iter()
        .filter_map(|hash| Strength::of(&PasswordHash::new(hash).ok()?))
        .filter(|kept| kept.memory <= MOST_MEMORY && kept.passes <= MOST_PASSES)
        .collect();
    kept.sort_by_key(|kept| kept.work());
    kept.dedup();
    for kept in &kept {
        kept.become_usual();
    }
    let strongest = kept.last().copied();
    let measured = off_thread(Line::Known, move || {
        let most = (memory_of_machine() / 16).min(MOST_MEMORY);
        let mut chosen = Strength::LEAST;
        // Large blocks of memory are slower than small ones, so the first guess is corrected once.
        for _ in 0..2 {
            let took = chosen.measured()?.as_micros().max(1);
            let work = u128::from(chosen.work()) * target.as_micros() / took;
            chosen = Strength::of_work(u64::try_from(work).unwrap_or(u64::MAX), most);
        }
        Ok(chosen)
    })
    .await?;
    let about_as_much =
        |kept: &Strength| kept.work() >= (measured.work() / 4 * 3).max(Strength::LEAST.work());
    let chosen = strongest.filter(about_as_much).unwrap_or(measured);
    chosen.become_usual();
    let Strength { memory, passes } = chosen;
    Ok(format!("argon2id, {memory} KiB, {passes} passes"))
}

/// What this process may use, in KiB: of the machine or of its container, whichever is less.
fn memory_of_machine() -> u32 {
    let machine = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    });
    let container = std::fs::read_to_string("/sys/fs/cgroup/memory.max")
        .ok()
        .and_then(|text| Some(text.trim().parse::<u64>().ok()? / 1_024));
    let least = machine.into_iter().chain(container).min();
    least.map_or(u32::MAX, |kib| u32::try_from(kib).unwrap_or(u32::MAX))
}

/// The hash of a password, in PHC form.
///
/// # Errors
/// `Internal` where the machine gives no randomness.
pub async fn hash_password(password: String) -> Result<String, AppError> {
    let password = Secret::from(password);
    // Whoever gives an account a new one has shown more than an address: a link that is good, or a session.
    off_thread(Line::Known, move || {
        let hash = Strength::now()
            .argon()?
            .hash_password(password.expose().as_bytes());
        hash.map(|hash| hash.to_string()).map_err(internal)
    })
    .await
}

/// What was found out about a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Whether it is the one.
    pub right: bool,
    /// Whether its hash is weaker than those that are made now.
    pub weak: bool,
}

/// Whether `password` is the one behind `hash`. The work is the same for a hash of today, for one from before the work was
/// raised, and where there is none.
///
/// # Errors
/// `Internal` where the work could not be done.
pub async fn judge_password(
    line: Line,
    password: Secret,
    hash: Option<String>,
) -> Result<Judgement, AppError> {
    off_thread(line, move || judge(&password, hash.as_deref())).await
}

fn judge(password: &Secret, hash: Option<&str>) -> Result<Judgement, AppError> {
    let password = password.expose().as_bytes();
    let kept = match hash {
        Some(hash) => Some(PasswordHash::new(hash).map_err(internal)?),
        None => None,
    };
    let own = kept.as_ref().and_then(Strength::of);
    if let Some(own) = own {
        own.join();
    }
    let mut all = Strength::all();
    all.extend(own.filter(|own| !all.contains(own)));
    let mut right = false;
    for strength in all {
        match kept.as_ref().filter(|_| own == Some(strength)) {
            Some(kept) => right = strength.argon()?.verify_password(password, kept).is_ok(),
            None => strength.spend(password)?,
        }
    }
    Ok(Judgement {
        right,
        weak: own.is_some_and(|own| own.work() < Strength::now().work()),
    })
}

async fn off_thread<T: Send + 'static>(
    line: Line,
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let (reply, answer) = oneshot::channel();
    let job: Job = Box::new(move || {
        // Who has hung up needs no answer.
        if !reply.is_closed() {
            let _ = reply.send(work());
        }
    });
    let workshop = WORKSHOP.as_ref().ok_or(AppError::Busy)?;
    workshop
        .waiting
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .join(line, job)?;
    workshop.bell.notify_one();
    answer.await.map_err(|_| AppError::Busy)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let hash = hash_password("correct horse battery".to_owned()).await.unwrap();
        for (typed, right) in [("correct horse battery", true), ("correct horse", false)] {
            let judged =
                judge_password(Line::Known, Secret::from(typed.to_owned()), Some(hash.clone())).await;
            assert_eq!(judged.unwrap(), Judgement { right, weak: false }, "{typed}");
        }
    }

    #[test]
    fn strangers_fill_their_own_line_only_and_are_worked_on_after_the_known() {
        let mut waiting = Waiting::default();
        let (told, heard) = std::sync::mpsc::channel();
        let job = |name: &'static str| -> Job {
            let told = told.clone();
            Box::new(move || told.send(name).unwrap())
        };
        for _ in 0..WAITING {
            assert!(waiting.join(Line::Strangers, job("stranger")).is_ok());
        }
        assert!(waiting.join(Line::Strangers, job("stranger")).is_err());
        assert!(waiting.join(Line::Known, job("known")).is_ok());
        for expected in ["known", "stranger"] {
            waiting.next().unwrap()();
            assert_eq!(heard.recv().unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn nobody_has_no_password_at_all() {
        let judged = judge_password(Line::Known, Secret::from("anything".to_owned()), None).await;
        assert!(!judged.unwrap().right);
    }

    #[test]
    fn work_grows_by_memory_and_then_by_passes_and_never_below_the_least() {
        let strength = |memory, passes| Strength { memory, passes };
        for (work, most, expected) in [
            (0, MOST_MEMORY, Strength::LEAST),
            (2 * 40_000, MOST_MEMORY, strength(39_936, 2)),
            (2 * 65_536, MOST_MEMORY, strength(65_536, 2)),
            (5 * 65_536, MOST_MEMORY, strength(65_536, 5)),
            (5 * 65_536, 1_000, strength(19_456, 16)),
            (u64::MAX, u32::MAX, strength(65_536, 16)),
        ] {
            assert_eq!(Strength::of_work(work, most), expected, "{work} {most}");
        }
    }

    #[test]
    fn a_hash_from_before_is_recognised_and_called_weak() {
        let weaker = Strength {
            memory: 8_192,
            passes: 2,
        };
        let hash = weaker
            .argon()
            .unwrap()
            .hash_password(b"correct horse battery")
            .unwrap();
        let judged = judge(
            &Secret::from("correct horse battery".to_owned()),
            Some(&hash.to_string()),
        );
        assert_eq!(
            judged.unwrap(),
            Judgement {
                right: true,
                weak: true
            }
        );
    }
}
