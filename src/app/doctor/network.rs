//! The network as this machine sees it: the name of Jitsi's host, whether somebody takes connections there, and what
//! time it is there. Nothing is sent but a handshake and the head of a request.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::config::values::JitsiDomain;
use crate::domain::Timestamp;
use crate::exchange;

/// How long the name may take.
const LOOK_UP_MOST: Duration = Duration::from_secs(3);
/// How long a connection, or an answer over it, may take.
const ANSWER_MOST: Duration = Duration::from_secs(2);
/// The most addresses of a name that are tried.
const ADDRESSES_MOST: usize = 4;
const HTTPS: u16 = 443;
const HTTP: u16 = 80;

/// Why nobody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoConnection {
    /// The name is not known, so that nobody was asked.
    NoName,
    /// The other machine says no.
    Refused(String),
    /// Nothing came back in time.
    Silent,
}

/// What time it is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Skew {
    /// By how many milliseconds our clock is ahead of the other; less than nothing where it is behind. The other clock
    /// is told in whole seconds.
    pub(super) ahead_ms: i64,
}

/// What was seen.
#[derive(Clone, Debug)]
pub(super) struct Network {
    /// The addresses, or why there is none.
    pub(super) addresses: Result<Vec<SocketAddr>, String>,
    pub(super) connected: Result<SocketAddr, NoConnection>,
    /// Whether it can show who it is; nothing where nobody was asked.
    pub(super) certificate: Option<Result<(), String>>,
    /// Or why the time is not known.
    pub(super) time: Result<Skew, &'static str>,
}

impl Network {
    /// Looks at where browsers find Jitsi.
    pub(super) async fn look(domain: &JitsiDomain, clock: &Clock) -> Self {
        let port = domain.port().unwrap_or(HTTPS);
        let addresses = resolve(domain.host().as_str().to_owned(), port).await;
        let Ok(found) = &addresses else {
            let (connected, time) = (Err(NoConnection::NoName), Err("its name is not known"));
            return Self { addresses, connected, certificate: None, time };
        };
        // A web server tells the time over plain HTTP, also one that wants TLS on this port and says no.
        let ports = if port == HTTPS { [HTTP, HTTPS] } else { [port, HTTP] };
        let reached = reach(found, domain.host().as_str());
        let ((connected, certificate), time) = tokio::join!(reached, time(found, ports, domain, clock));
        Self { connected, certificate, time, addresses }
    }
}

/// The addresses of a name. It is asked for in a thread of its own, which nobody waits for where it takes too long.
pub(super) async fn resolve(host: String, port: u16) -> Result<Vec<SocketAddr>, String> {
    let (answer, answered) = oneshot::channel();
    let look_up = move || {
        let found = (host.as_str(), port).to_socket_addrs();
        // Whoever asked has gone on.
        let _ = answer.send(found.map(|found| found.take(ADDRESSES_MOST).collect::<Vec<_>>()));
    };
    std::thread::Builder::new().name("look-up".to_owned()).spawn(look_up).map_err(|error| error.to_string())?;
    match tokio::time::timeout(LOOK_UP_MOST, answered).await {
        Ok(Ok(Ok(found))) if !found.is_empty() => Ok(found),
        Ok(Ok(Ok(_))) => Err("it has no address".to_owned()),
        Ok(Ok(Err(error))) => Err(error.to_string()),
        Ok(Err(_)) => Err("the look-up ended without an answer".to_owned()),
        Err(_) => Err(format!("no name server answered within {} s", LOOK_UP_MOST.as_secs())),
    }
}

type Reached = (Result<SocketAddr, NoConnection>, Option<Result<(), String>>);

/// Connects, and has the other end show who it is.
async fn reach(addresses: &[SocketAddr], host: &str) -> Reached {
    match connect(addresses).await {
        Ok(stream) => {
            let at = stream.peer_addr().map_err(|error| NoConnection::Refused(error.to_string()));
            (at, Some(certificate(stream, host).await))
        }
        Err(reason) => (Err(reason), None),
    }
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, NoConnection> {
    let connected = tokio::time::timeout(ANSWER_MOST, TcpStream::connect(addresses)).await;
    match connected {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) if error.kind() == io::ErrorKind::TimedOut => Err(NoConnection::Silent),
        Ok(Err(error)) => Err(NoConnection::Refused(error.to_string())),
        Err(_) => Err(NoConnection::Silent),
    }
}

async fn certificate(stream: TcpStream, host: &str) -> Result<(), String> {
    let shown = tokio::time::timeout(ANSWER_MOST, exchange::certificate(stream, host)).await;
    shown.unwrap_or_else(|_| Err(format!("no secure connection within {} s", ANSWER_MOST.as_secs())))
}

async fn time(
    addresses: &[SocketAddr],
    ports: [u16; 2],
    domain: &JitsiDomain,
    clock: &Clock,
) -> Result<Skew, &'static str> {
    for port in ports {
        let at: Vec<_> = addresses.iter().map(|address| SocketAddr::new(address.ip(), port)).collect();
        let asked = tokio::time::timeout(ANSWER_MOST, ask_time(&at, domain.host().as_str(), clock));
        if let Ok(Some(skew)) = asked.await {
            return Ok(skew);
        }
    }
    Err("it does not tell the time over plain HTTP")
}

async fn ask_time(addresses: &[SocketAddr], host: &str, clock: &Clock) -> Option<Skew> {
    let stream = TcpStream::connect(addresses).await.ok()?;
    let before = clock.now();
    let date = exchange::date(stream, host).await.ok()??;
    let after = clock.now();
    Some(skew(before, after, Timestamp::parse_http(&date)?))
}

/// How far our clock is ahead, where the other told `theirs` between `before` and `after`. What whole seconds and the way
/// there and back may explain counts as agreement.
fn skew(before: Timestamp, after: Timestamp, theirs: Timestamp) -> Skew {
    let (earliest, latest) = (theirs.as_ms(), theirs.as_ms() + 999);
    let ahead_ms = if before.as_ms() > latest {
        before.as_ms() - latest
    } else if after.as_ms() < earliest {
        after.as_ms() - earliest
    } else {
        0
    };
    Skew { ahead_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_and_the_way_are_no_skew() {
        let at = Timestamp::from_ms;
        for (before, after, theirs, ahead_ms) in [
            (10_500, 10_600, 10_000, 0),
            (10_999, 11_050, 10_000, 0),
            (9_990, 10_010, 10_000, 0),
            (70_999, 71_100, 10_000, 60_000),
            (4_000, 5_000, 10_000, -5_000),
        ] {
            assert_eq!(skew(at(before), at(after), at(theirs)), Skew { ahead_ms }, "{before}");
        }
    }
}
