//! Recorders, by the name that each gives itself. There are few: they are bounded where they are taken in.

use super::StoreError;
use super::rows::{Order, Read, Span, Tx};
use super::tables::RECORDERS;
use crate::domain::recorder::Recorder;

/// The most recorders that are known at once.
pub(crate) const MOST: usize = 256;

/// One recorder.
pub(crate) fn recorder(read: &impl Read, id: &str) -> Result<Option<Recorder>, StoreError> {
    read.get(RECORDERS, &id.to_owned())
}

/// Every recorder, in the order of their names.
pub(crate) fn recorders(read: &impl Read) -> Result<Vec<Recorder>, StoreError> {
    let rows = read.list(RECORDERS, &Span::prefix(&()), Order::Ascending, MOST)?;
    Ok(rows.into_iter().map(|(_, recorder)| recorder).collect())
}

impl Tx<'_, '_> {
    /// Keeps a recorder.
    pub(crate) fn put_recorder(&mut self, recorder: &Recorder) -> Result<(), StoreError> {
        self.put(RECORDERS, &recorder.id, recorder)
    }

    /// Removes a recorder.
    pub(crate) fn remove_recorder(&mut self, id: &str) {
        self.remove(RECORDERS, &id.to_owned());
    }
}
