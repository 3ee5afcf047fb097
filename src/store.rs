//! The store: one redb file with a journal beside it, one writer, as many readers as there are.
//!
//! [`Store::write`] takes a closure that is synchronous, so nothing can be awaited inside a transaction. It is answered
//! after the disk has it. Where it fails, nothing of it is kept, and its neighbours in the same commit are untouched.
//! [`Store::read`] gives a snapshot. [`Store::changed`] is the only bell: it rings after each commit, and who hears it
//! looks at the store from its own place.
//!
//! A commit is on the disk when it is in the journal. The redb file takes what the journal has when that is full, and at
//! the end; until then it is in memory besides, and a snapshot sees both.
//!
//! To add a table: a line in `tables.rs`, with its key and value in words; a file of this folder for its noun, with the
//! look-ups over [`Read`] and the changes over [`Tx`]. To change a table's layout: a new table with the next number, a
//! step in `migrations.rs`, and the saved database of the release before in `tests/data`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::Builder;
use tokio::sync::{mpsc, oneshot, watch};

pub(crate) mod access;
pub(crate) mod aside;
pub(crate) mod audit;
mod codec;
pub(crate) mod conferences;
pub(crate) mod disks;
mod file;
pub(crate) mod guests;
pub(crate) mod jobs;
mod journal;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod meetings;
mod migrations;
pub(crate) mod openings;
pub(crate) mod rebuild;
mod recent;
pub(crate) mod recorders;
pub(crate) mod recordings;
pub(crate) mod retention;
pub(crate) mod rooms;
mod rows;
pub(crate) mod shares;
mod tables;
#[cfg(test)]
pub(crate) mod tests;
mod unsynced;
pub(crate) mod uploads;
mod writer;

pub(crate) use rows::{Order, Read, Snapshot, Tx, Visit};

use crate::domain::Seq;
use writer::{Files, Operation, Shared};

/// How much of the file redb keeps in memory, in bytes.
const CACHE_BYTES: usize = 24 << 20;

/// What was being done when the file failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// Reading.
    Read,
    /// Changing, before the commit.
    Write,
    /// Committing: whether the disk has it is not known.
    Commit,
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "reading",
            Self::Write => "writing",
            Self::Commit => "committing",
        })
    }
}

/// Why the store did not do as asked.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// It cannot now; the same may succeed later. A write may or may not have reached the disk.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// Too many operations wait.
    #[error("the store is busy: {} operations wait", writer::QUEUE)]
    Busy,
    /// An operation panicked. Nothing of it was kept.
    #[error("an operation on the store failed unexpectedly")]
    Panicked,
    /// A row is not as this program writes it.
    #[error("the store holds a row of table {table} that cannot be read: {detail}")]
    Corrupt {
        /// Which table.
        table: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The file was written by a later release.
    #[error(
        "the store has schema version {found}, but this release knows only up to {known}: install the release that \
         wrote it, or a later one"
    )]
    Newer {
        /// The file's version.
        found: u64,
        /// The latest that this release knows.
        known: u64,
    },
    /// Another process has the file.
    #[error("{} is in use by another process: stop it, or talk to it", .0.display())]
    Locked(PathBuf),
    /// The file cannot be opened.
    #[error("cannot open {}: {detail}", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
}

impl StoreError {
    fn failed(doing: Doing, error: impl Into<redb::Error>) -> Self {
        Self::Unavailable(format!("{doing} failed: {}", error.into()))
    }

    fn unknown_table(index: usize) -> Self {
        Self::Corrupt { table: "?", detail: format!("there is no table number {index}") }
    }
}

/// The store. Clones are the same store.
#[derive(Clone)]
pub(crate) struct Store {
    shared: Arc<Shared>,
    operations: mpsc::Sender<Operation>,
    /// Resolves when the writer's thread has ended.
    ended: Arc<oneshot::Receiver<()>>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// Opens the file at `path`, made where there is none, and brings it to this release's schema.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::Newer`], [`StoreError::Open`].
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let path = path.to_owned();
        file::make_if_missing(&path)?;
        Self::open_with(Box::new(move || {
            let database = file::open(&path)?;
            Ok(Files { database, journal: Some(file::journal(&path)?) })
        }))
    }

    /// The same, but nothing waits for the disk: for data that may be lost with the machine. No lock keeps others out.
    pub(crate) fn open_unsynced(path: &Path) -> Result<Self, StoreError> {
        let path = path.to_owned();
        Self::open_with(Box::new(move || {
            let unsynced = unsynced::Unsynced::open(&path);
            let opened = unsynced.and_then(|file| Builder::new().set_cache_size(CACHE_BYTES).create_with_backend(file));
            let database = opened.map_err(|error| file::refused(&path, error))?;
            Ok(Files { database, journal: None })
        }))
    }

    /// A store in memory, gone with its last clone.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        Self::open_with(Box::new(|| {
            let opened =
                Builder::new().set_cache_size(CACHE_BYTES).create_with_backend(redb::backends::InMemoryBackend::new());
            let database = opened.map_err(|e| StoreError::Open { path: "memory".into(), detail: e.to_string() })?;
            Ok(Files { database, journal: None })
        }))
    }

    fn open_with(opener: writer::Opener) -> Result<Self, StoreError> {
        let (shared, journal) = Shared::open(opener)?;
        let shared = Arc::new(shared);
        let (operations, waiting) = mpsc::channel(writer::QUEUE);
        let (on_end, ended) = oneshot::channel();
        let for_writer = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                writer::run(&for_writer, journal, waiting);
                drop(for_writer);
                let _ = on_end.send(());
            })
            .map_err(|e| StoreError::Unavailable(format!("no thread for the writer: {e}")))?;
        Ok(Self { shared, operations, ended: Arc::new(ended) })
    }

    /// Runs `op` in the next transaction and answers once it is on the disk. An error of `op` means that nothing of it
    /// was kept; [`StoreError::Unavailable`] means that nobody knows, so the caller may only try what can be repeated.
    pub(crate) async fn write<T, E>(
        &self,
        op: impl FnOnce(&mut Tx<'_, '_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let operation: Operation = Box::new(move |batch| {
            let result = writer::guarded(batch, op);
            Box::new(move |committed| {
                // Who asked may have gone: that is no concern of the store's.
                let _ = answer.send(match committed {
                    Ok(()) => result,
                    Err(error) => result.and(Err(error.into())),
                });
            })
        });
        self.operations.try_send(operation).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Unavailable("it is closed".to_owned()),
        })?;
        answered
            .await
            .unwrap_or_else(|_| Err(StoreError::Unavailable("it could not be opened again".to_owned()).into()))
    }

    /// What is committed now.
    pub(crate) fn read(&self) -> Result<Snapshot, StoreError> {
        self.shared.read()
    }

    /// Rings after each commit, with the log's latest sequence number.
    pub(crate) fn changed(&self) -> watch::Receiver<Seq> {
        self.shared.changed()
    }

    /// Lets what waits be committed and closes the file, where this is the last clone.
    pub(crate) async fn close(self) {
        let Self { shared, operations, ended } = self;
        drop((shared, operations));
        if let Some(ended) = Arc::into_inner(ended) {
            let _ = ended.await;
        }
    }
}
