//! Facts: what one event says about its conference. A conference's facts are a set that only grows, kept by time; who
//! was there, for how long, and what was recorded are computed from the set, so the order of arrival cannot matter.

use serde::{Deserialize, Serialize};

use super::{EndReason, Timestamp};

/// What the id of an account begins with that nobody but the link itself vouches for.
pub(crate) const CLAIMED: &str = "external:";

/// Who an occupant of a conference is, as far as one event tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Occupant {
    /// What the platform calls this presence: a JID, or the sender's own id.
    #[serde(rename = "o")]
    pub(crate) id: String,
    /// The breakout room the occupant is in; none in the main room.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub(crate) breakout: Option<String>,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// The id of the person's account, as a join link carries it.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<String>,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(rename = "m", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) moderator: bool,
    /// A recorder or transcriber: no person.
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) machine: bool,
}

/// One occupant's presence as a final list tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Presence {
    #[serde(flatten)]
    pub(crate) occupant: Occupant,
    #[serde(rename = "j", default, skip_serializing_if = "Option::is_none")]
    pub(crate) joined_at: Option<Timestamp>,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) left_at: Option<Timestamp>,
}

/// What an event says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Fact {
    /// The platform made the conference: whoever seemed present before is not.
    Created,
    /// The platform took the conference, or one of its breakout rooms, down.
    Destroyed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        created_at: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        breakout: Option<String>,
        /// Everybody who was ever in it.
        occupants: Vec<Presence>,
    },
    /// Somebody came.
    Joined(Occupant),
    /// Somebody left, who had come at `joined_at`, where that is known.
    Left(Presence),
    /// So many people are there, and nobody says who.
    Counted { people: u64 },
    /// The conference is alive.
    Seen,
    /// Fewer than two people have been there for a while.
    SessionEnded,
    /// Somebody asks to be let in.
    Knocked(Occupant),
    /// Somebody does not ask any more.
    KnockEnded(Occupant),
    /// Somebody who is there may do more, or less, than before.
    RoleChanged(Occupant),
    /// A recording began.
    RecordingStarted {
        recording: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        initiator: Option<String>,
    },
    /// A recording stopped.
    RecordingStopped {
        recording: Option<String>,
        /// What the platform says of it, where it was not stopped by a person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
    /// A recording did not come to begin.
    RecordingFailed {
        recording: Option<String>,
        /// What the platform says of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
    /// A recording's file is complete.
    RecordingCompleted { file: String },
    /// We ended the meeting: it was asked for, or its time was over.
    Ended { reason: EndReason },
    /// Somebody said whether they agree to being recorded.
    Consented {
        name: String,
        user_id: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        denied: bool,
    },
    /// Something worth keeping that changes nothing.
    Noted,
    /// A consequence that we drew: it stands among the events it follows from, and tells nothing new.
    Concluded,
}

impl Fact {
    /// The moment at which this fact shows that the conference was alive, for a fact that stands at `at`. A departure
    /// shows it for the arrival before it, and an end for the beginning, where they tell it: both may come when the
    /// meeting is over for us already. A note shows nothing.
    pub(crate) fn opens_at(&self, at: Timestamp) -> Option<Timestamp> {
        match self {
            // A machine comes to people who are there already, and may outstay them.
            Self::Joined(Occupant { machine: true, .. }) => None,
            Self::Left(Presence { occupant: Occupant { machine: true, .. }, .. }) => None,
            Self::Created | Self::Joined(_) | Self::Seen | Self::RecordingStarted { .. } => Some(at),
            Self::Counted { people } => (*people > 0).then_some(at),
            Self::Destroyed { breakout: None, created_at, occupants } => {
                let first = || occupants.iter().filter(|p| !p.occupant.machine).filter_map(|p| p.joined_at).min();
                created_at.or_else(first).map(|began| began.min(at))
            }
            Self::Left(presence) => presence.joined_at.map(|joined| joined.min(at)),
            Self::Destroyed { breakout: Some(_), .. }
            | Self::RoleChanged(_)
            | Self::SessionEnded
            | Self::Knocked(_)
            | Self::KnockEnded(_)
            | Self::RecordingStopped { .. }
            | Self::RecordingFailed { .. }
            | Self::RecordingCompleted { .. }
            | Self::Ended { .. }
            | Self::Consented { .. }
            | Self::Noted
            | Self::Concluded => None,
        }
    }

    /// Whether this fact belongs to a meeting at all, so that a meeting is opened for it where there was none before it.
    pub(crate) fn needs_meeting(&self) -> bool {
        !matches!(
            self,
            Self::Ended { .. }
                | Self::Consented { .. }
                | Self::RoleChanged(_)
                | Self::Knocked(_)
                | Self::KnockEnded(_)
                | Self::Noted
                | Self::Concluded
        )
    }

    /// Whether it comes from us, not from whoever hosts the conference.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self, Self::Ended { .. } | Self::Consented { .. } | Self::Concluded)
    }

    /// Why the conference's life ends with this fact, where it does.
    pub(crate) fn ends(&self) -> Option<EndReason> {
        match self {
            Self::Ended { reason } => Some(*reason),
            Self::Destroyed { breakout: None, .. } => Some(EndReason::Destroyed),
            _ => None,
        }
    }
}
