//! The links by which recordings are watched. They are looked up by a digest of their secret.

use std::ops::ControlFlow;

use super::StoreError;
use super::rows::{Order, Read, Span, Tx};
use super::tables::{RECORDING_SHARES, SHARES};
use crate::domain::share::Share;
use crate::domain::{RecordingId, ShareId};

/// How many links of one recording are kept, those that ended included.
pub(crate) const KEPT_MOST: usize = 1_000;

/// One link.
pub(crate) fn share(read: &impl Read, id: ShareId) -> Result<Option<Share>, StoreError> {
    read.get(SHARES, &id.0)
}

/// Every link of a recording.
pub(crate) fn of_recording(read: &impl Read, recording: RecordingId) -> Result<Vec<Share>, StoreError> {
    let rows = read.list(RECORDING_SHARES, &Span::prefix(&recording.0), Order::Ascending, KEPT_MOST)?;
    let shares = rows.into_iter().map(|((_, id), ())| share(read, ShareId(id)));
    Ok(shares.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// At most `limit` links of which `fits` says yes.
pub(crate) fn those(read: &impl Read, limit: usize, fits: impl Fn(&Share) -> bool) -> Result<Vec<Share>, StoreError> {
    let mut found = Vec::new();
    read.scan(SHARES, &Span::prefix(&()), Order::Ascending, |_, share| {
        if fits(&share) {
            found.push(share);
        }
        Ok(if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(found)
}

impl Tx<'_, '_> {
    /// Keeps a link.
    pub(crate) fn put_share(&mut self, share: &Share) -> Result<(), StoreError> {
        self.put(RECORDING_SHARES, &(share.recording.0, share.id.0), &())?;
        self.put(SHARES, &share.id.0, share)
    }

    /// Removes a link.
    pub(crate) fn remove_share(&mut self, share: &Share) {
        self.remove(RECORDING_SHARES, &(share.recording.0, share.id.0));
        self.remove(SHARES, &share.id.0);
    }
}
