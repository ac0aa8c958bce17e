//! What a task has written so far, in the words of its gestures, for whoever writes down what a request did.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Gesture;

tokio::task_local! {
    static CURRENT: Deeds;
}

/// What one task wrote for somebody, oldest first. What Ballast writes by itself meanwhile is none of it.
#[derive(Clone, Debug, Default)]
pub struct Deeds(Arc<Mutex<Vec<String>>>);

impl Deeds {
    /// Runs `work`, and notes what it writes.
    pub async fn scope<F: Future>(&self, work: F) -> F::Output {
        CURRENT.scope(self.clone(), work).await
    }

    /// The labels of the gestures that changed something.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A gesture of such a task, before it is known whether it changes anything.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    label: Arc<str>,
    wrote: Arc<AtomicBool>,
}

impl Deed {
    /// None where nobody asks what this task does, or nobody's account acts.
    pub fn of(gesture: &Gesture) -> Option<Self> {
        gesture.actor.account?;
        let deed = |_: &Deeds| Self {
            label: gesture.label.as_str().into(),
            wrote: Arc::default(),
        };
        CURRENT.try_with(deed).ok()
    }

    /// It changed a row, recorded or not.
    pub fn wrote(&self) {
        self.wrote.store(true, Ordering::Release);
    }

    /// It is durable.
    pub fn done(&self) {
        if self.wrote.load(Ordering::Acquire) {
            let note = |deeds: &Deeds| {
                let mut labels = deeds.0.lock().unwrap_or_else(PoisonError::into_inner);
                labels.push(self.label.to_string());
            };
            // The task that was asked about is the one that waited for this.
            let _ = CURRENT.try_with(note);
        }
    }
}
