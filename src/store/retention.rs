//! What whoever removes recordings by rule remembers. It does not follow from the log: it tells how evenly the clock ran.

use super::StoreError;
use super::rows::{Read, Tx};
use super::tables::META;
use crate::domain::retention::Upkeep;

const KEY: &str = "retention";

/// What is remembered; nothing before the first look.
pub(crate) fn upkeep(read: &impl Read) -> Result<Option<Upkeep>, StoreError> {
    let found = read.get(META, &KEY.to_owned())?;
    found.map(|value| serde_json::from_value(value).map_err(|error| META.corrupt(&error))).transpose()
}

impl Tx<'_, '_> {
    /// Keeps what is remembered.
    pub(crate) fn put_upkeep(&mut self, upkeep: &Upkeep) -> Result<(), StoreError> {
        let value = serde_json::to_value(upkeep).map_err(|error| META.corrupt(&error))?;
        self.put(META, &KEY.to_owned(), &value)
    }
}
