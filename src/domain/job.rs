//! Jobs: what is to be done later. A job is written in the transaction that calls for it, carries ids alone, and may
//! run more than once: each looks at the state and does what is still to be done.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::backoff;
use super::room::{UnknownWord, words};
use super::{MeetingId, RecordingId, Timestamp};

/// After this time a job that is not heard of is taken for lost, and may run again.
pub(crate) const LEASE: Duration = Duration::from_secs(300);
/// The wait after the first failure; it doubles with each, up to the most.
const RETRY: Duration = Duration::from_secs(1);
const RETRY_MOST: Duration = Duration::from_secs(3_600);
/// How often a job is tried that is given up at all: for some two hours.
const ATTEMPTS_MOST: u32 = 13;

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
    /// Take down what was made at another's for the meeting and belongs to none.
    SettleOpening {
        /// Which.
        meeting: MeetingId,
    },
    /// Take the meeting's room down at the one who hosts it.
    CloseHosted {
        /// Which.
        meeting: MeetingId,
    },
    /// Ask the one who hosts the meeting who was in it, for what its events have not told.
    Reconcile {
        /// Which.
        meeting: MeetingId,
    },
    /// Remove what has run out: sessions, set-up links, idempotency keys, recorders that are forgotten.
    SweepExpired,
    /// Delete a recording's file for good, and see that it is gone.
    PurgeRecording {
        /// Which.
        recording: RecordingId,
    },
    /// Sum up a recording's file.
    DigestRecording {
        /// Which.
        recording: RecordingId,
    },
    /// Copy a recording's file to storage, and prove the copy; or leave nothing of a copy that is not wanted any more.
    CopyRecording {
        /// Which.
        recording: RecordingId,
    },
    /// Remove the file of which there is a copy.
    RemoveSource {
        /// Which.
        recording: RecordingId,
    },
    /// Take a picture from a recording.
    MakePoster {
        /// Which.
        recording: RecordingId,
    },
    /// Write what can be read of a recording's file into a new one.
    RepairRecording {
        /// Which.
        recording: RecordingId,
    },
    /// Look whether what others put into the bucket is there, and what is in it.
    ExamineRecording {
        /// Which.
        recording: RecordingId,
    },
    /// Remove the recordings that no rule keeps any more.
    ApplyRetention,
}

words!(
    /// Where jobs wait. A job of one lane never waits for one of another, and each lane runs so many at once.
    Lane {
        /// What meetings wait for: short, and never given up.
        Prompt = "prompt",
        /// What is asked of others, who may be slow to answer.
        Hosts = "hosts",
        /// What is asked of others afterwards, within what they let themselves be asked: one at a time, and never given up.
        Reconciliations = "reconciliations",
        /// Changes to files.
        Files = "files",
        /// Reading of whole files: one at a time, so that the disk stays free for others.
        Digests = "digests",
        /// Copies to storage: one at a time, so that a limit on how fast they may be is one. They are never given up: storage
        /// comes back.
        Copies = "copies",
        /// Repairs: one at a time.
        Repairs = "repairs",
        /// Pictures: one at a time, for nobody waits for them.
        Posters = "posters",
        /// Looks into objects of the bucket: they wait for the network, and are never given up.
        Objects = "objects",
    }
);

impl Lane {
    /// Every lane, the most urgent first.
    pub(crate) const ALL: [Self; 9] = [
        Self::Prompt,
        Self::Hosts,
        Self::Reconciliations,
        Self::Files,
        Self::Repairs,
        Self::Digests,
        Self::Objects,
        Self::Copies,
        Self::Posters,
    ];

    /// How many of its jobs run at once.
    pub(crate) const fn at_once(self) -> usize {
        match self {
            Self::Prompt | Self::Reconciliations | Self::Digests | Self::Copies | Self::Repairs | Self::Posters => 1,
            Self::Hosts | Self::Files => 2,
            Self::Objects => 4,
        }
    }
}

impl Job {
    /// The name under which there is at most one such job.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::EndSilentMeeting { meeting }
            | Self::Record { meeting }
            | Self::SettleOpening { meeting }
            | Self::CloseHosted { meeting }
            | Self::Reconcile { meeting } => format!("{}:{meeting}", self.kind()),
            Self::PurgeRecording { recording }
            | Self::DigestRecording { recording }
            | Self::CopyRecording { recording }
            | Self::RemoveSource { recording }
            | Self::MakePoster { recording }
            | Self::RepairRecording { recording }
            | Self::ExamineRecording { recording } => format!("{}:{recording}", self.kind()),
            Self::SweepExpired | Self::ApplyRetention => self.kind().to_owned(),
        }
    }

    /// What kind of job it is.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::EndSilentMeeting { .. } => "end-silent-meeting",
            Self::Record { .. } => "record",
            Self::SettleOpening { .. } => "settle-opening",
            Self::CloseHosted { .. } => "close-hosted",
            Self::Reconcile { .. } => "reconcile",
            Self::SweepExpired => "sweep-expired",
            Self::PurgeRecording { .. } => "purge-recording",
            Self::DigestRecording { .. } => "digest-recording",
            Self::CopyRecording { .. } => "copy-recording",
            Self::RemoveSource { .. } => "remove-source",
            Self::MakePoster { .. } => "make-poster",
            Self::RepairRecording { .. } => "repair-recording",
            Self::ExamineRecording { .. } => "examine-recording",
            Self::ApplyRetention => "apply-retention",
        }
    }

    /// Where it waits.
    pub(crate) const fn lane(&self) -> Lane {
        match self {
            Self::EndSilentMeeting { .. } | Self::Record { .. } | Self::SweepExpired => Lane::Prompt,
            Self::SettleOpening { .. } | Self::CloseHosted { .. } => Lane::Hosts,
            Self::Reconcile { .. } => Lane::Reconciliations,
            Self::PurgeRecording { .. } | Self::RemoveSource { .. } | Self::ApplyRetention => Lane::Files,
            Self::DigestRecording { .. } => Lane::Digests,
            Self::CopyRecording { .. } => Lane::Copies,
            Self::MakePoster { .. } => Lane::Posters,
            Self::RepairRecording { .. } => Lane::Repairs,
            Self::ExamineRecording { .. } => Lane::Objects,
        }
    }

    /// How long it may run; nothing where it takes as long as its file is.
    pub(crate) const fn longest(&self) -> Option<Duration> {
        match self {
            Self::EndSilentMeeting { .. } | Self::Record { .. } | Self::SweepExpired | Self::ApplyRetention => {
                Some(Duration::from_secs(240))
            }
            Self::PurgeRecording { .. }
            | Self::RemoveSource { .. }
            | Self::SettleOpening { .. }
            | Self::CloseHosted { .. } => Some(Duration::from_secs(120)),
            Self::MakePoster { .. } | Self::ExamineRecording { .. } | Self::Reconcile { .. } => {
                Some(Duration::from_secs(240))
            }
            Self::DigestRecording { .. } | Self::CopyRecording { .. } | Self::RepairRecording { .. } => None,
        }
    }

    /// How often it is tried; nothing where it is never given up.
    const fn attempts_most(&self) -> Option<u32> {
        match self.lane() {
            // What comes again and again must not end.
            _ if matches!(self, Self::ApplyRetention) => None,
            Lane::Prompt | Lane::Reconciliations | Lane::Objects | Lane::Copies => None,
            Lane::Hosts | Lane::Files | Lane::Digests | Lane::Repairs | Lane::Posters => Some(ATTEMPTS_MOST),
        }
    }
}

/// A job and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JobState {
    #[serde(flatten)]
    pub(crate) job: Job,
    /// When it is to run. While it runs: when it is taken for lost and may run again.
    pub(crate) due_at: Timestamp,
    /// How often it was begun.
    pub(crate) attempts: u32,
    /// Since when it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) running_since: Option<Timestamp>,
    /// When it was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) given_up_at: Option<Timestamp>,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
}

/// Why a job did not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) problem: String,
    /// Whether trying again cannot help.
    pub(crate) is_final: bool,
}

impl JobState {
    /// A job that is to run at `due_at`.
    pub(crate) const fn new(job: Job, due_at: Timestamp) -> Self {
        Self { job, due_at, attempts: 0, running_since: None, given_up_at: None, problem: None }
    }

    /// The job after a failure: it runs again later, or is given up. The wait is spread by `chance`.
    pub(crate) fn failed(mut self, failure: Failure, chance: [u8; 2], now: Timestamp) -> Self {
        self.running_since = None;
        self.problem = Some(failure.problem);
        if failure.is_final || self.job.attempts_most().is_some_and(|most| self.attempts >= most) {
            self.given_up_at = Some(now);
            return self;
        }
        self.due_at = now.plus(backoff::wait(RETRY, RETRY_MOST, self.attempts, chance));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(job: Job, attempts: u32) -> JobState {
        JobState { attempts, running_since: Some(Timestamp::from_ms(1)), ..JobState::new(job, Timestamp::from_ms(0)) }
    }

    fn failure(is_final: bool) -> Failure {
        Failure { problem: "no".to_owned(), is_final }
    }

    #[test]
    fn what_failed_runs_again_later_and_later() {
        let now = Timestamp::from_ms(1_000_000);
        let wait = |attempts| {
            let failed = state(Job::SweepExpired, attempts).failed(failure(false), [0; 2], now);
            assert_eq!((failed.running_since, failed.given_up_at, failed.problem.as_deref()), (None, None, Some("no")));
            failed.due_at.since(now).as_millis()
        };
        assert_eq!([wait(1), wait(4), wait(200)], [500, 4_000, 1_800_000]);
    }

    #[test]
    fn what_may_be_given_up_is() {
        let recording = RecordingId([1; 16]);
        let now = Timestamp::from_ms(9);
        let given_up =
            |job, attempts, is_final| state(job, attempts).failed(failure(is_final), [0; 2], now).given_up_at.is_some();
        let purge = Job::PurgeRecording { recording };
        assert!(!given_up(purge, ATTEMPTS_MOST - 1, false));
        assert!(given_up(purge, ATTEMPTS_MOST, false));
        assert!(given_up(purge, 1, true));
        assert!(!given_up(Job::SweepExpired, 1_000, false));
    }
}
