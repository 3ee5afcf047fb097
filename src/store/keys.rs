//! What requests with an `Idempotency-Key` made, so that the same request again makes nothing again.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::rows::{Order, Read, Span, Tx};
use super::tables::IDEMPOTENCY;
use crate::domain::Timestamp;

/// What one such request made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IdempotencyRow {
    /// A digest of the request's body: the same key with another body is a mistake.
    pub(crate) fingerprint: String,
    /// The id of what was made.
    pub(crate) made: String,
    pub(crate) expires_at: Timestamp,
}

/// What the request under `key` made.
pub(crate) fn made(read: &impl Read, key: [u8; 16]) -> Result<Option<IdempotencyRow>, StoreError> {
    read.get(IDEMPOTENCY, &key)
}

impl Tx<'_, '_> {
    /// Keeps what the request under `key` made.
    pub(crate) fn put_made(&mut self, key: [u8; 16], row: &IdempotencyRow) -> Result<(), StoreError> {
        self.put(IDEMPOTENCY, &key, row)
    }

    /// Removes at most `limit` rows that have run out, and says how many it removed.
    pub(crate) fn sweep_made(&mut self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut over = Vec::new();
        self.scan(IDEMPOTENCY, &Span::prefix(&()), Order::Ascending, |key, row| {
            if row.expires_at <= now {
                over.push(key);
            }
            Ok(if over.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        for key in &over {
            self.remove(IDEMPOTENCY, key);
        }
        Ok(over.len())
    }
}
