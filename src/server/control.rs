//! The control socket: a file in the directory of the data through which the commands of this machine talk to the running
//! server, so that nobody needs to stop it. Only its owner and root reach it; it is no part of what is served to others.

use std::convert::Infallible;
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use axum::Router;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{UnixListener, UnixStream};
use tower::ServiceExt as _;

use super::{HEAD_WITHIN, PAUSE};

/// The name of the socket in the directory of the data.
pub const SOCKET: &str = "control.sock";

/// An open control socket. Its file goes with it.
pub struct Control {
    listener: UnixListener,
    path: PathBuf,
    owner: u32,
}

impl Control {
    /// Opens the socket in `directory`, which this process has to itself.
    ///
    /// # Errors
    /// Where the file cannot be made, or its path is longer than the system takes (about 100 characters).
    pub fn open(directory: &Path) -> io::Result<Self> {
        let path = directory.join(SOCKET);
        // One that a server left behind which was killed. Anything else of that name is left alone, and told of below.
        if std::fs::symlink_metadata(&path).is_ok_and(|file| file.file_type().is_socket()) {
            std::fs::remove_file(&path)?;
        }
        // It is made where nobody else may look, and moved when only its owner may use it.
        let hidden = tempdir_in(directory)?;
        let made = UnixListener::bind(hidden.join(SOCKET)).and_then(|listener| {
            std::fs::set_permissions(hidden.join(SOCKET), std::fs::Permissions::from_mode(0o600))?;
            std::fs::rename(hidden.join(SOCKET), &path)?;
            Ok(listener)
        });
        std::fs::remove_dir_all(&hidden)?;
        let listener = made?;
        let owner = std::fs::symlink_metadata(&path)?.uid();
        Ok(Self {
            listener,
            path,
            owner,
        })
    }

    /// Answers commands with `router` for as long as it is polled.
    pub async fn serve(self, router: Router) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) if self.knows(&stream) => {
                    tokio::spawn(answer(stream, router.clone()));
                }
                Ok(_) => tracing::warn!("somebody else than the owner knocked at the control socket"),
                Err(error) => {
                    tracing::warn!(%error, "a command could not be heard");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Whether the other end is run by the owner of the socket, or by root.
    fn knows(&self, stream: &UnixStream) -> bool {
        stream
            .peer_cred()
            .is_ok_and(|peer| peer.uid() == self.owner || peer.uid() == 0)
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // The next server removes it where this one could not.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A directory inside of `directory` that only its owner opens.
fn tempdir_in(directory: &Path) -> io::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt as _;
    let path = directory.join(".control");
    if std::fs::symlink_metadata(&path).is_ok() {
        std::fs::remove_dir_all(&path)?;
    }
    std::fs::DirBuilder::new().mode(0o700).create(&path)?;
    Ok(path)
}

async fn answer(stream: UnixStream, router: Router) {
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let answer = router.oneshot(request.map(axum::body::Body::new)).await;
            Ok::<_, Infallible>(answer.unwrap_or_else(|never| match never {}))
        }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a command broke off");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_owner_may_reach_the_socket_and_it_goes_with_the_server() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(SOCKET);
        let control = Control::open(directory.path()).unwrap();
        let mode = std::fs::symlink_metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let stream = UnixStream::connect(&path).await.unwrap();
        assert!(control.knows(&stream));
        drop(control);
        assert!(!path.exists());
        assert!(!directory.path().join(".control").exists());
    }

    #[tokio::test]
    async fn what_a_killed_server_left_behind_is_replaced_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(SOCKET);
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        drop(Control::open(directory.path()).unwrap());
        std::fs::create_dir(&path).unwrap();
        assert!(Control::open(directory.path()).is_err());
        assert!(path.is_dir());
    }
}
