//! Rows as the rest of the store sees them: a [`Snapshot`] of what is committed, and a [`Tx`] that adds to it.
//!
//! A `Tx` never writes to a file itself. Its changes stay in memory until its operation has succeeded, then join the
//! changes of the other operations of the batch, and only those are committed. So an operation that fails leaves no
//! trace by construction, and a row that a hundred operations of a batch touch is written once.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use redb::{ReadOnlyTable, ReadTransaction, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::{Key, decode, encode, prefix_end};
use super::recent::Recent;
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

    pub(super) fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
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

/// A row's bytes; nothing where the row is removed.
pub(super) type Value = Option<Arc<[u8]>>;

/// What was committed when the snapshot was taken. It stays so, whatever is written meanwhile.
pub(crate) struct Snapshot {
    txn: ReadTransaction,
    tables: [OnceCell<ReadOnlyTable<&'static [u8], &'static [u8]>>; COUNT],
    /// What is committed and not in the tables, up to the commit of this number.
    recent: Arc<Recent>,
    number: u64,
}

impl Snapshot {
    /// What the commits up to `number` left: the tables as `txn` sees them, and over them what is recent.
    pub(super) fn new(txn: ReadTransaction, recent: Arc<Recent>, number: u64) -> Self {
        Self { txn, tables: [const { OnceCell::new() }; COUNT], recent, number }
    }

    fn table(&self, index: usize) -> Result<&ReadOnlyTable<&'static [u8], &'static [u8]>, StoreError> {
        let (cell, definition) = slot(&self.tables, index)?;
        if cell.get().is_none() {
            let opened = self.txn.open_table(definition).map_err(|e| StoreError::failed(Doing::Read, e))?;
            let _ = cell.set(opened);
        }
        cell.get().ok_or_else(|| StoreError::unknown_table(index))
    }

    fn scan_table(
        &self,
        table: usize,
        span: &Span,
        order: Order,
        visit: &mut RawVisitor<'_>,
    ) -> Result<(), StoreError> {
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

impl Read for Snapshot {
    fn get_raw(&self, table: usize, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(value) = self.recent.get(table, key, self.number) {
            return Ok(value.map(|value| value.to_vec()));
        }
        let found = self.table(table)?.get(key).map_err(|e| StoreError::failed(Doing::Read, e))?;
        Ok(found.map(|value| value.value().to_vec()))
    }

    fn scan_raw(&self, table: usize, span: &Span, order: Order, visit: &mut RawVisitor<'_>) -> Result<(), StoreError> {
        if span.is_empty() {
            return Ok(());
        }
        let recent = self.recent.range(table, span, self.number);
        scan_over(recent, order, visit, |visit| self.scan_table(table, span, order, visit))
    }
}

/// Visits the rows of `over` and those of `under`, which brings its own in order; where both have a row, that of `over`
/// stands, and where it is a removal, none does.
fn scan_over<K: AsRef<[u8]> + Ord, V: AsRef<[u8]>>(
    mut over: BTreeMap<K, Option<V>>,
    order: Order,
    visit: &mut RawVisitor<'_>,
    under: impl FnOnce(&mut RawVisitor<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if over.is_empty() {
        return under(visit);
    }
    let ascending = order == Order::Ascending;
    let mut take = move |until: Option<&[u8]>| {
        let next = if ascending { over.first_entry() } else { over.last_entry() }?;
        let is_before = until.is_none_or(|until| match next.key().as_ref().cmp(until) {
            Ordering::Less => ascending,
            Ordering::Equal => true,
            Ordering::Greater => !ascending,
        });
        is_before.then(|| next.remove_entry())
    };
    let mut stopped = false;
    under(&mut |key, value| {
        while let Some((changed, new)) = take(Some(key)) {
            let replaces = changed.as_ref() == key;
            if let Some(new) = new
                && visit(changed.as_ref(), new.as_ref())?.is_break()
            {
                stopped = true;
                return Ok(ControlFlow::Break(()));
            }
            if replaces {
                return Ok(ControlFlow::Continue(()));
            }
        }
        let next = visit(key, value)?;
        stopped = next.is_break();
        Ok(next)
    })?;
    while !stopped && let Some((key, value)) = take(None) {
        stopped = match value {
            Some(value) => visit(key.as_ref(), value.as_ref())?.is_break(),
            None => false,
        };
    }
    Ok(())
}

/// Changed rows, by table and key: a value, or nothing where the row is to go.
pub(super) struct Changes([BTreeMap<Arc<[u8]>, Value>; COUNT]);

impl Default for Changes {
    fn default() -> Self {
        Self([const { BTreeMap::new() }; COUNT])
    }
}

impl Changes {
    fn get(&self, table: usize, key: &[u8]) -> Option<&Value> {
        self.0.get(table)?.get(key)
    }

    /// Sets one row.
    pub(super) fn set(&mut self, table: usize, key: Arc<[u8]>, value: Value) -> Result<(), StoreError> {
        self.0.get_mut(table).ok_or_else(|| StoreError::unknown_table(table))?.insert(key, value);
        Ok(())
    }

    /// Whether no row is changed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(BTreeMap::is_empty)
    }

    /// The changed rows of each table that has some, by its name, in the order of the keys.
    pub(super) fn by_name(&self) -> impl Iterator<Item = (&'static str, &BTreeMap<Arc<[u8]>, Value>)> {
        NAMES.into_iter().zip(&self.0).filter(|(_, rows)| !rows.is_empty())
    }

    /// The tables' rows.
    pub(super) fn into_tables(self) -> [BTreeMap<Arc<[u8]>, Value>; COUNT] {
        self.0
    }

    /// The same, to be changed.
    pub(super) fn tables_mut(&mut self) -> &mut [BTreeMap<Arc<[u8]>, Value>; COUNT] {
        &mut self.0
    }

    /// Adds later changes.
    pub(super) fn extend(&mut self, later: Self) {
        for (mine, theirs) in self.0.iter_mut().zip(later.0) {
            if mine.is_empty() {
                *mine = theirs;
            } else {
                mine.extend(theirs);
            }
        }
    }

    /// Writes the changes to the tables, in key order.
    pub(super) fn write(&self, txn: &WriteTransaction) -> Result<(), StoreError> {
        for (name, rows) in self.by_name() {
            let definition: Definition = TableDefinition::new(name);
            let mut table = txn.open_table(definition).map_err(|e| StoreError::failed(Doing::Write, e))?;
            for (key, value) in rows {
                match value {
                    Some(value) => table.insert(&**key, &**value).map(drop),
                    None => table.remove(&**key).map(drop),
                }
                .map_err(|e| StoreError::failed(Doing::Write, e))?;
            }
        }
        Ok(())
    }
}

/// The operations of one commit: what they changed so far, over what is committed.
pub(super) struct Batch<'base> {
    base: &'base Snapshot,
    changes: Changes,
    last_seq: Seq,
}

impl<'base> Batch<'base> {
    /// A batch over `base`, whose log ends with `last_seq`.
    pub(super) fn new(base: &'base Snapshot, last_seq: Seq) -> Self {
        Self { base, changes: Changes::default(), last_seq }
    }

    /// Runs one operation; what it changed stays only where it succeeded.
    pub(super) fn run<T, E>(&mut self, op: impl FnOnce(&mut Tx<'_, 'base>) -> Result<T, E>) -> Result<T, E> {
        let mut tx = Tx { last_seq: self.last_seq, batch: self, changes: Changes::default() };
        let result = op(&mut tx)?;
        let (changes, last_seq) = (tx.changes, tx.last_seq);
        self.last_seq = last_seq;
        self.changes.extend(changes);
        Ok(result)
    }

    /// What the operations changed together, and the end of the log with what they appended.
    pub(super) fn finish(self) -> (Changes, Seq) {
        (self.changes, self.last_seq)
    }
}

/// One operation: it reads what is committed, what its batch changed before it, and what it changed itself.
pub(crate) struct Tx<'batch, 'base> {
    batch: &'batch Batch<'base>,
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
        self.changes.set(table.index(), key.bytes().into(), Some(bytes.into()))
    }

    /// Removes one row; nothing happens where there is none.
    pub(crate) fn remove<K: Key, V>(&mut self, table: Table<K, V>, key: &K) {
        // A typed table is one of those that there are.
        let _ = self.changes.set(table.index(), key.bytes().into(), None);
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

    /// The changed rows of a range: the operation's own over the batch's.
    fn pending(&self, table: usize, span: &Span) -> BTreeMap<&[u8], Option<&[u8]>> {
        let mut pending = BTreeMap::new();
        for changes in [&self.batch.changes, &self.changes] {
            let Some(rows) = changes.0.get(table) else { continue };
            for (key, value) in rows.range::<[u8], _>(span.bounds()) {
                pending.insert(&**key, value.as_deref());
            }
        }
        pending
    }
}

impl Read for Tx<'_, '_> {
    fn get_raw(&self, table: usize, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.changes.get(table, key).or_else(|| self.batch.changes.get(table, key)) {
            Some(change) => Ok(change.as_deref().map(<[u8]>::to_vec)),
            None => self.batch.base.get_raw(table, key),
        }
    }

    fn scan_raw(&self, table: usize, span: &Span, order: Order, visit: &mut RawVisitor<'_>) -> Result<(), StoreError> {
        if span.is_empty() {
            return Ok(());
        }
        scan_over(self.pending(table, span), order, visit, |visit| self.batch.base.scan_raw(table, span, order, visit))
    }
}

fn slot<T>(tables: &[OnceCell<T>], index: usize) -> Result<(&OnceCell<T>, Definition), StoreError> {
    match (tables.get(index), NAMES.get(index)) {
        (Some(cell), Some(name)) => Ok((cell, TableDefinition::new(name))),
        _ => Err(StoreError::unknown_table(index)),
    }
}
