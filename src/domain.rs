//! Nouns and pure decisions: no input or output, no async, no clock, no framework. Everything here takes what it
//! needs, `now` included, and returns what follows.

pub(crate) mod access;
pub(crate) mod aside;
pub(crate) mod attendance;
pub(crate) mod backoff;
pub(crate) mod command;
pub(crate) mod conference;
pub(crate) mod consent;
pub(crate) mod diagnosis;
pub(crate) mod disk;
pub(crate) mod event;
pub(crate) mod fact;
pub(crate) mod guest;
pub(crate) mod ids;
pub(crate) mod job;
pub(crate) mod join_options;
pub(crate) mod knocking;
pub(crate) mod media;
pub(crate) mod meeting;
pub(crate) mod migration;
pub(crate) mod opening;
pub(crate) mod reconciliation;
pub(crate) mod recorder;
pub(crate) mod recording;
pub(crate) mod retention;
pub(crate) mod room;
pub(crate) mod share;
pub(crate) mod signing_key;
pub(crate) mod timestamp;
pub(crate) mod trigger;
pub(crate) mod upload;
pub(crate) mod uri;

pub(crate) use conference::{ConferenceKey, ConferenceName, Life};
pub(crate) use event::{Conference, Event, Seq, Source};
pub(crate) use fact::Fact;
pub(crate) use guest::GuestSettings;
pub(crate) use ids::{EventId, KnockId, MeetingId, RecordingId, RoomId, SessionId, ShareId, UploadId, UserId};
pub(crate) use meeting::{End, EndReason, Meeting};
pub(crate) use room::{Platform, Room, RoomName, RoomSettings};
pub use timestamp::Timestamp;
