//! A room that is being made at another's: what was meant, kept before it is asked for, so that whatever is cut off in between can
//! be found again by its name.

use serde::{Deserialize, Serialize};

use super::{MeetingId, RoomId, RoomSettings, Timestamp};

/// A room that is to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Opening {
    /// The meeting that it is for.
    pub(crate) meeting: MeetingId,
    pub(crate) room: RoomId,
    /// What the name of the room at the other's begins with; no other room's does.
    pub(crate) prefix: String,
    #[serde(with = "super::timestamp::text")]
    pub(crate) end_date: Timestamp,
    pub(crate) settings: RoomSettings,
    /// The meeting is there. What else may have been made for it is still to be looked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_made: bool,
}
