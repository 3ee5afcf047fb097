//! The server: it opens the store, binds the listeners, and puts the rooms together, once.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use poem::endpoint::BoxEndpoint;
use poem::http::{Request, Response as Answer};
use poem::middleware::AddData;
use poem::{Endpoint, EndpointExt, Response};
use tokio_util::sync::CancellationToken;

use crate::app::doctor::{Situation, beside};
use crate::app::{App, AppError};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::config::load::Loaded;
use crate::config::values::ListenAddr;
use crate::domain::Timestamp;
use crate::door::{self, Limits, Listener};
use crate::http::auth::AdminSocket;
use crate::store::{Store, StoreError};
use crate::tasks::Tasks;
use crate::telemetry::Metrics;
use crate::{http, jobs};

/// The store's file in the data directory.
pub const STORE_FILE: &str = "reflector.redb";
/// The socket for the command line, in the runtime directory, else in the data directory.
pub const ADMIN_SOCKET: &str = "admin.sock";
/// Who may connect to it: the user that runs the server, and its group.
const ADMIN_SOCKET_MODE: u32 = 0o660;
/// Who may connect to a unix socket of the API: a proxy decides that by its group.
const API_SOCKET_MODE: u32 = 0o660;
/// How long the background tasks may take to end after the last request, within the 10 s of the whole stop.
const TASKS_MOST: Duration = Duration::from_secs(1);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be opened.
    #[error("{0}")]
    Store(String),
    /// The store was written by a later release.
    #[error("{0}")]
    Refused(String),
    /// Another process has the store.
    #[error("{0}")]
    InUse(String),
    /// The system does not let us at the data directory.
    #[error("{0}")]
    Permission(String),
    /// A listener cannot be bound, or there is none.
    #[error("{0}")]
    Listen(String),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::Newer { .. } => Self::Refused(text),
            StoreError::Locked(_) => Self::InUse(text),
            StoreError::Open { .. }
            | StoreError::Unavailable(_)
            | StoreError::Busy
            | StoreError::Panicked
            | StoreError::Corrupt { .. } => Self::Store(text),
        }
    }
}

impl From<AppError> for StartError {
    fn from(error: AppError) -> Self {
        Self::Store(error.to_string())
    }
}

/// A server whose listeners are bound and whose store is open.
pub struct Server {
    app: App,
    listeners: Vec<Listener>,
    admin: Option<Listener>,
    limits: Limits,
    tasks: Tasks,
    routes: Arc<BoxEndpoint<'static, Response>>,
}

/// Opens the store in `data_dir`, which is made where there is none.
pub(crate) fn open(data_dir: &Path, config: impl Into<Loaded>, clock: Clock, ids: Ids) -> Result<App, StartError> {
    make_private(data_dir)?;
    let store = Store::open(&data_dir.join(STORE_FILE))?;
    Ok(App::new(store, Some(data_dir), config, clock, ids, Arc::new(Metrics::default())))
}

/// Only the user that runs the server may look into its data.
fn make_private(path: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o750).create(path);
    made.map_err(|error| {
        let text = format!("cannot make the data directory {}: {error}", path.display());
        if error.kind() == std::io::ErrorKind::PermissionDenied {
            StartError::Permission(text)
        } else {
            StartError::Store(text)
        }
    })
}

/// Where the command line's socket is: beside the data, or where the service manager says.
pub fn admin_socket(data_dir: &Path, runtime_dir: Option<&Path>) -> PathBuf {
    runtime_dir.unwrap_or(data_dir).join(ADMIN_SOCKET)
}

impl Server {
    /// Opens the store and binds every listener. When this has returned, connections wait to be accepted.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn bind(
        config: impl Into<Loaded>,
        data_dir: &Path,
        admin_socket: &Path,
        clock: Clock,
        ids: Ids,
    ) -> Result<Self, StartError> {
        let app = open(data_dir, config, clock, ids)?;
        let config = app.config();
        let mut admin = None;
        let mut listeners = Vec::new();
        for passed in Listener::passed().map_err(|e| StartError::Listen(e.to_string()))? {
            if passed.name == "admin" {
                admin = Some(passed.listener);
            } else {
                listeners.push(passed.listener);
            }
        }
        // What a service manager hands over replaces what is configured: it has bound the same addresses.
        if listeners.is_empty() {
            for address in &config.server.listen {
                listeners.push(listen(address).await.map_err(|e| StartError::Listen(e.to_string()))?);
            }
        }
        if listeners.is_empty() {
            return Err(StartError::Listen("there is nothing to listen on: set server.listen".to_owned()));
        }
        if admin.is_none() {
            let bound = Listener::unix(admin_socket, ADMIN_SOCKET_MODE).await;
            admin = Some(bound.map_err(|e| StartError::Listen(e.to_string()))?);
        }
        app.schedule().await?;
        app.tend_keys().await;
        let tasks = Tasks::new();
        let routes = Arc::new(http::routes(&app, &tasks.stopping()).boxed());
        Ok(Self { limits: limits(&config), app, listeners, admin, tasks, routes })
    }

    /// Where it listens, as a person writes it.
    pub fn addresses(&self) -> Vec<String> {
        self.listeners.iter().map(|listener| listener.name().to_owned()).collect()
    }

    /// Whether nobody can log in yet.
    pub fn needs_setup(&self) -> bool {
        self.app.needs_setup().unwrap_or(false)
    }

    /// The first TCP address it listens at, with the port that was taken.
    pub(crate) fn tcp_address(&self) -> Option<SocketAddr> {
        self.listeners.iter().find_map(Listener::tcp_address)
    }

    /// The link by which the first person gets in; none where somebody can log in already.
    pub async fn first_setup_link(&self) -> Option<String> {
        let base = self.listeners.iter().find_map(|listener| listener.tcp_address().map(|_| listener.name()));
        self.app.first_setup_link(base.unwrap_or("http://127.0.0.1:1250")).await.ok().flatten()
    }

    /// A handle by which the configuration is changed while the server runs.
    pub fn reloader(&self) -> Reloader {
        Reloader { app: self.app.clone() }
    }

    /// Serves until `shutdown` comes, finishes what was accepted, and closes the store.
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) {
        let Self { app, listeners, admin, limits, tasks, routes } = self;
        let doors = [
            tasks.spawn(door::serve(listeners, Arc::clone(&routes), limits.clone(), tasks.clone())),
            tasks.spawn(door::serve(
                admin.into_iter().collect(),
                routes.with(AddData::new(AdminSocket)),
                limits,
                tasks.clone(),
            )),
        ];
        tasks.spawn(jobs::run(app.clone(), tasks.stopping()));
        tasks.spawn(jobs::watch_spools(app.clone(), tasks.stopping()));
        tasks.spawn(jobs::watch_recordings(app.clone(), tasks.stopping()));
        tasks.spawn(jobs::watch_bucket(app.clone(), tasks.stopping()));
        tasks.spawn(jobs::listen_to_queue(app.clone(), tasks.stopping()));
        tasks.spawn(jobs::watch_disks(app.clone(), tasks.stopping()));
        shutdown.await;
        tracing::info!("stopping");
        tasks.stop();
        for door in doors {
            if let Ok(cut) = door.await
                && cut > 0
            {
                tracing::warn!(cut, "connections were cut that did not end in time");
            }
        }
        if tokio::time::timeout(TASKS_MOST, tasks.finished()).await.is_err() {
            tracing::warn!("background tasks did not end in time");
        }
        app.close().await;
    }
}

async fn listen(address: &ListenAddr) -> std::io::Result<Listener> {
    match address {
        ListenAddr::Tcp(address) => Listener::tcp(*address),
        ListenAddr::Unix(path) => Listener::unix(path, API_SOCKET_MODE).await,
    }
}

fn limits(config: &Config) -> Limits {
    let server = &config.server;
    Limits {
        max_connections: server.max_connections,
        head_timeout: Duration::from_secs(server.head_timeout_seconds),
        first_byte_timeout: Duration::from_secs(server.first_byte_timeout_seconds),
        drain_timeout: Duration::from_secs(server.drain_timeout_seconds),
        ..Limits::default()
    }
}

/// The server's routes without a server: what the command line uses where none runs, and the demonstration to make up
/// its past.
pub(crate) struct InProcess {
    app: App,
    routes: BoxEndpoint<'static>,
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl InProcess {
    /// Opens the store in `data_dir`.
    pub(crate) fn open(config: impl Into<Loaded>, data_dir: &Path, clock: Clock, ids: Ids) -> Result<Self, StartError> {
        Ok(Self::new(open(data_dir, config, clock, ids)?, Situation::Stopped))
    }

    /// The same for data that may be lost: no change waits for the disk.
    pub(crate) fn open_unsynced(config: Config, data_dir: &Path, clock: Clock, ids: Ids) -> Result<Self, StartError> {
        make_private(data_dir)?;
        let store = Store::open_unsynced(&data_dir.join(STORE_FILE))?;
        let app = App::new(store, Some(data_dir), config, clock, ids, Arc::new(Metrics::default()));
        Ok(Self::new(app, Situation::Stopped))
    }

    /// For the doctor, where the store cannot be opened, for this reason: an empty one in memory stands in for it.
    pub(crate) fn without_store(loaded: Loaded, data_dir: &Path, reason: String) -> Result<Self, StartError> {
        let (clock, ids, store) = (Clock::default(), Ids::default(), Store::in_memory()?);
        let app = App::new(store, Some(data_dir), loaded, clock, ids, Arc::default());
        Ok(Self::new(app, Situation::NoStore(reason)))
    }

    /// For the doctor, where the configuration cannot be read, for these reasons, one a line.
    pub(crate) fn without_config(mistakes: String) -> Result<Self, StartError> {
        let app = App::in_memory(Config::default(), Clock::default(), Ids::default())?;
        Ok(Self::new(app, Situation::NoConfig(mistakes)))
    }

    fn new(app: App, situation: Situation) -> Self {
        let routes = http::routes(&app, &CancellationToken::new());
        let routes = routes.with(AddData::new(AdminSocket)).with(AddData::new(situation)).boxed();
        Self { app, routes }
    }

    /// The OpenAPI document; no data is needed for it.
    pub(crate) fn document() -> Result<String, StartError> {
        let app = App::in_memory(Config::default(), Clock::default(), Ids::default())?;
        Ok(format!("{:#}", http::document(&app)))
    }

    /// Answers a request as if it had come over the admin socket.
    pub(crate) async fn call(&self, request: Request<String>) -> Answer<Bytes> {
        let (head, body) = request.into_parts();
        let mut asked = poem::Request::builder().method(head.method).uri(head.uri).body(body);
        *asked.headers_mut() = head.headers;
        let (head, body) = self.routes.get_response(asked).await.into_parts();
        let mut answer = Answer::new(body.into_bytes().await.unwrap_or_default());
        *answer.status_mut() = head.status;
        *answer.headers_mut() = head.headers;
        answer
    }

    /// Moves a manual clock on to `until`; each job runs at the moment at which it is due.
    pub(crate) async fn pass_time(&self, until: Timestamp) -> Result<(), StartError> {
        Ok(jobs::catch_up(&self.app, until).await?)
    }

    /// Closes the store.
    pub(crate) async fn close(self) {
        let Self { app, routes } = self;
        drop(routes);
        app.close().await;
    }
}

/// The value of `X-Jitsi-Signature` for a body, for who plays the platform.
pub(crate) fn sign(body: &str, secret: &str) -> String {
    crate::platforms::signature::sign(body.as_bytes(), secret)
}

/// The files of Prosody, Jicofo and Jibri beneath `root`, `/etc` unless told otherwise, as far as this process may read
/// them, in the shape in which the API takes them.
pub(crate) fn jitsi_files(root: Option<&Path>) -> serde_json::Value {
    let files = beside::read(root.unwrap_or(Path::new(beside::ROOT)));
    files.iter().filter_map(|file| serde_json::to_value(file).ok()).collect()
}

/// Looks after a running server.
#[derive(Clone, Debug)]
pub struct Reloader {
    app: App,
}

impl Reloader {
    /// Whether nothing is wrong that a restart may mend: the store writes, the jobs move.
    pub async fn is_well(&self) -> bool {
        self.app.readiness().await.iter().all(|check| check.problem.is_none() || !check.may_restart_mend())
    }

    /// Puts another configuration in force, and says which of its changes wait for a restart.
    pub async fn reload(&self, loaded: Loaded) -> Vec<String> {
        let changes = self.app.config().changes(&loaded.config);
        self.app.reload(loaded);
        self.app.tend_keys().await;
        if let Err(error) = self.app.hurry_copies().await {
            tracing::warn!(%error, "copies that wait are tried in their own time");
        }
        changes.into_iter().filter(|change| change.needs_restart).map(|change| change.key.to_string()).collect()
    }
}
