//! Where lines of the log lie until a thread of its own has written them, so that no request waits for whoever reads the log, and
//! what is said together is written together.
//!
//! A warning or an error is waited for, since the process may end right after it; but not for long, since whoever reads the log may
//! have stopped. Lines beyond a bound are dropped and counted, and the log says how many they were.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many bytes lie here at most.
const MOST: usize = 4 * 1_048_576;
/// For how long lines are gathered before they are written.
const GATHERED: Duration = Duration::from_millis(5);
/// For how long a line is waited for.
const PATIENCE: Duration = Duration::from_millis(250);

/// The desk. Cloning shares it.
#[derive(Clone, Default)]
pub struct Desk(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// There is something to be written, or it is to be written at once.
    came: Condvar,
    /// Something was written.
    written: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Vec<u8>,
    /// How many bytes were laid here, and how many of these were written.
    laid: u64,
    done: u64,
    /// How many lines were dropped since that was last told.
    lost: u64,
    /// Whether somebody waits until everything is written.
    urgent: bool,
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lays down a line.
    pub fn lay(&self, line: &[u8]) {
        let mut state = self.state();
        if state.waiting.len() + line.len() > MOST {
            state.lost += 1;
            return;
        }
        let was_empty = state.waiting.is_empty();
        state.waiting.extend_from_slice(line);
        state.laid += u64::try_from(line.len()).unwrap_or(0);
        drop(state);
        if was_empty {
            self.0.came.notify_one();
        }
    }

    /// Waits until everything that was laid down so far is written, within reason.
    pub fn settle(&self) {
        let mut state = self.state();
        let until = state.laid;
        state.urgent = true;
        self.0.came.notify_one();
        let patient = self
            .0
            .written
            .wait_timeout_while(state, PATIENCE, |state| state.done < until);
        // Whether or not it was written in time, whoever said it goes on.
        drop(patient);
    }

    /// Writes what is laid down to `paper`, for ever; says how many lines were lost, where some were.
    pub fn write_to(&self, mut paper: impl Write, say_lost: impl Fn(u64)) {
        let mut lines = Vec::new();
        loop {
            let lost = self.take(&mut lines);
            // A log that cannot be written stops nothing.
            let _ = paper.write_all(&lines);
            let _ = paper.flush();
            let mut state = self.state();
            state.done += u64::try_from(lines.len()).unwrap_or(0);
            drop(state);
            self.0.written.notify_all();
            lines.clear();
            if lost > 0 {
                say_lost(lost);
            }
        }
    }

    /// Takes what waits, in exchange for the empty `lines`, as soon as there is something; answers how many lines were lost.
    fn take(&self, lines: &mut Vec<u8>) -> u64 {
        let state = self.state();
        let waits = self
            .0
            .came
            .wait_while(state, |state| state.waiting.is_empty() && !state.urgent);
        let state = waits.unwrap_or_else(PoisonError::into_inner);
        let gathered = self
            .0
            .came
            .wait_timeout_while(state, GATHERED, |state| !state.urgent);
        let (mut state, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        state.urgent = false;
        std::mem::swap(&mut state.waiting, lines);
        std::mem::take(&mut state.lost)
    }
}

/// Writes one line: lays it on the desk, and waits for it where it is `urgent`.
pub struct Pencil {
    desk: Desk,
    urgent: bool,
}

impl Pencil {
    /// For a line of this level.
    pub fn new(desk: &Desk, level: tracing::Level) -> Self {
        Self {
            desk: desk.clone(),
            urgent: level <= tracing::Level::WARN,
        }
    }
}

impl Write for Pencil {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.desk.lay(line);
        if self.urgent {
            self.desk.settle();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Tells of each thing that is written, after it was let.
    struct Paper {
        may: mpsc::Receiver<()>,
        tell: mpsc::Sender<String>,
    }

    impl Write for Paper {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            if self.may.recv().is_err() {
                // The test is over.
                std::thread::park();
            }
            let _ = self.tell.send(String::from_utf8_lossy(text).into_owned());
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn desk() -> (Desk, mpsc::Sender<()>, mpsc::Receiver<String>) {
        let ((let_it, may), (tell, told)) = (mpsc::channel(), mpsc::channel());
        let desk = Desk::default();
        let own = desk.clone();
        let lost = tell.clone();
        let say_lost = move |lines| drop(lost.send(format!("lost {lines}")));
        std::thread::spawn(move || own.write_to(Paper { may, tell }, say_lost));
        (desk, let_it, told)
    }

    #[test]
    fn what_is_urgent_is_written_after_all_before_it_when_its_teller_goes_on() {
        let (desk, let_it, told) = desk();
        let_it.send(()).unwrap();
        Pencil::new(&desk, tracing::Level::INFO)
            .write_all(b"one\n")
            .unwrap();
        Pencil::new(&desk, tracing::Level::ERROR)
            .write_all(b"two\n")
            .unwrap();
        let_it.send(()).unwrap();
        let mut all = String::new();
        while all != "one\ntwo\n" {
            all += &told.recv().unwrap();
        }
    }

    #[test]
    fn a_reader_who_has_stopped_holds_nobody_up_and_is_told_what_was_lost() {
        let (desk, let_it, told) = desk();
        let line = [b'x'; 1_024];
        // Nothing may be written yet: one part is taken, the desk is filled, and the rest is dropped.
        let laid = 3 * MOST / line.len();
        for _ in 0..laid {
            desk.lay(&line);
        }
        desk.settle();
        let mut written = 0;
        let lost = loop {
            let_it.send(()).unwrap();
            let text = told.recv().unwrap();
            match text.strip_prefix("lost ") {
                Some(lost) => break lost.parse::<usize>().unwrap(),
                None => written += text.len() / line.len(),
            }
        };
        assert!(lost > 0 && written > 0);
        let left = desk.state().waiting.len() / line.len();
        assert_eq!(written + lost + left, laid);
    }
}
