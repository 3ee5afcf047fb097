//! The sockets of the door: on a TCP port, at a path of the file system, or handed over by a service manager.

use std::fmt;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::task::{Context, Poll, ready};

use listenfd::ListenFd;
use poem::Addr;
use poem::web::{LocalAddr, RemoteAddr};
use rustix::net::sockopt;
use tokio::net::{TcpListener, TcpSocket, UnixListener, UnixSocket, UnixStream};
use tokio_util::either::Either;

use super::Limits;
use super::connection::Arrival;

/// Connections that the kernel holds until they are taken. It may cap this (`net.core.somaxconn`).
const BACKLOG: u32 = 1024;

/// A socket that listens. A socket file that it made is removed when it is dropped.
#[derive(Debug)]
pub struct Listener {
    socket: ListeningSocket,
    name: String,
    /// Held for its end: dropping it removes the file.
    _file: Option<SocketFile>,
    passed: bool,
}

#[derive(Debug)]
enum ListeningSocket {
    Tcp { socket: TcpListener, address: SocketAddr },
    Unix { socket: UnixListener },
}

/// A socket that a service manager handed over, with the name it has there (`FileDescriptorName=`).
#[derive(Debug)]
pub struct Passed {
    /// The name, or `unknown`.
    pub name: String,
    /// The socket.
    pub listener: Listener,
}

impl Listener {
    /// Listens on a TCP address; port 0 takes a free port.
    ///
    /// # Errors
    /// The address is taken, is not of this machine, or needs a permission we lack. The message names it.
    pub fn tcp(address: SocketAddr) -> io::Result<Self> {
        let bind = || {
            let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
            // A restart must not wait for old connections to be forgotten.
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            Self::of_tcp(socket.listen(BACKLOG)?)
        };
        bind().map_err(|error| explain(&error, &format!("cannot listen on {address}")))
    }

    /// Listens at `path`, with these permission bits (such as `0o660`). What a dead server left there is removed.
    ///
    /// # Errors
    /// A live server listens there, something else than a socket lies there, or the directory is missing or not
    /// writable. The message names the path.
    pub async fn unix(path: &Path, mode: u32) -> io::Result<Self> {
        let make = async {
            clear(path).await?;
            let socket = UnixSocket::new_stream()?;
            socket.bind(path)?;
            let file = SocketFile::made(path)?;
            // Before `listen`, so that nobody connects whom the mode shuts out.
            fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
            Ok::<_, io::Error>((socket.listen(BACKLOG)?, file))
        };
        let (socket, file) =
            make.await.map_err(|error| explain(&error, &format!("cannot listen on unix:{}", path.display())))?;
        let name = format!("unix:{}", path.display());
        Ok(Self { socket: ListeningSocket::Unix { socket }, name, _file: Some(file), passed: false })
    }

    /// The sockets that a service manager handed to this process (`LISTEN_PID`, `LISTEN_FDS`, `LISTEN_FDNAMES`), none
    /// if there was none. It takes them out of the environment, so it is called once, and before other threads start.
    /// It must be called within the runtime.
    ///
    /// # Errors
    /// The variables do not fit together, or a descriptor is not a listening stream socket.
    pub fn passed() -> io::Result<Vec<Passed>> {
        // Without `LISTEN_PID` the variables may be meant for another process; systemd always sets it.
        if std::env::var_os("LISTEN_PID").is_none() {
            return Ok(Vec::new());
        }
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut sockets = ListenFd::from_env();
        (0..sockets.len())
            .map(|index| {
                let name = names.next().filter(|name| !name.is_empty()).unwrap_or("unknown").to_owned();
                let listener = Self::take(&mut sockets, index)
                    .map_err(|error| explain(&error, &format!("socket {index} ({name}) of the service manager")))?;
                Ok(Passed { name, listener })
            })
            .collect()
    }

    /// Where it listens, as a person writes it: `http://127.0.0.1:1250` or `unix:/run/x.sock`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The TCP address, with the port that was taken.
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        match &self.socket {
            ListeningSocket::Tcp { address, .. } => Some(*address),
            ListeningSocket::Unix { .. } => None,
        }
    }

    /// Whether a service manager owns the socket.
    pub(super) fn is_passed(&self) -> bool {
        self.passed
    }

    /// Sets what connections inherit from their listener: no delay of small packets, and an end for those whose peer
    /// no longer acknowledges anything. Without these it works all the same, so a failure is only noted.
    pub(super) fn prepare(&self, limits: &Limits) {
        if let ListeningSocket::Tcp { socket, .. } = &self.socket {
            let timeout = u32::try_from(limits.write_stall_timeout.as_millis()).unwrap_or(u32::MAX);
            let set =
                sockopt::set_tcp_nodelay(socket, true).and_then(|()| sockopt::set_tcp_user_timeout(socket, timeout));
            if let Err(error) = set {
                tracing::warn!(%error, "cannot set the options of {}", self.name);
            }
        }
    }

    /// The next connection.
    pub(super) fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<Arrival>> {
        Poll::Ready(Ok(match &self.socket {
            ListeningSocket::Tcp { socket, address } => {
                let (stream, peer) = ready!(socket.poll_accept(cx))?;
                let local = stream.local_addr().unwrap_or(*address);
                Arrival {
                    socket: Either::Left(stream),
                    local: LocalAddr(local.into()),
                    remote: RemoteAddr(peer.into()),
                }
            }
            ListeningSocket::Unix { socket } => {
                let (stream, peer) = ready!(socket.poll_accept(cx))?;
                let local = stream.local_addr().map_or_else(|_| Addr::default(), Addr::from);
                Arrival { socket: Either::Right(stream), local: LocalAddr(local), remote: RemoteAddr(peer.into()) }
            }
        }))
    }

    fn of_tcp(socket: TcpListener) -> io::Result<Self> {
        let address = socket.local_addr()?;
        let name = format!("http://{address}");
        Ok(Self { socket: ListeningSocket::Tcp { socket, address }, name, _file: None, passed: false })
    }

    fn take(sockets: &mut ListenFd, index: usize) -> io::Result<Self> {
        let listener = if let Ok(Some(socket)) = sockets.take_unix_listener(index) {
            socket.set_nonblocking(true)?;
            let name =
                socket.local_addr()?.as_pathname().map_or("unix:".to_owned(), |p| format!("unix:{}", p.display()));
            let socket = UnixListener::from_std(socket)?;
            Self { socket: ListeningSocket::Unix { socket }, name, _file: None, passed: false }
        } else {
            let gone = || io::Error::new(io::ErrorKind::NotFound, "it was not passed");
            let socket = sockets.take_tcp_listener(index)?.ok_or_else(gone)?;
            socket.set_nonblocking(true)?;
            Self::of_tcp(TcpListener::from_std(socket)?)?
        };
        Ok(Self { passed: true, ..listener })
    }
}

/// A socket file that we made, known again by its inode so that a later server's is left alone.
#[derive(Debug)]
struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl SocketFile {
    fn made(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(path)? })
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|now| now == self.identity)
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "cannot remove {}", self.path.display());
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let file = fs::symlink_metadata(path)?;
    Ok((file.dev(), file.ino()))
}

/// Makes way at `path`: removes a socket that nobody listens on any more.
async fn clear(path: &Path) -> io::Result<()> {
    let file = match fs::symlink_metadata(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !file.file_type().is_socket() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "a file that is no socket lies there; move it away"));
    }
    match UnixStream::connect(path).await {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // A full backlog is an error here too, and a sign of life.
        _ => Err(io::Error::new(
            io::ErrorKind::AddrInUse,
            "another server listens there; stop it or choose another path",
        )),
    }
}

/// The same error with what was tried, for the person who reads it.
fn explain(error: &io::Error, tried: &str) -> io::Error {
    io::Error::new(error.kind(), format!("{tried}: {error}"))
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::{Either, Limits, Listener, sockopt};

    #[tokio::test]
    async fn connections_inherit_the_options_of_their_listener() {
        let listener = Listener::tcp("127.0.0.1:0".parse().unwrap()).unwrap();
        listener.prepare(&Limits::default());
        let _client = tokio::net::TcpStream::connect(listener.tcp_address().unwrap()).await.unwrap();
        let arrival = poll_fn(|cx| listener.poll_accept(cx)).await.unwrap();
        let Either::Left(stream) = arrival.socket else { panic!("it is a TCP socket") };
        assert!(sockopt::tcp_nodelay(&stream).unwrap());
        assert_eq!(sockopt::tcp_user_timeout(&stream).unwrap(), 60_000);
    }
}
