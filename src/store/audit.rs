//! The audit: appended to in the transaction of the change it tells of.

use super::StoreError;
use super::rows::{Order, Read, Span, Tx};
use super::tables::AUDIT;
use crate::domain::access::AuditEntry;

/// At most `limit` entries before the number `before`, the newest first.
pub(crate) fn newest(
    read: &impl Read,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<(u64, AuditEntry)>, StoreError> {
    let span = Span::prefix(&());
    let span = before.map_or_else(|| span.clone(), |before| span.clone().to(&before));
    read.list(AUDIT, &span, Order::Descending, limit)
}

impl Tx<'_, '_> {
    /// Appends an entry.
    pub(crate) fn audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let last = self.first(AUDIT, &Span::prefix(&()), Order::Descending)?.map_or(0, |(number, _)| number);
        self.put(AUDIT, &(last + 1), entry)
    }
}
