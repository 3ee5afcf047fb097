//! The one writer. Every change goes through its thread, which takes all the operations that wait, runs them in one
//! transaction, syncs once, and only then answers each of them: the sync is the window in which the next batch gathers,
//! so no timer is needed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use redb::{Database, Durability, ReadableDatabase};
use tokio::sync::{mpsc, watch};

use super::rows::{Batch, Snapshot};
use super::{Doing, StoreError, log};
use crate::domain::Seq;

/// How many operations may wait. More are refused at once, so that the callers can tell their callers.
pub(super) const QUEUE: usize = 4_096;
/// How many operations one transaction takes.
const BATCH: usize = 512;
/// How long to wait before the file is opened again after it could not be: twice as long each time, up to the most.
const REOPEN_WAIT: Duration = Duration::from_millis(20);
const REOPEN_WAIT_MOST: Duration = Duration::from_secs(2);

/// What is done once the transaction's fate is known: it answers the one who asked.
pub(super) type Settle = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// An operation: it changes the batch and leaves behind how to answer. It must not panic; [`guarded`] sees to it.
pub(super) type Operation = Box<dyn FnOnce(&mut Batch<'_>) -> Settle + Send>;
/// How the database is opened, again after a failure too.
pub(super) type Opener = Box<dyn Fn() -> Result<Database, StoreError> + Send + Sync>;

/// The open database, shared by the writer and all readers. It is away while it is being opened again.
pub(super) struct Shared {
    opener: Opener,
    database: RwLock<Option<Arc<Database>>>,
    changed: watch::Sender<Seq>,
}

impl Shared {
    pub(super) fn open(opener: Opener) -> Result<Self, StoreError> {
        let database = opener()?;
        let last = last_seq(&database)?;
        Ok(Self { opener, database: RwLock::new(Some(Arc::new(database))), changed: watch::Sender::new(last) })
    }

    pub(super) fn changed(&self) -> watch::Receiver<Seq> {
        self.changed.subscribe()
    }

    fn database(&self) -> Result<Arc<Database>, StoreError> {
        let guard = self.database.read().unwrap_or_else(PoisonError::into_inner);
        guard.clone().ok_or_else(|| StoreError::Unavailable("it is being opened again after a failure".to_owned()))
    }

    #[expect(clippy::disallowed_methods, reason = "this is where reads begin")]
    pub(super) fn read(&self) -> Result<Snapshot, StoreError> {
        let txn = self.database()?.begin_read().map_err(|e| StoreError::failed(Doing::Read, e))?;
        Ok(Snapshot::new(txn))
    }

    /// Runs the operations in one transaction and commits it. On success they are answered; else they come back.
    #[expect(clippy::disallowed_methods, reason = "this is where writes begin")]
    fn commit(&self, operations: Vec<Operation>) -> Result<(), StoreError> {
        let mut settles = Vec::with_capacity(operations.len());
        let committed = self.database().and_then(|database| {
            let mut txn = database.begin_write().map_err(|e| StoreError::failed(Doing::Write, e))?;
            txn.set_durability(Durability::Immediate).map_err(|e| StoreError::failed(Doing::Write, e))?;
            // Saves the allocator's state with each commit: a start after a crash does not walk the file. It commits in
            // two phases, so that who controls the bytes of a webhook cannot fake a commit.
            txn.set_quick_repair(true);
            let mut batch = Batch::new(&txn, *self.changed.borrow());
            settles.extend(operations.into_iter().map(|operation| operation(&mut batch)));
            let last = batch.last_seq();
            if batch.is_unchanged() {
                return Ok(last);
            }
            batch.flush()?;
            txn.commit().map_err(|e| StoreError::failed(Doing::Commit, e))?;
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

    /// After a failed commit nobody knows whether it reached the disk. Closing and opening the file tells: what is in
    /// it then is what happened.
    fn reopen(&self) -> Result<(), StoreError> {
        *self.database.write().unwrap_or_else(PoisonError::into_inner) = None;
        let database = (self.opener)()?;
        self.changed.send_replace(last_seq(&database)?);
        *self.database.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(database));
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "the file has just been opened")]
fn last_seq(database: &Database) -> Result<Seq, StoreError> {
    log::last_seq(&Snapshot::new(database.begin_read().map_err(|e| StoreError::failed(Doing::Read, e))?))
}

/// The writer's thread: it ends when nobody can send operations any more.
pub(super) fn run(shared: &Shared, mut operations: mpsc::Receiver<Operation>) {
    let mut waiting = Vec::with_capacity(BATCH);
    while operations.blocking_recv_many(&mut waiting, BATCH) > 0 {
        let Err(error) = shared.commit(std::mem::take(&mut waiting)) else { continue };
        tracing::error!(%error, "the store failed; opening it again");
        let mut wait = REOPEN_WAIT;
        while let Err(error) = shared.reopen() {
            tracing::error!(%error, "the store cannot be opened again yet");
            if refuse_waiting(&mut operations, &error) {
                return;
            }
            std::thread::sleep(wait);
            wait = (wait * 2).min(REOPEN_WAIT_MOST);
        }
        tracing::info!("the store is open again");
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
