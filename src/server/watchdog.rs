//! Notices that Ballast stands still, from a thread that nothing of it can hold up, and ends the process, so that whoever
//! started it starts it again. On some platforms a failed check of health takes a machine out of service and nobody restarts it.
//!
//! What counts is how often the watchdog itself has looked, and not what a clock says: a process that was stopped for a minute,
//! or a machine that slept, is not taken for one that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::db::Progress;

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);

/// What stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// No task is worked on.
    #[error("no request and no job is worked on any more: every thread of the runtime is held up")]
    Runtime,
    /// One transaction does not end.
    #[error("the writer does not come to the end of a transaction")]
    Writer,
    /// The thread that writes is gone.
    #[error("the thread that writes is gone")]
    WriterGone,
}

/// What the watchdog sees at a look.
#[derive(Clone, Copy, Debug)]
struct Seen {
    beats: u64,
    writer: Progress,
}

/// What it remembers between two looks.
struct Memory {
    patience: u32,
    last: Option<Seen>,
    runtime_still: u32,
    writer_still: u32,
}

impl Memory {
    /// Waits for so many looks.
    const fn new(patience: u32) -> Self {
        Self {
            patience,
            last: None,
            runtime_still: 0,
            writer_still: 0,
        }
    }

    fn look(&mut self, seen: Seen) -> Option<Stuck> {
        if let Some(last) = self.last {
            let still = seen.beats == last.beats;
            self.runtime_still = if still { self.runtime_still + 1 } else { 0 };
            let still = seen.writer.busy && last.writer.busy && seen.writer.begun == last.writer.begun;
            self.writer_still = if still { self.writer_still + 1 } else { 0 };
        }
        self.last = Some(seen);
        if !seen.writer.alive {
            Some(Stuck::WriterGone)
        } else if self.writer_still >= self.patience {
            Some(Stuck::Writer)
        } else if self.runtime_still >= self.patience {
            Some(Stuck::Runtime)
        } else {
            None
        }
    }
}

/// A watchdog at work. It rests when this is dropped.
pub struct Watchdog {
    rests: Arc<AtomicBool>,
    beating: tokio::task::JoinHandle<()>,
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.rests.store(true, Ordering::Release);
        self.beating.abort();
    }
}

/// Watches the runtime that this is called in, and the writer. When either stands still for `patience`, `end` is called once,
/// on the watchdog's thread; until then `well` is, at each look.
///
/// # Errors
/// Where the system gives no thread.
pub fn watch(
    patience: Duration,
    writer: impl Fn() -> Progress + Send + 'static,
    well: impl Fn() + Send + 'static,
    end: impl FnOnce(Stuck) + Send + 'static,
) -> std::io::Result<Watchdog> {
    watch_every(LOOK, patience, writer, well, end)
}

fn watch_every(
    look: Duration,
    patience: Duration,
    writer: impl Fn() -> Progress + Send + 'static,
    well: impl Fn() + Send + 'static,
    end: impl FnOnce(Stuck) + Send + 'static,
) -> std::io::Result<Watchdog> {
    let beats = Arc::new(AtomicU64::new(0));
    let rests = Arc::new(AtomicBool::new(false));
    let (heard, asked) = (Arc::clone(&beats), Arc::clone(&rests));
    let looks = patience.as_millis() / look.as_millis().max(1);
    let mut memory = Memory::new(u32::try_from(looks).unwrap_or(u32::MAX).max(1));
    std::thread::Builder::new()
        .name("watchdog".to_owned())
        .spawn(move || {
            loop {
                std::thread::sleep(look);
                if asked.load(Ordering::Acquire) {
                    return;
                }
                let seen = Seen {
                    beats: heard.load(Ordering::Acquire),
                    writer: writer(),
                };
                match memory.look(seen) {
                    // It may have been told to rest since it looked: a writer that was closed is gone, and well.
                    Some(_) if asked.load(Ordering::Acquire) => return,
                    Some(stuck) => return end(stuck),
                    None => well(),
                }
            }
        })?;
    let beating = tokio::spawn(async move {
        loop {
            beats.fetch_add(1, Ordering::AcqRel);
            tokio::time::sleep(look / 2).await;
        }
    });
    Ok(Watchdog { rests, beating })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::db::{Actor, Db, DbError, Gesture, Migrate};

    const WELL: Progress = Progress {
        alive: true,
        busy: false,
        begun: 7,
    };

    fn looks(each: impl Fn(u64) -> (u64, Progress)) -> Option<(u64, Stuck)> {
        let mut memory = Memory::new(3);
        (0..20).find_map(|at| {
            let (beats, writer) = each(at);
            memory.look(Seen { beats, writer }).map(|stuck| (at, stuck))
        })
    }

    #[test]
    fn what_goes_on_is_left_alone_and_what_stands_still_is_told_in_time() {
        let busy = |begun| Progress {
            busy: true,
            begun,
            ..WELL
        };
        let gone = Progress { alive: false, ..WELL };
        assert_eq!(looks(|at| (at, WELL)), None);
        assert_eq!(looks(|at| (at, busy(at))), None);
        assert_eq!(looks(|at| (at, busy(9))), Some((3, Stuck::Writer)));
        assert_eq!(looks(|_| (1, WELL)), Some((3, Stuck::Runtime)));
        assert_eq!(looks(|at| (at, gone)), Some((0, Stuck::WriterGone)));
        // Three looks in a row are meant, not three in all.
        assert_eq!(looks(|at| (at / 3, busy(at / 3))), None);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_transaction_that_does_not_end_is_noticed_while_the_runtime_goes_on() {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(directory.path(), Migrate::Auto).unwrap();
        let (told, stuck) = mpsc::channel();
        let look = Duration::from_millis(5);
        let own = db.clone();
        let watchdog = watch_every(
            look,
            look * 10,
            move || own.progress(),
            || {},
            move |stuck| told.send(stuck).unwrap(),
        )
        .unwrap();
        let (release, held) = mpsc::channel::<()>();
        let held = std::sync::Mutex::new(held);
        let gesture = Gesture {
            actor: Actor::program(),
            label: "stand still".to_owned(),
            at: 0,
        };
        let writing = tokio::spawn(async move {
            db.write(gesture, move |_| {
                // Until the test lets go.
                let _ = held.lock().unwrap().recv();
                Ok::<_, DbError>(())
            })
            .await
        });
        let noticed = tokio::task::spawn_blocking(move || stuck.recv_timeout(Duration::from_secs(30)));
        assert_eq!(noticed.await.unwrap(), Ok(Stuck::Writer));
        release.send(()).unwrap();
        writing.await.unwrap().unwrap();
        drop(watchdog);
    }

    #[test]
    fn a_runtime_whose_threads_are_all_held_up_is_noticed() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (told, stuck) = mpsc::channel();
        let (release, held) = mpsc::channel::<()>();
        let look = Duration::from_millis(5);
        let watchdog = {
            let _inside = runtime.enter();
            let end = move |stuck| told.send(stuck).unwrap();
            watch_every(look, look * 20, || WELL, || {}, end).unwrap()
        };
        runtime.spawn(async move {
            let _ = held.recv();
        });
        assert_eq!(stuck.recv_timeout(Duration::from_secs(30)), Ok(Stuck::Runtime));
        release.send(()).unwrap();
        drop(watchdog);
    }
}
