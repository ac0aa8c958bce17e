//! Where the server listens: addresses, files, and what it was handed.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdTcp};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener as StdUnix, UnixStream as StdUnixStream};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

/// For how long a client may answer nothing at all, not even that bytes have come. Two beats of a line go unheard in it, so
/// whoever's network is gone counts as gone soon. Other systems than Linux keep their own, longer time.
#[cfg(target_os = "linux")]
const UNHEARD_FOR: std::time::Duration = std::time::Duration::from_secs(40);
/// How many connections may wait to be accepted; the system may allow fewer.
const WAITING: i32 = 4_096;

/// A place to listen at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An address and port.
    Address(SocketAddr),
    /// A socket in the file system.
    File(PathBuf),
    /// Whatever whoever started us handed over, as systemd does.
    Handed,
}

/// An open place.
pub enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener, Option<Socketfile>),
}

/// The file of a socket that we made. It goes when nobody listens there any more.
pub struct Socketfile(PathBuf);

impl Drop for Socketfile {
    fn drop(&mut self) {
        // The next server removes it where this one could not.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Socket {
    /// Where it is, for people.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Tcp(listener) => listener
                .local_addr()
                .map_or_else(|_| "?".to_owned(), |address| address.to_string()),
            Self::Unix(listener, _) => listener
                .local_addr()
                .ok()
                .and_then(|address| {
                    address
                        .as_pathname()
                        .map(|path| format!("unix:{}", path.display()))
                })
                .unwrap_or_else(|| "unix:?".to_owned()),
        }
    }

    /// Its address, where it has one.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            Self::Unix(..) => None,
        }
    }

    pub(super) async fn accept(&self) -> io::Result<(Stream, SocketAddr)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                tune(&stream);
                Ok((Stream::Tcp(stream), peer))
            }
            Self::Unix(listener, _) => {
                let (stream, _) = listener.accept().await?;
                // Whoever opens a file of this machine is at this machine.
                Ok((Stream::Unix(stream), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))
            }
        }
    }

    /// The descriptor, for whoever goes on listening. The file of a socket stays.
    ///
    /// # Errors
    /// Where the system does not let go of it.
    pub fn into_descriptor(self) -> io::Result<OwnedFd> {
        match self {
            Self::Tcp(listener) => Ok(listener.into_std()?.into()),
            Self::Unix(listener, file) => {
                std::mem::forget(file);
                Ok(listener.into_std()?.into())
            }
        }
    }
}

impl From<TcpListener> for Socket {
    fn from(listener: TcpListener) -> Self {
        Self::Tcp(listener)
    }
}

/// Opens an address.
///
/// # Errors
/// Whatever the system says; `AddrInUse` where another program listens there.
pub fn open_address(address: SocketAddr) -> io::Result<StdTcp> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with, sockopt};
    let family = if address.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    // A server that ended a moment ago keeps nobody from starting.
    sockopt::set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &address)?;
    listen(&socket, WAITING)?;
    Ok(socket.into())
}

/// Opens a socket in the file system for its owner and group. One that nobody listens at any more is replaced.
///
/// # Errors
/// `AddrInUse` where somebody listens there, `AlreadyExists` where something else has the name.
pub fn open_file(path: &Path) -> io::Result<StdUnix> {
    if let Ok(there) = std::fs::symlink_metadata(path) {
        if !there.file_type().is_socket() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "there is a file of that name",
            ));
        }
        if StdUnixStream::connect(path).is_ok() {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        std::fs::remove_file(path)?;
    }
    // Our umask lets nobody else in until it has its mode.
    let listener = StdUnix::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    Ok(listener)
}

/// An address as the runtime serves it.
///
/// # Errors
/// Whatever the system says.
pub fn tcp(listener: StdTcp) -> io::Result<Socket> {
    listener.set_nonblocking(true)?;
    Ok(Socket::Tcp(TcpListener::from_std(listener)?))
}

/// A socket in the file system as the runtime serves it; where it is `ours`, its file goes with it.
///
/// # Errors
/// Whatever the system says.
pub fn unix(listener: StdUnix, ours: bool) -> io::Result<Socket> {
    listener.set_nonblocking(true)?;
    let path = listener.local_addr()?.as_pathname().map(Path::to_owned);
    let file = path.filter(|_| ours).map(Socketfile);
    Ok(Socket::Unix(UnixListener::from_std(listener)?, file))
}

/// Sets what a connection has that we serve. Where the system refuses, it is served as it is.
fn tune(stream: &TcpStream) {
    // Small answers leave at once.
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    {
        let most = u32::try_from(UNHEARD_FOR.as_millis()).unwrap_or(u32::MAX);
        let _ = rustix::net::sockopt::set_tcp_user_timeout(stream, most);
    }
}

/// A connection of either kind.
pub enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
            Self::Unix(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whose_network_is_gone_is_not_waited_for_longer_than_two_beats() {
        let socket = tcp(open_address("127.0.0.1:0".parse().unwrap()).unwrap()).unwrap();
        let _client = TcpStream::connect(socket.address().unwrap()).await.unwrap();
        let (Stream::Tcp(stream), _) = socket.accept().await.unwrap() else {
            unreachable!("an address is none of a file");
        };
        assert_eq!(rustix::net::sockopt::tcp_user_timeout(&stream).unwrap(), 40_000);
        assert!(stream.nodelay().unwrap());
    }

    #[tokio::test]
    async fn a_file_is_its_group_s_too_goes_at_the_end_and_replaces_what_was_left_behind() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("web.sock");
        // Left behind by a server that was killed.
        drop(StdUnix::bind(&path).unwrap());
        let socket = unix(open_file(&path).unwrap(), true).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o660);
        assert_eq!(open_file(&path).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        drop(socket);
        assert!(!path.exists());
        std::fs::write(&path, "a note").unwrap();
        assert_eq!(open_file(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a note");
    }
}
