//! The files that are sent in.

use super::StoreError;
use super::rows::{Order, Read, Span, Tx};
use super::tables::UPLOADS;
use crate::domain::UploadId;
use crate::domain::upload::Upload;

/// At most this many there are; a list gives them all.
pub(crate) const MOST: usize = 1_000;

/// One upload.
pub(crate) fn upload(read: &impl Read, id: UploadId) -> Result<Option<Upload>, StoreError> {
    read.get(UPLOADS, &id.0)
}

/// Every upload, the oldest first.
pub(crate) fn uploads(read: &impl Read) -> Result<Vec<Upload>, StoreError> {
    Ok(read.list(UPLOADS, &Span::prefix(&()), Order::Ascending, MOST)?.into_iter().map(|(_, upload)| upload).collect())
}

impl Tx<'_, '_> {
    /// Keeps an upload.
    pub(crate) fn put_upload(&mut self, upload: &Upload) -> Result<(), StoreError> {
        self.put(UPLOADS, &upload.id.0, upload)
    }

    /// Removes an upload.
    pub(crate) fn remove_upload(&mut self, id: UploadId) {
        self.remove(UPLOADS, &id.0);
    }
}
