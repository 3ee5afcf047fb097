//! What is kept of the disks from one look to the next, over restarts: a few samples of each, and how it was with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::rows::{Read, Tx};
use super::tables::META;
use crate::domain::disk::{DiskLevel, Samples};

const KEY: &str = "disks";

/// What is kept of a disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptDisk {
    pub(crate) level: DiskLevel,
    pub(crate) samples: Samples,
}

/// The disks by the first of the directories that lie on them.
pub(crate) type KeptDisks = BTreeMap<String, KeptDisk>;

/// What is kept.
pub(crate) fn disks(read: &impl Read) -> Result<KeptDisks, StoreError> {
    let found = read.get(META, &KEY.to_owned())?;
    let kept = found.map(|value| serde_json::from_value(value).map_err(|error| META.corrupt(&error))).transpose()?;
    Ok(kept.unwrap_or_default())
}

impl Tx<'_, '_> {
    /// Keeps the disks.
    pub(crate) fn put_disks(&mut self, disks: &KeptDisks) -> Result<(), StoreError> {
        let value = serde_json::to_value(disks).map_err(|error| META.corrupt(&error))?;
        self.put(META, &KEY.to_owned(), &value)
    }
}
