//! The one writer. Every change goes through its thread, which takes all the operations that wait, runs them over what is
//! committed, puts what they changed into the journal with one sync, and only then answers each of them: the sync is the
//! window in which the next batch gathers, so no timer is needed.
//!
//! When the journal is full, and at the end, the tables take what is in it, in one commit of redb. Until then it is in
//! memory besides, where every reader finds it (`recent.rs`).

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use redb::{Database, Durability, ReadableDatabase};
use tokio::sync::{mpsc, watch};

use super::journal::{self, Journal};
use super::recent::Recent;
use super::rows::{Batch, Changes, Snapshot};
use super::{Doing, StoreError, log, migrations};
use crate::domain::Seq;

/// How many operations may wait. More are refused at once, so that the callers can tell their callers.
pub(super) const QUEUE: usize = 4_096;
/// How many operations one commit takes.
const BATCH: usize = 512;
/// How long to wait before the files are opened again after they could not be: twice as long each time, up to the most.
const REOPEN_WAIT: Duration = Duration::from_millis(20);
const REOPEN_WAIT_MOST: Duration = Duration::from_secs(2);

/// What is done once the commit's fate is known: it answers the one who asked.
pub(super) type Settle = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// An operation: it changes the batch and leaves behind how to answer. It must not panic; [`guarded`] sees to it.
pub(super) type Operation = Box<dyn FnOnce(&mut Batch<'_>) -> Settle + Send>;
/// How the files are opened, again after a failure too.
pub(super) type Opener = Box<dyn Fn() -> Result<Files, StoreError> + Send + Sync>;

/// The files of a store.
pub(super) struct Files {
    pub(super) database: Database,
    /// The journal's file and how long it is to be; without one each commit goes to the tables.
    pub(super) journal: Option<(journal::File, journal::Length)>,
}

/// What readers see: the tables, and what the journal has that they have not.
struct Open {
    database: Arc<Database>,
    recent: Arc<Recent>,
    /// The number of the latest commit.
    number: u64,
}

/// The open store, shared by the writer and all readers. It is away while it is being opened again.
pub(super) struct Shared {
    opener: Opener,
    open: RwLock<Option<Open>>,
    changed: watch::Sender<Seq>,
}

impl Shared {
    /// Opens the files, and gives the journal, which is the writer's.
    pub(super) fn open(opener: Opener) -> Result<(Self, Option<Journal>), StoreError> {
        let shared = Self { opener, open: RwLock::new(None), changed: watch::Sender::new(Seq(0)) };
        let journal = shared.reopen()?;
        Ok((shared, journal))
    }

    pub(super) fn changed(&self) -> watch::Receiver<Seq> {
        self.changed.subscribe()
    }

    pub(super) fn read(&self) -> Result<Snapshot, StoreError> {
        let guard = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = guard.as_ref() else { return Err(away()) };
        // Under the lock, lest the tables take the recent rows between the two.
        Ok(Snapshot::new(begin_read(&open.database)?, Arc::clone(&open.recent), open.number))
    }

    fn opened(&self) -> RwLockWriteGuard<'_, Option<Open>> {
        self.open.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the files and lets the tables take what the journal has. After a failed commit nobody knows whether it
    /// reached the disk: what is found now is what happened.
    fn reopen(&self) -> Result<Option<Journal>, StoreError> {
        *self.opened() = None;
        let Files { database, journal } = (self.opener)()?;
        migrations::check(&database)?;
        let mut number = migrations::applied(&database)?;
        let (mut opened, recent) = (None, Arc::new(Recent::default()));
        if let Some((file, length)) = journal {
            let (mut journal, last, payloads) = Journal::open(file, length, number).map_err(|e| unusable(&e))?;
            let mut missing = Changes::default();
            for payload in &payloads {
                journal::decode(payload, &mut missing)?;
            }
            if !payloads.is_empty()
                && let Err(error) = write_tables(&database, &missing, last)
            {
                // As on a full disk: all can be read, and nothing is taken in until the tables have this.
                tracing::warn!(%error, "the tables cannot take yet what is in the journal");
                recent.add(last, missing);
                journal.doubt();
            }
            number = last;
            opened = Some(journal);
        }
        // After the journal, whose rows are those of the schema before.
        migrations::run(&database)?;
        let snapshot = Snapshot::new(begin_read(&database)?, Arc::clone(&recent), number);
        self.changed.send_replace(log::last_seq(&snapshot)?);
        *self.opened() = Some(Open { database: Arc::new(database), recent, number });
        Ok(opened)
    }

    /// Runs the operations and commits what they changed together. On success they are answered.
    fn commit(&self, journal: &mut Option<Journal>, operations: Vec<Operation>) -> Result<(), StoreError> {
        let mut settles = Vec::with_capacity(operations.len());
        let settled = match journal {
            Some(journal) if journal.is_doubtful() => self.move_to_tables(None).map(|()| journal.restart()),
            _ => Ok(()),
        };
        let committed = settled.and_then(|()| self.read()).and_then(|snapshot| {
            let mut batch = Batch::new(&snapshot, *self.changed.borrow());
            settles.extend(operations.into_iter().map(|operation| operation(&mut batch)));
            let (changes, last) = batch.finish();
            drop(snapshot);
            if !changes.is_empty() {
                self.keep(journal, changes)?;
            }
            Ok(last)
        });
        match committed {
            Ok(last) => {
                self.changed.send_replace(last);
                settles.into_iter().for_each(|settle| settle(Ok(())));
                Ok(())
            }
            Err(error) => {
                settles.into_iter().for_each(|settle| settle(Err(error.clone())));
                Err(error)
            }
        }
    }

    /// Puts changes on the disk and shows them to readers.
    fn keep(&self, journal: &mut Option<Journal>, changes: Changes) -> Result<(), StoreError> {
        let Some(journal) = journal else { return self.move_to_tables(Some(changes)) };
        let payload = journal::encode(&changes)?;
        if !journal.has_room(&payload) {
            self.move_to_tables(None)?;
            journal.restart();
        }
        if !journal.has_room(&payload) {
            // It would not fit at all.
            return self.move_to_tables(Some(changes));
        }
        let (_, recent, number) = self.latest()?;
        let number = number + 1;
        journal.append(number, &payload).map_err(|e| StoreError::failed(Doing::Commit, redb::StorageError::Io(e)))?;
        recent.add(number, changes);
        if let Some(open) = self.opened().as_mut() {
            open.number = number;
        }
        Ok(())
    }

    /// Lets the tables take what is recent, and one more commit where there is one. It takes longer than the journal,
    /// and longer the larger the file is.
    fn move_to_tables(&self, more: Option<Changes>) -> Result<(), StoreError> {
        let (database, recent, mut number) = self.latest()?;
        let mut sum = recent.sum();
        if let Some(more) = more {
            sum.extend(more);
            number += 1;
        }
        if sum.is_empty() {
            return Ok(());
        }
        write_tables(&database, &sum, number)?;
        if let Some(open) = self.opened().as_mut() {
            *open = Open { database, recent: Arc::default(), number };
        }
        Ok(())
    }

    fn latest(&self) -> Result<(Arc<Database>, Arc<Recent>, u64), StoreError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = open.as_ref() else { return Err(away()) };
        Ok((Arc::clone(&open.database), Arc::clone(&open.recent), open.number))
    }
}

fn away() -> StoreError {
    StoreError::Unavailable("it is being opened again after a failure".to_owned())
}

#[expect(clippy::disallowed_methods, reason = "this is where reads begin")]
fn begin_read(database: &Database) -> Result<redb::ReadTransaction, StoreError> {
    database.begin_read().map_err(|e| StoreError::failed(Doing::Read, e))
}

/// Commits changes to the tables, up to the commit of that number.
#[expect(clippy::disallowed_methods, reason = "this is where writes begin")]
fn write_tables(database: &Database, changes: &Changes, number: u64) -> Result<(), StoreError> {
    let mut txn = database.begin_write().map_err(|e| StoreError::failed(Doing::Write, e))?;
    txn.set_durability(Durability::Immediate).map_err(|e| StoreError::failed(Doing::Write, e))?;
    // Saves the allocator's state: a start after a crash does not walk the file. It commits in two phases, so that who
    // controls the bytes of a webhook cannot fake a commit.
    txn.set_quick_repair(true);
    changes.write(&txn)?;
    migrations::set_applied(&txn, number)?;
    txn.commit().map_err(|e| StoreError::failed(Doing::Commit, e))
}

/// Why a journal cannot be used.
fn unusable(error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::InvalidData => StoreError::Open { path: "the store".into(), detail: error.to_string() },
        _ => StoreError::Unavailable(format!("the journal cannot be read: {error}")),
    }
}

/// The writer's thread: it ends when nobody can send operations any more.
pub(super) fn run(shared: &Shared, mut journal: Option<Journal>, mut operations: mpsc::Receiver<Operation>) {
    let mut waiting = Vec::with_capacity(BATCH);
    while operations.blocking_recv_many(&mut waiting, BATCH) > 0 {
        let Err(error) = shared.commit(&mut journal, std::mem::take(&mut waiting)) else { continue };
        tracing::error!(%error, "the store failed; opening it again");
        let mut wait = REOPEN_WAIT;
        // The file is locked as long as it is open.
        drop(journal.take());
        journal = loop {
            let error = match shared.reopen() {
                Ok(journal) => break journal,
                Err(error) => error,
            };
            tracing::error!(%error, "the store cannot be opened again yet");
            if refuse_waiting(&mut operations, &error) {
                return;
            }
            std::thread::sleep(wait);
            wait = (wait * 2).min(REOPEN_WAIT_MOST);
        };
        tracing::info!("the store is open again");
    }
    // Then the tables alone are the whole store. Where it fails, the journal still has what they have not.
    if let Err(error) = shared.move_to_tables(None) {
        tracing::warn!(%error, "the journal stays, and is read at the next start");
    }
}

/// Answers what waits with the error; says whether nobody will ask any more.
fn refuse_waiting(operations: &mut mpsc::Receiver<Operation>, error: &StoreError) -> bool {
    loop {
        match operations.try_recv() {
            // Dropping the operation drops its sender; the caller then hears that the store is unavailable.
            Ok(operation) => drop(operation),
            Err(mpsc::error::TryRecvError::Empty) => return false,
            Err(mpsc::error::TryRecvError::Disconnected) => {
                tracing::error!(%error, "the store stays closed");
                return true;
            }
        }
    }
}

/// Runs `op` in the batch; a panic in it is an error like any other, and leaves no trace.
pub(super) fn guarded<T, E: From<StoreError>>(
    batch: &mut Batch<'_>,
    op: impl FnOnce(&mut super::Tx<'_, '_>) -> Result<T, E>,
) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(|| batch.run(op))).unwrap_or_else(|_| Err(StoreError::Panicked.into()))
}
