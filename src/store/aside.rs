//! Messages that were set aside. They are few, and lie in one row.

use super::StoreError;
use super::rows::{Read, Tx};
use super::tables::META;
use crate::domain::aside::SetAside;

const KEY: &str = "set_aside";

/// All of them, the oldest first.
pub(crate) fn messages(read: &impl Read) -> Result<Vec<SetAside>, StoreError> {
    match read.get(META, &KEY.to_owned())? {
        Some(row) => serde_json::from_value(row).map_err(|error| META.corrupt(&error)),
        None => Ok(Vec::new()),
    }
}

impl Tx<'_, '_> {
    /// Keeps these, and no others.
    pub(crate) fn put_messages(&mut self, all: &[SetAside]) -> Result<(), StoreError> {
        self.put(META, &KEY.to_owned(), &serde_json::json!(all))
    }
}
