//! Rows as the rest of the store sees them: a [`Snapshot`] of what is committed, and a [`Tx`] that adds to it.
//!
//! A `Tx` never writes to the file itself. Its changes stay in memory until its operation has succeeded, then join the
//! changes of the other operations of the batch, and only those reach redb, sorted, just before the commit. So an
//! operation that fails leaves no trace by construction, and a row that a hundred operations of a batch touch is
//! written once.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

use redb::{ReadOnlyTable, ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::{Key, decode, encode, prefix_end};
use super::tables::{COUNT, NAMES, Table};
use super::{Doing, StoreError};
use crate::domain::Seq;

type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// What a visitor of rows says after each: go on, or stop.
pub(crate) type Visit = Result<ControlFlow<()>, StoreError>;

type RawVisitor<'a> = dyn FnMut(&[u8], &[u8]) -> Visit + 'a;

/// Which way a scan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// From the lowest key up.
    Ascending,
    /// From the highest key down.
    Descending,
}

/// A half-open range of raw keys: `from` is in it, `to` is not; no `to` means to the end.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    from: Vec<u8>,
    to: Option<Vec<u8>>,
}

impl Span {
    /// Every key that begins with `prefix`.
    pub(crate) fn prefix<P: Key>(prefix: &P) -> Self {
        let from = prefix.bytes();
        Self { to: prefix_end(&from), from }
    }

    /// This range, but from `from` on.
    pub(crate) fn from<K: Key>(mut self, from: &K) -> Self {
        self.from = from.bytes();
        self
    }

    /// This range, but only up to `to`, itself left out.
    pub(crate) fn to<K: Key>(mut self, to: &K) -> Self {
        self.to = Some(to.bytes());
        self
    }

    /// This range, without `after` and what comes before it.
    pub(crate) fn after<K: Key>(mut self, after: &K) -> Self {
        self.from = after.bytes();
        self.from.push(0);
        self
    }

    fn is_empty(&self) -> bool {
        self.to.as_ref().is_some_and(|to| *to <= self.from)
    }

    fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        (Bound::Included(self.from.as_slice()), self.to.as_deref().map_or(Bound::Unbounded, Bound::Excluded))
    }
}

/// Reading, from a snapshot or from within an operation: every look-up is written once over this.
pub(crate) trait Read {
    /// One value's bytes.
    fn get_raw(&self, table: usize, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// Every row of a range, in order, until the visitor stops.
    fn scan_raw(&self, table: usize, span: &Span, order: Order, visit: &mut RawVisitor<'_>) -> Result<(), StoreError>;

    /// One value.
    fn get<K: Key, V: DeserializeOwned>(&self, table: Table<K, V>, key: &K) -> Result<Option<V>, StoreError> {
        let found = self.get_raw(table.index(), &key.bytes())?;
        found.map(|bytes| decode(&bytes).map_err(|e| table.corrupt(&e))).transpose()
    }

    /// Whether there is such a row.
    fn has<K: Key, V>(&self, table: Table<K, V>, key: &K) -> Result<bool, StoreError> {
        Ok(self.get_raw(table.index(), &key.bytes())?.is_some())
    }

    /// Visits the rows of a range.
    fn scan<K: Key, V: DeserializeOwned>(
        &self,
        table: Table<K, V>,
        span: &Span,
        order: Order,
        mut visit: impl FnMut(K, V) -> Visit,
    ) -> Result<(), StoreError>
    where
        Self: Sized,
    {
        self.scan_raw(table.index(), span, order, &mut |mut key, value| {
            let key = K::take(&mut key).ok_or_else(|| table.corrupt(&"a key of another shape"))?;
            visit(key, decode(value).map_err(|e| table.corrupt(&e))?)
        })
    }

    /// The first row of a range.
    fn first<K: Key, V: DeserializeOwned>(
        &self,
        table: Table<K, V>,
        span: &Span,
        order: Order,
    ) -> Result<Option<(K, V)>, StoreError>
    where
        Self: Sized,
    {
        let mut found = None;
        self.scan(table, span, order, |key, value| {
            found = Some((key, value));
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// At most `limit` rows of a range.
    fn list<K: Key, V: DeserializeOwned>(
        &self,
        table: Table<K, V>,
        span: &Span,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(K, V)>, StoreError>
    where
        Self: Sized,
    {
        let mut rows = Vec::new();
        if limit > 0 {
            self.scan(table, span, order, |key, value| {
                rows.push((key, value));
                Ok(if rows.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
            })?;
        }
        Ok(rows)
    }
}

/// What was committed when the snapshot was taken. It stays so, whatever is written meanwhile.
pub(crate) struct Snapshot {
    txn: ReadTransaction,
    tables: [OnceCell<ReadOnlyTable<&'static [u8], &'static [u8]>>; COUNT],
}

impl Snapshot {
    pub(super) fn new(txn: ReadTransaction) -> Self {
        Self { txn, tables: [const { OnceCell::new() }; COUNT] }
    }

    fn table(&self, index: usize) -> Result<&ReadOnlyTable<&'static [u8], &'static [u8]>, StoreError> {
        let (cell, definition) = slot(&self.tables, index)?;
        if cell.get().is_none() {
            let opened = self.txn.open_table(definition).map_err(|e| StoreError::failed(Doing::Read, e))?;
            let _ = cell.set(opened);
        }
        cell.get().ok_or_else(|| StoreError::unknown_table(index))
    }
}

impl Read for Snapshot {
    fn get_raw(&self, table: usize, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.table(table)?.get(key).map_err(|e| StoreError::failed(Doing::Read, e))?;
        Ok(found.map(|value| value.value().to_vec()))
    }

    fn scan_raw(&self, table: usize, span: &Span, order: Order, visit: &mut RawVisitor<'_>) -> Result<(), StoreError> {
        if span.is_empty() {
            return Ok(());
        }
        let mut rows =
            self.table(table)?.range::<&[u8]>(span.bounds()).map_err(|e| StoreError::failed(Doing::Read, e))?;
        loop {
            let row = if order == Order::Ascending { rows.next() } else { rows.next_back() };
            let Some(row) = row else { return Ok(()) };
            let (key, value) = row.map_err(|e| StoreError::failed(Doing::Read, e))?;
            if visit(key.value(), value.value())?.is_break() {
                return Ok(());
            }
        }
    }
}

/// Changes that are not in the file yet: a value, or nothing where the row is to go.
#[derive(Default)]
struct Changes([BTreeMap<Vec<u8>, Option<Vec<u8>>>; COUNT]);

impl Changes {
    fn get(&self, table: usize, key: &[u8]) -> Option<&Option<Vec<u8>>> {
        self.0.get(table)?.get(key)
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(BTreeMap::is_empty)
    }
}

/// The operations of one commit: what they changed so far, over the tables they will be written to.
pub(super) struct Batch<'txn> {
    txn: &'txn WriteTransaction,
    tables: [OnceCell<redb::Table<'txn, &'static [u8], &'static [u8]>>; COUNT],
    changes: Changes,
    last_seq: Seq,
}

impl<'txn> Batch<'txn> {
    /// A batch over `txn`, whose log ends with `last_seq`.
    pub(super) fn new(txn: &'txn WriteTransaction, last_seq: Seq) -> Self {
        Self { txn, tables: [const { OnceCell::new() }; COUNT], changes: Changes::default(), last_seq }
    }

    fn table(&self, index: usize) -> Result<&redb::Table<'txn, &'static [u8], &'static [u8]>, StoreError> {
        let (cell, definition) = slot(&self.tables, index)?;
        if cell.get().is_none() {
            let opened = self.txn.open_table(definition).map_err(|e| StoreError::failed(Doing::Write, e))?;
            let _ = cell.set(opened);
        }
        cell.get().ok_or_else(|| StoreError::unknown_table(index))
    }

    /// Runs one operation; what it changed stays only where it succeeded.
    pub(super) fn run<T, E>(&mut self, op: impl FnOnce(&mut Tx<'_, 'txn>) -> Result<T, E>) -> Result<T, E> {
        let mut tx = Tx { last_seq: self.last_seq, batch: self, changes: Changes::default() };
        let result = op(&mut tx)?;
        let (changes, last_seq) = (tx.changes, tx.last_seq);
        self.last_seq = last_seq;
        for (mine, theirs) in self.changes.0.iter_mut().zip(changes.0) {
            if mine.is_empty() {
                *mine = theirs;
            } else {
                mine.extend(theirs);
            }
        }
        Ok(result)
    }

    /// Whether nothing was changed at all.
    pub(super) fn is_unchanged(&self) -> bool {
        self.changes.is_empty()
    }

    /// The end of the log, with what the batch appended.
    pub(super) fn last_seq(&self) -> Seq {
        self.last_seq
    }

    /// Writes the changes to the tables, in key order.
    pub(super) fn flush(mut self) -> Result<(), StoreError> {
        let changes = std::mem::take(&mut self.changes);
        for (index, rows) in changes.0.into_iter().enumerate() {
            if rows.is_empty() {
                continue;
            }
            self.table(index)?;
            let Some(table) = self.tables.get_mut(index).and_then(OnceCell::get_mut) else {
                return Err(StoreError::unknown_table(index));
            };
            for (key, value) in rows {
                match value {
                    Some(value) => table.insert(key.as_slice(), value.as_slice()).map(drop),
                    None => table.remove(key.as_slice()).map(drop),
                }
                .map_err(|e| StoreError::failed(Doing::Write, e))?;
            }
        }
        Ok(())
    }
}

/// One operation: it reads what is committed, what its batch changed before it, and what it changed itself.
pub(crate) struct Tx<'batch, 'txn> {
    batch: &'batch Batch<'txn>,
    changes: Changes,
    last_seq: Seq,
}

impl Tx<'_, '_> {
    /// Sets one value.
    pub(crate) fn put<K: Key, V: Serialize>(
        &mut self,
        table: Table<K, V>,
        key: &K,
        value: &V,
    ) -> Result<(), StoreError> {
        let bytes = encode(value).map_err(|e| table.corrupt(&e))?;
        self.change(table.index(), key.bytes(), Some(bytes));
        Ok(())
    }

    /// Removes one row; nothing happens where there is none.
    pub(crate) fn remove<K: Key, V>(&mut self, table: Table<K, V>, key: &K) {
        self.change(table.index(), key.bytes(), None);
    }

    /// The end of the log, with what this operation appended.
    pub(crate) fn last_seq(&self) -> Seq {
        self.last_seq
    }

    /// The next number of the log.
    pub(super) fn next_seq(&mut self) -> Seq {
        self.last_seq.0 += 1;
        self.last_seq
    }

    fn change(&mut self, table: usize, key: Vec<u8>, value: Option<Vec<u8>>) {
        if let Some(rows) = self.changes.0.get_mut(table) {
            rows.insert(key, value);
        }
    }

    /// The rows of a range that are not in the file as they will be: the operation's own over the batch's.
    fn pending(&self, table: usize, span: &Span) -> BTreeMap<&[u8], Option<&[u8]>> {
        let mut pending = BTreeMap::new();
        for changes in [&self.batch.changes, &self.changes] {
            let Some(rows) = changes.0.get(table) else { continue };
            for (key, value) in rows.range::<[u8], _>(span.bounds()) {
                pending.insert(key.as_slice(), value.as_deref());
            }
        }
        pending
    }
}

impl Read for Tx<'_, '_> {
    fn get_raw(&self, table: usize, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(change) = self.changes.get(table, key).or_else(|| self.batch.changes.get(table, key)) {
            return Ok(change.clone());
        }
        let found = self.batch.table(table)?.get(key).map_err(|e| StoreError::failed(Doing::Read, e))?;
        Ok(found.map(|value| value.value().to_vec()))
    }

    fn scan_raw(&self, table: usize, span: &Span, order: Order, visit: &mut RawVisitor<'_>) -> Result<(), StoreError> {
        if span.is_empty() {
            return Ok(());
        }
        let mut pending = self.pending(table, span);
        let mut rows =
            self.batch.table(table)?.range::<&[u8]>(span.bounds()).map_err(|e| StoreError::failed(Doing::Read, e))?;
        let ascending = order == Order::Ascending;
        loop {
            let row = if ascending { rows.next() } else { rows.next_back() };
            let row = row.transpose().map_err(|e| StoreError::failed(Doing::Read, e))?;
            // First the changed rows that come before this one, then this one. Where it was changed too, its change comes
            // next.
            while let Some(next) = if ascending { pending.first_entry() } else { pending.last_entry() } {
                let is_before = row.as_ref().is_none_or(|(key, _)| {
                    if ascending { *next.key() < key.value() } else { *next.key() > key.value() }
                });
                if !is_before {
                    break;
                }
                let (key, value) = next.remove_entry();
                if let Some(value) = value
                    && visit(key, value)?.is_break()
                {
                    return Ok(());
                }
            }
            let Some((key, value)) = row else { return Ok(()) };
            let changed = self.changes.get(table, key.value()).or_else(|| self.batch.changes.get(table, key.value()));
            if changed.is_none() && visit(key.value(), value.value())?.is_break() {
                return Ok(());
            }
        }
    }
}

fn slot<T>(tables: &[OnceCell<T>], index: usize) -> Result<(&OnceCell<T>, Definition), StoreError> {
    match (tables.get(index), NAMES.get(index)) {
        (Some(cell), Some(name)) => Ok((cell, TableDefinition::new(name))),
        _ => Err(StoreError::unknown_table(index)),
    }
}
