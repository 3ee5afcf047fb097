//! The demonstration: a server with an invented past, and a simulator beside it that plays Jitsi. All that the outside
//! does goes through the server's doors as it would from outside; only the directory, the secrets and the people are
//! made up.

mod dice;
mod history;
mod live;
mod outside;
mod people;
mod scratch;
mod script;
mod stage;
mod week;
mod welcome;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use data_encoding::HEXLOWER;

use crate::clock::{ChanceError, Clock, Ids};
use crate::config::Config;
use crate::config::values::{ListenAddr, LogLevel};
use crate::server::{Server, StartError, admin_socket};
use live::{AT_ONCE, Live};
use outside::{Outside, Way};
use scratch::Scratch;
use welcome::Keys;

/// The most simulated people that come or go in a minute.
pub(crate) const SPEED_MOST: u32 = 6_000;
/// How many do where nothing is said.
pub(crate) const SPEED: u32 = 20;
/// Where it listens where nothing is said and nobody else does.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1250);

/// How a demonstration is to be.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Where to listen. Nothing: at the usual port, or at a free one where that is taken.
    pub(crate) listen: Option<SocketAddr>,
    /// The same seed gives the same rooms, people and past.
    pub(crate) seed: u64,
    /// How many people come or go in a minute, 1 to [`SPEED_MOST`].
    pub(crate) speed: u32,
    /// Whether people come and go, or only the past is there.
    pub(crate) is_live: bool,
    /// What is logged beside warnings, as [`crate::telemetry::init`] takes it.
    pub(crate) log: Option<String>,
}

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// The server does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The server does not do as asked.
    #[error("{path}: {detail}")]
    Asked {
        /// What was asked.
        path: String,
        /// What became of it.
        detail: String,
    },
    /// The system does not let us write.
    #[error("{what}: {error}")]
    Io {
        /// What could not be done.
        what: String,
        /// What the system said.
        error: io::Error,
    },
    /// There is no chance.
    #[error(transparent)]
    Chance(#[from] ChanceError),
    /// The configuration is none.
    #[error("the demonstration's configuration is not good: {0}")]
    Config(&'static str),
}

impl DemoError {
    fn io(what: &str, path: &Path, error: io::Error) -> Self {
        Self::Io { what: format!("{what} {}", path.display()), error }
    }
}

/// A demonstration that is about to begin. What is left of it goes when it is dropped.
pub(crate) struct Demo {
    server: Server,
    live: Option<Live>,
    keys: Keys,
    note: Option<String>,
    // The last to be dropped, when nobody writes into it any more.
    scratch: Scratch,
}

impl Demo {
    /// Makes up the past and binds the listener.
    ///
    /// # Errors
    /// [`DemoError`]; nothing is left behind then.
    pub(crate) async fn prepare(options: Options, clock: Clock, ids: Ids) -> Result<Self, DemoError> {
        let scratch = Scratch::new(&ids)?;
        let (data, recordings) = (scratch.path().join("data"), scratch.path().join("recordings"));
        std::fs::create_dir(&recordings).map_err(|e| DemoError::io("cannot make the directory", &recordings, e))?;
        let (listen, note) = options.listen.map_or_else(usual_or_free, |asked| (asked, None));
        let secret = || ids.bytes::<32>().map(|bytes| HEXLOWER.encode(&bytes));
        let (webhook_secret, jwt_secret) = (secret()?, secret()?);
        let config = config(listen, &recordings, &webhook_secret, &jwt_secret)?;
        crate::telemetry::init(&config, options.log.as_deref());
        // The pace of each meeting, so that all of them together have the speed.
        let pace = Duration::from_secs(60) * AT_ONCE / options.speed.clamp(1, SPEED_MOST);
        let directories = (data.as_path(), recordings.as_path());
        let going_on = history::play(&config, &webhook_secret, directories, options.seed, clock.now(), pace).await?;
        let keys = Keys::make(&config, &data, &clock, &ids).await?;
        let server = Server::bind(config, &data, &admin_socket(&data, None), clock.clone(), ids).await?;
        let live = server.tcp_address().filter(|_| options.is_live).map(|address| Live {
            outside: Outside { way: Way::Tcp { address, token: keys.simulator.clone() }, webhook_secret },
            clock,
            seed: options.seed,
            recordings,
            pace,
            performances: going_on,
        });
        Ok(Self { server, live, keys, note, scratch })
    }

    /// What a person is told, after where it listens.
    pub(crate) fn welcome(&self) -> String {
        let base = self.server.tcp_address().map(reachable).unwrap_or_default();
        let note = self.note.as_deref().map(|note| format!("{note}\n")).unwrap_or_default();
        note + &self.keys.text(&base, self.scratch.path(), self.live.is_some())
    }

    /// Where it listens, as a person writes it.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.server.addresses()
    }

    /// Serves until `shutdown` comes, and removes everything.
    pub(crate) async fn run_until(self, shutdown: impl Future<Output = ()>) {
        let Self { server, live, scratch, .. } = self;
        let playing = async {
            match live {
                Some(live) => live.run().await,
                None => std::future::pending().await,
            }
        };
        server
            .run_until(async {
                tokio::select! {
                    () = shutdown => {}
                    () = playing => {}
                }
            })
            .await;
        drop(scratch);
    }
}

/// Where to listen where nobody said, and what there is to say of it.
fn usual_or_free() -> (SocketAddr, Option<String>) {
    match TcpListener::bind(USUAL) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let note = format!("(Port {} is taken by something else; this one was free.)", USUAL.port());
            (SocketAddr::new(USUAL.ip(), 0), Some(note))
        }
        _ => (USUAL, None),
    }
}

/// Where a browser on this machine finds what listens at `address`.
fn reachable(address: SocketAddr) -> String {
    let host = match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => "127.0.0.1".to_owned(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => "[::1]".to_owned(),
        SocketAddr::V4(v4) => v4.ip().to_string(),
        SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
    };
    format!("http://{host}:{}", address.port())
}

fn config(listen: SocketAddr, recordings: &Path, webhook_secret: &str, jwt: &str) -> Result<Config, DemoError> {
    let mut config = Config::default();
    config.server.listen = vec![ListenAddr::Tcp(listen)];
    config.log.level = LogLevel::Warn;
    config.jitsi.domain = Some(script::DOMAIN.parse().map_err(DemoError::Config)?);
    config.jitsi.webhook_secret = webhook_secret.parse().ok();
    config.jitsi.jwt_secret = jwt.parse().ok();
    config.recordings.directories = vec![recordings.to_owned()];
    Ok(config)
}
