//! Meetings: one life of a conference, from its first event to its end.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::consent::Objection;
use super::join_options::JoinOptions;
use super::room::UnknownWord;
use super::room::words;
use super::trigger::Standing;
use super::{ConferenceName, MeetingId, Platform, RoomId, RoomName, RoomSettings, Timestamp};
use std::str::FromStr;
use std::time::Duration;

words!(
    /// Why a meeting is over.
    EndReason {
        /// The platform took the room down.
        Destroyed = "destroyed",
        /// The last person left and nobody came back in time.
        Empty = "empty",
        /// Somebody ended it through the API or the console.
        Ended = "ended",
        /// Its time was over: nobody had come by its end date, or its platform closed it some time after.
        Expired = "expired",
        /// Nothing was heard of it for too long.
        Stale = "stale",
    }
);

impl EndReason {
    /// Whether the end stands whatever comes later. The other ends were concluded from silence, and a person who comes
    /// back in time undoes them.
    pub(crate) const fn is_firm(self) -> bool {
        match self {
            Self::Destroyed | Self::Ended | Self::Expired => true,
            Self::Empty | Self::Stale => false,
        }
    }

    /// Which of two reasons for an end at one moment is given: the higher.
    const fn rank(self) -> u8 {
        match self {
            Self::Stale => 0,
            Self::Empty => 1,
            Self::Expired => 2,
            Self::Ended => 3,
            Self::Destroyed => 4,
        }
    }
}

/// When and why a meeting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    #[serde(with = "super::timestamp::text")]
    pub(crate) at: Timestamp,
    pub(crate) reason: EndReason,
}

impl End {
    /// The first of two ends. Where both are at one moment, what the platform did counts before what was asked for, and
    /// that before what was concluded, so that the order in which they became known does not matter.
    pub(crate) fn or(self, other: Self) -> Self {
        let key = |end: Self| (end.at, std::cmp::Reverse(end.reason.rank()));
        if key(other) < key(self) { other } else { self }
    }
}

/// Whom a link is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guest {
    /// The account's id; it comes back in the events, so that a person is known again.
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) moderator: bool,
    /// How the meeting looks and behaves for them.
    pub(crate) options: JoinOptions,
}

/// A link and its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) url: String,
    /// Jitsi's token; nothing in a link to somewhere else.
    pub(crate) jwt: Option<String>,
    pub(crate) expires_at: Timestamp,
    /// Where it leads to Jitsi, what a page that shows the meeting in a frame gives to Jitsi's script.
    pub(crate) frame: Option<JitsiFrame>,
    /// The options that have no effect there.
    pub(crate) ignored: Vec<&'static str>,
}

/// What a link to Jitsi consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JitsiFrame {
    pub(crate) domain: String,
    /// With the tenant before it, where there is one.
    pub(crate) path: String,
    pub(crate) language: Option<String>,
    /// Settings of the client's configuration, by their paths.
    pub(crate) config: Vec<(&'static str, Value)>,
}

/// Where a meeting is that somebody else hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hosted {
    /// The host's own id of it.
    pub(crate) id: String,
    /// The address for everybody; nothing where we only know it from events that do not tell it. No key is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) room_url: Option<String>,
}

/// A meeting, as far as it does not follow from its events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Meeting {
    pub(crate) id: MeetingId,
    /// The room it was started from; none where people met in a room that nobody made here.
    pub(crate) room_id: Option<RoomId>,
    /// That room's name when the meeting began.
    pub(crate) room: Option<RoomName>,
    pub(crate) platform: Platform,
    /// The platform's name for where the people meet.
    #[serde(rename = "room_name")]
    pub(crate) conference: ConferenceName,
    #[serde(flatten)]
    pub(crate) settings: RoomSettings,
    #[serde(with = "super::timestamp::text")]
    pub(crate) created_at: Timestamp,
    /// The first moment that the meeting covers; [`Timestamp::MIN`] where its conference's name is its own.
    #[serde(rename = "covers_from", with = "super::timestamp::text")]
    pub(crate) begin: Timestamp,
    #[serde(with = "super::timestamp::text")]
    pub(crate) start_date: Timestamp,
    #[serde(with = "super::timestamp::text")]
    pub(crate) end_date: Timestamp,
    /// Whether it was opened by an event, not by a call.
    pub(crate) ad_hoc: bool,
    pub(crate) end: Option<End>,
    /// How far its recording has come to what the room's rule wants.
    #[serde(rename = "recording", default, skip_serializing_if = "Standing::is_untouched")]
    pub(crate) standing: Standing,
    /// Where it is at Whereby; nothing for a meeting on one's own Jitsi.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hosted: Option<Hosted>,
    /// Who does not agree to being recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) objections: Vec<Objection>,
}

/// How long a room is usable at Whereby past its end date.
const HOSTED_PAST_END: Duration = Duration::from_secs(3_600);

impl Meeting {
    /// When whoever hosts it lets nobody be in it any more, and tells no more of it.
    pub(crate) fn closes_at(&self) -> Option<Timestamp> {
        // Of a room that we did not make we do not know the end date.
        (self.hosted.is_some() && !self.ad_hoc).then(|| self.end_date.plus(HOSTED_PAST_END))
    }
}
