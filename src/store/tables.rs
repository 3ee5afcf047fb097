//! Every table, with its key and its value in words. A table's name ends in the number of its layout; another layout is
//! another table and a migration.

use std::fmt::Display;
use std::marker::PhantomData;

use serde_json::Value as Json;

use super::StoreError;
use super::conferences::{FactRow, LifeRow, OccupantRow, Tally};
use super::keys::IdempotencyRow;
use super::recordings::FileRow;
use crate::domain::access::{AuditEntry, Session, SetupLink, Token, User};
use crate::domain::guest::{HostLink, Knock};
use crate::domain::job::JobState;
use crate::domain::opening::Opening;
use crate::domain::recorder::Recorder;
use crate::domain::recording::Recording;
use crate::domain::share::Share;
use crate::domain::upload::Upload;
use crate::domain::{Event, Meeting, MeetingId, RecordingId, Room, RoomId, Timestamp, UserId};

/// A table, by the types of its keys and values.
pub(crate) struct Table<K, V> {
    index: usize,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for Table<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for Table<K, V> {}

impl<K, V> Table<K, V> {
    const fn new(index: usize) -> Self {
        Self { index, types: PhantomData }
    }

    pub(super) const fn index(self) -> usize {
        self.index
    }

    /// What to say of a row that is not as it should be.
    pub(super) fn corrupt(self, detail: &dyn Display) -> StoreError {
        let table = NAMES.get(self.index).copied().unwrap_or("?");
        StoreError::Corrupt { table, detail: detail.to_string() }
    }
}

/// Sixteen bytes: an id or a digest.
type Id = [u8; 16];

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident: $key:ty => $value:ty = $name:literal;)+) => {
        #[expect(clippy::upper_case_acronyms, non_camel_case_types, reason = "each is the index of the table of that name")]
        #[derive(Clone, Copy)]
        enum Index { $($table),+ }

        $($(#[$doc])* pub(crate) const $table: Table<$key, $value> = Table::new(Index::$table as usize);)+

        /// The tables' names in the file, by index.
        pub(super) const NAMES: [&str; COUNT] = [$($name),+];
        /// How many tables there are.
        pub(super) const COUNT: usize = [$(Index::$table as usize),+].len();
    };
}

tables! {
    /// What is known of the file itself. Key: a name. Value: `schema_version` is a number.
    META: String => Json = "meta";

    /// The log. Key: the sequence number, counting up by one from 1. Value: the event.
    LOG: u64 => Event = "log-1";
    /// The facts of each conference in the order of their own time, and so the index of its events, and what tells an
    /// event that came before. Key: conference, the fact's time, event id. Value: the event's place in the log, the fact.
    FACTS: (Id, Timestamp, Id) => FactRow = "facts-1";
    /// The lives of each conference. Key: conference, the first moment covered. Value: the meeting, and its end.
    LIVES: (Id, Timestamp) => LifeRow = "lives-1";
    /// The latest word on each presence. Key: meeting, a digest of the occupant. Value: here or not, since when.
    OCCUPANTS: (Id, Id) => OccupantRow = "occupants-1";
    /// Sums of each meeting. Key: meeting. Value: how many are there, when it was last heard of.
    TALLIES: Id => Tally = "tallies-1";

    /// The meetings. Key: id, which sorts by time of creation.
    MEETINGS: Id => Meeting = "meetings-1";
    /// The meetings of each room. Key: room, meeting.
    ROOM_MEETINGS: (Id, Id) => () = "room-meetings-1";
    /// The meetings that are not over. Key: meeting.
    ACTIVE: Id => () = "active-1";
    /// The same of each room. Key: room, meeting.
    ROOM_ACTIVE: (Id, Id) => MeetingId = "room-active-1";
    /// The rooms. Key: id, which sorts by time of creation.
    ROOMS: Id => Room = "rooms-1";
    /// The rooms by name. Key: the name.
    ROOM_NAMES: String => RoomId = "room-names-1";

    /// The guests who wait, or were answered. Key: room, knock.
    KNOCKS: (Id, Id) => Knock = "knocks-1";
    /// The links of hosts. Key: room.
    HOST_LINKS: Id => HostLink = "host-links-1";

    /// The rooms that are being made at another's. Key: the meeting that each is for.
    OPENINGS: Id => Opening = "openings-1";

    /// The tokens. Key: the public part.
    TOKENS: String => Token = "tokens-1";
    /// The people who log in. Key: id.
    USERS: Id => User = "users-1";
    /// The same by name. Key: the name in lower case.
    USER_NAMES: String => UserId = "user-names-1";
    /// The console's sessions. Key: the SHA-256 of the cookie's secret.
    SESSIONS: [u8; 32] => Session = "sessions-1";
    /// One-time links. Key: the SHA-256 of the link's secret.
    SETUP_LINKS: [u8; 32] => SetupLink = "setup-links-1";
    /// What a request with an `Idempotency-Key` made. Key: a digest of caller, operation and key.
    IDEMPOTENCY: Id => IdempotencyRow = "idempotency-1";
    /// The audit. Key: a number, counting up by one from 1.
    AUDIT: u64 => AuditEntry = "audit-1";

    /// The recordings. Key: id, which sorts by when they began.
    RECORDINGS: Id => Recording = "recordings-1";
    /// The files of recordings, there or gone. Key: the whole path; `s3:`, bucket and key for objects. Value: whose it is, and how it was seen.
    RECORDING_FILES: String => FileRow = "recording-files-1";
    /// The recordings by their recorder's session, by what their file is, by its name in a bucket, and by room and time while
    /// word on them is awaited: `session:` and a name, `file:` and a stamp, `named:` and a name, `take:`, room, time and id.
    RECORDING_NAMES: String => RecordingId = "recording-names-1";
    /// The recordings of each meeting. Key: meeting, recording; zeros in place of the meeting for those of none.
    MEETING_RECORDINGS: (Id, Id) => () = "meeting-recordings-1";
    /// The recordings whose state time alone may change. Key: recording.
    UNSETTLED: Id => () = "unsettled-1";

    /// The links by which recordings are watched. Key: a digest of the link's secret.
    SHARES: Id => Share = "shares-1";
    /// The links of each recording. Key: recording, link.
    RECORDING_SHARES: (Id, Id) => () = "recording-shares-1";

    /// The files that are sent in. Key: id, which sorts by time of creation.
    UPLOADS: Id => Upload = "uploads-1";

    /// The recorders as they were heard last. Key: the name that a recorder gives itself.
    RECORDERS: String => Recorder = "recorders-1";

    /// The jobs. Key: the job's name.
    JOBS: String => JobState = "jobs-1";
    /// When the prompt jobs are due. Key: due time, name.
    DUE: (Timestamp, String) => () = "due-1";
    /// When the jobs of the other lanes are due. Key: lane, due time, name.
    LANES: (u64, Timestamp, String) => () = "lanes-1";
}

/// The tables that can be computed again from the log.
pub(crate) const PROJECTIONS: [usize; 15] = [
    FACTS.index,
    LIVES.index,
    OCCUPANTS.index,
    TALLIES.index,
    MEETINGS.index,
    ROOM_MEETINGS.index,
    ACTIVE.index,
    ROOM_ACTIVE.index,
    ROOMS.index,
    KNOCKS.index,
    RECORDINGS.index,
    RECORDING_FILES.index,
    RECORDING_NAMES.index,
    MEETING_RECORDINGS.index,
    UNSETTLED.index,
];

/// A table's name in the file.
pub(crate) fn name(index: usize) -> &'static str {
    NAMES.get(index).copied().unwrap_or("?")
}
