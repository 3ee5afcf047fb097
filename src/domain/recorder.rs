//! Recorders: what each tells of itself every minute, and what its silence tells.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::room::{UnknownWord, words};
use super::{MeetingId, Timestamp};

/// A recorder that has said nothing for longer than this is silent: it tells how it is every minute.
pub(crate) const SILENT_AFTER: Duration = Duration::from_secs(180);
/// A recorder that has said nothing for longer than this is forgotten.
pub(crate) const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 3_600);
/// The longest id of a recorder, in characters.
pub(crate) const ID_MAX_CHARS: usize = 128;
/// How many parts of a recorder's health are kept.
pub(crate) const PARTS_MOST: usize = 16;
/// How much is kept of each text that a recorder tells, in characters.
pub(crate) const TEXT_MAX_CHARS: usize = 256;

words!(
    /// What can be expected of a recorder.
    RecorderState {
        /// It waits for work.
        Idle = "idle",
        /// It records, or brings a recording to its end.
        Busy = "busy",
        /// It has done its work and takes no more until it is started again.
        Expired = "expired",
        /// It runs, and says that it cannot record.
        Unhealthy = "unhealthy",
        /// Nothing was heard of it for three minutes.
        Silent = "silent",
    }
);

/// What a recorder says that it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Work {
    /// Nothing.
    Idle,
    /// It records.
    Busy,
    /// It takes no more.
    Expired,
}

/// One part of a recorder's health, such as its browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) healthy: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
}

/// How a recorder says that it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) work: Work,
    pub(crate) healthy: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) parts: Vec<Part>,
}

impl Status {
    fn state(&self) -> RecorderState {
        match (self.healthy, self.work) {
            (false, _) => RecorderState::Unhealthy,
            (true, Work::Idle) => RecorderState::Idle,
            (true, Work::Busy) => RecorderState::Busy,
            (true, Work::Expired) => RecorderState::Expired,
        }
    }
}

/// What a recorder told of one session. Jibri does so only for those that were started over its own HTTP interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SessionTold {
    pub(crate) id: String,
    pub(crate) runs: bool,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<String>,
}

/// A recorder, as it was heard last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recorder {
    pub(crate) id: String,
    pub(crate) status: Status,
    /// Since when it says so, by our clock.
    pub(crate) since: Timestamp,
    pub(crate) last_seen: Timestamp,
    /// Where it was heard from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<SessionTold>,
}

/// What came from a recorder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// How it is.
    Status(Status),
    /// How one of its sessions goes.
    Session(SessionTold),
}

/// A word of a recorder, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) id: String,
    pub(crate) told: Told,
}

impl Recorder {
    /// The recorder after this word of it, which came at `now`.
    pub(crate) fn heard(before: Option<Self>, word: Word, address: Option<String>, now: Timestamp) -> Self {
        let (status, session) = match word.told {
            Told::Status(status) => {
                // Who is idle has ended its session, also where the word of that was lost.
                let ended = status.work == Work::Idle;
                let session = before.as_ref().and_then(|before| before.session.clone());
                (status, session.map(|session| SessionTold { runs: session.runs && !ended, ..session }))
            }
            Told::Session(session) => {
                let work = if session.runs { Work::Busy } else { Work::Idle };
                let known = before.as_ref().map(|before| before.status.clone());
                (known.unwrap_or(Status { work, healthy: true, parts: Vec::new() }), Some(session))
            }
        };
        let unchanged = before.filter(|before| before.status.state() == status.state());
        let since = unchanged.map_or(now, |before| before.since);
        Self { id: word.id, status, since, last_seen: now, address, session }
    }

    /// What can be expected of it at `now`.
    pub(crate) fn state(&self, now: Timestamp) -> RecorderState {
        if now.since(self.last_seen) > SILENT_AFTER { RecorderState::Silent } else { self.status.state() }
    }

    /// Since when that is so.
    pub(crate) fn state_since(&self, now: Timestamp) -> Timestamp {
        if self.state(now) == RecorderState::Silent { self.last_seen } else { self.since }
    }

    /// Whether it was not heard of for so long that it is no recorder of ours any more.
    pub(crate) fn is_forgotten(&self, now: Timestamp) -> bool {
        now.since(self.last_seen) > FORGOTTEN_AFTER
    }

    /// Whether it has said that it is busy.
    pub(crate) fn is_busy(&self) -> bool {
        self.status.work == Work::Busy
    }
}

/// A recording that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    /// The recorder's session, where the events name it.
    pub(crate) session: Option<String>,
    pub(crate) meeting: MeetingId,
}

/// Which recorder is busy with which meeting, as far as that can be known: by the session that a recorder told; and where
/// one busy recorder and one running recording are left, those belong together. Jibri does not name its session otherwise.
pub(crate) fn meetings_of(recorders: &[Recorder], running: &[Running]) -> BTreeMap<String, MeetingId> {
    let mut found = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for recorder in recorders.iter().filter(|recorder| recorder.is_busy()) {
        let Some(session) = recorder.session.as_ref().filter(|session| session.runs) else { continue };
        let at = running.iter().position(|recording| recording.session.as_ref() == Some(&session.id));
        if let Some((at, recording)) = at.and_then(|at| running.get(at).map(|recording| (at, recording))) {
            taken.insert(at);
            found.insert(recorder.id.clone(), recording.meeting);
        }
    }
    let mut recorders_left =
        recorders.iter().filter(|recorder| recorder.is_busy() && !found.contains_key(&recorder.id));
    let mut running_left = running.iter().enumerate().filter(|(at, _)| !taken.contains(at));
    let left = (recorders_left.next(), recorders_left.next(), running_left.next(), running_left.next());
    if let (Some(recorder), None, Some((_, recording)), None) = left {
        found.insert(recorder.id.clone(), recording.meeting);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(seconds * 1_000)
    }

    fn status(work: Work, healthy: bool) -> Told {
        Told::Status(Status { work, healthy, parts: Vec::new() })
    }

    fn hear(before: Option<Recorder>, id: &str, told: Told, seconds: i64) -> Recorder {
        Recorder::heard(before, Word { id: id.to_owned(), told }, None, at(seconds))
    }

    fn busy(id: &str, session: Option<&str>) -> Recorder {
        let recorder = hear(None, id, status(Work::Busy, true), 0);
        let told = |id: &str| Told::Session(SessionTold { id: id.to_owned(), runs: true, failure: None });
        session.map_or(recorder.clone(), |session| hear(Some(recorder), id, told(session), 0))
    }

    fn running(session: Option<&str>, meeting: u8) -> Running {
        Running { session: session.map(str::to_owned), meeting: MeetingId([meeting; 16]) }
    }

    #[test]
    fn its_state_lasts_as_long_as_it_says_the_same() {
        let first = hear(None, "a", status(Work::Idle, true), 0);
        let second = hear(Some(first), "a", status(Work::Idle, true), 60);
        assert_eq!((second.state(at(60)), second.state_since(at(60))), (RecorderState::Idle, at(0)));
        let third = hear(Some(second), "a", status(Work::Busy, true), 90);
        assert_eq!((third.state(at(90)), third.state_since(at(90))), (RecorderState::Busy, at(90)));
        let fourth = hear(Some(third), "a", status(Work::Busy, false), 100);
        assert_eq!(fourth.state(at(100)), RecorderState::Unhealthy);
        assert_eq!(hear(None, "a", status(Work::Expired, true), 0).state(at(0)), RecorderState::Expired);
    }

    #[test]
    fn silence_is_seen_after_three_minutes_and_forgotten_after_a_day() {
        let recorder = hear(None, "a", status(Work::Busy, true), 0);
        assert_eq!(recorder.state(at(180)), RecorderState::Busy);
        assert_eq!(recorder.state(at(181)), RecorderState::Silent);
        assert_eq!(recorder.state_since(at(181)), at(0));
        assert!(!recorder.is_forgotten(at(86_400)));
        assert!(recorder.is_forgotten(at(86_401)));
        // A clock that was set back makes nobody silent.
        assert_eq!(recorder.state(at(-5_000)), RecorderState::Busy);
    }

    #[test]
    fn a_session_makes_an_unknown_recorder_known_and_ends_with_idleness() {
        let told = SessionTold { id: "s".to_owned(), runs: true, failure: None };
        let recorder = hear(None, "a", Told::Session(told), 0);
        assert_eq!(recorder.state(at(0)), RecorderState::Busy);
        let recorder = hear(Some(recorder), "a", status(Work::Idle, true), 60);
        assert!(!recorder.session.unwrap().runs);
    }

    #[test]
    fn a_recorder_belongs_to_a_meeting_only_where_that_is_certain() {
        let meeting = |id: u8| MeetingId([id; 16]);
        let of = |recorders: &[Recorder], recordings: &[Running]| meetings_of(recorders, recordings);
        let idle = hear(None, "idle", status(Work::Idle, true), 0);
        // One and one.
        let one = of(&[idle, busy("a", None)], &[running(Some("x"), 1)]);
        assert_eq!(one, BTreeMap::from([("a".to_owned(), meeting(1))]));
        // Two of either cannot be told apart, and one of two neither.
        let (two, recordings) = ([busy("a", None), busy("b", None)], [running(Some("x"), 1), running(None, 2)]);
        assert_eq!(of(&two, &recordings), BTreeMap::new());
        assert_eq!(of(&two[..1], &recordings), BTreeMap::new());
        assert_eq!(of(&two, &recordings[..1]), BTreeMap::new());
        // A session that was told decides, and leaves the rest.
        let told = of(&[busy("a", None), busy("b", Some("x"))], &recordings);
        assert_eq!(told, BTreeMap::from([("a".to_owned(), meeting(2)), ("b".to_owned(), meeting(1))]));
    }
}
