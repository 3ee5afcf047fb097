//! The log: appended to, never changed.

use std::ops::ControlFlow;

use super::rows::{Order, Read, Span, Tx};
use super::tables::LOG;
use super::{StoreError, Visit};
use crate::domain::{Event, Seq};

impl Tx<'_, '_> {
    /// Appends an event and gives its place.
    pub(crate) fn append(&mut self, event: &Event) -> Result<Seq, StoreError> {
        let seq = self.next_seq();
        self.put(LOG, &seq.0, event)?;
        Ok(seq)
    }
}

/// The event at `seq`.
pub(crate) fn event(read: &impl Read, seq: Seq) -> Result<Option<Event>, StoreError> {
    read.get(LOG, &seq.0)
}

/// At most `limit` events after `after`, in order.
pub(crate) fn events_after(read: &impl Read, after: Seq, limit: usize) -> Result<Vec<(Seq, Event)>, StoreError> {
    let rows = read.list(LOG, &Span::prefix(&()).after(&after.0), Order::Ascending, limit)?;
    Ok(rows.into_iter().map(|(seq, event)| (Seq(seq), event)).collect())
}

/// Visits every event after `after`, in order.
pub(crate) fn scan(read: &impl Read, after: Seq, mut visit: impl FnMut(Seq, Event) -> Visit) -> Result<(), StoreError> {
    read.scan(LOG, &Span::prefix(&()).after(&after.0), Order::Ascending, |seq, event| visit(Seq(seq), event))
}

/// The newest event that `fits`, looked for among the newest `most`.
pub(crate) fn newest(
    read: &impl Read,
    most: usize,
    mut fits: impl FnMut(&Event) -> bool,
) -> Result<Option<Event>, StoreError> {
    let (mut found, mut seen) = (None, 0);
    read.scan(LOG, &Span::prefix(&()), Order::Descending, |_, event: Event| {
        seen += 1;
        if fits(&event) {
            found = Some(event);
        }
        Ok(if found.is_some() || seen == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(found)
}

/// The place of the latest event; 0 where there is none.
pub(crate) fn last_seq(read: &impl Read) -> Result<Seq, StoreError> {
    Ok(Seq(read.first(LOG, &Span::prefix(&()), Order::Descending)?.map_or(0, |(seq, _)| seq)))
}
