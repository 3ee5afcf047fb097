//! The rows that the journal has and the tables have not: in memory, in versions, so that a snapshot goes on seeing what
//! was committed when it was taken.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::rows::{Changes, Span, Value};
use super::tables::COUNT;

/// The versions of one row, the oldest first: the number of the commit, and what it left.
type Versions = Vec<(u64, Value)>;

/// The rows of the commits since the tables were last written.
#[derive(Debug)]
pub(super) struct Recent(RwLock<[BTreeMap<Arc<[u8]>, Versions>; COUNT]>);

impl Default for Recent {
    fn default() -> Self {
        Self(RwLock::new([const { BTreeMap::new() }; COUNT]))
    }
}

impl Recent {
    fn tables(&self) -> RwLockReadGuard<'_, [BTreeMap<Arc<[u8]>, Versions>; COUNT]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a commit. Who looks at an earlier one does not see it.
    pub(super) fn add(&self, number: u64, changes: Changes) {
        let mut tables = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (rows, changed) in tables.iter_mut().zip(changes.into_tables()) {
            for (key, value) in changed {
                rows.entry(key).or_default().push((number, value));
            }
        }
    }

    /// What the commits up to `number` left of a row; nothing where they did not touch it.
    pub(super) fn get(&self, table: usize, key: &[u8], number: u64) -> Option<Value> {
        version(self.tables().get(table)?.get(key)?, number).cloned()
    }

    /// The same of each row of a range.
    pub(super) fn range(&self, table: usize, span: &Span, number: u64) -> BTreeMap<Arc<[u8]>, Value> {
        let tables = self.tables();
        let Some(rows) = tables.get(table).filter(|rows| !rows.is_empty()) else { return BTreeMap::new() };
        let touched = rows.range::<[u8], _>(span.bounds());
        touched.filter_map(|(key, versions)| Some((key.clone(), version(versions, number)?.clone()))).collect()
    }

    /// What all commits together left.
    pub(super) fn sum(&self) -> Changes {
        let tables = self.tables();
        let mut sum = Changes::default();
        for (rows, into) in tables.iter().zip(sum.tables_mut()) {
            let newest = rows.iter().filter_map(|(key, versions)| Some((key.clone(), versions.last()?.1.clone())));
            into.extend(newest);
        }
        sum
    }
}

fn version(versions: &Versions, number: u64) -> Option<&Value> {
    versions.iter().rev().find(|(of, _)| *of <= number).map(|(_, value)| value)
}
