//! The schema's versions. A file of an older version is brought up step by step, each step one transaction; a file of a
//! newer one is refused, untouched.

use redb::{Database, ReadableDatabase, TableDefinition, WriteTransaction};

use super::codec::{Key, decode, encode};
use super::recordings::take_key;
use super::tables::{META, NAMES, RECORDING_NAMES, RECORDINGS};
use super::{Doing, StoreError, Tx};
use crate::domain::Timestamp;
use crate::domain::recording::Recording;

/// The version that this release writes.
pub(super) const SCHEMA_VERSION: u64 = 4;

/// A step brings a file of the version before it up by one.
type Step = fn(&WriteTransaction) -> Result<(), StoreError>;

/// The steps, in order: the first makes an empty file one of version 1; later ones have tables more.
const STEPS: [Step; 4] = [create_tables, create_tables, create_tables, find_takes];

const VERSION_KEY: &[u8] = b"schema_version";

/// The number of the latest commit that the tables have; those behind it are in the journal. It is no table of `tables.rs`,
/// for it is of the files and not of what is stored.
const APPLIED: TableDefinition<'static, (), u64> = TableDefinition::new("applied-1");

type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// Gives the file's version, where this release knows it.
pub(super) fn check(database: &impl ReadableDatabase) -> Result<u64, StoreError> {
    let found = version(database)?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer { found, known: SCHEMA_VERSION });
    }
    Ok(found)
}

/// Brings the file to [`SCHEMA_VERSION`].
pub(super) fn run(database: &Database) -> Result<(), StoreError> {
    let found = check(database)?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    for (step, version) in STEPS.iter().zip(1_u64..).skip(done) {
        #[expect(clippy::disallowed_methods, reason = "the store is not open yet")]
        let mut txn = database.begin_write().map_err(|e| StoreError::failed(Doing::Write, e))?;
        txn.set_quick_repair(true);
        step(&txn)?;
        txn.open_table(meta())
            .map_err(|e| StoreError::failed(Doing::Write, e))?
            .insert(VERSION_KEY, version.to_string().as_bytes())
            .map_err(|e| StoreError::failed(Doing::Write, e))?;
        txn.commit().map_err(|e| StoreError::failed(Doing::Commit, e))?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the store is not open yet")]
fn version(database: &impl ReadableDatabase) -> Result<u64, StoreError> {
    let txn = database.begin_read().map_err(|e| StoreError::failed(Doing::Read, e))?;
    let table = match txn.open_table(meta()) {
        Ok(table) => table,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(0),
        Err(error) => return Err(StoreError::failed(Doing::Read, error)),
    };
    let found = table.get(VERSION_KEY).map_err(|e| StoreError::failed(Doing::Read, e))?;
    let Some(found) = found else { return Ok(0) };
    serde_json::from_slice(found.value()).map_err(|e| META.corrupt(&e))
}

/// The number of the latest commit that the tables have.
pub(super) fn applied(database: &Database) -> Result<u64, StoreError> {
    #[expect(clippy::disallowed_methods, reason = "the store is not open yet")]
    let txn = database.begin_read().map_err(|e| StoreError::failed(Doing::Read, e))?;
    let table = match txn.open_table(APPLIED) {
        Ok(table) => table,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(0),
        Err(error) => return Err(StoreError::failed(Doing::Read, error)),
    };
    let found = table.get(()).map_err(|e| StoreError::failed(Doing::Read, e))?;
    Ok(found.map_or(0, |found| found.value()))
}

/// Notes that the tables have every commit up to the one of that number.
pub(super) fn set_applied(txn: &WriteTransaction, number: u64) -> Result<(), StoreError> {
    let mut table = txn.open_table(APPLIED).map_err(|e| StoreError::failed(Doing::Write, e))?;
    table.insert((), number).map_err(|e| StoreError::failed(Doing::Write, e))?;
    Ok(())
}

fn meta() -> Definition {
    definition(META.index())
}

fn definition(table: usize) -> Definition {
    TableDefinition::new(NAMES.get(table).copied().unwrap_or_default())
}

/// Makes every table that is not there yet, so that readers find them.
fn create_tables(txn: &WriteTransaction) -> Result<(), StoreError> {
    for name in NAMES {
        let definition: Definition = TableDefinition::new(name);
        txn.open_table(definition).map_err(|e| StoreError::failed(Doing::Write, e))?;
    }
    Ok(())
}

/// Version 4 has tables more, and finds recordings of which there is no file by their room and time.
fn find_takes(txn: &WriteTransaction) -> Result<(), StoreError> {
    create_tables(txn)?;
    let failed = |error: redb::StorageError| StoreError::failed(Doing::Write, error);
    let recordings = txn.open_table(definition(RECORDINGS.index())).map_err(|e| StoreError::failed(Doing::Write, e))?;
    let mut names =
        txn.open_table(definition(RECORDING_NAMES.index())).map_err(|e| StoreError::failed(Doing::Write, e))?;
    for row in redb::ReadableTable::iter(&recordings).map_err(failed)? {
        let (_, value) = row.map_err(failed)?;
        let recording: Recording = decode(value.value()).map_err(|e| RECORDINGS.corrupt(&e))?;
        if let Some(key) = take_key(&recording) {
            let id = encode(&recording.id).map_err(|e| RECORDING_NAMES.corrupt(&e))?;
            names.insert(key.bytes().as_slice(), id.as_slice()).map_err(failed)?;
        }
    }
    Ok(())
}

impl Tx<'_, '_> {
    /// Keeps a moment, to show that the store writes.
    pub(crate) fn put_heartbeat(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.put(META, &"heartbeat".to_owned(), &serde_json::json!(now))
    }
}
