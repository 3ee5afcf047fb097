//! Recordings as a meeting's events tell of them: begun, stopped, complete.

use std::collections::BTreeMap;

use super::fact::Fact;
use super::room::{UnknownWord, words};
use super::{End, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::str::FromStr;

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

/// The member of a recording's `metadata.json` by which whoever starts a recording (in `file_recording_metadata`) may name
/// the conference.
const OWN_METADATA: &str = "reflector_room_name";

/// The conference that a recording is of, by what the recorder leaves: our own word in its metadata, else the meeting's
/// address there, else the name of the file.
pub(crate) fn recorded_room(metadata: Option<&Map<String, Value>>, file_name: Option<&str>) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let own = || metadata?.get(OWN_METADATA).and_then(text);
    let address = || room_in_url(&metadata?.get("meeting_url").and_then(text)?);
    own().or_else(address).or_else(|| room_in_file_name(file_name?))
}

/// The last part of the path, with the tenant before it in brackets as Prosody writes it.
fn room_in_url(url: &str) -> Option<String> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split(['?', '#']).next()?;
    let mut parts = path.split('/').skip(1).filter(|part| !part.is_empty());
    let (first, second) = (parts.next()?, parts.next());
    Some(match second {
        Some(room) => format!("[{first}]{room}"),
        None => first.to_owned(),
    })
}

/// What stands before the time in `standup_2025-01-15-10-30-00.mp4`. A tenant is not in it.
fn room_in_file_name(name: &str) -> Option<String> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (room, time) = stem.rsplit_once('_')?;
    let parts: Vec<&str> = time.split('-').collect();
    let is_time = parts.iter().map(|part| part.len()).eq([4, 2, 2, 2, 2, 2])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    (is_time && !room.is_empty()).then(|| room.to_owned())
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
    fn the_room_is_told_by_us_by_the_address_or_by_the_file() {
        let room = |metadata: Value, file: &str| recorded_room(metadata.as_object(), Some(file));
        let url = "https://meet.example.com/Acme/standup?jwt=a#config";
        let file = "filed_2025-01-15-10-30-00.mp4";
        let all = serde_json::json!({ "reflector_room_name": "own", "meeting_url": url });
        assert_eq!(room(all, file).as_deref(), Some("own"));
        let empty = serde_json::json!({ "reflector_room_name": " ", "meeting_url": url });
        assert_eq!(room(empty, file).as_deref(), Some("[Acme]standup"));
        let plain = serde_json::json!({ "meeting_url": "https://meet.example.com/standup" });
        assert_eq!(room(plain, file).as_deref(), Some("standup"));
        for nothing in ["{}", "null", r#"{"meeting_url":"https://meet.example.com/"}"#, r#"{"meeting_url":5}"#] {
            assert_eq!(room(serde_json::from_str(nothing).unwrap(), file).as_deref(), Some("filed"), "{nothing}");
        }
        let in_name = |name: &str| recorded_room(None, Some(name));
        assert_eq!(in_name("a_b_2025-01-15-10-30-00.mkv").as_deref(), Some("a_b"));
        for name in ["standup.mp4", "_2025-01-15-10-30-00.mp4", "a_2025-1-15-10-30-00.mp4", "a_yyyy-mm-dd-10-30-00", ""]
        {
            assert_eq!(in_name(name), None, "{name}");
        }
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
