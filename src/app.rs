//! The verbs: one function for each thing that can be asked for, with one transaction in it. The doors call them; they
//! know nothing of HTTP or of the command line.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::watch;

pub(crate) mod access;
pub(crate) mod attendance;
pub(crate) mod census;
pub(crate) mod consents;
pub(crate) mod control;
pub(crate) mod disks;
pub(crate) mod doctor;
pub(crate) mod feed;
pub(crate) mod guests;
pub(crate) mod health;
pub(crate) mod idempotency;
pub(crate) mod ingest;
pub(crate) mod jobs;
pub(crate) mod links;
mod lives;
pub(crate) mod meetings;
pub(crate) mod meter;
pub(crate) mod migration;
mod project;
pub(crate) mod rebuild;
pub(crate) mod recorders;
pub(crate) mod recordings;
mod rehearsals;
pub(crate) mod reservations;
pub(crate) mod rooms;
pub(crate) mod signing_keys;
pub(crate) mod spool;
pub(crate) mod sweep;
pub(crate) mod triggers;
pub(crate) mod whereby;

#[cfg(test)]
mod tests;

use crate::clock::{ChanceError, Clock, Ids};
use crate::config::Config;
use crate::config::load::Loaded;
use crate::domain::Timestamp;
use crate::domain::access::{AuditEntry, Caller, Scope};
use crate::platforms::BadBody;
use crate::platforms::jitsi::LinkError;
use crate::platforms::signature::BadSignature;
use crate::storage::posters::Posters;
use crate::store::{Store, StoreError, Tx};
use crate::telemetry::Metrics;

/// Everything a use case may need. Clones are the same application.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) store: Store,
    config: Arc<watch::Sender<Arc<Config>>>,
    /// How that configuration came to be: what the doctor tells of it.
    loaded: Arc<watch::Sender<Arc<Loaded>>>,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) feed: Arc<feed::Feed>,
    pub(crate) control: Arc<control::Control>,
    /// The places of recordings that somebody told of.
    watching: Arc<recordings::Watching>,
    /// The storage, and the copies that are being made.
    copies: Arc<recordings::Copies>,
    /// The files that are being received.
    uploads: Arc<recordings::Uploads>,
    /// How the bucket and its queue stand.
    sources: Arc<recordings::Sources>,
    disks: Arc<disks::Disks>,
    last_meter: Arc<meter::LastMeter>,
    /// The guests whose pages give signs.
    signs: Arc<guests::Signs>,
    keyring: Arc<signing_keys::Keyring>,
    /// The pictures of recordings; nothing for a store in memory.
    posters: Option<Arc<Posters>>,
    rehearsals: Arc<rehearsals::Rehearsals>,
    whereby: Arc<whereby::Whereby>,
    pub(crate) started_at: Timestamp,
    /// Where the store's file lies; nothing for a store in memory.
    directory: Option<Arc<Path>>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("App")
    }
}

impl App {
    /// An application over an open store.
    pub(crate) fn new(
        store: Store,
        directory: Option<&Path>,
        config: impl Into<Loaded>,
        clock: Clock,
        ids: Ids,
        metrics: Arc<Metrics>,
    ) -> Self {
        let loaded: Loaded = config.into();
        Self {
            keyring: Arc::new(signing_keys::Keyring::open(directory)),
            posters: directory.map(|directory| Arc::new(Posters::new(directory))),
            directory: directory.map(Arc::from),
            feed: Arc::new(feed::Feed::new(&store)),
            control: Arc::default(),
            watching: Arc::default(),
            copies: Arc::default(),
            uploads: Arc::default(),
            sources: Arc::default(),
            disks: Arc::default(),
            last_meter: Arc::default(),
            signs: Arc::default(),
            rehearsals: Arc::default(),
            whereby: Arc::default(),
            store,
            config: Arc::new(watch::Sender::new(Arc::new(loaded.config.clone()))),
            loaded: Arc::new(watch::Sender::new(Arc::new(loaded))),
            started_at: clock.now(),
            clock,
            ids,
            metrics,
        }
    }

    /// An application whose store is in memory, and gone with it.
    pub(crate) fn in_memory(config: impl Into<Loaded>, clock: Clock, ids: Ids) -> Result<Self, AppError> {
        Ok(Self::new(Store::in_memory()?, None, config, clock, ids, Arc::default()))
    }

    /// The configuration as it is now: a use case takes it once.
    pub(crate) fn config(&self) -> Arc<Config> {
        self.config.borrow().clone()
    }

    /// How the configuration came to be.
    pub(crate) fn loaded(&self) -> Arc<Loaded> {
        self.loaded.borrow().clone()
    }

    /// Closes the store, where this is the last clone.
    pub(crate) async fn close(self) {
        let Self { store, .. } = self;
        store.close().await;
    }

    /// What the server counts, as text.
    pub(crate) fn metrics_text(&self) -> Result<String, AppError> {
        let read = self.store.read()?;
        let (active, present) = self::meetings::live_sums(&read)?;
        self.metrics.set_state(active, present, self.last_seq().0);
        for disk in self.disks()? {
            let Some(first) = disk.directories.first() else { continue };
            let (free, total) = (disk.space.free, disk.space.total);
            self.metrics.set_disk(&first.to_string_lossy(), free, total, disk.outlook.days_left);
        }
        Ok(self.metrics.text())
    }

    /// Puts another configuration in force.
    pub(crate) fn reload(&self, loaded: Loaded) {
        self.config.send_replace(Arc::new(loaded.config.clone()));
        self.loaded.send_replace(Arc::new(loaded));
    }
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    pub(crate) field: String,
    pub(crate) detail: String,
}

/// Why a use case did not do as asked. Each is something the caller can act on.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum AppError {
    /// There is no such thing, or the caller may not see it.
    #[error("There is no {0}.")]
    NotFound(&'static str),
    /// There is such a thing, but not this of it, and why.
    #[error("{0}")]
    Missing(String),
    /// It cannot be while something else is as it is.
    #[error("{0}")]
    Conflict(String),
    /// Fields that are not as they must be.
    #[error("The request has fields that are not as they must be.")]
    Invalid(Vec<FieldError>),
    /// Nobody is logged in, or the token is not good.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// The caller is known and may not.
    #[error("This needs the scope {}.", .0.as_str())]
    Forbidden(Scope),
    /// The signature of a webhook is missing or wrong.
    #[error(transparent)]
    Signature(#[from] BadSignature),
    /// A body is no JSON.
    #[error("The body is not JSON: {0}.")]
    NotJson(String),
    /// The store cannot now. The same may succeed later, and does no harm if it was done already.
    #[error("{0}")]
    Unavailable(String),
    /// The platform is not there, or did not answer in time.
    #[error("{0}")]
    Away(String),
    /// Something that should not fail failed.
    #[error("{0}")]
    Internal(Cow<'static, str>),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let detail = error.to_string();
        match error {
            StoreError::Unavailable(_) | StoreError::Busy => Self::Unavailable(detail),
            StoreError::Panicked
            | StoreError::Corrupt { .. }
            | StoreError::Newer { .. }
            | StoreError::Locked(_)
            | StoreError::Open { .. } => Self::Internal(detail.into()),
        }
    }
}

impl From<BadBody> for AppError {
    fn from(error: BadBody) -> Self {
        match error {
            BadBody::Syntax(detail) => Self::NotJson(detail),
            BadBody::Field { field, problem } => Self::field(field, problem),
        }
    }
}

impl From<LinkError> for AppError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::NotSet(_) | LinkError::NoKey => Self::Conflict(error.to_string()),
            LinkError::Signing => Self::Internal(error.to_string().into()),
        }
    }
}

impl From<ChanceError> for AppError {
    fn from(error: ChanceError) -> Self {
        Self::Internal(error.to_string().into())
    }
}

impl AppError {
    /// Something that should not fail failed.
    pub(crate) const fn internal(detail: &'static str) -> Self {
        Self::Internal(Cow::Borrowed(detail))
    }

    /// One field that is not as it must be.
    pub(crate) fn field(field: &str, detail: impl fmt::Display) -> Self {
        Self::Invalid(vec![FieldError { field: field.to_owned(), detail: detail.to_string() }])
    }
}

/// A value as raw JSON.
fn raw(value: &impl Serialize) -> Result<Box<RawValue>, AppError> {
    serde_json::value::to_raw_value(value)
        .map_err(|error| AppError::Internal(format!("a value could not be written as JSON: {error}").into()))
}

/// Does what waits for a disk, or goes through much, where nothing else waits for it.
///
/// # Errors
/// [`AppError::Internal`] where it did not come to its end; `what` names it.
async fn blocking<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| AppError::Internal(format!("{what} failed: {error}").into()))
}

/// Notes in the audit what the caller did. It stands in the same transaction as what was done.
fn audit(
    tx: &mut Tx<'_, '_>,
    caller: &Caller,
    now: Timestamp,
    action: &str,
    target: impl fmt::Display,
    details: serde_json::Value,
) -> Result<(), AppError> {
    Ok(tx.audit(&AuditEntry {
        at: now,
        actor: caller.actor.clone(),
        action: action.to_owned(),
        target: target.to_string(),
        details,
    })?)
}
