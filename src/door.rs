//! The door: it takes connections and serves an endpoint on them, and holds out against clients that are slow, silent
//! or too many. poem's own server has no limit on a slow client, so it is not used.
//!
//! It speaks HTTP/1.1 alone. HTTP/2 needs TLS in every browser, which a proxy in front ends, and proxies speak
//! HTTP/1.1 to what is behind them; without it a connection is one request at a time, and every limit in [`Limits`]
//! holds for that request and not for a bundle of streams.
//!
//! Where things are: `listen` makes the sockets, `accept` takes connections and drains them at the end, `connection`
//! serves one, `stream` watches its reads and writes, `body` watches a request's body, `credit` is the rule by which
//! slow progress is told from none, `refusal` is what the door itself answers.

mod accept;
mod body;
mod connection;
mod credit;
mod listen;
mod refusal;
mod stream;

use std::time::Duration;

use poem::{EndpointExt, IntoEndpoint};
use tokio::time::Instant;

pub use listen::{Listener, Passed};

use crate::tasks::Tasks;

/// How much a client may take of the server. A test makes the times short.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections open at once. One more waits in the kernel until another ends.
    pub max_connections: usize,
    /// From the first byte of a request's head to its last.
    pub head_timeout: Duration,
    /// From the connection to the first byte of its first request.
    pub first_byte_timeout: Duration,
    /// How long a request's body may stand still. Each KiB of it earns a second back, up to this much.
    pub body_stall_timeout: Duration,
    /// How long a client may leave an answer unread, earned back in the same way. An event stream that has nothing to
    /// say waits for nobody, so it lives on.
    pub write_stall_timeout: Duration,
    /// From an answer to the next request on the same connection.
    pub idle_timeout: Duration,
    /// How long a shutdown waits for the requests that were accepted.
    pub drain_timeout: Duration,
    /// Request line and headers together, in bytes. A head also has at most 100 headers, which is hyper's own limit.
    pub max_head_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 1024,
            head_timeout: Duration::from_secs(5),
            first_byte_timeout: Duration::from_secs(10),
            body_stall_timeout: Duration::from_secs(10),
            write_stall_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(75),
            drain_timeout: Duration::from_secs(8),
            max_head_bytes: 16 * 1024,
        }
    }
}

/// Serves `endpoint` on all `listeners` until `tasks` are told to stop, then drains. The listeners share one limit of
/// connections; call it twice where one door must stay open though the other is crowded.
///
/// It answers how many connections the drain had to cut; none is what one hopes for.
pub async fn serve<E>(listeners: Vec<Listener>, endpoint: E, limits: Limits, tasks: Tasks) -> usize
where
    E: IntoEndpoint<Endpoint: 'static>,
{
    accept::run(listeners, endpoint.into_endpoint().map_to_response().boxed(), limits, tasks).await
}

/// The runtime's own time, which its timers go by. It says how long a client has kept us waiting and nothing else.
fn timer_now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "timers go by the runtime's time, also where `Clock` stands still")]
    Instant::now()
}
