//! The log of everything that happened. What a platform reported and what we decided stand in it in the order in which
//! they were committed, and everything else can be computed from it again.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::room::{UnknownWord, words};
use super::{ConferenceName, EventId, MeetingId, Platform, RoomId, Timestamp};
use std::str::FromStr;

/// The types of the events that are ours. Those of the platforms keep the names that the platforms give them.
pub(crate) mod kind {
    /// A room was made.
    pub(crate) const ROOM_CREATED: &str = "room.created";
    /// A room was changed.
    pub(crate) const ROOM_UPDATED: &str = "room.updated";
    /// A room was deleted.
    pub(crate) const ROOM_DELETED: &str = "room.deleted";
    /// A guest waits at a room's door.
    pub(crate) const GUEST_WAITING: &str = "guest.waiting";
    /// A host lets a guest in.
    pub(crate) const GUEST_ADMITTED: &str = "guest.admitted";
    /// A host turns a guest away.
    pub(crate) const GUEST_REFUSED: &str = "guest.refused";
    /// A guest no longer waits.
    pub(crate) const GUEST_LEFT: &str = "guest.left";
    /// Somebody agreed to a meeting's being recorded: a guest who went in, or by their link.
    pub(crate) const GUEST_CONSENTED: &str = "guest.consented";
    /// Somebody does not agree to a meeting's being recorded, or no longer does.
    pub(crate) const GUEST_OBJECTED: &str = "guest.objected";
    /// A meeting was made, by a call or by an event of a room that nobody knew.
    pub(crate) const MEETING_CREATED: &str = "meeting.created";
    /// The first person came.
    pub(crate) const MEETING_STARTED: &str = "meeting.started";
    /// A meeting turned out to have begun earlier.
    pub(crate) const MEETING_EXTENDED: &str = "meeting.extended";
    /// A meeting is over.
    pub(crate) const MEETING_ENDED: &str = "meeting.ended";
    /// A meeting that was over goes on.
    pub(crate) const MEETING_REOPENED: &str = "meeting.reopened";
    /// We ask for a recording to start or to stop, by the room's rule.
    pub(crate) const RECORDING_REQUESTED: &str = "recording.requested";
    /// What we asked for did not come about.
    pub(crate) const RECORDING_PROBLEM: &str = "recording.problem";
    /// A recorder has started, and no file of it is known yet.
    pub(crate) const RECORDING_STARTED: &str = "recording.started";
    /// A recording's file is being written.
    pub(crate) const RECORDING_GROWING: &str = "recording.growing";
    /// A recording's file is whole.
    pub(crate) const RECORDING_READY: &str = "recording.ready";
    /// A recording's file is not whole, and will not be.
    pub(crate) const RECORDING_TRUNCATED: &str = "recording.truncated";
    /// A recording's file is being copied to storage.
    pub(crate) const RECORDING_UPLOADING: &str = "recording.uploading";
    /// A copy of a recording is in storage, and proved.
    pub(crate) const RECORDING_STORED: &str = "recording.stored";
    /// A recording's file is not there.
    pub(crate) const RECORDING_MISSING: &str = "recording.missing";
    /// Somebody put a recording into the trash.
    pub(crate) const RECORDING_TRASHED: &str = "recording.trashed";
    /// A recording's file was deleted for good.
    pub(crate) const RECORDING_DELETED: &str = "recording.deleted";
    /// Something about a recording changed, but not its state.
    pub(crate) const RECORDING_UPDATED: &str = "recording.updated";
    /// A disk has room again.
    pub(crate) const DISK_FINE: &str = "disk.fine";
    /// A disk will be full within days.
    pub(crate) const DISK_LOW: &str = "disk.low";
    /// A disk is down to its floor.
    pub(crate) const DISK_CRITICAL: &str = "disk.critical";
    /// A recording's file is complete (the name is the integration guide's).
    pub(crate) const RECORDING_COMPLETED: &str = "recording_completed";
}

words!(
    /// Who reported an event.
    Source {
        /// Prosody.
        Jitsi = "jitsi",
        /// The recorder.
        Jibri = "jibri",
        /// Whereby's webhooks.
        Whereby = "whereby",
        /// What a platform was asked afterwards, and its events had not told.
        Reconcile = "reconcile",
        /// We ourselves.
        Reflector = "reflector",
    }
);

/// One event of the log, without its sequence number, which is its key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: EventId,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) source: Source,
    /// When it happened, by the clock of whoever reported it.
    pub(crate) at: Timestamp,
    /// When it came, by our clock.
    pub(crate) received_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) conference: Option<Conference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) meeting_id: Option<MeetingId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) room_id: Option<RoomId>,
    /// What was reported, as it came.
    pub(crate) data: Box<RawValue>,
}

/// The conference an event belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Conference {
    pub(crate) platform: Platform,
    pub(crate) name: ConferenceName,
}

/// An event's place in the log: it counts up by one, without gaps, in the order of the commits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Seq(pub(crate) u64);

/// What Prosody's stock `event_sync_component` reports, each kind to a path of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StockEvent {
    /// To `room/created`.
    RoomCreated,
    /// To `room/destroyed`.
    RoomDestroyed,
    /// To `occupant/joined`.
    OccupantJoined,
    /// To `occupant/left`.
    OccupantLeft,
}

impl StockEvent {
    /// The name under which the component sends it.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::RoomCreated => "muc-room-created",
            Self::RoomDestroyed => "muc-room-destroyed",
            Self::OccupantJoined => "muc-occupant-joined",
            Self::OccupantLeft => "muc-occupant-left",
        }
    }
}
