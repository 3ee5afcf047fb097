//! `Idempotency-Key`: a request that makes something, sent again with the same key, makes nothing again and gets the
//! same thing.

use std::time::Duration;

use super::AppError;
use crate::domain::Timestamp;
use crate::domain::access::{Actor, Caller};
use crate::domain::conference::digest16;
use crate::store::Tx;
use crate::store::keys::{IdempotencyRow, made};

/// How long a key is remembered.
const REMEMBERED: Duration = Duration::from_secs(24 * 3_600);
/// The longest key, in characters.
pub(crate) const KEY_MAX_CHARS: usize = 255;

/// A request's key, bound to its caller, its operation and its body.
#[derive(Clone, Debug)]
pub(crate) struct Idempotency {
    key: [u8; 16],
    fingerprint: String,
}

impl Idempotency {
    /// The key of one request. `request` is everything that made it what it is.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for an empty or overlong key.
    pub(crate) fn new(caller: &Caller, operation: &str, key: &str, request: &str) -> Result<Self, AppError> {
        if key.is_empty() || key.chars().count() > KEY_MAX_CHARS {
            let detail = format!("must be 1 to {KEY_MAX_CHARS} characters");
            return Err(AppError::field("Idempotency-Key", detail));
        }
        let who = match &caller.actor {
            Actor::User { id, .. } => format!("user {id}"),
            Actor::Token { id, .. } => format!("token {id}"),
            Actor::Cli => "cli".to_owned(),
            Actor::Setup => "setup".to_owned(),
            Actor::Host => "host".to_owned(),
            Actor::Guest => "guest".to_owned(),
            Actor::Consent => "consent".to_owned(),
            Actor::Retention => "retention".to_owned(),
            Actor::Anonymous => "anonymous".to_owned(),
        };
        Ok(Self {
            key: digest16(&[who.as_bytes(), operation.as_bytes(), key.as_bytes()]),
            fingerprint: data_encoding::HEXLOWER.encode(&digest16(&[request.as_bytes()])),
        })
    }

    /// The id of what the same request made before.
    pub(super) fn before(this: Option<&Self>, tx: &Tx<'_, '_>, now: Timestamp) -> Result<Option<String>, AppError> {
        let Some(this) = this else { return Ok(None) };
        match made(tx, this.key)?.filter(|row| row.expires_at > now) {
            Some(row) if row.fingerprint != this.fingerprint => Err(AppError::Conflict(
                "This Idempotency-Key was used for another request: use a new key for each request.".to_owned(),
            )),
            row => Ok(row.map(|row| row.made)),
        }
    }

    /// Remembers the id of what the request made.
    pub(super) fn remember(
        this: Option<&Self>,
        tx: &mut Tx<'_, '_>,
        made: impl std::fmt::Display,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let Some(this) = this else { return Ok(()) };
        let row = IdempotencyRow {
            fingerprint: this.fingerprint.clone(),
            made: made.to_string(),
            expires_at: now.plus(REMEMBERED),
        };
        Ok(tx.put_made(this.key, &row)?)
    }
}
