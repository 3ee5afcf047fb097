//! Recordings as a meeting's events tell of them: begun, stopped, complete.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::fact::Fact;
use crate::domain::room::{UnknownWord, words};
use crate::domain::{End, Timestamp};

words!(
    /// How far a recording has come.
    RecordingStatus {
        /// It runs.
        Recording = "recording",
        /// It has stopped, and no file is known yet.
        Stopped = "stopped",
        /// Its file is complete.
        Completed = "completed",
    }
);

/// One recording of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordingSpan {
    /// The recorder's session, where the events name it.
    pub(crate) recording: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) status: RecordingStatus,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) initiator: Option<String>,
}

#[derive(Default)]
struct Known {
    started_at: Option<Timestamp>,
    stopped_at: Option<Timestamp>,
    /// When it was said not to have come to begin: where it had begun nevertheless, that is its end.
    failed_at: Option<Timestamp>,
    initiator: Option<String>,
}

/// Computes a meeting's recordings from its facts, in any order, with duplicates. A recording that still runs when the
/// meeting ends has stopped then.
#[derive(Default)]
pub(crate) struct RecordingFold {
    sessions: BTreeMap<Option<String>, Known>,
    files: BTreeMap<String, Timestamp>,
}

impl RecordingFold {
    /// Adds one fact.
    pub(crate) fn add(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::RecordingStarted { recording, initiator } => {
                let known = self.sessions.entry(recording.clone()).or_default();
                known.started_at = Some(known.started_at.map_or(at, |first| first.min(at)));
                known.initiator = known.initiator.take().max(initiator.clone());
            }
            Fact::RecordingStopped { recording, .. } => {
                let known = self.sessions.entry(recording.clone()).or_default();
                known.stopped_at = known.stopped_at.max(Some(at));
            }
            Fact::RecordingFailed { recording, .. } => {
                let known = self.sessions.entry(recording.clone()).or_default();
                known.failed_at = known.failed_at.max(Some(at));
            }
            Fact::RecordingCompleted { file } => {
                let first = self.files.entry(file.clone()).or_insert(at);
                *first = (*first).min(at);
            }
            _ => {}
        }
    }

    /// What the facts come to, in the order of beginning.
    pub(crate) fn finish(self, end: Option<End>) -> Vec<RecordingSpan> {
        let mut files = self.files;
        let mut spans: Vec<RecordingSpan> = self
            .sessions
            .into_iter()
            .filter(|(_, known)| known.started_at.is_some() || known.stopped_at.is_some())
            .map(|(recording, known)| {
                let mine = recording.as_deref().and_then(|id| files.keys().find(|file| file.contains(id)).cloned());
                let completed = mine.as_ref().and_then(|file| files.remove(file));
                let ended_at = known.stopped_at.max(known.failed_at).or(completed).or(end.map(|end| end.at));
                let status = match (completed, ended_at) {
                    (Some(_), _) => RecordingStatus::Completed,
                    (None, Some(_)) => RecordingStatus::Stopped,
                    (None, None) => RecordingStatus::Recording,
                };
                RecordingSpan {
                    recording,
                    file: mine,
                    status,
                    started_at: known.started_at,
                    ended_at,
                    initiator: known.initiator,
                }
            })
            .collect();
        // A file that names no recorder session stands for itself.
        spans.extend(files.into_iter().map(|(file, at)| RecordingSpan {
            recording: None,
            file: Some(file),
            status: RecordingStatus::Completed,
            started_at: None,
            ended_at: Some(at),
            initiator: None,
        }));
        spans.sort_by_key(|span| (span.started_at.or(span.ended_at), span.file.clone()));
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(seconds * 1_000)
    }

    #[test]
    fn one_that_did_not_come_to_begin_is_none() {
        let failed = |id: &str| Fact::RecordingFailed { recording: Some(id.to_owned()), failure: None };
        let mut fold = RecordingFold::default();
        fold.add(at(10), &failed("a"));
        fold.add(at(20), &failed("b"));
        fold.add(at(15), &Fact::RecordingStarted { recording: Some("b".to_owned()), initiator: None });
        let spans = fold.finish(None);
        assert_eq!(spans.len(), 1, "{spans:?}");
        assert_eq!((spans[0].status, spans[0].ended_at), (RecordingStatus::Stopped, Some(at(20))));
    }

    #[test]
    fn a_recording_is_one_whatever_the_order() {
        let id = Some("rec-789".to_owned());
        let facts = [
            (at(10), Fact::RecordingStarted { recording: id.clone(), initiator: Some("ada".to_owned()) }),
            (at(20), Fact::RecordingStopped { recording: id.clone(), failure: None }),
            (at(25), Fact::RecordingCompleted { file: "/var/recordings/rec-789.mp4".to_owned() }),
        ];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut fold = RecordingFold::default();
            for index in order.into_iter().chain(order) {
                let (at, fact) = &facts[index];
                fold.add(*at, fact);
            }
            let spans = fold.finish(None);
            assert_eq!(spans.len(), 1);
            assert_eq!(spans[0].status, RecordingStatus::Completed);
            assert_eq!((spans[0].started_at, spans[0].ended_at), (Some(at(10)), Some(at(20))));
        }
    }
}
