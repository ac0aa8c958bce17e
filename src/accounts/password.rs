//! Passwords: argon2id, off the threads that serve requests.

use std::sync::LazyLock;
use std::sync::mpsc::{SyncSender, sync_channel};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};

use tokio::sync::oneshot;

use crate::error::AppError;

type Job = Box<dyn FnOnce() + Send>;

/// How many hashes may wait before the next visitor is asked to come again.
const WAITING: usize = 32;

/// One thread does all of them, so that a storm of sign-ins takes 19 MiB and one core, whatever its size.
static WORKER: LazyLock<Option<SyncSender<Job>>> = LazyLock::new(|| {
    let (queue, jobs) = sync_channel::<Job>(WAITING);
    let worker = std::thread::Builder::new().name("passwords".to_owned());
    worker
        .spawn(move || jobs.into_iter().for_each(|job| job()))
        .ok()
        .map(|_| queue)
});

/// Verified where the account does not exist, so that both answers take the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZS1maXhlZC1zYWx0$ojNoIyZr4tCe1rUQdKVuNVnZrOWmnlPO2gc1ZbvSJMc";

/// 19 MiB, two passes: the OWASP choice for argon2id.
fn argon() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password, in PHC form.
///
/// # Errors
/// `Internal` where the machine gives no randomness.
pub async fn hash_password(password: String) -> Result<String, AppError> {
    off_thread(move || {
        let hash = argon()?.hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string())
            .map_err(|error| AppError::Internal(error.to_string()))
    })
    .await
}

/// Whether `password` is the one behind `hash`. Without a hash the same work is done, and the answer is no.
///
/// # Errors
/// `Internal` where the work could not be done.
pub async fn check_password(password: String, hash: Option<String>) -> Result<bool, AppError> {
    off_thread(move || {
        let known = hash.is_some();
        let text = hash.unwrap_or_else(|| NOBODY.to_owned());
        let parsed = PasswordHash::new(&text).map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(argon()?.verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let (reply, answer) = oneshot::channel();
    let job: Job = Box::new(move || {
        // Who has hung up needs no answer.
        if !reply.is_closed() {
            let _ = reply.send(work());
        }
    });
    let queue = WORKER.as_ref().ok_or(AppError::Busy)?;
    queue.try_send(job).map_err(|_| AppError::Busy)?;
    answer.await.map_err(|_| AppError::Busy)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let hash = hash_password("correct horse battery".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(
            check_password("correct horse battery".to_owned(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !check_password("correct horse".to_owned(), Some(hash))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn nobody_has_no_password_at_all() {
        assert!(!check_password("anything".to_owned(), None).await.unwrap());
    }
}
