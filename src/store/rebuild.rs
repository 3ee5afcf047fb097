//! Comparing what was computed from the log with what is stored.

use std::ops::ControlFlow;

use super::StoreError;
use super::rows::{Order, Read, Snapshot, Span};
use super::tables::{PROJECTIONS, name};

/// How one table differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) table: &'static str,
    /// How many rows are stored that the log does not give, or not so.
    pub(crate) stored_only: usize,
    /// How many rows the log gives that are not stored, or not so.
    pub(crate) computed_only: usize,
}

/// Compares the tables that follow from the log, row by row.
pub(crate) fn compare(stored: &Snapshot, computed: &Snapshot) -> Result<Vec<Difference>, StoreError> {
    let mut differences = Vec::new();
    for table in PROJECTIONS {
        let difference = Difference {
            table: name(table),
            stored_only: missing(stored, computed, table)?,
            computed_only: missing(computed, stored, table)?,
        };
        if difference.stored_only + difference.computed_only > 0 {
            differences.push(difference);
        }
    }
    Ok(differences)
}

/// How many rows of `table` in `a` are not the same in `b`.
fn missing(a: &Snapshot, b: &Snapshot, table: usize) -> Result<usize, StoreError> {
    let mut count = 0;
    a.scan_raw(table, &Span::prefix(&()), Order::Ascending, &mut |key, value| {
        if b.get_raw(table, key)?.as_deref() != Some(value) {
            count += 1;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(count)
}
