//! What a task has written so far, in the words of its gestures, for whoever writes down what a request did.

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

    /// The label to note once a `gesture` of this task is durable; none where nobody asks or nobody's account acts.
    pub(super) fn label(gesture: &Gesture) -> Option<String> {
        gesture.actor.account?;
        CURRENT.try_with(|_| gesture.label.clone()).ok()
    }

    /// Notes it.
    pub(super) fn note(label: String) {
        // Nobody asks where there is no task that does.
        let _ = CURRENT.try_with(|deeds| {
            deeds.0.lock().unwrap_or_else(PoisonError::into_inner).push(label);
        });
    }
}
