//! The platforms that host meetings: what they send, and what they want to be sent. Nothing here knows the store.

pub(crate) mod beside;
pub(crate) mod bosh;
pub(crate) mod jibri;
pub(crate) mod jitsi;
pub(crate) mod jitsi_census;
pub(crate) mod jitsi_events;
pub(crate) mod jitsi_keys;
pub(crate) mod jitsi_options;
pub(crate) mod jitsi_rehearsal;
pub(crate) mod jitsi_token;
pub(crate) mod lenient;
pub(crate) mod signature;
pub(crate) mod whereby;
pub(crate) mod whereby_events;
pub(crate) mod whereby_person;
pub(crate) mod whereby_signature;
pub(crate) mod xml;

use serde_json::value::RawValue;

use crate::domain::{ConferenceName, EventId, Fact, Platform, Source, Timestamp};

/// What a platform reported, read and verified, but not yet kept.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// The event's identity: the same event has the same, however often it is sent.
    pub(crate) id: EventId,
    pub(crate) kind: String,
    pub(crate) source: Source,
    pub(crate) platform: Platform,
    pub(crate) conference: ConferenceName,
    /// The conference as the sender wrote it.
    pub(crate) told_room: String,
    /// When it happened, by the sender's clock; our own where the sender tells no time.
    pub(crate) at: Timestamp,
    pub(crate) fact: Fact,
    /// What is kept and shown as the event's `data`.
    pub(crate) data: Box<RawValue>,
}

/// A body that is not what its sender promised.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadBody {
    /// It is no JSON.
    #[error("The body is not JSON: {0}.")]
    Syntax(String),
    /// A field is missing or of the wrong kind.
    #[error("The field {field} {problem}.")]
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong, as a predicate.
        problem: String,
    },
}
