//! Who may come in: `tokens` for programs, `users` and `sessions` for people, `passwords` for what people know.
//!
//! A secret is made here, handed out once, and kept only as its SHA-256. What a request changes by the way, as when a
//! token was last used, is noted beside it and never delays it.

pub(crate) mod passwords;
pub(crate) mod sessions;
pub(crate) mod tokens;
pub(crate) mod users;

#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use futures_util::FutureExt;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::rooms::Page;
use super::{App, AppError};
use crate::clock::{ChanceError, Ids};
use crate::config::SessionsConfig;
use crate::domain::Timestamp;
use crate::domain::access::{AuditEntry, NAME_MAX_CHARS, Session};
use crate::store::access::Digest;
use crate::store::{StoreError, Tx, audit};

/// The bytes of chance in a secret.
const SECRET_BYTES: usize = 32;
/// The characters of a secret: base64url without padding.
const SECRET_CHARS: usize = 43;
/// How old the note of a use may be before it is written again.
pub(super) const NOTE_EVERY: Duration = Duration::from_secs(60);

/// Whether the session still stands at `now`.
pub(super) fn is_live(session: &Session, config: &SessionsConfig, now: Timestamp) -> bool {
    now < ends_at(session, config)
}

/// When the session ends if nobody comes back to it.
pub(crate) fn ends_at(session: &Session, config: &SessionsConfig) -> Timestamp {
    let idle = session.last_seen_at.plus(Duration::from_secs(config.idle_minutes * 60));
    idle.min(session.created_at.plus(Duration::from_secs(config.absolute_hours * 3_600)))
}

/// Where somebody logs in from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Client {
    /// What the browser calls itself.
    pub(crate) agent: String,
    /// Where it is; nothing for a unix socket.
    pub(crate) address: Option<IpAddr>,
}

impl Client {
    /// The browser's name, cut, without characters that no browser has in it.
    fn agent(&self) -> String {
        self.agent.chars().filter(|c| !c.is_control()).take(Session::CLIENT_MAX_CHARS).collect()
    }

    fn details(&self) -> serde_json::Value {
        json!({ "client": self.agent(), "address": self.address })
    }
}

impl App {
    /// Lists the audit, the newest first, from before the entry `before`.
    pub(crate) fn audit_entries(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Page<(u64, AuditEntry), u64>, AppError> {
        let mut items = audit::newest(&self.store.read()?, before, limit.saturating_add(1))?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|(seq, _)| *seq);
        Ok(Page { items, next })
    }

    /// Queues a change that nobody waits for. Where the store has no room for it, it is left to the next request.
    pub(super) fn note(&self, change: impl FnOnce(&mut Tx<'_, '_>) -> Result<(), StoreError> + Send + 'static) {
        // The first poll queues the operation; its answer is of no interest to the request.
        let _ = self.store.write(change).now_or_never();
    }
}

/// Whether what was noted at `last` is to be noted again, where less than `every` may go by.
pub(super) fn is_stale(last: Option<Timestamp>, now: Timestamp, every: Duration) -> bool {
    last.is_none_or(|last| now.since(last) >= every)
}

/// A new secret: 256 bits of chance as text.
pub(super) fn new_secret(ids: &Ids) -> Result<String, ChanceError> {
    Ok(BASE64URL_NOPAD.encode(&ids.bytes::<SECRET_BYTES>()?))
}

/// What is kept of a secret. It has 256 bits of chance, so that no slow hash is needed.
pub(super) fn digest(secret: &str) -> Digest {
    Sha256::digest(secret.as_bytes()).into()
}

/// The name of a person or a token as it is kept.
///
/// # Errors
/// [`AppError::Invalid`] for one that is empty, too long, or has characters that do not show.
fn checked_name(field: &str, name: &str) -> Result<String, AppError> {
    let name = name.trim();
    let count = name.chars().count();
    if count == 0 || count > NAME_MAX_CHARS || name.chars().any(char::is_control) {
        return Err(AppError::field(field, format_args!("must be 1 to {NAME_MAX_CHARS} characters that show")));
    }
    Ok(name.to_owned())
}

/// The table is as full as it may be.
fn too_many(what: impl fmt::Display, most: usize) -> AppError {
    AppError::Conflict(format!("There are {most} {what} already, the most there can be: remove one first."))
}
