//! Jobs: what is to be done later. A job is written in the transaction that calls for it, carries ids alone, and may
//! run more than once: each looks at the state and does what is still to be done.

use serde::{Deserialize, Serialize};

use super::{MeetingId, Timestamp};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Job {
    /// End the meeting if nobody has been in it for the grace period, or if nobody came by its end date.
    EndSilentMeeting {
        /// Which.
        meeting: MeetingId,
    },
    /// Start or stop the meeting's recording, as its room's rule has it.
    Record {
        /// Which.
        meeting: MeetingId,
    },
    /// Remove what has run out: sessions, set-up links, idempotency keys, recorders that are forgotten.
    SweepExpired,
}

impl Job {
    /// The name under which there is at most one such job.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::EndSilentMeeting { meeting } => format!("end-silent-meeting:{meeting}"),
            Self::Record { meeting } => format!("record:{meeting}"),
            Self::SweepExpired => "sweep-expired".to_owned(),
        }
    }
}

/// A job and where it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct JobState {
    #[serde(flatten)]
    pub(crate) job: Job,
    /// When it is to run. While it runs: when it is taken for lost and may run again.
    pub(crate) due_at: Timestamp,
    /// Whether it runs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) claimed: bool,
    /// How often it was begun.
    pub(crate) attempts: u32,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
}
